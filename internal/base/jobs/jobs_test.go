package jobs_test

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/riverqueue/river"

	"rapport/internal/base/db"
	"rapport/internal/base/db/dbtest"
	"rapport/internal/base/jobs"
)

// The machine is far from UTC: SQLite keeps River's times as text, and a local time among them would wake a job hours too early or too late.
func TestMain(m *testing.M) {
	time.Local = time.FixedZone("far away", 9*60*60)
	os.Exit(m.Run())
}

const patience = 30 * time.Second // a test that waits longer is stuck

type greet struct {
	Name string `json:"name"`
}

func (greet) Kind() string { return "greet" }

// greeter hands each job to work; retries come at once.
type greeter struct {
	river.WorkerDefaults[greet]
	work func(ctx context.Context, job *river.Job[greet]) error
}

func (g *greeter) Work(ctx context.Context, job *river.Job[greet]) error { return g.work(ctx, job) }

func (*greeter) NextRetry(*river.Job[greet]) time.Time {
	return time.Now().Add(50 * time.Millisecond)
}

func start(t *testing.T, d *db.DB, work func(ctx context.Context, job *river.Job[greet]) error) *jobs.Runner {
	t.Helper()
	r := jobs.New(d, slog.New(slog.DiscardHandler))
	jobs.Add(r, &greeter{work: work})
	if err := r.Start(context.Background()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stop(t, r) })
	return r
}

func stop(t *testing.T, r *jobs.Runner) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := r.Stop(ctx); err != nil {
		t.Errorf("cannot stop: %v", err)
	}
}

func enqueue(t *testing.T, d *db.DB, name string, opts *river.InsertOpts) {
	t.Helper()
	err := d.Update(t.Context(), func(tx *db.Tx) error { return jobs.Enqueue(t.Context(), tx, greet{name}, opts) })
	if err != nil {
		t.Fatal(err)
	}
}

func state(t *testing.T, d *db.DB) (c jobs.Counts) {
	t.Helper()
	if err := d.View(t.Context(), func(tx *db.Tx) (err error) { c, err = jobs.State(t.Context(), tx); return err }); err != nil {
		t.Fatal(err)
	}
	return c
}

// await returns the next value of a channel.
func await[T any](t *testing.T, c <-chan T) (v T) {
	t.Helper()
	select {
	case v = <-c:
	case <-time.After(patience):
		t.Fatal("nothing came")
	}
	return v
}

func TestAJobIsWorkedOnceItsTransactionIsCommitted(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		worked := make(chan string, 10)
		r := start(t, d, func(ctx context.Context, job *river.Job[greet]) error {
			if _, bounded := ctx.Deadline(); !bounded {
				t.Error("a job without a deadline")
			}
			worked <- job.Args.Name
			return nil
		})
		no := errors.New("no")
		err := d.Update(t.Context(), func(tx *db.Tx) error {
			return errors.Join(no, jobs.Enqueue(t.Context(), tx, greet{"rolled back"}, nil))
		})
		if !errors.Is(err, no) {
			t.Fatal(err)
		}
		enqueue(t, d, "Ada", nil)
		if got := await(t, worked); got != "Ada" {
			t.Fatalf("greeted %q", got)
		}
		stop(t, r)
		if c := state(t, d); c != (jobs.Counts{Done: 1}) || len(worked) != 0 {
			t.Fatalf("%+v, %d more", c, len(worked))
		}
	})
}

func TestACancelledCallerDoesNotInterruptItsTransaction(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		ctx, cancel := context.WithCancel(t.Context())
		err := d.Update(ctx, func(tx *db.Tx) error {
			cancel()
			return jobs.Enqueue(ctx, tx, greet{"Ada"}, nil)
		})
		if err != nil {
			t.Fatal(err)
		}
		if c := state(t, d); c.Waiting != 1 {
			t.Fatalf("%+v", c)
		}
	})
}

func TestAFailingJobIsTriedAgainAndThenKeptAsFailed(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		var mu sync.Mutex
		seen := map[string]int{}
		done := make(chan struct{}, 10)
		r := start(t, d, func(_ context.Context, job *river.Job[greet]) error {
			mu.Lock()
			defer mu.Unlock()
			seen[job.Args.Name]++
			switch n := seen[job.Args.Name]; {
			case job.Args.Name == "later" && n == 2, job.Args.Name == "never" && n == 3, job.Args.Name == "panics" && n == 2:
				defer func() { done <- struct{}{} }()
			}
			if job.Args.Name == "panics" {
				panic("boom")
			}
			if job.Args.Name == "later" && seen["later"] == 2 {
				return nil
			}
			return errors.New("not today")
		})
		enqueue(t, d, "later", &river.InsertOpts{MaxAttempts: 5})
		enqueue(t, d, "never", &river.InsertOpts{MaxAttempts: 3})
		enqueue(t, d, "panics", &river.InsertOpts{MaxAttempts: 2})
		for range 3 {
			await(t, done)
		}
		stop(t, r)
		if c := state(t, d); c != (jobs.Counts{Done: 1, Failed: 2}) {
			t.Fatalf("%+v", c)
		}
		var failures []jobs.Failure
		if err := d.View(t.Context(), func(tx *db.Tx) (err error) { failures, err = jobs.Failures(t.Context(), tx, 10); return err }); err != nil {
			t.Fatal(err)
		}
		if len(failures) != 2 || failures[0].Error != "boom" || failures[1].Error != "not today" || failures[1].Tries != 3 || failures[1].At.IsZero() {
			t.Fatalf("%+v", failures)
		}
	})
}

func TestASnoozedJobWakesUpAtItsTime(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		var slept atomic.Bool
		awake := make(chan struct{})
		start(t, d, func(context.Context, *river.Job[greet]) error {
			if slept.CompareAndSwap(false, true) {
				return river.JobSnooze(time.Millisecond)
			}
			close(awake)
			return nil
		})
		enqueue(t, d, "Ada", nil)
		await(t, awake)
	})
}

// 200 jobs that each write, while 200 callers write: workers must not hold the one writer of SQLite, and both must be done soon.
func TestJobsAndUpdatesDoNotStandInEachOthersWay(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		const many = 200
		var worked, updated sync.WaitGroup
		worked.Add(many)
		gate := make(chan struct{})
		start(t, d, func(ctx context.Context, job *river.Job[greet]) error {
			<-gate // every worker is in the middle of a job now and then; none may hold the database meanwhile
			err := d.Update(ctx, func(tx *db.Tx) error {
				_, err := tx.Exec(ctx, `insert into installation (key, value) values ($1, '')`, "job "+job.Args.Name)
				return err
			})
			if err == nil {
				worked.Done()
			}
			return err
		})
		began := time.Now()
		var slowest time.Duration
		var mu sync.Mutex
		for i := range many {
			updated.Go(func() {
				one := time.Now()
				enqueue(t, d, time.Duration(i).String(), nil)
				mu.Lock()
				defer mu.Unlock()
				slowest = max(slowest, time.Since(one))
			})
		}
		updated.Wait() // while the workers that have begun stand still
		close(gate)
		finished := make(chan struct{})
		go func() { worked.Wait(); close(finished) }()
		await(t, finished)
		t.Logf("%v: %d jobs and updates in %v, slowest update %v", d.Engine(), many, time.Since(began), slowest)
		if slowest > 5*time.Second || time.Since(began) > 20*time.Second {
			t.Errorf("too slow: %v in all, slowest update %v", time.Since(began), slowest)
		}
	})
}

func TestStoppingLetsARunningJobEnd(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		running, end := make(chan struct{}), make(chan struct{})
		r := start(t, d, func(ctx context.Context, _ *river.Job[greet]) error {
			close(running)
			select {
			case <-end:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		})
		enqueue(t, d, "Ada", nil)
		await(t, running)
		stopped := make(chan struct{})
		go func() { stop(t, r); close(stopped) }()
		close(end)
		await(t, stopped)
		if c := state(t, d); c != (jobs.Counts{Done: 1}) {
			t.Fatalf("%+v", c)
		}
	})
}

func TestStoppingInAHurryCancelsAJobAndItIsTriedAgain(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		running := make(chan struct{})
		r := start(t, d, func(ctx context.Context, _ *river.Job[greet]) error {
			close(running)
			<-ctx.Done()
			return ctx.Err()
		})
		enqueue(t, d, "Ada", nil)
		await(t, running)
		hurried, cancel := context.WithCancel(t.Context())
		cancel()
		if err := r.Stop(hurried); err != nil {
			t.Fatal(err)
		}
		if c := state(t, d); c.Waiting+c.Retrying != 1 {
			t.Fatalf("%+v", c)
		}
	})
}

func TestAJobOfADeadProcessRunsAgain(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		enqueue(t, d, "Ada", nil)
		died := time.Now().UTC().Add(-7 * time.Minute).Format(time.DateTime)
		err := d.Update(t.Context(), func(tx *db.Tx) error {
			_, err := tx.Exec(t.Context(), `update river_job set state = 'running', attempt = 1, attempted_at = '`+died+`'`)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		worked := make(chan struct{})
		start(t, d, func(context.Context, *river.Job[greet]) error { close(worked); return nil })
		await(t, worked)
	})
}
