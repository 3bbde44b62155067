package outreach_test

import (
	"bytes"
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"rapport/internal/base/db"
	"rapport/internal/base/db/dbtest"
	"rapport/internal/base/fault"
	"rapport/internal/base/notify"
	"rapport/internal/base/programs"
	"rapport/internal/base/secret"
	"rapport/internal/partner/outreach"
	"rapport/internal/partner/partnerships"
	"rapport/internal/partner/terms"
	"rapport/internal/recruit/creators"
)

var mailBox = secret.New(bytes.Repeat([]byte{7}, secret.KeySize))

var mailer = outreach.Mailer{
	Box: mailBox, BaseURL: "https://r.example", Deal: func(programs.Program, terms.Effective) string { return "You earn a tenth." },
	Words: outreach.Words{
		Platform: func(p creators.Platform) string {
			return map[creators.Platform]string{creators.PlatformTikTok: "TikTok"}[p]
		},
		Found: func(handle, platform string) string { return "@" + handle + " on " + platform },
		Introduce: func(i outreach.Introduction) string {
			return i.Sender + " writes for " + i.Brand + ", found by " + i.Found + ". Leave: " + i.LeaveURL
		},
		Leave: func(link string) string { return "Leave: " + link },
	},
	Replies: "answers@in.r.example",
}

// mailable is a prospect with an address, and the account by which they were found.
func (w world) mailable(program programs.ID, name string) (p partnerships.ID) {
	w.Helper()
	w.must(func(ctx context.Context, tx *db.Tx) error {
		c, err := creators.Create(ctx, tx, creators.New{Name: name, Profiles: []creators.NewProfile{{Platform: creators.PlatformTikTok, Handle: strings.ToLower(name)}}})
		if err != nil {
			return err
		}
		if err := creators.SetContact(ctx, tx, program, c.ID, creators.Contact{Email: strings.ToLower(name) + "@example.com"}); err != nil {
			return err
		}
		made, err := partnerships.Create(ctx, tx, partnerships.New{Program: program, Creator: c.ID})
		p = made.ID
		return err
	})
	return p
}

func (w world) sequence(program programs.ID) (q outreach.Sequence) {
	w.Helper()
	w.must(func(ctx context.Context, tx *db.Tx) (err error) {
		q, err = outreach.CreateSequence(ctx, tx, outreach.Sequence{Program: program, Name: "Spring", Sender: "Ada", Steps: []outreach.Step{
			{Name: "1", Subject: "Hi {{first_name|you}}", Body: "Hello {{first_name|there}}, {{terms_sentence|a share}}"}, {Name: "2", Subject: "Again", Body: "And?", AfterDays: 3},
		}})
		return err
	})
	return q
}

func (w world) enrol(q outreach.Sequence, these ...partnerships.ID) (all []outreach.Outcome) {
	w.Helper()
	w.must(func(ctx context.Context, tx *db.Tx) (err error) {
		all, err = outreach.Enrol(ctx, tx, mailBox, q.ID, these)
		return err
	})
	return all
}

func (w world) due() int {
	w.Helper()
	n, err := mailer.SendDue(w.Context(), w.d)
	if err != nil {
		w.Fatal(err)
	}
	return n
}

// mails delivers what is queued.
func (w world) mails() (sent []notify.Mail) {
	w.Helper()
	var ids []string
	w.must(func(ctx context.Context, tx *db.Tx) (err error) {
		ids, err = db.All(ctx, tx, db.Column[string], `select id from mails where state = 'queued' order by id`)
		return err
	})
	for _, id := range ids {
		if err := notify.Deliver(w.Context(), w.d, mailBox, id, func(_ context.Context, m notify.Mail) error { sent = append(sent, m); return nil }); err != nil {
			w.Fatal(err)
		}
	}
	return sent
}

func (w world) reason(p partnerships.ID) (e outreach.Enrolment) {
	w.Helper()
	w.must(func(ctx context.Context, tx *db.Tx) error {
		all, err := outreach.EnrolmentsOf(ctx, tx, p)
		if len(all) != 1 {
			w.Fatalf("%+v", all)
		}
		e = all[0]
		return err
	})
	return e
}

// monday sets the clock to a Monday at ten, UTC, which the program's zone is.
func (w world) monday() *dbtest.FrozenClock {
	clock := dbtest.Clock(w.d)
	clock.Set(time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC))
	return clock
}

func TestASequenceIsMailsInOneConversation(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := world{t, d}
		clock := w.monday()
		program := w.newProgram()
		maya := w.mailable(program, "Maya")
		w.enrol(w.sequence(program), maya)
		if n := w.due(); n != 1 || w.due() != 0 {
			t.Fatalf("%d mails", n)
		}
		first := w.mails()
		leave := "https://r.example/leave/" + outreach.LeaveToken(mailBox, maya)
		if len(first) != 1 || first[0].To != "maya@example.com" || first[0].Subject != "Hi Maya" || first[0].Headers.Unsubscribe != leave ||
			first[0].Headers.ReplyTo != outreach.ReplyAddress(mailBox, "answers@in.r.example", maya) || len(first[0].Headers.After) != 0 {
			t.Fatalf("%+v", first)
		}
		for _, part := range []string{"Hello Maya, You earn a tenth.", "Ada writes for Acme", "@maya on TikTok", "\n" + leave + "\n"} {
			if !strings.Contains(first[0].Text, part) {
				t.Errorf("no %q in\n%s", part, first[0].Text)
			}
		}
		clock.Advance(2 * 24 * time.Hour)
		if n := w.due(); n != 0 {
			t.Error("the reminder came early")
		}
		clock.Advance(24 * time.Hour)
		if n := w.due(); n != 1 {
			t.Error("no reminder")
		}
		if second := w.mails(); len(second) != 1 || len(second[0].Headers.After) != 1 || second[0].Headers.After[0] != first[0].ID || !strings.Contains(second[0].Text, leave) {
			t.Errorf("%+v", second)
		}
		if e := w.reason(maya); e.State != outreach.Done || e.Step != 2 || !e.NextAt.IsZero() {
			t.Errorf("%+v", e)
		}
		w.must(func(ctx context.Context, tx *db.Tx) error {
			thread, _, err := outreach.Thread(ctx, tx, maya, db.Page{})
			if len(thread) != 2 || thread[0].Channel != outreach.ChannelMail || thread[1].Author != "Ada" {
				t.Errorf("%+v", thread)
			}
			if p, err := partnerships.Find(ctx, tx, maya); err != nil || p.Status != partnerships.StatusContacted {
				t.Errorf("%+v %v", p, err)
			}
			if to, found, err := outreach.OfMail(ctx, tx, first[0].ID); to != maya || !found || err != nil {
				t.Errorf("%s %v %v", to, found, err)
			}
			return err
		})
	})
}

func TestAnAnswerALeaveABounceOrAHandStopsASequence(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		for want, happens := range map[outreach.Stop]func(ctx context.Context, tx *db.Tx, p partnerships.ID) error{
			outreach.StopReplied: func(ctx context.Context, tx *db.Tx, p partnerships.ID) error {
				return second(outreach.Send(ctx, tx, outreach.New{Partnership: p, From: outreach.SideCreator, Body: "Yes!", Author: "Maya"}))
			},
			outreach.StopAlone: func(ctx context.Context, tx *db.Tx, p partnerships.ID) error {
				return outreach.Leave(ctx, tx, mailBox, p)
			},
			outreach.StopBounced: func(ctx context.Context, tx *db.Tx, p partnerships.ID) error {
				found, err := partnerships.Find(ctx, tx, p)
				if err != nil {
					return err
				}
				return outreach.MarkBounced(ctx, tx, mailBox, found.Program, "Maya_Bounced@Example.com")
			},
			outreach.StopStatus: func(ctx context.Context, tx *db.Tx, p partnerships.ID) error {
				return second(partnerships.SetStatus(ctx, tx, p, partnerships.StatusAgreed))
			},
			outreach.StopHand: func(ctx context.Context, tx *db.Tx, p partnerships.ID) error {
				return second(outreach.StopEnrolments(ctx, tx, p, outreach.StopHand))
			},
		} {
			w := world{t, d}
			clock := w.monday()
			program := w.newProgram()
			maya := w.mailable(program, "Maya_"+string(want))
			w.enrol(w.sequence(program), maya)
			if n := w.due(); n != 1 {
				t.Fatalf("%s: %d", want, n)
			}
			w.must(func(ctx context.Context, tx *db.Tx) error { return happens(ctx, tx, maya) })
			clock.Advance(4 * 24 * time.Hour)
			if n := w.due(); n != 0 {
				t.Errorf("%s: another mail", want)
			}
			if e := w.reason(maya); e.State != outreach.Stopped || e.Reason != want {
				t.Errorf("%s: %+v", want, e)
			}
		}
	})
}

func TestWhoIsEnrolledAndWhoIsNotAndWhy(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := world{t, d}
		program, other := w.newProgram(), w.newProgram()
		q := w.sequence(program)
		maya, left, spoke, gone := w.mailable(program, "Maya"), w.mailable(program, "Left"), w.mailable(program, "Spoke"), w.mailable(program, "Gone")
		none := w.partner(program, w.newCreator("None"), "")
		w.sent(spoke, outreach.SideCreator, "Hello")
		w.must(func(ctx context.Context, tx *db.Tx) error {
			if err := outreach.MarkBounced(ctx, tx, mailBox, program, "gone@example.com"); err != nil {
				return err
			}
			return outreach.Leave(ctx, tx, mailBox, left)
		})
		want := map[partnerships.ID]outreach.Stop{maya: "", left: outreach.StopAlone, spoke: outreach.SkipTalking, gone: outreach.StopBounced, none: outreach.StopAddress}
		got := w.enrol(q, maya, left, spoke, gone, none, maya)
		for _, one := range got {
			if want[one.Partnership] != one.Skip {
				t.Errorf("%+v", one)
			}
		}
		if len(got) != len(want) {
			t.Errorf("%+v", got)
		}
		if again := w.enrol(q, maya); again[0].Skip != outreach.SkipEnrolled {
			t.Errorf("%+v", again)
		}
		err := d.Update(t.Context(), func(tx *db.Tx) error {
			return second(outreach.Enrol(t.Context(), tx, mailBox, q.ID, []partnerships.ID{w.mailable2(tx, other)}))
		})
		if fault.KindOf(err) != fault.KindNotFound {
			t.Errorf("another program's creator: %v", err)
		}
	})
}

// mailable2 makes a prospect of another program within a transaction.
func (w world) mailable2(tx *db.Tx, program programs.ID) partnerships.ID {
	c, err := creators.Create(w.Context(), tx, creators.New{Name: "Strange"})
	if err != nil {
		w.Fatal(err)
	}
	p, err := partnerships.Create(w.Context(), tx, partnerships.New{Program: program, Creator: c.ID})
	if err != nil {
		w.Fatal(err)
	}
	return p.ID
}

// Several runners at once: one mail for each step, and never more than the pace lets leave.
func TestRunnersAtOnceSendEachMailOnce(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := world{t, d}
		clock := w.monday()
		program := w.newProgram()
		q := w.sequence(program)
		for _, name := range []string{"Maya", "Zoe", "Ines"} {
			w.enrol(q, w.mailable(program, name))
		}
		for range 4 {
			var runs sync.WaitGroup
			for range 3 {
				runs.Go(func() {
					if _, err := mailer.SendDue(t.Context(), d); err != nil {
						t.Error(err)
					}
				})
			}
			runs.Wait()
			clock.Advance(3 * time.Minute)
		}
		to := map[string]int{}
		for _, m := range w.mails() {
			to[m.To]++
		}
		if len(to) != 3 || to["maya@example.com"] != 1 || to["zoe@example.com"] != 1 || to["ines@example.com"] != 1 {
			t.Errorf("%v", to)
		}
	})
}

func TestASequenceIsMadeOfMailsThatCanBeFilled(t *testing.T) {
	d := dbtest.New(t, db.EngineSQLite)
	w := world{t, d}
	program := w.newProgram()
	for name, steps := range map[string][]outreach.Step{
		"none": nil, "no subject": {{Name: "x", Body: "x"}}, "invitation": {{Name: "x", Subject: "x", Body: "{{invitation_link}}"}},
		"same day": {{Name: "x", Subject: "x", Body: "x"}, {Name: "x", Subject: "x", Body: "x"}}, "subject gap": {{Name: "x", Subject: "{{nobody}}", Body: "x"}},
		"too many": make([]outreach.Step, 6),
	} {
		err := d.Update(t.Context(), func(tx *db.Tx) error {
			return second(outreach.CreateSequence(t.Context(), tx, outreach.Sequence{Program: program, Name: "x", Steps: steps}))
		})
		if fault.KindOf(err) != fault.KindInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}
