package sim

import (
	"math"
	"time"

	"rapport/internal/base/money"
)

// Reasons why an order was truly made.
const (
	CauseCreator      = "creator"      // a creator brought the buyer
	CauseOrganic      = "organic"      // no creator was near
	CauseCannibalised = "cannibalised" // the buyer would have bought anyway and used a code or link on the way
)

// Nobody stands in Order.Cause where no creator caused the order.
const Nobody = -1

// Order is one purchase in the shop with the truth about it. All amounts are minor units of Currency.
type Order struct {
	ID       int64          `json:"id"`
	Number   int64          `json:"number"`
	At       time.Time      `json:"at"`
	Buyer    Buyer          `json:"buyer"`
	Visitor  int64          `json:"visitor"`
	Currency money.Currency `json:"currency"`
	Lines    []Line         `json:"lines"`
	Shipping int64          `json:"shipping"`
	Included bool           `json:"taxes_included"`
	TaxRate  float64        `json:"tax_rate"` // 0.07 is 7 %
	Code     string         `json:"code,omitempty"`
	Clicks   []*Click       `json:"clicks,omitempty"` // whose tokens the shop still knows, oldest first
	Landing  string         `json:"landing"`          // destination the visit began at

	Cause int    `json:"cause"` // Creator.No, or Nobody
	Why   string `json:"why"`
}

// Buyer is an invented customer. Mail hosts are reserved names that never receive mail.
type Buyer struct {
	ID      int64  `json:"id"`
	First   string `json:"first"`
	Last    string `json:"last"`
	Email   string `json:"email"`
	Country string `json:"country"`
	City    string `json:"city"`
	Orders  int    `json:"orders"` // before this one
}

// Line is one row of an order. Price is per piece as on the price list; Discount and Tax are for the whole line.
type Line struct {
	ID       int64  `json:"id"`
	SKU      string `json:"sku"`
	Title    string `json:"title"`
	Category string `json:"category"`
	Grams    int    `json:"grams"`
	Quantity int64  `json:"quantity"`
	Price    int64  `json:"price"`
	Discount int64  `json:"discount"`
	Tax      int64  `json:"tax"`
	GiftCard bool   `json:"gift_card,omitempty"`
}

// Net is what the buyer pays for the line after the discount; it contains the tax where the shop's prices do.
func (l Line) Net() int64 { return l.Price*l.Quantity - l.Discount }

// Gross, Discounts and Tax are sums over the lines.
func (o *Order) Gross() int64 { return o.sum(func(l Line) int64 { return l.Price * l.Quantity }) }

// Discounts is what the code took off.
func (o *Order) Discounts() int64 { return o.sum(func(l Line) int64 { return l.Discount }) }

// Tax is all tax of the order, whether the prices contain it or not.
func (o *Order) Tax() int64 { return o.sum(func(l Line) int64 { return l.Tax }) }

// Total is what the buyer pays: lines − discounts + shipping, and the tax where the prices do not contain it.
func (o *Order) Total() int64 {
	total := o.Gross() - o.Discounts() + o.Shipping
	if !o.Included {
		total += o.Tax()
	}
	return total
}

// Commissionable is line prices after discounts, without tax, shipping and gift cards.
func (o *Order) Commissionable() int64 {
	return o.sum(func(l Line) int64 { return o.goods(l, l.Quantity) })
}

// goods is the commissionable part of quantity pieces of a line.
func (o *Order) goods(l Line, quantity int64) int64 {
	if l.GiftCard {
		return 0
	}
	part := portion(l.Net(), quantity, l.Quantity)
	if o.Included {
		part -= portion(l.Tax, quantity, l.Quantity)
	}
	return part
}

func (o *Order) sum(of func(Line) int64) int64 {
	var sum int64
	for _, l := range o.Lines {
		sum += of(l)
	}
	return sum
}

// Refund gives back some lines of an order, and the shipping with the last of them.
type Refund struct {
	ID       int64        `json:"id"`
	At       time.Time    `json:"at"`
	Order    *Order       `json:"-"`
	OrderID  int64        `json:"order_id"`
	Lines    []RefundLine `json:"lines"`
	Shipping int64        `json:"shipping"`
	Note     string       `json:"note"`
}

// RefundLine gives back Quantity pieces of Order.Lines[Line]; Subtotal is after the discount, on the same basis as the price.
type RefundLine struct {
	Line     int   `json:"line"`
	Quantity int64 `json:"quantity"`
	Subtotal int64 `json:"subtotal"`
	Tax      int64 `json:"tax"`
}

// Money is what goes back to the buyer.
func (r *Refund) Money() int64 {
	sum := r.Shipping
	for _, l := range r.Lines {
		sum += l.Subtotal
		if !r.Order.Included {
			sum += l.Tax
		}
	}
	return sum
}

// Commissionable is how much the refund lowers Order.Commissionable.
func (r *Refund) Commissionable() int64 {
	var sum int64
	for _, l := range r.Lines {
		sum += r.Order.goods(r.Order.Lines[l.Line], l.Quantity)
	}
	return sum
}

// basket fills an order with lines, the code's discount, tax and shipping.
func (m *Market) basket(d dice, o *Order) {
	s := m.Params.Shop
	o.Included, o.TaxRate = s.TaxesIncluded, s.TaxPercent/100
	kinds := min(6, 1+d.poisson(m.Params.Lines-1))
	bought := map[string]bool{}
	for range kinds {
		p := assortment[d.weighted(weightsOf(assortment, func(p product) float64 { return p.popularity }))]
		if !bought[p.sku] {
			bought[p.sku] = true
			o.Lines = append(o.Lines, m.line(d, o, p))
		}
	}
	if d.chance(0.015) {
		o.Lines = append(o.Lines, m.line(d, o, giftCard))
	}
	if o.Gross()-o.Discounts() < convert(s.FreeShipping, s.Currency, o.Currency) {
		o.Shipping = convert(s.Shipping, s.Currency, o.Currency)
	}
}

func (m *Market) line(d dice, o *Order, p product) Line {
	l := Line{
		SKU: p.sku, Title: p.title, Category: p.category, Grams: p.grams, Quantity: 1, GiftCard: p.sku == giftCard.sku,
		Price: int64(math.Round(p.usd * priceFactor[o.Currency])),
	}
	if l.GiftCard {
		return l
	}
	if d.chance(0.12) {
		l.Quantity = 2
	}
	if o.Code != "" {
		l.Discount = portion(l.Price*l.Quantity, int64(m.Params.Shop.CodePercent), 100)
	}
	l.Tax = int64(math.Round(float64(l.Net()) * o.TaxRate))
	if o.Included {
		l.Tax = l.Net() - int64(math.Round(float64(l.Net())/(1+o.TaxRate)))
	}
	return l
}

// portion is amount × num ÷ den, rounded half up; amounts here are positive and far from overflow.
func portion(amount, num, den int64) int64 { return (2*amount*num + den) / (2 * den) }

func convert(minor int64, from, to money.Currency) int64 {
	return int64(math.Round(float64(minor) * priceFactor[to] / priceFactor[from]))
}
