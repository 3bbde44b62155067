package sim

import (
	"slices"
	"time"
)

// maxTouches bounds a journey's clicks.
const maxTouches = 9

// journey walks one buyer forward from the first touch at t: creator c brings the buyer, others may come after, then the order.
func (w *walk) journey(d dice, c *Creator, t time.Time) {
	p := w.m.Params
	o := &Order{Visitor: w.visitor(), Cause: c.No, Why: CauseCreator, Landing: "https://" + p.Shop.Host + "/"}
	if d.chance(p.Cannibalised) {
		o.Cause, o.Why = Nobody, CauseCannibalised
	}
	withCode := d.chance(p.CodeUsed)
	clicks := w.touches(d, c, t, withCode && d.chance(p.CodeWithoutLink), o.Visitor)
	last := t
	if len(clicks) > 0 {
		last = clicks[len(clicks)-1].At
		o.Landing = clicks[len(clicks)-1].Link.Destination
	}
	if withCode {
		o.Code = w.codeOf(d, c, clicks)
	}
	if !d.chance(p.CookieLost) {
		o.Clicks = clicks
		for _, click := range clicks {
			click.Kept = true
		}
	}
	for _, click := range clicks {
		w.push(Event{At: click.At, Click: click})
	}
	w.order(d, o, last.Add(min(days(45), d.wait(p.HoursToOrder, 1.5))))
}

// touches are the clicks of a journey, oldest first. codeOnly leaves out the first one: the buyer heard the code and typed it.
func (w *walk) touches(d dice, c *Creator, t time.Time, codeOnly bool, visitor int64) []*Click {
	agent := person(d, c.Profiles[0].Platform)
	count := 1 + min(maxTouches-1, d.poisson(w.m.Params.ExtraTouches))
	if codeOnly {
		count = 1
	}
	var clicks []*Click
	for i := range count {
		by := c
		if i > 0 {
			t = t.Add(min(days(20), d.wait(20, 1.2)))
			if d.chance(0.5) {
				by = w.someone(d)
			}
		}
		if codeOnly || by.Joined.After(t) {
			continue
		}
		click := w.click(d, by, t, visitor)
		click.Agent, click.Language = agent.text, agent.language
		if d.chance(w.m.Params.Prefetches) {
			click.Mark = MarkPrefetch
		}
		clicks = append(clicks, click)
	}
	return clicks
}

// codeOf is mostly the code of who brought the buyer; sometimes a later creator's code is the one at hand.
func (w *walk) codeOf(d dice, c *Creator, clicks []*Click) string {
	if len(clicks) > 1 && d.chance(0.25) {
		return w.m.Creators[clicks[len(clicks)-1].Link.Creator].Code
	}
	return c.Code
}

// someone is a partner drawn by pull.
func (w *walk) someone(d dice) *Creator { return w.m.partners[d.weighted(w.pulls)] }

// order completes the order and plans what may follow: a cancel within hours, or one or two refunds within weeks.
func (w *walk) order(d dice, o *Order, at time.Time) {
	p := w.m.Params
	o.At, o.Buyer, o.Currency = at.Truncate(time.Second).Add(time.Second), w.buyer(d), w.currency(d)
	w.m.basket(d, o)
	w.push(Event{At: o.At, Order: o})
	switch {
	case d.chance(p.Cancels):
		w.push(Event{At: o.At.Add(hours(0.5 + 20*d.Float64())), Cancel: o})
	case d.chance(p.Refunds):
		w.refunds(d, o)
	}
}

func (w *walk) refunds(d dice, o *Order) {
	goods := goodsOf(o)
	at := o.At.Add(days(d.in(w.m.Params.RefundDays)))
	switch {
	case !d.chance(w.m.Params.FullRefunds):
		one := pick(d, goods)
		w.push(refund(o, at, 0, pick(d, refundNotes), piece(o, one, 1)))
	case len(goods) > 1 && d.chance(0.3): // everything goes back, in two parcels
		w.push(refund(o, at, 0, pick(d, refundNotes), piece(o, goods[0], o.Lines[goods[0]].Quantity)))
		w.push(refund(o, at.Add(days(2)), o.Shipping, "the rest of the parcel came back", wholeLines(o, goods[1:])...))
	default:
		w.push(refund(o, at, o.Shipping, pick(d, refundNotes), wholeLines(o, goods)...))
	}
}

var refundNotes = []string{"did not suit the skin", "arrived damaged", "ordered twice", "changed my mind", "wrong size"}

// goodsOf are the lines that can come back: gift cards cannot. There is always at least one.
func goodsOf(o *Order) []int {
	var list []int
	for i, l := range o.Lines {
		if !l.GiftCard {
			list = append(list, i)
		}
	}
	return list
}

func wholeLines(o *Order, lines []int) []RefundLine {
	var list []RefundLine
	for _, i := range lines {
		list = append(list, piece(o, i, o.Lines[i].Quantity))
	}
	return list
}

func piece(o *Order, line int, quantity int64) RefundLine {
	l := o.Lines[line]
	return RefundLine{
		Line: line, Quantity: quantity, Subtotal: portion(l.Net(), quantity, l.Quantity), Tax: portion(l.Tax, quantity, l.Quantity),
	}
}

func refund(o *Order, at time.Time, shipping int64, note string, lines ...RefundLine) Event {
	at = at.Truncate(time.Second)
	return Event{At: at, Refund: &Refund{At: at, Order: o, Lines: lines, Shipping: shipping, Note: note}}
}

// buyer is a new customer, or one of those who bought before.
func (w *walk) buyer(d dice) Buyer {
	if len(w.customers) > 0 && !d.chance(w.m.Params.NewCustomer) {
		b := &w.customers[d.IntN(len(w.customers))]
		b.Orders++
		return *b
	}
	w.lastBuyer++
	h := homes[d.weighted(weightsOf(homes, func(h home) float64 { return h.weight }))]
	b := Buyer{ID: 7_000_000_000 + w.lastBuyer, First: pick(d, firstNames), Last: pick(d, lastNames), Country: h.country, City: pick(d, h.cities)}
	b.Email = slug(b.First) + "." + slug(b.Last) + "." + number(w.lastBuyer) + "@customer.example"
	w.customers = append(w.customers, b)
	if len(w.customers) > 2000 { // the oldest do not come back
		w.customers = slices.Delete(w.customers, 0, 500)
	}
	return b
}
