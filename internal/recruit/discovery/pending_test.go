package discovery

import (
	"context"
	"log/slog"
	"runtime"
	"testing"

	"rapport/internal/base/db"
	"rapport/internal/base/db/dbtest"
	"rapport/internal/base/programs"
	"rapport/internal/recruit/creators"
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

func TestWhatIsChangedByHandIsFoundAtTheNextLook(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		ana := w.creator("Ana", "DE", 5000, []programs.ID{w.mine}, "tea")
		w.refresh()
		w.update(func(ctx context.Context, tx *db.Tx) error {
			w.index.Changed(tx, ana.ID)
			if w.index.isTouched() {
				t.Error("touched before the commit: a refresh would read what was")
			}
			return creators.SetPrice(ctx, tx, creators.Price{Program: w.mine, Creator: ana.ID, Minor: 4000, Currency: "EUR", Source: creators.SourceEntered})
		})
		if !w.index.isTouched() {
			t.Fatal("nobody told the index")
		}
		w.refresh()
		q := in(w.mine)
		q.MaxPriceMinor = new(int64(5000))
		names, _ := w.search(q)
		expect(t, names, "Ana")
		w.update(func(context.Context, *db.Tx) error { (*Index)(nil).Changed(nil, ana.ID); return nil })
	})
}

func TestARunningIndexTakesATouchInWithinASecond(t *testing.T) {
	w := newWorld(t, dbtest.New(t, db.EngineSQLite))
	ana := w.creator("Ana", "DE", 5000, []programs.ID{w.mine}, "tea")
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); w.index.Run(ctx, w.d, slog.New(slog.DiscardHandler)) }()
	defer func() { stop(); <-done }()
	for !w.index.Ready() {
		runtime.Gosched()
	}
	w.update(func(ctx context.Context, tx *db.Tx) error {
		w.index.Changed(tx, ana.ID)
		return creators.SetPrice(ctx, tx, creators.Price{Program: w.mine, Creator: ana.ID, Minor: 4000, Currency: "EUR", Source: creators.SourceEntered})
	})
	q := in(w.mine)
	q.MaxPriceMinor = new(int64(5000))
	for found := 0; found == 0 && t.Context().Err() == nil; runtime.Gosched() {
		names, _ := w.search(q)
		found = len(names)
	}
}
