package outreach

import (
	"context"
	"fmt"
	"strconv"

	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/programs"
	"rapport/internal/partner/partnerships"
)

// EnrolmentFilter cuts a list of enrolments; what is "" does not cut. The program is always given.
type EnrolmentFilter struct {
	Program     programs.ID
	Sequence    SequenceID
	Partnership partnerships.ID
	State       State
}

// Enrolments returns a page of a program's enrolments, the newest first.
func Enrolments(ctx context.Context, tx *db.Tx, f EnrolmentFilter, page db.Page) (items []Enrolment, next string, err error) {
	if f.Program == "" {
		panic("BUG: enrolments of no program")
	}
	held, args := `program_id = $1`, []any{f.Program}
	cut := func(clause string, v any) {
		args = append(args, v)
		held += ` and ` + clause + ` $` + strconv.Itoa(len(args))
	}
	if f.Sequence != "" {
		cut(`sequence_id =`, f.Sequence)
	}
	if f.Partnership != "" {
		cut(`partnership_id =`, f.Partnership)
	}
	if f.State != "" {
		cut(`state =`, f.State)
	}
	if page.After != "" {
		cut(`id <`, page.After)
	}
	args = append(args, page.Bound()+1)
	items, err = db.All(ctx, tx, scanEnrolment, `select `+enrolmentColumns+` from enrolments where `+held+` order by id desc limit $`+strconv.Itoa(len(args)), args...)
	if err != nil {
		return nil, "", fmt.Errorf("cannot list the enrolments of %s: %w", f.Program, err)
	}
	items, next = db.Cut(items, page, func(e Enrolment) string { return string(e.ID) })
	return items, next, nil
}

// FindEnrolment reads an enrolment of any program: the caller looks whose it is.
func FindEnrolment(ctx context.Context, tx *db.Tx, enrolment EnrolmentID) (Enrolment, error) {
	e, found, err := db.One(ctx, tx, scanEnrolment, `select `+enrolmentColumns+` from enrolments where id = $1`, enrolment)
	if err != nil {
		return e, fmt.Errorf("cannot read enrolment %s: %w", enrolment, err)
	}
	if !found {
		return e, fault.NotFound("enrolment")
	}
	return e, nil
}

// StopEnrolment ends one by hand. One that is over stays as it is.
func StopEnrolment(ctx context.Context, tx *db.Tx, enrolment EnrolmentID) error {
	_, err := tx.Exec(ctx, `update enrolments set state = $2, reason = $3, next_at = null where id = $1 and state = $4`, enrolment, Stopped, StopHand, Running)
	if err != nil {
		return fmt.Errorf("cannot stop enrolment %s: %w", enrolment, err)
	}
	return nil
}
