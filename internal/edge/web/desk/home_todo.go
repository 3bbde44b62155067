package desk

import (
	"time"

	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/notify"
	"rapport/internal/base/programs"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
	"rapport/internal/partner/content"
	"rapport/internal/partner/outreach"
	"rapport/internal/partner/partnerships"
	"rapport/internal/pay/payouts"
	"rapport/internal/pay/reviews"
	"rapport/internal/recruit/discovery"
)

//icons: help-circle inbox player-pause cash-banknote lock-open send message-circle checklist alert-triangle mail-x mail-question chevron-right

// task is something that waits for a person.
type task struct {
	Icon, Text, URL string
	Count           int64
}

// tasksOfHome lists what waits; nothing that is not there is listed.
func tasksOfHome(r *frame.Request, tx *db.Tx) (todo []task, err error) {
	add := func(n int64, icon, key, url string) {
		if n > 0 {
			todo = append(todo, task{icon, r.T("home.todo."+key, "n", n), url, n})
		}
	}
	waiting, err := reviews.Waiting(r.Context(), tx, r.Program.ID)
	if err != nil {
		return nil, err
	}
	add(waiting, "help-circle", "reviews", r.To("/reviews"))
	statuses, err := countStatuses(r, tx)
	if err != nil {
		return nil, err
	}
	add(int64(statuses[partnerships.StatusApplied]), "inbox", "applications", r.To("/applications"))
	unread, err := outreach.Unread(r.Context(), tx, outreach.SideBrand, ofProgram(r))
	if err != nil {
		return nil, err
	}
	add(int64(unread), "message-circle", "unread", r.To("/inbox"))
	stray, err := outreach.CountLetters(r.Context(), tx, r.Program.ID, r.P.InstallationWide())
	if err != nil {
		return nil, err
	}
	add(stray, "mail-question", "letters", r.To("/reach/letters"))
	due, err := partnerships.CountDue(r.Context(), tx, r.Program.ID, tx.Now())
	if err != nil {
		return nil, err
	}
	add(due, "checklist", "steps", r.To("/creators/pipeline"))
	matches, err := discovery.CountNew(r.Context(), tx, r.Program.ID, r.P.ID)
	if err != nil {
		return nil, err
	}
	add(matches, "search", "matches", r.To("/creators")+"#searches")
	posts, err := content.CountTasks(r.Context(), tx, content.TaskFilter{Of: ofProgram(r)})
	if err != nil {
		return nil, err
	}
	add(int64(posts[content.TaskPosted]), "checklist", "posts", r.To("/campaigns"))
	held, _, err := db.One(r.Context(), tx, db.Column[int64], `select count(*) from commissions where program_id = $1 and status = 'held'`, r.Program.ID)
	if err != nil {
		return nil, err
	}
	add(held, "player-pause", "held", r.To("/sales/held"))
	if err := addRuns(r, tx, add); err != nil {
		return nil, err
	}
	return todo, addFaults(r, tx, add)
}

// addRuns lists payment runs that wait for the next step, and one that should be prepared.
func addRuns(r *frame.Request, tx *db.Tx, add func(n int64, icon, key, url string)) error {
	for _, open := range []struct {
		status    payouts.Status
		icon, key string
	}{{payouts.StatusDraft, "lock-open", "approve"}, {payouts.StatusApproved, "send", "send"}} {
		found, _, err := payouts.List(r.Context(), tx, payouts.Filter{Program: r.Program.ID, Status: open.status}, db.Page{Limit: db.PageUsual})
		if err != nil {
			return err
		}
		add(int64(len(found)), open.icon, open.key, query(r.To("/payouts/runs"), "status", string(open.status)))
	}
	ready, err := dueNow(r.Context(), tx, r.Program.ID, leastOf(r, r.Program.Currency))
	if err != nil || ready.People == 0 {
		return err
	}
	last, _, err := payouts.List(r.Context(), tx, payouts.Filter{Program: r.Program.ID}, db.Page{Limit: 1})
	if err != nil {
		return err
	}
	if len(last) == 0 || last[0].CreatedAt.Before(turnOf(r.Program, tx.Now())) {
		add(ready.People, "cash-banknote", "run", r.To("/payouts"))
	}
	return nil
}

// turnOf is since when a payment run counts as made: this week or month of the program's zone; one made by hand is always due.
func turnOf(p programs.Program, now time.Time) time.Time {
	year, month, day := now.In(p.Location()).Date()
	switch p.PayoutSchedule {
	case programs.ScheduleMonthly:
		return time.Date(year, month, 1, 0, 0, 0, 0, p.Location())
	case programs.ScheduleWeekly:
		sinceMonday := (int(now.In(p.Location()).Weekday()) + 6) % 7
		return time.Date(year, month, day-sinceMonday, 0, 0, 0, 0, p.Location())
	case programs.ScheduleManual:
		return now
	default:
		panic("BUG: no such schedule")
	}
}

// addFaults lists what stands still for a technical reason. It concerns the whole installation, so only those see it who run it.
func addFaults(r *frame.Request, tx *db.Tx, add func(n int64, icon, key, url string)) error {
	if !r.P.InstallationWide() || !r.P.Can(r.Program.ID, auth.PermSettings) {
		return nil
	}
	events, err := db.Outbox(r.Context(), tx)
	if err != nil {
		return err
	}
	add(events.Parked, "alert-triangle", "parked", "")
	mails, err := notify.Count(r.Context(), tx)
	if err != nil {
		return err
	}
	add(mails.Failed, "mail-x", "mails", "")
	return nil
}

func todoPart(r *frame.Request, todo []task) ui.Component {
	if len(todo) == 0 {
		return ui.EmptyState{Icon: "circle-check", Text: r.T("home.todo.none")}
	}
	return ui.Part{Template: "desk/todo", Data: todo}
}
