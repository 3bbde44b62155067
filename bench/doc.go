// Package bench holds what the measurements below it share: the machine they ran on, since a figure without it says little, and medians.
//
// Each folder measures one thing beside a peer in the same run and prints both, their ratio, the machine and its disk:
//
//	make bench                                                    all of it
//	go test -run '^$' -bench . -benchtime 1x ./bench/conversions  one
package bench
