package payouts

import (
	"context"
	"crypto/sha256"
	"fmt"
	"slices"

	"rapport/internal/base/audit"
	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/programs"
	"rapport/internal/pay/commissions"
	"rapport/internal/pay/ledger"
	"rapport/internal/recruit/creators"
)

// filesInline is up to how many items the file is written inside the transaction that sends; opening the accounts takes some 10 µs each.
const filesInline = 200

// Send hands an approved batch to its rail, once: asked again it answers with what stands. A batch that is too large for one transaction comes
// back as sending and goes on with Finish.
func (c Cashier) Send(ctx context.Context, tx *db.Tx, p auth.Principal, id ID) (Batch, error) {
	b, err := held(ctx, tx, p, id, auth.PermMoney)
	if err != nil {
		return b, err
	}
	switch b.Status {
	case StatusSending, StatusSent:
		return b, nil
	case StatusPreparing, StatusDraft:
		return b, fault.Conflict("not_approved", "The payment run must be approved before it is sent.")
	case StatusCancelling, StatusCancelled:
		return b, wrongStatus("The payment run was cancelled.")
	case StatusApproved:
	}
	before := b
	b.Status, b.SentBy, b.SentName = StatusSending, identity(p), p.Name
	if err := decided(ctx, tx, p, "payout.send", before, b); err != nil {
		return b, err
	}
	if b.Items <= filesInline {
		file, err := c.write(ctx, tx, b)
		if err != nil {
			return b, err
		}
		if b, err = c.keep(ctx, tx, b, file); err != nil {
			return b, err
		}
	}
	return c.step(ctx, tx, b)
}

// write has the rail write the batch down.
func (c Cashier) write(ctx context.Context, tx *db.Tx, b Batch) (File, error) {
	rail, ok := c.Rails.find(b.Rail)
	if !ok {
		return File{}, fmt.Errorf("cannot send %s: the rail %s is not there any more", b.ID, b.Rail)
	}
	payments, err := c.payments(ctx, tx, b)
	if err != nil {
		return File{}, err
	}
	file, err := rail.File(b, payments)
	if err != nil {
		return File{}, fmt.Errorf("cannot write the file of %s: %w", b.ID, err)
	}
	sum := sha256.Sum256(file.Content)
	file.SHA256 = sum[:]
	return file, nil
}

func (c Cashier) payments(ctx context.Context, tx *db.Tx, b Batch) ([]Payment, error) {
	program, err := programs.Find(ctx, tx, b.Program)
	if err != nil {
		return nil, err
	}
	items, err := itemsIn(ctx, tx, b.ID, ItemReserved, mostItems)
	if err != nil {
		return nil, err
	}
	names, err := namesOf(ctx, tx, items)
	if err != nil {
		return nil, err
	}
	payments := make([]Payment, 0, len(items))
	for _, item := range items {
		payment := Payment{
			Key: item.ProviderKey, Item: item.ID, Creator: item.Creator, Name: names[item.Creator], Payee: names[item.Creator], Method: item.Method,
			Amount: item.Amount, Reference: reference(program.Name, item.ID),
		}
		if item.Method != "" {
			if payment.Payee, payment.Account, err = c.open(item); err != nil {
				return nil, err
			}
		}
		payments = append(payments, payment)
	}
	return payments, nil
}

func namesOf(ctx context.Context, tx *db.Tx, items []Item) (map[creators.ID]string, error) {
	names := make(map[creators.ID]string, len(items))
	for some := range slices.Chunk(items, 500) {
		ids := make([]creators.ID, len(some))
		for i, item := range some {
			ids[i] = item.Creator
		}
		found, err := creators.FindMany(ctx, tx, ids)
		if err != nil {
			return nil, err
		}
		for _, c := range found {
			names[c.ID] = c.Name
		}
	}
	return names, nil
}

// keep stores the file, sealed, before any of its payments is booked.
func (c Cashier) keep(ctx context.Context, tx *db.Tx, b Batch, file File) (Batch, error) {
	sealed, err := c.Box.Seal(filePurpose(b.ID), file.Content)
	if err != nil {
		return b, err
	}
	if err := saveFile(ctx, tx, b.ID, file, sealed); err != nil {
		return b, err
	}
	b.FileName, b.FileSHA256, b.hasFile = file.Name, file.SHA256, true
	return b, nil
}

func filePurpose(id ID) string { return "payout file " + string(id) }

// sendSome books payments until the work of this transaction is used up or all are booked. The file comes first.
func (c Cashier) sendSome(ctx context.Context, tx *db.Tx, b Batch, w *work) (Batch, error) {
	if !b.hasFile {
		return b, nil
	}
	for w.left() {
		items, err := itemsIn(ctx, tx, b.ID, ItemReserved, itemsAtOnce)
		if err != nil {
			return b, err
		}
		if len(items) == 0 {
			b.Status, b.SentAt = StatusSent, tx.Now()
			return b, nil
		}
		for _, item := range items {
			if !w.left() {
				break
			}
			if err := payItem(ctx, tx, b, item, w); err != nil {
				return b, err
			}
		}
	}
	return b, nil
}

// payItem makes an item's commissions paid, as many as one transaction should, and with the last of them books the payment.
func payItem(ctx context.Context, tx *db.Tx, b Batch, item Item, w *work) error {
	if _, err := ledger.Hold(ctx, tx, item.Program, item.Creator, item.Amount.Currency); err != nil {
		return err
	}
	limit := w.chunk()
	paid, err := commissions.Pay(ctx, tx, string(item.ID), b.SentName, limit)
	w.spend(paid + 1)
	if err != nil || paid == limit {
		return err
	}
	if err := move(ctx, tx, item, ledger.KindPaid, "paid:"+string(item.ID), ledger.AccountInTransit, ledger.AccountPaid, item.Amount); err != nil {
		return err
	}
	return setItem(ctx, tx, item, ItemPaid)
}

// File returns the file of a sent batch. Who took it is kept in the audit, so call it inside an update: the file holds bank accounts.
func (c Cashier) File(ctx context.Context, tx *db.Tx, p auth.Principal, id ID) (File, error) {
	b, err := Find(ctx, tx, id)
	if err != nil {
		return File{}, err
	}
	if err := require(p, b.Program, auth.PermMoney, "payout"); err != nil {
		return File{}, err
	}
	if b.Status != StatusSent {
		return File{}, fault.Conflict("not_sent", "The file is there once the payment run was sent.")
	}
	file, sealed, err := storedFile(ctx, tx, id)
	if err != nil {
		return File{}, err
	}
	if file.Content, err = c.Box.Open(filePurpose(id), sealed); err != nil {
		return File{}, fmt.Errorf("cannot open the file of %s: %w", id, err)
	}
	return file, audit.Record(ctx, tx, p, b.Program, "payout.file", string(id), nil, nil, "")
}
