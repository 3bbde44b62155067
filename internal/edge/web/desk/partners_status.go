package desk

import (
	"net/http"

	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/edge/web/area"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
	"rapport/internal/partner/partnerships"
)

// changeStatus moves one of the program's partnerships and keeps who did it. Moving it to where it is does nothing.
func changeStatus(r *frame.Request, tx *db.Tx, p partnerships.Partnership, to partnerships.Status, why string) error {
	if p.Program != r.Program.ID {
		return fault.NotFound("partnership")
	}
	if p.Status == to {
		return nil
	}
	after, err := partnerships.SetStatus(r.Context(), tx, p.ID, to)
	if err != nil {
		return err
	}
	return keepAudit(r, tx, "partnership.status", string(p.ID), statusNote(p), statusNote(after), why)
}

// askStatus says what a step means before it is made.
func askStatus(w http.ResponseWriter, r *frame.Request) error {
	var who partner
	if err := r.View(func(tx *db.Tx) (err error) { who, err = findPartner(r, tx); return err }); err != nil {
		return err
	}
	to := partnerships.Status(r.FormValue("to"))
	if err := partnerships.Move(who.Status, to); err != nil {
		return err
	}
	p := r.Page("creators", "partners.page")
	p.Title = r.T("partners.do."+string(to)) + ": " + who.Creator.Name
	p.Breadcrumb = []ui.Link{{Label: who.Creator.Name, URL: who.url(r, "")}}
	return r.Render(w, http.StatusOK, "desk_creators_form", p, formBody{
		Note: r.T("partners.means." + string(to)),
		Form: ui.Form{
			Action: who.url(r, "/status"), Submit: r.T("partners.do." + string(to)), Look: statusLook(to), Hidden: []ui.Pair{{Label: "to", Value: string(to)}},
			Cancel: &ui.Link{Label: r.T("ui.cancel"), URL: who.url(r, "")},
		},
	})
}

func statusLook(to partnerships.Status) ui.Look {
	if to == partnerships.StatusEnded || to == partnerships.StatusLost {
		return ui.Danger
	}
	return ui.Primary
}

func setStatus(w http.ResponseWriter, r *frame.Request) error {
	to := partnerships.Status(r.FormValue("to"))
	var who partner
	err := r.Update(func(tx *db.Tx) (err error) {
		if who, err = findPartner(r, tx); err != nil {
			return err
		}
		return changeStatus(r, tx, who.Partnership, to, "")
	})
	if err != nil {
		return err
	}
	return r.Redirect(w, who.url(r, ""), "partners.moved", "name", who.Creator.Name, "status", area.StatusWord(r, to))
}
