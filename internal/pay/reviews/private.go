package reviews

import (
	"context"
	"fmt"

	"rapport/internal/base/db"
	"rapport/internal/base/programs"
	"rapport/internal/recruit/creators"
)

// Private is what this room knows of a creator as a person: what they asked about orders.
func Private() creators.Part {
	return creators.Part{Name: "reviews", Export: exportPrivate, Erase: erasePrivate}
}

func exportPrivate(ctx context.Context, tx *db.Tx, of creators.ID, program programs.ID) (any, error) {
	return creators.Tables(ctx, tx, of, program, map[string]string{
		"reviews": `select r.* from reviews r join partnerships p on p.id = r.partnership_id where p.creator_id = $1 and ($2 = '' or p.program_id = $2) order by r.id`,
	})
}

func erasePrivate(ctx context.Context, tx *db.Tx, of creators.ID, limit int) (gone int64, err error) {
	gone, err = tx.Exec(ctx, `delete from reviews where id in (select r.id from reviews r join partnerships p on p.id = r.partnership_id
		where p.creator_id = $1 limit $2)`, of, limit)
	if err != nil {
		return 0, fmt.Errorf("cannot erase reviews: %w", err)
	}
	return gone, nil
}
