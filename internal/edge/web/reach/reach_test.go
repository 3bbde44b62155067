package reach_test

import (
	"bytes"
	"context"
	"html"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/db/dbtest"
	"rapport/internal/base/programs"
	"rapport/internal/base/secret"
	"rapport/internal/edge/web/desk"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/portal"
	"rapport/internal/edge/web/reach"
	"rapport/internal/edge/web/setup"
	"rapport/internal/edge/web/ui"
	"rapport/internal/learn/analytics"
	"rapport/internal/partner/outreach"
	"rapport/internal/partner/partnerships"
	"rapport/internal/partner/terms"
	"rapport/internal/recruit/creators"
	"rapport/internal/track/links"
)

var pages = sync.OnceValues(func() (*ui.Set, error) {
	set, err := ui.New(frame.Templates, setup.Templates, desk.Templates, portal.Templates, reach.Templates)
	if err == nil {
		set.Now = func() time.Time { return dbtest.Start }
	}
	return set, err
})

// world is Fernwood Tea with Olga, who owns it, Vera, who may look, and another program; pages are asked over HTTP through the real router.
type world struct {
	*testing.T
	d              *db.DB
	box            *secret.Box
	pages          http.Handler
	program, other programs.Program
	owner          string // Olga's id
	olga, vera     string // sessions
}

func inWorld(t *testing.T, engine db.Engine, test func(w *world)) {
	t.Parallel()
	w := &world{T: t, d: dbtest.New(t, engine), box: secret.New(bytes.Repeat([]byte{3}, secret.KeySize))}
	var olga, vera auth.User
	w.do(func(ctx context.Context, tx *db.Tx) (err error) {
		ten, err := terms.ParseCommission("percent", "12", "EUR")
		if err != nil {
			return err
		}
		if w.program, err = programs.Create(ctx, tx, programs.New{Name: "Fernwood Tea", Currency: "EUR", Sites: []string{"shop.example"}}); err != nil {
			return err
		}
		if w.other, err = programs.Create(ctx, tx, programs.New{Name: "Elsewhere", Currency: "EUR"}); err != nil {
			return err
		}
		if err := partnerships.SetProgramTerms(ctx, tx, w.program.ID, terms.Terms{Commission: &ten}); err != nil {
			return err
		}
		if olga, err = auth.CreateUser(ctx, tx, auth.NewUser{Email: "olga@acme.example", Name: "Olga", Role: auth.RoleOwner}); err != nil {
			return err
		}
		vera, err = auth.CreateUser(ctx, tx, auth.NewUser{Email: "vera@acme.example", Name: "Vera", Role: auth.RoleViewer, Program: w.program.ID})
		return err
	})
	set, err := pages()
	w.must(err)
	m := frame.NewMux(frame.Deps{
		DB: w.d, Box: w.box, Links: new(links.Index), BaseURL: "http://rapport.example", LinkBase: "http://rapport.example/r", MailSent: true,
		Log: slog.New(slog.NewTextHandler(t.Output(), nil)), ClientIP: func(*http.Request) string { return "203.0.113.7" },
		Tail: func(context.Context, *db.Tx) ([]analytics.TailCount, error) { return nil, nil },
	}, set)
	setup.Register(m)
	desk.Register(m)
	portal.Register(m)
	reach.Register(m)
	w.pages = m.Handler()
	w.owner = olga.ID
	w.olga, w.vera = w.session(olga.ID), w.session(vera.ID)
	test(w)
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *world) do(f func(ctx context.Context, tx *db.Tx) error) {
	w.Helper()
	w.must(w.d.Update(w.Context(), func(tx *db.Tx) error { return f(w.Context(), tx) }))
}

func (w *world) session(user string) (token string) {
	w.Helper()
	var link string
	w.do(func(ctx context.Context, tx *db.Tx) (err error) {
		link, err = auth.LoginLink(ctx, tx, user, auth.PurposeInvite, time.Hour, "")
		return err
	})
	token, _, err := auth.UseLoginLink(w.Context(), w.d, link, "test")
	w.must(err)
	return token
}

// to is an address of the program's desk.
func (w *world) to(path string) string { return "/p/" + string(w.program.ID) + path }

// ask makes a request; form nil is a GET.
func (w *world) ask(path, token string, form url.Values) *httptest.ResponseRecorder {
	w.Helper()
	method, body := http.MethodGet, io.Reader(http.NoBody)
	if form != nil {
		method, body = http.MethodPost, strings.NewReader(form.Encode())
	}
	r := httptest.NewRequest(method, "http://rapport.example"+path, body)
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	if token != "" {
		r.AddCookie(&http.Cookie{Name: "rapport_session", Value: token})
	}
	answer := httptest.NewRecorder()
	w.pages.ServeHTTP(answer, r)
	return answer
}

// shows is a page with the status, which must say the texts.
func (w *world) shows(path, token string, status int, texts ...string) string {
	w.Helper()
	return w.says(path, w.ask(path, token, nil), status, texts...)
}

func (w *world) says(what string, answer *httptest.ResponseRecorder, status int, texts ...string) string {
	w.Helper()
	body := answer.Body.String()
	if answer.Code != status {
		w.Fatalf("%s: %d\n%.3000s", what, answer.Code, body)
	}
	if faults := ui.Lint(body); len(faults) > 0 {
		w.Errorf("%s: %v", what, faults)
	}
	_, shown, _ := strings.Cut(body, "<main")
	for _, text := range texts {
		if !strings.Contains(html.UnescapeString(body), text) {
			w.Errorf("%s does not say %q:\n%.4000s", what, text, shown)
		}
	}
	return shown
}

// leads is where a form leads that was taken.
func (w *world) leads(path, token string, form url.Values) string {
	w.Helper()
	answer := w.ask(path, token, form)
	if answer.Code != http.StatusSeeOther {
		w.Fatalf("POST %s: %d\n%.3000s", path, answer.Code, answer.Body.String())
	}
	return answer.Header().Get("Location")
}

// prospect is somebody nobody wrote to yet, with accounts given as "tiktok maya".
func (w *world) prospect(program programs.ID, name string, accounts ...string) (p partnerships.Partnership) {
	w.Helper()
	n := creators.New{Name: name, Program: program}
	for _, a := range accounts {
		platform, handle, _ := strings.Cut(a, " ")
		n.Profiles = append(n.Profiles, creators.NewProfile{Platform: creators.Platform(platform), Handle: handle})
	}
	w.do(func(ctx context.Context, tx *db.Tx) error {
		c, err := creators.Create(ctx, tx, n)
		if err != nil {
			return err
		}
		p, err = partnerships.Create(ctx, tx, partnerships.New{Program: program, Creator: c.ID})
		return err
	})
	return p
}

func (w *world) status(of partnerships.ID) (s partnerships.Status) {
	w.Helper()
	w.do(func(ctx context.Context, tx *db.Tx) error {
		p, err := partnerships.Find(ctx, tx, of)
		s = p.Status
		return err
	})
	return s
}

func (w *world) thread(of partnerships.ID) (all []outreach.Message) {
	w.Helper()
	w.do(func(ctx context.Context, tx *db.Tx) (err error) {
		all, _, err = outreach.Thread(ctx, tx, of, db.Page{})
		return err
	})
	return all
}

var written = regexp.MustCompile(`(?s)<textarea[^>]*name="body"[^>]*>(.*?)</textarea>`)

// prepared is the message that a page prepared.
func (w *world) prepared(page string) string {
	w.Helper()
	found := written.FindStringSubmatch(page)
	if found == nil {
		w.Fatalf("there is no message:\n%.4000s", page)
	}
	return html.UnescapeString(found[1])
}

// template saves words of the program's own and returns the query that chooses them.
func (w *world) template(name, body string) string {
	w.Helper()
	w.leads(w.to("/reach/templates"), w.olga, url.Values{"name": {name}, "body": {body}})
	var id outreach.TemplateID
	w.do(func(ctx context.Context, tx *db.Tx) error {
		all, err := outreach.Templates(ctx, tx, w.program.ID)
		for _, t := range all {
			if t.Name == name {
				id = t.ID
			}
		}
		return err
	})
	return "?template=" + url.QueryEscape(string(id))
}
