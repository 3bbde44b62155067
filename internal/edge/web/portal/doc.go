// Package portal is what a creator sees of one program, on a phone first: what was earned and why, what to share, what to do, and the brand to talk to.
//
// Five entries stand in the bar: Home, Share, Tasks, Earnings, Messages. Beside them are the pages behind Earnings: payouts, the payout account,
// and the check of an order. All addresses lie below /c/{partnership}.
//
// Laws:
//   - whatever id stands in an address, only this partnership's own things are shown: another's commission, order, task, link or payout does not
//     exist here, and nothing of a buyer or of another creator is shown at all;
//   - every amount of a commission opens the explanation that the desk shows (package why), word for word; a sum leads to the rows it is made of;
//   - nothing changes by looking: messages are marked as read by a POST of their own, and somebody who looks at the portal as the creator sees
//     texts where the forms are;
//   - where the money goes is changed only by somebody who signed in within the last fifteen minutes.
//
// A worked example: an order of 398.00 in goods, bought with the code MAYA10, was partly sent back for 209.00. Earnings shows "Order 1001, 2 Mar
// 2026, €18.90"; a tap on the amount explains 39.80 − 20.90.
//
// A list of commissions shows the day and the number of their orders, which are conversions' to tell: store.go joins the two tables, since fifty
// look-ups for one page would be the alternative.
package portal
