package shopify

import (
	"strings"
	"testing"
	"unicode/utf8"

	"rapport/internal/base/fault"
)

func FuzzParseOrder(f *testing.F) {
	for _, seed := range []string{
		`{"id":1,"currency":"EUR","taxes_included":true,"subtotal_price":"238.00","total_tax":"38.95","line_items":[{"id":1,"price":"119.00","quantity":2,"current_quantity":1,"tax_lines":[{"price":"38.00","rate":0.19}]}]}`,
		`{"order":{"id":"gid://shopify/Order/1","currency":"JPY","landing_site":"/?rp_click=a.b","discount_codes":[{"code":"X"}],"customer":{"orders_count":0}}}`,
		`{"id":1,"currency":"USD","refunds":[{"id":2,"refund_line_items":[{"quantity":1,"line_item_id":1}],"transactions":[{"kind":"refund","status":"success","amount":1}]}]}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		o, err := ParseOrder(raw, "")
		if err != nil {
			if _, ok := fault.As(err); !ok {
				t.Fatalf("not a fault: %v", err)
			}
			return
		}
		checkCommissionable(t, o)
		for _, text := range append([]string{o.ID, o.Name, o.Customer.Email, o.ReferringHost, o.SourceName}, append(o.Codes, o.Clicks...)...) {
			if !utf8.ValidString(text) || strings.ContainsRune(text, 0) || len(text) > maxName {
				t.Fatalf("%q cannot be stored", text)
			}
		}
		for _, r := range o.Refunds {
			checkLowering(t, r)
		}
	})
}

func FuzzParseRefund(f *testing.F) {
	for _, seed := range []string{
		`{"id":1,"order_id":2,"refund_line_items":[{"line_item_id":7,"quantity":1,"subtotal":119.0,"total_tax":19.0,"line_item":{"price":"119.00","quantity":1,"tax_lines":[{"price":"19.00","rate":0.19}]}}],"transactions":[{"kind":"refund","status":"success","amount":"119.00","currency":"EUR"}]}`,
		`{"id":1,"order_id":2,"order_adjustments":[{"kind":"shipping_refund","amount":"-5.00"}],"transactions":[{"kind":"refund","status":"pending","amount":"5.95","currency":"USD"}],"total_duties_set":{"shop_money":{"amount":"2.00","currency_code":"CAD"},"presentment_money":{"amount":"1.00"}}}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		r, err := ParseRefund(raw)
		if err != nil {
			if _, ok := fault.As(err); !ok {
				t.Fatalf("not a fault: %v", err)
			}
			return
		}
		checkLowering(t, r)
	})
}
