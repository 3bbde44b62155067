// Rapport runs a micro-influencer affiliate program: recruit, partner, track, pay, learn. `rapport --help` lists what it does.
//
// This is the one place where rooms are wired together. There is a file per sub-command; server.go holds what runs behind one address, serve.go how
// it begins and ends, periodic.go what happens by the clock, health.go what machines ask. No rule of the business is decided here.
//
// The law: a process that is told to stop lets the requests that began finish, then what they wrote be carried on, and only then closes. One that is
// killed loses nothing it answered for; kill_test.go does that fifty times.
package main
