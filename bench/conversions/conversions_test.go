package conversions

import (
	"context"
	"fmt"
	"testing"
	"time"

	"rapport/bench"
	"rapport/internal/base/db"
	"rapport/internal/base/db/dbtest"
	"rapport/internal/pay/ledger"
)

const (
	clients  = 32
	partners = 50
	runs     = 7
	runTime  = 1200 * time.Millisecond

	// A conversion, its name, its credit, a commission and its first step, a ledger transaction of two lines, a balance, two events, the kept answer.
	rowsOfOrder = 12
)

func BenchmarkConversions(b *testing.B) {
	if testing.Short() {
		b.Skip("takes half a minute")
	}
	for _, engine := range []db.Engine{db.EngineSQLite, db.EnginePostgres} {
		b.Run(engine.String(), func(b *testing.B) {
			for b.Loop() {
				measure(b, dbtest.Durable(b, engine))
			}
		})
	}
}

func measure(b *testing.B, d *db.DB) {
	p50, p99, err := bench.SyncTime(b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	fmt.Printf("\nconversions, %s: %s; 4 KiB on this disk (write, fsync): p50 %v, p99 %v\n", d.Engine(), bench.Machine(), p50, p99)
	s := open(b, d)
	if _, err := d.Handle().ExecContext(b.Context(), `create table peer_rows (id text primary key, program_id text, external_id text, amount_minor bigint, at bigint)`); err != nil {
		b.Fatal(err)
	}
	orders.Store(0)
	ours, peer := func() result { return s.orders(b) }, func() result { return s.rows(b) }
	ours() // opens connections and prepares statements
	peer()
	var all, plain []result
	for range runs {
		all, plain = append(all, ours()), append(plain, peer())
	}
	tell(b, d.Engine(), all, plain)
	s.verify(b)
}

func (s shop) orders(b *testing.B) result {
	return run(b, func(int) func() error { return s.client(b) })
}

func (s shop) rows(b *testing.B) result {
	return run(b, func(client int) func() error { return s.row(b, client) })
}

func tell(b *testing.B, engine db.Engine, ours, peer []result) {
	name := func(what string) string {
		return fmt.Sprintf("conversions, %-8s %d clients, %s", engine.String()+",", clients, what)
	}
	show := func(what string, all []result) float64 {
		rate := bench.Median(rates(all))
		fmt.Printf("%-58s %7.0f/s   p50 %7v   p99 %7v\n", name(what), rate, bench.Median(times(all, 50)).Round(10*time.Microsecond), bench.Median(times(all, 99)).Round(10*time.Microsecond))
		return rate
	}
	a, z := show("orders through HTTP", ours), show("one row per commit", peer)
	fmt.Printf("%s: %.2f of the peer, %.2f counted in rows (%d an order); medians of %d alternating runs\n", name("orders beside rows"), a/z, a*rowsOfOrder/z, rowsOfOrder, runs)
	b.ReportMetric(a, "orders/s")
	b.ReportMetric(z, "rows/s")
	b.ReportMetric(a/z, "ratio")
}

func rates(all []result) (rates []float64) {
	for _, r := range all {
		rates = append(rates, r.Rate)
	}
	return rates
}

func times(all []result, percentile int) (times []time.Duration) {
	for _, r := range all {
		if percentile == 50 {
			times = append(times, r.P50)
		} else {
			times = append(times, r.P99)
		}
	}
	return times
}

// verify looks for everything that was answered.
func (s shop) verify(b *testing.B) {
	if err := ledger.Seal(b.Context(), s.d); err != nil {
		b.Fatal(err)
	}
	for _, table := range []string{"conversions", "credits", "commissions", "ledger_transactions", "idempotency"} {
		var n int64
		if err := s.d.View(b.Context(), func(tx *db.Tx) error {
			return tx.QueryRow(context.Background(), `select count(*) from `+table).Scan(&n)
		}); err != nil || n != orders.Load() {
			b.Fatalf("%d orders were answered, %d rows are in %s (%v)", orders.Load(), n, table, err)
		}
	}
	report, err := ledger.Verify(b.Context(), s.d)
	if err != nil || len(report.Findings) > 0 {
		b.Fatalf("the books: %v, %v", report.Findings, err)
	}
}
