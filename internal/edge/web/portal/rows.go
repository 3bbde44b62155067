package portal

import (
	"rapport/internal/base/money"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
	"rapport/internal/pay/commissions"
	"rapport/internal/track/conversions"
)

// row is a line of a list: words at the left, a figure and a status at the right. The whole line can be tapped: it opens the explanation at Why
// beside the page, or leads to URL.
type row struct {
	Title, Sub string
	Icon       string
	Amount     *money.Amount
	Status     ui.Component
	Why, URL   string
}

// rows is a list of them.
type rows []row

func figure(a money.Amount) *money.Amount { return &a }

// earningRows are commissions as lines.
func earningRows(r *frame.Request, earned []earning) (list rows) {
	for _, e := range earned {
		list = append(list, earningRow(r, e))
	}
	return list
}

func earningRow(r *frame.Request, e earning) row {
	one := row{Title: orderName(r, e), Sub: r.Locale().Date(e.At), Amount: figure(e.left()), Status: ui.Status(e.Status), Why: r.To("/why/commission/" + string(e.ID))}
	if e.Reversed.IsPositive() && e.Status != commissions.StatusRejected && e.Status != commissions.StatusReversed {
		one.Sub += " · " + r.T("earnings.partly")
	}
	return one
}

// orderName is what a commission is for: "Order 1001".
func orderName(r *frame.Request, e earning) string {
	switch e.Kind {
	case conversions.KindAction:
		return e.Action
	case conversions.KindSale, conversions.KindLead, conversions.KindInstall:
		return r.T("earnings.kind."+string(e.Kind), "number", e.Number)
	default:
		return r.T("earnings.kind.other")
	}
}
