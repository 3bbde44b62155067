package outreach_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"rapport/internal/base/db"
	"rapport/internal/base/db/dbtest"
	"rapport/internal/base/id"
	"rapport/internal/base/notify"
	"rapport/internal/base/programs"
	"rapport/internal/partner/outreach"
	"rapport/internal/partner/partnerships"
	"rapport/internal/recruit/creators"
)

// written is a creator to whom the first mail of a sequence has left.
func (w world) written(program programs.ID, name string) (p partnerships.ID, mail notify.Mail) {
	w.Helper()
	w.monday()
	p = w.mailable(program, name)
	w.enrol(w.sequence(program), p)
	if w.due() != 1 {
		w.Fatal("no mail left")
	}
	return p, w.mails()[0]
}

func (w world) receive(l outreach.Letter) outreach.Taken {
	w.Helper()
	taken, err := outreach.Receive(w.Context(), w.d, mailBox, l)
	if err != nil {
		w.Fatal(err)
	}
	return taken
}

func (w world) thread(of partnerships.ID) (all []outreach.Message) {
	w.Helper()
	w.must(func(ctx context.Context, tx *db.Tx) (err error) {
		all, _, err = outreach.Thread(ctx, tx, of, db.Page{})
		return err
	})
	return all
}

// fates are what the timeline says of mails.
func (w world) fates(of partnerships.ID) (all []string) {
	w.Helper()
	w.must(func(ctx context.Context, tx *db.Tx) error {
		events, _, err := partnerships.Timeline(ctx, tx, of, db.Page{})
		for _, e := range events {
			if e.Kind == partnerships.EventMail {
				all = append(all, e.Text)
			}
		}
		return err
	})
	return all
}

func (w world) letters(program programs.ID, everybodys bool) (all []outreach.Kept) {
	w.Helper()
	w.must(func(ctx context.Context, tx *db.Tx) (err error) {
		all, _, err = outreach.Letters(ctx, tx, program, everybodys, db.Page{})
		return err
	})
	return all
}

func (w world) status(of partnerships.ID) (s partnerships.Status) {
	w.Helper()
	w.must(func(ctx context.Context, tx *db.Tx) error {
		p, err := partnerships.Find(ctx, tx, of)
		s = p.Status
		return err
	})
	return s
}

func (w world) bouncedAt(program programs.ID, email string) (is bool) {
	w.Helper()
	w.must(func(ctx context.Context, tx *db.Tx) (err error) {
		is, err = outreach.Bounced(ctx, tx, mailBox, program, email)
		return err
	})
	return is
}

func TestAnAnswerByMailStandsInTheConversationOnceAndStopsTheSequence(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := world{t, d}
		p, mail := w.written(w.newProgram(), "Mia")
		answer := outreach.Letter{MessageID: "1@phone", From: "somebody@else.example", To: []string{mail.Headers.ReplyTo}, Shown: "Love to!"}
		for range 3 { // by the mailbox, by the hook, and after a crash in between
			if taken := w.receive(answer); taken.Partnership != p && !taken.Again {
				t.Fatalf("%+v", taken)
			}
		}
		if all := w.thread(p); len(all) != 2 || w.status(p) != partnerships.StatusReplied {
			t.Fatalf("%+v, %s", all, w.status(p))
		}
		if last := w.thread(p)[0]; last.Body != "Love to!" && w.thread(p)[1].Body != "Love to!" {
			t.Fatalf("%+v", last)
		}
		dbtest.Clock(d).Set(time.Date(2026, 3, 9, 10, 0, 0, 0, time.UTC))
		if sent := w.due(); sent != 0 {
			t.Fatalf("%d mails left after the answer", sent)
		}
	})
}

func TestALetterThatNamesOurMailIsProven(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := world{t, d}
		p, mail := w.written(w.newProgram(), "Mia")
		if taken := w.receive(outreach.Letter{MessageID: "1@phone", InReplyTo: []string{mail.ID + "@brand.example"}, Shown: "Yes"}); taken.Partnership != p {
			t.Fatalf("%+v", taken)
		}
	})
}

func TestAForgedSenderProvesNothing(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := world{t, d}
		program, other := w.newProgram(), w.newProgram()
		p, mail := w.written(program, "Mia")
		forged := []outreach.Letter{
			{MessageID: "1@x", From: "mia@example.com", Shown: "I take 90 %"},
			{MessageID: "2@x", From: "mia@example.com", Shown: "I take 90 %", To: []string{strings.Replace(mail.Headers.ReplyTo, "answers+a", "answers+b", 1), "answers+x@in.r.example", "answers@in.r.example"}},
			{MessageID: "3@x", From: "mia@example.com", Shown: "I take 90 %", InReplyTo: []string{id.New("mal", d.Now()) + "@brand.example"}},
		}
		for _, l := range forged {
			if taken := w.receive(l); taken.Partnership != "" {
				t.Errorf("%+v was believed", l)
			}
		}
		if len(w.thread(p)) != 1 || w.status(p) != partnerships.StatusContacted {
			t.Errorf("%d messages, %s", len(w.thread(p)), w.status(p))
		}
		if all := w.letters(program, false); len(all) != 3 || all[0].Partnership != p {
			t.Errorf("the program sees %+v", all)
		}
		if all := w.letters(other, true); len(all) != 0 {
			t.Errorf("another program sees %+v", all)
		}
	})
}

func TestALetterOfNobodyIsForThoseWhoSeeEveryProgram(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := world{t, d}
		a, b := w.newProgram(), w.newProgram()
		w.mailable(a, "Ana")
		w.receive(outreach.Letter{MessageID: "1@x", From: "stranger@example.com", Shown: "Hello?"})
		ben := w.mailable(b, "Ben")
		w.must(func(ctx context.Context, tx *db.Tx) error { // the same address in two programs: neither may read it
			p, err := partnerships.Find(ctx, tx, ben)
			if err != nil {
				return err
			}
			return creators.SetContact(ctx, tx, b, p.Creator, creators.Contact{Email: "ana@example.com"})
		})
		w.receive(outreach.Letter{MessageID: "2@x", From: "ana@example.com", Shown: "Hello?"})
		if mine, all := w.letters(a, false), w.letters(a, true); len(mine) != 0 || len(all) != 2 {
			t.Errorf("%d of its own, %d with everybody's", len(mine), len(all))
		}
	})
}

func TestAPersonSaysWhoseALetterIs(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := world{t, d}
		program, other := w.newProgram(), w.newProgram()
		p, _ := w.written(program, "Mia")
		foreign := w.mailable(other, "Zoe")
		w.receive(outreach.Letter{MessageID: "1@x", From: "mia@example.com", Shown: "From my other mail program"})
		letter := w.letters(program, false)[0].ID
		give := func(in programs.ID, to partnerships.ID) error {
			return d.Update(t.Context(), func(tx *db.Tx) error {
				_, err := outreach.GiveLetter(t.Context(), tx, in, false, letter, to)
				return err
			})
		}
		if give(other, foreign) == nil || give(program, foreign) == nil || len(w.letters(program, false)) != 1 {
			t.Fatal("a letter went to another program")
		}
		if err := give(program, p); err != nil {
			t.Fatal(err)
		}
		if len(w.letters(program, false)) != 0 || len(w.thread(p)) != 2 || give(program, p) == nil {
			t.Fatal("the letter was not taken once")
		}
	})
}

func TestABounceCountsForTheAddressWeWroteTo(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := world{t, d}
		program := w.newProgram()
		p, mail := w.written(program, "Mia")
		zoe := w.mailable(program, "Zoe")
		bounce := func(no, to string, mails ...string) {
			w.receive(outreach.Letter{MessageID: no, To: []string{mail.Headers.ReplyTo}, AutoReply: true, Bounce: &outreach.Bounce{Recipients: []string{to}, Status: "5.1.1", Mails: mails}})
		}
		bounce("1@x", "zoe@example.com", mail.ID+"@brand.example") // somebody else's address
		bounce("2@x", "mia@example.com")                           // no mail of ours
		if w.bouncedAt(program, "mia@example.com") || w.bouncedAt(program, "zoe@example.com") {
			t.Fatal("an address was marked without a mail to it")
		}
		bounce("3@x", "Mia@Example.com", mail.ID+"@brand.example")
		if !w.bouncedAt(program, "mia@example.com") || w.bouncedAt(program, "zoe@example.com") || len(w.thread(p)) != 1 || len(w.thread(zoe)) != 0 {
			t.Fatal("the bounce did not count")
		}
		if got := w.fates(p); len(got) != 3 || got[0] != string(outreach.FateBounced) {
			t.Fatalf("the timeline says %v", got)
		}
	})
}

func TestAComplaintLeavesThemAloneForGood(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := world{t, d}
		p, mail := w.written(w.newProgram(), "Mia")
		complaint := func(no string, mails ...string) {
			w.receive(outreach.Letter{MessageID: no, To: []string{mail.Headers.ReplyTo}, AutoReply: true, Complaint: &outreach.Complaint{Mails: mails}})
		}
		complaint("1@x") // who knows the address for answers is no mail service
		if w.status(p) != partnerships.StatusContacted {
			t.Fatal("a complaint without a mail of ours counted")
		}
		complaint("2@x", mail.ID+"@brand.example")
		if w.status(p) != partnerships.StatusLost || w.fates(p)[0] != string(outreach.FateComplaint) {
			t.Fatalf("%s, %v", w.status(p), w.fates(p))
		}
		dbtest.Clock(d).Set(time.Date(2026, 3, 9, 10, 0, 0, 0, time.UTC))
		if w.due() != 0 {
			t.Fatal("a mail left after the complaint")
		}
	})
}

func TestAnAbsenceStopsNothing(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := world{t, d}
		p, mail := w.written(w.newProgram(), "Mia")
		w.receive(outreach.Letter{MessageID: "1@x", To: []string{mail.Headers.ReplyTo}, AutoReply: true, Shown: "I am away"})
		dbtest.Clock(d).Set(time.Date(2026, 3, 9, 10, 0, 0, 0, time.UTC))
		if sent := w.due(); sent != 1 || w.status(p) != partnerships.StatusContacted || w.fates(p)[0] != string(outreach.FateAutomatic) {
			t.Fatalf("%d mails, %s, %v", sent, w.status(p), w.fates(p))
		}
	})
}

// A letter that waits for a person is found by its sender alone.
func TestLettersOfSomebodyErasedGoWithThem(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := world{t, d}
		a, b := w.newProgram(), w.newProgram()
		w.mailable(b, "Ben")
		p := w.mailable(a, "Mia")
		w.receive(outreach.Letter{MessageID: "1@x", From: "Mia.Private@example.org", FromName: "Mia", Shown: "From home"})
		w.receive(outreach.Letter{MessageID: "2@x", From: "ben@example.com", Shown: "Hello?"})
		var of creators.ID
		w.must(func(ctx context.Context, tx *db.Tx) error {
			one, err := partnerships.Find(ctx, tx, p)
			of = one.Creator
			return err
		})
		if err := outreach.Private().Sweep(t.Context(), d, of, []string{"mia.private@example.org", "mia@example.com"}); err != nil {
			t.Fatal(err)
		}
		if all := w.letters(b, true); len(all) != 1 || all[0].From != "ben@example.com" {
			t.Errorf("what is left: %+v", all)
		}
	})
}

// The mail server may be down for days: what has not left by then must not leave after somebody asked to be left alone, or was erased.
func TestMailsThatHaveNotLeftAreTakenBack(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		for name, ends := range map[string]func(ctx context.Context, tx *db.Tx, p partnerships.Partnership) error{
			"Leaver": func(ctx context.Context, tx *db.Tx, p partnerships.Partnership) error {
				return outreach.Leave(ctx, tx, mailBox, p.ID)
			},
			"Erased": func(ctx context.Context, tx *db.Tx, p partnerships.Partnership) error {
				_, err := outreach.Private().Erase(ctx, tx, p.Creator, 100)
				return err
			},
		} {
			w := world{t, d}
			w.monday()
			program := w.newProgram()
			p := w.mailable(program, name)
			w.enrol(w.sequence(program), p)
			if w.due() != 1 {
				t.Fatal("no mail is due")
			}
			w.must(func(ctx context.Context, tx *db.Tx) error {
				found, err := partnerships.Find(ctx, tx, p)
				if err != nil {
					return err
				}
				return ends(ctx, tx, found)
			})
			for _, m := range w.mails() {
				if m.Program == program {
					t.Errorf("%s: %q still leaves", name, m.Subject)
				}
			}
		}
	})
}

func TestLettersAreForgotten(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := world{t, d}
		program, clock := w.newProgram(), w.monday()
		w.mailable(program, "Mia")
		w.receive(outreach.Letter{MessageID: "1@x", From: "mia@example.com", Shown: "Hello"})
		clock.Set(d.Now().Add(outreach.KeepLetters + time.Minute))
		w.receive(outreach.Letter{MessageID: "2@x", From: "mia@example.com", Shown: "Hello again"})
		w.must(func(ctx context.Context, tx *db.Tx) error {
			gone, err := outreach.TrimLetters(ctx, tx, 100)
			if gone != 1 {
				t.Errorf("%d are gone", gone)
			}
			return err
		})
		if all := w.letters(program, false); len(all) != 1 || all[0].Body != "Hello again" {
			t.Errorf("%+v", all)
		}
	})
}

func TestAReplyAddressIsReadHoweverItIsWrittenAndCannotBeForged(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		of := partnerships.ID(id.New("par", dbtest.Start.Add(time.Duration(rapid.Int64Range(0, 1<<50).Draw(t, "age")))))
		address := outreach.ReplyAddress(mailBox, "a.very.long.name.here@brand.example", of)
		if local, _, _ := strings.Cut(address, "@"); len(local) > 64 {
			t.Fatalf("%d characters before the @", len(local))
		}
		for _, as := range []string{address, strings.ToUpper(address)} {
			if got, ok := outreach.ReadReplyAddress(mailBox, as); !ok || got != of {
				t.Fatalf("%s is of %q", as, got)
			}
		}
		at := strings.IndexByte(address, '+') + 1 + rapid.IntRange(0, 40).Draw(t, "at")
		other := string(rapid.SampledFrom([]rune("abcdefghijklmnopqrstuvwxyz234567")).Draw(t, "letter"))
		if forged := address[:at] + other + address[at+1:]; forged != address {
			if got, ok := outreach.ReadReplyAddress(mailBox, forged); ok {
				t.Fatalf("%s was read as of %s", forged, got)
			}
		}
	})
}

func TestAnAddressForAnswersMustHaveRoom(t *testing.T) {
	for base, good := range map[string]bool{"replies@brand.example": true, "": false, "no address": false, strings.Repeat("a", 21) + "@b.example": true, strings.Repeat("a", 22) + "@b.example": false} {
		if err := outreach.CheckReplyBase(base); (err == nil) != good {
			t.Errorf("%q: %v", base, err)
		}
	}
}

func TestABounceCountsForAnInternationalAddress(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := world{t, d}
		program := w.newProgram()
		p := w.mailable(program, "Mia")
		w.must(func(ctx context.Context, tx *db.Tx) error {
			found, err := partnerships.Find(ctx, tx, p)
			if err != nil {
				return err
			}
			return creators.SetContact(ctx, tx, program, found.Creator, creators.Contact{Email: "mia@müller.example"})
		})
		w.monday()
		w.enrol(w.sequence(program), p)
		if w.due() != 1 {
			t.Fatal("no mail left")
		}
		mail := w.mails()[0] // to mia@xn--mller-kva.example, as it travels
		w.receive(outreach.Letter{MessageID: "1@x", AutoReply: true, Bounce: &outreach.Bounce{Recipients: []string{mail.To}, Status: "5.1.1", Mails: []string{mail.ID + "@brand.example"}}})
		if got := w.fates(p); !w.bouncedAt(program, mail.To) || !w.bouncedAt(program, "mia@müller.example") || len(got) != 1 || got[0] != string(outreach.FateBounced) {
			t.Fatalf("mail to %s came back, and the timeline says %v", mail.To, got)
		}
	})
}
