// Package stores keeps a program's connections to shops, and every delivery they send.
//
// A connection names a shop, the program its orders belong to, and the secrets its deliveries are signed with. Deliveries arrive at
// /hooks/{store}/{connection}; the package of each kind of store (shopify, …) verifies and reads them and hands what they say to intake.
//
//	connection con_… shopify fernwood.myshopify.com → program prg_…, namespace "" (the program's own shop)
//	delivery b54557e4 orders/paid → taken, conversion cnv_…     the same again → nothing
//
// The law: a delivery is kept, processed and answered for in one transaction, so what was answered with 200 is never lost and never counted
// twice. Raw bodies and headers are sealed and kept for 30 days; afterwards only their hash remains. A wrong signature leaves nothing but a count.
package stores
