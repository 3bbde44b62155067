// Package discovery measures the search over 100,000 creators with a million posts: how long the index takes to be made, how much memory it holds,
// and how long searches take, by words, by meaning, with filters, and by fit to a target.
//
// Creators are invented and written straight into the database. The peer is bleve, a text index on disk with the same captions, that is asked the
// same words and nothing else: no filters, no rights, no fit, no meaning.
//
// Every line says what it took by the clock and of CPU time, which a busy machine does not change; the first one how busy the machine was.
//
//	go test ./bench/discovery -run '^$' -bench . -benchtime 1x                    100,000 creators, a million posts, and the peer: two to four minutes
//	RAPPORT_BENCH_CREATORS=1000000 RAPPORT_BENCH_POSTS=1 go test ./bench/discovery -run '^$' -bench . -benchtime 1x -timeout 1h     a million creators
package discovery
