package clicks

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var quiet = slog.New(slog.NewTextHandler(io.Discard, nil))

// small makes segments of about forty clicks, so that a test sees many of them.
func small() Options { return Options{SegmentSize: 4 << 10, Logger: quiet} }

func openLog(t testing.TB, dir string, o Options) *Log {
	t.Helper()
	l, err := Open(dir, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closeLog(t, l) })
	return l
}

func closeLog(t testing.TB, l *Log) {
	t.Helper()
	if err := l.Close(); err != nil {
		t.Error(err)
	}
}

// click i of a test; its time moves a second per click.
func testClick(i int) Click {
	return Click{LinkNo: uint64(i), At: time.Unix(1_800_000_000+int64(i), 0).UTC(), Random: uint32(i), Device: DevicePhone, Country: "DE", Referrer: "l.instagram.com"}
}

func appendClicks(t testing.TB, l *Log, from, to int) {
	t.Helper()
	for i := from; i <= to; i++ {
		no, err := l.Append(t.Context(), testClick(i))
		if err != nil || no != uint64(i) {
			t.Fatalf("click %d got number %d, %v", i, no, err)
		}
	}
}

func readAll(t testing.TB, l *Log, from uint64, chunk int) (out []Click) {
	t.Helper()
	for {
		clicks, err := l.Read(from, chunk)
		if err != nil {
			t.Fatal(err)
		}
		if len(clicks) == 0 {
			return out
		}
		out = append(out, clicks...)
		from = clicks[len(clicks)-1].No + 1
	}
}

// wantClicks checks that clicks are exactly those of testClick from the number on.
func wantClicks(t testing.TB, clicks []Click, from, to int) {
	t.Helper()
	if len(clicks) != to-from+1 {
		t.Fatalf("read %d clicks, want %d to %d", len(clicks), from, to)
	}
	for i, got := range clicks {
		want := testClick(from + i)
		want.No = uint64(from + i)
		if diff := cmp.Diff(want, got, comparePrefixes); diff != "" {
			t.Fatal(diff)
		}
	}
}

func TestClicksAreReadAsTheyWereAppended(t *testing.T) {
	l := openLog(t, t.TempDir(), small())
	appendClicks(t, l, 1, 200)
	if s := l.Stats(); s.Segments < 4 || s.Appended != 200 || s.LastNo != 200 || s.Fault != nil {
		t.Fatalf("after 200 clicks: %+v", s)
	}
	for _, chunk := range []int{1, 7, 1000} {
		wantClicks(t, readAll(t, l, 0, chunk), 1, 200)
	}
	wantClicks(t, readAll(t, l, 123, 10), 123, 200)
	if clicks, err := l.Read(201, 10); err != nil || len(clicks) != 0 {
		t.Errorf("past the end: %v, %v", clicks, err)
	}
}

func TestNumbersGoOnAfterARestart(t *testing.T) {
	dir := t.TempDir()
	origin := ""
	for run := range 5 {
		l := openLog(t, dir, small())
		if origin != "" && l.Origin != origin {
			t.Fatalf("the log was called %s and now %s", origin, l.Origin)
		}
		origin = l.Origin
		appendClicks(t, l, run*70+1, run*70+70)
		wantClicks(t, readAll(t, l, 1, 64), 1, run*70+70)
		closeLog(t, l)
	}
}

func TestOnlyOneProcessHasTheLogOpen(t *testing.T) {
	dir := t.TempDir()
	l := openLog(t, dir, small())
	if _, err := Open(dir, small()); !errors.Is(err, ErrLocked) {
		t.Fatalf("a second opener got %v", err)
	}
	closeLog(t, l)
	openLog(t, dir, small())
}

func TestAClosedLogRefusesClicks(t *testing.T) {
	l := openLog(t, t.TempDir(), small())
	closeLog(t, l)
	if _, err := l.Append(t.Context(), testClick(1)); !errors.Is(err, ErrLost) {
		t.Fatalf("got %v, want ErrLost", err)
	}
}

func TestManyAppendersShareSyncsAndGetEachNumberOnce(t *testing.T) {
	l := openLog(t, t.TempDir(), Options{SegmentSize: 64 << 10, Logger: quiet})
	const appenders, each = 64, 50
	var seen [appenders*each + 1]atomic.Bool
	var all sync.WaitGroup
	for range appenders {
		all.Go(func() {
			for i := range each {
				no, err := l.Append(t.Context(), testClick(i))
				if err != nil || seen[no].Swap(true) {
					t.Errorf("number %d, %v", no, err)
					return
				}
			}
		})
	}
	all.Wait()
	if s := l.Stats(); s.Appended != appenders*each || s.Batches >= s.Appended {
		t.Fatalf("%d clicks in %d batches", s.Appended, s.Batches)
	}
	for i, c := range readAll(t, l, 1, 500) {
		if c.No != uint64(i+1) || !seen[c.No].Load() {
			t.Fatalf("click %d has number %d", i+1, c.No)
		}
	}
}

// With one processor, appenders that come again as soon as they are answered, and a disk so fast that nobody else gets to run meanwhile, a committer
// that does not yield writes batches of one click.
func TestBatchesStayLargeOnOneProcessor(t *testing.T) {
	l := openLog(t, t.TempDir(), Options{Logger: quiet, create: createUnsynced})
	appendClicks(t, l, 1, 1) // the first segment is there
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	const appenders, each = 256, 20
	var all sync.WaitGroup
	for range appenders {
		all.Go(func() {
			for range each {
				if _, err := l.Append(t.Context(), testClick(1)); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
	s := l.Stats()
	if mean := s.BatchSizes.Sum / s.BatchSizes.Count; mean < 16 {
		t.Fatalf("batches of %d clicks on average (%d batches), want at least 16 (about 60 are usual, 1 without the yield)", mean, s.Batches)
	}
}

func TestALoneClickWaitsForNothingButTheDisk(t *testing.T) {
	l := openLog(t, t.TempDir(), Options{Logger: quiet})
	appendClicks(t, l, 1, 50)
	if s := l.Stats(); s.Batches != 50 || s.LastBatch != 1 {
		t.Fatalf("50 clicks after one another made %d batches", s.Batches)
	}
}

func TestAnImpatientCallerIsCountedAndHarmsNobody(t *testing.T) {
	disk := newFaultyDisk()
	l := openLog(t, t.TempDir(), Options{Logger: quiet, create: disk.create})
	appendClicks(t, l, 1, 1)
	release := disk.holdSyncs()
	ctx, cancel := context.WithCancel(t.Context())
	answered := make(chan error)
	go func() { _, err := l.Append(ctx, testClick(2)); answered <- err }()
	cancel()
	if err := <-answered; !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v", err)
	}
	release()
	if no, err := l.Append(t.Context(), testClick(3)); err != nil || no != 3 {
		t.Fatalf("the next click got %d, %v", no, err)
	}
	if s := l.Stats(); s.Abandoned != 1 || s.Appended != 3 {
		t.Fatalf("%+v", s)
	}
}

func TestTrimKeepsWhatIsYoungOrNotForwarded(t *testing.T) {
	dir := t.TempDir()
	l := openLog(t, dir, small())
	appendClicks(t, l, 1, 200)
	before := l.Stats().Segments
	if n, err := l.Trim(0, testClick(1000).At); n != 0 || err != nil {
		t.Fatalf("nothing is forwarded, and %d segments went, %v", n, err)
	}
	if n, err := l.Trim(200, testClick(0).At); n != 0 || err != nil {
		t.Fatalf("everything is young, and %d segments went, %v", n, err)
	}
	n, err := l.Trim(100, testClick(1000).At)
	if n == 0 || n >= before || err != nil {
		t.Fatalf("%d of %d segments went, %v", n, before, err)
	}
	kept := readAll(t, l, 1, 50)
	if kept[0].No == 1 || kept[0].No > 101 {
		t.Fatalf("the first click kept is %d", kept[0].No)
	}
	wantClicks(t, kept, int(kept[0].No), 200)
	if _, err := l.Trim(200, testClick(1000).At); err != nil || l.Stats().Segments != 1 {
		t.Fatalf("%d segments stay, %v; want the newest", l.Stats().Segments, err)
	}
	closeLog(t, l)
	files, err := filepath.Glob(filepath.Join(dir, "*"+segmentSuffix))
	if err != nil || len(files) != 1 {
		t.Fatalf("the folder holds %v, %v", files, err)
	}
	again := openLog(t, dir, small())
	if no, err := again.Append(t.Context(), testClick(201)); err != nil || no != 201 {
		t.Fatalf("after trimming and a restart the next number is %d, %v", no, err)
	}
}

func TestSegmentsAreCutToTheirLengthWhenUsed(t *testing.T) {
	dir := t.TempDir()
	l := openLog(t, dir, Options{SegmentSize: 1 << 20, Logger: quiet})
	appendClicks(t, l, 1, 10)
	closeLog(t, l)
	files, err := filepath.Glob(filepath.Join(dir, "*"+segmentSuffix))
	if err != nil || len(files) != 1 {
		t.Fatalf("the folder holds %v, %v", files, err)
	}
	if info, err := os.Stat(files[0]); err != nil || info.Size() > 2000 {
		t.Fatalf("ten clicks keep %d bytes, %v", info.Size(), err)
	}
}

func TestFilesOfTwoLogsAreRefused(t *testing.T) {
	one, other := t.TempDir(), t.TempDir()
	for _, dir := range []string{one, other} {
		l := openLog(t, dir, small())
		appendClicks(t, l, 1, 100)
		closeLog(t, l)
	}
	files, err := filepath.Glob(filepath.Join(other, "*"+segmentSuffix))
	if err != nil {
		t.Fatal(err)
	}
	copyFile(t, files[0], segmentPath(one, 9999))
	if _, err := Open(one, small()); err == nil || !strings.Contains(err.Error(), "two click logs") {
		t.Fatalf("got %v", err)
	}
}
