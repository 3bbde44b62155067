package portal

import (
	"net/http"

	"rapport/internal/base/db"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
	"rapport/internal/edge/web/why"
	"rapport/internal/track/conversions"
)

// checkBody is what "portal_check" shows.
type checkBody struct {
	Form     *ui.Form
	Locked   bool
	Verdicts []checked
}

// checked is what became of an order that goes by the number.
type checked struct {
	Title    string
	Status   ui.Component
	Sentence string
	Why      *ui.WhyLink
}

func checkPage(w http.ResponseWriter, r *frame.Request) error {
	return showCheck(w, r, http.StatusOK, checkForm(r), nil)
}

func checkForm(r *frame.Request) ui.Form {
	return ui.Form{Action: r.To("/check"), Submit: r.T("earnings.check.submit"), Fields: []ui.Field{{Name: "number", Label: r.T("earnings.check.number"),
		Hint: r.T("earnings.check.number.hint"), Value: r.Text("number"), Required: true, MaxLength: conversions.LongestKey, Autocomplete: "off"}}}
}

// checkOrder answers a POST with a page: asking is counted, so that nobody tries numbers all day.
func checkOrder(w http.ResponseWriter, r *frame.Request) error {
	form := checkForm(r)
	verdicts, err := why.Check(r.Context(), r.Deps().DB, why.Of(r), r.Text("number"))
	if frame.IsMistake(err) {
		form.Fail(err)
		return showCheck(w, r, http.StatusUnprocessableEntity, form, nil)
	}
	if err != nil {
		return err
	}
	return showCheck(w, r, http.StatusOK, form, verdicts)
}

func showCheck(w http.ResponseWriter, r *frame.Request, status int, form ui.Form, verdicts []why.Verdict) error {
	p, err := see(r, "earnings", "earnings.check.title", func(*db.Tx) error { return nil })
	if err != nil {
		return err
	}
	b := checkBody{Locked: r.P.ReadOnly}
	if !b.Locked {
		b.Form = &form
	}
	for _, v := range verdicts {
		b.Verdicts = append(b.Verdicts, newChecked(r, v))
	}
	p.Lead, p.Breadcrumb = r.T("earnings.check.lead"), back(r, "/earnings", "earnings.back")
	return r.Render(w, status, "portal_check", p, b)
}

func newChecked(r *frame.Request, v why.Verdict) checked {
	one := checked{Title: r.T("earnings.kind.sale", "number", v.Number), Sentence: v.Sentence, Status: outcomeLooks[v.Outcome]}
	if v.Open {
		one.Why = &ui.WhyLink{URL: r.To("/why/order/" + string(v.Order))}
	}
	return one
}

// outcomeLooks: an order that was never received, or counts for somebody else, does not count here.
var outcomeLooks = map[why.Outcome]ui.Status{
	why.OutcomeCounted: "counted", why.OutcomeElsewhere: "uncounted", why.OutcomeUncounted: "uncounted", why.OutcomeRefunded: "refunded",
	why.OutcomeCancelled: "cancelled", why.OutcomeTest: "test", why.OutcomeNever: "uncounted",
}
