package area

import (
	"context"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"rapport/internal/base/db"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
	"rapport/internal/partner/partnerships"
	"rapport/internal/recruit/creators"
)

// StatusLooks: every status of a partnership has words, a tone and a picture.
var StatusLooks = map[partnerships.Status]ui.Badge{
	partnerships.StatusProspect:    {Icon: "circle-dashed"},
	partnerships.StatusApplied:     {Tone: ui.Info, Icon: "inbox"},
	partnerships.StatusContacted:   {Tone: ui.Info, Icon: "send"},
	partnerships.StatusReplied:     {Tone: ui.Info, Icon: "message-circle"},
	partnerships.StatusNegotiating: {Tone: ui.Info, Icon: "messages"},
	partnerships.StatusAgreed:      {Tone: ui.Good, Icon: "thumb-up"},
	partnerships.StatusActive:      {Tone: ui.Good, Icon: "circle-check"},
	partnerships.StatusPaused:      {Tone: ui.Warn, Icon: "player-pause"},
	partnerships.StatusEnded:       {Icon: "circle-x"},
	partnerships.StatusLost:        {Icon: "circle-x"},
}

// Status is how far a partnership has come.
func Status(r *frame.Request, s partnerships.Status) ui.Badge {
	b := StatusLooks[s]
	b.Label = StatusWord(r, s)
	return b
}

// StatusWord is a status in the reader's words.
func StatusWord(r *frame.Request, s partnerships.Status) string {
	return r.T("partners.status." + string(s))
}

// Accounts names a creator's accounts in one line, the main one first: "@maya on TikTok · @mayaglow on Instagram".
func Accounts(r *frame.Request, c creators.Creator) string {
	var all []string
	for _, p := range MainFirst(c) {
		all = append(all, r.T("creators.account", "handle", p.Handle, "platform", Platform(r, p.Platform)))
	}
	return strings.Join(all, " · ")
}

// Platform is a platform's name.
func Platform(r *frame.Request, p creators.Platform) string {
	return r.T("creators.platform." + string(p))
}

// MainFirst lists the accounts, the main one first.
func MainFirst(c creators.Creator) []creators.Profile {
	all := slices.Clone(c.Profiles)
	slices.SortStableFunc(all, func(a, b creators.Profile) int {
		return boolRank(a.ID == c.Main) - boolRank(b.ID == c.Main)
	})
	return all
}

func boolRank(first bool) int {
	if first {
		return 0
	}
	return 1
}

// Tier names the size, with what it means.
func Tier(r *frame.Request, t creators.Tier) any {
	if t == creators.TierUnknown {
		return ui.Nothing{Because: r.T("creators.followers.unknown")}
	}
	return r.T("creators.tier." + string(t))
}

// Count is a count or the reason why there is none.
func Count(n *int64, because string) any {
	if n == nil {
		return ui.Nothing{Because: because}
	}
	return *n
}

// Rate is the engagement rate of the main account with the formula it was made by.
func Rate(r *frame.Request, p creators.Profile) any {
	if p.EngagementPPM == nil {
		return ui.Nothing{Because: r.T("creators.engagement.unknown")}
	}
	return r.Locale().Percent(float64(*p.EngagementPPM) / 1e6)
}

// MainProfile is the account that stands for the creator, or an empty one.
func MainProfile(c creators.Creator) creators.Profile {
	if all := MainFirst(c); len(all) > 0 {
		return all[0]
	}
	return creators.Profile{}
}

// CreatorsByID looks up creators of a page of partnerships at once.
func CreatorsByID(ctx context.Context, tx *db.Tx, all []partnerships.Partnership) (map[creators.ID]creators.Creator, error) {
	byID := make(map[creators.ID]creators.Creator, len(all))
	for chunk := range slices.Chunk(all, db.PageMost) { // a file may hold more than a statement takes
		ids := make([]creators.ID, len(chunk))
		for i, p := range chunk {
			ids[i] = p.Creator
		}
		found, err := creators.FindMany(ctx, tx, ids)
		if err != nil {
			return nil, err
		}
		for _, c := range found {
			byID[c.ID] = c
		}
	}
	return byID, nil
}

// Known are words, or the dash for what nobody has told us.
func Known(r *frame.Request, words string) any {
	if words == "" {
		return ui.Nothing{Because: r.T("creators.unknown")}
	}
	return words
}

// Country is a country by its name.
func Country(r *frame.Request, code string) any { return Known(r, CountryName(code)) }

// CountryName is the English name of a country's code; other text stays as it is.
func CountryName(code string) string {
	region, err := language.ParseRegion(code)
	if err != nil || len(code) != 2 {
		return code
	}
	return display.English.Regions().Name(region)
}

// CountryCodes are the filter's choices; any other stands in the address as ?country=.
var CountryCodes = []string{
	"AR", "AU", "AT", "BE", "BR", "CA", "CL", "CN", "CO", "CZ", "DK", "EG", "FI", "FR", "DE", "GR", "HK", "HU", "IN", "ID", "IE", "IL", "IT", "JP", "KE", "KR", "MY",
	"MX", "MA", "NL", "NZ", "NG", "NO", "PK", "PE", "PH", "PL", "PT", "RO", "RU", "SA", "SG", "ZA", "ES", "SE", "CH", "TW", "TH", "TR", "UA", "AE", "GB", "US", "VN",
}

// PlatformChoices are the platforms to choose from.
func PlatformChoices(r *frame.Request) []ui.Choice {
	var all []ui.Choice
	for _, p := range creators.Platforms {
		all = append(all, ui.Choice{Value: string(p), Label: Platform(r, p)})
	}
	return all
}

// PartnerURL is an address of a creator's page; section is "" or "/links", "/money", ….
// PartnerURL is the page of a creator in the program at hand.
func PartnerURL(r *frame.Request, id partnerships.ID, section string) string {
	return r.To("/partners/" + url.PathEscape(string(id)) + section)
}

// VisibleCreator is a creator that the reader may know of; any other does not exist.
func VisibleCreator(r *frame.Request, tx *db.Tx, id creators.ID) (creators.Creator, error) {
	visible, all := r.P.Visible()
	if all {
		return creators.Find(r.Context(), tx, id)
	}
	return creators.FindIn(r.Context(), tx, id, visible)
}
