package discovery

import (
	"math"
	"math/bits"
	"slices"
	"strings"
	"time"

	"rapport/internal/recruit/creators"
	"rapport/internal/recruit/vetting"
)

// TopicFact is a topic that a text or a creator is about.
type TopicFact struct {
	ID    string
	Score float64  // 0 to 1
	Words []string // that it was read from
}

// Facts is everything Fit looks at. What is not known is left empty.
type Facts struct {
	Now        time.Time
	Country    string
	Language   string
	Tier       creators.Tier
	Platforms  []creators.Platform
	Topics     []TopicFact
	Similarity *float64 // of what the creator writes to what the target says, 0 to 1; nil where nothing is written
	Values     uint16   // bits of Values that were written or tagged
	Written    bool     // there is text to read values and topics from

	EngagementPPM *int64
	BenchmarkPPM  *int64 // the middle of the best comparable benchmark

	Audience []creators.Audience // of the main account, the newest first
	Price    *creators.Price
	LastPost time.Time
	Verdict  vetting.Verdict // "" without a check-up

	ratio float64 // of the engagement to its benchmark, kept by the index beside the two figures; 0 is not computed
}

// PartName names a part of fit.
type PartName string

// The parts. Their weights say what decides: what is written about, then for whom, then where, then how it goes.
const (
	PartTopic      PartName = "topic"
	PartAudience   PartName = "audience"
	PartCountry    PartName = "country"
	PartEngagement PartName = "engagement"
	PartVerdict    PartName = "verdict"
	PartValues     PartName = "values"
	PartRecency    PartName = "recency"
	PartLanguage   PartName = "language"
	PartSize       PartName = "size"
	PartPrice      PartName = "price"
)

// partWeights stand in the order in which parts are shown.
var partWeights = [...]struct {
	name   PartName
	weight int
}{
	{PartTopic, 30}, {PartAudience, 20}, {PartCountry, 10}, {PartEngagement, 10}, {PartVerdict, 10}, {PartValues, 8}, {PartRecency, 6}, {PartLanguage, 5}, {PartSize, 4}, {PartPrice, 4},
}

// Part is one summand of fit.
type Part struct {
	Name     PartName   `json:"name"`
	Known    bool       `json:"known"`
	Score    int        `json:"score"`   // 0 to 100, of this part alone
	Weight   int        `json:"weight"`  // before the weights of unknown parts were given to the others
	Points   int        `json:"points"`  // what it adds to the fit
	Because  string     `json:"because"` // code of the sentence that explains it
	Evidence []Evidence `json:"evidence,omitempty"`
}

// Evidence is what a part rests on.
type Evidence struct {
	Text   string     `json:"text,omitempty"`
	Share  float64    `json:"share,omitempty"` // fraction of an audience
	Source string     `json:"source,omitempty"`
	At     *time.Time `json:"at,omitempty"`
}

// Fitness is how well a creator matches a target.
type Fitness struct {
	Score int    `json:"score"` // 0 to 100, the sum of Parts' points
	Sure  int    `json:"sure"`  // 0 to 100: the share of what was asked that is known
	Parts []Part `json:"parts"`
}

// measured is a part as a number, so that a hundred thousand creators are ranked without a sentence being made.
type measured struct {
	asked, known bool
	score        float64 // 0 to 1
}

type measures [len(partWeights)]measured

// total is the fit before rounding, and how much of what was asked is known; both 0 to 1.
func (m *measures) total() (score, sure float64) {
	known, asked := 0.0, 0.0
	for i := range m {
		if !m[i].asked {
			continue
		}
		weight := float64(partWeights[i].weight)
		asked += weight
		if m[i].known {
			known += weight
			score += weight * m[i].score
		}
	}
	if known == 0 {
		return 0, 0
	}
	return score / known, known / asked
}

// view is a creator's facts as one program sees them at a moment: what stands here hides what stands in Facts. Facts are not copied, so that a
// hundred thousand can be looked through in no time.
type view struct {
	*Facts
	Now        time.Time
	Similarity *float64
	Values     uint16
	Audience   []creators.Audience
	Price      *creators.Price
	Verdict    vetting.Verdict
}

func viewOf(f *Facts) *view {
	return &view{f, f.Now, f.Similarity, f.Values, f.Audience, f.Price, f.Verdict}
}

// Fit says how well a creator matches a target, with the reasons.
func Fit(t Target, f Facts) Fitness {
	m := ask(t).measure(viewOf(&f))
	total, sure := m.total()
	fit := Fitness{Score: int(math.Round(100 * total)), Sure: int(math.Round(100 * sure))}
	for i, p := range partWeights {
		if m[i].asked {
			part := Part{Name: p.name, Known: m[i].known, Weight: p.weight, Score: int(math.Round(100 * m[i].score))}
			part.Because, part.Evidence = explain(t, &f, p.name, m[i])
			fit.Parts = append(fit.Parts, part)
		}
	}
	fit.share(&m)
	return fit
}

// share gives each part its points, so that they sum to the score: largest remainder.
func (f *Fitness) share(m *measures) {
	known, rests, left := 0.0, make([]float64, len(f.Parts)), f.Score
	for i := range m {
		if m[i].asked && m[i].known {
			known += float64(partWeights[i].weight)
		}
	}
	at := 0
	for i := range m {
		if !m[i].asked {
			continue
		}
		if m[i].known {
			exact := 100 * m[i].score * float64(partWeights[i].weight) / known
			f.Parts[at].Points = int(exact)
			rests[at], left = exact-math.Floor(exact), left-int(exact)
		}
		at++
	}
	for ; left > 0; left-- {
		best := 0
		for i := range rests {
			if rests[i] > rests[best] {
				best = i
			}
		}
		f.Parts[best].Points, rests[best] = f.Parts[best].Points+1, -1
	}
	for ; left < 0; left++ { // rounding down the sum can take one point off
		best := -1
		for i := range f.Parts {
			if f.Parts[i].Points > 0 && (best < 0 || rests[i] < rests[best]) {
				best = i
			}
		}
		f.Parts[best].Points, rests[best] = f.Parts[best].Points-1, 2
	}
}

// asked is a target made ready to measure many.
type asked struct {
	Target
	values uint16
	topics []wantedTopic
}

func ask(t Target) *asked {
	a := &asked{Target: t}
	for i, v := range Values {
		if slices.Contains(t.Values, v.ID) {
			a.values |= 1 << i
		}
	}
	for _, topic := range t.Topics {
		root, _, _ := strings.Cut(topic, ".")
		a.topics = append(a.topics, wantedTopic{topic, topic + ".", root, root + "."})
	}
	return a
}

// wantedTopic is a topic with its root in the tree ("beauty" of "beauty.skincare"), each also as what the topics below begin with.
type wantedTopic struct{ id, below, root, belowRoot string }

func (a *asked) measure(f *view) (m measures) {
	m[0] = a.topic(f)
	m[1] = a.audience(f)
	m[2] = matches(a.Countries, f.Country)
	m[3] = engagement(f)
	m[4] = verdictScore(f.Verdict)
	m[5] = a.valuesScore(f.Values, f.Written)
	m[6] = recency(f)
	m[7] = a.language(f)
	m[8] = a.size(f)
	m[9] = a.priceScore(f.Price)
	return m
}

// topic is the better of what the topic tree says and what the meaning of the texts says. A neighbour in the tree (the same root) is worth half.
func (a *asked) topic(f *view) measured {
	m := measured{asked: a.asksTopic(), known: f.Written || len(f.Topics) > 0}
	if !m.asked || !m.known {
		return m
	}
	sum := 0.0
	for _, wanted := range a.topics {
		best := 0.0
		for _, has := range f.Topics {
			best = max(best, has.Score*wanted.share(has.ID))
		}
		sum += best
	}
	if len(a.Topics) > 0 {
		m.score = sum / float64(len(a.Topics))
	}
	if f.Similarity != nil {
		m.score = max(m.score, *f.Similarity)
	}
	m.score = min(1, m.score)
	return m
}

// audience is the mean over what is asked of it and known; each counts in full from enoughBP on.
func (a *asked) audience(f *view) measured {
	m := measured{asked: a.asksAudience()}
	sum, n := 0.0, 0
	for _, d := range []creators.Dimension{creators.DimensionCountry, creators.DimensionAge, creators.DimensionGender} {
		if share, _, ok := a.audienceShare(f, d); ok {
			sum, n = sum+min(1, share*10_000/enoughBP), n+1
		}
	}
	if n > 0 {
		m.known, m.score = true, sum/float64(n)
	}
	return m
}

// audienceShare is which share of the audience is wanted, by the newest source that tells the dimension.
func (a *asked) audienceShare(f *view, d creators.Dimension) (share float64, from *creators.Audience, ok bool) {
	if d == creators.DimensionCountry && len(a.Countries) == 0 || d == creators.DimensionAge && len(a.Ages) == 0 || d == creators.DimensionGender && len(a.Genders) == 0 {
		return 0, nil, false
	}
	for i := range f.Audience {
		share, ok = 0, false
		for _, s := range f.Audience[i].Slices {
			if s.Dimension == d {
				share, ok = share+a.wants(s)*float64(s.ShareBP)/10_000, true
			}
		}
		if ok {
			return share, &f.Audience[i], true
		}
	}
	return 0, nil, false
}

// wants is how much of a slice the target asks for.
func (a *asked) wants(s creators.Slice) float64 {
	in := false
	switch s.Dimension {
	case creators.DimensionCountry:
		in = slices.Contains(a.Countries, s.Key)
	case creators.DimensionGender:
		in = slices.Contains(a.Genders, s.Key)
	case creators.DimensionAge:
		if band, ok := parseBand(s.Key); ok {
			return ageShare(a.Ages, band)
		}
	case creators.DimensionCity:
	}
	if in {
		return 1
	}
	return 0
}

// matches is all or nothing: one of the wanted, or another one.
func matches(wanted []string, has string) measured {
	m := measured{asked: len(wanted) > 0, known: has != ""}
	if m.asked && slices.Contains(wanted, has) {
		m.score = 1
	}
	return m
}

// language compares without regions: pt-BR serves pt.
func (a *asked) language(f *view) measured {
	m := measured{asked: len(a.Languages) > 0, known: f.Language != ""}
	has, _, _ := strings.Cut(f.Language, "-")
	for _, wanted := range a.Languages {
		if base, _, _ := strings.Cut(wanted, "-"); base == has {
			m.score = 1
		}
	}
	return m
}

// engagement is the rate against the middle of its benchmark: half of it scores a quarter, as much a half, twice as much all.
func engagement(f *view) measured {
	m := measured{asked: true, known: f.ratio > 0 || f.EngagementPPM != nil && f.BenchmarkPPM != nil && *f.BenchmarkPPM > 0}
	if m.known {
		m.score = engagedScore(f.engaged())
	}
	return m
}

func engagedScore(ratio float64) float64 { return min(1, ratio/2) }

// engaged is the engagement rate against the middle of its benchmark.
func (f *Facts) engaged() float64 {
	if f.ratio > 0 {
		return f.ratio
	}
	return float64(*f.EngagementPPM) / float64(*f.BenchmarkPPM)
}

func verdictScore(v vetting.Verdict) measured {
	m := measured{asked: true, known: v != ""}
	switch v {
	case vetting.VerdictFits:
		m.score = 1
	case vetting.VerdictLookCloser:
		m.score = 0.5
	case vetting.VerdictNotForUs:
	}
	return m
}

// valuesScore is the share of the wanted values that the creator was seen to hold. Where there are texts and nothing of it in them, that says
// something.
func (a *asked) valuesScore(has uint16, written bool) measured {
	m := measured{asked: a.values != 0, known: written || has != 0}
	if m.asked {
		m.score = float64(bits.OnesCount16(a.values&has)) / float64(bits.OnesCount16(a.values))
	}
	return m
}

func recency(f *view) measured {
	m := measured{asked: true, known: !f.LastPost.IsZero()}
	if m.known {
		m.score = recencyScore(f.Now.Sub(f.LastPost))
	}
	return m
}

// recencyScore is full for a post of the last two weeks and nothing after half a year.
func recencyScore(since time.Duration) float64 {
	days := since.Hours() / 24
	return min(1, max(0, (180-days)/(180-14)))
}

// size is the tier, and whether they are on a wanted platform; the mean where both are asked.
func (a *asked) size(f *view) measured {
	m := measured{asked: len(a.Tiers)+len(a.Platforms) > 0}
	sum, n := 0.0, 0
	if len(a.Tiers) > 0 && f.Tier != "" {
		n++
		if slices.Contains(a.Tiers, f.Tier) {
			sum++
		}
	}
	if len(a.Platforms) > 0 {
		n++
		if slices.ContainsFunc(a.Platforms, func(p creators.Platform) bool { return slices.Contains(f.Platforms, p) }) {
			sum++
		}
	}
	if n > 0 {
		m.known, m.score = true, sum/float64(n)
	}
	return m
}

// dearest is what a post may cost for a level of price, in hundredths of a unit of the currency.
var dearest = map[PriceLevel]float64{PriceLow: 15_000, PriceMiddle: 40_000, PriceHigh: 120_000}

// priceScore compares what is asked per post with the level of the products: a low-priced product earns little per sale and bears no dear posts.
func (a *asked) priceScore(p *creators.Price) measured {
	m := measured{asked: a.Price != "", known: p != nil}
	if !m.asked || !m.known {
		return m
	}
	if p.Minor <= 0 {
		m.score = 1
		return m
	}
	m.score = min(1, dearest[a.Price]/float64(p.Minor))
	return m
}
