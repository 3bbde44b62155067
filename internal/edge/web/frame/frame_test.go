package frame_test

import (
	"bytes"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/db/dbtest"
	"rapport/internal/base/fault"
	"rapport/internal/base/programs"
	"rapport/internal/base/secret"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
	"rapport/internal/partner/partnerships"
	"rapport/internal/recruit/creators"
)

const password = "correct horse battery"

var hashed = sync.OnceValue(func() string {
	hash, err := secret.HashPassword(password)
	if err != nil {
		panic(err)
	}
	return hash
})

// house is two programs with an owner and a creator each, and an owner of all.
type house struct {
	t       *testing.T
	d       *db.DB
	log     bytes.Buffer
	handler http.Handler
	one     programs.ID
	two     programs.ID
	maya    partnerships.Partnership // in one, and in two as well
	ines    partnerships.Partnership // in two
}

func newHouse(t *testing.T, base string) *house {
	t.Helper()
	h := &house{t: t, d: dbtest.New(t, db.EngineSQLite)}
	set, err := ui.New(frame.Templates, fstest.MapFS{"page.html": {Data: []byte(`{{define "main"}}<p>body {{.Body}}</p>{{end}}`)}})
	if err != nil {
		t.Fatal(err)
	}
	m := frame.NewMux(frame.Deps{DB: h.d, BaseURL: base, Log: slog.New(slog.NewTextHandler(&h.log, nil)), ClientIP: func(*http.Request) string { return "" }}, set)
	page := func(w http.ResponseWriter, r *frame.Request) error {
		return r.Render(w, http.StatusOK, "page", r.Page("home", "menu.settings"), r.P.Name)
	}
	done := func(w http.ResponseWriter, r *frame.Request) error { return r.Redirect(w, r.To("/"), "menu.account") }
	m.Desk("GET /", auth.PermView, page)
	m.Desk("POST /money", auth.PermMoney, done)
	m.Portal("GET /", page)
	m.Portal("POST /note", done)
	m.Signed("GET /signed", page)
	m.Open("GET /open", page)
	m.Open("GET /broken", func(http.ResponseWriter, *frame.Request) error { return errors.New("the disk is on fire") })
	m.Open("GET /busy", func(http.ResponseWriter, *frame.Request) error { return fault.TooMany("slow down", 5e9) })
	m.Open("GET /enter/{token}", func(http.ResponseWriter, *frame.Request) error { return errors.New("the disk is on fire") })
	m.Open("POST /form", done)
	m.Open("POST /field", func(w http.ResponseWriter, r *frame.Request) error {
		_ = r.FormValue("email")
		return done(w, r)
	})
	h.handler = m.Handler()
	h.fill()
	return h
}

func (h *house) fill() {
	h.t.Helper()
	ctx := h.t.Context()
	err := h.d.Update(ctx, func(tx *db.Tx) error {
		for i, name := range []string{"One", "Two"} {
			p, err := programs.Create(ctx, tx, programs.New{Name: name, Currency: "EUR"})
			if err != nil {
				return err
			}
			if i == 0 {
				h.one = p.ID
			} else {
				h.two = p.ID
			}
			if _, err := auth.CreateUser(ctx, tx, auth.NewUser{Email: strings.ToLower(name) + "@acme.example", Name: name + " owner", PasswordHash: hashed(), Role: auth.RoleOwner, Program: p.ID}); err != nil {
				return err
			}
		}
		if _, err := auth.CreateUser(ctx, tx, auth.NewUser{Email: "vic@acme.example", Name: "Vic", PasswordHash: hashed(), Role: auth.RoleViewer, Program: h.one}); err != nil {
			return err
		}
		var err error
		if h.maya, err = h.partner(tx, "Maya", h.one, h.two); err != nil {
			return err
		}
		h.ines, err = h.partner(tx, "Ines", h.two)
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) partner(tx *db.Tx, name string, in ...programs.ID) (first partnerships.Partnership, err error) {
	ctx := h.t.Context()
	c, err := creators.Create(ctx, tx, creators.New{Name: name})
	if err != nil {
		return first, err
	}
	for i, program := range in {
		p, err := partnerships.Create(ctx, tx, partnerships.New{Program: program, Creator: c.ID, Status: partnerships.StatusActive})
		if err != nil {
			return first, err
		}
		if i == 0 {
			first = p
		}
	}
	_, err = auth.EnsureCreatorUser(ctx, tx, string(c.ID), "", name, "en")
	return first, err
}

// session signs one of the merchant's people in.
func (h *house) session(email string) (token string, s auth.Session) {
	h.t.Helper()
	token, s, err := auth.SignIn(h.t.Context(), h.d, email, password, "", "a test")
	if err != nil {
		h.t.Fatal(err)
	}
	return token, s
}

// creator signs a creator in.
func (h *house) creator(p partnerships.Partnership) (token string) {
	h.t.Helper()
	ctx := h.t.Context()
	var link string
	err := h.d.Update(ctx, func(tx *db.Tx) error {
		user, _, err := auth.FindCreatorUser(ctx, tx, string(p.Creator))
		if err == nil {
			link, err = auth.LoginLink(ctx, tx, user.ID, auth.PurposeInvite, auth.LinkByHand, "")
		}
		return err
	})
	if err == nil {
		token, _, err = auth.UseLoginLink(ctx, h.d, link, "a test")
	}
	if err != nil {
		h.t.Fatal(err)
	}
	return token
}

func (h *house) ask(method, path, token string, headers ...string) *http.Response {
	h.t.Helper()
	request := httptest.NewRequest(method, path, strings.NewReader(""))
	if method == http.MethodPost {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if token != "" {
		request.AddCookie(&http.Cookie{Name: "rapport_session", Value: token})
		request.AddCookie(&http.Cookie{Name: "__Host-rapport_session", Value: token})
	}
	for i := 0; i+1 < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.handler.ServeHTTP(w, request)
	return w.Result()
}

func (h *house) status(method, path, token string, want int) {
	h.t.Helper()
	if got := h.ask(method, path, token); got.StatusCode != want {
		h.t.Errorf("%s %s was answered %d, want %d", method, path, got.StatusCode, want)
	}
}

func TestEveryAnswerCarriesTheSecurityHeaders(t *testing.T) {
	h := newHouse(t, "https://rapport.example")
	for _, path := range []string{"/open", "/nowhere", "/broken", "/signed", "/p/x/"} {
		got := h.ask(http.MethodGet, path, "").Header
		for name, want := range map[string]string{
			"Content-Security-Policy": ui.SecurityPolicy, "X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "Cross-Origin-Opener-Policy": "same-origin",
			"Cache-Control": "no-store", "Strict-Transport-Security": "max-age=31536000",
		} {
			if got.Get(name) != want {
				t.Errorf("%s: %s is %q", path, name, got.Get(name))
			}
		}
	}
	plain := newHouse(t, "http://127.0.0.1:8080")
	if got := plain.ask(http.MethodGet, "/open", "").Header.Get("Strict-Transport-Security"); got != "" {
		t.Errorf("over http browsers are bound to https: %q", got)
	}
}

func TestAFormFromAnotherSiteDoesNothing(t *testing.T) {
	h := newHouse(t, "https://rapport.example")
	token, _ := h.session("one@acme.example")
	path := "/p/" + string(h.one) + "/money"
	for _, headers := range [][]string{{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}, {"Origin", "https://evil.example"}, {"Origin", "null"}} {
		if got := h.ask(http.MethodPost, path, token, headers...); got.StatusCode != http.StatusForbidden {
			t.Errorf("%v: answered %d", headers, got.StatusCode)
		}
	}
	for _, headers := range [][]string{{"Sec-Fetch-Site", "same-origin"}, {"Origin", "http://example.com"}, nil} { // example.com is the host of httptest's requests
		if got := h.ask(http.MethodPost, path, token, headers...); got.StatusCode != http.StatusSeeOther {
			t.Errorf("%v: answered %d", headers, got.StatusCode)
		}
	}
}

func TestCookiesAreKeptFromScriptsOtherSitesAndPlainHTTP(t *testing.T) {
	for base, name := range map[string]string{"https://rapport.example": "__Host-rapport_session", "http://127.0.0.1:8080": "rapport_session"} {
		h := newHouse(t, base)
		token, s := h.session("one@acme.example")
		m := frame.NewMux(frame.Deps{DB: h.d, BaseURL: base, Log: slog.Default()}, nil)
		m.Open("GET /in", func(w http.ResponseWriter, r *frame.Request) error { r.SignIn(w, token, s.ExpiresAt); return nil })
		m.Open("GET /out", func(w http.ResponseWriter, r *frame.Request) error { r.SignOut(w); return nil })
		handler := m.Handler()
		for path, age := range map[string]int{"/in": int(auth.MerchantAbsolute.Seconds()), "/out": -1} {
			w := httptest.NewRecorder()
			handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
			c := w.Result().Cookies()[0]
			if c.Name != name || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" || c.Secure != strings.HasPrefix(base, "https:") || c.MaxAge != age {
				t.Errorf("%s%s: %+v", base, path, c)
			}
		}
	}
}

func TestOverHTTPSOnlyTheHostsOwnCookieCounts(t *testing.T) {
	h := newHouse(t, "https://rapport.example")
	token, _ := h.session("one@acme.example")
	request := httptest.NewRequest(http.MethodGet, "/signed", nil)
	request.AddCookie(&http.Cookie{Name: "rapport_session", Value: token}) // as a neighbouring sub-domain could set
	w := httptest.NewRecorder()
	h.handler.ServeHTTP(w, request)
	if w.Code != http.StatusSeeOther {
		t.Errorf("answered %d", w.Code)
	}
}

func TestNobodySeesAnothersProgram(t *testing.T) {
	h := newHouse(t, "http://127.0.0.1")
	one, _ := h.session("one@acme.example")
	viewer, _ := h.session("vic@acme.example")
	ines := h.creator(h.ines)
	pathOne, pathTwo := "/p/"+string(h.one), "/p/"+string(h.two)
	h.status(http.MethodGet, pathOne+"/", one, 200)
	h.status(http.MethodGet, pathTwo+"/", one, 404)
	h.status(http.MethodPost, pathTwo+"/money", one, 404)
	h.status(http.MethodGet, "/p/prg_nothing/", one, 404)
	h.status(http.MethodGet, pathOne+"/", viewer, 200)
	h.status(http.MethodPost, pathOne+"/money", viewer, 403)
	h.status(http.MethodGet, pathOne+"/", ines, 404)
	h.status(http.MethodGet, pathOne+"/", "", 303)
	h.status(http.MethodGet, pathOne+"/", "a token nobody has", 303)
	h.status(http.MethodGet, "/c/"+string(h.ines.ID)+"/", ines, 200)
	h.status(http.MethodGet, "/c/"+string(h.maya.ID)+"/", ines, 404)
	h.status(http.MethodPost, "/c/"+string(h.maya.ID)+"/note", ines, 404)
	h.status(http.MethodGet, "/c/"+string(h.maya.ID)+"/", one, 404)
}

func (h *house) view(s auth.Session, creator creators.ID) {
	h.t.Helper()
	err := h.d.Update(h.t.Context(), func(tx *db.Tx) error { return auth.ViewAs(h.t.Context(), tx, s.ID, string(creator)) })
	if err != nil {
		h.t.Fatal(err)
	}
}

func TestLookingAsACreatorReadsOnlyAndOnlyOnesOwnProgram(t *testing.T) {
	h := newHouse(t, "http://127.0.0.1")
	token, s := h.session("one@acme.example")
	h.view(s, h.maya.Creator)
	portal := "/c/" + string(h.maya.ID)
	body, err := io.ReadAll(h.ask(http.MethodGet, portal+"/", token).Body)
	if err != nil || !strings.Contains(string(body), "Nothing can be changed here") || !strings.Contains(string(body), "/view-as/stop") {
		t.Errorf("the page does not say that it is looked at: %v %s", err, body)
	}
	if strings.Contains(string(body), "Two") {
		t.Error("the other program of the creator shows")
	}
	h.status(http.MethodPost, portal+"/note", token, 403)
	h.status(http.MethodPost, "/p/"+string(h.one)+"/money", token, 303) // the desk is not looked at: it is one's own
	h.view(s, h.ines.Creator)
	h.status(http.MethodGet, "/c/"+string(h.ines.ID)+"/", token, 404)
	var other partnerships.Partnership
	err = h.d.View(t.Context(), func(tx *db.Tx) (err error) {
		other, err = partnerships.Of(t.Context(), tx, h.two, h.maya.Creator)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	h.view(s, h.maya.Creator)
	h.status(http.MethodGet, "/c/"+string(other.ID)+"/", token, 404)
}

func TestFailuresBecomePagesThatTellNoSecrets(t *testing.T) {
	h := newHouse(t, "http://127.0.0.1")
	got := h.ask(http.MethodGet, "/broken", "")
	body, err := io.ReadAll(got.Body)
	if err != nil || got.StatusCode != 500 || strings.Contains(string(body), "fire") || !strings.Contains(h.log.String(), "fire") {
		t.Errorf("answered %d %s, logged %s", got.StatusCode, body, h.log.String())
	}
	h.ask(http.MethodGet, "/enter/a-living-link", "")
	if log := h.log.String(); !strings.Contains(log, "GET /enter/{token}") || strings.Contains(log, "a-living-link") {
		t.Errorf("logged %s", log)
	}
	busy := h.ask(http.MethodGet, "/busy", "")
	body, err = io.ReadAll(busy.Body)
	if err != nil || busy.StatusCode != 429 || busy.Header.Get("Retry-After") != "6" || !strings.Contains(string(body), "Slow down.") {
		t.Errorf("answered %d %q %s", busy.StatusCode, busy.Header.Get("Retry-After"), body)
	}
	h.status(http.MethodGet, "/nowhere", "", 404)
	h.status(http.MethodPost, "/nowhere", "", 404)
	h.status(http.MethodDelete, "/open", "", 404)
}

func TestABodyBeyondItsBoundIsRefused(t *testing.T) {
	h := newHouse(t, "http://127.0.0.1")
	for body, want := range map[string]int{"a=" + strings.Repeat("x", 2<<20): 413, "a=%zz": 400} {
		request := httptest.NewRequest(http.MethodPost, "/form", strings.NewReader(body))
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		w := httptest.NewRecorder()
		h.handler.ServeHTTP(w, request)
		if w.Code != want {
			t.Errorf("answered %d", w.Code)
		}
	}
}

// counted tells how much of a body was read.
type counted struct {
	io.Reader
	n int
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.n += n
	return n, err
}

func TestAFileThatNobodyAskedForIsNotTakenIn(t *testing.T) {
	h := newHouse(t, "http://127.0.0.1")
	const head = "--b\r\nContent-Disposition: form-data; name=\"email\"; filename=\"x\"\r\n\r\n"
	body := &counted{Reader: io.MultiReader(strings.NewReader(head), io.LimitReader(endless{}, 64<<20))}
	request := httptest.NewRequest(http.MethodPost, "/field", body)
	request.Header.Set("Content-Type", "multipart/form-data; boundary=b")
	h.handler.ServeHTTP(httptest.NewRecorder(), request)
	if body.n > 2<<20 {
		t.Errorf("%d bytes of a stranger's file were read", body.n)
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}

func TestWhatWasDoneIsToldOnce(t *testing.T) {
	h := newHouse(t, "http://127.0.0.1")
	token, _ := h.session("one@acme.example")
	flash := h.ask(http.MethodPost, "/p/"+string(h.one)+"/money", token).Cookies()[0]
	request := httptest.NewRequest(http.MethodGet, "/open", nil)
	request.AddCookie(flash)
	w := httptest.NewRecorder()
	h.handler.ServeHTTP(w, request)
	if !strings.Contains(w.Body.String(), "Your account") || len(w.Result().Cookies()) != 1 || w.Result().Cookies()[0].MaxAge != -1 {
		t.Errorf("told %s, cookies %v", w.Body, w.Result().Cookies())
	}
	for _, forged := range []string{"!!!", strings.Repeat("A", 3000), ""} {
		request := httptest.NewRequest(http.MethodGet, "/open", nil)
		request.AddCookie(&http.Cookie{Name: "rapport_flash", Value: forged})
		w := httptest.NewRecorder()
		h.handler.ServeHTTP(w, request)
		if w.Code != 200 || strings.Contains(w.Body.String(), "rp-flash") {
			t.Errorf("%.10q was told", forged)
		}
	}
}
