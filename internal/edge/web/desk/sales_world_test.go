package desk_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/money"
	"rapport/internal/base/programs"
	"rapport/internal/base/secret"
	"rapport/internal/edge/stores"
	"rapport/internal/edge/web/desk"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/setup"
	"rapport/internal/edge/web/ui"
	"rapport/internal/partner/outreach"
	"rapport/internal/partner/partnerships"
	"rapport/internal/partner/terms"
	"rapport/internal/pay/commissions"
	"rapport/internal/pay/intake"
	"rapport/internal/pay/payouts"
	"rapport/internal/pay/reviews"
	"rapport/internal/recruit/creators"
	"rapport/internal/track/clicks"
	"rapport/internal/track/links"
)

// paper is a way to pay that is as simple as can be: "amount account" to a line.
type paper struct{}

func (paper) Name() string       { return "csv" }
func (paper) NeedsAccount() bool { return false }

func (paper) File(b payouts.Batch, payments []payouts.Payment) (payouts.File, error) {
	var content bytes.Buffer
	for _, one := range payments {
		fmt.Fprintln(&content, one.Name, one.Amount, one.Account)
	}
	return payouts.File{Name: "payout-" + string(b.ID) + ".csv", MediaType: "text/csv; charset=utf-8", Content: content.Bytes()}, nil
}

// shop is the desk of Northwind, where Olga owns, Fritz is finance and Vera may look; and of another program, where Max is the owner.
type shop struct {
	lost uint64 // clicks that the log could not keep
	*testing.T
	d              *db.DB
	door           intake.Door
	cashier        payouts.Cashier
	index          *links.Index
	mux            *frame.Mux
	handler        http.Handler
	program, other programs.Program
	tokens         map[string]string // of sessions, by name
	people         map[string]auth.Principal
	partners       map[string]partnerships.Partnership // by code
	link           links.Link
}

const (
	password  = "correct horse battery staple"
	longest   = "Maximiliana Konstantinopolska-Featherstonehaugh von und zu Hohenlohe"
	arabic    = "ليلى عبد الرحمن الأنصاري"
	formula   = "=cmd|' /C calc'!A0"
	maya      = "MAYA10"
	maxi      = "MAXI10"
	layla     = "LAYLA10"
	mallory   = "MAL10"
	shopShown = "fernwood.myshopify.com"
)

func newShop(t *testing.T, d *db.DB) *shop {
	t.Helper()
	keys, err := clicks.NewKeys(clicks.Key{No: 1, Secret: [32]byte{7}})
	if err != nil {
		t.Fatal(err)
	}
	set, err := ui.New(frame.Templates, setup.Templates, desk.Templates)
	if err != nil {
		t.Fatal(err)
	}
	set.Now = d.Now
	box := secret.New(bytes.Repeat([]byte{1}, secret.KeySize))
	s := &shop{
		T: t, d: d, door: intake.Door{Tokens: keys, Box: box}, cashier: payouts.Cashier{Box: box, Rails: payouts.Rails{paper{}}}, index: &links.Index{},
		tokens: map[string]string{}, people: map[string]auth.Principal{}, partners: map[string]partnerships.Partnership{},
	}
	s.mux = frame.NewMux(frame.Deps{
		DB: d, Box: box, Door: s.door, Cashier: s.cashier, Links: s.index, BaseURL: "http://rapport.example", LinkBase: "http://rapport.example/r",
		Log: slog.New(slog.NewTextHandler(t.Output(), nil)), ClientIP: func(*http.Request) string { return "203.0.113.9" },
		Lost: func() uint64 { return s.lost },
	}, set)
	desk.Register(s.mux)
	s.handler = s.mux.Handler()
	s.people["root"] = auth.Principal{Kind: auth.KindMerchant, ID: "usr_root", Name: "Root", Installation: auth.RoleOwner}
	s.do("root", func(ctx context.Context, tx *db.Tx) (err error) {
		if s.program, err = programs.Create(ctx, tx, programs.New{Name: "Northwind Tea", Currency: "EUR", Sites: []string{"shop.example"}, Timezone: "Europe/Berlin", PayoutMinimum: eur(500)}); err != nil {
			return err
		}
		if s.other, err = programs.Create(ctx, tx, programs.New{Name: "Elsewhere", Currency: "EUR", Sites: []string{"other.example"}}); err != nil {
			return err
		}
		return partnerships.SetProgramTerms(ctx, tx, s.program.ID, tenPercent())
	})
	s.person("olga", auth.RoleOwner, s.program.ID)
	s.person("fritz", auth.RoleFinance, s.program.ID)
	s.person("vera", auth.RoleViewer, s.program.ID)
	s.person("max", auth.RoleOwner, s.other.ID)
	return s
}

func tenPercent() terms.Terms {
	c, err := terms.ParseCommission("percent", "10", "EUR")
	if err != nil {
		panic("BUG: " + err.Error())
	}
	return terms.Terms{Commission: &c}
}

func eur(minor int64) money.Amount { return money.Amount{Minor: minor, Currency: "EUR"} }

func (s *shop) do(who string, f func(ctx context.Context, tx *db.Tx) error) {
	s.Helper()
	ctx := auth.With(s.Context(), s.people[who])
	if err := s.d.Update(ctx, func(tx *db.Tx) error { return f(ctx, tx) }); err != nil {
		s.Fatal(err)
	}
}

// person makes somebody with a role in one program and signs them in.
func (s *shop) person(name string, role auth.Role, in programs.ID) {
	s.Helper()
	var token string
	var user auth.User
	s.do("root", func(ctx context.Context, tx *db.Tx) (err error) {
		user, err = auth.CreateUser(ctx, tx, auth.NewUser{Email: name + "@northwind.example", Name: strings.ToUpper(name[:1]) + name[1:], Role: role, Program: in})
		if err != nil {
			return err
		}
		token, err = auth.LoginLink(ctx, tx, user.ID, auth.PurposeReset, auth.LinkByHand, "")
		return err
	})
	session, _, err := auth.UseLoginLink(s.Context(), s.d, token, "test")
	if err != nil {
		s.Fatal(err)
	}
	s.tokens[name] = session
	if s.people[name], _, err = auth.SessionBy(s.Context(), s.d, session); err != nil {
		s.Fatal(err)
	}
}

// partner makes an active partner of the program with a code.
func (s *shop) partner(name, code string) partnerships.Partnership {
	s.Helper()
	s.do("root", func(ctx context.Context, tx *db.Tx) error {
		c, err := creators.Create(ctx, tx, creators.New{Name: name, Profiles: []creators.NewProfile{{Platform: creators.PlatformTikTok, Handle: strings.ToLower(code)}}})
		if err != nil {
			return err
		}
		p, err := partnerships.Create(ctx, tx, partnerships.New{Program: s.program.ID, Creator: c.ID, Status: partnerships.StatusActive})
		if err != nil {
			return err
		}
		s.partners[code] = p
		_, err = links.CreateCode(ctx, tx, links.NewCode{Partnership: p.ID, Code: code})
		return err
	})
	return s.partners[code]
}

// sell records an order; a code of "" brings nobody's.
func (s *shop) sell(number string, minor int64, code string, change ...func(*intake.Order)) (r intake.Result) {
	s.Helper()
	o := intake.Order{
		Program: s.program.ID, ExternalID: "4507894" + number, OtherKeys: []string{number}, Amount: eur(minor), Source: "shopify",
		Notes: []string{"Goods after discounts come to " + eur(minor).Display() + "."}, OccurredAt: s.d.Now().Add(-time.Hour),
	}
	if code != "" {
		o.Touches = []intake.Touch{{Code: code}}
	}
	for _, f := range change {
		f(&o)
	}
	s.do("root", func(ctx context.Context, tx *db.Tx) (err error) { r, err = s.door.Order(ctx, tx, o); return err })
	return r
}

func (s *shop) refund(number string, minor int64) {
	s.Helper()
	s.do("root", func(ctx context.Context, tx *db.Tx) error {
		_, err := s.door.Refund(ctx, tx, intake.Refund{Program: s.program.ID, Conversion: number, ExternalID: "r" + number, Amount: eur(minor), Source: "shopify", OccurredAt: tx.Now(), Detail: "Goods came back."})
		return err
	})
}

// approve makes a commission payable.
func (s *shop) approve(r intake.Result) {
	s.Helper()
	s.do("olga", func(ctx context.Context, tx *db.Tx) error {
		_, err := commissions.Approve(ctx, tx, s.people["olga"], r.Commissions[0].ID, "")
		return err
	})
}

// fill gives the program a life: partners with long, foreign and dangerous names, orders of every kind, questions and money.
func (s *shop) fill() {
	s.Helper()
	s.partner("Maya Ortiz", maya)
	s.partner(longest, maxi)
	s.partner(arabic, layla)
	s.partner(formula, mallory)
	s.do("root", func(ctx context.Context, tx *db.Tx) (err error) {
		if s.link, err = links.Create(ctx, tx, links.New{Partnership: s.partners[maya].ID, Destination: "https://shop.example/tea", Slug: "maya-glow"}); err != nil {
			return err
		}
		c, err := stores.Connect(ctx, tx, s.mux.Box, stores.New{Program: s.program.ID, Store: stores.StoreShopify, Shop: shopShown, Secret: "a secret of the shop"})
		if err != nil {
			return err
		}
		return stores.CountRefused(ctx, tx, c.ID, 3)
	})
	s.approve(s.sell("1001", 39800, maya))
	s.refund("1001", 20900)
	s.approve(s.sell("1002", 1_000_000_000, maxi))
	s.sell("1003", 4990, layla)
	s.approve(s.sell("1004", 1999, mallory))
	s.sell("1005", 10000, "")
	held := s.sell("1006", 7000, maya)
	s.do("olga", func(ctx context.Context, tx *db.Tx) error {
		_, err := commissions.Hold(ctx, tx, s.people["olga"], held.Commissions[0].ID, "The address looks odd.")
		return err
	})
	s.sell("1007", 2500, maya, func(o *intake.Order) { o.Test = true })
	s.sell("1008", 5000, "", func(o *intake.Order) {
		o.Touches = []intake.Touch{{Click: s.door.Tokens.Sign(clicks.Token{LinkNo: s.link.No, At: s.d.Now().Add(-41 * 24 * time.Hour), Random: 1})}}
	})
	s.do("root", func(ctx context.Context, tx *db.Tx) error {
		ctx = auth.With(ctx, auth.Principal{Kind: auth.KindCreator, ID: "usr_maya", Name: "Maya Ortiz", CreatorID: string(s.partners[maya].Creator)})
		if _, err := reviews.Ask(ctx, tx, reviews.New{Program: s.program.ID, Partnership: s.partners[maya].ID, Order: "1008", Question: "My sister bought this with my link."}); err != nil {
			return err
		}
		_, err := outreach.Send(ctx, tx, outreach.New{Partnership: s.partners[maya].ID, From: outreach.SideCreator, Body: "Hello!"})
		return err
	})
}

func (s *shop) at(path string) string { return "/p/" + string(s.program.ID) + path }

// answer is what the desk answered.
type answer struct {
	t      *testing.T
	status int
	to     string
	header http.Header
	body   string
}

func (s *shop) ask(who, method, path string, form url.Values, headers ...string) answer {
	s.Helper()
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	r := httptest.NewRequest(method, path, body).WithContext(s.Context())
	r.AddCookie(&http.Cookie{Name: "rapport_session", Value: s.tokens[who]})
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, r)
	return answer{s.T, w.Code, w.Header().Get("Location"), w.Header(), w.Body.String()}
}

// get opens a page and looks at it as a browser does.
func (s *shop) get(path string, headers ...string) answer {
	s.Helper()
	a := s.ask("olga", http.MethodGet, s.at(path), nil, headers...)
	if a.status != http.StatusOK {
		s.Fatalf("GET %s: %d\n%s", path, a.status, a.body)
	}
	if strings.HasPrefix(a.header.Get("Content-Type"), "text/html") {
		for _, wrong := range ui.Lint(a.body) {
			s.Errorf("GET %s: %v", path, wrong)
		}
	}
	return a
}

func (s *shop) post(who, path string, pairs ...string) answer {
	s.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	return s.ask(who, http.MethodPost, s.at(path), form)
}

func (a answer) shows(texts ...string) answer {
	a.t.Helper()
	for _, text := range texts {
		if !strings.Contains(a.body, text) {
			a.t.Errorf("%q is missing in\n%s", text, a.body)
		}
	}
	return a
}

func (a answer) hides(texts ...string) answer {
	a.t.Helper()
	for _, text := range texts {
		if strings.Contains(a.body, text) {
			a.t.Errorf("%q stands in\n%s", text, a.body)
		}
	}
	return a
}

func (a answer) is(status int) answer {
	a.t.Helper()
	if a.status != status {
		a.t.Fatalf("answered %d, want %d\n%s", a.status, status, a.body)
	}
	return a
}
