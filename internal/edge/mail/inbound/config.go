package inbound

import (
	"errors"
	"fmt"
	"log/slog"

	"rapport/internal/base/db"
	"rapport/internal/base/secret"
	"rapport/internal/edge/mail"
	"rapport/internal/partner/outreach"
)

// Config says how mails come in. The zero Config lets none in.
type Config struct {
	Replies                  string // the address for answers
	Host, User, PasswordFile string // of the mailbox; Host "" is none
	Port                     int
	Folder                   string
	StartTLS                 bool
	SecretFile               string // of the hook; "" is none
}

// Ways are how mails come in: none, one or both.
type Ways struct {
	Mailbox *Mailbox
	Hook    *Hook // its Refuse is set by who serves it
}

// shortestSecret is that of the hook, which anybody on the network may try.
const shortestSecret = 24

// Open checks the configuration. It does not connect: a mail server may be down while we start.
func Open(c Config, d *db.DB, box *secret.Box, log *slog.Logger) (w Ways, err error) {
	if c.Replies != "" {
		if err := outreach.CheckReplyBase(c.Replies); err != nil {
			return w, err
		}
	}
	if c.Host == "" && (c.User != "" || c.PasswordFile != "") {
		return w, errors.New("the mailbox has a log-in and no server: set the IMAP host")
	}
	if (c.Host != "" || c.SecretFile != "") && c.Replies == "" {
		return w, errors.New("mails can come in, but no address for answers is set")
	}
	if c.Host != "" {
		password, err := mail.ReadSecret(c.PasswordFile, 1)
		if err != nil {
			return w, fmt.Errorf("cannot read the mailbox's password: %w", err)
		}
		if c.User == "" || c.Port < 0 || c.Port > 65535 {
			return w, errors.New("the mailbox needs a log-in, and its port must be between 1 and 65535")
		}
		w.Mailbox = &Mailbox{Account: Account{Host: c.Host, Port: c.Port, User: c.User, Password: password, Folder: c.Folder, StartTLS: c.StartTLS}, DB: d, Box: box, Log: log}
		log.Info("answers are read from a mailbox", "host", c.Host, "folder", w.Mailbox.folder())
	}
	if c.SecretFile != "" {
		shared, err := mail.ReadSecret(c.SecretFile, shortestSecret)
		if err != nil {
			return w, fmt.Errorf("cannot read the secret for mails that come in: %w", err)
		}
		w.Hook = &Hook{DB: d, Box: box, Secret: shared, Log: log}
		log.Info("mails are taken at POST /hooks/mail")
	}
	return w, nil
}
