package vetting

import (
	"cmp"
	"slices"
	"time"
)

// reasonsGiven is how many reasons a verdict has: those that matter most.
const reasonsGiven = 3

// candidate is a reason with how much it matters. hard ones decide the verdict by themselves.
type candidate struct {
	Reason
	weight int
	hard   bool
}

// The borders of the verdict.
const (
	fitsFrom    = 60 // points
	warnFrom    = 33 // a warning of this weight or more asks for a closer look
	genuineNot  = 0.2
	genuine     = 0.5
	matchNot    = 0.15
	matchGood   = 0.6
	muchPaid    = 0.5
	paidWorse   = 0.5
	silentDays  = 30
	steadyWeeks = 1.0
)

// conclude gives the verdict and the reasons that matter most to it.
func (r *Report) conclude(in *Input) {
	var all []candidate
	for _, find := range []func(*Report, *Input) []candidate{
		conflictReasons, safetyReasons, accountReasons, audienceReasons, engagementReasons, growthReasons, matchReasons, rhythmReasons, sponsoredReasons,
		commentReasons, knownReasons,
	} {
		all = append(all, find(r, in)...)
	}
	r.Verdict = r.verdictOf(all)
	order := map[Verdict][]Tone{
		VerdictFits:       {ToneGood, ToneWarn, ToneNeutral, ToneBad},
		VerdictLookCloser: {ToneBad, ToneWarn, ToneGood, ToneNeutral},
		VerdictNotForUs:   {ToneBad, ToneWarn, ToneGood, ToneNeutral},
	}[r.Verdict]
	slices.SortStableFunc(all, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(slices.Index(order, a.Tone), slices.Index(order, b.Tone)), cmp.Compare(b.weight, a.weight))
	})
	for _, c := range all[:min(reasonsGiven, len(all))] {
		r.Reasons = append(r.Reasons, c.Reason)
	}
}

func (r *Report) verdictOf(all []candidate) Verdict {
	verdict := VerdictFits
	if !r.Scored() || r.Score < fitsFrom {
		verdict = VerdictLookCloser
	}
	for _, c := range all {
		switch {
		case c.hard:
			return VerdictNotForUs
		case (c.Tone == ToneWarn || c.Tone == ToneBad) && c.weight >= warnFrom:
			verdict = VerdictLookCloser
		}
	}
	return verdict
}

func reason(weight int, tone Tone, code string, args Args, evidence ...Evidence) candidate {
	return candidate{Reason: Reason{Code: code, Tone: tone, Args: args, Evidence: evidence[:min(len(evidence), mostEvidence)]}, weight: weight}
}

func hard(c candidate) candidate { c.hard = true; return c }

// counted is the newest count of followers as proof: with its source and day.
func (r *Report) counted() Evidence {
	return Evidence{At: r.CountedAt, Source: cmp.Or(r.Source, "profile"), Count: r.Followers}
}

// newestPosts are the posts that figures over all posts were made of, as proof: the newest of them.
func (in *Input) newestPosts() (proof []Evidence) {
	for _, p := range in.Posts[:min(mostEvidence, len(in.Posts))] {
		proof = append(proof, Evidence{Post: p.ID, At: p.PostedAt, URL: linkOf(in.Profile, p), Text: short(p.Caption)})
	}
	return proof
}

// posted are the newest posts, or the counts where the figure came from a list.
func (r *Report) posted(in *Input) []Evidence {
	if len(in.newest) > 0 {
		return in.newest
	}
	return []Evidence{r.counted()}
}

func conflictReasons(r *Report, _ *Input) (all []candidate) {
	for _, c := range r.Conflicts {
		code, args := "conflict_bound", Args{"brand": words(c.Brand)}
		if c.Ours {
			code = "conflict_rival"
		} else if !c.Until.IsZero() {
			code, args["until"] = "conflict_bound_until", Value{Text: c.Until.UTC().Format(time.RFC3339), As: FormDate}
		}
		all = append(all, hard(reason(100, ToneBad, code, args, c.Evidence...)))
	}
	return all
}

func safetyReasons(r *Report, in *Input) (all []candidate) {
	for _, h := range r.Safety.Hits {
		args := Args{"category": key(h.Category), "n": number(float64(h.Posts)), "word": words(h.Evidence[0].Word)}
		switch h.Weight {
		case WeightNever:
			all = append(all, hard(reason(95, ToneBad, "safety_never", args, h.Evidence...)))
		case WeightWarn:
			all = append(all, reason(60+min(h.Posts, 5), ToneWarn, "safety_warn", args, h.Evidence...))
		case WeightNote, WeightOff:
		}
	}
	if r.Safety.Known && len(all) == 0 && r.Safety.Searched >= leastPosts {
		all = append(all, reason(15, ToneGood, "safety_clear", Args{"n": number(float64(r.Safety.Searched))}, in.newest...))
	}
	return all
}

func accountReasons(r *Report, _ *Input) []candidate {
	if r.Unscored == UnscoredYouTube {
		return nil
	}
	a := r.Account
	args, proof := Args{"probability": percent(a.Probability), "low": percent(a.Low), "high": percent(a.High)}, r.counted()
	switch {
	case !a.Known:
		return []candidate{reason(4, ToneNeutral, "account_unknown", nil, proof)}
	case a.Probability < genuineNot && !a.Unsure:
		return []candidate{hard(reason(90, ToneBad, "account_not_genuine", args, proof))}
	case a.Probability < genuine && !a.Unsure:
		return []candidate{reason(50, ToneWarn, "account_doubtful", args, proof)}
	case a.Probability < genuine:
		return []candidate{reason(35, ToneWarn, "account_unsure", args, proof)}
	case a.Unsure:
		return []candidate{reason(12, ToneGood, "account_likely", args, proof)}
	default:
		return []candidate{reason(30, ToneGood, "account_genuine", args, proof)}
	}
}

func audienceReasons(r *Report, in *Input) []candidate {
	if r.Unscored == UnscoredYouTube {
		return nil
	}
	good, odd := 0, 0
	for _, s := range r.Audience.Signals {
		switch s.Sign {
		case SignGood:
			good++
		case SignOdd, SignBad:
			odd++
		case SignUnknown:
		}
	}
	args := Args{"good": number(float64(good)), "odd": number(float64(odd)), "known": number(float64(good + odd)), "of": number(float64(len(r.Audience.Signals)))}
	switch r.Audience.Standing {
	case StandingEarned:
		return []candidate{reason(35, ToneGood, "audience_earned", args, r.posted(in)...)}
	case StandingMixed:
		return []candidate{reason(48, ToneWarn, "audience_mixed", args, r.posted(in)...)}
	case StandingNotEarned:
		return []candidate{hard(reason(88, ToneBad, "audience_not_earned", args, r.posted(in)...))}
	case StandingCannotTell:
	}
	return []candidate{reason(6, ToneNeutral, "audience_cannot_tell", args, r.counted())}
}

func engagementReasons(r *Report, in *Input) []candidate {
	e := r.Engagement
	proof := r.posted(in)
	if !e.Known {
		if r.Unscored == UnscoredYouTube {
			return nil
		}
		return []candidate{reason(9, ToneNeutral, "engagement_unknown", Args{"posts": number(float64(r.Posts))}, r.counted())}
	}
	args := Args{"rate": percent(e.Rate), "formula": words(e.Formula)}
	if e.Against == nil {
		return []candidate{reason(10, ToneNeutral, "engagement_alone", args, proof...)}
	}
	args["usual"], args["times"], args["source"] = percent(e.Against.Middle/100), times(e.Against.Ratio), words(e.Against.Source)
	args["as_of"] = words(e.Against.AsOf)
	switch ratio := e.Against.Ratio; {
	case ratio < engagementFar:
		return []candidate{reason(70, ToneBad, "engagement_far_below", args, proof...)}
	case ratio < engagementBelow:
		return []candidate{reason(45, ToneWarn, "engagement_below", args, proof...)}
	case ratio > engagementHigh:
		return []candidate{reason(44, ToneWarn, "engagement_too_high", args, proof...)}
	case ratio >= 1:
		return []candidate{reason(42, ToneGood, "engagement_above", args, proof...)}
	default:
		return []candidate{reason(25, ToneGood, "engagement_usual", args, proof...)}
	}
}

func growthReasons(r *Report, _ *Input) []candidate {
	if r.Growth.Verdict != GrowthBoughtLooking {
		return nil
	}
	var proof []Evidence
	gain := int64(0)
	for _, s := range r.Growth.Spikes {
		if !s.Explained && s.Gain > 0 {
			gain += s.Gain
			proof = append(proof, Evidence{At: s.At, Source: r.Source, Count: &s.Gain})
		}
	}
	if len(proof) == 0 {
		proof = []Evidence{r.counted()}
	}
	return []candidate{reason(85, ToneBad, "growth_jump", Args{"gain": number(float64(gain)), "n": number(float64(len(proof)))}, proof...)}
}

func matchReasons(r *Report, _ *Input) []candidate {
	m := r.Match
	if !m.Known {
		return nil
	}
	args, proof := Args{"share": percent(m.Score), "source": words(m.Source)}, Evidence{At: m.At, Source: m.Source}
	switch {
	case m.Score < matchNot:
		return []candidate{hard(reason(65, ToneBad, "match_low", args, proof))}
	case m.Score < matchGood:
		return []candidate{reason(33, ToneWarn, "match_partly", args, proof)}
	default:
		return []candidate{reason(38, ToneGood, "match_good", args, proof)}
	}
}

func rhythmReasons(r *Report, in *Input) []candidate {
	h := r.Rhythm
	if h.Posts == 0 {
		return nil
	}
	args := Args{"n": number(float64(h.DaysSince)), "week": Value{Number: round(h.PerWeek, 1), As: FormCount}}
	switch {
	case h.DaysSince > silentDays:
		return []candidate{reason(46, ToneWarn, "rhythm_silent", args, in.newest[:1]...)}
	case h.Known && h.PerWeek >= steadyWeeks:
		return []candidate{reason(20, ToneGood, "rhythm_steady", args, in.newest...)}
	default:
		return nil
	}
}

func sponsoredReasons(r *Report, in *Input) (all []candidate) {
	s := r.Sponsored
	args := Args{"share": percent(s.Share), "paid": number(float64(s.Paid)), "posts": number(float64(s.Posts))}
	if s.Compared {
		args["relative"] = percent(s.Relative)
	}
	switch {
	case s.Known && s.Share > muchPaid:
		all = append(all, reason(40, ToneWarn, "sponsored_much", args, s.Evidence...))
	case s.Compared && s.Relative < paidWorse:
		all = append(all, reason(36, ToneWarn, "sponsored_worse", args, s.Evidence...))
	case s.Compared && s.Relative >= 0.8:
		all = append(all, reason(18, ToneGood, "sponsored_well", args, s.Evidence...))
	case s.Known && s.Paid == 0 && s.ForYou > 0:
		args["n"] = number(float64(s.ForYou))
		all = append(all, reason(8, ToneGood, "sponsored_own", args, s.YourOwn...))
	case s.Known && s.Paid == 0:
		all = append(all, reason(8, ToneGood, "sponsored_none", args, in.newest...))
	}
	return all
}

func commentReasons(r *Report, in *Input) (all []candidate) {
	c := r.Comments
	if !c.Known {
		return nil
	}
	if c.Repeated >= podsBad {
		all = append(all, reason(42, ToneWarn, "comments_pods", Args{"share": percent(c.Repeated), "n": number(float64(c.Read))}, in.newest...))
	}
	if c.Hollow() >= hollowBad {
		all = append(all, reason(38, ToneWarn, "comments_hollow", Args{"share": percent(c.Hollow()), "n": number(float64(c.Read))}, in.newest...))
	}
	return all
}

// knownReasons say what could not be looked at, and the counts, so that no verdict stands without three.
func knownReasons(r *Report, in *Input) (all []candidate) {
	switch r.Unscored {
	case UnscoredYouTube:
		all = append(all, reason(58, ToneWarn, "youtube_terms", nil, r.counted()), reason(57, ToneNeutral, "youtube_not_judged", nil, r.counted()))
	case UnscoredLittle:
		all = append(all, reason(55, ToneWarn, "too_little", Args{"n": number(float64(r.Posts))}, r.counted()))
	}
	if r.Followers == nil {
		return append(all, reason(5, ToneNeutral, "followers_unknown", nil, r.counted()))
	}
	all = append(all, reason(3, ToneNeutral, "followers_counted", Args{"followers": number(float64(*r.Followers)), "tier": key(string(r.Tier))}, r.counted()))
	if r.Posts > 0 {
		all = append(all, reason(2, ToneNeutral, "posts_known", Args{"n": number(float64(r.Posts))}, in.newest...))
	}
	return all
}
