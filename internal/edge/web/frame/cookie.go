package frame

import (
	"encoding/base64"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"rapport/internal/edge/web/ui"
)

const (
	sessionName = "rapport_session"
	flashName   = "rapport_flash"
	hostPrefix  = "__Host-" // browsers keep such a cookie to https, this host and all its paths
	flashAge    = 60        // seconds
	maxFlash    = 1000      // bytes
)

func (m *Mux) secure() bool { return strings.HasPrefix(m.BaseURL, "https://") }

// SignIn gives the browser a session.
func (r *Request) SignIn(w http.ResponseWriter, token string, until time.Time) {
	http.SetCookie(w, cookie(sessionName, token, r.mux.secure(), int(until.Sub(r.mux.DB.Now()).Seconds())))
}

// SignOut takes the session from the browser.
func (r *Request) SignOut(w http.ResponseWriter) {
	http.SetCookie(w, cookie(sessionName, "", r.mux.secure(), -1))
}

func (m *Mux) sessionToken(r *http.Request) string { return m.cookieOf(r, sessionName) }

// cookieOf reads a cookie under the one name it is set by: over https a cookie without the prefix may come from a neighbouring host.
func (m *Mux) cookieOf(r *http.Request, name string) string {
	if m.secure() {
		name = hostPrefix + name
	}
	c, err := r.Cookie(name)
	if err != nil {
		return ""
	}
	return c.Value
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
	line, err := base64.RawURLEncoding.DecodeString(r.mux.cookieOf(r.Request, flashName))
	if err != nil || len(line) == 0 || len(line) > maxFlash || !utf8.Valid(line) {
		return nil
	}
	return &ui.Flash{Tone: ui.Good, Text: string(line)}
}

// forgetFlash takes a line away once it was shown.
func (r *Request) forgetFlash(w http.ResponseWriter) {
	if r.mux.cookieOf(r.Request, flashName) != "" {
		http.SetCookie(w, cookie(flashName, "", r.mux.secure(), -1))
	}
}
