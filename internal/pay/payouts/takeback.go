package payouts

import (
	"context"

	"rapport/internal/base/audit"
	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/pay/commissions"
	"rapport/internal/pay/ledger"
)

const longestReason = 1000 // bytes

// Cancel gives up a batch that was not sent: its money is available again. Asked again it answers with what stands.
func (c Cashier) Cancel(ctx context.Context, tx *db.Tx, p auth.Principal, id ID) (Batch, error) {
	b, err := held(ctx, tx, p, id, auth.PermMoney)
	if err != nil {
		return b, err
	}
	switch b.Status {
	case StatusCancelling, StatusCancelled:
		return b, nil
	case StatusSending, StatusSent:
		return b, wrongStatus("The payment run was sent. A payment that comes back can be booked as returned.")
	case StatusPreparing, StatusDraft, StatusApproved:
	}
	before := b
	b.Status = StatusCancelling
	if err := decided(ctx, tx, p, "payout.cancel", before, b); err != nil {
		return b, err
	}
	return c.step(ctx, tx, b)
}

// cancelSome releases items until the work of this transaction is used up or none is left.
func cancelSome(ctx context.Context, tx *db.Tx, b Batch, w *work) (Batch, error) {
	for _, status := range []ItemStatus{ItemReserved, ItemReserving, ItemReleasing} {
		for w.left() {
			items, err := itemsIn(ctx, tx, b.ID, status, 1)
			if err != nil {
				return b, err
			}
			if len(items) == 0 {
				break
			}
			if err := releaseSome(ctx, tx, items[0], w); err != nil {
				return b, err
			}
		}
	}
	open, err := anyOpen(ctx, tx, b.ID)
	if err == nil && !open {
		b.Status, b.CancelledAt = StatusCancelled, tx.Now()
	}
	return b, err
}

// releaseSome gives an item's money back to the balance and takes its commissions off it, as many as one transaction should. Until the last is
// off, the creator is in no new batch.
func releaseSome(ctx context.Context, tx *db.Tx, item Item, w *work) error {
	if _, err := ledger.Hold(ctx, tx, item.Program, item.Creator, item.Amount.Currency); err != nil {
		return err
	}
	if item.Status != ItemReleasing {
		ref := "released:" + string(item.ID)
		if err := move(ctx, tx, item, ledger.KindReleased, ref, ledger.AccountInTransit, ledger.AccountAvailable, item.Amount); err != nil {
			return err
		}
		item.Status = ItemReleasing
	}
	limit := w.chunk()
	released, err := commissions.Release(ctx, tx, string(item.ID), limit)
	w.spend(released + 1)
	if err != nil {
		return err
	}
	if released == limit {
		return saveItem(ctx, tx, item)
	}
	return setItem(ctx, tx, item, ItemReleased)
}

// Return books that a payment came back: its money is available again and its commissions are approved again. It needs a reason, which the
// creator reads. Asked again it answers with what stands.
func (c Cashier) Return(ctx context.Context, tx *db.Tx, p auth.Principal, id ItemID, reason string) (Item, error) {
	item, err := FindItem(ctx, tx, id)
	if err != nil {
		return item, err
	}
	b, err := held(ctx, tx, p, item.Batch, auth.PermMoney)
	if err != nil {
		return Item{}, err
	}
	if item, err = FindItem(ctx, tx, id); err != nil { // again, now that nobody else changes it
		return item, err
	}
	switch item.Status {
	case ItemReturning, ItemReturned:
		return item, nil
	case ItemReserving, ItemReserved, ItemReleasing, ItemReleased:
		return item, wrongStatus("Only a payment that was made can come back.")
	case ItemPaid:
	}
	if b.Status != StatusSent {
		return item, wrongStatus("The payment run is still being sent. Try again in a moment.")
	}
	if err := checkReason(reason); err != nil {
		return item, err
	}
	before := item
	if item, err = takeIn(ctx, tx, item, reason, c.newWork()); err != nil {
		return item, err
	}
	was, is := map[string]any{"status": before.Status, "amount": before.Amount}, map[string]any{"status": ItemReturned, "amount": item.Amount}
	return item, audit.Record(ctx, tx, p, item.Program, "payout.return", string(item.ID), was, is, reason)
}

func checkReason(reason string) error {
	switch {
	case reason == "":
		return fault.Invalid("Say why it came back; the creator will read it.").In("reason")
	case len(reason) > longestReason:
		return fault.Invalidf("A reason has at most %d characters.", longestReason).In("reason")
	default:
		return nil
	}
}

func takeIn(ctx context.Context, tx *db.Tx, item Item, reason string, w *work) (Item, error) {
	if _, err := ledger.Hold(ctx, tx, item.Program, item.Creator, item.Amount.Currency); err != nil {
		return item, err
	}
	ref := "returned:" + string(item.ID)
	if err := move(ctx, tx, item, ledger.KindReturned, ref, ledger.AccountPaid, ledger.AccountAvailable, item.Amount); err != nil {
		return item, err
	}
	item.Status, item.Failure = ItemReturning, reason
	return unlinkReturned(ctx, tx, item, w)
}

func unlinkReturned(ctx context.Context, tx *db.Tx, item Item, w *work) (Item, error) {
	limit := w.chunk()
	returned, err := commissions.Return(ctx, tx, string(item.ID), item.Failure, limit)
	w.spend(returned + 1)
	if err != nil {
		return item, err
	}
	if returned == limit {
		return item, saveItem(ctx, tx, item)
	}
	item.Status = ItemReturned
	return item, setItem(ctx, tx, item, ItemReturned)
}

// returnSome goes on with payments that came back and have many commissions.
func returnSome(ctx context.Context, tx *db.Tx, b Batch, w *work) error {
	for w.left() {
		items, err := itemsIn(ctx, tx, b.ID, ItemReturning, 1)
		if err != nil || len(items) == 0 {
			return err
		}
		if _, err := ledger.Hold(ctx, tx, items[0].Program, items[0].Creator, items[0].Amount.Currency); err != nil {
			return err
		}
		if _, err := unlinkReturned(ctx, tx, items[0], w); err != nil {
			return err
		}
	}
	return nil
}
