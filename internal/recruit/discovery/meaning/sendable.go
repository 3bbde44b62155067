package meaning

import (
	"slices"
	"strings"
	"unicode"

	"rapport/internal/recruit/creators"
)

// phoneDigits is from how many digits on a row of numbers is taken for one by which somebody can be called.
const phoneDigits = 7

// Sendable is a text as a foreign service may read it: without mail addresses, mentions, links and phone numbers, and without the names, whether they
// stand there as words or as a hashtag. What is left is put in one line per line of the text.
//
//	"Hi, Ana Lee here! Serum tests, write to ana@mail.example" without "Ana Lee"     "Hi, here! Serum tests, write to"
func Sendable(text string, names ...string) string {
	var lines []string
	known := phrasesOf(names)
	for line := range strings.Lines(text) {
		if kept := withoutNumbers(withoutNames(strings.Fields(line), known)); len(kept) > 0 {
			lines = append(lines, strings.Join(kept, " "))
		}
	}
	return strings.Join(lines, "\n")
}

func phrasesOf(names []string) (all [][]string) {
	for _, name := range names {
		if words := Words(name); len(words) > 0 && len(strings.Join(words, "")) > 2 {
			all = append(all, words, []string{strings.Join(words, "")}, []string{bare(name)})
		}
	}
	return all
}

// withoutNames leaves out tokens by which a person can be reached, and phrases that are a name.
func withoutNames(tokens []string, names [][]string) (kept []string) {
	folded := make([]string, len(tokens))
	for i, token := range tokens {
		folded[i] = bare(token)
	}
	for i := 0; i < len(tokens); i++ {
		if n := namedBy(folded[i:], names); n > 0 {
			i += n - 1
		} else if !reaches(tokens[i]) {
			kept = append(kept, tokens[i])
		}
	}
	return kept
}

// namedBy is how many of the first words are a name; 0 is none.
func namedBy(words []string, names [][]string) int {
	for _, name := range names {
		if len(words) >= len(name) && slices.Equal(words[:len(name)], name) {
			return len(name)
		}
	}
	return 0
}

// bare is a token as words are folded, without what stands around it.
func bare(token string) string {
	folded := creators.Fold(token)
	return strings.TrimSuffix(strings.TrimFunc(folded, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }), "'s")
}

// reaches reports whether a token is a mail address, a mention or a link; a dot between letters is enough.
func reaches(token string) bool {
	if strings.ContainsAny(token, "@＠") || strings.Contains(token, "://") {
		return true
	}
	dot := strings.IndexByte(token, '.')
	return dot > 0 && strings.IndexFunc(token[dot:], unicode.IsLetter) == 1
}

// withoutNumbers leaves out rows of numbers that are long enough for a phone.
func withoutNumbers(tokens []string) (kept []string) {
	for i := 0; i < len(tokens); {
		end, digits := i, 0
		for end < len(tokens) && isNumber(tokens[end]) {
			digits += len(strings.Map(onlyDigits, tokens[end]))
			end++
		}
		if digits < phoneDigits {
			end = max(end, i+1)
			kept = append(kept, tokens[i:end]...)
		}
		i = end
	}
	return kept
}

func isNumber(token string) bool {
	letter := strings.IndexFunc(token, unicode.IsLetter) >= 0
	return !letter && strings.Map(onlyDigits, token) != "" || token == "/" || token == "-"
}

func onlyDigits(r rune) rune {
	if r < '0' || r > '9' {
		return -1
	}
	return r
}
