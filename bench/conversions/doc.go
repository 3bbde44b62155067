// Package conversions measures how many orders a second go through the REST interface to committed ledger entries.
//
// 32 clients that stay connected POST /api/v1/conversions to the real handler over loopback, each order with an Idempotency-Key and a code that
// credits one of 50 creators: a conversion, its credit, a commission, a balanced ledger transaction, two events and the kept answer, committed before
// the 201. Sealing and sequencing run beside it as they do in a server.
//
// The peer is the least that could be called durable on the same engine: one narrow row per commit, sent by 32 goroutines straight to the driver,
// without HTTP, with the same settings of durability. Runs alternate; medians and the ratio are printed, and at the end every 201 is looked for in
// the books.
package conversions
