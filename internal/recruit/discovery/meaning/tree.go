package meaning

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"rapport/internal/base/fault"
)

// Topic is a subject that creators write about, with the words that tell of it in any language.
type Topic struct {
	ID     string   `json:"id"` // dotted: "beauty.skincare"
	Name   string   `json:"name"`
	Parent string   `json:"parent,omitempty"`
	Words  []string `json:"words"` // single words or phrases of at most four words; hashtags without # are found by the same words written together
}

// Limits of a tree that people edit.
const (
	MostTopics     = 1000
	MostTopicWords = 500
	longestPhrase  = 4 // words
	longestDense   = 8 // characters of a script without spaces
	DeepestTopic   = 6 // levels
)

// Tree is a checked set of topics, ready to be looked up.
type Tree struct {
	topics []Topic
	at     map[string]int   // by topic id
	phrase map[string][]int // folded words written together → topics
	likely [1 << 12]uint64  // by how a phrase begins: a bit for every length there is; see mayBe
}

//go:embed topics.json
var builtIn []byte

// DefaultTree is the built-in tree.
var DefaultTree = sync.OnceValue(func() *Tree {
	t, err := NewTree(DefaultTopics())
	if err != nil {
		panic("BUG: the built-in topics are refused: " + err.Error())
	}
	return t
})

// DefaultTopics are the built-in topics, to be edited: a fresh copy each time.
func DefaultTopics() (all []Topic) {
	var written []struct {
		ID, Name string
		Words    map[string]string // by language, parted by commas
	}
	if err := json.Unmarshal(builtIn, &written); err != nil {
		panic("BUG: topics.json: " + err.Error())
	}
	for _, w := range written {
		t := Topic{ID: w.ID, Name: w.Name, Parent: Above(w.ID)}
		for _, language := range sortedKeys(w.Words) {
			for word := range strings.SplitSeq(w.Words[language], ",") {
				t.Words = append(t.Words, strings.TrimSpace(word))
			}
		}
		all = append(all, t)
	}
	return all
}

// Above is the topic that one lies below by its id, "" at the root.
func Above(topic string) string {
	at := strings.LastIndexByte(topic, '.')
	return topic[:max(at, 0)]
}

func sortedKeys(m map[string]string) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// Merge lays a program's own topics over others: a topic of the same id takes the other's place, others are added.
func Merge(under, over []Topic) []Topic {
	all := slices.Clone(under)
	for _, t := range over {
		if i := slices.IndexFunc(all, func(u Topic) bool { return u.ID == t.ID }); i >= 0 {
			all[i] = t
		} else {
			all = append(all, t)
		}
	}
	return all
}

// NewTree checks topics and makes them ready. What it refuses is a fault that names the topic.
func NewTree(topics []Topic) (*Tree, error) {
	if len(topics) > MostTopics {
		return nil, fault.Invalidf("There may be at most %d topics.", MostTopics).In("topics")
	}
	t := &Tree{topics: slices.Clone(topics), at: map[string]int{}, phrase: map[string][]int{}}
	for i, topic := range t.topics {
		if err := checkTopic(topic); err != nil {
			return nil, err
		}
		if _, twice := t.at[topic.ID]; twice {
			return nil, fault.Invalidf("Topic %s is there twice.", topic.ID).In("topics")
		}
		t.at[topic.ID] = i
	}
	for i, topic := range t.topics {
		if err := t.checkParents(topic); err != nil {
			return nil, err
		}
		for _, word := range append([]string{topic.Name}, topic.Words...) {
			key := joined(word)
			if key != "" && !slices.Contains(t.phrase[key], i) {
				t.phrase[key] = append(t.phrase[key], i)
				t.likely[beginning(key)] |= lengthBit(len(key))
			}
		}
	}
	return t, nil
}

func checkTopic(t Topic) error {
	switch {
	case t.ID == "" || len(t.ID) > 100 || strings.Trim(t.ID, "abcdefghijklmnopqrstuvwxyz0123456789._-") != "":
		return fault.Invalidf("%q cannot be a topic's id: small letters, digits, dots and dashes, at most 100.", t.ID).In("topics")
	case strings.TrimSpace(t.Name) == "" || utf8.RuneCountInString(t.Name) > 100:
		return fault.Invalidf("Topic %s needs a name of at most 100 characters.", t.ID).In("topics")
	case len(t.Words) > MostTopicWords:
		return fault.Invalidf("Topic %s has more than %d words.", t.ID, MostTopicWords).In("topics")
	}
	for _, word := range t.Words {
		if len(word) > 100 || len(runs(word)) > longestPhrase {
			return fault.Invalidf("Topic %s: %q is too long; a phrase has at most %d words.", t.ID, word, longestPhrase).In("topics")
		}
	}
	return nil
}

func (t *Tree) checkParents(topic Topic) error {
	for range DeepestTopic {
		if topic.Parent == "" {
			return nil
		}
		at, ok := t.at[topic.Parent]
		if !ok {
			return fault.Invalidf("Topic %s hangs on %s, which is not there.", topic.ID, topic.Parent).In("topics")
		}
		topic = t.topics[at]
	}
	return fault.Invalidf("Topic %s lies deeper than %d levels, or hangs on itself.", topic.ID, DeepestTopic).In("topics")
}

// Topics lists the tree's topics.
func (t *Tree) Topics() []Topic { return slices.Clone(t.topics) }

// Find answers one topic.
func (t *Tree) Find(topic string) (Topic, bool) {
	at, ok := t.at[topic]
	if !ok {
		return Topic{}, false
	}
	return t.topics[at], true
}

// ancestors gives the topics above one, nearest first.
func (t *Tree) ancestors(at int, yield func(int)) {
	for range DeepestTopic {
		up, ok := t.at[t.topics[at].Parent]
		if !ok {
			return
		}
		yield(up)
		at = up
	}
}

// Bytes of JSON for a tree that is saved inside a space.
func (t *Tree) encoded() ([]byte, error) {
	out, err := json.Marshal(t.topics)
	if err != nil {
		return nil, fmt.Errorf("cannot write the topics: %w", err)
	}
	return out, nil
}
