package connect_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"rapport/internal/edge/platforms/instagram"
	"rapport/internal/recruit/creators"
)

// feeling is what a platform does to whoever asks it.
type feeling string

const (
	feelsWell    feeling = ""
	feelsLimited feeling = "limited"
	feelsRevoked feeling = "revoked"
	feelsGone    feeling = "gone"
	feelsDown    feeling = "down"
	feelsHTML    feeling = "html"
	feelsCut     feeling = "cut"
	feelsNull    feeling = "null"
	feelsEmpty   feeling = "{}"
)

// hush begins every secret of these fakes, so that one search finds any that got out.
const hush = "hush-"

// foreign is YouTube, Instagram or Pinterest with one account that has two posts. It answers in the shapes of the platform's own documents, knows its
// tokens, and repeats what it was sent in its error messages, as the worst of them do.
type foreign struct {
	*testing.T
	URL       string
	name      creators.Platform
	now       func() time.Time
	mu        sync.Mutex
	feels     feeling
	n         int // tokens given
	until     time.Time
	challenge string // of PKCE
	calls     []string
}

func newForeign(t *testing.T, name creators.Platform, now func() time.Time) *foreign {
	t.Helper()
	f := &foreign{T: t, name: name, now: now}
	server := httptest.NewServer(f)
	t.Cleanup(server.Close)
	f.URL = server.URL
	return f
}

func (f *foreign) feel(as feeling) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.feels, f.calls = as, nil
}

func (f *foreign) asked() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.calls
}

func (f *foreign) access() string { return fmt.Sprintf("%s%s-access-%d", hush, f.name, f.n) }

func (f *foreign) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	path := strings.TrimPrefix(strings.TrimPrefix(r.URL.Path, "/youtube/v3"), "/"+instagram.Version)
	f.calls = append(f.calls, path)
	w.Header().Set("Content-Type", "application/json")
	switch token := strings.HasSuffix(path, "/token") || path == "/oauth/access_token"; {
	case (!token || f.feels == feelsDown) && f.broken(w): // tokens may be given while the data is nonsense
	case token:
		f.token(w, r)
	case path == "/me/permissions" && f.feels != feelsRevoked:
		f.json(w, http.StatusOK, `{"data":[{"permission":"instagram_basic","status":"granted"},{"permission":"pages_show_list","status":"granted"}]}`)
	case f.feels != feelsWell:
		f.refuse(w, r)
	case r.Header.Get("Authorization") != "Bearer "+f.access() || !f.now().Before(f.until):
		f.unauthorised(w, r)
	default:
		f.data(w, path)
	}
}

// broken is a server that says nothing that can be read, whatever it is asked.
func (f *foreign) broken(w http.ResponseWriter) bool {
	switch f.feels {
	case feelsDown:
		w.WriteHeader(http.StatusServiceUnavailable)
	case feelsHTML:
		f.json(w, http.StatusOK, "<!doctype html><title>Log in</title>")
	case feelsCut:
		f.json(w, http.StatusOK, `{"items":[{"id":`)
	case feelsNull:
		f.json(w, http.StatusOK, "null")
	case feelsEmpty:
		f.json(w, http.StatusOK, "{}")
	case feelsWell, feelsLimited, feelsRevoked, feelsGone:
		return false
	}
	return true
}

func (f *foreign) json(w http.ResponseWriter, status int, text string) {
	w.WriteHeader(status)
	if _, err := io.WriteString(w, text); err != nil {
		f.Logf("cannot answer: %v", err)
	}
}

func (f *foreign) token(w http.ResponseWriter, r *http.Request) {
	verifier := sha256.Sum256([]byte(r.FormValue("code_verifier")))
	if code := r.FormValue("code"); f.challenge != "" && code != "" && base64.RawURLEncoding.EncodeToString(verifier[:]) != f.challenge {
		f.Error("the verifier is not that of the challenge")
	}
	if f.feels == feelsRevoked {
		f.json(w, http.StatusBadRequest, `{"error":"invalid_grant","message":"`+r.FormValue("refresh_token")+` does not count"}`)
		return
	}
	f.n++
	life, refresh := map[creators.Platform]time.Duration{"youtube": time.Hour, "instagram": 60 * day, "pinterest": 30 * day}[f.name], ""
	if f.name != "instagram" { // Meta has no refresh tokens
		refresh = fmt.Sprintf(`,"refresh_token":"%s%s-refresh-%d","refresh_token_expires_in":%d`, hush, f.name, f.n, int(60*day/time.Second))
	}
	scope := map[creators.Platform]string{"youtube": "https://www.googleapis.com/auth/youtube.readonly", "pinterest": "user_accounts:read,pins:read,boards:read"}[f.name]
	f.until = f.now().Add(life)
	f.json(w, http.StatusOK, fmt.Sprintf(`{"access_token":%q,"expires_in":%d,"scope":%q,"token_type":"bearer"%s}`, f.access(), int(life/time.Second), scope, refresh))
}

const day = 24 * time.Hour

// refuse says no in the platform's own words.
func (f *foreign) refuse(w http.ResponseWriter, r *http.Request) {
	sent := r.Header.Get("Authorization")
	switch {
	case f.feels == feelsRevoked:
		f.unauthorised(w, r)
	case f.name == "youtube" && f.feels == feelsLimited:
		f.json(w, http.StatusForbidden, `{"error":{"code":403,"message":"`+sent+`","errors":[{"reason":"quotaExceeded","domain":"youtube.quota"}]}}`)
	case f.name == "youtube":
		f.json(w, http.StatusOK, `{"kind":"youtube#channelListResponse","pageInfo":{"totalResults":0}}`)
	case f.name == "instagram" && f.feels == feelsLimited:
		f.json(w, http.StatusBadRequest, `{"error":{"code":4,"message":"`+sent+`"}}`)
	case f.name == "instagram":
		f.json(w, http.StatusBadRequest, `{"error":{"code":100,"error_subcode":33,"message":"`+sent+`"}}`)
	case f.feels == feelsLimited:
		w.Header().Set("Retry-After", "3600")
		f.json(w, http.StatusTooManyRequests, `{"code":8,"message":"too often: `+sent+`"}`)
	default:
		f.json(w, http.StatusNotFound, `{"code":50,"message":"no such user: `+sent+`"}`)
	}
}

func (f *foreign) unauthorised(w http.ResponseWriter, r *http.Request) {
	sent := r.Header.Get("Authorization")
	switch f.name {
	case "youtube":
		f.json(w, http.StatusUnauthorized, `{"error":{"code":401,"message":"`+sent+`","errors":[{"reason":"authError"}]}}`)
	case "instagram":
		sub := 463 // expired
		if f.feels == feelsRevoked {
			sub = 458
		}
		f.json(w, http.StatusBadRequest, fmt.Sprintf(`{"error":{"code":190,"error_subcode":%d,"message":%q}}`, sub, sent))
	default:
		f.json(w, http.StatusUnauthorized, `{"code":2,"message":"Authentication failed: `+sent+`"}`)
	}
}

func (f *foreign) data(w http.ResponseWriter, path string) {
	when := f.now().Add(-48 * time.Hour).UTC()
	all := map[string]string{
		"/me/accounts":            `{"data":[{"id":"900","instagram_business_account":{"id":"178"}}]}`,
		"/178":                    `{"id":"178","username":"mira.makes","name":"Mira","followers_count":8213,"follows_count":12,"media_count":2}`,
		"/178/media":              `{"data":[{"id":"1","caption":"bowl","timestamp":"` + when.Format(time.RFC3339) + `"},{"id":"2","caption":"cup","timestamp":"` + when.Format(time.RFC3339) + `"}]}`,
		"/178/insights":           `{"data":[]}`,
		"/user_account":           `{"id":"42","username":"miramakes","follower_count":8213,"pin_count":2}`,
		"/user_account/analytics": `{"all":{"summary_metrics":{"IMPRESSION":240}}}`,
		"/pins":                   `{"items":[{"id":"1","created_at":"` + when.Format("2006-01-02T15:04:05") + `","title":"bowl"},{"id":"2","created_at":"` + when.Format("2006-01-02T15:04:05") + `","title":"cup"}],"bookmark":null}`,
		"/channels": `{"kind":"youtube#channelListResponse","items":[{"id":"UC0000000000000000000042","snippet":{"title":"Mira","customUrl":"@mira.makes"},
			"statistics":{"subscriberCount":"8213","videoCount":"2"},"contentDetails":{"relatedPlaylists":{"uploads":"UU1"}}}]}`,
		"/playlistItems": `{"kind":"youtube#playlistItemListResponse","items":[` + upload("v1", when) + `,` + upload("v2", when) + `]}`,
		"/videos":        `{"kind":"youtube#videoListResponse","items":[` + video("v1", when) + `,` + video("v2", when) + `]}`,
		"/revoke":        `{}`,
	}
	text, found := all[path]
	if !found || !json.Valid([]byte(text)) {
		f.Errorf("%s has no %s", f.name, path)
	}
	f.json(w, http.StatusOK, text)
}

func upload(id string, at time.Time) string {
	return fmt.Sprintf(`{"contentDetails":{"videoId":%q,"videoPublishedAt":%q}}`, id, at.Format(time.RFC3339))
}

func video(id string, at time.Time) string {
	return fmt.Sprintf(`{"id":%q,"snippet":{"title":"bowl","publishedAt":%q},"statistics":{"viewCount":"900","likeCount":"12"},"contentDetails":{"duration":"PT2M"}}`, id, at.Format(time.RFC3339))
}
