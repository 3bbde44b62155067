package creators

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Fold makes a name comparable: compatibility forms, case and diacritics are folded, runs of space become one. "Zoë  ĐẶNG" and "zoe dang" are
// the same to a person who searches. The folded text is stored; databases fold only ASCII alike.
func Fold(text string) string {
	if isASCII(text) {
		return strings.Join(strings.Fields(strings.ToLower(text)), " ")
	}
	text = strings.Map(withoutMark, norm.NFKD.String(foldCase(norm.NFKD.String(text))))
	return strings.Join(strings.Fields(text), " ")
}

// foldCase folds case. Cherokee folds to capitals and the library's tables disagree about them, so lower case has the last word.
func foldCase(text string) string { return strings.ToLower(cases.Fold().String(text)) }

// sortKey is the folded name as it is stored and sorted by, cut so that it fits into an index.
func sortKey(name string) string { return cut(Fold(name), 240) }

// cut shortens text to at most so many bytes, at a character's end.
func cut(text string, most int) string {
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "")
}

// undecomposed are Latin letters whose stroke or ligature Unicode does not take apart.
var undecomposed = map[rune]rune{'đ': 'd', 'ð': 'd', 'ø': 'o', 'ł': 'l', 'ħ': 'h', 'ı': 'i', 'ŧ': 't', 'œ': 'o', 'æ': 'a'}

func withoutMark(r rune) rune {
	if unicode.Is(unicode.Mn, r) {
		return -1
	}
	if plain, ok := undecomposed[r]; ok {
		return plain
	}
	return r
}

// foldHandle folds case and compatibility forms but keeps diacritics: @zoe and @zoë are two accounts.
func foldHandle(handle string) string {
	if isASCII(handle) {
		return strings.ToLower(handle)
	}
	return norm.NFKC.String(foldCase(norm.NFKC.String(handle)))
}

func isASCII(text string) bool {
	for i := range len(text) {
		if text[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
