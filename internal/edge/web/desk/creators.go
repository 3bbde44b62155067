package desk

import (
	"context"
	"slices"
	"strings"

	"rapport/internal/base/audit"
	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/edge/web/area"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
	"rapport/internal/learn/analytics"
	"rapport/internal/partner/partnerships"
	"rapport/internal/recruit/creators"
)

// registerCreators brings the pages on which creators are found, judged and talked to.
func registerCreators(m *frame.Mux) {
	m.Desk("GET /creators", auth.PermView, findCreators)
	m.Desk("GET /creators/new", auth.PermManage, newCreator)
	m.Desk("POST /creators/new", auth.PermManage, addCreator)
	m.Desk("GET /creators/paste", auth.PermManage, pasteCreators)
	m.Desk("POST /creators/paste", auth.PermManage, addPasted)
	m.Desk("POST /creators/choose", auth.PermManage, chooseCreators)
	m.Desk("POST /creators/take", auth.PermManage, takeCreators)
	m.Desk("GET /creators/applications", auth.PermView, applications)
	m.Desk("GET /creators/applications/{partnership}/refuse", auth.PermManage, askRefusal)
	m.Desk("POST /creators/applications/{partnership}/refuse", auth.PermManage, refuseApplication)
	m.Desk("POST /creators/applications/{partnership}/approve", auth.PermManage, approveApplication)
	m.Desk("GET /creators/pipeline", auth.PermView, pipeline)
	m.Desk("POST /creators/pipeline", auth.PermManage, movePartner)
	m.Desk("GET /creators/partners", auth.PermView, partnersList)
	m.Desk("GET /creators/{creator}", auth.PermView, showCreator)
}

// creatorsPage begins one of the four views.
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

// statusLooks: every status of a partnership has words, a tone and a picture.
var statusLooks = map[partnerships.Status]ui.Badge{
	partnerships.StatusProspect:    {Icon: "circle-dashed"},
	partnerships.StatusApplied:     {Tone: ui.Info, Icon: "inbox"},
	partnerships.StatusContacted:   {Tone: ui.Info, Icon: "send"},
	partnerships.StatusReplied:     {Tone: ui.Info, Icon: "message-circle"},
	partnerships.StatusNegotiating: {Tone: ui.Info, Icon: "messages"},
	partnerships.StatusAgreed:      {Tone: ui.Good, Icon: "thumb-up"},
	partnerships.StatusActive:      {Tone: ui.Good, Icon: "circle-check"},
	partnerships.StatusPaused:      {Tone: ui.Warn, Icon: "player-pause"},
	partnerships.StatusEnded:       {Icon: "circle-x"},
	partnerships.StatusLost:        {Icon: "circle-x"},
}

func statusBadge(r *frame.Request, s partnerships.Status) ui.Badge {
	b := statusLooks[s]
	b.Label = statusWord(r, s)
	return b
}

func statusWord(r *frame.Request, s partnerships.Status) string {
	return r.T("partners.status." + string(s))
}

// accountsLine names a creator's accounts in one line, the main one first: "@maya on TikTok · @mayaglow on Instagram".
func accountsLine(r *frame.Request, c creators.Creator) string {
	var all []string
	for _, p := range mainFirst(c) {
		all = append(all, r.T("creators.account", "handle", p.Handle, "platform", platformName(r, p.Platform)))
	}
	return strings.Join(all, " · ")
}

func platformName(r *frame.Request, p creators.Platform) string {
	return r.T("creators.platform." + string(p))
}

// mainFirst lists the accounts, the main one first.
func mainFirst(c creators.Creator) []creators.Profile {
	all := slices.Clone(c.Profiles)
	slices.SortStableFunc(all, func(a, b creators.Profile) int {
		return boolRank(a.ID == c.Main) - boolRank(b.ID == c.Main)
	})
	return all
}

func boolRank(first bool) int {
	if first {
		return 0
	}
	return 1
}

// tierCell names the size, with what it means.
func tierCell(r *frame.Request, t creators.Tier) any {
	if t == creators.TierUnknown {
		return ui.Nothing{Because: r.T("creators.followers.unknown")}
	}
	return r.T("creators.tier." + string(t))
}

// countCell is a count or the reason why there is none.
func countCell(n *int64, because string) any {
	if n == nil {
		return ui.Nothing{Because: because}
	}
	return *n
}

// rateCell is the engagement rate of the main account with the formula it was made by.
func rateCell(r *frame.Request, p creators.Profile) any {
	if p.EngagementPPM == nil {
		return ui.Nothing{Because: r.T("creators.engagement.unknown")}
	}
	return r.Locale().Percent(float64(*p.EngagementPPM) / 1e6)
}

func mainProfile(c creators.Creator) creators.Profile {
	if all := mainFirst(c); len(all) > 0 {
		return all[0]
	}
	return creators.Profile{}
}

// eyes says whose creators the reader may see: those of all programs the reader may see.
func eyes(r *frame.Request) creators.Filter {
	visible, all := r.P.Visible()
	return creators.Filter{Everywhere: all, Programs: visible}
}

// creatorsByID looks up creators of a page of partnerships at once.
func creatorsByID(ctx context.Context, tx *db.Tx, all []partnerships.Partnership) (map[creators.ID]creators.Creator, error) {
	byID := make(map[creators.ID]creators.Creator, len(all))
	for chunk := range slices.Chunk(all, db.PageMost) { // a file may hold more than a statement takes
		ids := make([]creators.ID, len(chunk))
		for i, p := range chunk {
			ids[i] = p.Creator
		}
		found, err := creators.FindMany(ctx, tx, ids)
		if err != nil {
			return nil, err
		}
		for _, c := range found {
			byID[c.ID] = c
		}
	}
	return byID, nil
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
