// Package why explains an amount or an order in words: what happened, which rule was used, what became of it, and who can change it.
//
// There is one explanation. The desk and the portal show the same words about the same thing; what a creator must not learn is who else is meant:
// other creators are called "another creator" on the creator's side, and nothing of a buyer is in an explanation at all.
//
//	order 1001, goods 398.00, code MAYA10, 15 % from the group VIP, 209.00 refunded
//
//	Commission   15 % of €398.00 in goods is €59.70. €31.35 was taken back, because goods for €209.00 were refunded. €28.35 is left.
//	Rule         15 %, because the terms of the group VIP say so
//	Taken back   €59.70 × €209.00 ÷ €398.00 = €31.35
//	Waits until  2 Apr 2026, so that returns can be counted first
//
// Laws, held by tests: every reason of package attribution has a sentence; what the desk is told, with other creators' names hidden, is what the
// creator is told, word for word; whoever asks about something that is not theirs is told that it does not exist.
//
// Check answers the other way round: from an order's number to whether it was counted. It tells a creator nothing about orders of others but that
// they were credited elsewhere, and lets nobody try numbers at will.
package why
