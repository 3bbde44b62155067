package outreach

import (
	"context"
	"errors"
	"fmt"
	"time"

	"rapport/internal/base/db"
	"rapport/internal/base/fault"
)

// MostTries is how often a mail that cannot be written is tried: at once, and after 10, 20, 40, 80 and 160 minutes. A hiccup is over by then, and what
// is left needs a person.
const MostTries = 6

const firstPause = 10 * time.Minute

// pauseAfter is how long an enrolment rests after so many failed tries.
func pauseAfter(tries int) time.Duration { return firstPause << min(max(tries-1, 0), MostTries) }

// putBack lets an enrolment whose step failed rest, or parks it after the last try, so that it holds nobody else back. Where another runner has seen
// to it meanwhile nothing changes.
func putBack(ctx context.Context, d *db.DB, e Enrolment, cause error) error {
	state, why, next := Running, Stop(""), any(nil)
	if e.Tries+1 >= MostTries {
		state, why = Stopped, StopTrouble
	}
	err := d.Update(ctx, func(tx *db.Tx) error {
		if state == Running {
			next = db.Micros(tx.Now().Add(pauseAfter(e.Tries + 1)))
		}
		_, err := tx.Exec(ctx, `update enrolments set tries = $2, state = $3, reason = $4, next_at = $5, trouble = $6 where id = $1 and state = $7 and next_at = $8`,
			e.ID, e.Tries+1, state, why, next, sayable(cause), Running, db.Micros(e.NextAt))
		return err
	})
	if err != nil {
		return errors.Join(cause, fmt.Errorf("cannot put enrolment %s back: %w", e.ID, err))
	}
	return fmt.Errorf("cannot take the next step of enrolment %s, try %d of %d: %w", e.ID, e.Tries+1, MostTries, cause)
}

// sayable is what people may read of a mistake; "" where its words are for the log alone.
func sayable(cause error) string {
	if f, ok := errors.AsType[*fault.Error](cause); ok {
		return f.Error()
	}
	return ""
}

// TryAgain lets an enrolment that was parked run on, with all its tries. One that is not parked stays as it is.
func TryAgain(ctx context.Context, tx *db.Tx, enrolment EnrolmentID) error {
	_, err := tx.Exec(ctx, `update enrolments set state = $2, reason = '', trouble = '', tries = 0, next_at = $3 where id = $1 and state = $4 and reason = $5`,
		enrolment, Running, db.Micros(tx.Now()), Stopped, StopTrouble)
	if err != nil {
		return fmt.Errorf("cannot let enrolment %s run on: %w", enrolment, err)
	}
	return nil
}
