package analytics

import (
	"fmt"
	"slices"
	"testing"

	"rapport/internal/recruit/creators"
)

func TestTheBestByReturnSoldOftenEnough(t *testing.T) {
	row := func(name string, sales, roi float64, revenue int64) Row {
		return Row{Creator: creators.ID(name), Name: name, Key: name, Conversions: sales, ROI: &roi, Revenue: eur(revenue)}
	}
	rows := []Row{
		row("lucky", 2, 90, 100), row("steady", 30, 9, 9000), row("larger", 40, 9, 12_000), row("dear", 50, 2, 90_000), row("loss", 9, -0.5, 50),
		{Creator: "free", Name: "free", Conversions: 20, Revenue: eur(10)}, {Name: "nobody", Conversions: 100, ROI: new(50.0)},
	}
	names := func(rows []Row) (all []string) {
		best, _ := bestOf(rows)
		for _, r := range best {
			all = append(all, r.Name)
		}
		return all
	}
	if got := names(rows); !slices.Equal(got, []string{"larger", "steady", "dear"}) {
		t.Errorf("the best are %q", got)
	}
	if best, enough := bestOf(rows[:3]); best != nil || enough != 2 {
		t.Errorf("%d of %d: two are not enough", len(best), enough)
	}
	for i := range 20 {
		rows = append(rows, row(fmt.Sprintf("n%02d", i), 3, float64(i), 10))
	}
	if got := names(rows); len(got) != BestMost || got[0] != "n19" {
		t.Errorf("of many: %q", got)
	}
}
