package commissions

import (
	"context"
	"fmt"

	"rapport/internal/base/db"
	"rapport/internal/base/money"
	"rapport/internal/base/programs"
	"rapport/internal/recruit/creators"
)

// Linked is a commission that a payout carries, and what was left of it when it was taken up.
type Linked struct {
	ID     ID
	Amount money.Amount
}

// Link gives a creator's approved, unpaid commissions in a currency to a payout, the oldest first, at most limit. Call it with the creator's
// balance held. The conditions are asked of the rows again, since a reversal may run beside.
func Link(ctx context.Context, tx *db.Tx, program programs.ID, creator creators.ID, currency money.Currency, item string, limit int) ([]Linked, error) {
	linked, err := db.All(ctx, tx, func(s db.Scanner) (l Linked, err error) {
		l.Amount.Currency = currency
		return l, s.Scan(&l.ID, &l.Amount.Minor)
	}, `update commissions set payout_item_id = $1, updated_at = $2
		where status = 'approved' and payout_item_id is null and id in (select id from commissions
			where program_id = $3 and currency = $4 and creator_id = $5 and status = 'approved' and payout_item_id is null order by id limit $6)
		returning id, earned_minor - reversed_minor`, item, db.Micros(tx.Now()), program, currency, creator, limit)
	if err != nil {
		return nil, fmt.Errorf("cannot give commissions of %s to a payout: %w", creator, err)
	}
	return linked, nil
}

// Unlinked sums what is left of a creator's approved commissions that no payout carries.
func Unlinked(ctx context.Context, tx *db.Tx, program programs.ID, creator creators.ID, currency money.Currency) (money.Amount, error) {
	sum := money.Zero(currency)
	err := tx.QueryRow(ctx, `select coalesce(sum(earned_minor - reversed_minor), 0) from commissions
		where program_id = $1 and currency = $2 and creator_id = $3 and status = 'approved' and payout_item_id is null`,
		program, currency, creator).Scan(&sum.Minor)
	return sum, err
}

// Pay makes at most limit commissions of a payout paid and returns how many. Those that were reversed meanwhile stay reversed.
func Pay(ctx context.Context, tx *db.Tx, item, by string, limit int) (int, error) {
	paid, err := db.All(ctx, tx, scan, `update commissions set status = 'paid', paid_at = $1, updated_at = $1
		where status = 'approved' and id in (select id from commissions where payout_item_id = $2 and status = 'approved' order by id limit $3)
		returning `+columns, db.Micros(tx.Now()), item, limit)
	if err != nil {
		return 0, fmt.Errorf("cannot pay the commissions of %s: %w", item, err)
	}
	return len(paid), notedEach(ctx, tx, paid, EventPaid, by, "")
}

// Release takes at most limit commissions off a payout that will not be made, and returns how many.
func Release(ctx context.Context, tx *db.Tx, item string, limit int) (int, error) {
	released, err := unlink(ctx, tx, item, limit)
	return len(released), err
}

// Return takes at most limit commissions off a payout that came back: those that were paid are approved again. It returns how many.
func Return(ctx context.Context, tx *db.Tx, item, reason string, limit int) (int, error) {
	returned, err := unlink(ctx, tx, item, limit)
	if err != nil {
		return 0, err
	}
	var payable []Commission
	for _, c := range returned {
		if c.Status == StatusApproved {
			payable = append(payable, c)
		}
	}
	return len(returned), notedEach(ctx, tx, payable, EventReturned, System.Name, reason)
}

func unlink(ctx context.Context, tx *db.Tx, item string, limit int) ([]Commission, error) {
	unlinked, err := db.All(ctx, tx, scan, `update commissions set payout_item_id = null, paid_at = null, updated_at = $1,
			status = case when status = 'paid' then 'approved' else status end
		where id in (select id from commissions where payout_item_id = $2 limit $3) returning `+columns, db.Micros(tx.Now()), item, limit)
	if err != nil {
		return nil, fmt.Errorf("cannot take commissions off %s: %w", item, err)
	}
	return unlinked, nil
}

func notedEach(ctx context.Context, tx *db.Tx, all []Commission, kind EventKind, by, reason string) error {
	for _, c := range all {
		if err := noted(ctx, tx, c, kind, c.Amount(), by, reason); err != nil {
			return err
		}
	}
	return nil
}
