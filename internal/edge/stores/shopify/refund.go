package shopify

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"rapport/internal/base/money"
)

// Refund is goods taken back, money given back, or both. Amounts are in Currency, the shop's own, and never negative except Discrepancy.
type Refund struct {
	ID, OrderID string
	CreatedAt   time.Time
	Currency    money.Currency // "" if the body names none; then every amount is zero
	Test        bool
	Lines       []RefundLine
	Money       money.Amount // went back and arrived
	Pending     money.Amount // on its way; Shopify Payments often announces a refund while it is
	RateUnknown bool         // the money is in another currency and nothing shows the rate: taken to be what the lines and shipping come to
	Shipping    money.Amount // of the money, for shipping, with its tax
	Discrepancy money.Amount // what was given back less than computed, or, below zero, more
}

// RefundLine is one refunded line, after discounts.
type RefundLine struct {
	LineID        string
	ProductID     string
	SKU, Title    string
	Quantity      int
	Amount        money.Amount // with tax where TaxesIncluded
	Tax           money.Amount // of Quantity
	TaxesIncluded bool         // read from price, rate and tax, since a refund does not say it
	GiftCard, Tip bool
}

// ParseRefund reads the body of a refunds/create delivery. Its errors are faults, as those of ParseOrder.
func ParseRefund(raw []byte) (Refund, error) {
	var w wireRefund
	if err := unpack(raw, "refund", &w); err != nil {
		return Refund{}, err
	}
	r := &reader{}
	refund := r.refund("", w)
	if (refund.ID == "" || refund.OrderID == "") && len(r.faults) == 0 {
		r.refuse("id", "and order_id must both be given")
	}
	if err := r.err(); err != nil {
		return Refund{}, err
	}
	return refund, nil
}

// refund reads a refund on its own, or one inside an order, whose currency the reader then knows.
func (r *reader) refund(field string, w wireRefund) Refund {
	if r.currency == "" {
		r.currency = w.currency()
		if r.currency != "" && !r.currency.Valid() {
			r.refuse(field+"currency", "must be an ISO 4217 code")
			r.currency = ""
		}
	}
	f := Refund{
		ID:        r.id(field+"id", w.ID, w.GID),
		OrderID:   r.id(field+"order_id", w.OrderID),
		CreatedAt: r.when(field+"created_at", w.CreatedAt),
		Currency:  r.currency,
		Shipping:  money.Zero(r.currency), Discrepancy: money.Zero(r.currency),
		Money: money.Zero(r.currency), Pending: money.Zero(r.currency),
	}
	if len(w.Lines) > maxLines || len(w.Transactions) > maxLines || len(w.Adjustments) > maxLines || len(w.ShippingLines) > maxLines {
		r.refuse(field+"refund_line_items", "must have at most %d entries, as every list of a refund", maxLines)
		return f
	}
	for i := range w.Lines {
		f.Lines = append(f.Lines, r.refundLine(fmt.Sprintf("%srefund_line_items[%d].", field, i), w, i))
	}
	r.adjustments(field, &f, w)
	r.transactions(field, &f, w)
	return f
}

// currency finds the shop's currency: beside any amount that is given in both, else that of the money.
func (w wireRefund) currency() money.Currency {
	candidates := []scalar{w.Duties.Shop.Currency}
	for _, l := range w.Lines {
		candidates = append(candidates, l.SubtotalSet.Shop.Currency, l.Line.PriceSet.Shop.Currency)
	}
	for _, s := range w.ShippingLines {
		candidates = append(candidates, s.Subtotal.Shop.Currency)
	}
	for _, a := range w.Adjustments {
		candidates = append(candidates, a.AmountSet.Shop.Currency)
	}
	for _, t := range w.Transactions {
		candidates = append(candidates, t.Currency)
	}
	return money.Currency(strings.ToUpper(string(firstOf(candidates...))))
}

func (r *reader) refundLine(field string, w wireRefund, i int) RefundLine {
	from := w.Lines[i]
	line := r.line(field+"line_item.", from.Line)
	l := RefundLine{
		LineID:    r.id(field+"line_item_id", from.LineID, from.Line.ID),
		ProductID: line.ProductID, SKU: line.SKU, Title: line.Title, GiftCard: line.GiftCard, Tip: line.Tip,
		Quantity: r.quantity(field+"quantity", from.Quantity),
	}
	if line.Quantity == 0 { // a body that names only what came back
		line.Quantity = l.Quantity
		r.bound(field+"line_item.", &line)
	}
	if l.Quantity > line.Quantity {
		r.refuse(field+"quantity", "must not be more than was sold")
		return l
	}
	whole := max(line.Price.Minor*int64(line.Quantity)-line.Discount.Minor, 0)
	l.Amount = money.Amount{Minor: prorate(whole, l.Quantity, line.Quantity), Currency: r.currency}
	if told := r.optionalPrice(field+"subtotal", from.SubtotalSet, from.Subtotal); told != nil {
		l.Amount = *told
	}
	l.Tax = money.Amount{Minor: prorate(line.Tax.Minor, l.Quantity, line.Quantity), Currency: r.currency}
	if told := r.optionalPrice(field+"total_tax", from.TaxSet, from.Tax); told != nil {
		l.Tax = *told
	}
	l.TaxesIncluded = taxInside(whole, line.Tax.Minor, from.Line.Taxes)
	return l
}

// taxInside tells whether a price contains its tax. A refund does not say it, and what it lowers must not depend on whether its order
// was seen: so it is read from the figures. At 19 %, a price of 119.00 with 19.00 tax contains it, one of 100.00 with 19.00 does not.
// Where neither fits, as with compound taxes, the price is taken to be without tax, the rule in most shops that publish bodies.
func taxInside(price, tax int64, lines []wireTax) bool {
	const scale = 1_000_000
	rate := int64(0)
	for _, l := range lines {
		part, err := strconv.ParseFloat(string(l.Rate), 64) // compared with a tolerance, never multiplied into an amount that is paid
		if err != nil || part < 0 || part > 10 {
			return false
		}
		rate += int64(part*scale + 0.5)
	}
	if rate == 0 || rate > 10*scale || tax == 0 || price == 0 {
		return false
	}
	offInside, offOnTop := distance(tax, share(price, rate, scale+rate)), distance(tax, share(price, rate, scale))
	tolerance := int64(len(lines)) + 1 // each tax is rounded by itself
	return offInside <= tolerance && offInside < offOnTop
}

func distance(a, b int64) int64 { return max(a-b, b-a) }

// adjustments reads what the refund says beyond its lines. Since 2024-10 shipping has a list of its own and adjustments may have no kind.
func (r *reader) adjustments(field string, f *Refund, w wireRefund) {
	for i, s := range w.ShippingLines {
		name := fmt.Sprintf("%srefund_shipping_lines[%d]", field, i)
		f.Shipping.Minor += r.price(name, s.Subtotal, "").Minor + r.price(name, s.Tax, "").Minor
	}
	for i, a := range w.Adjustments {
		name := fmt.Sprintf("%sorder_adjustments[%d].amount", field, i)
		amount, tax := r.shopAmount(name, a.AmountSet, a.Amount), r.shopAmount(name, a.TaxSet, a.Tax)
		minor := minorOf(amount) + minorOf(tax)
		kind := strings.ToLower(string(firstOf(a.Kind, a.Reason)))
		switch {
		case !strings.Contains(kind, "shipping"):
			f.Discrepancy.Minor += minor
		case len(w.ShippingLines) == 0: // otherwise told twice
			f.Shipping.Minor += distance(minor, 0)
		}
	}
}

func minorOf(a *money.Amount) int64 {
	if a == nil {
		return 0
	}
	return a.Minor
}

// transactions adds up the money. It is in the currency the buyer paid in.
func (r *reader) transactions(field string, f *Refund, w wireRefund) {
	for i, t := range w.Transactions {
		name := fmt.Sprintf("%stransactions[%d].amount", field, i)
		sum := &f.Money
		switch status := strings.ToLower(string(t.Status)); {
		case !strings.EqualFold(string(t.Kind), "refund"):
			continue
		case status == "pending":
			sum = &f.Pending
		case status != "success":
			continue
		}
		f.Test = f.Test || t.Test.yes()
		paid := money.Currency(strings.ToUpper(string(t.Currency)))
		if paid == "" {
			paid = f.Currency
		}
		if !paid.Valid() {
			r.refuse(name, "must come with an ISO 4217 currency")
			continue
		}
		if a := r.amount(name, string(t.Amount), paid); a != nil {
			inShop, ok := w.convert(*a, f.Currency)
			sum.Minor += inShop.Minor
			if !ok {
				f.RateUnknown = true
				sum.Minor = f.goods() + f.Shipping.Minor + max(-f.Discrepancy.Minor, 0)
			}
		}
	}
	if f.Money.IsNegative() || f.Pending.IsNegative() || f.Money.Minor > maxMinor || f.Pending.Minor > maxMinor {
		r.refuse(field+"transactions", "must add up to an amount that can have gone back")
	}
}

// convert brings money into the shop's currency at the rate that the refund's own amounts show: all of them in the one over all in the other.
func (w wireRefund) convert(a money.Amount, shop money.Currency) (money.Amount, bool) {
	if a.Currency == shop {
		return a, true
	}
	sets := []wireSet{w.Duties}
	for _, l := range w.Lines {
		sets = append(sets, l.SubtotalSet, l.TaxSet, l.Line.PriceSet)
	}
	for _, s := range w.ShippingLines {
		sets = append(sets, s.Subtotal, s.Tax)
	}
	for _, adjustment := range w.Adjustments {
		sets = append(sets, adjustment.AmountSet)
	}
	var ours, theirs int64
	for _, s := range sets {
		x, errShop := money.ParseRounded(string(s.Shop.Amount), shop)
		y, errPaid := money.ParseRounded(string(s.Presentment.Amount), a.Currency)
		if errShop == nil && errPaid == nil && max(distance(x.Minor, 0), distance(y.Minor, 0)) <= maxMinor {
			ours, theirs = ours+distance(x.Minor, 0), theirs+distance(y.Minor, 0)
		}
	}
	if ours == 0 || theirs == 0 {
		return money.Zero(shop), false
	}
	converted, err := a.Times(ours, theirs)
	if err != nil || distance(converted.Minor, 0) > maxMinor {
		return money.Zero(shop), false
	}
	return money.Amount{Minor: converted.Minor, Currency: shop}, true
}
