package mail

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	netmail "net/mail"
	"os"
	"path/filepath"
	"strings"
	"unicode"

	"rapport/internal/base/notify"
)

// TLS says how the way to the mail server is protected.
type TLS string

// The policies. Port 465 speaks TLS from its first byte under either.
const (
	TLSMandatory     TLS = "mandatory"     // STARTTLS, or nothing is sent
	TLSOpportunistic TLS = "opportunistic" // STARTTLS where the server offers it: for a server on this machine
)

// Ports of mail submission (RFC 6409, RFC 8314).
const (
	portSubmission  = 587
	portImplicitTLS = 465
)

const maxPassword = 1024 // bytes

// Config says how mails leave.
type Config struct {
	Host         string // of the mail server; "" writes files to Folder
	Port         int    // 0: 587
	User         string // "" to send without signing in
	PasswordFile string
	From         string // "Shop <hello@shop.example>", or an address alone
	TLS          TLS    // "": mandatory
	Folder       string // for mails as files
}

// Open checks the configuration and returns the way out. It does not connect: a mail server may be down while we start.
func Open(c Config, log *slog.Logger) (notify.Send, error) {
	from, err := parseFrom(c.From)
	if err != nil {
		return nil, err
	}
	if c.Host == "" {
		f, err := openFolder(c.Folder, from)
		if err != nil {
			return nil, err
		}
		log.Warn("no mail server is configured: mails are written to a folder", "folder", f.path)
		return f.send, nil
	}
	s, err := c.server(from)
	if err != nil {
		return nil, err
	}
	log.Info("mails are sent by SMTP", "host", s.host, "port", s.port, "tls", string(s.tls))
	return s.send, nil
}

func (c Config) server(from netmail.Address) (s server, err error) {
	s = server{host: c.Host, port: c.Port, user: c.User, from: from, tls: c.TLS}
	if s.port == 0 {
		s.port = portSubmission
	}
	if s.tls == "" {
		s.tls = TLSMandatory
	}
	switch {
	case strings.ContainsFunc(c.Host, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) || r == '/' }):
		return s, errors.New("the mail server must be a host name or an address")
	case s.port < 1 || s.port > 65535:
		return s, errors.New("the mail server's port must be between 1 and 65535")
	case s.tls != TLSMandatory && s.tls != TLSOpportunistic:
		return s, fmt.Errorf("the mail server's TLS policy must be %s or %s", TLSMandatory, TLSOpportunistic)
	case (c.User == "") != (c.PasswordFile == ""):
		return s, errors.New("the mail server's user and password file come together")
	}
	if c.PasswordFile != "" {
		s.password, err = ReadSecret(c.PasswordFile, 1)
	}
	return s, err
}

// ReadSecret reads a secret of at least so many characters, alone on the one line of a file. Errors do not repeat it.
func ReadSecret(path string, shortest int) (string, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("cannot read a secret: %w", err)
	}
	content = bytes.TrimRight(content, "\r\n")
	if len(content) < shortest || len(content) > maxPassword || bytes.ContainsAny(content, "\r\n\x00") {
		return "", fmt.Errorf("the file %s must hold the secret on one line, of %d to %d characters", filepath.Base(path), shortest, maxPassword)
	}
	return string(content), nil
}

func parseFrom(text string) (from netmail.Address, err error) {
	parsed, err := netmail.ParseAddress(text)
	if err != nil || strings.ContainsFunc(parsed.Name, unicode.IsControl) {
		return from, errors.New(`the sender of mails must look like "Shop <hello@shop.example>"`)
	}
	address, ok := notify.ParseAddress(parsed.Address)
	if !ok {
		return from, errors.New("the sender's mail address is not one we can send from")
	}
	return netmail.Address{Name: parsed.Name, Address: address}, nil
}
