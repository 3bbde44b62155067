package commissions

import (
	"context"

	"rapport/internal/base/db"
	"rapport/internal/base/programs"
	"rapport/internal/recruit/creators"
)

// Private is what this room knows of a creator: what they earned. An erasure leaves it, since it is books, and takes out the words
// that name the person.
func Private() creators.Part {
	return creators.Part{
		Name: "commissions",
		Export: func(ctx context.Context, tx *db.Tx, of creators.ID, program programs.ID) (any, error) {
			return creators.Tables(ctx, tx, of, program, map[string]string{
				"commissions": `select * from commissions where creator_id = $1 and ($2 = '' or program_id = $2) order by id`,
				"ledger": `select t.at, e.* from ledger_entries e join ledger_transactions t on t.id = e.transaction_id
					where e.creator_id = $1 and ($2 = '' or e.program_id = $2) order by t.at, e.transaction_id, e.line`,
			})
		},
		Erase: func(context.Context, *db.Tx, creators.ID, int) (int64, error) { return 0, nil },
		Sweep: func(ctx context.Context, d *db.DB, of creators.ID, texts []string) error {
			if err := creators.Redact(ctx, d, of, texts, "commissions", `creator_id = $1`, "rule", "reason"); err != nil {
				return err
			}
			return creators.Redact(ctx, d, of, texts, "commission_events", `commission_id in (select id from commissions where creator_id = $1)`, "reason", "actor_name")
		},
		Books: func(ctx context.Context, tx *db.Tx, of creators.ID) (string, error) {
			_, found, err := db.One(ctx, tx, db.Column[int64], `select 1 from commissions where creator_id = $1
				union all select 1 from ledger_entries where creator_id = $1 union all select 1 from balances where creator_id = $1 limit 1`, of)
			if err != nil || !found {
				return "", err
			}
			return "commissions", nil
		},
	}
}
