package imports

import (
	"strings"
	"testing"

	"rapport/internal/base/db"
	"rapport/internal/base/db/dbtest"
	"rapport/internal/recruit/creators"
)

// BenchmarkImportOf100000Creators goes into an empty SQLite file; -benchtime=1x is enough.
func BenchmarkImportOf100000Creators(b *testing.B) {
	const rows = 100_000
	text := generated(rows)
	for b.Loop() {
		d := dbtest.New(b, db.EngineSQLite)
		report, err := Run(b.Context(), d, Options{Reader: strings.NewReader(text)})
		if err != nil || report.Tally.Taken != rows {
			b.Fatalf("%+v, %v", report.Tally, err)
		}
	}
	b.ReportMetric(float64(rows*b.N)/b.Elapsed().Seconds(), "rows/s")
}

// BenchmarkSearchIn100000Creators looks for what nobody is called, so that all rows are read.
func BenchmarkSearchIn100000Creators(b *testing.B) {
	d := dbtest.New(b, db.EngineSQLite)
	if _, err := Run(b.Context(), d, Options{Reader: strings.NewReader(generated(100_000))}); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		err := d.View(b.Context(), func(tx *db.Tx) error {
			_, _, err := creators.List(b.Context(), tx, creators.Filter{Everywhere: true, Query: "nobody"}, db.Page{})
			return err
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}
