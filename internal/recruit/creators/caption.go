package creators

import (
	"regexp"
	"strings"
	"time"
)

// Sponsorship is a brand that a caption names as the one who paid, and the words it was read from.
type Sponsorship struct {
	Brand string
	Words string // of the caption
}

// The ways in which captions name who paid. Each needs its marker beside the brand: an @mention alone is no evidence, and "thanks to @friend" is none.
var (
	// "paid partnership with X", "sponsored by X", "in collaboration with @x", "ad for X", "werbung für X", "gifted by @x"
	saysWho = regexp.MustCompile(`(?i:\b(?:paid partnership with|sponsored by|in (?:paid )?(?:partnership|collaboration) with|(?:paid )?ad(?:vert)? for|anzeige für|werbung für|gifted by|presented by))\s+(@[\p{L}\p{N}._]{2,30}|[\p{Lu}\p{N}][\p{L}\p{N}&'’-]*(?: [\p{Lu}\p{N}][\p{L}\p{N}&'’-]*){0,3})`)
	// a disclosure anywhere in the caption: #ad, #sponsored, #paidpartnership, #werbung, #anzeige, #gifted
	isMarked = regexp.MustCompile(`(?i)(?:^|\s)#(?:ad|ads|advert|sponsored|sponsoredpost|paidpartnership|paidpartner|werbung|anzeige|bezahltepartnerschaft|gifted)\b`)
	// @brand
	mentions = regexp.MustCompile(`(?:^|[\s(])@([\p{L}\p{N}._]{2,30})`)
	// "code JUNO10 at @brand", "20 % off at Brand with my code JUNO"
	codeAt = regexp.MustCompile(`(?i:\bcode:?\s+["“]?[\p{L}\p{N}]{3,20}["”]?(?: for \d{1,2} ?% off)? (?:at|on|bei))\s+(@[\p{L}\p{N}._]{2,30}|[\p{Lu}\p{N}][\p{L}\p{N}&'’-]*)`)
)

// SponsorsIn reads from a caption which brands paid for it. It is careful rather than complete: a brand counts that the caption itself names as
// the payer, or that is the only one mentioned in a caption which discloses an advertisement (or that the platform marks as one).
//
//	"Paid partnership with @nordic.tea ☕"            → nordic.tea
//	"My new mug! #ad @nordic.tea"                    → nordic.tea
//	"#ad with @nordic.tea and @plainsoap"            → nobody: which of them paid is not said
//	"Lunch with @mara"                               → nobody
func SponsorsIn(caption string, sponsored *bool) (found []Sponsorship) {
	add := func(brand, words string) {
		brand = strings.Trim(brand, "@.’' ")
		for _, f := range found {
			if FoldBrand(f.Brand) == FoldBrand(brand) {
				return
			}
		}
		if FoldBrand(brand) != "" {
			found = append(found, Sponsorship{Brand: brand, Words: strings.TrimSpace(words)})
		}
	}
	for _, pattern := range []*regexp.Regexp{saysWho, codeAt} {
		for _, m := range pattern.FindAllStringSubmatch(caption, 10) {
			add(m[1], m[0])
		}
	}
	marker := isMarked.FindString(caption)
	if len(found) > 0 || marker == "" && (sponsored == nil || !*sponsored) {
		return found
	}
	if all := mentions.FindAllStringSubmatch(caption, 10); len(all) == 1 {
		add(all[0][1], strings.TrimSpace(strings.TrimSpace(marker)+" "+strings.TrimSpace(all[0][0])))
	}
	return found
}

// SourceCaption marks what was read from a post's caption.
const SourceCaption = "caption"

// CollaborationsIn reads past work from posts: public knowledge, with the post as evidence.
func CollaborationsIn(creator ID, posts []Post) (all []Collaboration) {
	for _, p := range posts {
		for _, s := range SponsorsIn(p.Caption, p.Sponsored) {
			all = append(all, Collaboration{Creator: creator, Brand: cut(s.Brand, longestBrand), Post: p.ID, At: p.PostedAt.Truncate(time.Microsecond), Source: SourceCaption, Note: cut(s.Words, longestBrand), Import: p.Import})
		}
	}
	return all
}
