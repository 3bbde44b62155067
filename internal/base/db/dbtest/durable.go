package dbtest

import (
	"context"
	"net/url"
	"sync"
	"testing"

	"rapport/internal/base/db"
)

// durablePostgres is a server that keeps what it acknowledged, as one in production does.
var durablePostgres = sync.OnceValues(func() (*server, error) {
	dsn, _, err := StartPostgres("fsync=on", "full_page_writes=on")
	if err != nil {
		return nil, err
	}
	base, err := url.Parse(dsn)
	return &server{base}, err
})

// Durable is New for measurements: a commit waits for the disk on PostgreSQL too, and the clock is the system's.
func Durable(t testing.TB, engine db.Engine) *db.DB {
	t.Helper()
	config := db.Config{Dir: t.TempDir()}
	if engine == db.EnginePostgres {
		config = db.Config{URL: DurablePostgres(t)}
	}
	ctx := context.Background()
	d, err := db.Open(ctx, config)
	if err != nil {
		t.Fatalf("cannot open the database: %v", err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Errorf("cannot close the database: %v", err)
		}
	})
	if err := d.Migrate(ctx); err != nil {
		t.Fatal(err)
	}
	return d
}

// DurablePostgres is EmptyPostgres on a server whose commits wait for the disk.
func DurablePostgres(t testing.TB) (url string) {
	t.Helper()
	server := have(t, durablePostgres)
	name := randomName("durable")
	if err := server.create(name, "template0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.drop(t, name) })
	return server.url(name)
}
