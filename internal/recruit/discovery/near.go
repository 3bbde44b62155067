package discovery

// nearness is how close creators are in meaning to what is searched for.
type nearness struct {
	by []float32 // by slot, 0 to 1; nil where nothing is known
}

func (s *state) nearness(Query) nearness { return nearness{} }

func (n nearness) holds(at uint32) bool { return n.by != nil && n.by[at] > 0.3 }

func (n nearness) of(at uint32) float64 {
	if n.by == nil {
		return 0
	}
	return float64(n.by[at])
}

func (n nearness) similar(at uint32) (float64, bool) {
	if n.by == nil {
		return 0, false
	}
	return float64(n.by[at]), true
}

func (n nearness) why(uint32) []Why { return nil }
