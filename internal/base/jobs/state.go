package jobs

import (
	"context"
	"fmt"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"rapport/internal/base/db"
)

// Counts are the jobs by what is the matter with them.
type Counts struct {
	Waiting   int64 // to be worked now or at a set time
	Running   int64
	Retrying  int64 // failed at least once, to be tried again
	Failed    int64 // given up in the last week; each needs a look
	Cancelled int64 // ended by their worker in the last day, which said why
	Done      int64 // in the last day
}

// State counts the jobs, for metrics and the doctor.
func State(ctx context.Context, tx *db.Tx) (c Counts, err error) {
	type count struct {
		state rivertype.JobState
		n     int64
	}
	counts, err := db.All(ctx, tx, func(s db.Scanner) (one count, err error) { return one, s.Scan(&one.state, &one.n) },
		`select cast(state as text), count(*) from river_job group by state`)
	if err != nil {
		return c, fmt.Errorf("cannot count the jobs: %w", err)
	}
	for _, one := range counts {
		*c.of(one.state) += one.n
	}
	return c, nil
}

func (c *Counts) of(state rivertype.JobState) *int64 {
	switch state {
	case rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateScheduled:
		return &c.Waiting
	case rivertype.JobStateRunning:
		return &c.Running
	case rivertype.JobStateRetryable:
		return &c.Retrying
	case rivertype.JobStateDiscarded:
		return &c.Failed
	case rivertype.JobStateCancelled:
		return &c.Cancelled
	case rivertype.JobStateCompleted:
		return &c.Done
	}
	panic("BUG: unknown state of a job: " + string(state))
}

// Failure is a job that was given up.
type Failure struct {
	Job   int64
	Kind  string
	Tries int
	Error string // of the last try
	At    time.Time
}

// Failures lists the jobs that were given up, the latest first.
func Failures(ctx context.Context, tx *db.Tx, limit int) ([]Failure, error) {
	found, err := writerFor(tx).JobListTx(context.WithoutCancel(ctx), tx.SQL(), river.NewJobListParams().
		States(rivertype.JobStateDiscarded, rivertype.JobStateCancelled).OrderBy(river.JobListOrderByID, river.SortOrderDesc).First(limit))
	if err != nil {
		return nil, fmt.Errorf("cannot list failed jobs: %w", err)
	}
	failures := make([]Failure, len(found.Jobs))
	for i, job := range found.Jobs {
		failures[i] = Failure{Job: job.ID, Kind: job.Kind, Tries: job.Attempt}
		if n := len(job.Errors); n > 0 {
			failures[i].Error = job.Errors[n-1].Error
		}
		if job.FinalizedAt != nil {
			failures[i].At = job.FinalizedAt.UTC()
		}
	}
	return failures, nil
}

// Task is what is remembered of a periodic task.
type Task struct {
	Name     string
	Due      time.Time
	Began    time.Time
	Ended    time.Time // of the last round that ended; zero before that
	Failures int       // rounds in a row
	Error    string    // of the last round, or ""
}

// Tasks lists the periodic tasks, for metrics and the doctor.
func Tasks(ctx context.Context, tx *db.Tx) ([]Task, error) {
	return db.All(ctx, tx, func(s db.Scanner) (t Task, err error) {
		err = s.Scan(&t.Name, db.ScanTime(&t.Due), db.ScanTime(&t.Began), db.ScanTime(&t.Ended), &t.Failures, &t.Error)
		return t, err
	}, `select name, due_at, began_at, ended_at, failures, error from periodic_tasks order by name limit 1000`)
}
