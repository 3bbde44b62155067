package clicks

import (
	"errors"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// A real small disk: it fills up, clicks are lost and counted, space comes back, and the same process goes on.
func TestAFullDiskRecoversWithoutARestart(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=1m"); err != nil {
		t.Skip("a small tmpfs cannot be mounted here (needs root): " + err.Error())
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	})
	l, err := Open(filepath.Join(dir, "log"), Options{SegmentSize: 256 << 10, Retry: 10 * time.Millisecond, Logger: quiet})
	if err != nil {
		t.Fatal(err)
	}
	defer closeLog(t, l)
	last := uint64(0)
	for {
		no, err := l.Append(t.Context(), testClick(int(last+1)))
		if errors.Is(err, ErrLost) {
			break
		}
		if err != nil || no != last+1 {
			t.Fatal(no, err)
		}
		last = no
	}
	if s := l.Stats(); s.Lost == 0 || !errors.Is(s.Fault, syscall.ENOSPC) || last < 5000 {
		t.Fatalf("on a full disk after %d clicks: %+v", last, s)
	}
	wantClicks(t, readAll(t, l, 1, 1000), 1, int(last))
	if n, err := l.Trim(last, testClick(1<<30).At); n == 0 || err != nil {
		t.Fatalf("%d segments went, %v", n, err)
	}
	if no := untilAppended(t, l); no != last+1 {
		t.Fatalf("when there is space again the number is %d, want %d", no, last+1)
	}
}
