package clicks

import (
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"
)

// writer is the segment that is written to, or one that waits to be.
type writer struct {
	segment *segment
	file    file
	size    int64 // bytes that were filled with zeros ahead
	end     int64 // bytes written and synced
}

// fresh reports whether nothing of the segment was acknowledged yet.
func (w *writer) fresh() bool { return w.end == 0 }

// supply makes segments ahead of their use and puts used ones away, so that the click path never waits for a folder's fsync. It runs until stop.
// A segment that cannot be made is tried again after Retry; meanwhile whoever needs one is told why.
func (l *Log) supply() {
	for {
		l.putAway()
		w, err := l.makeWriter()
		if err != nil {
			if !l.offerFailure(err) {
				return
			}
			continue
		}
		select {
		case l.spare <- w:
		case <-l.stop:
			l.retire(w)
			return
		}
	}
}

// offerFailure tells err to everyone who asks for a segment until it is time to try again; false means that the log closes.
func (l *Log) offerFailure(err error) bool {
	again := time.NewTimer(l.options.Retry)
	defer again.Stop()
	for {
		select {
		case l.failed <- err:
		case <-again.C:
			return true
		case <-l.stop:
			return false
		}
	}
}

// makeWriter fills a new file with zeros; on a disk that is nearly full a smaller one.
func (l *Log) makeWriter() (*writer, error) {
	for size := l.options.SegmentSize; ; size /= 2 {
		l.seq++
		w, err := l.fill(segmentPath(l.dir, l.seq), size)
		if err == nil || !errors.Is(err, syscall.ENOSPC) || size <= minSegment {
			return w, err
		}
	}
}

// minSegment is the smallest segment worth having: about 500 clicks.
const minSegment = 64 << 10

var zeros [1 << 20]byte

func (l *Log) fill(path string, size int64) (_ *writer, err error) {
	f, err := l.options.create(path)
	if err != nil {
		return nil, fmt.Errorf("cannot make a segment of the click log: %w", err)
	}
	for at := int64(0); at < size && err == nil; at += int64(len(zeros)) {
		_, err = f.WriteAt(zeros[:min(int64(len(zeros)), size-at)], at)
	}
	if err == nil {
		err = f.Sync()
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("cannot fill a segment of the click log: %w", err), f.Close(), os.Remove(path))
	}
	return &writer{segment: &segment{seq: l.seq, path: path}, file: f, size: size}, nil
}

// retire hands a segment that will not be written to any more over to supply.
func (l *Log) retire(w *writer) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.retired = append(l.retired, w)
}

// putAway gives back the space that retired segments do not need. What fails here costs space and nothing else.
func (l *Log) putAway() {
	l.mu.Lock()
	retired := l.retired
	l.retired = nil
	l.mu.Unlock()
	for _, w := range retired {
		if err := w.finish(); err != nil {
			l.options.Logger.Warn("a used segment of the click log could not be put away", "file", w.segment.path, "error", err)
		}
	}
}

func (w *writer) finish() error {
	if w.fresh() {
		return errors.Join(w.file.Close(), os.Remove(w.segment.path))
	}
	return errors.Join(w.file.Truncate(w.end), w.file.Close())
}
