package discovery

import (
	"math"
	"strings"

	"rapport/internal/recruit/discovery/meaning"
)

// sense is what is known of meanings: where every creator's texts stand in the space that was learnt from all of them.
type sense struct {
	space *meaning.Space
	crowd *meaning.Crowd // by slot; without a vector where nothing is written
}

func (s *sense) dimensions() int {
	if s == nil {
		return 0
	}
	return s.space.Dimensions()
}

// enoughOfTopic is the share of a creator's mentions of topics from which a topic counts in full: nobody writes of one thing alone.
const enoughOfTopic = 0.3

// topicFacts are the topics of a text with their scores.
func topicFacts(tree *meaning.Tree, d meaning.Document) []TopicFact {
	found := tree.Match(d)
	facts := make([]TopicFact, len(found))
	for i, t := range found {
		facts[i] = TopicFact{ID: t.Topic.ID, Score: min(1, t.Score/enoughOfTopic), Words: t.Words}
	}
	return facts
}

// topicsOf makes the finder of a sentence's topics.
func topicsOf(tree *meaning.Tree) Tree {
	return func(text string) []TopicFact { return topicFacts(tree, meaning.Document{Texts: []string{text}}) }
}

// mostTopics of a creator are remembered.
const mostTopics = 6

// documentOf is what a creator wrote, for the space.
func documentOf(r *raw) meaning.Document {
	d := meaning.Document{Key: string(r.ID)}
	for _, p := range r.posts {
		d.Texts = append(d.Texts, p.caption)
		d.Hashtags = append(d.Hashtags, strings.Fields(p.hashtags)...)
	}
	for _, p := range r.Profiles {
		d.Bio += p.Bio + " " + p.Category + " "
	}
	return d
}

// mostLearnt is from about how many creators the space is learnt: more of them change it little, and every one is placed in it all the same.
const mostLearnt = 40_000

// learn makes the space from the texts, and places every creator in it.
func (s *state) learn(docs []meaning.Document, o meaning.Options) {
	space := meaning.Train(func(yield func(meaning.Document) bool) {
		for i := 0; i < len(docs) && yield(docs[i]); i += 1 + len(docs)/mostLearnt {
		}
	}, o)
	s.sense = &sense{space: space, crowd: space.Crowd(docs)}
}

// understand places one creator whose texts changed.
func (s *state) understand(at uint32, d meaning.Document) {
	s.sense.crowd.Set(at, s.sense.space.Embedder().Place(d))
}

// likeness turns the nearness of two vectors into 0 to 1: texts that share nothing stand at about 0.1 to each other, those of one subject from 0.6 on.
func likeness(dot float64) float64 { return math.Min(1, math.Max(0, (dot-0.1)/0.5)) }
