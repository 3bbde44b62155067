// Package terms knows what a deal says: what a creator earns and what a buyer gets. It is pure: no database, no clock.
//
// A partnership's own terms come first, then its group's, then the program's; commission and offer are chosen each for itself:
//
//	program: 10 %, 10 % off · group VIP: 15 % · partnership: –
//	→ commission 15 % from the group, offer 10 % off from the program
//
// A commission is computed on the commissionable amount (goods after discounts, without tax and shipping) and on the share that was credited,
// and rounded once: 15 % of 398.00 at a share of 5,000 basis points is 29.85.
package terms
