package portal

import (
	"net/http"
	"net/url"
	"time"

	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/money"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
	"rapport/internal/edge/welcome"
	"rapport/internal/pay/commissions"
	"rapport/internal/pay/ledger"
	"rapport/internal/pay/payouts"
)

func registerEarnings(m *frame.Mux) {
	m.Portal("GET /earnings", earnings)
	m.Portal("GET /earnings/payouts", listPayouts)
	m.Portal("GET /earnings/payouts/{item}", showPayout)
	m.Portal("GET /earnings/account", account)
	m.Portal("POST /earnings/account", setAccount)
	m.Portal("POST /earnings/account/prove", prove)
	m.Portal("GET /why/commission/{commission}", whyCommission)
	m.Portal("GET /why/order/{order}", whyOrder)
	m.Portal("GET /check", checkPage)
	m.Portal("POST /check", checkOrder)
	m.Portal("POST /check/review", askReview)
}

// earningsAPage is what a phone scrolls through; latestPayouts is how many of them stand on the page of earnings.
const (
	earningsAPage = 30
	latestPayouts = 3
)

// earningsBody is what "portal_earnings" shows.
type earningsBody struct {
	Balances []balance
	Tabs     ui.Tabs
	List     rows
	Month    string // whose orders alone are shown, or ""
	Whole    string // the address without the month
	Pager    ui.Pager
	Empty    *ui.EmptyState
	Payouts  rows
	All      string
	Account  rows
	Deal     []string
	Check    ui.Action
}

// balance is a currency with its four figures.
type balance struct {
	Currency money.Currency // "" where there is but one
	Figures  rows
}

// asked is what of the list is asked for in the address.
type asked struct {
	wanted
	month string // "2026-03", or ""
}

func readAsked(r *frame.Request) (a asked, err error) {
	a.Stage = stage(r.FormValue("show"))
	if a.month = r.FormValue("month"); a.month == "" {
		return a, nil
	}
	a.From, err = time.ParseInLocation(monthForm, a.month, r.Program.Location())
	if err != nil || a.From.Year() < 2000 || a.From.Year() > 2999 {
		return a, fault.NotFound("page")
	}
	a.To = a.From.AddDate(0, 1, 0)
	return a, nil
}

func (a asked) address(r *frame.Request, show stage, after string) string {
	query := url.Values{}
	for name, value := range map[string]string{"show": string(show), "month": a.month, "after": after} {
		if value != "" {
			query.Set(name, value)
		}
	}
	if len(query) == 0 {
		return r.To("/earnings")
	}
	return r.To("/earnings?" + query.Encode())
}

func earnings(w http.ResponseWriter, r *frame.Request) error {
	a, err := readAsked(r)
	if err != nil {
		return err
	}
	var b earningsBody
	p, err := see(r, "earnings", "earnings.title", func(tx *db.Tx) error {
		if err := b.readList(r, tx, a); err != nil {
			return err
		}
		return b.readMoney(r, tx)
	})
	if err != nil {
		return err
	}
	return r.Render(w, http.StatusOK, "portal_earnings", p, b)
}

func (b *earningsBody) readList(r *frame.Request, tx *db.Tx, a asked) error {
	page := r.After()
	page.Limit = earningsAPage
	found, next, err := listEarnings(r.Context(), tx, r.Partnership.ID, a.wanted, page)
	if err != nil {
		return err
	}
	b.List = earningRows(r, found)
	for _, s := range stages {
		b.Tabs = append(b.Tabs, ui.Link{Label: stageName(r, s), URL: a.address(r, s, ""), Active: s == a.Stage})
	}
	if a.month != "" {
		b.Month, b.Whole = monthName(r, a.From), asked{}.address(r, a.Stage, "")
	}
	if next != "" {
		b.Pager.Next = a.address(r, a.Stage, next)
	}
	if len(found) == 0 {
		b.Empty = &ui.EmptyState{Icon: "receipt", Text: r.T("earnings.none")}
		if a.Stage != stageAny || a.month != "" {
			b.Empty.Text = r.T("earnings.none.here")
		}
	}
	return nil
}

func stageName(r *frame.Request, s stage) string {
	if s == stageAny {
		return r.T("earnings.all")
	}
	return r.T("earnings.stage." + string(s))
}

func (b *earningsBody) readMoney(r *frame.Request, tx *db.Tx) error {
	ctx, creator := r.Context(), r.Partnership.Creator
	balances, err := ledger.Balances(ctx, tx, r.Program.ID, creator)
	if err != nil {
		return err
	}
	if len(balances) == 0 {
		balances = []ledger.Balance{ledger.Empty(r.Program.ID, creator, r.Program.Currency)}
	}
	if b.Balances, err = balanceRows(r, tx, balances); err != nil {
		return err
	}
	paid, _, err := payouts.ItemsOfCreator(ctx, tx, r.Program.ID, creator, db.Page{Limit: latestPayouts})
	if err != nil {
		return err
	}
	b.Payouts, b.All = payoutRows(r, paid), r.To("/earnings/payouts")
	shown, known, err := payouts.AccountOf(ctx, tx, r.Program.ID, creator)
	if err != nil {
		return err
	}
	b.Account = rows{accountRow(r, shown, known)}
	deal, group, err := readDeal(r, tx)
	if err != nil {
		return err
	}
	b.Deal = []string{welcome.Deal(r.Program, deal), dealFrom(r, deal, group), dealPaid(r)}
	b.Check = ui.Action{Label: r.T("earnings.check"), Icon: "search", URL: r.To("/check")}
	return nil
}

// balanceRows explains each figure in a line and leads to what it is made of.
func balanceRows(r *frame.Request, tx *db.Tx, balances []ledger.Balance) (list []balance, err error) {
	for _, of := range balances {
		one := balance{}
		if len(balances) > 1 {
			one.Currency = of.Currency
		}
		orders, err := commissions.Unlinked(r.Context(), tx, of.Program, of.Creator, of.Currency)
		if err != nil {
			return nil, err
		}
		one.Figures = rows{
			{Title: stageName(r, stageWaiting), Sub: waitingExplained(r), Amount: figure(of.Pending), URL: r.To("/earnings?show=waiting")},
			{Title: stageName(r, stagePayable), Sub: payableExplained(r, of.Available, orders), Amount: figure(of.Available), URL: r.To("/earnings?show=payable")},
			{Title: stageName(r, stageTransit), Sub: r.T("earnings.explain.transit", "program", r.Program.Name), Amount: figure(of.InTransit), URL: r.To("/earnings?show=transit")},
			{Title: stageName(r, stagePaid), Sub: r.T("earnings.explain.paid"), Amount: figure(of.Paid), URL: r.To("/earnings/payouts")},
		}
		list = append(list, one)
	}
	return list, nil
}

func waitingExplained(r *frame.Request) string {
	if r.Program.HoldDays > 0 {
		return r.T("earnings.explain.waiting", "n", r.Program.HoldDays)
	}
	return r.T("earnings.explain.soon")
}

// payableExplained tells where the figure differs from the approved orders: what was sent back after it was paid is taken off.
func payableExplained(r *frame.Request, available, orders money.Amount) string {
	off, err := orders.Sub(available)
	switch {
	case err != nil || !off.IsPositive():
		return r.T("earnings.explain.payable")
	case available.IsNegative():
		return r.T("earnings.explain.owed")
	default:
		return r.T("earnings.explain.less", "orders", orders, "off", off)
	}
}

func accountRow(r *frame.Request, shown payouts.Shown, known bool) row {
	one := row{Icon: "wallet", Title: r.T("earnings.account.none"), Sub: r.T("earnings.account.none.why"), URL: r.To("/earnings/account")}
	if known {
		one.Title, one.Sub = shown.Shown, r.T("earnings.account.since", "day", r.Locale().Date(shown.ChangedAt))
	}
	return one
}
