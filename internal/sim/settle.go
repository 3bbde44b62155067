package sim

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"
)

// Settlement says what becomes of the commissions that History left pending. The shares are of the pending ones, oldest first; the rest stays pending.
type Settlement struct {
	Paid     float64 // approved, then paid out in one batch
	Approved float64 // approved, and waiting for the next batch
	Rail     string  // "" is csv

	// Release approves and sends a prepared batch. nil asks the API for both, which needs a key that may; cmd can hand in another.
	Release func(ctx context.Context, batch string) error
}

// DefaultSettlement leaves a third pending.
var DefaultSettlement = Settlement{Paid: 0.5, Approved: 0.17}

type foundCommission struct {
	ID         string    `json:"id"`
	OccurredAt time.Time `json:"occurred_at"`
}

// Settle approves and pays out, so that a viewer finds money in every state. It returns the id of the batch, "" where nothing was paid.
func (d *Driver) Settle(ctx context.Context, s Settlement) (string, error) {
	d.phase("settle")
	pending, err := d.pending(ctx)
	if err != nil {
		return "", err
	}
	paid := int(s.Paid * float64(len(pending)))
	approved := min(len(pending), paid+int(s.Approved*float64(len(pending))))
	if err := d.approve(ctx, pending[:paid]); err != nil {
		return "", err
	}
	batch := ""
	if paid > 0 {
		if batch, err = d.payOut(ctx, s); err != nil {
			return "", err
		}
	}
	return batch, d.approve(ctx, pending[paid:approved])
}

// pending lists the pending commissions, oldest first; where the server gives no date the ids tell, since they rise with time.
func (d *Driver) pending(ctx context.Context) ([]foundCommission, error) {
	var list []foundCommission
	err := pages(ctx, d.client, "/commissions", url.Values{"program_id": {d.Program}, "status": {"pending"}}, func(c foundCommission) {
		list = append(list, c)
	})
	slices.SortFunc(list, func(a, b foundCommission) int {
		return cmp.Or(a.OccurredAt.Compare(b.OccurredAt), cmp.Compare(a.ID, b.ID))
	})
	return list, err
}

func (d *Driver) approve(ctx context.Context, list []foundCommission) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(d.opts.Workers)
	for _, c := range list {
		g.Go(func() error {
			return d.client.Post(ctx, "/commissions/"+c.ID+"/approve", "sim-approve-"+c.ID, because{"The time for returns is over."}, nil)
		})
	}
	return g.Wait()
}

func (d *Driver) payOut(ctx context.Context, s Settlement) (string, error) {
	rail := cmp.Or(s.Rail, "csv")
	body := newPayout{d.Program, string(d.market.Params.Shop.Currency), rail}
	var batch made
	if err := d.client.Post(ctx, "/payouts", fmt.Sprintf("sim-%d-%s-payout-%d", d.market.Seed, d.Program, d.market.Now.Unix()), body, &batch); err != nil {
		return "", err
	}
	if s.Release != nil {
		return batch.ID, s.Release(ctx, batch.ID)
	}
	for _, step := range []string{"approve", "send"} {
		if err := d.client.Post(ctx, "/payouts/"+batch.ID+"/"+step, "sim-"+step+"-"+batch.ID, struct{}{}, nil); err != nil {
			return batch.ID, err
		}
	}
	return batch.ID, nil
}

// Demo sets a market up, plays its history, settles, calls opened, and stays live until ctx is cancelled.
func Demo(ctx context.Context, opts Options, m *Market, s Settlement, opened func(*Driver) error) error {
	d, err := NewDriver(opts, m)
	if err != nil {
		return err
	}
	if err := d.Setup(ctx); err != nil {
		return err
	}
	if err := d.History(ctx); err != nil {
		return err
	}
	if _, err := d.Settle(ctx, s); err != nil {
		return err
	}
	if err := d.Recruit(ctx); err != nil {
		return err
	}
	if err := opened(d); err != nil {
		return err
	}
	return d.Live(ctx)
}
