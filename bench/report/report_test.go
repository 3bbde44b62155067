package report

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"testing"
	"time"

	"rapport/internal/base/db"
	"rapport/internal/base/db/dbtest"
	"rapport/internal/base/programs"
	"rapport/internal/learn/analytics"
)

// The size of the data set. 365 days × 247 partnerships and × 1,233 links that are clicked on a day make the cells.
const (
	days         = 365
	partners     = 1_000
	links        = 5_000
	partnersADay = 247
	linksADay    = 1_233
	conversions  = 100_000
	rawClicks    = 1_000_000
	clicks       = 10_000_000
	runs         = 5
)

var firstDay = analytics.DayOf(dbtest.Start, time.UTC) - days + 1

func BenchmarkPerformance(b *testing.B) {
	for _, engine := range []db.Engine{db.EngineSQLite, db.EnginePostgres} {
		b.Run(engine.String(), func(b *testing.B) {
			d := dbtest.New(b, engine)
			program := fill(b, d)
			b.Logf("%s, %d cores, %s: %d million clicks in roll-ups, %d conversions", engine, runtime.NumCPU(), runtime.GOARCH, clicks/1_000_000, conversions)
			raw := median(b, func() { countRaw(b, d, program) }) * (clicks / rawClicks)
			for _, by := range analytics.Dimensions {
				b.Run(string(by), func(b *testing.B) {
					measure(b, d, analytics.Query{Program: program, GroupBy: by, From: firstDay, To: firstDay + days}, raw)
				})
			}
			b.Run("creator/30days", func(b *testing.B) { measure(b, d, analytics.Query{Program: program, GroupBy: analytics.ByCreator}, 0) })
			b.Run("home", func(b *testing.B) {
				for b.Loop() {
					view(b, d, func(ctx context.Context, tx *db.Tx) error {
						_, err := analytics.Home(ctx, tx, program, tx.Now(), nil)
						return err
					})
				}
			})
		})
	}
}

// measure prints the median of the report and, where there is a peer, how many times as long it takes to do only what the roll-ups replace.
func measure(b *testing.B, d *db.DB, q analytics.Query, raw time.Duration) {
	var rows int
	ask := func() {
		view(b, d, func(ctx context.Context, tx *db.Tx) error {
			report, err := analytics.Make(ctx, tx, q)
			rows = len(report.Rows)
			return err
		})
	}
	ours := median(b, ask)
	for b.Loop() {
		ask()
	}
	b.ReportMetric(float64(ours.Milliseconds()), "ms/median")
	b.ReportMetric(float64(rows), "rows")
	if raw > 0 {
		b.ReportMetric(float64(raw.Milliseconds()), "ms/peer")
		b.ReportMetric(float64(raw)/float64(ours), "×peer")
	}
}

// countRaw is the part of the report that the roll-ups replace.
func countRaw(b *testing.B, d *db.DB, program programs.ID) {
	view(b, d, func(ctx context.Context, tx *db.Tx) error {
		counts, err := db.All(ctx, tx, db.Column[int64], `select count(*) filter (where flags = 0) from clicks
			where program_id = $1 and at >= $2 and at < $3 group by partnership_id`, program, micros(firstDay), micros(firstDay+days))
		if err == nil && len(counts) != partners {
			err = fmt.Errorf("%d partnerships have clicks, not %d", len(counts), partners)
		}
		return err
	})
}

func micros(day analytics.Day) int64 { return day.Date().UnixMicro() }

func median(b *testing.B, f func()) time.Duration {
	b.Helper()
	f() // once to warm the caches
	took := make([]time.Duration, runs)
	for i := range took {
		began := time.Now()
		f()
		took[i] = time.Since(began)
	}
	slices.Sort(took)
	return took[runs/2]
}

func view(b *testing.B, d *db.DB, f func(ctx context.Context, tx *db.Tx) error) {
	b.Helper()
	if err := d.View(b.Context(), func(tx *db.Tx) error { return f(b.Context(), tx) }); err != nil {
		b.Fatal(err)
	}
}
