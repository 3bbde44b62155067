package notify

import (
	"context"
	"fmt"
	"time"

	"rapport/internal/base/db"
)

// State is what became of a mail.
type State string

// The states of a mail.
const (
	StateQueued  State = "queued"
	StateSending State = "sending" // held by an attempt
	StateSent    State = "sent"    // somebody else is responsible for it
	StateFailed  State = "failed"  // for good; the error says why
)

// Counts are the mails by state, with the age of what waits longest.
type Counts struct {
	Queued, Sending, Sent, Failed int64
	Oldest                        time.Time // of those queued or sending; zero if there is none
}

// Count counts the mails, for metrics and the doctor.
func Count(ctx context.Context, tx *db.Tx) (c Counts, err error) {
	err = tx.QueryRow(ctx, `select count(*) filter (where state = $1), count(*) filter (where state = $2), count(*) filter (where state = $3),
			count(*) filter (where state = $4), min(created_at) filter (where state in ($1, $2)) from mails`,
		StateQueued, StateSending, StateSent, StateFailed).Scan(&c.Queued, &c.Sending, &c.Sent, &c.Failed, db.ScanTime(&c.Oldest))
	if err != nil {
		return c, fmt.Errorf("cannot count the mails: %w", err)
	}
	return c, nil
}

// Trim forgets at most limit mails that were sent or failed and are older than before.
func Trim(ctx context.Context, tx *db.Tx, before time.Time, limit int) (int64, error) {
	return tx.Exec(ctx, `delete from mails where id in (select id from mails where state in ($1, $2) and created_at < $3 order by created_at limit $4)`,
		StateSent, StateFailed, db.Micros(before), limit)
}
