package recruit

import (
	"net/http"
	"strings"

	"rapport/internal/base/audit"
	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/edge/web/area"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
	"rapport/internal/recruit/vetting"
)

// showSafety shows the word lists; ?topic= opens one of them.
func showSafety(w http.ResponseWriter, r *frame.Request) error {
	return drawSafety(w, r, http.StatusOK, nil)
}

func drawSafety(w http.ResponseWriter, r *frame.Request, status int, wrong error) error {
	var lists []vetting.List
	if err := r.View(func(tx *db.Tx) (err error) {
		lists, err = vetting.Lists(r.Context(), tx, r.Program.ID)
		return err
	}); err != nil {
		return err
	}
	p := r.Page("creators", "checkup.safety.title")
	p.Lead = r.T("checkup.safety.lead")
	p.Breadcrumb = []ui.Link{{Label: r.T("creators.title"), URL: r.To("/creators")}}
	body := ui.Stack{ui.Card{Body: safetyLists(r, lists), Flush: true}}
	if r.P.Can(r.Program.ID, auth.PermManage) {
		body = append(body, safetyForms(r, lists, wrong)...)
	}
	return r.Render(w, status, "recruit_page", p, body)
}

func safetyLists(r *frame.Request, lists []vetting.List) ui.Table {
	t := ui.Table{ID: "lists", Caption: r.T("checkup.lists"), Path: r.To("/creators/safety"), Plain: true, Columns: []ui.Column{
		{Key: "topic", Label: r.T("checkup.topic")}, {Key: "weight", Label: r.T("checkup.weight")}, {Key: "n", Label: r.T("checkup.lists.words"), Figure: true}, {Key: "some", Label: r.T("checkup.lists.some")},
	}}
	for _, l := range lists {
		some := any(unknown(r, "checkup.lists.empty"))
		if len(l.Words) > 0 {
			some = strings.Join(l.Words[:min(5, len(l.Words))], ", ")
		}
		t.Rows = append(t.Rows, ui.Row{
			URL: r.To("/creators/safety?topic=" + l.Category + "#change"), Muted: l.Weight == vetting.WeightOff,
			Cells: []any{area.CheckupTopic(r, l.Category), r.T("checkup.weight." + string(l.Weight)), len(l.Words), some},
		})
	}
	return t
}

// safetyForms change the list that was opened, or begin one.
func safetyForms(r *frame.Request, lists []vetting.List, wrong error) ui.Stack {
	open := vetting.List{Weight: vetting.WeightWarn}
	for _, l := range lists {
		if l.Category == r.FormValue("topic") {
			open = l
		}
	}
	if wrong != nil {
		open = vetting.List{Category: r.FormValue("topic"), Weight: vetting.Weight(r.FormValue("weight")), Words: strings.Split(r.FormValue("words"), "\n")}
	}
	weights := make([]ui.Choice, 0, len(vetting.Weights))
	for _, weight := range vetting.Weights {
		weights = append(weights, ui.Choice{Value: string(weight), Label: r.T("checkup.weight." + string(weight))})
	}
	topic := ui.Field{Name: "topic", Label: r.T("checkup.topic"), Value: open.Category, MaxLength: 40, Required: true, Hint: r.T("checkup.lists.topic.hint")}
	title := r.T("checkup.lists.new")
	known := open.Category != "" && wrong == nil
	if known {
		title, topic.Kind = r.T("checkup.lists.change", "topic", area.CheckupTopic(r, open.Category)), ui.Hidden
	}
	f := ui.Form{Action: r.To("/creators/safety"), Submit: r.T("checkup.lists.save"), Fields: []ui.Field{
		topic, {Name: "weight", Label: r.T("checkup.lists.weight"), Kind: ui.Radio, Options: weights, Value: string(open.Weight)},
		{Name: "words", Label: r.T("checkup.lists.words"), Kind: ui.Area, Rows: 12, Value: strings.Join(open.Words, "\n"), Hint: r.T("checkup.lists.hint")},
	}}
	if wrong != nil {
		f.Fail(wrong)
	}
	card := ui.Card{Title: title, Body: f}
	if known {
		card.Action = &ui.Action{Label: r.T("checkup.lists.reset"), URL: r.To("/creators/safety/reset"), Post: true, Hidden: []ui.Pair{{Label: "topic", Value: open.Category}}}
	}
	return ui.Stack{ui.Part{Template: "checkup/anchor", Data: "change"}, card}
}

func setSafety(w http.ResponseWriter, r *frame.Request) error {
	var made vetting.List
	err := r.Update(func(tx *db.Tx) (err error) {
		made, err = vetting.SetList(r.Context(), tx, r.Program.ID, vetting.List{Category: r.Text("topic"), Weight: vetting.Weight(r.Text("weight")), Words: vetting.ReadWords(r.FormValue("words"))})
		if err != nil {
			return err
		}
		return audit.Record(r.Context(), tx, r.P, r.Program.ID, "vetting.list", made.Category, nil, made, "")
	})
	if frame.IsMistake(err) {
		return drawSafety(w, r, http.StatusUnprocessableEntity, err)
	}
	if err != nil {
		return err
	}
	return r.Redirect(w, r.To("/creators/safety"), "checkup.lists.saved", "topic", area.CheckupTopic(r, made.Category))
}

func resetSafety(w http.ResponseWriter, r *frame.Request) error {
	topic := r.Text("topic")
	if err := r.Update(func(tx *db.Tx) error {
		if err := vetting.ResetList(r.Context(), tx, r.Program.ID, topic); err != nil {
			return err
		}
		return audit.Record(r.Context(), tx, r.P, r.Program.ID, "vetting.list.reset", topic, nil, nil, "")
	}); err != nil {
		return err
	}
	return r.Redirect(w, r.To("/creators/safety"), "checkup.lists.was_reset")
}
