package outreach

import (
	"time"

	"rapport/internal/base/fault"
	"rapport/internal/base/programs"
	"rapport/internal/partner/partnerships"
)

// SequenceID names a sequence: seq_…
type SequenceID string

// EnrolmentID names an enrolment: enr_…
type EnrolmentID string

// The prefixes of their ids.
const (
	SequencePrefix  = "seq"
	EnrolmentPrefix = "enr"
)

// Sequence is a row of mails, each some days after the one before, until the creator answers.
type Sequence struct {
	ID        SequenceID
	Program   programs.ID
	Name      string
	Steps     []Step
	Sender    string // the name of who writes
	CreatedAt time.Time
	StoppedAt time.Time // zero: it runs
}

// Step is one mail of a sequence. It holds the words as they were when the sequence was made: what somebody enrolled people for does not change
// behind their back.
type Step struct {
	Name      string `json:"name"`
	Subject   string `json:"subject"`
	Body      string `json:"body"`
	AfterDays int    `json:"after_days"` // after the mail before; the first one after the enrolment
}

func (s Step) template() Template { return Template{Name: s.Name, Subject: s.Subject, Body: s.Body} }

// Bounds of sequences.
const (
	MostSteps     = 5
	MostAfterDays = 60
	mostSequences = 100
)

// check cleans a sequence. A follow-up on the day of the mail it follows is none.
func (s Sequence) check() (Sequence, error) {
	name, err := partnerships.Line(s.Name, longestTemplateName, "name")
	switch {
	case err != nil:
		return s, err
	case name == "":
		return s, fault.Invalid("Give the sequence a name.").In("name")
	case len(s.Steps) == 0 || len(s.Steps) > MostSteps:
		return s, fault.Invalidf("A sequence has 1 to %d mails.", MostSteps).In("steps")
	}
	s.Name = name
	for i, step := range s.Steps {
		if step.AfterDays > MostAfterDays || step.AfterDays < min(i, 1) {
			return s, fault.Invalidf("A follow-up comes 1 to %d days after the mail before.", MostAfterDays).In("steps")
		}
		t, err := step.template().check()
		switch {
		case err != nil:
			return s, err
		case t.Subject == "":
			return s, fault.Invalid("A sequence is made of mails: choose words with a subject.").In("steps")
		case t.Asks("invitation_link"):
			return s, fault.Invalid("An invitation is made by hand for one creator, so a sequence cannot hold its link. Ask for an answer instead.").In("steps")
		}
		s.Steps[i].Name, s.Steps[i].Subject, s.Steps[i].Body = t.Name, t.Subject, t.Body
	}
	return s, nil
}

// Stop is why somebody gets no more mails of a sequence; "" where nothing speaks against the next one.
type Stop string

// The reasons.
const (
	StopReplied Stop = "replied"
	StopStatus  Stop = "status" // agreed, running, ended or lost: there is nothing left to ask for
	StopAlone   Stop = "left_alone"
	StopBounced Stop = "bounced"
	StopAddress Stop = "no_address"
	StopOver    Stop = "sequence_stopped"
	StopHand    Stop = "by_hand"
	StopGone    Stop = "gone"     // the creator is in the program no more
	StopTooLong Stop = "too_long" // filled in, the words are more than a message takes
	StopTrouble Stop = "trouble"  // the mail could not be written, MostTries times in a row
)

// Facts are what decides about the next mail to somebody who is enrolled.
type Facts struct {
	EnrolledAt, LastAt time.Time // LastAt: of the last mail of the sequence, zero before the first
	Status             partnerships.Status
	Replied            bool // the creator wrote anything, ever
	Alone, Bounced     bool
	NoAddress          bool
	SequenceStopped    bool
}

// Decision says what is to happen with an enrolment.
type Decision struct {
	Stop Stop
	Done bool      // every mail was sent
	At   time.Time // when the next mail is due, within working hours
	Due  bool      // and that is now
}

// Next decides about the step of a number, from 0. It is pure: the same facts at the same moment lead to the same decision.
func Next(steps []Step, step int, f Facts, now time.Time, zone *time.Location) Decision {
	switch stop := f.stop(); {
	case step >= len(steps):
		return Decision{Done: true}
	case stop != "":
		return Decision{Stop: stop}
	}
	base := f.LastAt
	if step == 0 || base.IsZero() {
		base = f.EnrolledAt
	}
	at := Working(base.In(zone).AddDate(0, 0, steps[step].AfterDays), zone)
	if at.Before(now) {
		at = Working(now, zone)
	}
	return Decision{At: at, Due: !at.After(now)}
}

func (f Facts) stop() Stop {
	switch {
	case f.SequenceStopped:
		return StopOver
	case f.Alone:
		return StopAlone
	case f.Replied:
		return StopReplied
	case !Asks(f.Status):
		return StopStatus
	case f.NoAddress:
		return StopAddress
	case f.Bounced:
		return StopBounced
	default:
		return ""
	}
}

// Asks reports whether a creator of a status may be asked by mails nobody looks at one by one.
func Asks(s partnerships.Status) bool {
	return s == partnerships.StatusProspect || s == partnerships.StatusContacted
}

// Working hours: from firstHour until lastHour o'clock, on weekdays.
const (
	firstHour = 9
	lastHour  = 17
)

// Working returns the first moment from t on that lies in working hours of a zone.
func Working(t time.Time, zone *time.Location) time.Time {
	t = t.In(zone)
	year, month, day := t.Date()
	switch {
	case weekend(t):
	case t.Hour() < firstHour:
		return time.Date(year, month, day, firstHour, 0, 0, 0, zone)
	case t.Hour() < lastHour:
		return t
	}
	for ahead := 1; ; ahead++ {
		if next := time.Date(year, month, day+ahead, firstHour, 0, 0, 0, zone); !weekend(next) {
			return next
		}
	}
}

func weekend(t time.Time) bool { return t.Weekday() == time.Saturday || t.Weekday() == time.Sunday }
