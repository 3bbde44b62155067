package analytics

import (
	"context"

	"rapport/internal/base/db"
	"rapport/internal/base/programs"
)

// Report is the answer to a query, with every row. Its rows sum to its totals.
type Report struct {
	From, To Day
	Totals   Row
	Rows     []Row // sorted
}

// Make answers a query in full; Query.Page is not looked at. The rows are as many as the program has creators, links or days with figures.
func Make(ctx context.Context, tx *db.Tx, q Query) (Report, error) {
	program, err := programs.Find(ctx, tx, q.Program)
	if err != nil {
		return Report{}, err
	}
	if q, err = q.settled(tx.Now(), program.Location()); err != nil {
		return Report{}, err
	}
	cells, err := read(ctx, tx, q, program.Location())
	if err != nil {
		return Report{}, err
	}
	labels, err := labelsOf(ctx, tx, q, cells)
	if err != nil {
		return Report{}, err
	}
	return fold(q, program, cells, labels)
}

// Performance answers one page of a query and the cursor of the next.
func Performance(ctx context.Context, tx *db.Tx, q Query) ([]Row, string, error) {
	r, err := Make(ctx, tx, q)
	if err != nil {
		return nil, "", err
	}
	return cut(r.Rows, q.Page)
}

// Totals answers a query in one line. Whoever shows rows as well asks Make once instead.
func Totals(ctx context.Context, tx *db.Tx, q Query) (Row, error) {
	q.GroupBy, q.Sort = ByPartnership, ""
	r, err := Make(ctx, tx, q)
	return r.Totals, err
}

// fold brings the cells together under their rows.
func fold(q Query, program programs.Program, cells cells, labels map[string]label) (Report, error) {
	report := Report{From: q.From, To: q.To}
	rows := map[string]*entry{}
	var total figures
	for key, f := range cells {
		l := labels[key]
		e, known := rows[l.key]
		if !known {
			e = &entry{label: l}
			rows[l.key] = e
		}
		if err := e.figures.add(*f); err != nil {
			return report, err
		}
		if err := total.add(*f); err != nil {
			return report, err
		}
	}
	var err error
	if report.Totals, err = row(label{}, total, program.Currency); err != nil {
		return report, err
	}
	report.Rows = make([]Row, 0, len(rows))
	for _, e := range rows {
		r, err := row(e.label, e.figures, program.Currency)
		if err != nil {
			return report, err
		}
		report.Rows = append(report.Rows, r)
	}
	sortRows(report.Rows, q.Sort)
	return report, nil
}

type entry struct {
	label   label
	figures figures
}
