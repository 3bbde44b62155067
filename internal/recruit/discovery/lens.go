package discovery

import (
	"strings"
	"time"

	"rapport/internal/recruit/creators"
)

// lens is a target made ready to rank everybody in one index. It measures what asked.measure does, from figures instead of facts: what hangs on the
// class or on a topic alone is looked up in tables made once for the query. TestTheQuickRankIsTheFit holds the two together.
type lens struct {
	*asked
	s       *state
	now     int64 // in microseconds
	classes []classMeasures
	topics  [][]float64 // by wanted topic, then by number of the topic that a creator has: how much of its score counts
	none    view        // of somebody of whom nothing is known
}

type classMeasures struct{ country, language, size measured }

func (s *state) lens(a *asked, now time.Time) *lens {
	l := &lens{asked: a, s: s, now: now.UnixMicro(), classes: make([]classMeasures, len(s.classes)), none: view{Facts: &Facts{}}}
	for i, c := range s.classes {
		v := view{Facts: &Facts{Country: c.country, Language: c.language, Tier: c.tier, Platforms: c.platforms}}
		l.classes[i] = classMeasures{matches(a.Countries, c.country), a.language(&v), a.size(&v)}
	}
	for _, wanted := range a.topics {
		counts := make([]float64, len(s.topicIDs))
		for i, has := range s.topicIDs {
			counts[i] = wanted.share(has)
		}
		l.topics = append(l.topics, counts)
	}
	return l
}

// measure measures all but what the meaning of the texts says about the topic.
func (l *lens) measure(at uint32, e *entry) (m measures) {
	g := &l.s.figures[at]
	of := &l.classes[g.class]
	m[0] = l.topic(g)
	m[2], m[7], m[8] = of.country, of.language, of.size
	m[3] = measured{asked: true, known: g.ratio > 0 || g.engagement >= 0 && g.benchmark > 0}
	if m[3].known {
		m[3].score = engagedScore(g.ratio)
	}
	m[6] = measured{asked: true, known: g.posted != never}
	if m[6].known {
		m[6].score = recencyScore(time.Duration(l.now-g.posted) * time.Microsecond)
	}
	values := g.values
	if e != nil {
		m[4] = verdictScore(e.verdict)
		values |= e.values
		m[9] = l.priceScore(e.price)
	} else {
		m[4], m[9] = verdictScore(""), l.priceScore(nil)
	}
	m[5] = l.valuesScore(values, g.marks&markWritten != 0)
	m[1] = l.audienceAt(at, g, e)
	return m
}

// topic is what the topic tree says.
func (l *lens) topic(g *figures) measured {
	m := measured{asked: l.asksTopic(), known: g.marks&markWritten != 0 || g.topicCount > 0}
	if !m.asked || !m.known || len(l.topics) == 0 {
		return m
	}
	sum := 0.0
	for _, counts := range l.topics {
		best := 0.0
		for _, has := range l.s.topicsAt(g) {
			best = max(best, has.score*counts[has.topic])
		}
		sum += best
	}
	m.score = min(1, sum/float64(len(l.topics)))
	return m
}

// audienceAt looks at an audience where one is known, which is seldom.
func (l *lens) audienceAt(at uint32, g *figures, e *entry) measured {
	own := e != nil && len(e.audience) > 0
	if !own && g.marks&markAudience == 0 {
		return measured{asked: l.asksAudience()}
	}
	v := l.none
	if v.Audience = l.s.audiences[at]; own {
		v.Audience = e.audience
	}
	return l.audience(&v)
}

// share is how much of the score of a topic counts for a wanted one: all of it and of those below it, half of its neighbours in the tree.
func (w *wantedTopic) share(has string) float64 {
	switch {
	case has == w.id || strings.HasPrefix(has, w.below):
		return 1
	case has == w.root || strings.HasPrefix(has, w.belowRoot):
		return 0.5
	}
	return 0
}

func (a *asked) asksTopic() bool { return len(a.Topics)+len(a.Words)+len(a.Values) > 0 }

func (a *asked) asksAudience() bool { return len(a.Countries)+len(a.Ages)+len(a.Genders) > 0 }

// filter is a query's filters made ready: what hangs on the class or a topic is worked out once for each.
type filter struct {
	*Query
	classes []bool // that pass
	topics  []bool // that are the one asked for
	since   int64
}

func (s *state) filter(q *Query) *filter {
	f := &filter{Query: q, classes: make([]bool, len(s.classes)), since: never}
	for i, c := range s.classes {
		f.classes[i] = (q.Tier == "" || c.tier == q.Tier) && (q.Country == "" || c.country == q.Country) &&
			(q.Language == "" || sameLanguage(c.language, q.Language)) && (q.Platform == "" || hasPlatform(c.platforms, q.Platform))
	}
	if q.Topic != "" {
		f.topics = s.topicsBelow(q.Topic)
	}
	if !q.PostedSince.IsZero() {
		f.since = q.PostedSince.UnixMicro()
		if q.PostedSince.Nanosecond()%1000 != 0 {
			f.since++ // posts are dated in microseconds: nothing lies between
		}
	}
	return f
}

// topicsBelow marks the numbers of the topics that are one of those, or below one.
func (s *state) topicsBelow(ids ...string) []bool {
	in := make([]bool, len(s.topicIDs))
	for i, has := range s.topicIDs {
		for _, id := range ids {
			in[i] = in[i] || isBelow(has, id)
		}
	}
	return in
}

func hasPlatform(all []creators.Platform, wanted creators.Platform) bool {
	for _, p := range all {
		if p == wanted {
			return true
		}
	}
	return false
}

// keeps says whether a creator passes the filters.
func (f *filter) keeps(s *state, at uint32, e *entry) bool {
	g := &s.figures[at]
	switch {
	case !f.classes[g.class],
		f.MinFollowers != nil && g.followers < *f.MinFollowers,
		f.MaxFollowers != nil && (g.followers < 0 || g.followers > *f.MaxFollowers),
		f.MinEngagementPPM > 0 && g.engagement < f.MinEngagementPPM,
		g.posted < f.since,
		f.topics != nil && !anyTopic(f.topics, s.topicsAt(g)):
		return false
	}
	return f.keepsHere(s, at, e)
}

func anyTopic(in []bool, all []topicScore) bool {
	for _, t := range all {
		if in[t.topic] {
			return true
		}
	}
	return false
}

// nobody is an entry of whom a program knows nothing.
var nobody entry

// keepsHere asks what the program knows.
func (f *filter) keepsHere(s *state, at uint32, e *entry) bool {
	if e == nil {
		e = &nobody
	}
	switch {
	case f.Status != "" && e.status != f.Status,
		f.NotContacted && e.status != "" && e.status != "prospect",
		f.HasContact != nil && e.contact != *f.HasContact,
		f.Verdict != "" && e.verdict != f.Verdict,
		f.MaxPriceMinor != nil && (e.price == nil || e.price.Minor > *f.MaxPriceMinor):
		return false
	}
	return f.reaches(e.audience, s.audiences[at])
}
