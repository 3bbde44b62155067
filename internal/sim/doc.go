// Package sim is a synthetic market with known truth: invented creators, an invented shop, and buyers who click, buy, use codes and return goods.
// The demo, load runs and the evaluation of attribution stand on it.
//
// It owns two things that do not know each other's insides. A Market is pure: the same parameters, seed and moment give the same creators and the
// same events, byte for byte, and every order knows who truly caused it. A Driver plays a market into a running server as the outside world
// would: through the REST contract, GET /r/{slug} with a browser's headers, and Shopify webhooks signed with the connection's secret.
//
// Its words: an order is *touched* if a creator is in the buyer's path; its cause is a creator, nobody (organic), or nobody although it was
// touched (cannibalised: the buyer would have come anyway). Truth is what the simulator knows and sent; Expected is the credit the contract
// promises for what was sent. The two differ on purpose: attribution cannot see causes.
//
// Its law: sim imports base rooms only, and learns of the server nothing that an outsider could not. What an outsider cannot do, such as dating a
// click back, is a function value handed in by cmd (Backfill).
//
// An example. Maren posts, a buyer clicks her link at 10:00 and Imani's at 18:00, and orders at 20:00 for 48.00 without a code:
//
//	click  10:00  GET /r/maren-glow  → 302 …?rp_click=T1
//	click  18:00  GET /r/imani-calm  → 302 …?rp_click=T2
//	order  20:00  POST /hooks/shopify/con_…  note_attributes rp_click = "T1.T2"
//	truth         cause Maren, expected Imani because last_touch
//
// Limits: attacks are not played; a refund follows one order; an order in a foreign currency is priced at fixed invented rates.
package sim
