// Package ledger keeps the books: double entry, append-only, chained by hashes.
//
// Amounts are signed from the creator's side: positive is owed to, or held for, a creator; the program's cost account takes the other side. The
// lines of every transaction sum to zero per currency:
//
//	earned 39.80      cost −39.80      pending +39.80
//	approved          pending −39.80   available +39.80
//	refunded 20.90    available −20.90 cost +20.90
//	payout reserved   available −18.90 in_transit +18.90
//	payout arrived    in_transit −18.90  paid +18.90
//
// so a creator's four figures (pending, available, in transit, paid) always sum to what the program's cost account says it has cost. Balances are
// projections of entries and can be built again from them; Verify does so. A correction is a new transaction, never a changed one.
//
// Transactions are written without a global lock. Within a second one sealer gives each its position and a hash over the hash before it, so that a
// changed, removed or inserted past shows. The chain holds ids, amounts and times, no personal data.
package ledger
