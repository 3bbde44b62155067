// Package db is the one way to the database: SQLite in the data folder, or PostgreSQL.
//
// Everything that changes state runs inside Update; everything that only looks runs inside View. Both hand a Tx to a closure, and rooms write
// their SQL against it, one text for both engines:
//
//	err := d.Update(ctx, func(tx *db.Tx) error {
//		if err := tx.Lock(ctx, "balance:"+creator); err != nil { // check-then-act on money locks first
//			return err
//		}
//		_, err := tx.Exec(ctx, `update … set total_minor = total_minor + $1 where id = $2`, 4990, id)
//		return err
//	})
//
// Laws kept here:
//   - Update returns nil only after COMMIT returned nil, on a disk that was told to keep it (synchronous=FULL, fsync on).
//   - On SQLite waiting updates share one transaction, each inside a savepoint (group commit). A caller that goes away does not roll its
//     neighbours back; if a savepoint fails, nobody of that batch is told it worked. PostgreSQL groups commits by itself.
//   - Closures may run again (serialization failures, at most three times), so they have no outside effects. What must happen outside is an
//     event (Emit) or a job, written in the same transaction.
//   - Many small writes of one update travel together (Later), since on PostgreSQL the round trip is most of their cost. Reads see them all the same.
//   - Time comes from tx.Now, so that a transaction has one time and tests can hold it still.
//
// Times are bigint microseconds UTC, money is bigint minor units beside a currency column, documents are JSON text, binary is the type blob.
package db
