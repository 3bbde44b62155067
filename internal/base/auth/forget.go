package auth

import (
	"context"
	"fmt"

	"rapport/internal/base/db"
)

// RemoveCreatorUser ends a creator's sessions and login links and removes the user, so that nobody comes in as them any more.
func RemoveCreatorUser(ctx context.Context, tx *db.Tx, creatorID string) (gone int64, err error) {
	u, found, err := FindCreatorUser(ctx, tx, creatorID)
	if err != nil || !found {
		return 0, err
	}
	for _, statement := range []string{`delete from sessions where user_id = $1`, `delete from login_links where user_id = $1`, `delete from users where id = $1`} {
		n, err := tx.Exec(ctx, statement, u.ID)
		if err != nil {
			return 0, fmt.Errorf("cannot remove the user of a creator: %w", err)
		}
		gone += n
	}
	return gone, nil
}

// MoveCreatorUser lets a creator's user come in as another creator. Where that one has a user of its own, the first one's is removed: it is the
// same person, and one door is enough.
func MoveCreatorUser(ctx context.Context, tx *db.Tx, from, to string) (moved int64, err error) {
	if _, found, err := FindCreatorUser(ctx, tx, to); err != nil {
		return 0, err
	} else if found {
		return RemoveCreatorUser(ctx, tx, from)
	}
	moved, err = tx.Exec(ctx, `update users set creator_id = $2 where creator_id = $1 and kind = 'creator'`, from, to)
	if err != nil {
		return 0, fmt.Errorf("cannot move the user of a creator: %w", err)
	}
	return moved, nil
}
