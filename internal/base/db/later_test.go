package db_test

import (
	"context"
	"errors"
	"testing"

	"rapport/internal/base/db"
	"rapport/internal/base/db/dbtest"
)

func inLater(t *testing.T, test func(t *testing.T, update func(f func(ctx context.Context, tx *db.Tx) error) error)) {
	t.Helper()
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		update := func(f func(ctx context.Context, tx *db.Tx) error) error {
			return d.Update(t.Context(), func(tx *db.Tx) error { return f(t.Context(), tx) })
		}
		if err := update(func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, `create table later (id bigint primary key, note text not null)`)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		test(t, update)
	})
}

const insertLater = `insert into later (id, note) values ($1, $2)`

func TestWhatIsPutOffIsSeenByWhatFollows(t *testing.T) {
	inLater(t, func(t *testing.T, update func(f func(ctx context.Context, tx *db.Tx) error) error) {
		const rows = 150 // more than travel at once
		var seen, changed int64
		var noted string
		err := update(func(ctx context.Context, tx *db.Tx) (err error) {
			for i := range rows {
				if err := tx.Later(ctx, insertLater, i, "a"); err != nil {
					return err
				}
			}
			if err := tx.QueryRow(ctx, `select count(*) from later`).Scan(&seen); err != nil {
				return err
			}
			if err := tx.Later(ctx, `update later set note = 'b' where id = $1`, 7); err != nil {
				return err
			}
			if changed, err = tx.Exec(ctx, `update later set note = 'c' where note = 'b'`); err != nil {
				return err
			}
			return tx.LaterOne(ctx, func(s db.Scanner) error { return s.Scan(&noted) }, errors.New("no row"), `update later set note = 'd' where id = $1 returning note`, 7)
		})
		if err != nil || seen != rows || changed != 1 || noted != "d" {
			t.Fatalf("%v; %d rows were seen, %d changed, the last note is %q", err, seen, changed, noted)
		}
	})
}

func TestWhatIsPutOffAndFailsUndoesTheUpdate(t *testing.T) {
	none := errors.New("there is no such row")
	inLater(t, func(t *testing.T, update func(f func(ctx context.Context, tx *db.Tx) error) error) {
		twice := func(ctx context.Context, tx *db.Tx) error {
			return errors.Join(tx.Later(ctx, insertLater, 1, "x"), tx.Later(ctx, insertLater, 1, "x"))
		}
		if err := update(twice); !db.IsUnique(err) {
			t.Errorf("a row twice: %v", err)
		}
		err := update(func(ctx context.Context, tx *db.Tx) error {
			if err := twice(ctx, tx); err != nil {
				return err
			}
			var n int
			return tx.QueryRow(ctx, `select count(*) from later`).Scan(&n)
		})
		if !db.IsUnique(err) {
			t.Errorf("a row twice, then a query: %v", err)
		}
		err = update(func(ctx context.Context, tx *db.Tx) error {
			if err := tx.Later(ctx, insertLater, 2, "x"); err != nil {
				return err
			}
			return tx.LaterOne(ctx, func(db.Scanner) error { return nil }, none, `update later set note = 'y' where id = $1 returning id`, 99)
		})
		if !errors.Is(err, none) {
			t.Errorf("a row that is not there: %v", err)
		}
		if err := update(func(ctx context.Context, tx *db.Tx) error {
			var n int
			err := tx.QueryRow(ctx, `select count(*) from later`).Scan(&n)
			if n != 0 {
				t.Errorf("%d rows were left behind", n)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
	})
}
