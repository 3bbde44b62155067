package vetting_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"rapport/internal/base/db"
	"rapport/internal/base/db/dbtest"
	"rapport/internal/base/fault"
	"rapport/internal/base/id"
	"rapport/internal/base/programs"
	"rapport/internal/recruit/benchmarks"
	"rapport/internal/recruit/creators"
	"rapport/internal/recruit/vetting"
)

// town has two programs.
type town struct {
	*testing.T
	d                *db.DB
	program, another programs.ID
}

func newTown(t *testing.T, d *db.DB) town {
	t.Helper()
	b := town{T: t, d: d}
	b.do(func(tx *db.Tx) error {
		for _, to := range []*programs.ID{&b.program, &b.another} {
			p, err := programs.Create(t.Context(), tx, programs.New{Name: "Tea", Currency: "EUR", Sites: []string{"tea.example"}})
			if err != nil {
				return err
			}
			*to = p.ID
		}
		return nil
	})
	return b
}

func (b town) do(f func(tx *db.Tx) error) {
	b.Helper()
	if err := b.d.Update(b.Context(), f); err != nil {
		b.Fatal(err)
	}
}

// creator makes somebody with posts and a partnership in a program.
func (b town) creator(in programs.ID, handle string, likes int64) (c creators.Creator) {
	b.Helper()
	b.do(func(tx *db.Tx) (err error) {
		if c, err = creators.Create(b.Context(), tx, creators.New{Name: handle, Profiles: []creators.NewProfile{{
			Platform: creators.PlatformTikTok, Handle: handle, Counts: creators.Counts{Followers: n(5000), Following: n(200), Posts: n(90)},
			Details: creators.Details{Bio: "tea and cake", Country: "DE"},
		}}}); err != nil {
			return err
		}
		var posts []creators.Post
		for i := range 6 {
			posts = append(posts, creators.Post{
				Profile: c.Main, PlatformID: fmt.Sprint(i), PostedAt: tx.Now().AddDate(0, 0, -3*i-1), SeenAt: tx.Now(), Caption: "tea time",
				Counts: creators.PostCounts{Views: n(2000), Likes: n(likes), Comments: n(10), Shares: n(5)},
			})
		}
		if _, err = creators.AddPosts(b.Context(), tx, posts); err != nil {
			return err
		}
		return join(b, tx, in, c.ID)
	})
	return c
}

// join writes a partnership as the floor above would.
func join(b town, tx *db.Tx, in programs.ID, c creators.ID) error {
	_, err := tx.Exec(b.Context(), `insert into partnerships (id, program_id, creator_id, status, note, import_id, created_at, updated_at)
		values ($1, $2, $3, 'prospect', '', '', 0, 0)`, id.New("par", tx.Now()), in, c)
	return err
}

func (b town) of(program programs.ID, c creators.ID) (s vetting.Stored, found bool) {
	b.Helper()
	b.do(func(tx *db.Tx) (err error) { s, found, err = vetting.Of(b.Context(), tx, program, c); return err })
	return s, found
}

func (b town) refresh(f func() (int, error)) int {
	b.Helper()
	made, err := f()
	if err != nil {
		b.Fatal(err)
	}
	return made
}

func TestNewProspectsGetAReportOnce(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		b := newTown(t, d)
		c := b.creator(b.program, "maya", 200)
		fresh := func() (int, error) { return vetting.RefreshNew(t.Context(), d) }
		if made := b.refresh(fresh); made != 1 {
			t.Fatalf("%d reports", made)
		}
		if made := b.refresh(fresh); made != 0 {
			t.Fatalf("%d reports of nobody new", made)
		}
		s, found := b.of(b.program, c.ID)
		if !found || s.Creator != c.ID || !s.Engagement.Known || len(s.Reasons) != 3 || !s.MadeAt.Equal(dbtest.Clock(d).Now()) {
			t.Fatalf("%+v", s)
		}
		if _, found := b.of(b.another, c.ID); found {
			t.Error("the other program has a report")
		}
		b.creator(b.program, "later", 100)
		if made := b.refresh(fresh); made != 1 {
			t.Errorf("%d reports of one newcomer", made)
		}
	})
}

func TestReportsAreMadeAgainWhenTheyAreOutOfDate(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		b := newTown(t, d)
		c := b.creator(b.program, "maya", 200)
		due := func() (int, error) { return vetting.RefreshDue(t.Context(), d) }
		for _, step := range []struct {
			what string
			do   func()
			want int
		}{
			{"nothing was there", func() {}, 1},
			{"nothing happened", func() {}, 0},
			{"new counts came", func() {
				dbtest.Clock(d).Advance(time.Hour)
				b.do(func(tx *db.Tx) error {
					return creators.AddSnapshot(t.Context(), tx, creators.Snapshot{Profile: c.Main, TakenAt: tx.Now(), Source: "entered", Counts: creators.Counts{Followers: n(6000)}})
				})
				dbtest.Clock(d).Advance(time.Second)
			}, 1},
			{"an audience came", func() {
				dbtest.Clock(d).Advance(time.Hour)
				b.do(func(tx *db.Tx) error {
					return creators.SetAudience(t.Context(), tx, creators.Audience{
						Profile: c.Main, TakenAt: tx.Now(), Source: "insights", Slices: []creators.Slice{{Dimension: creators.DimensionCountry, Key: "DE", ShareBP: 4000}},
					})
				})
				dbtest.Clock(d).Advance(time.Second)
			}, 1},
			{"a week went by", func() { dbtest.Clock(d).Advance(8 * 24 * time.Hour) }, 1},
			{"a list changed", func() {
				dbtest.Clock(d).Advance(time.Minute)
				b.do(func(tx *db.Tx) error {
					_, err := vetting.SetList(t.Context(), tx, b.program, vetting.List{Category: "tea", Weight: vetting.WeightWarn, Words: []string{"tea time"}})
					return err
				})
				dbtest.Clock(d).Advance(time.Second)
			}, 1},
		} {
			step.do()
			if made := b.refresh(due); made != step.want {
				t.Errorf("%s: %d reports, want %d", step.what, made, step.want)
			}
		}
		if s, _ := b.of(b.program, c.ID); len(s.Safety.Hits) != 1 || s.Safety.Hits[0].Category != "tea" || *s.Followers != 6000 {
			t.Errorf("%+v", s.Safety)
		}
	})
}

func TestAPersonsWordStandsAboveTheMachinesAndStays(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		b := newTown(t, d)
		c := b.creator(b.program, "maya", 200)
		made, err := vetting.Make(t.Context(), d, b.program, c.ID)
		if err != nil {
			t.Fatal(err)
		}
		b.do(func(tx *db.Tx) error {
			_, err := vetting.Overrule(t.Context(), tx, b.program, c.ID, vetting.VerdictNotForUs, "rude on the phone", "Anna")
			return err
		})
		again, err := vetting.Make(t.Context(), d, b.program, c.ID)
		if err != nil {
			t.Fatal(err)
		}
		if again.Holds() != vetting.VerdictNotForUs || again.Report.Verdict != made.Report.Verdict || again.Overrule.Note != "rude on the phone" || again.Overrule.By != "Anna" {
			t.Errorf("%+v", again.Overrule)
		}
		b.do(func(tx *db.Tx) error {
			verdicts, err := vetting.Verdicts(t.Context(), tx, b.program, []creators.ID{c.ID, "cre_nobody"})
			if len(verdicts) != 1 || verdicts[c.ID] != vetting.VerdictNotForUs {
				t.Errorf("%v", verdicts)
			}
			return err
		})
		b.do(func(tx *db.Tx) error {
			s, err := vetting.Overrule(t.Context(), tx, b.program, c.ID, "", "", "Anna")
			if s.Overrule != nil {
				t.Error("the word was not taken back")
			}
			return err
		})
	})
}

func TestAWordNeedsAVerdictAndAReason(t *testing.T) {
	d := dbtest.New(t, db.EngineSQLite)
	b := newTown(t, d)
	for _, c := range []struct {
		verdict vetting.Verdict
		note    string
		field   string
	}{{"great", "because", "verdict"}, {vetting.VerdictFits, " ", "note"}, {vetting.VerdictFits, strings.Repeat("x", 3000), "note"}} {
		err := d.Update(t.Context(), func(tx *db.Tx) error {
			_, err := vetting.Overrule(t.Context(), tx, b.program, "cre_x", c.verdict, c.note, "Anna")
			return err
		})
		if f, ok := fault.As(err); !ok || f.Field != c.field {
			t.Errorf("%q %q: %v", c.verdict, c.note, err)
		}
	}
}

func TestAllVerdictsGoPageByPage(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		b := newTown(t, d)
		for i := range 5 {
			b.creator(b.program, fmt.Sprintf("maya%d", i), 200)
		}
		b.refresh(func() (int, error) { return vetting.RefreshNew(t.Context(), d) })
		seen := map[creators.ID]bool{}
		after := creators.ID("")
		for {
			var some []vetting.CreatorVerdict
			b.do(func(tx *db.Tx) (err error) {
				some, err = vetting.AllVerdicts(t.Context(), tx, b.program, after, 2)
				return err
			})
			if len(some) == 0 {
				break
			}
			for _, one := range some {
				seen[one.Creator], after = true, one.Creator
				if one.Score == nil || !one.Verdict.Valid() {
					t.Errorf("%+v", one)
				}
			}
		}
		if len(seen) != 5 {
			t.Errorf("%d creators", len(seen))
		}
	})
}

func TestOwnBenchmarksComeFromTheProgramsOwnCreators(t *testing.T) {
	d := dbtest.New(t, db.EngineSQLite)
	b := newTown(t, d)
	for i := range 31 {
		b.creator(b.program, fmt.Sprintf("maya%d", i), int64(100+10*i))
	}
	b.refresh(func() (int, error) { return vetting.RefreshDue(t.Context(), d) })
	q := benchmarks.Question{Platform: "tiktok", Tier: "nano", Country: "DE", Metric: benchmarks.MetricLikes}
	for program, want := range map[programs.ID]int{b.program: 2, b.another: 0} { // of the country and of all countries
		b.do(func(tx *db.Tx) error {
			found, err := benchmarks.For(t.Context(), tx, program, q, benchmarks.FormulaLikes)
			if len(found) != want || want > 0 && (found[0].Sample != 31 || found[0].Middle() != 25) {
				t.Errorf("%+v", found)
			}
			return err
		})
	}
}

func TestEverythingOfAPersonIsExportedAndErased(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		b := newTown(t, d)
		c := b.creator(b.program, "maya", 200)
		b.do(func(tx *db.Tx) error { return join(b, tx, b.another, c.ID) })
		b.refresh(func() (int, error) { return vetting.RefreshNew(t.Context(), d) })
		part := vetting.Private()
		for program, want := range map[programs.ID]int{"": 2, b.program: 1} {
			b.do(func(tx *db.Tx) error {
				all, err := part.Export(t.Context(), tx, c.ID, program)
				text, _ := json.Marshal(all)
				if got := strings.Count(string(text), `"made_at"`); got != want {
					t.Errorf("%d reports for %q, want %d", got, program, want)
				}
				return err
			})
		}
		for _, want := range []int64{1, 1, 0} {
			b.do(func(tx *db.Tx) error {
				gone, err := part.Erase(t.Context(), tx, c.ID, 1)
				if gone != want {
					t.Errorf("%d rows erased, want %d", gone, want)
				}
				return err
			})
		}
	})
}

// Reports are judged outside of transactions: one that was begun before its creator was erased comes too late.
func TestAReportAtWorkDoesNotBringAnErasedPersonBack(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		b := newTown(t, d)
		c := b.creator(b.program, "maya", 200)
		b.do(func(tx *db.Tx) error {
			_, err := tx.Exec(t.Context(), `insert into creator_erasures (creator_id, began_at) values ($1, $2)`, c.ID, db.Micros(tx.Now()))
			return err
		})
		b.refresh(func() (int, error) { return vetting.RefreshNew(t.Context(), d) })
		if _, found := b.of(b.program, c.ID); found {
			t.Error("a report was kept")
		}
	})
}

func TestMergingKeepsOneReportPerProgram(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		b := newTown(t, d)
		keep, gone := b.creator(b.program, "maya", 200), b.creator(b.program, "mayatwo", 100)
		b.do(func(tx *db.Tx) error { return join(b, tx, b.another, gone.ID) })
		b.refresh(func() (int, error) { return vetting.RefreshNew(t.Context(), d) })
		for range 10 {
			var moved int64
			b.do(func(tx *db.Tx) (err error) {
				moved, err = vetting.Private().Merge(t.Context(), tx, keep.ID, gone.ID, 1)
				return err
			})
			if moved == 0 {
				break
			}
		}
		for _, p := range []programs.ID{b.program, b.another} {
			if _, found := b.of(p, keep.ID); !found {
				t.Errorf("no report is left in %s", p)
			}
			if _, found := b.of(p, gone.ID); found {
				t.Errorf("a report of the merged one is left in %s", p)
			}
		}
	})
}

func TestListsAreAProgramsOwn(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		b := newTown(t, d)
		starter := len(vetting.StarterLists()) + 1 // and the rivals
		count := func(p programs.ID) (all []vetting.List) {
			b.do(func(tx *db.Tx) (err error) { all, err = vetting.Lists(t.Context(), tx, p); return err })
			return all
		}
		b.do(func(tx *db.Tx) error {
			for _, l := range []vetting.List{{Category: "Palm Oil", Weight: vetting.WeightWarn, Words: []string{"palm oil", " palm  oil ", ""}}, {Category: "alcohol", Weight: vetting.WeightOff}} {
				if _, err := vetting.SetList(t.Context(), tx, b.program, l); err != nil {
					return err
				}
			}
			return nil
		})
		mine := count(b.program)
		if len(mine) != starter+1 || len(count(b.another)) != starter {
			t.Fatalf("%d and %d lists", len(mine), len(count(b.another)))
		}
		if last := mine[len(mine)-1]; last.Category != "palm_oil" || len(last.Words) != 1 {
			t.Errorf("%+v", last)
		}
		b.do(func(tx *db.Tx) error { return vetting.ResetList(t.Context(), tx, b.program, "alcohol") })
		for _, l := range count(b.program) {
			if l.Category == "alcohol" && l.Weight == vetting.WeightOff {
				t.Error("the list was not reset")
			}
		}
	})
}

func TestSomebodyWithoutAnAccountHasNoReport(t *testing.T) {
	d := dbtest.New(t, db.EngineSQLite)
	b := newTown(t, d)
	var c creators.Creator
	b.do(func(tx *db.Tx) (err error) {
		c, err = creators.Create(t.Context(), tx, creators.New{Name: "Name only"})
		return err
	})
	if _, err := vetting.Make(t.Context(), d, b.program, c.ID); fault.KindOf(err) != fault.KindConflict {
		t.Error(err)
	}
}

func TestWantedSharesAreChecked(t *testing.T) {
	d := dbtest.New(t, db.EngineSQLite)
	b := newTown(t, d)
	want := []vetting.Slice{{Dimension: creators.DimensionCountry, Key: "DE", ShareBP: 6000}}
	b.do(func(tx *db.Tx) error { return vetting.SetWanted(t.Context(), tx, b.program, want) })
	b.do(func(tx *db.Tx) error {
		got, err := vetting.Wanted(t.Context(), tx, b.program)
		if len(got) != 1 || got[0] != want[0] {
			t.Errorf("%+v", got)
		}
		return err
	})
	err := d.Update(t.Context(), func(tx *db.Tx) error {
		return vetting.SetWanted(t.Context(), tx, b.program, []vetting.Slice{{Dimension: "shoe size", Key: "42", ShareBP: 1}})
	})
	if fault.KindOf(err) != fault.KindInvalid {
		t.Error(err)
	}
}
