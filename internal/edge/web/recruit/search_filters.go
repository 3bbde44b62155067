package recruit

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"rapport/internal/base/money"
	"rapport/internal/edge/web/area"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
	"rapport/internal/partner/partnerships"
	"rapport/internal/recruit/creators"
	"rapport/internal/recruit/discovery"
	"rapport/internal/recruit/discovery/meaning"
	"rapport/internal/recruit/vetting"
)

func (f *found) filters(v url.Values, now time.Time, topics *meaning.Tree) {
	q := &f.query
	if p, ok := creators.ParsePlatform(v.Get("platform")); ok {
		q.Platform = p
	}
	if t := creators.Tier(v.Get("tier")); t.Valid() {
		q.Tier = t
	}
	q.Country, q.AudienceCountry = creators.Country(cut(v.Get("country"), 60)), creators.Country(cut(v.Get("audience"), 60))
	q.Language = creators.Language(cut(v.Get("language"), 35))
	q.MinFollowers, q.MaxFollowers = followers(v.Get("from")), followers(v.Get("to"))
	if age := v.Get("audience_age"); slices.Contains(discovery.AudienceAges(), age) {
		q.AudienceAge = age
	}
	if g := v.Get("audience_gender"); slices.Contains(genders, g) {
		q.AudienceGender = g
	}
	if topic, ok := topics.Find(v.Get("topic")); ok {
		q.Topic = topic.ID
	}
	q.MaxPriceMinor = followers(v.Get("price"))
	if s := partnerships.Status(v.Get("status")); s.Valid() {
		q.Status = string(s)
	}
	if verdict := vetting.Verdict(v.Get("verdict")); verdict.Valid() {
		q.Verdict = verdict
	}
	if n := followers(v.Get("engagement")); n != nil {
		q.MinEngagementPPM = *n
	}
	if days := followers(v.Get("posted")); days != nil && *days <= 3650 {
		q.PostedSince = now.AddDate(0, 0, -int(*days))
	}
	if c := v.Get("contact"); c == "yes" || c == "no" {
		q.HasContact = new(c == "yes")
	}
	q.NotContacted = v.Get("fresh") == "yes"
	f.sorted(v.Get("order"))
}

// sorted takes an order that makes sense for what was asked.
func (f *found) sorted(order string) {
	q := &f.query
	switch s := discovery.Sort(order); s {
	case discovery.SortFollowers, discovery.SortEngagement, discovery.SortName, discovery.SortNewest, discovery.SortRelevance:
		q.Sort = s
	case discovery.SortFit:
		if q.Target != nil {
			q.Sort = s
		}
	}
}

func followers(text string) *int64 {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 || n > creators.MaxCount {
		return nil
	}
	return &n
}

// narrowing lists the filters: a few beside the search, all others in one panel.
func (f *found) narrowing(r *frame.Request) []ui.Filter {
	targets := ui.Filter{Key: "target", Label: r.T("search.customers")}
	for _, t := range f.targets {
		targets.Options = append(targets.Options, ui.Choice{Value: string(t.ID), Label: t.Name})
	}
	all := []ui.Filter{targets, {Key: "platform", Label: r.T("creators.column.platform"), Options: area.PlatformChoices(r)}, tierFilter(r), f.orders(r)}
	for _, one := range f.panel(r) {
		one.More = true
		all = append(all, one)
	}
	return slices.DeleteFunc(all, func(one ui.Filter) bool { return len(one.Options) == 0 })
}

// panel lists the filters of the panel in the order of the questions one asks: what about, how large, where, for whom, how it stands with us.
func (f *found) panel(r *frame.Request) []ui.Filter {
	lists := ui.Filter{Key: "shortlist", Label: r.T("search.list")}
	for _, l := range f.lists {
		lists.Options = append(lists.Options, ui.Choice{Value: string(l.ID), Label: l.Name})
	}
	status := ui.Filter{Key: "status", Label: r.T("creators.column.status")}
	for _, s := range partnerships.Statuses {
		status.Options = append(status.Options, ui.Choice{Value: string(s), Label: area.StatusWord(r, s)})
	}
	verdicts := ui.Filter{Key: "verdict", Label: r.T("search.column.verdict")}
	for _, v := range vetting.AllVerdictValues {
		verdicts.Options = append(verdicts.Options, ui.Choice{Value: string(v), Label: r.T("checkup.verdict." + string(v))})
	}
	return []ui.Filter{
		f.likeFilter(r), topicFilter(r), followersChip(r, "from", r.T("creators.from")), followersChip(r, "to", r.T("creators.to")), engagementChip(r), postedChip(r), priceFilter(r),
		countryChip(r, "country", r.T("creators.column.country")), languageFilter(r),
		countryChip(r, "audience", r.T("search.audience")), audienceAges(r), audienceGenders(r), verdicts,
		{Key: "contact", Label: r.T("search.contact"), Options: []ui.Choice{{Value: "yes", Label: r.T("search.contact.yes")}, {Value: "no", Label: r.T("search.contact.no")}}},
		{Key: "fresh", Label: r.T("search.fresh"), Options: []ui.Choice{{Value: "yes", Label: r.T("search.fresh.yes")}}}, status, lists,
	}
}

func tierFilter(r *frame.Request) ui.Filter {
	f := ui.Filter{Key: "tier", Label: r.T("creators.column.tier")}
	for _, t := range []creators.Tier{creators.TierNano, creators.TierMicro, creators.TierMacro, creators.TierMega} {
		f.Options = append(f.Options, ui.Choice{Value: string(t), Label: r.T("creators.tier." + string(t))})
	}
	return f
}

// topicFilter offers the topic tree, what lies below a topic right after it.
func topicFilter(r *frame.Request) ui.Filter {
	f := ui.Filter{Key: "topic", Label: r.T("search.topic")}
	for _, t := range r.Deps().Search.Tree().Topics() {
		f.Options = append(f.Options, ui.Choice{Value: t.ID, Label: topicWord(t.ID)})
	}
	slices.SortFunc(f.Options, func(a, b ui.Choice) int { return cmp.Compare(a.Value, b.Value) })
	return f
}

// spoken are the languages offered: the ones that most creators write in.
var spoken = []string{"ar", "cs", "da", "de", "el", "en", "es", "fi", "fr", "hi", "hu", "id", "it", "ja", "ko", "nl", "no", "pl", "pt", "ro", "ru", "sv", "th", "tr", "uk", "vi", "zh"}

func languageFilter(r *frame.Request) ui.Filter {
	f := ui.Filter{Key: "language", Label: r.T("creators.column.language")}
	for _, code := range spoken {
		f.Options = append(f.Options, ui.Choice{Value: code, Label: display.English.Languages().Name(language.MustParse(code))})
	}
	slices.SortFunc(f.Options, func(a, b ui.Choice) int { return cmp.Compare(a.Label, b.Label) })
	return f
}

// priceFilter offers what a post may cost, in the currency that creators ask in: of most, the program's.
func priceFilter(r *frame.Request) ui.Filter {
	f := ui.Filter{Key: "price", Label: r.T("search.price.most")}
	for _, minor := range []int64{5_000, 10_000, 20_000, 50_000, 100_000, 200_000} {
		f.Options = append(f.Options, ui.Choice{Value: strconv.FormatInt(minor, 10), Label: money.Amount{Minor: minor, Currency: r.Program.Currency}.Display()})
	}
	return f
}

func audienceAges(r *frame.Request) ui.Filter {
	f := ui.Filter{Key: "audience_age", Label: r.T("search.audience.ages")}
	for _, band := range discovery.AudienceAges() {
		f.Options = append(f.Options, ui.Choice{Value: band, Label: strings.Replace(band, "-", "–", 1)})
	}
	return f
}

// genders as audiences tell them.
var genders = []string{"female", "male"}

func audienceGenders(r *frame.Request) ui.Filter {
	f := ui.Filter{Key: "audience_gender", Label: r.T("search.audience.genders")}
	for _, g := range genders {
		f.Options = append(f.Options, ui.Choice{Value: g, Label: r.T("search.gender." + g)})
	}
	return f
}

func (f *found) orders(r *frame.Request) ui.Filter {
	order := ui.Filter{Key: "order", Label: r.T("creators.order")}
	for _, s := range []discovery.Sort{discovery.SortFit, discovery.SortRelevance, discovery.SortFollowers, discovery.SortEngagement, discovery.SortName, discovery.SortNewest} {
		if s != discovery.SortFit || f.query.Target != nil {
			order.Options = append(order.Options, ui.Choice{Value: string(s), Label: r.T("search.order." + string(s))})
		}
	}
	return order
}

func followersChip(r *frame.Request, key, label string) ui.Filter {
	f := ui.Filter{Key: key, Label: label}
	for _, n := range []int64{1_000, 5_000, 10_000, 50_000, 100_000, 500_000, 1_000_000} {
		f.Options = append(f.Options, ui.Choice{Value: strconv.FormatInt(n, 10), Label: r.Locale().Short(n)})
	}
	return f
}

func engagementChip(r *frame.Request) ui.Filter {
	f := ui.Filter{Key: "engagement", Label: r.T("search.engagement")}
	for _, ppm := range []int64{5_000, 10_000, 20_000, 30_000, 50_000, 100_000} {
		f.Options = append(f.Options, ui.Choice{Value: strconv.FormatInt(ppm, 10), Label: r.Locale().Percent(float64(ppm) / 1e6)})
	}
	return f
}

func postedChip(r *frame.Request) ui.Filter {
	f := ui.Filter{Key: "posted", Label: r.T("search.posted")}
	for _, days := range []int{7, 14, 30, 90, 365} {
		f.Options = append(f.Options, ui.Choice{Value: strconv.Itoa(days), Label: r.T("search.posted.days", "n", days)})
	}
	return f
}

func countryChip(_ *frame.Request, key, label string) ui.Filter {
	f := ui.Filter{Key: key, Label: label}
	for _, code := range area.CountryCodes {
		f.Options = append(f.Options, ui.Choice{Value: code, Label: area.CountryName(code)})
	}
	slices.SortFunc(f.Options, func(a, b ui.Choice) int { return cmp.Compare(a.Label, b.Label) })
	return f
}
