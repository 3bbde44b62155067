package desk

import (
	"rapport/internal/base/audit"
	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/edge/web/area"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
	"rapport/internal/learn/analytics"
	"rapport/internal/partner/partnerships"
)

// registerCreators brings the pages on which creators are found, judged and talked to.
func registerCreators(m *frame.Mux) {
	m.Desk("GET /creators/new", auth.PermManage, newCreator)
	m.Desk("POST /creators/new", auth.PermManage, addCreator)
	m.Desk("GET /creators/paste", auth.PermManage, pasteCreators)
	m.Desk("POST /creators/paste", auth.PermManage, addPasted)
	m.Desk("POST /creators/choose", auth.PermManage, chooseCreators)
	m.Desk("POST /creators/take", auth.PermManage, takeCreators)
	m.Desk("GET /creators/pipeline", auth.PermView, pipeline)
	m.Desk("POST /creators/pipeline", auth.PermManage, movePartner)
	m.Desk("GET /creators/partners", auth.PermView, partnersList)
	m.Desk("GET /creators/{creator}", auth.PermView, showCreator)
}

// creatorsPage begins one of the views.
func creatorsPage(r *frame.Request, active, title string, counts map[partnerships.Status]int) *ui.Page {
	p := r.Page("creators", title)
	p.Tabs = area.CreatorTabs(r, active, counts)
	if r.P.Can(r.Program.ID, auth.PermManage) {
		p.Primary = &ui.Action{Label: r.T("creators.add"), Icon: "plus", URL: r.To("/creators/new")}
		p.Secondary = []ui.Action{{Label: r.T("creators.import"), Icon: "upload", URL: r.To("/imports")}}
	}
	return p
}

// ofProgram is everybody in the program at hand.
func ofProgram(r *frame.Request) partnerships.Filter {
	return partnerships.Filter{Program: r.Program.ID}
}

// countStatuses counts the program's partnerships for the tabs.
func countStatuses(r *frame.Request, tx *db.Tx) (map[partnerships.Status]int, error) {
	return partnerships.Count(r.Context(), tx, ofProgram(r))
}

// groupNames are the program's groups by id.
func groupNames(r *frame.Request, tx *db.Tx) (map[partnerships.GroupID]string, []ui.Choice, error) {
	groups, err := partnerships.ListGroups(r.Context(), tx, r.Program.ID)
	names := make(map[partnerships.GroupID]string, len(groups))
	choices := make([]ui.Choice, len(groups))
	for i, g := range groups {
		names[g.ID] = g.Name
		choices[i] = ui.Choice{Value: string(g.ID), Label: g.Name}
	}
	return names, choices, err
}

// tailClicks are the clicks that the roll-ups do not hold yet.
func tailClicks(r *frame.Request, tx *db.Tx) ([]analytics.TailCount, error) {
	if r.Deps().Tail == nil {
		return nil, nil
	}
	return r.Deps().Tail(r.Context(), tx)
}

// keepAudit writes an act of the merchant's people into the audit.
func keepAudit(r *frame.Request, tx *db.Tx, action, subject string, before, after any, why string) error {
	return audit.Record(r.Context(), tx, r.P, r.Program.ID, action, subject, before, after, why)
}
