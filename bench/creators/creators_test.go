package creators

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"rapport/bench"
	"rapport/internal/base/db"
	"rapport/internal/base/db/dbtest"
	"rapport/internal/recruit/imports"
)

const (
	usual      = 100_000
	commitRows = 1_000
)

// rows is how many creators are imported.
var rows = usual

func BenchmarkImport(b *testing.B) {
	if testing.Short() {
		b.Skip("takes half a minute")
	}
	if given := os.Getenv("RAPPORT_BENCH_CREATORS"); given != "" {
		n, err := strconv.Atoi(given)
		if err != nil {
			b.Fatal(err)
		}
		rows = n
	}
	text := file()
	for _, engine := range []db.Engine{db.EngineSQLite, db.EnginePostgres} {
		b.Run(engine.String(), func(b *testing.B) {
			for b.Loop() {
				measure(b, dbtest.Durable(b, engine), text)
			}
		})
	}
}

func measure(b *testing.B, d *db.DB, text string) {
	p50, p99, err := bench.SyncTime(b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	fmt.Printf("\ncreators, %s: %s; 4 KiB on this disk (write, fsync): p50 %v, p99 %v\n", d.Engine(), bench.Machine(), p50, p99)
	peer := timed(b, func() error { return plain(b, d, text) })
	ours := timed(b, func() error {
		report, err := imports.Run(b.Context(), d, imports.Options{Source: "creators.csv", Reader: strings.NewReader(text), Size: int64(len(text))})
		if err == nil && report.Tally.Taken != int64(rows) {
			err = fmt.Errorf("%d of %d rows were taken", report.Tally.Taken, rows)
		}
		return err
	})
	verify(b, d)
	tell := func(what string, s spent) {
		fmt.Printf("creators, %-9s %-40s %6.1f s, %5.1f s of CPU   %7.0f rows/s\n", d.Engine().String()+",", what, s.clock.Seconds(), s.cpu.Seconds(), s.rate())
	}
	_, resident, most := bench.Memory()
	fmt.Printf("creators, %s: the process has %d MB, had %d MB at most, %d MB of them the file\n", d.Engine(), resident>>20, most>>20, len(text)>>20)
	tell(fmt.Sprintf("import of %d creators", rows), ours)
	tell("one narrow row each, 1,000 per commit", peer)
	fmt.Printf("creators, %-9s %.2f of the peer's rate", d.Engine().String()+",", ours.rate()/peer.rate())
	if _, _, slowest := d.GroupStats(); slowest > 0 {
		fmt.Printf("; longest write transaction %v", slowest.Round(time.Millisecond))
		b.ReportMetric(float64(slowest.Milliseconds()), "ms-longest-commit")
	}
	fmt.Println()
	b.ReportMetric(ours.rate(), "rows/s")
	b.ReportMetric(peer.rate(), "peer-rows/s")
	b.ReportMetric(ours.rate()/peer.rate(), "ratio")
}

// spent is what a run took. With SQLite the database's work is in the process's own CPU time, with PostgreSQL it is not.
type spent struct{ clock, cpu time.Duration }

func (s spent) rate() float64 { return float64(rows) / s.clock.Seconds() }

func timed(b *testing.B, f func() error) spent {
	b.Helper()
	began, used := time.Now(), bench.CPUTime()
	if err := f(); err != nil {
		b.Fatal(err)
	}
	return spent{time.Since(began), bench.CPUTime() - used}
}

// plain is the peer.
func plain(b *testing.B, d *db.DB, text string) error {
	if _, err := d.Handle().ExecContext(b.Context(), `create table peer_rows (platform text, handle text, name text, followers text, country text, bio text)`); err != nil {
		return err
	}
	in := csv.NewReader(strings.NewReader(text))
	for first := true; ; first = false {
		some, err := next(in, first)
		if err != nil || len(some) == 0 {
			return err
		}
		if err := commit(b, d, some); err != nil {
			return err
		}
	}
}

func next(in *csv.Reader, first bool) (some [][]string, err error) {
	if first {
		if _, err := in.Read(); err != nil {
			return nil, err
		}
	}
	for len(some) < commitRows {
		row, err := in.Read()
		if errors.Is(err, io.EOF) {
			return some, nil
		}
		if err != nil {
			return nil, err
		}
		some = append(some, row)
	}
	return some, nil
}

func commit(b *testing.B, d *db.DB, some [][]string) error {
	tx, err := d.Handle().BeginTx(b.Context(), nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	insert, err := tx.PrepareContext(b.Context(), `insert into peer_rows (platform, handle, name, followers, country, bio) values ($1, $2, $3, $4, $5, $6)`)
	if err != nil {
		return err
	}
	for _, row := range some {
		if _, err := insert.ExecContext(b.Context(), row[0], row[1], row[2], row[3], row[7], row[11]); err != nil {
			return err
		}
	}
	return tx.Commit()
}

func verify(b *testing.B, d *db.DB) {
	b.Helper()
	for _, table := range []string{"creators", "profiles", "snapshots", "peer_rows"} {
		var n int
		if err := d.View(b.Context(), func(tx *db.Tx) error { return tx.QueryRow(b.Context(), `select count(*) from `+table).Scan(&n) }); err != nil || n != rows {
			b.Fatalf("%d rows are in %s, not %d (%v)", n, table, rows, err)
		}
	}
}

// file is a list as tools that look for creators export it. All of it is invented.
func file() string {
	var b strings.Builder
	b.WriteString("platform,handle,name,followers,following,likes_total,videos_total,country,language,verified,category,bio\n")
	for i := range rows {
		fmt.Fprintf(&b, "%s,invented_%06d,Name %d,%d,%d,%d,%d,DE,German,False,Fashion,made up words about life number %d\n",
			[]string{"tiktok", "instagram", "youtube"}[i%3], i, i*7919%rows, 1000+i*37%3_000_000, i%2000, i*11, i%500, i)
	}
	return b.String()
}
