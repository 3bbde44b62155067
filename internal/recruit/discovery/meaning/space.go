package meaning

import (
	"cmp"
	"slices"
	"strings"
)

// Dimensions is the length of the space's vectors; 0 if nothing could be learnt.
func (s *Space) Dimensions() int { return s.dimensions }

// Vocabulary is how many terms have a direction.
func (s *Space) Vocabulary() int { return len(s.words) }

// Documents is how many documents it was learnt from.
func (s *Space) Documents() int { return s.documents }

// Tree is the topic tree it was learnt with.
func (s *Space) Tree() *Tree { return s.tree }

// Embedder places documents one after the other and keeps its memory between them. Each goroutine has its own.
type Embedder struct {
	space  *Space
	reader reader
	bag    *bag
}

// Embedder makes one.
func (s *Space) Embedder() *Embedder {
	return &Embedder{space: s, reader: reader{tree: s.tree}, bag: newBag(len(s.words))}
}

// Place is where a document stands: its vector, and the terms that tell most of it.
type Place struct {
	Vector  Vector
	terms   []associate
	foreign Vector // what a service says; nil without
}

// Place places one document.
func (e *Embedder) Place(d Document) Place {
	e.collect(e.reader.read(d))
	defer e.bag.empty()
	p := Place{Vector: e.place()}
	e.space.weigh(e.bag)
	p.terms = heaviest(e.bag.terms, e.bag.counts, mostKept)
	return p
}

// Embed places one document; for many use an Embedder.
func (s *Space) Embed(d Document) Vector { return s.Embedder().Embed(d) }

// Embed places a document.
func (e *Embedder) Embed(d Document) Vector {
	e.collect(e.reader.read(d))
	defer e.bag.empty()
	return e.place()
}

func (e *Embedder) collect(mentions []mention) {
	for _, m := range mentions {
		n, ok := e.space.terms[m.term]
		if !ok {
			e.unknown(m)
			continue
		}
		e.bag.add(n, m.weight)
		for _, p := range e.space.parts[n] {
			e.bag.add(p, m.weight*weightPart/weightHashtag)
		}
	}
}

// unknown adds the parts of a word that was met too seldom to be known as a whole.
func (e *Embedder) unknown(m mention) {
	if _, word := e.space.dictionary[m.term]; word || m.term[0] == topicMark[0] {
		return
	}
	for _, p := range e.space.dictionary.compound(m.term) {
		if n, ok := e.space.terms[p]; ok {
			e.bag.add(n, m.weight*weightPart/weightHashtag)
		}
	}
}

// place sums the directions of what was collected.
func (e *Embedder) place() Vector {
	k := e.space.dimensions
	if k == 0 || len(e.bag.terms) == 0 {
		return nil
	}
	sum := make([]float32, k)
	for i, term := range e.bag.terms {
		add(sum, e.space.placeOf(term), frequency(e.bag.counts[i]))
	}
	return unit(sum)
}

func (s *Space) placeOf(term uint32) []float32 {
	k := s.dimensions
	return s.places[int(term)*k : (int(term)+1)*k]
}

// Term is a word of a query as the space knows it.
type Term struct {
	Text   string
	Rarity float64 // log(1 + documents ÷ documents with it); of an unknown word as if nobody but the query had it
	Spread int     // in how many documents; 0 is unknown
}

// Query is a text that somebody searches with.
type Query struct {
	Vector Vector
	Terms  []Term       // its words, in order, without repeats
	Topics []TopicScore // the topics its words tell of

	expected []float32 // by term of the space: what is expected of a document; unit length; nil expects nothing
	foreign  Vector    // takes the place of Vector in Nearness; nil does not
}

// How a query is weighed. Measured on several seeds and flat around these values.
const (
	own      = 0.3 // its own terms against all that go along with them
	byVector = 0.2 // what the vectors say against what the associations say
)

// expect works out which terms are to be expected where the query's terms (weights of unit length) are meant.
func (s *Space) expect(of []associate) []float32 {
	if len(of) == 0 {
		return nil
	}
	expected := make([]float32, len(s.words))
	for _, a := range of {
		expected[a.term] += own * a.weight
		for _, b := range s.associates[a.term] {
			expected[b.term] += a.weight * b.weight
		}
	}
	return unit(expected)
}

// Nearness says how near a document stands to the query, 0 to 1: what the vectors say and what the associations say.
func (q *Query) Nearness(p *Place) float64 {
	if q.foreign != nil {
		return byVector*max(0, Dot(q.foreign, p.foreign)) + (1-byVector)*float64(q.along(p.terms))
	}
	return byVector*max(0, Dot(q.Vector, p.Vector)) + (1-byVector)*float64(q.along(p.terms))
}

// along is what the associations say.
func (q *Query) along(terms []associate) (along float32) {
	if q.expected != nil {
		for _, a := range terms {
			along += a.weight * q.expected[a.term]
		}
	}
	return along
}

// EmbedQuery places what somebody searches for.
func (s *Space) EmbedQuery(text string) Query { return s.Ask(text) }

// Ask places a query of words and of documents that the found ones shall be like, "more like my best ten"; the words may be "".
func (s *Space) Ask(text string, like ...Place) Query {
	d := Document{Texts: []string{text}}
	q := Query{Topics: s.tree.Match(d)}
	if text != "" {
		like = append([]Place{s.Embedder().Place(d)}, like...)
	}
	sum := newBag(len(s.words))
	vectors := make([]Vector, len(like))
	for i, p := range like {
		vectors[i] = p.Vector
		for _, a := range p.terms {
			sum.add(a.term, a.weight)
		}
	}
	q.Vector = Mean(vectors...)
	q.expected = s.expect(heaviest(sum.terms, sum.counts, len(sum.terms)))
	for _, w := range Words(text) {
		if slices.ContainsFunc(q.Terms, func(t Term) bool { return t.Text == w }) {
			continue
		}
		t := Term{Text: w, Rarity: float64(rarityOf(s.documents, 1))}
		if n, ok := s.terms[w]; ok {
			t.Rarity, t.Spread = float64(s.rarity[n]), int(s.spread[n])
		}
		q.Terms = append(q.Terms, t)
	}
	return q
}

// Neighbour is a term near to another.
type Neighbour struct {
	Term     string
	Nearness float64
}

// Neighbours gives the n terms nearest to a word or hashtag, without itself and without topics; none where the term is unknown.
func (s *Space) Neighbours(term string, n int) []Neighbour {
	word := joined(term)
	return s.Nearest(s.Embed(Document{Hashtags: []string{term}}), n, func(t string) bool { return t != word })
}

// Nearest gives the n terms nearest to a vector of which keep says yes (nil keeps all): the words for "because of".
func (s *Space) Nearest(v Vector, n int, keep func(term string) bool) []Neighbour {
	if v == nil || n <= 0 {
		return nil
	}
	best := make([]Neighbour, 0, n)
	for i, term := range s.words {
		if term[0] == topicMark[0] || keep != nil && !keep(term) {
			continue
		}
		if near := s.nearness(v, i); near > 0 {
			best = insertNearest(best, Neighbour{term, near})
		}
	}
	return best
}

// insertNearest puts one in its place among the nearest, as far as there is room.
func insertNearest(best []Neighbour, one Neighbour) []Neighbour {
	at, _ := slices.BinarySearchFunc(best, one, func(a, b Neighbour) int {
		if order := cmp.Compare(b.Nearness, a.Nearness); order != 0 {
			return order
		}
		return strings.Compare(a.Term, b.Term)
	})
	switch {
	case at == cap(best):
		return best
	case len(best) == cap(best):
		best = best[:len(best)-1]
	}
	return slices.Insert(best, at, one)
}

// nearness of a vector to a term.
func (s *Space) nearness(v Vector, term int) float64 {
	if s.lengths[term] == 0 {
		return 0
	}
	return float64(dot(v, s.placeOf(uint32(term))) / s.lengths[term]) //nolint:gosec // at most mostVocabulary
}
