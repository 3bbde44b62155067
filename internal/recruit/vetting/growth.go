package vetting

import (
	"slices"
	"time"

	"rapport/internal/recruit/vetting/growth"
)

// The verdicts on growth, as package growth gives them.
const (
	GrowthSteady        = string(growth.VerdictSteady)
	GrowthOrganicSpike  = string(growth.VerdictOrganic)
	GrowthBoughtLooking = string(growth.VerdictBought)
	GrowthCannotTell    = string(growth.VerdictCannotTell)
)

// Growth is how the followers came.
type Growth struct {
	Verdict string   `json:"verdict"`
	Because []string `json:"because,omitempty"`
	Sure    Sure     `json:"sure,omitempty"`
	Days    int      `json:"days"`
	Points  int      `json:"points"`
	Least   float64  `json:"least,omitempty"` // the smallest gain in a day that would have stood out, as a share
	Spikes  []Spike  `json:"spikes,omitempty"`
}

// Spike is a jump of followers.
type Spike struct {
	At        time.Time `json:"at,omitzero"`
	Gain      int64     `json:"gain"`
	Expected  int64     `json:"expected"`
	Ratio     float64   `json:"ratio"`
	Explained bool      `json:"explained"`
	Because   string    `json:"because,omitempty"`
}

const mostSpikes = 12

// points are the counts over time, the oldest first, with the views of what was published since the count before.
func (in *Input) points() []growth.Point {
	all := make([]growth.Point, 0, len(in.Snapshots))
	for _, s := range in.Snapshots {
		if s.Counts.Followers != nil {
			all = append(all, growth.Point{At: s.TakenAt, Followers: *s.Counts.Followers, Views: s.Averages.Views, Following: s.Counts.Following})
		}
	}
	slices.SortStableFunc(all, func(a, b growth.Point) int { return a.At.Compare(b.At) })
	all = slices.CompactFunc(all, func(a, b growth.Point) bool { return a.At.Equal(b.At) })
	if slices.ContainsFunc(all, func(p growth.Point) bool { return p.Views != nil }) {
		return all // a list's averages and our sums are on different scales
	}
	for i := range all {
		if i > 0 {
			all[i].Views = in.viewsBetween(all[i-1].At, all[i].At)
		}
	}
	return all
}

// viewsBetween are the views of the most watched post of a time, 0 where nothing was published. They are nil where that time is before the
// oldest post that is known, and where something was published whose views nobody knows.
func (in *Input) viewsBetween(from, to time.Time) *int64 {
	var most int64
	covered, hidden, watched := false, false, false
	for _, p := range in.Posts {
		if p.PostedAt.IsZero() || p.PostedAt.After(to) {
			continue
		}
		covered = true
		switch {
		case !p.PostedAt.After(from):
		case p.Counts.Views == nil:
			hidden = true
		default:
			most, watched = max(most, *p.Counts.Views), true
		}
	}
	if !covered || hidden && !watched {
		return nil
	}
	return &most
}

func (in *Input) growth() Growth {
	f := growth.Judge(in.points(), in.Profile.Tier)
	g := Growth{Verdict: string(f.Verdict), Sure: Sure(f.Sure), Days: f.Days, Points: f.Points, Least: round(f.Least, 4)}
	for _, why := range f.Because {
		g.Because = append(g.Because, string(why))
	}
	for _, s := range f.Spikes[:min(len(f.Spikes), mostSpikes)] {
		g.Spikes = append(g.Spikes, Spike{At: s.At, Gain: s.Gain, Expected: s.Expected, Ratio: s.Ratio, Explained: s.Explained, Because: string(s.Because)})
	}
	return g
}
