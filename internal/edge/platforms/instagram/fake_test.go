package instagram_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"rapport/internal/edge/platforms"
	"rapport/internal/edge/platforms/instagram"
)

// What each call takes, as Meta's reference pages and its SDK's specifications (IGUser, IGMedia, ShadowIGHashtag) list it.
var documented = []struct {
	method string
	path   string // after the version; {n} is digits
	query  []string
	fields []string
}{
	{"GET", `^oauth/access_token$`, []string{"client_id", "client_secret", "redirect_uri", "code", "grant_type", "fb_exchange_token"}, nil},
	{"GET", `^me/permissions$`, nil, nil},
	{"DELETE", `^me/permissions$`, nil, nil},
	{"GET", `^me/accounts$`, []string{"fields", "limit", "after"}, []string{"id", "name", "access_token", "instagram_business_account"}},
	{"GET", `^\d+$`, []string{"fields"}, append([]string{"business_discovery", "mentioned_media", "mentioned_comment"}, userFields...)},
	{"GET", `^\d+/media$`, []string{"fields", "limit", "after", "before", "since", "until"}, append([]string{"insights"}, mediaFields...)},
	{"GET", `^\d+/tags$`, []string{"fields", "limit", "after", "before"}, mediaFields},
	{"GET", `^\d+/comments$`, []string{"fields", "limit", "after"}, []string{"id", "text", "username", "timestamp", "like_count", "from", "media", "replies", "hidden"}},
	{"GET", `^\d+/insights$`, []string{"metric", "period", "metric_type", "breakdown", "timeframe", "since", "until"}, nil},
	{"GET", `^ig_hashtag_search$`, []string{"user_id", "q"}, nil},
	{"GET", `^\d+/(top|recent)_media$`, []string{"user_id", "fields", "limit", "after"},
		[]string{"id", "caption", "children", "comments_count", "like_count", "media_type", "media_url", "permalink", "timestamp"}},
	{"GET", `^\d+/creator_marketplace_creators$`, []string{"fields", "limit", "after", "query", "username", "usernames", "similar_to_creators", "creator_countries",
		"creator_gender", "creator_age_bucket", "creator_interests", "creator_min_followers", "creator_max_followers", "creator_min_engaged_accounts",
		"creator_max_engaged_accounts", "creator_follower_growth", "creator_latest_post_activity", "reels_interaction_rate", "has_public_contact_email",
		"show_onboarded_creators_only", "major_audience_countries", "major_audience_gender", "major_audience_age_bucket", "major_audience_device_type"},
		[]string{"id", "username", "biography", "country", "gender", "age_bucket", "email", "is_account_verified", "onboarded_status",
			"has_brand_partnership_experience", "past_brand_partnership_partners", "portfolio_url", "insights", "recent_media", "branded_content_media",
			"past_partnership_ads_media"}},
}

var (
	userFields  = []string{"id", "username", "name", "biography", "website", "profile_picture_url", "followers_count", "follows_count", "media_count", "media"}
	mediaFields = []string{"id", "caption", "comments_count", "like_count", "media_product_type", "media_type", "owner", "permalink", "shortcode", "timestamp", "username",
		"view_count", "children"}
	metrics = map[string][]string{
		"insights": {"reach", "views", "saved", "shares", "total_interactions", "likes", "comments", "follows", "profile_visits"},
		"user":     {"reach", "views", "accounts_engaged", "follower_demographics", "engaged_audience_demographics", "profile_links_taps"},
	}
)

// fake answers as the Graph API does, and refuses what is not documented.
type fake struct {
	t      *testing.T
	server *httptest.Server

	mu      sync.Mutex
	answers map[string]any // by the path after the version
	answer  func(path string, q url.Values) (body any, ok bool)
	fail    func(path string, q url.Values) *failure
	raw     func(w http.ResponseWriter) bool
	header  http.Header
	asked   []string
	queries []url.Values
}

type failure struct{ status, code, subcode int }

const token = "EAAtoken"

func newFake(t *testing.T) *fake {
	t.Helper()
	f := &fake{t: t, answers: map[string]any{}, header: http.Header{}}
	f.server = httptest.NewServer(f)
	t.Cleanup(f.server.Close)
	return f
}

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	path, versioned := strings.CutPrefix(r.URL.Path, "/"+instagram.Version+"/")
	q := r.URL.Query()
	f.asked, f.queries = append(f.asked, path), append(f.queries, q)
	if f.raw != nil && f.raw(w) {
		return
	}
	for name, values := range f.header {
		w.Header()[name] = values
	}
	if !versioned {
		f.refuse(w, failure{400, 2500, 0}, "no version")
		return
	}
	if err := check(r, path, q); err != nil {
		f.t.Logf("refused: %s: %v", path, err)
		f.refuse(w, failure{400, 100, 0}, err.Error())
		return
	}
	if f.fail != nil {
		if e := f.fail(path, q); e != nil {
			f.refuse(w, *e, "refused")
			return
		}
	}
	body, ok := f.answers[path]
	if !ok && f.answer != nil {
		body, ok = f.answer(path, q)
	}
	if !ok {
		f.refuse(w, failure{400, 100, 33}, "Unsupported get request. Object does not exist")
		return
	}
	f.write(w, http.StatusOK, body)
}

func (f *fake) write(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	w.WriteHeader(status)
	if err := json.NewEncoder(w).Encode(body); err != nil {
		f.t.Errorf("cannot answer: %v", err)
	}
}

func (f *fake) refuse(w http.ResponseWriter, e failure, message string) {
	f.write(w, e.status, map[string]any{"error": map[string]any{"message": message, "type": "OAuthException", "code": e.code, "error_subcode": e.subcode, "fbtrace_id": "A"}})
}

// check says what Meta would refuse.
func check(r *http.Request, path string, q url.Values) error {
	open := path == "oauth/access_token"
	switch {
	case !open && r.Header.Get("Authorization") != "Bearer "+token:
		return fmt.Errorf("no token in the header")
	case !open && q.Get("appsecret_proof") != instagram.Proof("hush", token):
		return fmt.Errorf("no proof of the app's secret")
	case q.Has("access_token"):
		return fmt.Errorf("a token in the address")
	}
	for _, d := range documented {
		if d.method != r.Method || !regexp.MustCompile(d.path).MatchString(path) {
			continue
		}
		for name := range q {
			if name != "appsecret_proof" && !slices.Contains(d.query, name) {
				return fmt.Errorf("unknown parameter %q", name)
			}
		}
		if limit, err := strconv.Atoi(q.Get("limit")); q.Has("limit") && (err != nil || limit < 1 || limit > 100) {
			return fmt.Errorf("limit %q", q.Get("limit"))
		}
		if strings.HasSuffix(path, "/insights") {
			return checkInsights(q)
		}
		return checkFields(q.Get("fields"), d.fields)
	}
	return fmt.Errorf("%s %s is not documented", r.Method, path)
}

func checkInsights(q url.Values) error {
	for _, m := range strings.Split(q.Get("metric"), ",") {
		if !slices.Contains(metrics["user"], m) {
			return fmt.Errorf("unknown metric %q", m)
		}
	}
	if !slices.Contains([]string{"age", "city", "country", "gender"}, q.Get("breakdown")) || q.Get("period") != "lifetime" || q.Get("metric_type") != "total_value" ||
		!slices.Contains([]string{"this_month", "this_week"}, q.Get("timeframe")) {
		return fmt.Errorf("demographics take period lifetime, metric_type total_value, a timeframe and one breakdown")
	}
	return nil
}

var field = regexp.MustCompile(`^([a-z_]+)((?:\.[a-z_]+\([^(){}]*\))*)$`)

// checkFields reads the nested field syntax: name.modifier(value){inner}, comma separated.
func checkFields(text string, known []string) error {
	for text != "" {
		end, depth := len(text), 0
	scan:
		for i, c := range text {
			switch {
			case c == '{' || c == '(':
				depth++
			case c == '}' || c == ')':
				depth--
			case c == ',' && depth == 0:
				end = i
				break scan
			}
		}
		if depth != 0 && end == len(text) {
			return fmt.Errorf("brackets do not close in %q", text)
		}
		one := text[:end]
		text = strings.TrimPrefix(text[end:], ",")
		head, inner, nested := strings.Cut(one, "{")
		m := field.FindStringSubmatch(head)
		if m == nil || !slices.Contains(known, m[1]) {
			return fmt.Errorf("unknown field %q", head)
		}
		if err := checkModifiers(m[1], m[2]); err != nil {
			return err
		}
		if nested {
			if err := checkFields(strings.TrimSuffix(inner, "}"), innerOf(m[1])); err != nil {
				return err
			}
		}
	}
	return nil
}

func innerOf(name string) []string {
	switch name {
	case "business_discovery":
		return userFields
	case "instagram_business_account":
		return userFields
	case "mentioned_comment":
		return []string{"id", "text", "username", "timestamp", "like_count", "media"}
	}
	return mediaFields
}

var modifiers = map[string]string{
	"business_discovery": `^\.username\([A-Za-z0-9._]+\)$`, "media": `^(\.after\([A-Za-z0-9_=-]+\))?(\.limit\(\d+\))?$`,
	"mentioned_media": `^\.media_id\(\d+\)$`, "mentioned_comment": `^\.comment_id\(\d+\)$`, "insights": `^\.metric\(([a-z_]+,?)+\)$`,
}

func checkModifiers(name, text string) error {
	if text == "" {
		return nil
	}
	pattern, ok := modifiers[name]
	if !ok || !regexp.MustCompile(pattern).MatchString(text) {
		return fmt.Errorf("field %s%s", name, text)
	}
	if name == "insights" {
		list := strings.TrimSuffix(strings.TrimPrefix(text, ".metric("), ")")
		for _, m := range strings.Split(list, ",") {
			if !slices.Contains(metrics["insights"], m) {
				return fmt.Errorf("unknown metric %q", m)
			}
		}
	}
	return nil
}

// meter stands for the database that counts.
type meter struct {
	used    map[string]int64
	paused  time.Duration
	because string
}

var now = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func (m *meter) caller() platforms.Caller {
	m.used = map[string]int64{}
	return platforms.Caller{
		Rules: instagram.Rules(), Now: func() time.Time { return now }, Pace: time.Microsecond,
		Take: func(_ context.Context, c platforms.Cost) error {
			if m.used[c.Bucket] += c.Units; c.Account != "17841400000000001" {
				return fmt.Errorf("counted for account %q", c.Account)
			}
			return nil
		},
		Pause: func(_ context.Context, _ platforms.Cost, wait time.Duration, because string) error {
			m.paused, m.because = wait, because
			return nil
		},
	}
}

var app = platforms.App{Platform: "instagram", ClientID: "client", ClientSecret: "hush"}

const own = "17841400000000001"

func (f *fake) client(m *meter) instagram.Client {
	return instagram.Open(m.caller(), app, platforms.Token{Access: token, Account: own}, f.server.URL)
}

func (f *fake) platform() instagram.Platform { return instagram.Platform{Host: f.server.URL} }

func TestTheFakeRefusesWhatIsNotDocumented(t *testing.T) {
	for fields, ok := range map[string]bool{
		"id,username": true,
		"id,email":    false,
		"business_discovery.username(leaf){id,media.limit(5){id,caption}}":    true,
		"business_discovery.username(leaf){id,media.limit(5){id,media_tags}}": false,
		"business_discovery.username(le}af){id}":                              false,
		"business_discovery.name(leaf){id}":                                   false,
		"business_discovery.username(leaf){id":                                false,
	} {
		if err := checkFields(fields, append([]string{"business_discovery"}, userFields...)); (err == nil) != ok {
			t.Errorf("%s: %v", fields, err)
		}
	}
}
