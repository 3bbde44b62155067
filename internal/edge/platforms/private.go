package platforms

import (
	"context"
	"fmt"
	"time"

	"rapport/internal/base/db"
	"rapport/internal/base/programs"
	"rapport/internal/recruit/creators"
)

// Private is what this room knows of a creator: the accounts they connected, and when. Tokens are never exported; they go with an erasure.
func Private() creators.Part {
	return creators.Part{Name: "connected_accounts", Export: export, Erase: erase, Merge: merge}
}

// exported is a connection as its owner gets it.
type exported struct {
	Program     programs.ID       `json:"program_id"`
	Platform    creators.Platform `json:"platform"`
	Account     string            `json:"account"`
	Handle      string            `json:"handle"`
	State       State             `json:"state"`
	Scopes      []string          `json:"allowed"`
	ConnectedAt time.Time         `json:"connected_at"`
	LastReadAt  *time.Time        `json:"last_read_at"`
	EndedAt     *time.Time        `json:"ended_at"`
}

const mostExported = 1000

func export(ctx context.Context, tx *db.Tx, of creators.ID, program programs.ID) (any, error) {
	all, err := db.All(ctx, tx, scanConnection, `select `+connectionColumns+` from platform_connections where creator_id = $1 and ($2 = '' or program_id = $2)
		order by id limit $3`, of, string(program), mostExported)
	if err != nil {
		return nil, fmt.Errorf("cannot export the connected accounts of %s: %w", of, err)
	}
	out := make([]exported, len(all))
	for i, c := range all {
		out[i] = exported{c.Program, c.Platform, c.Account, c.Handle, c.State, c.Scopes, c.ConnectedAt, orNil(c.LastOKAt), orNil(c.EndedAt)}
	}
	return out, nil
}

func orNil(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func erase(ctx context.Context, tx *db.Tx, of creators.ID, limit int) (gone int64, err error) {
	for _, query := range []string{
		`delete from platform_consents where state_hash in (select state_hash from platform_consents where creator_id = $1 limit $2)`,
		`delete from platform_conflicts where id in (select id from platform_conflicts where creator_id = $1 or other_id = $1 limit $2)`,
		`delete from platform_holdings where (profile_id, origin) in (select h.profile_id, h.origin from platform_holdings h
			where h.profile_id in (select id from profiles where creator_id = $1) limit $2)`,
		`delete from platform_insights where (profile_id, origin, metric, from_at, to_at) in (select i.profile_id, i.origin, i.metric, i.from_at, i.to_at
			from platform_insights i where i.profile_id in (select id from profiles where creator_id = $1) limit $2)`,
		`delete from platform_connections where id in (select id from platform_connections where creator_id = $1 limit $2)`,
	} {
		n, err := tx.Exec(ctx, query, of, limit)
		if err != nil {
			return gone, fmt.Errorf("cannot erase the connected accounts of %s: %w", of, err)
		}
		gone += n
	}
	return gone, nil
}

func merge(ctx context.Context, tx *db.Tx, keep, gone creators.ID, limit int) (moved int64, err error) {
	for _, query := range []string{
		`update platform_connections set creator_id = $1 where id in (select id from platform_connections where creator_id = $2 limit $3)`,
		`update platform_consents set creator_id = $1 where state_hash in (select state_hash from platform_consents where creator_id = $2 limit $3)`,
		// the two are one person now, so nothing stands against it any more
		`delete from platform_conflicts where id in (select id from platform_conflicts
			where creator_id = $2 and other_id = $1 or creator_id = $1 and other_id = $2 limit $3)`,
		`delete from platform_conflicts where id in (select id from platform_conflicts where creator_id = $2 and $1 <> '' limit $3)`,
		`update platform_conflicts set other_id = $1 where id in (select id from platform_conflicts where other_id = $2 limit $3)`,
	} {
		n, err := tx.Exec(ctx, query, keep, gone, limit)
		if err != nil {
			return moved, fmt.Errorf("cannot merge the connected accounts of %s: %w", gone, err)
		}
		moved += n
	}
	return moved, nil
}
