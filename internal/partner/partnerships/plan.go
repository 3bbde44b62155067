package partnerships

import (
	"context"
	"fmt"
	"slices"
	"time"

	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/programs"
)

// Plan is what is to happen next with a partnership, who sees to it and, where it came to nothing, why.
type Plan struct {
	Owner       string    // the id of a user of the program; "" for nobody
	Step        string    // "Send her the size chart"
	StepAt      time.Time // the day of the step; zero without one
	LostBecause string
}

// Due reports whether the step should have been made by now.
func (p Plan) Due(now time.Time) bool { return !p.StepAt.IsZero() && !p.StepAt.After(now) }

// Bounds of a plan, in characters.
const (
	LongestStep = 200
	LongestLost = 500
)

// check cleans a plan. A day needs a step: "on Friday" alone tells nobody what to do.
func (p Plan) check() (Plan, error) {
	step, err := Prose(p.Step, LongestStep, "next_step")
	if err != nil {
		return p, err
	}
	because, err := Prose(p.LostBecause, LongestLost, "lost_because")
	if err != nil {
		return p, err
	}
	if step == "" && !p.StepAt.IsZero() {
		return p, fault.Invalid("Say what is to be done on that day.").In("next_step")
	}
	p.Step, p.LostBecause = step, because
	return p, nil
}

// SetPlan writes what is to happen next. The caller has checked that the owner is a person of the program. Saying the same again changes nothing.
func SetPlan(ctx context.Context, tx *db.Tx, partnership ID, to Plan) error {
	to, err := to.check()
	if err != nil {
		return err
	}
	p, err := Hold(ctx, tx, partnership)
	if err != nil {
		return err
	}
	before, err := PlansOf(ctx, tx, []ID{partnership})
	if err != nil {
		return err
	}
	if was := before[partnership]; was.StepAt.Equal(to.StepAt) && was.Owner == to.Owner && was.Step == to.Step && was.LostBecause == to.LostBecause {
		return nil
	}
	_, err = tx.Exec(ctx, `update partnerships set owner_id = $2, next_step = $3, next_step_at = $4, lost_because = $5 where id = $1`,
		partnership, to.Owner, to.Step, microsOrNull(to.StepAt), to.LostBecause)
	if err != nil {
		return fmt.Errorf("cannot plan the next step with %s: %w", partnership, err)
	}
	return save(ctx, tx, &p, EventPlan, to.Step)
}

func microsOrNull(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return db.Micros(t)
}

// PlansOf returns the plans of partnerships.
func PlansOf(ctx context.Context, tx *db.Tx, ids []ID) (map[ID]Plan, error) {
	type row struct {
		id ID
		Plan
	}
	plans := make(map[ID]Plan, len(ids))
	for some := range slices.Chunk(ids, block) {
		w := &where{}
		w.add(`id in (` + list(w, some) + `)`)
		rows, err := db.All(ctx, tx, func(s db.Scanner) (r row, err error) {
			err = s.Scan(&r.id, &r.Owner, &r.Step, db.ScanTime(&r.StepAt), &r.LostBecause)
			return r, err
		}, `select id, owner_id, next_step, next_step_at, lost_because from partnerships where `+w.text(), w.args...)
		if err != nil {
			return nil, fmt.Errorf("cannot read what is planned: %w", err)
		}
		for _, r := range rows {
			plans[r.id] = r.Plan
		}
	}
	return plans, nil
}

// CountDue returns how many next steps of a program were to be made by now. Those of partnerships that are over do not count.
func CountDue(ctx context.Context, tx *db.Tx, program programs.ID, now time.Time) (n int64, err error) {
	err = tx.QueryRow(ctx, `select count(*) from partnerships where program_id = $1 and next_step_at <= $2 and status not in ($3, $4) and `+visible("import_id"),
		program, db.Micros(now), StatusEnded, StatusLost).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("cannot count the steps that are due in %s: %w", program, err)
	}
	return n, nil
}

// ListUrgent returns at most most partnerships that the filter holds, those with the earliest next step first, then those without one.
func ListUrgent(ctx context.Context, tx *db.Tx, f Filter, most int) ([]Partnership, error) {
	if err := f.check(); err != nil {
		return nil, err
	}
	w := &where{}
	f.cut(w)
	all, err := db.All(ctx, tx, scan, `select `+columns+` from partnerships where `+w.text()+` order by next_step_at nulls last, id limit `+w.arg(most), w.args...)
	if err != nil {
		return nil, fmt.Errorf("cannot list partnerships by what is due: %w", err)
	}
	return all, nil
}
