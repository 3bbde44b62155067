package setup_test

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/db/dbtest"
	"rapport/internal/base/programs"
	"rapport/internal/base/secret"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/setup"
	"rapport/internal/edge/web/ui"
	"rapport/internal/pay/intake"
	"rapport/internal/track/clicks"
	"rapport/internal/track/links"
)

const password = "correct horse battery"

// site is an installation with these pages, and nobody in it.
type site struct {
	t   *testing.T
	d   *db.DB
	box *secret.Box
	url string
}

func newSite(t *testing.T, d *db.DB, change ...func(*frame.Deps)) site {
	t.Helper()
	tokens, err := clicks.NewKeys(clicks.Key{No: 1, Secret: [32]byte{7}})
	if err != nil {
		t.Fatal(err)
	}
	set, err := ui.New(frame.Templates, setup.Templates)
	if err != nil {
		t.Fatal(err)
	}
	set.Now = d.Now
	var handler http.Handler
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { handler.ServeHTTP(w, r) }))
	t.Cleanup(server.Close)
	box := secret.New(bytes.Repeat([]byte{1}, secret.KeySize))
	deps := frame.Deps{DB: d, Box: box, Door: intake.Door{Tokens: tokens, Box: box}, Links: &links.Index{}, BaseURL: server.URL, LinkBase: server.URL + "/r",
		Log: slog.New(slog.NewTextHandler(testLog{t}, nil)), ClientIP: func(*http.Request) string { return "203.0.113.9" }}
	for _, c := range change {
		c(&deps)
	}
	m := frame.NewMux(deps, set)
	setup.Register(m)
	handler = m.Handler()
	return site{t, d, box, server.URL}
}

// testLog lets the server speak through the test.
type testLog struct{ t *testing.T }

func (l testLog) Write(p []byte) (int, error) {
	l.t.Helper()
	l.t.Log(strings.TrimSpace(string(p)))
	return len(p), nil
}

// visitor is a browser without script: it keeps cookies and does not follow redirects.
type visitor struct {
	site
	client *http.Client
}

func (s site) visitor() visitor {
	jar, err := cookiejar.New(nil)
	if err != nil {
		s.t.Fatal(err)
	}
	return visitor{s, &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// page is an answer.
type page struct {
	status int
	body   string
	to     string
	header http.Header
}

func (v visitor) do(request *http.Request) page {
	v.t.Helper()
	response, err := v.client.Do(request)
	if err != nil {
		v.t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	if strings.HasPrefix(response.Header.Get("Content-Type"), "text/html") && response.StatusCode != http.StatusSeeOther {
		for _, wrong := range ui.Lint(string(body)) { // every page that any test opens
			v.t.Errorf("%s %s: %v", request.Method, request.URL.Path, wrong)
		}
	}
	return page{response.StatusCode, string(body), response.Header.Get("Location"), response.Header}
}

func (v visitor) get(path string) page {
	v.t.Helper()
	request, err := http.NewRequest(http.MethodGet, v.url+path, nil)
	if err != nil {
		v.t.Fatal(err)
	}
	return v.do(request)
}

func (v visitor) post(path string, pairs ...string) page {
	v.t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	request, err := http.NewRequest(http.MethodPost, v.url+path, strings.NewReader(form.Encode()))
	if err != nil {
		v.t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return v.do(request)
}

// sees fails unless the page was answered with the status and holds the texts.
func (p page) sees(t *testing.T, status int, texts ...string) page {
	t.Helper()
	if p.status != status {
		t.Fatalf("answered %d, want %d: %s %s", p.status, status, p.to, p.body)
	}
	for _, text := range texts {
		if !strings.Contains(p.body, text) {
			t.Errorf("the page lacks %q: %s", text, p.body)
		}
	}
	return p
}

// leads fails unless the answer leads to an address that begins so, and returns it.
func (p page) leads(t *testing.T, prefix string) string {
	t.Helper()
	if p.status != http.StatusSeeOther || !strings.HasPrefix(p.to, prefix) {
		t.Fatalf("answered %d to %q, want a way to %s: %s", p.status, p.to, prefix, p.body)
	}
	return p.to
}

// owner begins the installation and is signed in.
func (s site) owner() visitor {
	s.t.Helper()
	v := s.visitor()
	v.post("/first-run", "token", setup.FirstRunToken(s.box), "name", "Ada Marsh", "email", "ada@acme.example", "password", password).leads(s.t, "/start")
	return v
}

// program makes one through the pages and returns the beginning of its addresses.
func (v visitor) program(name string) string {
	v.t.Helper()
	to := v.post("/start/shop", "name", name, "currency", "EUR", "site", "shop.example", "timezone", "Europe/Berlin").leads(v.t, "/p/prg_")
	return strings.TrimSuffix(to, "/start/terms")
}

// person makes one of the merchant's people with a role in a program, and signs them in.
func (s site) person(email string, role auth.Role, base string) visitor {
	s.t.Helper()
	hash, err := secret.HashPassword(password)
	if err != nil {
		s.t.Fatal(err)
	}
	s.update(func(tx *db.Tx) error {
		_, err := auth.CreateUser(s.t.Context(), tx, auth.NewUser{Email: email, Name: "Ben", PasswordHash: hash, Role: role, Program: programs.ID(strings.TrimPrefix(base, "/p/"))})
		return err
	})
	v := s.visitor()
	v.post("/sign-in", "email", email, "password", password).leads(s.t, "/")
	return v
}

func (s site) update(f func(tx *db.Tx) error) {
	s.t.Helper()
	if err := s.d.Update(s.t.Context(), f); err != nil {
		s.t.Fatal(err)
	}
}

func sqlite(t *testing.T) *db.DB {
	t.Helper()
	return dbtest.New(t, db.EngineSQLite)
}
