package mail

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	netmail "net/mail"
	"strconv"
	"time"

	gomail "github.com/wneessen/go-mail"

	"rapport/internal/base/notify"
)

const stepDeadline = 30 * time.Second // for connecting and signing in, and again for the mail itself

// server is a mail server that takes our mails.
type server struct {
	host           string
	port           int
	user, password string
	from           netmail.Address
	tls            TLS
	roots          *x509.CertPool // nil: the system's
}

// send connects, hands one mail over and hangs up. Mails are few; a connection kept open would mostly be one that the server has given up.
func (s server) send(ctx context.Context, m notify.Mail) error {
	msg, err := message(m, s.from)
	if err != nil {
		return err
	}
	line := &line{ctx: ctx, server: s}
	defer line.hangUp()
	client, err := gomail.NewClient(s.host, s.options(line)...)
	if err != nil {
		return fmt.Errorf("cannot use the mail server's configuration: %w", err)
	}
	session, err := client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return fmt.Errorf("cannot reach the mail server: %w", err)
	}
	err = client.SendWithSMTPClient(session, msg)
	if msg.IsDelivered() {
		_ = session.Quit() // a good-bye; what it is answered cannot matter any more
		return nil
	}
	return judge(err)
}

func (s server) options(l *line) []gomail.Option {
	policy := gomail.TLSMandatory
	if s.tls == TLSOpportunistic {
		policy = gomail.TLSOpportunistic
	}
	options := []gomail.Option{
		gomail.WithPort(s.port), gomail.WithTimeout(stepDeadline), gomail.WithTLSPolicy(policy), gomail.WithTLSConfig(s.tlsConfig()),
		gomail.WithDialContextFunc(l.dial), gomail.WithoutNoop(),
	}
	if s.implicitTLS() {
		options = append(options, gomail.WithSSL()) // the line is encrypted already: see dial
	}
	if s.user != "" {
		// In this order. Both send the password itself, and go-mail does that on an encrypted line or to this machine only.
		options = append(options, gomail.WithUsername(s.user), gomail.WithPassword(s.password),
			gomail.WithOpportunisticSMTPAuth(gomail.SMTPAuthPlain, gomail.SMTPAuthLogin))
	}
	return options
}

func (s server) implicitTLS() bool { return s.port == portImplicitTLS }

func (s server) tlsConfig() *tls.Config {
	return &tls.Config{ServerName: s.host, RootCAs: s.roots, MinVersion: tls.VersionTLS12}
}

// judge tells a refusal of the mail from trouble that may pass. The answer to MAIL FROM speaks of us (not signed in, too many mails), so it is
// never the mail's fault.
func judge(err error) error {
	failed, ok := errors.AsType[*gomail.SendError](err)
	if !ok || failed.ErrorCode() < 500 {
		return err
	}
	switch failed.Reason {
	case gomail.ErrSMTPRcptTo, gomail.ErrSMTPData, gomail.ErrSMTPDataClose:
		return notify.Refuse(err)
	default:
		return err
	}
}

// line is the connection of one mail. The library watches the context while it connects only, and leaves the connection open when signing in
// fails; this one breaks when the context ends, and hangUp closes it in any case.
type line struct {
	ctx        context.Context //nolint:containedctx // of the one call the line is made for
	server     server
	connection net.Conn
	unwatch    func() bool
}

func (l *line) dial(ctx context.Context, network, _ string) (net.Conn, error) {
	address := net.JoinHostPort(l.server.host, strconv.Itoa(l.server.port)) // the library's own does not know IPv6 addresses
	dialer := &net.Dialer{}
	var err error
	if l.server.implicitTLS() {
		l.connection, err = (&tls.Dialer{NetDialer: dialer, Config: l.server.tlsConfig()}).DialContext(ctx, network, address)
	} else {
		l.connection, err = dialer.DialContext(ctx, network, address)
	}
	if err != nil {
		l.connection = nil
		return nil, err
	}
	connection := l.connection
	l.unwatch = context.AfterFunc(l.ctx, func() { _ = connection.Close() }) // whoever reads or writes gets the error
	return connection, nil
}

func (l *line) hangUp() {
	if l.connection == nil {
		return
	}
	l.unwatch()
	_ = l.connection.Close() // after QUIT it is closed already
}
