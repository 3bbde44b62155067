// Package outreach owns what a brand and a creator write to each other.
//
// The words: a message belongs to a partnership and comes from one of its two sides, the brand or the creator. A conversation is all messages of
// one partnership; the inbox lists conversations, the one with the latest message first. A message is unread until the other side has read it.
//
// Laws kept here:
//   - a message is never changed once it was sent, and a conversation never leaves its program;
//   - only the other side's messages can be unread, and reading marks no message that came after the last one seen;
//   - the pipeline follows what was said: the brand's first message makes a prospect contacted, the creator's answer makes a contacted one
//     replied; nothing else moves by talking;
//   - the event "message.sent" carries ids only, never what was written.
//
// A worked example:
//
//	outreach.Send(ctx, tx, outreach.New{Partnership: zoe, From: outreach.SideBrand, Body: "Shall we?"})      // zoe is contacted
//	outreach.Send(ctx, tx, outreach.New{Partnership: zoe, From: outreach.SideCreator, Body: "Yes!"})         // zoe replied
//	outreach.Unread(ctx, tx, outreach.SideBrand, partnerships.Filter{Program: acme})                         // 1
//	outreach.MarkRead(ctx, tx, zoe, outreach.SideBrand, "")                                                  // … and now 0
//
// Most creators are reached by direct message, which no platform lets a tool send. NextUp says who is next, a Template prepares the words, a person
// sends them, Prepare puts chosen ones first, and Note keeps them in the conversation. More laws:
//
//   - a template with a gap nobody can fill is refused when it is saved, and a gap that may stay empty has a fallback;
//   - the first message ends with who writes, where the account was found and a link to be left alone (WithIntroduction);
//   - whoever used that link is in no queue of the program again, and using it twice changes nothing more (Leave).
//
// Where an address is known, a Sequence writes mails. A creator is enrolled in it once; Next says when a mail is due, Allow how many may leave, and
// Mailer.SendDue sends. Laws:
//
//   - each step leaves once, on a weekday from 9 to 17 o'clock, and what is recorded as sent and what is queued are one commit;
//   - it is over with the creator's first word, a status beyond contacted, a wish to be left alone, a bounce, or a hand;
//   - one that cannot be written holds nobody else back: it is tried MostTries times, each time later, and then parked with what happened;
//   - on the first day 20 mails leave, on the next ones 30, 45, 67 and 100, one every three minutes.
//
// Mails that come in are Letters, which Receive takes:
//
//   - each once, by its Message-ID, whichever way and however often it comes;
//   - whose it is must be proven, by the address for answers (ReplyAddress) or by naming a mail of ours; the sender's address proves nothing;
//   - a bounce counts for the address a mail of ours went to, a complaint for the creator it went to, an automatic answer for nothing;
//   - what is proven to be nobody's waits KeepLetters for a person, who says whose it is (GiveLetter).
//
// The room asks nobody's rights: the caller has checked them, and the inbox is cut by the filter it is given.
package outreach
