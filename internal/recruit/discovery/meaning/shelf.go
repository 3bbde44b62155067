package meaning

// shelfBlock is how many numbers are held side by side.
const shelfBlock = 1 << 16

// Shelf keeps places side by side in memory, in the order in which they come: a search walks through all of them, and a walk is many times faster
// than as many jumps. The zero value is empty. It is filled by one goroutine.
type Shelf struct {
	vectors []float32
	terms   []associate
}

// Keep gives the same place, held on the shelf.
func (s *Shelf) Keep(p Place) Place {
	if p.Vector != nil {
		p.Vector = keep(&s.vectors, p.Vector)
	}
	p.terms = keep(&s.terms, p.terms)
	return p
}

// keep copies values behind those that came before, in a new block where the old one is full.
func keep[T any](block *[]T, values []T) []T {
	if len(*block)+len(values) > cap(*block) {
		*block = make([]T, 0, max(shelfBlock, len(values)))
	}
	from := len(*block)
	*block = append(*block, values...)
	return (*block)[from:len(*block):len(*block)]
}
