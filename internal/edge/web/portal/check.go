package portal

import (
	"net/http"

	"rapport/internal/base/db"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
	"rapport/internal/edge/web/why"
	"rapport/internal/pay/reviews"
	"rapport/internal/track/conversions"
)

// checkBody is what "portal_check" shows.
type checkBody struct {
	Verdicts []checked
	Ask      *ui.Form // for a review of the order that was looked at
	AskTitle string
	Form     *ui.Form
	Asked    []question
	Pager    ui.Pager
	Locked   bool
}

// checked is what became of an order that goes by the number.
type checked struct {
	Title    string
	Status   ui.Component
	Sentence string
	Why      *ui.WhyLink
}

// question is a review that was asked for, with its answer.
type question struct {
	Title, By string
	Status    ui.Badge
	Question  []string
	Answer    []string
}

// looked is what the page of a check was asked for.
type looked struct {
	number   string // the order that is looked at, or ""
	verdicts []why.Verdict
	form     ui.Form
	ask      ui.Form
}

func checkPage(w http.ResponseWriter, r *frame.Request) error {
	return showCheck(w, r, http.StatusOK, looked{number: r.Text("number"), form: checkForm(r), ask: askForm(r)})
}

func checkForm(r *frame.Request) ui.Form {
	return ui.Form{Action: r.To("/check"), Submit: r.T("earnings.check.submit"), Fields: []ui.Field{{Name: "number", Label: r.T("earnings.check.number"),
		Hint: r.T("earnings.check.number.hint"), Value: r.Text("number"), Required: true, MaxLength: conversions.LongestKey, Autocomplete: "off"}}}
}

func askForm(r *frame.Request) ui.Form {
	return ui.Form{Action: r.To("/check/review"), Submit: r.T("earnings.review.submit"), Look: ui.Secondary, Hidden: []ui.Pair{{Label: "number", Value: r.Text("number")}},
		Fields: []ui.Field{{Name: "question", Label: r.T("earnings.review.question"), Hint: r.T("earnings.review.hint"), Kind: ui.Area, Rows: 3,
			Value: r.FormValue("question"), MaxLength: reviews.LongestText}}}
}

// checkOrder answers a POST with a page: asking is counted, so that nobody tries numbers all day.
func checkOrder(w http.ResponseWriter, r *frame.Request) error {
	l := looked{form: checkForm(r), ask: askForm(r)}
	var err error
	l.verdicts, err = why.Check(r.Context(), r.Deps().DB, why.Of(r), r.Text("number"))
	if frame.IsMistake(err) {
		l.form.Fail(err)
		return showCheck(w, r, http.StatusUnprocessableEntity, l)
	}
	if err != nil {
		return err
	}
	l.number = r.Text("number")
	return showCheck(w, r, http.StatusOK, l)
}

// askReview asks the brand to look at an order. Which one is meant is looked up here: nobody names an order by its id.
func askReview(w http.ResponseWriter, r *frame.Request) error {
	err := r.Update(func(tx *db.Tx) error {
		n := reviews.New{Program: r.Program.ID, Partnership: r.Partnership.ID, Order: r.Text("number"), Question: r.FormValue("question")}
		found, err := conversions.FindByNumber(r.Context(), tx, r.Program.ID, n.Order)
		if err != nil {
			return err
		}
		if len(found) > 0 {
			n.Conversion = found[0].ID
		}
		_, err = reviews.Ask(r.Context(), tx, n)
		return err
	})
	if frame.IsMistake(err) {
		l := looked{number: r.Text("number"), form: checkForm(r), ask: askForm(r)}
		l.ask.Fail(err)
		return showCheck(w, r, http.StatusUnprocessableEntity, l)
	}
	if err != nil {
		return err
	}
	return r.Redirect(w, r.To("/check"), "earnings.review.asked", "program", r.Program.Name)
}

func showCheck(w http.ResponseWriter, r *frame.Request, status int, l looked) error {
	b := checkBody{Locked: r.P.ReadOnly}
	p, err := see(r, "earnings", "earnings.check.title", func(tx *db.Tx) error {
		asked, next, err := reviews.List(r.Context(), tx, reviews.Filter{Program: r.Program.ID, Partnership: r.Partnership.ID}, r.After())
		for _, one := range asked {
			b.Asked = append(b.Asked, newQuestion(r, one))
		}
		if next != "" {
			b.Pager.Next = r.To("/check?after=" + next)
		}
		return err
	})
	if err != nil {
		return err
	}
	for _, v := range l.verdicts {
		b.Verdicts = append(b.Verdicts, newChecked(r, v))
	}
	if !b.Locked {
		b.Form = &l.form
		if l.number != "" {
			b.Ask, b.AskTitle = &l.ask, r.T("earnings.review.title", "number", conversions.Fold(l.number), "program", r.Program.Name)
		}
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

func newQuestion(r *frame.Request, one reviews.Review) question {
	q := question{Title: r.T("earnings.kind.sale", "number", one.Order), By: one.AnsweredBy, Question: lines(one.Question), Answer: lines(one.Answer),
		Status: ui.Badge{Label: r.T("earnings.review.open"), Tone: ui.Warn, Icon: "clock"}}
	switch one.Outcome {
	case reviews.OutcomeOpen:
	case reviews.OutcomeCredited:
		q.Status = ui.Badge{Label: r.T("earnings.review.credited"), Tone: ui.Good, Icon: "circle-check"}
	case reviews.OutcomeDeclined:
		q.Status = ui.Badge{Label: r.T("earnings.review.declined"), Icon: "circle-x"}
	}
	return q
}
