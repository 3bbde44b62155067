package desk

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"

	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/money"
	"rapport/internal/edge/web/area"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
	"rapport/internal/learn/analytics"
	"rapport/internal/partner/partnerships"
	"rapport/internal/recruit/creators"
)

// mostSorted is how many partners are brought into an order of their results; beyond, the usual order remains.
const mostSorted = 10_000

// partnerStatuses are those that have begun, or are over.
var partnerStatuses = []partnerships.Status{partnerships.StatusActive, partnerships.StatusPaused, partnerships.StatusEnded}

// results are the figures of partnerships over the last 30 days.
type results map[partnerships.ID]analytics.Row

func (all results) of(p partnerships.ID, c money.Currency) analytics.Row {
	if row, ok := all[p]; ok {
		return row
	}
	return analytics.Row{Revenue: money.Zero(c), Commission: money.Zero(c)}
}

func partnersList(w http.ResponseWriter, r *frame.Request) error {
	var body tableBody
	var counts map[partnerships.Status]int
	err := r.View(func(tx *db.Tx) (err error) {
		if counts, err = countStatuses(r, tx); err != nil {
			return err
		}
		body.Table, err = partnersTable(r, tx)
		return err
	})
	if err != nil {
		return err
	}
	p := creatorsPage(r, "partners", "creators.partners.title", counts)
	p.Lead = r.T("creators.partners.lead")
	return r.Render(w, http.StatusOK, "desk_creators", p, body)
}

// partnersFilter reads the filters of the list of partners from the address.
func partnersFilter(r *frame.Request) partnerships.Filter {
	q := r.URL.Query()
	f := ofProgram(r)
	f.Query, f.Group = cutText(q.Get("q"), 100), partnerships.GroupID(cutText(q.Get("group"), 60))
	f.Statuses = partnerStatuses
	if s := partnerships.Status(q.Get("status")); slices.Contains(partnerStatuses, s) {
		f.Statuses = []partnerships.Status{s}
	}
	return f
}

func partnersTable(r *frame.Request, tx *db.Tx) (ui.Table, error) {
	figures, err := lastResults(r, tx)
	if err != nil {
		return ui.Table{}, err
	}
	all, next, err := partnersOnPage(r, tx, figures)
	if err != nil {
		return ui.Table{}, err
	}
	people, err := area.CreatorsByID(r.Context(), tx, all)
	if err != nil {
		return ui.Table{}, err
	}
	groups, choices, err := groupNames(r, tx)
	if err != nil {
		return ui.Table{}, err
	}
	total, err := partnerships.Count(r.Context(), tx, partnersFilter(r))
	if err != nil {
		return ui.Table{}, err
	}
	t := emptyPartners(r, choices)
	for _, p := range all {
		t.Rows = append(t.Rows, partnerRow(r, p, people[p.Creator], groups[p.Group], figures.of(p.ID, r.Program.Currency)))
	}
	t.Next, t.Total = next, r.T("partners.count", "n", sum(total))
	return t, nil
}

func sum(counts map[partnerships.Status]int) (n int) {
	for _, c := range counts {
		n += c
	}
	return n
}

// lastResults are the last 30 days, today included.
func lastResults(r *frame.Request, tx *db.Tx) (results, error) {
	tail, err := tailClicks(r, tx)
	if err != nil {
		return nil, err
	}
	report, err := analytics.Make(r.Context(), tx, analytics.Query{Program: r.Program.ID, GroupBy: analytics.ByPartnership, Tail: tail})
	if err != nil {
		return nil, err
	}
	all := make(results, len(report.Rows))
	for _, row := range report.Rows {
		all[row.Partnership] = row
	}
	return all, nil
}

// partnersOnPage pages by key in the usual order, and through the sorted whole where an order of results was asked for.
func partnersOnPage(r *frame.Request, tx *db.Tx, figures results) ([]partnerships.Partnership, string, error) {
	order := partnerOrders[r.FormValue("order")]
	if order == nil {
		return partnerships.List(r.Context(), tx, partnersFilter(r), r.After())
	}
	all, err := allPartners(r, tx)
	if err != nil {
		return nil, "", err
	}
	slices.SortStableFunc(all, func(a, b partnerships.Partnership) int {
		return order(figures.of(b.ID, r.Program.Currency), figures.of(a.ID, r.Program.Currency))
	})
	from, err := strconv.Atoi(r.FormValue("after"))
	if err != nil || from < 0 || from > len(all) {
		from = 0
	}
	to := min(from+db.PageUsual, len(all))
	next := ""
	if to < len(all) {
		next = strconv.Itoa(to)
	}
	return all[from:to], next, nil
}

var partnerOrders = map[string]func(a, b analytics.Row) int{
	"clicks":     func(a, b analytics.Row) int { return cmp.Compare(a.Clicks, b.Clicks) },
	"sales":      func(a, b analytics.Row) int { return cmp.Compare(a.Conversions, b.Conversions) },
	"commission": func(a, b analytics.Row) int { return cmp.Compare(a.Commission.Minor, b.Commission.Minor) },
}

// allPartners reads all that the filters hold, up to mostSorted.
func allPartners(r *frame.Request, tx *db.Tx) (all []partnerships.Partnership, err error) {
	page := db.Page{Limit: db.PageMost}
	for len(all) < mostSorted {
		some, next, err := partnerships.List(r.Context(), tx, partnersFilter(r), page)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
		if page.After = next; next == "" {
			break
		}
	}
	return all, nil
}

func emptyPartners(r *frame.Request, groups []ui.Choice) ui.Table {
	t := ui.Table{
		ID: "partners", Caption: r.T("creators.tab.partners"), Path: r.To("/creators/partners"), Query: r.URL.Query(), Search: r.T("creators.search"),
		Filters: partnersFilters(r, groups), Columns: partnerColumns(r), Export: r.To("/creators/partners.csv"),
		Empty: ui.EmptyState{Icon: "users", Title: r.T("partners.none"), Text: r.T("partners.none.text"), Action: &ui.Action{Label: r.T("creators.tab.find"), Icon: "search", URL: r.To("/creators")}},
	}
	if r.P.Can(r.Program.ID, auth.PermManage) {
		t.Bulk = []ui.BulkAction{
			{Label: r.T("partners.bulk.group"), Icon: "users-group", URL: r.To("/partners/choose?do=group"), Dialog: true},
			{Label: r.T("partners.do.paused"), Icon: "player-pause", URL: r.To("/partners/choose?do=paused"), Dialog: true},
			{Label: r.T("partners.do.ended"), Icon: "circle-x", URL: r.To("/partners/choose?do=ended"), Look: ui.Danger, Dialog: true},
		}
	}
	return t
}

func partnersFilters(r *frame.Request, groups []ui.Choice) []ui.Filter {
	status := ui.Filter{Key: "status", Label: r.T("creators.column.status")}
	for _, s := range partnerStatuses {
		status.Options = append(status.Options, ui.Choice{Value: string(s), Label: area.StatusWord(r, s)})
	}
	return []ui.Filter{status, {Key: "group", Label: r.T("partners.group"), Options: groups}, {Key: "order", Label: r.T("creators.order"), Options: []ui.Choice{
		{Value: "clicks", Label: r.T("partners.order.clicks")}, {Value: "sales", Label: r.T("partners.order.sales")}, {Value: "commission", Label: r.T("partners.order.commission")},
	}}}
}

func partnerColumns(r *frame.Request) []ui.Column {
	return []ui.Column{
		{Key: "name", Label: r.T("creators.column.name"), Fixed: true},
		{Key: "group", Label: r.T("partners.group")},
		{Key: "followers", Label: r.T("creators.column.followers"), Figure: true},
		{Key: "clicks", Label: r.T("partners.clicks"), Figure: true, Hint: r.T("partners.last30")},
		{Key: "sales", Label: r.T("partners.sales"), Figure: true, Hint: r.T("partners.last30")},
		{Key: "commission", Label: r.T("partners.commission"), Figure: true, Hint: r.T("partners.last30")},
		{Key: "status", Label: r.T("creators.column.status")},
	}
}

func partnerRow(r *frame.Request, p partnerships.Partnership, c creators.Creator, group string, figures analytics.Row) ui.Row {
	inGroup := any(ui.Nothing{Because: r.T("partners.group.none")})
	if group != "" {
		inGroup = group
	}
	return ui.Row{ID: string(p.ID), Label: c.Name, URL: area.PartnerURL(r, p.ID, ""), Muted: p.Status == partnerships.StatusEnded, Cells: []any{
		ui.Person{Name: c.Name, Sub: area.Accounts(r, c)}, inGroup, area.Count(c.Followers, r.T("creators.followers.unknown")),
		figures.Clicks, figures.Conversions, figures.Commission, area.Status(r, p.Status),
	}}
}
