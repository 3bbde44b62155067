package desk

import (
	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
	"rapport/internal/partner/outreach"
)

// mailsOf are the sequences of mails a creator is in, with when the next one leaves and a way to stop it; where none runs, the way into one. Nothing
// where there is neither, or talks are over.
func mailsOf(r *frame.Request, tx *db.Tx, who partner) (parts ui.Stack, err error) {
	all, err := outreach.EnrolmentsOf(r.Context(), tx, who.ID)
	if err != nil {
		return nil, err
	}
	may := r.P.Can(r.Program.ID, auth.PermManage)
	for _, e := range all {
		q, err := outreach.FindSequence(r.Context(), tx, e.Sequence)
		if err != nil {
			return nil, err
		}
		if e.State != outreach.Running || !q.StoppedAt.IsZero() {
			continue
		}
		parts = append(parts, mailsCard(r, e, q, may))
	}
	if len(parts) == 0 && may && outreach.Asks(who.Status) {
		hidden := []ui.Pair{{Label: "id", Value: string(who.ID)}}
		parts = append(parts, ui.Actions{
			{Label: r.T("reach.enrol.many"), Icon: "send", Post: true, URL: r.To("/reach/choose"), Hidden: hidden},
			{Label: r.T("reach.prepare.one"), Icon: "copy", Post: true, URL: r.To("/reach/prepare"), Hidden: hidden},
		})
	}
	return parts, nil
}

func mailsCard(r *frame.Request, e outreach.Enrolment, q outreach.Sequence, may bool) ui.Component {
	next := r.T("reach.on_the_way", "n", e.Step+1, "of", len(q.Steps), "day", r.Locale().Date(outreach.Working(e.NextAt, r.Program.Location())))
	if e.Tries > 0 {
		next = r.T("reach.state.trying", "n", e.Tries, "of", outreach.MostTries)
	}
	acts := ui.Actions{{Label: r.T("reach.sequences.look"), URL: r.To("/reach/sequences/" + string(q.ID))}}
	if may {
		acts = append(acts, ui.Action{Label: r.T("reach.enrolled.stop"), Icon: "x", Post: true, URL: r.To("/reach/enrolments/stop"), Hidden: []ui.Pair{{Label: "id", Value: string(e.ID)}, {Label: "show", Value: "creator"}}})
	}
	return ui.Card{Title: r.T("reach.on_the_way.title", "name", q.Name), Sub: next, Body: acts}
}
