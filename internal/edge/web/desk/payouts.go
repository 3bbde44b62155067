package desk

import (
	"net/http"

	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/money"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
	"rapport/internal/pay/ledger"
	"rapport/internal/pay/payouts"
	"rapport/internal/recruit/creators"
)

// registerPayouts brings the pages on which money leaves.
func registerPayouts(m *frame.Mux) {
	m.Desk("GET /payouts", auth.PermView, readyToPay)
	m.Desk("GET /payouts/runs", auth.PermView, listRuns)
	m.Desk("GET /payouts/new", auth.PermMoney, askRun)
	m.Desk("POST /payouts/new", auth.PermMoney, prepareRun)
	m.Desk("GET /payouts/{run}", auth.PermView, showRun)
	m.Desk("GET /payouts/{run}/approve", auth.PermRelease, askRelease)
	m.Desk("POST /payouts/{run}/approve", auth.PermRelease, releaseRun)
	m.Desk("POST /payouts/{run}/send", auth.PermMoney, sendRun)
	m.Desk("POST /payouts/{run}/cancel", auth.PermMoney, cancelRun)
	m.Desk("GET /payouts/{run}/file", auth.PermMoney, runFile)
	m.Desk("GET /payout-items/{item}", auth.PermView, whyItem)
	m.Desk("GET /payout-items/{item}/return", auth.PermMoney, askReturn)
	m.Desk("POST /payout-items/{item}/return", auth.PermMoney, returnItem)
}

func runURL(r *frame.Request, id payouts.ID) string { return r.To("/payouts/" + string(id)) }

func itemURL(r *frame.Request, id payouts.ItemID) string { return r.To("/payout-items/" + string(id)) }

func payoutsPage(r *frame.Request, active, titleKey string) *ui.Page {
	p := r.Page("payouts", titleKey)
	p.Tabs = []ui.Link{
		{Label: r.T("payouts.tab.ready"), URL: r.To("/payouts"), Active: active == "ready"},
		{Label: r.T("payouts.tab.runs"), URL: r.To("/payouts/runs"), Active: active == "runs"},
	}
	return p
}

func payoutsCrumbs(r *frame.Request) []ui.Link {
	return []ui.Link{{Label: r.T("ui.nav.desk.payouts"), URL: r.To("/payouts")}}
}

// currencyHere is the currency that is looked at: the program's, or another one in which somebody has earned.
func currencyHere(r *frame.Request, all []money.Currency) money.Currency {
	for _, c := range all {
		if string(c) == r.FormValue("currency") {
			return c
		}
	}
	return r.Program.Currency
}

// leastOf is the smallest amount worth a payout, as payouts prepares them.
func leastOf(r *frame.Request, c money.Currency) money.Amount {
	if least := r.Program.PayoutMinimum; least.Currency == c && least.IsPositive() {
		return least
	}
	return money.Amount{Minor: 1, Currency: c}
}

// readyToPay shows whom money can be sent to now.
func readyToPay(w http.ResponseWriter, r *frame.Request) error {
	var parts ui.Stack
	var ready due
	err := r.View(func(tx *db.Tx) error {
		currencies, err := currenciesOf(r.Context(), tx, r.Program)
		if err != nil {
			return err
		}
		currency := currencyHere(r, currencies)
		if ready, err = dueNow(r.Context(), tx, r.Program.ID, leastOf(r, currency)); err != nil {
			return err
		}
		totals, err := ledger.Totals(r.Context(), tx, r.Program.ID, currency)
		if err != nil {
			return err
		}
		table, err := readyTable(r, tx, currency, currencies)
		parts = ui.Stack{payoutTiles(r, totals, ready), table}
		return err
	})
	if err != nil {
		return err
	}
	p := payoutsPage(r, "ready", "payouts.title")
	p.Lead = r.T("payouts.lead."+string(r.Program.PayoutSchedule), "least", leastOf(r, r.Program.Currency))
	if r.P.Can(r.Program.ID, auth.PermMoney) {
		p.Primary = &ui.Action{Label: r.T("payouts.prepare"), Icon: "cash-banknote", URL: query(r.To("/payouts/new"), "currency", string(ready.Sum.Currency))}
		if ready.People == 0 {
			p.Primary.Disabled = r.T("payouts.prepare.nothing")
		}
	}
	return show(w, r, p, parts...)
}

func payoutTiles(r *frame.Request, totals ledger.Balance, ready due) ui.Component {
	return ui.Tiles{
		{Label: r.T("payouts.tile.ready"), Value: ready.Sum, Small: r.T("payouts.tile.ready.small", "n", ready.People), URL: r.To("/payouts")},
		{Label: r.T("payouts.tile.pending"), Value: totals.Pending, Small: r.T("payouts.tile.pending.small"), URL: query(r.To("/sales"), "status", "pending")},
		{Label: r.T("payouts.tile.transit"), Value: totals.InTransit, Small: r.T("payouts.tile.transit.small"), URL: r.To("/payouts/runs")},
		{Label: r.T("payouts.tile.paid"), Value: totals.Paid, Small: r.T("payouts.tile.paid.small"), URL: query(r.To("/sales"), "status", "paid")},
	}
}

// readyTable lists everybody with money available; those below the minimum wait and are told why.
func readyTable(r *frame.Request, tx *db.Tx, currency money.Currency, currencies []money.Currency) (ui.Table, error) {
	t := ui.Table{
		ID: "ready", Caption: r.T("payouts.tab.ready"), Path: r.To("/payouts"), Query: r.URL.Query(), Columns: []ui.Column{
			{Key: "creator", Label: r.T("sales.column.creator")}, {Key: "available", Label: r.T("payouts.column.available"), Figure: true, Hint: r.T("payouts.column.available.hint")},
			{Key: "account", Label: r.T("payouts.column.account")}, {Key: "next", Label: r.T("payouts.column.next")},
		},
		Empty: ui.EmptyState{Icon: "cash-banknote", Text: r.T("payouts.none"), Action: &ui.Action{Label: r.T("payouts.none.act"), URL: r.To("/sales"), Icon: "receipt"}},
	}
	if len(currencies) > 1 {
		filter := ui.Filter{Key: "currency", Label: r.T("payouts.filter.currency")}
		for _, c := range currencies {
			filter.Options = append(filter.Options, ui.Choice{Value: string(c), Label: string(c)})
		}
		t.Filters = []ui.Filter{filter}
	}
	after := r.After()
	found, err := ledger.Payable(r.Context(), tx, r.Program.ID, money.Amount{Minor: 1, Currency: currency}, creators.ID(after.After), after.Bound()+1)
	if err != nil {
		return t, err
	}
	found, t.Next = db.Cut(found, after, func(b ledger.Balance) string { return string(b.Creator) })
	people, err := payeesOf(r, tx, found, func(b ledger.Balance) creators.ID { return b.Creator })
	if err != nil {
		return t, err
	}
	least := leastOf(r, currency)
	for _, b := range found {
		t.Rows = append(t.Rows, readyRow(r, b, people, least))
	}
	return t, nil
}

func readyRow(r *frame.Request, b ledger.Balance, people payees, least money.Amount) ui.Row {
	next := ui.Badge{Label: r.T("payouts.next.run"), Tone: ui.Good}
	if b.Available.Minor < least.Minor {
		next = ui.Badge{Label: r.T("payouts.next.below", "least", least), Tone: ui.Neutral}
	}
	return ui.Row{ID: string(b.Creator), Label: people.names[b.Creator], Cells: []any{
		people.person(r, b.Creator), ui.WhyLink{URL: people.money(r, b.Creator), Label: b.Available}, people.account(r, b.Creator), next,
	}}
}

// listRuns shows the payment runs, the newest first.
func listRuns(w http.ResponseWriter, r *frame.Request) error {
	table := ui.Table{
		ID: "runs", Caption: r.T("payouts.tab.runs"), Path: r.To("/payouts/runs"), Query: r.URL.Query(), Filters: []ui.Filter{runFilter(r)}, Columns: []ui.Column{
			{Key: "at", Label: r.T("payouts.column.prepared")}, {Key: "people", Label: r.T("payouts.column.people"), Figure: true}, {Key: "total", Label: r.T("payouts.column.total"), Figure: true},
			{Key: "status", Label: r.T("sales.column.status")}, {Key: "by", Label: r.T("payouts.column.by")}, {Key: "approved", Label: r.T("payouts.column.approved")},
		},
		Empty: ui.EmptyState{Icon: "cash-banknote", Text: r.T("payouts.runs.none"), Action: &ui.Action{Label: r.T("payouts.tab.ready"), URL: r.To("/payouts")}},
	}
	err := r.View(func(tx *db.Tx) error {
		found, next, err := payouts.List(r.Context(), tx, payouts.Filter{Program: r.Program.ID, Status: payouts.Status(r.FormValue("status"))}, r.After())
		for _, b := range found {
			table.Rows = append(table.Rows, ui.Row{ID: string(b.ID), Label: r.Locale().Date(b.CreatedAt), URL: runURL(r, b.ID), Cells: []any{
				r.Locale().DateTime(b.CreatedAt), b.Items, b.Total, runBadge(r, b.Status), b.PreparedName, orNobody(r, b.ApprovedName),
			}})
		}
		table.Next = next
		return err
	})
	if err != nil {
		return err
	}
	return show(w, r, payoutsPage(r, "runs", "payouts.runs.title"), table)
}

func orNobody(r *frame.Request, name string) any {
	if name == "" {
		return ui.Nothing{Because: r.T("payouts.approved.nobody")}
	}
	return name
}

// runStatuses are those a person meets; the others last a moment.
var runStatuses = []payouts.Status{payouts.StatusDraft, payouts.StatusApproved, payouts.StatusSent, payouts.StatusCancelled}

func runFilter(r *frame.Request) ui.Filter {
	f := ui.Filter{Key: "status", Label: r.T("sales.column.status")}
	for _, s := range runStatuses {
		f.Options = append(f.Options, ui.Choice{Value: string(s), Label: r.T("payouts.status." + string(s))})
	}
	return f
}

func runBadge(r *frame.Request, s payouts.Status) ui.Badge {
	b := ui.Badge{Label: r.T("payouts.status." + string(s))}
	switch s {
	case payouts.StatusDraft:
		b.Tone = ui.Warn
	case payouts.StatusApproved:
		b.Tone = ui.Info
	case payouts.StatusSent:
		b.Tone = ui.Good
	case payouts.StatusCancelled:
		b.Icon = "circle-x"
	case payouts.StatusPreparing, payouts.StatusSending, payouts.StatusCancelling:
		b.Icon = "clock"
	}
	return b
}
