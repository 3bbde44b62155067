package desk

import (
	"context"
	"encoding/hex"
	"net/http"
	"strconv"
	"time"

	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/money"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
	"rapport/internal/pay/payouts"
)

// finishWithin is how long a page works on a large run before the background goes on with it.
const finishWithin = 3 * time.Second

func hashStart(sum []byte) string {
	full := hex.EncodeToString(sum)
	return full[:min(len(full), 12)]
}

// askRun says what a payment run would do before it is prepared.
func askRun(w http.ResponseWriter, r *frame.Request) error { return drawNewRun(w, r, nil) }

func drawNewRun(w http.ResponseWriter, r *frame.Request, mistake error) error {
	var ready due
	var currencies []money.Currency
	err := r.View(func(tx *db.Tx) (err error) {
		if currencies, err = currenciesOf(r.Context(), tx, r.Program); err != nil {
			return err
		}
		ready, err = dueNow(r.Context(), tx, r.Program.ID, leastOf(r, currencyHere(r, currencies)))
		return err
	})
	if err != nil {
		return err
	}
	p := r.Page("payouts", "payouts.new.title")
	p.Breadcrumb = payoutsCrumbs(r)
	if mistake != nil {
		return again(w, r, p, newRunParts(r, ready, mistake)...)
	}
	return show(w, r, p, newRunParts(r, ready, nil)...)
}

func newRunParts(r *frame.Request, ready due, mistake error) []ui.Component {
	form := ui.Form{
		Action: r.To("/payouts/new"), Submit: r.T("payouts.prepare"), Cancel: &ui.Link{Label: r.T("ui.cancel"), URL: r.To("/payouts")},
		Hidden: []ui.Pair{{Label: "currency", Value: string(ready.Sum.Currency)}},
	}
	rails := ui.Field{Name: "rail", Label: r.T("payouts.rail"), Kind: ui.Radio, Required: true, Value: r.FormValue("rail")}
	for _, name := range r.Deps().Cashier.Rails.Names() {
		rails.Options = append(rails.Options, ui.Choice{Value: name, Label: railName(r, name)})
		rails.Value = orDefault(rails.Value, name)
	}
	form.Fields = []ui.Field{rails}
	form.Fail(mistake)
	left := ui.Definitions{}
	if ready.BelowPeople > 0 {
		left = append(left, ui.Pair{Label: r.T("payouts.new.below", "n", ready.BelowPeople), Value: ready.Below, Hint: r.T("payouts.new.below.hint", "least", leastOf(r, ready.Sum.Currency))})
	}
	if ready.OwingPeople > 0 {
		left = append(left, ui.Pair{Label: r.T("payouts.new.owing", "n", ready.OwingPeople), Value: ready.Owing, Hint: r.T("payouts.new.owing.hint")})
	}
	var parts []ui.Component
	if len(left) > 0 {
		parts = append(parts, ui.Card{Title: r.T("payouts.new.left"), Body: left})
	}
	if ready.People == 0 {
		nobody := ui.EmptyState{Icon: "cash-banknote", Text: r.T("payouts.prepare.nothing"), Action: &ui.Action{Label: r.T("payouts.tab.runs"), URL: r.To("/payouts/runs")}}
		parts = append([]ui.Component{ui.Card{Body: nobody}}, parts...)
		if mistake == nil {
			return parts
		}
		form.Fields = nil
		return append(parts, form)
	}
	parts = append([]ui.Component{ui.Words(r.T("payouts.new.what", "n", ready.People, "total", ready.Sum))}, parts...)
	return append(parts, ui.Words(r.T("payouts.new.then")), form)
}

// prepareRun reserves the money. Sent twice, the second time finds nothing left to pay.
func prepareRun(w http.ResponseWriter, r *frame.Request) error {
	var b payouts.Batch
	n := payouts.New{Program: r.Program.ID, Currency: money.Currency(r.FormValue("currency")), Rail: r.FormValue("rail")}
	err := r.Update(func(tx *db.Tx) (err error) {
		b, err = r.Deps().Cashier.Prepare(r.Context(), tx, r.P, n)
		return err
	})
	if frame.IsMistake(err) {
		return drawNewRun(w, r, err)
	}
	if err != nil {
		return err
	}
	if err := carryOn(r, b); err != nil {
		return err
	}
	return r.Redirect(w, runURL(r, b.ID), "payouts.done.prepare")
}

// carryOn works on a run that is too large for one transaction, for a moment; afterwards the background goes on.
func carryOn(r *frame.Request, b payouts.Batch) error {
	switch b.Status {
	case payouts.StatusPreparing, payouts.StatusSending, payouts.StatusCancelling:
	case payouts.StatusDraft, payouts.StatusApproved, payouts.StatusSent, payouts.StatusCancelled:
		return nil
	}
	ctx, cancel := context.WithTimeout(r.Context(), finishWithin)
	defer cancel()
	if _, err := r.Deps().Cashier.Finish(ctx, r.Deps().DB, b.ID); err != nil && ctx.Err() == nil {
		return err
	}
	return nil
}

func askRelease(w http.ResponseWriter, r *frame.Request) error { return drawRelease(w, r, nil) }

func drawRelease(w http.ResponseWriter, r *frame.Request, mistake error) error {
	var v run
	if err := r.View(func(tx *db.Tx) (err error) { v, err = readRun(r, tx); return err }); err != nil {
		return err
	}
	p := r.Page("payouts", "payouts.approve.title", "total", v.Total, "n", v.Items)
	p.Breadcrumb = append(payoutsCrumbs(r), ui.Link{Label: r.T("payouts.run"), URL: runURL(r, v.ID)})
	form := ui.Form{Action: runURL(r, v.ID) + "/approve", Submit: r.T("payouts.approve"), Cancel: &ui.Link{Label: r.T("ui.cancel"), URL: runURL(r, v.ID)}}
	parts := []ui.Component{ui.Words(r.T("payouts.approve.what", "n", v.Items, "total", v.Total, "by", v.PreparedName))}
	if v.alone(r) {
		parts = append(parts, ui.Words(r.T("payouts.approve.alone")))
		form.Fields = []ui.Field{
			{Name: "total", Label: r.T("payouts.approve.total"), Hint: r.T("payouts.approve.total.hint", "total", v.Total.String()), Kind: ui.MoneyIn, Suffix: string(v.Currency), Required: true, Autocomplete: "off"},
			{Name: "password", Label: r.T("payouts.approve.password"), Kind: ui.Password, Required: true, Autocomplete: "current-password"},
		}
	}
	if mistake != nil {
		form.Fail(mistake)
		return again(w, r, p, append(parts, form)...)
	}
	return show(w, r, p, append(parts, form)...)
}

// releaseRun lets a run go. Whoever releases what they prepared themselves signs in again and types the total.
func releaseRun(w http.ResponseWriter, r *frame.Request) error {
	confirm, err := readConfirm(r)
	if err == nil && r.FormValue("password") != "" {
		if err = auth.Reauthenticate(r.Context(), r.Deps().DB, r.Token, r.FormValue("password")); err == nil {
			r.P.AuthenticatedAt = r.Deps().DB.Now()
		} else if fault.KindOf(err) == fault.KindUnauthenticated {
			err = fault.Invalid(r.T("payouts.approve.password.wrong")).In("password")
		}
	}
	if err == nil {
		err = r.Update(func(tx *db.Tx) error {
			b, err := runHere(r, tx)
			if err != nil {
				return err
			}
			_, err = payouts.Approve(r.Context(), tx, r.P, b.ID, confirm)
			return err
		})
	}
	if shown := asMistake(r, err); shown != nil {
		return drawRelease(w, r, shown)
	}
	if err != nil {
		return err
	}
	return r.Redirect(w, runURL(r, payouts.ID(r.PathValue("run"))), "payouts.done.approve")
}

// readConfirm reads the total that was typed, also with the thousands grouped as it is shown.
func readConfirm(r *frame.Request) (c payouts.Confirm, err error) {
	text := r.Text("total")
	if text == "" {
		return c, nil
	}
	var b payouts.Batch
	if err := r.View(func(tx *db.Tx) (err error) { b, err = runHere(r, tx); return err }); err != nil {
		return c, err
	}
	if text == b.Total.Display() {
		return payouts.Confirm{Total: b.Total}, nil
	}
	if c.Total, err = money.Parse(text, b.Currency); err != nil {
		return c, fault.Invalid(r.T("payouts.approve.total.wrong")).In("total")
	}
	return c, nil
}

// asMistake turns what is missing for a release into faults of the form's fields; nil is for what belongs to none.
func asMistake(r *frame.Request, err error) error {
	f, ok := fault.As(err)
	switch {
	case !ok:
		return nil
	case f.Code == "confirm_total":
		return fault.Invalid(r.T("payouts.approve.total.wrong")).In("total")
	case f.Code == "sign_in_again":
		return fault.Invalid(r.T("payouts.approve.password.missing")).In("password")
	case f.Code == "second_person_required":
		return fault.Invalid(r.T("payouts.approve.second"))
	case frame.IsMistake(err), f.Kind == fault.KindTooMany:
		return err
	default:
		return nil
	}
}

// sendRun hands a run to its rail, once: sent again it shows what stands.
func sendRun(w http.ResponseWriter, r *frame.Request) error {
	return moveRun(w, r, "payouts.done.send", r.Deps().Cashier.Send)
}

// cancelRun gives a run up; its money is available again.
func cancelRun(w http.ResponseWriter, r *frame.Request) error {
	return moveRun(w, r, "payouts.done.cancel", r.Deps().Cashier.Cancel)
}

func moveRun(w http.ResponseWriter, r *frame.Request, flash string, move func(context.Context, *db.Tx, auth.Principal, payouts.ID) (payouts.Batch, error)) error {
	var b payouts.Batch
	err := r.Update(func(tx *db.Tx) (err error) {
		if b, err = runHere(r, tx); err != nil {
			return err
		}
		b, err = move(r.Context(), tx, r.P, b.ID)
		return err
	})
	if err != nil {
		return err
	}
	if err := carryOn(r, b); err != nil {
		return err
	}
	return r.Redirect(w, runURL(r, b.ID), flash)
}

// runFile gives out the file of a sent run. It holds bank accounts, so who took it is kept.
func runFile(w http.ResponseWriter, r *frame.Request) error {
	var file payouts.File
	err := r.Update(func(tx *db.Tx) error {
		b, err := runHere(r, tx)
		if err != nil {
			return err
		}
		file, err = r.Deps().Cashier.File(r.Context(), tx, r.P, b.ID)
		return err
	})
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", file.MediaType)
	h.Set("Content-Disposition", "attachment; filename="+strconv.Quote(file.Name))
	h.Set("Content-Length", strconv.Itoa(len(file.Content)))
	_, _ = w.Write(file.Content) // a browser that went away asks again
	return nil
}
