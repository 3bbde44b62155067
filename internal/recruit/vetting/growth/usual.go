package growth

import (
	"math"
	"slices"
)

const (
	beyondOthers = 1.4 // times the stray and the excess of any other day: then a spike towers, and may be weak
	akin         = 0.5 // of the excess of a spike, and
	akinStray    = 3.0 // times the stray: a day nearly as unlike the others as the spike
	mostAkin     = 1   // a second purchase leaves the first one standing; three such days are how the account is
)

// alone says whether a step is unlike the other days of the series, seen together and not only beside it. Weeks whose days stray like a bell curve
// bring one day in two thousand beyond 3.5 times the stray, restless ones (a good post here, a quiet day there) many. Where not even a purchase of 30 %
// would stand out, a spike must do both: be strong and tower.
func (s step) alone(steps, run []step, views []view) bool {
	others, towered := 0, true
	for _, o := range steps {
		if !o.to.At.Before(run[0].to.At) && !o.to.At.After(run[len(run)-1].to.At) {
			continue
		}
		near := max(math.Abs(o.z())/s.z(), math.Abs(o.excess())/s.excess()) >= 1/beyondOthers
		kin := math.Abs(o.excess()) >= akin*s.excess() && math.Abs(o.z()) >= akinStray
		if !near && !kin {
			continue
		}
		if seen := attentionTo(views, o.from.At, o.to.At); seen.rose || seen.some {
			continue // a viral day is no ordinary one
		}
		towered = towered && !near
		if kin {
			others++
		}
		if others > mostAkin {
			return false
		}
	}
	strong, calm := s.z() >= standsOut, leastOf(steps) <= tooRestless
	return strong && towered || calm && (strong || towered)
}

const (
	shoulderOne = 0.6 // of the peak's excess a day, in one step beside it
	shoulderTwo = 0.8 // in two
)

// shouldered says whether the steps beside a peak rose with it: a giveaway over days whose single days hardly stand out.
func shouldered(steps []step, peak step) bool {
	at := slices.IndexFunc(steps, func(s step) bool { return s.to.At.Equal(peak.to.At) })
	beside := func(i int) float64 {
		if i < 0 || i >= len(steps) {
			return 0
		}
		return steps[i].excess()
	}
	left, right, a := beside(at-1), beside(at+1), peak.excess()/max(1, peak.days)
	return max(left, right) >= shoulderOne*a || max(left+beside(at-2), left+right, right+beside(at+2)) >= shoulderTwo*a
}

// beyondPosts is how many times the best of other posts brought a day of a post must bring before it stands out from them.
const beyondPosts = 3.0

func (s step) posted() bool { return s.to.Views != nil && *s.to.Views > 0 }

// usualOfPosts is what good posts of a seldom-posting account bring: the ninth of ten. Its followers come on the days of posts, which are too few to
// show in the stray of all days. 0 where most days have a post, or too few have.
func usualOfPosts(steps []step, but step) float64 {
	var brought []float64
	for _, s := range steps {
		if s.posted() && !s.to.At.Equal(but.to.At) {
			brought = append(brought, s.excess())
		}
	}
	if len(brought) < leastWatched || 2*len(brought) > len(steps) {
		return 0
	}
	slices.Sort(brought)
	return quantile(brought, 0.9)
}
