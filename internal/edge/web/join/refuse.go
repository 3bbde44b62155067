package join

import (
	"net/http"

	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
	"rapport/internal/partner/applications"
	"rapport/internal/partner/outreach"
	"rapport/internal/partner/partnerships"
)

func askRefusal(w http.ResponseWriter, r *frame.Request) error {
	return drawRefusal(w, r, http.StatusOK, nil)
}

func drawRefusal(w http.ResponseWriter, r *frame.Request, status int, mistake error) error {
	var a applicant
	if err := r.View(func(tx *db.Tx) (err error) { a, err = findApplicant(r, tx); return err }); err != nil {
		return err
	}
	form := ui.Form{
		Action: a.url(r, "/refuse"), Submit: r.T("creators.refuse.submit"), Look: ui.Danger, Cancel: &ui.Link{Label: r.T("ui.cancel"), URL: a.url(r, "")},
		Fields: []ui.Field{{Name: "reason", Label: r.T("creators.refuse.reason"), Kind: ui.Area, Hint: r.T("creators.refuse.hint"), Value: r.FormValue("reason"),
			MaxLength: applications.LongestReason, Required: true}},
	}
	form.Fail(mistake)
	p := r.Page("creators", "creators.refuse.title", "name", a.creator.Name)
	p.Breadcrumb = []ui.Link{{Label: r.T("creators.tab.applications"), URL: r.To("/applications")}}
	return r.Render(w, status, "join_page", p, ui.Stack{ui.Words(r.T("creators.refuse.what")), form})
}

// refuse turns somebody away with words that they read. Doing it twice writes one message.
func refuse(w http.ResponseWriter, r *frame.Request) error {
	reason := r.Text("reason")
	if reason == "" {
		return drawRefusal(w, r, http.StatusUnprocessableEntity, fault.Invalid(r.T("creators.refuse.needed")).In("reason"))
	}
	err := r.Update(func(tx *db.Tx) error {
		a, err := findApplicant(r, tx)
		if err != nil || a.partnership.Status == partnerships.StatusLost {
			return err
		}
		if a.hasSent {
			_, err = host(r).Refuse(r.Context(), tx, r.P, a.sent.ID, reason)
			return err
		}
		return refuseUnasked(r, tx, a, reason)
	})
	if frame.IsMistake(err) {
		return drawRefusal(w, r, http.StatusUnprocessableEntity, err)
	}
	if err != nil {
		return err
	}
	return r.Redirect(w, r.To("/applications"), "creators.refused")
}

// refuseUnasked turns away who did not come by the form: they read it in the conversation.
func refuseUnasked(r *frame.Request, tx *db.Tx, a applicant, reason string) error {
	p, err := partnerships.SetStatus(r.Context(), tx, a.partnership.ID, partnerships.StatusLost)
	if err != nil {
		return err
	}
	if _, err := outreach.Send(r.Context(), tx, outreach.New{Partnership: p.ID, From: outreach.SideBrand, Body: reason}); err != nil {
		return err
	}
	return record(r, tx, r.P, "partnership.status", string(p.ID), map[string]any{"status": p.Status, "reason": reason})
}
