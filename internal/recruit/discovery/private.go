package discovery

import (
	"context"
	"fmt"

	"rapport/internal/base/db"
	"rapport/internal/base/programs"
	"rapport/internal/recruit/creators"
)

// Private is what this room knows of a creator: whose saved searches found them, and where a service put their texts.
func Private() creators.Part {
	return creators.Part{
		Name: "discovery",
		Export: func(ctx context.Context, tx *db.Tx, of creators.ID, program programs.ID) (any, error) {
			return creators.Tables(ctx, tx, of, program, map[string]string{
				"saved_searches": `select s.program_id, h.at from saved_search_hits h join saved_searches s on s.id = h.search_id
					where h.creator_id = $1 and (cast($2 as text) = '' or s.program_id = $2)`,
				"creator_vectors": `select model, made_at from creator_vectors where creator_id = $1 and cast($2 as text) = $2`,
			})
		},
		Erase: func(ctx context.Context, tx *db.Tx, of creators.ID, _ int) (int64, error) {
			gone, err := tx.Exec(ctx, `delete from saved_search_hits where creator_id = $1`, of)
			if err != nil {
				return gone, fmt.Errorf("cannot erase matches of saved searches: %w", err)
			}
			vectors, err := tx.Exec(ctx, `delete from creator_vectors where creator_id = $1`, of)
			if err != nil {
				return gone, fmt.Errorf("cannot erase a vector: %w", err)
			}
			return gone + vectors, nil
		},
		Merge: func(ctx context.Context, tx *db.Tx, keep, gone creators.ID, _ int) (int64, error) {
			if _, err := tx.Exec(ctx, `insert into saved_search_hits (search_id, creator_id, state, at) select search_id, $1, state, at from saved_search_hits
				where creator_id = $2 on conflict (search_id, creator_id) do nothing`, keep, gone); err != nil {
				return 0, fmt.Errorf("cannot merge matches of saved searches: %w", err)
			}
			moved, err := tx.Exec(ctx, `delete from saved_search_hits where creator_id = $1`, gone)
			if err != nil {
				return 0, fmt.Errorf("cannot merge matches of saved searches: %w", err)
			}
			vectors, err := tx.Exec(ctx, `delete from creator_vectors where creator_id = $1`, gone)
			if err != nil {
				return 0, fmt.Errorf("cannot remove a vector: %w", err)
			}
			return moved + vectors, nil
		},
	}
}
