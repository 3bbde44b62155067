package vetting

import (
	"rapport/internal/recruit/creators"
	"rapport/internal/recruit/vetting/account"
)

// Assess judges one account. It is pure: the same input gives the same report.
func Assess(in Input) Report {
	in.Posts = in.Posts[:min(len(in.Posts), postsLooked)]
	if in.norms == nil {
		in.norms = &norms{table: in.Benchmarks}
	}
	in.projected, in.newest = creators.Project(in.Snapshots), in.newestPosts()
	p := in.Profile
	r := Report{
		Creator: in.Creator.ID, Profile: p.ID, Platform: p.Platform, Handle: p.Handle, Tier: p.Tier, Followers: p.Followers, CountedAt: p.CountedAt,
		Source: in.projected.Source, Posts: len(in.Posts), Growth: Growth{Verdict: GrowthCannotTell}, Rhythm: in.rhythm(),
		Audience: Audience{Standing: StandingCannotTell, Sure: SureLow}, country: p.Country,
	}
	if p.Platform == creators.PlatformYouTube && !in.YouTubeDerived {
		r.rawOnly(&in)
		return r
	}
	posts := in.readPosts()
	r.Brands = in.brands(posts)
	r.Conflicts = in.conflicts(r.Brands)
	r.measure(&in, posts)
	r.score()
	r.conclude(&in)
	return r
}

// rawOnly is the report of a YouTube channel while the derived-metrics terms are not accepted: counts and dates as they are, what people entered, and
// nothing that was computed from them.
func (r *Report) rawOnly(in *Input) {
	r.Unscored = UnscoredYouTube
	r.Rhythm = Rhythm{Last: r.Rhythm.Last, DaysSince: r.Rhythm.DaysSince, Posts: r.Rhythm.Posts}
	r.Brands = in.brands(nil)
	r.Conflicts = in.conflicts(r.Brands)
	r.conclude(in)
}

// measure computes what the report is made of.
func (r *Report) measure(in *Input, posts []read) {
	r.Engagement, r.Views, r.Growth, r.Ratio = in.engagement(), in.views(), in.growth(), in.ratio()
	r.Variance, r.Comments, r.Following, r.Sponsored = in.variance(), in.comments(), in.following(), in.sponsored(posts)
	r.Match, r.Safety, r.Account = in.match(), in.safety(posts), in.account()
	r.Audience = judgeAudience(r.signals())
}

// account asks the model about the profile alone.
func (in *Input) account() (a Account) {
	j := account.Score(account.OfProfile(in.Profile, in.projected.Details.HasBioLink))
	a = Account{Known: true, Probability: j.Probability, Low: j.Low, High: j.High, Unsure: j.Unsure}
	for _, d := range j.Doubts {
		a.Doubts = append(a.Doubts, string(d))
		a.Known = a.Known && d != account.DoubtFewSignals
	}
	for _, s := range j.Signals {
		a.Signals = append(a.Signals, AccountSignal{Name: s.Name, Value: s.Value, Known: s.Known, Adds: round(s.Contribution, 3)})
	}
	return a
}
