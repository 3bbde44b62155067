package vetting

import "math"

// The names of the audience's signals.
const (
	SignalEngagement = "engagement"
	SignalViews      = "views"
	SignalGrowth     = "growth"
	SignalRatio      = "likes_to_comments"
	SignalVariance   = "variance"
	SignalComments   = "comments"
	SignalPods       = "pods"
	SignalFollowing  = "following"
)

// The borders of the signals. Where no source is named they are our own and deliberately far out: a border is to be crossed by what nearly
// nobody's honest audience does.
const (
	engagementFar   = 0.25 // of the benchmark: followers are there that do not react
	engagementBelow = 0.5
	engagementHigh  = 5.0 // times the benchmark: reactions may be bought
	viewsBad        = 0.01
	viewsOdd        = 0.03
	massFollower    = 1500 // followings: help.hypeauditor.com 2771120 calls those "mass followers"
	uniformBad      = 0.05 // coefficient of variation: automated likes come in equal portions
	uniformOdd      = 0.12
	hollowBad       = 0.8
	hollowOdd       = 0.5
	podsBad         = 0.5  // help.hypeauditor.com 2541185: half of the comments is an alarm
	podsOdd         = 0.15 // the same page: one to three of twenty is normal
	leastSignals    = 3
	mostFollowersOf = 1000 // view rates of smaller accounts swing with one post
)

var (
	ratioOdd = math.Log(3)
	ratioBad = math.Log(8)
)

// judgeAudience weighs the signals. One bad sign alone has honest explanations, so it makes the signs mixed; two do not look earned.
func judgeAudience(signals []Signal) Audience {
	known, odd, bad := 0, 0, 0
	for _, s := range signals {
		switch s.Sign {
		case SignGood:
			known++
		case SignOdd:
			known, odd = known+1, odd+1
		case SignBad:
			known, bad = known+1, bad+1
		case SignUnknown:
		}
	}
	a := Audience{Standing: StandingEarned, Sure: sureOf(known), Signals: signals}
	switch {
	case bad >= 2:
		a.Standing = StandingNotEarned
	case bad == 1 || odd >= 2:
		a.Standing = StandingMixed
	case known < leastSignals:
		a.Standing = StandingCannotTell
	}
	return a
}

func sureOf(known int) Sure {
	switch {
	case known >= 6:
		return SureHigh
	case known >= 4:
		return SureMedium
	default:
		return SureLow
	}
}

func (r *Report) signals() []Signal {
	return []Signal{
		r.engagementSignal(), r.viewsSignal(), r.growthSignal(), r.ratioSignal(), r.varianceSignal(), r.commentsSignal(), r.podsSignal(), r.followingSignal(),
	}
}

// sign is bad or odd where a figure is beyond a border.
func sign(bad, odd bool) Sign {
	switch {
	case bad:
		return SignBad
	case odd:
		return SignOdd
	default:
		return SignGood
	}
}

func (r *Report) engagementSignal() Signal {
	s := Signal{Name: SignalEngagement}
	e := r.Engagement
	if !e.Known || e.Against == nil {
		return s
	}
	s.Sign = sign(e.Against.Ratio < engagementFar, e.Against.Ratio < engagementBelow || e.Against.Ratio > engagementHigh)
	s.Args = Args{"rate": percent(e.Rate), "usual": percent(e.Against.Middle / 100)}
	return s
}

func (r *Report) viewsSignal() Signal {
	s := Signal{Name: SignalViews}
	if v := r.Views; v.Known && v.Rate > 0 && r.Followers != nil && *r.Followers >= mostFollowersOf {
		s.Sign, s.Args = sign(v.Rate < viewsBad, v.Rate < viewsOdd), Args{"rate": percent(v.Rate)}
	}
	return s
}

func (r *Report) growthSignal() Signal {
	s := Signal{Name: SignalGrowth}
	switch r.Growth.Verdict {
	case GrowthSteady, GrowthOrganicSpike:
		s.Sign = SignGood
	case GrowthBoughtLooking:
		s.Sign = SignBad
	case GrowthCannotTell:
		return s
	}
	s.Args = Args{"days": number(float64(r.Growth.Days)), "n": number(float64(len(r.Growth.Spikes)))}
	return s
}

func (r *Report) ratioSignal() Signal {
	s := Signal{Name: SignalRatio}
	if r.Ratio.Known && r.Ratio.Against != nil {
		off := math.Abs(r.Ratio.Log)
		s.Sign, s.Args = sign(off > ratioBad, off > ratioOdd), Args{"likes": number(math.Round(r.Ratio.Likes)), "usual": number(math.Round(r.Ratio.Against.Middle))}
	}
	return s
}

func (r *Report) varianceSignal() Signal {
	s := Signal{Name: SignalVariance}
	if v := r.Variance; v.Known {
		s.Sign, s.Args = sign(v.CV < uniformBad, v.CV < uniformOdd), Args{"cv": percent(v.CV), "posts": number(float64(v.Posts))}
	}
	return s
}

func (r *Report) commentsSignal() Signal {
	s := Signal{Name: SignalComments}
	if c := r.Comments; c.Known {
		s.Sign, s.Args = sign(c.Hollow() >= hollowBad, c.Hollow() >= hollowOdd), Args{"share": percent(c.Hollow()), "read": number(float64(c.Read))}
	}
	return s
}

func (r *Report) podsSignal() Signal {
	s := Signal{Name: SignalPods}
	if c := r.Comments; c.Known {
		s.Sign, s.Args = sign(c.Repeated >= podsBad, c.Repeated > podsOdd), Args{"share": percent(c.Repeated), "read": number(float64(c.Read))}
	}
	return s
}

func (r *Report) followingSignal() Signal {
	s := Signal{Name: SignalFollowing}
	if f := r.Following; f.Known {
		mass := f.Following > massFollower
		s.Sign, s.Args = sign(mass && f.Ratio > 1, mass && f.Ratio > 0.5), Args{"following": number(float64(f.Following)), "followers": number(float64(*r.Followers))}
	}
	return s
}

func percent(f float64) Value { return Value{Number: f, As: FormPercent} }
func number(f float64) Value  { return Value{Number: f, As: FormCount} }
func times(f float64) Value   { return Value{Number: f, As: FormTimes} }
func words(s string) Value    { return Value{Text: s, As: FormText} }
func key(s string) Value      { return Value{Text: s, As: FormKey} }
