package content

import (
	"context"
	"fmt"

	"rapport/internal/base/db"
	"rapport/internal/base/programs"
	"rapport/internal/recruit/creators"
)

// Private is what this room knows of a creator as a person: their tasks, with the posts they handed in.
func Private() creators.Part {
	return creators.Part{Name: "tasks", Export: exportPrivate, Erase: erasePrivate}
}

func exportPrivate(ctx context.Context, tx *db.Tx, of creators.ID, program programs.ID) (any, error) {
	return creators.Tables(ctx, tx, of, program, map[string]string{
		"tasks": `select t.*, c.name as campaign from tasks t join partnerships p on p.id = t.partnership_id join campaigns c on c.id = t.campaign_id
			where p.creator_id = $1 and ($2 = '' or p.program_id = $2) order by t.id`,
	})
}

func erasePrivate(ctx context.Context, tx *db.Tx, of creators.ID, limit int) (gone int64, err error) {
	gone, err = tx.Exec(ctx, `delete from tasks where id in (select t.id from tasks t join partnerships p on p.id = t.partnership_id
		where p.creator_id = $1 limit $2)`, of, limit)
	if err != nil {
		return 0, fmt.Errorf("cannot erase tasks: %w", err)
	}
	return gone, nil
}
