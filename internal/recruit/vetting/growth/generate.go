package growth

import (
	"math"
	"math/rand/v2"
	"time"

	"rapport/internal/recruit/creators"
)

// Kind is what truly happened in a made series.
type Kind string

// The kinds, with the share each has in an evaluation.
const (
	KindClean     Kind = "clean"     // 50 %: nothing but ordinary days
	KindViral     Kind = "viral"     // 20 %: 3–30 % on the first day, fading over 3–6 days, views three to twenty times as many
	KindGiveaway  Kind = "giveaway"  // 5 %: 5–20 % over 3–5 days without views, up to half of it lost again
	KindPurchased Kind = "purchased" // 25 %: 5–30 % in one day, half of them losing up to half of it again; every fifth had a viral week too
)

// Manner is how a month's growth is laid over its days: the lists do not say.
type Manner string

// The manners.
const (
	// MannerSpread draws each month's growth from the list and spreads it over the days in bursts that go with the views.
	MannerSpread Manner = "spread"
	// MannerIndependent draws every day on its own, with the list's standard deviation ÷ √30: the most restless days that make such months.
	MannerIndependent Manner = "independent"
)

// Case is a made series with its truth.
type Case struct {
	Kind   Kind
	Points []Point
	At     time.Time // of the purchase
	Size   float64   // of the purchase, as a share of the followers before
}

const (
	madeDays = 90
	missing  = 0.05 // of the days nobody counted
	silent   = -100 // ln(views) of a day without a post
)

// maker makes series.
type maker struct {
	random   *rand.Rand
	variance Variance
	tier     creators.Tier
	manner   Manner
	every    int // days between counts: 1, or 7 for weekly ones
	posting  posting
}

// posting is how often something is published: every so many days on average; 0 and 1 are every day.
type posting struct {
	days  int
	onDay bool // a purchase falls on the day of an ordinary post
}

// habits differ from account to account, and the judge is not told them (the ranges are our own assumption).
type habits struct {
	viewsSD float64 // of ln(views) from post to post
	churn   float64 // of an audience comes and goes in a day
}

func (m maker) habits() habits {
	return habits{0.2 + 0.4*m.random.Float64(), 0.002 * math.Pow(10, m.random.Float64())}
}

// year is an arbitrary start: judgements do not depend on it.
var year = time.Date(2025, time.January, 1, 0, 0, 0, 0, time.UTC)

// make makes one series; size is the purchase's, 0 where there is none.
func (m maker) make(kind Kind, size float64) Case {
	c := Case{Kind: kind, Size: size}
	own := m.habits()
	growth, views := m.ordinary(own)
	day := 20 + m.random.IntN(madeDays-40)
	switch kind {
	case KindClean:
	case KindViral:
		m.viral(growth, views, day)
	case KindGiveaway:
		m.giveaway(growth, day)
	case KindPurchased:
		if m.random.Float64() < 0.2 {
			m.viral(growth, views, (day+25)%(madeDays-10))
		}
		m.purchase(growth, views, own, day, size)
		c.At = year.AddDate(0, 0, day)
	}
	c.Points = m.count(growth, views, own)
	return c
}

// ordinary is the growth and ln(views) of days on which nothing happened.
func (m maker) ordinary(own habits) (growth, views []float64) {
	growth, views = make([]float64, madeDays), make([]float64, madeDays)
	for d := range views {
		views[d] = own.viewsSD * m.random.NormFloat64()
		if m.posting.days > 1 && m.random.IntN(m.posting.days) > 0 {
			views[d] = silent
		}
	}
	for from := 0; from < madeDays; from += 30 {
		month := growth[from : from+30]
		if m.manner == MannerIndependent {
			for d := range month {
				month[d] = m.variance.SD / math.Sqrt(30) * m.random.NormFloat64()
			}
			continue
		}
		total, whole := m.drawn(), 0.0
		for d := range month {
			// followers come with attention, and a little by themselves
			month[d] = math.Exp(max(views[from+d], -1) + 0.35*m.random.NormFloat64())
			whole += month[d]
		}
		for d := range month {
			month[d] *= total / whole
		}
	}
	return growth, views
}

// drawn is a month's growth as the list has it, straight between its quantiles.
func (m maker) drawn() float64 {
	at, u := quantileSteps(), 0.01+0.98*m.random.Float64()
	q := m.variance.Quantiles
	for i := 1; i < len(at); i++ {
		if u <= at[i] {
			return q[i-1] + (u-at[i-1])/(at[i]-at[i-1])*(q[i]-q[i-1])
		}
	}
	return q[len(q)-1]
}

func (m maker) viral(growth, views []float64, day int) {
	size, times := 0.03+0.27*m.random.Float64(), math.Log(3+17*m.random.Float64())
	lag := m.random.IntN(2) // followers come on the day, or on the next
	for k := range 3 + m.random.IntN(4) {
		fade := math.Exp(-0.6 * float64(k))
		if m.posting.days <= 1 {
			views[day+k] += times * fade
		} else if k == 0 { // one post, and its views stand on its day
			views[day] = max(views[day], 0) + times
		}
		growth[day+k+lag] += math.Log1p(size * fade)
	}
}

func (m maker) giveaway(growth []float64, day int) {
	size, days := 0.05+0.15*m.random.Float64(), 3+m.random.IntN(3)
	for k := range days {
		growth[day+k] += math.Log1p(size) / float64(days) * (0.7 + 0.6*m.random.Float64())
	}
	m.lose(growth, day+days, 0.5*m.random.Float64()*size)
}

func (m maker) purchase(growth, views []float64, own habits, day int, size float64) {
	growth[day] += math.Log1p(size)
	if m.posting.onDay && views[day] == silent {
		views[day] = own.viewsSD * m.random.NormFloat64()
	}
	if m.random.Float64() < 0.5 {
		m.lose(growth, day+1, 0.5*m.random.Float64()*size)
	}
}

// lose takes a share away again, quickly at first.
func (m maker) lose(growth []float64, from int, share float64) {
	for k := 0; k < 15 && from+k < len(growth); k++ {
		growth[from+k] -= share * 0.2 * math.Exp(-0.2*float64(k))
	}
}

// count turns growth into what somebody counted: people are whole, some days are missed, some platforms round.
func (m maker) count(growth, views []float64, own habits) (points []Point) {
	low, high := span(m.tier)
	followers := low * math.Pow(high/low, m.random.Float64())
	base := followers * (0.05 + 0.3*m.random.Float64())
	carried := float64(silent)
	for d := range growth {
		followers *= math.Exp(growth[d])
		followers = max(50, followers+math.Sqrt(own.churn*followers)*m.random.NormFloat64())
		carried = max(carried, views[d])
		if d%m.every != 0 || m.every == 1 && m.random.Float64() < missing {
			if m.posting.days <= 1 {
				carried = silent
			}
			continue // a post of a day that nobody counted is still known at the next count
		}
		seen := int64(math.Round(base * math.Exp(carried))) // 0 on a silent day
		carried = silent
		points = append(points, Point{At: year.AddDate(0, 0, d), Followers: m.shown(followers), Views: &seen})
	}
	return points
}

// shown rounds as TikTok (from 10,000) and YouTube (from 1,000) do.
func (m maker) shown(followers float64) int64 {
	if m.variance.List == "tiktok" && followers >= 10_000 || m.variance.List == "youtube" && followers >= 1000 {
		unit := math.Pow10(int(math.Log10(followers)) - 2)
		followers = math.Floor(followers/unit) * unit
	}
	return int64(math.Round(followers))
}

// span is from where to where a tier's made accounts start.
func span(t creators.Tier) (low, high float64) {
	switch t {
	case creators.TierNano, creators.TierUnknown:
		return 1000, 9000
	case creators.TierMicro:
		return 10_000, 90_000
	case creators.TierMacro:
		return 100_000, 900_000
	case creators.TierMega:
		return 1_000_000, 50_000_000
	}
	return 1000, 9000
}
