package meaning

import (
	"cmp"
	"slices"
)

// Way is a way of searching that is measured.
type Way struct {
	Hits   float64 // right documents among the first ten, summed over the queries
	Recall float64 // which share of the right ones is among the first fifty, mean over the queries
	MRR    float64 // 1 ÷ the place of the first right one, mean over the queries; 0 where none is found
}

// Evaluation is how well hidden hashtags lead back to those who wrote them.
type Evaluation struct {
	Documents, Queries, Right int
	Plain, Semantic, Blend    Way
	Behind                    int // queries whose blend has fewer hits than plain words
}

// Evaluate hides one hashtag per document, learns a space from what is left, and searches each hashtag that at least `least` documents have lost among
// the documents that do not show it any more. Right are those that lost it.
func Evaluate(docs []Document, least int, seed uint64, o Options) Evaluation {
	h := Hide(docs, seed)
	space := Train(slices.Values(h.Documents), o)
	t := trial{Hidden: h, plain: plainOf(h.Documents), space: space, places: space.PlaceAll(h.Documents), showing: h.showing()}
	tags := h.queries(least)
	results := make([]Evaluation, len(tags))
	together(len(tags), func(i int) { results[i] = t.ask(tags[i]) })
	sum := Evaluation{Documents: len(docs), Queries: len(tags)}
	for _, r := range results {
		sum.Right += r.Right
		sum.Plain.add(r.Plain, len(tags))
		sum.Semantic.add(r.Semantic, len(tags))
		sum.Blend.add(r.Blend, len(tags))
		if r.Blend.Hits < r.Plain.Hits {
			sum.Behind++
		}
	}
	return sum
}

func (w *Way) add(o Way, queries int) {
	w.Hits += o.Hits
	w.Recall += o.Recall / float64(queries)
	w.MRR += o.MRR / float64(queries)
}

type trial struct {
	Hidden
	plain   *plain
	space   *Space
	places  []Place
	showing map[string]map[int]bool
}

// ask measures the three ways for one hashtag.
func (t *trial) ask(tag string) (e Evaluation) {
	out := t.showing[tag]
	without := func(doc int) bool { return out[doc] }
	words := Words(tag)
	byWords := t.plain.search(words, without)
	byMeaning := t.byMeaning(t.space.QueryOf(Document{Hashtags: []string{tag}}), without)
	right := func(doc int) bool { return t.Tags[doc] == tag }
	for _, hidden := range t.Tags {
		if hidden == tag {
			e.Right++
		}
	}
	e.Plain = measured(byWords, right, e.Right)
	e.Semantic = measured(byMeaning, right, e.Right)
	e.Blend = measured(blended(byWords, byMeaning), right, e.Right)
	return e
}

func (t *trial) byMeaning(q Query, without func(int) bool) []ranked {
	var all []ranked
	for i := range t.places {
		if near := q.Nearness(&t.places[i]); near > 0 && !without(i) {
			all = append(all, ranked{doc: i, score: near})
		}
	}
	best(all)
	return all
}

// blended joins two lists by Blend.
func blended(words, meaning []ranked) []ranked {
	by := map[int]Match{}
	for _, r := range meaning {
		by[r.doc] = Match{Nearness: r.score}
	}
	for _, r := range words {
		m := by[r.doc]
		m.Words, m.Coverage = r.score/words[0].score, r.coverage
		by[r.doc] = m
	}
	all := make([]ranked, 0, len(by))
	for doc, m := range by {
		all = append(all, ranked{doc: doc, score: Blend(m)})
	}
	best(all)
	return all
}

func measured(list []ranked, right func(int) bool, all int) (w Way) {
	for i, r := range list[:min(50, len(list))] {
		if !right(r.doc) {
			continue
		}
		if i < 10 {
			w.Hits++
		}
		w.Recall += 1 / float64(all)
		w.MRR = cmp.Or(w.MRR, 1/float64(i+1))
	}
	return w
}

// PlaceAll places many documents, on all processors.
func (s *Space) PlaceAll(docs []Document) []Place {
	out := make([]Place, 0, len(docs))
	inOrder(slices.Values(docs), len(docs), func() func(Document) Place { return s.Embedder().Place }, func(p Place) { out = append(out, p) })
	return out
}

func (s *Space) QueryOf(d Document) Query {
	p := s.Embedder().Place(d)
	return Query{Vector: p.Vector, expected: s.expect(p.terms)}
}

// Parted gives the words that a hashtag or text is searched by: its own and, of compounds, the parts.
func (s *Space) Parted(text string) (all []string) {
	for _, w := range Words(text) {
		for _, word := range append([]string{w}, s.dictionary.compound(w)...) {
			if !slices.Contains(all, word) {
				all = append(all, word)
			}
		}
	}
	return all
}
