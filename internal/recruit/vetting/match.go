package vetting

import (
	"time"

	"rapport/internal/recruit/creators"
)

// Match is how well the audience is the one that is wanted: the mean over the wanted shares of min(actual, wanted) ÷ wanted. Shares of a
// dimension that no source tells are left out.
type Match struct {
	Known  bool         `json:"known"`
	Score  float64      `json:"score"` // fraction
	Shares []MatchShare `json:"shares,omitempty"`
	Source string       `json:"source,omitempty"`
	At     time.Time    `json:"at,omitzero"`
	Asked  bool         `json:"asked"` // somebody said which audience is wanted
}

// MatchShare is one wanted share beside the actual one.
type MatchShare struct {
	Dimension creators.Dimension `json:"dimension"`
	Key       string             `json:"key"`
	WantedBP  int                `json:"wanted_bp"`
	ActualBP  int                `json:"actual_bp"`
	Known     bool               `json:"known"`
}

func (in *Input) match() (m Match) {
	m.Asked = len(in.Wanted) > 0
	sum, n := 0.0, 0
	for _, w := range in.Wanted {
		if w.ShareBP <= 0 {
			continue
		}
		share := MatchShare{Dimension: w.Dimension, Key: w.Key, WantedBP: w.ShareBP}
		if a, ok := in.audienceBy(w.Dimension); ok {
			share.Known, share.ActualBP = true, shareOf(a, w)
			sum += float64(min(share.ActualBP, w.ShareBP)) / float64(w.ShareBP)
			n++
			if a.TakenAt.After(m.At) {
				m.Source, m.At = a.Source, a.TakenAt
			}
		}
		m.Shares = append(m.Shares, share)
	}
	if n > 0 {
		m.Known, m.Score = true, sum/float64(n)
	}
	return m
}

// audienceBy is the newest audience that says something of a dimension.
func (in *Input) audienceBy(d creators.Dimension) (newest creators.Audience, found bool) {
	for _, a := range in.Audience {
		if a.Profile != in.Profile.ID || found && !a.TakenAt.After(newest.TakenAt) {
			continue
		}
		for _, s := range a.Slices {
			if s.Dimension == d {
				newest, found = a, true
				break
			}
		}
	}
	return newest, found
}

func shareOf(a creators.Audience, w Slice) (bp int) {
	for _, s := range a.Slices {
		if s.Dimension == w.Dimension && s.Key == w.Key {
			bp += s.ShareBP
		}
	}
	return bp
}
