package content

import (
	"context"
	"fmt"
	"time"

	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/id"
	"rapport/internal/partner/partnerships"
)

// mostInvited bounds the partnerships of one invitation.
const mostInvited = 200

// Invitation asks partnerships for a piece of content each.
type Invitation struct {
	Partnerships []partnerships.ID
	DueAt        time.Time // zero: not said
}

// Invite makes a task for each partnership, in their order. One that was invited before keeps the task it has.
func Invite(ctx context.Context, tx *db.Tx, campaign CampaignID, i Invitation) ([]Task, error) {
	c, err := holdCampaign(ctx, tx, campaign)
	if err != nil {
		return nil, err
	}
	i.DueAt = micros(i.DueAt)
	if err := i.check(ctx, tx, c); err != nil {
		return nil, err
	}
	tasks := make([]Task, len(i.Partnerships))
	for n, p := range i.Partnerships {
		if tasks[n], err = invite(ctx, tx, c, p, i.DueAt); err != nil {
			return nil, err
		}
	}
	return tasks, nil
}

func (i Invitation) check(ctx context.Context, tx *db.Tx, c Campaign) error {
	switch {
	case c.Status != CampaignOpen:
		return fault.Conflict("campaign_ended", "This campaign has ended; open it again first.")
	case len(i.Partnerships) == 0 || len(i.Partnerships) > mostInvited:
		return fault.Invalidf("Invite from 1 to %d partners at once.", mostInvited).In("partnership_ids")
	}
	found, err := partnerships.FindMany(ctx, tx, i.Partnerships)
	if err != nil {
		return err
	}
	faults := []*fault.Error{checkDate("due_at", i.DueAt)}
	for n, one := range i.Partnerships {
		p, field := found[one], fmt.Sprintf("partnership_ids[%d]", n)
		switch {
		case p.Program != c.Program:
			faults = append(faults, fault.NotFound("partnership").In(field))
		case !p.Status.Running() && p.Status != partnerships.StatusAgreed:
			faults = append(faults, fault.Conflict("no_partner", "Only partners can be invited: agree with this creator first.").In(field))
		}
	}
	return fault.Join(faults...)
}

func invite(ctx context.Context, tx *db.Tx, c Campaign, partnership partnerships.ID, due time.Time) (Task, error) {
	t := Task{
		ID: TaskID(id.New(TaskPrefix, tx.Now())), Program: c.Program, Campaign: c.ID, Partnership: partnership, Status: TaskOpen, DueAt: due,
		CreatedAt: tx.Now(), UpdatedAt: tx.Now(),
	}
	made, err := tx.Exec(ctx, `insert into tasks (id, program_id, campaign_id, partnership_id, status, url, note, due_at, created_at, updated_at)
		values ($1, $2, $3, $4, $5, '', '', $6, $7, $7) on conflict (campaign_id, partnership_id) do nothing`,
		t.ID, t.Program, t.Campaign, t.Partnership, t.Status, db.MicrosOrNull(t.DueAt), db.Micros(t.CreatedAt))
	switch {
	case err != nil:
		return Task{}, fmt.Errorf("cannot store a task: %w", err)
	case made == 1:
		return t, t.emit(ctx, tx)
	default:
		return oneTask(db.One(ctx, tx, scanTask, `select `+taskColumns+` from tasks where campaign_id = $1 and partnership_id = $2`, c.ID, partnership))
	}
}

// Post is the creator handing in the address of the post.
func Post(ctx context.Context, tx *db.Tx, task TaskID, address string) (Task, error) {
	address, err := ParsePost(address)
	if err != nil {
		return Task{}, err
	}
	return move(ctx, tx, task, TaskPosted, func(t *Task) { t.URL = address })
}

// Accept is the merchant agreeing to what was posted.
func Accept(ctx context.Context, tx *db.Tx, task TaskID) (Task, error) {
	return move(ctx, tx, task, TaskAccepted, func(*Task) {})
}

// AskChanges is the merchant saying what is to be changed.
func AskChanges(ctx context.Context, tx *db.Tx, task TaskID, note string) (Task, error) {
	note, err := partnerships.Prose(note, longestNote, "note")
	if err != nil {
		return Task{}, err
	}
	if note == "" {
		return Task{}, fault.Invalid("Say what is to be changed.").In("note")
	}
	return move(ctx, tx, task, TaskChanges, func(t *Task) { t.Note = note })
}

// move holds a task, brings it into a status and stores what set does to it.
func move(ctx context.Context, tx *db.Tx, task TaskID, to TaskStatus, set func(*Task)) (Task, error) {
	t, err := oneTask(db.One(ctx, tx, scanTask, `update tasks set updated_at = updated_at where id = $1 returning `+taskColumns, task))
	if err != nil {
		return Task{}, err
	}
	if err := Move(t.Status, to); err != nil {
		return Task{}, err
	}
	set(&t)
	t.Status, t.UpdatedAt = to, tx.Now()
	_, err = tx.Exec(ctx, `update tasks set status = $2, url = $3, note = $4, updated_at = $5 where id = $1`,
		t.ID, t.Status, t.URL, t.Note, db.Micros(t.UpdatedAt))
	if err != nil {
		return Task{}, fmt.Errorf("cannot change task %s: %w", task, err)
	}
	return t, t.emit(ctx, tx)
}

func (t Task) emit(ctx context.Context, tx *db.Tx) error {
	return tx.Emit(ctx, TopicTask, string(t.Program), TaskChanged{t.ID, t.Program, t.Campaign, t.Partnership, t.Status})
}

const taskColumns = `id, program_id, campaign_id, partnership_id, status, url, note, due_at, created_at, updated_at`

func scanTask(s db.Scanner) (t Task, err error) {
	err = s.Scan(&t.ID, &t.Program, &t.Campaign, &t.Partnership, &t.Status, &t.URL, &t.Note, db.ScanTime(&t.DueAt), db.ScanTime(&t.CreatedAt),
		db.ScanTime(&t.UpdatedAt))
	return t, err
}

// FindTask returns a task.
func FindTask(ctx context.Context, tx *db.Tx, task TaskID) (Task, error) {
	return oneTask(db.One(ctx, tx, scanTask, `select `+taskColumns+` from tasks where id = $1`, task))
}

func oneTask(t Task, found bool, err error) (Task, error) {
	switch {
	case err != nil:
		return Task{}, fmt.Errorf("cannot read a task: %w", err)
	case !found:
		return Task{}, fault.NotFound("task")
	default:
		return t, nil
	}
}
