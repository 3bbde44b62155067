package partnerships

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/programs"
	"rapport/internal/recruit/creators"
)

// Filter says which partnerships a list holds. Whoever asks is cut to Programs, or to Program where the caller was found to have rights in it; a
// filter with neither holds none, unless Everywhere is set. Other empty fields do not filter.
type Filter struct {
	Everywhere bool          // the caller has rights in the whole installation
	Programs   []programs.ID // the programs the caller may see
	Program    programs.ID
	Status     Status
	Statuses   []Status // any of them
	Group      GroupID
	Creator    creators.ID
	Owner      string // the user who sees to them
	Query      string // parts of the creator's name or handles
}

const longestQuery = 200

// List returns a page of partnerships, the oldest first.
func List(ctx context.Context, tx *db.Tx, f Filter, page db.Page) (items []Partnership, next string, err error) {
	if err := f.check(); err != nil {
		return nil, "", err
	}
	w := &where{}
	f.cut(w)
	if page.After != "" {
		w.add(`id > ` + w.arg(page.After))
	}
	items, err = db.All(ctx, tx, scan, `select `+columns+` from partnerships where `+w.text()+` order by id limit `+w.arg(page.Bound()+1), w.args...)
	if err != nil {
		return nil, "", fmt.Errorf("cannot list partnerships: %w", err)
	}
	items, next = db.Cut(items, page, func(p Partnership) string { return string(p.ID) })
	return items, next, nil
}

// Count returns how many partnerships of each status the filter holds.
func Count(ctx context.Context, tx *db.Tx, f Filter) (map[Status]int, error) {
	if err := f.check(); err != nil {
		return nil, err
	}
	type counted struct {
		status Status
		n      int
	}
	w := &where{}
	f.cut(w)
	rows, err := db.All(ctx, tx, func(s db.Scanner) (c counted, err error) { err = s.Scan(&c.status, &c.n); return c, err },
		`select status, count(*) from partnerships where `+w.text()+` group by status`, w.args...)
	if err != nil {
		return nil, fmt.Errorf("cannot count partnerships: %w", err)
	}
	counts := make(map[Status]int, len(rows))
	for _, c := range rows {
		counts[c.status] = c.n
	}
	return counts, nil
}

// Holds writes the condition that the filter holds the partnership whose id stands in column, for queries of rooms upstairs. Its arguments follow
// those that the query has already; all of them are returned.
func (f Filter) Holds(column string, args []any) (condition string, all []any, err error) {
	if err := f.check(); err != nil {
		return "", nil, err
	}
	w := &where{args: args}
	w.add(`id = ` + column)
	f.cut(w)
	return `exists (select 1 from partnerships where ` + w.text() + `)`, w.args, nil
}

func (f Filter) check() error {
	if f.Status != "" && !f.Status.Valid() || slices.ContainsFunc(f.Statuses, func(s Status) bool { return !s.Valid() }) {
		return badStatus()
	}
	if len(f.Query) > longestQuery {
		return fault.Invalidf("A search has at most %d bytes.", longestQuery).In("q")
	}
	return nil
}

// cut adds the filter's conditions.
func (f Filter) cut(w *where) {
	w.add(visible("import_id"))
	if !f.Everywhere && (f.Programs != nil || f.Program == "") {
		w.add(`program_id in (` + list(w, f.Programs) + `)`)
	}
	for _, is := range [][2]string{{"program_id", string(f.Program)}, {"status", string(f.Status)}, {"group_id", string(f.Group)}, {"creator_id", string(f.Creator)}, {"owner_id", f.Owner}} {
		if is[1] != "" {
			w.add(is[0] + ` = ` + w.arg(is[1]))
		}
	}
	if len(f.Statuses) > 0 {
		w.add(`status in (` + list(w, f.Statuses) + `)`)
	}
	query := creators.Fold(strings.ToValidUTF8(strings.ReplaceAll(f.Query, "\x00", ""), ""))
	for word := range strings.FieldsSeq(query) {
		w.add(`exists (select 1 from creators c where c.id = partnerships.creator_id and c.search like ` +
			w.arg(`%`+db.Like(strings.TrimPrefix(word, "@"))+`%`) + ` escape '\')`)
	}
}

// where gathers conditions and their arguments.
type where struct {
	conditions []string
	args       []any
}

func (w *where) add(condition string) { w.conditions = append(w.conditions, condition) }
func (w *where) text() string         { return strings.Join(w.conditions, " and ") }

// arg binds a value and returns its placeholder.
func (w *where) arg(v any) string {
	w.args = append(w.args, v)
	return "$" + strconv.Itoa(len(w.args))
}

// list binds values for an "in"; none at all matches nothing.
func list[T any](w *where, values []T) string {
	if len(values) == 0 {
		return `null`
	}
	bound := make([]string, len(values))
	for i, v := range values {
		bound[i] = w.arg(v)
	}
	return strings.Join(bound, ", ")
}
