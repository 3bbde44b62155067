package mentions

import (
	"context"
	"fmt"

	"rapport/internal/base/db"
	"rapport/internal/base/programs"
	"rapport/internal/recruit/creators"
)

// Private is what this room knows of a creator: where they talked about a brand. It is found by the creator and by their accounts, since what waits
// for a person names an account only.
func Private() creators.Part {
	return creators.Part{
		Name: "mentions",
		Export: func(ctx context.Context, tx *db.Tx, of creators.ID, program programs.ID) (any, error) {
			return creators.Tables(ctx, tx, of, program, map[string]string{
				"mentions": `select m.program_id, m.platform, m.handle, m.name, m.kind, m.evidence, m.url, m.excerpt, m.word, m.source, m.posted_at, m.found_at, m.state
					from mentions m where (m.creator_id = $1 or exists (select 1 from profiles p where p.creator_id = $1 and p.platform = m.platform
						and p.handle_folded = m.handle_folded)) and ($2 = '' or m.program_id = $2)`,
			})
		},
		Erase: func(ctx context.Context, tx *db.Tx, of creators.ID, limit int) (int64, error) {
			gone, err := tx.Exec(ctx, `delete from mentions where id in (select m.id from mentions m where m.creator_id = $1
				or exists (select 1 from profiles p where p.creator_id = $1 and p.platform = m.platform and p.handle_folded = m.handle_folded) limit $2)`, of, limit)
			if err != nil {
				return 0, fmt.Errorf("cannot erase the mentions of %s: %w", of, err)
			}
			return gone, nil
		},
		Merge: func(ctx context.Context, tx *db.Tx, keep, gone creators.ID, limit int) (int64, error) {
			moved, err := tx.Exec(ctx, `update mentions set creator_id = $1 where id in (select id from mentions where creator_id = $2 limit $3)`, keep, gone, limit)
			if err != nil {
				return 0, fmt.Errorf("cannot move the mentions of %s: %w", gone, err)
			}
			return moved, nil
		},
	}
}
