// Package conversions keeps the facts worth crediting: sales, leads, installs and named actions, and the refunds and cancels that lower them.
//
// One fact is one conversion. The same order may arrive through a webhook, a pixel and an import, repeat, race and come under several names: every
// name is a row of conversion_keys, unique per program, shop (namespace), kind and action, and all of them point to one conversion. What arrived
// first stands; a later delivery with other content is told that it differs.
//
//	orders/paid  id 450789469, name #1001, number 1001 → one conversion, keys 450789469, #1001, 1001
//	POST /conversions external_id "#1001"              → the same conversion, repeated
//
// A refund or a cancel is a change with an id of its own, kept also when its sale is not known yet; the sale picks it up when it comes. What counts
// is never the order of arrival but the set of facts: refunded = min(sum of refunds, amount), cancelled = there is a cancel.
//
// This package does not decide who is credited (attribution) nor what is earned (commissions). It keeps their decision beside the fact.
package conversions
