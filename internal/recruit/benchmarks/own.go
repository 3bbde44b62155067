package benchmarks

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Enough is how many creators a benchmark of one's own needs; of fewer, a quartile is a handful of people.
const Enough = 30

// Figure is one creator's figure, in the benchmarks' unit.
type Figure struct {
	Platform, Tier, Country string
	Metric                  Metric
	Formula                 string
	Unit                    string
	Value                   float64
}

// Own returns the median and the middle half (first to third quartile) of figures, per metric, formula, platform and tier, once over all countries
// and once for each, wherever there are enough creators. source says whose they are.
func Own(figures []Figure, source string, day time.Time) []Benchmark {
	groups := map[Figure][]float64{}
	for _, f := range figures {
		v := f.Value
		f.Value = 0
		if f.Country != "" {
			groups[f] = append(groups[f], v)
		}
		f.Country = ""
		groups[f] = append(groups[f], v)
	}
	var all []Benchmark
	for key, values := range groups {
		if len(values) >= Enough {
			all = append(all, ownOf(key, values, source, day))
		}
	}
	slices.SortFunc(all, func(a, b Benchmark) int { return strings.Compare(a.sortKey(), b.sortKey()) })
	return all
}

func (b Benchmark) sortKey() string {
	return strings.Join([]string{string(b.Metric), b.Platform, b.Tier, b.Country, b.Formula, b.Unit}, "\x00")
}

func ownOf(key Figure, values []float64, source string, day time.Time) Benchmark {
	values = slices.Sorted(slices.Values(values))
	quantile := func(p float64) string { return strconv.FormatFloat(quantileOf(values, p), 'f', 4, 64) }
	return Benchmark{
		Own: true, Platform: key.Platform, Tier: key.Tier, Country: key.Country, Metric: key.Metric, Formula: key.Formula, Unit: key.Unit,
		Low: quantile(0.25), Median: quantile(0.5), High: quantile(0.75), AsOf: day.UTC().Format(time.DateOnly), Source: source, Sample: len(values),
	}
}

// quantileOf interpolates between the two neighbours of the place p × (n − 1), as spreadsheets do (Hyndman and Fan, type 7).
func quantileOf(sorted []float64, p float64) float64 {
	at := p * float64(len(sorted)-1)
	below := int(at)
	if below+1 >= len(sorted) {
		return sorted[below]
	}
	return sorted[below] + (at-float64(below))*(sorted[below+1]-sorted[below])
}

// Metrics lists the metrics of a table, for filters.
func (t Table) Metrics() []Metric {
	seen := map[Metric]bool{}
	for _, b := range t {
		seen[b.Metric] = true
	}
	return slices.Sorted(maps.Keys(seen))
}
