package db_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"rapport/internal/base/db"
	"rapport/internal/base/db/dbtest"
)

func put(ctx context.Context, tx *db.Tx, key, value string) error {
	_, err := tx.Exec(ctx, `insert into installation (key, value) values ($1, $2)`, key, value)
	return err
}

func count(t *testing.T, d *db.DB) (n int) {
	t.Helper()
	if err := d.View(t.Context(), func(tx *db.Tx) error {
		return tx.QueryRow(t.Context(), `select count(*) from installation`).Scan(&n)
	}); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestAFailedUpdateLeavesNothingBehind(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		broken := errors.New("broken")
		err := d.Update(t.Context(), func(tx *db.Tx) error {
			if err := put(t.Context(), tx, "a", "1"); err != nil {
				return err
			}
			return broken
		})
		if !errors.Is(err, broken) || count(t, d) != 0 {
			t.Fatalf("err %v, rows %d", err, count(t, d))
		}
	})
}

func TestAPanicReachesItsCallerAndLeavesNothingBehind(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		func() {
			defer func() {
				if recover() != "boom" {
					t.Error("the panic was swallowed")
				}
			}()
			_ = d.Update(t.Context(), func(tx *db.Tx) error {
				_ = put(t.Context(), tx, "a", "1")
				panic("boom")
			})
		}()
		if count(t, d) != 0 {
			t.Fatal("half an update stayed")
		}
		if err := d.Update(t.Context(), func(tx *db.Tx) error { return put(t.Context(), tx, "b", "1") }); err != nil {
			t.Fatalf("the database did not survive a panic: %v", err)
		}
	})
}

// One of 32 callers goes away in mid-statement, one fails: the other thirty must be durable and told so.
func TestACancelledCallerDoesNotRollItsNeighboursBack(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		var ready, wg sync.WaitGroup
		results := make([]error, 32)
		ready.Add(1)
		for i := range results {
			wg.Go(func() {
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				ready.Wait()
				results[i] = d.Update(ctx, func(tx *db.Tx) error {
					if err := put(ctx, tx, fmt.Sprint(i), "1"); err != nil {
						return err
					}
					if i == 7 {
						cancel()
						_, err := tx.Exec(ctx, `update installation set value = '2' where key = $1`, fmt.Sprint(i))
						return err
					}
					if i == 8 {
						return errors.New("no")
					}
					return nil
				})
			})
		}
		ready.Done()
		wg.Wait()
		for i, err := range results {
			if (err != nil) != (i == 8) {
				t.Errorf("caller %d got %v", i, err)
			}
		}
		if n := count(t, d); n != 31 {
			t.Fatalf("%d rows, want 31", n)
		}
	})
}

func TestUpdatesThatWaitShareACommit(t *testing.T) {
	d := dbtest.New(t, db.EngineSQLite)
	var wg sync.WaitGroup
	for i := range 400 {
		wg.Go(func() {
			if err := d.Update(t.Context(), func(tx *db.Tx) error { return put(t.Context(), tx, fmt.Sprint(i), "1") }); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	batches, updates, slowest := d.GroupStats()
	if updates != 400 || batches > 200 {
		t.Fatalf("%d updates in %d batches (slowest %v): they do not share commits", updates, batches, slowest)
	}
}

// Two transactions read, then write what they read plus one. Without the lock PostgreSQL loses one of them.
func TestALockMakesCheckThenActSafe(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		if err := d.Update(ctx, func(tx *db.Tx) error { return put(ctx, tx, "n", "0") }); err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		for range 40 {
			wg.Go(func() {
				err := d.Update(ctx, func(tx *db.Tx) error {
					if err := tx.Lock(ctx, "n", "m"); err != nil {
						return err
					}
					var n int
					if err := tx.QueryRow(ctx, `select cast(value as bigint) from installation where key = 'n'`).Scan(&n); err != nil {
						return err
					}
					_, err := tx.Exec(ctx, `update installation set value = $1 where key = 'n'`, fmt.Sprint(n+1))
					return err
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		got, _, err := viewOne(t, d, `select value from installation where key = 'n'`)
		if err != nil || got != "40" {
			t.Fatalf("got %s, %v", got, err)
		}
	})
}

func viewOne(t *testing.T, d *db.DB, query string) (v string, found bool, err error) {
	t.Helper()
	err = d.View(t.Context(), func(tx *db.Tx) (err error) {
		v, found, err = db.One(t.Context(), tx, db.Column[string], query)
		return err
	})
	return v, found, err
}

func TestEventsAreHandledOnceEachInOneOrderForAll(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		var wg sync.WaitGroup
		for i := range 60 {
			wg.Go(func() {
				if err := d.Update(ctx, func(tx *db.Tx) error { return tx.Emit(ctx, "thing", "", i) }); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		seen := map[int]int{}
		last := int64(0)
		consumer := db.Consumer{Name: "test", Topics: []string{"thing"}, Handle: func(_ context.Context, _ *db.Tx, e db.Event) error {
			var n int
			if err := e.Decode(&n); err != nil {
				return err
			}
			if e.Seq <= last {
				t.Errorf("event %d came after %d", e.Seq, last)
			}
			last = e.Seq
			seen[n]++
			return nil
		}}
		for range 2 {
			if err := d.DrainOutbox(ctx, consumer); err != nil {
				t.Fatal(err)
			}
		}
		if len(seen) != 60 {
			t.Fatalf("%d of 60 events were seen", len(seen))
		}
		for n, times := range seen {
			if times != 1 {
				t.Errorf("event %d was handled %d times", n, times)
			}
		}
	})
}

func TestAPoisonousEventParksAndTheNextOneGoesOn(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		for i := range 3 {
			if err := d.Update(ctx, func(tx *db.Tx) error { return tx.Emit(ctx, "thing", "", i) }); err != nil {
				t.Fatal(err)
			}
			dbtest.Clock(d).Advance(time.Second)
		}
		var good []int
		consumer := db.Consumer{Name: "test", Topics: []string{"thing"}, Handle: func(ctx context.Context, tx *db.Tx, e db.Event) error {
			var n int
			if err := e.Decode(&n); err != nil {
				return err
			}
			if n == 1 {
				_ = put(ctx, tx, "half", "done")
				return errors.New("poison")
			}
			good = append(good, n)
			return nil
		}}
		if err := d.DrainOutbox(ctx, consumer); err != nil {
			t.Fatal(err)
		}
		var state db.OutboxState
		if err := d.View(ctx, func(tx *db.Tx) (err error) { state, err = db.Outbox(ctx, tx); return err }); err != nil {
			t.Fatal(err)
		}
		if fmt.Sprint(good) != "[0 2]" || state.Parked != 1 || count(t, d) != 0 {
			t.Fatalf("good %v, parked %d, half rows %d", good, state.Parked, count(t, d))
		}
	})
}

func TestANewerSchemaIsRefused(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		if err := d.Migrate(ctx); err != nil {
			t.Fatalf("a second migration must do nothing: %v", err)
		}
		if err := d.Update(ctx, func(tx *db.Tx) error {
			_, err := tx.Exec(ctx, `insert into goose_db_version (version_id, is_applied) values (999999, true)`)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if err := d.Migrate(ctx); err == nil {
			t.Fatal("a newer schema was accepted")
		}
	})
}

// A server and a command may begin on an untouched database at the same moment.
func TestTwoMayMigrateAtOnce(t *testing.T) {
	for name, config := range map[string]db.Config{"sqlite": {Dir: t.TempDir()}, "postgres": {}} {
		t.Run(name, func(t *testing.T) {
			if name == "postgres" {
				config.URL = dbtest.EmptyPostgres(t)
			}
			var wg sync.WaitGroup
			for range 4 {
				wg.Go(func() {
					d, err := db.Open(t.Context(), config)
					if err != nil {
						t.Error(err)
						return
					}
					if err := errors.Join(d.Migrate(t.Context()), d.Close()); err != nil {
						t.Error(err)
					}
				})
			}
			wg.Wait()
		})
	}
}

func TestViewSeesOneStateAndCannotWrite(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		err := d.View(ctx, func(tx *db.Tx) error {
			var before, after int
			if err := tx.QueryRow(ctx, `select count(*) from installation`).Scan(&before); err != nil {
				return err
			}
			if err := d.Update(ctx, func(tx *db.Tx) error { return put(ctx, tx, "a", "1") }); err != nil {
				return err
			}
			if err := tx.QueryRow(ctx, `select count(*) from installation`).Scan(&after); err != nil {
				return err
			}
			if before != after {
				t.Errorf("a view saw %d, then %d", before, after)
			}
			if put(ctx, tx, "b", "1") == nil {
				t.Error("a view could write")
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestAfterCommitRunsOnlyAfterACommit(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		ran := 0
		_ = d.Update(t.Context(), func(tx *db.Tx) error { tx.AfterCommit(func() { ran++ }); return errors.New("no") })
		if ran != 0 {
			t.Fatal("ran though nothing was committed")
		}
		if err := d.Update(t.Context(), func(tx *db.Tx) error { tx.AfterCommit(func() { ran++ }); return nil }); err != nil || ran != 1 {
			t.Fatalf("ran %d times, %v", ran, err)
		}
	})
}
