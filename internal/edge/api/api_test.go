package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/db/dbtest"
	"rapport/internal/base/secret"
	"rapport/internal/edge/api"
	"rapport/internal/edge/rails/csvfile"
	"rapport/internal/learn/analytics"
	"rapport/internal/pay/commissions"
	"rapport/internal/pay/intake"
	"rapport/internal/pay/ledger"
	"rapport/internal/pay/payouts"
	"rapport/internal/track/clicks"
	"rapport/internal/track/links"
)

// client is a program that calls the interface with a key.
type client struct {
	t    *testing.T
	base string
	key  string
}

// site is a server with a key of the command line.
type site struct {
	d     *db.DB
	door  intake.Door
	base  string
	admin client
}

func open(t *testing.T, d *db.DB) site {
	t.Helper()
	tokens, err := clicks.NewKeys(clicks.Key{No: 1, Secret: [32]byte{7}})
	if err != nil {
		t.Fatal(err)
	}
	box := secret.New(bytes.Repeat([]byte{1}, secret.KeySize))
	s := site{d: d, door: intake.Door{Tokens: tokens, Box: box}}
	server := httptest.NewServer(api.New(api.Config{
		DB: d, Keys: auth.NewKeys(d), Door: s.door, Links: &links.Index{}, Box: box, Cashier: payouts.Cashier{Box: box, Rails: payouts.Rails{csvfile.Rail{}}},
		Tail:     func(context.Context, *db.Tx) ([]analytics.TailCount, error) { return nil, nil },
		LinkBase: "https://rapport.example/r", BaseURL: "https://rapport.example", Log: slog.New(slog.NewTextHandler(t.Output(), nil)),
	}))
	t.Cleanup(server.Close)
	s.base = server.URL
	s.admin = client{t, server.URL, s.newKey(t, "admin", "", nil)}
	return s
}

func (s site) newKey(t *testing.T, name, user string, scopes []auth.Scope) (key string) {
	t.Helper()
	if err := s.d.Update(t.Context(), func(tx *db.Tx) (err error) {
		key, _, err = auth.NewKey(t.Context(), tx, name, user, scopes)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return key
}

type answer struct {
	status int
	header http.Header
	text   string
	body   map[string]any
}

func (c client) send(method, path, idempotency, body string) answer {
	c.t.Helper()
	r, err := http.NewRequestWithContext(c.t.Context(), method, c.base+path, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	if c.key != "" {
		r.Header.Set("Authorization", "Bearer "+c.key)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if idempotency != "" {
		r.Header.Set("Idempotency-Key", idempotency)
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		c.t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	a := answer{status: response.StatusCode, header: response.Header, text: string(text)}
	_ = json.Unmarshal(text, &a.body) // a file has none
	return a
}

func (c client) post(path, body string) answer {
	c.t.Helper()
	return c.send(http.MethodPost, path, "", body)
}
func (c client) get(path string) answer { c.t.Helper(); return c.send(http.MethodGet, path, "", "") }

// ok fails the test unless the answer has the status.
func (a answer) ok(t *testing.T, status int) answer {
	t.Helper()
	if a.status != status {
		t.Fatalf("status %d, want %d: %s", a.status, status, a.text)
	}
	return a
}

// at reads a value of the answer: at("commissions.0.amount.amount").
func (a answer) at(path string) string {
	var v any = a.body
	for step := range strings.SplitSeq(path, ".") {
		switch x := v.(type) {
		case map[string]any:
			v = x[step]
		case []any:
			var i int
			if _, err := fmt.Sscan(step, &i); err != nil || i >= len(x) {
				return ""
			}
			v = x[i]
		default:
			return ""
		}
	}
	if v == nil {
		return ""
	}
	return fmt.Sprint(v)
}

// program is a program with a partner, a link and a code.
type program struct{ id, creator, partnership, link, slug string }

func (s site) newProgram(t *testing.T, name, code string) (p program) {
	t.Helper()
	p.id = s.admin.post("/api/v1/programs", `{"name": "`+name+`", "currency": "EUR", "sites": ["shop.example"], "hold_days": 14,
		"attribution": {"model": "last_touch", "window_days": 30, "prefer": "code"}, "commission": {"kind": "percent", "value": 10}}`).ok(t, 201).at("id")
	p.creator = s.admin.post("/api/v1/creators", `{"program_id": "`+p.id+`", "name": "Maya Ortiz", "email": "maya@mail.example",
		"profiles": [{"platform": "tiktok", "handle": "@`+code+`", "followers": 8200, "country": "US", "bio": "skin"}]}`).ok(t, 201).at("id")
	p.partnership = s.admin.post("/api/v1/partnerships", `{"program_id": "`+p.id+`", "creator_id": "`+p.creator+`", "status": "active"}`).ok(t, 201).at("id")
	link := s.admin.post("/api/v1/links", `{"partnership_id": "`+p.partnership+`", "destination": "https://shop.example/serum"}`).ok(t, 201)
	p.link, p.slug = link.at("id"), link.at("slug")
	if link.at("url") != "https://rapport.example/r/"+p.slug {
		t.Errorf("the link's address is %s", link.at("url"))
	}
	s.admin.post("/api/v1/codes", `{"partnership_id": "`+p.partnership+`", "code": "`+code+`"}`).ok(t, 201)
	return p
}

func (p program) order(no, amount, code string) string {
	return `{"program_id": "` + p.id + `", "external_id": "` + no + `", "amount": {"amount": "` + amount + `", "currency": "EUR"}, "code": "` + code + `"}`
}

// The whole way of an order, from the sale to the file, as the contract promises it.
func TestAnOrderGoesAllTheWayToThePayoutFile(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := open(t, d)
		p := s.newProgram(t, "Fernwood", "MAYA10")
		sale := s.admin.post("/api/v1/conversions", p.order("1001", "398.00", "maya10")).ok(t, 201)
		want := map[string]string{
			"status": "credited", "credits.0.partnership_id": p.partnership, "credits.0.share_bp": "10000", "credits.0.because": "code MAYA10 was used",
			"commissions.0.earned.amount": "39.80", "commissions.0.reversed.amount": "0.00", "commissions.0.amount.amount": "39.80", "commissions.0.status": "pending",
		}
		for path, value := range want {
			if got := sale.at(path); got != value {
				t.Errorf("%s is %q, want %q", path, got, value)
			}
		}
		again := s.admin.post("/api/v1/conversions", p.order("#1001", "398.00", "maya10")).ok(t, 200)
		if again.at("id") != sale.at("id") || again.at("differs") != "" {
			t.Errorf("a repeat answered %s", again.text)
		}
		if other := s.admin.post("/api/v1/conversions", p.order("1001", "5.00", "maya10")).ok(t, 200); other.at("differs") != "true" || other.at("amount.amount") != "398.00" {
			t.Errorf("a contradiction answered %s", other.text)
		}
		refunded := s.admin.post("/api/v1/conversions/"+sale.at("id")+"/refunds", `{"external_id": "r1", "amount": {"amount": "209.00", "currency": "EUR"}}`).ok(t, 201)
		if refunded.at("commissions.0.amount.amount") != "18.90" || refunded.at("commissions.0.reversed.amount") != "20.90" {
			t.Errorf("after the refund: %s", refunded.text)
		}
		commission := sale.at("commissions.0.id")
		s.admin.post("/api/v1/commissions/"+commission+"/approve", `{"reason": "trusted"}`).ok(t, 200)
		s.balance(t, p, "0.00", "18.90", "0.00", "0.00")

		batch := s.admin.post("/api/v1/payouts", `{"program_id": "`+p.id+`", "currency": "EUR", "rail": "csv"}`).ok(t, 201)
		if batch.at("items.0.amount.amount") != "18.90" || batch.at("items.0.creator_id") != p.creator {
			t.Errorf("the batch: %s", batch.text)
		}
		s.balance(t, p, "0.00", "0.00", "18.90", "0.00")
		own := s.admin.post("/api/v1/payouts/"+batch.at("id")+"/approve", `{}`)
		if own.status < 400 || own.at("code") != "second_person_required" {
			t.Errorf("releasing one's own batch answered %d %s", own.status, own.text)
		}
		second := client{t, s.base, s.newKey(t, "second", "", nil)}
		second.post("/api/v1/payouts/"+batch.at("id")+"/approve", "").ok(t, 200)
		for range 2 { // sent once, however often it is asked for
			second.post("/api/v1/payouts/"+batch.at("id")+"/send", "").ok(t, 200)
		}
		s.balance(t, p, "0.00", "0.00", "0.00", "18.90")
		file := second.get("/api/v1/payouts/"+batch.at("id")+"/file").ok(t, 200)
		if !strings.Contains(file.text, "18.90") || !strings.Contains(file.header.Get("Content-Type"), "text/csv") {
			t.Errorf("the file: %s", file.text)
		}
		if paid := s.admin.get("/api/v1/commissions/"+commission).ok(t, 200); paid.at("status") != "paid" {
			t.Errorf("the commission is %s", paid.at("status"))
		}
		// A refund after the payment makes a debt that the next payout deducts.
		s.admin.post("/api/v1/refunds", `{"program_id": "`+p.id+`", "conversion_external_id": "1001", "external_id": "r2", "amount": {"amount": "189.00", "currency": "EUR"}}`).ok(t, 201)
		s.balance(t, p, "0.00", "-18.90", "0.00", "18.90")
		report := s.admin.get("/api/v1/reports/performance?program_id="+p.id+"&group_by=creator").ok(t, 200)
		if report.at("items.0.creator_id") != p.creator || report.at("items.0.commission.amount") != "0.00" {
			t.Errorf("the report: %s", report.text)
		}
		if err := ledger.Seal(t.Context(), d); err != nil {
			t.Fatal(err)
		}
		if books, err := ledger.Verify(t.Context(), d); err != nil || len(books.Findings) > 0 {
			t.Fatalf("the books: %v %v", books.Findings, err)
		}
	})
}

func (s site) balance(t *testing.T, p program, pending, available, transit, paid string) {
	t.Helper()
	b := s.admin.get("/api/v1/creators/"+p.creator+"/balance?program_id="+p.id).ok(t, 200)
	got := []string{b.at("items.0.pending.amount"), b.at("items.0.available.amount"), b.at("items.0.in_transit.amount"), b.at("items.0.paid.amount")}
	if diff := cmp.Diff([]string{pending, available, transit, paid}, got); diff != "" {
		t.Errorf("balance (-want +got):\n%s", diff)
	}
}

func TestHoldsEndByThemselves(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := open(t, d)
		p := s.newProgram(t, "Fernwood", "MAYA10")
		s.admin.post("/api/v1/conversions", p.order("1", "100.00", "MAYA10")).ok(t, 201)
		for _, c := range []struct {
			after time.Duration
			want  string
		}{{14*24*time.Hour - time.Second, "0.00"}, {time.Second, "10.00"}} {
			dbtest.Clock(d).Advance(c.after)
			if _, err := commissions.ApproveDue(t.Context(), d); err != nil {
				t.Fatal(err)
			}
			b := s.admin.get("/api/v1/creators/"+p.creator+"/balance?program_id="+p.id).ok(t, 200)
			if got := b.at("items.0.available.amount"); got != c.want {
				t.Errorf("%v later %s is available, want %s", c.after, got, c.want)
			}
		}
	})
}

func TestARefundMayComeBeforeItsSale(t *testing.T) {
	s := open(t, dbtest.New(t, db.EngineSQLite))
	p := s.newProgram(t, "Fernwood", "MAYA10")
	early := s.admin.post("/api/v1/refunds", `{"program_id": "`+p.id+`", "conversion_external_id": "7", "external_id": "r", "amount": {"amount": "25.00", "currency": "EUR"}}`).ok(t, 201)
	if early.at("waiting") != "true" {
		t.Errorf("answered %s", early.text)
	}
	sale := s.admin.post("/api/v1/conversions", p.order("7", "100.00", "MAYA10")).ok(t, 201)
	if sale.at("refunded.amount") != "25.00" || sale.at("commissions.0.amount.amount") != "7.50" {
		t.Errorf("the sale: %s", sale.text)
	}
	if cancelled := s.admin.post("/api/v1/conversions/"+sale.at("id")+"/cancel", "").ok(t, 200); cancelled.at("commissions.0.amount.amount") != "0.00" || cancelled.at("status") != "cancelled" {
		t.Errorf("cancelled: %s", cancelled.text)
	}
}

func TestTheSameKeyReplaysAndAnotherBodyIsRefused(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := open(t, d)
		p := s.newProgram(t, "Fernwood", "MAYA10")
		first := s.admin.send(http.MethodPost, "/api/v1/conversions", "k1", p.order("1", "10.00", "MAYA10")).ok(t, 201)
		again := s.admin.send(http.MethodPost, "/api/v1/conversions", "k1", p.order("1", "10.00", "MAYA10")).ok(t, 201)
		if first.text != again.text || again.header.Get("Idempotency-Replayed") != "true" {
			t.Errorf("replayed %s as %s", first.text, again.text)
		}
		other := s.admin.send(http.MethodPost, "/api/v1/conversions", "k1", p.order("1", "11.00", "MAYA10")).ok(t, 409)
		if other.at("code") != "idempotency_mismatch" {
			t.Error(other.text)
		}
		refused := s.admin.send(http.MethodPost, "/api/v1/conversions", "k2", p.order("", "11.00", "MAYA10")).ok(t, 422)
		if refused.at("errors.0.field") != "external_id" {
			t.Error(refused.text)
		}
		s.admin.send(http.MethodPost, "/api/v1/conversions", "k2", p.order("2", "11.00", "MAYA10")).ok(t, 201)
		s.admin.send(http.MethodPost, "/api/v1/conversions", strings.Repeat("k", 256), p.order("3", "11.00", "MAYA10")).ok(t, 422)
	})
}

func TestRacingRequestsMakeOneConversion(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := open(t, d)
		p := s.newProgram(t, "Fernwood", "MAYA10")
		var wg sync.WaitGroup
		for range 16 {
			wg.Go(func() { s.admin.post("/api/v1/conversions", p.order("1", "10.00", "MAYA10")) })
		}
		wg.Wait()
		if list := s.admin.get("/api/v1/conversions?program_id="+p.id+"&external_id=1").ok(t, 200); list.at("items.1.id") != "" || list.at("items.0.commissions.1.id") != "" {
			t.Error(list.text)
		}
		s.balance(t, p, "1.00", "0.00", "0.00", "0.00")
	})
}

func TestProblemsNameTheFieldAndNeverTheValue(t *testing.T) {
	s := open(t, dbtest.New(t, db.EngineSQLite))
	p := s.newProgram(t, "Fernwood", "MAYA10")
	nobody := client{t, s.base, ""}
	for _, c := range []struct {
		by           client
		method, path string
		body         string
		status       int
		code, field  string
	}{
		{nobody, "GET", "/api/v1/programs", "", 401, "unauthenticated", ""},
		{client{t, s.base, "rk_wrong"}, "GET", "/api/v1/programs", "", 401, "", ""},
		{s.admin, "GET", "/api/v1/nowhere", "", 404, "not_found", ""},
		{s.admin, "PUT", "/api/v1/programs", "", 405, "method_not_allowed", ""},
		{s.admin, "DELETE", "/api/v1/programs/" + p.id, "", 405, "method_not_allowed", ""},
		{s.admin, "GET", "/api/v1/conversions/cnv_none", "", 404, "not_found", ""},
		{s.admin, "POST", "/api/v1/programs", `{"name": "x"`, 400, "malformed", ""},
		{s.admin, "POST", "/api/v1/programs", `{"name": "x", "currency": "EUR", "colour_": "s3cret"}`, 422, "invalid", "colour_"},
		{s.admin, "POST", "/api/v1/programs", `{"name": "x", "currency": "s3cret"}`, 422, "invalid", "currency"},
		{s.admin, "POST", "/api/v1/programs", `{"name": "x", "currency": "EUR", "commission": {"kind": "percent", "value": "s3cret"}}`, 422, "invalid", "commission.value"},
		{s.admin, "POST", "/api/v1/programs", `{"name": 5, "currency": "EUR"}`, 422, "invalid", "name"},
		{s.admin, "POST", "/api/v1/links", `{"partnership_id": "` + p.partnership + `", "destination": "https://s3cret.example/x"}`, 422, "foreign_destination", "destination"},
		{s.admin, "POST", "/api/v1/links", `{"partnership_id": "par_s3cret", "destination": "https://shop.example/x"}`, 404, "not_found", "partnership_id"},
		{s.admin, "POST", "/api/v1/codes", `{"partnership_id": "` + p.partnership + `", "code": "maya10"}`, 409, "code_taken", "code"},
		{s.admin, "POST", "/api/v1/conversions", p.order("1", "s3cret", "x"), 422, "invalid", "amount.amount"},
		{s.admin, "POST", "/api/v1/conversions", p.order("1", "1.001", "x"), 422, "invalid", "amount.amount"},
		{s.admin, "POST", "/api/v1/conversions", strings.Replace(p.order("1", "1.00", "x"), "EUR", "XXX", 1), 422, "invalid", "amount.currency"},
		{s.admin, "POST", "/api/v1/conversions", `{"program_id": "` + p.id + `", "external_id": "9"}`, 422, "invalid", "amount"},
		{s.admin, "POST", "/api/v1/conversions", `{"program_id": "prg_s3cret", "external_id": "9", "amount": {"amount": "1.00", "currency": "EUR"}}`, 404, "not_found", "program_id"},
		{s.admin, "POST", "/api/v1/conversions", `{"x": "` + strings.Repeat("a", 1<<20) + `"}`, 413, "too_large", ""},
		{s.admin, "GET", "/api/v1/creators?limit=2000", "", 422, "invalid", "limit"},
		{s.admin, "GET", "/api/v1/creators?colour=red", "", 422, "invalid", "colour"},
		{s.admin, "POST", "/api/v1/partnerships", `{"program_id": "` + p.id + `", "creator_id": "` + p.creator + `", "status": "best"}`, 422, "invalid", "status"},
		{s.admin, "POST", "/api/v1/payouts", `{"program_id": "` + p.id + `", "currency": "EUR"}`, 409, "nothing_to_pay", ""},
		{s.admin, "GET", "/api/v1/reports/performance?program_id=" + p.id + "&from=yesterday", "", 422, "invalid", "from"},
	} {
		a := c.by.send(c.method, c.path, "", c.body)
		name := c.method + " " + c.path + " " + c.body[:min(len(c.body), 120)]
		if a.status != c.status || c.code != "" && a.at("code") != c.code {
			t.Errorf("%s: %d %s", name, a.status, a.text)
			continue
		}
		if a.header.Get("Content-Type") != "application/problem+json" || a.at("title") == "" || a.at("detail") == "" {
			t.Errorf("%s: no problem document: %s %s", name, a.header.Get("Content-Type"), a.text)
		}
		if c.field != "" && a.at("errors.0.field") != c.field {
			t.Errorf("%s: names %q, want %q: %s", name, a.at("errors.0.field"), c.field, a.text)
		}
		if strings.Contains(a.text, "s3cret") || strings.Contains(a.text, "$schema") {
			t.Errorf("%s: repeats what was sent: %s", name, a.text)
		}
	}
}

func TestEveryListAnswersAndFilters(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := open(t, d)
		p := s.newProgram(t, "Fernwood", "MAYA10")
		sale := s.admin.post("/api/v1/conversions", p.order("1", "10.00", "MAYA10")).ok(t, 201)
		in := "?program_id=" + p.id
		for path, want := range map[string]string{
			"/programs":        p.id,
			"/creators" + in:   p.creator,
			"/creators?q=maya": p.creator,
			"/creators" + in + "&tier=nano&platform=tiktok&country=US&min_followers=8200&max_followers=8200&sort=followers": p.creator,
			"/creators" + in + "&tier=micro":                                "",
			"/creators" + in + "&min_followers=8201":                        "",
			"/creators" + in + "&max_followers=8199":                        "",
			"/partnerships" + in + "&status=active":                         p.partnership,
			"/partnerships" + in + "&status=ended":                          "",
			"/partnerships?creator_id=" + p.creator:                         p.partnership,
			"/links" + in:                                                   p.link,
			"/links?partnership_id=" + p.partnership:                        p.link,
			"/conversions" + in + "&status=credited&external_id=1":          sale.at("id"),
			"/conversions" + in + "&from=2026-03-03T00:00:00Z":              "",
			"/conversions" + in + "&partnership_id=" + p.partnership:        sale.at("id"),
			"/commissions" + in + "&status=pending&creator_id=" + p.creator: sale.at("commissions.0.id"),
			"/commissions" + in + "&status=paid":                            "",
			"/payouts" + in:                                                 "",
			"/store-connections" + in:                                       "",
		} {
			if got := s.admin.get("/api/v1"+path).ok(t, 200); got.at("items.0.id") != want {
				t.Errorf("%s begins with %q, want %q", path, got.at("items.0.id"), want)
			}
		}
		if got := s.admin.get("/api/v1/codes"+in).ok(t, 200); got.at("items.0.code") != "MAYA10" {
			t.Error(got.text)
		}
		if got := s.admin.get("/api/v1/groups"+in).ok(t, 200); got.at("items.0.name") != "Starter" {
			t.Error(got.text)
		}
		for _, by := range []string{"creator", "partnership", "group", "link", "code", "day", "platform", "tier"} {
			s.admin.get("/api/v1/reports/performance"+in+"&from=2026-03-01&to=2026-03-03&group_by="+by).ok(t, 200)
		}
	})
}

func TestListsGoPageByPage(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := open(t, d)
		p := s.newProgram(t, "Fernwood", "MAYA10")
		for i := range 7 {
			s.admin.post("/api/v1/conversions", p.order(fmt.Sprint(i), "10.00", "MAYA10")).ok(t, 201)
		}
		for _, list := range []string{"/api/v1/conversions?program_id=" + p.id, "/api/v1/commissions?program_id=" + p.id} {
			seen := map[string]bool{}
			cursor, pages := "", 0
			for {
				page := s.admin.get(list+"&limit=3&cursor="+cursor).ok(t, 200)
				for i := range 3 {
					if id := page.at(fmt.Sprintf("items.%d.id", i)); id != "" {
						seen[id] = true
					}
				}
				pages++
				if cursor = page.at("next"); cursor == "" {
					break
				}
			}
			if len(seen) != 7 || pages != 3 {
				t.Errorf("%s: %d items on %d pages", list, len(seen), pages)
			}
		}
	})
}

func TestATestConversionIsExplainedAndEarnsNothing(t *testing.T) {
	s := open(t, dbtest.New(t, db.EngineSQLite))
	p := s.newProgram(t, "Fernwood", "MAYA10")
	sale := s.admin.post("/api/v1/conversions", strings.Replace(p.order("1", "100.00", "MAYA10"), "{", `{"test": true, `, 1)).ok(t, 201)
	if sale.at("status") != "test" || sale.at("explanation.would_earn.0.amount.amount") != "10.00" || sale.at("commissions.0.id") != "" {
		t.Error(sale.text)
	}
	s.balance(t, p, "0.00", "0.00", "0.00", "0.00")
}

var update = flag.Bool("update", false, "write openapi.yaml anew")

const committed = "../../../openapi.yaml"

func TestTheCommittedDescriptionIsFresh(t *testing.T) {
	text, err := api.Describe()
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(committed, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(committed)
	if err != nil || !bytes.Equal(have, text) {
		t.Fatalf("openapi.yaml is not what the code says (%v): go test ./internal/edge/api -run Description -update", err)
	}
}
