package sim

import (
	"strings"
	"testing"
	"time"
)

func TestNoTwoPostsReadAlikeAndBothLanguagesAreWritten(t *testing.T) {
	seen, german := map[string]string{}, 0
	for _, c := range newMarket(t, nil, 1).Creators {
		for _, p := range c.Profiles {
			for _, post := range p.Posts {
				if other, ok := seen[post.Caption]; ok && !strings.Contains(strings.Join(append(risky["en"], risky["de"]...), "|"), strings.Split(post.Caption, ". ")[0]) {
					t.Fatalf("%q is written by %s and %s", post.Caption, other, c.Name)
				}
				seen[post.Caption] = c.Name
			}
			if c.Language == tongueGerman {
				german += len(p.Posts)
			}
		}
	}
	if len(seen) < 3000 || german < 300 {
		t.Fatalf("%d posts, %d in German", len(seen), german)
	}
}

func TestTheScoutedChangeNothingAboutTheOthers(t *testing.T) {
	with, without := newMarket(t, nil, 4), newMarket(t, func(p *Params) { p.Scouted = 0 }, 4)
	if len(with.Creators) != len(without.Creators)+with.Params.Scouted || len(with.Partners()) != len(without.Partners()) {
		t.Fatalf("%d and %d creators", len(with.Creators), len(without.Creators))
	}
	for i, c := range without.Creators {
		o := with.Creators[i]
		if o.Name != c.Name || o.Standing != c.Standing || o.Code != c.Code || o.Profiles[0].Followers != c.Profiles[0].Followers {
			t.Fatalf("creator %d is %s, then %s", i, c.Name, o.Name)
		}
	}
	for _, c := range with.Creators[len(without.Creators):] {
		if c.Standing != StandingProspect {
			t.Errorf("%s is no prospect", c.Name)
		}
	}
}

func TestEveryOddityHasItsShareAndShowsInTheCounts(t *testing.T) {
	m := newMarket(t, nil, 1)
	accounts, growths := map[Account]int{}, map[Growth]int{}
	for _, c := range m.Creators[m.Params.Creators:] {
		accounts[c.Account]++
		growths[c.Growth]++
		p := c.Profiles[0]
		switch {
		case c.Account == AccountFake && (p.Bio != "" || p.Following < 2500 || len(p.Posts) > 5):
			t.Errorf("%s does not look fake", p.Handle)
		case c.Account == AccountMassFollower && p.Following < 5000:
			t.Errorf("%s follows only %d", p.Handle, p.Following)
		case c.Growth != GrowthSteady:
			checkJump(t, p)
		}
	}
	if accounts[AccountFake] != 5 || accounts[AccountMassFollower] != 5 || growths[GrowthBought] != 6 || growths[GrowthViral] != 6 {
		t.Fatalf("%v %v", accounts, growths)
	}
}

// checkJump finds the jump in the daily counts, within a day of noise.
func checkJump(t *testing.T, p Profile) {
	t.Helper()
	before, after := int64(0), int64(0)
	for _, s := range p.Snapshots {
		if s.At.Before(p.Jump.At) {
			before = s.Followers
		}
		if !s.At.After(p.Jump.At.Add(time.Duration(p.Jump.Days) * 24 * time.Hour)) {
			after = s.Followers
		}
	}
	gain := float64(after-before) / float64(before)
	if gain < p.Jump.Share-0.03 || gain > p.Jump.Share+0.03 || p.Snapshots[len(p.Snapshots)-1].Followers != p.Followers {
		t.Errorf("%s grew %.3f around its jump of %.3f", p.Handle, gain, p.Jump.Share)
	}
}

func TestAudiencesOfADimensionSumToAtMostTheWhole(t *testing.T) {
	told := 0
	for _, c := range newMarket(t, nil, 2).Creators {
		sums := map[string]int{}
		for _, s := range c.Audience {
			sums[s.Dimension] += s.ShareBP
			if s.ShareBP < 0 {
				t.Errorf("%s: %+v", c.Name, s)
			}
		}
		for dimension, sum := range sums {
			if sum > 10_000 || sum < 8_000 {
				t.Errorf("%s: %s sums to %d", c.Name, dimension, sum)
			}
		}
		told += min(1, len(sums))
	}
	if told < 60 {
		t.Fatalf("only %d audiences", told)
	}
}
