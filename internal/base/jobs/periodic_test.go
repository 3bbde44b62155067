package jobs_test

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"rapport/internal/base/db"
	"rapport/internal/base/db/dbtest"
	"rapport/internal/base/jobs"
)

func runner(d *db.DB, f func(ctx context.Context) error) *jobs.Runner {
	r := jobs.New(d, slog.New(slog.DiscardHandler))
	r.Periodic(time.Minute, "count", f)
	return r
}

func task(t *testing.T, d *db.DB) jobs.Task {
	t.Helper()
	var tasks []jobs.Task
	if err := d.View(t.Context(), func(tx *db.Tx) (err error) { tasks, err = jobs.Tasks(t.Context(), tx); return err }); err != nil {
		t.Fatal(err)
	}
	if len(tasks) != 1 {
		t.Fatalf("%d tasks", len(tasks))
	}
	return tasks[0]
}

func TestAPeriodicTaskRunsOncePerIntervalAmongAllProcesses(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		var ran atomic.Int64
		count := func(context.Context) error { ran.Add(1); return nil }
		processes := []*jobs.Runner{runner(d, count), runner(d, count), runner(d, count)}
		for round := range int64(3) {
			var wg sync.WaitGroup
			for _, r := range processes {
				wg.Go(func() {
					if err := r.Tick(t.Context()); err != nil {
						t.Error(err)
					}
				})
			}
			wg.Wait()
			if ran.Load() != round+1 {
				t.Fatalf("ran %d times in %d intervals", ran.Load(), round+1)
			}
			dbtest.Clock(d).Advance(time.Minute)
		}
	})
}

func TestAFailedRoundIsRememberedAndTheNextOneComes(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		outcomes := []func() error{
			func() error { return errors.New("no\x00t\xff today") },
			func() error { panic("boom") },
			func() error { return nil },
		}
		round := 0
		r := runner(d, func(context.Context) error { round++; return outcomes[round-1]() })
		for i, want := range []string{"count: not today", "count panicked: boom", ""} {
			if err := r.Tick(t.Context()); (err == nil) != (want == "") {
				t.Errorf("round %d: %v", i, err)
			}
			got := task(t, d)
			if got.Error != want || (want != "" && got.Failures != i+1) || !got.Ended.Equal(d.Now()) || !got.Due.Equal(d.Now().Add(time.Minute)) {
				t.Errorf("round %d: %+v", i, got)
			}
			dbtest.Clock(d).Advance(time.Minute)
		}
	})
}

func TestATaskHeldByADeadProcessIsTakenOverAfterItsDeadline(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		running, die := make(chan struct{}), make(chan struct{})
		dead := runner(d, func(context.Context) error { close(running); <-die; return nil })
		ended := make(chan struct{})
		go func() { defer close(ended); _ = dead.Tick(context.Background()) }()
		await(t, running)
		ran := 0
		other := runner(d, func(context.Context) error { ran++; return nil })
		for _, step := range []struct {
			after time.Duration
			want  int
		}{{time.Minute, 0}, {29 * time.Second, 0}, {time.Second, 1}, {time.Minute - 1, 1}} {
			dbtest.Clock(d).Advance(step.after)
			if err := other.Tick(t.Context()); err != nil || ran != step.want {
				t.Fatalf("after %v: ran %d times, %v", step.after, ran, err)
			}
		}
		before := task(t, d)
		close(die)
		await(t, ended)
		if after := task(t, d); after != before {
			t.Errorf("a process that was given up changed %+v to %+v", before, after)
		}
	})
}

func TestATaskInterruptedByAStopIsDueAtOnce(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		running := make(chan struct{})
		r := runner(d, func(ctx context.Context) error { close(running); <-ctx.Done(); return ctx.Err() })
		if err := r.Start(context.Background()); err != nil {
			t.Fatal(err)
		}
		await(t, running)
		stop(t, r)
		ran := false
		if err := runner(d, func(context.Context) error { ran = true; return nil }).Tick(t.Context()); err != nil || !ran {
			t.Fatalf("ran %v, %v", ran, err)
		}
	})
}
