package partnerships

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"rapport/internal/base/fault"
)

// Line brings one line that somebody typed into its stored form: runs of space become one. It must not be empty or longer than most characters.
func Line(text string, most int, field string) (string, error) {
	if !utf8.ValidString(text) {
		return "", fault.Invalid("This is not text.").In(field)
	}
	text = strings.Join(strings.Fields(text), " ")
	if strings.ContainsFunc(text, unicode.IsControl) {
		return "", fault.Invalid("This must be one line of text.").In(field)
	}
	if text == "" {
		return "", fault.Invalid("This must not be empty.").In(field)
	}
	return bounded(text, most, field)
}

// Prose brings a text of several lines into its stored form: every line ends in \n, and none of them hold control characters but tabs. It may be
// empty and has at most most characters.
func Prose(text string, most int, field string) (string, error) {
	text = strings.TrimSpace(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text))
	if !utf8.ValidString(text) || strings.ContainsFunc(text, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }) {
		return "", fault.Invalid("This is not text.").In(field)
	}
	return bounded(text, most, field)
}

func bounded(text string, most int, field string) (string, error) {
	if utf8.RuneCountInString(text) > most {
		return "", fault.Invalidf("At most %d characters fit here.", most).In(field)
	}
	return text, nil
}
