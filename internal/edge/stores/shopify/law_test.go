package shopify

import (
	"encoding/json"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"rapport/internal/base/money"
)

// dec writes cents as a shop does.
func dec(cents int64) string { return money.Amount{Minor: cents, Currency: "EUR"}.String() }

func drawOrder(t *rapid.T) string {
	cents := func(name string, most int64) string { return dec(rapid.Int64Range(0, most).Draw(t, name)) }
	var lines []map[string]any
	for i := range rapid.IntRange(0, 6).Draw(t, "lines") {
		quantity := rapid.IntRange(0, 5).Draw(t, "quantity")
		line := map[string]any{
			"id": i + 1, "quantity": quantity, "price": cents("price", 20_000), "gift_card": rapid.Bool().Draw(t, "gift"),
			"tax_lines": []any{map[string]any{"price": cents("tax", 5_000)}}, "discount_allocations": []any{map[string]any{"amount": cents("discount", 9_000)}},
		}
		if rapid.Bool().Draw(t, "edited") {
			line["current_quantity"] = rapid.IntRange(0, 6).Draw(t, "current")
		}
		lines = append(lines, line)
	}
	body := map[string]any{
		"id": 1, "currency": "EUR", "taxes_included": rapid.Bool().Draw(t, "included"), "line_items": lines,
		"total_tax": cents("total tax", 20_000), "total_discounts": cents("discounts", 20_000),
	}
	if rapid.Bool().Draw(t, "subtotal told") {
		body["subtotal_price"] = cents("subtotal", 90_000)
	}
	raw, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func TestCommissionableIsNeverNegativeNorAboveTheSubtotalAndItsPartsSum(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		body := drawOrder(t)
		o, err := ParseOrder([]byte(body), "")
		if err != nil {
			t.Fatal(err)
		}
		checkCommissionable(t, o)
	})
}

type fataler interface{ Fatalf(string, ...any) }

func checkCommissionable(t fataler, o Order) {
	c := o.Commissionable()
	sum, gross := int64(0), int64(0)
	for i, p := range c.Parts {
		l := o.Lines[i]
		sum += p.Amount.Minor
		gross += l.Price.Minor * int64(l.Quantity)
		if p.Amount.IsNegative() || p.Amount.Minor > l.Price.Minor*int64(l.Sold()) || ((l.GiftCard || l.Tip) && !p.Amount.IsZero()) {
			t.Fatalf("line %+v adds %s", l, p.Amount)
		}
	}
	switch {
	case sum != c.Amount.Minor:
		t.Fatalf("parts sum to %d, not to %s", sum, c.Amount)
	case c.Amount.IsNegative(), c.Amount.Minor > gross:
		t.Fatalf("%s is not between nothing and %d", c.Amount, gross)
	case o.Subtotal != nil && c.Amount.Minor > o.Subtotal.Minor:
		t.Fatalf("%s is above the subtotal %s", c.Amount, o.Subtotal)
	case len(c.Because) == 0:
		t.Fatalf("no explanation")
	}
}

func TestRefundNeverLowersByMoreThanItsMoneyOrItsGoods(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		price := rapid.Int64Range(0, 20_000).Draw(t, "price")
		sold := rapid.IntRange(1, 5).Draw(t, "sold")
		back := rapid.IntRange(0, sold).Draw(t, "back")
		discount := rapid.Int64Range(0, price*int64(sold)).Draw(t, "discount")
		paid := rapid.Int64Range(0, 120_000).Draw(t, "paid")
		status := rapid.SampledFrom([]string{"success", "pending", "failure"}).Draw(t, "status")
		f, err := ParseRefund(fmt.Appendf(nil, `{"id":1,"order_id":2,"refund_line_items":[{"line_item_id":7,"quantity":%d,"line_item":
		  {"price":%q,"quantity":%d,"total_discount":%q}}],"transactions":[{"kind":"refund","status":%q,"amount":%q,"currency":"EUR"}]}`,
			back, dec(price), sold, dec(discount), status, dec(paid)))
		if err != nil {
			t.Fatal(err)
		}
		checkLowering(t, f)
		if l := f.Lowering(); l.Amount.Minor > price*int64(back) || (status != "success" && !l.Amount.IsZero()) {
			t.Fatalf("lowers by %s", l.Amount)
		}
	})
}

func checkLowering(t fataler, f Refund) {
	l := f.Lowering()
	if l.Amount.IsNegative() || l.Pending.IsNegative() || l.Amount.Minor > f.Money.Minor || l.Amount.Minor+l.Pending.Minor > f.Money.Minor+f.Pending.Minor || len(l.Because) == 0 {
		t.Fatalf("a refund of %s (pending %s) lowers by %s (pending %s): %q", f.Money, f.Pending, l.Amount, l.Pending, l.Because)
	}
}
