package meaning

import (
	"math"
	"math/rand/v2"
)

// The random projection: a few more directions than wanted, and three rounds, as Halko, Martinsson and Tropp advise for spectra that
// fall slowly (Finding Structure with Randomness, SIAM Review 53, 2011, §4.5).
const (
	moreDirections = 8
	rounds         = 3
)

// decompose finds the k strongest directions of the terms and how strong each is (the singular values). Fewer come back where the matrix holds fewer.
func decompose(m *matrix, k int, seed uint64) (directions table, strength []float64) {
	l := min(k+moreDirections, m.width)
	random := rand.New(rand.NewPCG(seed, 0x6d65616e696e67)) //nolint:gosec // a projection drawn from a seed on purpose: the same texts give the same space
	q := newTable(m.width, l)
	for i := range q.of {
		q.of[i] = float32(random.NormFloat64())
	}
	q = orthonormal(q)
	for range rounds {
		q = orthonormal(m.squared(q))
	}
	values, vectors := eigen(gram(q, m.squared(q)))
	keep := 0
	for keep < min(k, l) && values[keep] > 1e-6*values[0] && values[keep] > 0 {
		strength = append(strength, math.Sqrt(values[keep]))
		keep++
	}
	return turned(q, vectors, keep), strength
}
