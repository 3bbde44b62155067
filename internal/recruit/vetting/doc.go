// Package vetting judges whether a creator is right for a program, from what the account itself shows, and keeps the report.
//
// Assess is pure: one profile, its posts, counts, comments and audience go in, a report comes out. It names the formula behind each figure, holds
// the post or count behind each reason, and shows every part of the score:
//
//	account 18 of 20 · audience 16 of 20 · engagement 17 of 20 · match 9 of 15 · safety 10 of 10 · rhythm 8 of 10 · sponsored 4 of 5 → 82
//	a part about which nothing is known leaves the sum: its weight goes to the others, and the report says so
//
// Two judgements are never mixed. "The account looks genuine" is a calibrated probability from the profile (package account). "The audience looks
// earned" is said in four words (looks earned, mixed signs, does not look earned, cannot tell) from behaviour: engagement, views, growth, comments.
// It never claims a share of fake followers: follower lists are not available from official interfaces, so nobody could check such a number.
//
// Laws kept here:
//   - a verdict has three reasons, and each reason its evidence: a post with date and link, or a count with its source and day;
//   - the parts sum to the score; what is unknown is not counted as bad;
//   - figures of several platforms never meet in one metric: a report is about one account;
//   - nothing is derived from YouTube's data until the operator accepted YouTube's derived-metrics terms; then a report of a YouTube channel
//     holds raw counts only and says why (developers.google.com/youtube/terms/derived-metrics-policy);
//   - a person's word stands above the machine's, with a note, and the machine's stays beside it.
package vetting
