package recruit_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/db/dbtest"
	"rapport/internal/base/programs"
	"rapport/internal/base/secret"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/recruit"
	"rapport/internal/edge/web/ui"
	"rapport/internal/partner/partnerships"
	"rapport/internal/recruit/benchmarks"
	"rapport/internal/recruit/creators"
	"rapport/internal/recruit/discovery"
	"rapport/internal/recruit/vetting"
	"rapport/internal/track/links"
)

// clinic is the desk's check-ups of Fernwood, where Anna is the owner and Vera may look, and of another program, where Olga is a manager.
type clinic struct {
	*testing.T
	d              *db.DB
	handler        http.Handler
	program, other programs.Program
	tokens         map[string]string
}

func newClinic(t *testing.T, d *db.DB) *clinic {
	t.Helper()
	o := &clinic{T: t, d: d, tokens: map[string]string{}}
	o.handler = o.pages(nil)
	o.do(func(ctx context.Context, tx *db.Tx) (err error) {
		if o.program, err = programs.Create(ctx, tx, programs.New{Name: "Fernwood", Currency: "EUR", Sites: []string{"shop.example"}, Timezone: "Europe/Berlin"}); err != nil {
			return err
		}
		o.other, err = programs.Create(ctx, tx, programs.New{Name: "Other", Currency: "USD", Sites: []string{"other.example"}})
		return err
	})
	o.person("anna", auth.RoleOwner, o.program.ID)
	o.person("vera", auth.RoleViewer, o.program.ID)
	o.person("olga", auth.RoleManager, o.other.ID)
	return o
}

// pages are the pages of the package over an index.
func (o *clinic) pages(search *discovery.Index) http.Handler {
	o.Helper()
	set, err := ui.New(frame.Templates, recruit.Templates)
	if err != nil {
		o.Fatal(err)
	}
	set.Now = o.d.Now
	m := frame.NewMux(frame.Deps{
		Search: search, DB: o.d, Box: secret.New(bytes.Repeat([]byte{1}, secret.KeySize)), Links: &links.Index{}, BaseURL: "http://rapport.example", LinkBase: "http://rapport.example/r",
		Log: slog.New(slog.NewTextHandler(o.Output(), nil)), ClientIP: func(*http.Request) string { return "203.0.113.9" },
	}, set)
	recruit.Register(m)
	return m.Handler()
}

func (o *clinic) do(f func(ctx context.Context, tx *db.Tx) error) {
	o.Helper()
	if err := o.d.Update(o.Context(), func(tx *db.Tx) error { return f(o.Context(), tx) }); err != nil {
		o.Fatal(err)
	}
}

func (o *clinic) person(name string, role auth.Role, in programs.ID) {
	o.Helper()
	var token string
	o.do(func(ctx context.Context, tx *db.Tx) error {
		u, err := auth.CreateUser(ctx, tx, auth.NewUser{Email: name + "@fernwood.example", Name: strings.ToUpper(name[:1]) + name[1:], Role: role, Program: in})
		if err != nil {
			return err
		}
		token, err = auth.LoginLink(ctx, tx, u.ID, auth.PurposeReset, auth.LinkByHand, "")
		return err
	})
	session, _, err := auth.UseLoginLink(o.Context(), o.d, token, "test")
	if err != nil {
		o.Fatal(err)
	}
	o.tokens[name] = session
}

func (o *clinic) ask(name, method, path string, pairs ...string) *httptest.ResponseRecorder {
	o.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	r := httptest.NewRequest(method, "/p/"+string(o.program.ID)+path, strings.NewReader(form.Encode())).WithContext(o.Context())
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	r.AddCookie(&http.Cookie{Name: "rapport_session", Value: o.tokens[name]})
	w := httptest.NewRecorder()
	o.handler.ServeHTTP(w, r)
	return w
}

// shows fails unless the page has the status, is clean and holds every text.
func (o *clinic) shows(w *httptest.ResponseRecorder, status int, texts ...string) string {
	o.Helper()
	body := w.Body.String()
	if w.Code != status {
		o.Fatalf("answered %d to %q, want %d:\n%s", w.Code, w.Header().Get("Location"), status, body)
	}
	for _, text := range texts {
		if !strings.Contains(body, text) {
			o.Errorf("the page lacks %q:\n%s", text, body)
		}
	}
	if strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") {
		for _, wrong := range ui.Lint(body) {
			o.Errorf("%v", wrong)
		}
	}
	return body
}

func n(v int64) *int64 { return &v }

// patient makes somebody with sixty days of counts and twenty posts.
func (o *clinic) patient(in programs.ID, name, handle string, platform creators.Platform, followers int64) (c creators.Creator) {
	o.Helper()
	o.do(func(ctx context.Context, tx *db.Tx) (err error) {
		if c, err = creators.Create(ctx, tx, creators.New{Name: name, Profiles: []creators.NewProfile{{
			Platform: platform, Handle: handle, Counts: creators.Counts{Followers: &followers, Following: n(310), Posts: n(240)}, Details: creators.Details{Bio: "tea and skin care", Country: "DE"},
		}}}); err != nil {
			return err
		}
		for i := range 60 {
			if err := creators.AddSnapshot(ctx, tx, creators.Snapshot{Profile: c.Main, TakenAt: tx.Now().Add(-time.Duration(60-i) * 24 * time.Hour), Source: "list", Counts: creators.Counts{Followers: n(max(followers-int64(600-10*i), 1))}}); err != nil {
				return err
			}
		}
		var posts []creators.Post
		for i := range 20 {
			views := followers/3 + int64(1+i%5)*followers/20
			caption := "a quiet morning with green tea"
			switch i {
			case 2, 6, 9:
				caption = "Paid partnership with Nordic Tea #ad"
			case 4:
				caption = "cocktails tonight"
			}
			posts = append(posts, creators.Post{
				Profile: c.Main, PlatformID: fmt.Sprint(7300000000000000000 + i), PostedAt: tx.Now().AddDate(0, 0, -2-3*i), SeenAt: tx.Now(), Caption: caption,
				Counts: creators.PostCounts{Views: &views, Likes: n(views/10 + int64(i)), Comments: n(11), Shares: n(7)},
			})
		}
		if _, err = creators.AddPosts(ctx, tx, posts); err != nil {
			return err
		}
		_, err = partnerships.Create(ctx, tx, partnerships.New{Program: in, Creator: c.ID, Status: partnerships.StatusProspect})
		return err
	})
	return c
}

const longName = "Maximiliane-Theodora Freifrau von und zu Hohenlohe-Langenbur"

func TestEveryCheckupPageIsClean(t *testing.T) {
	o := newClinic(t, dbtest.New(t, db.EngineSQLite))
	o.shows(o.ask("anna", "GET", "/creators/safety"), 200, "Alcohol", "Your rivals")
	o.shows(o.ask("anna", "GET", "/creators/safety?topic=alcohol"), 200, "whiskey", "As it came")
	o.shows(o.ask("anna", "GET", "/benchmarks"), 200, "HypeAuditor report 2023", "Formula not stated")
	o.shows(o.ask("anna", "GET", "/benchmarks?metric=engagement_rate&platform=tiktok"), 200)
	o.shows(o.ask("anna", "GET", "/benchmarks/"+string(benchmarks.Published()[0].ID)), 200, "Post Affiliate Pro")
	o.shows(o.ask("vera", "GET", "/benchmarks"), 200)
	full := o.patient(o.program.ID, "Maya Ortiz", "mayaglow", creators.PlatformTikTok, 8200)
	people := []creators.Creator{
		full, o.patient(o.program.ID, longName, "max", creators.PlatformInstagram, 10_000_000), o.patient(o.program.ID, "نور الهدى", "nour", creators.PlatformYouTube, 987_654),
		o.patient(o.program.ID, "Pia", "pia", creators.PlatformPinterest, 5),
	}
	o.do(func(ctx context.Context, tx *db.Tx) error {
		for _, c := range []creators.New{{Name: "Name only"}, {Name: "Little", Profiles: []creators.NewProfile{{Platform: "tiktok", Handle: "little"}}}} {
			made, err := creators.Create(ctx, tx, c)
			if err != nil {
				return err
			}
			people = append(people, made)
			if _, err = partnerships.Create(ctx, tx, partnerships.New{Program: o.program.ID, Creator: made.ID}); err != nil {
				return err
			}
		}
		return nil
	})
	for _, c := range people {
		for _, name := range []string{"anna", "vera"} {
			o.shows(o.ask(name, "GET", "/check-up/"+string(c.ID)), 200, "right for you?")
		}
		if c.Name != "Name only" {
			o.shows(o.ask("vera", "GET", "/check-up/"+string(c.ID)+"/print"), 200, "rp-print")
		}
	}
	o.shows(o.ask("anna", "GET", "/check-up/"+string(full.ID)), 200, "The three reasons that matter most", "(likes + comments + shares) / views", "HypeAuditor report 2023",
		"Nordic Tea", "cocktails", "Alcohol", "What the score is made of", "@mayaglow", "https://www.tiktok.com/@mayaglow/video/7300000000000000004")
	o.shows(o.ask("anna", "GET", "/check-up/"+string(people[2].ID)), 200, "derived-metrics terms")
}

// The page of a YouTube channel must not show what was computed from it.
func TestAChannelsPageShowsNothingDerived(t *testing.T) {
	o := newClinic(t, dbtest.New(t, db.EngineSQLite))
	c := o.patient(o.program.ID, "Nour", "nour", creators.PlatformYouTube, 5000)
	body := o.shows(o.ask("anna", "GET", "/check-up/"+string(c.ID)), 200, "5,000")
	for _, derived := range []string{"of 100", "posts a week", "Views per follower", "genuine?", "earned?", "benchmark"} {
		if strings.Contains(body, derived) {
			t.Errorf("the page shows %q", derived)
		}
	}
}

func TestAPersonDecidesWithANoteAndTheCheckupsWordStays(t *testing.T) {
	o := newClinic(t, dbtest.New(t, db.EngineSQLite))
	c := o.patient(o.program.ID, "Maya Ortiz", "mayaglow", creators.PlatformTikTok, 8200)
	page := "/check-up/" + string(c.ID)
	o.shows(o.ask("anna", "POST", page), http.StatusSeeOther)
	o.shows(o.ask("anna", "POST", page+"/overrule", "verdict", "not_for_us"), http.StatusUnprocessableEntity, "Say why")
	o.shows(o.ask("anna", "POST", page+"/overrule", "verdict", "not_for_us", "note", "rude on the phone"), http.StatusSeeOther)
	o.shows(o.ask("anna", "GET", page), 200, "Anna decided otherwise", "rude on the phone", "The check-up itself says:", "Not for us")
	o.shows(o.ask("anna", "POST", page+"/overrule", "verdict", ""), http.StatusSeeOther)
	if body := o.shows(o.ask("anna", "GET", page), 200); strings.Contains(body, "decided otherwise") {
		t.Error("the word was not taken back")
	}
	o.shows(o.ask("vera", "POST", page+"/overrule", "verdict", "fits", "note", "x"), http.StatusForbidden)
}

func TestListsAndBenchmarksCanBeChanged(t *testing.T) {
	o := newClinic(t, dbtest.New(t, db.EngineSQLite))
	o.shows(o.ask("anna", "POST", "/creators/safety", "topic", "Palm Oil", "weight", "warn", "words", "palm oil\nPalmöl"), http.StatusSeeOther)
	o.shows(o.ask("anna", "GET", "/creators/safety"), 200, "palm_oil", "Palmöl")
	o.shows(o.ask("anna", "POST", "/creators/safety", "topic", "!", "weight", "warn"), http.StatusUnprocessableEntity, "is-invalid")
	o.shows(o.ask("anna", "POST", "/creators/safety/reset", "topic", "palm_oil"), http.StatusSeeOther)
	if strings.Contains(o.ask("anna", "GET", "/creators/safety").Body.String(), "palm_oil") {
		t.Error("the list is still there")
	}
	mine := []string{"metric", "engagement_rate", "platform", "tiktok", "tier", "nano", "low", "7.5", "high", "9", "unit", "percent", "as_of", "2026-02", "source", "our agency", "formula", "(likes + comments + shares) / views"}
	o.shows(o.ask("anna", "POST", "/benchmarks", mine...), http.StatusSeeOther)
	o.shows(o.ask("anna", "GET", "/benchmarks"), 200, "our agency", "7.5–9 %")
	o.shows(o.ask("anna", "POST", "/benchmarks", append(mine, "site", "ftp://x")...), http.StatusUnprocessableEntity, "https://")
	published := "/benchmarks/" + string(benchmarks.Published()[0].ID)
	o.shows(o.ask("anna", "POST", published+"/remove"), http.StatusSeeOther)
	o.shows(o.ask("anna", "GET", published), http.StatusNotFound)
	o.shows(o.ask("anna", "POST", "/benchmarks/restore"), http.StatusSeeOther)
	o.shows(o.ask("anna", "GET", published), 200)
	o.shows(o.ask("vera", "POST", published+"/remove"), http.StatusForbidden)
}

func TestSomebodyWhomOneMayNotSeeHasNoCheckup(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		o := newClinic(t, d)
		c := o.patient(o.other.ID, "Secret", "secret", creators.PlatformTikTok, 8200)
		page := "/check-up/" + string(c.ID)
		for _, w := range []*httptest.ResponseRecorder{
			o.ask("anna", "GET", page), o.ask("anna", "GET", page+"/print"), o.ask("anna", "POST", page), o.ask("anna", "POST", page+"/overrule", "verdict", "fits", "note", "x"), o.ask("olga", "GET", page),
		} {
			o.shows(w, http.StatusNotFound)
		}
		o.do(func(ctx context.Context, tx *db.Tx) error {
			_, found, err := vetting.Of(ctx, tx, o.program.ID, c.ID)
			if found {
				t.Error("a report was made")
			}
			return err
		})
	})
}
