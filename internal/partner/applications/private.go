package applications

import (
	"context"

	"rapport/internal/base/db"
	"rapport/internal/base/programs"
	"rapport/internal/recruit/creators"
)

// Private is what this room knows of a creator.
func Private() creators.Part {
	return creators.Part{Name: "applications", Export: export, Erase: erase, Merge: merge}
}

func export(ctx context.Context, tx *db.Tx, of creators.ID, program programs.ID) (any, error) {
	return creators.Tables(ctx, tx, of, program, map[string]string{
		"applications": `select id, program_id, state, answers, terms_said, decision, reason, created_at, confirmed_at, decided_at from applications
			where creator_id = $1 and (cast($2 as text) = '' or program_id = $2)`,
		"invitations": `select i.partnership_id, i.invited_at, i.accepted_at, i.terms_said from invitations i join partnerships p on p.id = i.partnership_id
			where p.creator_id = $1 and (cast($2 as text) = '' or p.program_id = $2)`,
	})
}

// erase keeps that there was an application and how it was answered, and nothing that was said.
func erase(ctx context.Context, tx *db.Tx, of creators.ID, limit int) (int64, error) {
	gone, err := tx.Exec(ctx, `delete from invitations where partnership_id in (select id from partnerships where creator_id = $1 limit $2)`, of, limit)
	if err != nil {
		return gone, err
	}
	more, err := tx.Exec(ctx, `update applications set sealed = null, answers = '[]', reason = '', decided_by = '' where id in (select id from applications
		where creator_id = $1 and (sealed is not null or answers <> '[]' or reason <> '' or decided_by <> '') order by id limit $2)`, of, limit)
	return gone + more, err
}

func merge(ctx context.Context, tx *db.Tx, keep, gone creators.ID, limit int) (int64, error) {
	return tx.Exec(ctx, `update applications set creator_id = $1 where id in (select id from applications where creator_id = $2 order by id limit $3)`, keep, gone, limit)
}
