package clicks

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"
)

// ErrLost says that a click was not kept: its token must not be handed out. The loss is counted in Stats.
var ErrLost = errors.New("the click could not be written")

var (
	errBusy   = fmt.Errorf("%w: too many clicks wait for the disk", ErrLost)
	errClosed = fmt.Errorf("%w: the click log is closed", ErrLost)
)

// maxWaiting bounds the clicks that wait for one fdatasync, and with them the memory of a log whose disk hangs (about 3 MB).
const maxWaiting = 16 << 10

// Options of a log. The zero value is good.
type Options struct {
	SegmentSize int64         // bytes; 16 MiB when 0
	Retry       time.Duration // between tries to write again after a fault; 1 s when 0
	TailLimit   int           // unforwarded clicks kept in memory; 1,048,576 (25 MB) when 0. Older ones are read from disk
	Logger      *slog.Logger  // slog.Default when nil

	create func(path string) (file, error)
}

func (o Options) orDefaults() Options {
	o.SegmentSize = cmp.Or(o.SegmentSize, 16<<20)
	o.Retry = cmp.Or(o.Retry, time.Second)
	o.TailLimit = cmp.Or(o.TailLimit, 1<<20)
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	if o.create == nil {
		o.create = createFile
	}
	return o
}

// Log is the click log of one node. All methods may be called from many goroutines.
type Log struct {
	Origin string // the log's random name; (Origin, No) names a click for ever

	dir     string
	options Options
	lock    *os.File
	origin  [originLength]byte

	wake    chan struct{} // the committer has something to do
	closing chan struct{} // Close was called
	stop    chan struct{} // the committer has ended
	spare   chan *writer  // from supply
	failed  chan error    // from supply
	running sync.WaitGroup
	seq     uint64  // of the newest file; supply's own
	active  *writer // the committer's own; nil before the first click and while broken

	mu       sync.Mutex
	segments []*segment // those with a header, oldest first
	retired  []*writer
	waiting  *batch
	emptied  []byte // a batch's buffer to use again
	next     uint64 // the number of the next click
	synced   uint64 // the last acknowledged number
	broken   error  // why nothing can be written now
	closed   bool
	tail     tail
	stats    Stats
}

// Open opens the log in dir, which is made if need be, and goes on after the last click that is whole there. It does not fail on a full disk: clicks
// are then lost, and counted, until there is space.
func Open(dir string, o Options) (*Log, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("cannot make the click log's folder: %w", err)
	}
	lock, err := lockDir(dir)
	if err != nil {
		return nil, err
	}
	o = o.orDefaults()
	found, err := recoverDir(dir, o.Logger)
	if err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	l := &Log{
		Origin: originName(found.origin), dir: dir, options: o, lock: lock, origin: found.origin,
		wake: make(chan struct{}, 1), closing: make(chan struct{}), stop: make(chan struct{}),
		spare: make(chan *writer), failed: make(chan error),
		seq: found.seq, segments: found.segments, waiting: newBatch(nil),
		next: found.synced + 1, synced: found.synced, tail: tail{limit: o.TailLimit},
	}
	l.running.Go(l.supply)
	l.running.Go(l.commitAll)
	return l, nil
}

// Append returns the click's number after the fdatasync that covers it. After an error its token must not leave: ErrLost when the click was not kept,
// ctx's error when it took too long (the click may still be kept).
func (l *Log) Append(ctx context.Context, c Click) (no uint64, err error) {
	c = c.kept()
	b, no, err := l.enqueue(&c)
	if err != nil {
		return 0, err
	}
	select {
	case <-b.done:
	case <-ctx.Done():
		l.mu.Lock()
		l.stats.Abandoned++
		l.mu.Unlock()
		return 0, fmt.Errorf("gave up waiting for the click log: %w", context.Cause(ctx))
	}
	if b.err != nil {
		return 0, b.err
	}
	return no, nil
}

// enqueue gives the click its number and puts it into the batch that waits.
func (l *Log) enqueue(c *Click) (b *batch, no uint64, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	b = l.waiting
	switch {
	case l.closed:
		err = errClosed
	case l.broken != nil:
		err = l.broken
	case b.len() >= maxWaiting:
		err = errBusy
	}
	if err != nil {
		l.stats.Lost++
		return nil, 0, err
	}
	c.No = l.next
	l.next++
	b.add(c)
	if b.len() == 1 {
		select {
		case l.wake <- struct{}{}:
		default: // it is awake
		}
	}
	return b, c.No, nil
}

// Close writes what waits, refuses what comes after, and lets the folder go. Closing twice is no mistake.
func (l *Log) Close() error {
	l.mu.Lock()
	first := !l.closed
	l.closed = true
	l.mu.Unlock()
	if !first {
		return nil
	}
	close(l.closing)
	l.running.Wait()
	l.putAway()
	return l.lock.Close()
}
