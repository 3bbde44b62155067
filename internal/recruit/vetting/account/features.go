package account

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"rapport/internal/recruit/creators"
)

// Seen is what somebody saw of a profile. Texts that were not seen are nil: an empty biography and an unknown one are different facts.
type Seen struct {
	Platform                    creators.Platform
	Handle                      string
	Name, Bio                   *string
	HasPicture, HasURL, Private *bool
	Posts, Followers, Following *int64
}

// FeaturesOf turns what was seen into features.
func FeaturesOf(s Seen) Features {
	f := Features{
		HasPicture: s.HasPicture, HasURL: s.HasURL, Private: s.Private, Posts: s.Posts, Followers: s.Followers, Following: s.Following,
		Elsewhere: s.Platform != creators.PlatformInstagram,
	}
	if s.Handle != "" {
		f.UsernameDigitShare = digitShare(s.Handle)
	}
	if s.Name != nil {
		f.FullnameDigitShare = digitShare(*s.Name)
		f.FullnameWords = counted(len(strings.Fields(*s.Name)))
		same := *s.Name != "" && strings.EqualFold(strings.TrimSpace(*s.Name), s.Handle)
		f.NameIsUsername = &same
	}
	if s.Bio != nil {
		f.BioLength = counted(utf8.RuneCountInString(*s.Bio))
	}
	return f
}

// OfProfile are the features of a stored profile. A stored name or biography that is empty counts as unknown: imports leave out what they do not
// have. HasURL comes from a snapshot's details, where a source told it.
func OfProfile(p creators.Profile, hasURL *bool) Features {
	s := Seen{Platform: p.Platform, Handle: p.Handle, HasURL: hasURL, Posts: p.Posts, Followers: p.Followers, Following: p.Following}
	if p.DisplayName != "" {
		s.Name = &p.DisplayName
	}
	if p.Bio != "" {
		s.Bio = &p.Bio
	}
	return FeaturesOf(s)
}

func counted(n int) *int64 { c := int64(n); return &c }

// digitShare is digits ÷ characters; an empty text has none.
func digitShare(text string) *float64 {
	var digits, all float64
	for _, r := range text {
		all++
		if unicode.IsDigit(r) {
			digits++
		}
	}
	share := digits / max(1, all)
	return &share
}
