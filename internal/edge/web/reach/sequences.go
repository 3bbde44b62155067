package reach

import (
	"net/http"
	"strconv"

	"rapport/internal/base/audit"
	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
	"rapport/internal/partner/outreach"
)

// mailsInForm is how many mails the form makes a sequence of; most answers come to the first three.
const mailsInForm = 3

// usualDays are the days the form begins with: nothing before the first mail, then three, then a week.
var usualDays = [mailsInForm]int{0, 3, 7}

func showSequences(w http.ResponseWriter, r *frame.Request) error {
	return drawSequences(w, r, http.StatusOK, nil)
}

func drawSequences(w http.ResponseWriter, r *frame.Request, status int, mistake error) error {
	var all []outreach.Sequence
	var progress map[outreach.SequenceID]outreach.Progress
	var words []outreach.Template
	if err := r.View(func(tx *db.Tx) (err error) {
		if all, err = outreach.Sequences(r.Context(), tx, r.Program.ID); err != nil {
			return err
		}
		if progress, err = outreach.ProgressOf(r.Context(), tx, r.Program.ID); err != nil {
			return err
		}
		words, err = outreach.Templates(r.Context(), tx, r.Program.ID)
		return err
	}); err != nil {
		return err
	}
	p := r.Page("creators", "reach.sequences.title")
	p.Lead = r.T("reach.sequences.lead")
	p.Breadcrumb = []ui.Link{{Label: r.T("reach.title"), URL: r.To("/reach")}}
	p.Secondary = []ui.Action{{Label: r.T("reach.templates"), URL: r.To("/reach/templates")}, {Label: r.T("reach.pace"), URL: r.To("/reach/pace")}}
	var parts ui.Stack
	for _, q := range all {
		parts = append(parts, sequenceCard(r, q, progress[q.ID]))
	}
	if r.P.Can(r.Program.ID, auth.PermManage) {
		parts = append(parts, ui.Card{Title: r.T("reach.sequences.new"), Body: sequenceForm(r, mailWords(words), mistake)})
	}
	return r.Render(w, status, "reach_page", p, parts)
}

// mailWords are the templates a sequence can be made of.
func mailWords(all []outreach.Template) (some []outreach.Template) {
	for _, t := range outreach.By(outreach.ChannelMail, all) {
		if !t.Asks("invitation_link") {
			some = append(some, t)
		}
	}
	return some
}

func sequenceCard(r *frame.Request, q outreach.Sequence, n outreach.Progress) ui.Component {
	state := r.T("reach.sequences.runs")
	acts := ui.Actions{{Label: r.T("reach.sequences.look"), URL: sequenceURL(r, q.ID, "")}}
	if !q.StoppedAt.IsZero() {
		state = r.T("reach.sequences.stopped_on")
	} else if r.P.Can(r.Program.ID, auth.PermManage) {
		acts = append(acts, ui.Action{Label: r.T("reach.sequences.enrol"), URL: sequenceURL(r, q.ID, "/enrol")}, stopAct(r, q, n))
	}
	mails := ui.Definitions{}
	for i, s := range q.Steps {
		mails = append(mails, ui.Pair{Label: r.T("reach.sequence.mail", "n", i+1, "subject", s.Subject), Value: daysAfter(r, i, s.AfterDays)})
	}
	progress := ui.Words(r.T("reach.sequences.progress", "running", n.Running, "done", n.Done, "replied", n.Replied, "stopped", n.Stopped-n.Replied, "sent", n.Sent))
	return ui.Card{Title: q.Name, Sub: state, Body: ui.Stack{progress, mails, acts}}
}

// stopAct asks first: a stopped sequence does not run again.
func stopAct(r *frame.Request, q outreach.Sequence, n outreach.Progress) ui.Action {
	return ui.Action{Label: r.T("reach.sequences.stop"), Icon: "x", Post: true, URL: sequenceURL(r, q.ID, "/stop"), Confirm: &ui.Confirm{
		Title: r.T("reach.sequences.stop.title", "name", q.Name), What: r.T("reach.sequences.stop.what", "n", n.Running), Undo: r.T("reach.sequences.stop.undo"), Button: r.T("reach.sequences.stop"), Danger: true,
	}}
}

func sequenceForm(r *frame.Request, words []outreach.Template, mistake error) ui.Form {
	form := ui.Form{Action: r.To("/reach/sequences"), Submit: r.T("reach.sequences.make"), Fields: []ui.Field{
		{Name: "name", Label: r.T("reach.sequences.name"), Hint: r.T("reach.sequences.name.hint"), Value: r.FormValue("name"), MaxLength: 100, Required: true, Autocomplete: "off"},
	}}
	for i := range mailsInForm {
		n := strconv.Itoa(i)
		mail := ui.Field{Name: "mail_" + n, Label: r.T("reach.sequences.mail", "n", i+1), Kind: ui.Select, Value: r.FormValue("mail_" + n), Required: i == 0}
		if i > 0 {
			mail.Options = []ui.Choice{{Value: "", Label: r.T("reach.sequences.no_more")}}
		}
		for _, t := range words {
			mail.Options = append(mail.Options, ui.Choice{Value: string(t.ID), Label: t.Name})
		}
		label := r.T("reach.sequences.days.first")
		if i > 0 {
			label = r.T("reach.sequences.days", "n", i)
		}
		days := r.FormValue("after_days_" + n)
		if days == "" {
			days = strconv.Itoa(usualDays[i])
		}
		form.Fields = append(form.Fields, mail, ui.Field{Name: "after_days_" + n, Label: label, Kind: ui.Number, Value: days, Min: strconv.Itoa(min(i, 1)), Max: strconv.Itoa(outreach.MostAfterDays)})
	}
	form.Fail(mistake)
	return form
}

func makeSequence(w http.ResponseWriter, r *frame.Request) error {
	var q outreach.Sequence
	err := r.Update(func(tx *db.Tx) error {
		all, err := outreach.Templates(r.Context(), tx, r.Program.ID)
		if err != nil {
			return err
		}
		q = outreach.Sequence{Program: r.Program.ID, Name: r.Text("name"), Sender: r.P.Name}
		if q.Steps, err = readSteps(r, all); err != nil {
			return err
		}
		if q, err = outreach.CreateSequence(r.Context(), tx, q); err != nil {
			return err
		}
		return audit.Record(r.Context(), tx, r.P, r.Program.ID, "sequence.create", string(q.ID), nil, map[string]any{"name": q.Name}, "")
	})
	if frame.IsMistake(err) {
		return drawSequences(w, r, http.StatusUnprocessableEntity, err)
	}
	if err != nil {
		return err
	}
	return r.Redirect(w, sequenceURL(r, q.ID, ""), "reach.sequences.made")
}

// readSteps reads the chosen mails; the program's templates are the only ones there are.
func readSteps(r *frame.Request, all []outreach.Template) (steps []outreach.Step, err error) {
	for i := range mailsInForm {
		n := strconv.Itoa(i)
		chosen := r.FormValue("mail_" + n)
		if chosen == "" {
			continue
		}
		t := choose(all, chosen)
		if string(t.ID) != chosen {
			return nil, fault.Invalid(r.T("reach.sequences.no_words")).In("mail_" + n)
		}
		days, err := strconv.Atoi(r.Text("after_days_" + n))
		if err != nil {
			return nil, fault.Invalid(r.T("reach.sequences.no_days")).In("after_days_" + n)
		}
		steps = append(steps, outreach.Step{Name: t.Name, Subject: t.Subject, Body: t.Body, AfterDays: days})
	}
	return steps, nil
}

func stopSequence(w http.ResponseWriter, r *frame.Request) error {
	id := r.PathValue("sequence")
	err := r.Update(func(tx *db.Tx) error {
		if err := outreach.StopSequence(r.Context(), tx, r.Program.ID, outreach.SequenceID(id)); err != nil {
			return err
		}
		return audit.Record(r.Context(), tx, r.P, r.Program.ID, "sequence.stop", id, nil, nil, "")
	})
	if err != nil {
		return err
	}
	return r.Redirect(w, r.To("/reach/sequences"), "reach.sequences.stopped")
}
