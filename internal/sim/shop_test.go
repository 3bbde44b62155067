package sim

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"
	"time"
)

var store = Storefront{Domain: "fernwood-skincare.myshopify.com", Secret: "shhh"}

// some returns the first order, refund and the like that suits.
func some[T any](t *testing.T, m *Market, pick func(Event) (T, bool)) T {
	t.Helper()
	for e := range m.Events() {
		if x, ok := pick(e); ok {
			return x
		}
	}
	t.Fatal("the market has none")
	panic("unreachable")
}

func must[T any](t *testing.T) func(T, error) T {
	return func(x T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
}

func TestSignatureIsTheBase64HMACOfTheRawBody(t *testing.T) {
	o := some(t, newMarket(t, nil, 1), func(e Event) (*Order, bool) { return e.Order, e.Order != nil })
	w := must[Webhook](t)(store.Paid(o, nil, o.At))
	mac := hmac.New(sha256.New, []byte("shhh"))
	mac.Write(w.Body)
	if got, want := w.Headers.Get("X-Shopify-Hmac-Sha256"), base64.StdEncoding.EncodeToString(mac.Sum(nil)); got != want {
		t.Fatalf("signature %s, want %s", got, want)
	}
	for _, name := range []string{"X-Shopify-Topic", "X-Shopify-Webhook-Id", "X-Shopify-Event-Id", "X-Shopify-Shop-Domain", "X-Shopify-Triggered-At", "X-Shopify-Api-Version"} {
		if w.Headers.Get(name) == "" {
			t.Errorf("header %s is missing", name)
		}
	}
	again := must[Webhook](t)(store.Paid(o, nil, o.At))
	if again.Headers.Get("X-Shopify-Webhook-Id") != w.Headers.Get("X-Shopify-Webhook-Id") {
		t.Error("a repeated delivery has another id")
	}
	if w.Headers.Get("X-Shopify-Webhook-Id") == w.Headers.Get("X-Shopify-Event-Id") {
		t.Error("delivery and event have one id")
	}
}

// read is what a receiver would take from an order.
type readOrder struct {
	ID            int64
	Currency      string
	TotalPrice    json.Number                     `json:"total_price"`
	SubtotalPrice json.Number                     `json:"subtotal_price"`
	TotalTax      json.Number                     `json:"total_tax"`
	Landing       string                          `json:"landing_site"`
	CancelledAt   *time.Time                      `json:"cancelled_at"`
	Status        string                          `json:"financial_status"`
	Codes         []struct{ Code, Amount string } `json:"discount_codes"`
	Notes         []struct{ Name, Value string }  `json:"note_attributes"`
	Lines         []struct {
		ID          int64
		Price       string
		Quantity    int64
		Allocations []struct{ Amount string } `json:"discount_allocations"`
		TaxLines    []struct{ Price string }  `json:"tax_lines"`
	} `json:"line_items"`
	Shipping []struct{ Price string } `json:"shipping_lines"`
}

// cents reads decimal text with two digits.
func cents(t *testing.T, text string) int64 {
	t.Helper()
	n, err := json.Number(strings.Replace(text, ".", "", 1)).Int64()
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestOrderBodyAddsUpForAReceiver(t *testing.T) {
	for e := range newMarket(t, func(p *Params) { p.Days = 10 }, 1).Events() {
		if e.Order == nil {
			continue
		}
		o := e.Order
		w := must[Webhook](t)(store.Paid(o, []string{"AAA", "BBB"}, o.At))
		var got readOrder
		if err := json.Unmarshal(w.Body, &got); err != nil {
			t.Fatal(err)
		}
		var sum int64
		for _, l := range got.Lines {
			sum += cents(t, l.Price) * l.Quantity
			for _, a := range l.Allocations {
				sum -= cents(t, a.Amount)
			}
		}
		if sum != cents(t, got.SubtotalPrice.String()) {
			t.Fatalf("order %d: lines − discounts are %d, subtotal %s", o.ID, sum, got.SubtotalPrice)
		}
		if sum += cents(t, got.TotalTax.String()) + cents(t, got.Shipping[0].Price); sum != cents(t, got.TotalPrice.String()) {
			t.Fatalf("order %d: parts are %d, total %s", o.ID, sum, got.TotalPrice)
		}
		if (o.Code != "") != (len(got.Codes) == 1) || len(got.Notes) != 1 || got.Notes[0].Name != "rp_click" || got.Notes[0].Value != "AAA.BBB" {
			t.Fatalf("order %d: codes %v, notes %v", o.ID, got.Codes, got.Notes)
		}
		if !strings.Contains(got.Landing, "rp_click=BBB") || got.Status != "paid" {
			t.Fatalf("order %d: landing %q, status %q", o.ID, got.Landing, got.Status)
		}
	}
}

func TestRefundBodyGivesBackWhatTheRefundSays(t *testing.T) {
	r := some(t, newMarket(t, nil, 1), func(e Event) (*Refund, bool) { return e.Refund, e.Refund != nil })
	w := must[Webhook](t)(store.Refunded(r, r.At))
	var got struct {
		OrderID int64 `json:"order_id"`
		Lines   []struct {
			LineItemID int64       `json:"line_item_id"`
			Subtotal   json.Number `json:"subtotal"`
			TotalTax   json.Number `json:"total_tax"`
		} `json:"refund_line_items"`
		Transactions []struct{ Amount, Kind, Status string }
	}
	if err := json.Unmarshal(w.Body, &got); err != nil {
		t.Fatal(err)
	}
	sum := r.Shipping
	for _, l := range got.Lines {
		sum += cents(t, l.Subtotal.String()) + cents(t, l.TotalTax.String())
	}
	if got.OrderID != r.Order.ID || len(got.Transactions) != 1 || cents(t, got.Transactions[0].Amount) != sum || got.Transactions[0].Kind != "refund" {
		t.Fatalf("refund of %d: %+v, lines sum to %d", r.Order.ID, got, sum)
	}
}

func TestCancelledBodyIsTheOrderWithItsEnd(t *testing.T) {
	o := some(t, newMarket(t, nil, 1), func(e Event) (*Order, bool) { return e.Cancel, e.Cancel != nil })
	w := must[Webhook](t)(store.Cancelled(o, nil, o.At, o.At.Add(time.Hour)))
	var got readOrder
	if err := json.Unmarshal(w.Body, &got); err != nil {
		t.Fatal(err)
	}
	if got.ID != o.ID || got.CancelledAt == nil || !got.CancelledAt.Equal(o.At.Add(time.Hour)) || len(got.Lines) != len(o.Lines) {
		t.Fatalf("got %+v", got)
	}
}
