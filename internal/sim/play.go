package sim

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"rapport/internal/base/money"
)

// backfillBatch is how many past clicks are handed over at once.
const backfillBatch = 2000

// History plays everything before Market.Now: first the clicks, through Backfill, then orders, cancels and refunds with their own dates.
func (d *Driver) History(ctx context.Context) error {
	d.phase("history")
	if d.opts.Backfill != nil {
		if err := d.backfill(ctx); err != nil {
			return err
		}
	}
	return d.stream(ctx, d.past, func(err error) error { return err })
}

// past are the events of the history but its clicks.
func (d *Driver) past(context.Context) iter.Seq[Event] {
	return func(yield func(Event) bool) {
		for e := range d.market.Events() {
			if !e.At.Before(d.market.Now) {
				return
			}
			if e.Click == nil && !yield(e) {
				return
			}
		}
	}
}

// Live plays what comes after Market.Now, stretched by Speed from the moment of the call. Everything is dated with the real clock, since the server
// stamps clicks with its own.
func (d *Driver) Live(ctx context.Context) error {
	d.phase("live")
	anchor := d.opts.Clock.Now()
	err := d.stream(ctx, func(ctx context.Context) iter.Seq[Event] { return d.paced(ctx, anchor) }, d.tolerate)
	if errors.Is(err, context.Canceled) && ctx.Err() != nil {
		return nil // somebody ended the show
	}
	return err
}

// paced are the live events, each when its time has come. A wait that is cut short ends them; stream then reports why.
func (d *Driver) paced(ctx context.Context, anchor time.Time) iter.Seq[Event] {
	return func(yield func(Event) bool) {
		for e := range d.market.Events() {
			if e.At.Before(d.market.Now) {
				continue
			}
			if d.waitFor(ctx, anchor, e.At) != nil || !yield(e) {
				return
			}
		}
	}
}

// waitFor waits until a moment of the market has come in real time.
func (d *Driver) waitFor(ctx context.Context, anchor, at time.Time) error {
	if d.opts.Speed == 0 {
		return ctx.Err()
	}
	due := anchor.Add(time.Duration(float64(at.Sub(d.market.Now)) / d.opts.Speed))
	return d.opts.Clock.Wait(ctx, max(0, due.Sub(d.opts.Clock.Now())))
}

func (d *Driver) tolerate(err error) error {
	if d.opts.OnError == nil || errors.Is(err, context.Canceled) {
		return err
	}
	d.count(func(p *Progress) { p.Failures++ })
	d.opts.OnError(err)
	return nil
}

// stream spreads events over the workers by visitor, so that what one visitor does stays in order.
func (d *Driver) stream(ctx context.Context, events func(context.Context) iter.Seq[Event], judge func(error) error) error {
	g, ctx := errgroup.WithContext(ctx)
	lanes := make([]chan Event, d.opts.Workers)
	for i := range lanes {
		lanes[i] = make(chan Event, 16)
		g.Go(func() error {
			for e := range lanes[i] {
				if err := d.play(ctx, e); err != nil {
					if err := judge(err); err != nil {
						return err
					}
				}
			}
			return nil
		})
	}
	g.Go(func() error {
		defer func() {
			for _, lane := range lanes {
				close(lane)
			}
		}()
		for e := range events(ctx) {
			select {
			case lanes[e.visitor()%int64(len(lanes))] <- e:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		return ctx.Err()
	})
	return g.Wait()
}

func (e Event) visitor() int64 {
	switch {
	case e.Click != nil:
		return e.Click.Visitor
	case e.Order != nil:
		return e.Order.Visitor
	case e.Refund != nil:
		return e.Refund.Order.Visitor
	case e.Cancel != nil:
		return e.Cancel.Visitor
	}
	panic("BUG: empty event")
}

func (d *Driver) play(ctx context.Context, e Event) error {
	at := e.At
	if !at.Before(d.market.Now) {
		at = d.opts.Clock.Now()
	}
	var err error
	switch {
	case e.Click != nil:
		err = d.visit(ctx, e.Click)
	case e.Order != nil:
		err = d.order(ctx, e.Order, e.At.Before(d.market.Now), at)
	case e.Refund != nil:
		err = d.refund(ctx, e.Refund, at)
	case e.Cancel != nil:
		err = d.cancel(ctx, e.Cancel, at)
	}
	if err != nil {
		return err
	}
	d.count(func(p *Progress) { p.add(e) })
	return nil
}

func (p *Progress) add(e Event) {
	p.Simulated = e.At
	switch {
	case e.Click != nil:
		p.Clicks++
	case e.Order != nil:
		p.Orders++
	case e.Refund != nil:
		p.Refunds++
	case e.Cancel != nil:
		p.Cancels++
	}
}

// backfill hands the clicks of the past over in batches and keeps the tokens that orders will bring.
func (d *Driver) backfill(ctx context.Context) error {
	var batch []*Click
	for e := range d.market.Events() {
		if !e.At.Before(d.market.Now) {
			break
		}
		if e.Click == nil {
			continue
		}
		if batch = append(batch, e.Click); len(batch) == backfillBatch {
			if err := d.handOver(ctx, batch); err != nil {
				return err
			}
			batch = batch[:0]
		}
	}
	return d.handOver(ctx, batch)
}

func (d *Driver) handOver(ctx context.Context, batch []*Click) error {
	if len(batch) == 0 {
		return nil
	}
	past := make([]PastClick, len(batch))
	for i, c := range batch {
		past[i] = PastClick{Slug: c.Link.Slug, At: c.At, Agent: c.Agent, Language: c.Language, Referrer: c.Referrer, Mark: c.Mark}
	}
	tokens, err := d.opts.Backfill(ctx, past)
	if err != nil {
		return fmt.Errorf("cannot write past clicks: %w", err)
	}
	if len(tokens) != len(past) {
		return fmt.Errorf("the backfill answered %d tokens for %d clicks", len(tokens), len(past))
	}
	for i, c := range batch {
		d.keep(c, tokens[i], c.At)
	}
	d.count(func(p *Progress) { p.Clicks += len(batch); p.Simulated = batch[len(batch)-1].At })
	return nil
}

// keep remembers a token for the order that will bring it.
func (d *Driver) keep(c *Click, token string, at time.Time) {
	if token == "" || !c.Kept {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.tokens[c.No] = SentTouch{d.Parties[c.Link.Creator].PartnershipID, at, token}
}

// visit is a browser that opens a link.
func (d *Driver) visit(ctx context.Context, c *Click) error {
	h := http.Header{"User-Agent": {c.Agent}, "Accept": {"text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"}}
	if c.Language != "" {
		h.Set("Accept-Language", c.Language)
	}
	if c.Referrer != "" {
		h.Set("Referer", c.Referrer)
	}
	if c.Mark == MarkPrefetch {
		h.Set("Sec-Purpose", "prefetch")
	}
	to, err := d.client.Visit(ctx, c.Link.Slug, h)
	if err != nil {
		return err
	}
	d.keep(c, to.Query().Get(d.store.param()), d.opts.Clock.Now())
	return nil
}

// order tells the server of an order, and keeps the truth about it.
func (d *Driver) order(ctx context.Context, o *Order, past bool, at time.Time) error {
	t := Truth{
		Order: o.ID, Number: o.Number, Way: d.way(past), At: at.UTC(), Commissionable: money.Amount{Minor: o.Commissionable(), Currency: o.Currency},
		Why: o.Why, Code: o.Code, Touches: d.take(o),
	}
	if o.Cause != Nobody {
		t.Cause = d.Parties[o.Cause].PartnershipID
	}
	window := time.Duration(d.opts.WindowDays) * 24 * time.Hour
	t.Expected = Expect(d.owners[strings.ToLower(o.Code)], t.Touches, t.At, window)
	if err := d.tell(ctx, o, t); err != nil {
		return err
	}
	return d.record(t)
}

func (d *Driver) way(past bool) Way {
	switch {
	case past:
		return d.opts.Past
	case d.opts.Shopify != nil:
		return WayShopify
	default:
		return WayAPI
	}
}

// take removes the order's tokens from the store. The shop's cookie holds the first and the last seven.
func (d *Driver) take(o *Order) []SentTouch {
	d.mu.Lock()
	defer d.mu.Unlock()
	var touches []SentTouch
	for _, c := range o.Clicks {
		if t, ok := d.tokens[c.No]; ok {
			touches = append(touches, t)
			delete(d.tokens, c.No)
		}
	}
	if len(touches) > 8 {
		touches = append(touches[:1], touches[len(touches)-7:]...)
	}
	return touches
}
