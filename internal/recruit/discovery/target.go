package discovery

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"rapport/internal/base/fault"
	"rapport/internal/base/programs"
	"rapport/internal/recruit/creators"
)

// TargetID names a target customer profile: tgt_….
type TargetID string

// TargetPrefix begins the ids of targets.
const TargetPrefix = "tgt"

// PriceLevel is how dear the products are for their kind.
type PriceLevel string

// The levels; "" is not said.
const (
	PriceLow    PriceLevel = "low"
	PriceMiddle PriceLevel = "middle"
	PriceHigh   PriceLevel = "high"
)

// AgeBand is a range of ages, both ends included; To 0 is open.
type AgeBand struct {
	From int `json:"from"`
	To   int `json:"to,omitempty"`
}

// String writes 25–40 or 65+.
func (b AgeBand) String() string {
	if b.To == 0 {
		return fmt.Sprintf("%d+", b.From)
	}
	return fmt.Sprintf("%d–%d", b.From, b.To)
}

// Target is who a program wants to reach. Empty fields ask for nothing.
type Target struct {
	ID        TargetID            `json:"id"`
	Program   programs.ID         `json:"-"`
	Name      string              `json:"name"`
	About     string              `json:"about"`     // the sentence it was read from
	Topics    []string            `json:"topics"`    // ids of the topic tree
	Values    []string            `json:"values"`    // ids of Values
	Countries []string            `json:"countries"` // ISO 3166 alpha-2
	Languages []string            `json:"languages"` // BCP 47
	Ages      []AgeBand           `json:"ages"`
	Genders   []string            `json:"genders"` // female, male
	Price     PriceLevel          `json:"price"`
	Platforms []creators.Platform `json:"platforms"`
	Tiers     []creators.Tier     `json:"tiers"`
	Words     []string            `json:"words"` // what stays of the sentence, searched as it is
	MadeBy    string              `json:"-"`
	UpdatedAt time.Time           `json:"-"`
}

// The limits of a target.
const (
	LongestAbout = 500 // characters
	longestName  = 100
	mostOfKind   = 30
)

// Check cleans a target and refuses what cannot be one.
func (t Target) Check() (Target, error) {
	t.Name = strings.Join(strings.Fields(t.Name), " ")
	var wrong []*fault.Error
	if t.Name == "" || utf8.RuneCountInString(t.Name) > longestName {
		wrong = append(wrong, fault.Invalidf("Customers need a name of at most %d characters.", longestName).In("name"))
	}
	if utf8.RuneCountInString(t.About) > LongestAbout {
		wrong = append(wrong, fault.Invalidf("Say it in at most %d characters.", LongestAbout).In("about"))
	}
	if t.Price != "" && t.Price != PriceLow && t.Price != PriceMiddle && t.Price != PriceHigh {
		wrong = append(wrong, fault.Invalid("The price level is low, middle or high.").In("price"))
	}
	for i, c := range t.Countries {
		if t.Countries[i] = creators.Country(c); len(t.Countries[i]) != 2 {
			wrong = append(wrong, fault.Invalid("A country is a code such as DE or an English name.").In("countries"))
		}
	}
	for i, l := range t.Languages {
		t.Languages[i] = creators.Language(l)
	}
	wrong = append(wrong, t.checkChoices()...)
	for field, list := range map[string][]string{"topics": t.Topics, "values": t.Values, "countries": t.Countries, "languages": t.Languages, "words": t.Words, "genders": t.Genders} {
		if len(list) > mostOfKind || slices.ContainsFunc(list, isTooLong) {
			wrong = append(wrong, fault.Invalidf("At most %d of a kind, each short.", mostOfKind).In(field))
		}
	}
	return t, fault.Join(wrong...)
}

func isTooLong(text string) bool {
	return text == "" || utf8.RuneCountInString(text) > 60 || !utf8.ValidString(text) || strings.ContainsRune(text, 0)
}

func (t Target) checkChoices() (wrong []*fault.Error) {
	for _, b := range t.Ages {
		if b.From < 13 || b.From > 99 || b.To != 0 && (b.To < b.From || b.To > 99) {
			wrong = append(wrong, fault.Invalid("Ages lie between 13 and 99.").In("ages"))
		}
	}
	for _, g := range t.Genders {
		if g != "female" && g != "male" {
			wrong = append(wrong, fault.Invalid("A gender is female or male.").In("genders"))
		}
	}
	for _, p := range t.Platforms {
		if !slices.Contains(creators.Platforms, p) {
			wrong = append(wrong, fault.Invalid("The platform must be tiktok, instagram, youtube, pinterest or other.").In("platforms"))
		}
	}
	for _, tier := range t.Tiers {
		if !tier.Valid() {
			wrong = append(wrong, fault.Invalid("The tier must be nano, micro, macro or mega.").In("tiers"))
		}
	}
	for _, v := range t.Values {
		if ValueByID(v) == nil {
			wrong = append(wrong, fault.Invalid("This value is not known.").In("values"))
		}
	}
	return wrong
}

// Empty reports whether the target asks for nothing at all.
func (t Target) Empty() bool {
	return len(t.Topics)+len(t.Values)+len(t.Countries)+len(t.Languages)+len(t.Ages)+len(t.Genders)+len(t.Platforms)+len(t.Tiers)+len(t.Words) == 0 && t.Price == ""
}

// Wanted is the audience the target asks for, as shares to compare a real one with: whoever wants two countries is content with half in each.
func (t Target) Wanted() (all []creators.Slice) {
	all = appendShares(all, creators.DimensionCountry, t.Countries)
	var ages []string
	for _, band := range ageBands {
		if ageShare(t.Ages, band) >= 0.5 {
			ages = append(ages, band.key)
		}
	}
	all = appendShares(all, creators.DimensionAge, ages)
	return appendShares(all, creators.DimensionGender, t.Genders)
}

func appendShares(all []creators.Slice, d creators.Dimension, keys []string) []creators.Slice {
	for _, k := range keys {
		all = append(all, creators.Slice{Dimension: d, Key: k, ShareBP: enoughBP / len(keys)})
	}
	return all
}

// enoughBP is the share of an audience that counts as a full match: nobody's followers are all of one country and age.
const enoughBP = 6000
