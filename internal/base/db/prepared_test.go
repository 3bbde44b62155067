package db_test

import (
	"errors"
	"fmt"
	"testing"

	"rapport/internal/base/db"
	"rapport/internal/base/db/dbtest"
)

// Statements are kept parsed on SQLite; nobody may notice but by the time.
func TestAStatementRunsAgainAfterErrorsRollbacksAndChangesOfItsTable(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		update := func(f func(tx *db.Tx) error) error { return d.Update(t.Context(), f) }
		exec := func(text string, args ...any) error {
			return update(func(tx *db.Tx) error { _, err := tx.Exec(t.Context(), text, args...); return err })
		}
		count := func() (n int) {
			if err := update(func(tx *db.Tx) error { return tx.QueryRow(t.Context(), `select count(*) from kept`).Scan(&n) }); err != nil {
				t.Fatal(err)
			}
			return n
		}
		if err := exec(`create table kept (id bigint primary key)`); err != nil {
			t.Fatal(err)
		}
		const insert = `insert into kept (id) values ($1)`
		for i := range 5 {
			if err := exec(insert, i); err != nil {
				t.Fatal(err)
			}
			if err := exec(insert, i); !db.IsUnique(err) {
				t.Fatalf("a row twice: %v", err)
			}
			if err := update(func(tx *db.Tx) error {
				_, err := tx.Exec(t.Context(), insert, 100)
				return errors.Join(err, errors.New("no"))
			}); err == nil {
				t.Fatal("the error is lost")
			}
			if n := count(); n != i+1 {
				t.Fatalf("%d rows, want %d", n, i+1)
			}
			if err := exec(fmt.Sprintf(`alter table kept add column c%d bigint`, i)); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func TestMoreTextsThanAreKept(t *testing.T) {
	d := dbtest.New(t, db.EngineSQLite)
	for round := range 3 {
		for i := range 600 {
			var got int
			if err := d.Update(t.Context(), func(tx *db.Tx) error {
				return tx.QueryRow(t.Context(), fmt.Sprintf(`select %d + $1`, i), round).Scan(&got)
			}); err != nil || got != i+round {
				t.Fatalf("round %d, text %d: %d, %v", round, i, got, err)
			}
		}
	}
}
