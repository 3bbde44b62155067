package sim

import (
	"context"
	"fmt"
	"net/url"
	"time"

	"rapport/internal/base/money"
)

// tell sends an order the way its truth says.
func (d *Driver) tell(ctx context.Context, o *Order, t Truth) error {
	if t.Way == WayAPI {
		return d.client.Post(ctx, "/conversions", d.once("order", o.ID), d.conversion(o, t), nil)
	}
	hook, err := d.store.Paid(o, t.tokens(), t.At)
	if err != nil {
		return err
	}
	if err := d.client.Deliver(ctx, d.opts.Shopify.Path, hook); err != nil {
		return err
	}
	if d.repeated(o.ID) {
		return d.client.Deliver(ctx, d.opts.Shopify.Path, hook)
	}
	return nil
}

// repeated picks the share of orders that are delivered twice, always the same ones.
func (d *Driver) repeated(order int64) bool {
	return newDice(d.market.Seed, uint64(order)).chance(d.opts.Repeats) //nolint:gosec // ids are positive
}

func (t Truth) tokens() []string {
	var list []string
	for _, touch := range t.Touches {
		list = append(list, touch.Token)
	}
	return list
}

func (d *Driver) conversion(o *Order, t Truth) newConversion {
	c := newConversion{
		ProgramID: d.Program, Kind: "sale", ExternalID: number(o.ID), Amount: t.Commissionable, Code: o.Code, OccurredAt: t.At,
		Customer: apiCustomer{ID: number(o.Buyer.ID), Email: o.Buyer.Email, New: o.Buyer.Orders == 0},
	}
	for _, touch := range t.Touches {
		c.Touches = append(c.Touches, apiTouch{touch.Token, touch.At.UTC()})
	}
	for _, l := range o.Lines {
		if !l.GiftCard {
			c.Lines = append(c.Lines, apiLine{l.SKU, l.Category, l.Quantity, money.Amount{Minor: o.goods(l, l.Quantity), Currency: o.Currency}})
		}
	}
	return c
}

// refund goes the way its order went, so that both stand in one namespace. An order that was never sent gets no refund.
func (d *Driver) refund(ctx context.Context, r *Refund, at time.Time) error {
	t, ok := d.truth(r.Order.ID)
	if !ok {
		return nil
	}
	if t.Way == WayAPI {
		return d.client.Post(ctx, "/refunds", d.once("refund", r.ID), newRefund{
			d.Program, number(r.Order.ID), number(r.ID), money.Amount{Minor: r.Commissionable(), Currency: r.Order.Currency},
		}, nil)
	}
	hook, err := d.store.Refunded(r, at)
	if err != nil {
		return err
	}
	return d.client.Deliver(ctx, d.opts.Shopify.Path, hook)
}

func (d *Driver) cancel(ctx context.Context, o *Order, at time.Time) error {
	t, ok := d.truth(o.ID)
	if !ok {
		return nil
	}
	if t.Way == WayAPI {
		return d.cancelByAPI(ctx, o)
	}
	hook, err := d.store.Cancelled(o, t.tokens(), t.At, at)
	if err != nil {
		return err
	}
	return d.client.Deliver(ctx, d.opts.Shopify.Path, hook)
}

func (d *Driver) cancelByAPI(ctx context.Context, o *Order) error {
	var list listed[foundConversion]
	if err := d.client.Get(ctx, "/conversions", url.Values{"program_id": {d.Program}, "external_id": {number(o.ID)}}, &list); err != nil {
		return err
	}
	if len(list.Items) != 1 {
		return fmt.Errorf("the server shows %d conversions for order %d, expected one", len(list.Items), o.ID)
	}
	return d.client.Post(ctx, "/conversions/"+list.Items[0].ID+"/cancel", d.once("cancel", o.ID), struct{}{}, nil)
}

func (d *Driver) truth(order int64) (Truth, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	t, ok := d.truths[order]
	return t, ok
}

func (d *Driver) once(what string, subject int64) string {
	return fmt.Sprintf("sim-%s-%s-%d", d.Program, what, subject)
}
