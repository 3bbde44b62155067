package db_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"rapport/internal/base/db"
	"rapport/internal/base/db/dbtest"
)

// Whoever waits for a connection has changed nothing yet, so they may leave when their time is over; else a busy database gathers callers without end.
func TestACallerWhoseTimeIsOverDoesNotWaitForAConnection(t *testing.T) {
	d := dbtest.New(t, db.EnginePostgres)
	release := make(chan struct{})
	var busy, done, working sync.WaitGroup
	for range d.Handle().Stats().MaxOpenConnections {
		busy.Add(1)
		done.Go(func() {
			if err := d.Update(context.WithoutCancel(t.Context()), func(*db.Tx) error { busy.Done(); <-release; return nil }); err != nil {
				t.Error(err)
			}
		})
	}
	busy.Wait()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	over := make(chan error, 1)
	working.Go(func() { over <- d.Update(ctx, func(*db.Tx) error { t.Error("it ran"); return nil }) })
	select {
	case err := <-over:
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
	case <-time.After(5 * time.Second):
		t.Error("it still waits")
	}
	close(release)
	done.Wait()
	working.Wait()
}
