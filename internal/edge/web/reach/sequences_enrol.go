package reach

import (
	"net/http"

	"rapport/internal/base/audit"
	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
	"rapport/internal/partner/outreach"
	"rapport/internal/partner/partnerships"
)

// askEnrol shows who would get the mails of a sequence and who would not: all prospects nobody has enrolled in it yet, the next MostEnrolled of them.
func askEnrol(w http.ResponseWriter, r *frame.Request) error {
	var q outreach.Sequence
	var all []outreach.Outcome
	err := r.View(func(tx *db.Tx) (err error) {
		if q, err = ownSequence(r, tx); err != nil {
			return err
		}
		next, err := outreach.NotEnrolled(r.Context(), tx, q)
		if err != nil {
			return err
		}
		all, err = outreach.Look(r.Context(), tx, r.Deps().Box, q, next)
		return err
	})
	if err != nil {
		return err
	}
	p := r.Page("creators", "reach.enrol.title", "name", q.Name)
	p.Breadcrumb = []ui.Link{{Label: r.T("reach.sequences.title"), URL: r.To("/reach/sequences")}}
	counts := map[outreach.Stop]int{}
	for _, one := range all {
		counts[one.Skip]++
	}
	parts := ui.Stack{ui.Words(r.T("reach.enrol.get", "n", counts[""]))}
	for _, skip := range []outreach.Stop{outreach.StopAddress, outreach.StopAlone, outreach.SkipTalking, outreach.StopBounced, outreach.SkipEnrolled, outreach.StopOver} {
		if n := counts[skip]; n > 0 {
			parts = append(parts, ui.Words(r.T("reach.skip."+string(skip), "n", n)))
		}
	}
	if counts[""] > 0 {
		form := ui.Form{Action: r.To("/reach/sequences/" + string(q.ID) + "/enrol"), Submit: r.T("reach.enrol.submit", "n", counts[""])}
		for _, one := range all {
			if one.Skip == "" {
				form.Hidden = append(form.Hidden, ui.Pair{Label: "id", Value: string(one.Partnership)})
			}
		}
		parts = append(parts, form)
	}
	return r.Render(w, http.StatusOK, "reach_page", p, parts)
}

func ownSequence(r *frame.Request, tx *db.Tx) (outreach.Sequence, error) {
	q, err := outreach.FindSequence(r.Context(), tx, outreach.SequenceID(r.PathValue("sequence")))
	if err == nil && q.Program != r.Program.ID {
		err = fault.NotFound("sequence")
	}
	return q, err
}

// enrol enrols exactly those who stood on the page, and looks at each again.
func enrol(w http.ResponseWriter, r *frame.Request) error {
	var got int
	err := r.Update(func(tx *db.Tx) error {
		q, err := ownSequence(r, tx)
		if err != nil {
			return err
		}
		var these []partnerships.ID
		for _, one := range r.Form["id"] {
			these = append(these, partnerships.ID(one))
		}
		all, err := outreach.Enrol(r.Context(), tx, r.Deps().Box, q.ID, these)
		if err != nil {
			return err
		}
		for _, one := range all {
			if one.Skip == "" {
				got++
			}
		}
		return audit.Record(r.Context(), tx, r.P, r.Program.ID, "sequence.enrol", string(q.ID), nil, map[string]any{"enrolled": got, "skipped": len(all) - got}, "")
	})
	if err != nil {
		return err
	}
	return r.Redirect(w, r.To("/reach/sequences"), "reach.enrol.done", "n", got)
}
