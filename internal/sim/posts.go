package sim

import (
	"fmt"
	"math"
	"slices"
	"time"
)

// push is a post about the shop and how strongly it pulls: views / mean views.
type push struct {
	at       time.Time
	strength float64
	halfLife float64 // hours
}

// weightAt is the push's part in a day's clicks; it halves every half-life. Over all days every push of strength 1 weighs about 1, so a long
// life spreads the pull and does not multiply it.
func (p push) weightAt(day time.Time) float64 {
	age := day.Sub(p.at).Hours()
	if age <= -24 {
		return 0
	}
	return p.strength * math.Exp2(-max(0, age)/p.halfLife) * (1 - math.Exp2(-24/p.halfLife))
}

// publish gives every profile its posts and monthly snapshots, and every partner the posts about the shop.
func (m *Market) publish() {
	seen := map[string]bool{}
	for i, c := range m.Creators {
		d := newDice(m.Seed, streamPosts+uint64(i)) //nolint:gosec // i counts up from 0
		if c.Standing == StandingPartner {
			c.pushes = m.plan(d, c)
		}
		c.Watched = d.chance(m.Params.Watched) || c.Growth != GrowthSteady
		for n := range c.Profiles {
			m.fill(d, c, n, seen)
		}
		if c.Account != AccountFake && d.chance(m.Params.Audiences) {
			c.Audience = audience(d, c)
		}
	}
}

// plan dates the posts about the shop, one every ten to twenty-five days from joining to the end of the live phase.
func (m *Market) plan(d dice, c *Creator) []push {
	half := c.Profiles[0].Platform.halfLifeHours()
	var plan []push
	at := c.Joined.Add(hours(d.Float64() * 72))
	for at.Before(m.end()) {
		plan = append(plan, push{at: at, strength: d.spread(m.Params.PostSpread), halfLife: d.in(half)})
		at = at.Add(days(d.in(Range{10, 25})))
	}
	return plan
}

func (m *Market) fill(d dice, c *Creator, n int, seen map[string]bool) {
	p := &c.Profiles[n]
	history := float64(m.Params.Days)
	spread := m.Params.PostSpread
	if c.Growth == GrowthBought {
		spread = min(spread, 0.15) // a bought audience does not watch: no post stands out
	}
	adverts, risk := d.chance(m.Params.Advertise), d.chance(m.Params.Risky)
	for i := range m.posts(d, c) {
		at := m.Now.Add(-days(d.Float64() * history))
		if c.Growth == GrowthBought {
			at = m.Now.Add(-days(float64(i) + 0.3 + 0.4*d.Float64()))
		}
		post := m.post(d, c, p, at, "", d.spread(spread))
		switch {
		case adverts && d.chance(0.12):
			post.Caption, post.Sponsored = advert(d, c, seen), true
		case risk && i == 0:
			post.Caption = riskyCaption(d, c)
		default:
			post.Caption = caption(d, c, seen)
		}
		p.Posts = append(p.Posts, post)
	}
	p.Posts = append(p.Posts, m.seenByMany(d, c, p, seen)...)
	if n == 0 {
		for _, push := range c.pushes {
			if push.at.Before(m.Now) {
				post := m.post(d, c, p, push.at, pick(d, brandCaptions)+". "+caption(d, c, seen), push.strength)
				post.Sponsored = true
				p.Posts = append(p.Posts, post)
			}
		}
	}
	slices.SortStableFunc(p.Posts, func(a, b Post) int { return a.At.Compare(b.At) })
	for i := range p.Posts {
		p.Posts[i].ID = fmt.Sprintf("%s-%d-%d-%d", p.Platform, c.No+1, n+1, i+1)
	}
	switch {
	case c.Watched && n == 0:
		p.Snapshots = m.watched(d, p, 1)
	case c.Standing == StandingProspect && n == 0:
		p.Snapshots = m.watched(d, p, 7)
	default:
		p.Snapshots = m.snapshots(d, p)
	}
}

// posts is how many a profile has beside those about the shop. Who bought followers posts every day: only then can views that did not rise say so.
func (m *Market) posts(d dice, c *Creator) int {
	perMonth := d.in(m.Params.PostsAMonth)
	switch {
	case c.Account == AccountFake:
		return 3 + d.IntN(3)
	case c.Growth == GrowthBought:
		return m.Params.Days
	case c.Growth == GrowthViral:
		perMonth = max(perMonth, 15)
	}
	return max(3, d.poisson(perMonth*float64(m.Params.Days)/30))
}

// seenByMany are the posts that brought an organic jump: six to ten times the usual views.
func (m *Market) seenByMany(d dice, c *Creator, p *Profile, seen map[string]bool) (list []Post) {
	if c.Growth != GrowthViral || p.Jump == nil {
		return nil
	}
	for day := range p.Jump.Days {
		list = append(list, m.post(d, c, p, p.Jump.At.Add(days(float64(day)-0.4)), caption(d, c, seen), d.in(Range{6, 10})))
	}
	return list
}

// post draws the counts of one post so that the mean over many posts meets the profile's engagement rate by its platform's formula.
func (m *Market) post(d dice, c *Creator, p *Profile, at time.Time, caption string, strength float64) Post {
	views := float64(p.Followers) * c.ViewRate * strength
	base := float64(p.Followers)
	if p.Platform.byViews() {
		base = views
	}
	reactions := base * p.Engagement * d.spread(0.25)
	comments := reactions * d.in(Range{0.02, 0.06})
	shares := reactions * d.in(Range{0.02, 0.05})
	likes := reactions - comments
	if p.Platform == PlatformTikTok {
		likes -= shares // only TikTok's formula counts shares
	}
	return Post{
		At: at.Truncate(time.Second), Caption: caption, Views: whole(max(views, reactions)),
		Likes: whole(likes), Comments: whole(comments), Shares: whole(shares),
	}
}

func whole(x float64) int64 { return int64(math.Round(max(0, x))) }

// snapshots go back month by month, with the growth the profile had.
func (m *Market) snapshots(d dice, p *Profile) []Snapshot {
	growth := d.in(Range{-0.01, 0.06})
	months := m.Params.Days/30 + 1
	var list []Snapshot
	for back := months; back >= 0; back-- {
		at := m.Now.Add(-days(float64(back) * 30))
		list = append(list, Snapshot{
			At: at, Followers: whole(float64(p.Followers) / math.Pow(1+growth, float64(back))), Following: p.Following, Posts: postsBefore(p.Posts, at),
		})
	}
	return list
}
