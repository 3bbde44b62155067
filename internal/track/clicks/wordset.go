package clicks

import "strings"

// meaning is what a word in an agent tells, as a set.
type meaning uint16

const (
	saysPreview meaning = 1 << iota
	saysCrawler
	saysBrowser
	saysScreen
	saysTablet
	saysPhone
	saysAndroid
	saysDesktop
)

// botWord counts at the end of a word only (Googlebot/2.1, AdsBot-Google), and not in the phones of the maker Cubot.
const botWord = "bot"

// wordSet finds many words in one pass: most places of a text are passed by after one look at the two letters there.
type wordSet struct {
	group  [1 << 14]uint8 // by two ASCII letters: which group of words begins with them; 0 none
	groups [][]word
}

type word struct {
	text string
	says meaning
}

func newWordSet(lists map[meaning][]string) *wordSet {
	s := &wordSet{groups: make([][]word, 1)}
	for says, list := range lists {
		for _, text := range list {
			at := pair(text[0], text[1])
			if s.group[at] == 0 {
				s.group[at] = uint8(len(s.groups)) //nolint:gosec // there are far fewer words than 256
				s.groups = append(s.groups, nil)
			}
			g := s.group[at]
			s.groups[g] = append(s.groups[g], word{text, says})
		}
	}
	if len(s.groups) > 256 {
		panic("BUG: too many words for one byte")
	}
	return s
}

func pair(a, b byte) uint16 { return uint16(a&0x7f)<<7 | uint16(b&0x7f) }

// find returns the meanings of all words in a, which is in lower case.
func (s *wordSet) find(a []byte) (found meaning) {
	for i := 0; i+1 < len(a); i++ {
		g := s.group[pair(a[i], a[i+1])]
		if g == 0 {
			continue
		}
		for _, w := range s.groups[g] {
			if found&w.says == 0 && hasPrefix(a[i:], w.text) && (w.text != botWord || endsInBot(a, i)) {
				found |= w.says
			}
		}
	}
	return found
}

func endsInBot(a []byte, at int) bool {
	end := at + len(botWord)
	wordEnds := end == len(a) || a[end] < 'a' || a[end] > 'z'
	return wordEnds && !strings.HasSuffix(string(a[:at]), "cu")
}

func hasPrefix(a []byte, prefix string) bool {
	return len(a) >= len(prefix) && string(a[:len(prefix)]) == prefix
}
