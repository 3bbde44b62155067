// Package memory prints how much memory a server holds: idle, with 100,000 creators, and after 200,000 taps on a link.
//
// It builds the real program and runs it on SQLite, as a small shop would. The creators are imported by the command beside the running server, whose
// own peak is printed too; then the server lists and searches them. The taps come over 64 connections through the click log and the forwarder into
// the database. Figures are the resident set (VmRSS) and its peak (VmHWM) from /proc; the peer is an empty net/http server of the same Go.
package memory
