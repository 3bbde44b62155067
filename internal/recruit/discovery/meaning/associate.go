package meaning

import (
	"cmp"
	"math"
	"slices"
)

// Beside its direction every term keeps the terms that go along with it more often than chance (pointwise mutual information). A direction is
// shared by all the texts and blurs what only few write; an association is exact but knows nothing that was never written together. Both
// together find more than either (docs/discovery-meaning.md).
const (
	mostAssociates = 64   // per term
	mostKept       = 32   // terms of a document that count, the heaviest
	mostWitnesses  = 1000 // documents that are looked at for one term; more change little
	smoothing      = 10   // documents that are imagined beside the real ones, in which all goes along by chance
	chancePower    = 0.9  // makes rare companions count less: Levy, Goldberg and Dagan, TACL 3, 2015, §3.1
)

// associate is a term that goes along with another.
type associate struct {
	term   uint32
	weight float32 // rows have unit length
}

// associations finds the associates of all terms.
func (m *matrix) associations() [][]associate {
	holds := m.holders()
	rows := make([][]associate, m.width)
	together(shards, func(shard int) {
		shared := make([]float32, m.width)
		for t := m.width * shard / shards; t < m.width*(shard+1)/shards; t++ {
			rows[t] = m.associatesOf(uint32(t), holds, shared) //nolint:gosec // at most mostVocabulary
		}
	})
	return rows
}

// holders lists the documents of each term.
func (m *matrix) holders() [][]uint32 {
	count := make([]int, m.width)
	for _, t := range m.columns {
		count[t]++
	}
	holds := make([][]uint32, m.width)
	for t, n := range count {
		holds[t] = make([]uint32, 0, n)
	}
	for d := range len(m.starts) - 1 {
		for _, t := range m.columns[m.starts[d]:m.starts[d+1]] {
			holds[t] = append(holds[t], uint32(d)) //nolint:gosec // at most Options.Documents
		}
	}
	return holds
}

// associatesOf finds the associates of one term; shared is memory that is all zero before and after.
func (m *matrix) associatesOf(t uint32, holds [][]uint32, shared []float32) []associate {
	all := holds[t]
	step := max(1, (len(all)+mostWitnesses-1)/mostWitnesses)
	var met []uint32
	witnesses := 0
	for i := 0; i < len(all); i += step {
		witnesses++
		for _, u := range m.columns[m.starts[all[i]]:m.starts[all[i]+1]] {
			if shared[u] == 0 {
				met = append(met, u)
			}
			shared[u]++
		}
	}
	documents := float64(len(m.starts) - 1)
	row := make([]associate, 0, len(met))
	for _, u := range met {
		chance := math.Pow(float64(len(holds[u]))/documents, chancePower)
		weight := math.Log((float64(shared[u]) + smoothing*chance) / (float64(witnesses) + smoothing) / chance)
		if u != t && weight > 0 {
			row = append(row, associate{u, float32(weight)})
		}
		shared[u] = 0
	}
	slices.SortFunc(row, heavierFirst)
	row = slices.Clone(row[:min(len(row), mostAssociates)])
	var sum float64
	for _, a := range row {
		sum += float64(a.weight) * float64(a.weight)
	}
	for i := range row {
		row[i].weight = float32(float64(row[i].weight) / math.Sqrt(sum))
	}
	return row
}

// heaviest cuts every document to its heaviest terms, and brings it back to unit length.
func (m *matrix) heaviest(most int) *matrix {
	out := &matrix{starts: []int{0}, width: m.width}
	for d := range len(m.starts) - 1 {
		kept := heaviest(m.columns[m.starts[d]:m.starts[d+1]], m.values[m.starts[d]:m.starts[d+1]], most)
		for _, a := range kept {
			out.columns, out.values = append(out.columns, a.term), append(out.values, a.weight)
		}
		out.starts = append(out.starts, len(out.columns))
	}
	return out
}

// heavierFirst is the order by weight, and of equals by term. Weights are numbers.
func heavierFirst(a, b associate) int {
	switch {
	case a.weight > b.weight:
		return -1
	case a.weight < b.weight:
		return 1
	}
	return cmp.Compare(a.term, b.term)
}

// heaviest answers the heaviest terms with weights of unit length, in the terms' order.
func heaviest(terms []uint32, weights []float32, most int) []associate {
	all := make([]associate, len(terms))
	for i, t := range terms {
		all[i] = associate{t, weights[i]}
	}
	if len(all) > most {
		slices.SortFunc(all, heavierFirst)
		all = all[:most]
	}
	slices.SortFunc(all, func(a, b associate) int { return cmp.Compare(a.term, b.term) })
	var sum float64
	for _, a := range all {
		sum += float64(a.weight) * float64(a.weight)
	}
	if sum > 0 {
		for i := range all {
			all[i].weight = float32(float64(all[i].weight) / math.Sqrt(sum))
		}
	}
	return all
}
