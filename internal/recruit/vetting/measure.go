package vetting

import (
	"math"
	"slices"
	"time"

	"rapport/internal/recruit/benchmarks"
	"rapport/internal/recruit/creators"
)

const day = 24 * time.Hour

// The least posts of a measure: of fewer, one post decides.
const (
	leastPosts    = 3
	leastVariance = 12 // the spread of fewer says nothing
)

// Against is the benchmark a figure was measured by.
type Against struct {
	ID     benchmarks.ID    `json:"id"`
	Source string           `json:"source"`
	AsOf   string           `json:"as_of"`
	Own    bool             `json:"own,omitempty"`
	Sample int              `json:"sample,omitempty"`
	Low    float64          `json:"low"`
	Middle float64          `json:"middle"`
	High   float64          `json:"high"`
	Ratio  float64          `json:"ratio"` // figure ÷ middle
	Place  benchmarks.Place `json:"place"`
}

// Engagement is the rate by the platform's own formula.
type Engagement struct {
	Known   bool     `json:"known"`
	Rate    float64  `json:"rate"` // fraction: 0.0271 is 2.71 %
	Formula string   `json:"formula,omitempty"`
	Basis   string   `json:"basis,omitempty"` // posts or averages
	Posts   int      `json:"posts"`           // that the rate rests on
	Hidden  int      `json:"hidden"`          // left out, since they hide likes or another input
	Against *Against `json:"against,omitempty"`
}

func (in *Input) engagement() (e Engagement) {
	counts := make([]creators.PostCounts, len(in.Posts))
	for i, p := range in.Posts {
		counts[i] = p.Counts
	}
	rate, ok := creators.RateOf(in.Profile.Platform, in.Profile.Followers, in.projected.Averages, counts)
	if !ok {
		e.Hidden = len(in.Posts)
		return e
	}
	e = Engagement{Known: true, Rate: float64(rate.PPM) / 1e6, Formula: string(rate.Formula), Basis: string(rate.Basis), Posts: rate.Posts}
	if rate.Basis == creators.BasisPosts {
		e.Hidden = len(in.Posts) - rate.Posts
	}
	e.Against = in.against(benchmarks.MetricEngagement, 100*e.Rate, e.Formula)
	return e
}

// Views is how many of the followers watch: median views ÷ followers.
type Views struct {
	Known   bool     `json:"known"`
	Median  int64    `json:"median"`
	Rate    float64  `json:"rate"` // 0 where followers are unknown
	Posts   int      `json:"posts"`
	Against *Against `json:"against,omitempty"`
}

func (in *Input) views() (v Views) {
	var all []float64
	for _, p := range in.Posts {
		if p.Counts.Views != nil {
			all = append(all, float64(*p.Counts.Views))
		}
	}
	if v.Posts = len(all); v.Posts < leastPosts {
		return v
	}
	v.Known, v.Median = true, int64(median(all))
	if f := in.Profile.Followers; f != nil && *f > 0 {
		v.Rate = median(all) / float64(*f)
		v.Against = in.against(benchmarks.MetricViewRate, 100*v.Rate, benchmarks.FormulaViewRate)
	}
	return v
}

// median of values; they are sorted in place.
func median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	slices.Sort(values)
	middle := len(values) / 2
	if len(values)%2 == 1 {
		return values[middle]
	}
	return (values[middle-1] + values[middle]) / 2
}

// Rhythm is how often somebody publishes.
type Rhythm struct {
	Known      bool      `json:"known"`
	PerWeek    float64   `json:"per_week"` // over the posts that were looked at
	LongestGap int       `json:"longest_gap_days"`
	Last       time.Time `json:"last,omitzero"`
	DaysSince  int       `json:"days_since"`
	Posts      int       `json:"posts"`
}

func (in *Input) rhythm() (r Rhythm) {
	var at []time.Time
	for _, p := range in.Posts {
		if !p.PostedAt.IsZero() && !p.PostedAt.After(in.Now) {
			at = append(at, p.PostedAt)
		}
	}
	slices.SortFunc(at, func(a, b time.Time) int { return b.Compare(a) })
	if r.Posts = len(at); r.Posts == 0 {
		return r
	}
	r.Last, r.DaysSince = at[0], int(in.Now.Sub(at[0])/day)
	if r.Posts < leastPosts {
		return r
	}
	r.Known = true
	for i := range at[1:] {
		r.LongestGap = max(r.LongestGap, int(at[i].Sub(at[i+1])/day))
	}
	weeks := max(at[0].Sub(at[len(at)-1]).Hours()/(7*24), 1)
	r.PerWeek = float64(r.Posts) / weeks
	return r
}

// Ratio is the median of likes ÷ comments over the posts.
type Ratio struct {
	Known   bool     `json:"known"`
	Likes   float64  `json:"likes_per_comment"`
	Posts   int      `json:"posts"`
	Against *Against `json:"against,omitempty"`
	Log     float64  `json:"log,omitempty"` // natural logarithm of figure ÷ benchmark: 0 is usual, 1.1 is three times
}

func (in *Input) ratio() (r Ratio) {
	var all []float64
	for _, p := range in.Posts {
		if likes, comments := p.Counts.Likes, p.Counts.Comments; likes != nil && comments != nil && *comments > 0 {
			all = append(all, float64(*likes)/float64(*comments))
		}
	}
	if r.Posts = len(all); r.Posts < leastPosts {
		return r
	}
	r.Known, r.Likes = true, median(all)
	if r.Against = in.against(benchmarks.MetricLikes, r.Likes, benchmarks.FormulaLikes); r.Against != nil && r.Against.Ratio > 0 {
		r.Log = math.Log(r.Against.Ratio)
	}
	return r
}

// Variance is how unequal the posts do: standard deviation ÷ mean of the engagement of the last 12 to 30 posts.
type Variance struct {
	Known bool    `json:"known"`
	CV    float64 `json:"cv"`
	Posts int     `json:"posts"`
}

func (in *Input) variance() (v Variance) {
	var all []float64
	for _, p := range in.Posts {
		if n, ok := engaged(in.Profile.Platform, p.Counts); ok {
			all = append(all, float64(n))
		}
	}
	if v.Posts = len(all); v.Posts < leastVariance {
		return v
	}
	mean, sum := 0.0, 0.0
	for _, x := range all {
		mean += x / float64(len(all))
	}
	for _, x := range all {
		sum += (x - mean) * (x - mean)
	}
	if mean > 0 {
		v.Known, v.CV = true, math.Sqrt(sum/float64(len(all)-1))/mean
	}
	return v
}

// engaged is the numerator of the platform's formula; ok is false where an input is hidden.
func engaged(p creators.Platform, c creators.PostCounts) (n int64, ok bool) {
	if c.Likes == nil || c.Comments == nil {
		return 0, false
	}
	if p != creators.PlatformTikTok {
		return *c.Likes + *c.Comments, true
	}
	if c.Shares == nil {
		return 0, false
	}
	return *c.Likes + *c.Comments + *c.Shares, true
}

// Following is how many the account follows against how many follow it.
type Following struct {
	Known     bool    `json:"known"`
	Following int64   `json:"following"`
	Ratio     float64 `json:"ratio"` // following ÷ followers
}

func (in *Input) following() (f Following) {
	p := in.Profile
	if p.Following == nil || p.Followers == nil || *p.Followers <= 0 {
		return f
	}
	return Following{Known: true, Following: *p.Following, Ratio: float64(*p.Following) / float64(*p.Followers)}
}
