package meaning

import (
	"cmp"
	"math/rand/v2"
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
	Plain                     Way     // BM25 over equal folded words: the hashtag as one word
	Parts                     Way     // the same, with the parts of a compound hashtag asked for as well
	Semantic                  Way     // nearness alone
	Blend                     Way     // what the search shows
	Chance                    float64 // hits that ten drawn from the candidates would have
	Behind                    int     // queries whose blend has fewer hits than plain words
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
		sum.Chance += r.Chance
		sum.Plain.add(r.Plain, len(tags))
		sum.Parts.add(r.Parts, len(tags))
		sum.Semantic.add(r.Semantic, len(tags))
		sum.Blend.add(r.Blend, len(tags))
		if r.Blend.Hits < r.Plain.Hits {
			sum.Behind++
		}
	}
	return sum
}

// Sample draws so many documents, in their order; all where there are not more.
func Sample(docs []Document, n int, seed uint64) []Document {
	if n >= len(docs) {
		return docs
	}
	places := rand.New(rand.NewPCG(seed, uint64(n))).Perm(len(docs))[:n] //nolint:gosec // drawn from a seed on purpose
	slices.Sort(places)
	drawn := make([]Document, n)
	for i, at := range places {
		drawn[i] = docs[at]
	}
	return drawn
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
	byWords := t.plain.search(Words(tag), without)
	byMeaning := near(t.space.EmbedQuery("#"+tag), t.places, without)
	right := func(doc int) bool { return t.Tags[doc] == tag }
	for _, hidden := range t.Tags {
		if hidden == tag {
			e.Right++
		}
	}
	e.Chance = 10 * float64(e.Right) / float64(max(10, len(t.Tags)-len(out)))
	e.Plain = measured(byWords, right, e.Right)
	e.Parts = measured(t.plain.search(t.space.Parted(tag), without), right, e.Right)
	e.Semantic = measured(byMeaning, right, e.Right)
	e.Blend = measured(blended(byWords, byMeaning), right, e.Right)
	return e
}

// near lists the documents that stand near the query, the nearest first.
func near(q Query, places []Place, without func(int) bool) []ranked {
	var all []ranked
	for i := range places {
		if near := q.Nearness(&places[i]); near > 0 && !without(i) {
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
		by[r.doc] = Match{Nearness: Relative(r.score, meaning[0].score)}
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
