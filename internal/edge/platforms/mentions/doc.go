// Package mentions owns who already talks about a brand, and what is looked for inside the platforms.
//
// The words: a mention is one account with one piece of evidence, a post or an order, kept with its date and address; words are what videos are looked
// for, the brand's own or its category's; the brand account is the program's own Instagram account, in whose name tags, mentions, the marketplace and
// hashtags are read.
//
// A mention arrives as a prospect where the evidence itself names the brand: a tag, a mention, an order whose buyer told their name, a video whose
// title or description holds one of the brand's words. Everything else that a search brought is new and waits for a person: "add" or "not for us".
//
// Laws kept here:
//   - one account and one post are one mention of a program, however often they are found; what was said to be not for us stays so;
//   - whoever asked to be left alone is never stored;
//   - a creator who works with the program, or once did, gets the evidence and no new start;
//   - no word is asked twice in a day, and words together never take more than searchShare of what YouTube allows, so that people can search too;
//   - the text of a video is refreshed or deleted within 30 days; what waits for ninety days is forgotten.
//
// A worked example in numbers: a program with the words "northwind tea" (brand) and "loose leaf tea" (category) spends 200 of 10,000 units a day. A video
// "Northwind Tea review" arrives as a prospect; "My loose leaf shelf" is new; the second video of the same channel is a second mention of one prospect.
package mentions
