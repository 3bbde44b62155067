package desk

import (
	"net/http"
	"slices"

	"rapport/internal/base/db"
	"rapport/internal/edge/web/area"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
	"rapport/internal/partner/content"
	"rapport/internal/partner/partnerships"
)

// invitable are those who may be asked for content: they agreed, or have begun.
var invitable = []partnerships.Status{partnerships.StatusAgreed, partnerships.StatusActive, partnerships.StatusPaused}

// whomToInvite lists the partners who could take part; those who do already cannot be chosen again.
func whomToInvite(w http.ResponseWriter, r *frame.Request) error {
	var c content.Campaign
	var body tableBody
	err := r.View(func(tx *db.Tx) (err error) {
		if c, err = findCampaign(r, tx, content.CampaignID(r.PathValue("campaign"))); err != nil {
			return err
		}
		body.Table, err = inviteTable(r, tx, c)
		return err
	})
	if err != nil {
		return err
	}
	p := r.Page("campaigns", "campaigns.invite.title", "name", c.Name)
	p.Lead = r.T("campaigns.invite.lead")
	p.Breadcrumb = []ui.Link{{Label: r.T("campaigns.short"), URL: r.To("/campaigns")}, {Label: c.Name, URL: campaignURL(r, c.ID, "")}}
	return r.Render(w, http.StatusOK, "desk_campaigns", p, body)
}

func inviteTable(r *frame.Request, tx *db.Tx, c content.Campaign) (ui.Table, error) {
	f := ofProgram(r)
	f.Statuses, f.Query, f.Group = invitable, cutText(r.FormValue("q"), 100), partnerships.GroupID(cutText(r.FormValue("group"), 60))
	all, next, err := partnerships.List(r.Context(), tx, f, r.After())
	if err != nil {
		return ui.Table{}, err
	}
	people, err := area.CreatorsByID(r.Context(), tx, all)
	if err != nil {
		return ui.Table{}, err
	}
	groups, choices, err := groupNames(r, tx)
	if err != nil {
		return ui.Table{}, err
	}
	invited, err := invitedTo(r, tx, c)
	t := ui.Table{ID: "invite", Caption: r.T("campaigns.invite"), Path: campaignURL(r, c.ID, "/invite"), Query: r.URL.Query(), Next: next, Search: r.T("creators.search"),
		Filters: []ui.Filter{{Key: "group", Label: r.T("partners.group"), Options: choices}}, Columns: []ui.Column{
			{Key: "name", Label: r.T("creators.column.name")}, {Key: "group", Label: r.T("partners.group")},
			{Key: "followers", Label: r.T("creators.column.followers"), Figure: true}, {Key: "status", Label: r.T("campaigns.invited.already")},
		},
		Bulk:  []ui.BulkAction{{Label: r.T("campaigns.invite.do"), Icon: "send", URL: campaignURL(r, c.ID, "/invite"), Look: ui.Primary}},
		Empty: ui.EmptyState{Icon: "users", Title: r.T("campaigns.invite.nobody"), Text: r.T("campaigns.invite.nobody.text"), Action: &ui.Action{Label: r.T("creators.tab.find"), URL: r.To("/creators")}},
	}
	for _, p := range all {
		who, state := people[p.Creator], any(ui.Nothing{Because: r.T("campaigns.invited.not")})
		if invited[p.ID] {
			state = ui.Badge{Label: r.T("campaigns.invited.yes"), Tone: ui.Good}
		}
		t.Rows = append(t.Rows, ui.Row{ID: string(p.ID), Label: who.Name, Cells: []any{
			ui.Person{Name: who.Name, Sub: area.Accounts(r, who), URL: area.PartnerURL(r, p.ID, "")}, orDefault(groups[p.Group], "–"),
			area.Count(who.Followers, r.T("creators.followers.unknown")), state,
		}})
	}
	return t, err
}

// invitedTo are the partnerships with a task in the campaign, up to the largest page.
func invitedTo(r *frame.Request, tx *db.Tx, c content.Campaign) (map[partnerships.ID]bool, error) {
	tasks, _, err := content.ListTasks(r.Context(), tx, content.TaskFilter{Of: ofProgram(r), Campaign: c.ID}, db.Page{Limit: db.PageMost})
	invited := make(map[partnerships.ID]bool, len(tasks))
	for _, t := range tasks {
		invited[t.Partnership] = true
	}
	return invited, err
}

// inviteToCampaign makes a task for each chosen partner. One who has one keeps it.
func inviteToCampaign(w http.ResponseWriter, r *frame.Request) error {
	ids, err := chosen(r)
	if err != nil {
		return err
	}
	campaign := content.CampaignID(r.PathValue("campaign"))
	for chunk := range slices.Chunk(ids, chunkChosen) {
		err := r.Update(func(tx *db.Tx) error {
			c, err := findCampaign(r, tx, campaign)
			if err != nil {
				return err
			}
			invitation := content.Invitation{DueAt: c.EndsAt}
			for _, id := range chunk {
				invitation.Partnerships = append(invitation.Partnerships, partnerships.ID(id))
			}
			if _, err := content.Invite(r.Context(), tx, c.ID, invitation); err != nil {
				return err
			}
			return keepAudit(r, tx, "campaign.invite", string(c.ID), nil, map[string]any{"partnership_ids": chunk}, "")
		})
		if err != nil {
			return err
		}
	}
	return r.Redirect(w, campaignURL(r, campaign, ""), "campaigns.invite.done", "n", len(ids))
}
