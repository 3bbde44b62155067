package vetting

import (
	_ "embed"
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"rapport/internal/recruit/creators"
)

// Weight is what it means for a program when a word of a list is found.
type Weight string

// The weights.
const (
	WeightOff   Weight = "off"   // not searched for
	WeightNote  Weight = "note"  // shown, counts for nothing
	WeightWarn  Weight = "warn"  // look closer
	WeightNever Weight = "never" // not for us
)

// Weights lists them from the lightest.
var Weights = []Weight{WeightOff, WeightNote, WeightWarn, WeightNever}

// Valid reports whether w is one of the weights.
func (w Weight) Valid() bool { return slices.Contains(Weights, w) }

// List is the words of one topic.
type List struct {
	Category string   `json:"category"`
	Weight   Weight   `json:"weight"`
	Words    []string `json:"words"`
}

//go:embed words.json
var wordsFile []byte

type starter struct {
	Sponsored []string `json:"sponsored"`
	Unpaid    []string `json:"unpaid"` // "not an ad": a disclosure of the contrary
	With      []string `json:"with"`
	Safety    []List   `json:"safety"`
}

var starters = sync.OnceValue(func() (s starter) {
	if err := json.Unmarshal(wordsFile, &s); err != nil {
		panic("BUG: words.json cannot be read: " + err.Error())
	}
	return s
})

// StarterLists are the lists a program begins with.
func StarterLists() []List {
	lists := slices.Clone(starters().Safety)
	for i := range lists {
		lists[i].Words = slices.Clone(lists[i].Words)
	}
	return lists
}

// startLists are the lists of a program that changed none: the starter lists, and no rivals.
func startLists() []List { return append(StarterLists(), List{Category: Rivals, Weight: WeightNever}) }

// token is a folded word of a text.
type token struct {
	text string
	tag  bool // written with #
}

// tokensOf takes a text apart into folded words. Scripts that are written without spaces give a token for each character, so that a phrase of
// theirs is found inside a sentence.
func tokensOf(text string, tagged bool, into []token) []token {
	folded := creators.Fold(text)
	start, tag := -1, tagged // where a word began, and whether # stands before it
	flush := func(end int) {
		if start >= 0 {
			into = append(into, token{folded[start:end], tag})
			start, tag = -1, tagged
		}
	}
	for i, r := range folded {
		switch {
		case unspaced(r):
			flush(i)
			into = append(into, token{folded[i : i+utf8.RuneLen(r)], tag})
		case unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_':
			if start < 0 {
				start = i
			}
		default:
			flush(i)
			tag = tagged || r == '#'
		}
	}
	flush(len(folded))
	return into
}

// firstUnspaced is where the scripts without spaces begin: Thai is the first of them (unicode.org/charts). Nearly all text is before it.
const firstUnspaced = '\u0e00'

func unspaced(r rune) bool {
	return r >= firstUnspaced &&
		unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar)
}

// What a phrase is of, where it is not of a list.
const (
	ofSponsored = -1
	ofUnpaid    = -2
	ofWith      = -3
	ofOurs      = -4
)

// phrase is one entry of a list.
type phrase struct {
	tokens   []string
	tagged   bool // only as a hashtag: "ad" is a word, "#ad" is a disclosure
	word     string
	category int // place in lists, or ofSponsored, ofUnpaid, ofWith, ofOurs
}

// finder looks for many phrases at once.
type finder map[string][]phrase

func (f finder) add(word string, category int) {
	tokens := tokensOf(word, false, nil)
	if len(tokens) == 0 {
		return
	}
	p := phrase{word: word, category: category, tagged: strings.HasPrefix(word, "#")}
	for _, t := range tokens {
		p.tokens = append(p.tokens, t.text)
	}
	f[p.tokens[0]] = append(f[p.tokens[0]], p)
}

// find calls hit for every phrase that stands in the tokens, word for word.
func (f finder) find(tokens []token, hit func(phrase)) {
	for i, t := range tokens {
		for _, p := range f[t.text] {
			if p.stands(tokens[i:]) {
				hit(p)
			}
		}
	}
}

func (p phrase) stands(in []token) bool {
	if len(in) < len(p.tokens) || p.tagged && !in[0].tag {
		return false
	}
	for i, t := range p.tokens {
		if in[i].text != t {
			return false
		}
	}
	return true
}

// Words are a program's lists, made ready to search with.
type Words struct {
	lists []List
	find  finder
}

// Compile makes lists ready. Most programs leave the starter lists as they are; those are made ready once.
func Compile(lists []List) *Words {
	if starter := starterWords(); slices.EqualFunc(lists, starter.lists, same) {
		return starter
	}
	return compile(lists)
}

func same(a, b List) bool {
	return a.Category == b.Category && a.Weight == b.Weight && slices.Equal(a.Words, b.Words)
}

var starterWords = sync.OnceValue(func() *Words { return compile(startLists()) })

func compile(lists []List) *Words {
	w := &Words{lists: lists, find: finder{}}
	for i, l := range lists {
		if l.Weight == WeightOff {
			continue
		}
		for _, word := range l.Words {
			w.find.add(word, i)
		}
	}
	return w
}

// sponsoredWords find disclosures in some thirty languages.
var sponsoredWords = sync.OnceValue(func() finder {
	f := finder{}
	for _, word := range starters().Sponsored {
		f.add(word, ofSponsored)
	}
	for _, word := range starters().Unpaid {
		f.add(word, ofUnpaid)
	}
	return f
})

// withWords find phrases that a brand's name follows.
var withWords = sync.OnceValue(func() finder {
	f := finder{}
	for _, phrase := range starters().With {
		f.add(phrase, ofWith)
	}
	return f
})
