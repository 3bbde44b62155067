package vetting

import (
	"time"

	"rapport/internal/recruit/creators"
)

// Verdict is what the report comes to.
type Verdict string

// The verdicts.
const (
	VerdictFits       Verdict = "fits"
	VerdictLookCloser Verdict = "look_closer"
	VerdictNotForUs   Verdict = "not_for_us"
)

// AllVerdictValues lists them from the best.
var AllVerdictValues = []Verdict{VerdictFits, VerdictLookCloser, VerdictNotForUs}

// Valid reports whether v is one of the verdicts.
func (v Verdict) Valid() bool {
	return v == VerdictFits || v == VerdictLookCloser || v == VerdictNotForUs
}

// Tone says which way a reason points.
type Tone string

// The tones.
const (
	ToneGood    Tone = "good"
	ToneNeutral Tone = "neutral"
	ToneWarn    Tone = "warn"
	ToneBad     Tone = "bad"
)

// Form is how a value is written for people.
type Form string

// The forms.
const (
	FormCount   Form = "count"
	FormPercent Form = "percent" // Number is a fraction: 0.0271
	FormTimes   Form = "times"
	FormDate    Form = "date" // Text is RFC 3339
	FormText    Form = "text"
	FormKey     Form = "key" // Text is one of our own words: a tier, a category
)

// Value is a figure or a word in a reason.
type Value struct {
	Number float64 `json:"number,omitempty"`
	Text   string  `json:"text,omitempty"`
	As     Form    `json:"as"`
}

// Args are the values of a reason by the names its sentence uses.
type Args map[string]Value

// Evidence is what a reason rests on: a post with date and link, or a count with its source and day.
type Evidence struct {
	Post   creators.PostID `json:"post,omitempty"`
	At     time.Time       `json:"at,omitzero"`
	URL    string          `json:"url,omitempty"`
	Text   string          `json:"text,omitempty"` // beginning of the caption, or the count
	Word   string          `json:"word,omitempty"` // what was found in the post
	Source string          `json:"source,omitempty"`
	Count  *int64          `json:"count,omitempty"`
}

// Reason is one reason of a verdict.
type Reason struct {
	Code     string     `json:"code"`
	Tone     Tone       `json:"tone"`
	Args     Args       `json:"args,omitempty"`
	Evidence []Evidence `json:"evidence"`
}

// Part is one summand of the score. Most 0 means that nothing was known and the part was left out.
type Part struct {
	Name    string `json:"name"`
	Points  int    `json:"points"`
	Most    int    `json:"most"`
	Because string `json:"because"` // code of the sentence that explains it
	Args    Args   `json:"args,omitempty"`
}

// Why a report has no score.
const (
	UnscoredYouTube = "youtube_terms"
	UnscoredLittle  = "too_little"
)

// Report is what Assess found. Absent figures are unknown.
type Report struct {
	Creator   creators.ID        `json:"creator"`
	Profile   creators.ProfileID `json:"profile"`
	Platform  creators.Platform  `json:"platform"`
	Handle    string             `json:"handle"`
	Tier      creators.Tier      `json:"tier"`
	Followers *int64             `json:"followers,omitempty"`
	CountedAt time.Time          `json:"counted_at,omitzero"`
	Source    string             `json:"source,omitempty"` // of the counts
	Posts     int                `json:"posts"`            // how many were looked at

	Verdict  Verdict  `json:"verdict"`
	Score    int      `json:"score"`
	Unscored string   `json:"unscored,omitempty"` // why Score says nothing
	Reasons  []Reason `json:"reasons"`
	Parts    []Part   `json:"parts,omitempty"`

	Account  Account  `json:"account"`
	Audience Audience `json:"audience"`

	Engagement Engagement `json:"engagement"`
	Views      Views      `json:"views"`
	Rhythm     Rhythm     `json:"rhythm"`
	Growth     Growth     `json:"growth"`
	Ratio      Ratio      `json:"ratio"`
	Variance   Variance   `json:"variance"`
	Comments   Comments   `json:"comments"`
	Following  Following  `json:"following"`
	Sponsored  Sponsored  `json:"sponsored"`
	Match      Match      `json:"match"`
	Safety     Safety     `json:"safety"`
	Brands     []Brand    `json:"brands,omitempty"`
	Conflicts  []Conflict `json:"conflicts,omitempty"`

	country string // of the profile, for own benchmarks
}

// Scored says whether the score says anything.
func (r Report) Scored() bool { return r.Unscored == "" }

// Account is the judgement of the account alone: how probable it is that it looks genuine.
type Account struct {
	Known       bool            `json:"known"`
	Probability float64         `json:"probability"`
	Low         float64         `json:"low"` // how sure: the range it lies in
	High        float64         `json:"high"`
	Unsure      bool            `json:"unsure"`
	Doubts      []string        `json:"doubts,omitempty"` // why it is unsure
	Signals     []AccountSignal `json:"signals,omitempty"`
}

// AccountSignal is one feature of the profile and what it adds, in log-odds.
type AccountSignal struct {
	Name  string  `json:"name"`
	Value string  `json:"value,omitempty"`
	Known bool    `json:"known"`
	Adds  float64 `json:"adds"`
}

// Standing is the judgement of the audience.
type Standing string

// The standings. There is no share of fake followers: nobody could check one.
const (
	StandingEarned     Standing = "looks_earned"
	StandingMixed      Standing = "mixed_signs"
	StandingNotEarned  Standing = "does_not_look_earned"
	StandingCannotTell Standing = "cannot_tell"
)

// Sure is how much a judgement rests on.
type Sure string

// How sure.
const (
	SureLow    Sure = "low"
	SureMedium Sure = "medium"
	SureHigh   Sure = "high"
)

// Audience is the judgement of the audience, by behaviour only.
type Audience struct {
	Standing Standing `json:"standing"`
	Sure     Sure     `json:"sure"`
	Signals  []Signal `json:"signals,omitempty"`
}

// Sign is what one signal says.
type Sign string

// The signs.
const (
	SignUnknown Sign = ""
	SignGood    Sign = "good"
	SignOdd     Sign = "odd"
	SignBad     Sign = "bad"
)

// Signal is one behaviour that was looked at.
type Signal struct {
	Name string `json:"name"`
	Sign Sign   `json:"sign,omitempty"`
	Args Args   `json:"args,omitempty"`
}
