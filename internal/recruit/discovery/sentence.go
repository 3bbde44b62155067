package discovery

import (
	"slices"
	"strings"

	"rapport/internal/recruit/creators"
)

// Recognised is one part of a sentence that was understood, and the words it was read from.
type Recognised struct {
	Field string // topics, ages, genders, countries, languages, values, price, platforms, tiers
	Value string
	Words string
}

// Reading is a sentence as it was understood.
type Reading struct {
	Target Target
	Parts  []Recognised // in the order of the sentence
}

// Tree finds the topics of a text.
type Tree func(text string) []TopicFact

// sentence is a text taken apart, with what is used up of it.
type sentence struct {
	raw    []string // the words as they were written
	folded []string
	used   []bool
	Reading
}

// longestPhrase is how many words a name may have ("United Arab Emirates").
const longestPhrase = 4

// ReadSentence understands a sentence about customers: "vegan skincare for women 25–40 in Germany and Austria who care about animal welfare, mid
// price". Words of several languages are known; what is not understood stays as words, which are searched for as they are.
func ReadSentence(text string, tree Tree) Reading {
	s := takeApart(text)
	s.Target.About = strings.TrimSpace(text)
	s.readAges()
	for at := range s.folded {
		for n := min(longestPhrase, len(s.folded)-at); n > 0; n-- {
			if s.free(at, n) && s.readPhrase(at, n) {
				break
			}
		}
	}
	s.readTopics(tree)
	s.rest()
	return s.Reading
}

func takeApart(text string) *sentence {
	s := &sentence{}
	if all := []rune(text); len(all) > LongestAbout {
		text = string(all[:LongestAbout])
	}
	text = strings.NewReplacer("–", " - ", "—", " - ", "-", " - ", "+", " + ", ",", " , ", ".", " ", ";", " ", "(", " ", ")", " ", "/", " ", "&", " ").Replace(text)
	for _, w := range strings.Fields(text) {
		folded := strings.Trim(creators.Fold(w), "#@!?:\"'“”„«»’")
		if folded == "" && w != "," {
			continue
		}
		s.raw, s.folded = append(s.raw, strings.Trim(w, "!?:\"'“”„«»")), append(s.folded, folded)
	}
	s.used = make([]bool, len(s.raw))
	return s
}

func (s *sentence) free(at, n int) bool {
	return !slices.Contains(s.used[at:at+n], true) && s.folded[at] != "-" && s.folded[at+n-1] != "-"
}

// take notes what the words from at on mean. A value may be searched for as well, so it stays among the words.
func (s *sentence) take(at, n int, field, value string) {
	for i := at; i < at+n; i++ {
		s.used[i] = true
	}
	s.Parts = append(s.Parts, Recognised{Field: field, Value: value, Words: strings.Join(s.raw[at:at+n], " ")})
}

// readPhrase looks a phrase up in everything that has names.
func (s *sentence) readPhrase(at, n int) bool {
	phrase := strings.ReplaceAll(strings.Join(s.folded[at:at+n], " "), " - ", " ")
	t := &s.Target
	if code, ok := s.country(at, n, phrase); ok {
		t.Countries = appendOnce(t.Countries, code)
		s.take(at, n, "countries", code)
		return true
	}
	if code, ok := spoken(phrase); ok {
		t.Languages = appendOnce(t.Languages, code)
		s.take(at, n, "languages", code)
		return true
	}
	if g, ok := genderWords[phrase]; ok {
		t.Genders = appendOnce(t.Genders, g)
		s.take(at, n, "genders", g)
		return true
	}
	if p, ok := priceWords[phrase]; ok && t.Price == "" {
		t.Price = p
		s.take(at, n, "price", string(p))
		return true
	}
	if band, ok := generations[phrase]; ok {
		t.Ages = append(t.Ages, band)
		s.take(at, n, "ages", band.String())
		return true
	}
	return s.readKind(at, n, phrase)
}

func (s *sentence) readKind(at, n int, phrase string) bool {
	t := &s.Target
	if p, ok := creators.ParsePlatform(phrase); ok && p != creators.PlatformOther && len(phrase) > 2 {
		t.Platforms = appendOnce(t.Platforms, p)
		s.take(at, n, "platforms", string(p))
		return true
	}
	if tier := creators.Tier(phrase); tier.Valid() {
		t.Tiers = appendOnce(t.Tiers, tier)
		s.take(at, n, "tiers", phrase)
		return true
	}
	for _, v := range Values {
		if slices.Contains(v.Words, phrase) {
			t.Values = appendOnce(t.Values, v.ID)
			s.take(at, n, "values", v.ID)
			return true
		}
	}
	return false
}

func appendOnce[T comparable](all []T, v T) []T {
	if slices.Contains(all, v) || len(all) >= mostOfKind {
		return all
	}
	return append(all, v)
}

// country knows names in several languages. A code counts only as it is written: "US", but not "us" or "in".
func (s *sentence) country(at, n int, phrase string) (string, bool) {
	if n == 1 && len(phrase) == 2 {
		code := s.raw[at]
		if code == "UK" {
			return "GB", true
		}
		return code, code == strings.ToUpper(code) && isRegion(code)
	}
	code, ok := countryNames()[phrase]
	return code, ok
}

// spoken understands "German-speaking", "speak German" and the like; a bare "German" may be anything.
func spoken(phrase string) (string, bool) {
	var name string
	for _, mark := range []string{" speaking", " speakers", " spoken"} {
		if cut, ok := strings.CutSuffix(phrase, mark); ok {
			name = cut
		}
	}
	for _, mark := range []string{"speak ", "speaks ", "who speak ", "speaking "} {
		if cut, ok := strings.CutPrefix(phrase, mark); ok {
			name = cut
		}
	}
	if name == "" {
		return "", false
	}
	code := creators.Language(name)
	return code, code != name && len(code) <= 3
}

// readTopics asks the tree about what is left: the "animal" of "animal welfare" is no pet. Words that name a topic stay words as well: a creator
// who writes them is closer than one of the topic alone.
func (s *sentence) readTopics(tree Tree) {
	if tree == nil {
		return
	}
	var left []string
	for i, w := range s.raw {
		if s.used[i] {
			w = "," // so that words that stood apart make no phrase
		}
		left = append(left, w)
	}
	for _, found := range tree(strings.Join(left, " ")) {
		if len(s.Target.Topics) >= 8 {
			return
		}
		s.Target.Topics = appendOnce(s.Target.Topics, found.ID)
		s.Parts = append(s.Parts, Recognised{Field: "topics", Value: found.ID, Words: strings.Join(found.Words, ", ")})
	}
}

// rest keeps what was not understood and says something.
func (s *sentence) rest() {
	for i, w := range s.folded {
		if !s.used[i] && len(w) > 1 && !isStop(w) && len([]rune(w)) <= 60 {
			s.Target.Words = appendOnce(s.Target.Words, w)
		}
	}
}

// SearchText is what a search for the target looks for.
func (t Target) SearchText() string {
	var b strings.Builder
	for _, w := range t.Words {
		b.WriteString(w + " ")
	}
	for _, id := range t.Values {
		if v := ValueByID(id); v != nil {
			b.WriteString(v.Words[0] + " ")
		}
	}
	return strings.TrimSpace(b.String())
}
