package text

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// Locale is how one reader reads: the language and the zone of the program at hand. The zero Locale is English in UTC.
type Locale struct {
	Lang string
	Zone *time.Location
}

// Unknown stands where a figure is not known. Pages explain it on hover and focus.
const Unknown = "–"

// thin is a narrow space that does not break, between a figure and its unit.
const thin = "\u202f"

// T is the sentence for key in this language.
func (l Locale) T(key string, pairs ...any) string { return T(l.lang(), key, pairs...) }

func (l Locale) lang() string {
	if l.Lang == "" {
		return Default
	}
	return l.Lang
}

func (l Locale) in(t time.Time) time.Time {
	if l.Zone == nil {
		return t.UTC()
	}
	return t.In(l.Zone)
}

// Date is 22 Nov 2026: the month in letters, so that nobody mistakes it for the day.
func (l Locale) Date(t time.Time) string {
	if t.IsZero() {
		return Unknown
	}
	t = l.in(t)
	return fmt.Sprintf("%d %s %d", t.Day(), l.month(t), t.Year())
}

// DateTime is 22 Nov 2026, 21:30.
func (l Locale) DateTime(t time.Time) string {
	if t.IsZero() {
		return Unknown
	}
	return l.Date(t) + ", " + l.in(t).Format("15:04")
}

func (l Locale) month(t time.Time) string {
	return strings.Fields(l.T("time.months"))[t.Month()-1]
}

// Ago says how long before now t was, or how long until it comes; beyond 30 days it gives the date.
func (l Locale) Ago(t, now time.Time) string {
	if t.IsZero() {
		return Unknown
	}
	gap := now.Sub(t)
	way := "ago"
	if gap < 0 {
		gap, way = -gap, "ahead"
	}
	switch {
	case gap < time.Minute:
		return l.T("time.now")
	case gap < time.Hour:
		return l.span(way, "minutes", gap/time.Minute)
	case gap < 24*time.Hour:
		return l.span(way, "hours", gap/time.Hour)
	case gap <= 30*24*time.Hour:
		return l.span(way, "days", gap/(24*time.Hour))
	default:
		return l.Date(t)
	}
}

func (l Locale) span(way, unit string, n time.Duration) string {
	return l.T("time."+way+"."+unit, "n", int64(n))
}

// Number groups thousands: 1,204. A float keeps at most two decimals.
func (l Locale) Number(v any) string {
	if n, ok := whole(v); ok {
		return group(strconv.FormatInt(n, 10))
	}
	if f, ok := v.(float64); ok {
		return decimals(f, 2)
	}
	return fmt.Sprint(v)
}

// Unit is a number with its unit, a thin space between: 30 days.
func (l Locale) Unit(v any, unit string) string { return l.Number(v) + thin + unit }

// Short is 1.2k, 3.4M: for follower counts where the exact figure stands one click away.
func (l Locale) Short(n int64) string {
	for _, step := range [...]struct {
		size float64
		sign string
	}{{1e9, "bn"}, {1e6, "M"}, {1e3, "k"}} {
		// 999,950 rounds to 1,000k, which is 1M
		if f := float64(n); math.Abs(f) >= step.size*0.99995 && math.Abs(f) >= 1000 {
			return decimals(f/step.size, 1) + step.sign
		}
	}
	return group(strconv.FormatInt(n, 10))
}

// Percent writes a fraction: 0.125 is 12.5 %.
func (l Locale) Percent(fraction float64) string { return decimals(fraction*100, 1) + thin + "%" }

// Change writes a relative change with its sign: 0.125 is +12.5 %.
func (l Locale) Change(fraction float64) string {
	if fraction > 0 {
		return "+" + l.Percent(fraction)
	}
	return strings.Replace(l.Percent(fraction), "-", "−", 1)
}

func decimals(f float64, most int) string {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return Unknown
	}
	s := strconv.FormatFloat(f, 'f', most, 64)
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	if s == "-0" {
		s = "0"
	}
	return group(s)
}

// group puts a comma before every third digit of the whole part.
func group(s string) string {
	sign := ""
	if strings.HasPrefix(s, "-") {
		sign, s = "-", s[1:]
	}
	whole, fraction, dotted := strings.Cut(s, ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if dotted {
		whole += "." + fraction
	}
	return sign + whole
}
