package discovery

import (
	"strings"
	"unicode"

	"rapport/internal/recruit/creators"
)

// longestTerm is how long a word may be, in bytes, to be indexed: longer ones are addresses and noise.
const longestTerm = 64

// terms splits text into folded words: letters and digits together, everything else between them. Scripts without spaces are taken in pairs.
func terms(text string, yield func(term string, hashtag bool)) {
	text = creators.Fold(text)
	for start := 0; start < len(text); {
		begin := strings.IndexFunc(text[start:], isWord)
		if begin < 0 {
			return
		}
		begin += start
		end := strings.IndexFunc(text[begin:], func(r rune) bool { return !isWord(r) })
		if end < 0 {
			end = len(text)
		} else {
			end += begin
		}
		if word := text[begin:end]; len(word) <= longestTerm {
			emit(word, begin > 0 && text[begin-1] == '#', yield)
		}
		start = end
	}
}

func isWord(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r > 127 && (unicode.IsLetter(r) || unicode.IsNumber(r)) || r == '_'
}

// emit gives a word on; a run of Han, Kana or Thai, which is written without spaces, as its pairs of characters.
func emit(word string, hashtag bool, yield func(string, bool)) {
	if word[0] < 0xE0 { // begins before the scripts that are meant
		yield(word, hashtag)
		return
	}
	runes := []rune(word)
	if len(runes) < 3 || !unicode.In(runes[0], unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai) {
		yield(word, hashtag)
		return
	}
	for i := range len(runes) - 1 {
		yield(string(runes[i:i+2]), hashtag)
	}
}

// wordsOf lists the words of a text.
func wordsOf(text string) (all []string) {
	terms(text, func(term string, _ bool) { all = append(all, term) })
	return all
}
