package shopify

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rapport/internal/base/fault"
	"rapport/internal/base/money"
)

func order(t *testing.T, body string) Order {
	t.Helper()
	o, err := ParseOrder([]byte(body), "")
	if err != nil {
		t.Fatalf("cannot parse the order: %v", err)
	}
	return o
}

// partsOf prints what the lines add: "90.00 0.00".
func partsOf(c Commissionable) string {
	var texts []string
	for _, p := range c.Parts {
		texts = append(texts, p.Amount.String())
	}
	return strings.Join(texts, " ")
}

func TestCommissionableCountsGoodsAfterDiscountsAlone(t *testing.T) {
	for name, c := range map[string]struct{ body, want, parts, because string }{
		"tax on top": {
			`{"id":1,"currency":"EUR","subtotal_price":"80.00","total_tax":"15.20","total_price":"99.10","line_items":[
			  {"id":1,"price":"40.00","quantity":2,"tax_lines":[{"price":"15.20","rate":0.19}]}],
			  "shipping_lines":[{"price":"3.90"}]}`, "80.00", "80.00", "Tax on top of €15.20 does not count.",
		},
		"tax inside": {
			`{"id":1,"currency":"EUR","taxes_included":true,"subtotal_price":"238.00","total_tax":"38.95","total_price":"243.95","line_items":[
			  {"id":1,"price":"119.00","quantity":2,"tax_lines":[{"price":"38.00","rate":0.19}]}],
			  "shipping_lines":[{"price":"5.95","tax_lines":[{"price":"0.95"}]}]}`, "200.00", "200.00", "Tax inside the prices of €38.00",
		},
		"tax inside, told for the order only": {
			`{"id":1,"currency":"EUR","taxes_included":true,"subtotal_price":"178.50","total_tax":"28.50","line_items":[
			  {"id":1,"price":"119.00","quantity":1},{"id":2,"price":59.5,"quantity":1}]}`, "150.00", "100.00 50.00", "without the tax",
		},
		"two currencies: the shop's counts": {
			`{"id":1,"currency":"CAD","presentment_currency":"USD","subtotal_price":"134.00","line_items":[
			  {"id":1,"quantity":1,"price":"134.00","price_set":{"shop_money":{"amount":"134.00","currency_code":"CAD"},
			   "presentment_money":{"amount":"100.00","currency_code":"USD"}}}]}`, "134.00", "134.00", "CA$134.00",
		},
		"gift card beside goods, and a discount that no line carries": {
			`{"id":1,"currency":"USD","subtotal_price":"140.00","total_discounts":"10.00","line_items":[
			  {"id":1,"price":"100.00","quantity":1},{"id":2,"price":"50.00","quantity":1,"gift_card":true}]}`, "90.00", "90.00 0.00", "Gift cards of $50.00",
		},
		"discount allocated": {
			`{"id":1,"currency":"USD","subtotal_price":"90.00","total_discounts":"10.00","line_items":[
			  {"id":1,"price":"100.00","quantity":1,"total_discount":"0.00","discount_allocations":[{"amount":"4.00"},{"amount":"6.00"}]}]}`, "90.00", "90.00", "$90.00",
		},
		"each line carries its own discount": {
			`{"id":1,"currency":"USD","subtotal_price":"150.00","line_items":[{"id":1,"price":"100.00","quantity":1,"discount_allocations":[{"amount":"50.00"}]},
			  {"id":2,"price":"100.00","quantity":1}]}`, "150.00", "50.00 100.00", "$150.00",
		},
		"tax inside, of shipping too, which does not tell its own": {
			`{"id":1,"currency":"EUR","taxes_included":true,"subtotal_price":"119.00","total_tax":"19.95","line_items":[
			  {"id":1,"price":"119.00","quantity":1,"tax_lines":[{"price":"19.00"}]}],"shipping_lines":[{"price":"5.95"}]}`, "100.00", "100.00", "€19.00",
		},
		"tax inside, more lines than the totals know": {
			`{"id":1,"currency":"EUR","taxes_included":true,"subtotal_price":"238.00","total_tax":"38.00","line_items":[
			  {"id":1,"price":"119.00","quantity":1,"tax_lines":[{"price":"19.00"}]},{"id":2,"price":"119.00","quantity":1,"tax_lines":[{"price":"19.00"}]},
			  {"id":3,"price":"119.00","quantity":1,"tax_lines":[{"price":"19.00"}]}]}`, "200.00", "66.67 66.67 66.66", "is €200.00, which is less",
		},
		"discount of a line, as before allocations": {
			`{"id":1,"currency":"USD","subtotal_price":"95.00","line_items":[
			  {"id":1,"price":"100.00","quantity":1,"total_discount":"5.00"}]}`, "95.00", "95.00", "$95.00",
		},
		"order discount without allocations or subtotal": {
			`{"id":1,"currency":"USD","total_discounts":"13.00","line_items":[
			  {"id":1,"price":"60.00","quantity":1},{"id":2,"price":"40.00","quantity":1}],
			  "shipping_lines":[{"price":"3.00","discount_allocations":[{"amount":"3.00"}]}]}`, "90.00", "54.00 36.00", "cut to it in proportion",
		},
		"a code that took nothing off": {
			`{"id":1,"currency":"USD","total_discounts":"0.00","discount_codes":[{"code":"TEN","amount":"10.00"}],"line_items":[
			  {"id":1,"price":"60.00","quantity":1}]}`, "60.00", "60.00", "$60.00",
		},
		"items removed by an edit": {
			`{"id":1,"currency":"USD","subtotal_price":"90.00","current_subtotal_price":"60.00","refunds":[],"line_items":[
			  {"id":1,"price":"30.00","quantity":3,"current_quantity":2},{"id":2,"price":"5.00","quantity":1,"current_quantity":0}]}`, "60.00", "60.00 0.00", "removed",
		},
		"items that came back for money are the refund's business": {
			`{"id":1,"currency":"USD","subtotal_price":"90.00","current_subtotal_price":"60.00","line_items":[
			  {"id":7,"price":"30.00","quantity":3,"current_quantity":2}],
			  "refunds":[{"id":5,"refund_line_items":[{"line_item_id":7,"quantity":1,"subtotal":30.0,"line_item":{"price":"30.00","quantity":3}}],
			   "transactions":[{"kind":"refund","status":"success","amount":"30.00","currency":"USD"}]}]}`, "90.00", "90.00", "$90.00",
		},
		"tips": {
			`{"id":1,"currency":"USD","subtotal_price":"20.00","total_tip_received":"4.00","line_items":[
			  {"id":1,"price":"20.00","quantity":1},{"id":2,"price":"4.00","quantity":1,"tip_payment_gateway":"shopify_payments"}]}`, "20.00", "20.00 0.00", "Tips of $4.00",
		},
		"yen with decimals": {
			`{"id":1,"currency":"JPY","subtotal_price":"1200.0","line_items":[{"id":1,"price":1200.0,"quantity":"1"}]}`, "1200", "1200", "¥1,200",
		},
		"subtotal below the lines, cut by largest remainder": {
			`{"id":1,"currency":"USD","subtotal_price":"100.00","line_items":[
			  {"id":1,"price":"50.00","quantity":1},{"id":2,"price":"50.00","quantity":1},{"id":3,"price":"50.00","quantity":1}]}`,
			"100.00", "33.34 33.33 33.33", "The shop's own subtotal is $100.00, which is less",
		},
		"nothing but a gift card": {
			`{"id":1,"currency":"USD","subtotal_price":"50.00","line_items":[{"id":2,"price":"50.00","quantity":1,"gift_card":true}]}`, "0.00", "0.00", "Gift cards",
		},
	} {
		t.Run(name, func(t *testing.T) {
			got := order(t, c.body).Commissionable()
			if got.Amount.String() != c.want || partsOf(got) != c.parts {
				t.Errorf("got %s in parts %s, want %s in parts %s: %q", got.Amount, partsOf(got), c.want, c.parts, got.Because)
			}
			if !strings.Contains(strings.Join(got.Because, " "), c.because) {
				t.Errorf("the explanation %q does not say %q", got.Because, c.because)
			}
		})
	}
}

func TestOrderKeepsWhatAttributionNeedsAndNoMore(t *testing.T) {
	got := order(t, `{"id":450789469,"name":"#1001","order_number":1001,"checkout_token":"abc","created_at":"2026-11-22T10:00:00-05:00",
	  "processed_at":null,"currency":"USD","presentment_currency":"EUR","test":false,"financial_status":"PAID","source_name":"web",
	  "referring_site":"https://L.Instagram.com/?u=x","landing_site":"/products/a?rp_click=from-landing","email":"bo@example.com",
	  "note":"ring twice","browser_ip":"192.0.2.1","billing_address":{"first_name":"Bo"},
	  "discount_codes":[{"code":"Alice10"}],"discount_applications":[{"type":"discount_code","code":"ALICE10"},{"type":"discount_code","title":"SHIP"},{"type":"manual","title":"Staff"}],
	  "note_attributes":[{"name":"gift","value":"yes"},{"name":"rp_click","value":"tok-1.tok_2..tok-1"}],
	  "customer":{"id":207119551,"orders_count":1},
	  "line_items":[{"id":1,"product_id":"2","variant_id":3,"sku":"S","title":"T","vendor":"V","quantity":1,"price":"9.00","requires_shipping":true}]}`)
	first := true
	nine := money.Amount{Minor: 900, Currency: "USD"}
	zero := money.Zero("USD")
	want := Order{
		ID: "450789469", Name: "#1001", Number: "1001", CheckoutToken: "abc",
		CreatedAt: got.CreatedAt, Currency: "USD", Presentment: "EUR", FinancialStatus: "paid", SourceName: "web",
		ReferringHost: "l.instagram.com",
		Lines: []Line{{
			ID: "1", ProductID: "2", VariantID: "3", SKU: "S", Title: "T", Vendor: "V", Quantity: 1,
			Price: nine, Discount: zero, Tax: zero, RequiresShipping: true,
		}},
		Shipping: zero, ShippingTax: zero, ShippingDiscount: zero, Discounts: zero, Tips: zero,
		Codes: []string{"Alice10", "SHIP"}, Clicks: []string{"tok-1", "tok_2"},
		Customer: Customer{ID: "207119551", Email: "bo@example.com", New: &first},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the order differs (-want +got):\n%s", diff)
	}
	if at := got.PlacedAt(); !at.Equal(time.Date(2026, 11, 22, 15, 0, 0, 0, time.UTC)) {
		t.Errorf("placed at %s", at)
	}
}

func TestClicksComeFromTheCartBeforeTheLandingPage(t *testing.T) {
	const lines = `"id":1,"currency":"USD"`
	for name, c := range map[string]struct {
		body, param string
		want        []string
	}{
		"landing page":         {`{` + lines + `,"landing_site":"/?a=b&rp_click=L"}`, "", []string{"L"}},
		"whole address":        {`{` + lines + `,"landing_site":"https://shop.example/?rp_click=L#x"}`, "", []string{"L"}},
		"cart first":           {`{` + lines + `,"landing_site":"/?rp_click=L","note_attributes":[{"name":"rp_click","value":"C"}]}`, "", []string{"C"}},
		"own parameter":        {`{` + lines + `,"landing_site":"/?from=L&rp_click=no"}`, "from", []string{"L"}},
		"empty cart value":     {`{` + lines + `,"landing_site":"/?rp_click=L","note_attributes":[{"name":"rp_click","value":null}]}`, "", []string{"L"}},
		"nothing":              {`{` + lines + `,"landing_site":null}`, "", nil},
		"not a token":          {`{` + lines + `,"landing_site":"/?rp_click=%3Cscript%3E.ok"}`, "", []string{"ok"}},
		"no address":           {`{` + lines + `,"landing_site":"http://%zz"}`, "", nil},
		"first and last seven": {`{` + lines + `,"note_attributes":[{"name":"rp_click","value":"1.2.3.4.5.6.7.8.9.10"}]}`, "", []string{"1", "4", "5", "6", "7", "8", "9", "10"}},
	} {
		t.Run(name, func(t *testing.T) {
			o, err := ParseOrder([]byte(c.body), c.param)
			if err != nil || !slices.Equal(o.Clicks, c.want) {
				t.Errorf("got %q, %v; want %q", o.Clicks, err, c.want)
			}
		})
	}
}

func TestOrdersThatEarnNothingSayWhy(t *testing.T) {
	const goods = `"id":1,"currency":"USD","line_items":[{"id":1,"price":"9.00","quantity":1}]`
	for body, want := range map[string]Exclusion{
		`{` + goods + `}`:                                                ExclusionNone,
		`{` + goods + `,"test":true}`:                                    ExclusionTest,
		`{` + goods + `,"source_name":"shopify_draft_order"}`:            ExclusionDraft,
		`{` + goods + `,"payment_gateway_names":["exchange-credit"]}`:    ExclusionExchange,
		`{` + goods + `,"tags":"VIP, Exchange"}`:                         ExclusionExchange,
		`{` + goods + `,"tags":"no exchange"}`:                           ExclusionNone,
		`{` + goods + `,"total_price":"0.00"}`:                           ExclusionZero,
		`{"id":1,"currency":"USD","total_price":"5.00","line_items":[]}`: ExclusionZero,
	} {
		got, why := order(t, body).Excluded()
		if got != want || (why == "") != (want == ExclusionNone) {
			t.Errorf("%s: got %q (%s), want %q", body, got, why, want)
		}
	}
}

func TestForeignOrdersAreReadOrRefusedWithTheField(t *testing.T) {
	for name, c := range map[string]struct {
		body  string
		kind  fault.Kind
		field string
	}{
		"not JSON":              {`{"id":`, fault.KindMalformed, ""},
		"a list":                {`[]`, fault.KindMalformed, ""},
		"nothing":               {``, fault.KindMalformed, ""},
		"bad UTF-8":             {"{\"name\":\"\xff\"}", fault.KindMalformed, ""},
		"object for text":       {`{"id":{},"currency":"USD"}`, fault.KindMalformed, ""},
		"text for list":         {`{"id":1,"currency":"USD","line_items":"none"}`, fault.KindMalformed, "line_items"},
		"no id":                 {`{"currency":"USD"}`, fault.KindInvalid, "id"},
		"no currency":           {`{"id":1}`, fault.KindInvalid, "currency"},
		"unknown currency":      {`{"id":1,"currency":"XXX"}`, fault.KindInvalid, "currency"},
		"NUL in the id":         {`{"id":"1\u0000","currency":"USD"}`, fault.KindInvalid, "id"},
		"negative price":        {`{"id":1,"currency":"USD","line_items":[{"price":"-1","quantity":1}]}`, fault.KindInvalid, "line_items[0].price"},
		"amount in words":       {`{"id":1,"currency":"USD","subtotal_price":"many"}`, fault.KindInvalid, "subtotal_price"},
		"too much":              {`{"id":1,"currency":"USD","line_items":[{"price":"999999999999","quantity":1000000}]}`, fault.KindInvalid, "line_items[0].price"},
		"half an item":          {`{"id":1,"currency":"USD","line_items":[{"price":"1","quantity":0.5}]}`, fault.KindInvalid, "line_items[0].quantity"},
		"no time":               {`{"id":1,"currency":"USD","created_at":"yesterday"}`, fault.KindInvalid, "created_at"},
		"two shop currencies":   {`{"id":1,"currency":"USD","total_price_set":{"shop_money":{"amount":"1","currency_code":"EUR"}}}`, fault.KindInvalid, "total_price"},
		"more lines than shops": {`{"id":1,"currency":"USD","line_items":[` + strings.Repeat(`{},`, maxLines) + `{}]}`, fault.KindInvalid, "line_items"},
		"too large":             {`{"note":"` + strings.Repeat("x", MaxBody) + `"}`, fault.KindTooLarge, ""},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ParseOrder([]byte(c.body), "")
			f, ok := fault.As(err)
			if !ok || f.Kind != c.kind || f.Field != c.field {
				t.Errorf("got %v, want kind %d in %q", err, c.kind, c.field)
			}
		})
	}
}

func TestWrappedAndRetypedBodiesReadTheSame(t *testing.T) {
	plain := order(t, `{"id":1,"currency":"USD","line_items":[{"id":2,"price":"9.50","quantity":1}]}`)
	for _, other := range []string{
		`{"order":{"id":1,"currency":"USD","line_items":[{"id":2,"price":"9.50","quantity":1}]}}`,
		`{"id":"1","currency":"usd","line_items":[{"id":"gid://shopify/LineItem/2","price":9.5,"quantity":"1"}],"new_field":[{}]}`,
		`{"id":null,"admin_graphql_api_id":"gid://shopify/Order/1","currency":null,"total_price_set":{"shop_money":{"currency_code":"USD"}},
		  "line_items":[{"id":2,"price":null,"price_set":{"shop_money":{"amount":"9.50"}},"quantity":1,"tax_lines":null}],"customer":null}`,
	} {
		if diff := cmp.Diff(plain, order(t, other)); diff != "" {
			t.Errorf("%s reads otherwise (-want +got):\n%s", other, diff)
		}
	}
}

func TestBuyersCannotMakeAnOrderUnreadable(t *testing.T) {
	o := order(t, fmt.Sprintf(`{"id":1,"currency":"USD","email":"a\u0000@b","landing_site":%q,"name":"#1\u0000","discount_codes":[{"code":%q}],
	  "note_attributes":[{"name":"rp_click","value":%q}],"line_items":[{"id":1,"price":"1","quantity":1,"title":%q}]}`,
		strings.Repeat("/", maxLanding+1), strings.Repeat("c", 300), strings.Repeat("a.", 2_000), strings.Repeat("ü", 400)))
	if o.Customer.Email != "" || len(o.Codes)+len(o.Clicks) != 0 || o.Name != "#1" || len(o.Lines[0].Title) != 254 || len(o.Remarks) != 4 {
		t.Errorf("got %+v", o)
	}
}
