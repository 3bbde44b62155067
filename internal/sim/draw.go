package sim

import (
	"math"
	"math/rand/v2"
	"time"
)

// Streams of random numbers, one for each part of the market, so that drawing more for one part does not change the others.
const (
	streamCreators = 1 << 32
	streamDays     = 2 << 32
	streamPosts    = 3 << 32
	streamScouted  = 4 << 32
)

// dice are the random draws of one stream.
type dice struct{ *rand.Rand }

func newDice(seed, stream uint64) dice { return dice{rand.New(rand.NewPCG(seed, stream))} } //nolint:gosec // a reproducible market, no secret

// Range is a closed interval from which a figure is drawn.
type Range struct {
	Low  float64 `json:"low"`
	High float64 `json:"high"`
}

// wide ranges span more than a factor of three; those are drawn log-uniformly, so that the small half gets its share.
func (r Range) wide() bool { return r.Low > 0 && r.High > 3*r.Low }

func (d dice) in(r Range) float64 {
	if r.wide() {
		return r.Low * math.Exp(d.Float64()*math.Log(r.High/r.Low))
	}
	return r.Low + d.Float64()*(r.High-r.Low)
}

func (d dice) chance(p float64) bool { return d.Float64() < p }

// spread is a factor around 1 with mean 1 and the given standard deviation of its logarithm.
func (d dice) spread(logSD float64) float64 {
	return math.Exp(d.NormFloat64()*logSD - logSD*logSD/2)
}

// poisson counts rare events with the given mean. Above 30 the normal approximation is close enough for a market.
func (d dice) poisson(mean float64) int {
	if mean <= 0 {
		return 0
	}
	if mean > 30 {
		return max(0, int(math.Round(mean+math.Sqrt(mean)*d.NormFloat64())))
	}
	n, p, floor := 0, d.Float64(), math.Exp(-mean)
	for p > floor {
		p *= d.Float64()
		n++
	}
	return n
}

// weighted returns an index with a chance in proportion to its weight. At least one weight is positive.
func (d dice) weighted(weights []float64) int {
	var sum float64
	for _, w := range weights {
		sum += w
	}
	x := d.Float64() * sum
	for i, w := range weights {
		if x -= w; x < 0 {
			return i
		}
	}
	for i := len(weights) - 1; i >= 0; i-- {
		if weights[i] > 0 {
			return i
		}
	}
	panic("BUG: no positive weight to draw from")
}

func pick[T any](d dice, from []T) T { return from[d.IntN(len(from))] }

// wait is a lognormal time: half of the draws are shorter than the median.
func (d dice) wait(medianHours, logSD float64) time.Duration {
	return hours(medianHours * math.Exp(d.NormFloat64()*logSD))
}

// hours and days keep whole milliseconds: what a webhook or a log can carry.
func hours(h float64) time.Duration {
	return time.Duration(h * float64(time.Hour)).Truncate(time.Millisecond)
}

func days(n float64) time.Duration { return hours(24 * n) }

// quotas cuts n into parts in proportion to the weights, by largest remainder, so that a small market has its tiers too.
func quotas(n int, weights []float64) []int {
	var sum float64
	for _, w := range weights {
		sum += w
	}
	parts, rest := make([]int, len(weights)), make([]float64, len(weights))
	left := n
	for i, w := range weights {
		exact := float64(n) * w / sum
		parts[i] = int(exact)
		rest[i] = exact - float64(parts[i])
		left -= parts[i]
	}
	for range left {
		best := 0
		for i := range rest {
			if rest[i] > rest[best] {
				best = i
			}
		}
		parts[best]++
		rest[best] = -1
	}
	return parts
}
