package ledger

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"rapport/internal/base/db"
	"rapport/internal/base/money"
	"rapport/internal/base/programs"
	"rapport/internal/recruit/creators"
)

func insertLines(ctx context.Context, tx *db.Tx, transaction string, program programs.ID, lines []Line) error {
	var args []any
	for i, l := range lines {
		args = append(args, transaction, i, l.Account, program, l.Creator, l.Amount.Currency, l.Amount.Minor)
	}
	return tx.Later(ctx, `insert into ledger_entries (transaction_id, line, account, program_id, creator_id, currency, amount_minor) values `+
		db.Values(len(lines), len(args)/len(lines)), args...)
}

// moves sums the lines by creator and currency: what each balance moves by. Program accounts are summed when asked for.
func moves(program programs.ID, lines []Line) (moves []Balance, err error) {
	for _, l := range lines {
		if l.Creator == "" {
			continue
		}
		i := slices.IndexFunc(moves, func(m Balance) bool { return m.Creator == l.Creator && m.Currency == l.Amount.Currency })
		if i < 0 {
			i, moves = len(moves), append(moves, Empty(program, l.Creator, l.Amount.Currency))
		}
		part := moves[i].part(l.Account)
		if *part, err = part.Add(l.Amount); err != nil {
			return nil, err
		}
	}
	return moves, nil
}

func (b *Balance) part(a Account) *money.Amount {
	switch a {
	case AccountPending:
		return &b.Pending
	case AccountAvailable:
		return &b.Available
	case AccountInTransit:
		return &b.InTransit
	case AccountPaid:
		return &b.Paid
	case AccountCost:
	}
	panic("BUG: a creator has no account " + string(a))
}

// moveBalance adds m to the balance. Reading the row back makes a sum beyond 64 bits an error on SQLite too, which would go on with a floating number.
func moveBalance(ctx context.Context, tx *db.Tx, m Balance) error {
	read := func(s db.Scanner) error { _, err := scanBalance(s); return err }
	return tx.LaterOne(ctx, read, errNoBalance, `insert into balances (program_id, creator_id, currency, pending_minor, available_minor, in_transit_minor, paid_minor)
		values ($1, $2, $3, $4, $5, $6, $7)
		on conflict (program_id, creator_id, currency) do update set
			pending_minor    = balances.pending_minor    + excluded.pending_minor,
			available_minor  = balances.available_minor  + excluded.available_minor,
			in_transit_minor = balances.in_transit_minor + excluded.in_transit_minor,
			paid_minor       = balances.paid_minor       + excluded.paid_minor
		returning `+balanceColumns,
		m.Program, m.Creator, m.Currency, m.Pending.Minor, m.Available.Minor, m.InTransit.Minor, m.Paid.Minor)
}

var errNoBalance = errors.New("a balance was neither made nor moved")

// Balance is what stands for a creator in one program and currency.
type Balance struct {
	Program   programs.ID
	Creator   creators.ID
	Currency  money.Currency
	Pending   money.Amount // earned, still held
	Available money.Amount // may be paid out; negative after reversals
	InTransit money.Amount // in a payout that has not arrived
	Paid      money.Amount // ever
}

// Empty is the balance of somebody who has not earned anything yet.
func Empty(program programs.ID, creator creators.ID, currency money.Currency) Balance {
	zero := money.Zero(currency)
	return Balance{Program: program, Creator: creator, Currency: currency, Pending: zero, Available: zero, InTransit: zero, Paid: zero}
}

const balanceColumns = `program_id, creator_id, currency, pending_minor, available_minor, in_transit_minor, paid_minor`

func scanBalance(s db.Scanner) (b Balance, err error) {
	err = s.Scan(&b.Program, &b.Creator, &b.Currency, &b.Pending.Minor, &b.Available.Minor, &b.InTransit.Minor, &b.Paid.Minor)
	b.Pending.Currency, b.Available.Currency, b.InTransit.Currency, b.Paid.Currency = b.Currency, b.Currency, b.Currency, b.Currency
	return b, err
}

// Balances returns a creator's balances in a program, one per currency that ever moved.
func Balances(ctx context.Context, tx *db.Tx, program programs.ID, creator creators.ID) ([]Balance, error) {
	return db.All(ctx, tx, scanBalance, `select `+balanceColumns+` from balances where program_id = $1 and creator_id = $2 order by currency`, program, creator)
}

// Payable returns balances of a program in a currency whose available part is positive and at least least, by creator, after the one named.
func Payable(ctx context.Context, tx *db.Tx, program programs.ID, least money.Amount, after creators.ID, limit int) ([]Balance, error) {
	return db.All(ctx, tx, scanBalance, `select `+balanceColumns+` from balances
		where program_id = $1 and currency = $2 and creator_id > $3 and available_minor >= $4 and available_minor > 0 order by creator_id limit $5`,
		program, least.Currency, after, least.Minor, limit)
}

// Hold returns a creator's balance and lets nobody move it until the transaction ends. Every posting on the balance waits or has committed
// before, so what is read afterwards fits the balance. Lock balances before commissions: a posting and its commission are written in that order.
func Hold(ctx context.Context, tx *db.Tx, program programs.ID, creator creators.ID, currency money.Currency) (Balance, error) {
	b, found, err := db.One(ctx, tx, scanBalance, `update balances set available_minor = available_minor
		where program_id = $1 and creator_id = $2 and currency = $3 returning `+balanceColumns, program, creator, currency)
	if err != nil {
		return b, fmt.Errorf("cannot hold the balance of %s: %w", creator, err)
	}
	if !found {
		return Empty(program, creator, currency), nil
	}
	return b, nil
}

// Totals sums what a program's creators have in a currency.
func Totals(ctx context.Context, tx *db.Tx, program programs.ID, currency money.Currency) (Balance, error) {
	b := Empty(program, "", currency)
	err := tx.QueryRow(ctx, `select coalesce(sum(pending_minor), 0), coalesce(sum(available_minor), 0), coalesce(sum(in_transit_minor), 0),
		coalesce(sum(paid_minor), 0) from balances where program_id = $1 and currency = $2`, program, currency).
		Scan(&b.Pending.Minor, &b.Available.Minor, &b.InTransit.Minor, &b.Paid.Minor)
	return b, err
}

// Entry is a line of the books as it was written.
type Entry struct {
	Transaction string
	Kind        Kind
	Ref         string
	At          time.Time
	Position    int64 // 0 until sealed
	Account     Account
	Creator     creators.ID
	Amount      money.Amount
}

func scanEntry(s db.Scanner) (e Entry, err error) {
	err = s.Scan(&e.Transaction, &e.Kind, &e.Ref, db.ScanTime(&e.At), db.Nullable(&e.Position), &e.Account, &e.Creator, &e.Amount.Currency, &e.Amount.Minor)
	return e, err
}

// Entries lists a creator's entries in a program, newest first, whole transactions to a page. The cursor is a transaction's id.
func Entries(ctx context.Context, tx *db.Tx, program programs.ID, creator creators.ID, p db.Page) ([]Entry, string, error) {
	before := p.After
	if before == "" {
		before = "~" // sorts after every id
	}
	wanted, err := db.All(ctx, tx, db.Column[string], `select distinct transaction_id from ledger_entries
		where program_id = $1 and creator_id = $2 and transaction_id < $3 order by transaction_id desc limit $4`, program, creator, before, p.Bound()+1)
	if err != nil || len(wanted) == 0 {
		return nil, "", err
	}
	wanted, next := db.Cut(wanted, p, func(transaction string) string { return transaction })
	entries, err := db.All(ctx, tx, scanEntry, `select t.id, t.kind, t.ref, t.at, t.position, e.account, e.creator_id, e.currency, e.amount_minor
		from ledger_entries e join ledger_transactions t on t.id = e.transaction_id
		where e.program_id = $1 and e.creator_id = $2 and e.transaction_id < $3 and e.transaction_id >= $4
		order by t.id desc, e.line`, program, creator, before, wanted[len(wanted)-1])
	return entries, next, err
}
