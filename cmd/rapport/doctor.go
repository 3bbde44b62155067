package main

import (
	"errors"
	"fmt"
	"time"

	"rapport/internal/base/db"
	"rapport/internal/base/jobs"
	"rapport/internal/base/notify"
	"rapport/internal/pay/ledger"
)

type doctorCmd struct{ place }

// errUnhealthy makes the command fail after it has told what it found.
var errUnhealthy = errors.New("something needs a look")

// Run checks everything that can be checked from outside a running server.
func (c *doctorCmd) Run(e *environment) (err error) {
	d, err := c.open(e)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	healthy := true
	say := func(ok bool, format string, args ...any) {
		mark := "ok  "
		if !ok {
			mark, healthy = "BAD ", false
		}
		fmt.Println(mark + fmt.Sprintf(format, args...))
	}
	have, known, err := d.Schema(e.ctx)
	if err != nil {
		return err
	}
	say(have == known, "schema: version %d, this program knows %d", have, known)
	if have != known {
		return errUnhealthy
	}
	if _, err := c.box(e.ctx, d); err != nil {
		say(false, "master key: %v", err)
	} else {
		say(true, "master key: fits the database")
	}
	if err := c.books(e, d, say); err != nil {
		return err
	}
	if err := c.queues(e, d, say); err != nil {
		return err
	}
	if err := c.rounds(e, d, say); err != nil {
		return err
	}
	if !healthy {
		return errUnhealthy
	}
	return nil
}

func (c *doctorCmd) books(e *environment, d *db.DB, say func(bool, string, ...any)) error {
	report, err := ledger.Verify(e.ctx, d)
	if err != nil {
		return err
	}
	for _, finding := range report.Findings {
		say(false, "books: %s", finding)
	}
	say(len(report.Findings) == 0, "books: %d transactions in the chain, %d findings", report.Transactions, len(report.Findings))
	return nil
}

func (c *doctorCmd) queues(e *environment, d *db.DB, say func(bool, string, ...any)) error {
	return d.View(e.ctx, func(tx *db.Tx) error {
		events, err := db.Outbox(e.ctx, tx)
		if err != nil {
			return err
		}
		say(events.Parked == 0, "events: %d parked, %d not numbered yet", events.Parked, events.Waiting)
		work, err := jobs.State(e.ctx, tx)
		if err != nil {
			return err
		}
		say(work.Failed == 0, "jobs: %d failed, %d being tried again, %d waiting", work.Failed, work.Retrying, work.Waiting)
		mails, err := notify.Count(e.ctx, tx)
		if err != nil {
			return err
		}
		say(mails.Failed == 0, "mails: %d failed, %d queued", mails.Failed, mails.Queued)
		return nil
	})
}

// Bounds of what is said of the work that comes round: a single bad round is mended by the next, and what is not tried any more is no trouble of today.
const (
	manyFailures = 3 // in a row
	longAgo      = 48 * time.Hour
)

// rounds tells which periodic work fails again and again: a mailbox that cannot be read, a platform that refuses its key.
func (c *doctorCmd) rounds(e *environment, d *db.DB, say func(bool, string, ...any)) error {
	return d.View(e.ctx, func(tx *db.Tx) error {
		tasks, err := jobs.Tasks(e.ctx, tx)
		if err != nil {
			return err
		}
		failing := 0
		for _, t := range tasks {
			if t.Failures >= manyFailures && tx.Now().Sub(t.Began) < longAgo {
				failing++
				say(false, "periodic work: %d failures in a row: %s", t.Failures, t.Error)
			}
		}
		say(failing == 0, "periodic work: %d kinds, %d failing", len(tasks), failing)
		return nil
	})
}
