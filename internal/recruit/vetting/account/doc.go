// Package account says how probable it is that an account looks genuine, from what its profile shows: a picture, a biography, digits in the
// name, posts, followers, following. It looks at one account alone, never at its audience; whether an audience looks earned is another question
// (package growth and the engagement figures), and the two are never mixed into one number.
//
// The model is additive: every known signal contributes its own log-odds, the contributions are added to the prior's, and the sum is turned into
// a probability. Nothing else happens, so a page can show the whole calculation.
//
//	prior 0.0 · picture +0.5 · 3 digits in 10 characters −0.8 · 240 posts +1.4 · 900 followers +0.9 · 400 following +0.1 = +2.1
//	probability = 1 / (1 + exp(−2.1)) = 0.89
//
// Laws: an unknown signal contributes exactly 0 and changes no other contribution; unknown is not zero; signals whose direction is known (more
// posts, fewer digits) never push the other way; values outside the range seen in training count as its edge; the probability is never 0 or 1.
//
// Coefficients are in model.json, written by `rapport train account FILE`; docs/vetting-models.md has the figures and what they cannot tell.
package account
