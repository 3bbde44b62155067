package recruit

import (
	"context"
	"net/http"

	"rapport/internal/base/audit"
	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/edge/web/area"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
	"rapport/internal/partner/partnerships"
	"rapport/internal/recruit/creators"
)

// otherPerson is who is to be joined with the one whose page it is; somebody of another program does not exist.
func otherPerson(r *frame.Request, tx *db.Tx) (who, other person, may bool, err error) {
	if who, err = findPerson(r, tx); err != nil {
		return who, other, false, err
	}
	p, err := partnerships.Of(r.Context(), tx, r.Program.ID, creators.ID(r.FormValue("other")))
	if err != nil {
		return who, other, false, err
	}
	if other, err = personIn(r, tx, p.ID); err != nil {
		return who, other, false, err
	}
	may, err = mayChange(r, tx, auth.PermManage, who.Creator.ID, other.Creator.ID)
	return who, other, may, err
}

func askMerge(w http.ResponseWriter, r *frame.Request) error {
	return drawMerge(w, r, http.StatusOK, nil)
}

func drawMerge(w http.ResponseWriter, r *frame.Request, status int, mistake error) error {
	var who, other person
	var may bool
	err := r.View(func(tx *db.Tx) (err error) { who, other, may, err = otherPerson(r, tx); return err })
	if err != nil {
		return err
	}
	p := knownPage(r, who)
	p.Title, p.Lead = r.T("person.merge.title"), r.T("person.merge.lead")
	t := ui.Table{ID: "both", Caption: r.T("person.merge.title"), Path: who.url(r, "/merge"), Plain: true, Columns: []ui.Column{
		{Key: "what", Label: r.T("creators.column.name")}, {Key: "accounts", Label: r.T("person.accounts")}, {Key: "followers", Label: r.T("creators.column.followers"), Figure: true},
		{Key: "status", Label: r.T("creators.column.status")}, {Key: "since", Label: r.T("person.since")},
	}}
	for _, one := range []person{who, other} {
		t.Rows = append(t.Rows, ui.Row{URL: one.url(r, ""), Cells: []any{
			one.Creator.Name, area.Accounts(r, one.Creator), area.Count(one.Creator.Followers, r.T("creators.followers.unknown")), area.Status(r, one.Status), day(r, one.CreatedAt),
		}})
	}
	act := ui.Action{Label: r.T("person.merge.do", "name", who.Creator.Name), Icon: "arrows-join", URL: who.url(r, "/merge"), Post: true, Look: ui.Primary,
		Hidden: []ui.Pair{{Label: "other", Value: string(other.Creator.ID)}}, Confirm: &ui.Confirm{
			Title: r.T("person.merge.ask"), What: r.T("person.merge.what", "one", who.Creator.Name, "other", other.Creator.Name),
			Effects: []string{r.T("person.merge.nothing_lost"), r.T("person.merge.books")}, Undo: r.T("person.cannot_undo"), Button: r.T("person.merge.button"),
		}}
	if !may {
		act.Disabled, act.Confirm = r.T("person.merge.not_alone"), nil
	}
	parts := ui.Stack{ui.Card{Title: r.T("person.merge.two"), Body: t, Flush: true}}
	if f, ok := fault.As(mistake); ok {
		parts = append(parts, ui.Flash{Tone: ui.Bad, Text: f.Message})
	}
	parts = append(parts, ui.Actions{act, {Label: r.T("person.merge.swap"), URL: other.url(r, "/merge?other=") + string(who.Creator.ID)}})
	return r.Render(w, status, "recruit_page", p, parts)
}

func merge(w http.ResponseWriter, r *frame.Request) error {
	var left creators.ID
	var to string
	err := r.Update(func(tx *db.Tx) error {
		who, other, may, err := otherPerson(r, tx)
		if err != nil {
			return err
		}
		if !may {
			return fault.Forbidden(r.T("person.merge.not_alone"))
		}
		if left, err = creators.Merge(r.Context(), tx, who.Creator.ID, other.Creator.ID, r.Deps().Parts); err != nil {
			return err
		}
		p, err := partnerships.Of(r.Context(), tx, r.Program.ID, left)
		to = area.PartnerURL(r, p.ID, "/known")
		if err != nil {
			return err
		}
		return audit.Record(r.Context(), tx, r.P, r.Program.ID, "creator.merge", string(left), nil, map[string]any{"of": []creators.ID{who.Creator.ID, other.Creator.ID}}, "")
	})
	if frame.IsMistake(err) || fault.KindOf(err) == fault.KindConflict {
		return drawMerge(w, r, http.StatusUnprocessableEntity, err)
	}
	if err != nil {
		return err
	}
	return r.Redirect(w, to, "person.merged")
}

// exportPerson hands out what this program knows of the person, as a file.
func exportPerson(w http.ResponseWriter, r *frame.Request) error {
	var who person
	err := r.Update(func(tx *db.Tx) (err error) {
		if who, err = findPerson(r, tx); err != nil {
			return err
		}
		return keepAudit(r, tx, "creator.export", string(who.Creator.ID))
	})
	if err != nil {
		return err
	}
	text, err := creators.ExportAll(r.Context(), r.Deps().DB, who.Creator.ID, r.Program.ID, r.Deps().Parts)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="`+string(who.Creator.ID)+`.json"`)
	_, err = w.Write(text)
	return err
}

// erase forgets the person everywhere. It goes on when the reader leaves; what a crash cuts off is taken up again.
func erase(w http.ResponseWriter, r *frame.Request) error {
	var who person
	err := r.Update(func(tx *db.Tx) (err error) {
		if who, err = findPerson(r, tx); err != nil {
			return err
		}
		may, err := mayChange(r, tx, auth.PermSettings, who.Creator.ID)
		switch {
		case err != nil:
			return err
		case !may:
			return fault.Forbidden(r.T("person.erase.not_alone"))
		case r.Text("name") != who.Creator.Name:
			return fault.Invalid(r.T("person.erase.type")).In("name")
		}
		return keepAudit(r, tx, "creator.erase", string(who.Creator.ID))
	})
	if frame.IsMistake(err) {
		return drawKnown(w, r, "/erase", err)
	}
	if err != nil {
		return err
	}
	if err := creators.EraseAll(context.WithoutCancel(r.Context()), r.Deps().DB, r.Deps().Box, who.Creator.ID, r.Deps().Parts); err != nil {
		return err
	}
	return r.Redirect(w, r.To("/creators"), "person.erased")
}
