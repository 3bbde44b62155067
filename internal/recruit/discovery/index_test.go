package discovery

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"rapport/internal/base/db"
	"rapport/internal/base/db/dbtest"
	"rapport/internal/base/fault"
	"rapport/internal/base/programs"
	"rapport/internal/recruit/creators"
	"rapport/internal/recruit/discovery/meaning"
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

// An erasure takes many transactions: a refresh in between must not be the last that looked.
func TestSomebodyErasedIsForgottenAlsoWhenARefreshCameBetween(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		ana := w.creator("Ana", "DE", 5000, nil, "tea")
		w.refresh()
		w.update(func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, `insert into creator_erasures (creator_id, began_at) values ($1, $2)`, ana.ID, db.Micros(tx.Now()))
			return err
		})
		dbtest.Clock(d).Advance(time.Second)
		w.refresh()
		w.update(func(ctx context.Context, tx *db.Tx) error {
			for _, statement := range []string{
				`delete from post_counts where post_id in (select id from posts where profile_id in (select id from profiles where creator_id = $1))`,
				`delete from posts where profile_id in (select id from profiles where creator_id = $1)`,
				`delete from snapshots where profile_id in (select id from profiles where creator_id = $1)`,
				`delete from profiles where creator_id = $1`, `delete from creators where id = $1`,
			} {
				if _, err := tx.Exec(ctx, statement, ana.ID); err != nil {
					return err
				}
			}
			_, err := tx.Exec(ctx, `update creator_erasures set ended_at = $2 where creator_id = $1`, ana.ID, db.Micros(tx.Now()))
			return err
		})
		dbtest.Clock(d).Advance(time.Second)
		w.refresh()
		s := w.index.now.Load()
		if at, there := s.byID[ana.ID]; there {
			t.Errorf("she still stands in the index, at %d", at)
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
			s, err = SaveSearch(ctx, tx, w.mine, "usr_1", "Tea people", Query{Words: "tea"}, "q=tea")
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

// written is an index of creators who wrote one text each, without a database.
func written(texts []string) *state {
	s := newState(time.Unix(0, 0))
	var docs []meaning.Document
	for i, text := range texts {
		id := creators.ID(fmt.Sprintf("cre_%04d", i))
		doc := s.prepare(raw{Creator: creators.Creator{ID: id, Name: fmt.Sprintf("Nobody %04d", i)}, posts: []post{{caption: text}}})
		s.put(&doc)
		docs = append(docs, doc.meant)
	}
	s.learn(docs, meaning.Options{Dimensions: 3}) // as many as subjects: with few words more would keep every word apart
	return s
}

func TestMeaningFindsWhoNeverWroteTheWords(t *testing.T) {
	subjects := [][]string{
		{"complexion", "cleanser", "toner", "serum", "pores", "moisturizer"}, {"deadlift", "barbell", "squat", "reps", "bench", "lifting"}, {"sourdough", "flour", "crumb", "oven", "starter", "loaf"},
	}
	pick := rand.New(rand.NewPCG(1, 2))
	var texts []string
	for i := range 600 {
		words := subjects[i%3]
		texts = append(texts, fmt.Sprintf("%s %s and #%s %s chatter%d", words[pick.IntN(6)], words[pick.IntN(6)], words[pick.IntN(6)], words[pick.IntN(6)], pick.IntN(200)))
	}
	texts = append(texts, "an evening with #toner and serum")
	s := written(texts)
	ana := uint32(len(texts) - 1) //nolint:gosec // few
	r := s.run(time.Unix(0, 0), Query{Everywhere: true, Words: "complexion", Page: db.Page{Limit: 1000}}, nil)
	place, without := -1, false
	for i, h := range r.hits {
		wrote := strings.Contains(texts[s.byID[h.Creator]], "complexion")
		if wrote && without {
			t.Errorf("%s wrote the word and stands after somebody who did not", h.Creator)
		}
		without = without || !wrote
		if s.byID[h.Creator] == ana {
			place = i
			if len(h.Why) != 1 || h.Why[0].Code != "close" || !slices.Contains(h.Why[0].Words, "toner") {
				t.Errorf("she was found because %+v", h.Why)
			}
		}
		if s.byID[h.Creator]%3 != 0 && s.byID[h.Creator] != ana {
			t.Errorf("%q is about something else", texts[s.byID[h.Creator]])
		}
	}
	if place < 0 {
		t.Error("who writes of the same things in other words was not found")
	}
	like := s.run(time.Unix(0, 0), Query{Everywhere: true, Like: []creators.ID{s.slots[ana].id}}, nil)
	if len(like.hits) == 0 || slices.ContainsFunc(like.hits, func(h Hit) bool { return s.byID[h.Creator] == ana || s.byID[h.Creator]%3 != 0 }) {
		t.Errorf("%d are alike, or somebody is like themselves", len(like.hits))
	}
}

func TestCustomersInASentenceFindWithReasons(t *testing.T) {
	s := written([]string{"vegan #skincare in the morning", "cleanser and toner", "football on sunday", ""})
	target := ReadSentence("vegan skincare for women in Germany", topicsOf(meaning.DefaultTree())).Target
	by := map[creators.ID][]Why{}
	for _, h := range s.run(day, Query{Everywhere: true, Target: &target}, nil).hits {
		by[h.Creator] = h.Why
	}
	if got := fmt.Sprint(by[s.slots[0].id]); !strings.Contains(got, "hashtag [skincare] 1") || !strings.Contains(got, "wrote [vegan] 1") {
		t.Errorf("who wrote it all is found by %s", got)
	}
	if len(by[s.slots[1].id]) == 0 {
		t.Error("who writes of the topic is found without a reason")
	}
	if why := by[s.slots[2].id]; len(why) > 0 {
		t.Errorf("football is found by %v", why)
	}
}

func TestAnAudienceIsAskedForByCountryAgeAndGender(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		all := []programs.ID{w.mine, w.hers}
		ana, ben := w.creator("Ana", "DE", 5000, all), w.creator("Ben", "DE", 5000, all)
		w.creator("Cleo", "DE", 5000, all)
		w.update(func(ctx context.Context, tx *db.Tx) error {
			told := func(c creators.Creator, of programs.ID, woman, young int) error {
				return creators.SetAudience(ctx, tx, creators.Audience{Profile: c.Main, Program: of, TakenAt: tx.Now(), Source: creators.SourceEntered, Slices: []creators.Slice{
					{Dimension: creators.DimensionGender, Key: "female", ShareBP: woman}, {Dimension: creators.DimensionAge, Key: "18-24", ShareBP: young}, {Dimension: creators.DimensionCountry, Key: "AT", ShareBP: 3000},
				}})
			}
			if err := told(ana, w.mine, 7000, 4000); err != nil {
				return err
			}
			return told(ben, w.mine, 3000, 4000)
		})
		w.refresh()
		find := func(program programs.ID, change func(*Query), want ...string) {
			t.Helper()
			q := in(program)
			change(&q)
			names, _ := w.search(q)
			expect(t, names, want...)
		}
		find(w.mine, func(q *Query) { q.AudienceAge = "18-24" }, "Ana", "Ben")
		find(w.mine, func(q *Query) { q.AudienceAge, q.AudienceGender = "18-24", "female" }, "Ana")
		find(w.mine, func(q *Query) { q.AudienceAge = "25-34" })
		find(w.mine, func(q *Query) { q.AudienceCountry, q.AudienceGender = "AT", "female" }, "Ana")
		find(w.hers, func(q *Query) { q.AudienceGender = "female" }) // told to another program
		q := in(w.mine)
		q.AudienceAge = "old"
		if err := d.View(t.Context(), func(tx *db.Tx) error { _, err := w.index.Search(t.Context(), tx, q); return err }); fault.KindOf(err) != fault.KindInvalid {
			t.Errorf("an age that is none: %v", err)
		}
	})
}
