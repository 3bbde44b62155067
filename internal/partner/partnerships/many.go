package partnerships

import (
	"context"
	"fmt"

	"rapport/internal/base/db"
	"rapport/internal/base/programs"
	"rapport/internal/recruit/creators"
)

// OfMany returns the partnerships that these creators have in a program; those who have none are left out.
func OfMany(ctx context.Context, tx *db.Tx, program programs.ID, these []creators.ID) (map[creators.ID]Partnership, error) {
	w := &where{}
	w.add(visible("import_id"))
	w.add(`program_id = ` + w.arg(program))
	w.add(`creator_id in (` + list(w, these) + `)`)
	found, err := db.All(ctx, tx, scan, `select `+columns+` from partnerships where `+w.text(), w.args...)
	if err != nil {
		return nil, fmt.Errorf("cannot read partnerships of creators: %w", err)
	}
	of := make(map[creators.ID]Partnership, len(found))
	for _, p := range found {
		of[p.Creator] = p
	}
	return of, nil
}
