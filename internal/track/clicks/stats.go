package clicks

import (
	"math/bits"
	"time"
)

// Stats is what is known of a log since it was opened.
type Stats struct {
	Appended    uint64    // acknowledged clicks
	Lost        uint64    // clicks answered with ErrLost
	Abandoned   uint64    // clicks whose caller did not wait for the answer
	Batches     uint64    //
	LastBatch   int       // clicks in the last batch
	LastNo      uint64    // the last acknowledged number
	Fault       error     // why nothing can be written now, nil while it can
	BrokenSince time.Time // zero while it can be written
	Segments    int       //
	BatchSizes  Histogram // clicks
	SyncMicros  Histogram // what the disk's fdatasync takes, in microseconds
}

// Stats returns a copy; it costs no disk access.
func (l *Log) Stats() Stats {
	l.mu.Lock()
	defer l.mu.Unlock()
	s := l.stats
	s.LastNo, s.Fault, s.Segments = l.synced, l.broken, len(l.segments)
	return s
}

func (s *Stats) count(clicks int, took time.Duration) {
	s.Appended += uint64(clicks) //nolint:gosec // no negative number
	s.Batches++
	s.LastBatch = clicks
	s.BatchSizes.add(uint64(clicks))              //nolint:gosec // no negative number
	s.SyncMicros.add(uint64(took.Microseconds())) //nolint:gosec // monotonic
}

// Histogram counts values by powers of two: Buckets[i] those below 1<<i and not below 1<<(i-1), the last one all larger ones.
type Histogram struct {
	Buckets [28]uint64 // the last begins at 67 million: 67 s in microseconds
	Count   uint64
	Sum     uint64
}

func (h *Histogram) add(v uint64) {
	h.Buckets[min(bits.Len64(v), len(h.Buckets)-1)]++
	h.Count++
	h.Sum += v
}
