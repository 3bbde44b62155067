package intake

import (
	"context"
	"strings"

	"rapport/internal/base/audit"
	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/money"
	"rapport/internal/base/programs"
	"rapport/internal/partner/partnerships"
	"rapport/internal/pay/commissions"
	"rapport/internal/track/conversions"
)

const longestNote = 1000

// CreditByHand gives an uncredited conversion to a partnership because a person says so. It carries the person's name and note, which the creator
// reads. The automatic decision stays on record beside it.
func (d Door) CreditByHand(ctx context.Context, tx *db.Tx, by auth.Principal, conversion conversions.ID, to partnerships.ID, note string) (Result, error) {
	note = strings.TrimSpace(note)
	if note == "" || len(note) > longestNote {
		return Result{}, fault.Invalidf("Say why, in at most %d characters; the creator will read it.", longestNote).In("note")
	}
	if err := tx.Lock(ctx, conversions.LockOf(conversion)); err != nil {
		return Result{}, err
	}
	c, err := conversions.Find(ctx, tx, conversion)
	if err != nil {
		return Result{}, err
	}
	if err := by.Require(c.Program, auth.PermMoney); err != nil {
		return Result{}, err
	}
	partnership, err := partnerships.Find(ctx, tx, to)
	if err != nil {
		return Result{}, err
	}
	if err := mayCredit(ctx, tx, c, partnership); err != nil {
		return Result{}, err
	}
	credit := conversions.Credit{Conversion: c.ID, Partnership: to, Share: money.Whole, Because: "credited by " + by.Name + ": " + note, ByHand: true}
	if err := conversions.AddCredit(ctx, tx, credit); err != nil {
		return Result{}, err
	}
	if err := earnByHand(ctx, tx, c, partnership); err != nil {
		return Result{}, err
	}
	if err := audit.Record(ctx, tx, by, c.Program, "conversion.credit", string(c.ID), nil, map[string]string{"partnership_id": string(to)}, note); err != nil {
		return Result{}, err
	}
	return settle(ctx, tx, c, "refunded or cancelled before it was credited")
}

func mayCredit(ctx context.Context, tx *db.Tx, c conversions.Conversion, p partnerships.Partnership) error {
	credits, err := conversions.CreditsOf(ctx, tx, c.ID)
	switch {
	case err != nil:
		return err
	case p.Program != c.Program:
		return fault.NotFound("partnership").In("partnership_id")
	case c.Test:
		return fault.Conflict("test_conversion", "A test order earns nothing and cannot be credited.")
	case len(credits) > 0:
		return fault.Conflict("already_credited", "Somebody is credited with this order already.")
	}
	return nil
}

func earnByHand(ctx context.Context, tx *db.Tx, c conversions.Conversion, p partnerships.Partnership) error {
	program, err := programs.Find(ctx, tx, c.Program)
	if err != nil {
		return err
	}
	effective, err := partnerships.EffectiveTerms(ctx, tx, p)
	if err != nil {
		return err
	}
	_, err = commissions.Earn(ctx, tx, program, c, []commissions.Claim{{Partnership: p, Share: money.Whole, Terms: effective}})
	return err
}
