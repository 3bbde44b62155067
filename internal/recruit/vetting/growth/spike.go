package growth

import (
	"cmp"
	"math"
	"slices"
	"time"

	"rapport/internal/recruit/creators"
)

// episode is a run of steps that stand out in the same direction: steps[first:last].
type episode struct{ first, last int }

// episodes finds runs around steps that stand out; neighbours that stray on the same side belong to them.
func episodes(steps []step) (found []episode) {
	for i := 0; i < len(steps); i++ {
		z := steps[i].z()
		if math.Abs(z) < weak {
			continue
		}
		e := episode{i, i + 1}
		for e.first > 0 && same(steps[e.first-1], z) && (len(found) == 0 || e.first > found[len(found)-1].last) {
			e.first--
		}
		for e.last < len(steps) && same(steps[e.last], z) {
			e.last++
		}
		found = append(found, e)
		i = e.last - 1
	}
	return found
}

// same says whether a step strays clearly to the side of z.
func same(s step, z float64) bool {
	return s.z()*math.Copysign(1, z) > 2 && math.Abs(s.excess()) > 0.01
}

func (e episode) spike(steps []step, views []view, tier creators.Tier) (Spike, bool) {
	run := steps[e.first:e.last]
	peak := slices.MaxFunc(run, func(a, b step) int { return cmp.Compare(math.Abs(a.z()), math.Abs(b.z())) })
	var excess, expected, days float64
	for _, s := range run {
		excess, expected, days = excess+s.excess(), expected+s.expected, days+s.days
	}
	before := run[0].from.Followers
	s := Spike{
		At: peak.to.At, Days: days, Gain: run[len(run)-1].to.Followers - before, Expected: int64(math.Round(float64(before) * math.Expm1(expected))),
		Ratio: math.Expm1(excess), Noise: peak.z(), Decayed: decayed(steps, e.last, excess),
	}
	if math.Abs(s.Ratio) < leastSeen {
		return Spike{}, false
	}
	s.judge(peak, excess, views, steps, run, tier)
	// What is weak and small or explained is an ordinary day.
	return s, math.Abs(s.Noise) >= standsOut || s.Because != BecauseSmall && s.Because != BecauseLoss
}

func (s *Spike) judge(peak step, excess float64, views []view, steps, run []step, tier creators.Tier) {
	if excess < 0 {
		s.Because, s.Noise = BecauseLoss, math.Abs(s.Noise)
		return
	}
	seen := attentionTo(views, run[0].from.At, run[len(run)-1].to.At)
	gained := float64(s.Gain - s.Expected)
	switch {
	case seen.rose && seen.more >= gained*leastPerFollower:
		s.Explained, s.Because = true, BecauseViewsRose
	case s.Noise < standsOut || math.Expm1(peak.excess()) < leastBought && math.Expm1(excess) < leastBought || s.Gain-s.Expected < leastGain(tier):
		s.Because = BecauseSmall
	case seen.rose || seen.some:
		s.Because = BecauseFewerViews
	case !seen.known:
		s.Because = BecauseViewsUnknown
	case peak.days > mostStep:
		s.Because = BecauseGap
	case slices.ContainsFunc(run, step.posted) && peak.excess() < beyondPosts*usualOfPosts(steps, peak):
		s.Because = BecausePostsDo
	case peak.excess() < vertical*excess || math.Expm1(peak.excess()) < leastBought:
		s.Because = BecauseSeveralDays
	default:
		s.Because = BecauseNoViews
	}
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

// decayed is the share of an excess that was gone two weeks after the run, beyond the growth expected anyway.
func decayed(steps []step, after int, excess float64) (share float64) {
	if after >= len(steps) {
		return 0
	}
	until := steps[after].from.At.Add(14 * 24 * time.Hour)
	var since float64
	for _, s := range steps[after:] {
		if s.to.At.After(until) {
			break
		}
		since += s.excess()
	}
	return min(1, max(0, -since/excess))
}

// view is the views around a moment, in logarithms.
type view struct {
	at  time.Time
	log float64
}

func viewsOf(points []Point) (views []view) {
	for _, p := range points {
		if p.Views != nil && *p.Views >= 0 {
			views = append(views, view{p.At, math.Log1p(float64(*p.Views))})
		}
	}
	return views
}

const (
	viewsAround  = 21 * 24 * time.Hour
	viewsBeside  = 36 * time.Hour // a video runs a day before its watchers follow, or on the day after
	leastViews   = 7              // moments with known views around a spike, silent ones included
	leastWatched = 3              // of them, or of the whole series, those on which something was published
	leastTimes   = 2.0            // the views of an explaining rise, as a multiple of the ordinary
	sparseTimes  = 3.0            // the same where fewer than leastViews posts say what is ordinary
	viewsStrayed = 2.5            // and standard deviations above them

	// Whoever follows because of a post has watched it: a rise of fewer views than followers came explains nothing.
	leastPerFollower = 1.0
)

// attention is what the views around a spike say.
type attention struct {
	known bool
	rose  bool
	some  bool    // less than a rise, more than most posts get: neither explains nor accuses
	more  float64 // views above the ordinary, of the moment watched most
}

// attentionTo compares the views of a spike's days, and of the day beside them, with those of other days on which something was published.
// A silent day has no views: it is no measure of what a post usually gets, or every post of somebody who posts once a week would be a rise.
func attentionTo(views []view, from, to time.Time) (a attention) {
	var then, around, always []float64
	moments := 0
	for _, v := range views {
		if v.at.After(from.Add(-viewsBeside)) && v.at.Before(to.Add(viewsBeside)) {
			then = append(then, v.log)
			continue
		}
		near := v.at.After(from.Add(-viewsAround)) && v.at.Before(to.Add(viewsAround))
		if near {
			moments++
		}
		if v.log == 0 {
			continue
		}
		always = append(always, v.log)
		if near {
			around = append(around, v.log)
		}
	}
	if len(around) < leastViews {
		around = always
	}
	if len(then) == 0 || moments < leastViews || len(around) < leastWatched {
		return attention{}
	}
	least := math.Log(leastTimes)
	if len(around) < leastViews {
		least = math.Log(sparseTimes)
	}
	ordinary, most := median(around), slices.Max(then)
	for i, v := range around {
		around[i] = math.Abs(v - ordinary)
	}
	above, stray := most-ordinary, 1.4826*median(around)
	return attention{known: true, rose: above >= max(least, viewsStrayed*stray), some: above >= max(math.Log(leastTimes), stray), more: math.Exp(most) - math.Exp(ordinary)}
}
