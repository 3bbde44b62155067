package shopify

import (
	"fmt"

	"rapport/internal/base/money"
)

// Commissionable is the part of an order that commissions are computed on.
type Commissionable struct {
	Amount  money.Amount
	Parts   []Part   // one for each line of the order, in its order; they sum to Amount
	Because []string // how it came about, as sentences
}

// Part is what one line adds.
type Part struct {
	LineID string
	Amount money.Amount
}

// Commissionable returns line prices after discounts, without tax, shipping, tips and gift cards, and never more than the shop's own subtotal
// without the tax and gift cards inside it. Where the lines come to more, they are cut in proportion by largest remainder.
//
// It does not ask whether the order earns at all; Excluded does.
func (o Order) Commissionable() Commissionable {
	c := Commissionable{Parts: make([]Part, len(o.Lines))}
	sums := o.sumLines(c.Parts)
	goods := money.Amount{Minor: sums.goods, Currency: o.Currency}
	c.say("Goods after discounts come to %s.", goods.Display())
	o.explainLeftOut(&c, sums)
	limit, source := o.limit(sums)
	c.Amount = goods
	if limit < sums.goods {
		c.Amount = money.Amount{Minor: limit, Currency: o.Currency}
		c.cut(goods)
		c.say("%s %s, which is less, so the lines are cut to it in proportion.", source, c.Amount.Display())
	}
	return c
}

// lineSums are in minor units. Every amount that was read is at most maxMinor and there are at most maxLines, so they cannot overflow.
type lineSums struct {
	goods     int64 // what counts
	tax       int64 // inside the prices of all lines
	gifts     int64 // gift cards, without tax
	discounts int64 // of all lines
	removed   bool
}

// sumLines fills parts with what each line is worth before any cut.
func (o Order) sumLines(parts []Part) lineSums {
	var sums lineSums
	for i, l := range o.Lines {
		parts[i] = Part{l.ID, money.Zero(o.Currency)}
		discount, tax := prorate(l.Discount.Minor, l.Sold(), l.Quantity), int64(0)
		if o.TaxesIncluded {
			tax = prorate(l.Tax.Minor, l.Sold(), l.Quantity)
		}
		net := max(l.Price.Minor*int64(l.Sold())-discount-tax, 0)
		sums.removed = sums.removed || l.Removed > 0
		switch {
		case l.Tip:
			continue
		case l.GiftCard:
			sums.gifts += net
		default:
			sums.goods += net
			parts[i].Amount.Minor = net
		}
		sums.tax += tax
		sums.discounts += discount
	}
	return sums
}

// prorate returns what of minor units given for a whole quantity belongs to a part of it.
func prorate(minor int64, part, whole int) int64 {
	if part == whole || whole == 0 {
		return minor
	}
	return share(minor, int64(part), int64(whole))
}

// share returns minor × num ÷ den. What was read is at most maxMinor, and no caller multiplies it by more than 10.
func share(minor, num, den int64) int64 {
	a, err := money.Amount{Minor: minor}.Times(num, den)
	if err != nil {
		panic("BUG: a share of an amount does not fit: " + err.Error())
	}
	return a.Minor
}

// limit returns the most that the goods can be worth by the order's own totals, and where that figure is from.
func (o Order) limit(sums lineSums) (int64, string) {
	inside := sums.gifts + o.taxInside(sums)
	if o.Subtotal == nil {
		// Discounts on the whole order that no line carries. Codes that are listed have not always taken something off; this total has.
		loose := o.Discounts.Minor - o.ShippingDiscount.Minor - sums.discounts
		missing := max(loose, 0) + max(inside-sums.gifts-sums.tax, 0)
		return max(sums.goods-missing, 0), "Discounts and tax that the lines do not show leave"
	}
	subtotal := o.Subtotal.Minor
	if o.CurrentSubtotal != nil && !o.moneyCameBack() {
		subtotal = min(subtotal, o.CurrentSubtotal.Minor)
	}
	source := "The shop's own subtotal is"
	if inside > 0 {
		source = "The shop's own subtotal without the tax and gift cards in it is"
	}
	return max(subtotal-inside, 0), source
}

// taxInside is the tax inside the subtotal: that of the lines, or, where they are silent or say more than the order's total tax, the
// order's without that of shipping.
func (o Order) taxInside(sums lineSums) int64 {
	if !o.TaxesIncluded || o.Tax == nil {
		return sums.tax
	}
	ofOrder := max(o.Tax.Minor-o.ShippingTax.Minor, 0)
	if sums.tax == 0 {
		return ofOrder
	}
	return min(sums.tax, ofOrder)
}

// moneyCameBack says that the current subtotal is smaller because of refunds, which lower the order by themselves.
func (o Order) moneyCameBack() bool {
	for _, r := range o.Refunds {
		if r.Money.IsPositive() || r.Pending.IsPositive() {
			return true
		}
	}
	return false
}

// cut shares the new amount over the parts.
func (c *Commissionable) cut(from money.Amount) {
	weights := make([]int64, len(c.Parts))
	for i, p := range c.Parts {
		weights[i] = p.Amount.Minor
	}
	shares, err := money.Split(c.Amount, weights)
	if err != nil {
		panic("BUG: lines worth " + from.String() + " cannot be cut: " + err.Error())
	}
	for i := range c.Parts {
		c.Parts[i].Amount = shares[i]
	}
}

func (c *Commissionable) say(format string, args ...any) {
	c.Because = append(c.Because, fmt.Sprintf(format, args...))
}

// explainLeftOut names everything on the order that does not count, with its amount.
func (o Order) explainLeftOut(c *Commissionable, sums lineSums) {
	if sums.removed {
		c.say("Items that were removed from the order do not count.")
	}
	for _, left := range []struct {
		what  string
		minor int64
	}{
		{"Tax inside the prices", o.taxInside(sums)},
		{"Gift cards", sums.gifts},
		{"Shipping", o.Shipping.Minor},
		{"Tips", o.Tips.Minor},
		{"Tax on top", o.taxOnTop()},
	} {
		if left.minor > 0 {
			c.say("%s of %s does not count.", left.what, money.Amount{Minor: left.minor, Currency: o.Currency}.Display())
		}
	}
}

func (o Order) taxOnTop() int64 {
	if o.TaxesIncluded || o.Tax == nil {
		return 0
	}
	return o.Tax.Minor
}
