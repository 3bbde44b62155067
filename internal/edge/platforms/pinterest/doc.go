// Package pinterest is what Pinterest lets a program know of a creator who connects: the account's counts, its public Pins with their figures, and the
// account's analytics of the last thirty days. Nothing returns another person's profile, so nobody can be found here who does not connect.
//
// Sources: Pinterest's own description of API v5 (github.com/pinterest/api-description, v5/openapi.json, version 5.23.0) and
// https://developers.pinterest.com/docs/getting-started/set-up-authentication-and-authorization/, …/docs/reference/rate-limits/.
//
// The words: a Pin is a post; a bookmark is the cursor of the next page; an app on trial access may make 1,000 requests a day in all, one on standard
// access more, which the operator then enters.
//
// A worked example in numbers: a creator with 130 Pins costs one request for the account, two for Pins (100 + 30) and one for analytics: 4 of 1,000,
// so an app on trial keeps 250 such creators fresh every day. Reading is done every second day.
package pinterest
