package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5/pgconn"
)

// attempts is how often a closure runs when the engine says the transaction must be tried again.
const attempts = 3

// Update runs f inside a transaction and returns nil once it is durable. An error from f rolls back everything f did and is returned as it is.
func (d *DB) Update(ctx context.Context, f func(tx *Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	var tx *Tx
	var err error
	if d.engine == EngineSQLite {
		tx, err = d.updateInGroup(ctx, f)
	} else {
		tx, err = d.updateAlone(ctx, f)
	}
	if err != nil {
		return err
	}
	if tx.emitted {
		d.committed.raise()
	}
	for _, after := range tx.after {
		after()
	}
	return nil
}

func (d *DB) updateAlone(ctx context.Context, f func(tx *Tx) error) (*Tx, error) {
	for attempt := 1; ; attempt++ {
		tx, err := d.tryAlone(ctx, f)
		if err == nil || attempt == attempts || !mustRunAgain(err) {
			return tx, err
		}
	}
}

func (d *DB) tryAlone(ctx context.Context, f func(tx *Tx) error) (*Tx, error) {
	conn, err := d.write.Conn(ctx) // nothing has begun: who does not want to wait any longer may go
	if err != nil {
		return nil, fmt.Errorf("cannot begin: %w", err)
	}
	defer conn.Close()
	inner, err := conn.BeginTx(context.WithoutCancel(ctx), nil)
	if err != nil {
		return nil, fmt.Errorf("cannot begin: %w", err)
	}
	defer func() { _ = inner.Rollback() }() // after a commit this does nothing; after a panic it lets go of the connection
	tx := &Tx{db: d, sql: inner, conn: conn, now: d.Now()}
	if err := tx.finish(ctx, f(tx)); err != nil {
		return nil, err
	}
	if err := inner.Commit(); err != nil {
		return nil, fmt.Errorf("cannot commit: %w", err)
	}
	return tx, nil
}

// mustRunAgain reports a serialization failure or a deadlock: the transaction left no trace and the same closure may succeed now.
func mustRunAgain(err error) bool {
	pg, ok := errors.AsType[*pgconn.PgError](err)
	return ok && (pg.Code == "40001" || pg.Code == "40P01")
}

// View runs f inside a read-only transaction that sees one state of the database throughout.
func (d *DB) View(ctx context.Context, f func(tx *Tx) error) error {
	options := &sql.TxOptions{ReadOnly: true}
	if d.engine == EnginePostgres {
		options.Isolation = sql.LevelRepeatableRead
	}
	inner, err := d.read.BeginTx(ctx, options)
	if err != nil {
		return fmt.Errorf("cannot begin: %w", err)
	}
	defer func() { _ = inner.Rollback() }()
	return f(&Tx{db: d, sql: inner, now: d.Now()})
}

// IsUnique reports whether err is a unique index refusing a row. Prefer `on conflict do nothing` and a re-read.
func IsUnique(err error) bool {
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok {
		return pg.Code == "23505"
	}
	return sqliteCode(err) == sqliteUnique || sqliteCode(err) == sqlitePrimaryKey
}
