package payouts

import (
	"context"
	"slices"
	"time"

	"rapport/internal/base/audit"
	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/money"
)

// stepUp is how long ago somebody may have signed in who releases their own batch.
const stepUp = 5 * time.Minute

// Confirm is what the approving person typed. Total is needed where one person prepares and approves; the zero value is nothing typed.
type Confirm struct {
	Total money.Amount
}

// Release is what decides whether somebody may release a batch.
type Release struct {
	PreparedBy string
	By         auth.Principal
	Releasers  []string // the people who may release money in the program
	Total      money.Amount
	Typed      money.Amount
	Now        time.Time
}

// MayRelease refuses a release, with what is missing. Somebody else than who prepared the batch may release it. Who prepared it may only where
// no other person could, and proves it: signed in a moment ago, and typed the total. A key counts as its user; one of the command line is a
// principal of its own and never releases what it prepared.
func MayRelease(r Release) error {
	by := identity(r.By)
	someoneElse := slices.ContainsFunc(r.Releasers, func(user string) bool { return user != by })
	typed := r.Typed != money.Amount{}
	switch {
	case r.By.Kind == auth.KindSystem:
		return fault.Forbidden("A person has to release money.").WithCode("second_person_required")
	case by != r.PreparedBy && typed && r.Typed != r.Total:
		return wrongTotal()
	case by != r.PreparedBy:
		return nil
	case r.By.UserID == "" || someoneElse:
		return fault.Forbidden("Somebody else has to approve this payment run: nobody releases what they prepared.").WithCode("second_person_required")
	case !r.By.AuthenticatedWithin(stepUp, r.Now):
		return fault.Forbidden("Nobody else can approve this payment run. Sign in again to do it yourself.").WithCode("sign_in_again")
	case r.Typed != r.Total:
		return wrongTotal()
	default:
		return nil
	}
}

func wrongTotal() error {
	return fault.Invalid("Type the total of the payment run exactly as it is shown.").WithCode("confirm_total").In("confirm.total")
}

// Approve releases a draft. It needs the right to release money.
func Approve(ctx context.Context, tx *db.Tx, p auth.Principal, id ID, confirm Confirm) (Batch, error) {
	b, err := held(ctx, tx, p, id, auth.PermRelease)
	if err != nil || b.Status == StatusApproved {
		return b, err
	}
	switch b.Status {
	case StatusDraft, StatusApproved:
	case StatusPreparing:
		return b, fault.Conflict("payout_preparing", "The payment run is still being prepared. Try again in a moment.")
	case StatusSending, StatusSent, StatusCancelling, StatusCancelled:
		return b, wrongStatus("Only a draft can be approved.")
	}
	releasers, err := auth.Releasers(ctx, tx, b.Program)
	if err != nil {
		return b, err
	}
	asked := Release{PreparedBy: b.PreparedBy, By: p, Releasers: releasers, Total: b.Total, Typed: confirm.Total, Now: tx.Now()}
	if err := MayRelease(asked); err != nil {
		return b, err
	}
	before := b
	b.Status, b.ApprovedBy, b.ApprovedName, b.ApprovedAt = StatusApproved, identity(p), p.Name, tx.Now()
	return b, decided(ctx, tx, p, "payout.approve", before, b)
}

// held reads a batch under its lock, for somebody with the right.
func held(ctx context.Context, tx *db.Tx, p auth.Principal, id ID, perm auth.Permission) (Batch, error) {
	b, err := Find(ctx, tx, id)
	if err != nil {
		return b, err
	}
	if err := require(p, b.Program, perm, "payout"); err != nil {
		return Batch{}, err
	}
	return locked(ctx, tx, id)
}

func locked(ctx context.Context, tx *db.Tx, id ID) (Batch, error) {
	if err := tx.Lock(ctx, "payout:"+string(id)); err != nil {
		return Batch{}, err
	}
	return Find(ctx, tx, id)
}

// decided stores what a person decided on a batch, with its audit entry and event.
func decided(ctx context.Context, tx *db.Tx, p auth.Principal, action string, before, after Batch) error {
	if err := saveBatch(ctx, tx, after); err != nil {
		return err
	}
	if err := audit.Record(ctx, tx, p, after.Program, action, string(after.ID), standing(before), standing(after), ""); err != nil {
		return err
	}
	return tell(ctx, tx, after)
}

// standing is what the audit keeps of a batch.
func standing(b Batch) any {
	return map[string]any{"status": b.Status, "total": b.Total, "items": b.Items, "rail": b.Rail}
}

func tell(ctx context.Context, tx *db.Tx, b Batch) error {
	return tx.Emit(ctx, Topic, string(b.Program), Changed{b.ID, b.Program, b.Status, b.Total, b.Items})
}
