package creators

import (
	"strings"
	"sync"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

// countryNames maps folded English names of countries to their codes. The extra ones are in common use and not the display names of CLDR.
var countryNames = sync.OnceValue(func() map[string]string {
	names := map[string]string{
		"usa": "US", "united states of america": "US", "uk": "GB", "great britain": "GB", "england": "GB", "turkey": "TR", "turkiye": "TR",
		"czech republic": "CZ", "holland": "NL", "the netherlands": "NL", "korea": "KR", "uae": "AE", "viet nam": "VN", "russian federation": "RU",
	}
	namer := display.English.Regions()
	for a := 'A'; a <= 'Z'; a++ {
		for b := 'A'; b <= 'Z'; b++ {
			region, err := language.ParseRegion(string([]rune{a, b}))
			if err != nil || !region.IsCountry() || region.Canonicalize() != region {
				continue
			}
			if name := namer.Name(region); name != "" {
				names[Fold(name)] = region.String()
			}
		}
	}
	return names
})

// Country returns the ISO 3166 alpha-2 code for a code or an English name, or the text itself where it is neither.
func Country(text string) string {
	text = strings.TrimSpace(text)
	if len(text) == 2 && isLetter(text[0]) && isLetter(text[1]) {
		if code := strings.ToUpper(text); code != "UK" {
			return code
		}
	}
	if code, ok := countryNames()[Fold(text)]; ok {
		return code
	}
	return text
}

func isLetter(b byte) bool { return b|0x20 >= 'a' && b|0x20 <= 'z' }

// languageNames maps folded English names of languages with two-letter codes to those.
var languageNames = sync.OnceValue(func() map[string]string {
	names := map[string]string{}
	namer := display.English.Languages()
	for a := 'a'; a <= 'z'; a++ {
		for b := 'a'; b <= 'z'; b++ {
			base, err := language.ParseBase(string([]rune{a, b}))
			if err != nil {
				continue
			}
			if name := namer.Name(base); name != "" {
				names[Fold(name)] = base.String()
			}
		}
	}
	return names
})

// Language returns the BCP 47 tag for a tag or an English name, or the text itself where it is neither.
func Language(text string) string {
	text = strings.TrimSpace(text)
	if code, ok := languageNames()[Fold(text)]; ok {
		return code
	}
	if len(text) >= 2 && len(text) <= 11 {
		if tag, err := language.Parse(text); err == nil {
			return tag.String()
		}
	}
	return text
}
