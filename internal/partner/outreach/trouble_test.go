package outreach_test

import (
	"context"
	"testing"
	"time"

	"rapport/internal/base/db"
	"rapport/internal/base/db/dbtest"
	"rapport/internal/partner/outreach"
	"rapport/internal/partner/partnerships"
)

// spoil makes every mail of a sequence fail, as a row that somebody damaged would.
func (w world) spoil(q outreach.Sequence, steps string) {
	w.Helper()
	w.must(func(ctx context.Context, tx *db.Tx) error {
		return second(tx.Exec(ctx, `update sequences set steps = $2 where id = $1`, q.ID, steps))
	})
}

func TestAnEnrolmentThatFailsHoldsNobodyElseBack(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := world{t, d}
		clock := w.monday()
		program := w.newProgram()
		broken, whole := w.sequence(program), w.sequence(program)
		maya, zoe := w.mailable(program, "Maya"), w.mailable(program, "Zoe")
		w.enrol(broken, maya) // the first in the queue
		w.enrol(whole, zoe)
		w.spoil(broken, `[{`)
		n, err := mailer.SendDue(t.Context(), d)
		if n != 1 || err == nil {
			t.Fatalf("%d mails, %v", n, err)
		}
		if sent := w.mails(); len(sent) != 1 || sent[0].To != "zoe@example.com" {
			t.Errorf("%+v", sent)
		}
		if n, err := mailer.SendDue(t.Context(), d); n != 0 || err != nil {
			t.Errorf("tried again at once: %d %v", n, err)
		}
		e := w.reason(maya)
		if e.State != outreach.Running || e.Tries != 1 || !e.NextAt.After(clock.Now()) {
			t.Errorf("%+v", e)
		}
	})
}

func TestAnEnrolmentIsParkedAfterSomeTriesAndCanBeTriedAgain(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := world{t, d}
		clock := w.monday()
		program := w.newProgram()
		q := w.sequence(program)
		maya := w.mailable(program, "Maya")
		w.enrol(q, maya)
		w.spoil(q, `[{`)
		tries := 0
		for range 4 * 24 { // two days
			if _, err := mailer.SendDue(t.Context(), d); err != nil {
				tries++
			}
			clock.Advance(30 * time.Minute)
		}
		if e := w.reason(maya); tries != outreach.MostTries || e.State != outreach.Stopped || e.Reason != outreach.StopTrouble || !e.NextAt.IsZero() {
			t.Errorf("%d tries: %+v", tries, e)
		}
		w.spoil(q, `[{"name":"1","subject":"Hi","body":"Hello"}]`)
		parked := w.reason(maya).ID
		w.must(func(ctx context.Context, tx *db.Tx) error { return outreach.TryAgain(ctx, tx, parked) })
		clock.Set(time.Date(2026, 3, 4, 10, 0, 0, 0, time.UTC))
		if n := w.due(); n != 1 {
			t.Errorf("%d mails after it was mended", n)
		}
		if e := w.reason(maya); e.State != outreach.Done || e.Tries != 0 {
			t.Errorf("%+v", e)
		}
	})
}

func TestAWordOfTheCreatorEndsTheSequenceAtOnce(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := world{t, d}
		w.monday()
		program := w.newProgram()
		maya := w.mailable(program, "Maya")
		w.enrol(w.sequence(program), maya)
		w.sent(maya, outreach.SideCreator, "I am here already")
		if e := w.reason(maya); e.State != outreach.Stopped || e.Reason != outreach.StopReplied || !e.NextAt.IsZero() {
			t.Errorf("%+v", e)
		}
	})
}

func TestEnrolmentsArePagedWithinTheirProgram(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := world{t, d}
		program, other := w.newProgram(), w.newProgram()
		q, strange := w.sequence(program), w.sequence(other)
		for _, name := range []string{"Maya", "Zoe", "Ines"} {
			w.enrol(q, w.mailable(program, name))
		}
		w.enrol(strange, w.mailable(other, "Kim"))
		w.must(func(ctx context.Context, tx *db.Tx) error {
			f := outreach.EnrolmentFilter{Program: program, Sequence: q.ID, State: outreach.Running}
			first, next, err := outreach.Enrolments(ctx, tx, f, db.Page{Limit: 2})
			if err != nil || len(first) != 2 || next == "" {
				t.Fatalf("%+v %q %v", first, next, err)
			}
			rest, end, err := outreach.Enrolments(ctx, tx, f, db.Page{Limit: 2, After: next})
			if err != nil || len(rest) != 1 || end != "" || rest[0].ID >= first[1].ID {
				t.Errorf("%+v %q %v", rest, end, err)
			}
			f.Program = other
			if all, _, err := outreach.Enrolments(ctx, tx, f, db.Page{}); len(all) != 0 || err != nil {
				t.Errorf("another program's: %+v %v", all, err)
			}
			if err := outreach.StopEnrolment(ctx, tx, rest[0].ID); err != nil {
				return err
			}
			e, err := outreach.FindEnrolment(ctx, tx, rest[0].ID)
			if e.State != outreach.Stopped || e.Reason != outreach.StopHand {
				t.Errorf("%+v", e)
			}
			return err
		})
	})
}

func TestWhoWasChosenIsOfferedFirstOnce(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w, box := world{t, d}, testBox()
		program := w.newProgram()
		first, chosen, left := w.prospect(program, "first"), w.prospect(program, "chosen"), w.prospect(program, "left")
		w.must(func(ctx context.Context, tx *db.Tx) error {
			if err := outreach.Leave(ctx, tx, box, left); err != nil {
				return err
			}
			all, err := outreach.Prepare(ctx, tx, box, program, []partnerships.ID{chosen, left, chosen})
			for _, one := range all {
				if want := map[partnerships.ID]outreach.Stop{left: outreach.StopAlone}[one.Partnership]; one.Skip != want {
					t.Errorf("%+v", one)
				}
			}
			if len(all) != 2 {
				t.Errorf("%+v", all)
			}
			return err
		})
		if got := w.next(box, program); got != chosen {
			t.Errorf("%s is next", got)
		}
		w.must(func(ctx context.Context, tx *db.Tx) error {
			again, err := outreach.Prepare(ctx, tx, box, program, []partnerships.ID{chosen})
			if again[0].Skip != outreach.SkipPrepared || err != nil {
				t.Errorf("%+v %v", again, err)
			}
			return second(outreach.Note(ctx, tx, outreach.New{Partnership: chosen, From: outreach.SideBrand, Body: "Hello"}))
		})
		if got := w.next(box, program); got != first {
			t.Errorf("%s is next after the message left", got)
		}
	})
}
