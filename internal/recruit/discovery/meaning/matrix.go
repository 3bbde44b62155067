package meaning

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// matrix is documents by terms, sparse, rows of unit length.
type matrix struct {
	starts  []int
	columns []uint32
	values  []float32
	width   int // how many terms
}

// shards is how many parts of the documents are summed apart. It is a constant, not the number of processors: sums in another order round differently,
// and a space must not depend on the machine.
const shards = 4

// table is rows by k, row after row.
type table struct {
	rows, k int
	of      []float32
}

func newTable(rows, k int) table { return table{rows, k, make([]float32, rows*k)} }

func (t table) row(i int) []float32 { return t.of[i*t.k : (i+1)*t.k : (i+1)*t.k] }

// squared answers (matrixᵀ · matrix) · q without ever making matrixᵀ · matrix, which would not fit into memory.
func (m *matrix) squared(q table) table {
	parts := make([]table, shards)
	together(shards, func(s int) {
		parts[s] = newTable(m.width, q.k)
		row := make([]float32, q.k)
		docs := len(m.starts) - 1
		for d := docs * s / shards; d < docs*(s+1)/shards; d++ {
			clear(row)
			m.project(d, q, row)
			for i := m.starts[d]; i < m.starts[d+1]; i++ {
				add(parts[s].row(int(m.columns[i])), row, m.values[i])
			}
		}
	})
	together(shards, func(s int) {
		from, to := len(parts[0].of)*s/shards, len(parts[0].of)*(s+1)/shards
		for _, p := range parts[1:] {
			add(parts[0].of[from:to], p.of[from:to], 1)
		}
	})
	return parts[0]
}

// project adds document d · q to row.
func (m *matrix) project(d int, q table, row []float32) {
	for i := m.starts[d]; i < m.starts[d+1]; i++ {
		add(row, q.row(int(m.columns[i])), m.values[i])
	}
}

// gram answers aᵀ · b.
func gram(a, b table) *mat.SymDense {
	sums := make([][]float64, shards)
	together(shards, func(s int) {
		sum := make([]float64, a.k*a.k)
		for r := a.rows * s / shards; r < a.rows*(s+1)/shards; r++ {
			x, y := a.row(r), b.row(r)
			for i, v := range x {
				if v == 0 {
					continue
				}
				w := float64(v)
				line := sum[i*a.k : (i+1)*a.k]
				for j := i; j < a.k; j++ {
					line[j] += w * float64(y[j])
				}
			}
		}
		sums[s] = sum
	})
	for _, s := range sums[1:] {
		for i, v := range s {
			sums[0][i] += v
		}
	}
	return mat.NewSymDense(a.k, sums[0])
}

// turned answers t · by, where by is k × to.
func turned(t table, by *mat.Dense, to int) table {
	flat := make([]float32, t.k*to)
	for i := range t.k {
		for j := range to {
			flat[i*to+j] = float32(by.At(i, j))
		}
	}
	out := newTable(t.rows, to)
	together(shards, func(s int) {
		for r := t.rows * s / shards; r < t.rows*(s+1)/shards; r++ {
			line := out.row(r)
			for i, v := range t.row(r) {
				add(line, flat[i*to:(i+1)*to], v)
			}
		}
	})
	return out
}

// eigen answers the eigenvalues of a symmetric matrix, largest first, and their vectors as columns.
func eigen(of *mat.SymDense) (values []float64, vectors *mat.Dense) {
	var e mat.EigenSym
	if !e.Factorize(of, true) {
		panic("BUG: a symmetric matrix of finite numbers has eigenvalues")
	}
	rising := e.Values(nil)
	var v mat.Dense
	e.VectorsTo(&v)
	n := len(rising)
	vectors = mat.NewDense(n, n, nil)
	values = make([]float64, n)
	for j := range n {
		values[j] = rising[n-1-j]
		for i := range n {
			vectors.Set(i, j, v.At(i, n-1-j))
		}
	}
	return values, vectors
}

// orthonormal answers a table of the same span whose columns stand at right angles and have unit length. Directions that are lost in rounding
// become zero columns.
func orthonormal(t table) table {
	values, vectors := eigen(gram(t, t))
	for j, v := range values {
		scale := 0.0
		if v > 1e-9*values[0] && v > 0 {
			scale = 1 / math.Sqrt(v)
		}
		for i := range values {
			vectors.Set(i, j, vectors.At(i, j)*scale)
		}
	}
	return turned(t, vectors, t.k)
}
