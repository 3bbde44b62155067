package meaning

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"rapport/internal/recruit/creators"
)

// Words gives the folded words of a text, in order. Letters and digits hold together, all else parts them. Scripts that are written without spaces
// (Han, Kana, Thai and their neighbours) are given in pairs of characters. A hashtag is one word; its parts are another question (compound.go).
func Words(text string) (all []string) {
	split(creators.Fold(clipped(text)), func(run string, _ bool) { pairs(run, func(w string) { all = append(all, w) }) })
	return all
}

// clipped shortens a text to what is read of it, at a character's end.
func clipped(text string) string {
	if len(text) <= longestText {
		return text
	}
	return strings.ToValidUTF8(text[:longestText], "")
}

// split gives the runs of letters and digits in folded text and says which follow a #.
func split(folded string, yield func(run string, hashtag bool)) {
	start := -1
	for i, r := range folded {
		if isWord(r) {
			if start < 0 {
				start = i
			}
			continue
		}
		if start >= 0 {
			give(folded, start, i, yield)
			start = -1
		}
	}
	if start >= 0 {
		give(folded, start, len(folded), yield)
	}
}

func give(folded string, from, to int, yield func(string, bool)) {
	if to-from <= longestTerm || dense(folded[from:to]) {
		yield(folded[from:to], from > 0 && folded[from-1] == '#')
	}
}

func isWord(r rune) bool {
	if r < utf8.RuneSelf {
		return r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r >= 'A' && r <= 'Z'
	}
	return unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.Is(unicode.Mc, r)
}

// dense says whether a run is of a script that is written without spaces.
func dense(run string) bool {
	r, _ := utf8.DecodeRuneInString(run)
	return r >= 0x0E00 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar)
}

// pairs gives a run on: as it is, or a dense one as its overlapping pairs of characters. A single letter or digit says nothing; a single
// dense character may be a word.
func pairs(run string, yield func(string)) {
	if !dense(run) {
		if len(run) > 1 {
			yield(run)
		}
		return
	}
	first, second := 0, -1 // where the last two characters began
	n := 0
	for i := range run {
		if n >= 2 {
			yield(run[first:i])
			first = second
		}
		second = i
		n++
	}
	yield(run[first:])
}

// camel parts a hashtag where a capital follows a small letter or a digit: VeganSkincare is "Vegan Skincare". It answers "" where there is nothing to
// part.
func camel(tag string) string {
	var b strings.Builder
	parted, before := false, rune(0)
	for _, r := range tag {
		if unicode.IsUpper(r) && (unicode.IsLower(before) || unicode.IsDigit(before)) || r == '_' && before != 0 {
			b.WriteByte(' ')
			parted = true
		}
		b.WriteRune(r)
		before = r
	}
	if !parted {
		return ""
	}
	return b.String()
}
