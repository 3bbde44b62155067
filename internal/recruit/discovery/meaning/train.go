package meaning

import (
	"cmp"
	"iter"
	"math"
	"slices"
)

// Space is what was learnt: a direction for every term. It may be read by many at once; it never changes.
type Space struct {
	tree       *Tree
	dimensions int
	documents  int
	terms      map[string]uint32
	words      []string  // the terms by number
	rarity     []float32 // by term: log(1 + documents ÷ documents with the term)
	spread     []uint32
	places     []float32     // by term: dimensions numbers each, rarity multiplied in
	lengths    []float32     // of the places
	parts      [][]uint32    // by term: the parts of a compound
	associates [][]associate // by term
	dictionary dictionary
}

// Train learns a space from documents, which are read once, in their order. Texts of which nothing can be learnt (no documents, no words) give
// a space in which every vector is nil.
func Train(docs iter.Seq[Document], o Options) *Space {
	o = o.filled()
	c := gather(docs, o)
	s := &Space{tree: o.Tree, documents: c.documents(), dictionary: dictionaryOf(c, o.Tree)}
	parts := c.split(s.dictionary)
	number := s.choose(c, o.Vocabulary)
	s.keepParts(parts, number)
	m := s.matrixOf(c, parts, number)
	if len(m.values) == 0 {
		return s
	}
	s.associates = m.heaviest(mostKept).associations()
	directions, strength := decompose(m, min(o.Dimensions, s.documents, m.width), o.Seed)
	s.dimensions = len(strength)
	s.place(directions, strength)
	return s
}

// split finds the parts of hashtags that nobody writes as words, and counts their documents. Numbers of terms, by the number of the hashtag.
func (c *corpus) split(d dictionary) [][]uint32 {
	found := make([][]string, len(c.terms))
	together(shards, func(shard int) {
		for i := len(c.terms) * shard / shards; i < len(c.terms)*(shard+1)/shards; i++ {
			if _, known := d[c.terms[i]]; !known && c.terms[i][0] != topicMark[0] {
				found[i] = d.compound(c.terms[i])
			}
		}
	})
	parts := make([][]uint32, len(found))
	for i, words := range found {
		for _, w := range words {
			parts[i] = append(parts[i], c.numberOf(w))
		}
	}
	for d := range c.documents() {
		for _, cell := range c.cells[c.starts[d]:c.starts[d+1]] {
			for _, p := range parts[cell.term] {
				if c.lastSeen[p] != uint32(d+1+c.documents()) { // counted apart from what take has seen
					c.lastSeen[p] = uint32(d + 1 + c.documents())
					if _, has := slices.BinarySearchFunc(c.cells[c.starts[d]:c.starts[d+1]], p, byTerm); !has {
						c.spread[p]++
					}
				}
			}
		}
	}
	return parts
}

func byTerm(c cell, term uint32) int { return cmp.Compare(c.term, term) }

// choose takes the vocabulary: terms of at least two documents, but not of more than half of them once there are enough to tell, the widest spread first.
func (s *Space) choose(c *corpus, most int) (number []int32) {
	chosen := make([]uint32, 0, len(c.terms))
	for i, n := range c.spread {
		everywhere := c.documents() >= 20 && int(n) > c.documents()/2 && c.terms[i][0] != topicMark[0]
		if n >= 2 && !everywhere {
			chosen = append(chosen, uint32(i)) //nolint:gosec // numbers of terms are made as uint32
		}
	}
	slices.SortFunc(chosen, func(a, b uint32) int {
		return cmp.Or(cmp.Compare(c.spread[b], c.spread[a]), cmp.Compare(c.terms[a], c.terms[b]))
	})
	chosen = chosen[:min(len(chosen), most)]
	number = make([]int32, len(c.terms))
	for i := range number {
		number[i] = -1
	}
	s.terms = make(map[string]uint32, len(chosen))
	for i, old := range chosen {
		number[old] = int32(i) //nolint:gosec // at most mostVocabulary
		s.add(c.terms[old], c.spread[old])
	}
	return number
}

// keepParts remembers the parts of the compounds that are in the vocabulary.
func (s *Space) keepParts(parts [][]uint32, number []int32) {
	s.parts = make([][]uint32, len(s.words))
	for old, of := range parts {
		if number[old] < 0 {
			continue
		}
		for _, p := range of {
			if n := number[p]; n >= 0 {
				s.parts[number[old]] = append(s.parts[number[old]], uint32(n))
			}
		}
	}
}

func (s *Space) add(term string, spread uint32) {
	s.terms[term] = uint32(len(s.words)) //nolint:gosec // at most mostVocabulary
	s.words = append(s.words, term)
	s.spread = append(s.spread, spread)
	s.rarity = append(s.rarity, rarityOf(s.documents, spread))
}

func rarityOf(documents int, spread uint32) float32 {
	return float32(math.Log1p(float64(documents) / float64(max(spread, 1))))
}

// matrixOf weighs the documents: (1 + log of the mentions) × rarity, rows of unit length so that whoever writes much does not count for more.
func (s *Space) matrixOf(c *corpus, parts [][]uint32, number []int32) *matrix {
	m := &matrix{starts: []int{0}, width: len(s.words)}
	b := newBag(m.width)
	for d := range c.documents() {
		for _, cell := range c.cells[c.starts[d]:c.starts[d+1]] {
			if n := number[cell.term]; n >= 0 {
				b.add(uint32(n), cell.count)
			}
			for _, p := range parts[cell.term] {
				if n := number[p]; n >= 0 {
					b.add(uint32(n), cell.count*weightPart/weightHashtag)
				}
			}
		}
		s.weigh(b)
		m.columns, m.values = append(m.columns, b.terms...), append(m.values, b.counts...)
		m.starts = append(m.starts, len(m.columns))
		b.empty()
	}
	return m
}

// weigh turns mentions into weights of unit length.
func (s *Space) weigh(b *bag) {
	for i, n := range b.counts {
		b.counts[i] = frequency(n) * s.rarity[b.terms[i]]
	}
	unit(b.counts)
}

// frequency dampens mentions: ten of them are not ten times as telling as one.
func frequency(n float32) float32 { return float32(math.Log1p(float64(n))) }

// place gives every term its direction.
func (s *Space) place(directions table, strength []float64) {
	by := make([]float32, len(strength))
	for i, v := range strength {
		by[i] = float32(math.Sqrt(v * v / (v*v + ridge)))
	}
	s.places = directions.of
	for i, rarity := range s.rarity {
		for j := range by {
			s.places[i*s.dimensions+j] *= by[j] * rarity
		}
	}
	s.measure()
}

// measure works out the lengths of the terms' places.
func (s *Space) measure() {
	s.lengths = make([]float32, len(s.words))
	for i := range s.lengths {
		p := s.placeOf(uint32(i)) //nolint:gosec // at most mostVocabulary
		s.lengths[i] = float32(math.Sqrt(float64(dot(p, p))))
	}
}

// ridge is the strength below which a direction counts as noise rather than signal; the weights are those of a ridge regression of every term on all others.
const ridge = 1.0
