package meaning

// Match is what is known of one document for one query.
type Match struct {
	Words    float64 // 0 to 1: the plain score (BM25 or alike), divided by the best of the query
	Coverage float64 // 0 to 1: which share of the query's words it holds, each weighted by how rare it is; 1 is all of them
	Nearness float64 // −1 to 1: Dot of the query's and the document's vector
}

// Blend is the rank of a document, 0 to 3, the higher the better: the rule by which meaning never makes a search worse than plain words.
//
// Whoever holds all words has 2 to 3 and stands in the order of the plain score. Everybody else has 0 to 1: what words say and what meaning
// says are joined as two independent reasons to be right, 1 − (1 − words)(1 − meaning), so that neither is drowned and both together are
// more than either. It never falls when one of its inputs rises.
//
//	words 0.5, coverage 0.6, nearness 0.4 → 1 − (1 − 0.6·0.75)(1 − 0.4) = 0.67      no word in common, nearness 0.7 → 0.7
func Blend(m Match) float64 {
	words, near, coverage := within(m.Words), within(m.Nearness), within(m.Coverage)
	if coverage >= 1-1e-9 {
		return 2 + 0.999*words + 0.001*near
	}
	return 1 - (1-coverage*(0.5+0.5*words))*(1-near)
}

// within cuts x to 0 to 1; what is not a number counts as nothing.
func within(x float64) float64 {
	if !(x > 0) {
		return 0
	}
	return min(x, 1)
}
