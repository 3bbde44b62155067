package clicks

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"sort"
	"time"
)

// LastNo returns the number of the last acknowledged click, 0 when there is none.
func (l *Log) LastNo() uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.synced
}

// Read returns at most limit acknowledged clicks, the first numbered from or the next that is kept. Go on from the last one's number + 1: numbers that
// were trimmed or never acknowledged are passed over.
func (l *Log) Read(from uint64, limit int) ([]Click, error) {
	var out []Click
	for len(out) < limit {
		v, ok := l.view(from)
		if !ok {
			break
		}
		clicks, err := l.readSegment(v, limit-len(out))
		if err != nil {
			return nil, err
		}
		out = append(out, clicks...)
		from = v.last + 1
	}
	return out, nil
}

// view is what a reader needs of a segment, taken under the lock.
type view struct {
	segment *segment
	start   int64 // where to start, at or before from's record
	end     int64
	from    uint64
	last    uint64 // the last number of the segment
}

// view finds the segment that holds the number, or the first one after it.
func (l *Log) view(from uint64) (v view, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if from > l.synced || len(l.segments) == 0 {
		return v, false
	}
	i := sort.Search(len(l.segments), func(i int) bool { return l.segments[i].first > from })
	i = max(i-1, 0)
	s := l.segments[i]
	v = view{segment: s, start: s.seek(from), end: s.end, from: from, last: l.synced}
	if i+1 < len(l.segments) {
		v.last = l.segments[i+1].first - 1
	}
	return v, true
}

// readSegment returns clicks of one segment, none when it was trimmed meanwhile.
func (l *Log) readSegment(v view, limit int) (out []Click, err error) {
	file, err := os.Open(v.segment.path)
	if errors.Is(err, fs.ErrNotExist) && !l.holds(v.segment) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("cannot open a segment of the click log: %w", err)
	}
	defer file.Close()
	var marks []mark
	var broken error
	stop, err := walk(file, v.start, v.end, func(no uint64, offset int64, body []byte) bool {
		if n := len(marks); n == 0 || offset >= marks[n-1].offset+markEvery {
			marks = append(marks, mark{no, offset})
		}
		if no < v.from {
			return true
		}
		if no > v.last || len(out) == limit {
			return false
		}
		var c Click
		c, broken = decodeBody(body)
		out = append(out, c)
		return broken == nil
	})
	if err = errors.Join(err, broken); err != nil {
		return nil, fmt.Errorf("cannot read the click log at %s:%d: %w", v.segment.path, stop, err)
	}
	l.learn(v.segment, marks)
	return out, nil
}

func (l *Log) holds(s *segment) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Contains(l.segments, s)
}

// learn notes where a reader found records, so that the next one starts near them.
func (l *Log) learn(s *segment, marks []mark) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, m := range marks {
		s.note(m.no, m.offset)
	}
}

// walk calls each for the whole records from offset to end, until it says false, and returns the offset where it stopped. It ends without an error at
// the first record that is not whole or not next in number: what follows was never acknowledged.
func walk(r io.ReaderAt, offset, end int64, each func(no uint64, offset int64, body []byte) bool) (int64, error) {
	in := bufio.NewReaderSize(io.NewSectionReader(r, offset, end-offset), 64<<10)
	for previous := uint64(0); ; {
		b, err := in.Peek(frameBytes + maxBody)
		if err != nil && err != io.EOF {
			return offset, err
		}
		body, n, ok := frame(b)
		if !ok {
			return offset, nil
		}
		no := binary.LittleEndian.Uint64(body[1:])
		if previous != 0 && no != previous+1 {
			return offset, nil
		}
		if !each(no, offset, body) {
			return offset, nil
		}
		previous = no
		offset += int64(n)
		if _, err := in.Discard(n); err != nil {
			return offset, err
		}
	}
}

// Trim removes whole segments whose clicks all have numbers up to upTo and were made before the time, and returns how many it removed. The newest
// one always stays: it knows where numbers go on.
func (l *Log) Trim(upTo uint64, before time.Time) (removed int, err error) {
	for _, path := range l.takeOld(upTo, before.UnixMilli()) {
		if failed := os.Remove(path); failed != nil {
			err = errors.Join(err, fmt.Errorf("cannot remove a segment of the click log: %w", failed))
			continue
		}
		removed++
	}
	return removed, err
}

// takeOld takes the segments that may go out of the list; readers then no longer look for them.
func (l *Log) takeOld(upTo uint64, before int64) (paths []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for len(l.segments) > 1 && l.segments[1].first-1 <= upTo && l.segments[1].made < before {
		paths = append(paths, l.segments[0].path)
		l.segments = l.segments[1:]
	}
	return paths
}
