package desk

import (
	"net/http"

	"rapport/internal/base/db"
	"rapport/internal/edge/web/area"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
	"rapport/internal/pay/commissions"
	"rapport/internal/pay/ledger"
	"rapport/internal/pay/payouts"
	"rapport/internal/track/conversions"
)

// moneyRows is how many commissions a page of a creator shows; each needs its order.
const moneyRows = 25

type balanceTiles struct {
	Currency string
	Tiles    ui.Tiles
}

type moneyBody struct {
	Head        partnerHead
	Balances    []balanceTiles
	Commissions ui.Table
	Payouts     ui.Table
	Account     ui.Definitions
}

func partnerMoney(w http.ResponseWriter, r *frame.Request) error {
	var body moneyBody
	who, head, err := withPartner(r, func(tx *db.Tx, who partner) (err error) {
		if body.Balances, err = balances(r, tx, who); err != nil {
			return err
		}
		if body.Commissions, err = commissionsTable(r, tx, who); err != nil {
			return err
		}
		if body.Payouts, err = payoutsTable(r, tx, who); err != nil {
			return err
		}
		body.Account, err = accountFacts(r, tx, who)
		return err
	})
	if err != nil {
		return err
	}
	body.Head = head
	return r.Render(w, http.StatusOK, "desk_partners_money", partnerPage(r, who, "/money"), body)
}

func balances(r *frame.Request, tx *db.Tx, who partner) (all []balanceTiles, err error) {
	rows, err := ledger.Balances(r.Context(), tx, r.Program.ID, who.Creator.ID)
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		rows = []ledger.Balance{ledger.Empty(r.Program.ID, who.Creator.ID, r.Program.Currency)}
	}
	for _, b := range rows {
		all = append(all, balanceTiles{Currency: string(b.Currency), Tiles: ui.Tiles{
			{Label: r.T("partners.balance.pending"), Value: b.Pending, Small: r.T("partners.balance.pending.hint")},
			{Label: r.T("partners.balance.available"), Value: b.Available, Small: r.T("partners.balance.available.hint")},
			{Label: r.T("partners.balance.in_transit"), Value: b.InTransit, Small: r.T("partners.balance.in_transit.hint")},
			{Label: r.T("partners.balance.paid"), Value: b.Paid, Small: r.T("partners.balance.paid.hint")},
		}})
	}
	return all, nil
}

func commissionsTable(r *frame.Request, tx *db.Tx, who partner) (ui.Table, error) {
	all, next, err := commissions.List(r.Context(), tx, commissions.Filter{Program: r.Program.ID, Partnership: who.ID}, db.Page{After: r.FormValue("after"), Limit: moneyRows})
	if err != nil {
		return ui.Table{}, err
	}
	t := ui.Table{ID: "commissions", Caption: r.T("partners.commissions"), Path: who.url(r, "/money"), Query: r.URL.Query(), Next: next, Columns: []ui.Column{
		{Key: "order", Label: r.T("partners.money.order")}, {Key: "at", Label: r.T("partners.money.at")}, {Key: "sale", Label: r.T("partners.money.sale"), Figure: true},
		{Key: "earned", Label: r.T("partners.money.earned"), Figure: true}, {Key: "reversed", Label: r.T("partners.money.reversed"), Figure: true},
		{Key: "left", Label: r.T("partners.money.left"), Figure: true, Hint: r.T("partners.money.left.hint")}, {Key: "status", Label: r.T("creators.column.status")},
	}, Empty: ui.EmptyState{Icon: "receipt", Title: r.T("partners.money.none"), Text: r.T("partners.money.none.text"), Action: &ui.Action{Label: r.T("partners.tab.links"), Icon: "link", URL: who.url(r, "/links")}}}
	for _, c := range all {
		order, err := conversions.Find(r.Context(), tx, c.Conversion)
		if err != nil {
			return t, err
		}
		why := r.To("/why/commission/" + string(c.ID))
		t.Rows = append(t.Rows, ui.Row{ID: string(c.ID), Label: order.ExternalID, Cells: []any{
			ui.WhyLink{URL: r.To("/why/order/" + string(order.ID)), Label: order.ExternalID}, order.OccurredAt, c.Rule.Base,
			ui.Money{Amount: c.Earned, Why: why}, ui.Money{Amount: c.Reversed, Why: why}, ui.Money{Amount: c.Amount(), Why: why}, ui.Status(c.Status),
		}})
	}
	return t, nil
}

func payoutsTable(r *frame.Request, tx *db.Tx, who partner) (ui.Table, error) {
	all, _, err := payouts.ItemsOfCreator(r.Context(), tx, r.Program.ID, who.Creator.ID, db.Page{Limit: moneyRows})
	if err != nil {
		return ui.Table{}, err
	}
	t := ui.Table{ID: "payouts", Caption: r.T("partners.payouts"), Path: who.url(r, "/money"), Columns: []ui.Column{
		{Key: "at", Label: r.T("partners.money.at")}, {Key: "amount", Label: r.T("partners.money.amount"), Figure: true}, {Key: "to", Label: r.T("partners.money.to")},
		{Key: "status", Label: r.T("creators.column.status")},
	}, Empty: ui.EmptyState{Icon: "cash-banknote", Title: r.T("partners.payouts.none"), Text: r.T("partners.payouts.none.text")}}
	for _, i := range all {
		badge := ui.Badge{Label: r.T("partners.payout.paid"), Tone: ui.Good}
		if i.Status != payouts.ItemPaid {
			badge = ui.Badge{Label: r.T("partners.payout.returned"), Tone: ui.Bad, Icon: "arrow-back-up", Hint: i.Failure}
		}
		t.Rows = append(t.Rows, ui.Row{ID: string(i.ID), Label: i.Amount.Display(), URL: r.To("/payouts/" + string(i.Batch)), Cells: []any{i.UpdatedAt, i.Amount, area.Known(r, i.Shown), badge}})
	}
	return t, nil
}

// accountFacts say where the money goes, masked.
func accountFacts(r *frame.Request, tx *db.Tx, who partner) (ui.Definitions, error) {
	account, found, err := payouts.AccountOf(r.Context(), tx, r.Program.ID, who.Creator.ID)
	if err != nil || !found {
		return ui.Definitions{{Label: r.T("partners.account"), Value: ui.Nothing{Because: r.T("partners.account.none")}, Hint: r.T("partners.account.none")}}, err
	}
	return ui.Definitions{
		{Label: r.T("partners.account"), Value: account.Shown, Hint: r.T("partners.account.masked")},
		{Label: r.T("partners.account.changed"), Value: account.ChangedAt, Hint: account.ChangedBy},
	}, nil
}
