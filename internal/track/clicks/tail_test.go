package clicks

import (
	"testing"

	"pgregory.net/rapid"
)

func tailNumbers(t interface{ Fatal(...any) }, l *Log, after uint64) (out []uint64) {
	for b, err := range l.Tail(after) {
		if err != nil {
			t.Fatal(err)
		}
		if b.LinkNo != b.No || b.Country != "DE" || b.Device != DevicePhone || !b.At.Equal(testClick(int(b.No)).At) {
			t.Fatal("click is not as it was appended", b)
		}
		out = append(out, b.No)
	}
	return out
}

func TestAnAnsweredClickIsInTheTailAtOnce(t *testing.T) {
	l := openLog(t, t.TempDir(), small())
	for i := 1; i <= 100; i++ {
		appendClicks(t, l, i, i)
		if got := tailNumbers(t, l, uint64(i-1)); len(got) != 1 || got[0] != uint64(i) {
			t.Fatalf("after click %d the tail is %v", i, got)
		}
	}
}

// Whatever memory was told to forget, and however little it may keep, the tail after a number is every click after it, once.
func TestTheTailHasNoHolesAndNoDoubles(t *testing.T) {
	dir := t.TempDir()
	first := openLog(t, dir, small())
	appendClicks(t, first, 1, 90)
	closeLog(t, first)
	o := small()
	o.TailLimit = 40
	l := openLog(t, dir, o)
	last := 90
	rapid.Check(t, func(rt *rapid.T) {
		if last < 900 {
			more := rapid.IntRange(0, 15).Draw(rt, "more")
			appendClicks(t, l, last+1, last+more)
			last += more
		}
		l.Forwarded(uint64(rapid.IntRange(0, last+5).Draw(rt, "forwarded")))
		after := rapid.IntRange(0, last+5).Draw(rt, "after")
		got := tailNumbers(rt, l, uint64(after))
		if len(got) != max(last-after, 0) {
			rt.Fatalf("after %d of %d: %d clicks", after, last, len(got))
		}
		for i, no := range got {
			if no != uint64(after+i+1) {
				rt.Fatalf("after %d: click %d is number %d", after, i, no)
			}
		}
		if kept := len(l.tail.brief); kept > 40+10 {
			rt.Fatalf("memory keeps %d clicks, want about 40", kept)
		}
	})
}
