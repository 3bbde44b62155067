package creators

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"sync"

	"rapport/internal/base/db"
)

// block is how many rows go into one statement. Few enough that SQLite, which looks every $n up by its name in a list, does not spend its time
// there (64 rows of 23 columns took twice as long); many enough that PostgreSQL's round trips do not count. Full blocks share one text.
const block = 16

// asked is how many keys go into one query.
const asked = 64

// tuples caches "($1, $2), ($3, $4)" by rows, columns and which column is a number.
var tuples sync.Map

// tuplesOf writes placeholders. PostgreSQL takes a bare "values" for text, so that a numeric column of keys must be cast; cast is its place, or -1.
func tuplesOf(rows, cols, cast int) string {
	key := [3]int{rows, cols, cast}
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
		if place := "$" + strconv.Itoa(i+1); i%cols == cast {
			b.WriteString("cast(" + place + " as bigint)")
		} else {
			b.WriteString(place)
		}
	}
	text := b.String() + ")"
	tuples.Store(key, text)
	return text
}

// insertRows runs `head values (…), (…) tail` over the rows, block by block, and returns how many the database took.
func insertRows(ctx context.Context, tx *db.Tx, head string, cols int, tail string, rows [][]any) (taken int64, err error) {
	ctx = context.WithoutCancel(ctx) // as db.Tx does: neighbours share the transaction
	if full := len(rows) / block; full > 1 {
		statement, err := tx.SQL().PrepareContext(ctx, head+" values "+tuplesOf(block, cols, -1)+" "+tail)
		if err != nil {
			return 0, err
		}
		defer statement.Close()
		for range full {
			result, err := statement.ExecContext(ctx, flat(rows[:block])...)
			if err != nil {
				return taken, err
			}
			done, err := result.RowsAffected()
			if err != nil {
				return taken, err
			}
			taken, rows = taken+done, rows[block:]
		}
	}
	for len(rows) > 0 {
		n := min(block, len(rows))
		done, err := tx.Exec(ctx, head+" values "+tuplesOf(n, cols, -1)+" "+tail, flat(rows[:n])...)
		if err != nil {
			return taken, err
		}
		taken, rows = taken+done, rows[n:]
	}
	return taken, nil
}

func flat(rows [][]any) []any {
	args := make([]any, 0, len(rows)*len(rows[0]))
	for _, row := range rows {
		args = append(args, row...)
	}
	return args
}

// selectIn runs `head (values …) tail` over keys of cols columns, block by block, and gathers what scan returns. The last block is filled up with
// its last key, so that there are two texts per query: for one key and for many.
func selectIn[T any](ctx context.Context, tx *db.Tx, scan func(db.Scanner) (T, error), head string, cols int, tail string, keys [][]any) ([]T, error) {
	var all []T
	args := make([]any, 0, asked*cols)
	for len(keys) > 0 {
		n := min(asked, len(keys))
		places := asked
		if n == 1 { // who asks for one creator shall not wait until 64 places are parsed
			places = 1
		}
		args = args[:0]
		for i := range places {
			args = append(args, keys[min(i, n-1)]...)
		}
		some, err := db.All(ctx, tx, scan, head+" (values "+tuplesOf(places, cols, numeric(keys[0]))+") "+tail, args...)
		if err != nil {
			return nil, err
		}
		all, keys = append(all, some...), keys[n:]
	}
	return all, nil
}

// numeric is the place of the column that holds numbers, or -1.
func numeric(key []any) int {
	return slices.IndexFunc(key, func(v any) bool { _, ok := v.(int64); return ok })
}

// keysOf makes one-column keys for selectIn.
func keysOf[T ~string](ids []T) [][]any {
	keys := make([][]any, len(ids))
	for i, id := range ids {
		keys[i] = []any{string(id)}
	}
	return keys
}
