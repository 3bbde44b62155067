package ledger

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"log/slog"
	"time"

	"rapport/internal/base/db"
)

const (
	sealEvery = 500 * time.Millisecond
	sealChunk = 100 // keeps the sealing transaction far below 50 ms
)

// sealed is what a transaction's hash covers, in this order of fields.
type sealed struct {
	Position int64        `json:"position"`
	ID       string       `json:"id"`
	Program  string       `json:"program_id"`
	Kind     string       `json:"kind"`
	Ref      string       `json:"ref"`
	At       int64        `json:"at"`
	Lines    []sealedLine `json:"lines"`
}

type sealedLine struct {
	Account  string `json:"account"`
	Program  string `json:"program_id"`
	Creator  string `json:"creator_id"`
	Currency string `json:"currency"`
	Minor    int64  `json:"amount_minor"`
}

// hash chains a transaction to the one before it.
func (s sealed) hash(previous []byte) []byte {
	text, err := json.Marshal(s)
	if err != nil {
		panic("BUG: a ledger transaction cannot be written as JSON: " + err.Error())
	}
	sum := sha256.Sum256(append(bytes.Clone(previous), text...))
	return sum[:]
}

var genesis = make([]byte, sha256.Size)

// RunSealer seals what is unsealed until ctx ends. Every process may run it; one at a time seals.
func RunSealer(ctx context.Context, d *db.DB, log *slog.Logger) {
	tick := time.NewTicker(sealEvery)
	defer tick.Stop()
	for {
		if err := Seal(ctx, d); err != nil && ctx.Err() == nil {
			log.Error("the books cannot be sealed", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// Seal gives every committed transaction its position and hash.
func Seal(ctx context.Context, d *db.DB) error {
	for more := true; more; {
		var waiting int
		if err := d.View(ctx, func(tx *db.Tx) error {
			return tx.QueryRow(ctx, `select count(*) from (select 1 from ledger_transactions where position is null limit $1) w`, sealChunk).Scan(&waiting)
		}); err != nil || waiting == 0 {
			return err
		}
		if err := d.Update(ctx, func(tx *db.Tx) error { return sealSome(ctx, tx) }); err != nil {
			return fmt.Errorf("cannot seal: %w", err)
		}
		more = waiting == sealChunk
	}
	return nil
}

func sealSome(ctx context.Context, tx *db.Tx) error {
	if err := tx.Lock(ctx, "ledger seal"); err != nil {
		return err
	}
	position, last, err := sealedSoFar(ctx, tx)
	if err != nil {
		return err
	}
	waiting, err := transactions(ctx, tx, `position is null order by at, id limit $1`, sealChunk)
	if err != nil {
		return err
	}
	for _, s := range waiting {
		position++
		s.Position = position
		previous := last
		last = s.hash(previous)
		if _, err := tx.Exec(ctx, `update ledger_transactions set position = $1, prev_hash = $2, hash = $3 where id = $4`, position, previous, last, s.ID); err != nil {
			return err
		}
	}
	_, err = tx.Exec(ctx, `insert into ledger_seal (id, position, hash) values (1, $1, $2)
		on conflict (id) do update set position = excluded.position, hash = excluded.hash`, position, last)
	return err
}

func sealedSoFar(ctx context.Context, tx *db.Tx) (position int64, hash []byte, err error) {
	type seal struct {
		position int64
		hash     []byte
	}
	s, found, err := db.One(ctx, tx, func(r db.Scanner) (s seal, err error) {
		err = r.Scan(&s.position, &s.hash)
		return s, err
	},
		`select position, hash from ledger_seal where id = 1`)
	if !found {
		return 0, genesis, err
	}
	return s.position, s.hash, err
}

// transactions reads transactions with their lines. where ends with its own order and limit.
func transactions(ctx context.Context, tx *db.Tx, where string, args ...any) ([]sealed, error) {
	type row struct {
		head sealed
		line sealedLine
	}
	rows, err := db.All(ctx, tx, func(s db.Scanner) (r row, err error) {
		err = s.Scan(&r.head.ID, db.Nullable(&r.head.Position), &r.head.Program, &r.head.Kind, &r.head.Ref, &r.head.At,
			&r.line.Account, &r.line.Program, &r.line.Creator, &r.line.Currency, &r.line.Minor)
		return r, err
	}, `select t.id, t.position, t.program_id, t.kind, t.ref, t.at, e.account, e.program_id, e.creator_id, e.currency, e.amount_minor
		from (select id, position, program_id, kind, ref, at from ledger_transactions where `+where+`) t
		join ledger_entries e on e.transaction_id = t.id
		order by t.position, t.at, t.id, e.line`, args...)
	if err != nil {
		return nil, err
	}
	var all []sealed
	for _, r := range rows {
		if len(all) == 0 || all[len(all)-1].ID != r.head.ID {
			all = append(all, r.head)
		}
		last := &all[len(all)-1]
		last.Lines = append(last.Lines, r.line)
	}
	return all, nil
}
