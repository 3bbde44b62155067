package notify

import (
	"context"
	"fmt"

	"rapport/internal/base/db"
)

// Withdraw takes back mails that have not left, for instance while the mail server is down, and says how many. One that an attempt holds at this
// moment may still leave.
func Withdraw(ctx context.Context, tx *db.Tx, mails []string) (gone int64, err error) {
	for _, mail := range mails {
		n, err := tx.Exec(ctx, `delete from mails where id = $1 and state = $2`, mail, StateQueued)
		if err != nil {
			return gone, fmt.Errorf("cannot take mail %s back: %w", mail, err)
		}
		gone += n
	}
	return gone, nil
}
