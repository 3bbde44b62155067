package jobs

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/riverdriver/riversqlite"

	"rapport/internal/base/db"
)

// tries is how often a job runs before it counts as failed; the waits between them add up to about four hours.
const tries = 10

// The two clients that write jobs. They have no pool of their own: everything goes through the caller's transaction.
var (
	sqliteWriter   = writer(riversqlite.New(nil))
	postgresWriter = writer(riverdatabasesql.New(nil))
)

func writer(driver riverdriver.Driver[*sql.Tx]) *river.Client[*sql.Tx] {
	client, err := river.NewClient(driver, &river.Config{MaxAttempts: tries})
	if err != nil {
		panic("BUG: cannot configure the job queue: " + err.Error())
	}
	return client
}

func writerFor(tx *db.Tx) *river.Client[*sql.Tx] {
	if tx.DB().Engine() == db.EnginePostgres {
		return postgresWriter
	}
	return sqliteWriter
}

// Enqueue writes a job into the transaction; it is worked after the commit. opts may be nil.
func Enqueue(ctx context.Context, tx *db.Tx, args river.JobArgs, opts *river.InsertOpts) error {
	// As everywhere in a transaction the caller's cancellation must not interrupt a statement: neighbours may share it.
	if _, err := writerFor(tx).InsertTx(context.WithoutCancel(ctx), tx.SQL(), args, opts); err != nil {
		return fmt.Errorf("cannot enqueue a job of kind %s: %w", args.Kind(), err)
	}
	return nil
}
