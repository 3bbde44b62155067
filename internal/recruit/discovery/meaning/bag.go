package meaning

// bag collects the counts of terms in the order in which they come: sums must not depend on a map's order.
type bag struct {
	at     []int32 // by term: its place in terms, counted from 1; 0 is none
	terms  []uint32
	counts []float32
}

func newBag(width int) *bag { return &bag{at: make([]int32, width)} }

func (b *bag) add(term uint32, n float32) {
	if b.at[term] == 0 {
		b.terms, b.counts = append(b.terms, term), append(b.counts, 0)
		b.at[term] = int32(len(b.terms)) //nolint:gosec // at most mostVocabulary
	}
	b.counts[b.at[term]-1] += n
}

func (b *bag) empty() {
	for _, t := range b.terms {
		b.at[t] = 0
	}
	b.terms, b.counts = b.terms[:0], b.counts[:0]
}
