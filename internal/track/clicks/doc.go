// Package clicks owns what happens between a buyer's tap and the shop: the click token, what the agent tells about the visitor, and the durable
// log that every click is in before its token leaves.
//
// A token carries its own proof: 27 bytes, 36 characters, signed. An order that brings one back can be credited on any node without looking the
// click up. Flags in it say whether the visit was marked (prefetch, link preview, crawler, HEAD): marked clicks are kept and never counted as people.
//
// The log is a folder of segments on this node's disk. Appends that wait at the same moment share one write and one fdatasync; Append returns
// only after the fdatasync that covers its record. It holds no raw address: a keyed hash of it and its network, cut to /24 or /48.
//
// The law it keeps: a token that left is on disk. Where the log cannot be written, Append says ErrLost at once, the buyer goes on without a
// token, the loss is counted in Stats, and the log recovers by itself in a new segment; a failed fsync is never tried again, since the kernel may
// have dropped the pages it failed on.
//
//	numbers 1–3 are acknowledged, the fsync of 4–6 fails: three ErrLost, Stats.Lost = 3
//	the old segment ends after 3, the new one's header says "first number 4": the next click is 4
//
// A forwarder copies clicks into the database: rows, narrow roll-ups (day × link, day × partnership, day × partnership × device) and the cursor in one
// transaction, counting inserted rows only. A report is the roll-ups plus TailCounts, read in one View: an answered click is counted at once.
//
// Numbers belong to one log: Origin is its random name, and (Origin, No) names a click for ever. They rise by one, except that clicks which were
// never acknowledged may leave a gap after a power cut; readers go on from the last number they were given.
package clicks
