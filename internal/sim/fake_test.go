package sim

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// outside is the far end of the wire: it checks the shape of everything that arrives and answers as the contract says.
type outside struct {
	*httptest.Server
	t *testing.T

	mu          sync.Mutex
	next        int
	replays     map[string]string // method, path and key → first answer
	bodies      map[string]string
	partnership map[string]string           // folded code → partnership
	slugs       map[string]string           // slug → partnership
	sales       map[string]*foundConversion // by external id
	deliveries  map[string]int              // webhook id → times
	count       map[string]int              // by route
	tokens      map[string]string           // token → partnership
	statuses    map[string]int              // partnerships by status
}

func newOutside(t *testing.T) *outside {
	f := &outside{
		t: t, replays: map[string]string{}, bodies: map[string]string{}, partnership: map[string]string{}, slugs: map[string]string{},
		sales: map[string]*foundConversion{}, deliveries: map[string]int{}, count: map[string]int{}, tokens: map[string]string{}, statuses: map[string]int{},
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /r/{slug}", f.click)
	mux.HandleFunc("POST /hooks/shopify/con_1", f.hook)
	mux.HandleFunc("POST /hooks/shopify/con_gone", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotFound) })
	mux.HandleFunc("POST /api/v1/programs", f.post(func(b map[string]any) any {
		f.need(b, "name", "currency", "sites", "attribution", "commission")
		return f.id("prg")
	}))
	mux.HandleFunc("POST /api/v1/creators", f.post(f.creator))
	mux.HandleFunc("POST /api/v1/creators/{id}/knowledge", f.post(func(b map[string]any) any { f.need(b, "program_id", "tags"); return b }))
	mux.HandleFunc("POST /api/v1/targets", f.post(func(b map[string]any) any { f.need(b, "program_id", "name", "about"); return f.id("tgt") }))
	mux.HandleFunc("POST /api/v1/lists", f.post(func(b map[string]any) any { f.need(b, "program_id", "name"); return f.id("lst") }))
	mux.HandleFunc("POST /api/v1/lists/{id}/creators", f.post(func(b map[string]any) any { f.need(b, "creator_ids"); return b }))
	mux.HandleFunc("POST /api/v1/applications", f.post(func(b map[string]any) any {
		f.need(b, "program_id", "name", "email", "profiles", "answers", "accepted")
		return f.id("app")
	}))
	mux.HandleFunc("POST /api/v1/applications/{id}/{step}", f.post(func(map[string]any) any { return f.id("app") }))
	mux.HandleFunc("POST /api/v1/partnerships", f.post(f.partner))
	mux.HandleFunc("POST /api/v1/links", f.post(f.link))
	mux.HandleFunc("POST /api/v1/codes", f.post(f.code))
	mux.HandleFunc("POST /api/v1/conversions", f.post(f.conversion))
	mux.HandleFunc("POST /api/v1/conversions/{id}/cancel", f.post(func(map[string]any) any { return f.id("cnv") }))
	mux.HandleFunc("POST /api/v1/refunds", f.post(func(b map[string]any) any {
		f.need(b, "program_id", "conversion_external_id", "external_id", "amount")
		return f.id("cnv")
	}))
	mux.HandleFunc("POST /api/v1/commissions/{id}/approve", f.post(func(b map[string]any) any { f.need(b, "reason"); return f.id("com") }))
	mux.HandleFunc("POST /api/v1/payouts", f.post(func(b map[string]any) any { f.need(b, "program_id", "currency", "rail"); return f.id("pay") }))
	mux.HandleFunc("POST /api/v1/payouts/{id}/{step}", f.post(func(map[string]any) any { return f.id("pay") }))
	mux.HandleFunc("GET /api/v1/commissions", f.commissions)
	mux.HandleFunc("GET /api/v1/conversions", f.conversions)
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		t.Errorf("unexpected %s %s", r.Method, r.URL)
		w.WriteHeader(http.StatusNotFound)
	})
	f.Server = httptest.NewServer(mux)
	t.Cleanup(f.Close)
	return f
}

func (f *outside) id(prefix string) any {
	f.next++
	return map[string]string{"id": fmt.Sprintf("%s_%06d", prefix, f.next)}
}

func (f *outside) need(b map[string]any, fields ...string) {
	for _, name := range fields {
		if b[name] == nil || b[name] == "" {
			f.t.Errorf("field %s is missing in %v", name, b)
		}
	}
}

// post checks what every POST must have, and replays the answer to a key that was used before.
func (f *outside) post(do func(map[string]any) any) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		raw, err := io.ReadAll(r.Body)
		key := r.Method + r.URL.Path + r.Header.Get("Idempotency-Key")
		var body map[string]any
		if err != nil || json.Unmarshal(raw, &body) != nil || r.Header.Get("Idempotency-Key") == "" || r.Header.Get("Authorization") != "Bearer rk_test" {
			f.t.Errorf("%s %s: no key, no JSON or not signed in", r.Method, r.URL.Path)
		}
		f.mu.Lock()
		defer f.mu.Unlock()
		f.count[r.Pattern]++
		if first, ok := f.replays[key]; ok {
			if f.bodies[key] != string(raw) {
				f.t.Errorf("%s %s: one idempotency key with two bodies", r.Method, r.URL.Path)
			}
			_, _ = io.WriteString(w, first)
			return
		}
		answer, err := json.Marshal(do(body))
		if err != nil {
			f.t.Error(err)
		}
		f.replays[key], f.bodies[key] = string(answer), string(raw)
		_, _ = w.Write(answer)
	}
}

func (f *outside) creator(b map[string]any) any {
	f.need(b, "program_id", "name", "email", "profiles")
	return f.id("cre")
}

func (f *outside) partner(b map[string]any) any {
	f.need(b, "program_id", "creator_id", "status")
	f.statuses[b["status"].(string)]++
	return f.id("par")
}

func (f *outside) link(b map[string]any) any {
	f.need(b, "partnership_id", "destination", "slug")
	f.slugs[b["slug"].(string)] = b["partnership_id"].(string)
	return f.id("lnk")
}

func (f *outside) code(b map[string]any) any {
	f.need(b, "partnership_id", "code")
	f.partnership[strings.ToLower(b["code"].(string))] = b["partnership_id"].(string)
	return f.id("cod")
}

func (f *outside) click(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.count["click"]++
	owner, ok := f.slugs[r.PathValue("slug")]
	if !ok || r.UserAgent() == "" || strings.HasPrefix(r.UserAgent(), "Go-http") {
		f.t.Errorf("click on %s by %q", r.PathValue("slug"), r.UserAgent())
	}
	http.Redirect(w, r, "https://fernwood.example/?rp_click="+f.token(owner), http.StatusFound)
}

func (f *outside) token(owner string) string {
	token := fmt.Sprintf("T%d", len(f.tokens))
	f.tokens[token] = owner
	return token
}

// credit follows the contract's rule, without dates: every click here is recent.
func (f *outside) credit(code string, tokens []string) []credit {
	if owner := f.partnership[strings.ToLower(code)]; owner != "" {
		return []credit{{owner, 10_000, "code"}}
	}
	if len(tokens) > 0 {
		owner := f.tokens[tokens[len(tokens)-1]]
		if owner == "" {
			f.t.Errorf("token %s was never given out", tokens[len(tokens)-1])
		}
		return []credit{{owner, 10_000, "click"}}
	}
	return nil
}

func (f *outside) conversion(b map[string]any) any {
	f.need(b, "program_id", "kind", "external_id", "amount", "customer", "occurred_at")
	var tokens []string
	touches, _ := b["touches"].([]any)
	for _, touch := range touches {
		tokens = append(tokens, touch.(map[string]any)["click"].(string))
	}
	code, _ := b["code"].(string)
	external := b["external_id"].(string)
	f.sales[external] = &foundConversion{"cnv_" + external, external, f.credit(code, tokens)}
	return f.sales[external]
}

func (f *outside) hook(w http.ResponseWriter, r *http.Request) {
	raw, err := io.ReadAll(r.Body)
	mac := hmac.New(sha256.New, []byte("shhh"))
	mac.Write(raw)
	if err != nil || r.Header.Get("X-Shopify-Hmac-Sha256") != base64.StdEncoding.EncodeToString(mac.Sum(nil)) {
		f.t.Errorf("webhook %s is not signed", r.Header.Get("X-Shopify-Topic"))
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.count[r.Header.Get("X-Shopify-Topic")]++
	f.deliveries[r.Header.Get("X-Shopify-Webhook-Id")]++
	if r.Header.Get("X-Shopify-Topic") != TopicPaid {
		return
	}
	var o readOrder
	if err := json.Unmarshal(raw, &o); err != nil {
		f.t.Error(err)
	}
	var tokens []string
	for _, n := range o.Notes {
		tokens = strings.Split(n.Value, ".")
	}
	code := ""
	if len(o.Codes) > 0 {
		code = o.Codes[0].Code
	}
	external := fmt.Sprint(o.ID)
	f.sales[external] = &foundConversion{"cnv_" + external, external, f.credit(code, tokens)}
}

// commissions shows ten pending ones on two pages, newest first.
func (f *outside) commissions(w http.ResponseWriter, r *http.Request) {
	first, next := 10, "more"
	if r.URL.Query().Get("cursor") == "more" {
		first, next = 5, ""
	}
	var page listed[foundCommission]
	page.Next = next
	for i := first; i > first-5; i-- {
		page.Items = append(page.Items, foundCommission{ID: fmt.Sprintf("com_%02d", i)})
	}
	f.answer(w, page)
}

func (f *outside) conversions(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var page listed[foundConversion]
	wanted := r.URL.Query().Get("external_id")
	for external, sale := range f.sales {
		if wanted == "" || wanted == external {
			page.Items = append(page.Items, *sale)
		}
	}
	f.answer(w, page)
}

func (f *outside) answer(w http.ResponseWriter, body any) {
	if err := json.NewEncoder(w).Encode(body); err != nil {
		f.t.Error(err)
	}
}
