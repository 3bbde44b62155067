package desk

import (
	"net/http"
	"time"

	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/money"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
	"rapport/internal/learn/analytics"
	"rapport/internal/pay/intake"
	"rapport/internal/track/conversions"
)

func newSale(w http.ResponseWriter, r *frame.Request) error {
	return show(w, r, newSalePage(r), newSaleForm(r))
}

func newSalePage(r *frame.Request) *ui.Page {
	p := r.Page("sales", "sales.new.title")
	p.Lead = r.T("sales.new.lead")
	p.Breadcrumb = salesCrumbs(r)
	return p
}

func newSaleForm(r *frame.Request) ui.Form {
	return ui.Form{
		Action: r.To("/sales/new"), Submit: r.T("sales.add"), Cancel: &ui.Link{Label: r.T("ui.cancel"), URL: r.To("/sales")},
		Fields: []ui.Field{
			{Name: "external_id", Label: r.T("sales.new.number"), Hint: r.T("sales.new.number.hint"), Value: r.Text("external_id"), Required: true, MaxLength: conversions.LongestKey, Autocomplete: "off", Autofocus: true},
			{Name: "amount", Label: r.T("sales.new.amount"), Hint: r.T("sales.new.amount.hint"), Kind: ui.MoneyIn, Suffix: string(r.Program.Currency), Value: r.Text("amount"), Required: true, MaxLength: 20},
			{Name: "occurred_at", Label: r.T("sales.new.at"), Kind: ui.Date, Value: orDefault(r.Text("occurred_at"), today(r).String()), Max: today(r).String(), Required: true},
			{Name: "code", Label: r.T("sales.new.code"), Hint: r.T("sales.new.code.hint"), Value: r.Text("code"), MaxLength: 100, Autocomplete: "off"},
			{Name: "test", Label: r.T("sales.new.test"), Hint: r.T("sales.new.test.hint"), Kind: ui.Check, Checked: r.FormValue("test") != ""},
		},
	}
}

func today(r *frame.Request) analytics.Day {
	return analytics.DayOf(r.Deps().DB.Now(), r.Program.Location())
}

// addSale records an order that no shop told of. The number makes it once: sent again it is known already.
func addSale(w http.ResponseWriter, r *frame.Request) error {
	order, err := readSale(r)
	var result intake.Result
	if err == nil {
		err = r.Update(func(tx *db.Tx) (err error) {
			if result, err = r.Deps().Door.Order(r.Context(), tx, order); err != nil || result.Repeated {
				return err
			}
			return keepAudit(r, tx, "conversion.create", string(result.Conversion.ID), nil, map[string]any{"external_id": order.ExternalID, "amount": order.Amount, "test": order.Test}, "")
		})
	}
	if frame.IsMistake(err) {
		form := newSaleForm(r)
		form.Fail(err)
		return again(w, r, newSalePage(r), form)
	}
	if err != nil {
		return err
	}
	flash := "sales.new.done"
	if result.Repeated {
		flash = "sales.new.known"
	}
	return r.Redirect(w, saleURL(r, result.Conversion.ID), flash, "number", order.ExternalID)
}

func readSale(r *frame.Request) (intake.Order, error) {
	order := intake.Order{Program: r.Program.ID, ExternalID: r.Text("external_id"), Test: r.FormValue("test") != "", Source: "by_hand"}
	var faults []*fault.Error
	amount, err := money.Parse(r.Text("amount"), r.Program.Currency)
	if f, ok := fault.As(err); ok {
		faults = append(faults, f)
	}
	order.Amount = amount
	day, err := analytics.ParseDay(r.Text("occurred_at"))
	if err != nil {
		faults = append(faults, fault.Invalid(r.T("sales.new.at.wrong")).In("occurred_at"))
	}
	order.OccurredAt = noonOf(r, day)
	if code := r.Text("code"); code != "" {
		order.Touches = []intake.Touch{{Code: code}}
	}
	return order, fault.Join(faults...)
}

// noonOf is the middle of a day in the program's zone, or now if that is still to come.
func noonOf(r *frame.Request, day analytics.Day) time.Time {
	year, month, dayOfMonth := day.Date().Date()
	noon, now := time.Date(year, month, dayOfMonth, 12, 0, 0, 0, r.Program.Location()), r.Deps().DB.Now()
	if day == today(r) && noon.After(now) {
		return now
	}
	return noon
}
