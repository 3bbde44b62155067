package imports

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/programs"
	"rapport/internal/recruit/creators"
)

// Source is where files come from, with the mapping its last one was read with.
type Source struct {
	Name    string // "" for files that nobody named
	Mapping Mapping
	UsedAt  time.Time
}

const (
	longestSourceName = 100
	mostSources       = 500
)

// CheckSourceName cleans the name of a source and refuses what is none.
func CheckSourceName(name string) (string, error) {
	name = strings.Join(strings.Fields(name), " ")
	if !utf8.ValidString(name) || utf8.RuneCountInString(name) > longestSourceName || strings.ContainsFunc(name, isControl) {
		return name, fault.Invalidf("A source's name is one line of at most %d characters.", longestSourceName).In("source_name")
	}
	return name, nil
}

// fingerprint stands for the titles of a file's columns, in their order: a mapping may name columns by place.
func fingerprint(header []string) string {
	titles := make([]string, len(header))
	for i, t := range header {
		titles[i] = foldColumn(t)
	}
	sum := sha256.Sum256([]byte(strings.Join(titles, "\n")))
	return hex.EncodeToString(sum[:16])
}

// Remember keeps how a source's file was read: under its name, or, where nobody named it, under its columns.
func Remember(ctx context.Context, d *db.DB, program programs.ID, name string, header []string, m Mapping) error {
	text, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("cannot write the mapping: %w", err)
	}
	columns := fingerprint(header)
	key := creators.Fold(name)
	if name == "" {
		key = "#" + columns
	}
	return d.Update(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `insert into import_sources (program_id, name_folded, name, header, mapping, used_at)
			select $1, $2, $3, $4, $5, $6 where (select count(*) from import_sources where program_id = $1) < $7
			on conflict (program_id, name_folded) do update set name = excluded.name, header = excluded.header, mapping = excluded.mapping, used_at = excluded.used_at`,
			program, key, name, columns, string(text), db.Micros(tx.Now()), mostSources)
		if err != nil {
			return fmt.Errorf("cannot remember a mapping: %w", err)
		}
		return nil
	})
}

// Propose returns the source whose files have these columns, if one is known: the one used last.
func Propose(ctx context.Context, tx *db.Tx, program programs.ID, header []string) (s Source, found bool, err error) {
	s, found, err = db.One(ctx, tx, scanSource, `select name, mapping, used_at from import_sources where program_id = $1 and header = $2
		order by used_at desc limit 1`, program, fingerprint(header))
	if err != nil {
		return s, false, fmt.Errorf("cannot look for a known source: %w", err)
	}
	if _, err := s.Mapping.apply(header); found && err != nil {
		return Source{}, false, nil // the titles are the same and stand twice, or a column was named by its place
	}
	return s, found, nil
}

// Sources returns the named sources of a program, the one used last first.
func Sources(ctx context.Context, tx *db.Tx, program programs.ID) ([]Source, error) {
	all, err := db.All(ctx, tx, scanSource, `select name, mapping, used_at from import_sources where program_id = $1 and name <> ''
		order by used_at desc, name_folded limit $2`, program, mostSources)
	if err != nil {
		return nil, fmt.Errorf("cannot read sources: %w", err)
	}
	return all, nil
}

func scanSource(s db.Scanner) (o Source, err error) {
	var mapping string
	if err = s.Scan(&o.Name, &mapping, db.ScanTime(&o.UsedAt)); err != nil {
		return o, err
	}
	return o, json.Unmarshal([]byte(mapping), &o.Mapping)
}
