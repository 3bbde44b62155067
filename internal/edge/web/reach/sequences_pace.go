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

func showPace(w http.ResponseWriter, r *frame.Request) error {
	return drawPace(w, r, http.StatusOK, nil)
}

func drawPace(w http.ResponseWriter, r *frame.Request, status int, mistake error) error {
	var pace outreach.Pace
	var sent outreach.Traffic
	var allowed outreach.Allowance
	if err := r.View(func(tx *db.Tx) (err error) {
		if pace, err = outreach.PaceOf(r.Context(), tx, r.Program.ID); err != nil {
			return err
		}
		sent, err = outreach.TrafficOf(r.Context(), tx, r.Program)
		allowed = outreach.Allow(pace, sent, tx.Now())
		return err
	}); err != nil {
		return err
	}
	p := r.Page("creators", "reach.pace.title")
	p.Lead = r.T("reach.pace.lead")
	p.Breadcrumb = []ui.Link{{Label: r.T("reach.title"), URL: r.To("/reach")}, {Label: r.T("reach.sequences.title"), URL: r.To("/reach/sequences")}}
	last := any(ui.Nothing{Because: r.T("reach.pace.never")})
	if !sent.LastAt.IsZero() {
		last = r.Locale().DateTime(sent.LastAt)
	}
	today := r.T("reach.pace.of", "most", allowed.Today)
	if allowed.Today < pace.PerDay {
		today = r.T("reach.pace.of.ramp", "most", allowed.Today, "day", sent.Days+1)
	}
	parts := ui.Stack{ui.Tiles{
		{Label: r.T("reach.pace.today"), Value: sent.Today, Small: today},
		{Label: r.T("reach.pace.hour"), Value: sent.LastHour, Small: r.T("reach.pace.of", "most", pace.PerHour)},
		{Label: r.T("reach.pace.last"), Value: last},
	}}
	if !r.P.Can(r.Program.ID, auth.PermManage) {
		return r.Render(w, status, "reach_page", p, parts)
	}
	form := ui.Form{Action: r.To("/reach/pace"), Submit: r.T("reach.pace.save"), Fields: []ui.Field{
		{Name: "per_day", Label: r.T("reach.pace.per_day"), Kind: ui.Number, Value: strconv.FormatInt(pace.PerDay, 10), Min: "1", Max: strconv.Itoa(outreach.MostPerDay), Required: true, Hint: r.T("reach.pace.per_day.hint")},
		{Name: "per_hour", Label: r.T("reach.pace.per_hour"), Kind: ui.Number, Value: strconv.FormatInt(pace.PerHour, 10), Min: "1", Max: strconv.Itoa(outreach.MostPerHour), Required: true, Hint: r.T("reach.pace.per_hour.hint")},
	}}
	if mistake != nil {
		form.Fields[0].Value, form.Fields[1].Value = r.FormValue("per_day"), r.FormValue("per_hour")
	}
	form.Fail(mistake)
	return r.Render(w, status, "reach_page", p, append(parts, ui.Card{Title: r.T("reach.pace.change"), Body: form}))
}

func setPace(w http.ResponseWriter, r *frame.Request) error {
	err := r.Update(func(tx *db.Tx) error {
		var want outreach.Pace
		var day, hour error
		want.PerDay, day = strconv.ParseInt(r.Text("per_day"), 10, 32)
		want.PerHour, hour = strconv.ParseInt(r.Text("per_hour"), 10, 32)
		switch {
		case day != nil:
			return fault.Invalid(r.T("reach.pace.no_number")).In("per_day")
		case hour != nil:
			return fault.Invalid(r.T("reach.pace.no_number")).In("per_hour")
		}
		before, err := outreach.PaceOf(r.Context(), tx, r.Program.ID)
		if err != nil {
			return err
		}
		if err := outreach.SetPace(r.Context(), tx, r.Program.ID, want); err != nil {
			return err
		}
		return audit.Record(r.Context(), tx, r.P, r.Program.ID, "pace.change", string(r.Program.ID), paceNote(before), paceNote(want), "")
	})
	if frame.IsMistake(err) {
		return drawPace(w, r, http.StatusUnprocessableEntity, err)
	}
	if err != nil {
		return err
	}
	return r.Redirect(w, r.To("/reach/pace"), "reach.pace.saved")
}

func paceNote(p outreach.Pace) any { return map[string]any{"per_day": p.PerDay, "per_hour": p.PerHour} }
