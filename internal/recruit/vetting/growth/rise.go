package growth

import (
	"math"
	"slices"
)

const (
	riseSteps = 7
	leastRise = 0.1 // in those steps, beyond the growth of the whole series
)

// slowRise finds the steepest week of a series none of whose days stands out. Seven days of 3 % become the ordinary of their time and hide each
// other; against the other weeks they show. What lifted them (following back, an article, small portions bought) the counts do not say.
func slowRise(steps []step, views []view) []Spike {
	if len(steps) < 4*riseSteps {
		return nil
	}
	rates := make([]float64, len(steps))
	for i, s := range steps {
		rates[i] = s.growth / s.days
	}
	rate := median(rates)
	weeks := make([]float64, len(steps)-riseSteps+1)
	for i := range weeks {
		for _, s := range steps[i : i+riseSteps] {
			weeks[i] += s.growth - rate*s.days
		}
	}
	at := steepest(weeks)
	strays := make([]float64, len(weeks))
	for i, w := range weeks {
		strays[i] = math.Abs(w)
	}
	noise := max(0.01, 1.4826*median(strays))
	if weeks[at] < max(math.Log1p(leastRise), standsOut*noise) {
		return nil
	}
	run := steps[at : at+riseSteps]
	first, last := run[0].from, run[riseSteps-1].to
	if attentionTo(views, first.At, last.At).rose {
		return nil // a good week, and watched as one
	}
	days := last.At.Sub(first.At).Hours() / 24
	return []Spike{{
		At: last.At, Days: days, Gain: last.Followers - first.Followers, Expected: int64(math.Round(float64(first.Followers) * math.Expm1(rate*days))),
		Ratio: math.Expm1(weeks[at]), Noise: weeks[at] / noise, Decayed: decayed(steps, at+riseSteps, weeks[at]), Because: BecauseSeveralDays,
	}}
}

func steepest(weeks []float64) int { return slices.Index(weeks, slices.Max(weeks)) }
