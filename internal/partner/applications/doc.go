// Package applications owns how creators come into a program by themselves: its public form, the rules that answer applications, and the
// invitation that a creator says yes to.
//
// The words: a form has questions and rules and an address of its own (its slug). An application is unconfirmed until who sent it has shown that
// the mail address is theirs; then it waits, and is approved or refused, by a rule or by a person. A rule has conditions and an outcome: approve,
// refuse or queue. An invitation is a brand's standing offer to one creator, who accepts its terms.
//
// Laws kept here:
//   - nothing of an unconfirmed application exists for anybody: no creator, no partnership, no line on a page; it is sealed, and gone in a week;
//   - the first rule whose conditions all hold decides, and one that asks for something unknown never holds. Without a rule a person decides;
//   - who names an account that we know already, without having shown that it is theirs, is never let in by a rule and never becomes the contact
//     of that creator: a person looks at it;
//   - the reason of an answer is written for the applicant, who reads the same words as the brand;
//   - what somebody said yes to is kept as the sentence they read.
//
// A worked example, with the rules "refuse not_for_us", "approve fits where followers ≥ 1,000":
//
//	fits, 8,200 followers        → approved: the check-up says they fit, and they have at least 1,000 followers
//	fits, followers not known    → queued: no rule says what to do
//	not_for_us                   → refused, with the reason written in the rule
//
// Decide is pure. The room asks nobody's rights: the caller has checked them. What follows an approval (links, codes, mails) is the caller's.
package applications
