package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"

	"rapport/internal/base/db"
	"rapport/internal/base/programs"
	"rapport/internal/edge/mail"
	"rapport/internal/edge/mail/inbound"
	"rapport/internal/partner/outreach"
	"rapport/internal/partner/partnerships"
	"rapport/internal/recruit/creators"
)

const (
	repliesTo  = "replies@brand.example"
	hookSecret = "a secret that only the mail server knows"
)

// mailServer is the brand's, with one account; trust is what knows its certificate.
func mailServer(t *testing.T) (user *imapmemserver.User, port int, trust *tls.Config) {
	t.Helper()
	certificate := httptest.NewTLSServer(http.NotFoundHandler())
	t.Cleanup(certificate.Close)
	serving := certificate.TLS.Clone()
	serving.NextProtos = nil
	listener, err := tls.Listen("tcp", "127.0.0.1:0", serving)
	if err != nil {
		t.Fatal(err)
	}
	memory := imapmemserver.New()
	user = imapmemserver.NewUser(repliesTo, "words")
	memory.AddUser(user)
	if err := user.Create("INBOX", nil); err != nil {
		t.Fatal(err)
	}
	server := imapserver.New(&imapserver.Options{
		NewSession: func(*imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			return memory.NewSession(), nil, nil
		},
		Logger: slog.NewLogLogger(slog.DiscardHandler, slog.LevelInfo),
	})
	done := make(chan error, 1)
	go func() { done <- server.Serve(listener) }()
	t.Cleanup(func() {
		if err := errors.Join(server.Close(), <-done); err != nil && !errors.Is(err, net.ErrClosed) {
			t.Error(err)
		}
	})
	known := certificate.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs
	return user, listener.Addr().(*net.TCPAddr).Port, &tls.Config{RootCAs: known, MinVersion: tls.VersionTLS12}
}

// secretFile holds a secret, as an operator writes it.
func secretFile(t *testing.T, secret string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(path, []byte(secret+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// makePartner makes somebody who may write to the brand.
func (v *server) makePartner(t *testing.T) (made partnerships.Partnership) {
	t.Helper()
	ctx := t.Context()
	err := v.d.Update(ctx, func(tx *db.Tx) error {
		p, err := programs.Create(ctx, tx, programs.New{Name: "Fernwood", Currency: "EUR"})
		if err != nil {
			return err
		}
		c, err := creators.Create(ctx, tx, creators.New{Name: "Mia"})
		if err != nil {
			return err
		}
		made, err = partnerships.Create(ctx, tx, partnerships.New{Program: p.ID, Creator: c.ID})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// said are the words of a conversation.
func (v *server) said(t *testing.T, with partnerships.ID) (words []string) {
	t.Helper()
	err := v.d.View(t.Context(), func(tx *db.Tx) error {
		all, _, err := outreach.Thread(t.Context(), tx, with, db.Page{})
		for _, m := range all {
			words = append(words, m.Body)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return words
}

func answerOf(v *server, who partnerships.ID, id, words string) string {
	return strings.ReplaceAll("From: Mia <mia@mail.example>\nTo: "+outreach.ReplyAddress(v.box, repliesTo, who)+"\nMessage-ID: <"+id+"@mail.example>\n\n"+words+"\n", "\n", "\r\n")
}

// serverWithMailbox is a server that was told of a mailbox, with the right password or another.
func serverWithMailbox(t *testing.T, password string) (*server, *imapmemserver.User) {
	t.Helper()
	user, port, trust := mailServer(t)
	v, err := openServer(quiet(t), settings{
		Place: place{Data: t.TempDir()}, BaseURL: "http://127.0.0.1", Mail: mail.Config{From: "Rapport <rapport@rapport.example>"},
		Inbound: inbound.Config{
			Replies: repliesTo, SecretFile: secretFile(t, hookSecret),
			Host: "127.0.0.1", Port: port, User: repliesTo, PasswordFile: secretFile(t, password),
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	v.inbound.Mailbox.Trust = trust
	return v, user
}

// A server that runs reads its mailbox by itself, and takes what the hook is given; the same letter by both ways is one.
func TestARunningServerTakesTheAnswersOfItsMailboxAndOfItsHook(t *testing.T) {
	v, user := serverWithMailbox(t, "words")
	mia := v.makePartner(t).ID
	if err := v.inbound.Mailbox.Look(t.Context()); err != nil { // the first look finds where the mailbox ends
		t.Fatal(err)
	}
	letter := answerOf(v, mia, "1", "By the mailbox")
	if _, err := user.Append("INBOX", asLiteral{strings.NewReader(letter)}, &imap.AppendOptions{}); err != nil {
		t.Fatal(err)
	}
	stop, address := v.started(t)
	defer stop()
	eventually(t, "the mailbox is read", func() bool { return slices.Equal(v.said(t, mia), []string{"By the mailbox"}) })
	for _, one := range []struct {
		secret, letter string
		status         int
	}{
		{"another secret", letter, http.StatusUnauthorized},
		{hookSecret, letter, http.StatusAccepted}, // what the mailbox had already
		{hookSecret, answerOf(v, mia, "2", "By the hook"), http.StatusAccepted},
	} {
		if got := handOver(t, address, one.secret, one.letter); got != one.status {
			t.Errorf("a letter handed over with %q: %d, want %d", one.secret, got, one.status)
		}
	}
	if said := v.said(t, mia); len(said) != 2 || !slices.Contains(said, "By the hook") {
		t.Errorf("the conversation holds %q", said)
	}
}

// asLiteral is a letter on its way into a mailbox.
type asLiteral struct{ *strings.Reader }

func (l asLiteral) Size() int64 { return l.Reader.Size() }

// started lets a server run as the command does; stop ends it and waits.
func (v *server) started(t *testing.T) (stop func(), address string) {
	t.Helper()
	listener, err := listenSomewhere(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- v.serve(ctx, listener) }()
	return func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("the server ended with %v", err)
		}
	}, "http://" + listener.Addr().String()
}

// handOver posts a letter as a mail server does.
func handOver(t *testing.T, address, secret, letter string) int {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address+"/hooks/mail", strings.NewReader(letter))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "message/rfc822")
	r.SetBasicAuth("mail", secret)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	if err := answer.Body.Close(); err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode
}

func TestTheDoctorTellsOfAMailboxThatStaysShut(t *testing.T) {
	v, _ := serverWithMailbox(t, "not the words")
	defer func() {
		if err := v.close(); err != nil {
			t.Error(err)
		}
	}()
	if err := v.runner.Tick(t.Context()); err == nil {
		t.Fatal("the mailbox was opened with another password")
	}
	for failures, bad := range map[int]bool{1: false, manyFailures: true} {
		if err := v.d.Update(t.Context(), func(tx *db.Tx) error {
			_, err := tx.Exec(t.Context(), `update periodic_tasks set failures = $1 where failures > 0`, failures)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		var told []string
		err := (&doctorCmd{}).rounds(quiet(t), v.d, func(ok bool, format string, args ...any) {
			if !ok {
				told = append(told, fmt.Sprintf(format, args...))
			}
		})
		all := strings.Join(told, "\n")
		if err != nil || (len(told) > 0) != bad || bad != strings.Contains(all, "read the mailbox: cannot read the mailbox (password)") || strings.Contains(all, "not the words") {
			t.Errorf("after %d failures: %v, %s", failures, err, all)
		}
	}
}
