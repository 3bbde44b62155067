package desk

import (
	"net/http"

	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/setup"
	"rapport/internal/edge/web/ui"
	"rapport/internal/learn/analytics"
)

// registerHome brings the page everybody begins with.
func registerHome(m *frame.Mux) {
	m.Desk("GET /", auth.PermView, home)
}

// home shows three things: what is to do, this month's money, and whether clicks and orders arrive; until they are done, the first steps too.
func home(w http.ResponseWriter, r *frame.Request) error {
	var todo []task
	var month analytics.Overview
	var health ui.Definitions
	var steps []ui.CheckItem
	err := r.View(func(tx *db.Tx) error {
		tail, err := tailClicks(r, tx)
		if err != nil {
			return err
		}
		if todo, err = tasksOfHome(r, tx); err != nil {
			return err
		}
		if month, err = analytics.Home(r.Context(), tx, r.Program.ID, tx.Now(), tail); err != nil {
			return err
		}
		if health, err = trackingHealth(r, tx, tail); err != nil {
			return err
		}
		steps, err = setup.Checklist(r.Context(), tx, r.Program)
		return err
	})
	if err != nil {
		return err
	}
	var parts stack
	if list := (ui.Checklist{Title: r.T("home.steps"), Items: steps}); list.Next() >= 0 && r.P.Can(r.Program.ID, auth.PermManage) {
		parts = append(parts, list)
	}
	parts = append(parts, ui.Card{Title: r.T("home.todo"), Body: todoPart(r, todo), Flush: len(todo) > 0}, monthPart(r, month), ui.Card{Title: r.T("home.health"), Body: health})
	return show(w, r, r.Page("home", "home.title"), parts...)
}

func monthPart(r *frame.Request, o analytics.Overview) ui.Component {
	days := int64(o.To - o.From)
	against := r.T("home.against", "n", days)
	sales := query(r.To("/sales"), "when", "month")
	return ui.Part{Template: "desk/month", Data: monthTiles{Title: r.T("home.month"), Tiles: ui.Tiles{
		{Label: r.T("reports.column.revenue"), Value: o.This.Revenue, Change: growth(float64(o.This.Revenue.Minor), float64(o.Before.Revenue.Minor)), Against: against, Small: first(r, o.Before.Revenue.Minor), URL: sales},
		{Label: r.T("reports.column.conversions"), Value: o.This.Conversions, Change: growth(o.This.Conversions, o.Before.Conversions), Against: against, Small: first(r, int64(o.Before.Conversions)), URL: sales},
		{Label: r.T("reports.column.commission"), Value: o.This.Commission, Change: growth(float64(o.This.Commission.Minor), float64(o.Before.Commission.Minor)), Against: against, LessIs: ui.Neutral, Small: first(r, o.Before.Commission.Minor), URL: sales},
		{Label: r.T("reports.column.clicks"), Value: o.This.Clicks, Change: growth(float64(o.This.Clicks), float64(o.Before.Clicks)), Against: against, Small: first(r, o.Before.Clicks), URL: query(r.To("/reports"), "by", "link", "when", "month")},
	}}}
}

// monthTiles are figures under their heading.
type monthTiles struct {
	Title string
	Tiles ui.Tiles
}

// first says that there is nothing to compare with.
func first(r *frame.Request, before int64) string {
	if before != 0 {
		return ""
	}
	return r.T("home.first")
}
