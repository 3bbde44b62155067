// Package commissions turns credits into money a creator earns, and keeps it true as the order behind it changes.
//
// A commission is earned on the credited share of the commissionable amount, by the commission that held when the fact was received. It is
// `pending` until its hold ends or a person approves it, then `approved` (payable), then `paid`. A refund or a cancel reverses it in proportion,
// whatever its status; a person may reject it before approval and reverse it afterwards. Every step is a posting in the books and an event with
// a name and a reason.
//
//	goods 398.00 at 10 %          earned 39.80   pending 39.80
//	approved                                     available 39.80
//	209.00 refunded               reversed 20.90 = round(39.80 × 209.00 ÷ 398.00); left 18.90
//	the rest refunded or cancelled reversed 39.80; left 0.00, status reversed
//
// The law: reversed is computed from the whole set of refunds, never from one refund, so the order in which they come cannot matter; it never
// exceeds what was earned; and what was earned never changes.
package commissions
