package platforms

import (
	"fmt"
	"time"
	_ "time/tzdata" // quotas end at midnight in California, and small machines have no list of zones
)

// Bucket is one limit of a platform.
type Bucket struct {
	Name       string // stable; "units", "video.list"
	Limit      int64  // units in a window
	Window     Window
	PerAccount bool // counted for every connected account on its own, else for the app
}

// Window is the time a limit is counted over.
type Window string

// The windows. Each begins at a fixed moment, so that all processes agree on it.
const (
	WindowMinute     Window = "minute"
	WindowHour       Window = "hour"
	WindowDay        Window = "day"         // midnight UTC
	WindowDayPacific Window = "day_pacific" // midnight in California: "Daily quotas reset at midnight Pacific Time", developers.google.com/youtube
	WindowWeek       Window = "week"        // seven days, from Monday UTC
)

// daily reports whether the limit is one of a day, which an operator may have been granted more of.
func (w Window) daily() bool { return w == WindowDay || w == WindowDayPacific }

// Begin is when the window that holds t began, End when it ends.
func (w Window) Begin(t time.Time) time.Time {
	t = t.UTC()
	switch w {
	case WindowMinute:
		return t.Truncate(time.Minute)
	case WindowHour:
		return t.Truncate(time.Hour)
	case WindowDay:
		return t.Truncate(24 * time.Hour)
	case WindowDayPacific:
		local := t.In(pacific)
		return time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, pacific).UTC()
	case WindowWeek:
		return t.Truncate(7 * 24 * time.Hour) // Go truncates from year 1, which began on a Monday
	}
	panic("BUG: unknown window " + string(w))
}

// End is when the next window begins.
func (w Window) End(t time.Time) time.Time {
	begin := w.Begin(t)
	switch w {
	case WindowMinute:
		return begin.Add(time.Minute)
	case WindowHour:
		return begin.Add(time.Hour)
	case WindowDay:
		return begin.Add(24 * time.Hour)
	case WindowDayPacific:
		local := begin.In(pacific)
		return time.Date(local.Year(), local.Month(), local.Day()+1, 0, 0, 0, 0, pacific).UTC() // 23 or 25 hours when the clocks change
	case WindowWeek:
		return begin.Add(7 * 24 * time.Hour)
	}
	panic("BUG: unknown window " + string(w))
}

var pacific = mustZone("America/Los_Angeles")

func mustZone(name string) *time.Location {
	zone, err := time.LoadLocation(name)
	if err != nil {
		panic("BUG: the time zones are missing from the program: " + err.Error())
	}
	return zone
}

// Cost is what a call takes from a bucket.
type Cost struct {
	Bucket  string
	Account string // of a bucket counted per account: the platform's id of the account
	Units   int64
}

// Bucket finds a limit by its name.
func (r Rules) Bucket(name string) Bucket {
	for _, b := range r.Buckets {
		if b.Name == name {
			return b
		}
	}
	panic(fmt.Sprintf("BUG: %s has no bucket %q", r.Name, name))
}

// limit is how many units a window of the bucket holds for the app.
func (b Bucket) limit(app App) int64 {
	if b.Window.daily() && app.DailyLimit > 0 {
		return app.DailyLimit
	}
	return b.Limit
}
