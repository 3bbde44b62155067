package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime"
	"time"

	"modernc.org/sqlite"
)

const (
	sqlitePrimaryKey = 1555
	sqliteUnique     = 2067

	// A batch takes in no further update after this long or this many, so that the write transaction stays far below 50 ms and a reader of
	// the log sees short waits.
	batchTime = 15 * time.Millisecond
	batchSize = 128
)

// ErrClosed is returned for updates after Close.
var ErrClosed = errors.New("the database is closed")

type update struct {
	ctx    context.Context
	run    func(tx *Tx) error
	tx     *Tx
	err    error
	thrown any // a panic of run, thrown again in the caller's goroutine
	done   chan struct{}
}

func (d *DB) updateInGroup(ctx context.Context, f func(tx *Tx) error) (*Tx, error) {
	u := &update{ctx: ctx, run: f, done: make(chan struct{})}
	select {
	case d.queue <- u:
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-d.stop:
		return nil, ErrClosed
	}
	select {
	case <-u.done: // also when ctx is done: once taken up, only the commit knows whether it happened
	case <-d.groupsDone:
		select {
		case <-u.done:
		default:
			return nil, ErrClosed
		}
	}
	if u.thrown != nil {
		panic(u.thrown)
	}
	return u.tx, u.err
}

// commitGroups is the one writer of SQLite. Whoever waits while a batch runs is taken into it or into the next.
func (d *DB) commitGroups() {
	defer close(d.groupsDone)
	for {
		select {
		case first := <-d.queue:
			d.commitGroup(first)
		case <-d.stop:
			d.drain()
			return
		}
	}
}

// drain answers what was queued before the stop.
func (d *DB) drain() {
	for {
		select {
		case u := <-d.queue:
			d.commitGroup(u)
		default:
			return
		}
	}
}

func (d *DB) commitGroup(first *update) {
	began := time.Now()
	d.logPause.Lock()
	defer d.logPause.Unlock()
	batch := []*update{first}
	err := d.runGroup(&batch, began)
	for _, u := range batch {
		if err != nil {
			u.err = err
		}
		close(u.done)
	}
	d.stats.add(time.Since(began), len(batch))
	if err := d.kept.endBatch(context.Background()); err != nil {
		d.log.Warn("the writer parses its statements anew", "error", err)
	}
}

// runGroup runs the batch and whoever joins it in time, and commits. An error concerns all of them.
func (d *DB) runGroup(batch *[]*update, began time.Time) error {
	// The batch belongs to nobody's request: a client that hangs up must not interrupt its neighbours.
	inner, err := d.write.BeginTx(context.Background(), nil)
	if err != nil {
		return fmt.Errorf("cannot begin: %w", err)
	}
	defer func() { _ = inner.Rollback() }()
	for next := (*batch)[0]; next != nil; next = d.join(batch, began) {
		if err := d.runSaved(inner, next); err != nil {
			return err
		}
	}
	if err := inner.Commit(); err != nil {
		return fmt.Errorf("cannot commit: %w", err)
	}
	return nil
}

// join takes one more waiting update into the batch, if there is one and there is time.
func (d *DB) join(batch *[]*update, began time.Time) *update {
	if len(*batch) >= batchSize || time.Since(began) > batchTime {
		return nil
	}
	runtime.Gosched() // lets requests that are ready queue up; without it batches shrink to one row under load
	select {
	case u := <-d.queue:
		*batch = append(*batch, u)
		return u
	default:
		return nil
	}
}

// runSaved runs one update inside a savepoint. The update's own error stays with it; a failing savepoint is returned and poisons the batch,
// since then nobody knows what the transaction holds.
func (d *DB) runSaved(inner *sql.Tx, u *update) error {
	if u.err = u.ctx.Err(); u.err != nil {
		return nil
	}
	ctx := context.Background()
	u.tx = &Tx{db: d, sql: inner, kept: d.kept, now: d.Now()}
	if _, err := u.tx.Exec(ctx, `savepoint one`); err != nil {
		return fmt.Errorf("cannot set a savepoint: %w", err)
	}
	u.err = runCatching(u)
	if u.err != nil || u.thrown != nil {
		if _, err := u.tx.Exec(ctx, `rollback to one`); err != nil {
			return fmt.Errorf("cannot roll back to a savepoint: %w", err)
		}
	}
	if _, err := u.tx.Exec(ctx, `release one`); err != nil {
		return fmt.Errorf("cannot release a savepoint: %w", err)
	}
	return nil
}

func runCatching(u *update) (err error) {
	defer func() {
		if u.thrown = recover(); u.thrown != nil {
			err = errors.New("the update panicked")
		}
	}()
	return u.tx.finish(u.ctx, u.run(u.tx))
}

func sqliteCode(err error) int {
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		return e.Code()
	}
	return 0
}
