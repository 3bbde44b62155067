package vetting

import (
	"sync"

	"rapport/internal/recruit/benchmarks"
)

// norms remember which benchmark is the closest: the creators of a program ask the same few questions over and over.
type norms struct {
	table benchmarks.Table
	found sync.Map // asked → answer
}

type asking struct {
	benchmarks.Question
	formula string
}

type answer struct {
	benchmarks.Benchmark
	found bool
}

// closest is the closest benchmark with the same formula.
func (n *norms) closest(q benchmarks.Question, formula string) (benchmarks.Benchmark, bool) {
	if known, ok := n.found.Load(asking{q, formula}); ok {
		a := known.(answer) //nolint:forcetypeassert // nothing else is stored
		return a.Benchmark, a.found
	}
	best, ok := benchmarks.Compare(0, formula, n.table.About(q)).Best()
	n.found.Store(asking{q, formula}, answer{best.Benchmark, ok})
	return best.Benchmark, ok
}

// against measures a figure by the closest benchmark.
func (in *Input) against(metric benchmarks.Metric, figure float64, formula string) *Against {
	p := in.Profile
	norm, ok := in.norms.closest(benchmarks.Question{Platform: string(p.Platform), Tier: string(p.Tier), Country: p.Country, Metric: metric}, formula)
	if !ok {
		return nil
	}
	best, ok := benchmarks.Compare(figure, formula, []benchmarks.Benchmark{norm}).Best()
	if !ok {
		panic("BUG: a benchmark that was comparable is not")
	}
	low, high := best.Range()
	return &Against{
		ID: best.ID, Source: best.Source, AsOf: best.AsOf, Own: best.Own, Sample: best.Sample, Low: low, Middle: best.Middle(), High: high,
		Ratio: best.Ratio, Place: best.Place,
	}
}
