package partnerships

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/programs"
	"rapport/internal/partner/terms"
	"rapport/internal/recruit/creators"
)

const columns = `id, program_id, creator_id, group_id, status, terms, note, import_id, created_at, updated_at`

func scan(s db.Scanner) (p Partnership, err error) {
	var own string
	err = s.Scan(&p.ID, &p.Program, &p.Creator, db.Nullable(&p.Group), &p.Status, db.Nullable(&own), &p.Note, &p.Import,
		db.ScanTime(&p.CreatedAt), db.ScanTime(&p.UpdatedAt))
	if err != nil {
		return p, err
	}
	p.Terms, err = decode(own)
	return p, err
}

// visible is the condition that a row's import may be seen. The list of hidden imports is short: those at work and those being taken away.
func visible(column string) string {
	return column + ` not in (select id from imports where state <> 'visible')`
}

// Find returns a partnership.
func Find(ctx context.Context, tx *db.Tx, partnership ID) (Partnership, error) {
	return one(ctx, tx, `id = $1`, partnership)
}

// Of returns the partnership that a creator has in a program.
func Of(ctx context.Context, tx *db.Tx, program programs.ID, creator creators.ID) (Partnership, error) {
	return one(ctx, tx, `program_id = $1 and creator_id = $2`, program, creator)
}

func one(ctx context.Context, tx *db.Tx, condition string, args ...any) (Partnership, error) {
	p, found, err := db.One(ctx, tx, scan, `select `+columns+` from partnerships where `+condition+` and `+visible("import_id"), args...)
	switch {
	case err != nil:
		return Partnership{}, fmt.Errorf("cannot read a partnership: %w", err)
	case !found:
		return Partnership{}, fault.NotFound("partnership")
	default:
		return p, nil
	}
}

// mostPrograms bounds the programs one creator is in.
const mostPrograms = db.PageMost

// ListByCreator returns a creator's partnerships in all programs, the oldest first.
func ListByCreator(ctx context.Context, tx *db.Tx, creator creators.ID) ([]Partnership, error) {
	all, err := db.All(ctx, tx, scan, `select `+columns+` from partnerships where creator_id = $1 and `+visible("import_id")+` order by id limit $2`,
		creator, mostPrograms)
	if err != nil {
		return nil, fmt.Errorf("cannot list the partnerships of %s: %w", creator, err)
	}
	return all, nil
}

// block is how many keys are looked up in one statement.
const block = 500

// FindMany returns those of the partnerships that exist.
func FindMany(ctx context.Context, tx *db.Tx, ids []ID) (map[ID]Partnership, error) {
	found := make(map[ID]Partnership, len(ids))
	for some := range slices.Chunk(ids, block) {
		w := where{}
		w.add(`id in (` + list(&w, some) + `)`)
		w.add(visible("import_id"))
		rows, err := db.All(ctx, tx, scan, `select `+columns+` from partnerships where `+w.text(), w.args...)
		if err != nil {
			return nil, fmt.Errorf("cannot read partnerships: %w", err)
		}
		for _, p := range rows {
			found[p.ID] = p
		}
	}
	return found, nil
}

// encode writes terms for storage; terms that say nothing are null.
func encode(t terms.Terms) any {
	if t == (terms.Terms{}) {
		return nil
	}
	text, err := json.Marshal(t)
	if err != nil {
		panic("BUG: terms cannot be written: " + err.Error())
	}
	return string(text)
}

func decode(text string) (t terms.Terms, err error) {
	if text == "" {
		return t, nil
	}
	if err := json.Unmarshal([]byte(text), &t); err != nil {
		return t, fmt.Errorf("cannot read stored terms: %w", err)
	}
	return t, nil
}
