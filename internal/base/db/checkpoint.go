package db

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

const (
	checkpointEvery = 200 * time.Millisecond

	// Counted in SQLite's pages of 4 KiB:
	longLog    = 16 << 10 // 64 MiB: time to begin the log anew
	longestLog = 64 << 10 // 256 MiB: readers overlap so closely that the log never ends; then they wait once
	shortRest  = 512      // 2 MiB, about 20 ms: so much of the log may be copied while the committer waits
	restPasses = 8        // each copies what the committer wrote during the one before

	readersWait = "20" // milliseconds for which a commit may wait until readers let the log go
)

// openCheckpoints takes the copying of SQLite's log into its file out of the commits: done by the committer it made single commits of a large
// import take up to a second.
func (d *DB) openCheckpoints(path string) (err error) {
	dsn := sqliteDSN(path, "deferred", readersWait, "synchronous(full)", "wal_autocheckpoint(0)")
	if d.checkpoint, err = sql.Open("sqlite", dsn); err != nil {
		return fmt.Errorf("cannot open %s: %w", path, err)
	}
	d.checkpoint.SetMaxOpenConns(1)
	d.stopped.Go(d.runCheckpoints)
	return nil
}

func (d *DB) runCheckpoints() {
	tick := time.NewTicker(checkpointEvery)
	defer tick.Stop()
	var done int64
	for {
		select {
		case <-d.stop:
			return
		case <-tick.C:
		}
		now := d.stats.batches.Load()
		if now == done {
			continue
		}
		done = now
		if err := d.checkpointOnce(); err != nil {
			d.log.Warn("the database's log was not copied into its file", "error", err)
		}
	}
}

// checkpointOnce copies what it can without making anybody wait. The log begins anew only if the committer finds it copied to its end, which
// never happens while it keeps writing: so a long log is copied to almost its end beside the committer, and the rest while the committer pauses.
// Left to SQLite (a truncating checkpoint) the pause is as long as all the copying, and half a second of it was seen.
func (d *DB) checkpointOnce() error {
	pages, rest, err := d.copyLog("passive")
	for range restPasses {
		if err != nil || pages < longLog {
			break
		}
		before := pages
		if pages, rest, err = d.copyLog("passive"); pages-before <= shortRest {
			break // so much was written during a pass, and will be in the log's end
		}
	}
	if err != nil || pages < longLog || rest > 4*shortRest { // so much is left where a reader holds on to an old state; the log grows meanwhile
		return err
	}
	mode := "passive"
	if pages >= longestLog {
		mode = "restart"
	}
	d.logPause.Lock()
	defer d.logPause.Unlock()
	_, _, err = d.copyLog(mode)
	return err
}

// ForgetDeleted empties SQLite's log, in which what was deleted stands until it is written over; in the file it is gone already. Readers that hold on to
// an old state keep the log: then it is tried again, mostForgets times, and where that does not help the log is emptied when the server ends.
// PostgreSQL removes what is deleted by itself (VACUUM).
func (d *DB) ForgetDeleted(ctx context.Context) error {
	if d.checkpoint == nil {
		return nil
	}
	for range mostForgets {
		if err := d.checkpointOnce(); err != nil { // most of the copying, while nobody waits
			return fmt.Errorf("cannot copy the database's log: %w", err)
		}
		left, err := d.truncateLog()
		if err != nil || !left {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(checkpointEvery):
		}
	}
	d.log.Warn("the database's log still holds what was deleted: something reads an old state")
	return nil
}

const mostForgets = 10

func (d *DB) truncateLog() (left bool, err error) {
	d.logPause.Lock()
	defer d.logPause.Unlock()
	var busy, pages, copied int64
	if err := d.checkpoint.QueryRowContext(context.Background(), `pragma wal_checkpoint(truncate)`).Scan(&busy, &pages, &copied); err != nil {
		return false, fmt.Errorf("cannot empty the database's log: %w", err)
	}
	return busy != 0, nil
}

// copyLog copies the log as it is at the beginning of the copying. It returns how many pages that are, and how many of them were left.
func (d *DB) copyLog(mode string) (pages, rest int64, err error) {
	var busy, copied int64
	if err := d.checkpoint.QueryRowContext(context.Background(), `pragma wal_checkpoint(`+mode+`)`).Scan(&busy, &pages, &copied); err != nil {
		return 0, 0, err
	}
	return pages, pages - copied, nil
}
