package meaning

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"rapport/internal/recruit/creators"
)

// TopicScore says that a text tells of a topic, and by which words.
type TopicScore struct {
	Topic Topic
	Score float64  // 0 to 1: the topic's share of all mentions of topics
	Words []string // the folded words that matched, without repeats
}

// Match finds the topics that a document tells of, the strongest first. Topics are never guessed: each has a word that was written. Topics above the
// found ones are not listed.
func (t *Tree) Match(d Document) []TopicScore {
	found := map[int]*TopicScore{}
	mentions := 0.0
	see := func(at int, word string) {
		s := found[at]
		if s == nil {
			s = &TopicScore{Topic: t.topics[at]}
			found[at] = s
		}
		s.Score++
		mentions++
		if !slices.Contains(s.Words, word) {
			s.Words = append(s.Words, word)
		}
	}
	d.each(func(text string, tag bool) {
		var scan scanner
		scan.topics(t, text, tag, see)
	})
	all := make([]TopicScore, 0, len(found))
	for _, s := range found {
		s.Score /= mentions
		all = append(all, *s)
	}
	slices.SortFunc(all, func(a, b TopicScore) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), strings.Compare(a.Topic.ID, b.Topic.ID))
	})
	return all
}

// each gives the texts of a document, each within its limits.
func (d Document) each(yield func(text string, hashtag bool)) {
	for _, text := range d.Texts[:min(len(d.Texts), MostTexts)] {
		yield(clipped(text), false)
	}
	for _, tag := range d.Hashtags[:min(len(d.Hashtags), MostHashtags)] {
		yield(clipped(tag), true)
	}
	if d.Bio != "" {
		yield(clipped(d.Bio), false)
	}
}

// scanner keeps its memory between texts.
type scanner struct {
	runs []string
	key  []byte
}

// topics finds the topics in one text. Of phrases that begin at the same word the longest counts.
func (s *scanner) topics(t *Tree, text string, tag bool, see func(topic int, word string)) {
	s.runs = s.runs[:0]
	split(creators.Fold(text), func(run string, _ bool) { s.runs = append(s.runs, run) })
	s.match(t, see)
	if !tag {
		return
	}
	if parted := camel(text); parted != "" {
		s.runs = s.runs[:0]
		split(creators.Fold(parted), func(run string, _ bool) { s.runs = append(s.runs, run) })
		s.match(t, see)
	}
}

// match finds the topics in s.runs.
func (s *scanner) match(t *Tree, see func(topic int, word string)) {
	for i := 0; i < len(s.runs); {
		if dense(s.runs[i]) {
			t.inDense(s.runs[i], see)
			i++
			continue
		}
		i += s.phraseAt(t, i, see)
	}
}

// phraseAt looks for the longest phrase that begins at word i and answers how many words to go on by.
func (s *scanner) phraseAt(t *Tree, i int, see func(int, string)) int {
	var best []int
	words := 1
	s.key = s.key[:0]
	for n := 1; n <= longestPhrase && i+n <= len(s.runs); n++ {
		s.key = append(s.key, s.runs[i+n-1]...)
		if len(s.key) > 2*longestTerm {
			break
		}
		is, goesOn := t.mayBe(s.key)
		if !is && !goesOn {
			break
		}
		if !is {
			continue
		}
		if topics, ok := t.phrase[string(s.key)]; ok {
			best, words = topics, n
		}
	}
	for _, at := range best {
		see(at, strings.Join(s.runs[i:i+words], " "))
	}
	return words
}

// mayBe says whether there may be a phrase that is the key, and whether there may be longer ones that begin with it. Most words of a text begin no
// phrase, and this tells it at a tenth of what it costs to look them up.
func (t *Tree) mayBe(key []byte) (is, goesOn bool) {
	if len(key) < 3 {
		return true, true
	}
	lengths, own := t.likely[beginning(key)], lengthBit(len(key))
	return lengths&own != 0, lengths >= own
}

// beginning is a number for the first three bytes.
func beginning[Text []byte | string](key Text) (n uint32) {
	for i := range min(3, len(key)) {
		n = n*31 + uint32(key[i])
	}
	return n % (1 << 12)
}

// lengthBit is the bit of a length; all from 63 bytes on share the last.
func lengthBit(length int) uint64 { return 1 << min(length, 63) }

// inDense finds the words of topics inside a run without spaces.
func (t *Tree) inDense(run string, see func(int, string)) {
	for from := 0; from < len(run); {
		_, size := utf8.DecodeRuneInString(run[from:])
		step, to := size, from
		for n := 0; n < longestDense && to < len(run); n++ {
			_, next := utf8.DecodeRuneInString(run[to:])
			to += next
			if topics, ok := t.phrase[run[from:to]]; ok {
				step = to - from
				for _, at := range topics {
					see(at, run[from:to])
				}
			}
		}
		from += step
	}
}

// runs are the words of a phrase; a dense run counts as one.
func runs(text string) (all []string) {
	split(creators.Fold(text), func(run string, _ bool) { all = append(all, run) })
	return all
}

// joined is a phrase as the tree keys it: folded and written together, as hashtags are.
func joined(text string) string { return strings.Join(runs(text), "") }
