package discovery

import (
	"context"
	"fmt"

	"rapport/internal/base/db"
	"rapport/internal/base/programs"
	"rapport/internal/recruit/creators"
)

// BestFit is how well a creator fits the customers of a program that they fit best, 0 to 100; nil where the program has described none, or the
// creator is not known to the index yet. The creator need not have a partnership: whoever applies has none.
func (x *Index) BestFit(ctx context.Context, tx *db.Tx, program programs.ID, creator creators.ID) (best *int, err error) {
	if !x.Ready() {
		return nil, nil //nolint:nilnil // nothing can be said
	}
	targets, err := Targets(ctx, tx, program)
	if err != nil {
		return nil, err
	}
	for _, t := range targets {
		hits, err := x.Look(ctx, tx, Query{Everywhere: true, Program: program, Target: &t}, []creators.ID{creator})
		if err != nil {
			return nil, err
		}
		for _, h := range hits {
			if h.Fit != nil && h.Fit.Sure > 0 && (best == nil || h.Fit.Score > *best) {
				best = &h.Fit.Score
			}
		}
	}
	return best, nil
}

// CountNew is how many matches of a person's saved searches nobody has looked at.
func CountNew(ctx context.Context, tx *db.Tx, program programs.ID, user string) (n int64, err error) {
	err = tx.QueryRow(ctx, `select count(distinct h.creator_id) from saved_search_hits h join saved_searches s on s.id = h.search_id
		where s.program_id = $1 and s.user_id = $2 and h.state <> 'known'`, program, user).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("cannot count new matches: %w", err)
	}
	return n, nil
}
