package desk

import (
	"net/http"
	"time"

	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/edge/web/area"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
	"rapport/internal/edge/web/why"
	"rapport/internal/partner/partnerships"
	"rapport/internal/pay/commissions"
	"rapport/internal/pay/reviews"
	"rapport/internal/track/conversions"
)

// registerSales brings the pages on which orders and what they earn are seen and decided on.
func registerSales(m *frame.Mux) {
	m.Desk("GET /sales", auth.PermView, listSales)
	m.Desk("GET /sales/held", auth.PermView, listHeld)
	m.Desk("GET /sales/orders.csv", auth.PermView, exportSales)
	m.Desk("GET /sales/commissions.csv", auth.PermView, exportCommissions)
	m.Desk("GET /sales/new", auth.PermMoney, newSale)
	m.Desk("POST /sales/new", auth.PermMoney, addSale)
	m.Desk("GET /sales/{sale}", auth.PermView, showSale)
	m.Desk("GET /sales/{sale}/credit", auth.PermMoney, askCredit)
	m.Desk("POST /sales/{sale}/credit", auth.PermMoney, creditSale)
	m.Desk("GET /sales/{sale}/cancel", auth.PermMoney, askCancel)
	m.Desk("POST /sales/{sale}/cancel", auth.PermMoney, cancelSale)
	m.Desk("GET /sales/commissions/{commission}/{act}", auth.PermMoney, askDecision)
	m.Desk("POST /sales/commissions/{commission}/{act}", auth.PermMoney, decideCommission)
	m.Desk("GET /why/commission/{commission}", auth.PermView, whyCommission)
	m.Desk("GET /why/order/{sale}", auth.PermView, whyOrder)
}

func saleURL(r *frame.Request, id conversions.ID) string { return r.To("/sales/" + string(id)) }

func whyURL(r *frame.Request, id commissions.ID) string {
	return r.To("/why/commission/" + string(id))
}

// salesPage begins one of the views of Sales. waiting is how many reviews wait.
func salesPage(r *frame.Request, active, titleKey string, waiting int64) *ui.Page {
	p := r.Page("sales", titleKey)
	p.Tabs = []ui.Link{
		{Label: r.T("sales.tab.all"), URL: r.To("/sales"), Active: active == "all"},
		{Label: r.T("sales.tab.held"), URL: r.To("/sales/held"), Active: active == "held"},
		{Label: r.T("sales.tab.reviews"), URL: r.To("/reviews"), Active: active == "reviews", Count: int(waiting)},
		{Label: r.T("sales.tab.check"), URL: r.To("/check"), Active: active == "check"},
	}
	return p
}

// salesCrumbs lead from a page behind Sales to it.
func salesCrumbs(r *frame.Request) []ui.Link {
	return []ui.Link{{Label: r.T("ui.nav.desk.sales"), URL: r.To("/sales")}}
}

func listSales(w http.ResponseWriter, r *frame.Request) error {
	return drawSales(w, r, "all", "sales.title", saleFilter(r))
}

func listHeld(w http.ResponseWriter, r *frame.Request) error {
	f := saleFilter(r)
	f.Status = string(commissions.StatusHeld)
	return drawSales(w, r, "held", "sales.held.title", f)
}

func drawSales(w http.ResponseWriter, r *frame.Request, active, titleKey string, f salesFilter) error {
	var table ui.Table
	var waiting int64
	err := r.View(func(tx *db.Tx) (err error) {
		if waiting, err = reviews.Waiting(r.Context(), tx, r.Program.ID); err != nil {
			return err
		}
		found, next, err := findSales(r.Context(), tx, f, r.After())
		if err != nil {
			return err
		}
		filters, err := salesFilters(r, tx, active == "held")
		table = salesTable(r, active, found, filters)
		table.Next = next
		return err
	})
	if err != nil {
		return err
	}
	p := salesPage(r, active, titleKey, waiting)
	if r.P.Can(r.Program.ID, auth.PermMoney) {
		p.Primary = &ui.Action{Label: r.T("sales.add"), Icon: "plus", URL: r.To("/sales/new")}
	}
	p.Secondary = []ui.Action{{Label: r.T("sales.export.commissions"), Icon: "download", URL: r.To("/sales/commissions.csv"), Download: true, Full: true}}
	return show(w, r, p, table)
}

func salesTable(r *frame.Request, active string, found []sale, filters []ui.Filter) ui.Table {
	t := ui.Table{
		ID: "sales", Caption: r.T("ui.nav.desk.sales"), Path: r.To("/sales"), Query: r.URL.Query(), Search: r.T("sales.search"), Filters: filters, Choose: true,
		Export: r.To("/sales/orders.csv"), Columns: salesColumns(r), Empty: emptySales(r, active),
	}
	if active == "held" {
		t.Path = r.To("/sales/held")
		t.Export = ""
	}
	for _, s := range found {
		t.Rows = append(t.Rows, saleRow(r, s))
	}
	return t
}

func salesColumns(r *frame.Request) []ui.Column {
	return []ui.Column{
		{Key: "order", Label: r.T("sales.column.order"), Fixed: true}, {Key: "at", Label: r.T("sales.column.at"), Hint: r.T("sales.column.at.hint")},
		{Key: "creator", Label: r.T("sales.column.creator")}, {Key: "amount", Label: r.T("sales.column.amount"), Figure: true, Hint: r.T("sales.column.amount.hint")},
		{Key: "commission", Label: r.T("sales.column.commission"), Figure: true, Hint: r.T("sales.column.commission.hint")},
		{Key: "status", Label: r.T("sales.column.status")}, {Key: "source", Label: r.T("sales.column.source"), Optional: true},
		{Key: "refunded", Label: r.T("sales.column.refunded"), Figure: true, Optional: true},
	}
}

func emptySales(r *frame.Request, active string) ui.EmptyState {
	if active == "held" {
		return ui.EmptyState{Icon: "player-pause", Text: r.T("sales.held.none")}
	}
	return ui.EmptyState{Icon: "receipt", Text: r.T("sales.none"), Action: &ui.Action{Label: r.T("sales.none.act"), URL: r.To("/creators"), Icon: "users"}}
}

func saleRow(r *frame.Request, s sale) ui.Row {
	status := ui.Group{}
	if len(s.Commissions) == 0 || s.Order.Test {
		status = append(status, why.OrderStatus(s.Order.Status))
	}
	for _, c := range s.Commissions {
		status = append(status, ui.Status(c.Status))
	}
	return ui.Row{
		ID: string(s.Order.ID), Label: s.Number, URL: saleURL(r, s.Order.ID), Muted: s.Order.Test,
		Cells: []any{
			saleName(r, s.Order, s.Number), dayCell(s.Order.OccurredAt), creditedCell(r, s), ui.Money{Amount: s.Order.Amount, Why: r.To("/why/order/" + string(s.Order.ID))},
			earnedCell(r, s), status, sourceName(r, s.Order.Source), refundedCell(s),
		},
	}
}

// dayCell is a day that is not broken into two lines.
func dayCell(at time.Time) any { return ui.Part{Template: "desk/day", Data: at} }

// saleName is what a conversion is called: an order by its number alone, anything else with its kind.
func saleName(r *frame.Request, c conversions.Conversion, number string) string {
	switch c.Kind {
	case conversions.KindSale:
		return number
	case conversions.KindAction:
		return c.Action + " " + number
	case conversions.KindLead, conversions.KindInstall:
		return r.T("sales.kind."+string(c.Kind), "number", number)
	default:
		panic("BUG: no name for a kind of conversion")
	}
}

func creditedCell(r *frame.Request, s sale) any {
	if len(s.Credits) == 0 {
		return ui.WhyLink{URL: r.To("/why/order/" + string(s.Order.ID)), Label: r.T("sales.nobody")}
	}
	var people ui.Group
	for _, c := range s.Credits {
		people = append(people, ui.Person{Name: s.Names[c.Partnership], URL: area.PartnerURL(r, c.Partnership, "")})
	}
	return people
}

func earnedCell(r *frame.Request, s sale) any {
	if len(s.Commissions) == 0 {
		return ui.Nothing{Because: r.T("sales.earned.none")}
	}
	var all ui.Group
	for _, c := range s.Commissions {
		all = append(all, ui.Money{Amount: c.Amount(), Why: whyURL(r, c.ID)})
	}
	return all
}

func refundedCell(s sale) any {
	if s.Order.Refunded.IsZero() {
		return nil
	}
	return s.Order.Refunded.Neg()
}

func sourceName(r *frame.Request, source string) string {
	switch source {
	case "shopify", "api", "by_hand":
		return r.T("sales.source." + source)
	default:
		return source
	}
}

// partnersToChoose are the partners that a list offers to pick from, by name.
func partnersToChoose(r *frame.Request, tx *db.Tx, query string, also partnerships.ID) (choices []ui.Choice, more bool, err error) {
	f := ofProgram(r)
	f.Status, f.Query = partnerships.StatusActive, query
	all, next, err := partnerships.List(r.Context(), tx, f, db.Page{Limit: mostOffered})
	if err != nil {
		return nil, false, err
	}
	ids := make([]partnerships.ID, 0, len(all)+1)
	for _, p := range all {
		ids = append(ids, p.ID)
	}
	if also != "" {
		ids = append(ids, also)
	}
	choices, err = namedPartners(r, tx, ids)
	return choices, next != "", err
}
