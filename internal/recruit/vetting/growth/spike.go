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
	// What is weak and small is an ordinary day.
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
	case math.Expm1(peak.excess()) < leastBought && math.Expm1(excess) < leastBought || s.Gain-s.Expected < leastGain(tier) || !peak.alone(steps, run, views):
		s.Because = BecauseSmall
	case seen.rose || seen.some:
		s.Because = BecauseFewerViews
	case !seen.known:
		s.Because = BecauseViewsUnknown
	case peak.days > mostStep:
		s.Because = BecauseGap
	case slices.ContainsFunc(run, step.posted) && peak.excess() < beyondPosts*usualOfPosts(steps, peak):
		s.Because = BecausePostsDo
	case peak.excess() < vertical*excess || math.Expm1(peak.excess()) < leastBought || shouldered(steps, peak):
		s.Because = BecauseSeveralDays
	default:
		s.Because = BecauseNoViews
	}
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
