package conversions

import (
	"context"
	"fmt"
	"time"

	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/id"
	"rapport/internal/base/money"
	"rapport/internal/base/programs"
)

// ChangeKind is how a later fact changes a conversion.
type ChangeKind string

// The kinds of change.
const (
	ChangeRefund ChangeKind = "refund"
	ChangeCancel ChangeKind = "cancel"
)

// Change is a refund or a cancel as it arrives. Key is any name of the conversion it speaks of.
type Change struct {
	Program    programs.ID
	Namespace  string
	Kind       Kind
	Action     string
	Key        string
	Change     ChangeKind
	ExternalID string       // its own name: the refund's number; for a cancel that has none, "cancel"
	Amount     money.Amount // by how much a refund lowers the commissionable amount
	Detail     string       // how the amount came about, for the explanation
	OccurredAt time.Time
	Source     string
}

// Recorded is a change in the database. Conversion is "" while its conversion is unknown.
type Recorded struct {
	ID string
	Change
	ReceivedAt time.Time
	Conversion ID
}

// Check refuses what cannot be a change.
func (c Change) Check() error {
	var faults []*fault.Error
	if Fold(c.Key) == "" || !goodText(c.Key) {
		faults = append(faults, fault.Invalid("Say which order it belongs to, in 1 to 255 characters.").In("conversion_external_id"))
	}
	if c.ExternalID == "" || !goodText(c.ExternalID) {
		faults = append(faults, fault.Invalid("Give the refund a number of its own, in 1 to 255 characters.").In("external_id"))
	}
	if c.Amount.IsNegative() {
		faults = append(faults, fault.Invalid("The amount must not be negative.").In("amount"))
	}
	if c.Amount.Minor > MostMinor {
		faults = append(faults, fault.Invalid("The amount is too large for one refund.").In("amount"))
	}
	return fault.Join(faults...)
}

// Lock names what must be locked before the change is recorded.
func (c Change) Lock() string { return lockOf(c.Program, c.Namespace, c.Kind, c.Action, Fold(c.Key)) }

// RecordChange keeps a change once. A repeat returns the first one and repeated = true.
func RecordChange(ctx context.Context, tx *db.Tx, c Change) (r Recorded, repeated bool, err error) {
	conversion, _, err := FindByKey(ctx, tx, c.Program, c.Namespace, c.Kind, c.Action, c.Key)
	if err != nil {
		return r, false, err
	}
	r = Recorded{ID: id.New("chg", tx.Now()), Change: c, ReceivedAt: tx.Now(), Conversion: conversion.ID}
	if r.OccurredAt.IsZero() {
		r.OccurredAt = tx.Now()
	}
	rows, err := tx.Exec(ctx, `insert into conversion_changes (id, program_id, namespace, kind, action, conversion_key, change, external_id, currency,
			amount_minor, detail, occurred_at, received_at, source, conversion_id)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
		on conflict (program_id, namespace, kind, action, change, external_id) do nothing`,
		r.ID, c.Program, c.Namespace, c.Kind, c.Action, Fold(c.Key), c.Change, c.ExternalID, c.Amount.Currency, c.Amount.Minor, c.Detail,
		db.Micros(r.OccurredAt), db.Micros(r.ReceivedAt), c.Source, db.OrNull(r.Conversion))
	if err != nil {
		return r, false, fmt.Errorf("cannot record a %s: %w", c.Change, err)
	}
	if rows == 1 {
		return r, false, nil
	}
	first, found, err := db.One(ctx, tx, scanChange, `select `+changeColumns+` from conversion_changes
		where program_id = $1 and namespace = $2 and kind = $3 and action = $4 and change = $5 and external_id = $6`,
		c.Program, c.Namespace, c.Kind, c.Action, c.Change, c.ExternalID)
	if err == nil && !found {
		err = fmt.Errorf("cannot find the %s that was there a moment ago", c.Change)
	}
	return first, true, err
}

// ChangesOf lists a conversion's changes by the time they happened. It is bounded, far above what an order has.
func ChangesOf(ctx context.Context, tx *db.Tx, conversion ID) ([]Recorded, error) {
	return db.All(ctx, tx, scanChange, `select `+changeColumns+` from conversion_changes where conversion_id = $1 order by occurred_at, id limit 1000`, conversion)
}

// adopt gives a new conversion the changes that came before it under any of its names.
func adopt(ctx context.Context, tx *db.Tx, c Conversion, keys []string) error {
	for _, k := range keys {
		if _, err := tx.Exec(ctx, `update conversion_changes set conversion_id = $1
			where program_id = $2 and namespace = $3 and kind = $4 and action = $5 and conversion_key = $6 and conversion_id is null`,
			c.ID, c.Program, c.Namespace, c.Kind, c.Action, k); err != nil {
			return fmt.Errorf("cannot adopt earlier refunds: %w", err)
		}
	}
	return nil
}

// Settle works out what the changes leave of a conversion and stores it. It looks at the whole set of changes, so their order cannot matter.
// Refunds in another currency than the conversion's are kept and not applied: nobody can say what they are worth.
func Settle(ctx context.Context, tx *db.Tx, c Conversion, credited bool) (Conversion, error) {
	type sum struct {
		refunded  int64
		cancelled time.Time
	}
	s, _, err := db.One(ctx, tx, func(r db.Scanner) (s sum, err error) {
		err = r.Scan(&s.refunded, db.ScanTime(&s.cancelled))
		return s, err
	},
		`select coalesce(sum(amount_minor) filter (where change = 'refund' and currency = $2), 0), min(occurred_at) filter (where change = 'cancel')
			from conversion_changes where conversion_id = $1`, c.ID, c.Amount.Currency)
	if err != nil {
		return c, fmt.Errorf("cannot sum the refunds of %s: %w", c.ID, err)
	}
	c.Refunded = money.Amount{Minor: min(s.refunded, c.Amount.Minor), Currency: c.Amount.Currency}
	c.CancelledAt = s.cancelled
	c.Status = StatusOf(c, credited)
	c.UpdatedAt = tx.Now()
	_, err = tx.Exec(ctx, `update conversions set refunded_minor = $1, cancelled_at = $2, status = $3, updated_at = $4 where id = $5`,
		c.Refunded.Minor, db.MicrosOrNull(c.CancelledAt), c.Status, db.Micros(c.UpdatedAt), c.ID)
	return c, err
}

const changeColumns = `id, program_id, namespace, kind, action, conversion_key, change, external_id, currency, amount_minor, detail,
	occurred_at, received_at, source, conversion_id`

func scanChange(s db.Scanner) (r Recorded, err error) {
	err = s.Scan(&r.ID, &r.Program, &r.Namespace, &r.Kind, &r.Action, &r.Key, &r.Change.Change, &r.ExternalID, &r.Amount.Currency, &r.Amount.Minor, &r.Detail,
		db.ScanTime(&r.OccurredAt), db.ScanTime(&r.ReceivedAt), &r.Source, db.Nullable(&r.Conversion))
	return r, err
}
