package discovery

import (
	"context"
)

// sense is what is known of meanings: topics and, once it has learnt them from the texts, neighbours.
type sense struct{}

func (*sense) dimensions() int { return 0 }

func (s *state) learn(context.Context) error { return nil }

func (s *state) understand(uint32, raw) {}

// topicsOf finds the topics of a text.
func topicsOf(string) []TopicFact { return nil }
