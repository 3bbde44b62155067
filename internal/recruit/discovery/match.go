package discovery

import (
	"slices"
	"strings"
	"sync"
	"time"

	"rapport/internal/recruit/discovery/meaning"
)

// match is a query made ready: how much every creator is about what is searched for.
type match struct {
	s      *state
	now    time.Time
	lens   *lens // nil without a target
	filter bool  // words or others were given: who has nothing of them is no hit
	terms  []term
	rarity float64 // of all terms together
	names  []string
	pairs  uint64    // of the names
	plain  []float32 // by slot: how well the words match, 0 to 1
	cover  []float32 // by slot: how much of the words were found, weighted by rarity, 0 to 1
	best   float32   // of plain
	near   nearness
	exact  bool   // an address was typed: whoever is left is right
	wanted []term // words of a target, for reasons
	lent   *lent
}

// term is one word of the query.
type term struct {
	word   string
	rarity float64
	list   []posting
}

// match looks the words up. The state's lock is held.
func (s *state) match(now time.Time, q Query) *match {
	m := &match{s: s, now: now, filter: q.Words != "" || len(q.Like) > 0, exact: q.isAddress(), lent: lend(len(s.slots))}
	if q.Target != nil {
		m.lens = s.lens(ask(*q.Target), now)
	}
	if m.exact {
		return m
	}
	m.lookUp(q.Words)
	m.near = s.nearness(q, m.lent.along)
	if q.Target != nil {
		m.wanted = m.targetTerms(*q.Target)
	}
	return m
}

// lent is memory by slot that a search uses and gives back: megabytes made anew for every search would keep the garbage collector busy.
type lent struct {
	plain, cover, along []float32
	all                 []candidate
}

var lendable sync.Pool

// lend gives memory that is all zero.
func lend(slots int) *lent {
	l, again := lendable.Get().(*lent)
	if !again || cap(l.plain) < slots {
		return &lent{plain: make([]float32, slots), cover: make([]float32, slots), along: make([]float32, slots), all: make([]candidate, 0, slots)}
	}
	l.plain, l.cover, l.along, l.all = l.plain[:slots], l.cover[:slots], l.along[:slots], l.all[:0]
	clear(l.plain)
	clear(l.cover)
	clear(l.along)
	return l
}

// done gives the memory back; the match is of no use from then on.
func (m *match) done() {
	clear(m.lent.all) // it must not hold a state that another one took the place of
	lendable.Put(m.lent)
	m.lent, m.plain, m.cover, m.near = nil, nil, nil, nearness{}
}

func (m *match) lookUp(text string) {
	words := wordsOf(text)
	if len(words) > mostWords {
		words = words[:mostWords]
	}
	for _, w := range words {
		m.names, m.pairs = append(m.names, w), m.pairs|pairsOf(w)
		if isStop(w) && len(words) > 1 || slices.ContainsFunc(m.terms, func(t term) bool { return t.word == w }) {
			continue
		}
		list := m.s.text.list(w)
		m.terms = append(m.terms, term{w, m.s.text.rarity(list), list})
	}
	if len(m.terms) == 0 {
		return
	}
	m.plain, m.cover = m.lent.plain, m.lent.cover
	for _, t := range m.terms {
		m.rarity += t.rarity
	}
	average := m.s.text.average()
	for _, t := range m.terms {
		share := float32(t.rarity / m.rarity)
		for _, one := range t.list {
			at := m.s.text.slotOf[one.doc]
			if m.s.figures[at].doc != one.doc {
				continue // an older text of theirs
			}
			m.cover[at] += share
			m.plain[at] += share * float32(m.s.text.weigh(one, average)/2.2)
			m.best = max(m.best, m.plain[at])
		}
	}
}

// named reports whether all words stand in the name or a handle.
func (m *match) named(at uint32) bool {
	if len(m.names) == 0 || m.s.figures[at].pairs&m.pairs != m.pairs {
		return false
	}
	for _, w := range m.names {
		if !strings.Contains(m.s.slots[at].search, w) {
			return false
		}
	}
	return true
}

// holds reports whether a creator is a hit at all.
func (m *match) holds(at uint32) bool {
	switch {
	case !m.filter || m.exact:
		return true
	case m.cover != nil && m.cover[at] > 0, m.named(at):
		return true
	}
	return m.near.holds(at)
}

// relevance is 0 to 1. Whoever is named so stands first, then whoever wrote all words, then a mixture of words and meaning: see meaning.Blend.
func (m *match) relevance(at uint32) float64 {
	blended := meaning.Match{Nearness: m.near.of(at)}
	if m.cover != nil {
		blended.Coverage = float64(m.cover[at])
		if blended.Coverage > 0.9999 { // summed in float32
			blended.Coverage = 1
		}
		if m.best > 0 {
			blended.Words = float64(m.plain[at] / m.best)
		}
	}
	rank := meaning.Blend(blended)
	if m.named(at) {
		return (3 + rank/3) / 4
	}
	return rank / 4
}

// facts are a creator's facts as a program sees them.
func (m *match) facts(at uint32, e *entry) Facts {
	f := m.s.facts(at)
	f.Now = m.now
	if value, ok := m.near.similar(at); ok {
		f.Similarity = &value
	}
	if e != nil {
		f.Verdict, f.Price = e.verdict, e.price
		f.Values |= e.values
		if len(e.audience) > 0 {
			f.Audience = e.audience
		}
	}
	return f
}

// rank is what a creator is sorted by; ok is false where it cannot be better than the worst, which saves most of the work where many are ranked.
func (m *match) rank(order Sort, at uint32, e *entry, worst *ranked) (r ranked, ok bool) {
	g := &m.s.figures[at]
	r.slot = at
	switch order {
	case SortFit:
		if r.key, ok = m.fit(at, e, worst); !ok {
			return r, false
		}
	case SortRelevance:
		r.key = m.relevance(at)
	case SortFollowers:
		r.key = float64(g.followers)
	case SortEngagement:
		r.key = float64(g.engagement)
	case SortName, SortNewest:
	}
	if worst != nil && r.key < worst.key {
		return r, false
	}
	one := &m.s.slots[at]
	switch r.id = one.id; order {
	case SortName:
		r.name = one.search[:one.name]
	case SortNewest:
		r.name = invert(string(one.id))
	case SortFit, SortRelevance, SortFollowers, SortEngagement:
	}
	return r, true
}

// sortedBy is how much of a name creators are sorted by, in bytes: cursors are short; of names that begin alike the id decides.
const sortedBy = 24

// fit is the key of the order by fit; of equals, the more relevant one stands first. What the texts mean and the
// relevance are worked out only for whom they could bring before the worst; no step of the sum falls when a summand rises, so nobody is lost.
func (m *match) fit(at uint32, e *entry, worst *ranked) (key float64, ok bool) {
	measured := m.lens.measure(at, e)
	if topic := measured[0].score; measured[0].asked && measured[0].known && m.near.target != nil {
		if measured[0].score = max(topic, m.near.similarAtMost(at)); worst != nil && m.fitKey(&measured, 1) < worst.key {
			return 0, false
		}
		measured[0].score = topic
		if similar, placed := m.near.similar(at); placed {
			measured[0].score = min(1, max(topic, similar))
		}
	}
	if worst != nil && m.fitKey(&measured, 1) < worst.key {
		return 0, false
	}
	relevance := 0.0
	if m.filter {
		relevance = m.relevance(at)
	}
	return m.fitKey(&measured, relevance), true
}

func (m *match) fitKey(measured *measures, relevance float64) float64 {
	key := measured.floor() * 1000
	if m.filter {
		key += relevance / 1000
	}
	return key
}

// invert turns the order of ids round.
func invert(id string) string {
	turned := []byte(id)
	for i := range turned {
		turned[i] = 0x7f - turned[i]&0x7f
	}
	return string(turned)
}
