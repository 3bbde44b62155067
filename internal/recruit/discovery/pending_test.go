package discovery

import (
	"context"
	"testing"

	"rapport/internal/base/db"
	"rapport/internal/base/db/dbtest"
	"rapport/internal/base/programs"
)

func TestWhatAnImportBroughtIsPendingUntilItIsRead(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.creator("Ana", "DE", 5000, []programs.ID{w.mine}, "tea")
		pending := func(program programs.ID, want int64) {
			t.Helper()
			err := d.View(t.Context(), func(tx *db.Tx) error {
				rows, err := w.index.Pending(t.Context(), tx, program)
				if rows != want {
					t.Errorf("%d rows are pending, want %d", rows, want)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		pending(w.mine, 0) // nothing is ready: Result.Making says that
		w.refresh()
		pending(w.mine, 0)
		w.update(func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, `insert into imports (id, program_id, kind, source, mapping, state, rows_read, rows_taken, rows_known, rows_refused, made_by, lease_until, settled, created_at, finished_at)
				values ('imp_1', $1, 'creators', 'x', '', 'visible', 7, 5, 2, 0, '', 0, '', $2, $2)`, w.mine, db.Micros(tx.Now()))
			return err
		})
		pending(w.mine, 5)
		pending(w.hers, 0)
		w.refresh()
		pending(w.mine, 0)
	})
}
