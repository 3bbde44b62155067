package meaning

// Match is what is known of one document for one query.
type Match struct {
	Words    float64 // 0 to 1: the plain score (BM25 or alike), divided by the best of the query
	Coverage float64 // 0 to 1: which share of the query's words it holds, each weighted by how rare it is; 1 is all of them
	Nearness float64 // 0 to 1: Relative of its nearness and the best of the query
}

// Blend is the rank of a document, 0 to 2.5, the higher the better: the rule by which meaning does not make a search worse than plain words. It is a sum,
// so that each part can be shown: the share of the words that was found, half as much for how strongly, and as much for how near in meaning.
//
// Whoever holds all words has at least 1, whoever holds none at most 1: neighbours are added below those who wrote the words, never above. It never
// falls when one of its inputs rises.
//
//	both words, weakly (0.4), of another subject (0.1)          1   + 0.2 + 0.1 = 1.3
//	one word of two (0.6, 0.7), in the middle of the subject    0.6 + 0.35 + 0.9 = 1.85
//	no word, near in meaning (0.8)                              0   + 0   + 0.8 = 0.8
func Blend(m Match) float64 {
	return within(m.Coverage) + within(m.Words)/2 + within(m.Nearness)
}

// weakest is the nearness below which the best of a query is not taken for near: where nothing is near, everything would be.
const weakest = 0.3

// Relative is a nearness against the best that the query found, as words are counted against their best.
func Relative(nearness, best float64) float64 { return within(nearness / max(best, weakest)) }

// within cuts x to 0 to 1; what is not a number counts as nothing.
func within(x float64) float64 {
	if !(x > 0) {
		return 0
	}
	return min(x, 1)
}
