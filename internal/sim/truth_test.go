package sim

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestExpectedCreditIsCodesFirstThenLastTouchInsideTheWindow(t *testing.T) {
	at := noon
	touch := func(who string, ago time.Duration) SentTouch { return SentTouch{Partnership: who, At: at.Add(-ago)} }
	day := 24 * time.Hour
	for name, x := range map[string]struct {
		owner   string
		touches []SentTouch
		want    Expected
	}{
		"nothing":                 {"", nil, Expected{"", "no_touch"}},
		"code beats click":        {"c", []SentTouch{touch("a", time.Hour)}, Expected{"c", "code"}},
		"last of two":             {"", []SentTouch{touch("a", 2*day), touch("b", day)}, Expected{"b", "last_touch"}},
		"order of list is no law": {"", []SentTouch{touch("b", day), touch("a", 2*day)}, Expected{"b", "last_touch"}},
		"outside":                 {"", []SentTouch{touch("a", 31*day)}, Expected{"", "outside_window"}},
		"edge of the window":      {"", []SentTouch{touch("a", 30*day)}, Expected{"a", "last_touch"}},
		"clocks differ":           {"", []SentTouch{touch("a", -10*time.Minute)}, Expected{"a", "last_touch"}},
		"after the order":         {"", []SentTouch{touch("a", -16*time.Minute)}, Expected{"", "outside_window"}},
	} {
		if got := Expect(x.owner, x.touches, at, 30*day); got != x.want {
			t.Errorf("%s: got %+v, want %+v", name, got, x.want)
		}
	}
}

func TestReportTellsCauseFromCredit(t *testing.T) {
	var r Report
	credited := func(who string) *foundConversion {
		return &foundConversion{Credits: []credit{{PartnershipID: who, ShareBP: 10_000}}}
	}
	r.compare(Truth{Cause: "a", Expected: Expected{Partnership: "a"}}, credited("a"))
	r.compare(Truth{Cause: "a", Expected: Expected{Partnership: "b"}}, credited("b"))
	r.compare(Truth{Cause: "a"}, &foundConversion{})
	r.compare(Truth{Expected: Expected{Partnership: "b"}}, credited("b"))
	r.compare(Truth{Order: 5, Expected: Expected{Partnership: "b"}}, credited("c"))
	r.compare(Truth{Order: 6}, nil)
	r.Differences = nil
	want := Report{Orders: 6, Missing: 1, AsExpected: 4, Otherwise: 1, CausedCredited: 1, CausedOther: 1, CausedMissed: 1, FreeRides: 2}
	if d := cmp.Diff(want, r); d != "" {
		t.Fatal(d)
	}
}
