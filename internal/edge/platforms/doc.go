// Package platforms is the one way to what YouTube, Instagram, TikTok and Pinterest let a program know of its creators.
//
// The words: an app is the operator's own application at a platform (client id, secret, key); a connection is one account that a creator lets one
// program read, by OAuth 2 (RFC 6749); a token is what the platform gave for it; a bucket is one of the platform's limits, counted in units within
// a window; a failure is a call that brought nothing, with a kind that says what to do next. Each platform is a room below this one and implements
// Platform; a Switchboard ties them to the database and the operator's apps.
//
// Laws kept here:
//   - a token or secret is sealed at rest and never printed, logged or part of an error;
//   - a unit of quota is taken in the database before the call that costs it, by all processes from one count, and a call that the count refuses is
//     never sent; what a platform itself refused is not asked again before it said so;
//   - one process at a time uses a connection, so a refresh token that may be spent once is spent once;
//   - a failure never removes anything: a fetch that is cut short stores what came and keeps its cursor. Data goes when its time is over, when the
//     creator disconnects, or when consent was withdrawn at the platform;
//   - a connection that fails is tried ever more rarely and, after mostFailures, not at all until a person has looked.
//
// A worked example in numbers: YouTube gives a project 10,000 units a day and a search costs 100. With 9,950 used, Take(…, 100) is refused with the
// next midnight of California as the time to come back, the count stays 9,950, and a channel for 1 unit can still be read. A connection that fails
// at 10:00 is tried again at 10:15, 10:45, 11:45, 13:45, …, at most a day apart; after the eighth failure it waits for a person.
package platforms
