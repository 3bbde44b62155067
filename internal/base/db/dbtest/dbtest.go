package dbtest

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // driver "pgx"

	"rapport/internal/base/db"
)

// Start is the time at which every test begins.
var Start = time.Date(2026, 3, 2, 9, 30, 0, 0, time.UTC)

// Run runs the test once per engine, each with a fresh database.
func Run(t *testing.T, test func(t *testing.T, d *db.DB)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { test(t, New(t, db.EngineSQLite)) })
	t.Run("postgres", func(t *testing.T) { test(t, New(t, db.EnginePostgres)) })
}

// New opens a fresh, migrated database that is removed when the test ends.
func New(t testing.TB, engine db.Engine) *db.DB {
	t.Helper()
	clock := &FrozenClock{now: Start}
	config := db.Config{Clock: clock.Now, Log: slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))}
	if engine == db.EngineSQLite {
		config.Dir = sqliteCopy(t)
	} else {
		config.URL = postgresCopy(t)
	}
	d, err := db.Open(context.Background(), config)
	if err != nil {
		t.Fatalf("cannot open the test database: %v", err)
	}
	clocks.Store(d, clock)
	t.Cleanup(func() {
		clocks.Delete(d)
		if err := d.Close(); err != nil {
			t.Errorf("cannot close the test database: %v", err)
		}
	})
	return d
}

// FrozenClock moves only when told to.
type FrozenClock struct {
	mu  sync.Mutex
	now time.Time
}

// Now is the time the clock was left at.
func (c *FrozenClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Advance moves the clock; a negative duration moves it back.
func (c *FrozenClock) Advance(by time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(by)
}

// Set puts the clock to a time.
func (c *FrozenClock) Set(to time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = to
}

var clocks sync.Map // *db.DB → *FrozenClock

// Clock is the clock of a database made by this package.
func Clock(d *db.DB) *FrozenClock {
	c, ok := clocks.Load(d)
	if !ok {
		panic("BUG: the database was not made by dbtest")
	}
	return c.(*FrozenClock) //nolint:forcetypeassert // only New stores here
}

// sqliteTemplate is the migrated file that every SQLite test copies.
var sqliteTemplate = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "rapport-template-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	if err := migrate(db.Config{Dir: dir}); err != nil {
		return nil, err
	}
	return os.ReadFile(filepath.Join(dir, "rapport.db"))
})

func migrate(c db.Config) error {
	ctx := context.Background()
	d, err := db.Open(ctx, c)
	if err != nil {
		return err
	}
	if err := d.Migrate(ctx); err != nil {
		_ = d.Close()
		return err
	}
	return d.Close() // for SQLite the last close folds the log into the file
}

func sqliteCopy(t testing.TB) (dir string) {
	t.Helper()
	file, err := sqliteTemplate()
	if err != nil {
		t.Fatalf("cannot make the SQLite template: %v", err)
	}
	dir = t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "rapport.db"), file, 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

// postgresTemplate is the name of the migrated database that every PostgreSQL test copies. It is made anew by each test program, so that it can
// never be stale.
var postgresTemplate = sync.OnceValues(func() (name string, err error) {
	server, err := postgres()
	if err != nil {
		return "", err
	}
	name = randomName("template")
	if err := server.create(name, "template0"); err != nil {
		return "", err
	}
	return name, migrate(db.Config{URL: server.url(name)})
})

func postgresCopy(t testing.TB) (url string) {
	t.Helper()
	server := have(t, postgres)
	template, err := postgresTemplate()
	if err != nil {
		t.Fatalf("cannot make the PostgreSQL template: %v", err)
	}
	name := randomName("test")
	if err := server.create(name, template); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.drop(t, name) })
	return server.url(name)
}

// EmptyPostgres is the address of a database without any tables, for tests that start the whole program on it.
func EmptyPostgres(t testing.TB) (url string) {
	t.Helper()
	server := have(t, postgres)
	name := randomName("empty")
	if err := server.create(name, "template0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.drop(t, name) })
	return server.url(name)
}

// have skips the test where there is no server, or fails it where one is required.
func have(t testing.TB, start func() (*server, error)) *server {
	t.Helper()
	server, err := start()
	if err != nil && os.Getenv("RAPPORT_REQUIRE_POSTGRES") != "" {
		t.Fatalf("PostgreSQL is required and cannot be had: %v", err)
	}
	if err != nil {
		t.Skipf("no PostgreSQL: %v", err)
	}
	return server
}

func randomName(kind string) string {
	b := make([]byte, 6)
	if _, err := rand.Read(b); err != nil {
		panic("BUG: the system's random source failed: " + err.Error())
	}
	return "rapport_" + kind + "_" + hex.EncodeToString(b)
}

func (s *server) create(name, template string) error {
	return s.admin(fmt.Sprintf(`create database %s template %s locale 'C' encoding 'UTF8'`, name, template))
}

func (s *server) drop(t testing.TB, name string) {
	if err := s.admin(fmt.Sprintf(`drop database if exists %s with (force)`, name)); err != nil {
		t.Logf("cannot drop %s: %v", name, err)
	}
}

func (s *server) admin(statement string) error {
	handle, err := sql.Open("pgx", s.url("postgres"))
	if err != nil {
		return err
	}
	defer handle.Close()
	if _, err := handle.Exec(statement); err != nil {
		return fmt.Errorf("cannot %s: %w", statement, err)
	}
	return nil
}
