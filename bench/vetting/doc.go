// Package vetting measures check-ups: of one creator, and of 100,000 creators with ten posts each, from reading what is known of them to the stored
// report. The promise is less than 5 ms for one and less than 60 s for all of them.
//
//	go test ./bench/vetting -bench . -benchtime 1x
//
// The creators are invented by a seeded generator. RAPPORT_BENCH_CREATORS makes fewer or more of them.
package vetting
