package outreach

import (
	"context"
	"fmt"

	"rapport/internal/base/db"
	"rapport/internal/base/programs"
	"rapport/internal/recruit/creators"
)

// Private is what this room knows of a creator as a person: what was written to and by them.
func Private() creators.Part {
	return creators.Part{Name: "outreach", Export: exportPrivate, Erase: erasePrivate}
}

func exportPrivate(ctx context.Context, tx *db.Tx, of creators.ID, program programs.ID) (any, error) {
	return creators.Tables(ctx, tx, of, program, map[string]string{
		"messages": `select m.* from messages m join partnerships p on p.id = m.partnership_id
			where p.creator_id = $1 and ($2 = '' or p.program_id = $2) order by m.id`,
		"put_off": `select s.* from outreach_skips s join partnerships p on p.id = s.partnership_id
			where p.creator_id = $1 and ($2 = '' or p.program_id = $2)`,
	})
}

func erasePrivate(ctx context.Context, tx *db.Tx, of creators.ID, limit int) (gone int64, err error) {
	gone, err = tx.Exec(ctx, `delete from messages where id in (select m.id from messages m join partnerships p on p.id = m.partnership_id
		where p.creator_id = $1 limit $2)`, of, limit)
	if err != nil {
		return 0, fmt.Errorf("cannot erase messages: %w", err)
	}
	more, err := tx.Exec(ctx, `delete from outreach_skips where partnership_id in (select id from partnerships where creator_id = $1 limit $2)`, of, limit)
	if err != nil {
		return gone, fmt.Errorf("cannot erase who was put off: %w", err)
	}
	return gone + more, nil
}
