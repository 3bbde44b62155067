package desk

import (
	"net/http"
	"strings"

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

type campaignBody struct {
	Status ui.Badge
	Dates  any
	Brief  []string
	Tiles  ui.Tiles
	Table  ui.Table
}

func showCampaign(w http.ResponseWriter, r *frame.Request) error {
	var c content.Campaign
	var body campaignBody
	err := r.View(func(tx *db.Tx) (err error) {
		if c, err = findCampaign(r, tx, content.CampaignID(r.PathValue("campaign"))); err != nil {
			return err
		}
		counts, err := content.Progress(r.Context(), tx, []content.CampaignID{c.ID})
		if err != nil {
			return err
		}
		body.Tiles = taskTiles(r, c, counts[c.ID])
		body.Table, err = tasksTable(r, tx, c)
		return err
	})
	if err != nil {
		return err
	}
	body.Status, body.Dates, body.Brief = campaignBadge(r, c.Status), campaignDates(r, c), briefLines(c)
	return r.Render(w, http.StatusOK, "desk_campaigns_one", campaignPage(r, c), body)
}

// briefLines are the lines of a brief; none where there is nothing to say.
func briefLines(c content.Campaign) []string {
	if c.Brief == "" {
		return nil
	}
	return strings.Split(c.Brief, "\n")
}

func campaignPage(r *frame.Request, c content.Campaign) *ui.Page {
	p := r.Page("campaigns", "campaigns.one")
	p.Title = c.Name
	p.Breadcrumb = []ui.Link{{Label: r.T("campaigns.short"), URL: r.To("/campaigns")}}
	if !r.P.Can(r.Program.ID, auth.PermManage) {
		return p
	}
	p.Secondary = []ui.Action{{Label: r.T("campaigns.edit"), Icon: "pencil", URL: campaignURL(r, c.ID, "/edit")}}
	if c.Status == content.CampaignOpen {
		p.Primary = &ui.Action{Label: r.T("campaigns.invite"), Icon: "user-plus", URL: campaignURL(r, c.ID, "/invite")}
		p.Secondary = append(p.Secondary, ui.Action{Label: r.T("campaigns.end"), URL: campaignURL(r, c.ID, "/status"), Post: true, Look: ui.Quiet, Hidden: []ui.Pair{{Label: "to", Value: string(content.CampaignEnded)}}, Confirm: &ui.Confirm{
			Title: r.T("campaigns.end.title"), What: r.T("campaigns.end.what"), Undo: r.T("campaigns.end.undo"), Button: r.T("campaigns.end"),
		}})
	} else {
		p.Primary = &ui.Action{Label: r.T("campaigns.reopen"), URL: campaignURL(r, c.ID, "/status"), Post: true, Hidden: []ui.Pair{{Label: "to", Value: string(content.CampaignOpen)}}}
	}
	return p
}

// taskTiles count the tasks by how far they are; each shows its own below.
func taskTiles(r *frame.Request, c content.Campaign, counts map[content.TaskStatus]int) (tiles ui.Tiles) {
	for _, s := range []content.TaskStatus{content.TaskOpen, content.TaskPosted, content.TaskChanges, content.TaskAccepted} {
		tiles = append(tiles, ui.Tile{Label: r.T("campaigns.task." + string(s)), Value: counts[s], URL: campaignURL(r, c.ID, "?task="+string(s))})
	}
	return tiles
}

var taskLooks = map[content.TaskStatus]ui.Badge{
	content.TaskOpen: {Tone: ui.Info, Icon: "circle-dashed"}, content.TaskPosted: {Tone: ui.Warn, Icon: "eye"},
	content.TaskChanges: {Tone: ui.Warn, Icon: "pencil"}, content.TaskAccepted: {Tone: ui.Good, Icon: "circle-check"},
}

func taskBadge(r *frame.Request, s content.TaskStatus) ui.Badge {
	b := taskLooks[s]
	b.Label = r.T("campaigns.task." + string(s))
	return b
}

func tasksTable(r *frame.Request, tx *db.Tx, c content.Campaign) (ui.Table, error) {
	f := content.TaskFilter{Of: ofProgram(r), Campaign: c.ID}
	if s := content.TaskStatus(r.FormValue("task")); s.Valid() {
		f.Statuses = []content.TaskStatus{s}
	}
	all, next, err := content.ListTasks(r.Context(), tx, f, r.After())
	if err != nil {
		return ui.Table{}, err
	}
	ids := make([]partnerships.ID, len(all))
	for i, t := range all {
		ids[i] = t.Partnership
	}
	people, err := peopleOf(r, tx, ids)
	if err != nil {
		return ui.Table{}, err
	}
	t := emptyTasks(r, c)
	t.Next = next
	for _, task := range all {
		t.Rows = append(t.Rows, taskRow(r, task, people[task.Partnership]))
	}
	return t, nil
}

func emptyTasks(r *frame.Request, c content.Campaign) ui.Table {
	status := ui.Filter{Key: "task", Label: r.T("campaigns.task")}
	for _, s := range []content.TaskStatus{content.TaskOpen, content.TaskPosted, content.TaskChanges, content.TaskAccepted} {
		status.Options = append(status.Options, ui.Choice{Value: string(s), Label: r.T("campaigns.task." + string(s))})
	}
	t := ui.Table{ID: "tasks", Caption: r.T("campaigns.tasks"), Path: campaignURL(r, c.ID, ""), Query: r.URL.Query(), Filters: []ui.Filter{status}, Columns: []ui.Column{
		{Key: "name", Label: r.T("creators.column.name")}, {Key: "post", Label: r.T("campaigns.post")}, {Key: "due", Label: r.T("campaigns.due")},
		{Key: "status", Label: r.T("creators.column.status")}, {Key: "act", Label: r.T("campaigns.act")},
	}, Empty: ui.EmptyState{Icon: "user-plus", Title: r.T("campaigns.tasks.none"), Text: r.T("campaigns.tasks.none.text")}}
	if c.Status == content.CampaignOpen && r.P.Can(r.Program.ID, auth.PermManage) {
		t.Empty.Action = &ui.Action{Label: r.T("campaigns.invite"), URL: campaignURL(r, c.ID, "/invite")}
	}
	return t
}

func taskRow(r *frame.Request, t content.Task, c creators.Creator) ui.Row {
	post, due := any(ui.Nothing{Because: r.T("campaigns.post.none")}), any(ui.Nothing{Because: r.T("campaigns.due.none")})
	if t.URL != "" {
		post = ui.Part{Template: "campaigns/post", Data: map[string]string{"URL": t.URL, "Label": shortURL(t.URL)}}
	}
	if !t.DueAt.IsZero() {
		due = t.DueAt
	}
	label := r.T("campaigns.task.see")
	if t.Status == content.TaskPosted {
		label = r.T("campaigns.task.check")
	}
	return ui.Row{ID: string(t.ID), Label: c.Name, URL: area.PartnerURL(r, t.Partnership, ""), Cells: []any{
		ui.Person{Name: c.Name, Sub: area.Accounts(r, c)}, post, due, taskBadge(r, t.Status), ui.Action{Label: label, URL: r.To("/tasks/" + string(t.ID)), Dialog: true},
	}}
}

type taskBody struct {
	Facts  ui.Definitions
	Post   string
	Brief  []string
	Accept *ui.Action
	Form   *ui.Form
}

// findTask is the task in the address, if it belongs to this program.
func findTask(r *frame.Request, tx *db.Tx) (content.Task, error) {
	t, err := content.FindTask(r.Context(), tx, content.TaskID(r.PathValue("task")))
	if err == nil && t.Program != r.Program.ID {
		err = fault.NotFound("task")
	}
	return t, err
}

func showTask(w http.ResponseWriter, r *frame.Request) error {
	return drawTask(w, r, http.StatusOK, nil)
}

func drawTask(w http.ResponseWriter, r *frame.Request, status int, mistake error) error {
	var t content.Task
	var c content.Campaign
	var who creators.Creator
	err := r.View(func(tx *db.Tx) (err error) {
		if t, err = findTask(r, tx); err != nil {
			return err
		}
		if c, err = content.Find(r.Context(), tx, t.Campaign); err != nil {
			return err
		}
		people, err := peopleOf(r, tx, []partnerships.ID{t.Partnership})
		who = people[t.Partnership]
		return err
	})
	if err != nil {
		return err
	}
	p := r.Page("campaigns", "campaigns.task.title", "name", who.Name)
	p.Breadcrumb = []ui.Link{{Label: r.T("campaigns.short"), URL: r.To("/campaigns")}, {Label: c.Name, URL: campaignURL(r, c.ID, "")}}
	return r.Render(w, status, "desk_campaigns_task", p, taskParts(r, t, c, mistake))
}

func taskParts(r *frame.Request, t content.Task, c content.Campaign, mistake error) taskBody {
	body := taskBody{Post: t.URL, Brief: briefLines(c), Facts: ui.Definitions{{Label: r.T("campaigns.campaign"), Value: c.Name}, {Label: r.T("creators.column.status"), Value: taskBadge(r, t.Status)}}}
	if !t.DueAt.IsZero() {
		body.Facts = append(body.Facts, ui.Pair{Label: r.T("campaigns.due"), Value: t.DueAt})
	}
	if t.Note != "" {
		body.Facts = append(body.Facts, ui.Pair{Label: r.T("campaigns.changes.asked"), Value: t.Note})
	}
	if t.Status != content.TaskPosted || !r.P.Can(r.Program.ID, auth.PermManage) {
		return body
	}
	body.Accept = &ui.Action{Label: r.T("campaigns.accept"), Icon: "check", URL: r.To("/tasks/" + string(t.ID) + "/accept"), Post: true, Look: ui.Primary}
	body.Form = &ui.Form{Action: r.To("/tasks/" + string(t.ID) + "/changes"), Submit: r.T("campaigns.changes"), Look: ui.Quiet, Fields: []ui.Field{{
		Name: "note", Label: r.T("campaigns.changes.note"), Kind: ui.Area, Hint: r.T("campaigns.changes.hint"), Value: r.FormValue("note"), MaxLength: 2000, Required: true,
	}}}
	body.Form.Fail(mistake)
	return body
}

// acceptTask agrees to a post. Accepting it twice changes nothing.
func acceptTask(w http.ResponseWriter, r *frame.Request) error {
	var t content.Task
	err := r.Update(func(tx *db.Tx) (err error) {
		if t, err = findTask(r, tx); err != nil || t.Status == content.TaskAccepted {
			return err
		}
		if _, err = content.Accept(r.Context(), tx, t.ID); err != nil {
			return err
		}
		return keepAudit(r, tx, "task.accept", string(t.ID), map[string]any{"status": t.Status}, map[string]any{"status": content.TaskAccepted}, "")
	})
	if err != nil {
		return err
	}
	return r.Redirect(w, campaignURL(r, t.Campaign, ""), "campaigns.accept.done")
}

func askChanges(w http.ResponseWriter, r *frame.Request) error {
	var t content.Task
	err := r.Update(func(tx *db.Tx) (err error) {
		if t, err = findTask(r, tx); err != nil || t.Status == content.TaskChanges && t.Note == r.Text("note") {
			return err
		}
		if _, err = content.AskChanges(r.Context(), tx, t.ID, r.FormValue("note")); err != nil {
			return err
		}
		return keepAudit(r, tx, "task.changes", string(t.ID), nil, nil, cutText(r.Text("note"), 400))
	})
	if frame.IsMistake(err) {
		return drawTask(w, r, http.StatusUnprocessableEntity, err)
	}
	if err != nil {
		return err
	}
	return r.Redirect(w, campaignURL(r, t.Campaign, ""), "campaigns.changes.done")
}
