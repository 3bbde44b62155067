package notify

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/riverqueue/river"

	"rapport/internal/base/db"
	"rapport/internal/base/id"
	"rapport/internal/base/jobs"
	"rapport/internal/base/secret"
)

const (
	maxAttempts = 12 // with the queue's waits: about six hours
	sendWithin  = 2 * time.Minute
	holdFor     = 5 * time.Minute // more than sendWithin: an attempt that holds a mail longer has died
)

// Send hands one mail to the outside. It returns nil once somebody else has taken over the responsibility for it, an error made by Refuse if
// the mail itself will never be taken, and any other error if trying again may help.
type Send func(ctx context.Context, m Mail) error

// Refusal is an error that trying again will not mend.
type Refusal struct{ reason error }

// Refuse marks an error as a refusal.
func Refuse(reason error) error { return &Refusal{reason} }

func (r *Refusal) Error() string { return r.reason.Error() }
func (r *Refusal) Unwrap() error { return r.reason }

// Work makes the runner send mails.
func Work(r *jobs.Runner, d *db.DB, box *secret.Box, send Send) {
	jobs.Add(r, &worker{db: d, box: box, send: send})
}

type worker struct {
	river.WorkerDefaults[Job]
	db   *db.DB
	box  *secret.Box
	send Send
}

func (*worker) Timeout(*river.Job[Job]) time.Duration { return sendWithin + 30*time.Second }

func (w *worker) Work(ctx context.Context, job *river.Job[Job]) error {
	err := Deliver(ctx, w.db, w.box, job.Args.ID, w.send)
	if _, refused := errors.AsType[*Refusal](err); refused {
		return river.JobCancel(err)
	}
	return err
}

// Deliver tries once to send a mail. It returns nil if the mail is sent, now or earlier; a Refusal if it has failed for good; any other error
// if it is to be tried again.
func Deliver(ctx context.Context, d *db.DB, box *secret.Box, mail string, send Send) error {
	a, err := begin(ctx, d, mail)
	if err != nil || a.claim == "" {
		return err
	}
	m, err := a.open(box)
	if err != nil {
		return a.end(ctx, d, Refuse(fmt.Errorf("cannot open mail %s: %w", mail, err)))
	}
	sending, cancel := context.WithTimeout(ctx, sendWithin)
	defer cancel()
	return a.end(ctx, d, withoutAddress(send(sending, m), m.To))
}

// attempt is one try at sending, which holds the mail until it ends.
type attempt struct {
	mail                     Mail
	claim                    string // "" if there is nothing left to do
	count                    int
	recipient, subject, body []byte
	headers                  []byte // nil where there are none
}

func (a attempt) open(box *secret.Box) (Mail, error) {
	m := a.mail
	for _, part := range []struct {
		name   string
		sealed []byte
		into   *string
	}{{"recipient", a.recipient, &m.To}, {"subject", a.subject, &m.Subject}, {"body", a.body, &m.Text}} {
		text, err := box.Open(purpose(m.ID, part.name), part.sealed)
		if err != nil {
			return Mail{}, err
		}
		*part.into = string(text)
	}
	var err error
	m.Headers, err = openHeaders(box, m.ID, a.headers)
	return m, err
}

// begin takes the mail for one attempt.
func begin(ctx context.Context, d *db.DB, mail string) (a attempt, err error) {
	err = d.Update(ctx, func(tx *db.Tx) error {
		claim := id.New("try", tx.Now())
		var found bool
		a, found, err = db.One(ctx, tx, scanAttempt, `update mails set state = $1, claim = $2, claimed_at = $3, attempts = attempts + 1
			where id = $4 and (state = $5 or (state = $1 and claimed_at <= $6))
			returning id, program_id, recipient, subject, body, headers, claim, attempts, created_at`,
			StateSending, claim, db.Micros(tx.Now()), mail, StateQueued, db.Micros(tx.Now().Add(-holdFor)))
		if err != nil || found {
			return err
		}
		return whyNot(ctx, tx, mail)
	})
	return a, err
}

func scanAttempt(s db.Scanner) (a attempt, err error) {
	err = s.Scan(&a.mail.ID, &a.mail.Program, &a.recipient, &a.subject, &a.body, &a.headers, &a.claim, &a.count, db.ScanTime(&a.mail.At))
	return a, err
}

// whyNot says why a mail cannot be taken: nil if it is sent.
func whyNot(ctx context.Context, tx *db.Tx, mail string) error {
	state, found, err := db.One(ctx, tx, db.Column[State], `select state from mails where id = $1`, mail)
	if err != nil {
		return err
	}
	if !found {
		return Refuse(fmt.Errorf("there is no mail %s", mail))
	}
	switch state {
	case StateSent:
		return nil
	case StateFailed:
		return Refuse(fmt.Errorf("mail %s has failed already", mail))
	case StateSending, StateQueued:
		return fmt.Errorf("mail %s is being sent by another attempt", mail)
	}
	panic("BUG: unknown state of a mail: " + string(state))
}

// end records how the attempt ended and returns what the caller is to know. The record is made even if the caller is going away: a mail that
// was accepted and not recorded would be sent again.
func (a attempt) end(ctx context.Context, d *db.DB, failed error) error {
	ctx = context.WithoutCancel(ctx)
	if failed == nil {
		return d.Update(ctx, func(tx *db.Tx) error { // whoever holds it now: it has left
			_, err := tx.Exec(ctx, `update mails set state = $1, claim = '', error = '', body = null, headers = null, sent_at = $2 where id = $3 and state <> $1`,
				StateSent, db.Micros(tx.Now()), a.mail.ID)
			return err
		})
	}
	if _, refused := errors.AsType[*Refusal](failed); !refused && a.count >= maxAttempts {
		failed = Refuse(fmt.Errorf("given up after %d attempts: %w", a.count, failed))
	}
	next := StateQueued
	if _, refused := errors.AsType[*Refusal](failed); refused {
		next = StateFailed
	}
	err := d.Update(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `update mails set state = $1, claim = '', error = $2, body = case when $1 = $3 then null else body end, headers = case when $1 = $3 then null else headers end
			where id = $4 and claim = $5`, next, failed.Error(), StateFailed, a.mail.ID, a.claim)
		return err
	})
	return errors.Join(failed, err)
}

const maxError = 500 // bytes

// withoutAddress cuts an error down to what may be stored and logged: servers like to repeat the recipient.
func withoutAddress(err error, address string) error {
	if err == nil {
		return nil
	}
	text := regexp.MustCompile(`(?i)`+regexp.QuoteMeta(address)).ReplaceAllLiteralString(err.Error(), "(recipient)")
	text = strings.Map(func(r rune) rune {
		if r < ' ' {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text[:min(len(text), maxError)], ""))
	if _, refused := errors.AsType[*Refusal](err); refused {
		return Refuse(errors.New(text))
	}
	return errors.New(text)
}
