package commissions

import (
	"context"
	"encoding/json"
	"fmt"

	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/programs"
	"rapport/internal/partner/partnerships"
	"rapport/internal/recruit/creators"
	"rapport/internal/track/conversions"
)

func insert(ctx context.Context, tx *db.Tx, c Commission) error {
	rule, err := c.Rule.text()
	if err != nil {
		return err
	}
	return tx.Later(ctx, `insert into commissions (id, program_id, conversion_id, partnership_id, creator_id, kind, currency, earned_minor, reversed_minor,
			status, rule, reason, hold_until, created_at, updated_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
		c.ID, c.Program, db.OrNull(c.Conversion), c.Partnership, c.Creator, c.Kind, c.Earned.Currency, c.Earned.Minor, c.Reversed.Minor,
		c.Status, rule, c.Reason, db.Micros(c.HoldUntil), db.Micros(c.CreatedAt), db.Micros(c.UpdatedAt))
}

// update stores a decision. What was earned, for whom and by which rule never changes; whether it was paid is written by payouts.
func update(ctx context.Context, tx *db.Tx, c Commission) error {
	_, err := tx.Exec(ctx, `update commissions set reversed_minor = $1, status = $2, reason = $3, updated_at = $4, approved_at = $5 where id = $6`,
		c.Reversed.Minor, c.Status, c.Reason, db.Micros(c.UpdatedAt), db.MicrosOrNull(c.ApprovedAt), c.ID)
	if err != nil {
		return fmt.Errorf("cannot store commission %s: %w", c.ID, err)
	}
	return nil
}

// updateReversed raises what is reversed; nothing left makes a commission reversed. The status is not taken from c: a payout may have made the
// commission paid since c was read, and that must stand.
func updateReversed(ctx context.Context, tx *db.Tx, c Commission) (Commission, error) {
	after, found, err := db.One(ctx, tx, scan, `update commissions set reversed_minor = $1, updated_at = $2,
			status = case when $1 >= earned_minor then $3 else status end
		where id = $4 returning `+columns, c.Reversed.Minor, db.Micros(c.UpdatedAt), StatusReversed, c.ID)
	if err == nil && !found {
		err = fault.NotFound("commission")
	}
	if err != nil {
		return c, fmt.Errorf("cannot store commission %s: %w", c.ID, err)
	}
	return after, nil
}

const columns = `id, program_id, conversion_id, partnership_id, creator_id, kind, currency, earned_minor, reversed_minor, status, rule, reason,
	hold_until, created_at, updated_at, approved_at, paid_at, payout_item_id`

func scan(s db.Scanner) (c Commission, err error) {
	var rule string
	if err := s.Scan(&c.ID, &c.Program, db.Nullable(&c.Conversion), &c.Partnership, &c.Creator, &c.Kind, &c.Earned.Currency, &c.Earned.Minor, &c.Reversed.Minor,
		&c.Status, &rule, &c.Reason, db.ScanTime(&c.HoldUntil), db.ScanTime(&c.CreatedAt), db.ScanTime(&c.UpdatedAt), db.ScanTime(&c.ApprovedAt),
		db.ScanTime(&c.PaidAt), db.Nullable(&c.PayoutItem)); err != nil {
		return c, err
	}
	c.Reversed.Currency = c.Earned.Currency
	if err := json.Unmarshal([]byte(rule), &c.Rule); err != nil {
		return c, fmt.Errorf("cannot read the rule of commission %s: %w", c.ID, err)
	}
	return c, nil
}

// Find returns a commission of any program; the caller checks access to its program.
func Find(ctx context.Context, tx *db.Tx, id ID) (Commission, error) {
	c, found, err := db.One(ctx, tx, scan, `select `+columns+` from commissions where id = $1`, id)
	if err == nil && !found {
		err = fault.NotFound("commission")
	}
	return c, err
}

// OfConversion lists the commissions on a conversion.
func OfConversion(ctx context.Context, tx *db.Tx, conversion conversions.ID) ([]Commission, error) {
	return db.All(ctx, tx, scan, `select `+columns+` from commissions where conversion_id = $1 order by id`, conversion)
}

// dueNow lists what is due, the longest due first, beginning behind the one named.
func dueNow(ctx context.Context, tx *db.Tx, after Commission, limit int) ([]Commission, error) {
	return db.All(ctx, tx, scan, `select `+columns+` from commissions
		where status = 'pending' and hold_until <= $1 and (hold_until, id) > ($2, $3) order by hold_until, id limit $4`,
		db.Micros(tx.Now()), db.Micros(after.HoldUntil), after.ID, limit)
}

// Filter narrows List. Program is required.
type Filter struct {
	Program     programs.ID
	Status      Status
	Partnership partnerships.ID
	Creator     creators.ID
	PayoutItem  string
}

// List returns commissions of a program, newest first. The cursor is a commission's id.
func List(ctx context.Context, tx *db.Tx, f Filter, p db.Page) ([]Commission, string, error) {
	query, args := `select `+columns+` from commissions where program_id = $1`, []any{f.Program}
	add := func(condition string, value any) {
		args = append(args, value)
		query += fmt.Sprintf(" and "+condition, len(args))
	}
	if p.After != "" {
		add(`id < $%d`, p.After)
	}
	if f.Status != "" {
		add(`status = $%d`, f.Status)
	}
	if f.Partnership != "" {
		add(`partnership_id = $%d`, f.Partnership)
	}
	if f.Creator != "" {
		add(`creator_id = $%d`, f.Creator)
	}
	if f.PayoutItem != "" {
		add(`payout_item_id = $%d`, f.PayoutItem)
	}
	args = append(args, p.Bound()+1)
	query += fmt.Sprintf(` order by id desc limit $%d`, len(args))
	found, err := db.All(ctx, tx, scan, query, args...)
	if err != nil {
		return nil, "", err
	}
	found, next := db.Cut(found, p, func(c Commission) string { return string(c.ID) })
	return found, next, nil
}

// Events lists the steps of a commission, the first one first.
func Events(ctx context.Context, tx *db.Tx, c Commission) ([]Event, error) {
	return db.All(ctx, tx, func(s db.Scanner) (e Event, err error) {
		err = s.Scan(db.ScanTime(&e.At), &e.Kind, &e.Amount.Minor, &e.By, &e.Reason)
		e.Amount.Currency = c.Earned.Currency
		return e, err
	}, `select at, kind, amount_minor, actor_name, reason from commission_events where commission_id = $1 order by id limit 1000`, c.ID)
}
