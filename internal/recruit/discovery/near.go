package discovery

import (
	"strings"

	"rapport/internal/recruit/discovery/meaning"
)

// nearness is how close creators are in meaning: to the words and people of a query, and to its target.
type nearness struct {
	s      *state
	by     []float32            // by slot, to words and people; nil without any
	best   float64              // the most of them
	target meaning.Vector       // nil without one
	wanted *[]meaning.Neighbour // of the target, looked up when the first reason is asked for
	to     meaning.Vector
	close  *[]meaning.Neighbour // looked up when the first reason is asked for
	like   bool
	topics []string // that the words name
}

const (
	nearEnough = 0.18 // from here on somebody is a hit who wrote none of the words: others than those of the subject mostly stay below 0.1
	topicMost  = 0.7
	ofTopic    = 0.35 // from here on somebody is a hit who publishes about a topic that the words name
	mostClose  = 60   // terms looked at for the words of a reason
	shownClose = 3
)

// nearness places the query. The lock is held.
func (s *state) nearness(q Query) (n nearness) {
	n.s = s
	if q.Words != "" {
		for _, t := range topicsOf(q.Words) {
			n.topics = append(n.topics, t.ID)
		}
	}
	if s.sense.dimensions() == 0 {
		return n
	}
	if q.Target != nil {
		n.target, n.wanted = s.sense.space.EmbedQuery(q.Target.meant()).Vector, new([]meaning.Neighbour)
	}
	var like []meaning.Place
	for _, id := range q.Like {
		if at, known := s.byID[id]; known {
			like, n.like = append(like, s.sense.places[at]), true
		}
	}
	if q.Words == "" && len(like) == 0 {
		return n
	}
	asked := s.sense.space.Ask(q.Words, like...)
	n.by = s.sense.nearness(&asked, len(s.slots))
	for _, id := range q.Like {
		if at, known := s.byID[id]; known {
			n.by[at] = 0 // nobody is like themselves
		}
	}
	for _, near := range n.by {
		n.best = max(n.best, float64(near))
	}
	n.to, n.close = asked.Vector, new([]meaning.Neighbour)
	return n
}

// meant is everything a target says, as words.
func (t Target) meant() string {
	text := t.SearchText()
	for _, id := range t.Topics {
		if topic, ok := meaning.DefaultTree().Find(id); ok {
			text += " " + topic.Name
		}
	}
	return text
}

func (n nearness) holds(at uint32) bool {
	if n.by != nil && float64(n.by[at]) >= nearEnough {
		return true
	}
	topic, score := n.topic(at)
	return topic != "" && topicMost*score >= ofTopic
}

// of is how near a creator is beside the nearest one, or by a topic that the words name and the creator publishes about, which may count no more
// than topicMost.
func (n nearness) of(at uint32) (near float64) {
	if n.by != nil {
		near = meaning.Relative(float64(n.by[at]), n.best)
	}
	topic, score := n.topic(at)
	if topic != "" {
		near = max(near, topicMost*score)
	}
	return near
}

// topic is the topic of the words that the creator is most about.
func (n nearness) topic(at uint32) (best string, score float64) {
	if len(n.topics) == 0 {
		return "", 0
	}
	for _, has := range n.s.slots[at].facts.Topics {
		for _, id := range n.topics {
			if isBelow(has.ID, id) && has.Score > score {
				best, score = has.ID, has.Score
			}
		}
	}
	return best, score
}

// isBelow reports whether a topic is the other one, or one below it.
func isBelow(topic, other string) bool {
	return strings.HasPrefix(topic, other) && (len(topic) == len(other) || topic[len(other)] == '.')
}

// similar is how alike a creator's texts are to the target.
func (n nearness) similar(at uint32) (float64, bool) {
	if n.target == nil || n.s.sense.places[at].Vector == nil {
		return 0, false
	}
	return likeness(meaning.Dot(n.target, n.s.sense.places[at].Vector)), true
}

// why names the words that the creator wrote and that are close to the query.
func (n nearness) why(at uint32, asked []string) []Why {
	if !n.holds(at) {
		return nil
	}
	var words []string
	doc := n.s.slots[at].doc
	if n.close != nil && *n.close == nil {
		*n.close = n.s.sense.space.Nearest(n.to, mostClose, nil)
	}
	for _, c := range orNone(n.close) {
		if _, wrote := n.s.text.find(c.Term, doc); wrote && len(words) < shownClose && !contains(asked, c.Term) {
			words = append(words, c.Term)
		}
	}
	switch {
	case len(words) == 0:
		if topic, _ := n.topic(at); topic != "" {
			return []Why{{Code: "topic", Words: []string{topic}}}
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
