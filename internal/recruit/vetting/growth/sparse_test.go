package growth

import (
	"math"
	"slices"
	"testing"

	"rapport/internal/recruit/creators"
)

// seldom is the calm series of an account that posts once in so many days, each post with about 4,000 views.
func seldom(every int) []Point {
	points := calm(80)
	for d := range points {
		if d%every != 0 {
			points[d].Views = new(int64)
		}
	}
	return points
}

func TestAPostExplainsAJumpOnlyByBeingWatchedMore(t *testing.T) {
	for name, c := range map[string]struct {
		change func() []Point
		want   Verdict
		reason Reason
	}{
		"bought on a day of a post":     {func() []Point { p := seldom(5); raise(p, 40, 0.13); return p }, VerdictBought, BecauseNoViews},
		"bought on a silent day":        {func() []Point { p := seldom(8); raise(p, 44, 0.13); return p }, VerdictBought, BecauseNoViews},
		"one post in ten days":          {func() []Point { p := seldom(10); raise(p, 40, 0.13); return p }, VerdictBought, BecauseNoViews},
		"a post seen by many":           {func() []Point { p := seldom(5); raise(p, 40, 0.13); *p[40].Views *= 8; return p }, VerdictOrganic, BecauseViewsRose},
		"a post seen by few newcomers":  {func() []Point { p := calm(80); raise(p, 40, 1); *p[40].Views *= 4; return p }, VerdictCannotTell, BecauseFewerViews},
		"nothing published":             {func() []Point { p := seldom(1000); raise(p, 40, 0.13); return p }, VerdictCannotTell, BecauseViewsUnknown},
		"a gap over the day":            {func() []Point { p := seldom(5); raise(p, 40, 0.13); return slices.Delete(p, 37, 43) }, VerdictCannotTell, BecauseGap},
		"three digits, as YouTube does": {func() []Point { p := seldom(5); raise(p, 40, 0.13); return threeDigits(p) }, VerdictBought, BecauseNoViews},
		"three digits, nothing happens": {func() []Point { return threeDigits(seldom(5)) }, VerdictSteady, ""},
		"300 followers, nothing":        {func() []Point { return small(seldom(5)) }, VerdictSteady, ""},
	} {
		t.Run(name, func(t *testing.T) {
			f := Judge(c.change(), creators.TierMicro)
			if f.Verdict != c.want || c.reason != "" && !slices.Contains(f.Because, c.reason) {
				t.Errorf("%+v", f)
			}
		})
	}
}

// A rise over days is not called steady with a sure voice, nor bought.
func TestWeeksOfFollowingBackCannotBeTold(t *testing.T) {
	if f := Judge(followedBack(), creators.TierMicro); f.Verdict != VerdictCannotTell || !slices.Contains(f.Because, BecauseSeveralDays) {
		t.Errorf("%+v", f)
	}
}

func TestAGiveawayIsNotBought(t *testing.T) {
	for _, days := range []int{2, 3, 5} {
		p := seldom(3)
		for d := range days {
			raise(p, 40+d, 0.15/float64(days)+0.01*float64(d%2))
		}
		if f := Judge(p, creators.TierMicro); f.Verdict != VerdictCannotTell || !slices.Contains(f.Because, BecauseSeveralDays) {
			t.Errorf("%d days: %+v", days, f)
		}
	}
}

// followedBack gains 3 % a day for a week.
func followedBack() []Point {
	p := seldom(5)
	for d := range 7 {
		raise(p, 40+d, 0.03)
	}
	return p
}

func threeDigits(points []Point) []Point {
	for i := range points {
		unit := int64(math.Pow10(int(math.Log10(float64(points[i].Followers))) - 2))
		points[i].Followers -= points[i].Followers % unit
	}
	return points
}

func small(points []Point) []Point {
	for i := range points {
		points[i].Followers = 300 + int64(i%3) - 1
	}
	return points
}
