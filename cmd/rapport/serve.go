package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/edge/mail"
	"rapport/internal/edge/mail/inbound"
	"rapport/internal/edge/web/setup"
	"rapport/internal/recruit/discovery/meaning"
)

const (
	stopDeadline   = 10 * time.Second
	headerDeadline = 10 * time.Second
	readDeadline   = 5 * time.Minute // an import file over a slow line
	idleDeadline   = 2 * time.Minute
	maxHeader      = 64 << 10
)

type serveCmd struct {
	place
	Listen   string   `default:"127.0.0.1:8080" env:"RAPPORT_LISTEN" help:"Address to listen on."`
	BaseURL  string   `env:"RAPPORT_BASE_URL" help:"Where people reach it: https://partners.shop.example. Default: http:// and the listen address."`
	LinkBase string   `env:"RAPPORT_LINK_BASE" help:"A link domain of its own: https://go.shop.example. Default: the base address and /r."`
	Proxies  []string `env:"RAPPORT_PROXIES" help:"Addresses of reverse proxies whose X-Forwarded-For is believed."`

	SMTPHost         string `env:"RAPPORT_SMTP_HOST" help:"Mail server; without one mails are written to a folder."`
	SMTPPort         int    `env:"RAPPORT_SMTP_PORT" default:"587" help:"Port of the mail server."`
	SMTPUser         string `env:"RAPPORT_SMTP_USER" help:"Log-in at the mail server."`
	SMTPPasswordFile string `env:"RAPPORT_SMTP_PASSWORD_FILE" help:"File that holds its password." type:"path"`
	SMTPTLS          string `env:"RAPPORT_SMTP_TLS" default:"mandatory" enum:"mandatory,opportunistic" help:"mandatory or opportunistic."`
	MailFrom         string `env:"RAPPORT_MAIL_FROM" default:"Rapport <rapport@localhost>" help:"Sender of mails."`

	MailReplies      string `env:"RAPPORT_MAIL_REPLIES" help:"Address that answers of creators come to: replies@brand.example. Its mailbox must take what stands behind a plus."`
	IMAPHost         string `env:"RAPPORT_IMAP_HOST" help:"Server of the mailbox that answers arrive in; read every minute, never changed."`
	IMAPPort         int    `env:"RAPPORT_IMAP_PORT" help:"Its port. Default: 993, or 143 with starttls."`
	IMAPUser         string `env:"RAPPORT_IMAP_USER" help:"Log-in of the mailbox."`
	IMAPPasswordFile string `env:"RAPPORT_IMAP_PASSWORD_FILE" help:"File that holds its password." type:"path"`
	IMAPTLS          string `env:"RAPPORT_IMAP_TLS" default:"implicit" enum:"implicit,starttls" help:"implicit or starttls."`
	IMAPFolder       string `env:"RAPPORT_IMAP_FOLDER" default:"INBOX" help:"Folder that is read."`
	MailInSecretFile string `env:"RAPPORT_MAIL_IN_SECRET_FILE" help:"File with the secret of POST /hooks/mail, for mail servers that hand mails over." type:"path"`

	EmbeddingsURL     string `env:"RAPPORT_EMBEDDINGS_URL" help:"An OpenAI-compatible service that says what texts mean: https://embeddings.example/v1/embeddings. Captions, hashtags, biographies and searched words of your creators are sent there. Without one nothing is."`
	EmbeddingsModel   string `env:"RAPPORT_EMBEDDINGS_MODEL" help:"Its model."`
	EmbeddingsSize    int    `env:"RAPPORT_EMBEDDINGS_SIZE" help:"How many numbers its vectors shall have, where the model can be asked for that; 256 is plenty. Default: as the model answers."`
	EmbeddingsKeyFile string `env:"RAPPORT_EMBEDDINGS_KEY_FILE" help:"File that holds its key." type:"path"`
}

// Run serves until it is told to stop.
func (c *serveCmd) Run(e *environment) error {
	proxies, err := parseProxies(c.Proxies)
	if err != nil {
		return err
	}
	var config net.ListenConfig
	listener, err := config.Listen(e.ctx, "tcp", c.Listen)
	if err != nil {
		return fmt.Errorf("cannot listen on %s: %w", c.Listen, err)
	}
	base := strings.TrimSuffix(c.BaseURL, "/")
	if base == "" {
		base = "http://" + listener.Addr().String()
	}
	embeddings, err := c.embeddings()
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	v, err := openServer(e, settings{
		Embeddings: embeddings, Place: c.place, BaseURL: base, LinkBase: strings.TrimSuffix(c.LinkBase, "/"), Proxies: proxies,
		Mail: mail.Config{
			Host: c.SMTPHost, Port: c.SMTPPort, User: c.SMTPUser, PasswordFile: c.SMTPPasswordFile, TLS: mail.TLS(c.SMTPTLS), From: c.MailFrom,
		},
		Inbound: inbound.Config{
			Replies: c.MailReplies, SecretFile: c.MailInSecretFile,
			Host: c.IMAPHost, Port: c.IMAPPort, User: c.IMAPUser, PasswordFile: c.IMAPPasswordFile, Folder: c.IMAPFolder, StartTLS: c.IMAPTLS == "starttls",
		},
	})
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	e.log.Info("serving", "address", base, "version", version, "database", v.d.Engine().String())
	if err := v.tellHowToBegin(e.ctx); err != nil {
		return errors.Join(err, listener.Close(), v.close())
	}
	return v.serve(e.ctx, listener)
}

// embeddings are the settings of the service that says what texts mean; nil without one.
func (c *serveCmd) embeddings() (*meaning.Remote, error) {
	if c.EmbeddingsURL == "" {
		if c.EmbeddingsModel != "" || c.EmbeddingsKeyFile != "" || c.EmbeddingsSize != 0 {
			return nil, errors.New("a model, size or key of an embeddings service is of no use without its address, --embeddings-url")
		}
		return nil, nil //nolint:nilnil // nothing is set, and that is fine
	}
	r := &meaning.Remote{URL: c.EmbeddingsURL, Model: c.EmbeddingsModel, Dimensions: c.EmbeddingsSize}
	if c.EmbeddingsKeyFile != "" {
		var err error
		if r.Key, err = mail.ReadSecret(c.EmbeddingsKeyFile, 1); err != nil {
			return nil, err
		}
	}
	return r, r.Check()
}

// tellHowToBegin prints the address at which the first account is made, as long as there is none.
func (v *server) tellHowToBegin(ctx context.Context) error {
	var begun bool
	err := v.d.View(ctx, func(tx *db.Tx) (err error) { begun, err = auth.AnyMerchant(ctx, tx); return err })
	if err == nil && !begun {
		v.log.Info("nobody can sign in yet: open this address to begin", "address", v.settings.BaseURL+"/first-run?token="+setup.FirstRunToken(v.box))
	}
	return err
}

// serve answers on the listener until ctx ends, then lets requests that began finish.
func (v *server) serve(ctx context.Context, listener net.Listener) error {
	answering := &http.Server{
		Handler: v.handler, ReadHeaderTimeout: headerDeadline, ReadTimeout: readDeadline, IdleTimeout: idleDeadline, MaxHeaderBytes: maxHeader,
	}
	// The loops outlive the last request, so that what it wrote is still carried on.
	working, stopWork := context.WithCancel(context.WithoutCancel(ctx))
	if err := v.runner.Start(working); err != nil { // without jobs nothing would be approved, mailed or finished, and nobody would see it
		stopWork()
		return errors.Join(fmt.Errorf("cannot start the jobs: %w", err), listener.Close(), v.close())
	}
	var background sync.WaitGroup
	background.Go(func() { v.run(working) })
	var stopping sync.WaitGroup
	stopping.Go(func() {
		<-ctx.Done()
		deadline, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopDeadline)
		defer cancel()
		if err := answering.Shutdown(deadline); err != nil {
			v.log.Warn("requests were cut short", "error", err)
		}
	})
	err := answering.Serve(listener)
	if errors.Is(err, http.ErrServerClosed) {
		stopping.Wait()
		err = nil
	}
	stopWork()
	background.Wait()
	return errors.Join(err, v.close())
}
