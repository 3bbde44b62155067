package commissions

import (
	"context"
	"fmt"
	"slices"

	"rapport/internal/base/db"
	"rapport/internal/track/conversions"
)

// block is how many keys are looked up in one statement.
const block = 500

// OfConversions lists the commissions on each of the conversions.
func OfConversions(ctx context.Context, tx *db.Tx, ids []conversions.ID) (map[conversions.ID][]Commission, error) {
	found := make(map[conversions.ID][]Commission, len(ids))
	for some := range slices.Chunk(ids, block) {
		args := make([]any, len(some))
		for i, id := range some {
			args[i] = id
		}
		rows, err := db.All(ctx, tx, scan, `select `+columns+` from commissions where conversion_id in `+db.List(len(some), 0)+` order by id`, args...)
		if err != nil {
			return nil, fmt.Errorf("cannot read the commissions of conversions: %w", err)
		}
		for _, c := range rows {
			found[c.Conversion] = append(found[c.Conversion], c)
		}
	}
	return found, nil
}
