package partnerships

import (
	"context"
	"fmt"

	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/id"
	"rapport/internal/base/programs"
	"rapport/internal/recruit/creators"
)

// Create brings a creator into a program. Where the two are talking already, or parted, the partnership they have goes on with the asked status,
// except that asking for a prospect never takes an open one back; a running one is refused as partnership_exists.
func Create(ctx context.Context, tx *db.Tx, n New) (Partnership, error) {
	if n.Status == "" {
		n.Status = StatusProspect
	}
	if err := n.check(ctx, tx); err != nil {
		return Partnership{}, err
	}
	p, made, err := insert(ctx, tx, n, "")
	switch {
	case err != nil:
		return Partnership{}, err
	case made:
		return p, p.tell(ctx, tx, EventCreated, string(p.Status))
	default:
		return again(ctx, tx, n)
	}
}

func (n New) check(ctx context.Context, tx *db.Tx) error {
	if err := Begin(n.Status); err != nil {
		return err
	}
	if _, err := programs.Find(ctx, tx, n.Program); err != nil {
		return in(err, "program_id")
	}
	if err := checkCreator(ctx, tx, n.Creator); err != nil {
		return err
	}
	return checkGroup(ctx, tx, n.Program, n.Group)
}

// checkCreator sees that somebody can see the creator.
func checkCreator(ctx context.Context, tx *db.Tx, creator creators.ID) error {
	_, found, err := db.One(ctx, tx, db.Column[string], `select c.id from creators c where c.id = $1 and `+visible("c.import_id"), creator)
	if err != nil {
		return fmt.Errorf("cannot look creator %s up: %w", creator, err)
	}
	if !found {
		return fault.NotFound("creator").In("creator_id")
	}
	return nil
}

// again goes on with the partnership that the pair has.
func again(ctx context.Context, tx *db.Tx, n New) (Partnership, error) {
	p, hidden, err := holdPair(ctx, tx, n.Program, n.Creator)
	if err != nil {
		return Partnership{}, err
	}
	after := p
	if n.Group != "" {
		after.Group = n.Group
	}
	switch {
	case hidden: // for people it has not existed until now
		after.Status, after.CreatedAt = n.Status, tx.Now()
		return after, save(ctx, tx, &after, EventCreated, string(n.Status))
	case p.Status.Running():
		return Partnership{}, fault.Conflict("partnership_exists", "This creator is in the program already.").In("creator_id")
	case n.Status == StatusProspect && p.Status.Open():
		if after.Group == p.Group {
			return p, nil
		}
		return SetGroup(ctx, tx, p.ID, n.Group)
	}
	if err := Move(p.Status, n.Status); err != nil {
		return Partnership{}, err
	}
	after.Status = n.Status
	if after.Status == p.Status && after.Group == p.Group {
		return p, nil
	}
	return after, save(ctx, tx, &after, EventStatus, step(p.Status, n.Status))
}

// MakeProspect makes the creator a prospect of the program where the two have no partnership yet, and reports whether it did. Rows of an import
// are neither told nor written into the timeline: there may be a million of them, and the import may be undone.
func MakeProspect(ctx context.Context, tx *db.Tx, program programs.ID, creator creators.ID, importID string) (made bool, err error) {
	p, made, err := insert(ctx, tx, New{Program: program, Creator: creator, Status: StatusProspect}, importID)
	if err != nil || !made || importID != "" {
		return made, err
	}
	return true, p.tell(ctx, tx, EventCreated, string(p.Status))
}

// insert writes a new row unless the pair has one.
func insert(ctx context.Context, tx *db.Tx, n New, importID string) (p Partnership, made bool, err error) {
	p = Partnership{
		ID: ID(id.New(Prefix, tx.Now())), Program: n.Program, Creator: n.Creator, Group: n.Group, Status: n.Status, Import: importID,
		CreatedAt: tx.Now(), UpdatedAt: tx.Now(),
	}
	rows, err := tx.Exec(ctx, `insert into partnerships (id, program_id, creator_id, group_id, status, note, import_id, created_at, updated_at)
		values ($1, $2, $3, $4, $5, '', $6, $7, $7) on conflict (program_id, creator_id) do nothing`,
		p.ID, p.Program, p.Creator, db.OrNull(p.Group), p.Status, p.Import, db.Micros(p.CreatedAt))
	if err != nil {
		return Partnership{}, false, fmt.Errorf("cannot store a partnership: %w", err)
	}
	return p, rows == 1, nil
}

// RemoveProspects takes away at most limit of the partnerships that an import brought and that nobody has touched: still prospects, without a
// note, list, timeline, message, invitation, task, link, code or money. It returns how many went; fewer than limit means that it is done, and that what is left of the
// import is nobody's import any more.
func RemoveProspects(ctx context.Context, tx *db.Tx, importID string, limit int) (int64, error) {
	if importID == "" {
		panic("BUG: partnerships that came one by one belong to no import")
	}
	gone, err := tx.Exec(ctx, `delete from partnerships where id in (select p.id from partnerships p where p.import_id = $1 and p.status = $2
			and not exists (select 1 from partnership_events e where e.partnership_id = p.id)
			and not exists (select 1 from messages m where m.partnership_id = p.id)
			and not exists (select 1 from tasks t where t.partnership_id = p.id)
			and not exists (select 1 from invitations i where i.partnership_id = p.id)
			and not exists (select 1 from links l where l.partnership_id = p.id)
			and not exists (select 1 from codes c where c.partnership_id = p.id)
			and not exists (select 1 from credits c where c.partnership_id = p.id)
			and not exists (select 1 from commissions c where c.partnership_id = p.id)
			and not exists (select 1 from creator_notes n where n.creator_id = p.creator_id and n.program_id = p.program_id)
			and not exists (select 1 from creator_list_members m join creator_lists l on l.id = m.list_id
				where m.creator_id = p.creator_id and l.program_id = p.program_id)
		order by p.id limit $3)`, importID, StatusProspect, limit)
	if err != nil {
		return 0, fmt.Errorf("cannot remove the prospects of %s: %w", importID, err)
	}
	if gone < int64(limit) {
		_, err = tx.Exec(ctx, `update partnerships set import_id = '' where import_id = $1`, importID)
	}
	return gone, err
}

// in puts a fault into a field; other errors stay as they are.
func in(err error, field string) error {
	if f, ok := fault.As(err); ok {
		return f.In(field)
	}
	return err
}
