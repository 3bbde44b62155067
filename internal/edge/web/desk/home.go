package desk

import (
	"net/http"
	"slices"

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
	parts := ui.Stack{ui.Card{Title: r.T("home.todo"), Body: todoPart(r, todo), Flush: len(todo) > 0}, monthPart(r, month), ui.Card{Title: r.T("home.health"), Body: health}}
	if list := (ui.Checklist{Title: r.T("home.steps"), Items: steps}); list.Next() >= 0 && r.P.Can(r.Program.ID, auth.PermManage) {
		parts = slices.Insert(parts, placeOfSteps(todo), ui.Component(list))
	}
	return show(w, r, r.Page("home", "home.title"), parts...)
}

// placeOfSteps puts the first steps on top while nothing else waits.
func placeOfSteps(todo []task) int {
	if len(todo) == 0 {
		return 0
	}
	return 1
}

func monthPart(r *frame.Request, o analytics.Overview) ui.Component {
	sales := query(r.To("/sales"), "when", "month")
	tile := func(key, url string, now, before any, nowFigure, beforeFigure float64) ui.Tile {
		return compared(r, ui.Tile{Label: r.T("reports.column." + key), Value: now, URL: url}, before, growth(nowFigure, beforeFigure), int64(o.To-o.From))
	}
	return ui.Part{Template: "desk/month", Data: monthTiles{Title: r.T("home.month"), Tiles: ui.Tiles{
		tile("revenue", sales, o.This.Revenue, o.Before.Revenue.Display(), units(o.This.Revenue), units(o.Before.Revenue)),
		tile("conversions", sales, o.This.Conversions, o.Before.Conversions, o.This.Conversions, o.Before.Conversions),
		tile("commission", sales, o.This.Commission, o.Before.Commission.Display(), units(o.This.Commission), units(o.Before.Commission)),
		tile("clicks", query(r.To("/reports"), "by", "link", "when", "month"), o.This.Clicks, o.Before.Clicks, float64(o.This.Clicks), float64(o.Before.Clicks)),
	}}}
}

// mostGrowth is up to where a change says something as a percentage; beyond it the figure before is given.
const mostGrowth = 9.99

// compared sets a figure beside the one of the days before the month.
func compared(r *frame.Request, t ui.Tile, before any, change *float64, days int64) ui.Tile {
	switch {
	case change == nil:
		t.Small = r.T("home.first")
	case *change > mostGrowth:
		t.Small = r.T("home.before", "n", days, "before", before)
	default:
		t.Change, t.Against = change, r.T("home.against", "n", days)
	}
	return t
}

// monthTiles are figures under their heading.
type monthTiles struct {
	Title string
	Tiles ui.Tiles
}
