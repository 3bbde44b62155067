package clicks

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func copyFile(t interface{ Fatal(...any) }, from, to string) {
	content, err := os.ReadFile(from)
	if err == nil {
		err = os.WriteFile(to, content, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// Wherever the last segment is torn, and whatever stands behind the tear, the whole records before it are there and nothing else is.
func TestATornTailIsDroppedAndNothingBeforeIt(t *testing.T) {
	whole := t.TempDir()
	o := Options{SegmentSize: 64 << 10, Logger: quiet, create: createUnsynced}
	l := openLog(t, whole, o)
	var ends []int64 // where each click's record ends
	for i := 1; i <= 60; i++ {
		appendClicks(t, l, i, i)
		ends = append(ends, l.segments[0].end)
	}
	path := l.segments[0].path
	closeLog(t, l)
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	base := t.TempDir()
	tries := 0
	rapid.Check(t, func(rt *rapid.T) {
		tries++
		dir := filepath.Join(base, strconv.Itoa(tries))
		if err := os.MkdirAll(dir, 0o700); err != nil {
			rt.Fatal(err)
		}
		cut := rapid.IntRange(headerBytes, len(content)).Draw(rt, "cut")
		behind := rapid.OneOf(
			rapid.Just([]byte(nil)),
			rapid.Just(make([]byte, 5000)),
			rapid.SliceOfN(rapid.Byte(), 0, 300),
			rapid.Just(content[headerBytes:headerBytes+2*(int(ends[1]-ends[0]))]), // whole records with old numbers
		).Draw(rt, "behind")
		torn := append(append([]byte(nil), content[:cut]...), behind...)
		if err := os.WriteFile(filepath.Join(dir, filepath.Base(path)), torn, 0o600); err != nil {
			rt.Fatal(err)
		}
		survive := 0
		for survive < len(ends) && ends[survive] <= int64(cut) {
			survive++
		}
		again := openLog(t, dir, o)
		defer closeLog(t, again)
		// What stands behind may happen to be right: zeros that complete a record's own, or the first two records where the cut is before them.
		if got := len(readAll(t, again, 1, 100)); got < survive || got > survive+2 {
			rt.Fatalf("cut at %d: %d clicks, want %d", cut, got, survive)
		}
		next := int(again.LastNo()) + 1
		appendClicks(t, again, next, next+5)
		wantClicks(t, readAll(t, again, 1, 100), 1, next+5)
	})
}

func TestADamagedHeaderIsSetAsideNotDeleted(t *testing.T) {
	dir := t.TempDir()
	l := openLog(t, dir, small())
	appendClicks(t, l, 1, 100)
	closeLog(t, l)
	first := segmentPath(dir, 1)
	content, err := os.ReadFile(first)
	if err != nil {
		t.Fatal(err)
	}
	content[10] ^= 1
	if err := os.WriteFile(first, content, 0o600); err != nil {
		t.Fatal(err)
	}
	again := openLog(t, dir, small())
	kept := readAll(t, again, 1, 100)
	if len(kept) == 0 || kept[0].No == 1 {
		t.Fatalf("%d clicks, the first %d", len(kept), kept[0].No)
	}
	wantClicks(t, kept, int(kept[0].No), 100)
	if _, err := os.Stat(first + ".damaged"); err != nil {
		t.Error(err)
	}
}

// A tear in a middle segment (a sync failed there, or the disk lost a page) ends that segment; the next one says where numbers go on.
func TestATearInTheMiddleHidesNoLaterSegment(t *testing.T) {
	dir := t.TempDir()
	l := openLog(t, dir, small())
	appendClicks(t, l, 1, 150)
	second, third := l.segments[1], l.segments[2]
	closeLog(t, l)
	if err := os.Truncate(second.path, second.end-5); err != nil {
		t.Fatal(err)
	}
	again := openLog(t, dir, small())
	got := readAll(t, again, 1, 1000)
	if len(got) != 149 || got[third.first-2].No != third.first {
		t.Fatalf("%d clicks; want all but number %d", len(got), third.first-1)
	}
}

// writeSegment writes a segment whose header says first and whose records have the numbers from to to; their links are plus more than the numbers.
func writeSegment(t *testing.T, dir string, origin [8]byte, seq, first, from, to, plus uint64) {
	t.Helper()
	content := header{origin: origin, first: first, made: 1}.append(nil)
	for no := from; no <= to; no++ {
		c := testClick(int(no + plus)).kept()
		c.No = no
		content = appendFrame(content, &c)
	}
	if err := os.WriteFile(segmentPath(dir, seq), content, 0o600); err != nil {
		t.Fatal(err)
	}
}

// Clicks whose sync failed may still be whole on disk. They were answered with ErrLost, and their numbers were given again.
func TestTheNextSegmentsHeaderOverrulesAnUnacknowledgedTail(t *testing.T) {
	dir := t.TempDir()
	writeSegment(t, dir, [8]byte{1}, 1, 1, 1, 10, 0)
	writeSegment(t, dir, [8]byte{1}, 2, 6, 6, 8, 100)
	got := readAll(t, openLog(t, dir, small()), 1, 3)
	wantClicks(t, got[:5], 1, 5)
	if len(got) != 8 || got[5].LinkNo != 106 || got[7].LinkNo != 108 {
		t.Fatalf("%d clicks, of links %d and on after the fifth", len(got), got[5].LinkNo)
	}
}

func TestRecordsThatDoNotFollowTheHeaderAreNotTaken(t *testing.T) {
	dir := t.TempDir()
	writeSegment(t, dir, [8]byte{1}, 1, 7, 1, 3, 0)
	if l := openLog(t, dir, small()); l.LastNo() != 6 {
		t.Fatalf("the last number is %d, want 6", l.LastNo())
	}
}

func TestOpeningReadsOneSegmentHoweverManyThereAre(t *testing.T) {
	dir := t.TempDir()
	l := openLog(t, dir, small())
	appendClicks(t, l, 1, 500)
	closeLog(t, l)
	for i := range uint64(600) { // six hundred more with one click each
		writeSegment(t, dir, l.origin, l.seq+1+i, 501+i, 501+i, 501+i, 0)
	}
	started := time.Now()
	again := openLog(t, dir, small())
	if took := time.Since(started); took > time.Second {
		t.Errorf("opening took %v, want far less than the two seconds a restart may take", took)
	}
	if again.LastNo() != 1100 {
		t.Errorf("the last number is %d, want 1100", again.LastNo())
	}
}

const writerEnv = "CLICKS_TEST_WRITER"

func TestMain(m *testing.M) {
	if dir := os.Getenv(writerEnv); dir != "" {
		writeUntilKilled(dir)
	}
	os.Exit(m.Run())
}

// writeUntilKilled appends from eight goroutines and prints every number after it was acknowledged.
func writeUntilKilled(dir string) {
	l, err := Open(dir, Options{SegmentSize: 32 << 10, Logger: quiet})
	if err != nil {
		fmt.Println("cannot open:", err)
		os.Exit(1)
	}
	var out sync.Mutex
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for i := 0; ; i++ {
				no, err := l.Append(context.Background(), testClick(i))
				out.Lock()
				fmt.Println(no, err)
				out.Unlock()
			}
		})
	}
	all.Wait()
}

func TestKillLosesNoAnsweredClick(t *testing.T) {
	dir := t.TempDir()
	answered := uint64(0)
	for run := range 5 {
		last := killWriterAfter(t, dir, 300+100*run)
		if last <= answered {
			t.Fatalf("run %d: numbers went back from %d to %d", run, answered, last)
		}
		answered = last
		l := openLog(t, dir, Options{SegmentSize: 32 << 10, Logger: quiet})
		clicks := readAll(t, l, 1, 1000)
		for i, c := range clicks {
			if c.No != uint64(i+1) {
				t.Fatalf("run %d: click %d has number %d", run, i+1, c.No)
			}
		}
		if uint64(len(clicks)) < answered {
			t.Fatalf("run %d: %d was answered, and the log ends at %d", run, answered, len(clicks))
		}
		closeLog(t, l)
	}
}

// killWriterAfter runs a writer until it has answered n clicks, kills it, and returns the highest number it had printed.
func killWriterAfter(t *testing.T, dir string, n int) (last uint64) {
	t.Helper()
	writer := exec.Command(os.Args[0])
	writer.Env = append(os.Environ(), writerEnv+"="+dir)
	pipe, err := writer.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := writer.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(pipe)
	for i := 0; lines.Scan(); i++ { // after the kill: what it had printed and we had not read
		number, rest, _ := strings.Cut(lines.Text(), " ")
		no, err := strconv.ParseUint(number, 10, 64)
		if err != nil && i > n {
			break // the line the kill cut
		}
		if err != nil || (i < n && rest != "<nil>") {
			t.Fatalf("the writer says %q", lines.Text())
		}
		last = max(last, no)
		if i == n {
			if err := writer.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := writer.Wait(); err == nil {
		t.Fatal("the writer ended by itself")
	}
	return last
}
