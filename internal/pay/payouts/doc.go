// Package payouts takes money that is available to creators and hands it to a rail, once.
//
// A batch (a payment run) holds one item per creator:
//
//	preparing → draft → approved → sending → sent          cancelled instead of sent, from preparing, draft or approved
//	reserving → reserved → paid → returning → returned     releasing → released when the batch is cancelled
//
//	prepare   39.80 available    → in transit; the commissions behind it are linked to the item
//	approve   by somebody else than who prepared it, or by the only one who may, who signs in again and types the total
//	send      39.80 in transit   → paid; the file is kept with its hash; the commissions are paid
//	return    39.80 paid         → available again, commissions approved again, when the bank sends a payment back
//
// An item is everything available to the creator at that moment. That can be less than its commissions, because a commission reversed after it was
// paid is deducted from the next payout; Explain shows both: commissions 41.00, earlier reversals −1.20, item 39.80.
//
// Laws. Money is sent at most once: an item has one provider key for life, and each move of its money is a posting whose reference can exist
// once. No principal releases what it prepared. Account details are sealed, shown masked, and opened only for the rail. No write transaction
// runs long: work on large batches stops after a few milliseconds, is kept as it is, and goes on with Finish, also after a crash.
//
// An act here takes the batch's lock, then balances, then commissions. A posting of other rooms takes its balance before its commission too, so
// what a payout reads about a creator fits the balance it holds.
package payouts
