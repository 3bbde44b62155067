package db

import (
	"sync/atomic"
	"time"
)

// GroupBounds are the upper bounds of the histogram of GroupTimes; a last, open bucket follows.
var GroupBounds = [...]time.Duration{
	time.Millisecond, 2 * time.Millisecond, 5 * time.Millisecond, 10 * time.Millisecond, 20 * time.Millisecond, 50 * time.Millisecond,
	100 * time.Millisecond, 250 * time.Millisecond, 500 * time.Millisecond, time.Second,
}

type groupStats struct {
	batches, updates, slowest, sum atomic.Int64
	times                          [len(GroupBounds) + 1]atomic.Int64
}

func (s *groupStats) add(took time.Duration, updates int) {
	s.batches.Add(1)
	s.updates.Add(int64(updates))
	s.sum.Add(int64(took))
	if int64(took) > s.slowest.Load() { // only the committer writes
		s.slowest.Store(int64(took))
	}
	i := 0
	for i < len(GroupBounds) && took > GroupBounds[i] {
		i++
	}
	s.times[i].Add(1)
}

// GroupStats tells how many transactions carried how many updates, and how long the slowest one took.
func (d *DB) GroupStats() (batches, updates int64, slowest time.Duration) {
	return d.stats.batches.Load(), d.stats.updates.Load(), time.Duration(d.stats.slowest.Load())
}

// GroupTimes tells how many transactions took at most as long as each of GroupBounds and longer than the bound before, and how long all took
// together. Waiting for the log to be copied counts. PostgreSQL keeps its own account.
func (d *DB) GroupTimes() (counts [len(GroupBounds) + 1]int64, sum time.Duration) {
	for i := range counts {
		counts[i] = d.stats.times[i].Load()
	}
	return counts, time.Duration(d.stats.sum.Load())
}
