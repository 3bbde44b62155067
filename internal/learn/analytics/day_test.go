package analytics

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

// zones with what makes days odd: no midnight (Beirut, São Paulo until 2019, Asunción), midnight twice (Havana), clocks set back over midnight
// (St John's until 2011), half hours (Lord Howe), a day left out (Apia, 30 December 2011), furthest offsets.
var zones = []string{
	"UTC", "Europe/Berlin", "America/New_York", "Asia/Beirut", "America/Sao_Paulo", "America/Asuncion", "America/Havana", "America/St_Johns",
	"Australia/Lord_Howe", "Pacific/Apia", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Asia/Kathmandu", "Africa/Casablanca",
}

func TestSpansHoldExactlyTheMomentsOfTheirDays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		zone, err := time.LoadLocation(rapid.SampledFrom(zones).Draw(t, "zone"))
		if err != nil {
			t.Fatal(err)
		}
		at := time.Unix(rapid.Int64Range(631_152_000, 2_208_988_800).Draw(t, "at"), 0) // 1990–2040
		if rapid.Bool().Draw(t, "near a change") {
			_, change := at.In(zone).ZoneBounds()
			if !change.IsZero() {
				at = change.Add(time.Duration(rapid.Int64Range(-7200, 7200).Draw(t, "seconds")) * time.Second)
			}
		}
		day := DayOf(at, zone)
		from := day + Day(rapid.IntRange(-3, 3).Draw(t, "from"))
		to := from + Day(rapid.IntRange(1, 400).Draw(t, "days"))
		var in int
		for _, s := range spans(from, to, zone) {
			if at.UnixMicro() < s.begins || at.UnixMicro() >= s.ends {
				continue
			}
			in++
			if got := Day((at.UnixMicro() + s.shift) / microsOfDay); got != day {
				t.Errorf("%s falls on %s, the stretch says %s", at.In(zone), day, got)
			}
		}
		var whole int
		for _, s := range joined(spans(from, to, zone)) {
			if at.UnixMicro() >= s.begins && at.UnixMicro() < s.ends {
				whole++
			}
		}
		want := 0
		if from <= day && day < to {
			want = 1
		}
		if in != want || whole != want {
			t.Errorf("%s (%s) is in %d stretches and %d joined ones of %s–%s, want %d", at.In(zone), day, in, whole, from, to, want)
		}
	})
}

func TestDaysAreReadAndWritten(t *testing.T) {
	for text, want := range map[string]Day{"1970-01-02": 1, "2026-03-02": 20514, "9999-12-31": latestDay} {
		got, err := ParseDay(text)
		if err != nil || got != want || got.String() != text {
			t.Errorf("%s is day %d (%s), %v; want %d", text, got, got, err, want)
		}
	}
	for _, text := range []string{"", "2026-3-2", "2026-02-30", "1969-12-31", "2026-03-02T00:00:00Z", "10000-01-01"} {
		if got, err := ParseDay(text); err == nil {
			t.Errorf("%q is read as %s", text, got)
		}
	}
}
