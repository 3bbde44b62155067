package desk

import (
	"context"
	"net/http"
	"slices"

	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
	"rapport/internal/edge/web/why"
	"rapport/internal/pay/commissions"
	"rapport/internal/pay/intake"
	"rapport/internal/track/conversions"
)

// act is a decision of a person on a commission.
type act string

const (
	actApprove act = "approve"
	actHold    act = "hold"
	actReject  act = "reject"
	actReverse act = "reverse"
)

// longestReason bounds what people write, as the rooms do.
const longestReason = 1000

//icons: check player-pause circle-x arrow-back-up coin-off flask user-check

var (
	actIcons = map[act]string{actApprove: "check", actHold: "player-pause", actReject: "circle-x", actReverse: "arrow-back-up"}
	actDone  = map[act]string{actApprove: "sales.done.approve", actHold: "sales.done.hold", actReject: "sales.done.reject", actReverse: "sales.done.reverse"}
	actLooks = map[act]ui.Look{actApprove: ui.Primary, actHold: ui.Secondary, actReject: ui.Danger, actReverse: ui.Danger}
)

// decisions are what does it; the right is asked there again, and the audit kept.
var decisions = map[act]func(context.Context, *db.Tx, auth.Principal, commissions.ID, string) (commissions.Commission, error){
	actApprove: commissions.Approve, actHold: commissions.Hold, actReject: commissions.Reject, actReverse: commissions.Reverse,
}

// decisionsOn lists what may be done with a commission of a status.
func decisionsOn(s commissions.Status) []act {
	switch s {
	case commissions.StatusPending:
		return []act{actApprove, actHold, actReject}
	case commissions.StatusHeld:
		return []act{actApprove, actReject}
	case commissions.StatusApproved, commissions.StatusPaid:
		return []act{actReverse}
	case commissions.StatusRejected, commissions.StatusReversed:
		return nil
	default:
		panic("BUG: no decisions for the status of a commission")
	}
}

func decisionURL(r *frame.Request, id commissions.ID, a act) string {
	return r.To("/sales/commissions/" + string(id) + "/" + string(a))
}

// question is a decision that is being asked about.
type question struct {
	act        act
	commission commissions.Commission
	name       string
}

// ask reads what a decision is about. A commission of another program does not exist.
func ask(r *frame.Request) (q question, err error) {
	q.act = act(r.PathValue("act"))
	if _, known := decisions[q.act]; !known {
		return q, fault.NotFound("page")
	}
	err = r.View(func(tx *db.Tx) (err error) {
		_, facts, err := why.Commission(r.Context(), tx, why.Of(r), commissions.ID(r.PathValue("commission")))
		if err != nil {
			return err
		}
		i := slices.IndexFunc(facts.Commissions, func(c commissions.Commission) bool { return string(c.ID) == r.PathValue("commission") })
		q.commission = facts.Commissions[i]
		q.name = facts.Names[q.commission.Partnership]
		return nil
	})
	return q, err
}

func askDecision(w http.ResponseWriter, r *frame.Request) error {
	q, err := ask(r)
	if err != nil {
		return err
	}
	return show(w, r, q.page(r), q.parts(r, nil)...)
}

func (q question) page(r *frame.Request) *ui.Page {
	p := r.Page("sales", "ui.nav.desk.sales")
	p.Title = r.T("sales.ask."+string(q.act), "amount", q.commission.Amount(), "name", q.name)
	p.Breadcrumb = append(salesCrumbs(r), ui.Link{Label: r.T("sales.open"), URL: saleURL(r, q.commission.Conversion)})
	return p
}

func (q question) parts(r *frame.Request, mistake error) []ui.Component {
	form := ui.Form{
		Action: decisionURL(r, q.commission.ID, q.act), Submit: r.T("sales.act." + string(q.act)), Look: actLooks[q.act], Cancel: &ui.Link{Label: r.T("ui.cancel"), URL: saleURL(r, q.commission.Conversion)},
		Fields: []ui.Field{{Name: "reason", Label: r.T("sales.reason"), Hint: r.T("sales.reason.hint"), Kind: ui.Area, Rows: 3, MaxLength: longestReason, Required: q.act != actApprove, Value: r.Text("reason")}},
	}
	form.Fail(mistake)
	return []ui.Component{ui.Words(r.T("sales.ask." + string(q.act) + ".what")), ui.Words(r.T("sales.ask." + string(q.act) + ".undo")), form}
}

// decideCommission does it. Asked for twice it does it once: the second time finds the status that was asked for.
func decideCommission(w http.ResponseWriter, r *frame.Request) error {
	q, err := ask(r)
	if err != nil {
		return err
	}
	if q.act == actHold && r.Text("reason") == "" {
		err = fault.Invalid(r.T("sales.reason.missing")).In("reason")
	} else {
		err = r.Update(func(tx *db.Tx) error {
			_, err := decisions[q.act](r.Context(), tx, r.P, q.commission.ID, r.Text("reason"))
			return err
		})
	}
	if frame.IsMistake(err) {
		return again(w, r, q.page(r), q.parts(r, err)...)
	}
	if err != nil {
		return err
	}
	return r.Redirect(w, saleURL(r, q.commission.Conversion), actDone[q.act], "amount", q.commission.Amount(), "name", q.name)
}

// saleHere reads the sale of the address. One of another program does not exist.
func saleHere(r *frame.Request, tx *db.Tx) (conversions.Conversion, error) {
	c, err := conversions.Find(r.Context(), tx, conversions.ID(r.PathValue("sale")))
	if err == nil && c.Program != r.Program.ID {
		err = fault.NotFound("conversion")
	}
	return c, err
}

func askCancel(w http.ResponseWriter, r *frame.Request) error {
	var c conversions.Conversion
	if err := r.View(func(tx *db.Tx) (err error) { c, err = saleHere(r, tx); return err }); err != nil {
		return err
	}
	return show(w, r, cancelPage(r, c), cancelParts(r, c, nil)...)
}

func cancelPage(r *frame.Request, c conversions.Conversion) *ui.Page {
	p := r.Page("sales", "sales.cancel.title", "number", c.ExternalID)
	p.Breadcrumb = append(salesCrumbs(r), ui.Link{Label: r.T("sales.open"), URL: saleURL(r, c.ID)})
	return p
}

func cancelParts(r *frame.Request, c conversions.Conversion, mistake error) []ui.Component {
	form := ui.Form{
		Action: saleURL(r, c.ID) + "/cancel", Submit: r.T("sales.cancel"), Look: ui.Danger, Cancel: &ui.Link{Label: r.T("ui.cancel"), URL: saleURL(r, c.ID)},
		Fields: []ui.Field{{Name: "reason", Label: r.T("sales.reason"), Hint: r.T("sales.reason.hint"), Kind: ui.Area, Rows: 3, MaxLength: longestReason, Required: true, Value: r.Text("reason")}},
	}
	form.Fail(mistake)
	return []ui.Component{ui.Words(r.T("sales.cancel.what")), form}
}

// cancelSale calls a sale off, as a shop would. There is one cancel of a sale, so a second one changes nothing.
func cancelSale(w http.ResponseWriter, r *frame.Request) error {
	var c conversions.Conversion
	err := r.Update(func(tx *db.Tx) (err error) {
		if c, err = saleHere(r, tx); err != nil {
			return err
		}
		reason := r.Text("reason")
		if reason == "" || len(reason) > longestReason {
			return fault.Invalid(r.T("sales.reason.missing")).In("reason")
		}
		if c.Cancelled() {
			return nil
		}
		if _, err := r.Deps().Door.Cancel(r.Context(), tx, intake.Cancel{
			Program: c.Program, Namespace: c.Namespace, Kind: c.Kind, Action: c.Action, Conversion: c.ExternalID, Detail: reason, Source: "by_hand",
		}, c.Amount.Currency); err != nil {
			return err
		}
		return keepAudit(r, tx, "conversion.cancel", string(c.ID), nil, nil, reason)
	})
	if frame.IsMistake(err) {
		return again(w, r, cancelPage(r, c), cancelParts(r, c, err)...)
	}
	if err != nil {
		return err
	}
	return r.Redirect(w, saleURL(r, c.ID), "sales.done.cancel", "number", c.ExternalID)
}
