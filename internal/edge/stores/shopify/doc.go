// Package shopify reads what a Shopify shop sends: it proves where a delivery came from, and turns its body into facts that the rest of the
// house can trust.
//
// Words: a delivery is one HTTP request with a Topic; an Order is a sale with its Lines; a Refund gives money or goods back. Commissionable says
// what part of an order commissions are computed on, Lowering how much a refund takes off it. Both carry their reasons as sentences.
//
// Laws:
//
//   - Nothing is read before Verify has seen the raw body: base64 HMAC-SHA256 with the app's client secret.
//   - Amounts are the shop's own currency. In a shop that sells in several, Shopify gives both; payments back to the buyer come in the
//     buyer's currency alone and are converted at the rate the refund itself shows.
//   - The commissionable amount is line prices after discounts, without tax, shipping, tips and gift cards, and never more than the shop's own
//     subtotal without the tax inside it. Its parts sum to it.
//   - A refund lowers it by its refunded lines after discount, never by more than the money that went back; shipping alone by nothing.
//   - What a refund lowers is read from the refund alone, so it does not matter whether the order came first.
//   - Names, addresses, phones, cards and notes are not read at all.
//
// One example, the order Shopify publishes in its documentation: three lines of 199.00 make 597.00, yet its subtotal says 398.00 and its total
// 409.94, which is 398.00 and 11.94 tax. Commissions are computed on 398.00, cut over the lines to 132.67, 132.67 and 132.66. Its refund names
// two lines of 199.00, and 209.00 went back: it lowers the amount by 209.00.
//
// Sources: shopify.dev/docs/apps/build/webhooks/verify-deliveries, shopify.dev/docs/api/admin-rest/2024-10/resources/order and …/refund.
package shopify
