package outreach

import (
	"context"
	"errors"
	"fmt"
	"time"

	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/id"
	"rapport/internal/base/notify"
	"rapport/internal/base/programs"
	"rapport/internal/base/secret"
	"rapport/internal/partner/partnerships"
	"rapport/internal/recruit/creators"
)

// State is how far an enrolment is.
type State string

// The states of an enrolment.
const (
	Running State = "running"
	Done    State = "done"
	Stopped State = "stopped"
)

// Enrolment is a creator in a sequence.
type Enrolment struct {
	ID          EnrolmentID
	Program     programs.ID
	Sequence    SequenceID
	Partnership partnerships.ID
	Step        int // the next one, from 0; as many were sent
	State       State
	Reason      Stop
	By          string // the name of who enrolled them
	EnrolledAt  time.Time
	LastAt      time.Time // zero before the first mail
	NextAt      time.Time // zero once it is over
	Tries       int       // of the next mail that failed, in a row
	Trouble     string    // what the last one failed by, where people can be told; "" otherwise
}

const enrolmentColumns = `id, program_id, sequence_id, partnership_id, step, state, reason, enrolled_by, enrolled_at, last_sent_at, next_at, tries, trouble`

func scanEnrolment(s db.Scanner) (e Enrolment, err error) {
	err = s.Scan(&e.ID, &e.Program, &e.Sequence, &e.Partnership, &e.Step, &e.State, &e.Reason, &e.By, db.ScanTime(&e.EnrolledAt), db.ScanTime(&e.LastAt), db.ScanTime(&e.NextAt), &e.Tries, &e.Trouble)
	return e, err
}

// Skip is why somebody is not enrolled: a Stop, or one of these.
const (
	SkipEnrolled Stop = "already_enrolled"
	SkipTalking  Stop = "already_talking"
)

// Outcome is what becomes, or would become, of one creator who is to be enrolled; Skip is "" for those who get the mails.
type Outcome struct {
	Partnership partnerships.ID
	Skip        Stop
}

// MostEnrolled bounds how many are enrolled at once.
const MostEnrolled = 200

// Look says what would become of each partnership. One that is not the program's is an error: it does not exist there.
func Look(ctx context.Context, tx *db.Tx, box *secret.Box, q Sequence, these []partnerships.ID) (all []Outcome, err error) {
	if len(these) > MostEnrolled {
		return nil, fault.Invalidf("Enrol at most %d at once.", MostEnrolled).In("partnership_ids")
	}
	seen := make(map[partnerships.ID]bool, len(these))
	for _, one := range these {
		if seen[one] {
			continue
		}
		seen[one] = true
		skip, err := lookAt(ctx, tx, box, q, one)
		if err != nil {
			return nil, err
		}
		all = append(all, Outcome{one, skip})
	}
	return all, nil
}

func lookAt(ctx context.Context, tx *db.Tx, box *secret.Box, q Sequence, one partnerships.ID) (Stop, error) {
	p, err := partnerships.Find(ctx, tx, one)
	if err != nil {
		return "", err
	}
	if p.Program != q.Program {
		return "", fault.NotFound("partnership")
	}
	_, found, err := db.One(ctx, tx, db.Column[EnrolmentID], `select id from enrolments where sequence_id = $1 and partnership_id = $2`, q.ID, one)
	if err != nil {
		return "", fmt.Errorf("cannot look whether %s is enrolled: %w", one, err)
	}
	if found {
		return SkipEnrolled, nil
	}
	t, err := read(ctx, tx, box, p)
	if err != nil {
		return "", err
	}
	f := t.facts
	f.SequenceStopped = !q.StoppedAt.IsZero()
	if stop := f.stop(); stop != StopReplied && stop != StopStatus {
		return stop, nil
	}
	return SkipTalking, nil
}

// target is what is known of somebody a sequence writes to.
type target struct {
	partnership partnerships.Partnership
	creator     creators.Creator
	email       string // as it travels; "" where there is none
	facts       Facts
}

func read(ctx context.Context, tx *db.Tx, box *secret.Box, p partnerships.Partnership) (t target, err error) {
	t.partnership = p
	if t.creator, err = creators.Find(ctx, tx, p.Creator); err != nil {
		return t, err
	}
	contact, err := creators.ContactOf(ctx, tx, p.Program, p.Creator)
	if err != nil {
		return t, err
	}
	email, usable := notify.ParseAddress(contact.Email)
	t.email, t.facts.NoAddress, t.facts.Status = email, !usable, p.Status
	if usable {
		if t.facts.Bounced, err = Bounced(ctx, tx, box, p.Program, email); err != nil {
			return t, err
		}
	}
	if t.facts.Alone, err = Alone(ctx, tx, box, p, t.creator); err != nil {
		return t, err
	}
	_, t.facts.Replied, err = db.One(ctx, tx, db.Column[ID], `select id from messages where partnership_id = $1 and from_creator = $2 limit 1`, p.ID, true)
	return t, err
}

// Enrol enrols those whom nothing speaks against, each once, and says what became of everybody. The first mails leave in working hours, by the pace.
func Enrol(ctx context.Context, tx *db.Tx, box *secret.Box, sequence SequenceID, these []partnerships.ID) ([]Outcome, error) {
	q, err := FindSequence(ctx, tx, sequence)
	if err != nil {
		return nil, err
	}
	all, err := Look(ctx, tx, box, q, these) // first, so that a stranger's creator does not exist here either
	if err != nil {
		return nil, err
	}
	if !q.StoppedAt.IsZero() {
		return nil, fault.Conflict("sequence_stopped", "The sequence was stopped. Make a new one.")
	}
	for i, one := range all {
		if one.Skip != "" {
			continue
		}
		made, err := tx.Exec(ctx, `insert into enrolments (`+enrolmentColumns+`) values ($1, $2, $3, $4, 0, $5, '', $6, $7, null, $8, 0, '')
			on conflict (sequence_id, partnership_id) do nothing`, id.New(EnrolmentPrefix, tx.Now()), q.Program, q.ID, one.Partnership, Running,
			auth.From(ctx).Name, db.Micros(tx.Now()), db.Micros(tx.Now().AddDate(0, 0, q.Steps[0].AfterDays)))
		if err != nil {
			return nil, fmt.Errorf("cannot enrol %s: %w", one.Partnership, err)
		}
		if made == 0 { // somebody else was faster
			all[i].Skip = SkipEnrolled
		}
	}
	return all, nil
}

// EnrolmentsOf lists where a creator is or was enrolled, the newest first.
func EnrolmentsOf(ctx context.Context, tx *db.Tx, partnership partnerships.ID) ([]Enrolment, error) {
	all, err := db.All(ctx, tx, scanEnrolment, `select `+enrolmentColumns+` from enrolments where partnership_id = $1 order by id desc limit $2`, partnership, mostSequences)
	if err != nil {
		return nil, fmt.Errorf("cannot list the enrolments of %s: %w", partnership, err)
	}
	return all, nil
}

// StopEnrolments ends all sequences of a creator by hand, and says how many ran.
func StopEnrolments(ctx context.Context, tx *db.Tx, partnership partnerships.ID, why Stop) (int64, error) {
	n, err := tx.Exec(ctx, `update enrolments set state = $2, reason = $3, next_at = null where partnership_id = $1 and state = $4`, partnership, Stopped, why, Running)
	if err != nil {
		return 0, fmt.Errorf("cannot stop the sequences of %s: %w", partnership, err)
	}
	return n, nil
}

// OfMail returns whom one of our sequences' mails went to, by its id: for an answer or a bounce that names it.
func OfMail(ctx context.Context, tx *db.Tx, mail string) (partnership partnerships.ID, found bool, err error) {
	partnership, found, err = db.One(ctx, tx, db.Column[partnerships.ID], `select partnership_id from sequence_sends where mail_id = $1`, mail)
	if err != nil {
		return "", false, fmt.Errorf("cannot find whom mail %s went to: %w", mail, err)
	}
	return partnership, found, nil
}

func isGone(err error) bool {
	_, ok := errors.AsType[*fault.Error](err)
	return ok && fault.KindOf(err) == fault.KindNotFound
}

// NotEnrolled returns the prospects of a sequence's program who were never in it, the longest known first, at most MostEnrolled.
func NotEnrolled(ctx context.Context, tx *db.Tx, q Sequence) ([]partnerships.ID, error) {
	held, args, err := partnerships.Filter{Program: q.Program, Status: partnerships.StatusProspect}.Holds("p.id", []any{q.ID, MostEnrolled})
	if err != nil {
		return nil, err
	}
	all, err := db.All(ctx, tx, db.Column[partnerships.ID], `select p.id from partnerships p where `+held+`
		and not exists (select 1 from enrolments e where e.sequence_id = $1 and e.partnership_id = p.id) order by p.id limit $2`, args...)
	if err != nil {
		return nil, fmt.Errorf("cannot find who is not enrolled in %s: %w", q.ID, err)
	}
	return all, nil
}
