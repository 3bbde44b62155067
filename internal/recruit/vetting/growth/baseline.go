package growth

import (
	"math"
	"slices"
)

// window is how many steps on either side say what the time around a step is like.
const window = 15

// stepsOf compares each step with those around it.
func stepsOf(points []Point) []step {
	steps := make([]step, len(points)-1)
	for i := range steps {
		a, b := points[i], points[i+1]
		steps[i] = step{from: a, to: b, days: b.At.Sub(a.At).Hours() / 24, growth: math.Log(float64(b.Followers) / float64(a.Followers))}
	}
	rounded := areRounded(points)
	for i := range steps {
		around := slices.Concat(steps[max(0, i-window):i], steps[i+1:min(len(steps), i+1+window)])
		steps[i].compare(around, rounded)
	}
	return steps
}

func (s *step) compare(around []step, rounded bool) {
	rates := make([]float64, len(around))
	for i, o := range around {
		rates[i] = o.growth / o.days
	}
	rate := median(rates)
	strays := make([]float64, len(around))
	for i, o := range around {
		strays[i] = math.Abs(o.growth-rate*o.days) / math.Sqrt(o.days)
	}
	slices.Sort(strays)
	// Two robust readings of one standard deviation, for a normal distribution: the median of |stray| × 1.4826 and its 85th percentile ÷ 1.44.
	// The second sees that attention comes in bursts; both leave room for a purchase or a viral week among the neighbours.
	spread := max(1.4826*quantile(strays, 0.5), quantile(strays, 0.85)/1.44)
	s.expected = rate * s.days
	s.noise = math.Sqrt(spread*spread*s.days + s.leastNoise(rounded))
}

// leastNoise is the variance a step has however calm its neighbours are: people come and go one by one (about 1 % of an audience a day, our own
// assumption, as a Poisson count), counts are rounded, and nothing is known better than a tenth of a percent.
func (s *step) leastNoise(rounded bool) float64 {
	followers := float64(s.from.Followers)
	variance := 0.001*0.001 + 0.01*s.days/followers
	if rounded {
		// the difference of two counts, each off by up to half a unit
		unit := math.Pow10(int(math.Log10(followers))-2) / followers
		variance += unit * unit / 6
	}
	return variance
}

// areRounded says whether all counts have three significant digits, as TikTok and YouTube show them ("12.3K").
func areRounded(points []Point) bool {
	for _, p := range points {
		if unit := int64(math.Pow10(int(math.Log10(float64(p.Followers))) - 2)); unit > 1 && p.Followers%unit != 0 {
			return false
		}
	}
	return true
}

func median(values []float64) float64 {
	sorted := slices.Clone(values)
	slices.Sort(sorted)
	return quantile(sorted, 0.5)
}

// quantile reads a sorted list, straight between its members; an empty one has 0.
func quantile(sorted []float64, q float64) float64 {
	if len(sorted) == 0 {
		return 0
	}
	at := q * float64(len(sorted)-1)
	low := int(at)
	high := min(low+1, len(sorted)-1)
	return sorted[low] + (at-float64(low))*(sorted[high]-sorted[low])
}
