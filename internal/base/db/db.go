package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// Engine is the kind of database underneath.
type Engine int

// The two engines. Forks between them live in this package only.
const (
	EngineSQLite Engine = iota
	EnginePostgres
)

func (e Engine) String() string {
	if e == EnginePostgres {
		return "postgres"
	}
	return "sqlite"
}

// Config says which database to open. With URL empty it is the SQLite file rapport.db in Dir.
type Config struct {
	Dir   string           // data folder, for SQLite
	URL   string           // postgres://…, or "" for SQLite
	Clock func() time.Time // nil: the system's clock
	Log   *slog.Logger     // nil: discarded
}

// DB is an open database. All of it is safe for concurrent use.
type DB struct {
	engine     Engine
	dir        string  // SQLite: the data folder
	write      *sql.DB // SQLite: exactly one connection. PostgreSQL: the pool.
	read       *sql.DB // SQLite: read-only connections. PostgreSQL: the same pool.
	checkpoint *sql.DB // SQLite: copies the log into the file; nil on PostgreSQL
	clock      func() time.Time
	log        *slog.Logger

	queue      chan *update  // SQLite: updates that wait for the committer
	groupsDone chan struct{} // closed after the last batch was answered
	kept       *statements   // SQLite: the committer's
	logPause   sync.Mutex    // SQLite: held by the committer for a batch, and while the end of the log is copied
	stop       chan struct{}
	stopped    sync.WaitGroup
	closing    sync.Once

	committed signal // raised after a commit that emitted events
	stats     groupStats
}

const (
	sqliteReaders     = 8
	postgresConns     = 24
	queuedUpdates     = 1024
	connectDeadline   = 10 * time.Second
	statementDeadline = "30000" // milliseconds; a statement that runs longer is a bug, not load
)

// Open connects, checks that the database can keep its promises, and starts the committer. It does not migrate: see Migrate.
func Open(ctx context.Context, c Config) (*DB, error) {
	d := &DB{clock: c.Clock, log: c.Log, stop: make(chan struct{}), committed: newSignal()}
	if d.clock == nil {
		d.clock = time.Now
	}
	if d.log == nil {
		d.log = slog.New(slog.DiscardHandler)
	}
	if c.URL != "" {
		return d, d.openPostgres(ctx, c.URL)
	}
	return d, d.openSQLite(ctx, c.Dir)
}

func (d *DB) openSQLite(ctx context.Context, dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("cannot make the data folder: %w", err)
	}
	d.dir = dir
	path := filepath.Join(dir, "rapport.db")
	var err error
	if d.write, err = sql.Open("sqlite", sqliteDSN(path, "immediate", lockWait, "synchronous(full)", "wal_autocheckpoint(0)", "secure_delete(true)")); err != nil {
		return fmt.Errorf("cannot open %s: %w", path, err)
	}
	d.write.SetMaxOpenConns(1)
	d.write.SetConnMaxIdleTime(0)
	if err := connect(ctx, d.write); err != nil {
		return fmt.Errorf("cannot open %s: %w", path, err)
	}
	if d.read, err = sql.Open("sqlite", sqliteDSN(path, "deferred", lockWait, "query_only(true)")); err != nil {
		return fmt.Errorf("cannot open %s: %w", path, err)
	}
	d.read.SetMaxOpenConns(sqliteReaders)
	d.read.SetMaxIdleConns(sqliteReaders)
	d.kept = newStatements(d.write)
	d.queue, d.groupsDone = make(chan *update, queuedUpdates), make(chan struct{})
	d.stopped.Go(d.commitGroups)
	return d.openCheckpoints(path)
}

// connect opens the first connection. Two that turn a fresh file to WAL at the same moment do not wait for each other as busy_timeout would have it:
// SQLite refuses one of them at once, because both hold a lock that the other needs.
func connect(ctx context.Context, pool *sql.DB) error {
	ctx, cancel := context.WithTimeout(ctx, connectDeadline)
	defer cancel()
	for {
		err := pool.PingContext(ctx)
		var refused *sqlite.Error
		if err == nil || !errors.As(err, &refused) || refused.Code()&0xff != sqlite3.SQLITE_BUSY {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(20 * time.Millisecond):
		}
	}
}

const lockWait = "10000" // milliseconds

// sqliteDSN is the address of a connection. wait is how long it waits for another's lock, in milliseconds; there may be one such pragma only, since the
// driver puts them in an order of its own.
func sqliteDSN(path, txlock, wait string, pragmas ...string) string {
	q := url.Values{"_txlock": {txlock}, "_timezone": {"UTC"}} // River binds local times and compares them as text
	q.Add("_pragma", "busy_timeout("+wait+")")                 // first, so that the others wait for another process too
	q.Add("_pragma", "journal_mode(wal)")
	q.Add("_pragma", "foreign_keys(true)")
	q.Add("_pragma", "cache_size(-32000)")
	q.Add("_pragma", "temp_store(memory)")
	for _, p := range pragmas {
		q.Add("_pragma", p)
	}
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + q.Encode()
}

func (d *DB) openPostgres(ctx context.Context, dsn string) error {
	d.engine = EnginePostgres
	config, err := pgx.ParseConfig(dsn)
	if err != nil {
		return errors.New("cannot read the database URL: it must look like postgres://user@host/name")
	}
	config.ConnectTimeout = connectDeadline
	config.RuntimeParams["application_name"] = "rapport"
	config.RuntimeParams["timezone"] = "UTC"
	config.RuntimeParams["statement_timeout"] = statementDeadline
	config.RuntimeParams["idle_in_transaction_session_timeout"] = "60000"
	d.write = stdlib.OpenDB(*config)
	d.write.SetMaxOpenConns(postgresConns)
	d.write.SetMaxIdleConns(postgresConns)
	d.read = d.write
	return d.checkPostgres(ctx)
}

// checkPostgres refuses a server that would lose commits or sort text in another order than SQLite and our cursors do.
func (d *DB) checkPostgres(ctx context.Context) error {
	var fsync, commit, collation string
	row := d.write.QueryRowContext(ctx, `select current_setting('fsync'), current_setting('synchronous_commit'),
		(select datcollate from pg_database where datname = current_database())`)
	if err := row.Scan(&fsync, &commit, &collation); err != nil {
		return fmt.Errorf("cannot connect to PostgreSQL: %w", err)
	}
	if collation != "C" && collation != "C.UTF-8" && collation != "C.utf8" && collation != "POSIX" {
		return fmt.Errorf("the database is collated %q and must be collated C: create it with `createdb --locale=C --encoding=UTF8 --template=template0 NAME`", collation)
	}
	if fsync == "off" || commit == "off" {
		d.log.Warn("PostgreSQL may lose acknowledged commits", "fsync", fsync, "synchronous_commit", commit)
	}
	return nil
}

// Engine tells which database this is. Only diagnostics and base/jobs ask.
func (d *DB) Engine() Engine { return d.engine }

// Handle is the pool that writes, for libraries that keep their own tables (River). Never hold one of its transactions open.
func (d *DB) Handle() *sql.DB { return d.write }

// Now is the database's clock outside a transaction: UTC, in whole microseconds.
func (d *DB) Now() time.Time { return d.clock().UTC().Truncate(time.Microsecond) }

// Ready reports whether a write would be possible right now.
func (d *DB) Ready(ctx context.Context) error {
	return d.Update(ctx, func(tx *Tx) error {
		_, err := tx.Exec(ctx, `update heartbeat set at = $1 where id = 1`, Micros(tx.Now()))
		return err
	})
}

// Close waits for updates that began, then closes the connections.
func (d *DB) Close() error {
	d.closing.Do(func() { close(d.stop) })
	d.stopped.Wait()
	var err error
	if d.kept != nil {
		err = d.kept.close()
	}
	err = errors.Join(err, d.write.Close())
	if d.checkpoint != nil {
		err = errors.Join(err, d.checkpoint.Close())
	}
	if d.read != nil && d.read != d.write {
		err = errors.Join(err, d.read.Close())
	}
	return err
}

// Like escapes text for use inside a like pattern whose escape character is \.
func Like(text string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(text)
}

// signal wakes loops: raising it twice before anybody looked wakes once.
type signal struct{ c chan struct{} }

func newSignal() signal { return signal{make(chan struct{}, 1)} }

func (s signal) raise() {
	select {
	case s.c <- struct{}{}:
	default:
	}
}
