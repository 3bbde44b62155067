package desk

import (
	"net/http"

	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
	"rapport/internal/edge/web/why"
	"rapport/internal/pay/reviews"
	"rapport/internal/track/conversions"
)

// registerCheck brings the page that tells from an order's number whether it was counted.
func registerCheck(m *frame.Mux) {
	m.Desk("GET /check", auth.PermView, checkOrder)
	m.Desk("POST /check/review", auth.PermManage, askReview)
}

// checkOrder answers for the number in the address, so that an answer can be sent to a colleague.
func checkOrder(w http.ResponseWriter, r *frame.Request) error { return drawCheck(w, r, nil) }

func drawCheck(w http.ResponseWriter, r *frame.Request, mistake error) error {
	var waiting int64
	if err := r.View(func(tx *db.Tx) (err error) { waiting, err = reviews.Waiting(r.Context(), tx, r.Program.ID); return err }); err != nil {
		return err
	}
	p := salesPage(r, "check", "check.title", waiting)
	p.Lead = r.T("check.lead")
	form := ui.Form{Get: true, Action: r.To("/check"), Submit: r.T("check.submit"), Fields: []ui.Field{
		{Name: "number", Label: r.T("check.number"), Hint: r.T("check.number.hint"), Value: r.Text("number"), Required: true, MaxLength: conversions.LongestKey, Autocomplete: "off", Autofocus: true},
	}}
	if !r.Form.Has("number") {
		return show(w, r, p, form)
	}
	found, err := why.Check(r.Context(), r.Deps().DB, why.Of(r), r.FormValue("number"))
	if f, ok := fault.As(err); ok && (frame.IsMistake(err) || f.Kind == fault.KindTooMany) {
		form.Fail(err)
		return again(w, r, p, form)
	}
	if err != nil {
		return err
	}
	parts := ui.Stack{form}
	for _, verdict := range found {
		parts = append(parts, verdictCard(r, verdict))
	}
	if mistake != nil {
		parts = append(parts, reviewForm(r, found[0], mistake))
		return again(w, r, p, parts...)
	}
	if canAsk(r, found) {
		parts = append(parts, reviewForm(r, found[0], nil))
	}
	return show(w, r, p, parts...)
}

// verdictStatuses are the badges of the outcomes.
var verdictStatuses = map[why.Outcome]ui.Status{
	why.OutcomeCounted: "counted", why.OutcomeElsewhere: "counted", why.OutcomeUncounted: "uncounted", why.OutcomeRefunded: "refunded", why.OutcomeCancelled: "cancelled",
	why.OutcomeTest: "test", why.OutcomeNever: "unknown",
}

func verdictCard(r *frame.Request, v why.Verdict) ui.Component {
	answer := ui.Why{Verdict: verdictStatuses[v.Outcome], Summary: v.Sentence}
	if v.Open && v.Order != "" {
		answer.Actions = ui.Actions{{Label: r.T("sales.open"), Icon: "receipt", URL: saleURL(r, v.Order)}}
		if v.Outcome == why.OutcomeUncounted && r.P.Can(r.Program.ID, auth.PermMoney) {
			answer.Actions = append(answer.Actions, ui.Action{Label: r.T("sales.credit"), Icon: "user-check", URL: saleURL(r, v.Order) + "/credit"})
		}
	}
	return ui.Card{Title: r.T("check.answer", "number", v.Number), Body: answer}
}

// canAsk says whether a review would help: the order is unknown or counts for nobody, and the reader cannot see to it without.
func canAsk(r *frame.Request, found []why.Verdict) bool {
	return r.P.Can(r.Program.ID, auth.PermManage) && (found[0].Outcome == why.OutcomeUncounted || found[0].Outcome == why.OutcomeNever)
}

func reviewForm(r *frame.Request, v why.Verdict, mistake error) ui.Component {
	form := ui.Form{
		Action: r.To("/check/review"), Submit: r.T("check.review.submit"), Hidden: []ui.Pair{{Label: "number", Value: v.Number}},
		Fields: []ui.Field{{Name: "question", Label: r.T("check.review.question"), Hint: r.T("check.review.hint"), Kind: ui.Area, Rows: 3, MaxLength: reviews.LongestText, Value: r.Text("question")}},
	}
	form.Fail(mistake)
	return ui.Card{Title: r.T("check.review"), Body: form}
}

// askReview makes a task of the order. Asked for twice it stays one.
func askReview(w http.ResponseWriter, r *frame.Request) error {
	var made reviews.Review
	err := r.Update(func(tx *db.Tx) error {
		found, err := conversions.FindByNumber(r.Context(), tx, r.Program.ID, r.Text("number"))
		if err != nil {
			return err
		}
		n := reviews.New{Program: r.Program.ID, Order: r.Text("number"), Question: r.Text("question")}
		if len(found) > 0 {
			n.Conversion = found[0].ID
		}
		made, err = reviews.Ask(r.Context(), tx, n)
		return err
	})
	if frame.IsMistake(err) {
		return drawCheck(w, r, err)
	}
	if err != nil {
		return err
	}
	return r.Redirect(w, r.To("/reviews/"+string(made.ID)), "check.review.done")
}
