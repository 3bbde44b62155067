package payouts

import (
	"context"
	"errors"
	"time"

	"rapport/internal/base/db"
)

const (
	creatorsAtOnce    = 20 // read ahead
	itemsAtOnce       = 20
	commissionsAtOnce = 50                    // changed in one go
	stepTime          = 20 * time.Millisecond // after which a transaction takes up nothing more; the law is 50 ms
)

// work bounds what one transaction does.
type work struct {
	until time.Time
	units int
	spent bool
}

func (c Cashier) newWork() *work {
	if c.units > 0 {
		return &work{until: wall().Add(time.Hour), units: c.units}
	}
	return &work{until: wall().Add(stepTime), units: 1 << 30}
}

// wall is the machine's clock, not the transaction's: this is about how long others wait, and decides nothing else.
func wall() time.Time { return time.Now() } //nolint:forbidigo // see above

// left reports whether there is room for more. There is until something was done, so that every transaction gets on.
func (w *work) left() bool { return !w.spent || w.units > 0 && wall().Before(w.until) }

func (w *work) spend(units int) { w.units, w.spent = w.units-units, true }

// chunk is how many commissions to change in one go.
func (w *work) chunk() int { return max(1, min(w.units, commissionsAtOnce)) }

// step does one transaction's worth of what a batch is in the middle of, and stores how far it came. Call it with the batch locked.
func (c Cashier) step(ctx context.Context, tx *db.Tx, b Batch) (Batch, error) {
	before, w := b.Status, c.newWork()
	var err error
	switch b.Status {
	case StatusPreparing:
		b, err = c.prepareSome(ctx, tx, b, w)
	case StatusSending:
		b, err = c.sendSome(ctx, tx, b, w)
	case StatusCancelling:
		b, err = cancelSome(ctx, tx, b, w)
	case StatusSent:
		return b, returnSome(ctx, tx, b, w)
	case StatusDraft, StatusApproved, StatusCancelled:
		return b, nil
	}
	if err != nil {
		return b, err
	}
	if err := saveBatch(ctx, tx, b); err != nil || b.Status == before {
		return b, err
	}
	return b, tell(ctx, tx, b)
}

// Finish carries a batch on, in short transactions, until nothing is left to do but a person's next decision. It may be called at any time, by
// several at once, and after a crash.
func (c Cashier) Finish(ctx context.Context, d *db.DB, id ID) (b Batch, err error) {
	for {
		var open bool
		err = d.View(ctx, func(tx *db.Tx) error {
			if b, err = Find(ctx, tx, id); err != nil {
				return err
			}
			open, err = unfinished(ctx, tx, b)
			return err
		})
		if err != nil || !open {
			return b, err
		}
		if err := c.advance(ctx, d, b); err != nil {
			return b, err
		}
		if err := ctx.Err(); err != nil {
			return b, err
		}
	}
}

// advance is one transaction of Finish. The file of a large batch is written before it, from items that do not change any more.
func (c Cashier) advance(ctx context.Context, d *db.DB, b Batch) error {
	var file File
	if b.Status == StatusSending && !b.hasFile {
		if err := d.View(ctx, func(tx *db.Tx) (err error) { file, err = c.write(ctx, tx, b); return err }); err != nil {
			return err
		}
	}
	return d.Update(ctx, func(tx *db.Tx) error {
		now, err := locked(ctx, tx, b.ID)
		if err != nil {
			return err
		}
		if now.Status == StatusSending && !now.hasFile && file.Content != nil {
			if now, err = c.keep(ctx, tx, now, file); err != nil {
				return err
			}
		}
		_, err = c.step(ctx, tx, now)
		return err
	})
}

func unfinished(ctx context.Context, tx *db.Tx, b Batch) (bool, error) {
	switch b.Status {
	case StatusPreparing, StatusSending, StatusCancelling:
		return true, nil
	case StatusSent:
		returning, err := itemsIn(ctx, tx, b.ID, ItemReturning, 1)
		return len(returning) > 0, err
	case StatusDraft, StatusApproved, StatusCancelled:
	}
	return false, nil
}

// FinishAll finishes every batch that is in the middle of something. Call it at the start and now and then.
func (c Cashier) FinishAll(ctx context.Context, d *db.DB) error {
	var open []ID
	err := d.View(ctx, func(tx *db.Tx) (err error) {
		open, err = db.All(ctx, tx, db.Column[ID], `select id from payout_batches where status in ('preparing', 'sending', 'cancelling')
			union select batch_id from payout_items where status = 'returning' order by 1 limit 1000`)
		return err
	})
	for _, id := range open {
		_, failed := c.Finish(ctx, d, id)
		err = errors.Join(err, failed)
	}
	return err
}
