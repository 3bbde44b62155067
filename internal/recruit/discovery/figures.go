package discovery

import (
	"math"
	"slices"
	"strings"
	"time"

	"rapport/internal/recruit/creators"
)

// figures are what a creator is filtered and ranked by: 64 bytes without a pointer, a line of the processor's cache, so that a hundred thousand are
// walked through in a few milliseconds and a million are no work for the garbage collector. Names stand apart, in slot.
type figures struct {
	pairs      uint64 // of letters in names: see pairsOf
	followers  int64  // -1 is unknown
	engagement int64  // in parts per million; -1 is unknown
	benchmark  int64  // the middle of the best comparable benchmark, likewise
	ratio      float64
	posted     int64  // in microseconds; never is unknown
	class      uint32 // see class
	doc        uint32 // the text that counts; 0 is none
	topics     uint32 // where they begin in state.topics
	topicCount uint8
	marks      uint8
	values     uint16
}

// The marks.
const (
	markThere    = 1 << iota // not gone
	markWritten              // there is text
	markAudience             // a public audience is known: see state.audiences
)

const never = math.MinInt64

// latest is how far from 1970 a post may be dated, in microseconds: beyond it differences overflow.
const latest = 1 << 52

// class is what many creators have in common. There are few different ones, so that what a query makes of them is worked out once for each.
type class struct {
	country, language string
	tier              creators.Tier
	platforms         []creators.Platform // sorted, each once
}

// topicScore is a topic by its number in state.topicIDs.
type topicScore struct {
	score float64
	topic uint16
}

// classOf numbers what creators have in common.
func (s *state) classOf(f *Facts) uint32 {
	platforms := slices.Compact(slices.Sorted(slices.Values(f.Platforms)))
	key := f.Country + "\x00" + f.Language + "\x00" + string(f.Tier)
	for _, p := range platforms {
		key += "\x00" + string(p)
	}
	at, known := s.classAt[key]
	if !known {
		at = uint32(len(s.classes)) //nolint:gosec // fewer than creators
		s.classAt[key] = at
		s.classes = append(s.classes, class{strings.Clone(f.Country), strings.Clone(f.Language), f.Tier, platforms})
	}
	return at
}

// figuresOf turns facts into figures.
func (s *state) figuresOf(f *Facts) figures {
	g := figures{followers: -1, engagement: -1, benchmark: -1, ratio: f.ratio, posted: never, class: s.classOf(f), values: f.Values, marks: markThere}
	if f.EngagementPPM != nil {
		g.engagement = *f.EngagementPPM
	}
	if f.BenchmarkPPM != nil {
		g.benchmark = *f.BenchmarkPPM
	}
	if !f.LastPost.IsZero() {
		g.posted = min(latest, max(-latest, f.LastPost.UnixMicro()))
	}
	if f.Written {
		g.marks |= markWritten
	}
	g.topics, g.topicCount = uint32(len(s.topics)), uint8(min(mostTopics, len(f.Topics))) //nolint:gosec // bounded
	for _, t := range f.Topics[:g.topicCount] {
		s.topics = append(s.topics, topicScore{t.Score, s.topicNumber(t.ID)})
	}
	return g
}

func (s *state) topicNumber(id string) uint16 {
	n, known := s.topicAt[id]
	if !known {
		n = uint16(len(s.topicIDs)) //nolint:gosec // at most meaning.MostTopics
		s.topicAt[id] = n
		s.topicIDs = append(s.topicIDs, id)
	}
	return n
}

func (s *state) topicsAt(g *figures) []topicScore {
	return s.topics[g.topics : g.topics+uint32(g.topicCount)]
}

// facts are the public facts of a creator, for the few that are shown.
func (s *state) facts(at uint32) Facts {
	g := &s.figures[at]
	c := &s.classes[g.class]
	f := Facts{
		Country: c.country, Language: c.language, Tier: c.tier, Platforms: c.platforms, Values: g.values, Written: g.marks&markWritten != 0,
		Audience: s.audiences[at], ratio: g.ratio,
	}
	for _, t := range s.topicsAt(g) {
		f.Topics = append(f.Topics, TopicFact{ID: s.topicIDs[t.topic], Score: t.score})
	}
	if g.engagement >= 0 {
		f.EngagementPPM = new(g.engagement)
	}
	if g.benchmark >= 0 {
		f.BenchmarkPPM = new(g.benchmark)
	}
	if g.posted != never {
		f.LastPost = time.UnixMicro(g.posted).UTC()
	}
	return f
}
