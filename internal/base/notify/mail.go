package notify

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/riverqueue/river"

	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/id"
	"rapport/internal/base/jobs"
	"rapport/internal/base/programs"
	"rapport/internal/base/secret"
)

// Bounds of a mail: an address as RFC 5321, 4.5.3.1.3 has it, the others ours.
const (
	maxAddress = 254       // bytes
	maxSubject = 200       // characters
	maxText    = 256 << 10 // bytes
)

// Mail is one message to one person.
type Mail struct {
	ID      string      // made by NewID, or given by Queue
	Program programs.ID // the program it speaks for, or ""
	To      string      // an address alone: ada@example.com
	Subject string
	Text    string    // plain, lines ended by \n
	At      time.Time // when it was queued; given by Queue
	Headers Headers
}

// NewID makes the id of a mail before it is queued, for those who keep it beside. A mail queued twice under one id is an error, and is sent once.
func NewID(at time.Time) string { return id.New(prefix, at) }

const prefix = "mal"

// purpose is what the parts of a mail are sealed for. The id and the part are in it, so that nothing can be moved from one mail to another.
func purpose(mail, part string) string { return "mail " + part + " " + mail }

// Job is the work of sending one mail.
type Job struct {
	ID string `json:"id"`
}

// Kind names the job in the queue.
func (Job) Kind() string { return "mail" }

// Queue writes a mail into the transaction; it leaves after the commit. Faults name the field: to, subject, text or headers.
func Queue(ctx context.Context, tx *db.Tx, box *secret.Box, m Mail) error {
	m, err := m.check()
	if err != nil {
		return err
	}
	if m.ID == "" {
		m.ID = NewID(tx.Now())
	}
	var sealed [3][]byte
	for i, part := range []struct{ name, text string }{{"recipient", m.To}, {"subject", m.Subject}, {"body", m.Text}} {
		if sealed[i], err = box.Seal(purpose(m.ID, part.name), []byte(part.text)); err != nil {
			return fmt.Errorf("cannot seal a mail: %w", err)
		}
	}
	headers, err := m.Headers.seal(box, m.ID)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `insert into mails (id, program_id, recipient, subject, body, headers, state, attempts, claim, error, created_at)
		values ($1, $2, $3, $4, $5, $6, $7, 0, '', '', $8)`, m.ID, m.Program, sealed[0], sealed[1], sealed[2], headers, StateQueued, db.Micros(tx.Now()))
	if err != nil {
		return fmt.Errorf("cannot queue a mail: %w", err)
	}
	// The mail counts its own attempts; the job must outlive them and a few bad moments of the database.
	return jobs.Enqueue(ctx, tx, Job{m.ID}, &river.InsertOpts{MaxAttempts: 2 * maxAttempts})
}

// check returns the mail with its address as it travels.
func (m Mail) check() (Mail, error) {
	m.Text = strings.ReplaceAll(m.Text, "\r\n", "\n") // as forms send it
	var to, subject, text *fault.Error
	address, ok := ParseAddress(m.To)
	if !ok {
		to = fault.Invalid("this is not a mail address").In("to")
	}
	if m.Subject == "" || utf8.RuneCountInString(m.Subject) > maxSubject || !printable(m.Subject, "") {
		subject = fault.Invalidf("a subject has 1 to %d characters on one line", maxSubject).In("subject")
	}
	if m.Text == "" || len(m.Text) > maxText || !printable(m.Text, "\n\t") {
		text = fault.Invalidf("a mail has 1 to %d KiB of plain text", maxText>>10).In("text")
	}
	if m.ID != "" && !id.Valid(prefix, m.ID) {
		panic("BUG: a mail's id is made by NewID: " + m.ID)
	}
	headers := m.Headers.check()
	m.To = address
	return m, fault.Join(to, subject, text, headers)
}
