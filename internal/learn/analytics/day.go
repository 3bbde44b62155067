package analytics

import (
	"math"
	"time"

	"rapport/internal/base/fault"
)

// Day is a calendar day in the program's time zone, counted from 1970-01-01. It is how the click roll-ups count.
type Day int64

const (
	secondsOfDay = 24 * 60 * 60
	microsOfDay  = secondsOfDay * 1_000_000
	// No zone is further from UTC than this, today or in history.
	farthestZone = 26 * 60 * 60
	latestDay    = Day(2_932_896) // 9999-12-31
)

// DayOf is the day on which a moment falls in a zone.
func DayOf(t time.Time, zone *time.Location) Day {
	year, month, day := t.In(zone).Date()
	return DayOn(year, month, day)
}

// DayOn is a day of the calendar; months and days beyond their bounds count on, as with time.Date.
func DayOn(year int, month time.Month, day int) Day {
	return Day(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix() / secondsOfDay)
}

// ParseDay reads "2026-03-02".
func ParseDay(text string) (Day, error) {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil || t.Year() < 1970 {
		return 0, fault.Invalid("Write a day as year-month-day, like 2026-03-02.")
	}
	return DayOf(t, time.UTC), nil
}

// Date is the day's midnight in UTC, for formatting.
func (d Day) Date() time.Time { return time.Unix(int64(d)*secondsOfDay, 0).UTC() }

func (d Day) String() string { return d.Date().Format(time.DateOnly) }

// span is a stretch of time: from begins, included, to ends, in microseconds UTC. Local time is UTC + shift throughout.
type span struct{ begins, ends, shift int64 }

// spans are the stretches of the days [from, to) in a zone, one for each offset that the zone has in them. A day of 23 or 25 hours, a midnight that
// does not exist or comes twice, and a day that a country left out come out right, because each stretch is cut by its own offset.
func spans(from, to Day, zone *time.Location) []span {
	var found []span
	last := int64(to)*secondsOfDay + farthestZone
	for at := int64(from)*secondsOfDay - farthestZone; at < last; {
		local := time.Unix(at, 0).In(zone)
		_, offset := local.Zone()
		until := int64(math.MaxInt64)
		if _, ends := local.ZoneBounds(); !ends.IsZero() {
			until = ends.Unix()
		}
		begins, ends := max(at, int64(from)*secondsOfDay-int64(offset)), min(until, int64(to)*secondsOfDay-int64(offset))
		if begins < ends {
			found = append(found, span{begins * 1_000_000, ends * 1_000_000, int64(offset) * 1_000_000})
		}
		at = until
	}
	return found
}

// joined makes one stretch of those that touch, for sums that do not ask on which day something was. Its shifts mean nothing.
func joined(parts []span) []span {
	var whole []span
	for _, s := range parts {
		if n := len(whole); n > 0 && whole[n-1].ends == s.begins {
			whole[n-1].ends = s.ends
			continue
		}
		whole = append(whole, s)
	}
	return whole
}
