package payouts

import (
	"context"
	"fmt"

	"rapport/internal/base/db"
	"rapport/internal/base/programs"
	"rapport/internal/recruit/creators"
)

// Private is what this room knows of a creator as a person: where they want to be paid. What was paid stays, as books must; how it is shown there
// (the last digits of an account) is part of it.
func Private() creators.Part {
	return creators.Part{Name: "payouts", Export: exportPrivate, Erase: erasePrivate, Merge: mergePrivate, Books: inBooks}
}

func exportPrivate(ctx context.Context, tx *db.Tx, of creators.ID, program programs.ID) (any, error) {
	return creators.Tables(ctx, tx, of, program, map[string]string{
		"accounts": `select program_id, method, shown, changed_at from payout_accounts where creator_id = $1 and ($2 = '' or program_id = $2)`,
		"payouts": `select id, batch_id, program_id, currency, amount_minor, status, method, shown, updated_at from payout_items
			where creator_id = $1 and ($2 = '' or program_id = $2) order by id`,
	})
}

func erasePrivate(ctx context.Context, tx *db.Tx, of creators.ID, _ int) (gone int64, err error) {
	if gone, err = tx.Exec(ctx, `delete from payout_accounts where creator_id = $1`, of); err != nil {
		return 0, fmt.Errorf("cannot erase payout accounts: %w", err)
	}
	return gone, nil
}

func mergePrivate(ctx context.Context, tx *db.Tx, keep, gone creators.ID, _ int) (moved int64, err error) {
	if _, err = tx.Exec(ctx, `delete from payout_accounts where creator_id = $1 and program_id in (select program_id from payout_accounts where creator_id = $2)`,
		gone, keep); err != nil {
		return 0, fmt.Errorf("cannot merge payout accounts: %w", err)
	}
	if moved, err = tx.Exec(ctx, `update payout_accounts set creator_id = $2 where creator_id = $1`, gone, keep); err != nil {
		return 0, fmt.Errorf("cannot merge payout accounts: %w", err)
	}
	return moved, nil
}

func inBooks(ctx context.Context, tx *db.Tx, of creators.ID) (string, error) {
	_, found, err := db.One(ctx, tx, db.Column[int64], `select 1 from payout_items where creator_id = $1
		union all select 1 from payout_skips where creator_id = $1 limit 1`, of)
	if err != nil || !found {
		return "", err
	}
	return "payouts", nil
}
