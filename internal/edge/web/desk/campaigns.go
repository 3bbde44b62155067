package desk

import (
	"net/http"
	"net/url"
	"time"

	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/edge/web/area"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
	"rapport/internal/partner/content"
	"rapport/internal/partner/partnerships"
	"rapport/internal/recruit/creators"
)

// registerCampaigns brings campaigns and the tasks in them.
func registerCampaigns(m *frame.Mux) {
	m.Desk("GET /campaigns", auth.PermView, listCampaigns)
	m.Desk("GET /campaigns/new", auth.PermManage, newCampaign)
	m.Desk("POST /campaigns/new", auth.PermManage, makeCampaign)
	m.Desk("GET /campaigns/{campaign}", auth.PermView, showCampaign)
	m.Desk("GET /campaigns/{campaign}/edit", auth.PermManage, editCampaign)
	m.Desk("POST /campaigns/{campaign}/edit", auth.PermManage, changeCampaign)
	m.Desk("POST /campaigns/{campaign}/status", auth.PermManage, setCampaignStatus)
	m.Desk("GET /campaigns/{campaign}/invite", auth.PermManage, whomToInvite)
	m.Desk("POST /campaigns/{campaign}/invite", auth.PermManage, inviteToCampaign)
	m.Desk("POST /tasks/{task}/accept", auth.PermManage, acceptTask)
	m.Desk("GET /tasks/{task}", auth.PermView, showTask)
	m.Desk("POST /tasks/{task}/changes", auth.PermManage, askChanges)
}

func campaignURL(r *frame.Request, id content.CampaignID, section string) string {
	return r.To("/campaigns/" + url.PathEscape(string(id)) + section)
}

// findCampaign is the campaign in the address, if it belongs to this program.
func findCampaign(r *frame.Request, tx *db.Tx, id content.CampaignID) (content.Campaign, error) {
	c, err := content.Find(r.Context(), tx, id)
	if err == nil && c.Program != r.Program.ID {
		err = fault.NotFound("campaign")
	}
	return c, err
}

func listCampaigns(w http.ResponseWriter, r *frame.Request) error {
	var body tableBody
	err := r.View(func(tx *db.Tx) error {
		f := content.Filter{Program: r.Program.ID}
		if s := content.CampaignStatus(r.FormValue("status")); s == content.CampaignOpen || s == content.CampaignEnded {
			f.Status = s
		}
		all, next, err := content.List(r.Context(), tx, f, r.After())
		if err != nil {
			return err
		}
		ids := make([]content.CampaignID, len(all))
		for i, c := range all {
			ids[i] = c.ID
		}
		tasks, err := content.Progress(r.Context(), tx, ids)
		body.Table = campaignsTable(r, all, tasks)
		body.Table.Next = next
		return err
	})
	if err != nil {
		return err
	}
	p := r.Page("campaigns", "campaigns.title")
	if r.P.Can(r.Program.ID, auth.PermManage) {
		p.Primary = &ui.Action{Label: r.T("campaigns.new"), Icon: "plus", URL: r.To("/campaigns/new")}
	}
	return r.Render(w, http.StatusOK, "desk_campaigns", p, body)
}

func campaignsTable(r *frame.Request, all []content.Campaign, tasks map[content.CampaignID]map[content.TaskStatus]int) ui.Table {
	t := ui.Table{ID: "campaigns", Caption: r.T("campaigns.short"), Path: r.To("/campaigns"), Query: r.URL.Query(), Filters: []ui.Filter{{
		Key: "status", Label: r.T("creators.column.status"), Options: []ui.Choice{{Value: "open", Label: r.T("campaigns.status.open")}, {Value: "ended", Label: r.T("campaigns.status.ended")}},
	}}, Columns: []ui.Column{
		{Key: "name", Label: r.T("campaigns.name")}, {Key: "dates", Label: r.T("campaigns.dates")}, {Key: "invited", Label: r.T("campaigns.invited"), Figure: true},
		{Key: "look", Label: r.T("campaigns.look"), Figure: true, Hint: r.T("campaigns.look.hint")}, {Key: "accepted", Label: r.T("campaigns.accepted"), Figure: true}, {Key: "status", Label: r.T("creators.column.status")},
	}, Empty: ui.EmptyState{Icon: "speakerphone", Title: r.T("campaigns.none"), Text: r.T("campaigns.none.text")}}
	if r.P.Can(r.Program.ID, auth.PermManage) {
		t.Empty.Action = &ui.Action{Label: r.T("campaigns.new"), Icon: "plus", URL: r.To("/campaigns/new")}
	}
	for _, c := range all {
		of := tasks[c.ID]
		t.Rows = append(t.Rows, ui.Row{ID: string(c.ID), Label: c.Name, URL: campaignURL(r, c.ID, ""), Muted: c.Status == content.CampaignEnded, Cells: []any{
			c.Name, campaignDates(r, c), of[content.TaskOpen] + of[content.TaskPosted] + of[content.TaskChanges] + of[content.TaskAccepted],
			of[content.TaskPosted], of[content.TaskAccepted], campaignBadge(r, c.Status),
		}})
	}
	return t
}

func campaignBadge(r *frame.Request, s content.CampaignStatus) ui.Badge {
	if s == content.CampaignOpen {
		return ui.Badge{Label: r.T("campaigns.status.open"), Tone: ui.Good}
	}
	return ui.Badge{Label: r.T("campaigns.status.ended"), Icon: "circle-x"}
}

func campaignDates(r *frame.Request, c content.Campaign) any {
	l := r.Locale()
	switch {
	case !c.StartsAt.IsZero() && !c.EndsAt.IsZero():
		return l.Date(c.StartsAt) + " – " + l.Date(c.EndsAt)
	case !c.StartsAt.IsZero():
		return r.T("campaigns.from", "date", l.Date(c.StartsAt))
	case !c.EndsAt.IsZero():
		return r.T("campaigns.until", "date", l.Date(c.EndsAt))
	default:
		return ui.Nothing{Because: r.T("campaigns.dates.none")}
	}
}

func campaignForm(r *frame.Request, action string, c content.Campaign) ui.Form {
	day := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return t.In(r.Program.Location()).Format(time.DateOnly)
	}
	return ui.Form{Action: action, Submit: r.T("campaigns.save"), Cancel: &ui.Link{Label: r.T("ui.cancel"), URL: r.To("/campaigns")}, Fields: []ui.Field{
		{Name: "name", Label: r.T("campaigns.name"), Value: c.Name, MaxLength: 120, Required: true, Hint: r.T("campaigns.name.hint")},
		{Name: "brief", Label: r.T("campaigns.brief"), Kind: ui.Area, Rows: 8, Value: c.Brief, MaxLength: 10_000, Hint: r.T("campaigns.brief.hint")},
		{Name: "starts_at", Label: r.T("campaigns.starts"), Kind: ui.Date, Value: day(c.StartsAt)},
		{Name: "ends_at", Label: r.T("campaigns.ends"), Kind: ui.Date, Value: day(c.EndsAt)},
	}}
}

// readDay reads a date of the form as the start of that day in the program; "" is no date.
func readDay(r *frame.Request, field string) (time.Time, error) {
	text := r.Text(field)
	if text == "" {
		return time.Time{}, nil
	}
	at, err := time.ParseInLocation(time.DateOnly, text, r.Program.Location())
	if err != nil {
		return at, fault.Invalid(r.T("campaigns.day.wrong")).In(field)
	}
	return at.UTC(), nil
}

func readCampaign(r *frame.Request) (content.New, error) {
	n := content.New{Program: r.Program.ID, Name: r.Text("name"), Brief: r.FormValue("brief")}
	var err error
	if n.StartsAt, err = readDay(r, "starts_at"); err != nil {
		return n, err
	}
	n.EndsAt, err = readDay(r, "ends_at")
	return n, err
}

func newCampaign(w http.ResponseWriter, r *frame.Request) error {
	return showCampaignForm(w, r, http.StatusOK, "campaigns.new.title", campaignForm(r, r.To("/campaigns/new"), content.Campaign{}))
}

func showCampaignForm(w http.ResponseWriter, r *frame.Request, status int, title string, f ui.Form) error {
	p := r.Page("campaigns", title)
	p.Breadcrumb = []ui.Link{{Label: r.T("campaigns.short"), URL: r.To("/campaigns")}}
	return r.Render(w, status, "desk_creators_form", p, formBody{Form: f})
}

func makeCampaign(w http.ResponseWriter, r *frame.Request) error {
	var made content.Campaign
	n, err := readCampaign(r)
	if err == nil {
		err = r.Update(func(tx *db.Tx) (err error) {
			if made, err = content.Create(r.Context(), tx, n); err != nil {
				return err
			}
			return keepAudit(r, tx, "campaign.create", string(made.ID), nil, map[string]any{"name": made.Name}, "")
		})
	}
	if frame.IsMistake(err) {
		f := campaignForm(r, r.To("/campaigns/new"), content.Campaign{})
		fillAgain(r, &f, err)
		return showCampaignForm(w, r, http.StatusUnprocessableEntity, "campaigns.new.title", f)
	}
	if err != nil {
		return err
	}
	return r.Redirect(w, campaignURL(r, made.ID, ""), "campaigns.made")
}

func editCampaign(w http.ResponseWriter, r *frame.Request) error {
	var c content.Campaign
	if err := r.View(func(tx *db.Tx) (err error) {
		c, err = findCampaign(r, tx, content.CampaignID(r.PathValue("campaign")))
		return err
	}); err != nil {
		return err
	}
	return showCampaignForm(w, r, http.StatusOK, "campaigns.edit.title", campaignForm(r, campaignURL(r, c.ID, "/edit"), c))
}

func changeCampaign(w http.ResponseWriter, r *frame.Request) error {
	id := content.CampaignID(r.PathValue("campaign"))
	n, err := readCampaign(r)
	if err == nil {
		err = r.Update(func(tx *db.Tx) error {
			before, err := findCampaign(r, tx, id)
			if err != nil {
				return err
			}
			after, err := content.Update(r.Context(), tx, id, content.Change{Name: &n.Name, Brief: &n.Brief, StartsAt: &n.StartsAt, EndsAt: &n.EndsAt})
			if err != nil {
				return err
			}
			return keepAudit(r, tx, "campaign.update", string(id), before, after, "")
		})
	}
	if frame.IsMistake(err) {
		f := campaignForm(r, campaignURL(r, id, "/edit"), content.Campaign{})
		fillAgain(r, &f, err)
		return showCampaignForm(w, r, http.StatusUnprocessableEntity, "campaigns.edit.title", f)
	}
	if err != nil {
		return err
	}
	return r.Redirect(w, campaignURL(r, id, ""), "campaigns.saved")
}

func setCampaignStatus(w http.ResponseWriter, r *frame.Request) error {
	id, to := content.CampaignID(r.PathValue("campaign")), content.CampaignStatus(r.FormValue("to"))
	err := r.Update(func(tx *db.Tx) error {
		before, err := findCampaign(r, tx, id)
		if err != nil || before.Status == to {
			return err
		}
		if _, err := content.Update(r.Context(), tx, id, content.Change{Status: &to}); err != nil {
			return err
		}
		return keepAudit(r, tx, "campaign.status", string(id), map[string]any{"status": before.Status}, map[string]any{"status": to}, "")
	})
	if err != nil {
		return err
	}
	return r.Redirect(w, campaignURL(r, id, ""), "campaigns.saved")
}

// peopleOf looks up the creators behind tasks, by partnership.
func peopleOf(r *frame.Request, tx *db.Tx, ids []partnerships.ID) (map[partnerships.ID]creators.Creator, error) {
	found, err := partnerships.FindMany(r.Context(), tx, ids)
	if err != nil {
		return nil, err
	}
	all := make([]partnerships.Partnership, 0, len(found))
	for _, p := range found {
		all = append(all, p)
	}
	byID, err := area.CreatorsByID(r.Context(), tx, all)
	if err != nil {
		return nil, err
	}
	people := make(map[partnerships.ID]creators.Creator, len(all))
	for _, p := range all {
		people[p.ID] = byID[p.Creator]
	}
	return people, nil
}
