package benchmarks

import (
	"cmp"
	"slices"
	"strings"
)

// Question is what a figure is of.
type Question struct {
	Platform, Tier, Country string
	Metric                  Metric
}

// Place says where a figure lies against a range.
type Place string

// The places.
const (
	PlaceBelow  Place = "below"
	PlaceWithin Place = "within"
	PlaceAbove  Place = "above"
)

// Against is a figure beside one benchmark of the same formula.
type Against struct {
	Benchmark
	Ratio float64 // figure ÷ middle of the benchmark
	Place Place
}

// Comparison is a figure beside all benchmarks for accounts like its own.
type Comparison struct {
	Comparable []Against   // the closest first: own before published, this country before all, the newest first
	Others     []Benchmark // another formula, or none stated: shown, never compared
}

// Best is the benchmark that decides, if there is any: the first comparable one.
func (c Comparison) Best() (Against, bool) {
	if len(c.Comparable) == 0 {
		return Against{}, false
	}
	return c.Comparable[0], true
}

// Compare puts a figure, in the benchmarks' unit, beside those that were found by About. Equal formulas only.
func Compare(figure float64, formula string, found []Benchmark) (c Comparison) {
	for _, b := range found {
		if !Equal(formula, b.Formula) || b.Middle() <= 0 {
			c.Others = append(c.Others, b)
			continue
		}
		c.Comparable = append(c.Comparable, Against{Benchmark: b, Ratio: figure / b.Middle(), Place: placeOf(figure, b)})
	}
	return c
}

func placeOf(figure float64, b Benchmark) Place {
	switch low, high := b.Range(); {
	case figure < low:
		return PlaceBelow
	case figure > high:
		return PlaceAbove
	default:
		return PlaceWithin
	}
}

// Equal reports whether two formulas are the same, spaces and case aside. What is not stated equals nothing.
func Equal(a, b string) bool {
	a, b = canonical(a), canonical(b)
	return a == b && a != "" && a != canonical(FormulaNotStated)
}

func canonical(formula string) string {
	return strings.ToLower(strings.Join(strings.Fields(formula), ""))
}

// Table is all benchmarks that a program has.
type Table []Benchmark

// About returns the benchmarks of a metric for such accounts, the closest first.
func (t Table) About(q Question) []Benchmark {
	var found []Benchmark
	for _, b := range t {
		if b.covers(q) {
			found = append(found, b)
		}
	}
	slices.SortStableFunc(found, func(a, b Benchmark) int {
		return cmp.Or(cmp.Compare(b.closeness(), a.closeness()), cmp.Compare(b.AsOf, a.AsOf), cmp.Compare(a.ID, b.ID))
	})
	return found
}

func (b Benchmark) covers(q Question) bool {
	return b.Metric == q.Metric && (b.Platform == Any || b.Platform == q.Platform) && (b.Country == "" || b.Country == q.Country) &&
		(b.Tier == Any || b.Tier == q.Tier || b.Tier == nanoMicro && (q.Tier == "nano" || q.Tier == "micro"))
}

// closeness ranks benchmarks that cover the same accounts: the more they say, the closer.
func (b Benchmark) closeness() (n int) {
	for weight, says := range map[int]bool{16: b.Own, 8: b.Platform != Any, 4: b.Tier != Any, 2: b.Country != "", 1: b.Tier != nanoMicro} {
		if says {
			n += weight
		}
	}
	return n
}
