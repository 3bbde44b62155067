package jobs

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivertype"

	"rapport/internal/base/db"
)

const (
	workers         = 4
	pollEvery       = 250 * time.Millisecond
	fetchPause      = 20 * time.Millisecond // between two fetches under load: at most 200 jobs a second
	deadline        = time.Minute
	longestDeadline = 5 * time.Minute
	rescueAfter     = 6 * time.Minute // more than any job may run
	hardStop        = 5 * time.Second // what running jobs get to notice that they are cancelled
)

// Runner works jobs and periodic tasks in this process.
type Runner struct {
	db       *db.DB
	log      *slog.Logger
	workers  *river.Workers
	kinds    int
	tasks    []task
	client   *river.Client[*sql.Tx] // nil where there is nothing to work
	cancel   context.CancelFunc
	periodic sync.WaitGroup
}

// New makes a runner that does nothing until it is started. Every process that runs jobs must know all kinds of them.
func New(d *db.DB, log *slog.Logger) *Runner {
	return &Runner{db: d, log: log, workers: river.NewWorkers(), cancel: func() {}}
}

// Add says who works jobs of kind T. One worker per kind.
func Add[T river.JobArgs](r *Runner, w river.Worker[T]) {
	if err := river.AddWorkerSafely(r.workers, w); err != nil {
		panic("BUG: " + err.Error())
	}
	r.kinds++
}

// Start begins to work. Cancelling ctx cancels what runs; Stop is the gentle way.
func (r *Runner) Start(ctx context.Context) error {
	if r.kinds > 0 {
		if err := r.startQueue(ctx); err != nil {
			return fmt.Errorf("cannot start the job queue: %w", err)
		}
	}
	ctx, r.cancel = context.WithCancel(ctx)
	for _, t := range r.tasks {
		r.periodic.Go(func() { r.comeRound(ctx, t) })
	}
	return nil
}

func (r *Runner) startQueue(ctx context.Context) (err error) {
	config := &river.Config{
		ErrorHandler:         complaints{r.log},
		FetchCooldown:        fetchPause,
		FetchPollInterval:    pollEvery,
		JobTimeout:           deadline,
		Logger:               slog.New(quiet{r.log.Handler()}),
		MaxAttempts:          tries,
		Middleware:           []rivertype.Middleware{&bounded{}},
		PollOnly:             true,
		Queues:               map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: workers}},
		RescueStuckJobsAfter: rescueAfter,
		RetryPolicy:          backOff{},
		Workers:              r.workers,
	}
	var driver riverdriver.Driver[*sql.Tx] = riverdatabasesql.New(r.db.Handle())
	if r.db.Engine() == db.EngineSQLite {
		driver = riversqlite.New(r.db.Handle())
		config.ReindexerIndexNames = []string{} // rebuilding an index would hold the one writer
	}
	if r.client, err = river.NewClient(driver, config); err != nil {
		return err
	}
	return r.client.Start(ctx)
}

// Stop lets running jobs end and takes up no new ones. When ctx ends first they are cancelled, and tried again later. Periodic tasks are cancelled
// at once, since they are due again at the next start.
func (r *Runner) Stop(ctx context.Context) error {
	r.cancel()
	defer r.periodic.Wait()
	if r.client == nil {
		return nil
	}
	err := r.client.Stop(ctx)
	if !errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, context.Canceled) {
		return err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), hardStop)
	defer cancel()
	return r.client.StopAndCancel(ctx)
}

// bounded ends every job at longestDeadline, whatever its worker asked for, so that a running job is never taken for a dead one.
type bounded struct{ river.MiddlewareDefaults }

func (*bounded) Work(ctx context.Context, _ *rivertype.JobRow, work func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, longestDeadline)
	defer cancel()
	return work(ctx)
}

// backOff waits 5 s, 15 s, 45 s, … an hour, a tenth more or less so that jobs which failed together do not come back together.
type backOff struct{}

const (
	firstWait   = 5 * time.Second
	longestWait = time.Hour
)

func (backOff) NextRetry(job *rivertype.JobRow) time.Time {
	wait := firstWait
	for range len(job.Errors) {
		wait = min(3*wait, longestWait)
	}
	jitter := 0.9 + 0.2*rand.Float64() //nolint:gosec // spreads load, guards nothing
	return time.Now().UTC().Add(time.Duration(float64(wait) * jitter))
}
