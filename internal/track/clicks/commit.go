package clicks

import (
	"fmt"
	"runtime"
	"time"
)

// batch is a group of clicks that share one write and one fdatasync. Its buffer begins with room for a header, which is written where the batch
// is the first of its segment.
type batch struct {
	buf   []byte
	first uint64
	brief []brief // what the tail keeps of each click
	done  chan struct{}
	err   error // set before done is closed
}

func newBatch(buf []byte) *batch {
	return &batch{buf: append(buf[:0], make([]byte, headerBytes)...), done: make(chan struct{})}
}

func (b *batch) len() int { return len(b.brief) }

func (b *batch) add(c *Click) {
	if b.len() == 0 {
		b.first = c.No
	}
	b.buf = appendFrame(b.buf, c)
	b.brief = append(b.brief, briefOf(c))
}

func (b *batch) last() uint64 { return b.first + uint64(b.len()) - 1 } //nolint:gosec // no negative number

// commitAll is the committer: the only goroutine that writes. It ends after Close, when all that waited is on disk or lost.
func (l *Log) commitAll() {
	defer close(l.stop)
	for closing := false; !closing; {
		select {
		case <-l.wake:
		case <-l.closing:
			closing = true
		}
		// Everybody who was woken by the last batch, or is about to append, goes first. Without this the first waiter wakes us, we run next, and on
		// a busy processor batches shrink to one click each.
		runtime.Gosched()
		if b := l.seal(); b != nil {
			if err := l.commit(b); err != nil {
				l.breakOff(b, err)
				l.mend()
			}
		}
	}
	if l.active != nil {
		l.retire(l.active)
	}
}

// seal takes the batch that waits and begins another; nil when nothing waits. The batch is the committer's alone from then on.
func (l *Log) seal() *batch {
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.waiting
	if b.len() == 0 {
		return nil
	}
	l.waiting = newBatch(l.emptied)
	l.waiting.brief = make([]brief, 0, b.len())
	l.emptied = nil
	return b
}

// commit writes a batch, syncs it and tells its waiters. After an error nothing of it counts, and the active segment must not be written to again.
func (l *Log) commit(b *batch) error {
	if err := l.makeRoom(int64(len(b.buf))); err != nil {
		return err
	}
	w := l.active
	content := b.buf[headerBytes:]
	if w.fresh() {
		h := header{origin: l.origin, first: b.first, made: b.brief[0].millis}
		h.append(b.buf[:0])
		content = b.buf
	}
	if _, err := w.file.WriteAt(content, w.end); err != nil {
		return fmt.Errorf("cannot write: %w", err)
	}
	started := time.Now()
	if err := w.file.Sync(); err != nil {
		return fmt.Errorf("cannot sync: %w", err)
	}
	l.acknowledge(b, int64(len(content)), time.Since(started))
	return nil
}

// makeRoom takes the next segment when there is none or the active one is full. A batch larger than a whole segment makes its segment longer.
func (l *Log) makeRoom(n int64) error {
	if l.active != nil && (l.active.fresh() || l.active.end+n <= l.active.size) {
		return nil
	}
	if l.active != nil {
		l.retire(l.active)
		l.active = nil
	}
	select {
	case l.active = <-l.spare:
		return nil
	case err := <-l.failed:
		return err
	}
}

// acknowledge makes a synced batch visible to readers and then wakes its waiters.
func (l *Log) acknowledge(b *batch, written int64, took time.Duration) {
	l.mu.Lock()
	w, s := l.active, l.active.segment
	offset := w.end
	if w.fresh() {
		s.first, s.made, offset = b.first, b.brief[0].millis, headerBytes
		l.segments = append(l.segments, s)
	}
	s.note(b.first, offset)
	w.end += written
	s.end = w.end
	l.synced = b.last()
	l.tail.add(b)
	l.stats.count(b.len(), took)
	l.emptied = b.buf
	l.mu.Unlock()
	close(b.done)
}

// breakOff loses a batch and all that queued behind it, since their numbers would leave a hole, and refuses further clicks.
func (l *Log) breakOff(b *batch, cause error) {
	l.options.Logger.Error("the click log cannot be written; buyers go on without tokens", "error", cause)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.broken = fmt.Errorf("%w: %w", ErrLost, cause)
	l.stats.BrokenSince = time.Now()
	l.next = l.synced + 1
	for _, lost := range []*batch{b, l.waiting} {
		l.stats.Lost += uint64(lost.len()) //nolint:gosec // no negative number
		lost.err = l.broken
		close(lost.done)
	}
	l.waiting = newBatch(nil)
}

// mend replaces the broken segment by a new one as soon as there is one, or ends with Close. A new segment that failed at its first write is not
// followed by another at once: the fault is in the disk, not in the segment.
func (l *Log) mend() {
	pause := time.Duration(0)
	if l.active != nil {
		if l.active.fresh() {
			pause = l.options.Retry
		}
		l.retire(l.active)
		l.active = nil
	}
	select {
	case <-time.After(pause):
	case <-l.closing:
		return
	}
	select {
	case l.active = <-l.spare:
	case <-l.closing:
		return
	}
	l.mu.Lock()
	l.broken, l.stats.BrokenSince = nil, time.Time{}
	l.mu.Unlock()
	l.options.Logger.Info("the click log is written again")
}
