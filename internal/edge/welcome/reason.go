package welcome

import (
	"strings"

	"rapport/internal/edge/web/text"
	"rapport/internal/partner/applications"
)

// Reasons are why an application was answered as it was, or why a person is asked, in the words that the applicant and the brand both read: what a
// person wrote, else the conditions that held and what the rule says. They are never nil.
func Reasons(a applications.Application) []string {
	if a.Reason != "" {
		return []string{a.Reason}
	}
	sentences := []string{}
	for _, b := range a.Decision.Because {
		sentences = append(sentences, text.T(lang, "welcome.because."+b.Code, "value", value(b)))
	}
	if a.Decision.Reason != "" {
		sentences = append(sentences, a.Decision.Reason)
	}
	return sentences
}

// reason is all of them as one text.
func reason(a applications.Application) string { return strings.Join(Reasons(a), "\n") }

// value is what a condition spoke of, in words.
func value(b applications.Because) string {
	switch b.Code {
	case "verdict":
		return text.T(lang, "welcome.verdict."+b.Arg)
	case "tier":
		return text.T(lang, "welcome.tier."+b.Arg)
	default:
		return b.Arg
	}
}
