package discovery

import (
	"strings"

	"rapport/internal/recruit/discovery/meaning"
)

// nearness is how close creators are in meaning: to the words and people of a query, and to its target.
type nearness struct {
	s      *state
	asked  meaning.Query
	along  []float32      // by slot, what the associations say of words and people; below zero is nobody's; nil without any
	best   float64        // the most that somebody is near
	target meaning.Vector // nil without one
	tails  struct{ asked, target float32 }
	wanted *[]meaning.Neighbour // of the target, looked up when the first reason is asked for
	close  *[]meaning.Neighbour // looked up when the first reason is asked for
	like   bool
	topics []bool // by number, that the words name; nil is none
}

const (
	nearEnough = 0.18 // from here on somebody is a hit who wrote none of the words: others than those of the subject mostly stay below 0.1
	topicMost  = 0.7
	ofTopic    = 0.35 // from here on somebody is a hit who publishes about a topic that the words name
	mostClose  = 60   // terms looked at for the words of a reason
	shownClose = 3
)

// nearness places the query. The lock is held; along is zero, by slot.
func (s *state) nearness(q Query, along []float32) (n nearness) {
	n.s = s
	if q.Words != "" {
		var named []string
		for _, t := range topicsOf(s.tree)(q.Words) {
			named = append(named, t.ID)
		}
		if named != nil {
			n.topics = s.topicsBelow(named...)
		}
	}
	if s.sense.dimensions() == 0 {
		return n
	}
	if q.Target != nil {
		n.target, n.wanted = s.sense.space.EmbedQuery(q.Target.meant(s.tree)).Vector, new([]meaning.Neighbour)
		n.tails.target = meaning.Tail(n.target)
	}
	var like []meaning.Place
	for _, id := range q.Like {
		if at, known := s.byID[id]; known {
			like, n.like = append(like, s.sense.crowd.Place(at)), true
		}
	}
	if q.Words == "" && len(like) == 0 {
		return n
	}
	n.asked, n.along, n.close = s.sense.space.Ask(q.Words, like...), along, new([]meaning.Neighbour)
	s.sense.crowd.Along(&n.asked, along)
	for _, id := range q.Like {
		if at, known := s.byID[id]; known {
			along[at] = -1 // nobody is like themselves
		}
	}
	s.sense.crowd.AskAbroad(&n.asked, q.abroad, q.Words != "", like...)
	n.tails.asked = n.asked.Tail()
	n.best = n.nearest()
	return n
}

// by is how near a creator is to words and people. It is kept in half the precision, as it was measured.
func (n *nearness) by(at uint32) float64 {
	if n.along == nil || n.along[at] < 0 {
		return 0
	}
	return float64(float32(n.s.sense.crowd.Nearness(&n.asked, at, n.along[at])))
}

// nearest is how near the nearest creator is. Whoever cannot be it by what the associations say is not looked at.
func (n *nearness) nearest() (best float64) {
	first := 0
	for at, along := range n.along {
		if along > n.along[first] {
			first = at
		}
	}
	if len(n.along) > 0 {
		best = n.by(uint32(first)) //nolint:gosec // slots are counted in uint32
	}
	for at, along := range n.along {
		if _, most := meaning.NearnessBounds(along); along >= 0 && most > best && n.atMost(uint32(at)) > best { //nolint:gosec // as above
			best = max(best, n.by(uint32(at))) //nolint:gosec // as above
		}
	}
	return best
}

// meant is everything a target says, as words.
func (t Target) meant(tree *meaning.Tree) string {
	text := t.SearchText()
	for _, id := range t.Topics {
		if topic, ok := tree.Find(id); ok {
			text += " " + topic.Name
		}
	}
	return text
}

// holds reports whether somebody is near enough to be a hit. What costs least is asked first.
func (n *nearness) holds(at uint32) bool {
	if _, score := n.topic(at); topicMost*score >= ofTopic {
		return true
	}
	if n.along == nil || n.along[at] < 0 {
		return false
	}
	if least, _ := meaning.NearnessBounds(n.along[at]); float64(float32(least)) >= nearEnough {
		return true
	}
	return n.atMost(at) >= nearEnough && n.by(at) >= nearEnough
}

// atMost is never less than by, and a quarter of the work.
func (n *nearness) atMost(at uint32) float64 {
	return n.s.sense.crowd.NearnessAtMost(&n.asked, n.tails.asked, at, n.along[at])
}

// of is how near a creator is beside the nearest one, or by a topic that the words name and the creator publishes about, which may count no more
// than topicMost.
func (n *nearness) of(at uint32) (near float64) {
	if n.along != nil {
		near = meaning.Relative(n.by(at), n.best)
	}
	_, score := n.topic(at)
	return max(near, topicMost*score)
}

// topic is the topic of the words that the creator is most about, by its number, and 0 where there is none.
func (n *nearness) topic(at uint32) (best uint16, score float64) {
	if n.topics == nil {
		return 0, 0
	}
	for _, has := range n.s.topicsAt(&n.s.figures[at]) {
		if n.topics[has.topic] && has.score > score {
			best, score = has.topic, has.score
		}
	}
	return best, score
}

// isBelow reports whether a topic is the other one, or one below it.
func isBelow(topic, other string) bool {
	return strings.HasPrefix(topic, other) && (len(topic) == len(other) || topic[len(other)] == '.')
}

// similar is how alike a creator's texts are to the target.
func (n *nearness) similar(at uint32) (float64, bool) {
	if n.target == nil {
		return 0, false
	}
	stands := n.s.sense.crowd.Vector(at)
	if stands == nil {
		return 0, false
	}
	return likeness(meaning.Dot(n.target, stands)), true
}

// similarAtMost is never less than similar.
func (n *nearness) similarAtMost(at uint32) float64 {
	return likeness(n.s.sense.crowd.DotAtMost(n.target, n.tails.target, at))
}

// why names the words that the creator wrote and that are close to the query.
func (n *nearness) why(at uint32, asked []string) []Why {
	if !n.holds(at) {
		return nil
	}
	var words []string
	doc := n.s.figures[at].doc
	if n.close != nil && *n.close == nil {
		*n.close = n.s.sense.space.Nearest(n.asked.Vector, mostClose, nil)
	}
	for _, c := range orNone(n.close) {
		if _, wrote := n.s.text.find(c.Term, doc); wrote && len(words) < shownClose && !contains(asked, c.Term) {
			words = append(words, c.Term)
		}
	}
	switch {
	case len(words) == 0:
		if topic, score := n.topic(at); score > 0 {
			return []Why{{Code: "topic", Words: []string{n.s.topicIDs[topic]}}}
		}
		return nil
	case n.like:
		return []Why{{Code: "like", Words: words}}
	}
	return []Why{{Code: "close", Words: words}}
}

func orNone(all *[]meaning.Neighbour) []meaning.Neighbour {
	if all == nil {
		return nil
	}
	return *all
}

func contains(all []string, word string) bool {
	for _, w := range all {
		if w == word {
			return true
		}
	}
	return false
}
