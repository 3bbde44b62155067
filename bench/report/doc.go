// Package report measures the performance report at the size that a program reaches after a year: the roll-ups of 10 million clicks (450,000 cells
// of day × link, 90,000 of day × partnership, the shares that 20 million simulated clicks kept) and 100,000 conversions with their commissions.
//
// Its peer counts the clicks of each partnership from their rows, without roll-ups. It is flattered twice: a million rows are stored, a tenth, and
// its time is multiplied by ten, although ten times the rows would fit into no cache; and it counts clicks only, while the report beside it sums
// conversions and commissions as well.
//
//	make bench PKG=./bench/report        prints the median, the peer and the ratio, on SQLite and PostgreSQL
package report
