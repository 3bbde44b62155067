// Package edgetest builds what the tests of access rights walk through: two programs with one of everything in each, and the eye that sees whether a
// stranger saw or changed something.
//
// Every text of the victim's carries a stem that occurs nowhere else ("zqxone Mira", "zqxtwo-1001"), amounts are odd ones, and ids are unique by
// themselves. So a leak is found without knowing the page:
//
//	before := world.Rows(t)
//	… a stranger asks every address with the victim's ids …
//	victim.Seen(body, sent...)          → ["id cnv_0198…", "text zqxtwo-1001", "amount 7,311.40"]
//	victim.Changed(before, world.Rows(t)) → ["gone: links(…)", "new: links(…)"]
//
// What the caller sent itself may come back; a creator who is in both programs has public facts that both may see.
package edgetest
