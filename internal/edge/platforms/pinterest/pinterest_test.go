package pinterest_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"rapport/internal/edge/platforms"
	"rapport/internal/edge/platforms/pinterest"
)

// pins is a Pinterest with so many Pins, that breaks at a page where it is told to.
type pins struct {
	*testing.T
	n, breakAt int
	status     int
	body       string
	asked      []string
}

func (f *pins) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.asked = append(f.asked, r.URL.Path)
	if r.URL.Path != "/oauth/token" && r.Header.Get("Authorization") != "Bearer pina_1" {
		f.Errorf("%s: authorization %q", r.URL, r.Header.Get("Authorization"))
	}
	if f.status != 0 {
		w.WriteHeader(f.status)
		_, _ = w.Write([]byte(f.body))
		return
	}
	switch r.URL.Path {
	case "/oauth/token":
		if id, secret, ok := r.BasicAuth(); !ok || id != "id" || secret != "hush" || r.FormValue("continuous_refresh") == "" && r.FormValue("grant_type") == "authorization_code" {
			f.Errorf("the app is not known: %s %v", id, r.Form)
		}
		f.json(w, map[string]any{"access_token": "pina_1", "refresh_token": "pinr_1", "expires_in": 2592000, "refresh_token_expires_in": 5184000, "scope": "user_accounts:read pins:read boards:read", "token_type": "bearer"})
	case "/user_account":
		f.json(w, map[string]any{"id": "42", "username": "mira", "follower_count": 812, "following_count": nil, "pin_count": f.n, "monthly_views": 9001, "about": "bowls"})
	case "/pins":
		f.page(w, r)
	case "/user_account/analytics":
		f.json(w, map[string]any{"all": map[string]any{"summary_metrics": map[string]any{"IMPRESSION": 240, "ENGAGEMENT_RATE": 0.0125, "SAVE": 20}, "daily_metrics": []any{}}})
	default:
		f.Errorf("Pinterest has no %s", r.URL.Path)
	}
}

func (f *pins) page(w http.ResponseWriter, r *http.Request) {
	begin := 0
	_, _ = fmt.Sscanf(r.URL.Query().Get("bookmark"), "b%d", &begin) // none is 0
	if f.breakAt > 0 && begin >= f.breakAt {
		_, _ = w.Write([]byte("<html>"))
		return
	}
	var items []any
	end := min(begin+100, f.n)
	for i := begin; i < end; i++ {
		items = append(items, map[string]any{"id": fmt.Sprint(1000 + i), "created_at": "2026-02-01T10:00:00", "title": "Bowl", "description": "#pottery", "is_owner": i%10 != 9,
			"pin_metrics": map[string]any{"lifetime_metrics": map[string]any{"impression": 50, "reaction": 3, "comment": 1, "save": 2}}})
	}
	answer := map[string]any{"items": items, "bookmark": nil}
	if end < f.n {
		answer["bookmark"] = fmt.Sprintf("b%d", end)
	}
	f.json(w, answer)
}

func (f *pins) json(w http.ResponseWriter, body any) {
	if err := json.NewEncoder(w).Encode(body); err != nil {
		f.Error(err)
	}
}

func (f *pins) start() (pinterest.Platform, platforms.Caller) {
	server := httptest.NewServer(f)
	f.Cleanup(server.Close)
	p := pinterest.Platform{API: server.URL}
	return p, platforms.Caller{Rules: p.Rules(), Pace: time.Millisecond, Now: func() time.Time { return time.Date(2026, 3, 2, 9, 30, 0, 0, time.UTC) }}
}

var app = platforms.App{ClientID: "id", ClientSecret: "hush"}

func TestPinsComeByBookmarksAndOthersPinsDoNot(t *testing.T) {
	f := &pins{T: t, n: 130}
	p, c := f.start()
	token, err := p.Exchange(t.Context(), c, app, platforms.Grant{}, "code")
	if err != nil || !token.RefreshUntil.Equal(time.Date(2026, 5, 1, 9, 30, 0, 0, time.UTC)) {
		t.Fatalf("%v: until %s", err, token.RefreshUntil)
	}
	got, err := p.Fetch(t.Context(), c, app, token, platforms.Want{MostPosts: 500})
	if err != nil || len(got.Posts) != 117 || got.Cursor != "" || *got.Counts.Followers != 812 || got.Counts.Following != nil || len(got.Insights) != 4 {
		t.Errorf("%v: %d Pins, cursor %q, %d insights", err, len(got.Posts), got.Cursor, len(got.Insights))
	}
	if post := got.Posts[0]; *post.Counts.Saves != 2 || *post.Counts.Views != 50 || post.PostedAt.IsZero() || post.Sponsored != nil {
		t.Errorf("%+v", post)
	}
	for _, i := range got.Insights {
		if i.Metric == "engagement_rate" && (i.Value != 12_500 || !i.Rate) {
			t.Errorf("1.25 %% is %+v", i)
		}
	}
}

func TestAPageThatBreaksKeepsThoseBefore(t *testing.T) {
	f := &pins{T: t, n: 130, breakAt: 100}
	p, c := f.start()
	token := platforms.Token{Access: "pina_1", Scopes: p.Rules().Scopes}
	got, err := p.Fetch(t.Context(), c, app, token, platforms.Want{MostPosts: 500})
	if f, ok := platforms.FailureOf(err); !ok || f.Kind != platforms.FailureNonsense || len(got.Posts) != 90 || got.Cursor != "b100" {
		t.Errorf("%v: %d Pins, cursor %q", err, len(got.Posts), got.Cursor)
	}
}

func TestEachRefusalSaysWhatIsToBeDone(t *testing.T) {
	for name, c := range map[string]struct {
		status int
		body   string
		want   platforms.FailureKind
	}{
		"a token that ended":   {401, `{"code":2,"message":"Authentication failed."}`, platforms.FailureTokenExpired},
		"a scope not given":    {401, `{"code":7,"message":"Not authorized to access board or Pin."}`, platforms.FailurePermissionMissing},
		"not for this account": {403, `{"code":29,"message":"You are not permitted to access that resource."}`, platforms.FailurePermissionMissing},
		"the account is gone":  {404, `{"code":30,"message":"User not found."}`, platforms.FailureAccountGone},
		"too often":            {429, `{"code":8,"message":"You have exceeded your rate limit."}`, platforms.FailureRateLimited},
		"down":                 {503, ``, platforms.FailureDown},
		"an error in a 200":    {200, `{"code":1,"message":"Oh"}`, platforms.FailureNonsense},
		"an empty answer":      {200, ``, platforms.FailureNonsense},
		"a redirect":           {302, ``, platforms.FailureNonsense},
		"another kind":         {200, `{"username":17}`, platforms.FailureNonsense},
	} {
		t.Run(name, func(t *testing.T) {
			f := &pins{T: t, status: c.status, body: c.body}
			p, caller := f.start()
			_, err := p.Who(t.Context(), caller, app, platforms.Token{Access: "pina_1"})
			got, ok := platforms.FailureOf(err)
			if !ok || got.Kind != c.want || strings.Contains(err.Error(), "pina_1") {
				t.Errorf("%v, not %s", err, c.want)
			}
			if most := map[bool]int{true: 3, false: 1}[c.want == platforms.FailureDown]; len(f.asked) != most {
				t.Errorf("asked %d times, not %d", len(f.asked), most)
			}
		})
	}
}

func TestARefusedRefreshTokenIsAnEndAndAWrongAppIsNot(t *testing.T) {
	for status, want := range map[int]platforms.FailureKind{400: platforms.FailureTokenExpired, 401: platforms.FailureAppRefused} {
		f := &pins{T: t, status: status, body: `{"code":283,"message":"refused"}`}
		p, c := f.start()
		_, err := p.RefreshToken(t.Context(), c, app, platforms.Token{Refresh: "pinr_1"})
		if got, ok := platforms.FailureOf(err); !ok || got.Kind != want || len(f.asked) != 1 {
			t.Errorf("%d: %v, asked %d times", status, err, len(f.asked))
		}
	}
}
