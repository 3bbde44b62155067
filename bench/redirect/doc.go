// Package redirect measures the hot path: a tap on a link, with the click on disk before the 302.
//
// `make bench` runs it. A server process on one core (GOMAXPROCS 2, as the program sets it) answers a generator on another, over loopback, with 64 and
// with 256 connections that stay open. The peer is the same handler without the log: what remains is what durability costs. Seven runs of each
// alternate, so that a busy machine is busy for both; the medians and their ratio are printed, beside the generator's share of its core (near
// 100 % it is the generator that was measured), the disk's own fdatasync, and, where nginx is installed, its `return 302` on that core.
package redirect
