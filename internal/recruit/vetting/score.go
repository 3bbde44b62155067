package vetting

import (
	"cmp"
	"math"
	"slices"
)

// The parts of the score with their weights, 100 together.
const (
	PartAccount    = "account"
	PartAudience   = "audience"
	PartEngagement = "engagement"
	PartMatch      = "match"
	PartSafety     = "safety"
	PartRhythm     = "rhythm"
	PartSponsored  = "sponsored"
)

var partWeights = []struct {
	name   string
	weight int
}{
	{PartAccount, 20}, {PartAudience, 20}, {PartEngagement, 20}, {PartMatch, 15}, {PartSafety, 10}, {PartRhythm, 10}, {PartSponsored, 5},
}

// leastWeight is how much of the score must be known before a sum is shown: of less, the rest would be a guess.
const leastWeight = 40

// quality is how good a part is, 0 to 1, and the sentence that says why.
type quality struct {
	known   bool
	value   float64
	because string
	args    Args
}

// score weighs the parts that are known. Their weights are scaled to 100, so that what is unknown counts neither for nor against.
func (r *Report) score() {
	qualities := map[string]quality{
		PartAccount: r.accountQuality(), PartAudience: r.audienceQuality(), PartEngagement: r.engagementQuality(), PartMatch: r.matchQuality(),
		PartSafety: r.safetyQuality(), PartRhythm: r.rhythmQuality(), PartSponsored: r.sponsoredQuality(),
	}
	known := 0
	weights := make([]int, len(partWeights))
	for i, p := range partWeights {
		if qualities[p.name].known {
			weights[i], known = p.weight, known+p.weight
		}
	}
	most := apportion(100, weights)
	r.Parts, r.Score = make([]Part, 0, len(partWeights)), 0
	for i, p := range partWeights {
		q := qualities[p.name]
		part := Part{Name: p.name, Most: most[i], Because: cmp.Or(q.because, p.name+"_unknown"), Args: q.args}
		if q.known {
			part.Points = int(math.Round(float64(part.Most) * min(max(q.value, 0), 1)))
		}
		r.Parts = append(r.Parts, part)
		r.Score += part.Points
	}
	if known < leastWeight {
		r.Unscored, r.Score, r.Parts = UnscoredLittle, 0, nil
	}
}

// apportion divides a whole by weights; what is left over goes to the largest remainders, so that the parts sum to the whole.
func apportion(whole int, weights []int) []int {
	parts, total, given := make([]int, len(weights)), 0, 0
	for _, w := range weights {
		total += w
	}
	if total == 0 {
		return parts
	}
	order := make([]int, len(weights))
	for i, w := range weights {
		parts[i], order[i] = whole*w/total, i
		given += parts[i]
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(whole*weights[b]%total, whole*weights[a]%total) })
	for _, i := range order[:whole-given] {
		parts[i]++
	}
	return parts
}

func (r *Report) accountQuality() quality {
	if !r.Account.Known {
		return quality{}
	}
	return quality{known: true, value: r.Account.Probability, because: "account_probability", args: Args{"probability": percent(r.Account.Probability)}}
}

func (r *Report) audienceQuality() quality {
	q := quality{known: true, because: "audience_" + string(r.Audience.Standing)}
	switch r.Audience.Standing {
	case StandingEarned:
		q.value = 1
	case StandingMixed:
		q.value = 0.5
	case StandingNotEarned:
		q.value = 0.1
	case StandingCannotTell:
		return quality{}
	}
	return q
}

// engagementQuality is full from the benchmark on, half at half of it, and falls again far above, where reactions may be bought.
func (r *Report) engagementQuality() quality {
	e := r.Engagement
	if !e.Known || e.Against == nil {
		return quality{}
	}
	value := min(e.Against.Ratio, 1)
	if e.Against.Ratio > engagementHigh {
		value = 0.6
	}
	return quality{true, value, "engagement_ratio", Args{"rate": percent(e.Rate), "usual": percent(e.Against.Middle / 100), "times": times(e.Against.Ratio)}}
}

func (r *Report) matchQuality() quality {
	if !r.Match.Known {
		return quality{}
	}
	return quality{true, r.Match.Score, "match_share", Args{"share": percent(r.Match.Score)}}
}

func (r *Report) safetyQuality() quality {
	if !r.Safety.Known {
		return quality{}
	}
	q, warned := quality{known: true, value: 1, because: "safety_clear"}, 0
	for _, h := range r.Safety.Hits {
		switch h.Weight {
		case WeightNever:
			return quality{true, 0, "safety_never", Args{"category": key(h.Category)}}
		case WeightWarn:
			warned++
		case WeightNote, WeightOff:
		}
	}
	if warned > 0 {
		q.value, q.because, q.args = max(0.7-0.2*float64(warned), 0.1), "safety_warn", Args{"n": number(float64(warned))}
	}
	return q
}

// rhythmQuality is full for a post a week, the last within a fortnight, and nothing after a quarter of a year of silence.
func (r *Report) rhythmQuality() quality {
	if !r.Rhythm.Known {
		return quality{}
	}
	const fortnight, quarter = 14.0, 90.0
	fresh := 1 - (float64(r.Rhythm.DaysSince)-fortnight)/(quarter-fortnight)
	value := min(r.Rhythm.PerWeek, 1) * min(max(fresh, 0), 1)
	return quality{true, value, "rhythm_figures", Args{"week": Value{Number: round(r.Rhythm.PerWeek, 1), As: FormCount}, "n": number(float64(r.Rhythm.DaysSince))}}
}

// sponsoredQuality is full up to a fifth of paid posts, and falls where paid posts do worse than others.
func (r *Report) sponsoredQuality() quality {
	s := r.Sponsored
	if !s.Known {
		return quality{}
	}
	value := 1 - max(s.Share-0.2, 0)
	if s.Compared {
		value *= 0.5 + 0.5*min(s.Relative, 1)
	}
	return quality{true, value, "sponsored_share", Args{"share": percent(s.Share), "posts": number(float64(s.Posts))}}
}

func round(f float64, digits int) float64 {
	p := math.Pow10(digits)
	return math.Round(f*p) / p
}
