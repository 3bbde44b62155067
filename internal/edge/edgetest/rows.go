package edgetest

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"rapport/internal/base/db"
)

// Row is one row of a table.
type Row struct {
	Table   string
	Columns []string
	Values  []any
	text    string
}

// String is all of the row, so that equal texts are equal rows.
func (r Row) String() string { return r.text }

func (r Row) write() string {
	var b strings.Builder
	b.WriteString(r.Table + "(")
	for i, c := range r.Columns {
		b.WriteString(c + "=")
		switch v := r.Values[i].(type) {
		case string:
			b.WriteString(v)
		case int64:
			b.WriteString(strconv.FormatInt(v, 10))
		default:
			fmt.Fprint(&b, v)
		}
		b.WriteByte(' ')
	}
	b.WriteByte(')')
	return b.String()
}

// Rows reads the whole database, without the tables of the libraries.
func (w *World) Rows(t *testing.T) (all []Row) {
	t.Helper()
	must(t, w.DB.View(t.Context(), func(tx *db.Tx) error {
		names, err := tables(t.Context(), tx)
		if err != nil {
			return err
		}
		all = nil
		for _, name := range names {
			rows, err := rowsOf(t.Context(), tx, name)
			if err != nil {
				return fmt.Errorf("cannot read table %s: %w", name, err)
			}
			all = append(all, rows...)
		}
		return nil
	}))
	return all
}

func tables(ctx context.Context, tx *db.Tx) ([]string, error) {
	query := `select name from sqlite_master where type = 'table'`
	if tx.DB().Engine() == db.EnginePostgres {
		query = `select table_name from information_schema.tables where table_schema = current_schema()`
	}
	names, err := db.All(ctx, tx, db.Column[string], query)
	names = slices.DeleteFunc(names, func(name string) bool {
		return strings.HasPrefix(name, "river") || strings.HasPrefix(name, "goose") || strings.HasPrefix(name, "sqlite_")
	})
	slices.Sort(names)
	return names, err
}

func rowsOf(ctx context.Context, tx *db.Tx, table string) (all []Row, err error) {
	rows, err := tx.Query(ctx, `select * from `+table)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		r := Row{Table: table, Columns: columns, Values: make([]any, len(columns))}
		into := make([]any, len(columns))
		for i := range into {
			into[i] = &r.Values[i]
		}
		if err := rows.Scan(into...); err != nil {
			return nil, err
		}
		for i, v := range r.Values {
			if raw, ok := v.([]byte); ok {
				r.Values[i] = fmt.Sprintf("%q", raw) // also text that the driver brings as bytes
			}
		}
		r.text = r.write()
		all = append(all, r)
	}
	return all, rows.Err()
}

// idPattern finds the ids in a text: a prefix of three letters and the 32 digits of a UUID.
var idPattern = regexp.MustCompile(`\b[a-z]{3}_[0-9a-f]{32}\b`)

// idsIn are the ids a row names, its own among them.
func (r Row) idsIn() []string { return idPattern.FindAllString(r.text, -1) }

// own is the row's own id, or "".
func (r Row) own() string {
	if i := slices.Index(r.Columns, "id"); i >= 0 {
		if id, ok := r.Values[i].(string); ok && idPattern.MatchString(id) {
			return id
		}
	}
	return ""
}
