package imports

import (
	"strings"
	"testing"
	"time"

	"rapport/internal/base/db"
	"rapport/internal/base/db/dbtest"
	"rapport/internal/recruit/creators"
)

// Benchmark100000Creators imports a file into an empty SQLite database, once or more often, and then searches the last one made. The import's
// transactions share the writer with clicks and orders, so how long they are is part of the figure.
func Benchmark100000Creators(b *testing.B) {
	const rows = 100_000
	text := generated(rows)
	var d *db.DB
	b.Run("import", func(inner *testing.B) {
		for inner.Loop() {
			d = dbtest.New(b, db.EngineSQLite)
			report, err := Run(inner.Context(), d, Options{Reader: strings.NewReader(text)})
			if err != nil || report.Tally.Taken != rows {
				inner.Fatalf("%+v, %v", report.Tally, err)
			}
		}
		short, slowest := transactions(d, 50*time.Millisecond)
		inner.ReportMetric(100*short, "%-within-50ms")
		inner.ReportMetric(float64(slowest.Milliseconds()), "ms-slowest-commit")
		inner.ReportMetric(float64(rows*inner.N)/inner.Elapsed().Seconds(), "rows/s")
	})
	b.Run("search", func(inner *testing.B) {
		if d == nil {
			inner.Skip("searches what the import made")
		}
		for inner.Loop() {
			nobody(inner, d)
		}
	})
}

// nobody looks for what nobody is called, so that all rows are read.
func nobody(b *testing.B, d *db.DB) {
	b.Helper()
	err := d.View(b.Context(), func(tx *db.Tx) error {
		_, _, err := creators.List(b.Context(), tx, creators.Filter{Everywhere: true, Query: "nobody"}, db.Page{})
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
}

// transactions returns the share of SQLite's transactions that took at most so long, which must be a bound of the histogram, and the longest.
func transactions(d *db.DB, most time.Duration) (share float64, slowest time.Duration) {
	counts, _ := d.GroupTimes()
	var within, all int64
	for i, n := range counts {
		if all += n; i < len(db.GroupBounds) && db.GroupBounds[i] <= most {
			within += n
		}
	}
	_, _, slowest = d.GroupStats()
	return float64(within) / float64(all), slowest
}
