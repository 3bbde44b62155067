// Package jobs does work in the background: queued jobs that must not be lost, and tasks that come round.
//
// A job is written in the transaction whose effect it continues, so that neither is without the other:
//
//	err := d.Update(ctx, func(tx *db.Tx) error {
//		…
//		return jobs.Enqueue(ctx, tx, notify.Job{ID: mail}, nil)
//	})
//
// and worked after the commit by one of a few workers of some process:
//
//	r := jobs.New(d, log)
//	jobs.Add(r, worker)                                       // a river.Worker[notify.Job]
//	r.Periodic(time.Minute, "approve due commissions", approve) // not queued: the next round makes up for a missed one
//	err := r.Start(ctx)
//	defer r.Stop(ctx)
//
// The queue is River's (https://riverqueue.com/docs) on both engines. Laws kept here:
//   - A job runs at least once: a process that dies takes its jobs' states with it, and after rescueAfter they run again. Workers must bear it.
//   - Every job has a deadline: deadline unless its worker says otherwise, longestDeadline whatever it says.
//   - A failed job is tried again after 5 s, 15 s, 45 s, … at most an hour, tries times in all, then it is kept as failed for a week and
//     counted by State. A worker that knows better returns river.JobCancel.
//   - No database connection is held while a worker works, so on SQLite the one writer stays free.
//   - A periodic task runs once per interval among all processes, and a process that dies holds it no longer than its deadline.
//   - A job's arguments are stored in the clear: ids only, never anything personal.
//
// New jobs are looked for every pollEvery: database/sql has no LISTEN, and River wakes its workers only for inserts outside of transactions. A
// look that finds nothing writes nothing to the disk (on SQLite it takes 50 µs of the writer).
package jobs
