package platforms

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/id"
	"rapport/internal/base/programs"
	"rapport/internal/base/secret"
	"rapport/internal/recruit/creators"
)

// Asker is the creator who is about to consent.
type Asker struct {
	Session     string // auth.Session.ID: the browser that began must be the one that comes back
	Program     programs.ID
	Partnership string // where the pages lead back to
	Creator     creators.ID
	Connection  ConnectionID // that is to be made anew, or ""
}

// Callback is what the platform sends the browser back with (RFC 6749, 4.1.2).
type Callback struct {
	State, Code, Error string
}

// Why says why no connection was made. Each has a sentence in the catalogue: connect.refused.<why>.
type Why string

// The reasons.
const (
	WhyDenied       Why = "denied"        // the creator said no
	WhyExpired      Why = "expired"       // too late, used already, or begun in another browser
	WhyScopes       Why = "scopes"        // what we need was not ticked
	WhyWrongAccount Why = "wrong_account" // another account than the one to be connected again
	WhyTaken        Why = "taken"         // the account is known as another creator's: a person decides
	WhyAsked        Why = "asked"         // the platform gave another error than a refusal
	WhyNoHandle     Why = "no_handle"     // the platform did not say whose account it is
	WhyFailed       Why = "failed"        // a call failed; Failure says how
)

// Refused is an attempt to connect that made no connection.
type Refused struct {
	Why     Why
	Missing []string // scopes
	Handle  string   // the account that came
	Failure *Failure
	Consent Asker // who asked, where that is known
}

func (r *Refused) Error() string {
	text := "no connection was made: " + string(r.Why)
	if r.Failure != nil {
		text += ": " + r.Failure.Error()
	}
	return text
}

const (
	consentFor      = 15 * time.Minute
	verifierPurpose = "platform consent"
	mostConsents    = 10 // that one session may have open
)

// Begin writes down that a creator is about to be asked and returns where.
func (s *Switchboard) Begin(ctx context.Context, d *db.DB, a Asker, name creators.Platform) (string, error) {
	l, err := s.line(ctx, d, name)
	if err != nil {
		return "", err
	}
	if !l.app.Connects() {
		return "", Failed(FailureAppRefused, name, "no app is set up")
	}
	g := Grant{Redirect: s.Redirect(name), State: secret.RandomToken(32)}
	if l.rules.PKCE {
		g.Verifier = secret.RandomToken(32)
		sum := sha256.Sum256([]byte(g.Verifier))
		g.Challenge = base64.RawURLEncoding.EncodeToString(sum[:])
	}
	sealed, err := s.Box.Seal(verifierPurpose, []byte(g.Verifier))
	if err != nil {
		return "", err
	}
	err = d.Update(ctx, func(tx *db.Tx) error { return noteConsent(ctx, tx, a, name, g.State, sealed) })
	return l.platform.AuthURL(l.app, g), err
}

func noteConsent(ctx context.Context, tx *db.Tx, a Asker, name creators.Platform, state string, verifier []byte) error {
	if _, err := tx.Exec(ctx, `delete from platform_consents where expires_at < $1`, db.Micros(tx.Now())); err != nil {
		return fmt.Errorf("cannot forget old consents: %w", err)
	}
	var open int
	if err := tx.QueryRow(ctx, `select count(*) from platform_consents where session_id = $1`, a.Session).Scan(&open); err != nil {
		return fmt.Errorf("cannot count consents: %w", err)
	}
	if open >= mostConsents {
		return fault.TooMany("You began this many times already. Wait a quarter of an hour and try again.", consentFor)
	}
	_, err := tx.Exec(ctx, `insert into platform_consents (state_hash, session_id, program_id, partnership_id, creator_id, connection_id, platform, verifier, expires_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`, secret.HashToken(state), a.Session, a.Program, a.Partnership, a.Creator, a.Connection, name, verifier,
		db.Micros(tx.Now().Add(consentFor)))
	if err != nil {
		return fmt.Errorf("cannot note a consent: %w", err)
	}
	return nil
}

type consent struct {
	Asker
	session  string
	platform creators.Platform
	verifier []byte
	until    time.Time
}

func scanConsent(s db.Scanner) (c consent, err error) {
	err = s.Scan(&c.session, &c.Program, &c.Partnership, &c.Creator, &c.Connection, &c.platform, &c.verifier, db.ScanTime(&c.until))
	c.Session = c.session
	return c, err
}

// takeConsent finds what a state stands for, once: a state that came back is spent, whatever follows.
func takeConsent(ctx context.Context, tx *db.Tx, session string, name creators.Platform, state string) (c consent, err error) {
	c, found, err := db.One(ctx, tx, scanConsent, `delete from platform_consents where state_hash = $1 and session_id = $2 and platform = $3
		returning session_id, program_id, partnership_id, creator_id, connection_id, platform, verifier, expires_at`, secret.HashToken(state), session, name)
	if err != nil {
		return c, fmt.Errorf("cannot find a consent: %w", err)
	}
	if !found || c.until.Before(tx.Now()) {
		return consent{}, &Refused{Why: WhyExpired}
	}
	return c, nil
}

// Finish makes the connection that a callback brings. Every way in which none is made is a *Refused.
func (s *Switchboard) Finish(ctx context.Context, d *db.DB, session string, name creators.Platform, back Callback) (Connection, Asker, error) {
	var asked consent
	var refused error // spending the state must be committed although the answer is a refusal
	err := d.Update(ctx, func(tx *db.Tx) (err error) {
		asked, refused = takeConsent(ctx, tx, session, name, back.State)
		var r *Refused
		if errors.As(refused, &r) {
			return nil
		}
		return refused
	})
	if err == nil {
		err = refused
	}
	if err != nil {
		return Connection{}, Asker{}, err
	}
	c, err := s.exchange(ctx, d, asked, back)
	var f *Failure
	if errors.As(err, &f) {
		err = &Refused{Why: WhyFailed, Failure: f}
	}
	var r *Refused
	if errors.As(err, &r) {
		r.Consent = asked.Asker
	}
	return c, asked.Asker, err
}

func (s *Switchboard) exchange(ctx context.Context, d *db.DB, asked consent, back Callback) (c Connection, err error) {
	switch {
	case back.Error == "access_denied":
		return c, &Refused{Why: WhyDenied}
	case back.Error != "" || back.Code == "":
		return c, &Refused{Why: WhyAsked}
	}
	l, err := s.line(ctx, d, asked.platform)
	if err != nil {
		return c, err
	}
	verifier, err := s.Box.Open(verifierPurpose, asked.verifier)
	if err != nil {
		return c, fmt.Errorf("cannot open a consent: %w", err)
	}
	caller := s.Caller(d, l.rules, l.app, "")
	token, err := l.platform.Exchange(ctx, caller, l.app, Grant{Redirect: s.Redirect(asked.platform), Verifier: string(verifier)}, back.Code)
	if err != nil {
		return c, err
	}
	c, err = s.admit(ctx, d, l, asked, token)
	if err != nil { // a consent that nobody holds is given back
		if backErr := l.platform.Revoke(ctx, caller, l.app, token); backErr != nil {
			s.note(ctx, "a consent that was not used could not be given back", c, backErr)
		}
	}
	return c, err
}

// admit finds out whose token it is, and stores it with the creator's profile.
func (s *Switchboard) admit(ctx context.Context, d *db.DB, l line, asked consent, t Token) (c Connection, err error) {
	if missing := missingScopes(l.rules.Needed, t.Scopes); len(missing) > 0 {
		return c, &Refused{Why: WhyScopes, Missing: missing}
	}
	who, err := l.platform.Who(ctx, s.Caller(d, l.rules, l.app, t.Account), l.app, t)
	if err != nil {
		return c, err
	}
	account, err := creators.ParseAccount(asked.platform, who.Handle)
	if err != nil || who.Account == "" {
		return c, &Refused{Why: WhyNoHandle}
	}
	who.Handle, t.Account = account.Handle, who.Account
	var refused *Refused
	err = d.Update(ctx, func(tx *db.Tx) (err error) {
		refused = nil
		c, err = s.link(ctx, tx, asked, account, who, t)
		if errors.As(err, &refused) {
			return nil // the conflict that was noted stays
		}
		return err
	})
	if err == nil && refused != nil {
		err = refused
	}
	return c, err
}

// link gives the account to the creator who showed to own it, unless it is known as somebody else's.
func (s *Switchboard) link(ctx context.Context, tx *db.Tx, asked consent, account creators.Account, who Identity, t Token) (c Connection, err error) {
	if asked.Connection != "" {
		old, err := Find(ctx, tx, asked.Program, asked.Connection)
		if err != nil {
			return c, err
		}
		if old.Creator != asked.Creator {
			return c, fault.NotFound("connection")
		}
		if old.Account != who.Account {
			return c, &Refused{Why: WhyWrongAccount, Handle: who.Handle}
		}
	}
	profile, err := profileFor(ctx, tx, asked, account, who)
	if err != nil {
		return c, err
	}
	return save(ctx, tx, s.Box, Made{Program: asked.Program, Creator: asked.Creator, Profile: profile, Platform: asked.platform, Identity: who, Token: t})
}

func profileFor(ctx context.Context, tx *db.Tx, asked consent, account creators.Account, who Identity) (creators.ProfileID, error) {
	refs, err := creators.Known(ctx, tx, []creators.Account{account})
	if err != nil {
		return "", err
	}
	ref, found := refs[account.Key()]
	switch {
	case found && !ref.Hidden && ref.Creator == asked.Creator:
		return ref.Profile, nil
	case found && !ref.Hidden:
		if err := noteConflict(ctx, tx, asked, ref.Creator, who.Handle); err != nil {
			return "", err
		}
		return "", &Refused{Why: WhyTaken, Handle: who.Handle}
	}
	after, err := creators.AddProfile(ctx, tx, asked.Creator, creators.NewProfile{Platform: asked.platform, Handle: account.Handle})
	if err != nil {
		return "", err
	}
	for _, p := range after.Profiles {
		if p.Platform == asked.platform && (creators.Account{Platform: p.Platform, Handle: p.Handle}).Key() == account.Key() {
			return p.ID, nil
		}
	}
	return "", fmt.Errorf("the profile of %s was stored and is not there", asked.Creator)
}

// Conflict is an account that a creator connected and that is known as another creator's.
type Conflict struct {
	ID       string
	Program  programs.ID
	Creator  creators.ID // who connected it
	Other    creators.ID // whose it was known as
	Platform creators.Platform
	Handle   string
	At       time.Time
}

func noteConflict(ctx context.Context, tx *db.Tx, asked consent, other creators.ID, handle string) error {
	_, err := tx.Exec(ctx, `insert into platform_conflicts (id, program_id, creator_id, other_id, platform, handle, made_at) values ($1, $2, $3, $4, $5, $6, $7)
		on conflict do nothing`, id.New("pcf", tx.Now()), asked.Program, asked.Creator, other, asked.platform, handle, db.Micros(tx.Now()))
	if err != nil {
		return fmt.Errorf("cannot note a conflict: %w", err)
	}
	return nil
}

// mostConflicts bounds the open ones shown; a program has a handful.
const mostConflicts = 50

// Conflicts are those of a program that nobody settled yet, the oldest first.
func Conflicts(ctx context.Context, tx *db.Tx, program programs.ID) ([]Conflict, error) {
	all, err := db.All(ctx, tx, func(s db.Scanner) (c Conflict, err error) {
		err = s.Scan(&c.ID, &c.Program, &c.Creator, &c.Other, &c.Platform, &c.Handle, db.ScanTime(&c.At))
		return c, err
	}, `select id, program_id, creator_id, other_id, platform, handle, made_at from platform_conflicts where program_id = $1 and settled_at is null
		order by id limit $2`, program, mostConflicts)
	if err != nil {
		return nil, fmt.Errorf("cannot read conflicts: %w", err)
	}
	return all, nil
}

// Settle notes that a person looked at a conflict.
func Settle(ctx context.Context, tx *db.Tx, program programs.ID, conflict string) error {
	done, err := tx.Exec(ctx, `update platform_conflicts set settled_at = $3 where id = $1 and program_id = $2 and settled_at is null`, conflict, program, db.Micros(tx.Now()))
	if err != nil {
		return fmt.Errorf("cannot settle a conflict: %w", err)
	}
	if done == 0 {
		return fault.NotFound("conflict")
	}
	return nil
}

// missingScopes are those needed that were not granted. A platform that names no scopes granted all (RFC 6749, 5.1).
func missingScopes(needed, granted []string) (missing []string) {
	if len(granted) == 0 {
		return nil
	}
	for _, n := range needed {
		if !slices.Contains(granted, n) {
			missing = append(missing, n)
		}
	}
	return missing
}

// SplitScopes reads a list of scopes separated by commas or blanks.
func SplitScopes(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' })
}
