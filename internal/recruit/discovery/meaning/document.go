package meaning

import "math"

// Document is what is known of one creator's texts.
type Document struct {
	Key      string
	Texts    []string // captions; hashtags may stand in them
	Hashtags []string // with or without #
	Bio      string
}

// Vector is a place in a space: of unit length, or nil for a text that holds nothing known.
type Vector []float32

// Dot is the nearness of two vectors of one space, −1 to 1; 0 if either is nil. Vectors of different length are of different spaces: a bug.
func Dot(a, b Vector) float64 {
	if len(a) == 0 || len(b) == 0 {
		return 0
	}
	return float64(dot(a, b))
}

// dot keeps four sums: one alone waits for itself.
func dot(a, b []float32) float32 {
	if len(a) != len(b) {
		panic("BUG: vectors of different spaces are compared")
	}
	var s0, s1, s2, s3 float32
	i := 0
	for ; i+4 <= len(a); i += 4 {
		x, y := a[i:i+4:i+4], b[i:i+4:i+4]
		s0 += x[0] * y[0]
		s1 += x[1] * y[1]
		s2 += x[2] * y[2]
		s3 += x[3] * y[3]
	}
	for ; i < len(a); i++ {
		s0 += a[i] * b[i]
	}
	return (s0 + s1) + (s2 + s3)
}

// unit brings v to length 1 in place, or answers nil where there is no direction.
func unit(v []float32) Vector {
	var sum float64
	for _, x := range v {
		sum += float64(x) * float64(x)
	}
	if !(sum > 1e-24) || math.IsInf(sum, 0) {
		return nil
	}
	by := float32(1 / math.Sqrt(sum))
	for i := range v {
		v[i] *= by
	}
	return v
}

// Mean is the middle of vectors, for "like my best ten"; nil vectors take no part.
func Mean(all ...Vector) Vector {
	var sum []float32
	for _, v := range all {
		if v == nil {
			continue
		}
		if sum == nil {
			sum = make([]float32, len(v))
		}
		add(sum, v, 1)
	}
	return unit(sum)
}

// add adds by × v to sum.
func add(sum, v []float32, by float32) {
	v = v[:len(sum)]
	for i := range sum {
		sum[i] += by * v[i]
	}
}
