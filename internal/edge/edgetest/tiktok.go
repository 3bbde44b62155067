package edgetest

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// TikTok is a server that behaves as TikTok's documents say and reports every parameter, header and field they do not name. Mood makes it behave as
// platforms do on bad days. Sources: developers.tiktok.com/doc/… login-kit-web, oauth-user-access-token-management, tiktok-api-v2-get-user-info,
// tiktok-api-v2-video-list, tiktok-api-v2-error-handling.
type TikTok struct {
	URL string

	mu       sync.Mutex
	t        testing.TB
	now      func() time.Time
	mood     Mood
	moodFrom int // the call to the Display API from which the mood holds
	calls    []string
	codes    map[string]string // code → the scopes it was given for
	access   string
	refresh  string
	until    time.Time
	scopes   string
	rotation int
	revoked  bool
	videos   int
	handle   string
}

// Mood is a bad day.
type Mood string

// The moods.
const (
	MoodWell       Mood = ""
	MoodLimited    Mood = "limited"   // 429 with Retry-After
	MoodHTML       Mood = "html"      // a web page where data was asked for
	MoodTruncated  Mood = "truncated" // JSON that ends in its middle
	MoodErrorIn200 Mood = "200"       // status 200 with an error in the body
	MoodHuge       Mood = "huge"      // a body without end
	MoodDown       Mood = "down"      // 503
	MoodHangUp     Mood = "hang_up"   // the line breaks
	MoodGone       Mood = "gone"      // the account was deleted
	MoodNull       Mood = "null"      // an answer that is null
)

// The credentials that the fake takes.
const (
	TikTokClient = "fake-client-key"
	TikTokSecret = "fake-client-secret" //nolint:gosec // opens nothing: the server is the one below
)

// NewTikTok starts a server on the loopback. now is the database's clock.
func NewTikTok(t testing.TB, now func() time.Time) *TikTok {
	t.Helper()
	f := &TikTok{t: t, now: now, codes: map[string]string{}, videos: 47, handle: "mira.makes"}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /v2/oauth/token/", f.token)
	mux.HandleFunc("POST /v2/oauth/revoke/", f.revoke)
	mux.HandleFunc("GET /v2/user/info/", f.display(f.user))
	mux.HandleFunc("POST /v2/video/list/", f.display(f.list))
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		t.Errorf("TikTok has no %s %s", r.Method, r.URL.Path)
		w.WriteHeader(http.StatusNotFound)
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	f.URL = server.URL
	return f
}

// Consent is what a creator's "Continue" gives: a code for the scopes they ticked. authURL is checked as TikTok checks it.
func (f *TikTok) Consent(authURL string, untick ...string) (code, state string) {
	f.t.Helper()
	u, err := url.Parse(authURL)
	if err != nil {
		f.t.Fatal(err)
	}
	q := u.Query()
	f.only("authorize", q, "client_key", "response_type", "scope", "redirect_uri", "state")
	if q.Get("client_key") != TikTokClient || q.Get("response_type") != "code" || len(q.Get("state")) < 32 || !strings.HasSuffix(q.Get("redirect_uri"), "/connect/tiktok/callback") {
		f.t.Errorf("TikTok would not understand %s", u)
	}
	scopes := slices.DeleteFunc(strings.Split(q.Get("scope"), ","), func(s string) bool { return slices.Contains(untick, s) })
	f.mu.Lock()
	defer f.mu.Unlock()
	code = fmt.Sprintf("code-%d", len(f.codes)+1)
	f.codes[code] = strings.Join(scopes, ",")
	f.revoked = false
	return code, q.Get("state")
}

// Feel changes the mood, from now on or from the n-th call to the Display API after this one.
func (f *TikTok) Feel(m Mood, from int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.mood, f.moodFrom = m, from
}

// TakeBack is the creator removing the app at TikTok.
func (f *TikTok) TakeBack() { f.mu.Lock(); f.revoked = true; f.mu.Unlock() }

// Rename gives the account that consents next another handle.
func (f *TikTok) Rename(handle string) { f.mu.Lock(); f.handle = handle; f.mu.Unlock() }

// Revoked reports whether the consent was taken back.
func (f *TikTok) Revoked() bool { f.mu.Lock(); defer f.mu.Unlock(); return f.revoked }

// Calls are the paths asked for since the last look.
func (f *TikTok) Calls() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	calls := f.calls
	f.calls = nil
	return calls
}

// only reports parameters that the documents do not name.
func (f *TikTok) only(what string, q url.Values, named ...string) {
	for name := range q {
		if !slices.Contains(named, name) {
			f.t.Errorf("%s has no parameter %q", what, name)
		}
	}
}

func (f *TikTok) token(w http.ResponseWriter, r *http.Request) {
	form := f.form(r)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls = append(f.calls, "token "+form.Get("grant_type"))
	switch form.Get("grant_type") {
	case "authorization_code":
		f.only("token", form, "client_key", "client_secret", "code", "grant_type", "redirect_uri")
		scopes, ok := f.codes[form.Get("code")]
		if !ok {
			answer(w, http.StatusBadRequest, map[string]any{"error": "invalid_grant", "error_description": "the code is spent", "log_id": "1"})
			return
		}
		delete(f.codes, form.Get("code"))
		f.scopes = scopes
	case "refresh_token":
		f.only("token", form, "client_key", "client_secret", "grant_type", "refresh_token")
		if f.revoked || form.Get("refresh_token") != f.refresh {
			answer(w, http.StatusBadRequest, map[string]any{"error": "invalid_grant", "error_description": "Refresh token is invalid", "log_id": "2"})
			return
		}
	default:
		f.t.Errorf("TikTok has no grant type %q", form.Get("grant_type"))
	}
	f.rotation++
	f.access, f.refresh, f.until = fmt.Sprintf("act.%d", f.rotation), fmt.Sprintf("rft.%d", f.rotation), f.now().Add(24*time.Hour)
	answer(w, http.StatusOK, map[string]any{
		"access_token": f.access, "expires_in": 86400, "open_id": "open-" + f.handle, "refresh_expires_in": 31536000, "refresh_token": f.refresh, "scope": f.scopes,
		"token_type": "Bearer",
	})
}

func (f *TikTok) form(r *http.Request) url.Values {
	if r.Header.Get("Content-Type") != "application/x-www-form-urlencoded" || r.URL.RawQuery != "" {
		f.t.Errorf("TikTok's token calls are forms: %s %s", r.Header.Get("Content-Type"), r.URL)
	}
	if err := r.ParseForm(); err != nil {
		f.t.Error(err)
	}
	if r.PostForm.Get("client_key") != TikTokClient || r.PostForm.Get("client_secret") != TikTokSecret {
		f.t.Errorf("TikTok does not know this client")
	}
	return r.PostForm
}

func (f *TikTok) revoke(w http.ResponseWriter, r *http.Request) {
	form := f.form(r)
	f.only("revoke", form, "client_key", "client_secret", "token")
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls = append(f.calls, "revoke")
	if form.Get("token") != f.access {
		answer(w, http.StatusBadRequest, map[string]any{"error": "invalid_grant", "log_id": "3"})
		return
	}
	f.revoked = true
	w.WriteHeader(http.StatusOK) // "the response body is empty"
}

// display is a call of the Display API: the token, then the mood, then the answer.
func (f *TikTok) display(then func(http.ResponseWriter, *http.Request)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.calls = append(f.calls, r.URL.Path)
		if f.moodFrom > 0 {
			f.moodFrom--
		} else if f.mood != MoodWell {
			f.moody(w)
			return
		}
		if f.revoked || r.Header.Get("Authorization") != "Bearer "+f.access || !f.now().Before(f.until) {
			trouble(w, http.StatusUnauthorized, "access_token_invalid")
			return
		}
		then(w, r)
	}
}

func (f *TikTok) moody(w http.ResponseWriter) {
	switch f.mood {
	case MoodLimited:
		w.Header().Set("Retry-After", "1800")
		trouble(w, http.StatusTooManyRequests, "rate_limit_exceeded")
	case MoodHTML:
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, "<!doctype html><title>Log in</title>") // to the test's own client
	case MoodTruncated:
		_, _ = io.WriteString(w, `{"data":{"user":{"open_id":"open-`) // to the test's own client
	case MoodErrorIn200:
		trouble(w, http.StatusOK, "something_new")
	case MoodHuge:
		for range 6 << 10 {
			_, _ = w.Write([]byte(strings.Repeat(" ", 1<<10))) // the client hangs up
		}
	case MoodDown:
		w.WriteHeader(http.StatusServiceUnavailable)
	case MoodHangUp:
		panic(http.ErrAbortHandler)
	case MoodGone:
		trouble(w, http.StatusNotFound, "user_not_found")
	case MoodNull:
		_, _ = io.WriteString(w, "null") // to the test's own client
	case MoodWell:
	}
}

var userFields = map[string]string{
	"open_id": "user.info.basic", "union_id": "user.info.basic", "avatar_url": "user.info.basic", "avatar_url_100": "user.info.basic",
	"avatar_large_url": "user.info.basic", "display_name": "user.info.basic", "bio_description": "user.info.profile", "profile_deep_link": "user.info.profile",
	"is_verified": "user.info.profile", "username": "user.info.profile", "follower_count": "user.info.stats", "following_count": "user.info.stats",
	"likes_count": "user.info.stats", "video_count": "user.info.stats",
}

func (f *TikTok) user(w http.ResponseWriter, r *http.Request) {
	f.only("user/info", r.URL.Query(), "fields")
	all := map[string]any{
		"open_id": "open-" + f.handle, "display_name": "Mira makes", "username": f.handle, "bio_description": "small bowls\u0000, big plans", "is_verified": false,
		"profile_deep_link": "https://vm.tiktok.com/x", "follower_count": 8213, "following_count": 301, "likes_count": 91234, "video_count": f.videos,
	}
	f.fields(w, r, userFields, func(fields []string) any {
		maps.DeleteFunc(all, func(name string, _ any) bool { return !slices.Contains(fields, name) })
		return map[string]any{"user": all}
	})
}

// fields answers with the fields asked for, each of which must be documented and its scope granted.
func (f *TikTok) fields(w http.ResponseWriter, r *http.Request, known map[string]string, data func([]string) any) {
	fields := strings.Split(r.URL.Query().Get("fields"), ",")
	for _, name := range fields {
		scope, ok := known[name]
		if !ok {
			f.t.Errorf("TikTok has no field %q at %s", name, r.URL.Path)
		}
		if !slices.Contains(strings.Split(f.scopes, ","), scope) {
			trouble(w, http.StatusUnauthorized, "scope_not_authorized")
			return
		}
	}
	answer(w, http.StatusOK, map[string]any{"data": data(fields), "error": map[string]any{"code": "ok", "message": "", "log_id": "4"}})
}

var videoFields = func() map[string]string {
	all := map[string]string{}
	for name := range strings.SplitSeq("id create_time cover_image_url share_url video_description duration height width title embed_html embed_link like_count comment_count share_count view_count", " ") {
		all[name] = "video.list"
	}
	return all
}()

func (f *TikTok) list(w http.ResponseWriter, r *http.Request) {
	f.only("video/list", r.URL.Query(), "fields")
	var body map[string]int64
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil || r.Header.Get("Content-Type") != "application/json" {
		f.t.Errorf("video/list takes JSON: %v", err)
	}
	for name := range body {
		if name != "cursor" && name != "max_count" {
			f.t.Errorf("video/list has no %q", name)
		}
	}
	most := body["max_count"]
	if most < 1 || most > 20 {
		f.t.Errorf("video/list gives 1 to 20 videos, not %d", most)
	}
	begin := 0
	if cursor := body["cursor"]; cursor > 0 {
		begin = int((f.now().UnixMilli()-cursor)/3_600_000) + 1
	}
	var videos []any
	end := min(begin+int(most), f.videos)
	for i := begin; i < end; i++ {
		videos = append(videos, map[string]any{
			"id": strconv.Itoa(7_000_000 + i), "create_time": f.now().Unix() - int64(i)*3600, "video_description": "glazing day #pottery #smallbusiness", "duration": 21,
			"share_url": "https://www.tiktok.com/@" + f.handle + "/video/" + strconv.Itoa(7_000_000+i), "title": "", "like_count": 100 + i, "comment_count": 3,
			"share_count": 1, "view_count": 2000 + i, "made_up_later": true,
		})
	}
	f.fields(w, r, videoFields, func([]string) any {
		return map[string]any{"videos": videos, "cursor": f.now().UnixMilli() - int64(end-1)*3_600_000, "has_more": end < f.videos}
	})
}

func trouble(w http.ResponseWriter, status int, code string) {
	answer(w, status, map[string]any{"data": map[string]any{}, "error": map[string]any{"code": code, "message": "as the documents say", "log_id": "5"}})
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // to the test's own client
}
