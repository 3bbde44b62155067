package webtest

import (
	"cmp"
	"context"
	"html"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/db/dbtest"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
	"rapport/internal/learn/analytics"
	"rapport/internal/track/links"
)

// Base is where the pages stand.
const Base = "http://rapport.example"

// Site is the pages over a database.
type Site struct {
	*testing.T
	DB    *db.DB
	Mux   *frame.Mux
	Pages http.Handler
}

// Open puts pages over a database. Of deps only what a test is about need be set.
func Open(t *testing.T, d *db.DB, pages func() (*ui.Set, error), deps frame.Deps, register ...func(*frame.Mux)) *Site {
	t.Helper()
	deps.DB, deps.BaseURL, deps.LinkBase = d, cmp.Or(deps.BaseURL, Base), cmp.Or(deps.LinkBase, Base+"/r")
	deps.Log = slog.New(slog.NewTextHandler(t.Output(), nil))
	deps.ClientIP = func(*http.Request) string { return "203.0.113.7" }
	if deps.Links == nil {
		deps.Links = new(links.Index)
	}
	if deps.Tail == nil {
		deps.Tail = func(context.Context, *db.Tx) ([]analytics.TailCount, error) { return nil, nil }
	}
	set, err := pages()
	if err != nil {
		t.Fatal(err)
	}
	s := &Site{T: t, DB: d, Mux: frame.NewMux(deps, set)}
	for _, r := range register {
		r(s.Mux)
	}
	s.Pages = s.Mux.Handler()
	return s
}

// Parsed parses templates once for all tests of a package. Pages count "3 hours ago" from the time at which every test begins.
func Parsed(templates ...fs.FS) func() (*ui.Set, error) {
	return sync.OnceValues(func() (*ui.Set, error) {
		set, err := ui.New(templates...)
		if err == nil {
			set.Now = func() time.Time { return dbtest.Start }
		}
		return set, err
	})
}

// Must ends the test at an error.
func (s *Site) Must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

// Do runs f in a transaction of its own. It works in clean-ups, too.
func (s *Site) Do(f func(ctx context.Context, tx *db.Tx) error) {
	s.Helper()
	ctx := context.WithoutCancel(s.Context())
	s.Must(s.DB.Update(ctx, func(tx *db.Tx) error { return f(ctx, tx) }))
}

// Session signs somebody in.
func (s *Site) Session(user string, purpose auth.Purpose) (token string) {
	s.Helper()
	var link string
	s.Do(func(ctx context.Context, tx *db.Tx) (err error) {
		link, err = auth.LoginLink(ctx, tx, user, purpose, time.Hour, "")
		return err
	})
	token, _, err := auth.UseLoginLink(s.Context(), s.DB, link, "test")
	s.Must(err)
	return token
}

// Ask makes a request of somebody, "" being nobody. A form is sent as a browser sends it; without one it is a GET.
func (s *Site) Ask(path, session string, form url.Values, header ...string) *httptest.ResponseRecorder {
	s.Helper()
	method, body := http.MethodGet, io.Reader(http.NoBody)
	if form != nil {
		method, body = http.MethodPost, strings.NewReader(form.Encode())
	}
	r := httptest.NewRequestWithContext(context.WithoutCancel(s.Context()), method, Base+path, body)
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	if session != "" {
		r.AddCookie(&http.Cookie{Name: "rapport_session", Value: session})
	}
	answer := httptest.NewRecorder()
	s.Pages.ServeHTTP(answer, r)
	return answer
}

// Shows gets a page, which must have the status and say the texts.
func (s *Site) Shows(path, session string, status int, texts ...string) string {
	s.Helper()
	return s.Says(path, s.Ask(path, session, nil), status, texts...)
}

// Says fails unless an answer has the status, is clean and says the texts, as markup or as people read it. It returns the page.
func (s *Site) Says(what string, answer *httptest.ResponseRecorder, status int, texts ...string) string {
	s.Helper()
	body := answer.Body.String()
	if answer.Code != status {
		s.Fatalf("%s: %d to %q\n%.3000s", what, answer.Code, answer.Header().Get("Location"), body)
	}
	if faults := ui.Lint(body); len(faults) > 0 {
		s.Errorf("%s: %v", what, faults)
	}
	read := html.UnescapeString(body)
	for _, text := range texts {
		if !strings.Contains(body, text) && !strings.Contains(read, text) {
			_, shown, _ := strings.Cut(body, "<main")
			s.Errorf("%s does not say %q:\n%.4000s", what, text, shown)
		}
	}
	return body
}

// Leads sends a form that must be taken and returns where it leads.
func (s *Site) Leads(path, session string, form url.Values) string {
	s.Helper()
	answer := s.Ask(path, session, form)
	if answer.Code != http.StatusSeeOther {
		s.Fatalf("POST %s: %d\n%.3000s", path, answer.Code, answer.Body.String())
	}
	return answer.Header().Get("Location")
}
