package db

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"
)

// Tx is one transaction, or one savepoint of a shared one. It lives as long as the closure it was handed to and belongs to one goroutine.
type Tx struct {
	db      *DB
	sql     *sql.Tx
	kept    *statements // nil but on SQLite's writer
	now     time.Time
	emitted bool
	events  []any     // rows of the outbox that are not written yet
	conn    *sql.Conn // PostgreSQL's, of an update
	waiting []waiting // see Later
	broken  error     // why what was put off failed
	after   []func()
}

// Now is the transaction's one time: UTC, in whole microseconds.
func (tx *Tx) Now() time.Time { return tx.now }

// SQL is the transaction underneath, for libraries that keep their own tables (River). Never commit it or roll it back.
func (tx *Tx) SQL() *sql.Tx {
	_ = tx.catchUp(context.Background()) // the transaction remembers its error
	return tx.sql
}

// DB is the database the transaction belongs to.
func (tx *Tx) DB() *DB { return tx.db }

// AfterCommit runs f once the commit has returned, in the caller's goroutine. It is for waking loops and refreshing caches: what must not be
// lost is an event or a job.
func (tx *Tx) AfterCommit(f func()) { tx.after = append(tx.after, f) }

// Exec runs a statement and returns how many rows it touched.
//
// The caller's cancellation is not passed on: interrupting a statement would roll back the neighbours that share the transaction. Statements
// are bounded by the engine's own deadline instead.
func (tx *Tx) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	if err := tx.catchUp(ctx); err != nil {
		return 0, err
	}
	ctx = context.WithoutCancel(ctx)
	var result sql.Result
	var err error
	if kept := tx.statement(ctx, query); kept != nil { //nolint:sqlclosecheck // it is kept for the next one
		result, err = kept.ExecContext(ctx, args...)
	} else {
		result, err = tx.sql.ExecContext(ctx, query, args...)
	}
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// Query runs a query; the caller closes the rows before the same query runs again. All and One read more comfortably.
func (tx *Tx) Query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if err := tx.catchUp(ctx); err != nil {
		return nil, err
	}
	ctx = context.WithoutCancel(ctx)
	if kept := tx.statement(ctx, query); kept != nil { //nolint:sqlclosecheck // it is kept for the next one
		return kept.QueryContext(ctx, args...)
	}
	return tx.sql.QueryContext(ctx, query, args...)
}

// QueryRow runs a query for at most one row.
func (tx *Tx) QueryRow(ctx context.Context, query string, args ...any) *sql.Row {
	_ = tx.catchUp(ctx) // the transaction remembers its error, and refuses the query
	ctx = context.WithoutCancel(ctx)
	if kept := tx.statement(ctx, query); kept != nil { //nolint:sqlclosecheck // it is kept for the next one
		return kept.QueryRowContext(ctx, args...)
	}
	return tx.sql.QueryRowContext(ctx, query, args...)
}

func (tx *Tx) statement(ctx context.Context, query string) *sql.Stmt {
	if tx.kept == nil {
		return nil
	}
	return tx.kept.in(ctx, tx.sql, query)
}

// Lock holds the keys until the transaction ends, so that no other transaction that locks one of them runs beside it. SQLite has one writer
// and needs no locks. Keys are taken in sorted order: two callers with the same keys never wait for each other in a circle. Lock once per
// transaction, with all keys.
func (tx *Tx) Lock(ctx context.Context, keys ...string) error {
	if tx.db.engine == EngineSQLite {
		return nil
	}
	slices.Sort(keys)
	if _, err := tx.Exec(ctx, `select pg_advisory_xact_lock(hashtextextended(key, 0)) from unnest($1::text[]) as key`, slices.Compact(keys)); err != nil {
		return fmt.Errorf("cannot lock %v: %w", keys, err)
	}
	return nil
}

// TryLock is Lock for one key that answers instead of waiting: false if another transaction holds the key. On SQLite it is always true, since no
// other update runs; whoever must tell callers that wait in the queue apart keeps account of them in memory.
func (tx *Tx) TryLock(ctx context.Context, key string) (taken bool, err error) {
	if tx.db.engine == EngineSQLite {
		return true, nil
	}
	if err := tx.QueryRow(ctx, `select pg_try_advisory_xact_lock(hashtextextended($1, 0))`, key).Scan(&taken); err != nil {
		return false, fmt.Errorf("cannot lock %s: %w", key, err)
	}
	return taken, nil
}

// Scanner is what a scan function reads from: *sql.Row or *sql.Rows.
type Scanner interface{ Scan(into ...any) error }

// All returns every row of a query. Bound the query itself: a page's worth, never "all that there is".
func All[T any](ctx context.Context, tx *Tx, scan func(Scanner) (T, error), query string, args ...any) ([]T, error) {
	rows, err := tx.Query(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []T
	for rows.Next() {
		one, err := scan(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, rows.Err()
}

// One returns the first row of a query, and whether there was one.
func One[T any](ctx context.Context, tx *Tx, scan func(Scanner) (T, error), query string, args ...any) (one T, found bool, err error) {
	rows, err := tx.Query(ctx, query, args...)
	if err != nil {
		return one, false, err
	}
	defer rows.Close()
	if !rows.Next() {
		return one, false, rows.Err()
	}
	one, err = scan(rows)
	return one, err == nil, err
}

// Column scans a single column: db.All(ctx, tx, db.Column[string], `select name from …`).
func Column[T any](s Scanner) (T, error) {
	var v T
	err := s.Scan(&v)
	return v, err
}

// Micros is how a time is stored. The zero time is stored as 0; use MicrosOrNull where a column may be null.
func Micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// MicrosOrNull stores the zero time as null.
func MicrosOrNull(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UnixMicro()
}

// Time reads what Micros stored.
func Time(micros int64) time.Time {
	if micros == 0 {
		return time.Time{}
	}
	return time.UnixMicro(micros).UTC()
}

// ScanTime scans a bigint column, null included, into t.
func ScanTime(t *time.Time) sql.Scanner { return timeScanner{t} }

type timeScanner struct{ t *time.Time }

func (s timeScanner) Scan(src any) error {
	var n sql.NullInt64
	if err := n.Scan(src); err != nil {
		return err
	}
	*s.t = Time(n.Int64)
	return nil
}

// Nullable scans a column that may be null into v, leaving the zero value for null.
func Nullable[T any](v *T) sql.Scanner { return nullScanner[T]{v} }

type nullScanner[T any] struct{ v *T }

func (s nullScanner[T]) Scan(src any) error {
	var n sql.Null[T]
	if err := n.Scan(src); err != nil {
		return err
	}
	*s.v = n.V
	return nil
}

// OrNull stores the zero value of a type as null: OrNull(link.ID) for an optional reference.
func OrNull[T comparable](v T) any {
	var zero T
	if v == zero {
		return nil
	}
	return v
}

// Page asks for one page of a list: what comes after a cursor, and how much.
type Page struct {
	After string // the cursor of the page before, or "" for the first
	Limit int    // 0 for the usual
}

// The bounds of a page.
const (
	PageUsual = 50
	PageMost  = 1000
)

// Bound is how many items to return: the usual number where nothing was asked, never more than PageMost.
func (p Page) Bound() int {
	if p.Limit <= 0 {
		return PageUsual
	}
	return min(p.Limit, PageMost)
}

// Cut makes a page of items that were read with a limit of Bound()+1: the items, and the cursor of the next page or "" if these are the last.
func Cut[T any](items []T, p Page, cursor func(T) string) ([]T, string) {
	if len(items) <= p.Bound() {
		return items, ""
	}
	items = items[:p.Bound()]
	return items, cursor(items[len(items)-1])
}
