package reviews

import (
	"context"
	"fmt"

	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/programs"
	"rapport/internal/partner/partnerships"
)

const columns = `id, program_id, partnership_id, order_key, conversion_id, question, asked_by, asked_at, outcome, answer, answered_by, answered_at`

func scan(s db.Scanner) (r Review, err error) {
	err = s.Scan(&r.ID, &r.Program, db.Nullable(&r.Partnership), &r.Order, db.Nullable(&r.Conversion), &r.Question, &r.AskedBy, db.ScanTime(&r.AskedAt),
		&r.Outcome, &r.Answer, &r.AnsweredBy, db.ScanTime(&r.AnsweredAt))
	return r, err
}

func insert(ctx context.Context, tx *db.Tx, r Review) error {
	if _, err := tx.Exec(ctx, `insert into reviews (id, program_id, partnership_id, order_key, conversion_id, question, asked_by, asked_at, outcome, answer, answered_by)
		values ($1, $2, $3, $4, $5, $6, $7, $8, '', '', '')`,
		r.ID, r.Program, db.OrNull(r.Partnership), r.Order, db.OrNull(r.Conversion), r.Question, r.AskedBy, db.Micros(r.AskedAt)); err != nil {
		return fmt.Errorf("cannot keep a review: %w", err)
	}
	return nil
}

// Find returns a review of any program; the caller checks access to its program.
func Find(ctx context.Context, tx *db.Tx, review ID) (Review, error) {
	r, found, err := db.One(ctx, tx, scan, `select `+columns+` from reviews where id = $1`, review)
	if err == nil && !found {
		err = fault.NotFound("review")
	}
	return r, err
}

// Filter narrows List. Program is required.
type Filter struct {
	Program     programs.ID
	Partnership partnerships.ID
	Open        bool // only what waits for an answer
	Answered    bool // only what has one
}

// List returns reviews, the newest first. The cursor is a review's id.
func List(ctx context.Context, tx *db.Tx, f Filter, p db.Page) ([]Review, string, error) {
	query, args := `select `+columns+` from reviews where program_id = $1`, []any{f.Program}
	add := func(condition string, value any) {
		args = append(args, value)
		query += fmt.Sprintf(" and "+condition, len(args))
	}
	if p.After != "" {
		add(`id < $%d`, p.After)
	}
	if f.Partnership != "" {
		add(`partnership_id = $%d`, f.Partnership)
	}
	switch {
	case f.Open:
		query += ` and answered_at is null`
	case f.Answered:
		query += ` and answered_at is not null`
	}
	args = append(args, p.Bound()+1)
	query += fmt.Sprintf(` order by id desc limit $%d`, len(args))
	found, err := db.All(ctx, tx, scan, query, args...)
	if err != nil {
		return nil, "", fmt.Errorf("cannot list reviews: %w", err)
	}
	found, next := db.Cut(found, p, func(r Review) string { return string(r.ID) })
	return found, next, nil
}

// Waiting counts the open reviews of a program.
func Waiting(ctx context.Context, tx *db.Tx, program programs.ID) (int64, error) {
	n, _, err := db.One(ctx, tx, db.Column[int64], `select count(*) from reviews where program_id = $1 and answered_at is null`, program)
	return n, err
}
