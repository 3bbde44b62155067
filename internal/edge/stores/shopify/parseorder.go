package shopify

import (
	"fmt"
	"strings"

	"rapport/internal/base/fault"
	"rapport/internal/base/money"
)

// DefaultClickParam is the name of the query parameter and cart attribute that carry click tokens, unless a program chose another.
const DefaultClickParam = "rp_click"

// ParseOrder reads the body of an orders/… delivery. Click tokens are looked for under clickParam; "" means DefaultClickParam.
// Its errors are faults: too large, malformed, or invalid with the fields that are wrong.
func ParseOrder(raw []byte, clickParam string) (Order, error) {
	var w wireOrder
	if err := unpack(raw, "order", &w); err != nil {
		return Order{}, err
	}
	currency, err := money.ParseCurrency(strings.ToUpper(string(firstOf(w.Currency, w.SubtotalSet.Shop.Currency, w.TotalSet.Shop.Currency))))
	if err != nil {
		return Order{}, err
	}
	if len(w.Lines) > maxLines || len(w.Refunds) > maxRefunds {
		return Order{}, fault.Invalidf("An order can have at most %d lines and %d refunds.", maxLines, maxRefunds).In("line_items")
	}
	r := &reader{currency: currency}
	o := r.order(w)
	o.attribute(w, clickParam)
	if o.ID == "" && len(r.faults) == 0 {
		r.refuse("id", "is missing")
	}
	if err := r.err(); err != nil {
		return Order{}, err
	}
	return o, nil
}

func (r *reader) order(w wireOrder) Order {
	o := Order{
		ID:              r.id("id", w.ID, w.GID),
		Name:            clip(string(w.Name), maxKey),
		Number:          r.key("order_number", w.Number),
		CheckoutToken:   r.key("checkout_token", w.CheckoutToken),
		CreatedAt:       r.when("created_at", w.CreatedAt),
		ProcessedAt:     r.when("processed_at", w.ProcessedAt),
		UpdatedAt:       r.when("updated_at", w.UpdatedAt),
		CancelledAt:     r.when("cancelled_at", w.CancelledAt),
		Currency:        r.currency,
		FinancialStatus: strings.ToLower(clip(string(w.FinancialStatus), maxKey)),
		SourceName:      clip(string(w.SourceName), maxKey),
		ReferringHost:   hostOf(string(w.ReferringSite)),
		Test:            w.Test.yes(),
		Exchange:        w.exchange(),
		TaxesIncluded:   w.TaxesIncluded.yes(),
	}
	if c := money.Currency(w.Presentment); c.Valid() {
		o.Presentment = c
	}
	r.totals(&o, w)
	for i, line := range w.Refunds {
		refund := r.refund(fmt.Sprintf("refunds[%d].", i), line)
		refund.OrderID = o.ID
		o.Refunds = append(o.Refunds, refund)
	}
	for i, line := range w.Lines {
		o.Lines = append(o.Lines, r.line(fmt.Sprintf("line_items[%d].", i), line))
	}
	r.removed(&o, w.Lines)
	return o
}

func (r *reader) totals(o *Order, w wireOrder) {
	o.Subtotal = r.optionalPrice("subtotal_price", w.SubtotalSet, w.Subtotal)
	o.CurrentSubtotal = r.optionalPrice("current_subtotal_price", w.CurrentSubtotalSet, w.CurrentSubtotal)
	o.Total = r.optionalPrice("total_price", w.TotalSet, w.Total)
	o.Tax = r.optionalPrice("total_tax", w.TotalTaxSet, w.TotalTax)
	o.Discounts = r.price("total_discounts", w.DiscountsSet, w.Discounts)
	o.Tips = r.price("total_tip_received", wireSet{}, w.Tips)
	o.ShippingTax, o.ShippingDiscount = money.Zero(r.currency), money.Zero(r.currency)
	for i, s := range w.ShippingLines {
		field := fmt.Sprintf("shipping_lines[%d].", i)
		o.ShippingTax.Minor += r.taxes(field+"tax_lines", s.Taxes).Minor
		o.ShippingDiscount.Minor += r.allocations(field+"discount_allocations", s.Allocations).Minor
	}
	o.Shipping = r.total("shipping_lines", len(w.ShippingLines), func(i int) (wireSet, scalar) {
		return w.ShippingLines[i].PriceSet, w.ShippingLines[i].Price
	})
	if told := r.optionalPrice("total_shipping_price_set", w.ShippingSet, ""); told != nil {
		o.Shipping = *told
	}
}

// line reads a line of an order, or the one that a refund repeats.
func (r *reader) line(field string, w wireLine) Line {
	l := Line{
		ID:               r.id(field+"id", w.ID, w.GID),
		ProductID:        r.id(field+"product_id", w.ProductID),
		VariantID:        r.id(field+"variant_id", w.VariantID),
		SKU:              clip(string(w.SKU), maxName),
		Title:            clip(string(w.Title), maxName),
		Category:         clip(string(w.ProductType), maxName),
		Vendor:           clip(string(w.Vendor), maxName),
		Quantity:         r.quantity(field+"quantity", w.Quantity),
		Price:            r.price(field+"price", w.PriceSet, w.Price),
		Discount:         r.allocations(field+"discount_allocations", w.Allocations),
		Tax:              r.taxes(field+"tax_lines", w.Taxes),
		GiftCard:         w.GiftCard.yes(),
		Tip:              w.TipGateway != "" || w.TipMethod != "",
		RequiresShipping: w.RequiresShipping.yes(),
	}
	if len(w.Allocations) == 0 { // bodies from before 2018 know discounts of single lines only
		l.Discount = r.price(field+"total_discount", w.TotalDiscountSet, w.TotalDiscount)
	}
	r.bound(field, &l)
	return l
}

// bound refuses a line whose price times quantity is more than an amount may be, so that what follows cannot overflow.
func (r *reader) bound(field string, l *Line) {
	if l.Quantity > 0 && l.Price.Minor > maxMinor/int64(l.Quantity) {
		r.refuse(field+"price", "times the quantity is too much")
		l.Price.Minor = 0
	}
}

// removed tells what an edit took off the order from what came back for money. current_quantity is smaller by both, and a refund lowers
// the order by itself: counting it here as well would take it off twice.
func (r *reader) removed(o *Order, lines []wireLine) {
	cameBack := map[string]int{}
	for _, refund := range o.Refunds {
		for _, l := range refund.Lines {
			if refund.Money.IsPositive() || refund.Pending.IsPositive() {
				cameBack[l.LineID] += l.Quantity
			}
		}
	}
	for i := range o.Lines {
		l := &o.Lines[i]
		if told := lines[i].CurrentQuantity; told != "" {
			current := r.quantity(fmt.Sprintf("line_items[%d].current_quantity", i), told)
			l.Removed = max(l.Quantity-current-cameBack[l.ID], 0)
		}
	}
}

// exchange looks for the marks of an exchange: the payment method of Shopify's own exchanges, or the tag that return apps set.
func (w wireOrder) exchange() bool {
	for _, gateway := range w.Gateways {
		if g := strings.ReplaceAll(strings.ToLower(string(gateway)), "_", "-"); g == "exchange-credit" {
			return true
		}
	}
	for tag := range strings.SplitSeq(string(w.Tags), ",") {
		switch strings.ToLower(strings.TrimSpace(tag)) {
		case "exchange", "exchange order", "exchange-order", "loop exchange", "loop-exchange":
			return true
		}
	}
	return strings.EqualFold(string(w.SourceName), "exchange")
}

func firstOf(candidates ...scalar) scalar {
	for _, s := range candidates {
		if s != "" {
			return s
		}
	}
	return ""
}
