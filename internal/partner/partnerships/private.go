package partnerships

import (
	"context"
	"fmt"

	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/programs"
	"rapport/internal/recruit/creators"
)

// Private is what this room knows of a creator as a person: their partnerships, with notes and timelines.
func Private() creators.Part {
	return creators.Part{Name: "partnerships", Export: exportPrivate, Erase: erasePrivate, Merge: mergePrivate}
}

func exportPrivate(ctx context.Context, tx *db.Tx, of creators.ID, program programs.ID) (any, error) {
	return creators.Tables(ctx, tx, of, program, map[string]string{
		"partnerships": `select * from partnerships where creator_id = $1 and ($2 = '' or program_id = $2)`,
		"timeline": `select e.*, p.program_id from partnership_events e join partnerships p on p.id = e.partnership_id
			where p.creator_id = $1 and ($2 = '' or p.program_id = $2) order by e.id`,
	})
}

// unused is the condition that nothing which must stay hangs on partnership p.
const unused = `not exists (select 1 from messages m where m.partnership_id = p.id)
	and not exists (select 1 from tasks t where t.partnership_id = p.id)
	and not exists (select 1 from links l where l.partnership_id = p.id)
	and not exists (select 1 from codes c where c.partnership_id = p.id)
	and not exists (select 1 from credits c where c.partnership_id = p.id)
	and not exists (select 1 from commissions c where c.partnership_id = p.id)`

// erasePrivate takes timelines and notes away, ends what runs, and removes partnerships on which nothing hangs any more.
func erasePrivate(ctx context.Context, tx *db.Tx, of creators.ID, limit int) (gone int64, err error) {
	gone, err = tx.Exec(ctx, `delete from partnership_events where id in (select e.id from partnership_events e
		join partnerships p on p.id = e.partnership_id where p.creator_id = $1 limit $2)`, of, limit)
	if err != nil || gone > 0 {
		return gone, wrapErase(err)
	}
	gone, err = tx.Exec(ctx, `delete from partnerships where id in (select p.id from partnerships p where p.creator_id = $1 and `+unused+`)`, of)
	if err != nil || gone > 0 {
		return gone, wrapErase(err)
	}
	gone, err = tx.Exec(ctx, `update partnerships set note = '', status = $2, updated_at = $3 where creator_id = $1 and (note <> '' or status <> $2)`,
		of, StatusEnded, db.Micros(tx.Now()))
	return gone, wrapErase(err)
}

func wrapErase(err error) error {
	if err != nil {
		return fmt.Errorf("cannot erase partnerships: %w", err)
	}
	return nil
}

// rival is a program in which both creators have a partnership.
type rival struct {
	program            programs.ID
	name               string
	kept, leaving      ID
	keptNew, otherNew  bool // an untouched prospect
	keptNote, restNote string
}

func scanRival(s db.Scanner) (r rival, err error) {
	err = s.Scan(&r.program, &r.name, &r.kept, &r.leaving, &r.keptNew, &r.otherNew, &r.keptNote, &r.restNote)
	return r, err
}

// mergePrivate gives the partnerships of gone to keep. Where both have one in a program, one of them must be an untouched prospect; it goes, and
// its note is added to the other's.
func mergePrivate(ctx context.Context, tx *db.Tx, keep, gone creators.ID, _ int) (moved int64, err error) {
	rivals, err := db.All(ctx, tx, scanRival, `select r.id, r.name, p.id, q.id, p.status = 'prospect' and `+unused+`,
		q.status = 'prospect' and exists (select 1 from partnerships p where p.id = q.id and `+unused+`), p.note, q.note
		from partnerships p join partnerships q on q.program_id = p.program_id join programs r on r.id = p.program_id
		where p.creator_id = $1 and q.creator_id = $2 order by r.id`, keep, gone)
	if err != nil {
		return 0, fmt.Errorf("cannot look for common programs: %w", err)
	}
	for _, r := range rivals {
		stays, goes, note := r.kept, r.leaving, r.restNote
		switch {
		case r.otherNew:
		case r.keptNew:
			stays, goes, note = r.leaving, r.kept, r.keptNote
		default:
			return 0, fault.Conflict("both_partners", fmt.Sprintf("Both are partners in “%s”, and each has a history there. End one of the two and keep both.", r.name)).In("gone")
		}
		if err := joinPair(ctx, tx, stays, goes, note); err != nil {
			return 0, err
		}
	}
	moved, err = tx.Exec(ctx, `update partnerships set creator_id = $2, import_id = '' where creator_id = $1`, gone, keep)
	if err != nil {
		return 0, fmt.Errorf("cannot move partnerships: %w", err)
	}
	return moved, nil
}

// joinPair removes one of two partnerships; its timeline and note go on in the other.
func joinPair(ctx context.Context, tx *db.Tx, stays, goes ID, note string) error {
	if _, err := tx.Exec(ctx, `update partnership_events set partnership_id = $2 where partnership_id = $1`, goes, stays); err != nil {
		return fmt.Errorf("cannot join partnerships: %w", err)
	}
	if _, err := tx.Exec(ctx, `update partnerships set note = case when note = '' or $2 = '' then note || $2 else note || '
' || $2 end where id = $1`, stays, note); err != nil {
		return fmt.Errorf("cannot join partnerships: %w", err)
	}
	if _, err := tx.Exec(ctx, `delete from partnerships where id = $1`, goes); err != nil {
		return fmt.Errorf("cannot join partnerships: %w", err)
	}
	return nil
}
