package auth

import (
	"context"
	"fmt"
	"time"

	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/programs"
	"rapport/internal/base/secret"
)

// Purpose is what a login link is for.
type Purpose string

// The purposes.
const (
	PurposeCreator Purpose = "creator" // a creator signs in
	PurposeInvite  Purpose = "invite"  // somebody comes for the first time
	PurposeReset   Purpose = "reset"   // one of the merchant's people forgot the password
)

// How long a login link lives.
const (
	LinkByMail = 15 * time.Minute   // to the user's own address
	LinkByHand = 7 * 24 * time.Hour // an invitation that somebody copies and sends on
)

var errDeadLink = fault.Unauthenticated("this link was used already or is too old; ask for a new one").WithCode("dead_link")

// LoginLink makes the token of a link that signs the user in once. madeBy is the principal's ID that made it, "" if the user asked for it. Who
// holds the token is the user: see to it that it reaches nobody else.
func LoginLink(ctx context.Context, tx *db.Tx, userID string, purpose Purpose, ttl time.Duration, madeBy string) (token string, err error) {
	if ttl <= 0 || ttl > LinkByHand {
		panic("BUG: a login link must live, and not too long")
	}
	user, err := FindUser(ctx, tx, userID)
	switch {
	case err != nil:
		return "", err
	case user.Disabled():
		return "", fault.Conflict("user_disabled", "this person's account is disabled")
	}
	token = secret.RandomToken(tokenBytes)
	_, err = tx.Exec(ctx, `insert into login_links (token_hash, user_id, purpose, created_at, expires_at, made_by) values ($1, $2, $3, $4, $5, $6)`,
		secret.HashToken(token), userID, purpose, db.Micros(tx.Now()), db.Micros(tx.Now().Add(ttl)), madeBy)
	if err != nil {
		return "", fmt.Errorf("cannot make a login link: %w", err)
	}
	return token, nil
}

// Requested is a link that is to be mailed to its user.
type Requested struct {
	User  User
	Token string
}

// maxSharing bounds the creators behind one address who get a link each, so that a form cannot send any number of mails.
const maxSharing = 20

// RequestLinks makes a link for everybody who signs in by that address: with PurposeCreator one for each creator that shares it, with PurposeReset one
// for the merchant's person. The caller mails them in the same transaction and answers the same whether there were any. Too many requests for an
// account or from an address are refused with the time to wait.
func RequestLinks(ctx context.Context, tx *db.Tx, email, remote string, purpose Purpose) ([]Requested, error) {
	if _, wrong := parseEmail(email); wrong != nil {
		return nil, wrong
	}
	kind := KindCreator
	if purpose == PurposeReset {
		kind = KindMerchant
	}
	if _, err := admit(ctx, tx, subject("link", fold(email)), remote); err != nil {
		return nil, err
	}
	users, err := db.All(ctx, tx, scanUser, `select `+userColumns+` from users where kind = $1 and email_folded = $2 and disabled_at is null
		order by id limit $3`, kind, fold(email), maxSharing)
	if err != nil {
		return nil, fmt.Errorf("cannot find who signs in by an address: %w", err)
	}
	var all []Requested
	for _, user := range users {
		token, err := LoginLink(ctx, tx, user.ID, purpose, LinkByMail, "")
		if err != nil {
			return nil, err
		}
		all = append(all, Requested{user, token})
	}
	return all, nil
}

// LinkOwner returns whom a link would sign in and what it is for, without using it: for the page with the button, since programs that preview links
// open them too.
func LinkOwner(ctx context.Context, tx *db.Tx, token string) (user User, purpose Purpose, err error) {
	type link struct {
		user    string
		purpose Purpose
	}
	scan := func(s db.Scanner) (l link, err error) {
		err = s.Scan(&l.user, &l.purpose)
		return l, err
	}
	l, found, err := db.One(ctx, tx, scan, `select user_id, purpose from login_links where token_hash = $1 and used_at is null and expires_at > $2`,
		secret.HashToken(token), db.Micros(tx.Now()))
	if err != nil || !found {
		return User{}, "", orDead(err)
	}
	user, err = FindUser(ctx, tx, l.user)
	if err == nil && user.Disabled() {
		err = errDeadLink
	}
	return user, l.purpose, err
}

func orDead(err error) error {
	if err == nil {
		return errDeadLink
	}
	return fmt.Errorf("cannot read a login link: %w", err)
}

// UseLoginLink signs its user in and spends the link: of any number who use one at the same moment one gets a session. Call it for a POST only. Never
// call it inside a transaction.
func UseLoginLink(ctx context.Context, d *db.DB, token, agent string) (sessionToken string, s Session, err error) {
	err = d.Update(ctx, func(tx *db.Tx) error {
		user, _, err := LinkOwner(ctx, tx, token)
		if err != nil {
			return err
		}
		n, err := tx.Exec(ctx, `update login_links set used_at = $1 where token_hash = $2 and used_at is null`, db.Micros(tx.Now()), secret.HashToken(token))
		if err != nil || n == 0 {
			return orDead(err)
		}
		sessionToken, s, err = open(ctx, tx, user, agent)
		return err
	})
	if err != nil {
		return "", Session{}, err
	}
	return sessionToken, s, nil
}

// EndLinksOfOthers ends the unused links that a creator was given by people who have no role in the program: whoever kept one would see the program
// that the creator works with from now on.
func EndLinksOfOthers(ctx context.Context, tx *db.Tx, creatorID string, program programs.ID) error {
	if _, err := tx.Exec(ctx, `delete from login_links where used_at is null and made_by <> ''
		and user_id in (select id from users where kind = 'creator' and creator_id = $1)
		and made_by not in (select user_id from user_roles where program_id = $2)
		and made_by not in (select id from users where installation_role is not null)`, creatorID, program); err != nil {
		return fmt.Errorf("cannot end the links of creator %s: %w", creatorID, err)
	}
	return nil
}

// Trim removes at most limit each of sessions, login links and counted attempts that have been over for a day.
func Trim(ctx context.Context, tx *db.Tx, limit int) (removed int64, err error) {
	before := db.Micros(tx.Now().Add(-24 * time.Hour))
	for _, statement := range []string{
		`delete from sessions where token_hash in (select token_hash from sessions where expires_at < $1 order by expires_at limit $2)`,
		`delete from login_links where token_hash in (select token_hash from login_links where expires_at < $1 order by expires_at limit $2)`,
		`delete from login_attempts where subject in (select subject from login_attempts where window_at < $1 order by window_at limit $2)`,
	} {
		n, err := tx.Exec(ctx, statement, before, limit)
		if err != nil {
			return removed, fmt.Errorf("cannot trim what is over: %w", err)
		}
		removed += n
	}
	return removed, nil
}
