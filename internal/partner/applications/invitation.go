package applications

import (
	"context"
	"time"

	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/partner/partnerships"
)

// Invitation is a brand's standing offer to a creator.
type Invitation struct {
	Partnership partnerships.ID
	InvitedAt   time.Time
	InvitedBy   string // the name of who invited them
	AcceptedAt  time.Time
	Terms       string // the sentence they said yes to
}

// Invite makes a standing offer; one that is there stays.
func Invite(ctx context.Context, tx *db.Tx, partnership partnerships.ID, by string) error {
	_, err := tx.Exec(ctx, `insert into invitations (partnership_id, invited_at, invited_by, accepted_at, terms_said) values ($1, $2, $3, null, '')
		on conflict (partnership_id) do nothing`, partnership, db.Micros(tx.Now()), by)
	return err
}

// InvitationOf returns the offer that was made to a creator; found is false where there is none.
func InvitationOf(ctx context.Context, tx *db.Tx, partnership partnerships.ID) (i Invitation, found bool, err error) {
	return db.One(ctx, tx, func(s db.Scanner) (i Invitation, err error) {
		err = s.Scan(&i.Partnership, db.ScanTime(&i.InvitedAt), &i.InvitedBy, db.ScanTime(&i.AcceptedAt), &i.Terms)
		return i, err
	}, `select partnership_id, invited_at, invited_by, accepted_at, terms_said from invitations where partnership_id = $1`, partnership)
}

// Accept makes the partnership active for the creator who was invited, with the sentence they read. Accepting twice does nothing more.
func Accept(ctx context.Context, tx *db.Tx, partnership partnerships.ID, sentence string) (partnerships.Partnership, error) {
	p, err := partnerships.Hold(ctx, tx, partnership)
	if err != nil || p.Status.Running() {
		return p, err
	}
	if _, found, err := InvitationOf(ctx, tx, partnership); err != nil {
		return p, err
	} else if !found || !p.Status.Open() {
		return p, fault.Conflict("not_invited", "There is no open invitation. Ask the brand for a new one.")
	}
	if p, err = partnerships.SetStatus(ctx, tx, partnership, partnerships.StatusActive); err != nil {
		return p, err
	}
	return p, noteAccepted(ctx, tx, partnership, sentence)
}

// noteAccepted keeps what somebody said yes to, the first time.
func noteAccepted(ctx context.Context, tx *db.Tx, partnership partnerships.ID, sentence string) error {
	_, err := tx.Exec(ctx, `insert into invitations (partnership_id, invited_at, invited_by, accepted_at, terms_said) values ($1, $2, '', $2, $3)
		on conflict (partnership_id) do update set accepted_at = coalesce(invitations.accepted_at, excluded.accepted_at),
			terms_said = case when invitations.accepted_at is null then excluded.terms_said else invitations.terms_said end`,
		partnership, db.Micros(tx.Now()), sentence)
	return err
}
