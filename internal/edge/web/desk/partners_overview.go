package desk

import (
	"net/http"

	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/text"
	"rapport/internal/edge/web/ui"
	"rapport/internal/learn/analytics"
	"rapport/internal/partner/partnerships"
	"rapport/internal/pay/payouts"
	"rapport/internal/track/links"
)

// span is how many days the results on a creator's page cover, today included.
const span = 30

type overviewBody struct {
	Head  partnerHead
	Tiles ui.Tiles
	Chart ui.Chart
	Steps *ui.Checklist
	Mails ui.Stack
	Story ui.Timeline
	More  string
}

func partnerOverview(w http.ResponseWriter, r *frame.Request) error {
	var body overviewBody
	who, head, err := withPartner(r, func(tx *db.Tx, who partner) (err error) {
		if err := body.fill(r, tx, who); err != nil {
			return err
		}
		if body.Mails, err = mailsOf(r, tx, who); err != nil {
			return err
		}
		body.Steps, err = missingSteps(r, tx, who)
		return err
	})
	if err != nil {
		return err
	}
	body.Head, body.More = head, who.url(r, "/timeline")
	return r.Render(w, http.StatusOK, "desk_partners", partnerPage(r, who, ""), body)
}

func (b *overviewBody) fill(r *frame.Request, tx *db.Tx, who partner) error {
	tail, err := tailClicks(r, tx)
	if err != nil {
		return err
	}
	today := analytics.DayOf(tx.Now(), r.Program.Location()) + 1
	q := analytics.Query{Program: r.Program.ID, Partnership: who.ID, GroupBy: analytics.ByDay, From: today - span, To: today, Tail: tail}
	now, err := analytics.Make(r.Context(), tx, q)
	if err != nil {
		return err
	}
	q.From, q.To = today-2*span, today-span
	before, err := analytics.Totals(r.Context(), tx, q)
	if err != nil {
		return err
	}
	b.Tiles, b.Chart = resultTiles(r, who, now.Totals, before), resultChart(r, now.Rows)
	events, _, err := partnerships.Timeline(r.Context(), tx, who.ID, db.Page{Limit: 5})
	b.Story = story(r, events)
	return err
}

// resultTiles are the four figures, each leading to what it is made of.
func resultTiles(r *frame.Request, who partner, now, before analytics.Row) ui.Tiles {
	against := r.T("partners.against")
	return ui.Tiles{
		{Label: r.T("partners.clicks"), Value: now.Clicks, Change: growth(float64(now.Clicks), float64(before.Clicks)), Against: against, Small: r.T("partners.last30"), URL: who.url(r, "/links")},
		{Label: r.T("partners.sales"), Value: now.Conversions, Change: growth(now.Conversions, before.Conversions), Against: against, Small: r.T("partners.last30"), URL: who.url(r, "/money")},
		{Label: r.T("partners.revenue"), Value: now.Revenue, Change: growth(float64(now.Revenue.Minor), float64(before.Revenue.Minor)), Against: against, Small: r.T("partners.last30"), URL: who.url(r, "/money")},
		{Label: r.T("partners.commission"), Value: now.Commission, Change: growth(float64(now.Commission.Minor), float64(before.Commission.Minor)), Against: against, Small: r.T("partners.last30"), URL: who.url(r, "/money")},
	}
}

// growth is the change as a fraction; none where there was nothing before.
func growth(now, before float64) *float64 {
	if before == 0 {
		return nil
	}
	change := (now - before) / before
	return &change
}

// dayWord is a day of a report as people read it; its midnight is UTC's.
func dayWord(key string) string {
	day, err := analytics.ParseDay(key)
	if err != nil {
		return key
	}
	return text.Locale{Lang: frame.Lang}.Date(day.Date())
}

func resultChart(r *frame.Request, days []analytics.Row) ui.Chart {
	clicks, sales := make([]float64, len(days)), make([]float64, len(days))
	chart := ui.Chart{ID: "partner-days", Title: r.T("partners.chart"), Kind: ui.Line, Unit: r.T("partners.chart.unit"), XTitle: r.T("partners.chart.day")}
	any := false
	for i, d := range days {
		chart.Steps = append(chart.Steps, dayWord(d.Key))
		clicks[i], sales[i] = float64(d.Clicks), d.Conversions
		any = any || d.Clicks > 0 || d.Conversions > 0
	}
	if any {
		chart.Series = []ui.Series{{Name: r.T("partners.clicks"), Values: ui.Values(clicks...)}, {Name: r.T("partners.sales"), Values: ui.Values(sales...)}}
	}
	return chart
}

// missingSteps says what is to be done before somebody can earn; nothing once all is done, or where it came to an end.
func missingSteps(r *frame.Request, tx *db.Tx, who partner) (*ui.Checklist, error) {
	if !who.Status.Earns() {
		return nil, nil //nolint:nilnil // nothing is missing
	}
	f := links.Filter{Program: r.Program.ID, Partnership: who.ID, Current: true}
	some, _, err := links.List(r.Context(), tx, f, db.Page{Limit: 1})
	if err != nil {
		return nil, err
	}
	codes, _, err := links.ListCodes(r.Context(), tx, f, db.Page{Limit: 1})
	if err != nil {
		return nil, err
	}
	_, invited, err := auth.FindCreatorUser(r.Context(), tx, string(who.Creator.ID))
	if err != nil {
		return nil, err
	}
	_, account, err := payouts.AccountOf(r.Context(), tx, r.Program.ID, who.Creator.ID)
	if err != nil {
		return nil, err
	}
	list := ui.Checklist{Title: r.T("partners.steps"), Items: []ui.CheckItem{
		{Label: r.T("partners.steps.partner"), Hint: r.T("partners.steps.partner.hint"), Done: who.Status.Running(), URL: who.url(r, "/status?to=active")},
		{Label: r.T("partners.steps.link"), Hint: r.T("partners.steps.link.hint"), Done: len(some) > 0 || len(codes) > 0, URL: who.url(r, "/links")},
		{Label: r.T("partners.steps.invite"), Hint: r.T("partners.steps.invite.hint"), Done: invited, URL: who.url(r, "/invite")},
		{Label: r.T("partners.steps.account"), Hint: r.T("partners.steps.account.hint"), Done: account, Optional: true, URL: who.url(r, "/money")},
	}}
	if list.Done() == len(list.Items) {
		return nil, nil //nolint:nilnil // nothing is missing
	}
	return &list, nil
}
