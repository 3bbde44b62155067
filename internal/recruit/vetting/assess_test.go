package vetting_test

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"rapport/internal/recruit/benchmarks"
	"rapport/internal/recruit/creators"
	"rapport/internal/recruit/vetting"
)

var now = time.Date(2026, 3, 2, 9, 30, 0, 0, time.UTC)

func n(v int64) *int64 { return &v }

// maya is a small TikTok account that publishes twice a week and is watched.
func maya() vetting.Input {
	p := creators.Profile{
		ID: "prf_maya", Creator: "cre_maya", Platform: creators.PlatformTikTok, Handle: "mayaglow", DisplayName: "Maya Ortiz", Bio: "tea and skin care from Lisbon",
		URL: "https://www.tiktok.com/@mayaglow", Followers: n(8200), Following: n(310), Posts: n(240), Tier: creators.TierNano, CountedAt: now.AddDate(0, 0, -1), Country: "PT",
	}
	in := vetting.Input{
		Now: now, Profile: p, Creator: creators.Creator{ID: "cre_maya", Name: "Maya Ortiz", Profiles: []creators.Profile{p}, Main: p.ID, Tier: p.Tier},
		Benchmarks: benchmarks.Published(), Words: vetting.Compile(vetting.StarterLists()),
		Snapshots: []creators.Snapshot{{Profile: p.ID, TakenAt: p.CountedAt, Source: "import", Counts: creators.Counts{Followers: p.Followers}}},
	}
	for i := range 20 {
		views := int64(3000 + 700*(i%5))
		in.Posts = append(in.Posts, creators.Post{
			ID: creators.PostID(fmt.Sprintf("pst_%02d", i)), Profile: p.ID, PlatformID: fmt.Sprintf("73000000000000000%02d", i), PostedAt: now.AddDate(0, 0, -2-3*i),
			Caption: "a quiet morning with a cup of green tea", Hashtags: "tea skincare",
			Counts: creators.PostCounts{Views: &views, Likes: n(views/9 + int64(i*7)), Comments: n(12 + int64(i%4)), Shares: n(9)},
		})
	}
	return in
}

func TestAHealthySmallAccountFits(t *testing.T) {
	r := vetting.Assess(maya())
	if r.Verdict != vetting.VerdictFits || !r.Scored() || r.Score < 70 {
		t.Fatalf("%s with %d: %+v\n%+v", r.Verdict, r.Score, r.Reasons, r.Parts)
	}
	if r.Engagement.Formula != string(creators.FormulaSharedByViews) || r.Engagement.Against == nil || r.Engagement.Against.Source == "" {
		t.Errorf("engagement %+v", r.Engagement)
	}
	if r.Audience.Standing != vetting.StandingEarned {
		t.Errorf("audience %+v", r.Audience)
	}
}

// codes are the reasons' codes.
func codes(r vetting.Report) (all []string) {
	for _, one := range r.Reasons {
		all = append(all, one.Code)
	}
	return all
}

func has(r vetting.Report, code string) bool {
	for _, c := range codes(r) {
		if c == code {
			return true
		}
	}
	return false
}

// anything draws an input with everything known or not.
func anything(t *rapid.T) vetting.Input {
	in := maya()
	count := rapid.Ptr(rapid.Int64Range(0, 5_000_000), true)
	p := &in.Profile
	p.Platform = rapid.SampledFrom(creators.Platforms).Draw(t, "platform")
	p.Followers, p.Following, p.Posts = count.Draw(t, "followers"), count.Draw(t, "following"), count.Draw(t, "posts")
	p.Handle, p.Bio = rapid.StringN(1, 20, 30).Draw(t, "handle"), rapid.SampledFrom([]string{"", "casino nights", "tea"}).Draw(t, "bio")
	in.Posts = in.Posts[:rapid.IntRange(0, 20).Draw(t, "known posts")]
	for i := range in.Posts {
		post := &in.Posts[i]
		post.Counts = creators.PostCounts{Views: count.Draw(t, "views"), Likes: count.Draw(t, "likes"), Comments: count.Draw(t, "comments"), Shares: count.Draw(t, "shares")}
		post.Caption = rapid.SampledFrom([]string{"", "tea", "#ad with @nordic.tea", "cocktails tonight", "onlyfans link"}).Draw(t, "caption")
		post.PostedAt = now.AddDate(0, 0, -rapid.IntRange(0, 400).Draw(t, "days ago"))
	}
	if rapid.Bool().Draw(t, "no snapshots") {
		in.Snapshots = nil
	}
	if rapid.Bool().Draw(t, "wanted") {
		in.Wanted = []vetting.Slice{{Dimension: creators.DimensionCountry, Key: "DE", ShareBP: 5000}}
		in.Audience = []creators.Audience{{Profile: p.ID, TakenAt: now, Source: "insights", Slices: []vetting.Slice{{Dimension: creators.DimensionCountry, Key: "DE", ShareBP: rapid.IntRange(0, 10000).Draw(t, "share")}}}}
	}
	in.YouTubeDerived = rapid.Bool().Draw(t, "terms")
	return in
}

func TestPartsSumToTheScoreAndReasonsHaveProof(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := vetting.Assess(anything(t))
		sum, most := 0, 0
		for _, p := range r.Parts {
			sum, most = sum+p.Points, most+p.Most
			if p.Points < 0 || p.Points > p.Most {
				t.Fatalf("part %+v", p)
			}
		}
		if sum != r.Score || r.Scored() != (most == 100) || !r.Scored() && (r.Score != 0 || most != 0) {
			t.Fatalf("score %d, parts sum to %d of %d (%q)", r.Score, sum, most, r.Unscored)
		}
		if len(r.Reasons) != 3 {
			t.Fatalf("%d reasons: %v", len(r.Reasons), codes(r))
		}
		for _, one := range r.Reasons {
			if len(one.Evidence) == 0 {
				t.Fatalf("reason %s has no proof", one.Code)
			}
			for _, e := range one.Evidence {
				if e.Post == "" && e.Source == "" {
					t.Fatalf("the proof of %s names neither a post nor a source", one.Code)
				}
			}
		}
		for _, f := range []float64{r.Engagement.Rate, r.Views.Rate, r.Rhythm.PerWeek, r.Ratio.Likes, r.Variance.CV, r.Sponsored.Relative, r.Match.Score} {
			if math.IsNaN(f) || math.IsInf(f, 0) {
				t.Fatalf("a figure is no number: %+v", r)
			}
		}
	})
}

func TestTheSameInputGivesTheSameReport(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := anything(t)
		if diff := cmp.Diff(vetting.Assess(in), vetting.Assess(in), cmpopts.IgnoreUnexported(vetting.Report{})); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestNothingIsDerivedFromYouTubeBeforeItsTermsAreAccepted(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := anything(t)
		in.Profile.Platform, in.YouTubeDerived = creators.PlatformYouTube, false
		r := vetting.Assess(in)
		if r.Unscored != vetting.UnscoredYouTube || r.Verdict == vetting.VerdictFits || r.Engagement.Known || r.Views.Known || r.Rhythm.Known ||
			r.Ratio.Known || r.Variance.Known || r.Comments.Known || r.Following.Known || r.Sponsored.Known || r.Safety.Known || r.Account.Known || r.Match.Known ||
			r.Audience.Standing != vetting.StandingCannotTell || len(r.Audience.Signals) > 0 {
			t.Fatalf("%+v", r)
		}
		if !has(r, "youtube_terms") {
			t.Fatalf("the report does not say why: %v", codes(r))
		}
	})
}

func TestWithTheTermsAcceptedYouTubeIsJudgedLikeOthers(t *testing.T) {
	in := maya()
	in.Profile.Platform, in.YouTubeDerived = creators.PlatformYouTube, true
	if r := vetting.Assess(in); !r.Scored() || !r.Engagement.Known || r.Engagement.Formula != string(creators.FormulaByViews) {
		t.Fatalf("%+v", r)
	}
}

func TestHiddenLikesAreLeftOutNotCountedAsNone(t *testing.T) {
	in := maya()
	full := vetting.Assess(in).Engagement
	for i := range 5 {
		in.Posts[4*i].Counts = creators.PostCounts{Views: in.Posts[4*i].Counts.Views, Comments: n(1)}
	}
	got := vetting.Assess(in).Engagement
	if got.Hidden != 5 || got.Posts != 15 || got.Rate < full.Rate*0.8 {
		t.Errorf("%+v, with all likes shown %v", got, full.Rate)
	}
	in.Posts = in.Posts[:2]
	if vetting.Assess(in).Engagement.Known {
		t.Error("two posts made a rate")
	}
}

func TestRhythmCountsWeeksAndGaps(t *testing.T) {
	in := maya()
	in.Posts = in.Posts[:3]
	for i, days := range []int{1, 15, 22} {
		in.Posts[i].PostedAt = now.AddDate(0, 0, -days)
	}
	if r := vetting.Assess(in).Rhythm; r.PerWeek != 1 || r.LongestGap != 14 || r.DaysSince != 1 {
		t.Errorf("%+v", r)
	}
}

func TestSponsoredPostsAreRecognisedInManyLanguages(t *testing.T) {
	for caption, want := range map[string]bool{
		"my new serum #ad": true, "#Werbung für Tee": true, "ANZEIGE | neuer Tee": true, "#publicité thé": true, "Paid partnership with Nordic Tea": true,
		"Реклама. Чай": true, "#광고 차": true, "今日は #広告 です": true, "współpraca #reklama": true, "colaboración pagada con X": true, "#PaidPartnership": true,
		"read the ad in the paper": false, "made for you": false, "unbezahlte Werbung, selbst gekauft": false, "#notsponsored but great": false, "radio and shadows": false, "": false,
		"adventure #adventure": false, "party #partyhard": false,
	} {
		in := maya()
		in.Posts = in.Posts[:4]
		in.Posts[0].Caption = caption
		if got := vetting.Assess(in).Sponsored.Paid == 1; got != want {
			t.Errorf("%q: sponsored %v, want %v", caption, got, want)
		}
	}
}

func TestThePlatformsOwnFlagCounts(t *testing.T) {
	in := maya()
	yes := true
	in.Posts[0].Sponsored = &yes
	if s := vetting.Assess(in).Sponsored; s.Paid != 1 || s.Share != 0.05 || s.Evidence[0].Post != "pst_00" {
		t.Errorf("%+v", s)
	}
}

func TestSponsoredPostsAreMeasuredAgainstOrganicOnes(t *testing.T) {
	in := maya()
	for i := range 5 {
		in.Posts[i].Caption, in.Posts[i].Counts = "#ad tea", creators.PostCounts{Views: n(1000), Likes: n(20), Comments: n(0), Shares: n(0)}
	}
	for i := 5; i < 20; i++ {
		in.Posts[i].Counts = creators.PostCounts{Views: n(1000), Likes: n(100), Comments: n(0), Shares: n(0)}
	}
	s := vetting.Assess(in).Sponsored
	if !s.Compared || s.RatePaid != 0.02 || s.RateFree != 0.1 || math.Abs(s.Relative-0.2) > 1e-9 {
		t.Errorf("%+v", s)
	}
}

func TestWordsAreFoundWholeAndFoldedWithThePostAsProof(t *testing.T) {
	lists := []vetting.List{{Category: "alcohol", Weight: vetting.WeightWarn, Words: []string{"Wein", "gin tonic", "お酒", "ρακή"}}}
	for caption, want := range map[string]bool{
		"ein Glas WEIN am Abend": true, "Gin  Tonic!": true, "今夜のお酒です": true, "Ένα ΡΑΚΉ": true, "#wein": true, "schwein": false, "gin and tonic": false, "weinen": false,
	} {
		in := maya()
		in.Words = vetting.Compile(lists)
		in.Posts[3].Caption = caption
		r := vetting.Assess(in)
		if got := len(r.Safety.Hits) == 1; got != want {
			t.Errorf("%q: found %v, want %v", caption, got, want)
			continue
		}
		if want && (r.Safety.Hits[0].Evidence[0].Post != "pst_03" || r.Safety.Hits[0].Evidence[0].URL == "" || !has(r, "safety_warn") || r.Verdict != vetting.VerdictLookCloser) {
			t.Errorf("%q: %s, %+v", caption, r.Verdict, r.Safety)
		}
	}
}

func TestAWordThatMustNeverComeDecides(t *testing.T) {
	in := maya()
	in.Words = vetting.Compile([]vetting.List{{Category: "adult", Weight: vetting.WeightNever, Words: []string{"nsfw"}}})
	in.Posts[0].Caption = "nsfw"
	if r := vetting.Assess(in); r.Verdict != vetting.VerdictNotForUs || r.Reasons[0].Code != "safety_never" {
		t.Errorf("%s: %v", r.Verdict, codes(r))
	}
	in.Words = vetting.Compile([]vetting.List{{Category: "adult", Weight: vetting.WeightOff, Words: []string{"nsfw"}}})
	if r := vetting.Assess(in); len(r.Safety.Hits) != 0 {
		t.Error("a list that is off was searched for")
	}
}

func TestMatchIsTheMeanOfWhatIsReachedOfEachWantedShare(t *testing.T) {
	in := maya()
	in.Wanted = []vetting.Slice{{Dimension: creators.DimensionCountry, Key: "DE", ShareBP: 6000}, {Dimension: creators.DimensionGender, Key: "female", ShareBP: 5000}, {Dimension: creators.DimensionAge, Key: "18-24", ShareBP: 5000}}
	in.Audience = []creators.Audience{
		{Profile: "prf_maya", TakenAt: now.AddDate(0, 0, -9), Source: "insights", Slices: []vetting.Slice{{Dimension: creators.DimensionCountry, Key: "DE", ShareBP: 3000}, {Dimension: creators.DimensionGender, Key: "female", ShareBP: 8000}}},
		{Profile: "prf_maya", TakenAt: now.AddDate(-1, 0, 0), Source: "old list", Slices: []vetting.Slice{{Dimension: creators.DimensionCountry, Key: "DE", ShareBP: 6000}}},
		{Profile: "prf_another", TakenAt: now, Source: "another account", Slices: []vetting.Slice{{Dimension: creators.DimensionAge, Key: "18-24", ShareBP: 9000}}},
	}
	m := vetting.Assess(in).Match
	if !m.Known || m.Score != 0.75 || m.Source != "insights" || m.Shares[2].Known { // (0.5 + 1) / 2; ages are unknown
		t.Errorf("%+v", m)
	}
}

func TestWorkForARivalAndPromisesToOthersStandInTheWay(t *testing.T) {
	in := maya()
	in.Posts[2].Caption = "#ad so good @nordic.tea"
	in.Exclusivities = []vetting.Exclusivity{{Ours: true, Brands: []string{creators.FoldBrand("Nordic Tea")}, From: now.AddDate(-1, 0, 0)}}
	r := vetting.Assess(in)
	if r.Verdict != vetting.VerdictNotForUs || r.Reasons[0].Code != "conflict_rival" || r.Reasons[0].Evidence[0].Post != "pst_02" {
		t.Errorf("%s %+v", r.Verdict, r.Reasons[0])
	}
	in.Exclusivities[0].From = now
	if r := vetting.Assess(in); len(r.Conflicts) != 0 {
		t.Error("work from before the time counts")
	}
	in.Exclusivities = []vetting.Exclusivity{{Holder: "Nordic Tea", From: now.AddDate(0, -1, 0), Until: now.AddDate(0, 1, 0)}}
	if r := vetting.Assess(in); r.Verdict != vetting.VerdictNotForUs || r.Reasons[0].Code != "conflict_bound_until" {
		t.Errorf("%v", codes(r))
	}
	in.Exclusivities[0].Until = now.AddDate(0, 0, -1)
	if r := vetting.Assess(in); len(r.Conflicts) != 0 {
		t.Error("a promise that has ended stands in the way")
	}
}

func TestCollaborationsComeFromPaidPostsAndFromWhatIsKnown(t *testing.T) {
	in := maya()
	in.Posts[0].Caption = "Paid partnership with Nordic Tea, thank you"
	in.Posts[1].Caption = "lunch with @myfriend"
	in.Collaborations = []creators.Collaboration{{Brand: "Alpen Soap", At: now.AddDate(-1, 0, 0), Source: "entered"}}
	brands := vetting.Assess(in).Brands
	if len(brands) != 2 || brands[0].Name != "Nordic Tea" || brands[1].Name != "Alpen Soap" {
		t.Errorf("%+v", brands)
	}
}

func TestTwoBadSignsDoNotLookEarnedAndOneIsMixed(t *testing.T) {
	in := maya()
	for i := range in.Posts {
		in.Posts[i].Counts = creators.PostCounts{Views: n(40_000), Likes: n(40), Comments: n(4), Shares: n(1)} // a thousandth reacts, always alike
	}
	if r := vetting.Assess(in); r.Audience.Standing != vetting.StandingNotEarned || r.Verdict != vetting.VerdictNotForUs {
		t.Errorf("%s %+v", r.Verdict, r.Audience)
	}
	for i := range in.Posts {
		in.Posts[i].Counts.Likes = n(int64(10 + 40*(i%3)))
	}
	if r := vetting.Assess(in); r.Audience.Standing != vetting.StandingMixed || r.Verdict != vetting.VerdictLookCloser {
		t.Errorf("%s %+v", r.Verdict, r.Audience)
	}
}

func comments(in vetting.Input, text string, authors int) vetting.Input {
	in.Comments = map[creators.PostID][]creators.Comment{}
	for i, p := range in.Posts[:5] {
		for j := range 10 {
			in.Comments[p.ID] = append(in.Comments[p.ID], creators.Comment{Post: p.ID, Text: text, Author: fmt.Sprint((10*i + j) % authors)})
		}
	}
	return in
}

func TestPodsAndHollowCommentsAreSeen(t *testing.T) {
	c := vetting.Assess(comments(maya(), "🔥🔥", 50)).Comments
	if !c.Known || c.Emoji != 1 || c.Repeated != 0 {
		t.Errorf("%+v", c)
	}
	if c = vetting.Assess(comments(maya(), "what a lovely colour", 10)).Comments; c.Repeated != 1 || c.Hollow() != 0 {
		t.Errorf("%+v", c)
	}
	if c = vetting.Assess(comments(maya(), "@anna", 50)).Comments; c.Mention != 1 {
		t.Errorf("%+v", c)
	}
	if c = vetting.Assess(comments(maya(), "wow!", 50)).Comments; c.OneWord != 1 {
		t.Errorf("%+v", c)
	}
	if c = vetting.Assess(comments(maya(), "とてもきれい", 50)).Comments; c.Hollow() != 0 {
		t.Errorf("a Japanese sentence is no single word: %+v", c)
	}
}

func FuzzCaptions(f *testing.F) {
	for _, seed := range []string{"#ad @x", "paid partnership with", "#", "@", "Paid partnership with Ö", "\xff\xfe#広告", "@@@@ .", "sponsored by A B C D"} {
		f.Add(seed, seed)
	}
	f.Fuzz(func(t *testing.T, caption, tags string) {
		in := maya()
		in.Posts = in.Posts[:4]
		in.Posts[0].Caption, in.Posts[0].Hashtags, in.Profile.Bio = caption, tags, caption
		if r := vetting.Assess(in); len(r.Reasons) != 3 {
			t.Errorf("%d reasons", len(r.Reasons))
		}
	})
}

func TestAFigureFarFromItsBenchmarkIsToldWithIt(t *testing.T) {
	in := maya()
	for i := range in.Posts {
		in.Posts[i].Counts = creators.PostCounts{Views: n(1000), Likes: n(int64(10 + 20*(i%4))), Comments: n(1), Shares: n(0)}
	}
	r := vetting.Assess(in)
	if !has(r, "engagement_below") {
		t.Fatalf("%v %+v", codes(r), r.Engagement)
	}
	for _, one := range r.Reasons {
		if one.Code == "engagement_below" && (one.Args["usual"].Number != 0.126 || one.Args["source"].Text == "" || one.Args["formula"].Text == "") {
			t.Errorf("%+v", one.Args)
		}
	}
}

func TestTooLittleIsNoScore(t *testing.T) {
	in := maya()
	in.Posts, in.Profile.Bio = nil, ""
	if r := vetting.Assess(in); r.Scored() || r.Verdict != vetting.VerdictLookCloser || !has(r, "too_little") {
		t.Errorf("%s %d %v %+v", r.Verdict, r.Score, codes(r), r.Parts)
	}
}

func BenchmarkAssess(b *testing.B) {
	in := maya()
	for b.Loop() {
		vetting.Assess(in)
	}
}

// What a caption told when it came in and what it tells now is one work.
func TestWorkThatACaptionTellsOfCountsOnce(t *testing.T) {
	at := time.Date(2026, 2, 1, 12, 0, 0, 0, time.UTC)
	post := creators.Post{ID: "pst_1", PostedAt: at, Caption: "Paid partnership with Nordic Tea #ad"}
	noted := creators.Collaboration{Brand: "nordic tea", Post: post.ID, At: at, Source: creators.SourceCaption}
	entered := creators.Collaboration{Brand: "Nordic Tea", At: at.AddDate(0, -1, 0), Source: creators.SourceEntered}
	r := vetting.Assess(vetting.Input{Now: at.AddDate(0, 0, 1), Profile: creators.Profile{Platform: creators.PlatformTikTok, Handle: "maya"}, Posts: []creators.Post{post}, Collaborations: []creators.Collaboration{noted, entered}})
	if len(r.Brands) != 1 || r.Brands[0].Times != 2 {
		t.Errorf("%+v", r.Brands)
	}
}
