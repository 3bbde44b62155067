package mail

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"io"
	"mime"
	"mime/quotedprintable"
	netmail "net/mail"
	"strings"
	"testing"
	"time"

	"rapport/internal/base/db"
	"rapport/internal/base/db/dbtest"
	"rapport/internal/base/notify"
	"rapport/internal/base/secret"
)

var (
	from   = netmail.Address{Name: "Käthes Shop", Address: "hello@shop.example"}
	letter = notify.Mail{
		ID: "mal_0123456789abcdef0123456789abcdef", To: "ada@example.com", Subject: "Grüße, Ada",
		Text: "Hello Ada,\n\nyour page:\n\nhttps://shop.example/in/" + strings.Repeat("s3cret", 20) + "\n\n.a line with a dot\nÄ\n",
		At:   time.Date(2026, 3, 2, 9, 30, 0, 0, time.UTC),
	}
)

func (p *post) way() server {
	return server{host: p.host, port: p.port, from: from, tls: TLSOpportunistic}
}

func isRefusal(err error) bool { _, ok := errors.AsType[*notify.Refusal](err); return ok }

// read takes a message apart as a mail program would.
func read(t *testing.T, raw string) (header netmail.Header, text string) {
	t.Helper()
	m, err := netmail.ReadMessage(strings.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(quotedprintable.NewReader(m.Body))
	if err != nil {
		t.Fatal(err)
	}
	return m.Header, strings.ReplaceAll(string(body), "\r\n", "\n")
}

func TestAMailArrivesAsItWasWritten(t *testing.T) {
	p := newPost(t, nil, nil)
	if err := p.way().send(t.Context(), letter); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(append(p.heard("MAIL"), p.heard("RCPT")...), "\n"); got != "MAIL FROM:<hello@shop.example> BODY=8BITMIME\nRCPT TO:<ada@example.com>" {
		t.Errorf("the envelope was\n%s", got)
	}
	mails := p.got()
	if len(mails) != 1 {
		t.Fatalf("%d mails arrived", len(mails))
	}
	header, text := read(t, mails[0])
	subject, err := new(mime.WordDecoder).DecodeHeader(header.Get("Subject"))
	if err != nil || subject != letter.Subject || text != letter.Text {
		t.Errorf("subject %q, %v, text %q", subject, err, text)
	}
	sender, err := header.AddressList("From")
	if err != nil || *sender[0] != from {
		t.Errorf("from %v, %v", sender, err)
	}
	at, err := header.Date()
	if err != nil || !at.Equal(letter.At) || header.Get("Message-ID") != "<mal_0123456789abcdef0123456789abcdef@shop.example>" ||
		header.Get("To") != "<ada@example.com>" || header.Get("Auto-Submitted") != "auto-generated" {
		t.Errorf("%v, %v", header, err)
	}
	if len(p.heard("QUIT")) != 1 {
		t.Error("we left without a good-bye")
	}
}

func TestWhatTheServerAnswersDecidesWhetherToTryAgain(t *testing.T) {
	cases := []struct {
		name, command, answer string
		sent, refused         bool
	}{
		{"busy", "greeting", "421 4.3.2 too busy", false, false},
		{"we are not welcome", "greeting", "554 5.7.1 go away", false, false},
		{"our fault", "MAIL", "530 5.7.0 sign in first", false, false},
		{"greylisted", "RCPT", "451 4.7.1 come back later", false, false},
		{"no such person", "RCPT", "550 5.1.1 no such user", false, true},
		{"data later", "DATA", "452 4.3.1 full", false, false},
		{"data never", "DATA", "554 5.5.1 no", false, true},
		{"content later", ".", "451 4.3.0 later", false, false},
		{"content never", ".", "554 5.7.1 spam", false, true},
		{"dropped at the greeting", "greeting", hangUpNow, false, false},
		{"dropped after RCPT", "RCPT", hangUpNow, false, false},
		{"dropped before the answer", ".", hangUpNow, false, false},
		{"nonsense", "RCPT", "hello there", false, false},
		{"dropped after the answer", "RSET", hangUpNow, true, false},
		{"a rude good-bye", "QUIT", "500 what?", true, false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			p := newPost(t, nil, map[string][]string{c.command: {c.answer}})
			err := p.way().send(t.Context(), letter)
			if (err == nil) != c.sent || isRefusal(err) != c.refused {
				t.Errorf("%v", err)
			}
			if code, _, _ := strings.Cut(c.answer, " "); !c.sent && len(code) == 3 && !strings.Contains(err.Error(), code) {
				t.Errorf("the answer %q is not told: %v", c.answer, err)
			}
		})
	}
}

func TestWithoutEncryptionNothingIsSentUnlessAskedFor(t *testing.T) {
	p := newPost(t, nil, nil)
	way := p.way()
	way.tls = TLSMandatory
	if err := way.send(t.Context(), letter); err == nil || isRefusal(err) || len(p.heard("MAIL"))+len(p.heard("AUTH")) != 0 {
		t.Errorf("%v, %v", err, p.said)
	}
}

func TestThePasswordGoesOverAnEncryptedLine(t *testing.T) {
	cert, pool := certificate(t)
	p := newPost(t, cert, nil)
	way := p.way()
	way.tls, way.roots, way.user, way.password = TLSMandatory, pool, "rapport", "pa ss"
	if err := way.send(t.Context(), letter); err != nil || len(p.got()) != 1 {
		t.Fatalf("%v, %d mails", err, len(p.got()))
	}
	want := "AUTH PLAIN " + base64.StdEncoding.EncodeToString([]byte("\x00rapport\x00pa ss"))
	if got := p.heard("AUTH"); len(got) != 1 || got[0] != want {
		t.Errorf("%v", got)
	}
	commands := strings.Join(p.said, "\n")
	if strings.Index(commands, "STARTTLS") > strings.Index(commands, "AUTH") {
		t.Errorf("the password went first:\n%s", commands)
	}
}

func TestAServerThatCannotProveItselfGetsNothing(t *testing.T) {
	cert, _ := certificate(t)
	_, strangers := certificate(t)
	for _, policy := range []TLS{TLSMandatory, TLSOpportunistic} {
		p := newPost(t, cert, nil)
		way := p.way()
		way.tls, way.roots, way.user, way.password = policy, strangers, "rapport", "secret"
		if err := way.send(t.Context(), letter); err == nil || isRefusal(err) || len(p.heard("AUTH"))+len(p.heard("MAIL")) != 0 {
			t.Errorf("%s: %v, %v", policy, err, p.said)
		}
	}
}

func TestAWrongPasswordIsTriedAgainAndNotTold(t *testing.T) {
	cert, pool := certificate(t)
	p := newPost(t, cert, map[string][]string{"AUTH": {"535 5.7.8 wrong"}})
	way := p.way()
	way.roots, way.user, way.password = pool, "rapport", "s3cr3t"
	err := way.send(t.Context(), letter)
	if err == nil || isRefusal(err) || strings.Contains(err.Error(), "s3cr3t") || !strings.Contains(err.Error(), "535") {
		t.Error(err)
	}
}

func TestTheCallersDeadlineEndsASilentServer(t *testing.T) {
	for _, silent := range []string{"greeting", "RCPT"} {
		t.Run(silent, func(t *testing.T) {
			p := newPost(t, nil, map[string][]string{silent: {"250-and"}}) // an answer that never ends
			ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
			defer cancel()
			began := time.Now()
			if err := p.way().send(ctx, letter); err == nil || isRefusal(err) || time.Since(began) > 10*time.Second {
				t.Errorf("%v after %v", err, time.Since(began))
			}
		})
	}
}

func TestNothingInAMailBecomesAHeaderOrACommand(t *testing.T) {
	p := newPost(t, nil, nil)
	for name, change := range map[string]func(m *notify.Mail){
		"recipient": func(m *notify.Mail) { m.To = "ada@example.com>\r\nRCPT TO:<bob@example.com" },
		"two":       func(m *notify.Mail) { m.To = "ada@example.com,bob@example.com" },
		"subject":   func(m *notify.Mail) { m.Subject = "Hi\r\nBcc: bob@example.com" },
		"lone LF":   func(m *notify.Mail) { m.Subject = "Hi\nBcc: bob@example.com" },
		"id":        func(m *notify.Mail) { m.ID = "mal_1>\r\nBcc: bob@example.com" },
	} {
		m := letter
		change(&m)
		if err := p.way().send(t.Context(), m); !isRefusal(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
	m := letter
	m.Text = "first\r\n.\r\nMAIL FROM:<eve@example.com>\n.\nQUIT\n\nBcc: bob@example.com\n"
	if err := p.way().send(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	if len(p.got()) != 1 || len(p.heard("MAIL")) != 1 || strings.Contains(strings.Join(p.said, " "), "bob") {
		t.Errorf("%q", p.said)
	}
	if header, text := read(t, p.got()[0]); len(header["Bcc"]) != 0 || text != strings.ReplaceAll(m.Text, "\r\n", "\n") {
		t.Errorf("%v %q", header, text)
	}
}

// The whole way: refused for now, then lost after the server had it, then sent; the two copies can be told to be one.
func TestAMailIsTriedAgainUntilTheServerTakesIt(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		p := newPost(t, nil, map[string][]string{"RCPT": {"451 4.7.1 <ada@example.com> come back later"}, ".": {hangUpNow}})
		box := secret.New(bytes.Repeat([]byte{7}, secret.KeySize))
		var id string
		err := d.Update(t.Context(), func(tx *db.Tx) error {
			if err := notify.Queue(t.Context(), tx, box, letter); err != nil {
				return err
			}
			return tx.QueryRow(t.Context(), `select id from mails`).Scan(&id)
		})
		if err != nil {
			t.Fatal(err)
		}
		for attempt, want := range []bool{false, false, true, true} {
			err := notify.Deliver(t.Context(), d, box, id, p.way().send)
			if (err == nil) != want || isRefusal(err) || (err != nil && strings.Contains(err.Error(), "ada@")) {
				t.Errorf("attempt %d: %v", attempt+1, err)
			}
		}
		mails := p.got()
		if len(mails) != 2 {
			t.Fatalf("%d copies", len(mails))
		}
		first, _ := read(t, mails[0])
		second, _ := read(t, mails[1])
		if first.Get("Message-ID") != second.Get("Message-ID") || first.Get("Date") != second.Get("Date") {
			t.Errorf("%v and %v", first, second)
		}
	})
}
