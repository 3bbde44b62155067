package sim

import (
	"cmp"
	"container/heap"
	"iter"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"rapport/internal/base/money"
)

// Event is one thing that happens; exactly one of the pointers is set.
type Event struct {
	At     time.Time `json:"at"`
	Click  *Click    `json:"click,omitempty"`
	Order  *Order    `json:"order,omitempty"`
	Refund *Refund   `json:"refund,omitempty"`
	Cancel *Order    `json:"cancel,omitempty"`

	seq int64 // decides between events of one moment
}

// Click is one request for a link.
type Click struct {
	No       int64     `json:"no"` // unique in the market
	At       time.Time `json:"at"`
	Link     Link      `json:"link"`
	Visitor  int64     `json:"visitor"`
	Agent    string    `json:"agent"`
	Language string    `json:"language,omitempty"`
	Referrer string    `json:"referrer,omitempty"`
	Mark     Mark      `json:"mark,omitempty"`
	Kept     bool      `json:"kept,omitempty"` // an order will bring its token
}

// Mark says why a click is not a person's, as far as the request shows it.
type Mark string

// The marks the market plays; "" is a person.
const (
	MarkPrefetch Mark = "prefetch"
	MarkBot      Mark = "bot"
)

// firstID begins the ids of a market's orders and refunds. It hangs on Now, so that two markets played into one server do not meet.
func (m *Market) firstID() int64 { return m.Now.Unix() * 10_000 }

// walk generates the events day by day. Everything of a day happens at or after its beginning, so a heap gives them in order of time.
type walk struct {
	m         *Market
	due       queue
	seq       int64
	clicks    int64
	visitors  int64
	orders    int64
	refundNo  int64
	lastBuyer int64
	customers []Buyer
	pulls     []float64
}

// Events yields everything that happens, in order of time, from Now−Days to Now+LiveDays. Every range over it begins anew and is the same.
func (m *Market) Events() iter.Seq[Event] {
	return func(yield func(Event) bool) {
		w := &walk{m: m, pulls: weightsOf(m.partners, func(c *Creator) float64 { return c.pull })}
		for k := range m.Params.Days + m.Params.LiveDays {
			day := m.start().Add(days(float64(k)))
			w.day(newDice(m.Seed, streamDays+uint64(k)), day) //nolint:gosec // k counts up from 0
			if !w.yieldUntil(day.Add(24*time.Hour), yield) {
				return
			}
		}
	}
}

// yieldUntil hands out what is due before the moment and reports whether more is wanted.
func (w *walk) yieldUntil(until time.Time, yield func(Event) bool) bool {
	for len(w.due) > 0 && w.due[0].At.Before(until) {
		e := heap.Pop(&w.due).(Event)
		w.number(e)
		if !yield(e) {
			return false
		}
	}
	return true
}

// number gives orders and refunds their ids when their time comes, so that ids rise with time as a shop's do.
func (w *walk) number(e Event) {
	switch {
	case e.Order != nil:
		e.Order.ID, e.Order.Number = w.m.firstID()+w.orders, w.m.Params.FirstNumber+w.orders
		for i := range e.Order.Lines {
			e.Order.Lines[i].ID = e.Order.ID*10 + int64(i)
		}
		w.orders++
	case e.Refund != nil:
		w.refundNo++
		e.Refund.ID, e.Refund.OrderID = (w.m.firstID()+w.refundNo)*10, e.Refund.Order.ID
	}
}

func (w *walk) day(d dice, day time.Time) {
	for _, c := range w.m.partners {
		buyers := w.m.demand(c, day) * w.m.scale
		for range d.poisson(buyers) {
			w.journey(d, c, moment(d, day, c.Joined))
		}
		for range d.poisson(buyers * (1/c.Conversion - 1)) {
			w.passer(d, c, moment(d, day, c.Joined))
		}
	}
	for range d.poisson(w.m.Params.Organic * w.m.mood(day)) {
		o := &Order{Visitor: w.visitor(), Cause: Nobody, Why: CauseOrganic, Landing: "https://" + w.m.Params.Shop.Host + "/"}
		w.order(d, o, moment(d, day, day))
	}
}

// hourly is how busy each hour of a day is. Assumed: little at night, most in the evening.
var hourly = []float64{2, 1, 1, 1, 1, 2, 3, 4, 5, 6, 6, 7, 8, 7, 7, 7, 8, 9, 10, 11, 11, 9, 6, 4}

// moment is a time inside the day, not before the given one. The hours are counted from the day's beginning, whatever o'clock that is.
func moment(d dice, day, notBefore time.Time) time.Time {
	at := day.Add(hours(float64(d.weighted(hourly)) + d.Float64()))
	if at.Before(notBefore) {
		return notBefore
	}
	return at
}

// passer is somebody who looks and does not buy, or no person at all.
func (w *walk) passer(d dice, c *Creator, at time.Time) {
	click := w.click(d, c, at, w.visitor())
	switch x := d.Float64(); {
	case x < w.m.Params.Bots:
		click.Agent, click.Language, click.Referrer, click.Mark = pick(d, robots), "", "", MarkBot
	case x < w.m.Params.Bots+w.m.Params.Prefetches:
		click.Mark = MarkPrefetch
	}
	w.push(Event{At: at, Click: click})
}

func (w *walk) click(d dice, c *Creator, at time.Time, visitor int64) *Click {
	w.clicks++
	platform := c.Profiles[0].Platform
	a := person(d, platform)
	return &Click{
		No: w.clicks, At: at, Link: pick(d, c.Links), Visitor: visitor, Agent: a.text, Language: a.language, Referrer: platform.referrer(),
	}
}

func (w *walk) visitor() int64 { w.visitors++; return w.visitors }

func (w *walk) currency(d dice) money.Currency {
	shares := w.m.Params.Currencies
	list := slices.Sorted(maps.Keys(shares))
	return list[d.weighted(weightsOf(list, func(c money.Currency) float64 { return shares[c] }))]
}

func (w *walk) push(e Event) {
	w.seq++
	e.seq = w.seq
	heap.Push(&w.due, e)
}

// queue is a heap by time, then by order of making.
type queue []Event

func (q queue) Len() int { return len(q) }
func (q queue) Less(i, j int) bool {
	return cmp.Or(q[i].At.Compare(q[j].At), cmp.Compare(q[i].seq, q[j].seq)) < 0
}
func (q queue) Swap(i, j int) { q[i], q[j] = q[j], q[i] }

// Push and Pop are called by container/heap only.
func (q *queue) Push(x any) { *q = append(*q, x.(Event)) }

// Pop takes the last element.
func (q *queue) Pop() any {
	last := (*q)[len(*q)-1]
	*q = (*q)[:len(*q)-1]
	return last
}

func slug(s string) string        { return strings.ReplaceAll(plain(s), " ", "-") }
func number(n int64) string       { return strconv.FormatInt(n, 10) }
func timeText(t time.Time) string { return t.UTC().Format(time.RFC3339) }
