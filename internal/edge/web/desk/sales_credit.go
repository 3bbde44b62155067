package desk

import (
	"net/http"

	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
	"rapport/internal/partner/partnerships"
	"rapport/internal/track/conversions"
)

// askCredit asks whom a sale is credited to. Where there are more partners than a list can offer, they are searched for first.
func askCredit(w http.ResponseWriter, r *frame.Request) error { return drawCredit(w, r, nil) }

func drawCredit(w http.ResponseWriter, r *frame.Request, mistake error) error {
	var c conversions.Conversion
	var people []ui.Choice
	var more bool
	err := r.View(func(tx *db.Tx) (err error) {
		if c, err = saleHere(r, tx); err != nil {
			return err
		}
		people, more, err = partnersToChoose(r, tx, cutText(r.Text("q"), 100), "")
		return err
	})
	if err != nil {
		return err
	}
	p := r.Page("sales", "sales.credit.title", "number", c.ExternalID)
	p.Lead = r.T("sales.credit.lead", "amount", c.Amount)
	p.Breadcrumb = append(salesCrumbs(r), ui.Link{Label: r.T("sales.open"), URL: saleURL(r, c.ID)})
	parts := creditParts(r, saleURL(r, c.ID)+"/credit", saleURL(r, c.ID), people, more, mistake)
	if mistake != nil {
		return again(w, r, p, parts...)
	}
	return show(w, r, p, parts...)
}

// creditParts are the search for a partner, where it is needed, and the form that credits.
func creditParts(r *frame.Request, action, back string, people []ui.Choice, more bool, mistake error) (parts []ui.Component) {
	if more || r.Text("q") != "" {
		parts = append(parts, ui.Form{
			Get: true, Action: action, Submit: r.T("sales.credit.search"),
			Fields: []ui.Field{{Name: "q", Label: r.T("sales.credit.q"), Kind: ui.Search, Value: r.Text("q"), Hint: r.T("sales.credit.q.hint"), MaxLength: 100}},
		})
	}
	form := ui.Form{
		Action: action, Submit: r.T("sales.credit"), Cancel: &ui.Link{Label: r.T("ui.cancel"), URL: back},
		Fields: []ui.Field{
			{Name: "creator", Label: r.T("sales.column.creator"), Kind: ui.Select, Value: r.FormValue("creator"), Options: withNone(r.T("sales.credit.choose"), people), Required: true},
			{Name: "note", Label: r.T("sales.note"), Hint: r.T("sales.note.hint"), Kind: ui.Area, Rows: 3, MaxLength: longestReason, Required: true, Value: r.Text("note")},
		},
	}
	form.Fail(mistake)
	return append(parts, form)
}

func creditSale(w http.ResponseWriter, r *frame.Request) error {
	var c conversions.Conversion
	err := r.Update(func(tx *db.Tx) (err error) {
		if c, err = saleHere(r, tx); err != nil {
			return err
		}
		return creditByHand(r, tx, c.ID)
	})
	if frame.IsMistake(err) {
		return drawCredit(w, r, err)
	}
	if err != nil {
		return err
	}
	return r.Redirect(w, saleURL(r, c.ID), "sales.done.credit", "number", c.ExternalID)
}

// creditByHand credits a sale to the partner in the form. A second time it is refused, since somebody is credited.
func creditByHand(r *frame.Request, tx *db.Tx, sale conversions.ID) error {
	to := partnerships.ID(r.FormValue("creator"))
	if to == "" {
		return fault.Invalid(r.T("sales.credit.missing")).In("creator")
	}
	if _, err := partnershipIn(r, tx, to); err != nil {
		return err
	}
	_, err := r.Deps().Door.CreditByHand(r.Context(), tx, r.P, sale, to, r.Text("note"))
	return err
}
