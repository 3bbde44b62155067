package clicks

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"syscall"
	"testing"
	"time"
)

// faultyDisk makes files on the real disk whose writes and syncs can be made to fail, to wait, or to be forgotten.
type faultyDisk struct {
	mu                    sync.Mutex
	creation, write, sync error
	record                error // of writes that hold clicks
	created               int
	hold                  chan struct{}
	held                  chan struct{}     // gets one for every sync that waits
	synced                map[string][]byte // what a power cut leaves of each file
}

func newFaultyDisk() *faultyDisk {
	return &faultyDisk{synced: map[string][]byte{}, held: make(chan struct{}, 100)}
}

type faultyFile struct {
	file
	disk *faultyDisk
	path string
}

func (d *faultyDisk) create(path string) (file, error) {
	d.mu.Lock()
	err := d.creation
	d.created++
	d.mu.Unlock()
	if err != nil {
		return nil, err
	}
	f, err := createFile(path)
	return faultyFile{f, d, path}, err
}

// fail sets the errors of making a file, of writes and of syncs; nil ones work.
func (d *faultyDisk) fail(create, write, sync error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.creation, d.write, d.sync = create, write, sync
}

// holdSyncs makes syncs wait for release.
func (d *faultyDisk) holdSyncs() (release func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	hold := make(chan struct{})
	d.hold = hold
	return func() { d.mu.Lock(); d.hold = nil; d.mu.Unlock(); close(hold) }
}

func (f faultyFile) WriteAt(b []byte, offset int64) (int, error) {
	f.disk.mu.Lock()
	err := f.disk.write
	if b[0] != 0 && err == nil { // zeros fill a segment ahead
		err = f.disk.record
	}
	f.disk.mu.Unlock()
	if err != nil {
		n, _ := f.file.WriteAt(b[:len(b)/2], offset) // half of it gets through: a torn record
		return n, err
	}
	return f.file.WriteAt(b, offset)
}

func (f faultyFile) Sync() error {
	f.disk.mu.Lock()
	hold := f.disk.hold
	f.disk.mu.Unlock()
	if hold != nil {
		f.disk.held <- struct{}{}
		<-hold
	}
	f.disk.mu.Lock()
	err := f.disk.sync
	f.disk.mu.Unlock()
	if err != nil {
		return err
	}
	content, err := os.ReadFile(f.path)
	if err != nil {
		return err
	}
	f.disk.mu.Lock()
	f.disk.synced[f.path] = content
	f.disk.mu.Unlock()
	return f.file.Sync()
}

// unsyncedFile leaves out every fsync, for tests that are about what is read.
type unsyncedFile struct{ *os.File }

func (unsyncedFile) Sync() error { return nil }

func createUnsynced(path string) (file, error) {
	f, err := os.Create(path)
	return unsyncedFile{f}, err
}

// untilAppended appends until the log takes clicks again, and returns the number it gave.
func untilAppended(t *testing.T, l *Log) uint64 {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); {
		no, err := l.Append(t.Context(), testClick(int(l.LastNo()+1)))
		if err == nil {
			return no
		}
		if !errors.Is(err, ErrLost) {
			t.Fatal(err)
		}
	}
	t.Fatal("the log does not recover")
	return 0
}

func TestAFailedWriteOrSyncLosesItsClicksAndNoOthers(t *testing.T) {
	for name, fault := range map[string]func(d *faultyDisk){
		"write": func(d *faultyDisk) { d.fail(syscall.EIO, syscall.EIO, nil) },
		"sync":  func(d *faultyDisk) { d.fail(syscall.EIO, nil, syscall.EIO) },
	} {
		t.Run(name, func(t *testing.T) {
			disk, dir := newFaultyDisk(), t.TempDir()
			o := small()
			o.create, o.Retry = disk.create, time.Millisecond
			l := openLog(t, dir, o)
			appendClicks(t, l, 1, 100)
			for range 3 {
				last := int(l.LastNo())
				lost := l.Stats().Lost
				fault(disk)
				for i := range 5 {
					if _, err := l.Append(t.Context(), testClick(last+1)); !errors.Is(err, ErrLost) || !errors.Is(err, syscall.EIO) {
						t.Fatalf("click %d during the fault: %v", i, err)
					}
				}
				if s := l.Stats(); s.Lost != lost+5 || int(s.LastNo) != last {
					t.Fatalf("%+v", s)
				}
				disk.fail(nil, nil, nil)
				if no := untilAppended(t, l); int(no) != last+1 {
					t.Fatalf("after the fault the next number is %d, want %d", no, last+1)
				}
				appendClicks(t, l, last+2, last+50)
			}
			wantClicks(t, readAll(t, l, 1, 30), 1, 250)
			closeLog(t, l)
			wantClicks(t, readAll(t, openLog(t, dir, small()), 1, 30), 1, 250)
		})
	}
}

func TestAFaultIsNotAnsweredByTryingTheSameSyncAgain(t *testing.T) {
	disk := newFaultyDisk()
	l := openLog(t, t.TempDir(), Options{Logger: quiet, create: disk.create, Retry: time.Millisecond, SegmentSize: 1 << 16})
	appendClicks(t, l, 1, 1)
	broken := l.segments[0].path
	disk.fail(syscall.EIO, nil, syscall.EIO)
	if _, err := l.Append(t.Context(), testClick(2)); !errors.Is(err, ErrLost) {
		t.Fatal(err)
	}
	disk.fail(nil, nil, nil)
	untilAppended(t, l)
	if now := l.segments[len(l.segments)-1].path; now == broken {
		t.Fatal("the segment whose sync failed is written to again")
	}
}

// What queued behind the failed sync has numbers that follow the lost ones: it is lost, too, and told so.
func TestClicksBehindAFailedSyncAreLostWithIt(t *testing.T) {
	disk := newFaultyDisk()
	l := openLog(t, t.TempDir(), Options{Logger: quiet, create: disk.create, Retry: time.Millisecond, SegmentSize: 1 << 16})
	appendClicks(t, l, 1, 3)
	release := disk.holdSyncs()
	answers := make(chan error, 6)
	add := func() { _, err := l.Append(t.Context(), testClick(1)); answers <- err }
	drain := len(disk.held)
	for range drain {
		<-disk.held
	}
	go add()
	<-disk.held
	for range 5 {
		go add()
	}
	for waiting := 0; waiting < 5; runtime.Gosched() {
		l.mu.Lock()
		waiting = l.waiting.len()
		l.mu.Unlock()
	}
	disk.fail(syscall.EIO, nil, syscall.EIO)
	release()
	for range 6 {
		if err := <-answers; !errors.Is(err, ErrLost) {
			t.Fatalf("got %v, want ErrLost", err)
		}
	}
	disk.fail(nil, nil, nil)
	if no := untilAppended(t, l); no != 4 || l.Stats().Lost < 6 {
		t.Fatalf("the next number is %d, and %d are counted as lost", no, l.Stats().Lost)
	}
}

func TestADiskThatRefusesEveryClickIsNotFloodedWithSegments(t *testing.T) {
	disk := newFaultyDisk()
	disk.record = syscall.EIO
	l := openLog(t, t.TempDir(), Options{Logger: quiet, create: disk.create, Retry: time.Hour, SegmentSize: 1 << 16})
	for end := time.Now().Add(50 * time.Millisecond); time.Now().Before(end); { // a segment takes about a millisecond
		if _, err := l.Append(t.Context(), testClick(1)); !errors.Is(err, ErrLost) {
			t.Fatalf("got %v", err)
		}
		runtime.Gosched()
	}
	closeLog(t, l)
	if disk.created > 3 {
		t.Fatalf("%d segments were made in vain", disk.created)
	}
}

func TestALogThatCannotBeWrittenAtTheStartStillOpens(t *testing.T) {
	disk := newFaultyDisk()
	disk.fail(syscall.ENOSPC, nil, nil)
	o := small()
	o.create, o.Retry = disk.create, time.Millisecond
	l := openLog(t, t.TempDir(), o)
	if _, err := l.Append(t.Context(), testClick(1)); !errors.Is(err, ErrLost) || !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("got %v", err)
	}
	if s := l.Stats(); s.Fault == nil || s.BrokenSince.IsZero() || s.Lost != 1 {
		t.Fatalf("the fault does not show: %+v", s)
	}
	disk.fail(nil, nil, nil)
	untilAppended(t, l)
	if s := l.Stats(); s.Fault != nil || !s.BrokenSince.IsZero() {
		t.Fatalf("the fault still shows: %+v", s)
	}
}

func TestABrokenLogClosesAtOnce(t *testing.T) {
	disk := newFaultyDisk()
	disk.fail(syscall.ENOSPC, nil, nil)
	l := openLog(t, t.TempDir(), Options{Logger: quiet, create: disk.create, Retry: time.Hour})
	if _, err := l.Append(t.Context(), testClick(1)); !errors.Is(err, ErrLost) {
		t.Fatal(err)
	}
	closeLog(t, l)
}

// A power cut leaves of every file what its last sync covered.
func TestAPowerCutLosesNoAnsweredClick(t *testing.T) {
	disk, dir := newFaultyDisk(), t.TempDir()
	o := small()
	o.create = disk.create
	l := openLog(t, dir, o)
	for i := 1; i <= 150; i++ {
		appendClicks(t, l, i, i)
		if i%10 != 0 {
			continue
		}
		after := t.TempDir()
		disk.mu.Lock()
		for path, content := range disk.synced {
			if err := os.WriteFile(filepath.Join(after, filepath.Base(path)), content, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		disk.mu.Unlock()
		again := openLog(t, after, small())
		wantClicks(t, readAll(t, again, 1, 100), 1, i)
		closeLog(t, again)
	}
}
