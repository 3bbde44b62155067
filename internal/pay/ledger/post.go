package ledger

import (
	"context"
	"errors"
	"fmt"

	"rapport/internal/base/db"
	"rapport/internal/base/id"
	"rapport/internal/base/money"
	"rapport/internal/base/programs"
	"rapport/internal/recruit/creators"
)

// Account is where money stands.
type Account string

// The accounts. Cost belongs to the program, the others to a creator in it.
const (
	AccountCost      Account = "cost"
	AccountPending   Account = "pending"
	AccountAvailable Account = "available"
	AccountInTransit Account = "in_transit"
	AccountPaid      Account = "paid"
)

// Kind is what a transaction records.
type Kind string

// The kinds.
const (
	KindEarned    Kind = "earned"
	KindApproved  Kind = "approved"
	KindReversed  Kind = "reversed"
	KindReserved  Kind = "payout_reserved"
	KindReleased  Kind = "payout_released" // a reservation was given up
	KindPaid      Kind = "payout_paid"
	KindReturned  Kind = "payout_returned"
	KindCorrected Kind = "corrected"
)

// Line moves an amount on one account.
type Line struct {
	Account Account
	Creator creators.ID // "" for the program's own accounts
	Amount  money.Amount
}

// Posting is one transaction to be written. Ref names the fact it records ("earned:com_…"), so that it cannot be written twice.
type Posting struct {
	Program programs.ID
	Kind    Kind
	Ref     string
	Lines   []Line
}

// ErrPosted is a Ref that stands in the books already: the caller acted twice on one fact and must be rolled back.
var ErrPosted = errors.New("this fact is in the books already")

// Post writes a transaction and moves the balances. Lines of zero are left out; a posting of nothing else writes nothing.
func Post(ctx context.Context, tx *db.Tx, p Posting) error {
	lines := withoutZeros(p.Lines)
	if len(lines) == 0 {
		return nil
	}
	if err := check(p, lines); err != nil {
		return err
	}
	transaction := id.New("ldt", tx.Now())
	read := func(s db.Scanner) error { return s.Scan(&transaction) }
	if err := tx.LaterOne(ctx, read, fmt.Errorf("cannot post %s: %w", p.Ref, ErrPosted), `insert into ledger_transactions (id, program_id, kind, ref, at)
		values ($1, $2, $3, $4, $5) on conflict (ref) do nothing returning id`, transaction, p.Program, p.Kind, p.Ref, db.Micros(tx.Now())); err != nil {
		return fmt.Errorf("cannot write to the books: %w", err)
	}
	if err := insertLines(ctx, tx, transaction, p.Program, lines); err != nil {
		return fmt.Errorf("cannot write the lines of %s: %w", p.Ref, err)
	}
	moved, err := moves(p.Program, lines)
	if err != nil {
		return err
	}
	for _, m := range moved {
		if err := moveBalance(ctx, tx, m); err != nil {
			return fmt.Errorf("cannot move a balance by %s: %w", p.Ref, err)
		}
	}
	return nil
}

// Move is the posting that takes an amount from one account of a creator to another.
func Move(program programs.ID, creator creators.ID, kind Kind, ref string, from, to Account, amount money.Amount) Posting {
	return Posting{Program: program, Kind: kind, Ref: ref, Lines: []Line{
		{Account: from, Creator: owner(from, creator), Amount: amount.Neg()},
		{Account: to, Creator: owner(to, creator), Amount: amount},
	}}
}

func owner(a Account, creator creators.ID) creators.ID {
	if a == AccountCost {
		return ""
	}
	return creator
}

func withoutZeros(lines []Line) (kept []Line) {
	for _, l := range lines {
		if !l.Amount.IsZero() {
			kept = append(kept, l)
		}
	}
	return kept
}

// check refuses books that would not balance, whoever asks for it.
func check(p Posting, lines []Line) error {
	if p.Program == "" || p.Ref == "" {
		panic("BUG: a posting without a program or a reference")
	}
	sums := map[money.Currency]money.Amount{}
	for _, l := range lines {
		if (l.Account == AccountCost) != (l.Creator == "") {
			panic("BUG: account " + string(l.Account) + " with the wrong owner")
		}
		sum, ok := sums[l.Amount.Currency]
		if !ok {
			sum = money.Zero(l.Amount.Currency)
		}
		var err error
		if sums[l.Amount.Currency], err = sum.Add(l.Amount); err != nil {
			return err
		}
	}
	for currency, sum := range sums {
		if !sum.IsZero() {
			return fmt.Errorf("cannot post %s: its lines in %s sum to %s, not to zero", p.Ref, currency, sum)
		}
	}
	return nil
}
