package reach

import (
	"context"
	"net/http"
	"net/url"
	"slices"

	"rapport/internal/base/audit"
	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/edge/web/area"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
	"rapport/internal/partner/outreach"
	"rapport/internal/partner/partnerships"
)

func sequenceURL(r *frame.Request, id outreach.SequenceID, section string) string {
	return r.To("/reach/sequences/" + url.PathEscape(string(id)) + section)
}

// inside is a sequence with a page of those who are in it.
type inside struct {
	outreach.Sequence
	progress outreach.Progress
	items    []outreach.Enrolment
	next     string
	names    map[partnerships.ID]string
}

func showSequence(w http.ResponseWriter, r *frame.Request) error {
	var o inside
	err := r.View(func(tx *db.Tx) (err error) {
		if o.Sequence, err = ownSequence(r, tx); err != nil {
			return err
		}
		all, err := outreach.ProgressOf(r.Context(), tx, r.Program.ID)
		if err != nil {
			return err
		}
		o.progress = all[o.ID]
		f := outreach.EnrolmentFilter{Program: r.Program.ID, Sequence: o.ID, State: stateOf(r.FormValue("state"))}
		if o.items, o.next, err = outreach.Enrolments(r.Context(), tx, f, r.After()); err != nil {
			return err
		}
		these := make([]partnerships.ID, len(o.items))
		for i, e := range o.items {
			these[i] = e.Partnership
		}
		o.names, err = namesOf(r, tx, these)
		return err
	})
	if err != nil {
		return err
	}
	return o.draw(w, r)
}

func stateOf(text string) outreach.State {
	switch s := outreach.State(text); s {
	case outreach.Running, outreach.Done, outreach.Stopped:
		return s
	default:
		return ""
	}
}

func (o inside) draw(w http.ResponseWriter, r *frame.Request) error {
	p := r.Page("creators", "reach.sequence.title", "name", o.Name)
	p.Lead = r.T("reach.sequence.lead", "sender", o.Sender)
	p.Breadcrumb = []ui.Link{{Label: r.T("reach.title"), URL: r.To("/reach")}, {Label: r.T("reach.sequences.title"), URL: r.To("/reach/sequences")}}
	if o.StoppedAt.IsZero() && r.P.Can(r.Program.ID, auth.PermManage) {
		p.Primary = &ui.Action{Label: r.T("reach.sequences.enrol"), URL: sequenceURL(r, o.ID, "/enrol")}
		p.Secondary = []ui.Action{stopAct(r, o.Sequence, o.progress)}
	}
	if !o.StoppedAt.IsZero() {
		p.Lead = r.T("reach.sequence.over", "day", r.Locale().Date(o.StoppedAt))
	}
	here := sequenceURL(r, o.ID, "")
	tiles := ui.Tiles{
		{Label: r.T("reach.tile.sent"), Value: o.progress.Sent},
		{Label: r.T("reach.tile.running"), Value: o.progress.Running, URL: here + "?state=running"},
		{Label: r.T("reach.tile.replied"), Value: o.progress.Replied, URL: here + "?state=stopped"},
		{Label: r.T("reach.tile.done"), Value: o.progress.Done, URL: here + "?state=done"},
	}
	mails := ui.Stack{}
	for i, s := range o.Steps {
		mails = append(mails, ui.Card{Title: r.T("reach.sequence.mail", "n", i+1, "subject", s.Subject), Sub: daysAfter(r, i, s.AfterDays), Body: paragraphs(s.Body)})
	}
	return r.Render(w, http.StatusOK, "reach_page", p, append(ui.Stack{tiles, o.table(r)}, mails...))
}

func daysAfter(r *frame.Request, step, days int) string {
	switch {
	case step == 0 && days == 0:
		return r.T("reach.sequence.at_once")
	case step == 0:
		return r.T("reach.sequence.after_enrolment", "n", days)
	default:
		return r.T("reach.sequence.after_mail", "n", days)
	}
}

func (o inside) table(r *frame.Request) ui.Table {
	t := ui.Table{
		ID: "enrolled", Caption: r.T("reach.enrolled"), Path: sequenceURL(r, o.ID, ""), Query: r.URL.Query(), Next: o.next,
		Filters: []ui.Filter{{Key: "state", Label: r.T("reach.enrolled.state"), Options: []ui.Choice{
			{Value: string(outreach.Running), Label: r.T("reach.state.running")}, {Value: string(outreach.Done), Label: r.T("reach.state.done")}, {Value: string(outreach.Stopped), Label: r.T("reach.state.stopped")},
		}}},
		Columns: []ui.Column{
			{Key: "name", Label: r.T("creators.column.name")}, {Key: "state", Label: r.T("reach.enrolled.state")}, {Key: "sent", Label: r.T("reach.enrolled.sent"), Figure: true},
			{Key: "next", Label: r.T("reach.enrolled.next")}, {Key: "by", Label: r.T("reach.enrolled.by")},
		},
		Empty: ui.EmptyState{Icon: "users", Title: r.T("reach.enrolled.none"), Text: r.T("reach.enrolled.none.text")},
	}
	if o.StoppedAt.IsZero() && r.P.Can(r.Program.ID, auth.PermManage) {
		t.Empty.Action = &ui.Action{Label: r.T("reach.sequences.enrol"), URL: sequenceURL(r, o.ID, "/enrol")}
	}
	if r.P.Can(r.Program.ID, auth.PermManage) {
		t.Bulk = actsOnMany(r)
	}
	for _, e := range o.items {
		e = seen(e, o.Sequence)
		name := o.names[e.Partnership]
		row := ui.Row{ID: string(e.ID), Label: name, URL: area.PartnerURL(r, e.Partnership, "/messages"), Muted: e.State != outreach.Running,
			Cells: []any{name, stateBadge(r, e), r.T("reach.enrolled.of", "n", e.Step, "of", len(o.Steps)), nextMail(r, e), e.By}}
		if name == "" {
			row.URL, row.Label, row.Cells[0] = "", r.T("reach.enrolled.gone"), r.T("reach.enrolled.gone")
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// seen is an enrolment as it will be: those of a stopped sequence are seen to when their next mail would be due, and get none.
func seen(e outreach.Enrolment, q outreach.Sequence) outreach.Enrolment {
	if e.State == outreach.Running && !q.StoppedAt.IsZero() {
		e.State, e.Reason = outreach.Stopped, outreach.StopOver
	}
	return e
}

func stateBadge(r *frame.Request, e outreach.Enrolment) ui.Badge {
	switch {
	case e.State == outreach.Done:
		return ui.Badge{Label: r.T("reach.state.done"), Tone: ui.Neutral, Icon: "circle-check"}
	case e.State == outreach.Stopped && e.Reason == outreach.StopReplied:
		return ui.Badge{Label: r.T("reach.stop.replied"), Tone: ui.Good}
	case e.State == outreach.Stopped && e.Reason == outreach.StopTrouble:
		return ui.Badge{Label: r.T("reach.stop.trouble"), Tone: ui.Bad, Hint: e.Trouble}
	case e.State == outreach.Stopped:
		return ui.Badge{Label: r.T("reach.stop." + string(e.Reason)), Tone: ui.Neutral, Icon: "circle-x"}
	case e.Tries > 0:
		return ui.Badge{Label: r.T("reach.state.trying", "n", e.Tries, "of", outreach.MostTries), Tone: ui.Warn, Hint: e.Trouble}
	default:
		return ui.Badge{Label: r.T("reach.state.running"), Tone: ui.Info, Icon: "send"}
	}
}

func nextMail(r *frame.Request, e outreach.Enrolment) any {
	if e.State != outreach.Running || e.NextAt.IsZero() {
		return ui.Nothing{Because: r.T("reach.enrolled.no_next")}
	}
	return r.Locale().Date(outreach.Working(e.NextAt, r.Program.Location()))
}

// actsOnMany are what can be done with those who are ticked.
func actsOnMany(r *frame.Request) []ui.BulkAction {
	return []ui.BulkAction{
		{Label: r.T("reach.enrolled.stop"), Icon: "x", URL: r.To("/reach/enrolments/stop")},
		{Label: r.T("reach.enrolled.again"), Icon: "refresh", URL: r.To("/reach/enrolments/again")},
	}
}

func stopEnrolments(w http.ResponseWriter, r *frame.Request) error {
	return changeEnrolments(w, r, "enrolment.stop", "reach.enrolled.stopped", outreach.StopEnrolment)
}

func tryEnrolmentsAgain(w http.ResponseWriter, r *frame.Request) error {
	return changeEnrolments(w, r, "enrolment.try_again", "reach.enrolled.tried", outreach.TryAgain)
}

// changeEnrolments does something to enrolments of the program and goes back to where it was asked for: the sequence, or the creator's messages.
func changeEnrolments(w http.ResponseWriter, r *frame.Request, action, done string, do func(context.Context, *db.Tx, outreach.EnrolmentID) error) error {
	ids, err := ticked(r)
	if err != nil {
		return err
	}
	var e outreach.Enrolment
	for some := range slices.Chunk(ids, chunk) {
		err := r.Update(func(tx *db.Tx) (err error) {
			for _, id := range some {
				if e, err = outreach.FindEnrolment(r.Context(), tx, outreach.EnrolmentID(id)); err != nil {
					return err
				}
				if e.Program != r.Program.ID {
					return fault.NotFound("enrolment")
				}
				if err := do(r.Context(), tx, e.ID); err != nil {
					return err
				}
				if err := audit.Record(r.Context(), tx, r.P, r.Program.ID, action, id, nil, nil, ""); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	back := sequenceURL(r, e.Sequence, "")
	if r.FormValue("show") == "creator" {
		back = area.PartnerURL(r, e.Partnership, "/messages")
	}
	return r.Redirect(w, back, done, "n", len(ids))
}
