package benchmarks_test

import (
	"testing"

	"pgregory.net/rapid"

	"rapport/internal/base/db"
	"rapport/internal/base/db/dbtest"
	"rapport/internal/base/fault"
	"rapport/internal/base/programs"
	"rapport/internal/recruit/benchmarks"
)

const byViews = "(likes + comments + shares) / views"

func nanoTikTok() benchmarks.Question {
	return benchmarks.Question{Platform: "tiktok", Tier: "nano", Metric: benchmarks.MetricEngagement}
}

func TestOnlyEqualFormulasAreCompared(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		formula := rapid.SampledFrom([]string{byViews, "(likes+comments+shares)/views", "(likes + comments) / followers", "not stated", "", "by reach"}).Draw(t, "formula")
		c := benchmarks.Compare(9.8, formula, benchmarks.Published().About(nanoTikTok()))
		for _, a := range c.Comparable {
			if !benchmarks.Equal(a.Formula, formula) {
				t.Fatalf("%q was compared with %q", formula, a.Formula)
			}
		}
		if formula == benchmarks.FormulaNotStated && len(c.Comparable) > 0 {
			t.Fatal("a formula that is not stated was compared")
		}
	})
}

func TestThePublishedFigureForNanoOnTikTokIsFoundByItsFormula(t *testing.T) {
	c := benchmarks.Compare(9.8, "(likes+comments+shares)/views", benchmarks.Published().About(nanoTikTok()))
	best, ok := c.Best()
	if !ok || best.Middle() != 12.6 || best.Place != benchmarks.PlaceBelow || best.Ratio < 0.77 || best.Ratio > 0.78 {
		t.Fatalf("%+v", best)
	}
	notStated := 0
	for _, b := range c.Others {
		if b.Formula == benchmarks.FormulaNotStated {
			notStated++
		}
	}
	if notStated < 3 {
		t.Fatalf("%d published figures without a stated formula are shown, want at least 3", notStated)
	}
}

func TestABenchmarkOfAnotherPlatformTierOrCountryDoesNotCover(t *testing.T) {
	q := nanoTikTok()
	for _, b := range benchmarks.Published().About(q) {
		if b.Platform != "tiktok" && b.Platform != "any" || b.Tier != "nano" && b.Tier != "any" && b.Tier != "nano_micro" || b.Country != "" {
			t.Errorf("%s does not cover %+v", b.ID, q)
		}
	}
	q.Country = "VN"
	if found := benchmarks.Published().About(q); len(found) == 0 || found[0].Country != "VN" {
		t.Error("the country's own figure is not the closest")
	}
}

func TestOwnBenchmarksNeedThirtyCreators(t *testing.T) {
	figures := make([]benchmarks.Figure, 0, 60)
	for i := range 29 {
		figures = append(figures, benchmarks.Figure{Platform: "tiktok", Tier: "nano", Country: "DE", Metric: "engagement_rate", Formula: byViews, Unit: "percent", Value: float64(i + 1)})
	}
	if own := benchmarks.Own(figures, "us", dbtest.Start); len(own) != 0 {
		t.Fatalf("%d benchmarks of 29 creators", len(own))
	}
	figures = append(figures, benchmarks.Figure{Platform: "tiktok", Tier: "nano", Country: "FR", Metric: "engagement_rate", Formula: byViews, Unit: "percent", Value: 30})
	own := benchmarks.Own(figures, "us", dbtest.Start)
	if len(own) != 1 || own[0].Country != "" || own[0].Sample != 30 {
		t.Fatalf("%+v", own)
	}
	if low, high := own[0].Range(); low >= own[0].Middle() || own[0].Middle() >= high || own[0].Middle() != 15.5 || low != 8.25 {
		t.Errorf("quartiles %v, %v, %v", low, own[0].Middle(), high)
	}
}

// TestOwnKeepsFormulasApart would let rates by followers and by views into one median.
func TestOwnKeepsFormulasApart(t *testing.T) {
	var figures []benchmarks.Figure
	for i := range 40 {
		f := benchmarks.Figure{Platform: "tiktok", Tier: "nano", Metric: "engagement_rate", Formula: byViews, Unit: "percent", Value: 10}
		if i%2 == 0 {
			f.Formula, f.Value = "engagement / followers", 1000
		}
		figures = append(figures, f)
	}
	if own := benchmarks.Own(figures, "us", dbtest.Start); len(own) != 0 {
		t.Fatalf("twenty of each formula made %+v", own)
	}
}

func mine() benchmarks.Benchmark {
	return benchmarks.Benchmark{Platform: "tiktok", Tier: "nano", Metric: "engagement_rate", Formula: byViews, Low: "7.5", High: "9.25", Unit: "percent", AsOf: "2026-02", Source: "our agency"}
}

type book struct {
	*testing.T
	d                *db.DB
	program, another programs.ID
}

func newBook(t *testing.T, d *db.DB) book {
	t.Helper()
	b := book{T: t, d: d}
	b.do(func(tx *db.Tx) error {
		for _, id := range []*programs.ID{&b.program, &b.another} {
			p, err := programs.Create(t.Context(), tx, programs.New{Name: "Tea", Currency: "EUR", Sites: []string{"tea.example"}})
			if err != nil {
				return err
			}
			*id = p.ID
		}
		return nil
	})
	return b
}

func (b book) do(f func(tx *db.Tx) error) {
	b.Helper()
	if err := b.d.Update(b.Context(), f); err != nil {
		b.Fatal(err)
	}
}

func (b book) all(program programs.ID) (t benchmarks.Table) {
	b.Helper()
	b.do(func(tx *db.Tx) (err error) { t, err = benchmarks.All(b.Context(), tx, program); return err })
	return t
}

func TestAProgramsChangesAreItsOwn(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		b := newBook(t, d)
		published := len(benchmarks.Published())
		first := benchmarks.Published()[0]
		b.do(func(tx *db.Tx) error {
			if _, err := benchmarks.Save(t.Context(), tx, b.program, mine()); err != nil {
				return err
			}
			changed := first
			changed.Low, changed.High = "3", "3"
			if _, err := benchmarks.Save(t.Context(), tx, b.program, changed); err != nil {
				return err
			}
			_, err := benchmarks.Remove(t.Context(), tx, b.program, benchmarks.Published()[1].ID)
			return err
		})
		if got := len(b.all(b.program)); got != published { // one more, one replaced, one removed
			t.Errorf("%d rows, want %d", got, published)
		}
		if got := len(b.all(b.another)); got != published {
			t.Errorf("the other program has %d rows, want %d", got, published)
		}
		b.do(func(tx *db.Tx) error { return benchmarks.Restore(t.Context(), tx, b.program) })
		if got := len(b.all(b.program)); got != published+1 {
			t.Errorf("after restoring %d rows, want %d", got, published+1)
		}
	})
}

func TestARowOfAnotherProgramDoesNotExist(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		b := newBook(t, d)
		var stored benchmarks.Benchmark
		b.do(func(tx *db.Tx) (err error) {
			stored, err = benchmarks.Save(t.Context(), tx, b.program, mine())
			return err
		})
		err := d.Update(t.Context(), func(tx *db.Tx) error {
			_, err := benchmarks.Remove(t.Context(), tx, b.another, stored.ID)
			return err
		})
		if fault.KindOf(err) != fault.KindNotFound {
			t.Errorf("another program removed a row: %v", err)
		}
		err = d.Update(t.Context(), func(tx *db.Tx) error {
			_, err := benchmarks.Save(t.Context(), tx, b.another, stored)
			return err
		})
		if fault.KindOf(err) != fault.KindNotFound {
			t.Errorf("another program changed a row: %v", err)
		}
	})
}

func TestComputedRowsReplaceEachOtherAndCannotBeChanged(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		b := newBook(t, d)
		own := mine()
		for range 2 {
			b.do(func(tx *db.Tx) error {
				return benchmarks.SetOwn(t.Context(), tx, b.program, []benchmarks.Benchmark{own})
			})
		}
		var computed []benchmarks.Benchmark
		for _, row := range b.all(b.program) {
			if row.Own {
				computed = append(computed, row)
			}
		}
		if len(computed) != 1 {
			t.Fatalf("%d computed rows after computing twice", len(computed))
		}
		err := d.Update(t.Context(), func(tx *db.Tx) error {
			_, err := benchmarks.Remove(t.Context(), tx, b.program, computed[0].ID)
			return err
		})
		if fault.KindOf(err) != fault.KindConflict {
			t.Errorf("a computed row was removed: %v", err)
		}
	})
}

func TestWhatIsNoBenchmarkIsRefused(t *testing.T) {
	for field, break_ := range map[string]func(*benchmarks.Benchmark){
		"low":      func(b *benchmarks.Benchmark) { b.Low = "many" },
		"high":     func(b *benchmarks.Benchmark) { b.High = "1" },
		"platform": func(b *benchmarks.Benchmark) { b.Platform = "myspace" },
		"tier":     func(b *benchmarks.Benchmark) { b.Tier = "huge" },
		"source":   func(b *benchmarks.Benchmark) { b.Source = " " },
		"as_of":    func(b *benchmarks.Benchmark) { b.AsOf = "lately" },
		"url":      func(b *benchmarks.Benchmark) { b.URL = "javascript:alert(1)" },
		"metric":   func(b *benchmarks.Benchmark) { b.Metric = "Engagement" },
	} {
		b := mine()
		break_(&b)
		_, err := b.Check()
		if f, ok := fault.As(err); !ok || f.Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
	if _, err := mine().Check(); err != nil {
		t.Error(err)
	}
}
