package account

import "math"

// line is one weighted training row: its columns (centred ramps, 0 where unknown) and how genuine it is, 0 to 1.
type line struct {
	x      []float64
	y      float64
	weight float64
}

const (
	newtonSteps = 40
	sweeps      = 200
	settled     = 1e-7
)

// fit minimises the weighted log loss plus penalty/2 × Σ b², with each coefficient kept on the side its signal's direction allows. The first
// coefficient is the prior's and is not penalised. Each Newton step solves its quadratic model by bounded coordinate descent, and is halved until
// it helps, so the result depends on the lines only.
func fit(lines []line, bounds []direction, penalty float64) []float64 {
	n := len(bounds) + 1
	b := make([]float64, n)
	loss := lossOf(lines, b, penalty)
	for range newtonSteps {
		gradient, curve := derivatives(lines, b, penalty)
		step := descend(b, gradient, curve, bounds)
		next, better := along(lines, b, step, penalty, loss)
		if better == loss {
			return b
		}
		done := loss-better < settled*(1+math.Abs(loss))
		b, loss = next, better
		if done {
			return b
		}
	}
	return b
}

func dot(b, x []float64) float64 {
	z := b[0]
	for i, v := range x {
		z += b[i+1] * v
	}
	return z
}

func sigmoid(z float64) float64 { return 1 / (1 + math.Exp(-z)) }

func lossOf(lines []line, b []float64, penalty float64) (sum float64) {
	for _, l := range lines {
		z := dot(b, l.x)
		// log(1+exp(z)) − y·z, written so that neither end overflows
		sum += l.weight * (max(z, 0) + math.Log1p(math.Exp(-math.Abs(z))) - l.y*z)
	}
	for _, c := range b[1:] {
		sum += penalty / 2 * c * c
	}
	return sum
}

func derivatives(lines []line, b []float64, penalty float64) (gradient []float64, curve [][]float64) {
	n := len(b)
	gradient, curve = make([]float64, n), make([][]float64, n)
	for i := range curve {
		curve[i] = make([]float64, n)
	}
	for _, l := range lines {
		p := sigmoid(dot(b, l.x))
		g, h := l.weight*(p-l.y), l.weight*max(p*(1-p), 1e-6)
		gradient[0] += g
		curve[0][0] += h
		for i, xi := range l.x {
			if xi == 0 {
				continue
			}
			gradient[i+1] += g * xi
			curve[i+1][0] += h * xi
			for j, xj := range l.x[:i+1] {
				curve[i+1][j+1] += h * xi * xj
			}
		}
	}
	for i := range n {
		for j := range i {
			curve[j][i] = curve[i][j]
		}
		if i > 0 {
			gradient[i] += penalty * b[i]
			curve[i][i] += penalty
		}
	}
	return gradient, curve
}

// descend finds the step that minimises gradient·step + step·curve·step/2 with b+step inside the bounds.
func descend(b, gradient []float64, curve [][]float64, bounds []direction) []float64 {
	step := make([]float64, len(b))
	slope := append([]float64(nil), gradient...) // gradient + curve·step
	for range sweeps {
		moved := 0.0
		for i := range step {
			if curve[i][i] == 0 {
				continue
			}
			to := b[i] + step[i] - slope[i]/curve[i][i]
			if i > 0 {
				to = bounds[i-1].bound(to)
			}
			d := to - b[i] - step[i]
			if d == 0 {
				continue
			}
			step[i] += d
			for j := range slope {
				slope[j] += curve[j][i] * d
			}
			moved = max(moved, math.Abs(d))
		}
		if moved < 1e-8 {
			break
		}
	}
	return step
}

func (d direction) bound(c float64) float64 {
	switch d {
	case rising:
		return max(0, c)
	case falling:
		return min(0, c)
	case silent:
		return 0
	case either:
	}
	return c
}

// along takes the step, or the longest of its halves that lowers the loss; between two points inside the bounds every point is inside.
func along(lines []line, b, step []float64, penalty, loss float64) ([]float64, float64) {
	next := make([]float64, len(b))
	for length := 1.0; length > 1e-4; length /= 2 {
		for i := range b {
			next[i] = b[i] + length*step[i]
		}
		if l := lossOf(lines, next, penalty); l < loss {
			return next, l
		}
	}
	return b, loss
}
