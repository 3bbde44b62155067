package imports

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/id"
	"rapport/internal/base/programs"
	"rapport/internal/recruit/creators"
)

// lease is how long an import that works may stay silent before others take it for dead.
const lease = 30 * time.Second

// errLost means that the import is not ours any more: its lease had run out and somebody cleaned up, or its state was changed.
var errLost = fault.Conflict("import_lost", "The import was silent for too long and has been given up. Start it again.")

// begin stores a new import if none is at work.
func begin(ctx context.Context, d *db.DB, o Options, kind Kind, m Mapping) (made ID, at time.Time, err error) {
	text, err := json.Marshal(m)
	if err != nil {
		return "", at, fmt.Errorf("cannot write the mapping: %w", err)
	}
	err = d.Update(ctx, func(tx *db.Tx) error {
		if err := checkLane(ctx, tx); err != nil {
			return err
		}
		made, at = ID(id.New(Prefix, tx.Now())), tx.Now()
		_, err := tx.Exec(ctx, `insert into imports (id, program_id, kind, source, mapping, state, rows_read, rows_taken, rows_known, rows_refused,
			made_by, lease_until, settled, created_at) values ($1, $2, $3, $4, $5, 'loading', 0, 0, 0, 0, $6, $7, '', $8)`,
			made, o.Program, kind, o.Source, string(text), o.MadeBy, db.Micros(at.Add(lease)), db.Micros(at))
		return err
	})
	return made, at, err
}

// checkLane refuses while another import is at work. Two at a time could each see half of the other.
func checkLane(ctx context.Context, tx *db.Tx) error {
	if err := tx.Lock(ctx, "imports"); err != nil {
		return err
	}
	_, busy, err := db.One(ctx, tx, db.Column[string], `select id from imports where finished_at is null limit 1`)
	if err != nil {
		return fmt.Errorf("cannot look for imports at work: %w", err)
	}
	if busy {
		return fault.Conflict("import_running", "Another import is at work. Start this one when it has finished.")
	}
	return nil
}

// renew lengthens the lease inside a chunk's transaction; errLost if the import is no longer in that state and at work.
func renew(ctx context.Context, tx *db.Tx, it ID, state State) error {
	done, err := tx.Exec(ctx, `update imports set lease_until = $3 where id = $1 and state = $2 and finished_at is null`, it, state,
		db.Micros(tx.Now().Add(lease)))
	if err != nil {
		return fmt.Errorf("cannot renew the lease of import %s: %w", it, err)
	}
	if done == 0 {
		return errLost
	}
	return nil
}

// move changes the state of an import at work.
func move(ctx context.Context, d *db.DB, it ID, from, to State) error {
	return d.Update(ctx, func(tx *db.Tx) error {
		done, err := tx.Exec(ctx, `update imports set state = $3, lease_until = $4 where id = $1 and state = $2 and finished_at is null`, it, from, to,
			db.Micros(tx.Now().Add(lease)))
		if err == nil && done == 0 {
			return errLost
		}
		return err
	})
}

func finish(ctx context.Context, d *db.DB, it ID) error {
	return d.Update(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `update imports set finished_at = $2 where id = $1`, it, db.Micros(tx.Now()))
		return err
	})
}

// write stores what a step plans, but for its tally. It reports errChanged if an account was stored by somebody else in between.
func (p *plan) write(ctx context.Context, tx *db.Tx, it ID, program programs.ID, room int) error {
	taken, err := creators.Insert(ctx, tx, p.entries)
	if err != nil {
		return err
	}
	if taken < int64(len(p.entries)) {
		return errChanged
	}
	if _, err := creators.AddSnapshots(ctx, tx, p.snapshots); err != nil {
		return err
	}
	if _, err := creators.InsertPosts(ctx, tx, p.posts); err != nil {
		return err
	}
	if _, err := creators.InsertPostCounts(ctx, tx, p.counts); err != nil {
		return err
	}
	if err := creators.AddContacts(ctx, tx, string(it), program, p.contacts); err != nil {
		return err
	}
	if err := p.writeKnowledge(ctx, tx); err != nil {
		return err
	}
	return p.writeTrail(ctx, tx, it, room)
}

// writeTrail stores which profiles the file named, and the first refusals.
func (p *plan) writeTrail(ctx context.Context, tx *db.Tx, it ID, room int) error {
	if err := creators.NoteNamed(ctx, tx, string(it), p.touched); err != nil {
		return err
	}
	for _, r := range p.refusals[:min(room, len(p.refusals))] {
		if _, err := tx.Exec(ctx, `insert into import_refusals (import_id, line, reason) values ($1, $2, $3)
			on conflict (import_id, line) do nothing`, it, r.Line, r.Reason); err != nil {
			return fmt.Errorf("cannot store a refusal: %w", err)
		}
	}
	return nil
}

func (p *plan) writeTally(ctx context.Context, tx *db.Tx, it ID) error {
	t := p.tally
	_, err := tx.Exec(ctx, `update imports set rows_read = rows_read + $2, rows_taken = rows_taken + $3, rows_known = rows_known + $4,
		rows_refused = rows_refused + $5 where id = $1`, it, t.Rows, t.Taken, t.Known, t.Refused)
	if err != nil {
		return fmt.Errorf("cannot store the tally of import %s: %w", it, err)
	}
	return nil
}

const columns = `id, program_id, kind, source, mapping, state, rows_read, rows_taken, rows_known, rows_refused, made_by, created_at, finished_at`

func scanImport(s db.Scanner) (i Import, err error) {
	var mapping string
	if err = s.Scan(&i.ID, &i.Program, &i.Kind, &i.Source, &mapping, &i.State, &i.Tally.Rows, &i.Tally.Taken, &i.Tally.Known, &i.Tally.Refused,
		&i.MadeBy, db.ScanTime(&i.CreatedAt), db.ScanTime(&i.FinishedAt)); err != nil {
		return i, err
	}
	return i, json.Unmarshal([]byte(mapping), &i.Mapping)
}

// Find returns an import.
func Find(ctx context.Context, tx *db.Tx, it ID) (Import, error) {
	i, found, err := db.One(ctx, tx, scanImport, `select `+columns+` from imports where id = $1`, it)
	if err != nil {
		return i, fmt.Errorf("cannot read import %s: %w", it, err)
	}
	if !found {
		return i, fault.NotFound("import")
	}
	return i, nil
}

// List returns the imports of a program, newest first; those of program "" were made for the whole installation.
func List(ctx context.Context, tx *db.Tx, program programs.ID, page db.Page) ([]Import, string, error) {
	after := page.After
	if after == "" {
		after = Prefix + "_g" // behind every id: their digits are hexadecimal
	}
	all, err := db.All(ctx, tx, scanImport, `select `+columns+` from imports where program_id = $1 and id < $2 order by id desc limit $3`,
		program, after, page.Bound()+1)
	if err != nil {
		return nil, "", fmt.Errorf("cannot list imports: %w", err)
	}
	all, next := db.Cut(all, page, func(i Import) string { return string(i.ID) })
	return all, next, nil
}

// Refusals returns the refused rows of an import by their lines, from after a line on.
func Refusals(ctx context.Context, tx *db.Tx, it ID, afterLine, limit int) ([]Refusal, error) {
	all, err := db.All(ctx, tx, func(s db.Scanner) (r Refusal, err error) {
		err = s.Scan(&r.Line, &r.Reason)
		return r, err
	}, `select line, reason from import_refusals where import_id = $1 and line > $2 order by line limit $3`, it, afterLine, min(limit, RefusalsKept))
	if err != nil {
		return nil, fmt.Errorf("cannot read the refusals of import %s: %w", it, err)
	}
	return all, nil
}
