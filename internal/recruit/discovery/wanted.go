package discovery

import (
	"context"

	"rapport/internal/base/db"
	"rapport/internal/base/programs"
	"rapport/internal/recruit/vetting"
)

// tellWanted has check-ups compare audiences with the main customers of a program: those that were described first. Ids rise with time. Without
// customers nothing is wanted.
func tellWanted(ctx context.Context, tx *db.Tx, program programs.ID) error {
	all, err := Targets(ctx, tx, program)
	if err != nil {
		return err
	}
	if len(all) == 0 {
		return vetting.SetWanted(ctx, tx, program, nil)
	}
	return vetting.SetWanted(ctx, tx, program, all[len(all)-1].Wanted())
}
