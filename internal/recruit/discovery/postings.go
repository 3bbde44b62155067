package discovery

import (
	"cmp"
	"math"
	"slices"
	"strings"
)

// Where a word was found.
const (
	inCaption = 1 << iota
	inHashtag
	inBio
	inTag
)

// posting says that a text holds a word: in how many posts, and where.
type posting struct {
	doc   uint32
	posts uint8 // 255 is that many or more
	where uint8
}

// postings is a text index: from a folded word to the texts that hold it, in the order of their numbers. A creator's text that changed gets a new
// number; what the old one left behind is passed over until the next rebuild.
type postings struct {
	ids    map[string]uint32
	lists  [][]posting
	slotOf []uint32 // by document
	length []uint16
	total  int64
}

func newPostings() postings {
	return postings{ids: map[string]uint32{}, slotOf: []uint32{0}, length: []uint16{0}}
}

// text is a creator's words on their way into the index.
type text struct {
	at    map[string]int // in found
	found []foundTerm
	posts int
}

type foundTerm struct {
	term  string
	last  int // post that it was counted for, from 1
	posts uint8
	where uint8
}

func newText() text { return text{at: map[string]int{}} }

// see finds or makes what is known of a word.
func (t *text) see(term string) *foundTerm {
	i, known := t.at[term]
	if !known {
		i = len(t.found)
		t.at[term] = i
		t.found = append(t.found, foundTerm{term: term})
	}
	return &t.found[i]
}

// addPost counts the words of one post, each once.
func (t *text) addPost(caption, hashtags string) {
	t.posts++
	add := func(term string, where uint8) {
		f := t.see(term)
		f.where |= where
		if f.last != t.posts {
			f.last = t.posts
			f.posts += b2u(f.posts < math.MaxUint8)
		}
	}
	terms(caption, func(term string, hashtag bool) { add(term, whereOf(hashtag)) })
	terms(hashtags, func(term string, _ bool) { add(term, inHashtag) })
}

func whereOf(hashtag bool) uint8 {
	if hashtag {
		return inHashtag
	}
	return inCaption
}

func b2u(is bool) uint8 {
	if is {
		return 1
	}
	return 0
}

// addWords counts the words of a bio or a tag.
func (t *text) addWords(words string, where uint8) {
	terms(words, func(term string, _ bool) { t.see(term).where |= where })
}

// put adds a text and returns its number.
func (p *postings) put(t *text, slot uint32) uint32 {
	doc := uint32(len(p.slotOf)) //nolint:gosec // memory ends first
	words := 0
	for _, found := range t.found {
		id, ok := p.ids[found.term]
		if !ok {
			id = uint32(len(p.lists))             //nolint:gosec // as above
			p.ids[strings.Clone(found.term)] = id // a copy: the word must not hold the whole caption
			p.lists = append(p.lists, nil)
		}
		p.lists[id] = append(p.lists[id], posting{doc: doc, posts: found.posts, where: found.where})
		words += max(1, int(found.posts))
	}
	p.slotOf, p.length = append(p.slotOf, slot), append(p.length, uint16(min(words, math.MaxUint16))) //nolint:gosec // bounded
	p.total += int64(words)
	return doc
}

func (p *postings) list(term string) []posting {
	if id, ok := p.ids[term]; ok {
		return p.lists[id]
	}
	return nil
}

// find looks a word up in one text.
func (p *postings) find(term string, doc uint32) (posting, bool) {
	list := p.list(term)
	at, ok := slices.BinarySearchFunc(list, doc, func(one posting, doc uint32) int { return cmp.Compare(one.doc, doc) })
	if !ok {
		return posting{}, false
	}
	return list[at], true
}

// rarity is the weight of a word: the fewer write it, the more it says.
func (p *postings) rarity(list []posting) float64 {
	n := float64(len(p.slotOf))
	return math.Log(1 + (n-float64(len(list))+0.5)/(float64(len(list))+0.5))
}

// weigh is how much a text is about a word: BM25 with k 1.2 and b 0.5, where a word counts once per post, and as one post in a bio.
func (p *postings) weigh(one posting, average float64) float64 {
	tf := float64(one.posts)
	if one.where&(inBio|inTag) != 0 {
		tf++
	}
	if one.where&inHashtag != 0 {
		tf *= 1.2
	}
	return tf * 2.2 / (tf + 1.2*(0.5+0.5*float64(p.length[one.doc])/average))
}

func (p *postings) average() float64 {
	if len(p.slotOf) < 2 || p.total == 0 {
		return 1
	}
	return float64(p.total) / float64(len(p.slotOf)-1)
}
