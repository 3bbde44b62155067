package growth

import (
	"cmp"
	"math"
	"slices"
	"time"

	"rapport/internal/recruit/creators"
)

// step is what happened between two counts that follow each other.
type step struct {
	from, to Point
	days     float64
	growth   float64 // ln(to ÷ from)
	expected float64 // growth the time around it had in as many days
	noise    float64 // ordinary stray of a step of this length
}

func (s step) excess() float64 { return s.growth - s.expected }
func (s step) z() float64      { return s.excess() / s.noise }

// Judge looks at one profile's series. Points may come in any order; those of the same moment and those without followers are left out.
func Judge(points []Point, tier creators.Tier) Finding {
	points = ordered(points)
	f := Finding{Verdict: VerdictCannotTell, Points: len(points), Sure: SurenessLow}
	if len(points) > 1 {
		f.Days = int(math.Round(points[len(points)-1].At.Sub(points[0].At).Hours() / 24))
	}
	if len(points) <= leastSteps {
		f.Because = []Reason{BecauseFewPoints}
		return f
	}
	steps := stepsOf(points)
	f.Least = leastOf(steps)
	views := viewsOf(points)
	for _, e := range episodes(steps) {
		if s, ok := e.spike(steps, views, tier); ok {
			f.Spikes = append(f.Spikes, s)
		}
	}
	if len(f.Spikes) == 0 {
		f.Spikes = slowRise(steps, views)
	}
	f.decide(followingJumped(steps))
	return f
}

func ordered(points []Point) []Point {
	kept := make([]Point, 0, len(points))
	for _, p := range points {
		if p.Followers > 0 && p.Followers <= creators.MaxCount {
			kept = append(kept, p)
		}
	}
	slices.SortStableFunc(kept, func(a, b Point) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Followers, b.Followers)) })
	// Counts less than half a day apart are one day's: their difference is the hour's, not the day's.
	kept = slices.CompactFunc(kept, func(a, b Point) bool { return b.At.Sub(a.At).Abs() < 12*time.Hour })
	return kept[max(0, len(kept)-mostPoints):]
}

// leastOf is the smallest one-day gain that would stand out, typical over the series.
func leastOf(steps []step) float64 {
	daily := make([]float64, len(steps))
	for i, s := range steps {
		daily[i] = s.noise / math.Sqrt(max(1, s.days))
	}
	return max(leastBought, math.Expm1(standsOut*median(daily)))
}

// followingJumped says whether the account followed many at once: 200 accounts and a fifth more in a day.
func followingJumped(steps []step) bool {
	return slices.ContainsFunc(steps, func(s step) bool {
		if s.from.Following == nil || s.to.Following == nil || s.days > mostStep {
			return false
		}
		more := *s.to.Following - *s.from.Following
		return more >= 200 && more*5 >= *s.from.Following
	})
}

// decide draws the verdict from the spikes: one bought-looking spike decides, then doubt, then explained ones.
func (f *Finding) decide(followingJumped bool) {
	var bought, doubt, organic []Spike
	for _, s := range f.Spikes {
		switch {
		case s.Because == BecauseNoViews:
			bought = append(bought, s)
		case s.Explained:
			organic = append(organic, s)
		default:
			doubt = append(doubt, s)
		}
	}
	decisive := doubt
	switch {
	case len(bought) > 0:
		f.Verdict, decisive = VerdictBought, bought
	case len(doubt) > 0:
	case f.Least > tooRestless:
		f.Because = append(f.Because, BecauseTooNoisy)
	case len(organic) > 0:
		f.Verdict, decisive = VerdictOrganic, organic
	default:
		f.Verdict = VerdictSteady
	}
	for _, s := range decisive {
		if !slices.Contains(f.Because, s.Because) {
			f.Because = append(f.Because, s.Because)
		}
	}
	if followingJumped {
		f.Because = append(f.Because, BecauseFollowing)
	}
	f.Sure = f.sureness(decisive)
}

func (f *Finding) sureness(decisive []Spike) Sureness {
	if f.Verdict == VerdictCannotTell {
		return SurenessLow
	}
	if f.Verdict == VerdictSteady {
		if f.Least <= 0.06 && f.Points > 2*leastSteps {
			return SurenessHigh
		}
		return SurenessMedium
	}
	strongest := 0.0
	for _, s := range decisive {
		strongest = max(strongest, s.Noise)
	}
	if strongest >= 2*standsOut {
		return SurenessHigh
	}
	return SurenessMedium
}
