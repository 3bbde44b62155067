package imports

import (
	"errors"
	"strings"
	"time"

	"rapport/internal/recruit/creators"
)

// errors of values read well after the name of the column: “followers”: is not a number.
var (
	errNumber    = errors.New("is not a count such as 1234, 1,234 or 1.2M")
	errAmbiguous = errors.New("could be a thousand or a fraction: write 1234 or 1.2K")
	errNegative  = errors.New("must not be negative")
	errLarge     = errors.New("is larger than any account's")
	errDate      = errors.New("is not a date such as 2025-05-21, 2025-05-21 09:44:45 or 2025-05-21T09:44:45Z")
	errFuture    = errors.New("lies in the future")
	errOld       = errors.New("lies before the year 2000")
	errBool      = errors.New("is neither yes nor no")
	errDuration  = errors.New("is not a length such as 31, 00:31 or 1:02:03")
)

// isNothing knows the ways in which lists say that they do not know.
func isNothing(cell string) bool {
	switch strings.ToLower(cell) {
	case "", "-", "–", "—", "n/a", "na", "none", "null", "nil", "nan", "unknown", "?":
		return true
	}
	return false
}

// scales are the suffixes of shortened counts.
var scales = map[byte]int64{'k': 1_000, 'm': 1_000_000, 'b': 1_000_000_000}

// parseCount reads 1234, "1,234", "1 234", "1.234.567", "1.2M", "1,5K", "12K". Fractions of a count are rounded half up.
func parseCount(cell string) (*int64, error) {
	if isNothing(cell) {
		return nil, nil
	}
	text := strings.ToLower(strings.Map(withoutSpace, cell))
	if strings.HasPrefix(text, "-") {
		return nil, errNegative
	}
	scale := int64(1)
	if text == "" {
		return nil, errNumber
	}
	if s, ok := scales[text[len(text)-1]]; ok {
		scale, text = s, text[:len(text)-1]
	}
	whole, fraction, err := splitNumber(text, scale)
	if err != nil {
		return nil, err
	}
	n, err := scaled(whole, fraction, scale)
	if err != nil {
		return nil, err
	}
	return &n, nil
}

// withoutSpace drops what separates thousands and never decimals: spaces and apostrophes.
func withoutSpace(r rune) rune {
	switch r {
	case ' ', '\u00a0', '\u202f', '\u2009', '\'', '’':
		return -1
	}
	return r
}

// splitNumber finds the digits before and after the decimal sign, which may be a point or a comma.
func splitNumber(text string, scale int64) (whole, fraction string, err error) {
	last := strings.LastIndexAny(text, ".,")
	if last < 0 {
		return text, "", nil
	}
	sign := text[last : last+1]
	head, tail := text[:last], text[last+1:]
	switch {
	case strings.Count(text, sign) > 1, sign == "," && len(tail) == 3 && isGrouped(head, ","):
		if !isGrouped(head, sign) || len(tail) != 3 { // 1,234,567
			return "", "", errNumber
		}
		return strings.ReplaceAll(head, sign, "") + tail, "", nil
	case sign == "." && len(tail) == 3 && scale == 1 && isGrouped(head, ".") && head != "0":
		return "", "", errAmbiguous
	case sign == "," && scale == 1 && !strings.Contains(head, "."):
		return "", "", errNumber
	}
	other := strings.Trim(",.", sign)
	if strings.Contains(head, other) && !isGrouped(head, other) {
		return "", "", errNumber
	}
	return strings.ReplaceAll(head, other, ""), tail, nil
}

// isGrouped reports whether text is 1 to 3 digits followed by groups of three.
func isGrouped(text, sign string) bool {
	for i, group := range strings.Split(text, sign) {
		if len(group) > 3 || len(group) == 0 || (i > 0 && len(group) != 3) {
			return false
		}
	}
	return true
}

func scaled(whole, fraction string, scale int64) (int64, error) {
	if whole == "" || len(fraction) > 9 {
		return 0, errNumber
	}
	n, err := digits(whole)
	if err != nil {
		return 0, err
	}
	f, err := digits("0" + fraction)
	if err != nil {
		return 0, err
	}
	if n > creators.MaxCount/scale {
		return 0, errLarge
	}
	unit := int64(1)
	for range fraction {
		unit *= 10
	}
	n = n*scale + (f*scale+unit/2)/unit // at most 10^9 · 10^9 + 10^9/2: fits
	if n > creators.MaxCount {
		return 0, errLarge
	}
	return n, nil
}

func digits(text string) (int64, error) {
	var n int64
	for i := range len(text) {
		c := text[i]
		if c < '0' || c > '9' {
			return 0, errNumber
		}
		if n = n*10 + int64(c-'0'); n > creators.MaxCount {
			return 0, errLarge
		}
	}
	return n, nil
}

var earliest = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// parseTime reads a moment; one without a zone is UTC. The zero time is returned for no moment. A day ahead of now is let through, since it is
// tomorrow already somewhere.
func parseTime(cell string, now time.Time) (time.Time, error) {
	if isNothing(cell) {
		return time.Time{}, nil
	}
	for _, form := range []string{time.DateOnly, time.DateTime, time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02 15:04"} {
		t, err := time.Parse(form, cell)
		switch {
		case err != nil:
			continue
		case t.After(now.Add(24 * time.Hour)):
			return t, errFuture
		case t.Before(earliest):
			return t, errOld
		}
		return t.UTC().Truncate(time.Microsecond), nil
	}
	return time.Time{}, errDate
}

func parseBool(cell string) (*bool, error) {
	if isNothing(cell) {
		return nil, nil
	}
	switch strings.ToLower(cell) {
	case "true", "yes", "y", "1", "x", "✓":
		return new(true), nil
	case "false", "no", "n", "0":
		return new(false), nil
	}
	return nil, errBool
}

// parseSeconds reads 31, 00:31 and 1:02:03.
func parseSeconds(cell string) (*int64, error) {
	if isNothing(cell) {
		return nil, nil
	}
	parts := strings.Split(cell, ":")
	if len(parts) > 3 {
		return nil, errDuration
	}
	var total int64
	for i, part := range parts {
		n, err := digits(part)
		if err != nil || part == "" || len(part) > 6 || (i > 0 && n > 59) {
			return nil, errDuration
		}
		total = total*60 + n
	}
	return &total, nil
}
