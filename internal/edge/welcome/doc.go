// Package welcome does what follows when a creator comes into a program: an applicant is answered, a partner is given a link and a code, and the
// mails leave that somebody in their place would want: come in, not this time and why, your first sale.
//
// It stands above the rooms it brings together and below the interface and the pages, which both use it, so that an approval does the same
// whichever way it came.
//
// Laws:
//   - an answer and what follows from it are one transaction: nobody is let in without a link, and no mail tells what did not happen;
//   - a sign-in link goes only to an address that is the creator's own at this installation; else the mail says where to ask for one;
//   - the first sale is told once, within seconds, and never for a test.
//
// A worked example: Maya applies, confirms her address, the rule "approve fits" holds: her partnership is active, MAYA10 and /r/maya10 exist, and a
// mail with a sign-in link is queued, or nothing of it happened.
package welcome
