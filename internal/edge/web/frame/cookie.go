package frame

import (
	"encoding/base64"
	"net/http"
	"strings"
	"time"

	"rapport/internal/edge/web/ui"
)

const (
	sessionName = "rapport_session"
	flashName   = "rapport_flash"
	hostPrefix  = "__Host-" // browsers keep such a cookie to https, this host and all its paths
	flashAge    = 60
)

func (m *Mux) secure() bool { return strings.HasPrefix(m.BaseURL, "https://") }

// SignIn gives the browser a session.
func (r *Request) SignIn(w http.ResponseWriter, token string, until time.Time) {
	http.SetCookie(w, cookie(sessionName, token, r.mux.secure(), int(time.Until(until).Seconds())))
}

// SignOut takes the session from the browser.
func (r *Request) SignOut(w http.ResponseWriter) {
	http.SetCookie(w, cookie(sessionName, "", r.mux.secure(), -1))
}

func sessionToken(r *http.Request) string {
	for _, name := range []string{hostPrefix + sessionName, sessionName} {
		if c, err := r.Cookie(name); err == nil {
			return c.Value
		}
	}
	return ""
}

func cookie(name, value string, secure bool, age int) *http.Cookie {
	if secure {
		name = hostPrefix + name
	}
	return &http.Cookie{Name: name, Value: value, Path: "/", MaxAge: age, HttpOnly: true, Secure: secure, SameSite: http.SameSiteLaxMode}
}

// setFlash keeps one line for the next page. It is text and shown as text, so nothing is gained by forging it.
func setFlash(w http.ResponseWriter, secure bool, line string) {
	http.SetCookie(w, cookie(flashName, base64.RawURLEncoding.EncodeToString([]byte(line)), secure, flashAge))
}

func (r *Request) flash() *ui.Flash {
	for _, name := range []string{hostPrefix + flashName, flashName} {
		c, err := r.Cookie(name)
		if err != nil {
			continue
		}
		line, err := base64.RawURLEncoding.DecodeString(c.Value)
		if err != nil || len(line) == 0 || len(line) > 1000 {
			continue
		}
		return &ui.Flash{Tone: ui.Good, Text: string(line)}
	}
	return nil
}
