package discovery

import "math"

// floor is the fit by which creators are put in order, 0 to 1: what they are worth at least, as far as one can tell. An unknown part counts as
// middling (a half), less one standard deviation of what unknown parts may turn out to be: each could be anything from 0 to 1, alike likely, which
// spreads by 1/√12 around the half. With everything known it is the fit itself.
//
//	asked weights 30, 20, 10, 10; only one of 10 is known, and it is full: 100 of 100, 14 % known
//	middle (10 + ½ × 60) ÷ 70 = 0.57; spread √(30² + 20² + 10²) ÷ √12 ÷ 70 = 0.15 → 0.42
//	everything known, 60 of 100 → 0.60, which stands before it
func (m *measures) floor() float64 {
	asked, middle, spread := 0.0, 0.0, 0.0
	for i := range m {
		if !m[i].asked {
			continue
		}
		weight := float64(partWeights[i].weight)
		asked += weight
		if m[i].known {
			middle += float64(weight * m[i].score) // rounded before it is added, on every processor
		} else {
			middle, spread = middle+weight/2, spread+weight*weight
		}
	}
	if asked == 0 {
		return 0
	}
	return (middle - math.Sqrt(spread/12)) / asked
}
