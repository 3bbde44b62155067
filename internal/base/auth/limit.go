package auth

import (
	"context"
	"time"

	"rapport/internal/base/db"
	"rapport/internal/base/fault"
)

// Limit lets somebody do a thing at most so many times in a window, and refuses further times with the time to wait. Call it in a transaction of
// its own, so that a time that comes to nothing counts as well; refused ones do not count. Who is a network address stands for its subscriber.
func Limit(ctx context.Context, tx *db.Tx, what, who string, most int64, window time.Duration) error {
	name := subject(what, subscriber(who))
	if err := tx.Lock(ctx, "limit:"+name); err != nil {
		return err
	}
	began := tx.Now().Truncate(window)
	n, since, err := attempts(ctx, tx, name)
	switch {
	case err != nil:
		return err
	case !since.Equal(began):
		n = 0
	case n >= most:
		return fault.TooMany("That was asked too often. Wait a little and ask again.", began.Add(window).Sub(tx.Now()))
	}
	return store(ctx, tx, name, began, n+1)
}
