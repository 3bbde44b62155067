package clicks

import (
	"iter"
	"time"
)

// Brief is what a report needs of a click that is not rolled up yet.
type Brief struct {
	No      uint64
	LinkNo  uint64
	At      time.Time
	Flags   Flags
	Device  Device
	Country string
}

// brief is a Brief in 24 bytes; its number follows from its place.
type brief struct {
	link    uint64
	millis  int64
	flags   Flags
	device  Device
	country [2]byte
}

func briefOf(c *Click) brief {
	b := brief{link: c.LinkNo, millis: c.At.UnixMilli(), flags: c.Flags, device: c.Device}
	copy(b.country[:], c.Country)
	return b
}

func (b brief) named(no uint64) Brief {
	out := Brief{No: no, LinkNo: b.link, At: time.UnixMilli(b.millis).UTC(), Flags: b.flags, Device: b.device}
	if b.country[0] != 0 {
		out.Country = string(b.country[:])
	}
	return out
}

// tail holds the newest acknowledged clicks that were not forwarded: no gaps, at most limit.
type tail struct {
	limit int
	first uint64 // the number of clicks[0]
	brief []brief
}

func (t *tail) add(b *batch) {
	if len(t.brief) == 0 {
		t.first = b.first
	}
	t.brief = append(t.brief, b.brief...)
	if over := len(t.brief) - t.limit; over > t.limit/4 { // in steps, so that dropping costs little per click
		t.drop(t.first + uint64(over) - 1) //nolint:gosec // over is positive
	}
}

// drop forgets the clicks up to the number.
func (t *tail) drop(upTo uint64) {
	if len(t.brief) == 0 || upTo < t.first {
		return
	}
	n := min(upTo-t.first+1, uint64(len(t.brief)))
	t.first += n
	t.brief = t.brief[n:]
	if cap(t.brief) > 4*len(t.brief)+1024 {
		t.brief = append([]brief(nil), t.brief...) // let the memory behind us go
	}
}

// from returns at most limit clicks from the number on, or nothing when memory does not reach back so far.
func (t *tail) from(no uint64, limit int) []Brief {
	if no < t.first || no >= t.first+uint64(len(t.brief)) {
		return nil
	}
	part := t.brief[no-t.first:]
	part = part[:min(len(part), limit)]
	out := make([]Brief, len(part))
	for i, b := range part {
		out[i] = b.named(no + uint64(i))
	}
	return out
}

// Forwarded says that the clicks up to the number are in the main database, so that memory can forget them. Tail still finds them on disk.
func (l *Log) Forwarded(upTo uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.tail.drop(upTo)
}

const tailChunk = 4096

// Tail yields the clicks after the number, up to the last one acknowledged when it was called: what a report adds to roll-ups that reach to the
// number. Most come from memory, the older ones from disk.
func (l *Log) Tail(after uint64) iter.Seq2[Brief, error] {
	return func(yield func(Brief, error) bool) {
		upTo := l.LastNo()
		for next := after + 1; next <= upTo; {
			chunk, err := l.briefs(next)
			if err != nil {
				yield(Brief{}, err)
				return
			}
			if len(chunk) == 0 {
				return
			}
			for _, b := range chunk {
				if b.No > upTo || !yield(b, nil) {
					return
				}
			}
			next = chunk[len(chunk)-1].No + 1
		}
	}
}

// briefs returns the next clicks from memory or else from disk.
func (l *Log) briefs(from uint64) ([]Brief, error) {
	l.mu.Lock()
	chunk := l.tail.from(from, tailChunk)
	l.mu.Unlock()
	if len(chunk) > 0 {
		return chunk, nil
	}
	clicks, err := l.Read(from, tailChunk)
	for i := range clicks {
		chunk = append(chunk, briefOf(&clicks[i]).named(clicks[i].No))
	}
	return chunk, err
}
