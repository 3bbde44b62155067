package vetting

import (
	"context"
	"fmt"
	"time"

	"rapport/internal/base/db"
	"rapport/internal/base/programs"
	"rapport/internal/recruit/creators"
)

// Private is what this room knows of a creator as a person: the reports.
func Private() creators.Part {
	return creators.Part{Name: "check_ups", Export: export, Erase: erase, Merge: merge}
}

// exported is a report as the person it is about gets it.
type exported struct {
	Program  programs.ID `json:"program_id"`
	MadeAt   time.Time   `json:"made_at"`
	Overrule *Overruled  `json:"overruled,omitempty"`
	Report   Report      `json:"report"`
}

func export(ctx context.Context, tx *db.Tx, of creators.ID, program programs.ID) (any, error) {
	found, err := db.All(ctx, tx, func(s db.Scanner) (stored Stored, err error) {
		var in programs.ID
		stored, err = scanStored(prefixed{s, &in})
		stored.Program = in
		return stored, err
	}, `select v.program_id, v.report, v.made_at, v.overruled, v.overruled_note, v.overruled_by, v.overruled_at from vetting_reports v
		where v.creator_id = $1 and ($2 or v.program_id = $3) order by v.program_id`, of, program == "", program)
	if err != nil {
		return nil, fmt.Errorf("cannot export check-ups: %w", err)
	}
	all := make([]exported, len(found))
	for i, s := range found {
		all[i] = exported{s.Program, s.MadeAt, s.Overrule, s.Report}
	}
	return all, nil
}

// prefixed scans one more column before the others.
type prefixed struct {
	db.Scanner
	first *programs.ID
}

func (p prefixed) Scan(into ...any) error {
	return p.Scanner.Scan(append([]any{p.first}, into...)...)
}

func erase(ctx context.Context, tx *db.Tx, of creators.ID, limit int) (gone int64, err error) {
	gone, err = tx.Exec(ctx, `delete from vetting_reports where creator_id = $1 and program_id in (select program_id from vetting_reports
		where creator_id = $1 limit $2)`, of, limit)
	if err != nil {
		return 0, fmt.Errorf("cannot erase check-ups: %w", err)
	}
	return gone, nil
}

// merge gives reports away where the other creator has none, and drops the rest: a report of half a person's accounts is soon made again.
func merge(ctx context.Context, tx *db.Tx, keep, gone creators.ID, limit int) (moved int64, err error) {
	moved, err = tx.Exec(ctx, `update vetting_reports set creator_id = $1 where creator_id = $2 and program_id not in
		(select program_id from vetting_reports where creator_id = $1) and program_id in (select program_id from vetting_reports where creator_id = $2 limit $3)`,
		keep, gone, limit)
	if err != nil {
		return 0, fmt.Errorf("cannot move check-ups: %w", err)
	}
	if moved > 0 {
		return moved, nil
	}
	return erase(ctx, tx, gone, limit)
}
