package desk

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"

	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/edge/web/area"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
	"rapport/internal/partner/partnerships"
	"rapport/internal/recruit/creators"
)

// mostCounted is how far creators are counted for a page; beyond, it says "1,000+".
const mostCounted = 1000

type tableBody struct {
	Table ui.Table
	Note  string
}

// findCreators lists every creator the reader may see.
func findCreators(w http.ResponseWriter, r *frame.Request) error {
	filter := findFilter(r)
	var body tableBody
	var counts map[partnerships.Status]int
	err := r.View(func(tx *db.Tx) error {
		all, next, err := creators.List(r.Context(), tx, filter, r.After())
		if err != nil {
			return err
		}
		n, err := creators.Count(r.Context(), tx, filter, mostCounted+1)
		if err != nil {
			return err
		}
		here, err := partnerships.OfMany(r.Context(), tx, r.Program.ID, idsOf(all))
		if err != nil {
			return err
		}
		body.Table = findTable(r, all, here)
		body.Table.Next, body.Table.Total = next, manyCreators(r, n)
		counts, err = countStatuses(r, tx)
		return err
	})
	if err != nil {
		return err
	}
	return r.Render(w, http.StatusOK, "desk_creators", creatorsPage(r, "find", "creators.find.title", counts), body)
}

func manyCreators(r *frame.Request, n int) string {
	if n > mostCounted {
		return r.T("creators.many", "n", mostCounted)
	}
	return r.T("creators.count", "n", n)
}

func idsOf(all []creators.Creator) []creators.ID {
	ids := make([]creators.ID, len(all))
	for i, c := range all {
		ids[i] = c.ID
	}
	return ids
}

// findFilter reads the filters from the address. What is not understood does not filter: an old bookmark still opens.
func findFilter(r *frame.Request) creators.Filter {
	f := eyes(r)
	q := r.URL.Query()
	f.Query = cutText(q.Get("q"), 100)
	if p, ok := creators.ParsePlatform(q.Get("platform")); ok {
		f.Platform = p
	}
	if t := creators.Tier(q.Get("tier")); t.Valid() {
		f.Tier = t
	}
	f.Country = cutText(q.Get("country"), 60)
	f.MinFollowers, f.MaxFollowers = followersOf(q.Get("from")), followersOf(q.Get("to"))
	if s := partnerships.Status(q.Get("status")); s.Valid() {
		f.Program, f.Status = r.Program.ID, string(s)
	}
	if s := creators.Sort(q.Get("order")); s == creators.SortFollowers || s == creators.SortNewest {
		f.Sort = s
	}
	return f
}

func followersOf(text string) *int64 {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 || n > creators.MaxCount {
		return nil
	}
	return &n
}

// cutText shortens what was typed to at most so many characters.
func cutText(text string, most int) string {
	if all := []rune(text); len(all) > most {
		return string(all[:most])
	}
	return text
}

func findTable(r *frame.Request, all []creators.Creator, here map[creators.ID]partnerships.Partnership) ui.Table {
	t := ui.Table{
		ID: "creators", Caption: r.T("creators.tab.find"), Path: r.To("/creators"), Query: r.URL.Query(), Search: r.T("creators.search"),
		Filters: findFilters(r), Choose: true, Columns: findColumns(r), Empty: ui.EmptyState{
			Icon: "users", Title: r.T("creators.none"), Text: r.T("creators.none.text"),
			Action: &ui.Action{Label: r.T("creators.import"), Icon: "upload", URL: r.To("/imports")},
		},
	}
	for _, c := range all {
		t.Rows = append(t.Rows, findRow(r, c, here[c.ID]))
	}
	if r.P.Can(r.Program.ID, auth.PermManage) {
		t.Bulk = []ui.BulkAction{
			{Label: r.T("creators.take.partner"), Icon: "user-plus", URL: r.To("/creators/choose?as=active"), Dialog: true},
			{Label: r.T("creators.take.prospect"), Icon: "list-check", URL: r.To("/creators/choose?as=prospect"), Dialog: true},
		}
	} else {
		t.Empty.Action = nil
	}
	return t
}

func findColumns(r *frame.Request) []ui.Column {
	return []ui.Column{
		{Key: "name", Label: r.T("creators.column.name"), Fixed: true},
		{Key: "tier", Label: r.T("creators.column.tier"), Hint: r.T("creators.column.tier.hint")},
		{Key: "followers", Label: r.T("creators.column.followers"), Figure: true, Hint: r.T("creators.column.followers.hint")},
		{Key: "engagement", Label: r.T("creators.column.engagement"), Figure: true, Hint: r.T("creators.column.engagement.hint")},
		{Key: "country", Label: r.T("creators.column.country")},
		{Key: "category", Label: r.T("creators.column.category"), Optional: true},
		{Key: "language", Label: r.T("creators.column.language"), Optional: true},
		{Key: "status", Label: r.T("creators.column.status")},
	}
}

func findRow(r *frame.Request, c creators.Creator, here partnerships.Partnership) ui.Row {
	main := area.MainProfile(c)
	row := ui.Row{ID: string(c.ID), Label: c.Name, URL: r.To("/creators/" + string(c.ID))}
	status := any(ui.Nothing{Because: r.T("creators.not_here")})
	if here.ID != "" {
		row.URL, status = area.PartnerURL(r, here.ID, ""), area.Status(r, here.Status)
	}
	row.Cells = []any{
		ui.Person{Name: c.Name, Sub: area.Accounts(r, c)}, area.Tier(r, c.Tier), area.Count(c.Followers, r.T("creators.followers.unknown")), area.Rate(r, main),
		area.Country(r, c.Country), area.Known(r, main.Category), area.Known(r, c.Language), status,
	}
	return row
}

func findFilters(r *frame.Request) []ui.Filter {
	status := ui.Filter{Key: "status", Label: r.T("creators.column.status")}
	for _, s := range partnerships.Statuses {
		status.Options = append(status.Options, ui.Choice{Value: string(s), Label: area.StatusWord(r, s)})
	}
	platform := ui.Filter{Key: "platform", Label: r.T("creators.column.platform"), Options: area.PlatformChoices(r)}
	tier := ui.Filter{Key: "tier", Label: r.T("creators.column.tier")}
	for _, t := range []creators.Tier{creators.TierNano, creators.TierMicro, creators.TierMacro, creators.TierMega} {
		tier.Options = append(tier.Options, ui.Choice{Value: string(t), Label: r.T("creators.tier." + string(t))})
	}
	order := ui.Filter{Key: "order", Label: r.T("creators.order")}
	for _, s := range []creators.Sort{creators.SortName, creators.SortFollowers, creators.SortNewest} {
		order.Options = append(order.Options, ui.Choice{Value: string(s), Label: r.T("creators.order." + string(s))})
	}
	return []ui.Filter{platform, tier, followersFilter(r, "from", r.T("creators.from")), followersFilter(r, "to", r.T("creators.to")), countryFilter(r), status, order}
}

func followersFilter(r *frame.Request, key, label string) ui.Filter {
	f := ui.Filter{Key: key, Label: label}
	for _, n := range []int64{1_000, 5_000, 10_000, 50_000, 100_000, 500_000, 1_000_000} {
		f.Options = append(f.Options, ui.Choice{Value: strconv.FormatInt(n, 10), Label: r.Locale().Short(n)})
	}
	return f
}

func countryFilter(r *frame.Request) ui.Filter {
	f := ui.Filter{Key: "country", Label: r.T("creators.column.country")}
	for _, code := range area.CountryCodes {
		f.Options = append(f.Options, ui.Choice{Value: code, Label: area.CountryName(code)})
	}
	slices.SortFunc(f.Options, func(a, b ui.Choice) int { return cmp.Compare(a.Label, b.Label) })
	return f
}
