package db

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// waiting is a statement that was put off. With scan it must return a row, else none is the error.
type waiting struct {
	query string
	args  []any
	scan  func(Scanner) error
	none  error
}

// mostWaiting bounds what is put off.
const mostWaiting = 64

// Later is Exec for writes whose outcome the closure need not know. They run in order, before the next statement and before the commit at the
// latest. On PostgreSQL those in a row travel together in one round trip, which is most of what a small statement costs; a failure may therefore be
// returned by a later call or by Update. SQLite runs them at once.
func (tx *Tx) Later(ctx context.Context, query string, args ...any) error {
	if tx.conn == nil {
		_, err := tx.Exec(ctx, query, args...)
		return err
	}
	return tx.putOff(ctx, waiting{query: query, args: args})
}

// LaterOne is Later for a write that returns a row, which scan reads; without a row none is the error.
func (tx *Tx) LaterOne(ctx context.Context, scan func(Scanner) error, none error, query string, args ...any) error {
	if tx.conn != nil {
		return tx.putOff(ctx, waiting{query, args, scan, none})
	}
	_, found, err := One(ctx, tx, func(s Scanner) (struct{}, error) { return struct{}{}, scan(s) }, query, args...)
	if err == nil && !found {
		err = none
	}
	return err
}

func (tx *Tx) putOff(ctx context.Context, w waiting) error {
	tx.waiting = append(tx.waiting, w)
	if len(tx.waiting) < mostWaiting {
		return nil
	}
	return tx.catchUp(ctx)
}

// catchUp runs what was put off. Its error stays with the transaction, which cannot be committed any more.
func (tx *Tx) catchUp(ctx context.Context) error {
	if len(tx.waiting) == 0 || tx.broken != nil {
		return tx.broken
	}
	all := tx.waiting
	tx.waiting = nil
	tx.broken = tx.conn.Raw(func(driver any) error {
		connection, ok := driver.(*stdlib.Conn)
		if !ok {
			panic("BUG: the connection is not pgx's")
		}
		return send(context.WithoutCancel(ctx), connection.Conn(), all)
	})
	return tx.broken
}

// finish writes what a closure left to be written. The error of a statement that was put off counts more than what followed from it.
func (tx *Tx) finish(ctx context.Context, err error) error {
	if err == nil {
		err = tx.writeEvents(ctx)
	}
	if err == nil {
		err = tx.catchUp(ctx)
	}
	if tx.broken != nil && !errors.Is(err, tx.broken) {
		err = tx.broken
	}
	return err
}

func send(ctx context.Context, connection *pgx.Conn, all []waiting) (err error) {
	var batch pgx.Batch
	for _, w := range all {
		batch.Queue(w.query, w.args...)
	}
	results := connection.SendBatch(ctx, &batch)
	defer func() {
		if closing := results.Close(); err == nil {
			err = closing
		}
	}()
	for _, w := range all {
		if err := w.receive(results); err != nil {
			return err
		}
	}
	return nil
}

func (w waiting) receive(results pgx.BatchResults) error {
	if w.scan == nil {
		if _, err := results.Exec(); err != nil {
			return fmt.Errorf("cannot write: %w", err)
		}
		return nil
	}
	rows, err := results.Query()
	if err != nil {
		return fmt.Errorf("cannot write: %w", err)
	}
	defer rows.Close()
	if rows.Next() {
		return w.scan(rows)
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("cannot write: %w", err)
	}
	return w.none
}
