// Package intake is the one door for every order, refund and cancel, whichever way they come: store webhooks, the API, a person.
//
// Order records the fact, decides who caused it, and books what that earns, in the caller's one transaction:
//
//	conversions.Look → attribution.Decide → conversions.Keep → commissions.Earn → ledger.Post → event
//
// A repeat answers with what was recorded first. A refund or cancel lowers the conversion by the whole set of what came back, also when it arrives
// before its sale. So any order and any number of the same deliveries end in the same conversions, commissions and books.
package intake
