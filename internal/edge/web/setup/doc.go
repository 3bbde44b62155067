// Package setup gets people in and a program going: the first run, signing in and out, links that sign in once, the account, the first ten minutes,
// and a program's settings.
//
// The first ten minutes are six steps, each with an address of its own, so that they can be left and taken up again. What is done is never noted: it
// follows from what is there, and Checklist tells it to Home.
//
//	/start               the shop's address → its name, logo and currency, to be corrected; the program is made here
//	/p/{program}/start/terms      "Creators earn 15 % of a sale within 30 days of a click …"
//	…/store  …/creators  …/invite  …/test
//
// The words: the first-run address is printed by the server and works until somebody has an account; a finder asks a shop's home page about the shop.
//
// Laws:
//   - a link that signs in is spent by a POST only, since programs that preview links open them too;
//   - after signing in nobody is sent to another site;
//   - nobody makes a link for a person who may do more than themselves, so that no link lends rights;
//   - a finder never speaks to this machine or its neighbours, whatever a name resolves to or redirects to (Finder.Loopback is for
//     installations that themselves run on the loopback).
package setup
