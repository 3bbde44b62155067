package platforms

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/programs"
	"rapport/internal/recruit/creators"
)

const (
	workDeadline  = 4 * time.Minute
	leaseFor      = 6 * time.Minute // longer than the deadline, so that nobody takes over from somebody still at work
	roundDeadline = 4 * time.Minute
	mostInRound   = 60
	mostPosts     = 100
	lookBack      = 180 * 24 * time.Hour
)

// Refresh asks for what is due, one connection after the other, until nothing is due or the round's time is over; what is left is due in the next.
func (s *Switchboard) Refresh(ctx context.Context, d *db.DB) error {
	ctx, cancel := context.WithTimeout(ctx, roundDeadline)
	defer cancel()
	var due []Connection
	err := d.View(ctx, func(tx *db.Tx) (err error) {
		due, err = db.All(ctx, tx, scanConnection, `select `+connectionColumns+` from platform_connections
			where next_at <= $1 and lease_until <= $1 and state in ('connected', 'failing') order by next_at, id limit $2`, db.Micros(tx.Now()), mostInRound)
		return err
	})
	if err != nil {
		return fmt.Errorf("cannot read which connections are due: %w", err)
	}
	for _, c := range due {
		if ctx.Err() != nil {
			return nil //nolint:nilerr // the round's time is over, which is no failure
		}
		if _, err := s.try(ctx, d, c); err != nil {
			return err
		}
	}
	return nil
}

// RefreshNow asks for one connection because somebody pressed a button; one that gave up begins anew.
func (s *Switchboard) RefreshNow(ctx context.Context, d *db.DB, program programs.ID, connection ConnectionID) (Connection, error) {
	var c Connection
	err := d.View(ctx, func(tx *db.Tx) (err error) { c, err = Find(ctx, tx, program, connection); return err })
	if err != nil {
		return c, err
	}
	if c.State != StateConnected && c.State != StateFailing {
		return c, fault.Conflict("not_connected", "This account is not connected any more. Its owner can connect it again.")
	}
	worked, err := s.try(ctx, d, c)
	if err == nil && !worked {
		err = fault.Conflict("at_work", "This account is being read at this moment.")
	}
	if err != nil {
		return c, err
	}
	err = d.View(ctx, func(tx *db.Tx) (err error) { c, err = Find(ctx, tx, program, connection); return err })
	return c, err
}

// try works on one connection if nobody else does. Only our own errors come back; what the platform did is written down.
func (s *Switchboard) try(ctx context.Context, d *db.DB, c Connection) (worked bool, err error) {
	held, err := hold(ctx, d, c.ID)
	if err != nil || held == nil {
		return false, err
	}
	work, cancel := context.WithTimeout(ctx, workDeadline)
	defer cancel()
	fetched, err := s.work(work, d, held)
	f, err := sortOut(held.Connection, err)
	if err != nil && !errors.Is(err, errLost) {
		s.note(ctx, "a connection could not be read", held.Connection, err)
	}
	ctx = context.WithoutCancel(ctx) // what came is kept, and the lease given back, also when the server is told to stop
	if errors.Is(err, errLost) {
		return true, nil
	}
	return true, errors.Join(err, s.settle(ctx, d, held, fetched, f))
}

// sortOut tells the platform's failures from ours. Ours leave the connection due again after the first backoff, like a platform that is down.
func sortOut(c Connection, err error) (*Failure, error) {
	if err == nil {
		return nil, nil
	}
	if f, ok := FailureOf(err); ok {
		return f, nil
	}
	return Failed(FailureDown, c.Platform, "we could not finish"), err
}

// held is a connection that this process works on.
type held struct {
	Connection
	until int64 // the lease: whoever else wrote another value holds it now
}

// errLost is a connection that was ended, or taken over, while it was worked on.
var errLost = errors.New("the connection is not ours any more")

func hold(ctx context.Context, d *db.DB, connection ConnectionID) (h *held, err error) {
	err = d.Update(ctx, func(tx *db.Tx) error {
		h = nil
		until := db.Micros(tx.Now().Add(leaseFor))
		c, found, err := db.One(ctx, tx, scanConnection, `update platform_connections set lease_until = $2
			where id = $1 and lease_until <= $3 and state in ('connected', 'failing') returning `+connectionColumns, connection, until, db.Micros(tx.Now()))
		if err != nil {
			return fmt.Errorf("cannot take connection %s to work on: %w", connection, err)
		}
		if found {
			h = &held{c, until}
		}
		return nil
	})
	return h, err
}

// still is the condition that the connection is ours to write.
func (h *held) still(ctx context.Context, tx *db.Tx) error {
	var one int
	err := tx.QueryRow(ctx, `select count(*) from platform_connections where id = $1 and lease_until = $2 and state in ('connected', 'failing')`, h.ID, h.until).Scan(&one)
	if err == nil && one == 0 {
		err = errLost
	}
	return err
}

// work renews the token where it is due and fetches. What came is stored even if a later call failed.
func (s *Switchboard) work(ctx context.Context, d *db.DB, h *held) (Fetched, error) {
	l, err := s.line(ctx, d, h.Platform)
	if err != nil {
		return Fetched{}, err
	}
	t, err := h.Token(s.Box)
	if err != nil {
		return Fetched{}, err
	}
	caller := s.Caller(d, l.rules, l.app, h.Account)
	renewed := false
	if t.dueAt(l.rules).Before(d.Now()) {
		if t, err = s.renew(ctx, d, h, l, caller, t); err != nil {
			return Fetched{}, err
		}
		renewed = true
	}
	want := Want{Cursor: h.Cursor, Since: d.Now().Add(-lookBack), MostPosts: mostPosts}
	got, err := l.platform.Fetch(ctx, caller, l.app, t, want)
	if f, ok := FailureOf(err); ok && f.Kind == FailureTokenExpired && !renewed && t.Refresh != "" && got.IsEmpty() {
		if t, err = s.renew(ctx, d, h, l, caller, t); err != nil { // ended before its time: once
			return got, err
		}
		got, err = l.platform.Fetch(ctx, caller, l.app, t, want)
	}
	if err == nil && got.Identity.Account != "" && got.Identity.Account != h.Account {
		return Fetched{}, Failed(FailureNonsense, h.Platform, "an answer about another account")
	}
	return got, errors.Join(err, s.store(ctx, d, h, l.rules, got))
}

// dueAt is when a token is to be renewed.
func (t Token) dueAt(r Rules) time.Time {
	if t.AccessUntil.IsZero() {
		return time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	return t.AccessUntil.Add(-r.Ahead)
}

// renew spends the refresh token and stores what it gave before anything else is done with it: a token that is rotated and lost cannot be had again.
func (s *Switchboard) renew(ctx context.Context, d *db.DB, h *held, l line, caller Caller, old Token) (Token, error) {
	now := d.Now()
	switch {
	case !old.RefreshUntil.IsZero() && !old.RefreshUntil.After(now), old.Refresh == "" && !old.AccessUntil.After(now):
		return old, Failed(FailureTokenExpired, h.Platform, "the consent ended on "+old.ends().Format(time.DateOnly))
	case old.Refresh == "" && !l.rules.RenewsAccess:
		return old, nil // nothing to renew it with: used to its end
	}
	t, err := l.platform.RefreshToken(ctx, caller, l.app, old)
	if f, ok := FailureOf(err); ok && f.Kind == FailureTokenExpired && old.RefreshUntil.After(now) {
		f = Failed(FailureConsentRevoked, f.Platform, f.Detail) // refused before its time: the creator took it back
		return old, f
	}
	if err != nil {
		return old, err
	}
	t = t.over(old)
	sealed, err := sealToken(s.Box, h.ID, t)
	if err != nil {
		return old, err
	}
	keep := context.WithoutCancel(ctx)
	err = d.Update(keep, func(tx *db.Tx) error {
		done, err := tx.Exec(keep, `update platform_connections set token = $3, access_until = $4, token_until = $5, scopes = $6 where id = $1 and lease_until = $2`,
			h.ID, h.until, sealed, db.MicrosOrNull(t.AccessUntil), db.MicrosOrNull(t.ends()), strings.Join(t.Scopes, " "))
		if err == nil && done == 0 {
			err = errLost
		}
		return err
	})
	if err != nil {
		return old, fmt.Errorf("cannot keep the new token of connection %s: %w", h.ID, err)
	}
	return t, nil
}

// over is the token with what the answer left out taken from the one before.
func (t Token) over(old Token) Token {
	if t.Refresh == "" {
		t.Refresh, t.RefreshUntil = old.Refresh, old.RefreshUntil
	}
	if len(t.Scopes) == 0 {
		t.Scopes = old.Scopes
	}
	if t.Extra == nil {
		t.Extra = old.Extra
	}
	t.Account = old.Account
	return t
}

// settle writes down what became of the connection and gives the lease back.
func (s *Switchboard) settle(ctx context.Context, d *db.DB, h *held, got Fetched, f *Failure) error {
	p, err := s.Platform(h.Platform)
	if err != nil {
		return err
	}
	err = d.Update(ctx, func(tx *db.Tx) error {
		if err := h.still(ctx, tx); err != nil {
			return err
		}
		n := Decide(h.Connection, p.Rules(), f, tx.Now())
		if err := h.write(ctx, tx, n, got, f); err != nil {
			return err
		}
		return s.speak(ctx, tx, h, n)
	})
	if errors.Is(err, errLost) {
		return nil
	}
	return err
}

func (h *held) write(ctx context.Context, tx *db.Tx, n Next, got Fetched, f *Failure) error {
	kind, detail, failedAt, okAt, cursor := FailureKind(""), "", h.FailedAt, h.LastOKAt, got.Cursor
	if f != nil {
		kind, detail, failedAt = f.Kind, f.Detail, tx.Now()
		if got.IsEmpty() {
			cursor = h.Cursor // nothing came, so it goes on where it stood
		}
	}
	if n.OK {
		okAt, cursor, failedAt = tx.Now(), "", time.Time{}
	}
	_, err := tx.Exec(ctx, `update platform_connections set state = $3, next_at = $4, failures = $5, failure_kind = $6, failure_detail = $7, failed_at = $8,
			last_ok_at = $9, page_cursor = $10, notes = $11, token = case when $12 then null else token end, handle = case when $13 = '' then handle else $13 end, lease_until = 0
		where id = $1 and lease_until = $2`,
		h.ID, h.until, n.State, db.MicrosOrNull(n.NextAt), n.Failures, kind, detail, db.MicrosOrNull(failedAt), db.MicrosOrNull(okAt), cursor,
		strings.Join(got.Notes, " "), n.Drop, cutText(got.Identity.Handle, creators.LongestName)) // people rename their accounts
	if err != nil {
		return fmt.Errorf("cannot write down what became of connection %s: %w", h.ID, err)
	}
	return nil
}

// speak says it to whoever has to do something, once.
func (s *Switchboard) speak(ctx context.Context, tx *db.Tx, h *held, n Next) error {
	tell := s.Tell
	if n.Alarm {
		tell = s.Alarm
	}
	if tell == nil || !(n.Tell || n.Alarm) || !h.ToldAt.IsZero() {
		return nil
	}
	c, err := Find(ctx, tx, h.Program, h.ID)
	if err != nil {
		return err
	}
	if err := tell(ctx, tx, c); err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `update platform_connections set told_at = $2 where id = $1`, h.ID, db.Micros(tx.Now()))
	return err
}
