package discovery

import (
	"context"
	"slices"
	"testing"
	"time"

	"rapport/internal/base/db"
	"rapport/internal/base/db/dbtest"
	"rapport/internal/base/fault"
	"rapport/internal/base/programs"
	"rapport/internal/recruit/creators"
)

func expect(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("found %q, want %q", got, want)
	}
}

func TestNobodyFindsAnotherProgramsCreators(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.creator("Ana", "DE", 5000, []programs.ID{w.mine}, "my #skincare routine")
		w.creator("Berta", "DE", 5000, []programs.ID{w.hers}, "my #skincare routine")
		both := w.creator("Cleo", "DE", 5000, []programs.ID{w.mine, w.hers}, "my #skincare routine")
		w.creator("Dora", "DE", 5000, nil, "my #skincare routine")
		w.update(func(ctx context.Context, tx *db.Tx) error {
			return creators.SetPrice(ctx, tx, creators.Price{Program: w.hers, Creator: both.ID, Minor: 100, Currency: "EUR", Source: creators.SourceEntered})
		})
		w.refresh()
		q := in(w.mine)
		q.Words, q.Sort = "skincare", SortName
		names, result := w.search(q)
		expect(t, names, "Ana", "Cleo")
		if result.Total != 2 {
			t.Errorf("%d in all: the number of others' creators is theirs too", result.Total)
		}
		q.Words, q.MaxPriceMinor = "", new(int64(500))
		names, _ = w.search(q) // what another program was told of the price does not filter
		expect(t, names)
		names, _ = w.search(Query{Everywhere: true})
		expect(t, names, "Ana", "Berta", "Cleo", "Dora")
		names, _ = w.search(Query{Program: w.mine}) // no cut is nobody
		expect(t, names)
	})
}

func TestWordsAndFiltersFind(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		all := []programs.ID{w.mine}
		w.creator("Ana", "DE", 5000, all, "my #skincare routine", "more skincare", "tea")
		w.creator("Ben", "AT", 20_000, all, "lifting #fitness", "green tea after #fitness")
		w.creator("Zoë", "DE", 900, all)
		w.refresh()
		find := func(change func(*Query), want ...string) {
			t.Helper()
			q := in(w.mine)
			change(&q)
			names, _ := w.search(q)
			expect(t, names, want...)
		}
		find(func(q *Query) { q.Words = "#Skincare" }, "Ana")
		find(func(q *Query) { q.Words = "green tea" }, "Ben", "Ana") // both words before one
		find(func(q *Query) { q.Words = "zoe writ" }, "Zoë")
		find(func(q *Query) { q.Words = "fitness skincare"; q.Country = "DE" }, "Ana")
		find(func(q *Query) { q.MinFollowers = new(int64(1000)); q.Sort = SortFollowers }, "Ben", "Ana")
		find(func(q *Query) { q.Tier = creators.TierNano }, "Ana", "Zoë")
		find(func(q *Query) { q.PostedSince = d.Now().Add(-time.Hour) }, "Ana", "Ben")
		find(func(q *Query) { q.Words = "nothing like that" })
		find(func(q *Query) { q.Words = "https://www.tiktok.com/@ana.writes" }, "Ana")
		q := in(w.mine)
		q.Words = "skincare"
		if _, r := w.search(q); r.Items[0].Why[0].Code != "hashtag" || r.Items[0].Why[0].Posts != 2 {
			t.Errorf("Ana was found because %+v", r.Items[0].Why)
		}
	})
}

func TestPagesHoldEverybodyOnce(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		for _, name := range []string{"Ana", "Ben", "Cleo", "Dora", "Emil", "Fay", "Gus"} {
			w.creator(name, "DE", 5000, []programs.ID{w.mine}, "tea", "tea #tea")
		}
		w.refresh()
		for _, sort := range []Sort{SortName, SortFollowers, SortRelevance, SortNewest, SortEngagement, SortFit} {
			seen := map[string]bool{}
			q := in(w.mine)
			q.Words, q.Sort, q.Page.Limit, q.Target = "tea", sort, 2, &Target{Countries: []string{"DE"}}
			for range 4 {
				names, r := w.search(q)
				for _, n := range names {
					if seen[n] {
						t.Errorf("%s stands twice by %s", n, sort)
					}
					seen[n] = true
				}
				q.Page.After = r.Next
			}
			if len(seen) != 7 || q.Page.After != "" {
				t.Errorf("%d of 7 by %s, next %q", len(seen), sort, q.Page.After)
			}
		}
	})
}

func TestARefreshTakesInWhatChangedAndForgetsWhatIsGone(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		ana := w.creator("Ana", "DE", 5000, []programs.ID{w.mine}, "tea")
		w.refresh()
		w.creator("Ben", "DE", 5000, []programs.ID{w.mine}, "tea")
		w.update(func(ctx context.Context, tx *db.Tx) error {
			if err := w.partner(ctx, tx, w.mine, ana.ID, "contacted"); err != nil {
				return err
			}
			return w.write(ctx, tx, ana, []string{"now about #pottery"})
		})
		dbtest.Clock(d).Advance(time.Second)
		w.refresh()
		q := in(w.mine)
		q.Words = "pottery"
		names, _ := w.search(q)
		expect(t, names, "Ana")
		q.Words, q.NotContacted = "tea", true
		names, _ = w.search(q)
		expect(t, names, "Ben")
		w.update(func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, `delete from partnerships where creator_id = $1`, ana.ID)
			return err
		})
		q.NotContacted = false
		names, result := w.search(q) // not refreshed: the page is looked up all the same
		expect(t, names, "Ben")
		if result.Total != 1 {
			t.Errorf("%d in all, want 1", result.Total)
		}
	})
}

func TestHiddenImportsAreNotFound(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		ana := w.creator("Ana", "DE", 5000, []programs.ID{w.mine}, "tea")
		state := func(s string) {
			w.update(func(ctx context.Context, tx *db.Tx) error {
				_, err := tx.Exec(ctx, `insert into imports (id, program_id, kind, source, mapping, state, rows_read, rows_taken, rows_known, rows_refused, made_by, lease_until, settled, created_at)
					values ('imp_1', $1, 'creators', 'x', '', $2, 0, 0, 0, 0, '', 0, '', 0) on conflict (id) do update set state = excluded.state`, w.mine, s)
				if err != nil {
					return err
				}
				_, err = tx.Exec(ctx, `update creators set import_id = 'imp_1' where id = $1`, ana.ID)
				return err
			})
		}
		for _, step := range []struct {
			state string
			want  []string
		}{{"working", nil}, {"visible", []string{"Ana"}}, {"undoing", nil}} {
			state(step.state)
			w.refresh()
			q := in(w.mine)
			q.Words = "tea"
			names, _ := w.search(q)
			expect(t, names, step.want...)
		}
	})
}

func TestBeforeTheFirstBuildTheSearchSaysSo(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		err := d.View(t.Context(), func(tx *db.Tx) error {
			var none *Index
			if r, err := none.Search(t.Context(), tx, Query{Everywhere: true, Words: "ana"}); err != nil || !r.Making {
				t.Errorf("plain words: %+v, %v", r, err)
			}
			_, err := none.Search(t.Context(), tx, Query{Everywhere: true, Target: &Target{Countries: []string{"DE"}}})
			return err
		})
		if f, ok := fault.As(err); !ok || f.Code != NotReady {
			t.Errorf("got %v", err)
		}
	})
}

func TestASavedSearchTellsOfNewMatchesOnceADay(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.creator("Ana", "DE", 5000, []programs.ID{w.mine}, "tea")
		var s Saved
		w.update(func(ctx context.Context, tx *db.Tx) (err error) {
			if _, err = tx.Exec(ctx, `insert into users (id, email, email_folded, name, kind, language, created_at) values ('usr_1', 'a@b.example', 'a@b.example', 'A', 'merchant', 'en', 0)`); err != nil {
				return err
			}
			s, err = SaveSearch(ctx, tx, w.mine, "usr_1", "Tea people", Query{Words: "tea"})
			return err
		})
		told := 0
		look := func() {
			t.Helper()
			dbtest.Clock(d).Advance(11 * time.Minute)
			w.refresh()
			if err := w.index.LookAgain(t.Context(), d, func(_ *db.Tx, n News) error { told += len(n.Creators); return nil }); err != nil {
				t.Fatal(err)
			}
		}
		expectTold := func(want, fresh int) {
			t.Helper()
			var all []Saved
			w.update(func(ctx context.Context, tx *db.Tx) (err error) {
				all, err = Searches(ctx, tx, w.mine, "usr_1")
				return err
			})
			if told != want || all[0].New != fresh {
				t.Errorf("told of %d and %d are new, want %d and %d", told, all[0].New, want, fresh)
			}
		}
		look() // what was there when it was saved is no news
		expectTold(0, 0)
		w.creator("Ben", "DE", 5000, []programs.ID{w.mine}, "tea")
		w.creator("Cleo", "DE", 5000, []programs.ID{w.hers}, "tea")
		look()
		expectTold(1, 1)
		w.creator("Dora", "DE", 5000, []programs.ID{w.mine}, "tea")
		look()
		expectTold(1, 2)
		dbtest.Clock(d).Advance(24 * time.Hour)
		look()
		expectTold(2, 2)
		w.update(func(ctx context.Context, tx *db.Tx) error { return LookedAt(ctx, tx, s.ID) })
		expectTold(2, 0)
	})
}
