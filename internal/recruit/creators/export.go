package creators

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"rapport/internal/base/db"
	"rapport/internal/base/programs"
)

// mostExported bounds the rows of one table in an export.
const mostExported = 200_000

// ExportAll returns everything the rooms know of a person as one JSON document: an object per room, each row with its source and time. With a
// program it holds that program's knowledge and what is public, with "" that of every program.
func ExportAll(ctx context.Context, d *db.DB, of ID, program programs.ID, parts []Part) (document []byte, err error) {
	err = d.View(ctx, func(tx *db.Tx) error {
		document, err = ExportIn(ctx, tx, of, program, parts)
		return err
	})
	return document, err
}

// ExportIn is ExportAll in a transaction at hand.
func ExportIn(ctx context.Context, tx *db.Tx, of ID, program programs.ID, parts []Part) ([]byte, error) {
	if _, err := Find(ctx, tx, of); err != nil {
		return nil, err
	}
	own, err := exportOwn(ctx, tx, of, program)
	if err != nil {
		return nil, err
	}
	rooms := map[string]any{"creators": own}
	for _, p := range parts {
		if p.Export == nil {
			continue
		}
		if rooms[p.Name], err = p.Export(ctx, tx, of, program); err != nil {
			return nil, fmt.Errorf("cannot export %s of creator %s: %w", p.Name, of, err)
		}
	}
	return json.MarshalIndent(map[string]any{"exported_at": tx.Now(), "creator": of, "program": program, "known": rooms}, "", "  ")
}

// exportOwn are this room's own rows.
func exportOwn(ctx context.Context, tx *db.Tx, of ID, program programs.ID) (any, error) {
	const mine = ` and (program_id = '' or $2 = '' or program_id = $2)`
	const profiles = `(select id from profiles where creator_id = $1 and cast($2 as text) = $2)`
	return Tables(ctx, tx, of, program, map[string]string{
		"creator":        `select id, name, tier, followers, country, language, created_at, updated_at from creators where id = $1 and cast($2 as text) = $2`,
		"profiles":       `select * from profiles where creator_id = $1 and cast($2 as text) = $2`,
		"snapshots":      `select * from snapshots where profile_id in ` + profiles + ` order by profile_id, taken_at, source`,
		"posts":          `select * from posts where profile_id in ` + profiles + ` order by profile_id, posted_at, id`,
		"post_counts":    `select * from post_counts where post_id in (select id from posts where profile_id in ` + profiles + `) order by post_id, seen_at`,
		"audiences":      `select * from profile_audiences where profile_id in ` + profiles + mine,
		"contacts":       `select * from creator_contacts where creator_id = $1` + mine,
		"tags":           `select * from creator_tags where creator_id = $1` + mine,
		"notes":          `select * from creator_notes where creator_id = $1` + mine,
		"collaborations": `select * from creator_collaborations where creator_id = $1` + mine,
		"prices":         `select * from creator_prices where creator_id = $1` + mine,
		"lists": `select l.name, m.made_by, m.at, l.program_id from creator_list_members m join creator_lists l on l.id = m.list_id
			where m.creator_id = $1 and ($2 = '' or l.program_id = $2)`,
	})
}

// Tables runs named queries over ($1 creator, $2 program or "") and returns their rows as objects by column, for a part's Export. Moments become
// times, bytes are left out: they are hashes and sealed texts.
func Tables(ctx context.Context, tx *db.Tx, of ID, program programs.ID, queries map[string]string) (map[string][]map[string]any, error) {
	out := make(map[string][]map[string]any, len(queries))
	for name, query := range queries {
		rows, err := objects(ctx, tx, query, of, program)
		if err != nil {
			return nil, fmt.Errorf("cannot export %s: %w", name, err)
		}
		out[name] = rows
	}
	return out, nil
}

func objects(ctx context.Context, tx *db.Tx, query string, of ID, program programs.ID) (all []map[string]any, err error) {
	rows, err := tx.Query(ctx, query, string(of), string(program))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	all = []map[string]any{}
	for rows.Next() && len(all) < mostExported {
		cells, places := make([]any, len(columns)), make([]any, len(columns))
		for i := range cells {
			places[i] = &cells[i]
		}
		if err := rows.Scan(places...); err != nil {
			return nil, err
		}
		all = append(all, object(columns, cells))
	}
	return all, rows.Err()
}

func object(columns []string, cells []any) map[string]any {
	o := make(map[string]any, len(columns))
	for i, c := range columns {
		if _, isBytes := cells[i].([]byte); isBytes || strings.HasSuffix(c, "_folded") || c == "search" || c == "import_id" {
			continue
		}
		o[c] = cells[i]
		if micros, ok := cells[i].(int64); ok && (c == "at" || strings.HasSuffix(c, "_at")) {
			o[c] = db.Time(micros)
		}
	}
	return o
}
