package discovery

import (
	"cmp"
	"slices"
	"strings"

	"rapport/internal/recruit/creators"
)

const (
	mostReasons = 3   // of words, for one hit
	alikeEnough = 0.2 // of likeness to a target, from which a hit says so: a nearness of 0.2
)

// why says in a few reasons why a creator was found: the words that were searched for, else those of the customers that were described.
func (m *match) why(at uint32) (all []Why) {
	if m.named(at) {
		all = append(all, Why{Code: "name"})
	}
	all = m.wrote(all, m.terms, at)
	if m.lens != nil && len(m.terms) == 0 {
		return m.whyWanted(all, at)
	}
	if m.cover != nil && m.cover[at] > 0.9999 {
		return all // they wrote all of it
	}
	return append(all, m.near.why(at, m.names)...)
}

// wrote adds which of the terms the creator wrote, the rarest first.
func (m *match) wrote(all []Why, some []term, at uint32) []Why {
	doc := m.s.figures[at].doc
	some = slices.Clone(some)
	slices.SortStableFunc(some, func(a, b term) int { return cmp.Compare(b.rarity, a.rarity) })
	for _, t := range some {
		p, ok := m.s.text.find(t.word, doc)
		if !ok || len(all) >= mostReasons {
			continue
		}
		switch {
		case p.posts > 0 && p.where&inHashtag != 0:
			all = append(all, Why{Code: "hashtag", Words: []string{t.word}, Posts: int(p.posts)})
		case p.posts > 0:
			all = append(all, Why{Code: "wrote", Words: []string{t.word}, Posts: int(p.posts)})
		default:
			all = append(all, Why{Code: "bio", Words: []string{t.word}})
		}
	}
	return all
}

// targetTerms are the words by which a creator shows what a target asks for: its own, those of its values, those of its topics. The words of topics
// rank behind: they were not typed.
func (m *match) targetTerms(t Target) (all []term) {
	seen := map[string]bool{}
	add := func(phrase string, behind float64) {
		word := strings.ReplaceAll(creators.Fold(phrase), " ", "") // as a hashtag is written
		if list := m.s.text.list(word); !seen[word] && len(list) > 0 {
			seen[word], all = true, append(all, term{word, m.s.text.rarity(list) - behind, list})
		}
	}
	for _, w := range t.Words {
		add(w, 0)
	}
	for _, id := range t.Values {
		if v := ValueByID(id); v != nil {
			for _, w := range v.Words {
				add(w, 0)
			}
		}
	}
	for _, id := range t.Topics {
		if topic, ok := m.s.tree.Find(id); ok {
			for _, w := range topic.Words {
				add(w, 100)
			}
		}
	}
	return all
}

// whyWanted says what of a target was found: words, else topics, else words that are close in meaning.
func (m *match) whyWanted(all []Why, at uint32) []Why {
	if all = m.wrote(all, m.wanted, at); len(all) > 0 {
		return all
	}
	for _, has := range m.s.facts(at).Topics {
		if slices.ContainsFunc(m.lens.Topics, func(id string) bool { return isBelow(has.ID, id) }) {
			return []Why{{Code: "topic", Words: []string{has.ID}}}
		}
	}
	if near, ok := m.near.similar(at); ok && near >= alikeEnough {
		return m.near.closeWords(at)
	}
	return nil
}

// closeWords are words that the creator wrote and that are close to the target in meaning.
func (n *nearness) closeWords(at uint32) []Why {
	if *n.wanted == nil {
		*n.wanted = n.s.sense.space.Nearest(n.target, mostClose, nil)
	}
	var words []string
	for _, c := range *n.wanted {
		if _, wrote := n.s.text.find(c.Term, n.s.figures[at].doc); wrote && len(words) < shownClose {
			words = append(words, c.Term)
		}
	}
	if len(words) == 0 {
		return nil
	}
	return []Why{{Code: "close", Words: words}}
}
