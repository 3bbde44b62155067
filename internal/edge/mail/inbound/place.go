package inbound

import (
	"context"
	"crypto/sha256"
	"fmt"
	"time"

	"github.com/emersion/go-imap/v2"

	"rapport/internal/base/db"
)

// place is up to where a mailbox was read.
type place struct {
	validity uint32
	uid      imap.UID
	lookedAt time.Time
}

// hash names the mailbox in the database.
func (m *Mailbox) hash() []byte {
	sum := sha256.Sum256([]byte(m.Host + "\x00" + m.User + "\x00" + m.folder()))
	return sum[:]
}

func (m *Mailbox) place(ctx context.Context) (p place, known bool, err error) {
	err = m.DB.View(ctx, func(tx *db.Tx) (err error) {
		p, known, err = db.One(ctx, tx, func(s db.Scanner) (p place, err error) {
			err = s.Scan(&p.validity, &p.uid, db.ScanTime(&p.lookedAt))
			return p, err
		}, `select uid_validity, last_uid, looked_at from mailboxes where hash = $1 and uid_validity > 0`, m.hash())
		return err
	})
	if err != nil {
		return p, false, fmt.Errorf("cannot read up to where the mailbox was read: %w", err)
	}
	return p, known, nil
}

func (m *Mailbox) moveTo(ctx context.Context, validity uint32, uid imap.UID) error {
	return m.DB.Update(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `insert into mailboxes (hash, uid_validity, last_uid, looked_at, trouble) values ($1, $2, $3, $4, '')
			on conflict (hash) do update set uid_validity = excluded.uid_validity, last_uid = excluded.last_uid, looked_at = excluded.looked_at`,
			m.hash(), int64(validity), int64(uid), db.Micros(tx.Now()))
		return err
	})
}

// note keeps how a look went. A mailbox that was never read has numbers of 0.
func (m *Mailbox) note(ctx context.Context, kind Trouble) error {
	return m.DB.Update(ctx, func(tx *db.Tx) error {
		if kind == "" {
			_, err := tx.Exec(ctx, `update mailboxes set looked_at = $2, trouble = '' where hash = $1`, m.hash(), db.Micros(tx.Now()))
			return err
		}
		_, err := tx.Exec(ctx, `insert into mailboxes (hash, uid_validity, last_uid, trouble) values ($1, 0, 0, $2) on conflict (hash) do update set trouble = excluded.trouble`, m.hash(), kind)
		return err
	})
}

// Seen is how the looks into a mailbox go.
type Seen struct {
	LookedAt time.Time // the last one that went well; zero before it
	Trouble  Trouble   // what has come between since
}

// State says how the looks into the mailbox go.
func (m *Mailbox) State(ctx context.Context, tx *db.Tx) (s Seen, err error) {
	s, _, err = db.One(ctx, tx, func(row db.Scanner) (s Seen, err error) {
		err = row.Scan(db.ScanTime(&s.LookedAt), &s.Trouble)
		return s, err
	}, `select looked_at, trouble from mailboxes where hash = $1`, m.hash())
	if err != nil {
		return s, fmt.Errorf("cannot read how the mailbox is: %w", err)
	}
	return s, nil
}
