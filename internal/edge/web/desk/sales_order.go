package desk

import (
	"cmp"
	"net/http"

	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/edge/web/area"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
	"rapport/internal/edge/web/why"
	"rapport/internal/pay/commissions"
	"rapport/internal/track/conversions"
)

// whyCommission explains an amount, as a panel or a page.
func whyCommission(w http.ResponseWriter, r *frame.Request) error {
	var told ui.Why
	var facts why.Explained
	var left commissions.Commission
	err := r.View(func(tx *db.Tx) (err error) {
		if told, facts, err = why.Commission(r.Context(), tx, why.Of(r), commissions.ID(r.PathValue("commission"))); err != nil {
			return err
		}
		left, err = commissions.Find(r.Context(), tx, commissions.ID(r.PathValue("commission")))
		return err
	})
	if err != nil {
		return err
	}
	p := r.Page("sales", "why.title.commission", "amount", left.Amount())
	p.Breadcrumb = salesCrumbs(r)
	told.Actions = append(told.Actions, toSale(r, facts))
	return show(w, r, p, told)
}

// whyOrder explains an order.
func whyOrder(w http.ResponseWriter, r *frame.Request) error {
	var told ui.Why
	var facts why.Explained
	err := r.View(func(tx *db.Tx) (err error) {
		told, facts, err = why.Order(r.Context(), tx, why.Of(r), conversions.ID(r.PathValue("sale")))
		return err
	})
	if err != nil {
		return err
	}
	p := r.Page("sales", "why.title.order", "number", facts.Number)
	p.Breadcrumb = salesCrumbs(r)
	told.Actions = append(told.Actions, toSale(r, facts))
	return show(w, r, p, told)
}

func toSale(r *frame.Request, facts why.Explained) ui.Action {
	return ui.Action{Label: r.T("sales.open"), Icon: "receipt", URL: saleURL(r, facts.Order.ID)}
}

// showSale shows one sale: whether it counts and why, what is earned on it, and what can be done.
func showSale(w http.ResponseWriter, r *frame.Request) error {
	var told ui.Why
	var facts why.Explained
	err := r.View(func(tx *db.Tx) (err error) {
		told, facts, err = why.Order(r.Context(), tx, why.Of(r), conversions.ID(r.PathValue("sale")))
		return err
	})
	if err != nil {
		return err
	}
	p := r.Page("sales", "sales.order.title", "number", cmp.Or(facts.Number, facts.Order.ExternalID))
	p.Breadcrumb = salesCrumbs(r)
	p.Secondary = saleActs(r, facts)
	return show(w, r, p, ui.Columns{
		ui.Stack{ui.Card{Title: r.T("sales.order.why"), Body: told}},
		append(moneyCards(r, facts), ui.Card{Title: r.T("sales.order.refunds"), Body: refundsPart(r, facts)}, supportCard(r, facts)),
	})
}

func saleActs(r *frame.Request, facts why.Explained) []ui.Action {
	if !r.P.Can(r.Program.ID, auth.PermMoney) || facts.Order.Test || facts.Order.Cancelled() {
		return nil
	}
	return []ui.Action{{Label: r.T("sales.cancel"), Icon: "circle-x", URL: saleURL(r, facts.Order.ID) + "/cancel", Dialog: true}}
}

// moneyCards show what is earned on a sale, or why nothing is.
func moneyCards(r *frame.Request, facts why.Explained) (cards ui.Stack) {
	for _, c := range facts.Commissions {
		cards = append(cards, commissionCard(r, facts, c))
	}
	if len(cards) > 0 {
		return cards
	}
	none := ui.EmptyState{Icon: "coin-off", Text: r.T("sales.order.earned.none")}
	switch {
	case facts.Order.Test:
		none.Text, none.Icon = r.T("sales.order.earned.test"), "flask"
	case len(facts.Credits) == 0 && r.P.Can(r.Program.ID, auth.PermMoney):
		none.Text = r.T("sales.order.uncredited")
		none.Action = &ui.Action{Label: r.T("sales.credit"), Icon: "user-check", URL: saleURL(r, facts.Order.ID) + "/credit", Look: ui.Primary}
	}
	return ui.Stack{ui.Card{Title: r.T("sales.order.earned"), Body: none}}
}

func commissionCard(r *frame.Request, facts why.Explained, c commissions.Commission) ui.Component {
	pairs := ui.Definitions{
		{Label: r.T("sales.column.creator"), Value: ui.Person{Name: facts.Names[c.Partnership], URL: area.PartnerURL(r, c.Partnership, "")}},
		{Label: r.T("sales.left"), Value: ui.Money{Amount: c.Amount(), Why: whyURL(r, c.ID)}},
		{Label: r.T("sales.column.status"), Value: ui.Status(c.Status)},
	}
	if c.Status == commissions.StatusPending {
		pairs = append(pairs, ui.Pair{Label: r.T("why.fact.hold"), Value: r.Locale().Date(c.HoldUntil), Hint: r.T("why.fact.hold.hint")})
	}
	history := ui.Timeline{}
	for _, step := range facts.Steps[c.ID] {
		who := step.By
		if who == commissions.System.Name {
			who = r.T("why.itself")
		}
		history.Events = append(history.Events, ui.Event{At: step.At, Title: r.T("why.step." + string(step.Kind)), Text: ui.Sentence(step.Reason), Who: who, Value: step.Amount})
	}
	body := ui.Stack{pairs, commissionActs(r, facts, c), ui.Part{Template: "desk/heading", Data: r.T("sales.order.history")}, history}
	return ui.Card{Title: r.T("sales.order.earned"), Body: body}
}

// commissionActs are what may be done with a commission as it stands.
func commissionActs(r *frame.Request, facts why.Explained, c commissions.Commission) ui.Component {
	if !r.P.Can(r.Program.ID, auth.PermMoney) {
		return ui.Group{}
	}
	var acts ui.Actions
	for _, act := range decisionsOn(c.Status) {
		acts = append(acts, ui.Action{Label: r.T("sales.act." + string(act)), Icon: actIcons[act], Look: actLooks[act], URL: decisionURL(r, c.ID, act), Dialog: true})
	}
	for i, act := range decisionsOn(c.Status) {
		if act == actApprove {
			acts[i] = approveButton(r, facts.Names[c.Partnership], c)
		}
	}
	if len(acts) == 0 {
		return ui.Group{}
	}
	return acts
}

func approveButton(r *frame.Request, name string, c commissions.Commission) ui.Action {
	return ui.Action{
		Label: r.T("sales.act.approve"), Icon: actIcons[actApprove], Look: ui.Primary, URL: decisionURL(r, c.ID, actApprove), Post: true,
		Confirm: &ui.Confirm{
			Title: r.T("sales.ask.approve", "amount", c.Amount(), "name", name), What: r.T("sales.ask.approve.what"), Undo: r.T("sales.ask.approve.undo"), Button: r.T("sales.act.approve"),
		},
	}
}

func refundsPart(r *frame.Request, facts why.Explained) ui.Component {
	t := ui.Table{
		ID: "refunds", Caption: r.T("sales.order.refunds"), Path: saleURL(r, facts.Order.ID), Plain: true,
		Columns: []ui.Column{{Key: "what", Label: r.T("sales.refund.what")}, {Key: "at", Label: r.T("sales.refund.at")}, {Key: "amount", Label: r.T("sales.refund.amount"), Figure: true}},
		Empty:   ui.EmptyState{Text: r.T("sales.refund.none")},
	}
	for _, c := range facts.Changes {
		amount := any(c.Amount.Neg())
		if c.Change.Change == conversions.ChangeCancel {
			amount = nil
		}
		t.Rows = append(t.Rows, ui.Row{ID: c.ID, Label: c.ExternalID, Cells: []any{r.T("sales.change." + string(c.Change.Change)), c.OccurredAt, amount}})
	}
	return t
}

// supportCard holds what somebody needs who asks a system about this sale.
func supportCard(r *frame.Request, facts why.Explained) ui.Component {
	return ui.Card{Title: r.T("sales.support"), Body: ui.Stack{
		ui.CopyField{Label: r.T("sales.support.id"), Value: string(facts.Order.ID)},
		ui.CopyField{Label: r.T("sales.support.external"), Value: facts.Order.ExternalID, Hint: r.T("sales.support.received", "at", r.Locale().DateTime(facts.Order.ReceivedAt))},
	}}
}
