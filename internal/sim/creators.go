package sim

import (
	"fmt"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/runes"
	"golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"
)

// Standing is where a creator stands with the program when the market opens.
type Standing string

// The standings of the market.
const (
	StandingPartner   Standing = "partner"
	StandingApplicant Standing = "applicant"
	StandingProspect  Standing = "prospect"
)

// Creator is one invented person. The first profile is the main one.
type Creator struct {
	No       int       `json:"no"` // position in Market.Creators
	Name     string    `json:"name"`
	Email    string    `json:"email"`
	Country  string    `json:"country"`
	Language string    `json:"language"`
	Topics   []string  `json:"topics"`
	Tier     Tier      `json:"tier"`
	Standing Standing  `json:"standing"`
	Group    string    `json:"group,omitempty"`
	Joined   time.Time `json:"joined"` // zero unless a partner
	Profiles []Profile `json:"profiles"`
	Account  Account   `json:"account"`            // what the account truly is
	Growth   Growth    `json:"growth"`             // how its followers truly came
	Watched  bool      `json:"watched,omitempty"`  // counted every day
	Audience []Slice   `json:"audience,omitempty"` // of the first profile, as its owner says
	Code     string    `json:"code,omitempty"`     // unique in the market, without case
	Links    []Link    `json:"links,omitempty"`

	Fit          float64 `json:"fit"`           // true nearness of the audience to the shop, 0–1
	ViewRate     float64 `json:"view_rate"`     // true mean views / followers
	ClickThrough float64 `json:"click_through"` // true clicks / views
	Conversion   float64 `json:"conversion"`    // true orders / clicks
	pull         float64 // expected orders a day without scaling
	pushes       []push
}

// Profile is an account of a creator with its counts now and before.
type Profile struct {
	Platform   Platform   `json:"platform"`
	Handle     string     `json:"handle"`
	Bio        string     `json:"bio"`
	Followers  int64      `json:"followers"`
	Following  int64      `json:"following"`
	Engagement float64    `json:"engagement"` // true mean rate, by the platform's formula
	Jump       *Jump      `json:"jump,omitempty"`
	Snapshots  []Snapshot `json:"snapshots"` // oldest first, the last one now
	Posts      []Post     `json:"posts"`     // oldest first
}

// Snapshot is the state of a profile at a moment.
type Snapshot struct {
	At        time.Time `json:"at"`
	Followers int64     `json:"followers"`
	Following int64     `json:"following"`
	Posts     int64     `json:"posts"`
}

// Post is one publication with its counts now.
type Post struct {
	At        time.Time `json:"at"`
	ID        string    `json:"id"`
	Caption   string    `json:"caption"`
	Sponsored bool      `json:"sponsored"`
	Views     int64     `json:"views"`
	Likes     int64     `json:"likes"`
	Comments  int64     `json:"comments"`
	Shares    int64     `json:"shares"`
}

// Link is a tracking link of a creator.
type Link struct {
	Creator     int    `json:"creator"`
	Slug        string `json:"slug"` // unique in the market
	Destination string `json:"destination"`
}

// names hands out texts that are not taken yet.
type names map[string]bool

func (n names) free(want string) string {
	got := want
	for i := 2; n[strings.ToLower(got)]; i++ {
		got = fmt.Sprintf("%s%d", want, i)
	}
	n[strings.ToLower(got)] = true
	return got
}

// crowd makes all creators of the market. Tiers and platforms follow their shares exactly, up to rounding.
func (m *Market) crowd() {
	p := m.Params
	tiers := deal(p.Creators, Tiers, p.TierShare)
	platforms := deal(p.Creators, Platforms, p.PlatformShare)
	d := newDice(m.Seed, streamCreators)
	d.Shuffle(len(tiers), func(i, j int) { tiers[i], tiers[j] = tiers[j], tiers[i] })
	d.Shuffle(len(platforms), func(i, j int) { platforms[i], platforms[j] = platforms[j], platforms[i] })
	taken := market{people: names{}, handles: names{}, codes: names{}, slugs: names{}}
	for i := range p.Creators {
		c := m.person(newDice(m.Seed, streamCreators+1+uint64(i)), i, tiers[i], platforms[i], taken) //nolint:gosec // i counts up from 0
		m.Creators = append(m.Creators, c)
	}
	m.scout(taken)
}

// market holds what must be unique over all creators.
type market struct{ people, handles, codes, slugs names }

// person finds a name nobody has; a market with more people than names numbers them.
func (t market) person(d dice) string {
	name := ""
	for range 20 {
		if name = pick(d, firstNames) + " " + pick(d, lastNames); !t.people[strings.ToLower(name)] {
			break
		}
	}
	return t.people.free(name)
}

// deal repeats every kind as often as its share of n asks.
func deal[K ~string](n int, kinds []K, share map[K]float64) []K {
	weights := make([]float64, len(kinds))
	for i, k := range kinds {
		weights[i] = share[k]
	}
	var all []K
	for i, count := range quotas(n, weights) {
		for range count {
			all = append(all, kinds[i])
		}
	}
	return all
}

func (m *Market) person(d dice, no int, tier Tier, platform Platform, taken market) *Creator {
	p := m.Params
	name := taken.person(d)
	h := homes[d.weighted(weightsOf(homes, func(h home) float64 { return h.weight }))]
	main := topics[d.weighted(weightsOf(topics, func(t topic) float64 { return 0.3 + t.near }))]
	second := pick(d, topics)
	c := &Creator{
		No: no, Name: name, Country: h.country, Language: h.language, Tier: tier, Topics: []string{main.name}, Account: AccountGenuine, Growth: GrowthSteady,
		Email: strings.ReplaceAll(plain(name), " ", ".") + "@" + pick(d, mailHosts),
	}
	if second.name != main.name {
		c.Topics = append(c.Topics, second.name)
	}
	c.Fit = min(1, max(0.05, 0.7*main.near+0.3*d.Float64()))
	c.ViewRate = d.in(p.ViewRate[tier])
	c.ClickThrough = min(1, d.in(p.ClickThrough[tier])*(0.6+0.8*c.Fit))
	c.Conversion = min(1, d.in(p.Conversion[tier]))
	c.Profiles = append(c.Profiles, m.profile(d, c, tier, platform, main, taken))
	if tier != TierNano && d.chance(0.5) || tier == TierNano && d.chance(0.15) {
		m.addSecondProfile(d, c, platform, main, taken)
	}
	c.pull = float64(c.Profiles[0].Followers) * c.ViewRate * c.ClickThrough * c.Conversion * d.spread(p.CreatorLuck)
	return c
}

// addSecondProfile gives the creator a smaller account elsewhere; the tier stays that of the main one.
func (m *Market) addSecondProfile(d dice, c *Creator, platform Platform, about topic, taken market) {
	other := pick(d, Platforms)
	if other == platform {
		return
	}
	second := m.profile(d, c, TierNano, other, about, taken)
	if second.Followers < c.Profiles[0].Followers {
		c.Profiles = append(c.Profiles, second)
	}
}

func (m *Market) profile(d dice, c *Creator, tier Tier, platform Platform, about topic, taken market) Profile {
	first := strings.Fields(plain(c.Name))[0]
	handle := first + "." + pick(d, about.handles) + pick(d, handleEnds)
	if d.chance(0.3) {
		handle = pick(d, about.handles) + "." + strings.Fields(plain(c.Name))[1]
	}
	bios := about.bios
	if own := subjectOf(c.Language, about.name).bio; own != nil {
		bios = own
	}
	bio := pick(d, bios) + " · " + pick(d, homeOf(c.Country).cities)
	return Profile{
		Platform: platform, Handle: taken.handles.free(handle), Bio: bio,
		Followers: int64(d.in(tier.followers())), Following: int64(d.in(Range{90, 1400})),
		Engagement: d.in(m.Params.Engagement[platform][tier]),
	}
}

var mailHosts = []string{"mail.example", "post.example", "inbox.example"}

func homeOf(country string) home {
	for _, h := range homes {
		if h.country == country {
			return h
		}
	}
	panic("BUG: creator without a home")
}

func weightsOf[T any](list []T, weight func(T) float64) []float64 {
	w := make([]float64, len(list))
	for i, x := range list {
		w[i] = weight(x)
	}
	return w
}

// plain folds a name to lower-case ASCII letters, digits and spaces, for handles, codes and addresses.
func plain(s string) string {
	folded, _, err := transform.String(transform.Chain(norm.NFD, runes.Remove(runes.In(unicode.Mn))), strings.ToLower(s))
	if err != nil {
		panic("BUG: cannot fold a name of our own list: " + err.Error())
	}
	return folded
}
