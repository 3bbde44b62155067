package desk

import (
	"net/http"

	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
	"rapport/internal/pay/commissions"
	"rapport/internal/pay/payouts"
	"rapport/internal/recruit/creators"
	"rapport/internal/track/conversions"
)

// itemHere reads the payout of the address. One of another program does not exist.
func itemHere(r *frame.Request, tx *db.Tx) (payouts.Item, error) {
	i, err := payouts.FindItem(r.Context(), tx, payouts.ItemID(r.PathValue("item")))
	if err == nil && i.Program != r.Program.ID {
		err = fault.NotFound("payout_item")
	}
	return i, err
}

// whyItem explains what a payout is made of: the commissions it carries, less what was taken back after it had been paid.
func whyItem(w http.ResponseWriter, r *frame.Request) error {
	var item payouts.Item
	var who payees
	var table ui.Table
	var told payouts.Explanation
	err := r.View(func(tx *db.Tx) (err error) {
		if item, err = itemHere(r, tx); err != nil {
			return err
		}
		if told, err = payouts.Explain(r.Context(), tx, item.ID, r.After()); err != nil {
			return err
		}
		if who, err = payeesOf(r, tx, []payouts.Item{item}, func(i payouts.Item) creators.ID { return i.Creator }); err != nil {
			return err
		}
		table, err = itemParts(r, tx, item, told)
		return err
	})
	if err != nil {
		return err
	}
	p := r.Page("payouts", "payouts.item.title", "amount", item.Amount, "name", who.names[item.Creator])
	p.Breadcrumb = append(payoutsCrumbs(r), ui.Link{Label: r.T("payouts.run"), URL: runURL(r, item.Batch)})
	facts := ui.Definitions{{Label: r.T("payouts.item.commissions", "n", told.Count), Value: told.Commissions}}
	if !told.Earlier.IsZero() {
		facts = append(facts, ui.Pair{Label: r.T("payouts.item.earlier"), Value: told.Earlier, Hint: r.T("payouts.item.earlier.hint")})
	}
	facts = append(facts, ui.Pair{Label: r.T("payouts.column.amount"), Value: item.Amount}, ui.Pair{Label: r.T("sales.column.status"), Value: itemBadge(r, item), Hint: item.Failure})
	return show(w, r, p, ui.Card{Title: r.T("payouts.item.sum"), Body: facts}, ui.Card{Title: r.T("payouts.item.parts"), Body: table, Flush: true})
}

func itemParts(r *frame.Request, tx *db.Tx, item payouts.Item, told payouts.Explanation) (ui.Table, error) {
	t := ui.Table{
		ID: "parts", Caption: r.T("payouts.item.parts"), Path: itemURL(r, item.ID), Query: r.URL.Query(), Next: told.Next, Plain: true, Columns: []ui.Column{
			{Key: "order", Label: r.T("sales.column.order")}, {Key: "amount", Label: r.T("payouts.column.amount"), Figure: true, Hint: r.T("payouts.column.part.hint")},
			{Key: "now", Label: r.T("payouts.column.now"), Figure: true, Hint: r.T("payouts.column.now.hint")},
		},
		Empty: ui.EmptyState{Text: r.T("payouts.item.none")},
	}
	orders := make(map[commissions.ID]conversions.ID, len(told.Parts))
	var ids []conversions.ID
	all, err := commissionsByID(r.Context(), tx, r.Program.ID, told.Parts)
	if err != nil {
		return t, err
	}
	for id, order := range all {
		orders[id] = order
		ids = append(ids, order)
	}
	numbers, err := conversions.NumbersOf(r.Context(), tx, ids)
	if err != nil {
		return t, err
	}
	for _, part := range told.Parts {
		order := orders[part.Commission]
		t.Rows = append(t.Rows, ui.Row{ID: string(part.Commission), Label: numbers[order], URL: saleURL(r, order), Cells: []any{
			numbers[order], ui.Money{Amount: part.Amount, Why: whyURL(r, part.Commission)}, part.Now,
		}})
	}
	return t, nil
}

func askReturn(w http.ResponseWriter, r *frame.Request) error { return drawReturn(w, r, nil) }

func drawReturn(w http.ResponseWriter, r *frame.Request, mistake error) error {
	var item payouts.Item
	var who payees
	err := r.View(func(tx *db.Tx) (err error) {
		if item, err = itemHere(r, tx); err != nil {
			return err
		}
		who, err = payeesOf(r, tx, []payouts.Item{item}, func(i payouts.Item) creators.ID { return i.Creator })
		return err
	})
	if err != nil {
		return err
	}
	p := r.Page("payouts", "payouts.return.title", "amount", item.Amount, "name", who.names[item.Creator])
	p.Breadcrumb = append(payoutsCrumbs(r), ui.Link{Label: r.T("payouts.run"), URL: runURL(r, item.Batch)})
	form := ui.Form{
		Action: itemURL(r, item.ID) + "/return", Submit: r.T("payouts.return"), Look: ui.Danger, Cancel: &ui.Link{Label: r.T("ui.cancel"), URL: runURL(r, item.Batch)},
		Fields: []ui.Field{{Name: "reason", Label: r.T("sales.reason"), Hint: r.T("sales.reason.hint"), Kind: ui.Area, Rows: 3, MaxLength: longestReason, Required: true, Value: r.Text("reason")}},
	}
	parts := []ui.Component{ui.Words(r.T("payouts.return.what"))}
	if mistake != nil {
		form.Fail(mistake)
		return again(w, r, p, append(parts, form)...)
	}
	return show(w, r, p, append(parts, form)...)
}

// returnItem books that a payment came back. A second time finds that it did.
func returnItem(w http.ResponseWriter, r *frame.Request) error {
	var item payouts.Item
	err := r.Update(func(tx *db.Tx) (err error) {
		if item, err = itemHere(r, tx); err != nil {
			return err
		}
		item, err = r.Deps().Cashier.Return(r.Context(), tx, r.P, item.ID, r.Text("reason"))
		return err
	})
	if frame.IsMistake(err) {
		return drawReturn(w, r, err)
	}
	if err != nil {
		return err
	}
	return r.Redirect(w, runURL(r, item.Batch), "payouts.done.return", "amount", item.Amount)
}
