package platforms

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"time"

	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/secret"
	"rapport/internal/recruit/creators"
)

// Switchboard ties the platforms to the operator's apps, the creators' connections and the count of what was asked.
type Switchboard struct {
	Box       *secret.Box
	BaseURL   string // of this installation: https://partners.shop.example
	Platforms []Platform
	Transport http.RoundTripper // nil: http.DefaultTransport
	Pace      time.Duration     // between tries of a read; 0: half a second
	Log       *slog.Logger

	// Tell says to the creator that a connection ended and what to do, once, in the transaction that ends it; Alarm says to the merchant's people
	// that a connection stopped being tried. The words are the pages'.
	Tell, Alarm func(ctx context.Context, tx *db.Tx, c Connection) error
}

// Platform finds a platform; one that has no API for us is a page that does not exist.
func (s *Switchboard) Platform(name creators.Platform) (Platform, error) {
	i := slices.IndexFunc(s.Platforms, func(p Platform) bool { return p.Rules().Name == name })
	if i < 0 {
		return nil, fault.NotFound("platform")
	}
	return s.Platforms[i], nil
}

// Redirect is the address that the operator enters at the platform.
func (s *Switchboard) Redirect(name creators.Platform) string {
	return s.BaseURL + "/connect/" + string(name) + "/callback"
}

// Caller makes calls in the name of the app at a platform, counted in the database. account is whose bucket a cost per account goes to.
func (s *Switchboard) Caller(d *db.DB, r Rules, app App, account string) Caller {
	return Caller{
		Rules: r, Account: account, Transport: s.Transport, Now: d.Now, Pace: s.Pace,
		Take: func(ctx context.Context, cost Cost) error {
			return d.Update(ctx, func(tx *db.Tx) error { return Take(ctx, tx, r, app, cost) })
		},
		Pause: func(ctx context.Context, cost Cost, wait time.Duration, because string) error {
			return d.Update(ctx, func(tx *db.Tx) error { return Pause(ctx, tx, r, cost, tx.Now().Add(wait), because) })
		},
	}
}

// line is a platform with the operator's app: what every call needs.
type line struct {
	platform Platform
	rules    Rules
	app      App
}

func (s *Switchboard) line(ctx context.Context, d *db.DB, name creators.Platform) (l line, err error) {
	if l.platform, err = s.Platform(name); err != nil {
		return l, err
	}
	l.rules = l.platform.Rules()
	err = d.View(ctx, func(tx *db.Tx) error {
		app, found, err := FindApp(ctx, tx, s.Box, name)
		if err == nil && !found {
			err = Failed(FailureAppRefused, name, "no app is set up")
		}
		l.app = app
		return err
	})
	return l, err
}

// App is the operator's app at a platform, for the rooms that read what is public.
func (s *Switchboard) App(ctx context.Context, d *db.DB, name creators.Platform) (App, error) {
	l, err := s.line(ctx, d, name)
	return l.app, err
}

func (s *Switchboard) note(ctx context.Context, what string, c Connection, err error) {
	if s.Log != nil {
		s.Log.WarnContext(ctx, what, "connection", c.ID, "platform", c.Platform, "error", fmt.Sprint(err))
	}
}
