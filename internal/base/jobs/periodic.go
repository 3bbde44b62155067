package jobs

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"rapport/internal/base/db"
	"rapport/internal/base/id"
)

// task is work that comes round. It is not queued: what one round misses the next one finds.
type task struct {
	name  string
	every time.Duration
	run   func(ctx context.Context) error
}

const (
	shortestRound = time.Second
	afterTrouble  = 5 * time.Second // until the database is asked again when it did not answer
	errorLength   = 500             // bytes of an error that are kept
)

// deadline is how long a round may take, and half a minute less than others wait for a process that may have died.
func (t task) deadline() time.Duration { return min(max(t.every, time.Minute), longestDeadline) }
func (t task) hold() time.Duration     { return t.deadline() + 30*time.Second }

// Periodic lets f run once per interval among all processes, the first time at once. The name is stable: it names the row that remembers.
func (r *Runner) Periodic(every time.Duration, name string, f func(ctx context.Context) error) {
	if every < shortestRound || name == "" {
		panic("BUG: a periodic task needs a name and at least a second between rounds")
	}
	for _, t := range r.tasks {
		if t.name == name {
			panic("BUG: two periodic tasks are called " + name)
		}
	}
	r.tasks = append(r.tasks, task{name, every, f})
}

// Tick runs the tasks that are due, one after the other. Tests call it instead of waiting, with the database's clock where they want it.
func (r *Runner) Tick(ctx context.Context) error {
	var errs []error
	for _, t := range r.tasks {
		_, err := r.round(ctx, t)
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

func (r *Runner) comeRound(ctx context.Context, t task) {
	for {
		wait, err := r.round(ctx, t)
		if err != nil && ctx.Err() == nil {
			r.log.ErrorContext(ctx, "a periodic task failed", "task", t.name, "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
	}
}

// round runs the task if it is due and nobody else has it, and says how long to wait for the next look.
func (r *Runner) round(ctx context.Context, t task) (wait time.Duration, err error) {
	due, err := r.dueAt(ctx, t)
	if err != nil {
		return afterTrouble, err
	}
	if now := r.db.Now(); due.After(now) {
		return min(due.Sub(now), t.every), nil
	}
	claim, began, err := r.claim(ctx, t)
	if err != nil {
		return afterTrouble, err
	}
	if claim == "" {
		return shortestRound, nil
	}
	failed := runBounded(ctx, t)
	err = errors.Join(failed, r.release(ctx, t, claim, failed))
	return max(began.Add(t.every).Sub(r.db.Now()), 0), err
}

// runBounded runs the task within its deadline and makes an error of a panic, so that one bad round does not end the process.
func runBounded(ctx context.Context, t task) (err error) {
	ctx, cancel := context.WithTimeout(ctx, t.deadline())
	defer cancel()
	defer func() {
		if thrown := recover(); thrown != nil {
			err = fmt.Errorf("%s panicked: %v", t.name, thrown)
		}
	}()
	if err := t.run(ctx); err != nil {
		return fmt.Errorf("%s: %w", t.name, err)
	}
	return nil
}

// dueAt is the zero time for a task that never ran. A task that somebody holds is due when they must have let go.
func (r *Runner) dueAt(ctx context.Context, t task) (due time.Time, err error) {
	err = r.db.View(ctx, func(tx *db.Tx) error {
		var micros int64
		micros, _, err = db.One(ctx, tx, db.Column[int64],
			`select case when held_until > due_at then held_until else due_at end from periodic_tasks where name = $1`, t.name)
		due = db.Time(micros)
		return err
	})
	return due, err
}

// claim takes the task's next round for this process, or returns no claim because another one was quicker.
func (r *Runner) claim(ctx context.Context, t task) (claim string, began time.Time, err error) {
	err = r.db.Update(ctx, func(tx *db.Tx) error {
		claim, began = id.New("run", tx.Now()), tx.Now()
		taken, err := tx.Exec(ctx, `insert into periodic_tasks (name, due_at, claim, held_until, began_at, failures, error)
			values ($1, $2, $3, $4, $5, 0, '')
			on conflict (name) do update set due_at = excluded.due_at, claim = excluded.claim, held_until = excluded.held_until, began_at = excluded.began_at
			where periodic_tasks.due_at <= excluded.began_at and periodic_tasks.held_until <= excluded.began_at`,
			t.name, db.Micros(began.Add(t.every)), claim, db.Micros(began.Add(t.hold())), db.Micros(began))
		if taken == 0 {
			claim = ""
		}
		return err
	})
	return claim, began, err
}

// release lets go of the task and keeps how the round ended. A round that was interrupted by the end of this process is due again at once.
func (r *Runner) release(ctx context.Context, t task, claim string, failed error) error {
	interrupted := ctx.Err() != nil
	ctx = context.WithoutCancel(ctx)
	return r.db.Update(ctx, func(tx *db.Tx) error {
		now := db.Micros(tx.Now())
		if interrupted {
			_, err := tx.Exec(ctx, `update periodic_tasks set claim = '', held_until = 0, due_at = $1 where name = $2 and claim = $3`, now, t.name, claim)
			return err
		}
		if failed == nil {
			_, err := tx.Exec(ctx, `update periodic_tasks set claim = '', held_until = 0, ended_at = $1, failures = 0, error = ''
				where name = $2 and claim = $3`, now, t.name, claim)
			return err
		}
		_, err := tx.Exec(ctx, `update periodic_tasks set claim = '', held_until = 0, ended_at = $1, failures = failures + 1, error = $2
			where name = $3 and claim = $4`, now, cut(failed.Error()), t.name, claim)
		return err
	})
}

// cut makes an error fit to be stored: bounded, and text in both engines' eyes.
func cut(text string) string {
	return strings.ToValidUTF8(strings.ReplaceAll(text[:min(len(text), errorLength)], "\x00", ""), "")
}
