package auth

import (
	"context"
	"encoding/base64"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/secret"
)

// How long a session lives: idle, and altogether. Creators come on their own phone, by a link in a mail; the merchant's people move money.
const (
	CreatorIdle      = 14 * 24 * time.Hour
	CreatorAbsolute  = 60 * 24 * time.Hour
	MerchantIdle     = 12 * time.Hour
	MerchantAbsolute = 14 * 24 * time.Hour

	seenEvery = time.Minute // how exactly seen_at is kept, so that reading pages does not write
)

const (
	tokenBytes = 32
	maxToken   = 128 // bytes; anything longer was not made here
	maxAgent   = 200 // bytes
)

// Session is one device somebody is signed in on.
type Session struct {
	ID              string // names it without opening it
	UserID          string
	Kind            Kind // of the user
	CreatedAt       time.Time
	SeenAt          time.Time // to the minute
	ExpiresAt       time.Time // at the latest
	AuthenticatedAt time.Time
	ViewingAs       string // cre_… whose portal is looked at, or ""
	Agent           string // the browser's name for itself
}

func lifetime(kind Kind) (idle, absolute time.Duration) {
	if kind == KindCreator {
		return CreatorIdle, CreatorAbsolute
	}
	return MerchantIdle, MerchantAbsolute
}

// alive reports whether the session may still be used.
func (s Session) alive(now time.Time) bool {
	idle, _ := lifetime(s.Kind)
	return now.Before(s.ExpiresAt) && now.Sub(s.SeenAt) < idle
}

var (
	errWrongLogin = fault.Unauthenticated("the e-mail address or the password is wrong").WithCode("wrong_login")
	errNoSession  = fault.Unauthenticated("sign in first")
)

// SignIn opens a session for one of the merchant's people. remote is the client's address, agent the browser's name for itself. Whatever is wrong,
// the answer is the same; too many attempts are refused with the time to wait. Never call it inside a transaction.
func SignIn(ctx context.Context, d *db.DB, email, password, remote, agent string) (token string, s Session, err error) {
	tried, user, hash, err := begin(ctx, d, fold(email), remote)
	if err != nil {
		return "", Session{}, err
	}
	if !secret.CheckPassword(hash, password) {
		return "", Session{}, errWrongLogin
	}
	err = d.Update(ctx, func(tx *db.Tx) error {
		if err := unchanged(ctx, tx, user.ID, hash); err != nil {
			return err
		}
		if err := tried.succeeded(ctx, tx); err != nil {
			return err
		}
		token, s, err = open(ctx, tx, user, agent)
		return err
	})
	if err != nil {
		return "", Session{}, err
	}
	return token, s, nil
}

// begin counts the attempt and fetches the hash to compare with: "" where there is no such user or they are disabled, which takes as long to
// compare.
func begin(ctx context.Context, d *db.DB, folded, remote string) (tried attempt, user User, hash string, err error) {
	err = d.Update(ctx, func(tx *db.Tx) (err error) {
		if tried, err = admit(ctx, tx, subject("account", folded), remote); err != nil {
			return err
		}
		user, hash = User{}, ""
		user, _, err = findUser(ctx, tx, `kind = 'merchant' and email_folded = $1 and disabled_at is null`, folded)
		if err != nil || user.ID == "" {
			return err
		}
		hash, err = hashOf(ctx, tx, user.ID)
		return err
	})
	return tried, user, hash, err
}

func hashOf(ctx context.Context, tx *db.Tx, userID string) (hash string, err error) {
	scan := func(s db.Scanner) (string, error) {
		err := s.Scan(db.Nullable(&hash))
		return hash, err
	}
	hash, _, err = db.One(ctx, tx, scan, `select password_hash from users where id = $1 and disabled_at is null`, userID)
	return hash, err
}

// unchanged refuses where the password was changed or the user disabled while it was being compared.
func unchanged(ctx context.Context, tx *db.Tx, userID, hash string) error {
	now, err := hashOf(ctx, tx, userID)
	if err == nil && now != hash {
		err = errWrongLogin
	}
	return err
}

// open writes a fresh session.
func open(ctx context.Context, tx *db.Tx, user User, agent string) (token string, s Session, err error) {
	token = secret.RandomToken(tokenBytes)
	hash, now := secret.HashToken(token), tx.Now()
	_, absolute := lifetime(user.Kind)
	s = Session{ID: sessionID(hash), UserID: user.ID, Kind: user.Kind, CreatedAt: now, SeenAt: now, ExpiresAt: now.Add(absolute), AuthenticatedAt: now,
		Agent: shorten(agent)}
	_, err = tx.Exec(ctx, `insert into sessions (token_hash, user_id, created_at, seen_at, expires_at, authenticated_at, agent)
		values ($1, $2, $3, $4, $5, $6, $7)`,
		hash, s.UserID, db.Micros(now), db.Micros(now), db.Micros(s.ExpiresAt), db.Micros(now), s.Agent)
	if err != nil {
		return "", Session{}, fmt.Errorf("cannot open a session: %w", err)
	}
	return token, s, nil
}

func sessionID(hash []byte) string { return base64.RawURLEncoding.EncodeToString(hash) }

// shorten makes storable text of a header.
func shorten(agent string) string {
	agent = strings.ReplaceAll(strings.ToValidUTF8(agent, ""), "\x00", "")
	for len(agent) > maxAgent {
		_, size := utf8.DecodeLastRuneInString(agent)
		agent = agent[:len(agent)-size]
	}
	return agent
}

// SessionBy returns who a session's token stands for, with the roles of this moment. An unknown, ended or expired one is Unauthenticated. The
// principal is the user's own; for the portal as a creator sees it use Principal.As with Session.ViewingAs. Never call it inside a transaction.
func SessionBy(ctx context.Context, d *db.DB, token string) (p Principal, s Session, err error) {
	if token == "" || len(token) > maxToken {
		return Principal{}, Session{}, errNoSession
	}
	hash := secret.HashToken(token)
	err = d.View(ctx, func(tx *db.Tx) (err error) {
		p, s, err = readSession(ctx, tx, hash)
		return err
	})
	if err != nil {
		return Principal{}, Session{}, err
	}
	if d.Now().Sub(s.SeenAt) >= seenEvery {
		err = d.Update(ctx, func(tx *db.Tx) error {
			_, err := tx.Exec(ctx, `update sessions set seen_at = $1 where token_hash = $2 and seen_at < $1`, db.Micros(tx.Now()), hash)
			return err
		})
	}
	return p, s, err
}

func readSession(ctx context.Context, tx *db.Tx, hash []byte) (Principal, Session, error) {
	s, found, err := db.One(ctx, tx, scanSession, `select token_hash, user_id, created_at, seen_at, expires_at, authenticated_at, viewing_as, agent
		from sessions where token_hash = $1`, hash)
	switch {
	case err != nil:
		return Principal{}, Session{}, fmt.Errorf("cannot read a session: %w", err)
	case !found:
		return Principal{}, Session{}, errNoSession
	}
	user, err := FindUser(ctx, tx, s.UserID)
	if err != nil {
		return Principal{}, Session{}, err
	}
	if s.Kind = user.Kind; user.Disabled() || !s.alive(tx.Now()) {
		return Principal{}, Session{}, errNoSession
	}
	p, err := principalOf(ctx, tx, user)
	p.AuthenticatedAt, p.SessionID = s.AuthenticatedAt, s.ID
	return p, s, err
}

func scanSession(from db.Scanner) (s Session, err error) {
	var hash []byte
	err = from.Scan(&hash, &s.UserID, db.ScanTime(&s.CreatedAt), db.ScanTime(&s.SeenAt), db.ScanTime(&s.ExpiresAt), db.ScanTime(&s.AuthenticatedAt),
		db.Nullable(&s.ViewingAs), &s.Agent)
	s.ID = sessionID(hash)
	return s, err
}

// SignOut ends the session of a token; one that is not there has ended already.
func SignOut(ctx context.Context, d *db.DB, token string) error {
	return d.Update(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `delete from sessions where token_hash = $1`, secret.HashToken(token))
		return err
	})
}

// SignOutEverywhere ends all sessions of a user but the one to keep ("" for none).
func SignOutEverywhere(ctx context.Context, tx *db.Tx, userID, keepSession string) error {
	return endSessions(ctx, tx, userID, keepSession)
}

func endSessions(ctx context.Context, tx *db.Tx, userID, keep string) error {
	hash, err := base64.RawURLEncoding.DecodeString(keep)
	if err != nil {
		panic("BUG: a session ID that is none")
	}
	if keep == "" {
		hash = []byte{0} // nobody's
	}
	_, err = tx.Exec(ctx, `delete from sessions where user_id = $1 and token_hash <> $2`, userID, hash)
	return err
}

// Reauthenticate marks a session as proven by its password just now, for what sensitive acts ask of Principal.AuthenticatedWithin. It is throttled
// by account like SignIn. Never call it inside a transaction.
func Reauthenticate(ctx context.Context, d *db.DB, token, password string) error {
	p, _, err := SessionBy(ctx, d, token)
	if err != nil {
		return err
	}
	var folded string
	if err := d.View(ctx, func(tx *db.Tx) error {
		user, err := FindUser(ctx, tx, p.UserID)
		folded = fold(user.Email)
		return err
	}); err != nil {
		return err
	}
	tried, user, hash, err := begin(ctx, d, folded, "")
	switch {
	case err != nil:
		return err
	case !secret.CheckPassword(hash, password) || user.ID != p.UserID:
		return fault.Unauthenticated("the password is wrong").WithCode("wrong_login").In("password")
	}
	return d.Update(ctx, func(tx *db.Tx) error {
		if err := unchanged(ctx, tx, user.ID, hash); err != nil {
			return err
		}
		if err := tried.succeeded(ctx, tx); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `update sessions set authenticated_at = $1 where token_hash = $2`, db.Micros(tx.Now()), secret.HashToken(token))
		return err
	})
}

// ViewAs notes in a session of the merchant's that the portal of a creator is looked at; "" ends that. Whether the viewer may see the creator, and
// the entry in the audit, are the caller's.
func ViewAs(ctx context.Context, tx *db.Tx, sessionID, creatorID string) error {
	hash, err := base64.RawURLEncoding.DecodeString(sessionID)
	if err != nil {
		return fault.NotFound("session")
	}
	n, err := tx.Exec(ctx, `update sessions set viewing_as = $1 where token_hash = $2
		and user_id in (select id from users where kind = 'merchant')`, db.OrNull(creatorID), hash)
	if err == nil && n == 0 {
		err = fault.NotFound("session")
	}
	return err
}

// ListSessions returns the living sessions of a user, the latest first, at most a hundred.
func ListSessions(ctx context.Context, tx *db.Tx, userID string) ([]Session, error) {
	user, err := FindUser(ctx, tx, userID)
	if err != nil {
		return nil, err
	}
	idle, _ := lifetime(user.Kind)
	all, err := db.All(ctx, tx, scanSession, `select token_hash, user_id, created_at, seen_at, expires_at, authenticated_at, viewing_as, agent
		from sessions where user_id = $1 and expires_at > $2 and seen_at > $3 order by created_at desc limit 100`,
		userID, db.Micros(tx.Now()), db.Micros(tx.Now().Add(-idle)))
	for i := range all {
		all[i].Kind = user.Kind
	}
	return all, err
}
