// Package desk is what the merchant's people work with: home, creators, campaigns, inbox, sales, payouts and reports, all below /p/{program}.
//
// A page is a title that asks a question, and parts below each other; what a part shows is read in one View, so that a page never contradicts
// itself. Each file begins with the entry it belongs to: sales.go lists, sales_order.go shows one sale, sales_act.go decides on its money.
//
// Laws:
//   - every figure leads to the rows it is made of, every amount of a commission to its explanation (package why);
//   - whatever id stands in an address, it is looked up inside the program of the address: another program's does not exist here;
//   - a POST asks the rights again, is safe to send twice, and stands in the audit;
//   - a button that somebody may not use is not there; one that cannot be used now says why.
//
// A worked example: order 1001 over 398.00 in goods was credited to Maya. Sales shows €39.80 pending; its page offers to approve, hold or reject it.
// After a refund of 209.00 the same row shows €18.90, and a click on it explains 39.80 × 209.00 ÷ 398.00 = 20.90.
package desk
