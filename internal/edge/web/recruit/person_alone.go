package recruit

import (
	"net/http"

	"rapport/internal/base/audit"
	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
	"rapport/internal/recruit/creators"
)

func showAlone(w http.ResponseWriter, r *frame.Request) error {
	return drawAlone(w, r, "", nil)
}

// drawAlone shows how many asked to be left alone; who they are is not stored in a form that anybody could read.
func drawAlone(w http.ResponseWriter, r *frame.Request, form string, mistake error) error {
	var own, everywhere int64
	err := r.View(func(tx *db.Tx) (err error) {
		own, everywhere, err = creators.CountSuppressed(r.Context(), tx, r.Program.ID)
		return err
	})
	if err != nil {
		return err
	}
	p := r.Page("creators", "person.alone.title")
	p.Lead = r.T("person.alone.lead")
	p.Breadcrumb = []ui.Link{{Label: r.T("creators.title"), URL: r.To("/creators")}}
	check := ui.Form{Action: r.To("/creators/left-alone/check"), Submit: r.T("person.alone.check"), Look: ui.Secondary, Fields: []ui.Field{
		{Name: "address", ID: "check-address", Label: r.T("person.alone.who"), Hint: r.T("person.alone.who.hint"), MaxLength: 500, Required: true, Autocomplete: "off"},
	}}
	parts := ui.Stack{ui.Tiles{
		{Label: r.T("person.alone.own"), Value: own, Small: r.T("person.alone.own.what")}, {Label: r.T("person.alone.everywhere"), Value: everywhere, Small: r.T("person.alone.everywhere.what")},
	}}
	if form == "check" {
		check.Fail(mistake)
	}
	if r.P.Can(r.Program.ID, auth.PermManage) {
		add := ui.Form{Action: r.To("/creators/left-alone"), Submit: r.T("person.alone.add"), Fields: []ui.Field{
			{Name: "list", ID: "alone-list", Label: r.T("person.alone.list"), Kind: ui.Area, Rows: 5, MaxLength: 500_000, Required: true, Hint: r.T("person.alone.list.hint"), Value: r.FormValue("list")},
			{Name: "reason", ID: "alone-reason", Label: r.T("person.alone.reason"), Hint: r.T("person.alone.reason.hint"), MaxLength: 200, Value: r.FormValue("reason")},
		}}
		if form == "add" {
			add.Fail(mistake)
		}
		parts = append(parts, ui.Card{Title: r.T("person.alone.add.title"), Body: add}, ui.Card{Title: r.T("person.alone.check.title"), Body: check}, ui.Card{Title: r.T("person.alone.off.title"), Body: offForm(r, form, mistake)})
	}
	status := http.StatusOK
	if mistake != nil {
		status = http.StatusUnprocessableEntity
	}
	return r.Render(w, status, "recruit_page", p, parts)
}

// offForm takes somebody off the list. Nobody is shown to choose from: whoever takes somebody off must know whom.
func offForm(r *frame.Request, failed string, mistake error) ui.Form {
	off := ui.Form{Action: r.To("/creators/left-alone/remove"), Submit: r.T("person.alone.off"), Look: ui.Danger, Fields: []ui.Field{
		{Name: "address", ID: "off-address", Label: r.T("person.alone.who"), Hint: r.T("person.alone.off.hint"), MaxLength: 500, Required: true, Autocomplete: "off"},
		{Name: "asked", ID: "off-asked", Label: r.T("person.alone.off.asked"), Kind: ui.Check},
	}}
	if failed == "off" {
		off.Fields[0].Value, off.Fields[1].Checked = r.FormValue("address"), r.FormValue("asked") != ""
		off.Fail(mistake)
	}
	return off
}

func addAlone(w http.ResponseWriter, r *frame.Request) error {
	all, err := creators.ParseSuppressions(r.FormValue("list"))
	var added int64
	if err == nil {
		for i := range all {
			all[i].Program, all[i].Reason, all[i].MadeBy = r.Program.ID, r.Text("reason"), r.P.Name
		}
		err = r.Update(func(tx *db.Tx) (err error) {
			if added, err = creators.Suppress(r.Context(), tx, r.Deps().Box, all); err != nil {
				return err
			}
			return audit.Record(r.Context(), tx, r.P, r.Program.ID, "suppression.add", string(r.Program.ID), nil, map[string]any{"entries": added}, "")
		})
	}
	if frame.IsMistake(err) {
		return drawAlone(w, r, "add", err)
	}
	if err != nil {
		return err
	}
	return r.Redirect(w, r.To("/creators/left-alone"), "person.alone.added", "n", added)
}

// checkAlone says whether somebody is on the list. The question travels in the body, never in an address that a log keeps.
func checkAlone(w http.ResponseWriter, r *frame.Request) error {
	all, err := creators.ParseSuppressions(r.FormValue("address"))
	if frame.IsMistake(err) {
		return drawAlone(w, r, "check", inField(err, "address"))
	}
	if err != nil {
		return err
	}
	flash := "person.alone.is_not"
	err = r.View(func(tx *db.Tx) error {
		found, err := creators.Suppressed(r.Context(), tx, r.Deps().Box, r.Program.ID, []string{all[0].Email}, accountsOf(all[:1]))
		if found.Any() {
			flash = "person.alone.is"
		}
		return err
	})
	if err != nil {
		return err
	}
	return r.Redirect(w, r.To("/creators/left-alone"), flash)
}

// takeOff takes one address or account off the program's list, when the person asked for it. The audit says that it was done, never whom it was about.
func takeOff(w http.ResponseWriter, r *frame.Request) error {
	err := r.Update(func(tx *db.Tx) error {
		all, err := creators.ParseSuppressions(r.FormValue("address"))
		switch {
		case err != nil:
			return inField(err, "address")
		case len(all) != 1:
			return fault.Invalid(r.T("person.alone.off.one")).In("address")
		case r.FormValue("asked") == "":
			return fault.Invalid(r.T("person.alone.off.not_asked")).In("asked")
		}
		all[0].Program = r.Program.ID
		if err := creators.Unsuppress(r.Context(), tx, r.Deps().Box, all[0]); fault.KindOf(err) == fault.KindNotFound {
			return fault.Invalid(r.T("person.alone.off.none")).In("address")
		} else if err != nil {
			return err
		}
		return audit.Record(r.Context(), tx, r.P, r.Program.ID, "suppression.remove", string(r.Program.ID), map[string]any{"entries": 1}, nil, "")
	})
	if frame.IsMistake(err) {
		return drawAlone(w, r, "off", err)
	}
	if err != nil {
		return err
	}
	return r.Redirect(w, r.To("/creators/left-alone"), "person.alone.off.done")
}

// inField is the fault beside another field of the form.
func inField(err error, field string) error {
	if f, ok := fault.As(err); ok {
		return f.In(field)
	}
	return err
}

func accountsOf(all []creators.Suppression) (accounts []creators.Account) {
	for _, s := range all {
		if s.Email == "" {
			accounts = append(accounts, s.Account)
		}
	}
	return accounts
}
