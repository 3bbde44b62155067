package clicks

import (
	"context"
	"fmt"
	"slices"
	"time"

	"rapport/internal/base/db"
)

// row is a click with whose it is. An empty place is a link that nobody knows any more.
type row struct {
	Click
	Place
}

// store copies clicks of one node into the database and counts those that were not there yet. It returns how many that were.
func store(ctx context.Context, tx *db.Tx, node string, rows []row) (int, error) {
	fresh, err := insertClicks(ctx, tx, node, rows)
	if err != nil {
		return 0, fmt.Errorf("cannot store clicks: %w", err)
	}
	if err := countUp(ctx, tx, fresh); err != nil {
		return 0, fmt.Errorf("cannot count clicks: %w", err)
	}
	return len(fresh), nil
}

// insertClicks returns the rows that were inserted; the others were there already.
func insertClicks(ctx context.Context, tx *db.Tx, node string, rows []row) (fresh []row, err error) {
	fresh = rows[:0:0]
	for part := range pieces(rows) {
		args := make([]any, 0, len(part)*12)
		for _, r := range part {
			args = append(args, node, int64(r.No), r.Program, r.Partnership, int64(r.LinkNo), db.Micros(r.At), int64(r.Flags), r.Device.String(), //nolint:gosec // the same 64 bits
				r.Country, r.Referrer, r.Query, visitor(r.Visitor))
		}
		taken, err := db.All(ctx, tx, db.Column[int64], `insert into clicks (node, no, program_id, partnership_id, link_no, at, flags, device, country,
			referrer, sub_id, visitor) values `+db.Values(len(part), 12)+` on conflict (node, no) do nothing returning no`, args...)
		if err != nil {
			return nil, err
		}
		fresh = append(fresh, onlyTaken(part, taken)...)
	}
	return fresh, nil
}

func onlyTaken(part []row, taken []int64) []row {
	if len(taken) == len(part) {
		return part
	}
	known := make(map[int64]bool, len(taken))
	for _, no := range taken {
		known[no] = true
	}
	return slices.DeleteFunc(slices.Clone(part), func(r row) bool { return !known[int64(r.No)] }) //nolint:gosec // the same 64 bits
}

func visitor(v [16]byte) any {
	if v == [16]byte{} {
		return nil
	}
	return v[:]
}

// pieces yields all in runs of 64, 32, 16 … 1: engines and drivers keep a prepared statement for each length they meet.
func pieces[T any](all []T) func(yield func([]T) bool) {
	return func(yield func([]T) bool) {
		for size := 64; size > 0; size /= 2 {
			for len(all) >= size {
				if !yield(all[:size]) {
					return
				}
				all = all[size:]
			}
		}
	}
}

// cursor is the number of a node's last click that is in the database; 0 before the first.
func cursor(ctx context.Context, tx *db.Tx, node string) (uint64, error) {
	no, _, err := db.One(ctx, tx, db.Column[int64], `select no from click_cursors where node = $1`, node)
	return uint64(no), err //nolint:gosec // never negative
}

func moveCursor(ctx context.Context, tx *db.Tx, node string, to uint64) error {
	_, err := tx.Exec(ctx, `insert into click_cursors (node, no) values ($1, $2) on conflict (node) do update set no = excluded.no
		where click_cursors.no < excluded.no`, node, int64(to)) //nolint:gosec // numbers rise by one
	return err
}

func removeOld(ctx context.Context, tx *db.Tx, before time.Time, limit int) (int64, error) {
	return tx.Exec(ctx, `delete from clicks where (node, no) in (select node, no from clicks where at < $1 order by at limit $2)`, db.Micros(before), limit)
}
