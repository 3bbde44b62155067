package meaning

import "slices"

// MostForeign is how many numbers a vector of a service may have.
const MostForeign = 4096

// Foreign are vectors that a service gave, by member of a crowd. Services differ in where they put texts that share nothing: many put all texts close
// together. So, before anything is compared, what all vectors have in common is taken from each: texts without a common subject are then about at
// right angles to each other, as in the own space, and the same nearness is enough for a hit.
//
//	mean of all (0.9, 0.1), a creator (0.8, 0.6), another (1, 0)     cosine of the two 0.8
//	without the mean: (−0.1, 0.5) and (0.1, −0.1)                    cosine of the two −0.83
type Foreign struct {
	dimensions int
	rows       []float32 // by member
	tails      []float32 // by member: see Tail
	placed     []bool    // by member
	centre     []float32 // nil until Settle
}

// NewForeign makes room for about so many members.
func NewForeign(dimensions, members int) *Foreign {
	return &Foreign{
		dimensions: dimensions, rows: make([]float32, 0, dimensions*members), tails: make([]float32, 0, members), placed: make([]bool, 0, members),
	}
}

// Dimensions is how many numbers each vector has.
func (f *Foreign) Dimensions() int {
	if f == nil {
		return 0
	}
	return f.dimensions
}

// Set puts a member where the service says; nil takes the member away. Before Settle vectors are kept as they come, after it without the centre.
func (f *Foreign) Set(member uint32, v Vector) {
	for len(f.placed) <= int(member) {
		f.placed, f.tails = append(f.placed, false), append(f.tails, 0)
		f.rows = append(f.rows, make([]float32, f.dimensions)...)
	}
	if f.centre != nil {
		v = f.Centred(v)
	}
	f.keep(member, v)
}

func (f *Foreign) keep(member uint32, v Vector) {
	f.placed[member], f.tails[member] = v != nil, Tail(v)
	if row := f.row(member); v == nil {
		clear(row)
	} else {
		copy(row, v)
	}
}

func (f *Foreign) row(member uint32) Vector {
	k := f.dimensions
	return f.rows[int(member)*k : (int(member)+1)*k : (int(member)+1)*k]
}

// Vector is where a member stands; nil where the service was not asked yet.
func (f *Foreign) Vector(member uint32) Vector {
	if f == nil || int(member) >= len(f.placed) || !f.placed[member] {
		return nil
	}
	return f.row(member)
}

// few is how many vectors weigh as much as the knowledge that there need not be anything in common.
const few = 10

// Settle takes from every vector what all have in common. It does nothing the second time.
func (f *Foreign) Settle() {
	if f.centre != nil {
		return
	}
	sum, n := make([]float64, f.dimensions), float64(few)
	for member := range f.placed {
		if f.placed[member] {
			n++
			for i, x := range f.row(uint32(member)) { //nolint:gosec // memory ends first
				sum[i] += float64(x)
			}
		}
	}
	f.centre = make([]float32, f.dimensions)
	for i := range sum {
		f.centre[i] = float32(sum[i] / n)
	}
	for member := range f.placed {
		f.keep(uint32(member), f.Centred(f.Vector(uint32(member)))) //nolint:gosec // as above
	}
}

// Settled reports whether vectors may be compared.
func (f *Foreign) Settled() bool { return f != nil && f.centre != nil }

// Centred is a vector without what all have in common; nil where nothing is left, or it is of another length.
func (f *Foreign) Centred(v Vector) Vector {
	if len(v) != f.dimensions {
		return nil
	}
	v = slices.Clone(v)
	add(v, f.centre, -1)
	return unit(v)
}

// dotAtMost is Crowd.DotAtMost.
func (f *Foreign) dotAtMost(v Vector, tail float32, member uint32) float64 {
	with := f.Vector(member)
	if with == nil {
		return 0
	}
	n := min(head, len(v))
	return float64(dot(v[:n], with[:n])) + float64(tail)*float64(f.tails[member]) + 0.0001
}

// Abroad lets foreign vectors take the place of the crowd's own.
func (c *Crowd) Abroad(f *Foreign) { c.foreign = f }

// AskAbroad places a query by foreign vectors: of its words, as the service gave it, and of those it shall be like. False is that it cannot be: one of
// them is not known, or the vectors are not settled.
func (c *Crowd) AskAbroad(q *Query, words Vector, worded bool, like ...Place) bool {
	if !c.foreign.Settled() {
		return false
	}
	var all []Vector
	if worded {
		all = append(all, c.foreign.Centred(words))
	}
	for _, p := range like {
		all = append(all, p.foreign)
	}
	if slices.ContainsFunc(all, func(v Vector) bool { return v == nil }) {
		return false
	}
	q.foreign = Mean(all...)
	return q.foreign != nil
}

// Tail is the Tail of the vector that Nearness takes.
func (q *Query) Tail() float32 {
	if q.foreign != nil {
		return Tail(q.foreign)
	}
	return Tail(q.Vector)
}
