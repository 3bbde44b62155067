package desk

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"rapport/internal/base/db"
	"rapport/internal/base/programs"
	"rapport/internal/edge/stores"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
	"rapport/internal/learn/analytics"
	"rapport/internal/partner/partnerships"
	"rapport/internal/track/conversions"
)

// trackingHealth says when clicks, orders and deliveries last arrived, and what was refused.
func trackingHealth(r *frame.Request, tx *db.Tx, tail []analytics.TailCount) (ui.Definitions, error) {
	click, err := lastClick(r.Context(), tx, r.Program.ID)
	if err != nil {
		return nil, err
	}
	fresh, err := clickedJustNow(r, tx, tail)
	if err != nil {
		return nil, err
	}
	orders, _, err := conversions.List(r.Context(), tx, conversions.Filter{Program: r.Program.ID}, db.Page{Limit: 1})
	if err != nil {
		return nil, err
	}
	health := ui.Definitions{{Label: r.T("home.health.click"), Value: moment(r, click, "home.health.click.none")}}
	if fresh {
		health[0].Value = ui.Badge{Label: r.T("time.now"), Tone: ui.Good}
	}
	order := ui.Pair{Label: r.T("home.health.order"), Value: moment(r, time.Time{}, "home.health.order.none")}
	if len(orders) > 0 {
		order.Value = ui.Part{Template: "desk/moment", Data: momentLink{orders[0].ReceivedAt, saleURL(r, orders[0].ID)}}
	}
	health = append(health, order)
	if lost, ok := lostClicks(r); ok {
		health = append(health, lost)
	}
	shops, err := shopHealth(r, tx)
	return append(health, shops...), err
}

// lostClicks tells of buyers who were sent on without their click being kept. Nothing is said while there are none: it is rare, and bad.
func lostClicks(r *frame.Request) (ui.Pair, bool) {
	if r.Deps().Lost == nil || r.Deps().Lost() == 0 {
		return ui.Pair{}, false
	}
	lost := ui.Badge{Label: r.T("home.health.lost.some", "n", int64(min(r.Deps().Lost(), math.MaxInt32))), Tone: ui.Bad}
	return ui.Pair{Label: r.T("home.health.lost"), Value: lost, Hint: r.T("home.health.lost.hint")}, true
}

func shopHealth(r *frame.Request, tx *db.Tx) (ui.Definitions, error) {
	shops, err := stores.List(r.Context(), tx, r.Program.ID)
	if err != nil {
		return nil, err
	}
	shops = slices.DeleteFunc(shops, func(c stores.Connection) bool { return !c.EndedAt.IsZero() })
	if len(shops) == 0 {
		return ui.Definitions{{Label: r.T("home.health.delivery"), Value: ui.Nothing{Because: r.T("home.health.shop.none")}, Hint: r.T("home.health.shop.none")}}, nil
	}
	var health ui.Definitions
	for _, c := range shops {
		health = append(health,
			ui.Pair{Label: r.T("home.health.delivery"), Value: moment(r, c.LastSeenAt, "home.health.delivery.none"), Hint: c.Shop},
			refusedPair(r, c),
		)
	}
	return health, nil
}

func refusedPair(r *frame.Request, c stores.Connection) ui.Pair {
	pair := ui.Pair{Label: r.T("home.health.refused"), Value: ui.Badge{Label: r.T("home.health.refused.none"), Tone: ui.Good}, Hint: c.Shop}
	if c.Refused > 0 {
		pair.Value = ui.Badge{Label: r.T("home.health.refused.some", "n", c.Refused), Tone: ui.Warn}
		pair.Hint = r.T("home.health.refused.hint", "shop", c.Shop, "last", r.Locale().DateTime(c.LastRefusedAt))
	}
	return pair
}

// momentLink is a time that leads to what happened then.
type momentLink struct {
	At  time.Time
	URL string
}

func moment(r *frame.Request, at time.Time, noneKey string) any {
	if at.IsZero() {
		return ui.Nothing{Because: r.T(noneKey)}
	}
	return ui.Part{Template: "desk/moment", Data: momentLink{At: at}}
}

// lastClick is when a link of the program was clicked last, as far as clicks are in the database: on the last day that has any.
func lastClick(ctx context.Context, tx *db.Tx, program programs.ID) (at time.Time, err error) {
	err = tx.QueryRow(ctx, `select max(latest) from (
		select (select max(c.at) from clicks c where c.partnership_id = p.partnership_id) as latest from clicks_by_partnership p
		where p.program_id = $1 and p.day = (select max(day) from clicks_by_partnership where program_id = $1)) newest`, program).Scan(db.ScanTime(&at))
	if err != nil {
		return at, fmt.Errorf("cannot find the last click: %w", err)
	}
	return at, nil
}

// clickedJustNow says whether a click of the program was answered that is on its way to the database.
func clickedJustNow(r *frame.Request, tx *db.Tx, tail []analytics.TailCount) (bool, error) {
	ids := make([]partnerships.ID, 0, len(tail))
	for _, t := range tail {
		ids = append(ids, t.Partnership)
	}
	found, err := partnerships.FindMany(r.Context(), tx, ids)
	if err != nil {
		return false, err
	}
	for _, p := range found {
		if p.Program == r.Program.ID {
			return true, nil
		}
	}
	return false, nil
}
