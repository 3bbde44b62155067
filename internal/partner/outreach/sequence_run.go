package outreach

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"rapport/internal/base/db"
	"rapport/internal/base/notify"
	"rapport/internal/base/programs"
	"rapport/internal/base/secret"
	"rapport/internal/partner/partnerships"
	"rapport/internal/partner/terms"
)

// Mailer sends the mails of sequences.
type Mailer struct {
	Box     *secret.Box
	BaseURL string                                             // of the pages, without a slash at the end
	Deal    func(p programs.Program, t terms.Effective) string // the terms in one sentence
	Words   Words
	Replies string // the address that answers come to, each with whose it is behind a plus; "" for the sender's
}

// Bounds of one run: so many programs, and so many enrolments of each. What is left waits a minute.
const (
	mostPrograms = 50
	mostAtOnce   = 50
)

// SendDue sends what is due, each mail in a transaction of its own, and says how many left. Several may run at once, and any may die at any moment: what
// is recorded as sent and what is queued are one commit.
func (m Mailer) SendDue(ctx context.Context, d *db.DB) (sent int, err error) {
	var due []programs.ID
	if err := d.View(ctx, func(tx *db.Tx) (err error) {
		due, err = db.All(ctx, tx, db.Column[programs.ID], `select distinct program_id from enrolments where next_at is not null and next_at <= $1 order by program_id limit $2`,
			db.Micros(tx.Now()), mostPrograms)
		return err
	}); err != nil {
		return 0, fmt.Errorf("cannot find whose mails are due: %w", err)
	}
	var errs []error
	for _, program := range due {
		n, err := m.sendOf(ctx, d, program)
		sent += n
		errs = append(errs, err) // the others' mails do not wait for this one's trouble
	}
	return sent, errors.Join(errs...)
}

func (m Mailer) sendOf(ctx context.Context, d *db.DB, program programs.ID) (sent int, err error) {
	var errs []error
	for range mostAtOnce {
		var now turn
		err := d.Update(ctx, func(tx *db.Tx) (err error) {
			now, err = m.one(ctx, tx, program)
			return err
		})
		switch {
		case err != nil && (now.enrolment.ID == "" || ctx.Err() != nil): // the program's trouble, or ours
			return sent, errors.Join(append(errs, err)...)
		case err != nil:
			errs = append(errs, putBack(ctx, d, now.enrolment, err))
		case now.enrolment.ID == "":
			return sent, errors.Join(errs...)
		case now.left:
			sent++
		}
	}
	return sent, errors.Join(errs...)
}

// turn is whom one look at the queue saw to, nobody where none is due or none may leave now, and whether a mail was queued.
type turn struct {
	enrolment Enrolment
	left      bool
}

// one sees to the enrolment that waits longest.
func (m Mailer) one(ctx context.Context, tx *db.Tx, id programs.ID) (now turn, err error) {
	pace, err := holdPace(ctx, tx, id)
	if err != nil {
		return now, err
	}
	program, err := programs.Find(ctx, tx, id)
	if err != nil {
		return now, err
	}
	traffic, err := TrafficOf(ctx, tx, program)
	if err != nil || Allow(pace, traffic, tx.Now()).Room == 0 {
		return now, err
	}
	now.enrolment, _, err = db.One(ctx, tx, scanEnrolment, `select `+enrolmentColumns+` from enrolments where program_id = $1 and next_at <= $2 order by next_at, id limit 1`,
		id, db.Micros(tx.Now()))
	if err != nil || now.enrolment.ID == "" {
		return turn{}, err
	}
	now.left, err = m.step(ctx, tx, program, now.enrolment)
	return now, err
}

// step does what Next decides with one enrolment.
func (m Mailer) step(ctx context.Context, tx *db.Tx, program programs.Program, e Enrolment) (left bool, err error) {
	q, err := FindSequence(ctx, tx, e.Sequence)
	if err != nil {
		return false, err
	}
	p, err := partnerships.Hold(ctx, tx, e.Partnership)
	if isGone(err) {
		return false, e.end(ctx, tx, Stopped, StopGone)
	}
	if err != nil {
		return false, err
	}
	t, err := read(ctx, tx, m.Box, p)
	if isGone(err) {
		return false, e.end(ctx, tx, Stopped, StopGone)
	}
	if err != nil {
		return false, err
	}
	t.facts.EnrolledAt, t.facts.LastAt, t.facts.SequenceStopped = e.EnrolledAt, e.LastAt, !q.StoppedAt.IsZero()
	switch next := Next(q.Steps, e.Step, t.facts, tx.Now(), program.Location()); {
	case next.Done:
		return false, e.end(ctx, tx, Done, "")
	case next.Stop != "":
		return false, e.end(ctx, tx, Stopped, next.Stop)
	case !next.Due:
		_, err := tx.Exec(ctx, `update enrolments set next_at = $2 where id = $1`, e.ID, db.Micros(next.At))
		return false, err
	default:
		return m.send(ctx, tx, program, q, e, t)
	}
}

func (e Enrolment) end(ctx context.Context, tx *db.Tx, in State, why Stop) error {
	_, err := tx.Exec(ctx, `update enrolments set state = $2, reason = $3, next_at = null where id = $1`, e.ID, in, why)
	if err != nil {
		return fmt.Errorf("cannot end enrolment %s: %w", e.ID, err)
	}
	return nil
}

// send queues the mail of a step and keeps it in the conversation; the step's row makes sure that it happens once.
func (m Mailer) send(ctx context.Context, tx *db.Tx, program programs.Program, q Sequence, e Enrolment, t target) (left bool, err error) {
	mail, err := m.write(ctx, tx, program, q, e, t)
	if err != nil {
		return false, err
	}
	if utf8.RuneCountInString(mail.Text) > longestBody {
		return false, e.end(ctx, tx, Stopped, StopTooLong)
	}
	message, err := Send(ctx, tx, New{Partnership: e.Partnership, From: SideBrand, Body: mail.Text, Channel: ChannelMail, Author: q.Sender})
	if err != nil {
		return false, err
	}
	if _, err := tx.Exec(ctx, `insert into sequence_sends (enrolment_id, step, program_id, partnership_id, mail_id, message_id, at) values ($1, $2, $3, $4, $5, $6, $7)`,
		e.ID, e.Step, e.Program, e.Partnership, mail.ID, message.ID, db.Micros(tx.Now())); err != nil {
		return false, fmt.Errorf("cannot record a mail of %s: %w", e.ID, err)
	}
	if err := notify.Queue(ctx, tx, m.Box, mail); err != nil {
		return false, err
	}
	if e.Step+1 == len(q.Steps) {
		_, err = tx.Exec(ctx, `update enrolments set step = $2, last_sent_at = $3, state = $4, next_at = null, tries = 0, trouble = '' where id = $1`, e.ID, e.Step+1, db.Micros(tx.Now()), Done)
		return true, err
	}
	next := Working(tx.Now().In(program.Location()).AddDate(0, 0, q.Steps[e.Step+1].AfterDays), program.Location())
	_, err = tx.Exec(ctx, `update enrolments set step = $2, last_sent_at = $3, next_at = $4, tries = 0, trouble = '' where id = $1`, e.ID, e.Step+1, db.Micros(tx.Now()), db.Micros(next))
	return true, err
}

// write makes the mail of a step. The first message ends with who writes and from where the address is; every one with the way to be left alone.
func (m Mailer) write(ctx context.Context, tx *db.Tx, program programs.Program, q Sequence, e Enrolment, t target) (mail notify.Mail, err error) {
	deal, err := partnerships.EffectiveTerms(ctx, tx, t.partnership)
	if err != nil {
		return mail, err
	}
	leave := m.BaseURL + "/leave/" + LeaveToken(m.Box, e.Partnership)
	step, values := q.Steps[e.Step].template(), t.values(program, q.Sender, m.Words)
	values["terms_sentence"] = m.Deal(program, deal)
	body, _ := step.Fill(values)
	if e.Step == 0 {
		body = WithIntroduction(body, m.Words.Introduce(Introduction{Brand: program.Name, Sender: q.Sender, Found: m.Words.FoundBy(t.creator), LeaveURL: leave}))
	} else {
		body = strings.TrimRight(body, "\n ") + "\n\n" + m.Words.Leave(leave)
	}
	mail = notify.Mail{ID: notify.NewID(tx.Now()), Program: program.ID, To: t.email, Subject: cmp.Or(step.FillSubject(values), program.Name), Text: onLines(body, leave)}
	mail.Headers.Unsubscribe = leave
	if m.Replies != "" {
		mail.Headers.ReplyTo = ReplyAddress(m.Box, m.Replies, e.Partnership)
	}
	mail.Headers.After, err = db.All(ctx, tx, db.Column[string], `select mail_id from sequence_sends where enrolment_id = $1 order by step`, e.ID)
	return mail, err
}

// onLines puts a link on a line of its own, as every mail of the house has them.
func onLines(body, link string) string { return strings.ReplaceAll(body, " "+link, "\n"+link) + "\n" }

// values are what is known of a creator, by the names of the gaps.
func (t target) values(program programs.Program, sender string, words Words) map[string]string {
	first, _, _ := strings.Cut(t.creator.Name, " ")
	v := map[string]string{"first_name": first, "name": t.creator.Name, "brand": program.Name, "sender": sender}
	if len(t.creator.Profiles) > 0 {
		account := mainOf(t.creator)
		v["handle"], v["platform"] = "@"+account.Handle, words.Platform(account.Platform)
	}
	return v
}
