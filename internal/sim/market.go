package sim

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
)

// Market is a whole synthetic market: who is in it and, by Events, what happens. It is a pure function of parameters, seed and now.
type Market struct {
	Params   Params     `json:"params"`
	Seed     uint64     `json:"seed"`
	Now      time.Time  `json:"now"` // events before are history, events after are live
	Groups   []Group    `json:"groups"`
	Creators []*Creator `json:"creators"`

	partners []*Creator
	scale    float64 // brings the partners' pull to Params.BuyersADay
	seasons  []float64
}

// Group is a group of partners with shared terms.
type Group struct {
	Name    string `json:"name"`
	Percent int    `json:"percent"` // commission
}

// The groups, from many to few.
const (
	GroupStarter    = "Starter"
	GroupAmbassador = "Ambassador"
	GroupVIP        = "VIP"
)

// New makes the market. Two calls with the same arguments make the same market, event for event.
func New(p Params, seed uint64, now time.Time) (*Market, error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	m := &Market{
		Params: p, Seed: seed, Now: now.UTC().Truncate(time.Second),
		Groups: []Group{{GroupStarter, 10}, {GroupAmbassador, 12}, {GroupVIP, 15}},
	}
	m.crowd()
	m.recruit()
	m.equip()
	d := newDice(seed, streamCreators-1)
	for range (p.Days+p.LiveDays)/30 + 1 {
		m.seasons = append(m.seasons, d.in(p.Season))
	}
	m.publish()
	m.scale = m.fitScale()
	return m, nil
}

func (m *Market) start() time.Time { return m.Now.Add(-days(float64(m.Params.Days))) }
func (m *Market) end() time.Time   { return m.Now.Add(days(float64(m.Params.LiveDays))) }

// Partners returns the creators who are in the program.
func (m *Market) Partners() []*Creator { return m.partners }

// recruit decides who is a partner, since when, and in which group; the strongest tenth are VIPs, the next three tenths ambassadors.
func (m *Market) recruit() {
	d := newDice(m.Seed, streamCreators-2)
	count := int(math.Round(m.Params.PartnerShare * float64(m.Params.Creators)))
	for i, no := range d.Perm(m.Params.Creators) {
		c := m.Creators[no]
		switch {
		case i < count:
			c.Standing, c.Joined = StandingPartner, m.joined(d)
			m.partners = append(m.partners, c)
		case i < count+m.Params.Applicants:
			c.Standing = StandingApplicant
		default:
			c.Standing = StandingProspect
		}
	}
	slices.SortFunc(m.partners, func(a, b *Creator) int { return cmp.Or(cmp.Compare(b.pull, a.pull), cmp.Compare(a.No, b.No)) })
	m.saturate()
	for rank, c := range m.partners {
		switch share := float64(rank) / float64(count); {
		case share < 0.1:
			c.Group = GroupVIP
		case share < 0.4:
			c.Group = GroupAmbassador
		default:
			c.Group = GroupStarter
		}
	}
	slices.SortFunc(m.partners, func(a, b *Creator) int { return cmp.Compare(a.No, b.No) })
}

// saturate caps a partner's pull at twelve times the median: an audience of millions has few buyers of one small shop. The factor is assumed.
// The partners stand in order of their pull.
func (m *Market) saturate() {
	if len(m.partners) == 0 {
		return
	}
	most := 12 * m.partners[len(m.partners)/2].pull
	for _, c := range m.partners {
		c.pull = min(c.pull, most)
	}
}

// joined: four in ten were there before the history begins, the others come during its first seventy per cent.
func (m *Market) joined(d dice) time.Time {
	if d.chance(0.4) {
		return m.start()
	}
	return m.start().Add(days(d.Float64() * 0.7 * float64(m.Params.Days)))
}

// equip gives every partner a code and one or two links.
func (m *Market) equip() {
	codes, slugs := names{}, names{}
	d := newDice(m.Seed, streamCreators-3)
	for _, c := range m.partners {
		c.Code = freeCode(codes, c.Name, m.Params.Shop.CodePercent)
		slug := slugs.free(strings.ReplaceAll(c.Profiles[0].Handle, ".", "-"))
		c.Links = append(c.Links, Link{Creator: c.No, Slug: slug, Destination: "https://" + m.Params.Shop.Host + "/"})
		if d.chance(0.5) {
			p := pick(d, assortment)
			c.Links = append(c.Links, Link{
				Creator: c.No, Slug: slugs.free(slug + "-" + strings.Split(p.slug, "-")[0]),
				Destination: "https://" + m.Params.Shop.Host + "/products/" + p.slug,
			})
		}
	}
}

// freeCode is the shortest readable code nobody has: MAREN10, MARENO10, MARENOKAFOR10, then numbers.
func freeCode(taken names, name string, percent int) string {
	words := strings.Fields(strings.ToUpper(plain(name)))
	end := ""
	if percent > 0 {
		end = fmt.Sprint(percent)
	}
	for n := 1; ; n++ {
		for _, stem := range []string{words[0], words[0] + words[1][:1], words[0] + words[1]} {
			code := stem + end
			if n > 1 {
				code = fmt.Sprintf("%sX%d%s", stem, n, end)
			}
			if key := strings.ToLower(code); !taken[key] {
				taken[key] = true
				return code
			}
		}
	}
}

// demand is how many orders a creator causes in the day that begins at day, before scaling.
func (m *Market) demand(c *Creator, day time.Time) float64 {
	if !c.Joined.Before(day.Add(24 * time.Hour)) {
		return 0
	}
	pull := 0.02 // the link in the bio, without any post
	for _, p := range c.pushes {
		pull += p.weightAt(day)
	}
	return c.pull * pull * m.mood(day)
}

// weekdays: people shop more at the turn of the week. Assumed.
var weekdays = [7]float64{1.15, 1.1, 0.95, 0.92, 0.95, 0.93, 1.0}

// mood is the shop's demand on a day beside its mean.
func (m *Market) mood(day time.Time) float64 {
	month := int(day.Sub(m.start()).Hours() / 24 / 30)
	return m.seasons[min(max(month, 0), len(m.seasons)-1)] * weekdays[day.Weekday()]
}

// fitScale measures the demand of the history (of a month, where there is none) and returns the factor to Params.BuyersADay.
func (m *Market) fitScale() float64 {
	count := m.Params.Days
	if count == 0 {
		count = min(30, m.Params.LiveDays)
	}
	var sum float64
	for k := range count {
		day := m.start().Add(days(float64(k)))
		for _, c := range m.partners {
			sum += m.demand(c, day)
		}
	}
	if sum == 0 {
		return 0
	}
	return m.Params.BuyersADay * float64(count) / sum
}
