package commissions

import (
	"context"
	"errors"
	"fmt"

	"rapport/internal/base/audit"
	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/pay/ledger"
	"rapport/internal/track/conversions"
)

const longestReason = 1000

// Approve makes a pending or held commission payable before its hold ends.
func Approve(ctx context.Context, tx *db.Tx, by auth.Principal, id ID, reason string) (Commission, error) {
	return decide(ctx, tx, by, id, reason, "commission.approve", func(c Commission) (Commission, error) {
		switch c.Status {
		case StatusPending, StatusHeld:
			return approve(ctx, tx, c, by.Name, reason)
		case StatusApproved, StatusPaid:
			return c, nil // approved already: what was asked for holds
		case StatusRejected, StatusReversed:
		}
		return c, wrongStatus("A rejected or reversed commission cannot be approved any more.")
	})
}

// Hold keeps a pending commission back until a person decides.
func Hold(ctx context.Context, tx *db.Tx, by auth.Principal, id ID, reason string) (Commission, error) {
	return decide(ctx, tx, by, id, reason, "commission.hold", func(c Commission) (Commission, error) {
		if c.Status != StatusPending {
			return c, wrongStatus("Only a pending commission can be held.")
		}
		c.Status, c.Reason, c.UpdatedAt = StatusHeld, reason, tx.Now()
		if err := update(ctx, tx, c); err != nil {
			return c, err
		}
		return c, noted(ctx, tx, c, EventHeld, c.Amount(), by.Name, reason)
	})
}

// Reject refuses a commission that was not approved yet. It needs a reason, which the creator reads.
func Reject(ctx context.Context, tx *db.Tx, by auth.Principal, id ID, reason string) (Commission, error) {
	return takeBack(ctx, tx, by, id, reason, "commission.reject", StatusRejected, EventRejected, func(s Status) error {
		if s != StatusPending && s != StatusHeld {
			return wrongStatus("Only a pending or held commission can be rejected; an approved one can be reversed.")
		}
		return nil
	})
}

// Reverse takes back an approved or paid commission. What was paid already lowers the next payout. It needs a reason, which the creator reads.
func Reverse(ctx context.Context, tx *db.Tx, by auth.Principal, id ID, reason string) (Commission, error) {
	return takeBack(ctx, tx, by, id, reason, "commission.reverse", StatusReversed, EventReversed, func(s Status) error {
		if s != StatusApproved && s != StatusPaid {
			return wrongStatus("Only an approved or paid commission can be reversed; a pending one can be rejected.")
		}
		return nil
	})
}

func takeBack(ctx context.Context, tx *db.Tx, by auth.Principal, id ID, reason, action string, to Status, event EventKind, may func(Status) error) (Commission, error) {
	return decide(ctx, tx, by, id, reason, action, func(c Commission) (Commission, error) {
		if c.Status == to {
			return c, nil
		}
		if reason == "" {
			return c, fault.Invalid("Say why; the creator will read it.").In("reason")
		}
		if err := may(c.Status); err != nil {
			return c, err
		}
		left := c.Amount()
		ref := fmt.Sprintf("reversed:%s:%d", c.ID, c.Earned.Minor)
		if err := ledger.Post(ctx, tx, ledger.Move(c.Program, c.Creator, ledger.KindReversed, ref, c.Status.account(), ledger.AccountCost, left)); err != nil {
			return c, err
		}
		c.Reversed, c.Status, c.Reason, c.UpdatedAt = c.Earned, to, reason, tx.Now()
		if err := update(ctx, tx, c); err != nil {
			return c, err
		}
		return c, noted(ctx, tx, c, event, left, by.Name, reason)
	})
}

// decide is the frame of every decision of a person: right, lock, read, act, audit.
func decide(ctx context.Context, tx *db.Tx, by auth.Principal, id ID, reason, action string, act func(Commission) (Commission, error)) (Commission, error) {
	if len(reason) > longestReason {
		return Commission{}, fault.Invalidf("A reason has at most %d characters.", longestReason).In("reason")
	}
	seen, err := Find(ctx, tx, id)
	if err != nil {
		return seen, err
	}
	if err := by.Require(seen.Program, auth.PermMoney); err != nil {
		if fault.KindOf(err) == fault.KindNotFound {
			return seen, fault.NotFound("commission")
		}
		return seen, err
	}
	before, err := locked(ctx, tx, seen)
	if err != nil {
		return before, err
	}
	after, err := act(before)
	if err != nil || after.Status == before.Status {
		return after, err
	}
	return after, audit.Record(ctx, tx, by, after.Program, action, string(after.ID), standing(before), standing(after), reason)
}

// locked reads a commission again under the lock of its conversion, so that no refund runs beside the decision.
func locked(ctx context.Context, tx *db.Tx, c Commission) (Commission, error) {
	if err := tx.Lock(ctx, conversions.LockOf(c.Conversion)); err != nil {
		return c, err
	}
	return Find(ctx, tx, c.ID)
}

func approve(ctx context.Context, tx *db.Tx, c Commission, by, reason string) (Commission, error) {
	left := c.Amount()
	posting := ledger.Move(c.Program, c.Creator, ledger.KindApproved, "approved:"+string(c.ID), ledger.AccountPending, ledger.AccountAvailable, left)
	if err := ledger.Post(ctx, tx, posting); err != nil {
		return c, err
	}
	c.Status, c.ApprovedAt, c.UpdatedAt = StatusApproved, tx.Now(), tx.Now()
	if err := update(ctx, tx, c); err != nil {
		return c, err
	}
	return c, noted(ctx, tx, c, EventApproved, left, by, reason)
}

func wrongStatus(message string) error { return fault.Conflict("wrong_status", message) }

// standing is what the audit keeps of a commission.
func standing(c Commission) any {
	return map[string]string{"status": string(c.Status), "earned": c.Earned.String(), "reversed": c.Reversed.String(), "currency": string(c.Earned.Currency)}
}

const (
	dueChunk  = 50
	mostDue   = 100_000 // per run; the next run goes on
	dueReason = "the hold ended"
)

// ApproveDue approves commissions whose hold has ended, in short transactions. It returns how many.
func ApproveDue(ctx context.Context, d *db.DB) (approved int, err error) {
	var errs []error // one that cannot be approved must not stand in the way of those behind it
	var last Commission
	for looked := 0; looked < mostDue && ctx.Err() == nil; looked += dueChunk {
		var due []Commission
		if err := d.View(ctx, func(tx *db.Tx) (err error) { due, err = dueNow(ctx, tx, last, dueChunk); return err }); err != nil {
			return approved, errors.Join(append(errs, err)...)
		}
		done, err := approveEach(ctx, d, due)
		approved, errs = approved+done, append(errs, err)
		if len(due) < dueChunk {
			break
		}
		last = due[len(due)-1]
	}
	return approved, errors.Join(append(errs, ctx.Err())...)
}

func approveEach(ctx context.Context, d *db.DB, due []Commission) (approved int, err error) {
	var errs []error
	for _, c := range due {
		now, err := approveDue(ctx, d, c)
		if err != nil {
			errs = append(errs, fmt.Errorf("cannot approve %s: %w", c.ID, err))
		}
		if now {
			approved++
		}
	}
	return approved, errors.Join(errs...)
}

// approveDue approves one commission, unless somebody else decided on it since it was read.
func approveDue(ctx context.Context, d *db.DB, seen Commission) (approved bool, err error) {
	err = d.Update(ctx, func(tx *db.Tx) error {
		approved = false // the closure may run again
		c, err := locked(ctx, tx, seen)
		if err != nil || c.Status != StatusPending || c.HoldUntil.After(tx.Now()) {
			return err
		}
		approved = true
		_, err = approve(ctx, tx, c, System.Name, dueReason)
		return err
	})
	return approved && err == nil, err
}
