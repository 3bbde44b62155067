// Package join is the way in for creators: a program's public application page, invitation links that can be pasted anywhere, and the answer that
// an applicant gets.
//
// Laws:
//   - a page shows what a program says of itself and nothing of who is in it;
//   - an application is decided by rules whose reasons the applicant reads too;
//   - accepting an invitation needs no password and at most six taps until link, code, QR and caption are there.
package join
