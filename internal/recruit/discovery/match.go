package discovery

import (
	"slices"
	"strings"
	"time"

	"rapport/internal/recruit/discovery/meaning"
)

// match is a query made ready: how much every creator is about what is searched for.
type match struct {
	s      *state
	now    time.Time
	asked  *asked // nil without a target
	filter bool   // words or others were given: who has nothing of them is no hit
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
}

// term is one word of the query.
type term struct {
	word   string
	rarity float64
	list   []posting
}

// match looks the words up. The state's lock is held.
func (s *state) match(now time.Time, q Query) *match {
	m := &match{s: s, now: now, filter: q.Words != "" || len(q.Like) > 0, exact: q.isAddress()}
	if q.Target != nil {
		m.asked = ask(*q.Target)
	}
	if m.exact {
		return m
	}
	m.lookUp(q.Words)
	m.near = s.nearness(q)
	if q.Target != nil {
		m.wanted = m.targetTerms(*q.Target)
	}
	return m
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
	m.plain, m.cover = make([]float32, len(m.s.slots)), make([]float32, len(m.s.slots))
	for _, t := range m.terms {
		m.rarity += t.rarity
	}
	average := m.s.text.average()
	for _, t := range m.terms {
		share := float32(t.rarity / m.rarity)
		for _, one := range t.list {
			at := m.s.text.slotOf[one.doc]
			if m.s.slots[at].doc != one.doc {
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
	if len(m.names) == 0 || m.s.slots[at].pairs&m.pairs != m.pairs {
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
	case m.cover != nil && m.cover[at] > 0 || m.near.holds(at):
		return true
	}
	return m.named(at)
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
	var v view
	m.see(at, e, &v)
	f := *v.Facts
	f.Now, f.Similarity, f.Values, f.Audience, f.Price, f.Verdict = v.Now, v.Similarity, v.Values, v.Audience, v.Price, v.Verdict
	return f
}

// see looks at a creator; the view may be used again.
func (m *match) see(at uint32, e *entry, v *view) {
	f, similar := &m.s.slots[at].facts, v.Similarity
	*v = view{Facts: f, Now: m.now, Values: f.Values, Audience: f.Audience, Similarity: similar}
	if value, ok := m.near.similar(at); !ok {
		v.Similarity = nil
	} else if similar != nil {
		*similar = value
	} else {
		v.Similarity = &value
	}
	if e != nil {
		v.Verdict, v.Price = e.verdict, e.price
		v.Values |= e.values
		if len(e.audience) > 0 {
			v.Audience = e.audience
		}
	}
}

// rank is what a creator is sorted by.
func (m *match) rank(order Sort, at uint32, e *entry, v *view) ranked {
	one := &m.s.slots[at]
	r := ranked{slot: at, id: one.id}
	switch order {
	case SortFit:
		m.see(at, e, v)
		measured := m.asked.measure(v)
		r.key = measured.floor() * 1000
		if m.filter {
			r.key += m.relevance(at) / 1000
		}
	case SortRelevance:
		r.key = m.relevance(at)
	case SortFollowers:
		r.key = float64(one.followers)
	case SortEngagement:
		r.key = -1
		if one.facts.EngagementPPM != nil {
			r.key = float64(*one.facts.EngagementPPM)
		}
	case SortName:
		r.name = one.name[:min(len(one.name), 24)] // cursors are short; of names that begin alike the id decides
	case SortNewest:
		r.name = invert(string(one.id))
	}
	return r
}

// invert turns the order of ids round.
func invert(id string) string {
	turned := []byte(id)
	for i := range turned {
		turned[i] = 0x7f - turned[i]&0x7f
	}
	return string(turned)
}
