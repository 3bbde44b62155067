package portal

import (
	"net/http"
	"strings"
	"time"

	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
	"rapport/internal/partner/content"
)

func registerTasks(m *frame.Mux) {
	m.Portal("GET /tasks", tasks)
	m.Portal("GET /tasks/{task}", task)
	m.Portal("POST /tasks/{task}", postTask)
}

// todo are the tasks that wait for the creator, handed those that do not.
var (
	todo   = []content.TaskStatus{content.TaskOpen, content.TaskChanges}
	handed = []content.TaskStatus{content.TaskPosted, content.TaskAccepted}
)

// tasksAPage bounds a list of tasks: each needs its campaign looked up.
const tasksAPage = 20

func tasksOf(r *frame.Request, statuses ...content.TaskStatus) content.TaskFilter {
	return content.TaskFilter{Of: own(r), Partnership: r.Partnership.ID, Statuses: statuses}
}

// listTasks returns a page of this partnership's tasks with their campaigns.
func listTasks(r *frame.Request, tx *db.Tx, statuses []content.TaskStatus, page db.Page) (list []content.Task, of map[content.CampaignID]content.Campaign, next string, err error) {
	if list, next, err = content.ListTasks(r.Context(), tx, tasksOf(r, statuses...), page); err != nil {
		return nil, nil, "", err
	}
	of = map[content.CampaignID]content.Campaign{}
	for _, t := range list {
		if of[t.Campaign], err = content.Find(r.Context(), tx, t.Campaign); err != nil {
			return nil, nil, "", err
		}
	}
	return list, of, next, nil
}

// tasksBody is what "portal_tasks" shows.
type tasksBody struct {
	Todo, Handed rows
	Pager        ui.Pager
	Empty        *ui.EmptyState
}

func tasks(w http.ResponseWriter, r *frame.Request) error {
	var b tasksBody
	p, err := see(r, "tasks", "tasks.title", func(tx *db.Tx) error {
		open, campaigns, _, err := listTasks(r, tx, todo, db.Page{Limit: tasksAPage})
		if err != nil {
			return err
		}
		b.Todo = taskRows(r, open, campaigns)
		page := r.After()
		page.Limit = tasksAPage
		over, campaigns, next, err := listTasks(r, tx, handed, page)
		if err != nil {
			return err
		}
		b.Handed = taskRows(r, over, campaigns)
		if next != "" {
			b.Pager.Next = r.To("/tasks?after=" + next)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if len(b.Todo)+len(b.Handed) == 0 {
		b.Empty = &ui.EmptyState{Icon: "checklist", Text: r.T("tasks.none", "program", r.Program.Name), Action: &ui.Action{Label: r.T("tasks.none.share"), Icon: "share", URL: r.To("/share")}}
	}
	return r.Render(w, http.StatusOK, "portal_tasks", p, b)
}

func taskRows(r *frame.Request, list []content.Task, of map[content.CampaignID]content.Campaign) (lines rows) {
	for _, t := range list {
		lines = append(lines, row{Title: of[t.Campaign].Name, Sub: due(r, t), Status: taskBadge(r, t), URL: r.To("/tasks/" + string(t.ID))})
	}
	return lines
}

var taskLooks = map[content.TaskStatus]ui.Badge{
	content.TaskOpen:     {Tone: ui.Info, Icon: "circle-dashed"},
	content.TaskPosted:   {Tone: ui.Warn, Icon: "clock"},
	content.TaskChanges:  {Tone: ui.Bad, Icon: "pencil"},
	content.TaskAccepted: {Tone: ui.Good, Icon: "circle-check"},
}

func taskBadge(r *frame.Request, t content.Task) ui.Badge {
	if late(r, t) {
		return ui.Badge{Tone: ui.Bad, Icon: "alert-triangle", Label: r.T("tasks.late")}
	}
	b := taskLooks[t.Status]
	b.Label = r.T("tasks.status." + string(t.Status))
	return b
}

// late says that a post is still to be made and its day is over.
func late(r *frame.Request, t content.Task) bool {
	return t.Status == content.TaskOpen && !t.DueAt.IsZero() && t.DueAt.Before(r.Deps().DB.Now())
}

// due says until when a post is to be made; "" where nobody said or it was made.
func due(r *frame.Request, t content.Task) string {
	if t.DueAt.IsZero() || t.Status == content.TaskPosted || t.Status == content.TaskAccepted {
		return ""
	}
	return r.T("tasks.due", "day", r.Locale().Date(t.DueAt))
}

// taskBody is what "portal_task" shows.
type taskBody struct {
	Status ui.Badge
	Brief  []string // its lines
	Facts  ui.Definitions
	Note   []string // what the brand asks to be changed, by lines
	Said   string   // what was done, and what comes next
	Post   string   // the address that was handed in
	Form   *ui.Form
	Locked bool
}

func task(w http.ResponseWriter, r *frame.Request) error {
	return showTask(w, r, http.StatusOK, nil)
}

// showTask shows a task; cause is why what was handed in was refused.
func showTask(w http.ResponseWriter, r *frame.Request, status int, cause error) error {
	var t content.Task
	var c content.Campaign
	p, err := see(r, "tasks", "tasks.title", func(tx *db.Tx) (err error) {
		if t, err = ownTask(r, tx); err != nil {
			return err
		}
		c, err = content.Find(r.Context(), tx, t.Campaign)
		return err
	})
	if err != nil {
		return err
	}
	p.Title, p.Breadcrumb = c.Name, back(r, "/tasks", "tasks.back")
	return r.Render(w, status, "portal_task", p, newTaskBody(r, t, c, cause))
}

func newTaskBody(r *frame.Request, t content.Task, c content.Campaign, cause error) taskBody {
	b := taskBody{Status: taskBadge(r, t), Brief: lines(c.Brief), Facts: taskFacts(r, t, c), Post: t.URL, Locked: r.P.ReadOnly}
	switch t.Status {
	case content.TaskOpen:
	case content.TaskPosted:
		b.Said = r.T("tasks.said.posted", "program", r.Program.Name)
	case content.TaskChanges:
		b.Note = lines(t.Note)
	case content.TaskAccepted:
		b.Said, b.Locked = r.T("tasks.said.accepted", "program", r.Program.Name), false
		return b
	}
	if !b.Locked {
		b.Form = postForm(r, t)
		if cause != nil {
			b.Form.Fail(cause)
		}
	}
	return b
}

func taskFacts(r *frame.Request, t content.Task, c content.Campaign) (facts ui.Definitions) {
	for _, day := range []struct {
		key string
		at  time.Time
	}{{"tasks.fact.due", t.DueAt}, {"tasks.fact.starts", c.StartsAt}, {"tasks.fact.ends", c.EndsAt}} {
		if !day.at.IsZero() {
			facts = append(facts, ui.Pair{Label: r.T(day.key), Value: day.at})
		}
	}
	return facts
}

func postForm(r *frame.Request, t content.Task) *ui.Form {
	f := &ui.Form{Action: r.To("/tasks/" + string(t.ID)), Submit: r.T("tasks.post.submit"), Fields: []ui.Field{{Name: "url", Label: r.T("tasks.post.url"), Kind: ui.URL,
		Hint: r.T("tasks.post.hint"), Value: t.URL, Required: true, MaxLength: 2000, Placeholder: "https://", Autocomplete: "off"}}}
	if t.Status == content.TaskPosted {
		f.Submit, f.Look = r.T("tasks.post.again"), ui.Quiet
	}
	if entered := r.Text("url"); entered != "" {
		f.Fields[0].Value = entered
	}
	return f
}

// postTask takes the address of a post. The same address again changes nothing.
func postTask(w http.ResponseWriter, r *frame.Request) error {
	err := r.Update(func(tx *db.Tx) error {
		t, err := ownTask(r, tx)
		if err != nil || t.Status == content.TaskPosted && t.URL == r.Text("url") {
			return err
		}
		_, err = content.Post(r.Context(), tx, t.ID, withScheme(r.Text("url")))
		return err
	})
	if frame.IsMistake(err) {
		return showTask(w, r, http.StatusUnprocessableEntity, err)
	}
	if err != nil {
		return err
	}
	return r.Redirect(w, r.To("/tasks/"+r.PathValue("task")), "tasks.posted", "program", r.Program.Name)
}

// ownTask is the task in the address, if it is this partnership's.
func ownTask(r *frame.Request, tx *db.Tx) (content.Task, error) {
	t, err := content.FindTask(r.Context(), tx, content.TaskID(r.PathValue("task")))
	if err == nil && t.Partnership != r.Partnership.ID {
		return content.Task{}, fault.NotFound("task")
	}
	return t, err
}

// lines cuts a text that people wrote; none of an empty one.
func lines(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(text, "\n")
}
