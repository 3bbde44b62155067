package imports

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"rapport/internal/base/db"
	"rapport/internal/base/db/dbtest"
)

// The writer is shared: whatever the file is like, the import and its undoing leave it to others again and again.
func TestNoTransactionOfAnImportIsLong(t *testing.T) {
	const rows = 5_000
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
	stalls := watchStalls(t)
	for _, text := range []string{
		again, dated(strings.ReplaceAll(twice, "made up", "thought of"), "2025-01-01"), dated(again, "2025-02-01"),
		strings.Repeat("platform,handle\n", rows), // nothing but refusals
	} {
		report := imported(t, d, text, Options{})
		undo(t, d, report.ID)
		imported(t, d, text, Options{})
	}
	checkTransactions(t, d, stalls())
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
	stalls, began := watchStalls(t), stopwatch()
	report, err := Run(t.Context(), d, Options{Reader: generatedReader(rows)})
	if err != nil || report.Tally.Taken != int64(rows) {
		t.Fatalf("%+v, %v", report.Tally, err)
	}
	t.Logf("%.0f rows a second", rate(int64(rows), began))
	checkTransactions(t, d, stalls())
}

// checkTransactions holds the law of 50 ms with a margin for the machine: what a sleep of a millisecond oversleeps, a transaction may too.
func checkTransactions(t *testing.T, d *db.DB, stalls []time.Duration) {
	t.Helper()
	short, slowest := transactions(d, 50*time.Millisecond)
	counts, sum := d.GroupTimes()
	usual, worst := stalls[len(stalls)*9/10], stalls[len(stalls)-1]
	t.Logf("%.2f %% within 50 ms, the slowest %v; up to %v: %v, together %v; the machine stalls for %v, at worst %v",
		100*short, slowest, db.GroupBounds, counts, sum, usual, worst)
	if slowest > 250*time.Millisecond+2*worst {
		t.Errorf("a transaction took %v", slowest)
	}
	if usual > 3*time.Millisecond {
		t.Logf("other programs have the processors: how many transactions are short says nothing today")
	} else if short < 0.99 {
		t.Errorf("only %.2f %% of the transactions took at most 50 ms", 100*short)
	}
}

// watchStalls sleeps a millisecond over and over. Its result ends that, and returns by how much each sleep was too long, in order.
func watchStalls(t *testing.T) (end func() []time.Duration) {
	t.Helper()
	stop, over := make(chan struct{}), make(chan []time.Duration)
	go func() {
		var all []time.Duration
		for {
			began := stopwatch()
			select {
			case <-stop:
				slices.Sort(all)
				over <- all
				return
			case <-time.After(time.Millisecond):
				all = append(all, stopwatch().Sub(began)-time.Millisecond)
			}
		}
	}()
	return func() []time.Duration {
		close(stop)
		return <-over
	}
}
