package notify

import (
	"net/mail"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

var domains = idna.New(idna.MapForLookup(), idna.BidiRule(), idna.StrictDomainName(true), idna.VerifyDNSLength(true))

// ParseAddress reads one mail address and nothing else (no name, no brackets, no comment, no line break) and returns it as it travels: with
// the domain in ASCII. Quoted local parts are refused; nobody has one.
func ParseAddress(text string) (address string, ok bool) {
	if len(text) > maxAddress || !printable(text, "") || strings.ContainsAny(text, " <>()[]\",;:\\") {
		return "", false
	}
	if parsed, err := mail.ParseAddress(text); err != nil || parsed.Address != text {
		return "", false
	}
	at := strings.LastIndexByte(text, '@')
	domain, err := domains.ToASCII(text[at+1:])
	if err != nil || len(text[:at])+len(domain) >= maxAddress {
		return "", false
	}
	return text[:at+1] + domain, true
}

// printable reports whether a text is UTF-8 without control characters other than the allowed ones.
func printable(text, allowed string) bool {
	return utf8.ValidString(text) && strings.IndexFunc(text, func(r rune) bool {
		return (unicode.IsControl(r) || r == '\u2028' || r == '\u2029') && !strings.ContainsRune(allowed, r)
	}) < 0
}
