package discovery

import (
	"context"
	"slices"
	"testing"

	"rapport/internal/base/db"
	"rapport/internal/base/db/dbtest"
	"rapport/internal/recruit/creators"
	"rapport/internal/recruit/vetting"
)

// Check-ups want the audience of the customers that were described first, as long as those are described.
func TestCheckupsWantTheMainCustomers(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		save := func(target Target) (saved Target) {
			t.Helper()
			w.update(func(ctx context.Context, tx *db.Tx) (err error) {
				saved, err = SaveTarget(ctx, tx, w.mine, target)
				return err
			})
			return saved
		}
		wants := func(countries ...string) {
			t.Helper()
			w.update(func(ctx context.Context, tx *db.Tx) error {
				got, err := vetting.Wanted(ctx, tx, w.mine)
				if want := appendShares(nil, creators.DimensionCountry, countries); !slices.Equal(got, want) {
					t.Errorf("check-ups want %v, not %v", got, want)
				}
				hers, wrong := vetting.Wanted(ctx, tx, w.hers)
				if len(hers) > 0 || wrong != nil {
					t.Errorf("the other program wants %v: %v", hers, wrong)
				}
				return err
			})
		}
		first := save(Target{Name: "Tea lovers", Countries: []string{"DE"}})
		wants("DE")
		second := save(Target{Name: "Travellers", Countries: []string{"SE"}})
		wants("DE")
		first.Countries = []string{"DE", "AT"}
		save(first)
		wants("DE", "AT")
		w.update(func(ctx context.Context, tx *db.Tx) error { return RemoveTarget(ctx, tx, w.mine, first.ID) })
		wants("SE")
		w.update(func(ctx context.Context, tx *db.Tx) error { return RemoveTarget(ctx, tx, w.mine, second.ID) })
		wants()
	})
}
