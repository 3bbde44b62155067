package meaning

import (
	"cmp"
	"iter"
	"slices"
	"strings"

	"rapport/internal/recruit/creators"
)

// How much one mention counts by where it stands. A hashtag is chosen to say what a post is about, a caption's word may only hold the sentence
// together. Topics carry a small corpus and would blur a large one, so they count little; their words count by themselves as well.
const (
	weightWord    = 1
	weightBio     = 1.5
	weightHashtag = 2
	weightPart    = 1 // of a hashtag
	weightTopic   = 1
	weightAbove   = 0.25 // the topic above the one that was mentioned
)

// topicMark begins the terms that stand for topics; no word can begin so.
const topicMark = "\x00"

// mention is one term of a text.
type mention struct {
	term    string
	weight  float32
	hashtag bool
}

// reader turns documents into mentions and keeps its memory.
type reader struct {
	tree *Tree
	scan scanner
	out  []mention
}

// read answers the mentions of a document; the slice is the reader's until the next call.
func (r *reader) read(d Document) []mention {
	r.out = r.out[:0]
	for _, text := range d.Texts[:min(len(d.Texts), MostTexts)] {
		r.text(clipped(text), weightWord)
	}
	for _, tag := range d.Hashtags[:min(len(d.Hashtags), MostHashtags)] {
		r.tag(strings.TrimPrefix(clipped(tag), "#"))
	}
	r.text(clipped(d.Bio), weightBio)
	return r.out
}

func (r *reader) text(text string, weight float32) {
	if text == "" {
		return
	}
	r.scan.runs = r.scan.runs[:0]
	split(creators.Fold(text), func(run string, hashtag bool) {
		r.scan.runs = append(r.scan.runs, run)
		w := weight
		if hashtag {
			w = weightHashtag
		}
		pairs(run, func(term string) { r.out = append(r.out, mention{term, w, hashtag}) })
	})
	r.topics()
}

func (r *reader) tag(tag string) {
	r.scan.runs = r.scan.runs[:0]
	split(creators.Fold(tag), func(run string, _ bool) {
		r.scan.runs = append(r.scan.runs, run)
		pairs(run, func(term string) { r.out = append(r.out, mention{term, weightHashtag, true}) })
	})
	r.topics()
	parted := camel(tag)
	if parted == "" {
		return
	}
	r.scan.runs = r.scan.runs[:0]
	split(creators.Fold(parted), func(run string, _ bool) {
		r.scan.runs = append(r.scan.runs, run)
		pairs(run, func(term string) { r.out = append(r.out, mention{term, weightPart, false}) })
	})
	r.topics()
}

func (r *reader) topics() {
	r.scan.match(r.tree, func(at int, _ string) {
		r.out = append(r.out, mention{topicMark + r.tree.topics[at].ID, weightTopic, false})
		r.tree.ancestors(at, func(up int) {
			r.out = append(r.out, mention{topicMark + r.tree.topics[up].ID, weightAbove, false})
		})
	})
}

// corpus holds the documents as numbers of terms.
type corpus struct {
	number   map[string]uint32
	terms    []string
	spread   []uint32 // in how many documents
	asWord   []uint32 // in how many documents written as a word, not as a hashtag: such terms may be parts of compounds
	starts   []int    // of each document in cells; one more than documents
	cells    []cell
	lastSeen []uint32 // the document, counted from 1, a term was seen in last
	place    []uint32 // and its cell there
}

type cell struct {
	term  uint32
	count float32
	word  bool
}

// batch is as many documents as one reader reads at once.
const batch = 256

// gather reads documents on several processors and numbers their terms in the documents' order, so that the numbers do not depend on who was faster.
func gather(docs iter.Seq[Document], o Options) *corpus {
	c := &corpus{number: map[string]uint32{}, starts: []int{0}}
	inOrder(docs, o.Documents, func() func(Document) []mention {
		r := &reader{tree: o.Tree}
		return func(d Document) []mention { return slices.Clone(r.read(d)) }
	}, c.take)
	return c
}

// take adds one document.
func (c *corpus) take(mentions []mention) {
	doc := uint32(len(c.starts)) //nolint:gosec // at most Options.Documents
	from := len(c.cells)
	for _, m := range mentions {
		n := c.numberOf(m.term)
		if c.lastSeen[n] != doc {
			c.lastSeen[n], c.place[n] = doc, uint32(len(c.cells)-from)
			c.spread[n]++
			c.cells = append(c.cells, cell{term: n})
		}
		at := &c.cells[from+int(c.place[n])]
		at.count += m.weight
		if !m.hashtag && !at.word {
			at.word = true
			c.asWord[n]++
		}
	}
	slices.SortFunc(c.cells[from:], func(a, b cell) int { return cmp.Compare(a.term, b.term) })
	c.starts = append(c.starts, len(c.cells))
}

func (c *corpus) numberOf(term string) uint32 {
	n, ok := c.number[term]
	if ok {
		return n
	}
	n = uint32(len(c.terms))
	term = strings.Clone(term)
	c.number[term] = n
	c.terms = append(c.terms, term)
	c.spread, c.asWord = append(c.spread, 0), append(c.asWord, 0)
	c.lastSeen, c.place = append(c.lastSeen, 0), append(c.place, 0)
	return n
}

// documents is how many there are.
func (c *corpus) documents() int { return len(c.starts) - 1 }
