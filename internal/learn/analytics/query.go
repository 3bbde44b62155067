package analytics

import (
	"slices"
	"strings"
	"time"

	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/programs"
	"rapport/internal/partner/partnerships"
)

// Dimension is what a report has one row for.
type Dimension string

// The dimensions.
const (
	ByCreator     Dimension = "creator"
	ByPartnership Dimension = "partnership"
	ByGroup       Dimension = "group"
	ByLink        Dimension = "link"
	ByCode        Dimension = "code"
	ByDay         Dimension = "day" // every day of the range, also those on which nothing happened
	ByPlatform    Dimension = "platform"
	ByTier        Dimension = "tier"
)

// Dimensions lists them in the order people choose from.
var Dimensions = []Dimension{ByCreator, ByPartnership, ByGroup, ByLink, ByCode, ByDay, ByPlatform, ByTier}

// Query asks for a report.
type Query struct {
	Program     programs.ID
	Partnership partnerships.ID // only this partner's figures; "" for the whole program
	GroupBy     Dimension       // "" is ByCreator
	From, To    Day             // [From, To) in the program's zone; 0 is unset: the last 30 days, today included
	Tail        []TailCount
	Sort        string // a column, "-" before it for the largest first; "" is "name" by day, else "-revenue"
	Page        db.Page
}

// TailCount is how many clicks of a link on a day are answered and not rolled up in the state that the transaction sees: those behind the
// forwarder's cursor, read in the same transaction. Counts for partnerships of other programs are left out.
type TailCount struct {
	LinkNo      uint64
	Partnership partnerships.ID
	Day         Day
	People      int64
	Marked      int64
	Device      string
}

const (
	usualDays = 30
	// MostDays is the longest range of a report: three years, one of them a leap year.
	MostDays = 1096
)

// settled fills what was left out and refuses what cannot be answered.
func (q Query) settled(now time.Time, zone *time.Location) (Query, error) {
	today := DayOf(now, zone)
	if q.GroupBy == "" {
		q.GroupBy = ByCreator
	}
	if q.To == 0 {
		q.To = today + 1
	}
	if q.From == 0 {
		q.From = max(q.To-usualDays, 1)
	}
	if q.Sort == "" {
		q.Sort = "-revenue"
		if q.GroupBy == ByDay {
			q.Sort = "name"
		}
	}
	return q, q.check()
}

func (q Query) check() error {
	var faults []*fault.Error
	refuse := func(field, message string) { faults = append(faults, fault.Invalid(message).In(field)) }
	if !slices.Contains(Dimensions, q.GroupBy) {
		refuse("group_by", "Group by creator, partnership, group, link, code, day, platform or tier.")
	}
	switch {
	case q.From < 0 || q.From > latestDay:
		refuse("from", "The first day lies outside the calendar.")
	case q.To <= q.From || q.To > latestDay+1:
		refuse("to", "The end must lie after the first day; it is not part of the range.")
	case q.To-q.From > MostDays:
		refuse("from", "A report covers at most three years.")
	}
	if _, known := columns[strings.TrimPrefix(q.Sort, "-")]; !known {
		refuse("sort", "A report has no such column to sort by.")
	}
	return fault.Join(faults...)
}
