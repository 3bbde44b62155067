package desk

import (
	"net/http"
	"slices"

	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
	"rapport/internal/partner/partnerships"
)

// choosePartners asks before something is done to the selected partners. It changes nothing.
func choosePartners(w http.ResponseWriter, r *frame.Request) error {
	ids, err := chosen(r)
	if err != nil {
		return err
	}
	do, err := manyAct(r)
	if err != nil {
		return err
	}
	form := ui.Form{
		Action: r.To("/partners/change"), Submit: r.T("partners.many.submit."+do, "n", len(ids)), Hidden: hiddenIDs(ids, ui.Pair{Label: "do", Value: do}),
		Cancel: &ui.Link{Label: r.T("ui.cancel"), URL: r.To("/creators/partners")}, Look: statusLook(partnerships.Status(do)),
	}
	if do == "group" {
		var choices []ui.Choice
		if err := r.View(func(tx *db.Tx) (err error) { _, choices, err = groupNames(r, tx); return err }); err != nil {
			return err
		}
		form.Fields = []ui.Field{{Name: "group", Label: r.T("partners.group"), Kind: ui.Select, Required: true, Options: withNone(r.T("partners.group.none"), choices)}}
	}
	p := r.Page("creators", "partners.page")
	p.Title = r.T("partners.many.title."+do, "n", len(ids))
	p.Breadcrumb = []ui.Link{{Label: r.T("creators.tab.partners"), URL: r.To("/creators/partners")}}
	return r.Render(w, http.StatusOK, "desk_creators_form", p, formBody{Form: form, Note: r.T("partners.many.what." + do)})
}

func manyAct(r *frame.Request) (string, error) {
	do := r.FormValue("do")
	if !slices.Contains([]string{"group", "paused", "ended"}, do) {
		return "", fault.Malformed("The form does not say what to do.")
	}
	return do, nil
}

// changePartners does it. Those for whom it is not possible stay as they are and are counted.
func changePartners(w http.ResponseWriter, r *frame.Request) error {
	ids, err := chosen(r)
	if err != nil {
		return err
	}
	do, err := manyAct(r)
	if err != nil {
		return err
	}
	done := 0
	for chunk := range slices.Chunk(ids, chunkChosen) {
		n := 0
		err := r.Update(func(tx *db.Tx) (err error) {
			n, err = changeChunk(r, tx, chunk, do)
			return err
		})
		if err != nil {
			return err
		}
		done += n
	}
	if done < len(ids) {
		return r.Redirect(w, r.To("/creators/partners"), "partners.many.some", "n", done, "rest", len(ids)-done)
	}
	return r.Redirect(w, r.To("/creators/partners"), "partners.many.done", "n", done)
}

func changeChunk(r *frame.Request, tx *db.Tx, ids []string, do string) (done int, err error) {
	for _, id := range ids {
		p, err := partnershipIn(r, tx, partnerships.ID(id))
		if err != nil {
			return done, err
		}
		if do == "group" {
			err = changeGroup(r, tx, p, partnerships.GroupID(r.FormValue("group")))
		} else if err = partnerships.Move(p.Status, partnerships.Status(do)); err != nil {
			continue // said in the count
		} else {
			err = changeStatus(r, tx, p, partnerships.Status(do), "")
		}
		if err != nil {
			return done, err
		}
		done++
	}
	return done, nil
}

func changeGroup(r *frame.Request, tx *db.Tx, p partnerships.Partnership, to partnerships.GroupID) error {
	if p.Group == to {
		return nil
	}
	after, err := partnerships.SetGroup(r.Context(), tx, p.ID, to)
	if err != nil {
		return err
	}
	return keepAudit(r, tx, "partnership.group", string(p.ID), map[string]any{"group_id": p.Group}, map[string]any{"group_id": after.Group}, "")
}
