package intake

import (
	"context"
	"time"

	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/money"
	"rapport/internal/base/programs"
	"rapport/internal/track/conversions"
)

// Refund lowers a conversion by money that went back for goods. Conversion names it by any of its numbers; it may not be known yet.
type Refund struct {
	Program    programs.ID
	Namespace  string
	Kind       conversions.Kind // "" is a sale
	Action     string
	Conversion string
	ExternalID string
	Amount     money.Amount
	Detail     string
	OccurredAt time.Time
	Source     string
}

// Cancel calls a conversion off.
type Cancel struct {
	Program    programs.ID
	Namespace  string
	Kind       conversions.Kind
	Action     string
	Conversion string
	Detail     string
	OccurredAt time.Time
	Source     string
}

// name is what a conversion's cancel is called: there is one per conversion.
func (c Cancel) name() string { return "cancel " + conversions.Fold(c.Conversion) }

// ChangeResult is what became of a refund or cancel. Known is false while its conversion is not; then only Change is set.
type ChangeResult struct {
	Change   conversions.Recorded
	Known    bool
	Repeated bool
	Differs  bool
	Result
}

// Refund records a refund once and reverses in proportion what was earned.
func (d Door) Refund(ctx context.Context, tx *db.Tx, r Refund) (ChangeResult, error) {
	return change(ctx, tx, conversions.Change{
		Program: r.Program, Namespace: r.Namespace, Kind: orSale(r.Kind), Action: r.Action, Key: r.Conversion, Change: conversions.ChangeRefund,
		ExternalID: r.ExternalID, Amount: r.Amount, Detail: r.Detail, OccurredAt: r.OccurredAt, Source: r.Source,
	}, "refund "+r.ExternalID)
}

// Cancel records that a conversion was called off and reverses all that was earned.
func (d Door) Cancel(ctx context.Context, tx *db.Tx, c Cancel, currency money.Currency) (ChangeResult, error) {
	return change(ctx, tx, conversions.Change{
		Program: c.Program, Namespace: c.Namespace, Kind: orSale(c.Kind), Action: c.Action, Key: c.Conversion, Change: conversions.ChangeCancel,
		ExternalID: c.name(), Amount: money.Zero(currency), Detail: c.Detail, OccurredAt: c.OccurredAt, Source: c.Source,
	}, "the order was cancelled")
}

func orSale(k conversions.Kind) conversions.Kind {
	if k == "" {
		return conversions.KindSale
	}
	return k
}

func change(ctx context.Context, tx *db.Tx, c conversions.Change, reason string) (ChangeResult, error) {
	if err := c.Check(); err != nil {
		return ChangeResult{}, err
	}
	if err := tx.Lock(ctx, c.Lock()); err != nil {
		return ChangeResult{}, err
	}
	known, found, err := conversions.FindByKey(ctx, tx, c.Program, c.Namespace, c.Kind, c.Action, c.Key)
	if err != nil {
		return ChangeResult{}, err
	}
	if found && c.Change == conversions.ChangeRefund && known.Amount.Currency != c.Amount.Currency {
		return ChangeResult{}, fault.Invalidf("The order was in %s; a refund of it must be too.", known.Amount.Currency).In("amount.currency")
	}
	recorded, repeated, err := conversions.RecordChange(ctx, tx, c)
	if err != nil {
		return ChangeResult{}, err
	}
	result := ChangeResult{Change: recorded, Known: found, Repeated: repeated}
	result.Differs = repeated && (recorded.Amount != c.Amount || conversions.Fold(recorded.Key) != conversions.Fold(c.Key))
	if !found {
		return result, nil
	}
	if err := tx.Lock(ctx, conversions.LockOf(known.ID)); err != nil {
		return ChangeResult{}, err
	}
	if repeated {
		result.Result, err = Standing(ctx, tx, known)
		return result, err
	}
	result.Result, err = settle(ctx, tx, known, reason)
	return result, err
}
