package outreach_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"rapport/internal/partner/outreach"
	"rapport/internal/partner/partnerships"
)

var berlin = time.FixedZone("CET", 3600)

func TestTheNextMailComesInWorkingHoursAfterItsDays(t *testing.T) {
	steps := []outreach.Step{{}, {AfterDays: 3}, {AfterDays: 5}}
	monday := time.Date(2026, 3, 2, 10, 0, 0, 0, berlin)
	for name, c := range map[string]struct {
		step            int
		enrolled, last  time.Time
		now, wantAt     time.Time
		wantDue, wantUp bool
	}{
		"at once":              {0, monday, time.Time{}, monday, monday, true, false},
		"at night":             {0, monday.Add(13 * time.Hour), time.Time{}, monday.Add(13 * time.Hour), monday.Add(23 * time.Hour), false, false},
		"before nine":          {0, monday.Add(-3 * time.Hour), time.Time{}, monday.Add(-3 * time.Hour), monday.Add(-time.Hour), false, false},
		"five o'clock is over": {0, monday.Add(7 * time.Hour), time.Time{}, monday.Add(7 * time.Hour), monday.Add(23 * time.Hour), false, false},
		"three days":           {1, monday, monday, monday.AddDate(0, 0, 2), monday.AddDate(0, 0, 3), false, false},
		"then":                 {1, monday, monday, monday.AddDate(0, 0, 3), monday.AddDate(0, 0, 3), true, false},
		"a Saturday":           {2, monday, monday, monday.AddDate(0, 0, 5), monday.AddDate(0, 0, 7).Add(-time.Hour), false, false},
		"late":                 {1, monday, monday, monday.AddDate(0, 0, 6), monday.AddDate(0, 0, 7).Add(-time.Hour), false, false},
		"all sent":             {3, monday, monday, monday, time.Time{}, false, true},
	} {
		got := outreach.Next(steps, c.step, outreach.Facts{EnrolledAt: c.enrolled, LastAt: c.last, Status: partnerships.StatusContacted}, c.now, berlin)
		if !got.At.Equal(c.wantAt) || got.Due != c.wantDue || got.Done != c.wantUp || got.Stop != "" {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestASequenceStopsForEachOfItsReasons(t *testing.T) {
	now := time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)
	for want, f := range map[outreach.Stop]outreach.Facts{
		outreach.StopReplied: {Replied: true, Status: partnerships.StatusContacted}, outreach.StopAlone: {Alone: true, Status: partnerships.StatusProspect},
		outreach.StopBounced: {Bounced: true, Status: partnerships.StatusProspect}, outreach.StopAddress: {NoAddress: true, Status: partnerships.StatusProspect},
		outreach.StopOver: {SequenceStopped: true, Status: partnerships.StatusProspect}, outreach.StopStatus: {Status: partnerships.StatusAgreed},
		"": {Status: partnerships.StatusProspect},
	} {
		f.EnrolledAt = now
		if got := outreach.Next([]outreach.Step{{}}, 0, f, now, time.UTC); got.Stop != want || got.Due != (want == "") {
			t.Errorf("%q: %+v", want, got)
		}
	}
	for _, s := range partnerships.Statuses {
		if asks := outreach.Asks(s); asks != (s == partnerships.StatusProspect || s == partnerships.StatusContacted) {
			t.Errorf("%s: %v", s, asks)
		}
	}
}

// Whatever the moment: never outside working hours, never before the days are over, and no more than four days later than asked.
func TestNoMailOutsideWorkingHours(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		zone := time.FixedZone("z", rapid.IntRange(-12, 14).Draw(t, "offset")*3600)
		from := time.Unix(rapid.Int64Range(1.7e9, 1.9e9).Draw(t, "t"), 0)
		at := outreach.Working(from, zone)
		if h := at.Hour(); h < 9 || h >= 17 || at.Weekday() == time.Saturday || at.Weekday() == time.Sunday || at.Before(from) || at.Sub(from) > 4*24*time.Hour {
			t.Fatalf("%s became %s", from.In(zone), at)
		}
	})
}

func TestTheAllowanceGrowsByTheDayAndIsSpaced(t *testing.T) {
	now := time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)
	for days, want := range []int64{20, 30, 45, 67, 100, 100} {
		if got := outreach.Allow(outreach.UsualPace, outreach.Traffic{Days: int64(days)}, now); got.Today != want || got.Room != 1 {
			t.Errorf("day %d: %+v", days+1, got)
		}
	}
	for name, c := range map[string]struct {
		traffic outreach.Traffic
		want    int64
	}{
		"spaced":       {outreach.Traffic{Today: 1, LastHour: 1, LastAt: now.Add(-2 * time.Minute)}, 0},
		"three later":  {outreach.Traffic{Today: 1, LastHour: 1, LastAt: now.Add(-3 * time.Minute)}, 1},
		"after a rest": {outreach.Traffic{Today: 1, LastAt: now.Add(-5 * time.Hour)}, 1},
		"the hour":     {outreach.Traffic{Days: 9, Today: 20, LastHour: 20, LastAt: now.Add(-5 * time.Minute)}, 0},
		"the day":      {outreach.Traffic{Today: 20, LastAt: now.Add(-2 * time.Hour)}, 0},
	} {
		if got := outreach.Allow(outreach.UsualPace, c.traffic, now); got.Room != c.want {
			t.Errorf("%s: %+v", name, got)
		}
	}
	if got := outreach.Allow(outreach.Pace{PerDay: 1000, PerHour: 200}, outreach.Traffic{Days: 12, LastAt: now.Add(-time.Hour)}, now); got.Room != 4 {
		t.Errorf("a quick pace catches up with at most a minute: %+v", got)
	}
}
