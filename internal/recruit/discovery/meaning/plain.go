package meaning

import (
	"cmp"
	"math"
	"slices"
)

// plain is a search by words alone, the measure that meaning is held against: BM25 (Robertson and Zaragoza, The Probabilistic Relevance Framework, 2009)
// over the same folded words, hashtags among them, any of the query's words being enough.
type plain struct {
	holds  map[string][]posting
	length []float64
	mean   float64
}

type posting struct {
	doc   int
	count float64
}

// The constants that BM25 is customarily run with.
const (
	bm25k = 1.2
	bm25b = 0.75
)

func plainOf(docs []Document) *plain {
	p := &plain{holds: map[string][]posting{}, length: make([]float64, len(docs))}
	for i, d := range docs {
		count := func(word string) {
			p.length[i]++
			p.mean++
			list := p.holds[word]
			if n := len(list); n > 0 && list[n-1].doc == i {
				list[n-1].count++
				return
			}
			p.holds[word] = append(list, posting{i, 1})
		}
		d.each(func(text string, _ bool) {
			for _, w := range Words(text) {
				count(w)
			}
		})
	}
	p.mean /= max(1, float64(len(docs)))
	return p
}

// ranked is a document with its score.
type ranked struct {
	doc      int
	score    float64
	coverage float64
}

// search answers the documents with any of the words, best first, without those left out.
func (p *plain) search(words []string, without func(doc int) bool) []ranked {
	scores, covered, whole := map[int]float64{}, map[int]float64{}, 0.0
	n := float64(len(p.length))
	for _, w := range words {
		list := p.holds[w]
		idf := math.Log1p((n - float64(len(list)) + 0.5) / (float64(len(list)) + 0.5))
		whole += idf
		for _, h := range list {
			scores[h.doc] += idf * h.count * (bm25k + 1) / (h.count + bm25k*(1-bm25b+bm25b*p.length[h.doc]/p.mean))
			covered[h.doc] += idf
		}
	}
	all := make([]ranked, 0, len(scores))
	for doc, score := range scores {
		if !without(doc) {
			all = append(all, ranked{doc, score, covered[doc] / whole})
		}
	}
	best(all)
	return all
}

func best(all []ranked) {
	slices.SortFunc(all, func(a, b ranked) int { return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.doc, b.doc)) })
}
