package analytics

import (
	"cmp"
	"context"
	"slices"

	"rapport/internal/base/db"
	"rapport/internal/base/programs"
)

// What the best by return are taken from.
const (
	BestDays  = 365 // up to today
	BestSales = 3   // so many conversions of theirs at least: one lucky order is no return
	BestLeast = 3   // so many such creators at least, else there is not yet enough
	BestMost  = 10
)

// Best are a program's creators by return, the best first: at most BestMost, and none where fewer than BestLeast
// have the conversions for it and brought more than they cost. Enough counts those who have and did. Return is ROI: what was sold less what it cost, by what it cost; of equals, who sold more stands first.
func Best(ctx context.Context, tx *db.Tx, program programs.ID, tail []TailCount) (best []Row, enough int, err error) {
	p, err := programs.Find(ctx, tx, program)
	if err != nil {
		return nil, 0, err
	}
	to := DayOf(tx.Now(), p.Location()) + 1
	r, err := Make(ctx, tx, Query{Program: program, GroupBy: ByCreator, From: max(to-BestDays, 1), To: to, Tail: tail})
	if err != nil {
		return nil, 0, err
	}
	best, enough = bestOf(r.Rows)
	return best, enough, nil
}

// bestOf takes the best of the rows of a report by creator.
func bestOf(rows []Row) (best []Row, enough int) {
	for _, r := range rows {
		if r.Creator != "" && r.Conversions >= BestSales && r.ROI != nil && *r.ROI > 0 {
			best = append(best, r)
		}
	}
	if enough = len(best); enough < BestLeast {
		return nil, enough
	}
	slices.SortFunc(best, func(a, b Row) int {
		return cmp.Or(cmp.Compare(*b.ROI, *a.ROI), cmp.Compare(b.Revenue.Minor, a.Revenue.Minor), byName(a, b))
	})
	return best[:min(enough, BestMost)], enough
}
