// Package inbound brings mails from outside into the conversations: it reads their bytes, and fetches them from a mailbox by IMAP or takes them at
// POST /hooks/mail.
//
// The words: a letter (outreach.Letter) is a mail as it was understood; outreach.Receive decides whose it is and what follows.
//
// Laws kept here:
//   - Parse never fails on a mail that has a header and is not too large: what cannot be decoded is left out, and what is left out is never guessed.
//   - Sizes, parts, depth, addresses and texts are bounded; no bytes make it slow.
//   - A mailbox is only read: nothing in it is marked, moved or deleted. The place up to which it was read moves after a letter's effect is on disk, so
//     a letter may be fetched twice and is taken once.
//   - A letter that cannot be understood holds nothing up: it is passed over and logged by its number.
//   - The password travels by TLS only; errors and the log name no password and repeat neither the server's words nor the letter's.
//   - A server is believed nothing: what it sends beyond what was asked for is neither kept nor counted.
//
// A worked example: Maya answers a mail of ours
//
//	To: replies+4kqx…@shop.example      In-Reply-To: <mal_0199…@shop.example>      "Love to!\n\nOn 3 March Fernwood wrote:\n> Would you …"
//
// gives a letter with Shown "Love to!", which becomes a message in her conversation: contacted → replied. The same bytes again do nothing more.
package inbound
