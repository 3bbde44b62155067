package inbound_test

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"

	"rapport/internal/base/db"
	"rapport/internal/base/db/dbtest"
	"rapport/internal/base/fault"
	"rapport/internal/base/programs"
	"rapport/internal/base/secret"
	"rapport/internal/edge/mail/inbound"
	"rapport/internal/partner/outreach"
	"rapport/internal/partner/partnerships"
	"rapport/internal/recruit/creators"
)

const (
	account  = "replies@brand.example"
	password = "a password of the mailbox"
)

// post is a mail server of the brand with one account, and a program that knows Mia.
type post struct {
	*testing.T
	d       *db.DB
	box     *secret.Box
	user    *imapmemserver.User
	serving *tls.Config
	mailbox *inbound.Mailbox
	program programs.ID
	mia     partnerships.ID
}

func inPost(t *testing.T, test func(p *post)) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		p := &post{T: t, d: d, box: secret.New(make([]byte, secret.KeySize))}
		certificate := httptest.NewTLSServer(http.NotFoundHandler())
		t.Cleanup(certificate.Close)
		p.serving = certificate.TLS.Clone()
		p.serving.NextProtos = nil
		p.serve()
		trusted := certificate.Client().Transport.(*http.Transport).TLSClientConfig
		p.mailbox.Trust = &tls.Config{RootCAs: trusted.RootCAs, MinVersion: tls.VersionTLS12}
		p.people()
		test(p)
	})
}

func (p *post) serve() {
	p.Helper()
	p.user = imapmemserver.NewUser(account, password)
	p.must(p.user.Create("INBOX", nil))
	listener, err := tls.Listen("tcp", "127.0.0.1:0", p.serving)
	p.must(err)
	p.answers(listener, &imapserver.Options{})
	p.mailbox = &inbound.Mailbox{
		Account: inbound.Account{Host: "127.0.0.1", Port: portOf(listener), User: account, Password: password},
		DB:      p.d, Box: p.box, Log: slog.New(slog.NewTextHandler(p.Output(), nil)),
	}
}

// answers serves the account on a listener.
func (p *post) answers(listener net.Listener, options *imapserver.Options) {
	memory := imapmemserver.New()
	memory.AddUser(p.user)
	options.NewSession = func(*imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
		return memory.NewSession(), nil, nil
	}
	options.Logger = slog.NewLogLogger(slog.DiscardHandler, slog.LevelInfo)
	server := imapserver.New(options)
	done := make(chan error, 1)
	go func() { done <- server.Serve(listener) }()
	p.Cleanup(func() {
		if err := server.Close(); err != nil {
			p.Error(err)
		}
		if err := <-done; err != nil && !errors.Is(err, net.ErrClosed) {
			p.Error(err)
		}
	})
}

func portOf(l net.Listener) int { return l.Addr().(*net.TCPAddr).Port }

func (p *post) must(err error) {
	p.Helper()
	if err != nil {
		p.Fatal(err)
	}
}

func (p *post) people() {
	p.Helper()
	ctx := p.Context()
	p.must(p.d.Update(ctx, func(tx *db.Tx) error {
		program, err := programs.Create(ctx, tx, programs.New{Name: "Fernwood", Currency: "EUR"})
		if err != nil {
			return err
		}
		c, err := creators.Create(ctx, tx, creators.New{Name: "Mia"})
		if err != nil {
			return err
		}
		made, err := partnerships.Create(ctx, tx, partnerships.New{Program: program.ID, Creator: c.ID})
		p.program, p.mia = program.ID, made.ID
		return err
	}))
}

// literal is a mail on its way into a mailbox.
type literal struct{ *strings.Reader }

func (l literal) Size() int64 { return l.Reader.Size() }

func (p *post) arrives(mail string) {
	p.Helper()
	_, err := p.user.Append("INBOX", literal{strings.NewReader(strings.ReplaceAll(mail, "\n", "\r\n"))}, &imap.AppendOptions{})
	p.must(err)
}

// answer is a mail of Mia's.
func (p *post) answer(id, words string) string {
	return "From: Mia <mia@mail.example>\nTo: " + outreach.ReplyAddress(p.box, account, p.mia) + "\nSubject: Re: Hello\nMessage-ID: <" + id + "@mail.example>\n\n" + words + "\n"
}

// said are the words of Mia's conversation.
func (p *post) said() (words []string) {
	p.Helper()
	p.must(p.d.View(p.Context(), func(tx *db.Tx) error {
		all, _, err := outreach.Thread(p.Context(), tx, p.mia, db.Page{})
		for _, m := range all {
			words = append(words, m.Body)
		}
		return err
	}))
	return words
}

func (p *post) wants(words ...string) {
	p.Helper()
	said := p.said()
	if len(said) != len(words) {
		p.Fatalf("the conversation holds %.200q, want %.200q", said, words)
	}
	for _, w := range words {
		found := false
		for _, s := range said {
			found = found || s == w
		}
		if !found {
			p.Fatalf("the conversation holds %.200q, want %.200q", said, words)
		}
	}
}

func (p *post) state() (s inbound.Seen) {
	p.Helper()
	p.must(p.d.View(p.Context(), func(tx *db.Tx) (err error) { s, err = p.mailbox.State(p.Context(), tx); return err }))
	return s
}

func (p *post) looks() { p.Helper(); p.must(p.mailbox.Look(p.Context())) }

func TestAMailboxIsReadFromTheDayItIsConnectedAndEachLetterOnce(t *testing.T) {
	inPost(t, func(p *post) {
		p.arrives(p.answer("1", "From before"))
		p.looks()
		p.wants()
		p.arrives(p.answer("2", "Love to!"))
		p.arrives(p.answer("2", "Love to!")) // a server may deliver twice
		p.looks()
		p.looks()
		p.wants("Love to!")
		if s := p.state(); s.LookedAt.IsZero() || s.Trouble != "" {
			t.Errorf("%+v", s)
		}
	})
}

func TestAnEmptyMailboxBeginsWithItsFirstLetter(t *testing.T) {
	inPost(t, func(p *post) {
		p.looks()
		p.arrives(p.answer("1", "Yes"))
		p.looks()
		p.wants("Yes")
	})
}

func TestWhatIsNoLetterHoldsNothingUp(t *testing.T) {
	inPost(t, func(p *post) {
		p.looks()
		var told strings.Builder
		p.mailbox.Log = slog.New(slog.NewTextHandler(&told, nil))
		p.arrives("no mail at all: mia@mail.example")
		p.arrives(p.answer("2", "Words first") + strings.Repeat("attached ", 300_000)) // 2.7 MB
		p.arrives(p.answer("3", "After it"))
		p.looks()
		if said := p.said(); len(said) != 2 || !strings.HasPrefix(said[0]+said[1], "Words first") && !strings.HasPrefix(said[1]+said[0], "Words first") {
			t.Fatalf("%.200q", said)
		}
		if !strings.Contains(told.String(), "passed over") || strings.Contains(told.String(), "mia@") {
			t.Errorf("the log says %s", told.String())
		}
	})
}

func TestAMailboxThatNumbersAnewLosesNothing(t *testing.T) {
	inPost(t, func(p *post) {
		p.looks()
		p.arrives(p.answer("1", "One"))
		p.looks()
		p.must(p.user.Delete("INBOX"))
		p.must(p.user.Create("INBOX", nil)) // with other numbers, from 1 on
		p.arrives(p.answer("1", "One"))
		p.arrives(p.answer("2", "Two"))
		p.looks()
		p.wants("One", "Two")
	})
}

func TestTroubleIsToldAndGoesAgain(t *testing.T) {
	inPost(t, func(p *post) {
		p.looks()
		p.arrives(p.answer("1", "Still here"))
		right := p.mailbox.Account
		for kind, change := range map[inbound.Trouble]func(a *inbound.Account){
			inbound.TroublePassword:    func(a *inbound.Account) { a.Password = "wrong " + password },
			inbound.TroubleUnreachable: func(a *inbound.Account) { a.Port = 1 },
		} {
			change(&p.mailbox.Account)
			err := p.mailbox.Look(t.Context())
			if err == nil || strings.Contains(err.Error(), password) || p.state().Trouble != kind {
				t.Errorf("%s: %v, %+v", kind, err, p.state())
			}
			p.mailbox.Account = right
		}
		p.mailbox.Trust = nil // a certificate of nobody known
		if err := p.mailbox.Look(t.Context()); err == nil || p.state().Trouble != inbound.TroubleUnreachable {
			t.Errorf("an unknown certificate was believed: %v", err)
		}
		p.mailbox.Account = right
		p.looks()
		p.wants("Still here")
		if s := p.state(); s.Trouble != "" {
			t.Errorf("%+v", s)
		}
		p.mailbox.Folder = "Answers"
		if err := p.mailbox.Look(t.Context()); err == nil || p.state().Trouble != inbound.TroubleFolder {
			t.Errorf("%v, %+v", err, p.state())
		}
	})
}

func TestALookEndsWhenItIsTold(t *testing.T) {
	inPost(t, func(p *post) {
		silent, err := net.Listen("tcp", "127.0.0.1:0")
		p.must(err)
		defer silent.Close() //nolint:errcheck // it only listens
		p.mailbox.Port = portOf(silent)
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- p.mailbox.Look(ctx) }()
		cancel()
		if err := <-ended; err == nil || p.state().Trouble != "" {
			t.Errorf("a silent server was read, or its silence is called trouble when it was us who left: %v, %+v", err, p.state())
		}
	})
}

func TestTheHookTakesAMailFromWhoeverKnowsTheSecret(t *testing.T) {
	inPost(t, func(p *post) {
		hook := &inbound.Hook{DB: p.d, Box: p.box, Secret: "a long secret of the hook", Log: slog.New(slog.DiscardHandler), Refuse: func(w http.ResponseWriter, err error) {
			w.WriteHeader(fault.KindOf(err).Status())
			_, _ = io.WriteString(w, err.Error())
		}}
		mail := strings.ReplaceAll(p.answer("1", "By the hook"), "\n", "\r\n")
		for _, one := range []struct {
			status     int
			kind, body string
			sign       func(r *http.Request)
		}{
			{401, "message/rfc822", mail, func(*http.Request) {}},
			{401, "message/rfc822", mail, func(r *http.Request) { r.Header.Set("Authorization", "Bearer ") }},
			{401, "message/rfc822", mail, func(r *http.Request) { r.SetBasicAuth("rapport", "another") }},
			{400, "application/json", mail, func(r *http.Request) { r.SetBasicAuth("rapport", hook.Secret) }},
			{400, "message/rfc822", "no mail", func(r *http.Request) { r.SetBasicAuth("rapport", hook.Secret) }},
			{413, "message/rfc822", mail + strings.Repeat("x", inbound.MaxSize), func(r *http.Request) { r.SetBasicAuth("rapport", hook.Secret) }},
			{202, "message/rfc822", mail, func(r *http.Request) { r.SetBasicAuth("rapport", hook.Secret) }},
			{202, "message/rfc822; charset=utf-8", mail, func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+hook.Secret) }},
		} {
			r := httptest.NewRequest(http.MethodPost, "/hooks/mail", strings.NewReader(one.body))
			r.Header.Set("Content-Type", one.kind)
			one.sign(r)
			answer := httptest.NewRecorder()
			hook.ServeHTTP(answer, r)
			if answer.Code != one.status || strings.Contains(answer.Body.String(), "mia@") {
				t.Errorf("%d %s, want %d", answer.Code, answer.Body, one.status)
			}
		}
		p.wants("By the hook")
	})
}
