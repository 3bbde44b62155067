package meaning

import (
	"cmp"
	"math"
	"runtime"
	"slices"
	"sync"
)

// Crowd is where many stand, laid out so that a query is asked of all of them in little time: their vectors side by side, and for every term of the
// space who is told by it. A query expects a few hundred terms of forty thousand, so nobody is looked at who has none of them.
//
//	asked of 100,000, one by one    3.2 million looks at a term and 100,000 products of vectors
//	asked of the crowd              the lists of the expected terms, and products only for those who are still in question
//
// It answers exactly what Query.Nearness answers for every single one. Many may read it; nobody may while Set changes it.
type Crowd struct {
	space   *Space
	vectors []float32 // by member, the space's dimensions each
	placed  []bool    // by member: there is a vector
	tails   []float32 // by member: see Tail
	terms   []uint32  // that the members are told by, one member after the other
	begins  []int     // by member: where theirs begin in terms; one more than members
	lists   []holder  // by term and then by member
	starts  []int     // by term: where its list begins; one more than terms
	moved   map[uint32][]associate
	foreign *Foreign // nil without a service
}

// holder is a member who is told by a term.
type holder struct {
	member uint32
	weight float32
}

// block is how many members are placed before their places are laid beside the others'.
const block = 8192

// Crowd places documents on all processors.
func (s *Space) Crowd(docs []Document) *Crowd {
	c := &Crowd{space: s, begins: []int{0}, moved: map[uint32][]associate{}, placed: make([]bool, 0, len(docs)), vectors: make([]float32, 0, len(docs)*s.dimensions)}
	embedders := make([]*Embedder, runtime.GOMAXPROCS(0))
	for i := range embedders {
		embedders[i] = s.Embedder()
	}
	var weights []float32
	places := make([]Place, block)
	for some := range slices.Chunk(docs, block) {
		var workers sync.WaitGroup
		for first, e := range embedders {
			workers.Go(func() {
				for i := first; i < len(some); i += len(embedders) {
					places[i] = e.Place(some[i])
				}
			})
		}
		workers.Wait()
		for _, p := range places[:len(some)] {
			c.setVector(uint32(len(c.placed)), p.Vector) //nolint:gosec // memory ends first
			for _, a := range p.terms {
				c.terms, weights = append(c.terms, a.term), append(weights, a.weight)
			}
			c.begins = append(c.begins, len(c.terms))
		}
	}
	c.terms = slices.Clip(c.terms)
	c.turn(weights)
	return c
}

// turn makes the lists by term.
func (c *Crowd) turn(weights []float32) {
	c.starts = make([]int, len(c.space.words)+1)
	for _, t := range c.terms {
		c.starts[t+1]++
	}
	for t := range c.space.words {
		c.starts[t+1] += c.starts[t]
	}
	next := slices.Clone(c.starts)
	c.lists = make([]holder, len(c.terms))
	for member := range len(c.begins) - 1 {
		for i := c.begins[member]; i < c.begins[member+1]; i++ {
			t := c.terms[i]
			c.lists[next[t]] = holder{uint32(member), weights[i]} //nolint:gosec // as above
			next[t]++
		}
	}
}

// Members is how many stand in the crowd.
func (c *Crowd) Members() int { return len(c.placed) }

// Set puts a member elsewhere, or a new one behind the last.
func (c *Crowd) Set(member uint32, p Place) {
	c.setVector(member, p.Vector)
	c.moved[member] = slices.Clone(p.terms)
}

func (c *Crowd) setVector(member uint32, v Vector) {
	k := c.space.dimensions
	for len(c.placed) <= int(member) {
		c.placed, c.tails = append(c.placed, false), append(c.tails, 0)
		c.vectors = append(c.vectors, make([]float32, k)...)
	}
	c.placed[member], c.tails[member] = v != nil, Tail(v)
	row := c.vectors[int(member)*k : (int(member)+1)*k]
	if clear(row); v != nil {
		copy(row, v)
	}
}

// Vector is where a member stands; nil where nothing known is written.
func (c *Crowd) Vector(member uint32) Vector {
	if int(member) >= len(c.placed) || !c.placed[member] {
		return nil
	}
	k := c.space.dimensions
	return c.vectors[int(member)*k : (int(member)+1)*k : (int(member)+1)*k]
}

// Place is a member as Ask takes them.
func (c *Crowd) Place(member uint32) Place {
	p := Place{Vector: c.Vector(member), foreign: c.foreign.Vector(member)}
	if terms, moved := c.moved[member]; moved {
		p.terms = terms
		return p
	}
	if int(member) >= len(c.begins)-1 {
		return p
	}
	for _, t := range c.terms[c.begins[member]:c.begins[member+1]] {
		list := c.lists[c.starts[t]:c.starts[t+1]]
		at, _ := slices.BinarySearchFunc(list, member, func(h holder, m uint32) int { return cmp.Compare(h.member, m) })
		p.terms = append(p.terms, associate{t, list[at].weight})
	}
	return p
}

// Along fills what the associations say of every member; it must be zero before and as long as there are members. Terms come in their order, as in
// Query.Nearness: sums in another order round differently.
func (c *Crowd) Along(q *Query, along []float32) {
	for t, expected := range q.expected {
		if expected == 0 {
			continue
		}
		for _, h := range c.lists[c.starts[t]:c.starts[t+1]] {
			along[h.member] += h.weight * expected
		}
	}
	for member, terms := range c.moved {
		along[member] = q.along(terms)
	}
}

// Nearness is Query.Nearness of a member of whom Along is known.
func (c *Crowd) Nearness(q *Query, member uint32, along float32) float64 {
	if q.foreign != nil {
		return byVector*max(0, Dot(q.foreign, c.foreign.Vector(member))) + (1-byVector)*float64(along)
	}
	return byVector*max(0, Dot(q.Vector, c.Vector(member))) + (1-byVector)*float64(along)
}

// head is how many directions of a vector are looked at first. They are the strongest.
const head = 16

// Tail is how long a vector is beyond its head.
func Tail(v Vector) float32 {
	if len(v) <= head {
		return 0
	}
	return float32(math.Sqrt(float64(dot(v[head:], v[head:]))))
}

// DotAtMost is never less than Dot of a vector and a member's, and a quarter of the work: the heads are multiplied, and the rest is no more than the
// product of the tails (Cauchy and Schwarz); 0.0001 is more than rounding can take.
func (c *Crowd) DotAtMost(v Vector, tail float32, member uint32) float64 {
	with := c.Vector(member)
	if v == nil || with == nil {
		return 0
	}
	n := min(head, len(v))
	return float64(dot(v[:n], with[:n])) + float64(tail)*float64(c.tails[member]) + 0.0001
}

// NearnessAtMost is never less than Nearness. The tail is Query.Tail.
func (c *Crowd) NearnessAtMost(q *Query, tail float32, member uint32, along float32) float64 {
	if q.foreign != nil {
		return byVector*max(0, c.foreign.dotAtMost(q.foreign, tail, member)) + (1-byVector)*float64(along)
	}
	return byVector*max(0, c.DotAtMost(q.Vector, tail, member)) + (1-byVector)*float64(along)
}

// NearnessBounds says, without a look at the vectors, between what the nearness of somebody lies. Vectors have unit length but for rounding.
func NearnessBounds(along float32) (least, most float64) {
	least = (1 - byVector) * float64(along)
	return least, least + byVector*1.0001
}
