package setup_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/db/dbtest"
	"rapport/internal/base/secret"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/setup"
)

func TestOnlyWhoReadsTheLogBegins(t *testing.T) {
	s := newSite(t, sqlite(t))
	v := s.visitor()
	v.get("/").sees(t, 200, "not set up yet")
	v.get("/first-run?token=wrong").sees(t, 403)
	v.post("/first-run", "token", "wrong", "name", "Eve", "email", "eve@evil.example", "password", password).sees(t, 403)
	token := setup.FirstRunToken(s.box)
	v.get("/first-run?token="+token).sees(t, 200, "Who are you?")
	v.post("/first-run", "token", token, "name", "", "email", "ada@acme.example", "password", "short").sees(t, 422, "Tell us your name.", "at least 10")
	v.post("/first-run", "token", token, "name", "Ada", "email", "nonsense", "password", password).sees(t, 422, "An e-mail address must look like")
	v.post("/first-run", "token", token, "name", "Ada", "email", "ada@acme.example", "password", password).leads(t, "/start")
	v.get("/").leads(t, "/start")
	stranger := s.visitor()
	stranger.get("/first-run?token="+token).leads(t, "/sign-in")
	stranger.post("/first-run", "token", token, "name", "Eve", "email", "eve@evil.example", "password", password).leads(t, "/sign-in")
	stranger.get("/").leads(t, "/sign-in")
	stranger.get("/start").leads(t, "/sign-in?to=%2Fstart")
}

func TestSigningInAndOut(t *testing.T) {
	s := newSite(t, sqlite(t))
	s.owner()
	v := s.visitor()
	v.post("/sign-in", "email", "ada@acme.example", "password", "wrong").sees(t, 422, "password is wrong.", `value="ada@acme.example"`)
	v.post("/sign-in", "email", "nobody@acme.example", "password", "wrong").sees(t, 422, "password is wrong.")
	v.post("/sign-in", "email", "ada@acme.example", "password", password, "to", "/account").leads(t, "/account")
	v.get("/account").sees(t, 200, "Ada Marsh")
	v.get("/sign-in?to=/start").leads(t, "/start")
	session := cookieOf(t, v)
	v.post("/sign-out").leads(t, "/sign-in")
	if cookieOf(t, v) != "" {
		t.Error("the browser kept its session")
	}
	request, err := http.NewRequest(http.MethodGet, s.url+"/account", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.AddCookie(&http.Cookie{Name: "rapport_session", Value: session})
	if got := s.visitor().do(request); got.status != http.StatusSeeOther {
		t.Errorf("a session that was signed out still opens pages: %d", got.status)
	}
}

func cookieOf(t *testing.T, v visitor) string {
	t.Helper()
	at, err := url.Parse(v.url)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range v.client.Jar.Cookies(at) {
		if c.Name == "rapport_session" {
			return c.Value
		}
	}
	return ""
}

func TestGuessingIsSlowedDownInWords(t *testing.T) {
	s := newSite(t, sqlite(t))
	s.owner()
	v := s.visitor()
	for range 5 {
		v.post("/sign-in", "email", "ada@acme.example", "password", "wrong").sees(t, 422)
	}
	v.post("/sign-in", "email", "ada@acme.example", "password", password).sees(t, 429, "tried too often. Wait 1 minute")
}

func TestNobodyIsSentToAnotherSite(t *testing.T) {
	s := newSite(t, sqlite(t))
	s.owner()
	for _, to := range []string{
		"https://evil.example/", "//evil.example", `/\evil.example`, `\\evil.example`, "///evil.example", "/\t/evil.example", "/%09/evil.example\n", "javascript:alert(1)",
		"http:evil.example", "/ /evil.example", "evil.example", "@evil.example", "https:/evil.example", "", "?x", "#x",
	} {
		v := s.visitor()
		got := v.post("/sign-in", "email", "ada@acme.example", "password", password, "to", to)
		at, err := url.Parse(got.to)
		if got.status != 303 || err != nil || at.Host != "" || at.Scheme != "" || !strings.HasPrefix(got.to, "/") || strings.HasPrefix(got.to, "//") || strings.Contains(got.to, `\`) {
			t.Errorf("%q leads to %q", to, got.to)
		}
	}
	for _, to := range []string{"/account", "/p/prg_1/sales?status=held&sort=-amount", "/start?x=%2F%2Fevil.example"} {
		if got := s.visitor().post("/sign-in", "email", "ada@acme.example", "password", password, "to", to); got.to != to {
			t.Errorf("%q became %q", to, got.to)
		}
	}
}

func TestALinkIsSpentByTheButtonOnly(t *testing.T) {
	s := newSite(t, sqlite(t))
	var token string
	s.update(func(tx *db.Tx) error {
		user, err := auth.EnsureCreatorUser(t.Context(), tx, "cre_0190b0b0b0b07000800000000000000a", "maya@mail.example", "Maya", "en")
		if err != nil {
			return err
		}
		token, err = auth.LoginLink(t.Context(), tx, user, auth.PurposeInvite, auth.LinkByHand, "")
		return err
	})
	scanner, maya := s.visitor(), s.visitor()
	for range 3 {
		scanner.get("/enter/"+token).sees(t, 200, "Hello, Maya", "Continue")
	}
	maya.post("/enter/"+token).leads(t, "/")
	maya.get("/account").sees(t, 200, "maya@mail.example")
	scanner.get("/enter/"+token).sees(t, 410, "This link is over")
	scanner.post("/enter/"+token).sees(t, 410, "This link is over")
	maya.get("/account/keys").sees(t, 404)
	maya.post("/account/password", "current", "x", "password", password).sees(t, 404)
	maya.get("/start").sees(t, 403)
}

func TestALinkIsMailedAndTheAnswerTellsNobodyWhoIsKnown(t *testing.T) {
	s := newSite(t, sqlite(t), func(d *frame.Deps) { d.MailSent = true })
	s.owner()
	s.update(func(tx *db.Tx) error {
		_, err := auth.EnsureCreatorUser(t.Context(), tx, "cre_0190b0b0b0b07000800000000000000a", "maya@mail.example", "Maya", "en")
		return err
	})
	v := s.visitor()
	known := v.post("/sign-in/link", "email", "maya@mail.example").sees(t, 200, "Look into your mail")
	unknown := v.post("/sign-in/link", "email", "nobody@mail.example").sees(t, 200)
	if known.body != unknown.body {
		t.Error("the answer tells whether an address is known")
	}
	if n := count(t, s.d, `select count(*) from mails`); n != 1 {
		t.Errorf("%d mails wait, want 1", n)
	}
	v.post("/sign-in/link", "email", "nonsense").sees(t, 422, "An e-mail address must look like")
	v.post("/reset", "email", "ada@acme.example").sees(t, 200, "Look into your mail")
	if n := count(t, s.d, `select count(*) from mails`); n != 2 {
		t.Errorf("%d mails wait, want 2", n)
	}
}

func count(t *testing.T, d *db.DB, query string, args ...any) (n int) {
	t.Helper()
	if err := d.View(t.Context(), func(tx *db.Tx) error { return tx.QueryRow(t.Context(), query, args...).Scan(&n) }); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestAForgottenPasswordIsChosenAnewByLink(t *testing.T) {
	s := newSite(t, sqlite(t))
	before := s.owner()
	var token string
	s.update(func(tx *db.Tx) error {
		all, err := auth.RequestLinks(t.Context(), tx, "ada@acme.example", "", auth.PurposeReset)
		token = all[0].Token
		return err
	})
	v := s.visitor()
	v.get("/enter/"+token).sees(t, 200, "Choose the password")
	v.post("/enter/"+token, "password", "short").sees(t, 422, "at least 10")
	v.post("/enter/"+token, "password", "another long password").leads(t, "/")
	v.get("/account").sees(t, 200)
	before.get("/account").leads(t, "/sign-in") // sessions of before are over
	s.visitor().post("/sign-in", "email", "ada@acme.example", "password", password).sees(t, 422)
	s.visitor().post("/sign-in", "email", "ada@acme.example", "password", "another long password").leads(t, "/")
}

func TestSigningInOnPostgres(t *testing.T) {
	d := dbtest.New(t, db.EnginePostgres)
	s := newSite(t, d)
	v := s.owner()
	base := v.program("Fernwood")
	v.post(base+"/start/creators", "people", "Maya Ortiz <maya@mail.example>\n@glow.by.ines instagram").leads(t, base+"/start/invite")
	v.get(base+"/start/invite").sees(t, 200, "Maya Ortiz", "glow.by.ines")
	v.get(base+"/settings/people").sees(t, 200, "ada@acme.example")
	v.get(base+"/settings/log").sees(t, 200, "Made the program")
}

func TestTheAccountIsOnesOwn(t *testing.T) {
	s := newSite(t, sqlite(t))
	v := s.owner()
	phone := s.visitor()
	phone.post("/sign-in", "email", "ada@acme.example", "password", password).leads(t, "/")
	v.get("/account").sees(t, 200, "This one", "Sign out the others")
	v.post("/account/name", "name", "").sees(t, 422, "A name is needed.")
	v.post("/account/name", "name", "Ada M.").leads(t, "/account")
	v.get("/account").sees(t, 200, "Ada M.", "Your name is changed.")
	if strings.Contains(v.get("/account").body, "Your name is changed.") {
		t.Error("what was done is told twice")
	}
	v.post("/account/password", "current", "wrong", "password", "another long password").sees(t, 422, "This is not your password until now.")
	v.post("/account/password", "current", password, "password", "short").sees(t, 422, "at least 10")
	v.post("/account/password", "current", password, "password", "another long password").leads(t, "/account")
	phone.get("/account").leads(t, "/sign-in")
	v.get("/account").sees(t, 200)
	phone.post("/sign-in", "email", "ada@acme.example", "password", "another long password").leads(t, "/")
	v.post("/account/sign-out-everywhere").leads(t, "/account")
	phone.get("/account").leads(t, "/sign-in")
}

var secretKey = regexp.MustCompile(`rk_[0-9A-Za-z]{43}`)

func TestAKeyIsShownOnceAndEndedByItsOwnerOnly(t *testing.T) {
	s := newSite(t, sqlite(t))
	v := s.owner()
	v.post("/account/keys", "name", "nightly").sees(t, 422, "Choose at least one")
	key := secretKey.FindString(v.post("/account/keys", "name", "nightly", "scope", "read", "scope", "write").sees(t, 200, "shown only once").body)
	p, err := auth.KeyBy(t.Context(), s.d, key)
	if err != nil {
		t.Fatalf("the key that was shown does not work: %v", err)
	}
	if strings.Contains(v.get("/account/keys").sees(t, 200, "nightly", "see, change").body, key) {
		t.Error("the key is shown again")
	}
	base := v.program("Fernwood")
	other := s.person("ben@acme.example", auth.RoleViewer, base)
	other.post("/account/keys/"+p.ID+"/revoke").sees(t, 404)
	v.post("/account/keys/"+p.ID+"/revoke").leads(t, "/account/keys")
	if _, err := auth.KeyBy(t.Context(), s.d, key); err == nil {
		t.Error("an ended key works")
	}
}

func TestAnExpiredLinkSaysSo(t *testing.T) {
	d := sqlite(t)
	s := newSite(t, d)
	var token string
	s.update(func(tx *db.Tx) error {
		user, err := auth.EnsureCreatorUser(t.Context(), tx, "cre_0190b0b0b0b07000800000000000000a", "", "Maya", "en")
		if err != nil {
			return err
		}
		token, err = auth.LoginLink(t.Context(), tx, user, auth.PurposeInvite, auth.LinkByHand, "")
		return err
	})
	dbtest.Clock(d).Advance(auth.LinkByHand + time.Second)
	s.visitor().get("/enter/"+token).sees(t, 410)
	s.visitor().get("/enter/"+secret.RandomToken(32)).sees(t, 410)
	s.visitor().get("/enter/"+strings.Repeat("a", 5000)).sees(t, 404)
}

func TestSessionsAreKnownByTheirDevice(t *testing.T) {
	s := newSite(t, sqlite(t))
	s.owner()
	for agent, want := range map[string]string{
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1": "Safari, iPhone",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0":           "Edge, Windows",
		"Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0":                                                                  "Firefox, Linux",
		"<script>alert(1)</script>": "Unknown device",
	} {
		v := s.visitor()
		request, err := http.NewRequest(http.MethodPost, s.url+"/sign-in", strings.NewReader(url.Values{"email": {"ada@acme.example"}, "password": {password}}.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		request.Header.Set("User-Agent", agent)
		v.do(request).leads(t, "/")
		v.get("/account").sees(t, 200, want)
	}
}
