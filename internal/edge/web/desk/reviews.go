package desk

import (
	"net/http"

	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/edge/web/area"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
	"rapport/internal/edge/web/why"
	"rapport/internal/partner/partnerships"
	"rapport/internal/pay/reviews"
	"rapport/internal/track/conversions"
)

// registerReviews brings the pages on which questions about orders are answered.
func registerReviews(m *frame.Mux) {
	m.Desk("GET /reviews", auth.PermView, listReviews)
	m.Desk("GET /reviews/{review}", auth.PermView, showReview)
	m.Desk("POST /reviews/{review}/decline", auth.PermManage, declineReview)
	m.Desk("POST /reviews/{review}/credit", auth.PermMoney, creditReview)
}

func reviewURL(r *frame.Request, id reviews.ID) string { return r.To("/reviews/" + string(id)) }

func listReviews(w http.ResponseWriter, r *frame.Request) error {
	var waiting int64
	state := ui.Filter{Key: "state", Label: r.T("sales.column.status"), Options: []ui.Choice{{Value: "answered", Label: r.T("reviews.answered")}, {Value: "all", Label: r.T("reviews.all")}}}
	table := ui.Table{
		ID: "reviews", Caption: r.T("sales.tab.reviews"), Path: r.To("/reviews"), Query: r.URL.Query(), Filters: []ui.Filter{state}, Columns: []ui.Column{
			{Key: "order", Label: r.T("sales.column.order")}, {Key: "who", Label: r.T("reviews.column.who")}, {Key: "question", Label: r.T("reviews.column.question")},
			{Key: "at", Label: r.T("reviews.column.at")}, {Key: "status", Label: r.T("sales.column.status")},
		},
		Empty: ui.EmptyState{Icon: "circle-check", Text: r.T("reviews.none")},
	}
	err := r.View(func(tx *db.Tx) (err error) {
		if waiting, err = reviews.Waiting(r.Context(), tx, r.Program.ID); err != nil {
			return err
		}
		f := reviews.Filter{Program: r.Program.ID, Open: r.FormValue("state") == "", Answered: r.FormValue("state") == "answered"}
		found, next, err := reviews.List(r.Context(), tx, f, r.After())
		for _, one := range found {
			table.Rows = append(table.Rows, ui.Row{ID: string(one.ID), Label: one.Order, URL: reviewURL(r, one.ID), Cells: []any{
				one.Order, one.AskedBy, cutText(one.Question, 120), one.AskedAt, reviewBadge(r, one),
			}})
		}
		table.Next = next
		return err
	})
	if err != nil {
		return err
	}
	return show(w, r, salesPage(r, "reviews", "reviews.title", waiting), table)
}

func reviewBadge(r *frame.Request, v reviews.Review) ui.Badge {
	switch v.Outcome {
	case reviews.OutcomeOpen:
		return ui.Badge{Label: r.T("reviews.open"), Tone: ui.Warn}
	case reviews.OutcomeCredited:
		return ui.Badge{Label: r.T("reviews.credited"), Tone: ui.Good}
	case reviews.OutcomeDeclined:
		return ui.Badge{Label: r.T("reviews.declined"), Icon: "circle-x"}
	default:
		panic("BUG: no badge for the outcome of a review")
	}
}

// reviewed is a question with what is known of its order by now.
type reviewed struct {
	reviews.Review
	order conversions.ID // "" where none of that number has come yet
	told  ui.Why
	facts why.Explained
	name  string // of the partner who asks
	more  bool
	all   []ui.Choice
}

// readReview reads the question of the address. One of another program does not exist.
func readReview(r *frame.Request, tx *db.Tx) (v reviewed, err error) {
	if v.Review, err = reviews.Find(r.Context(), tx, reviews.ID(r.PathValue("review"))); err != nil {
		return v, err
	}
	if v.Program != r.Program.ID {
		return v, fault.NotFound("review")
	}
	if v.order, err = orderOf(r, tx, v.Review); err != nil {
		return v, err
	}
	if v.order != "" {
		if v.told, v.facts, err = why.Order(r.Context(), tx, why.Of(r), v.order); err != nil {
			return v, err
		}
	}
	if v.Partnership != "" {
		names, err := why.Names(r.Context(), tx, []partnerships.ID{v.Partnership})
		if err != nil {
			return v, err
		}
		v.name = names[v.Partnership]
	}
	v.all, v.more, err = partnersToChoose(r, tx, cutText(r.Text("q"), 100), v.Partnership)
	return v, err
}

// orderOf finds the order of a question: the one it was asked about, or one of the number that came later.
func orderOf(r *frame.Request, tx *db.Tx, v reviews.Review) (conversions.ID, error) {
	if v.Conversion != "" {
		return v.Conversion, nil
	}
	found, err := conversions.FindByNumber(r.Context(), tx, r.Program.ID, v.Order)
	if err != nil || len(found) == 0 {
		return "", err
	}
	return found[0].ID, nil
}

func showReview(w http.ResponseWriter, r *frame.Request) error { return drawReview(w, r, "", nil) }

// drawReview shows the question, what is known, and the two answers; mistake belongs to the form named by which.
func drawReview(w http.ResponseWriter, r *frame.Request, which string, mistake error) error {
	var v reviewed
	if err := r.View(func(tx *db.Tx) (err error) { v, err = readReview(r, tx); return err }); err != nil {
		return err
	}
	p := r.Page("sales", "reviews.one.title", "number", v.Order, "name", v.AskedBy)
	p.Breadcrumb = append(salesCrumbs(r), ui.Link{Label: r.T("sales.tab.reviews"), URL: r.To("/reviews")})
	left := ui.Stack{ui.Card{Title: r.T("reviews.question"), Body: v.question(r)}}
	if v.order == "" {
		left = append(left, ui.Card{Body: ui.EmptyState{Icon: "receipt", Text: r.T("reviews.never"), Action: &ui.Action{Label: r.T("sales.add"), Icon: "plus", URL: query(r.To("/sales/new"), "external_id", v.Order)}}})
	} else {
		left = append(left, ui.Card{Title: r.T("sales.order.why"), Body: v.told, Action: &ui.Action{Label: r.T("sales.open"), Icon: "receipt", URL: saleURL(r, v.order)}})
	}
	page := ui.Columns{left, v.answers(r, which, mistake)}
	if mistake == nil {
		return show(w, r, p, page)
	}
	if f, ok := fault.As(mistake); ok && !v.Open() { // somebody else was quicker, so there is no form to tell it in
		p.Flash = &ui.Flash{Tone: ui.Bad, Text: ui.Sentence(f.Message)}
	}
	return again(w, r, p, page)
}

func (v reviewed) question(r *frame.Request) ui.Component {
	facts := ui.Definitions{{Label: r.T("sales.column.order"), Value: v.Order}, {Label: r.T("reviews.column.who"), Value: v.AskedBy, Hint: r.Locale().DateTime(v.AskedAt)}}
	if v.Partnership != "" {
		facts[1].Value = ui.Person{Name: v.name, URL: area.PartnerURL(r, v.Partnership, "")}
	}
	if v.Question != "" {
		facts = append(facts, ui.Pair{Label: r.T("reviews.column.question"), Value: v.Question})
	}
	facts = append(facts, ui.Pair{Label: r.T("sales.column.status"), Value: reviewBadge(r, v.Review)})
	if !v.Open() {
		facts = append(facts, ui.Pair{Label: r.T("reviews.answer"), Value: v.Answer, Hint: r.T("reviews.answered.by", "name", v.AnsweredBy, "at", r.Locale().DateTime(v.AnsweredAt))})
	}
	return facts
}

// answers are the two ways to end the question, to those who may.
func (v reviewed) answers(r *frame.Request, which string, mistake error) (parts ui.Stack) {
	if !v.Open() || !r.P.Can(r.Program.ID, auth.PermManage) {
		return nil
	}
	of := func(form string) error {
		if which == form {
			return mistake
		}
		return nil
	}
	if v.order != "" && len(v.facts.Credits) == 0 && !v.facts.Order.Test && r.P.Can(r.Program.ID, auth.PermMoney) {
		if r.FormValue("creator") == "" {
			r.Form.Set("creator", string(v.Partnership))
		}
		credit := ui.Stack(creditParts(r, reviewURL(r, v.ID)+"/credit", r.To("/reviews"), v.all, v.more, of("credit")))
		parts = append(parts, ui.Card{Title: r.T("sales.credit"), Sub: r.T("sales.credit.lead", "amount", v.facts.Order.Amount), Body: credit})
	}
	form := ui.Form{
		Action: reviewURL(r, v.ID) + "/decline", Submit: r.T("reviews.decline"), Look: ui.Danger,
		Fields: []ui.Field{{Name: "note", ID: "f-decline-note", Label: r.T("sales.note"), Hint: r.T("sales.note.hint"), Kind: ui.Area, Rows: 3, MaxLength: reviews.LongestText, Required: true}},
	}
	if of("decline") != nil {
		form.Fields[0].Value = r.Text("note")
	}
	form.Fail(of("decline"))
	return append(parts, ui.Card{Title: r.T("reviews.decline"), Body: form})
}

func declineReview(w http.ResponseWriter, r *frame.Request) error {
	return endReview(w, r, "decline", "reviews.done.declined", func(tx *db.Tx, v reviewed) error {
		_, err := reviews.Answer(r.Context(), tx, r.P, v.ID, reviews.OutcomeDeclined, r.Text("note"))
		return err
	})
}

// creditReview credits the order by hand and ends the question, in one transaction.
func creditReview(w http.ResponseWriter, r *frame.Request) error {
	return endReview(w, r, "credit", "reviews.done.credited", func(tx *db.Tx, v reviewed) error {
		if v.order == "" {
			return fault.Conflict("never_received", r.T("reviews.never"))
		}
		if err := creditByHand(r, tx, v.order); err != nil {
			return err
		}
		_, err := reviews.Answer(r.Context(), tx, r.P, v.ID, reviews.OutcomeCredited, r.Text("note"))
		return err
	})
}

func endReview(w http.ResponseWriter, r *frame.Request, form, flash string, end func(tx *db.Tx, v reviewed) error) error {
	err := r.Update(func(tx *db.Tx) error {
		v, err := readReview(r, tx)
		if err != nil {
			return err
		}
		return end(tx, v)
	})
	if frame.IsMistake(err) {
		return drawReview(w, r, form, err)
	}
	if err != nil {
		return err
	}
	return r.Redirect(w, r.To("/reviews"), flash)
}
