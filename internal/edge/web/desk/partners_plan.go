package desk

import (
	"net/http"
	"time"

	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/edge/web/area"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
	"rapport/internal/partner/partnerships"
)

// askPlan asks for the next step with somebody: what, when, who sees to it; and, where it came to nothing, why.
func askPlan(w http.ResponseWriter, r *frame.Request) error {
	return drawPlan(w, r, http.StatusOK, nil)
}

func drawPlan(w http.ResponseWriter, r *frame.Request, status int, mistake error) error {
	var who partner
	var plan partnerships.Plan
	var owners []ui.Choice
	err := r.View(func(tx *db.Tx) (err error) {
		if who, err = findPartner(r, tx); err != nil {
			return err
		}
		plans, err := partnerships.PlansOf(r.Context(), tx, []partnerships.ID{who.ID})
		if err != nil {
			return err
		}
		plan = plans[who.ID]
		owners, err = ownerChoices(r, tx)
		return err
	})
	if err != nil {
		return err
	}
	day := ""
	if !plan.StepAt.IsZero() {
		day = plan.StepAt.In(r.Program.Location()).Format(time.DateOnly)
	}
	if mistake != nil {
		plan.Step, day, plan.Owner, plan.LostBecause = r.FormValue("step"), r.FormValue("due_at"), r.FormValue("owner"), r.FormValue("lost")
	}
	form := ui.Form{Action: who.url(r, "/plan"), Submit: r.T("reach.plan.save"), Cancel: &ui.Link{Label: r.T("ui.cancel"), URL: who.url(r, "")}, Fields: []ui.Field{
		{Name: "step", Label: r.T("reach.plan.step"), Value: plan.Step, MaxLength: partnerships.LongestStep, Autocomplete: "off"},
		{Name: "due_at", Label: r.T("reach.plan.day"), Kind: ui.Date, Value: day},
		{Name: "owner", Label: r.T("reach.plan.owner"), Kind: ui.Select, Options: owners, Value: plan.Owner},
		{Name: "lost", Label: r.T("reach.plan.lost"), Value: plan.LostBecause, MaxLength: partnerships.LongestLost, Autocomplete: "off"},
	}}
	note := ""
	if who.Status == partnerships.StatusLost { // why comes first, and there is nothing to do next
		note = r.T("reach.plan.why_lost")
		form.Fields = append(form.Fields[3:], form.Fields[:3]...)
	}
	form.Fail(mistake)
	p := r.Page("creators", "reach.plan.title", "name", who.Creator.Name)
	p.Breadcrumb = []ui.Link{{Label: who.Creator.Name, URL: who.url(r, "")}}
	return r.Render(w, status, "desk_creators_form", p, formBody{Form: form, Note: note})
}

// ownerChoices are the people of the program, nobody first.
func ownerChoices(r *frame.Request, tx *db.Tx) ([]ui.Choice, error) {
	all := []ui.Choice{{Label: r.T("reach.plan.nobody")}}
	people, _, err := auth.ListUsers(r.Context(), tx, r.Program.ID, db.Page{Limit: db.PageMost})
	for _, u := range people {
		if u.DisabledAt.IsZero() {
			all = append(all, ui.Choice{Value: u.ID, Label: u.Name})
		}
	}
	return all, err
}

func setPlan(w http.ResponseWriter, r *frame.Request) error {
	var who partner
	err := r.Update(func(tx *db.Tx) (err error) {
		if who, err = findPartner(r, tx); err != nil {
			return err
		}
		plan, err := planOf(r, tx)
		if err != nil {
			return err
		}
		if err := partnerships.SetPlan(r.Context(), tx, who.ID, plan); err != nil {
			return err
		}
		return keepAudit(r, tx, "partnership.plan", string(who.ID), nil, map[string]any{"step": plan.Step, "owner": plan.Owner}, "")
	})
	if frame.IsMistake(err) {
		return drawPlan(w, r, http.StatusUnprocessableEntity, err)
	}
	if err != nil {
		return err
	}
	return r.Redirect(w, area.PartnerURL(r, who.ID, ""), "reach.plan.saved")
}

// planOf reads the form. The owner must be one of the program's people.
func planOf(r *frame.Request, tx *db.Tx) (plan partnerships.Plan, err error) {
	plan = partnerships.Plan{Owner: r.FormValue("owner"), Step: r.Text("step"), LostBecause: r.Text("lost")}
	owners, err := ownerChoices(r, tx)
	if err != nil {
		return plan, err
	}
	known := false
	for _, o := range owners {
		known = known || o.Value == plan.Owner
	}
	if !known {
		return plan, fault.Invalid(r.T("reach.plan.stranger")).In("owner")
	}
	if day := r.Text("due_at"); day != "" {
		if plan.StepAt, err = time.ParseInLocation(time.DateOnly, day, r.Program.Location()); err != nil {
			return plan, fault.Invalid(r.T("reach.plan.no_day")).In("due_at")
		}
	}
	return plan, nil
}
