package shopify

import (
	"strings"
	"testing"

	"rapport/internal/base/fault"
)

func refund(t *testing.T, body string) Refund {
	t.Helper()
	f, err := ParseRefund([]byte(body))
	if err != nil {
		t.Fatalf("cannot parse the refund: %v", err)
	}
	return f
}

func TestRefundLowersByItsGoodsButNeverByMoreThanWentBack(t *testing.T) {
	const paid = `"transactions":[{"kind":"refund","status":"success","amount":`
	for name, c := range map[string]struct{ body, want, pending, because string }{
		"whole line with tax on top": {
			`{"id":1,"order_id":2,"refund_line_items":[{"line_item_id":7,"quantity":1,"subtotal":50.0,"total_tax":9.5,"line_item":
			  {"price":"50.00","quantity":1,"tax_lines":[{"price":"9.50","rate":0.19}]}}],` + paid + `"59.50","currency":"EUR"}]}`, "50.00", "0.00", "€50.00",
		},
		"tax inside the price": {
			`{"id":1,"order_id":2,"refund_line_items":[{"line_item_id":7,"quantity":1,"subtotal":119.0,"total_tax":19.0,"line_item":
			  {"price":"119.00","quantity":1,"tax_lines":[{"price":"19.00","rate":0.19}]}}],` + paid + `"119.00","currency":"EUR"}]}`, "100.00", "0.00", "€100.00",
		},
		"two of three, discount shared": {
			`{"id":1,"order_id":2,"refund_line_items":[{"line_item_id":7,"quantity":2,"line_item":
			  {"price":"30.00","quantity":3,"discount_allocations":[{"amount":"9.00"}]}}],` + paid + `"54.00","currency":"USD"}]}`, "54.00", "0.00", "$54.00",
		},
		"less money than goods": {
			`{"id":1,"order_id":2,"refund_line_items":[{"line_item_id":7,"quantity":1,"subtotal":50.0,"line_item":{"price":"50.00","quantity":1}}],
			  "order_adjustments":[{"kind":"refund_discrepancy","amount":"10.00"}],` + paid + `"40.00","currency":"USD"}]}`, "40.00", "0.00", "only $40.00 went back",
		},
		"more money than goods": {
			`{"id":1,"order_id":2,"refund_line_items":[{"line_item_id":7,"quantity":1,"subtotal":50.0,"line_item":{"price":"50.00","quantity":1}}],
			  "order_adjustments":[{"kind":"refund_discrepancy","amount":"-10.00"}],` + paid + `"60.00","currency":"USD"}]}`, "50.00", "0.00", "$50.00",
		},
		"shipping alone": {
			`{"id":1,"order_id":2,"order_adjustments":[{"kind":"shipping_refund","amount":"-5.00","tax_amount":"-0.95"}],` + paid + `"5.95","currency":"EUR"}]}`, "0.00", "0.00", "Only shipping",
		},
		"shipping alone, as since 2024-10": {
			`{"id":1,"order_id":2,"refund_shipping_lines":[{"subtotal_amount_set":{"shop_money":{"amount":"5.00","currency_code":"EUR"}}}],` + paid + `"5.00","currency":"EUR"}]}`, "0.00", "0.00", "Only shipping",
		},
		"money without lines": {
			`{"id":1,"order_id":2,"order_adjustments":[{"kind":"refund_discrepancy","amount":"-20.00"},{"reason":"Shipping refund","amount":"-5.00"}],` + paid + `"25.00","currency":"EUR"}]}`,
			"20.00", "0.00", "without naming goods",
		},
		"less money without lines than booked": {
			`{"id":1,"order_id":2,"order_adjustments":[{"kind":"refund_discrepancy","amount":"-20.00"},{"kind":"shipping_refund","amount":"-5.00"}],` + paid + `"15.00","currency":"EUR"}]}`,
			"10.00", "0.00", "€10.00 back",
		},
		"shipping told in both ways": {
			`{"id":1,"order_id":2,"order_adjustments":[{"kind":"refund_discrepancy","amount":"-20.00"},{"kind":"shipping_refund","amount":"-5.00"}],
			  "refund_shipping_lines":[{"subtotal_amount_set":{"shop_money":{"amount":"5.00","currency_code":"EUR"}}}],` + paid + `"25.00","currency":"EUR"}]}`,
			"20.00", "0.00", "€20.00 back",
		},
		"goods back, money kept": {
			`{"id":1,"order_id":2,"restock":true,"refund_line_items":[{"line_item_id":7,"quantity":1,"subtotal":50.0,"subtotal_set":{"shop_money":{"amount":"50.00","currency_code":"EUR"}},
			  "line_item":{"price":"50.00","quantity":1}}],"transactions":[]}`, "0.00", "0.00", "no money has gone back",
		},
		"goods back, no money, no currency": {
			`{"id":1,"order_id":2,"refund_line_items":[{"line_item_id":7,"quantity":1,"line_item":{"price":"50.00","quantity":1}}]}`, "0.00", "0.00", "neither money nor a currency",
		},
		"money on its way": {
			`{"id":1,"order_id":2,"refund_line_items":[{"line_item_id":7,"quantity":1,"subtotal":50.0,"line_item":{"price":"50.00","quantity":1}}],
			  "order_adjustments":[{"kind":"refund_discrepancy","amount":"50.00"}],"transactions":[{"kind":"refund","status":"pending","amount":"50.00","currency":"USD"}]}`,
			"0.00", "50.00", "$50.00 more will come off",
		},
		"money that failed, or was only released": {
			`{"id":1,"order_id":2,"refund_line_items":[{"line_item_id":7,"quantity":1,"subtotal":50.0,"line_item":{"price":"50.00","quantity":1}}],
			  "transactions":[{"kind":"refund","status":"failure","amount":"50.00","currency":"USD"},{"kind":"void","status":"success","amount":"50.00","currency":"USD"}]}`,
			"0.00", "0.00", "no money has gone back",
		},
		"gift card": {
			`{"id":1,"order_id":2,"refund_line_items":[{"line_item_id":7,"quantity":1,"subtotal":50.0,"line_item":{"price":"50.00","quantity":1,"gift_card":true}}],` + paid + `"50.00","currency":"USD"}]}`,
			"0.00", "0.00", "None of the refunded lines counted",
		},
		"paid in another currency": {
			`{"id":1,"order_id":2,"refund_line_items":[{"line_item_id":7,"quantity":1,"subtotal":134.0,"subtotal_set":{"shop_money":{"amount":"134.00","currency_code":"CAD"},
			  "presentment_money":{"amount":"100.00","currency_code":"USD"}},"line_item":{"price":"134.00","quantity":1}}],` + paid + `"50.00","currency":"USD"}]}`, "67.00", "0.00", "only CA$67.00",
		},
		"paid in another currency at no known rate": {
			`{"id":1,"order_id":2,"total_duties_set":{"shop_money":{"amount":"0.00","currency_code":"CAD"}},"refund_line_items":[{"line_item_id":7,"quantity":1,"subtotal":134.0,
			  "line_item":{"price":"134.00","quantity":1}}],` + paid + `"100.00","currency":"USD"}]}`, "134.00", "0.00", "nothing shows the rate",
		},
	} {
		t.Run(name, func(t *testing.T) {
			got := refund(t, c.body).Lowering()
			if got.Amount.String() != c.want || got.Pending.String() != c.pending {
				t.Errorf("got %s and %s pending, want %s and %s: %q", got.Amount, got.Pending, c.want, c.pending, got.Because)
			}
			if !strings.Contains(strings.Join(got.Because, " "), c.because) {
				t.Errorf("the explanation %q does not say %q", got.Because, c.because)
			}
		})
	}
}

func TestForeignRefundsAreReadOrRefusedWithTheField(t *testing.T) {
	for body, field := range map[string]string{
		`{"id":1}`:       "id",
		`{"order_id":1}`: "id",
		`{"id":1,"order_id":2,"refund_line_items":[{"quantity":2,"line_item":{"quantity":1}}]}`:                                                                            "refund_line_items[0].quantity",
		`{"id":1,"order_id":2,"transactions":[{"kind":"refund","status":"success","amount":"1.00","currency":"XXX"}]}`:                                                     "currency",
		`{"id":1,"order_id":2,"transactions":[{"kind":"refund","status":"success","amount":"-1.00","currency":"USD"}]}`:                                                    "transactions",
		`{"id":1,"order_id":2,"transactions":[{"kind":"refund","status":"success","amount":"1.00","currency":"USD"}],"refund_line_items":[{"quantity":1,"subtotal":"x"}]}`: "refund_line_items[0].subtotal",
	} {
		_, err := ParseRefund([]byte(body))
		if f, ok := fault.As(err); !ok || f.Kind != fault.KindInvalid || f.Field != field {
			t.Errorf("%s: got %v, want a fault in %q", body, err, field)
		}
	}
}
