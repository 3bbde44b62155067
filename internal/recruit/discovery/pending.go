package discovery

import (
	"context"
	"fmt"

	"rapport/internal/base/db"
	"rapport/internal/base/programs"
	"rapport/internal/recruit/creators"
)

// Pending is how many rows of imports into a program, or for every program, searches do not know yet: an import that became visible is read by the
// next refresh, which looks every two seconds and makes the whole index anew. 0 is none; before the first index is ready Result.Making says so.
func (x *Index) Pending(ctx context.Context, tx *db.Tx, program programs.ID) (rows int64, err error) {
	if !x.Ready() {
		return 0, nil
	}
	s := x.now.Load()
	imports, err := visibleImports(ctx, tx)
	if err != nil || imports == s.imports {
		return 0, err
	}
	err = tx.QueryRow(ctx, `select coalesce(sum(rows_taken), 0) from imports where state = 'visible' and program_id in ('', $1) and (finished_at is null or finished_at >= $2)`,
		program, db.Micros(s.whole)).Scan(&rows)
	if err != nil {
		return 0, fmt.Errorf("cannot read what of imports is not searched yet: %w", err)
	}
	return rows, nil
}

// Changed touches creators once tx is committed: what a person changes by hand is searched for within a second.
func (x *Index) Changed(tx *db.Tx, ids ...creators.ID) {
	if x != nil {
		tx.AfterCommit(func() { x.Touch(ids...) })
	}
}
