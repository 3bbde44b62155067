package discovery

import (
	"context"
	"encoding/json"
	"fmt"

	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/id"
	"rapport/internal/base/programs"
	"rapport/internal/recruit/creators"
)

const mostTargets = 100

// SaveTarget stores a target: a new one without an id, else in the place of the program's own. Names differ within a program.
func SaveTarget(ctx context.Context, tx *db.Tx, program programs.ID, t Target) (Target, error) {
	t, err := t.Check()
	if err != nil {
		return t, err
	}
	if t.ID == "" {
		return insertTarget(ctx, tx, program, t)
	}
	if _, err := FindTarget(ctx, tx, program, t.ID); err != nil {
		return t, err
	}
	t.Program, t.UpdatedAt = program, tx.Now()
	_, err = tx.Exec(ctx, `update target_profiles set name = $3, body = $4, updated_at = $5 where id = $1 and program_id = $2`,
		t.ID, program, t.Name, t.body(), db.Micros(tx.Now()))
	if err != nil {
		return t, fmt.Errorf("cannot save target %s: %w", t.ID, err)
	}
	return t, tellWanted(ctx, tx, program)
}

func insertTarget(ctx context.Context, tx *db.Tx, program programs.ID, t Target) (Target, error) {
	t.ID, t.Program, t.UpdatedAt = TargetID(id.New(TargetPrefix, tx.Now())), program, tx.Now()
	made, err := tx.Exec(ctx, `insert into target_profiles (id, program_id, name, body, made_by, updated_at)
		select $1, $2, $3, $4, $5, $6 where (select count(*) from target_profiles where program_id = $2) < $7`,
		t.ID, program, t.Name, t.body(), t.MadeBy, db.Micros(tx.Now()), mostTargets)
	if err != nil {
		return t, fmt.Errorf("cannot store a target: %w", err)
	}
	if made == 0 {
		return t, fault.Conflict("too_many_targets", "There are too many customer profiles. Remove one first.")
	}
	return t, tellWanted(ctx, tx, program)
}

func (t Target) body() string {
	written, err := json.Marshal(t)
	if err != nil {
		panic("BUG: a target cannot be written: " + err.Error())
	}
	return string(written)
}

func scanTarget(s db.Scanner) (t Target, err error) {
	var body string
	var kept Target
	if err = s.Scan(&kept.ID, &kept.Program, &kept.Name, &body, &kept.MadeBy, db.ScanTime(&kept.UpdatedAt)); err != nil {
		return t, err
	}
	if err = json.Unmarshal([]byte(body), &t); err != nil {
		return t, err
	}
	t.ID, t.Program, t.Name, t.MadeBy, t.UpdatedAt = kept.ID, kept.Program, kept.Name, kept.MadeBy, kept.UpdatedAt
	return t, nil
}

const targetColumns = `select id, program_id, name, body, made_by, updated_at from target_profiles`

// FindTarget returns a target of the program.
func FindTarget(ctx context.Context, tx *db.Tx, program programs.ID, target TargetID) (Target, error) {
	t, found, err := db.One(ctx, tx, scanTarget, targetColumns+` where id = $1 and program_id = $2`, target, program)
	if err != nil {
		return t, fmt.Errorf("cannot read target %s: %w", target, err)
	}
	if !found {
		return t, fault.NotFound("target")
	}
	return t, nil
}

// Targets returns the targets of a program, the newest first.
func Targets(ctx context.Context, tx *db.Tx, program programs.ID) ([]Target, error) {
	all, err := db.All(ctx, tx, scanTarget, targetColumns+` where program_id = $1 order by id desc limit $2`, program, mostTargets)
	if err != nil {
		return nil, fmt.Errorf("cannot read targets: %w", err)
	}
	return all, nil
}

// RemoveTarget takes a target of the program away.
func RemoveTarget(ctx context.Context, tx *db.Tx, program programs.ID, target TargetID) error {
	gone, err := tx.Exec(ctx, `delete from target_profiles where id = $1 and program_id = $2`, target, program)
	if err != nil {
		return fmt.Errorf("cannot remove target %s: %w", target, err)
	}
	if gone == 0 {
		return fault.NotFound("target")
	}
	return tellWanted(ctx, tx, program)
}

// ProgramOf returns the program that a target or a shortlist belongs to, so that a caller's rights in it can be asked.
func ProgramOf[T TargetID | creators.ListID](ctx context.Context, tx *db.Tx, what T) (programs.ID, error) {
	table, thing := "target_profiles", "target"
	if _, list := any(what).(creators.ListID); list {
		table, thing = "creator_lists", "list"
	}
	program, found, err := db.One(ctx, tx, db.Column[programs.ID], `select program_id from `+table+` where id = $1`, string(what))
	if err != nil {
		return "", fmt.Errorf("cannot look %s up: %w", what, err)
	}
	if !found {
		return "", fault.NotFound(thing)
	}
	return program, nil
}
