package auth

import (
	"context"
	"fmt"

	"rapport/internal/base/db"
	"rapport/internal/base/fault"
)

// Rename changes what a user is called. Entries in the audit keep the name of their time.
func Rename(ctx context.Context, tx *db.Tx, userID, name string) error {
	name, wrong := parseName(name)
	if wrong == nil && name == "" {
		wrong = fault.Invalid("a name is needed").In("name")
	}
	if wrong != nil {
		return wrong
	}
	n, err := tx.Exec(ctx, `update users set name = $1 where id = $2`, name, userID)
	switch {
	case err != nil:
		return fmt.Errorf("cannot rename a user: %w", err)
	case n == 0:
		return fault.NotFound("user")
	}
	return nil
}
