package growth

import (
	"time"

	"rapport/internal/recruit/creators"
)

// Point is what was counted at a moment; nil is unknown.
type Point struct {
	At        time.Time
	Followers int64
	Views     *int64 // of the posts of that time (the most watched, or their average); 0 where nothing was published
	Following *int64
}

// Verdict is the answer for a series.
type Verdict string

// The verdicts.
const (
	VerdictSteady     Verdict = "steady"
	VerdictOrganic    Verdict = "organic_spike"
	VerdictBought     Verdict = "bought_looking"
	VerdictCannotTell Verdict = "cannot_tell"
)

// Reason says why a spike, or a whole series, was judged as it was.
type Reason string

// The reasons.
const (
	BecauseViewsRose    Reason = "views_rose"     // explained: posts were watched far more then
	BecauseNoViews      Reason = "views_as_ever"  // one vertical step while views stayed as they were
	BecauseFewerViews   Reason = "fewer_views"    // views rose, by too little to explain what came or by fewer than people came
	BecausePostsDo      Reason = "posts_do"       // posts of this account have brought nearly as many before
	BecauseViewsUnknown Reason = "views_unknown"  // nothing to explain it with
	BecauseSeveralDays  Reason = "several_days"   // rose over days without views: a giveaway or an article does that too
	BecauseGap          Reason = "gap"            // nobody counted for days, so a jump and a rise look the same
	BecauseSmall        Reason = "small"          // too small to tell from chance
	BecauseLoss         Reason = "loss"           // fell suddenly: platforms remove fake accounts, people leave
	BecauseFewPoints    Reason = "few_points"     // fewer than leastSteps steps
	BecauseTooNoisy     Reason = "too_noisy"      // ordinary days stray so far that a purchase of 30 % would not stand out
	BecauseFollowing    Reason = "following_jump" // the account followed very many at once, as follow-and-unfollow tools do
)

// Spike is a step, or several in a row, far from what the time around it was like.
type Spike struct {
	At        time.Time // the moment that showed it
	Days      float64   // from the count before it to that moment
	Gain      int64     // followers gained, below 0 lost
	Expected  int64     // what the time around it would have brought
	Ratio     float64   // the excess as a share of the followers before, 0.13 is 13 %
	Noise     float64   // how many times the ordinary stray
	Decayed   float64   // share of the excess that was gone again two weeks later
	Explained bool
	Because   Reason
}

// Sureness is how far to lean on a verdict.
type Sureness string

// The sureness levels.
const (
	SurenessLow    Sureness = "low"
	SurenessMedium Sureness = "medium"
	SurenessHigh   Sureness = "high"
)

// Finding is what a series shows.
type Finding struct {
	Verdict Verdict
	Because []Reason // of the verdict, without repeats
	Spikes  []Spike  // in order of time
	Points  int
	Days    int     // from the first to the last
	Least   float64 // the smallest gain in one day that would have stood out, as a share
	Sure    Sureness
}

const (
	mostPoints  = 5000
	leastSteps  = 14   // below, a median says little
	standsOut   = 4.5  // times the noise: a spike
	weak        = 3.5  // times the noise: one if no other day comes near it
	leastBought = 0.04 // 5 % less what a bad day takes away
	leastSeen   = 0.01
	tooRestless = 0.3 // a gain in one day that must stand out, or nothing can be told
	vertical    = 0.6 // share of an episode that its steepest step holds
	mostStep    = 2.5 // days: a longer step hides its shape
)

// leastGain is the smallest number of followers worth selling, by tier (our own judgement: shops sell from 100).
func leastGain(t creators.Tier) int64 {
	switch t {
	case creators.TierNano, creators.TierUnknown:
		return 20
	case creators.TierMicro:
		return 200
	case creators.TierMacro:
		return 1000
	case creators.TierMega:
		return 5000
	}
	return 20
}
