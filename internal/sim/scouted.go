package sim

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
)

// Account says what an account truly is.
type Account string

// The accounts of the market.
const (
	AccountGenuine      Account = "genuine"
	AccountFake         Account = "fake"          // made to be sold: no words, no picture, few posts, many digits
	AccountMassFollower Account = "mass_follower" // follows thousands to be followed back
)

// Growth says how a profile's followers truly came.
type Growth string

// The growths of the market.
const (
	GrowthSteady Growth = "steady"
	GrowthBought Growth = "bought" // a purchase in one day
	GrowthViral  Growth = "viral"  // posts that many saw
)

// Jump is what happened to a profile's followers at a moment beside its usual growth.
type Jump struct {
	At    time.Time `json:"at"`
	Share float64   `json:"share"` // of the followers before
	Days  int       `json:"days"`  // over which it came
}

// Slice is a part of an audience; the parts of a dimension sum to at most 10,000 basis points.
type Slice struct {
	Dimension string `json:"dimension"`
	Key       string `json:"key"`
	ShareBP   int    `json:"share_bp"`
}

// scout adds the people whom nobody has spoken to yet, after all others, so that they change nothing about the others.
func (m *Market) scout(taken market) {
	p := m.Params
	first := len(m.Creators)
	d := newDice(m.Seed, streamScouted)
	tiers, platforms := deal(p.Scouted, Tiers, p.TierShare), deal(p.Scouted, Platforms, p.PlatformShare)
	d.Shuffle(len(tiers), func(i, j int) { tiers[i], tiers[j] = tiers[j], tiers[i] })
	d.Shuffle(len(platforms), func(i, j int) { platforms[i], platforms[j] = platforms[j], platforms[i] })
	for i := range p.Scouted {
		c := m.person(newDice(m.Seed, streamScouted+1+uint64(i)), first+i, tiers[i], platforms[i], taken) //nolint:gosec // i counts up from 0
		c.Standing = StandingProspect
		m.Creators = append(m.Creators, c)
	}
	m.disguise(d, m.Creators[first:], taken)
}

// disguise makes some of the scouted what they truly are: each oddity its share of them, each creator at most one.
func (m *Market) disguise(d dice, scouted []*Creator, taken market) {
	p, next := m.Params, 0
	order := d.Perm(len(scouted))
	each := func(share float64, change func(*Creator)) {
		for range int(math.Round(share * float64(len(scouted)))) {
			if next < len(order) {
				change(scouted[order[next]])
				next++
			}
		}
	}
	each(p.Fakes, func(c *Creator) { m.fake(d, c, taken) })
	each(p.MassFollowers, func(c *Creator) {
		c.Account, c.Profiles[0].Following = AccountMassFollower, int64(d.in(Range{5200, 7400}))
		c.Profiles[0].Engagement *= 0.4
	})
	each(p.Bought, func(c *Creator) { m.jump(d, c, GrowthBought) })
	each(p.Viral, func(c *Creator) { m.jump(d, c, GrowthViral) })
}

func (m *Market) fake(d dice, c *Creator, taken market) {
	first := strings.Fields(plain(c.Name))[0]
	c.Account, c.Profiles = AccountFake, c.Profiles[:1]
	main := &c.Profiles[0]
	main.Handle = taken.handles.free(fmt.Sprintf("%s%d", first, 10_000_000+d.IntN(80_000_000)))
	main.Bio, main.Following, main.Engagement = "", int64(d.in(Range{2500, 7300})), main.Engagement*0.08
}

// jump dates a purchase of followers or a week in which many looked, far enough from both ends of the daily counts to be seen.
func (m *Market) jump(d dice, c *Creator, g Growth) {
	c.Growth = g
	j := Jump{At: m.Now.Add(-days(float64(12 + d.IntN(12)))), Share: d.in(Range{0.08, 0.24}), Days: 1}
	if g == GrowthViral {
		j.Days = 3
	} else {
		c.Profiles[0].Engagement *= 0.75
	}
	c.Profiles[0].Jump = &j
}

// dailyDays is how far daily counts go back.
const dailyDays = 75

// watched counts a profile day by day or week by week. It goes back from what it has now, so that the last count is the profile's own.
func (m *Market) watched(d dice, p *Profile, step int) []Snapshot {
	usual, noise := d.in(Range{0.0002, 0.002}), d.in(Range{0.0003, 0.0012})
	followers := float64(p.Followers)
	var list []Snapshot
	for back := 0; back <= dailyDays; back++ {
		at := m.Now.Add(-days(float64(back)))
		if back%step == 0 {
			list = append(list, Snapshot{At: at, Followers: whole(followers), Following: p.Following, Posts: postsBefore(p.Posts, at)})
		}
		followers /= math.Exp(usual+noise*d.NormFloat64()) * p.jumped(at)
	}
	slices.Reverse(list)
	return list
}

// jumped is the factor by which the day that ends at a moment was more than usual.
func (p *Profile) jumped(at time.Time) float64 {
	if p.Jump == nil || at.Before(p.Jump.At) || !at.Before(p.Jump.At.Add(days(float64(p.Jump.Days)))) {
		return 1
	}
	return math.Pow(1+p.Jump.Share, 1/float64(p.Jump.Days))
}

func postsBefore(posts []Post, at time.Time) int64 {
	n := slices.IndexFunc(posts, func(post Post) bool { return post.At.After(at) })
	if n < 0 {
		n = len(posts)
	}
	return int64(n)
}

// audience is who follows a creator, as their own statistics would say: most from their country, the ages and genders of their topic.
func audience(d dice, c *Creator) []Slice {
	own := 4500 + d.IntN(3000)
	list := []Slice{{"country", c.Country, own}}
	rest := 10_000 - own
	for _, other := range []string{"US", "GB", "DE", "CA", "AU"} {
		if other != c.Country {
			part := rest / 3
			list = append(list, Slice{"country", other, part})
			rest -= part
		}
	}
	women := 5200 + d.IntN(3300)
	if c.Topics[0] == "gaming" {
		women = 2500 + d.IntN(1500)
	}
	list = append(list, Slice{"gender", "female", women}, Slice{"gender", "male", 9800 - women})
	young := 1800 + d.IntN(2000)
	return append(list, Slice{"age", "18-24", young}, Slice{"age", "25-34", 3800}, Slice{"age", "35-44", 3100 - young/2}, Slice{"age", "45-54", 1000})
}
