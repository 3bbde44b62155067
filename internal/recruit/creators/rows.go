package creators

import (
	"context"
	"strconv"
	"strings"
	"sync"

	"rapport/internal/base/db"
)

// block is how many rows go into one statement. Full blocks share one text, which both drivers like: PostgreSQL keeps it prepared.
const block = 64

// tuples caches "($1, $2), ($3, $4)" by (rows, columns).
var tuples sync.Map

func tuplesOf(rows, cols int) string {
	key := [2]int{rows, cols}
	if text, ok := tuples.Load(key); ok {
		return text.(string) //nolint:forcetypeassert,errcheck // only strings are stored below
	}
	var b strings.Builder
	for i := range rows * cols {
		switch {
		case i == 0:
			b.WriteString("(")
		case i%cols == 0:
			b.WriteString("), (")
		default:
			b.WriteString(", ")
		}
		b.WriteString("$" + strconv.Itoa(i+1))
	}
	text := b.String() + ")"
	tuples.Store(key, text)
	return text
}

// insertRows runs `head values (…), (…) tail` over the rows, block by block, and returns how many the database took.
func insertRows(ctx context.Context, tx *db.Tx, head string, cols int, tail string, rows [][]any) (taken int64, err error) {
	args := make([]any, 0, block*cols)
	for len(rows) > 0 {
		n := min(block, len(rows))
		args = args[:0]
		for _, row := range rows[:n] {
			args = append(args, row...)
		}
		done, err := tx.Exec(ctx, head+" values "+tuplesOf(n, cols)+" "+tail, args...)
		if err != nil {
			return taken, err
		}
		taken += done
		rows = rows[n:]
	}
	return taken, nil
}

// selectIn runs `head (values …) tail` over keys of cols columns, block by block, and gathers what scan returns. The last block is filled up with
// its last key, so that there is one text per query.
func selectIn[T any](ctx context.Context, tx *db.Tx, scan func(db.Scanner) (T, error), head string, cols int, tail string, keys [][]any) ([]T, error) {
	var all []T
	args := make([]any, 0, block*cols)
	for len(keys) > 0 {
		n := min(block, len(keys))
		args = args[:0]
		for i := range block {
			args = append(args, keys[min(i, n-1)]...)
		}
		some, err := db.All(ctx, tx, scan, head+" (values "+tuplesOf(block, cols)+") "+tail, args...)
		if err != nil {
			return nil, err
		}
		all, keys = append(all, some...), keys[n:]
	}
	return all, nil
}

// keysOf makes one-column keys for selectIn.
func keysOf[T ~string](ids []T) [][]any {
	keys := make([][]any, len(ids))
	for i, id := range ids {
		keys[i] = []any{string(id)}
	}
	return keys
}
