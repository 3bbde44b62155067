package applications

import (
	"context"

	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/secret"
	"rapport/internal/partner/partnerships"
	"rapport/internal/recruit/creators"
)

// Settled is what became of an application.
type Settled struct {
	Application
	Now bool // it was decided by this call and not before: what follows a decision is to be done once
}

// AnswerByRule applies the rules' decision to an application that waits. One that is queued keeps the reasons and goes on waiting.
func AnswerByRule(ctx context.Context, tx *db.Tx, of ID, d Decision) (Settled, error) {
	r, err := held(ctx, tx, of)
	if err != nil || r.State != StateWaiting {
		return Settled{Application: r.Application}, err
	}
	r.Decision = d
	switch d.Then {
	case OutcomeApprove:
		return settle(ctx, tx, r, StateApproved)
	case OutcomeRefuse:
		return settle(ctx, tx, r, StateRefused)
	case OutcomeQueue:
		return Settled{Application: r.Application}, update(ctx, tx, r)
	}
	panic("BUG: unknown outcome " + string(d.Then))
}

// Approve lets an applicant in, by a person. What was only claimed becomes the creator's contact in the program: the person has looked.
func Approve(ctx context.Context, tx *db.Tx, box *secret.Box, of ID, by, words string) (Settled, error) {
	r, err := held(ctx, tx, of)
	if err != nil || r.State == StateApproved {
		return Settled{Application: r.Application}, err
	}
	if r.sealed != nil {
		s, err := r.submission(box)
		if err != nil {
			return Settled{}, err
		}
		contact, err := creators.ContactOf(ctx, tx, r.Program, r.Creator)
		if err != nil {
			return Settled{}, err
		}
		contact.Email = s.Email
		if err := creators.SetContact(ctx, tx, r.Program, r.Creator, contact); err != nil {
			return Settled{}, err
		}
	}
	return r.byPerson(ctx, tx, StateApproved, by, words)
}

// Refuse turns an applicant away, by a person, with words that the applicant reads.
func Refuse(ctx context.Context, tx *db.Tx, of ID, by, words string) (Settled, error) {
	r, err := held(ctx, tx, of)
	if err != nil || r.State == StateRefused {
		return Settled{Application: r.Application}, err
	}
	if words, err = partnerships.Prose(words, LongestReason, "reason"); err == nil && words == "" {
		err = fault.Invalid("Write why; the applicant reads it.").In("reason")
	}
	if err != nil {
		return Settled{}, err
	}
	return r.byPerson(ctx, tx, StateRefused, by, words)
}

// held reads an application and keeps others from deciding on it meanwhile.
func held(ctx context.Context, tx *db.Tx, of ID) (row, error) {
	if err := tx.Lock(ctx, "application:"+string(of)); err != nil {
		return row{}, err
	}
	return find(ctx, tx, of)
}

func (r row) byPerson(ctx context.Context, tx *db.Tx, to State, by, words string) (Settled, error) {
	if r.State == StateApproved { // one that was refused may still be let in: people overrule rules
		return Settled{}, fault.Conflict("decided", "This applicant was let in already; end the partnership instead.")
	}
	r.DecidedBy, r.Reason = by, words
	return settle(ctx, tx, r, to)
}

// settle writes the answer and moves the partnership along.
func settle(ctx context.Context, tx *db.Tx, r row, to State) (Settled, error) {
	status := partnerships.StatusActive
	if to == StateRefused {
		status = partnerships.StatusLost
	}
	if _, err := partnerships.SetStatus(ctx, tx, r.Partnership, status); err != nil {
		return Settled{}, err
	}
	if to == StateApproved {
		if err := noteAccepted(ctx, tx, r.Partnership, r.Terms); err != nil {
			return Settled{}, err
		}
	}
	r.State, r.DecidedAt, r.sealed, r.Claimed = to, tx.Now(), nil, false
	return Settled{Application: r.Application, Now: true}, update(ctx, tx, r)
}
