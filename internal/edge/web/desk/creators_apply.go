package desk

import (
	"net/http"

	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/edge/web/area"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
	"rapport/internal/partner/outreach"
	"rapport/internal/partner/partnerships"
	"rapport/internal/recruit/creators"
)

func applications(w http.ResponseWriter, r *frame.Request) error {
	var body tableBody
	var counts map[partnerships.Status]int
	err := r.View(func(tx *db.Tx) error {
		f := ofProgram(r)
		f.Status, f.Query = partnerships.StatusApplied, cutText(r.FormValue("q"), 100)
		all, next, err := partnerships.List(r.Context(), tx, f, r.After())
		if err != nil {
			return err
		}
		people, err := area.CreatorsByID(r.Context(), tx, all)
		if err != nil {
			return err
		}
		if counts, err = countStatuses(r, tx); err != nil {
			return err
		}
		body.Table = applicationsTable(r, all, people)
		body.Table.Next, body.Table.Total = next, r.T("creators.applications.count", "n", counts[partnerships.StatusApplied])
		return nil
	})
	if err != nil {
		return err
	}
	return r.Render(w, http.StatusOK, "desk_creators_applications", creatorsPage(r, "applications", "creators.applications.title", counts), body)
}

func applicationsTable(r *frame.Request, all []partnerships.Partnership, people map[creators.ID]creators.Creator) ui.Table {
	t := ui.Table{
		ID: "applications", Caption: r.T("creators.tab.applications"), Path: r.To("/creators/applications"), Query: r.URL.Query(), Search: r.T("creators.search"),
		Columns: []ui.Column{
			{Key: "name", Label: r.T("creators.column.name"), Fixed: true},
			{Key: "tier", Label: r.T("creators.column.tier")},
			{Key: "followers", Label: r.T("creators.column.followers"), Figure: true},
			{Key: "engagement", Label: r.T("creators.column.engagement"), Figure: true},
			{Key: "applied", Label: r.T("creators.column.applied")},
			{Key: "decide", Label: r.T("creators.column.decide")},
		},
		Empty: ui.EmptyState{
			Icon: "inbox", Title: r.T("creators.applications.none"), Text: r.T("creators.applications.none.text"),
			Action: &ui.Action{Label: r.T("creators.tab.find"), Icon: "search", URL: r.To("/creators")},
		},
	}
	for _, p := range all {
		c := people[p.Creator]
		t.Rows = append(t.Rows, ui.Row{ID: string(p.ID), Label: c.Name, URL: area.PartnerURL(r, p.ID, ""), Cells: []any{
			ui.Person{Name: c.Name, Sub: area.Accounts(r, c)}, area.Tier(r, c.Tier), area.Count(c.Followers, r.T("creators.followers.unknown")),
			area.Rate(r, area.MainProfile(c)), p.CreatedAt, decide(r, p),
		}})
	}
	return t
}

// decide are the answers to an application, for those who may give them. They stand in a part of their own, since the table is a form.
func decide(r *frame.Request, p partnerships.Partnership) any {
	if !r.P.Can(r.Program.ID, auth.PermManage) {
		return ui.Nothing{Because: r.T("creators.decide.no_right")}
	}
	return ui.Actions{
		{Label: r.T("creators.approve"), Icon: "check", URL: area.PartnerURL(r, p.ID, "/status?to=active"), Dialog: true},
		{Label: r.T("creators.refuse"), Icon: "x", URL: r.To("/creators/applications/" + string(p.ID) + "/refuse"), Dialog: true},
	}
}

func approveApplication(w http.ResponseWriter, r *frame.Request) error {
	var who partner
	err := r.Update(func(tx *db.Tx) (err error) {
		if who, err = findPartner(r, tx); err != nil {
			return err
		}
		return changeStatus(r, tx, who.Partnership, partnerships.StatusActive, "")
	})
	if err != nil {
		return err
	}
	return r.Redirect(w, area.PartnerURL(r, who.ID, ""), "creators.approved", "name", who.Creator.Name)
}

func askRefusal(w http.ResponseWriter, r *frame.Request) error {
	return showRefusal(w, r, http.StatusOK, nil)
}

func showRefusal(w http.ResponseWriter, r *frame.Request, status int, mistake error) error {
	var who partner
	if err := r.View(func(tx *db.Tx) (err error) { who, err = findPartner(r, tx); return err }); err != nil {
		return err
	}
	form := ui.Form{
		Action: r.To("/creators/applications/" + string(who.ID) + "/refuse"), Submit: r.T("creators.refuse.submit"), Look: ui.Danger,
		Cancel: &ui.Link{Label: r.T("ui.cancel"), URL: r.To("/creators/applications")},
		Fields: []ui.Field{{Name: "reason", Label: r.T("creators.refuse.reason"), Kind: ui.Area, Hint: r.T("creators.refuse.hint"), Value: r.FormValue("reason"), MaxLength: 2000, Required: true}},
	}
	form.Fail(mistake)
	p := r.Page("creators", "creators.refuse.title", "name", who.Creator.Name)
	p.Breadcrumb = []ui.Link{{Label: r.T("creators.tab.applications"), URL: r.To("/creators/applications")}}
	return r.Render(w, status, "desk_creators_form", p, formBody{Form: form, Note: r.T("creators.refuse.what")})
}

// refuseApplication ends an application; the creator reads why. Doing it twice writes one message.
func refuseApplication(w http.ResponseWriter, r *frame.Request) error {
	reason := r.Text("reason")
	if reason == "" {
		return showRefusal(w, r, http.StatusUnprocessableEntity, fault.Invalid(r.T("creators.refuse.needed")).In("reason"))
	}
	err := r.Update(func(tx *db.Tx) error {
		who, err := findPartner(r, tx)
		if err != nil || who.Status == partnerships.StatusLost {
			return err
		}
		if err := changeStatus(r, tx, who.Partnership, partnerships.StatusLost, reason); err != nil {
			return err
		}
		_, err = outreach.Send(r.Context(), tx, outreach.New{Partnership: who.ID, From: outreach.SideBrand, Body: reason})
		return err
	})
	if frame.IsMistake(err) {
		return showRefusal(w, r, http.StatusUnprocessableEntity, err)
	}
	if err != nil {
		return err
	}
	return r.Redirect(w, r.To("/creators/applications"), "creators.refused")
}
