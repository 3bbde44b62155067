package inbound_test

import (
	"bufio"
	"io"
	"net"
	"slices"
	"strings"
	"testing"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"

	"rapport/internal/edge/mail/inbound"
)

func TestAMailboxIsAlsoReadAfterSTARTTLS(t *testing.T) {
	inPost(t, func(p *post) {
		p.mailbox.StartTLS = true
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		p.must(err)
		p.answers(listener, &imapserver.Options{TLSConfig: p.serving})
		p.mailbox.Port = portOf(listener)
		p.looks()
		p.arrives(p.answer("1", "After the door was closed"))
		p.looks()
		p.wants("After the door was closed")
	})
}

// A server in between that says there is no TLS gets no password.
func TestNoPasswordIsSentWithoutTLS(t *testing.T) {
	inPost(t, func(p *post) {
		p.mailbox.StartTLS = true
		for _, says := range []string{"BAD no such command", "NO not today", "* PREAUTH welcome"} {
			heard := make(chan string, 1)
			p.mailbox.Port = p.speak(func(conn net.Conn) {
				r := bufio.NewReader(conn)
				if strings.HasPrefix(says, "*") {
					_, _ = io.WriteString(conn, says+"\r\n")
				} else {
					_, _ = io.WriteString(conn, "* OK [CAPABILITY IMAP4rev1] hello\r\n")
				}
				first, _ := r.ReadString('\n')
				tag, _, _ := strings.Cut(first, " ")
				_, _ = io.WriteString(conn, tag+" "+strings.TrimPrefix(says, "* PREAUTH ")+"\r\n")
				rest, _ := io.ReadAll(r)
				heard <- first + string(rest)
			})
			if err := p.mailbox.Look(t.Context()); err == nil || p.state().Trouble != inbound.TroubleUnreachable {
				t.Errorf("%s: %v, %+v", says, err, p.state())
			}
			if said := <-heard; strings.Contains(said, password) || strings.Contains(said, "LOGIN") {
				t.Errorf("%s: the server heard %q", says, said)
			}
		}
	})
}

func TestWordsOfAServerAreNotRepeated(t *testing.T) {
	inPost(t, func(p *post) {
		p.mailbox.StartTLS = true
		for _, says := range []string{"* OK hello\r\n* \"mia@mail.example\r\n", "mia@mail.example\r\n", "* BYE mia@mail.example\r\n", "* OK hello\r\nT1 NO [MIA@MAIL] mia@mail.example\r\n"} {
			p.mailbox.Port = p.speak(func(conn net.Conn) { _, _ = io.WriteString(conn, says) })
			err := p.mailbox.Look(t.Context())
			if err == nil || strings.Contains(strings.ToLower(err.Error()), "mia") || p.state().Trouble == "" {
				t.Errorf("%q: %v, %+v", says, err, p.state())
			}
		}
	})
}

// speak is a server that takes one connection and closes it behind what it says.
func (p *post) speak(say func(conn net.Conn)) (port int) {
	p.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	p.must(err)
	done := make(chan struct{})
	go func() {
		defer close(done)
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		say(conn)
		_ = conn.Close()
	}()
	p.Cleanup(func() { _ = listener.Close(); <-done })
	return portOf(listener)
}

func TestNumbersAreBoundedWhateverAServerAnswers(t *testing.T) {
	const end = 1<<32 - 1
	for _, c := range []struct {
		found imap.UIDSet
		at    imap.UID
		want  []imap.UID
	}{
		{nil, 7, nil},
		{imap.UIDSet{{Start: 7, Stop: 7}}, 7, nil},
		{imap.UIDSet{{Start: 9, Stop: 10}, {Start: 5, Stop: 8}}, 6, []imap.UID{7, 8, 9}},
		{imap.UIDSet{{Start: 1, Stop: 9}, {Start: 2, Stop: 9}}, 7, []imap.UID{8, 9}},
		{imap.UIDSet{{Start: 1, Stop: end}}, end - 2, []imap.UID{end - 1, end}},
		{imap.UIDSet{{Start: 1, Stop: end}}, 0, []imap.UID{1, 2, 3}},
		{imap.UIDSet{{Start: 1, Stop: end}}, end, nil},
	} {
		if got := inbound.Above(c.found, c.at, 3); !slices.Equal(got, c.want) {
			t.Errorf("of %v behind %d: %v, want %v", c.found, c.at, got, c.want)
		}
	}
}
