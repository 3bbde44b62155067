package benchmarks

import (
	"context"
	"fmt"
	"slices"

	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/id"
	"rapport/internal/base/programs"
)

const (
	mostRows = 2000 // that a program may enter
	mostOwn  = 500  // that are kept of computed ones
)

const columns = `id, program_id, replaces, removed, own, platform, tier, country, metric, formula, low, median, high, unit, note, as_of, source, url,
	sample, updated_at`

type row struct {
	Benchmark
	removed bool
}

func scan(s db.Scanner) (r row, err error) {
	b := &r.Benchmark
	err = s.Scan(&b.ID, &b.Program, &b.Replaces, &r.removed, &b.Own, &b.Platform, &b.Tier, &b.Country, &b.Metric, &b.Formula, &b.Low, &b.Median, &b.High,
		&b.Unit, &b.Note, &b.AsOf, &b.Source, &b.URL, &b.Sample, db.ScanTime(&b.UpdatedAt))
	return r, err
}

// All returns what a program compares with: its own rows, and those published ones that it has neither replaced nor removed.
func All(ctx context.Context, tx *db.Tx, program programs.ID) (Table, error) {
	rows, err := db.All(ctx, tx, scan, `select `+columns+` from benchmarks where program_id = $1 order by id limit $2`, program, mostRows+mostOwn)
	if err != nil {
		return nil, fmt.Errorf("cannot read benchmarks: %w", err)
	}
	gone := map[ID]bool{}
	var table Table
	for _, r := range rows {
		if r.Replaces != "" {
			gone[r.Replaces] = true
		}
		if !r.removed {
			table = append(table, r.Benchmark)
		}
	}
	for _, b := range Published() {
		if !gone[b.ID] {
			table = append(table, b)
		}
	}
	return table, nil
}

// For returns the benchmarks of a metric for such accounts, the closest first; with a formula only those that have the same.
func For(ctx context.Context, tx *db.Tx, program programs.ID, q Question, formula string) ([]Benchmark, error) {
	table, err := All(ctx, tx, program)
	if err != nil {
		return nil, err
	}
	found := table.About(q)
	if formula != "" {
		found = slices.DeleteFunc(found, func(b Benchmark) bool { return !Equal(formula, b.Formula) })
	}
	return found, nil
}

// Find returns one benchmark of a program, a published one too.
func Find(ctx context.Context, tx *db.Tx, program programs.ID, which ID) (Benchmark, error) {
	table, err := All(ctx, tx, program)
	if err != nil {
		return Benchmark{}, err
	}
	if i := slices.IndexFunc(table, func(b Benchmark) bool { return b.ID == which }); i >= 0 {
		return table[i], nil
	}
	return Benchmark{}, fault.NotFound("benchmark")
}

// Save stores a benchmark of a program: a new one without an id, a changed one with its own, and with the id of a published one the row that stands
// for it from now on. Computed ones cannot be changed.
func Save(ctx context.Context, tx *db.Tx, program programs.ID, b Benchmark) (Benchmark, error) {
	b, err := b.Check()
	if err != nil {
		return b, err
	}
	before := Benchmark{}
	if b.ID != "" {
		if before, err = changeable(ctx, tx, program, b.ID); err != nil {
			return b, err
		}
	} else if err := tooMany(ctx, tx, program); err != nil {
		return b, err
	}
	b.Program, b.Own, b.Sample, b.Replaces, b.UpdatedAt = program, false, 0, before.Replaces, tx.Now()
	if before.ID != "" && before.Program == "" {
		b.Replaces = before.ID
	}
	if before.Program == "" {
		b.ID = ID(id.New(Prefix, tx.Now()))
	}
	return b, put(ctx, tx, row{Benchmark: b})
}

// Remove takes a benchmark away: a program's row is deleted, a published one hidden in this program.
func Remove(ctx context.Context, tx *db.Tx, program programs.ID, which ID) (Benchmark, error) {
	b, err := changeable(ctx, tx, program, which)
	if err != nil {
		return b, err
	}
	hide := row{Benchmark: b, removed: true}
	hide.Program, hide.UpdatedAt = program, tx.Now()
	switch {
	case b.Program == "":
		hide.ID, hide.Replaces = ID(id.New(Prefix, tx.Now())), b.ID
		return b, put(ctx, tx, hide)
	case b.Replaces != "":
		return b, put(ctx, tx, hide) // what it stood for does not come back by itself
	}
	_, err = tx.Exec(ctx, `delete from benchmarks where id = $1 and program_id = $2`, b.ID, program)
	if err != nil {
		return b, fmt.Errorf("cannot remove benchmark %s: %w", b.ID, err)
	}
	return b, nil
}

// Restore brings every published benchmark back as it was published.
func Restore(ctx context.Context, tx *db.Tx, program programs.ID) error {
	if _, err := tx.Exec(ctx, `delete from benchmarks where program_id = $1 and replaces <> ''`, program); err != nil {
		return fmt.Errorf("cannot restore the published benchmarks: %w", err)
	}
	return nil
}

func changeable(ctx context.Context, tx *db.Tx, program programs.ID, which ID) (Benchmark, error) {
	b, err := Find(ctx, tx, program, which)
	if err == nil && b.Own {
		err = fault.Conflict("computed", "This benchmark is computed from your creators and is refreshed by itself.")
	}
	return b, err
}

func tooMany(ctx context.Context, tx *db.Tx, program programs.ID) error {
	n, _, err := db.One(ctx, tx, db.Column[int], `select count(*) from benchmarks where program_id = $1 and own = $2`, program, false)
	if err != nil {
		return fmt.Errorf("cannot count benchmarks: %w", err)
	}
	if n >= mostRows {
		return fault.Invalidf("A program has at most %d benchmarks of its own.", mostRows)
	}
	return nil
}

func put(ctx context.Context, tx *db.Tx, r row) error {
	b := r.Benchmark
	if _, err := tx.Exec(ctx, `delete from benchmarks where id = $1`, b.ID); err != nil {
		return fmt.Errorf("cannot change benchmark %s: %w", b.ID, err)
	}
	if _, err := tx.Exec(ctx, `insert into benchmarks (`+columns+`) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17,
		$18, $19, $20)`, r.args()...); err != nil {
		return fmt.Errorf("cannot store a benchmark: %w", err)
	}
	return nil
}

func (r row) args() []any {
	b := r.Benchmark
	return []any{
		b.ID, b.Program, b.Replaces, r.removed, b.Own, b.Platform, b.Tier, b.Country, b.Metric, b.Formula, b.Low, b.Median, b.High, b.Unit, b.Note, b.AsOf,
		b.Source, b.URL, b.Sample, db.Micros(b.UpdatedAt),
	}
}

// SetOwn puts freshly computed benchmarks in the place of a program's earlier ones.
func SetOwn(ctx context.Context, tx *db.Tx, program programs.ID, own []Benchmark) error {
	if _, err := tx.Exec(ctx, `delete from benchmarks where program_id = $1 and own = $2`, program, true); err != nil {
		return fmt.Errorf("cannot replace a program's own benchmarks: %w", err)
	}
	for _, b := range own[:min(len(own), mostOwn)] {
		b.ID, b.Program, b.Own, b.UpdatedAt = ID(id.New(Prefix, tx.Now())), program, true, tx.Now()
		if err := put(ctx, tx, row{Benchmark: b}); err != nil {
			return err
		}
	}
	return nil
}
