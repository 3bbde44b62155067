package desk

import (
	"time"

	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/edge/web/area"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
	"rapport/internal/partner/partnerships"
	"rapport/internal/recruit/creators"
)

// registerPartners brings the page of one creator in the program, and the acts on many of them.
func registerPartners(m *frame.Mux) {
	m.Desk("GET /creators/partners.csv", auth.PermView, exportPartners)
	m.Desk("POST /partners/choose", auth.PermManage, choosePartners)
	m.Desk("POST /partners/change", auth.PermManage, changePartners)
	m.Desk("GET /partners/{partnership}", auth.PermView, partnerOverview)
	m.Desk("GET /partners/{partnership}/status", auth.PermManage, askStatus)
	m.Desk("POST /partners/{partnership}/status", auth.PermManage, setStatus)
	m.Desk("GET /partners/{partnership}/plan", auth.PermManage, askPlan)
	m.Desk("POST /partners/{partnership}/plan", auth.PermManage, setPlan)
	m.Desk("GET /partners/{partnership}/invite", auth.PermManage, askInvite)
	m.Desk("POST /partners/{partnership}/invite", auth.PermManage, makeInvite)
	m.Desk("GET /partners/{partnership}/links", auth.PermView, partnerLinks)
	m.Desk("POST /partners/{partnership}/links", auth.PermManage, makeLink)
	m.Desk("GET /partners/{partnership}/links/{link}", auth.PermView, showLink)
	m.Desk("GET /partners/{partnership}/links/{link}/qr.png", auth.PermView, linkPicture)
	m.Desk("POST /partners/{partnership}/links/{link}/end", auth.PermManage, endLink)
	m.Desk("POST /partners/{partnership}/codes", auth.PermManage, makeCode)
	m.Desk("GET /partners/{partnership}/codes/{code}/end", auth.PermManage, askEndCode)
	m.Desk("POST /partners/{partnership}/codes/{code}/end", auth.PermManage, endCode)
	m.Desk("GET /partners/{partnership}/money", auth.PermView, partnerMoney)
	m.Desk("GET /partners/{partnership}/deal", auth.PermView, partnerDeal)
	m.Desk("POST /partners/{partnership}/deal", auth.PermManage, setDeal)
	m.Desk("POST /partners/{partnership}/group", auth.PermManage, setGroup)
	m.Desk("GET /partners/{partnership}/messages", auth.PermView, partnerMessages)
	m.Desk("POST /partners/{partnership}/messages", auth.PermManage, sendToPartner)
	m.Desk("GET /partners/{partnership}/profile", auth.PermView, partnerProfile)
	m.Desk("POST /partners/{partnership}/contact", auth.PermManage, setContact)
	m.Desk("POST /partners/{partnership}/note", auth.PermManage, setNote)
	m.Desk("GET /partners/{partnership}/timeline", auth.PermView, partnerTimeline)
}

// partner is a creator in the program at hand, as the pages about one need them.
type partner struct {
	partnerships.Partnership
	Creator creators.Creator
	Group   string // its name, or ""
}

func (p partner) url(r *frame.Request, section string) string {
	return area.PartnerURL(r, p.ID, section)
}

// findPartner reads the creator whose page it is. One of another program does not exist.
func findPartner(r *frame.Request, tx *db.Tx) (partner, error) {
	p, err := partnershipIn(r, tx, partnerships.ID(r.PathValue("partnership")))
	if err != nil {
		return partner{}, err
	}
	c, err := creators.Find(r.Context(), tx, p.Creator)
	if err != nil {
		return partner{}, err
	}
	who := partner{Partnership: p, Creator: c}
	if p.Group != "" {
		g, err := partnerships.FindGroup(r.Context(), tx, p.Group)
		if err != nil {
			return partner{}, err
		}
		who.Group = g.Name
	}
	return who, nil
}

func partnershipIn(r *frame.Request, tx *db.Tx, id partnerships.ID) (partnerships.Partnership, error) {
	p, err := partnerships.Find(r.Context(), tx, id)
	if err == nil && p.Program != r.Program.ID {
		err = fault.NotFound("partnership")
	}
	return p, err
}

// partnerHead is what stands above every section of a creator's page.
type partnerHead struct {
	Name     string
	Status   ui.Badge
	Tier     any
	Group    any
	Since    time.Time
	Accounts []accountHead
}

type accountHead struct {
	Platform, Handle, URL string
	Followers             any
	CountedAt             time.Time
	Source                string // words: from a file, entered
	Verified              bool
}

func headOf(r *frame.Request, tx *db.Tx, who partner) (partnerHead, error) {
	h := partnerHead{Name: who.Creator.Name, Status: area.Status(r, who.Status), Tier: area.Tier(r, who.Creator.Tier), Since: who.CreatedAt}
	if who.Group != "" {
		h.Group = who.Group
	} else {
		h.Group = ui.Nothing{Because: r.T("partners.group.none")}
	}
	for _, p := range area.MainFirst(who.Creator) {
		a := accountHead{
			Platform: area.Platform(r, p.Platform), Handle: p.Handle, URL: p.URL, CountedAt: p.CountedAt, Verified: p.Verified,
			Followers: area.Count(p.Followers, r.T("creators.followers.unknown")),
		}
		newest, _, err := creators.ListSnapshots(r.Context(), tx, p.ID, db.Page{Limit: 1})
		if err != nil {
			return h, err
		}
		if len(newest) > 0 {
			a.Source = sourceWord(r, newest[0].Source)
		}
		h.Accounts = append(h.Accounts, a)
	}
	return h, nil
}

// sourceWord says where a figure is from.
func sourceWord(r *frame.Request, source string) string {
	switch source {
	case creators.SourceEntered, creators.SourceImport:
		return r.T("partners.source." + source)
	default:
		return source
	}
}

// partnerPage begins a section of a creator's page.
func partnerPage(r *frame.Request, who partner, section string) *ui.Page {
	p := r.Page("creators", "partners.page")
	p.Title = who.Creator.Name
	p.Breadcrumb = []ui.Link{{Label: r.T("creators.title"), URL: r.To("/creators")}, {Label: r.T("creators.tab." + listOf(who.Status)), URL: r.To(listURL(who.Status))}}
	p.Tabs = area.PartnerTabs(r, who.ID, section)
	if r.P.Can(r.Program.ID, auth.PermManage) {
		p.Primary, p.Secondary = partnerActions(r, who)
	}
	return p
}

// listOf is the view in which somebody of this status stands.
func listOf(s partnerships.Status) string {
	switch {
	case s == partnerships.StatusApplied:
		return "applications"
	case s.Open(), s == partnerships.StatusLost:
		return "pipeline"
	default:
		return "partners"
	}
}

func listURL(s partnerships.Status) string { return "/creators/" + listOf(s) }

// partnerActions are what can be done with somebody in their status.
func partnerActions(r *frame.Request, who partner) (*ui.Action, []ui.Action) {
	invite := ui.Action{Label: r.T("partners.invite"), Icon: "send", URL: who.url(r, "/invite"), Dialog: true}
	more := []ui.Action{{Label: r.T("partners.checkup"), Icon: "user-search", URL: r.To("/check-up/" + string(who.Creator.ID))}}
	if who.Status.Earns() {
		more = append(more, ui.Action{
			Label: r.T("partners.view_as"), Icon: "eye", URL: r.To("/view-as"), Post: true, Full: true, Hidden: []ui.Pair{{Label: "partnership", Value: string(who.ID)}},
		})
	}
	for _, to := range nextStatuses(who.Status) {
		more = append(more, ui.Action{Label: r.T("partners.do." + string(to)), URL: who.url(r, "/status?to="+string(to)), Dialog: true, Look: ui.Quiet})
	}
	if !who.Status.Earns() {
		return nil, more
	}
	return &invite, more
}

// nextStatuses are the great steps from a status; the small ones are made on the board.
func nextStatuses(s partnerships.Status) []partnerships.Status {
	switch {
	case s == partnerships.StatusActive:
		return []partnerships.Status{partnerships.StatusPaused, partnerships.StatusEnded}
	case s == partnerships.StatusPaused:
		return []partnerships.Status{partnerships.StatusActive, partnerships.StatusEnded}
	case s.Open():
		return []partnerships.Status{partnerships.StatusActive, partnerships.StatusLost}
	default:
		return []partnerships.Status{partnerships.StatusActive}
	}
}

// withPartner reads what every section needs and then what the section itself does, in one view.
func withPartner(r *frame.Request, read func(tx *db.Tx, who partner) error) (who partner, h partnerHead, err error) {
	err = r.View(func(tx *db.Tx) (err error) {
		if who, err = findPartner(r, tx); err != nil {
			return err
		}
		if h, err = headOf(r, tx, who); err != nil {
			return err
		}
		return read(tx, who)
	})
	return who, h, err
}
