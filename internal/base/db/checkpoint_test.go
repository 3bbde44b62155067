package db

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A committer that never rests would let the log grow for ever: here it writes four times as much as the log may hold.
func TestTheLogBeginsAnewWhileTheCommitterKeepsWriting(t *testing.T) {
	dir := t.TempDir()
	d, err := Open(t.Context(), Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	exec := func(query string, args ...any) {
		t.Helper()
		if err := d.Update(t.Context(), func(tx *Tx) error { _, err := tx.Exec(t.Context(), query, args...); return err }); err != nil {
			t.Fatal(err)
		}
	}
	exec(`create table filler (id bigint primary key, text text not null)`)
	text, written := strings.Repeat("x", 256<<10), 0
	for i := 0; written < 4*longLog*4096; i++ {
		exec(`insert into filler values ($1, $2) on conflict (id) do update set text = excluded.text`, i%16, fmt.Sprint(i, text))
		written += len(text)
	}
	info, err := os.Stat(filepath.Join(dir, "rapport.db-wal"))
	if err != nil || info.Size() > 3*longLog*4096 {
		t.Fatalf("the log has %d MiB after %d MiB were written, %v", info.Size()>>20, written>>20, err)
	}
	counts, sum := d.GroupTimes()
	var all int64
	for _, n := range counts {
		all += n
	}
	if batches, _, slowest := d.GroupStats(); all != batches || sum < slowest {
		t.Errorf("the histogram holds %d of %d transactions, and %v of at least %v", all, batches, sum, slowest)
	}
	t.Logf("log %d MiB; %v", info.Size()>>20, counts)
}

// A reader that holds on to an old state keeps the log from beginning anew. It must not make the committer wait.
func TestAReaderOfAnOldStateMakesNobodyWait(t *testing.T) {
	d, err := Open(t.Context(), Config{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if err := d.Update(t.Context(), func(tx *Tx) error { _, err := tx.Exec(t.Context(), `create table n (n text not null)`); return err }); err != nil {
		t.Fatal(err)
	}
	text := strings.Repeat("x", 4<<20)
	err = d.View(t.Context(), func(old *Tx) error {
		var before, after int
		if err := old.QueryRow(t.Context(), `select count(*) from n`).Scan(&before); err != nil {
			return err
		}
		for range 2 * longLog * 4096 / len(text) {
			if err := d.Update(context.Background(), func(tx *Tx) error { _, err := tx.Exec(t.Context(), `insert into n values ($1)`, text); return err }); err != nil {
				return err
			}
			if err := d.checkpointOnce(); err != nil {
				return err
			}
		}
		err := old.QueryRow(t.Context(), `select count(*) from n`).Scan(&after)
		if before != after {
			t.Errorf("the reader saw %d, then %d", before, after)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, slowest := d.GroupStats(); slowest > 2*time.Second {
		t.Errorf("a transaction took %v", slowest)
	}
}
