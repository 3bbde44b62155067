package setup_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/programs"
	"rapport/internal/edge/web/setup"
)

// fernwood is a shop on this machine.
func fernwood(t *testing.T) *httptest.Server {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte(`<!doctype html><title>Fine tea | Fernwood</title><meta property="og:site_name" content="Fernwood &amp; Sons">
			<link rel="icon" href="/broken.png"><link rel="apple-touch-icon" href="/logo.png"><script>Shopify.currency = {"active":"EUR","rate":"1.0"};</script>`))
	})
	mux.HandleFunc("GET /logo.png", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "image/png")
		_, _ = w.Write(picture(t))
	})
	shop := httptest.NewServer(mux)
	t.Cleanup(shop.Close)
	return shop
}

func TestTheFirstTenMinutesByHand(t *testing.T) {
	s := newSite(t, sqlite(t))
	v := s.owner()
	shop := fernwood(t)
	host := strings.TrimPrefix(shop.URL, "http://")

	v.get("/start").sees(t, 200, "Where is your shop?")
	v.post("/start", "address", "not an address").sees(t, 422, `aria-invalid="true"`)
	found := v.post("/start", "address", host).leads(t, "/start/shop?")
	v.get(found).sees(t, 200, `value="Fernwood &amp; Sons"`, `<option value="EUR" selected>`, `value="`+host+`"`, "/start/logo/blb_")
	at, err := url.Parse(found)
	if err != nil {
		t.Fatal(err)
	}
	v.post("/start/shop", "name", "", "currency", "XXX", "site", "10.0.0.1", "timezone", "UTC").sees(t, 422)
	terms := v.post("/start/shop", "name", "Fernwood", "currency", "EUR", "site", host, "timezone", "UTC", "logo", at.Query().Get("logo")).leads(t, "/p/prg_")
	base := strings.TrimSuffix(terms, "/start/terms")
	v.get("/logo/"+strings.TrimPrefix(base, "/p/")).sees(t, 200)

	v.get(terms).sees(t, 200, "Creators earn", `value="15"`, `value="30"`, `value="25.00"`)
	sentence := []string{"commission", "15", "commission_kind", "percent", "window", "30", "offer", "10", "offer_kind", "percent", "schedule", "monthly", "hold", "30", "minimum", "25.00"}
	v.post(terms, sentence...).leads(t, base+"/start/store")
	v.get(base+"/start/store").sees(t, 200, "Client secret", "Skip this for now")
	v.get(base+"/start").leads(t, base+"/start/creators")

	v.get(base+"/start/creators").sees(t, 200, "Paste the creators")
	v.post(base+"/start/creators", "people", "@maya.glow\n<x@y@z>").sees(t, 422, "Line 1:", "Line 2:")
	v.post(base+"/start/creators", "people", " ").sees(t, 422, "Name at least one creator.")
	people := []string{"people", "Maya Ortiz <maya@mail.example>\r\n@glow.by.ines instagram\r\n\r\nines@mail.example\r\nMAYA@mail.example", "once", "t0ken"}
	invite := v.post(base+"/start/creators", people...).leads(t, base+"/start/invite?partnership=par_")
	if again := v.post(base+"/start/creators", people...).leads(t, base+"/start/invite"); again != invite {
		t.Errorf("the same form led to %s and then to %s", invite, again)
	}
	if n := count(t, s.d, `select count(*) from partnerships where status = 'active'`); n != 3 {
		t.Errorf("%d partners, want 3", n)
	}
	if n := count(t, s.d, `select count(*) from links`); n != 3 {
		t.Errorf("%d links, want 3", n)
	}
	v.get(invite).sees(t, 200, "Invite Maya Ortiz", "<iframe", "What Maya Ortiz sees")
	partnership := strings.TrimPrefix(invite, base+"/start/invite?partnership=")
	v.post(base+"/start/invite", "partnership", partnership).sees(t, 200, "Hi Maya Ortiz", "MAYA10", "/enter/", "advertising")

	v.get(base+"/start/test").sees(t, 200, "MAYA10", "TEST-1")
	for _, wrong := range [][]string{{"number", "", "amount", "49.90"}, {"number", "T", "amount", "x"}, {"number", "T", "amount", "0"}, {"number", "T", "amount", "-1"}, {"number", strings.Repeat("9", 300), "amount", "1"}} {
		v.post(base+"/start/test", append(wrong, "code", "MAYA10")...).sees(t, 422)
	}
	result := v.post(base+"/start/test", "number", "TEST-1", "amount", "49.90", "code", "MAYA10").leads(t, base+"/start/test?conversion=cnv_")
	v.get(result).sees(t, 200, "Order TEST-1 arrived", "€49.90")
	if n := count(t, s.d, `select count(*) from ledger_entries`); n != 0 {
		t.Errorf("a test order wrote %d ledger entries", n)
	}
	v.get(base+"/start").leads(t, base+"/start/store")
	var left []string
	s.update(func(tx *db.Tx) error {
		p, err := programs.Find(t.Context(), tx, programs.ID(strings.TrimPrefix(base, "/p/")))
		if err != nil {
			return err
		}
		items, err := setup.Checklist(t.Context(), tx, p)
		for _, item := range items {
			if !item.Done {
				left = append(left, item.Label)
			}
		}
		return err
	})
	if len(left) != 1 || left[0] != "Connect your shop" {
		t.Errorf("left to do: %q", left)
	}
}

func TestAShopThatDoesNotAnswerIsFine(t *testing.T) {
	s := newSite(t, sqlite(t))
	v := s.owner()
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	to := v.post("/start", "address", gone.URL).leads(t, "/start/shop?")
	v.get(to).sees(t, 200, "did not answer", strings.TrimPrefix(gone.URL, "http://"))
	v.get("/start/shop").sees(t, 200, "Tell us about your shop.")
}

func TestOnlyOwnersMakePrograms(t *testing.T) {
	s := newSite(t, sqlite(t))
	base := s.owner().program("Fernwood")
	for _, role := range auth.Roles() {
		v := s.person(string(role)+"@acme.example", role, base)
		v.get("/start").sees(t, 403)
		v.post("/start", "address", "shop.example").sees(t, 403)
		v.post("/start/shop", "name", "Mine", "currency", "EUR").sees(t, 403)
		v.get("/").leads(t, base+"/")
		want := map[bool]int{true: 200, false: 403}[role == auth.RoleOwner || role == auth.RoleManager]
		v.get(base+"/start/creators").sees(t, want)
		want = map[bool]int{true: 200, false: 403}[role == auth.RoleOwner]
		for _, path := range []string{"/start/terms", "/start/store", "/settings", "/settings/terms", "/settings/people", "/settings/shops", "/settings/log"} {
			v.get(base+path).sees(t, want)
		}
	}
}

func TestATestOrderNeverStandsInForARealOne(t *testing.T) {
	s := newSite(t, sqlite(t))
	v := s.owner()
	base := v.program("Fernwood")
	v.post(base+"/start/creators", "people", "Maya").leads(t, base)
	first := v.post(base+"/start/test", "number", "1001", "amount", "49.90", "code", "MAYA10").leads(t, base+"/start/test?conversion=")
	second := v.post(base+"/start/test", "number", "1001", "amount", "49.90", "code", "MAYA10").leads(t, base+"/start/test?conversion=")
	if first != second {
		t.Error("one number is two test orders")
	}
	if n := count(t, s.d, `select count(*) from conversion_keys where namespace = ''`); n != 0 {
		t.Error("a test order took a number of the shop")
	}
	other := v.program("Other")
	v.get(strings.Replace(first, base, other, 1)).sees(t, 404)
}

func TestLookingAsACreatorIsNotedAndEnds(t *testing.T) {
	s := newSite(t, sqlite(t))
	v := s.owner()
	base := v.program("Fernwood")
	invite := v.post(base+"/start/creators", "people", "Maya").leads(t, base+"/start/invite?partnership=")
	p := strings.TrimPrefix(invite, base+"/start/invite?partnership=")
	v.post(base+"/view-as", "partnership", p).leads(t, "/c/"+p+"/")
	v.get(base+"/settings/log").sees(t, 200, "Looked at a creator")
	v.post(base+"/view-as/stop", "partnership", p).leads(t, base+"/partners/"+p)
	v.get(base+"/start/invite").sees(t, 200, "Show the page")
	if n := count(t, s.d, `select count(*) from sessions where viewing_as is not null`); n != 0 {
		t.Error("the session still looks")
	}
	viewer := s.person("vic@acme.example", auth.RoleViewer, base)
	viewer.post(base+"/view-as", "partnership", p).sees(t, 403)
	other := v.program("Other")
	v.post(other+"/view-as", "partnership", p).sees(t, 404)
	v.post(other+"/start/look", "partnership", p).sees(t, 404)
	v.get(other+"/start/invite?partnership="+p).sees(t, 200, "Nobody works with you yet")
	v.post(other+"/start/invite", "partnership", p).sees(t, 404)
}
