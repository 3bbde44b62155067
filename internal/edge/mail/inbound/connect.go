package inbound

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strconv"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// Account is how a mailbox is opened.
type Account struct {
	Host, User, Password string
	Port                 int    // 0: 993, or 143 with StartTLS
	Folder               string // "": INBOX
	StartTLS             bool   // instead of TLS from the first byte
	Trust                *tls.Config
}

// Trouble is why a mailbox could not be read.
type Trouble string

// The troubles.
const (
	TroubleUnreachable Trouble = "unreachable" // no connection, no TLS
	TroublePassword    Trouble = "password"    // the log-in was refused
	TroubleFolder      Trouble = "folder"      // there is no such folder
	TroubleAnswers     Trouble = "answers"     // the server said something else than it should
)

// trouble is an error of which people are told the kind.
type trouble struct {
	kind  Trouble
	cause error
}

func (t trouble) Error() string {
	return "cannot read the mailbox (" + string(t.kind) + "): " + t.cause.Error()
}
func (t trouble) Unwrap() error { return t.cause }

// refused is the kind of a failure: the server said no, or there was no proper answer.
func refused(err error, kind Trouble) Trouble {
	if _, ok := errors.AsType[*imap.Error](err); ok {
		return kind
	}
	return TroubleAnswers
}

// tellable are the codes of refusals that are repeated (RFC 9051, 7.1); a server may put any word there.
var tellable = []imap.ResponseCode{
	imap.ResponseCodeAuthenticationFailed, imap.ResponseCodeAuthorizationFailed, imap.ResponseCodeContactAdmin, imap.ResponseCodeExpired, imap.ResponseCodeInUse,
	imap.ResponseCodeLimit, imap.ResponseCodeNonExistent, imap.ResponseCodeNoPerm, imap.ResponseCodePrivacyRequired, imap.ResponseCodeTooMany, imap.ResponseCodeUnavailable,
}

// withoutAnswer drops the words of the server, which may repeat what was sent, and what the library quotes of them.
func withoutAnswer(err error) error {
	if said, ok := errors.AsType[*imap.Error](err); ok {
		if slices.Contains(tellable, said.Code) {
			return fmt.Errorf("the server answered %s %s", said.Type, said.Code)
		}
		return fmt.Errorf("the server answered %s", said.Type)
	}
	if ours, ok := errors.AsType[net.Error](err); ok {
		return ours
	}
	if nobodys, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return nobodys
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) {
		return errors.New("the server ended the connection")
	}
	return errors.New("the server speaks neither TLS nor IMAP as it should")
}

func (m *Mailbox) folder() string { return cmp.Or(m.Folder, "INBOX") }

func (m *Mailbox) open(ctx context.Context) (*imapclient.Client, error) {
	port := cmp.Or(m.Port, map[bool]int{false: 993, true: 143}[m.StartTLS])
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", net.JoinHostPort(m.Host, strconv.Itoa(port)))
	if err != nil {
		return nil, err
	}
	trust := &tls.Config{MinVersion: tls.VersionTLS12}
	if m.Trust != nil {
		trust = m.Trust.Clone()
	}
	trust.ServerName = m.Host
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	if m.StartTLS {
		c, err := imapclient.NewStartTLS(conn, &imapclient.Options{TLSConfig: trust})
		if err != nil {
			return nil, errors.Join(err, conn.Close())
		}
		return c, nil
	}
	safe := tls.Client(conn, trust)
	if err := safe.HandshakeContext(ctx); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return imapclient.New(safe, nil), nil
}
