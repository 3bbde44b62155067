package imports

import (
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"rapport/internal/base/db"
	"rapport/internal/base/db/dbtest"
)

// The writer is shared: whatever the file is like, the import and its undoing leave it to others again and again.
func TestNoTransactionOfAnImportIsLong(t *testing.T) {
	const rows = 2_000
	again := generated(rows)
	twice := again + again[strings.Index(again, "\n")+1:] // every profile is stale
	dated := func(text, day string) string {
		lines := strings.Split(strings.TrimSpace(text), "\n")
		for i := range lines[1:] {
			lines[i+1] = day + "," + lines[i+1]
		}
		return "taken_on," + strings.Join(lines, "\n") + "\n"
	}
	d := dbtest.New(t, db.EngineSQLite)
	watched := watchMachine(t)
	for _, text := range []string{
		again, dated(strings.ReplaceAll(twice, "made up", "thought of"), "2025-01-01"), dated(again, "2025-02-01"),
		strings.Repeat("platform,handle\n", rows), // nothing but refusals
	} {
		report := imported(t, d, text, Options{})
		undo(t, d, report.ID)
		imported(t, d, text, Options{})
	}
	checkTransactions(t, d, watched())
}

func TestManyRowsGoThrough(t *testing.T) {
	rows := 20_000
	if os.Getenv("RAPPORT_LONG") != "" {
		rows = 1_000_000
	}
	if testing.Short() {
		rows = 2_000
	}
	d := dbtest.New(t, db.EngineSQLite)
	watched, began := watchMachine(t), stopwatch()
	report, err := Run(t.Context(), d, Options{Reader: generatedReader(rows)})
	if err != nil || report.Tally.Taken != int64(rows) {
		t.Fatalf("%+v, %v", report.Tally, err)
	}
	t.Logf("%.0f rows a second", rate(int64(rows), began))
	checkTransactions(t, d, watched())
}

// checkTransactions holds the law of 50 ms with a margin for the machine: what a sleep of a millisecond oversleeps, and what writing one page to the disk
// takes at worst, a transaction may take too; where others wait for the processors or the disk as well, so does the import.
func checkTransactions(t *testing.T, d *db.DB, m machine) {
	t.Helper()
	short, slowest := transactions(d, 50*time.Millisecond)
	counts, sum := d.GroupTimes()
	t.Logf("%.2f %% within 50 ms, the slowest %v; up to %v: %v, together %v; %.1f tasks on %d processors, stalls of up to %v, a page written in up to %v",
		100*short, slowest, db.GroupBounds, counts, sum, m.tasks, runtime.NumCPU(), m.stall, m.disk)
	least := 0.99
	if m.tasks > 1.5*float64(runtime.NumCPU()) {
		least = 0.5
	}
	if slowest > 250*time.Millisecond+2*(m.stall+m.disk) {
		t.Errorf("a transaction took %v", slowest)
	}
	if short < least {
		t.Errorf("only %.2f %% of the transactions took at most 50 ms", 100*short)
	}
}

// machine is how busy the machine was during a test.
type machine struct {
	stall time.Duration // by how much a sleep was too long at worst
	disk  time.Duration // what writing one page to the disk took at worst
	tasks float64       // on the average this many ran, could have run, or waited for the disk, our own among them
}

// watchMachine watches until the result is called.
func watchMachine(t *testing.T) (end func() machine) {
	t.Helper()
	page, err := os.Create(filepath.Join(t.TempDir(), "page"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = page.Close() })
	stop, seen := make(chan struct{}), make(chan machine)
	go func() {
		var m machine
		for n := 1.0; ; n++ {
			began := stopwatch()
			select {
			case <-stop:
				seen <- m
				return
			case <-time.After(5 * time.Millisecond):
				m.stall = max(m.stall, stopwatch().Sub(began)-5*time.Millisecond)
				m.tasks += (tasks() - m.tasks) / n
			}
			if int(n)%20 == 0 {
				m.disk = max(m.disk, writePage(page))
			}
		}
	}()
	return func() machine {
		close(stop)
		return <-seen
	}
}

// writePage is how long the disk takes to keep a page, as every commit asks of it.
func writePage(file *os.File) time.Duration {
	began := stopwatch()
	if _, err := file.WriteAt(make([]byte, 4096), 0); err != nil {
		return 0
	}
	if err := file.Sync(); err != nil {
		return 0
	}
	return stopwatch().Sub(began)
}

// tasks is how many tasks run, could run or wait for the disk right now. Where the system does not tell, the machine counts as busy.
func tasks() (n float64) {
	text, err := os.ReadFile("/proc/stat")
	if err != nil {
		return 1000
	}
	for line := range strings.Lines(string(text)) {
		if name, count, _ := strings.Cut(strings.TrimSpace(line), " "); name == "procs_running" || name == "procs_blocked" {
			one, err := strconv.ParseFloat(count, 64)
			if err != nil {
				return 1000
			}
			n += one
		}
	}
	return n
}
