// Package creators measures the import of 100,000 creators from a CSV file.
//
// Every row becomes a creator, a profile and a snapshot of its counts, is looked for among those that are known, and is hidden until all are in. The
// peer reads the same file and does the least: one narrow row each, a commit every 1,000 rows, on the same engine with the same settings. The longest
// write transaction is printed too, since orders wait behind it on SQLite.
//
//	go test ./bench/creators -run '^$' -bench . -benchtime 1x                                          100,000, on both engines
//	RAPPORT_BENCH_CREATORS=1000000 go test ./bench/creators -run '^$' -bench . -benchtime 1x -timeout 1h     a million
package creators
