package auth

import (
	"context"
	"encoding/hex"
	"fmt"
	"net/netip"
	"time"

	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/secret"
)

// Guessing is slowed down twice: an account answers at once five times and then after growing delays, and an address has so many attempts in
// a window. Attempts are counted before the password is looked at, so that many at the same moment cannot slip through; a success takes
// them back. A delayed account can be opened by a login link meanwhile.
const (
	freeAttempts  = 5
	firstDelay    = 15 * time.Second
	longestDelay  = 15 * time.Minute
	forgetAfter   = 24 * time.Hour // without a further failure an account's count starts again
	addressWindow = 15 * time.Minute
	addressLimit  = 50
)

// accountDelay is how long an account that failed so often is not asked again.
func accountDelay(failures int64) time.Duration {
	if failures < freeAttempts {
		return 0
	}
	return min(firstDelay<<min(failures-freeAttempts, 10), longestDelay)
}

// attempt is one try that was let through.
type attempt struct {
	account string // subjects in login_attempts; hashes, since addresses are personal data
	address string
	window  time.Time
}

// subject names whom attempts are counted for without storing who it is.
func subject(kind, text string) string {
	return kind + ":" + hex.EncodeToString(secret.HashToken(text)[:16])
}

// remoteSubject counts an IPv6 subscriber's whole /64 as one, since they may choose any address in it.
func remoteSubject(remote string) string {
	if remote == "" {
		return ""
	}
	if _, err := netip.ParseAddr(remote); err != nil {
		withPort, _ := netip.ParseAddrPort(remote) // what is neither counts as one unknown place
		remote = withPort.Addr().String()
	}
	return subject("address", subscriber(remote))
}

// subscriber is the /64 of an IPv6 address, another address as it is, and any other name unchanged.
func subscriber(who string) string {
	address, err := netip.ParseAddr(who)
	if err != nil {
		return who
	}
	if address = address.Unmap().WithZone(""); address.Is6() {
		if prefix, err := address.Prefix(64); err == nil {
			address = prefix.Addr()
		}
	}
	return address.String()
}

// admit counts an attempt, or refuses it with the time to wait. A refused attempt is to be rolled back, and so is not counted.
func admit(ctx context.Context, tx *db.Tx, account, remote string) (a attempt, err error) {
	a = attempt{account: account, address: remoteSubject(remote), window: tx.Now().Truncate(addressWindow)}
	if err := tx.Lock(ctx, "login:"+a.account, "login:"+a.address); err != nil {
		return a, err
	}
	if err := a.admitAccount(ctx, tx); err != nil {
		return a, err
	}
	return a, a.admitAddress(ctx, tx)
}

func (a attempt) admitAccount(ctx context.Context, tx *db.Tx) error {
	failures, last, err := attempts(ctx, tx, a.account)
	if err != nil {
		return err
	}
	if last.After(tx.Now()) { // the clock was set back: nobody waits for it to come round again
		last = tx.Now()
	}
	if wait := last.Add(accountDelay(failures)).Sub(tx.Now()); wait > 0 {
		return tooMany(wait)
	}
	if tx.Now().Sub(last) > forgetAfter {
		failures = 0
	}
	return store(ctx, tx, a.account, tx.Now(), failures+1)
}

// admitAddress lets everything through that comes from no address: from a session that is open already.
func (a attempt) admitAddress(ctx context.Context, tx *db.Tx) error {
	if a.address == "" {
		return nil
	}
	n, window, err := attempts(ctx, tx, a.address)
	switch {
	case err != nil:
		return err
	case !window.Equal(a.window):
		n = 0
	case n >= addressLimit:
		return tooMany(window.Add(addressWindow).Sub(tx.Now()))
	}
	return store(ctx, tx, a.address, a.window, n+1)
}

func tooMany(wait time.Duration) error {
	return fault.TooMany("that was tried too often; wait a little and try again", wait)
}

// attempts returns what is counted for a subject: of an account since its last failure, of an address since its window began.
func attempts(ctx context.Context, tx *db.Tx, subject string) (n int64, since time.Time, err error) {
	scan := func(s db.Scanner) (struct{}, error) { return struct{}{}, s.Scan(&n, db.ScanTime(&since)) }
	_, _, err = db.One(ctx, tx, scan, `select failures, window_at from login_attempts where subject = $1 order by window_at desc`, subject)
	if err != nil {
		return 0, time.Time{}, fmt.Errorf("cannot count attempts: %w", err)
	}
	return n, since, nil
}

// store keeps one row a subject.
func store(ctx context.Context, tx *db.Tx, subject string, at time.Time, n int64) error {
	if _, err := tx.Exec(ctx, `delete from login_attempts where subject = $1`, subject); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `insert into login_attempts (subject, window_at, failures) values ($1, $2, $3)`, subject, db.Micros(at), n)
	return err
}

// succeeded takes the attempt back and forgets the account's failures.
func (a attempt) succeeded(ctx context.Context, tx *db.Tx) error {
	if _, err := tx.Exec(ctx, `delete from login_attempts where subject = $1`, a.account); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `update login_attempts set failures = failures - 1 where subject = $1 and window_at = $2 and failures > 0`,
		a.address, db.Micros(a.window))
	return err
}
