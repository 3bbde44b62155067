package db

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

const (
	checkpointEvery = 200 * time.Millisecond
	// A log that grows beyond this is not keeping up, because readers or writers never pause; then the writer waits once.
	longestLog = 256 << 20
)

// openCheckpoints takes the copying of SQLite's log into its file out of the commits: done by the committer it made single commits of a large
// import take up to a second.
func (d *DB) openCheckpoints(path string) (err error) {
	if d.checkpoint, err = sql.Open("sqlite", sqliteDSN(path, "deferred", "synchronous(full)", "wal_autocheckpoint(0)")); err != nil {
		return fmt.Errorf("cannot open %s: %w", path, err)
	}
	d.checkpoint.SetMaxOpenConns(1)
	d.stopped.Go(func() { d.runCheckpoints(path) })
	return nil
}

func (d *DB) runCheckpoints(path string) {
	tick := time.NewTicker(checkpointEvery)
	defer tick.Stop()
	var done int64
	for {
		select {
		case <-d.stop:
			return
		case <-tick.C:
		}
		if now := d.stats.batches.Load(); now != done {
			done = now
			d.checkpointOnce(path)
		}
	}
}

// checkpointOnce copies what it can without making anybody wait.
func (d *DB) checkpointOnce(path string) {
	pragma := `pragma wal_checkpoint(passive)`
	if info, err := os.Stat(filepath.Clean(path) + "-wal"); err == nil && info.Size() > longestLog {
		pragma = `pragma wal_checkpoint(truncate)`
	}
	if _, err := d.checkpoint.ExecContext(context.Background(), pragma); err != nil {
		d.log.Warn("the database's log was not copied into its file", "error", err)
	}
}
