package connect_test

import (
	"bytes"
	"context"
	"html"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/db/dbtest"
	"rapport/internal/base/money"
	"rapport/internal/base/programs"
	"rapport/internal/base/secret"
	"rapport/internal/edge/edgetest"
	"rapport/internal/edge/platforms"
	"rapport/internal/edge/platforms/instagram"
	"rapport/internal/edge/platforms/pinterest"
	"rapport/internal/edge/platforms/tiktok"
	"rapport/internal/edge/platforms/youtube"
	"rapport/internal/edge/web/connect"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
	"rapport/internal/partner/partnerships"
	"rapport/internal/recruit/creators"
)

const base = "https://rapport.example"

// world is a program with a creator, a TikTok that behaves as told, and these pages.
type world struct {
	*testing.T
	d       *db.DB
	box     *secret.Box
	tiktok  *edgetest.TikTok
	board   *platforms.Switchboard
	pages   http.Handler
	program programs.Program
	mira    partnerships.Partnership
	users   [3]string
	owner   string // sessions, in the order of users
	viewer  string
	creator string
}

func newWorld(t *testing.T, d *db.DB) *world {
	t.Helper()
	w := &world{T: t, d: d, box: secret.New(bytes.Repeat([]byte{3}, secret.KeySize)), tiktok: edgetest.NewTikTok(t, d.Now)}
	w.board = &platforms.Switchboard{
		Box: w.box, BaseURL: base, Pace: time.Millisecond, Tell: connect.Tell(w.box, base), Alarm: connect.Alarm(w.box, base),
		Platforms: []platforms.Platform{tiktok.Platform{API: w.tiktok.URL}, instagram.Platform{}, youtube.Platform{}, pinterest.Platform{}},
	}
	w.do(func(ctx context.Context, tx *db.Tx) error { return w.people(ctx, tx) })
	w.signIn()
	set, err := ui.New(frame.Templates, connect.Templates)
	if err != nil {
		t.Fatal(err)
	}
	set.Now = d.Now
	m := frame.NewMux(frame.Deps{DB: d, Box: w.box, Platforms: w.board, BaseURL: base, Log: slog.New(slog.DiscardHandler), ClientIP: func(*http.Request) string { return "203.0.113.7" }}, set)
	connect.Register(m)
	w.pages = m.Handler()
	return w
}

func (w *world) people(ctx context.Context, tx *db.Tx) (err error) {
	if w.program, err = programs.Create(ctx, tx, programs.New{Name: "Fernwood", Currency: money.Currency("EUR")}); err != nil {
		return err
	}
	c, err := creators.Create(ctx, tx, creators.New{Name: "Mira Makes", Program: w.program.ID, Contact: creators.Contact{Email: "mira@mail.example"},
		Profiles: []creators.NewProfile{{Platform: "instagram", Handle: "mira.makes"}}})
	if err != nil {
		return err
	}
	if w.mira, err = partnerships.Create(ctx, tx, partnerships.New{Program: w.program.ID, Creator: c.ID, Status: partnerships.StatusActive}); err != nil {
		return err
	}
	owner, err := auth.CreateUser(ctx, tx, auth.NewUser{Email: "olga@acme.example", Name: "Olga", Role: auth.RoleOwner})
	if err != nil {
		return err
	}
	viewer, err := auth.CreateUser(ctx, tx, auth.NewUser{Email: "vic@acme.example", Name: "Vic", Role: auth.RoleOwner, Program: w.program.ID})
	if err != nil {
		return err
	}
	w.users[0], w.users[1] = owner.ID, viewer.ID
	w.users[2], err = auth.EnsureCreatorUser(ctx, tx, string(c.ID), "mira@mail.example", "Mira Makes", "en")
	return err
}

func (w *world) do(f func(ctx context.Context, tx *db.Tx) error) {
	w.Helper()
	ctx := context.WithoutCancel(w.Context())
	if err := w.d.Update(ctx, func(tx *db.Tx) error { return f(ctx, tx) }); err != nil {
		w.Fatal(err)
	}
}

// signIn gives everybody a fresh session: those of before may have ended.
func (w *world) signIn() {
	w.Helper()
	w.owner, w.viewer, w.creator = w.session(w.users[0], auth.PurposeInvite), w.session(w.users[1], auth.PurposeInvite), w.session(w.users[2], auth.PurposeCreator)
}

func (w *world) session(user string, purpose auth.Purpose) (token string) {
	w.Helper()
	var link string
	w.do(func(ctx context.Context, tx *db.Tx) (err error) {
		link, err = auth.LoginLink(ctx, tx, user, purpose, time.Hour, "")
		return err
	})
	token, _, err := auth.UseLoginLink(w.Context(), w.d, link, "test")
	if err != nil {
		w.Fatal(err)
	}
	return token
}

// page is an answer, with its text as people read it.
type page struct {
	*httptest.ResponseRecorder
	text string
}

var tags = regexp.MustCompile(`<[^>]*>`)

func (w *world) ask(session, method, path string, pairs ...string) page {
	w.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	r := httptest.NewRequest(method, base+path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.AddCookie(&http.Cookie{Name: "__Host-rapport_session", Value: session})
	answer := httptest.NewRecorder()
	w.pages.ServeHTTP(answer, r)
	if answer.Code == http.StatusOK || answer.Code == http.StatusUnprocessableEntity {
		for _, wrong := range ui.Lint(answer.Body.String()) {
			w.Errorf("%s %s: %v", method, path, wrong)
		}
	}
	return page{answer, html.UnescapeString(tags.ReplaceAllString(answer.Body.String(), " "))}
}

func (p page) sees(t *testing.T, status int, texts ...string) {
	t.Helper()
	if p.Code != status {
		t.Fatalf("answered %d, not %d: %s %s", p.Code, status, p.Header().Get("Location"), p.text)
	}
	for _, text := range texts {
		if !strings.Contains(p.text+p.Body.String(), text) {
			t.Errorf("the page lacks %q: %s", text, strings.Join(strings.Fields(p.text), " "))
		}
	}
}

func (w *world) desk() string   { return "/p/" + string(w.program.ID) }
func (w *world) portal() string { return "/c/" + string(w.mira.ID) }

// setUp enters the app by the page.
func (w *world) setUp() {
	w.Helper()
	answer := w.ask(w.owner, "POST", w.desk()+"/settings/platforms/tiktok", "client_id", edgetest.TikTokClient, "client_secret", edgetest.TikTokSecret)
	answer.sees(w.T, http.StatusSeeOther)
}

var away = regexp.MustCompile(`href="(https://www\.tiktok\.com/v2/auth/authorize/[^"]*)"`)

// consent presses "Connect" in the portal and comes back from TikTok with what is given.
func (w *world) consent(back func(code, state string) url.Values, untick ...string) page {
	w.Helper()
	answer := w.ask(w.creator, "POST", w.portal()+"/accounts/tiktok")
	answer.sees(w.T, http.StatusOK, "Go on at TikTok")
	found := away.FindStringSubmatch(answer.Body.String())
	if found == nil {
		w.Fatalf("there is no way to TikTok: %s", answer.Body)
	}
	code, state := w.tiktok.Consent(html.UnescapeString(found[1]), untick...)
	return w.ask(w.creator, "GET", "/connect/tiktok/callback?"+back(code, state).Encode())
}

func given(code, state string) url.Values {
	return url.Values{"code": {code}, "state": {state}, "scopes": {"user.info.basic"}}
}

// connected is a world whose creator connected TikTok, read once.
func connected(t *testing.T, d *db.DB) *world {
	t.Helper()
	w := newWorld(t, d)
	w.setUp()
	if answer := w.consent(given); answer.Code != http.StatusSeeOther || answer.Header().Get("Location") != w.portal()+"/accounts" {
		t.Fatalf("%d to %s: %s", answer.Code, answer.Header().Get("Location"), answer.text)
	}
	w.work()
	return w
}

func (w *world) work() {
	w.Helper()
	if err := w.board.Refresh(w.Context(), w.d); err != nil {
		w.Fatal(err)
	}
}

func (w *world) later(by time.Duration) { dbtest.Clock(w.d).Advance(by) }
