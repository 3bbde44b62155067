package payouts

import (
	"context"
	"errors"
	"fmt"

	"rapport/internal/base/audit"
	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/id"
	"rapport/internal/base/money"
	"rapport/internal/base/programs"
	"rapport/internal/pay/commissions"
	"rapport/internal/pay/ledger"
	"rapport/internal/recruit/creators"
)

// New is a batch to be prepared: everybody in the program to whom at least the program's minimum is available in the currency.
type New struct {
	Program  programs.ID
	Currency money.Currency
	Rail     string
}

// Prepare collects a batch and reserves its money. A batch that is too large for one transaction comes back as preparing and goes on with
// Finish. Where nobody can be paid the fault is nothing_to_pay.
func (c Cashier) Prepare(ctx context.Context, tx *db.Tx, p auth.Principal, n New) (Batch, error) {
	if err := require(p, n.Program, auth.PermMoney, "program"); err != nil {
		return Batch{}, err
	}
	if err := c.check(n); err != nil {
		return Batch{}, err
	}
	// One lock for who prepares: two at once would share the creators between them.
	if err := tx.Lock(ctx, "payouts:"+string(n.Program)+":"+string(n.Currency)); err != nil {
		return Batch{}, err
	}
	if err := refuseBeside(ctx, tx, n); err != nil {
		return Batch{}, err
	}
	b := Batch{
		ID: ID(id.New("pay", tx.Now())), Program: n.Program, Currency: n.Currency, Rail: n.Rail, Status: StatusPreparing, Total: money.Zero(n.Currency),
		PreparedBy: identity(p), PreparedName: p.Name, CreatedAt: tx.Now(),
	}
	if err := insertBatch(ctx, tx, b); err != nil {
		return Batch{}, err
	}
	b, err := c.step(ctx, tx, b)
	if err != nil {
		return Batch{}, err
	}
	if b.Status == StatusCancelled {
		return Batch{}, nothingToPay(ctx, tx, b)
	}
	return b, audit.Record(ctx, tx, p, b.Program, "payout.prepare", string(b.ID), nil, standing(b), "")
}

func (c Cashier) check(n New) error {
	var faults []*fault.Error
	if !n.Currency.Valid() {
		faults = append(faults, fault.Invalid("Give a currency by its three letters, such as EUR.").In("currency"))
	}
	if _, ok := c.Rails.find(n.Rail); !ok {
		faults = append(faults, fault.Invalid("There is no such way to pay.").In("rail"))
	}
	return fault.Join(faults...)
}

func refuseBeside(ctx context.Context, tx *db.Tx, n New) error {
	_, found, err := db.One(ctx, tx, db.Column[ID], `select id from payout_batches where status = 'preparing' and program_id = $1 and currency = $2`,
		n.Program, n.Currency)
	if err == nil && found {
		err = fault.Conflict("payout_preparing", "Another payment run is being prepared. Try again in a moment.")
	}
	return err
}

func nothingToPay(ctx context.Context, tx *db.Tx, b Batch) error {
	skipped, _, err := Skips(ctx, tx, b.ID, db.Page{Limit: 1})
	if err != nil {
		return err
	}
	if len(skipped) > 0 {
		return fault.Conflict("nothing_to_pay", "Nobody can be paid this way: those who have money available have no payout account yet.")
	}
	return fault.Conflict("nothing_to_pay", "There is nothing to pay: nobody has enough money available in that currency.")
}

// prepareSome collects creators until the work of this transaction is used up or nobody is left.
func (c Cashier) prepareSome(ctx context.Context, tx *db.Tx, b Batch, w *work) (Batch, error) {
	program, err := programs.Find(ctx, tx, b.Program)
	if err != nil {
		return b, err
	}
	least := leastOf(program, b.Currency)
	if b, err = goOn(ctx, tx, b, w); err != nil {
		return b, err
	}
	for w.left() {
		next, err := ledger.Payable(ctx, tx, b.Program, least, b.reached, creatorsAtOnce)
		if err != nil {
			return b, err
		}
		if len(next) == 0 || b.Items == mostItems {
			return b.prepared(tx), nil
		}
		for _, one := range next {
			if b.Items == mostItems || !w.left() {
				break
			}
			b.reached = one.Creator
			if b, err = c.take(ctx, tx, b, one.Creator, least, w); err != nil {
				return b, err
			}
		}
	}
	return b, nil
}

// leastOf is the smallest amount worth a payout. The program's minimum is in its own currency; in another, anything is.
func leastOf(p programs.Program, currency money.Currency) money.Amount {
	if p.PayoutMinimum.Currency == currency && p.PayoutMinimum.IsPositive() {
		return p.PayoutMinimum
	}
	return money.Amount{Minor: 1, Currency: currency}
}

// prepared ends the preparation. A batch that has come out empty is cancelled.
func (b Batch) prepared(tx *db.Tx) Batch {
	b.Status = StatusDraft
	if b.Items == 0 {
		b.Status, b.CancelledAt = StatusCancelled, tx.Now()
	}
	return b
}

// take reserves what is available to a creator, if it still is. Who has a payment on its way back waits for the next batch, since the
// commissions of that one are not all free yet.
func (c Cashier) take(ctx context.Context, tx *db.Tx, b Batch, creator creators.ID, least money.Amount, w *work) (Batch, error) {
	balance, err := ledger.Hold(ctx, tx, b.Program, creator, b.Currency)
	w.spend(1)
	if err != nil || balance.Available.Minor < least.Minor {
		return b, err
	}
	busy, err := onItsWayBack(ctx, tx, b, creator)
	if err != nil || busy {
		return b, err
	}
	item, err := c.itemFor(ctx, tx, b, creator)
	if errors.Is(err, errNoAccount) {
		return b, insertSkip(ctx, tx, b, Skipped{creator, balance.Available, SkipNoAccount})
	}
	if err != nil {
		return b, err
	}
	if err := insertItem(ctx, tx, item); err != nil {
		return b, err
	}
	return fill(ctx, tx, b, item, w)
}

var errNoAccount = errors.New("no payout account")

// itemFor makes a creator's item with the account as it is now. A later change of the account does not reach it.
func (c Cashier) itemFor(ctx context.Context, tx *db.Tx, b Batch, creator creators.ID) (Item, error) {
	rail, ok := c.Rails.find(b.Rail)
	if !ok {
		return Item{}, fmt.Errorf("cannot prepare %s: the rail %s is not there any more", b.ID, b.Rail)
	}
	item := Item{
		ID: ItemID(id.New("pit", tx.Now())), Batch: b.ID, Program: b.Program, Creator: creator, Amount: money.Zero(b.Currency), Status: ItemReserving,
		UpdatedAt: tx.Now(), payee: []byte{}, details: []byte{},
	}
	item.ProviderKey = string(item.ID)
	account, found, err := findAccount(ctx, tx, b.Program, creator)
	if err != nil {
		return item, err
	}
	if !found && rail.NeedsAccount() {
		return item, errNoAccount
	}
	if found {
		item.Method, item.Shown, item.payee, item.details = account.Method, account.Shown, account.payee, account.details
		item.Fresh = account.ChangedAt.After(b.CreatedAt.Add(-freshFor))
	}
	return item, nil
}

// goOn finishes items that earlier transactions began.
func goOn(ctx context.Context, tx *db.Tx, b Batch, w *work) (Batch, error) {
	for _, status := range []ItemStatus{ItemReserving, ItemReleasing} {
		for w.left() {
			items, err := itemsIn(ctx, tx, b.ID, status, 1)
			if err != nil {
				return b, err
			}
			if len(items) == 0 {
				break
			}
			if status == ItemReserving {
				b, err = fill(ctx, tx, b, items[0], w)
			} else {
				err = releaseSome(ctx, tx, items[0], w)
			}
			if err != nil {
				return b, err
			}
		}
	}
	return b, nil
}

// fill links commissions to an item, as many as one transaction should, and reserves what of the balance is theirs: all that is available, less
// what stands for commissions that are not linked yet. So the last part takes the rest, whatever was reversed before.
func fill(ctx context.Context, tx *db.Tx, b Batch, item Item, w *work) (Batch, error) {
	limit := w.chunk()
	balance, err := ledger.Hold(ctx, tx, b.Program, item.Creator, b.Currency)
	if err != nil {
		return b, err
	}
	linked, err := commissions.Link(ctx, tx, b.Program, item.Creator, b.Currency, string(item.ID), limit)
	if err != nil {
		return b, err
	}
	w.spend(len(linked) + 1)
	if err := insertParts(ctx, tx, item.ID, linked); err != nil {
		return b, err
	}
	rest := money.Zero(b.Currency)
	if len(linked) == limit {
		if rest, err = commissions.Unlinked(ctx, tx, b.Program, item.Creator, b.Currency); err != nil {
			return b, err
		}
	}
	if item, err = reserve(ctx, tx, item, balance.Available, rest); err != nil || rest.IsPositive() {
		return b, err
	}
	if !item.Amount.IsPositive() { // reversals came between its parts and took all of it
		item.Status = ItemReleasing
		return b, saveItem(ctx, tx, item)
	}
	item.Status = ItemReserved
	if err := saveItem(ctx, tx, item); err != nil {
		return b, err
	}
	b.Items++
	b.Total, err = b.Total.Add(item.Amount)
	return b, err
}

func reserve(ctx context.Context, tx *db.Tx, item Item, available, rest money.Amount) (Item, error) {
	amount, err := available.Sub(rest)
	if err != nil || !amount.IsPositive() {
		return item, err
	}
	before := item.Amount
	if item.Amount, err = before.Add(amount); err != nil {
		return item, err
	}
	ref := "reserved:" + string(item.ID)
	if !before.IsZero() { // a further part; the running total makes its reference unique
		ref = fmt.Sprintf("%s:%d", ref, item.Amount.Minor)
	}
	if err := move(ctx, tx, item, ledger.KindReserved, ref, ledger.AccountAvailable, ledger.AccountInTransit, amount); err != nil {
		return item, err
	}
	return item, saveItem(ctx, tx, item)
}

func move(ctx context.Context, tx *db.Tx, item Item, kind ledger.Kind, ref string, from, to ledger.Account, amount money.Amount) error {
	return ledger.Post(ctx, tx, ledger.Move(item.Program, item.Creator, kind, ref, from, to, amount))
}
