package notify_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"rapport/internal/base/db"
	"rapport/internal/base/db/dbtest"
	"rapport/internal/base/fault"
	"rapport/internal/base/jobs"
	"rapport/internal/base/notify"
	"rapport/internal/base/secret"
)

var (
	box    = secret.New(bytes.Repeat([]byte{7}, secret.KeySize))
	letter = notify.Mail{Program: "prg_1", To: "ada@example.com", Subject: "Your way in", Text: "Open this page:\n\nhttps://shop.example/in/s3cret\n"}
	errNo  = errors.New("not now")
)

func queue(t *testing.T, d *db.DB, m notify.Mail) (id string) {
	t.Helper()
	err := d.Update(t.Context(), func(tx *db.Tx) error {
		if err := notify.Queue(t.Context(), tx, box, m); err != nil {
			return err
		}
		return tx.QueryRow(t.Context(), `select max(id) from mails`).Scan(&id)
	})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func deliver(t *testing.T, d *db.DB, id string, send notify.Send) error {
	t.Helper()
	return notify.Deliver(t.Context(), d, box, id, send)
}

func answer(err error) notify.Send { return func(context.Context, notify.Mail) error { return err } }

func mustNotSend(t *testing.T) notify.Send {
	return func(context.Context, notify.Mail) error { t.Error("a mail was sent that must not be"); return nil }
}

func count(t *testing.T, d *db.DB) (c notify.Counts) {
	t.Helper()
	if err := d.View(t.Context(), func(tx *db.Tx) (err error) { c, err = notify.Count(t.Context(), tx); return err }); err != nil {
		t.Fatal(err)
	}
	return c
}

func text(t *testing.T, d *db.DB, query string) (s string) {
	t.Helper()
	if err := d.View(t.Context(), func(tx *db.Tx) (err error) { return tx.QueryRow(t.Context(), query).Scan(&s) }); err != nil {
		t.Fatal(err)
	}
	return s
}

func isRefusal(err error) bool { _, ok := errors.AsType[*notify.Refusal](err); return ok }

func TestAQueuedMailIsSentOnceByTheRunner(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		sent := make(chan notify.Mail, 10)
		r := jobs.New(d, slog.New(slog.DiscardHandler))
		notify.Work(r, d, box, func(_ context.Context, m notify.Mail) error { sent <- m; return nil })
		if err := r.Start(context.Background()); err != nil {
			t.Fatal(err)
		}
		fromForm := letter
		fromForm.Text = strings.ReplaceAll(letter.Text, "\n", "\r\n")
		id := queue(t, d, fromForm)
		var got notify.Mail
		select {
		case got = <-sent:
		case <-time.After(30 * time.Second):
			t.Error("nothing was sent")
		}
		if err := r.Stop(context.Background()); err != nil {
			t.Fatal(err)
		}
		want := letter
		want.ID, want.At = id, d.Now()
		if !cmp.Equal(got, want) || len(sent) != 0 {
			t.Errorf("sent %+v and %d more, want %+v", got, len(sent), want)
		}
		if c := count(t, d); c != (notify.Counts{Sent: 1}) {
			t.Errorf("%+v", c)
		}
	})
}

func TestASentMailIsNotSentAgainAndItsBodyIsGone(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		id := queue(t, d, letter)
		if err := deliver(t, d, id, answer(nil)); err != nil {
			t.Fatal(err)
		}
		if err := deliver(t, d, id, mustNotSend(t)); err != nil {
			t.Fatal(err)
		}
		if got := text(t, d, `select coalesce(max('kept'), 'gone') from mails where body is not null`); got != "gone" {
			t.Error("the body is still there")
		}
	})
}

func TestAMailThatIsHeldIsNotSentByAnotherAttempt(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		id := queue(t, d, letter)
		err := deliver(t, d, id, func(context.Context, notify.Mail) error {
			if c := count(t, d); c.Sending != 1 {
				t.Errorf("%+v", c)
			}
			dbtest.Clock(d).Advance(5*time.Minute - time.Microsecond)
			if err := deliver(t, d, id, mustNotSend(t)); err == nil || isRefusal(err) {
				t.Errorf("the second attempt got %v", err)
			}
			return nil
		})
		if err != nil || count(t, d).Sent != 1 {
			t.Fatalf("%v, %+v", err, count(t, d))
		}
	})
}

func TestOfManyAttemptsAtATimeOneSends(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		id := queue(t, d, letter)
		var sent int // unguarded: the race detector would see two at a time
		var wg sync.WaitGroup
		for range 16 {
			wg.Go(func() {
				_ = deliver(t, d, id, func(context.Context, notify.Mail) error { sent++; return nil })
			})
		}
		wg.Wait()
		if sent != 1 || count(t, d).Sent != 1 {
			t.Fatalf("sent %d times, %+v", sent, count(t, d))
		}
	})
}

// The one case in which a mail may leave twice: the process died after the server had it and before it was recorded.
func TestAMailHeldByADeadProcessIsSentAgainAfterAWhile(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		id := queue(t, d, letter)
		func() {
			defer func() { _ = recover() }()
			_ = deliver(t, d, id, func(context.Context, notify.Mail) error { panic("the process dies") })
		}()
		if err := deliver(t, d, id, mustNotSend(t)); err == nil {
			t.Fatal("the mail was taken from a process that may live")
		}
		at := d.Now()
		dbtest.Clock(d).Advance(5 * time.Minute)
		err := deliver(t, d, id, func(_ context.Context, m notify.Mail) error {
			if m.ID != id || !m.At.Equal(at) {
				t.Errorf("the second copy is another mail: %+v", m)
			}
			return nil
		})
		if err != nil || count(t, d).Sent != 1 {
			t.Fatalf("%v, %+v", err, count(t, d))
		}
	})
}

func TestAMailIsTriedAgainUntilItHasFailed(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		id := queue(t, d, letter)
		for i := 1; i < 12; i++ {
			if err := deliver(t, d, id, answer(errNo)); err == nil || isRefusal(err) {
				t.Fatalf("attempt %d: %v", i, err)
			}
			if c := count(t, d); c != (notify.Counts{Queued: 1, Oldest: dbtest.Start}) {
				t.Fatalf("attempt %d: %+v", i, c)
			}
		}
		if err := deliver(t, d, id, answer(errNo)); !isRefusal(err) {
			t.Fatal(err)
		}
		if err := deliver(t, d, id, mustNotSend(t)); !isRefusal(err) {
			t.Fatal(err)
		}
		if got := text(t, d, `select state || ': ' || error from mails`); got != "failed: given up after 12 attempts: not now" {
			t.Error(got)
		}
		if got := text(t, d, `select coalesce(max('kept'), 'gone') from mails where body is not null`); got != "gone" {
			t.Error("the body is still there")
		}
	})
}

func TestARefusedMailHasFailedAtOnceAndItsErrorNamesNobody(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		id := queue(t, d, letter)
		err := deliver(t, d, id, answer(fmt.Errorf("send: %w", notify.Refuse(errors.New("550 <ADA@example.com>: no such\r\nuser\x00"+strings.Repeat("é", 600))))))
		if !isRefusal(err) {
			t.Fatal(err)
		}
		got := text(t, d, `select error from mails`)
		if !strings.HasPrefix(got, "send: 550 <(recipient)>: no such  user éé") || len(got) > 500 || got != err.Error() {
			t.Error(got)
		}
		if c := count(t, d); c != (notify.Counts{Failed: 1}) {
			t.Errorf("%+v", c)
		}
	})
}

func TestAMailThatCannotBeOpenedHasFailed(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		id := queue(t, d, letter)
		other := secret.New(bytes.Repeat([]byte{8}, secret.KeySize))
		if err := notify.Deliver(t.Context(), d, other, id, mustNotSend(t)); !isRefusal(err) || !errors.Is(err, secret.ErrUnknownKey) {
			t.Fatal(err)
		}
		if err := deliver(t, d, "mal_unknown", mustNotSend(t)); !isRefusal(err) {
			t.Fatal(err)
		}
	})
}

func TestNothingOfAMailIsReadableInTheDatabase(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		queue(t, d, letter)
		err := d.View(t.Context(), func(tx *db.Tx) error {
			var recipient, subject, body []byte
			if err := tx.QueryRow(t.Context(), `select recipient, subject, body from mails`).Scan(&recipient, &subject, &body); err != nil {
				return err
			}
			all := string(recipient) + string(subject) + string(body)
			for _, word := range []string{"ada", "example", "way in", "s3cret"} {
				if strings.Contains(all, word) {
					t.Errorf("%q can be read", word)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestWhatCannotBeAMailIsRefusedWithTheField(t *testing.T) {
	d := dbtest.New(t, db.EngineSQLite)
	cases := []struct {
		field  string
		change func(m *notify.Mail)
	}{
		{"to", func(m *notify.Mail) { m.To = "" }},
		{"to", func(m *notify.Mail) { m.To = "ada" }},
		{"to", func(m *notify.Mail) { m.To = "Ada <ada@example.com>" }},
		{"to", func(m *notify.Mail) { m.To = "ada@example.com, bob@example.com" }},
		{"to", func(m *notify.Mail) { m.To = "ada@example.com\r\nBcc: bob@example.com" }},
		{"to", func(m *notify.Mail) { m.To = `"a b"@example.com` }},
		{"to", func(m *notify.Mail) { m.To = "ada@[127.0.0.1]" }},
		{"to", func(m *notify.Mail) { m.To = strings.Repeat("a", 250) + "@example.com" }},
		{"subject", func(m *notify.Mail) { m.Subject = "" }},
		{"subject", func(m *notify.Mail) { m.Subject = "Hello\nBcc: bob@example.com" }},
		{"subject", func(m *notify.Mail) { m.Subject = "Hello\u2028you" }},
		{"subject", func(m *notify.Mail) { m.Subject = strings.Repeat("é", 201) }},
		{"text", func(m *notify.Mail) { m.Text = "" }},
		{"text", func(m *notify.Mail) { m.Text = "a\x00b" }},
		{"text", func(m *notify.Mail) { m.Text = "a\xffb" }},
		{"text", func(m *notify.Mail) { m.Text = strings.Repeat("a", 256<<10+1) }},
	}
	for _, c := range cases {
		m := letter
		c.change(&m)
		err := d.Update(t.Context(), func(tx *db.Tx) error { return notify.Queue(t.Context(), tx, box, m) })
		if f, ok := fault.As(err); !ok || f.Kind != fault.KindInvalid || f.Field != c.field {
			t.Errorf("%+.60v: %v", m, err)
		}
	}
	if c := count(t, d); c != (notify.Counts{}) {
		t.Errorf("%+v", c)
	}
}

func TestOldMailsAreForgottenAndWaitingOnesAreNot(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		for _, outcome := range []error{nil, notify.Refuse(errNo), errNo} {
			_ = deliver(t, d, queue(t, d, letter), answer(outcome))
		}
		for _, step := range []struct{ old, gone int64 }{{0, 0}, {1, 1}, {1, 1}, {1, 0}} {
			err := d.Update(t.Context(), func(tx *db.Tx) error {
				gone, err := notify.Trim(t.Context(), tx, tx.Now().Add(time.Duration(step.old)), 1)
				if gone != step.gone {
					t.Errorf("%d forgotten, want %d", gone, step.gone)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			dbtest.Clock(d).Advance(time.Microsecond)
		}
		if c := count(t, d); c.Queued != 1 || c.Sent+c.Failed != 0 {
			t.Errorf("%+v", c)
		}
	})
}

func TestAddressesTravelInASCII(t *testing.T) {
	if got, ok := notify.ParseAddress("ada@Bücher.example"); !ok || got != "ada@xn--bcher-kva.example" {
		t.Errorf("%q, %v", got, ok)
	}
}

func FuzzParseAddress(f *testing.F) {
	for _, seed := range []string{"ada@example.com", "a+b@x.y", "a@b@c", "<a@b>", "a@b\r\nTo: c@d", "ü@ü.example", `"a"@b`, "a@b (c)", "=?utf-8?q?a?=@b"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		address, ok := notify.ParseAddress(text)
		if !ok {
			return
		}
		if strings.ContainsAny(address, "\r\n <>,;\"") || len(address) > 254 || strings.Count(address, "@") != 1 {
			t.Fatalf("%q became %q", text, address)
		}
		again, ok := notify.ParseAddress(address)
		parsed, err := mail.ParseAddress("<" + address + ">")
		if !ok || again != address || err != nil || parsed.Address != address {
			t.Fatalf("%q became %q, and that %q, %v", text, address, again, err)
		}
	})
}

// Whatever the attempts end in, a mail leaves at most once while no process dies, and ends as its last attempt says.
func TestAMailLeavesOnceWhateverItsAttemptsEndIn(t *testing.T) {
	d := dbtest.New(t, db.EngineSQLite)
	rapid.Check(t, func(rt *rapid.T) {
		outcomes := rapid.SliceOfN(rapid.SampledFrom([]string{"sent", "later", "refused"}), 0, 20).Draw(rt, "outcomes")
		id, left, final := queue(t, d, letter), 0, "queued"
		for i, outcome := range outcomes {
			err := deliver(t, d, id, func(context.Context, notify.Mail) error {
				switch {
				case final != "queued":
					rt.Fatalf("attempt %d was made though the mail is %s", i+1, final)
				case outcome == "later" && i+1 == 12:
					final = "failed"
					return errNo
				case outcome == "later":
					return errNo
				case outcome == "refused":
					final = "failed"
					return notify.Refuse(errNo)
				}
				final, left = "sent", left+1
				return nil
			})
			if (err == nil) != (final == "sent") || isRefusal(err) != (final == "failed") {
				rt.Fatalf("attempt %d: %v though the mail is %s", i+1, err, final)
			}
		}
		if got := text(t, d, `select state from mails where id = '`+id+`'`); got != final || left > 1 {
			rt.Fatalf("%s after leaving %d times, want %s", got, left, final)
		}
	})
}
