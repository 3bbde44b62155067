package analytics

import (
	"cmp"
	"slices"
	"strings"

	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/money"
)

// columns are what a report can be sorted by, named as in the API's answer. Each gives a figure, or nil where the row has none.
var columns = map[string]func(Row) *float64{
	"name":            nil,
	"clicks":          func(r Row) *float64 { return new(float64(r.Clicks)) },
	"marked":          func(r Row) *float64 { return new(float64(r.Marked)) },
	"conversions":     func(r Row) *float64 { return &r.Conversions },
	"revenue":         func(r Row) *float64 { return minor(&r.Revenue) },
	"commission":      func(r Row) *float64 { return minor(&r.Commission) },
	"cost":            func(r Row) *float64 { return minor(&r.Cost) },
	"engagement_rate": func(r Row) *float64 { return r.EngagementRate },
	"ctr":             func(r Row) *float64 { return r.CTR },
	"conversion_rate": func(r Row) *float64 { return r.ConversionRate },
	"epc":             func(r Row) *float64 { return minor(r.EPC) },
	"cpa":             func(r Row) *float64 { return minor(r.CPA) },
	"roas":            func(r Row) *float64 { return r.ROAS },
	"roi":             func(r Row) *float64 { return r.ROI },
}

func minor(a *money.Amount) *float64 {
	if a == nil {
		return nil
	}
	return new(float64(a.Minor))
}

// sortRows orders by a column of columns; rows without the figure come last either way, and equal ones by name and key.
func sortRows(rows []Row, by string) {
	column, descending := strings.CutPrefix(by, "-")
	sign := 1
	if descending {
		sign = -1
	}
	figure := columns[column]
	slices.SortFunc(rows, func(a, b Row) int {
		if figure == nil {
			return sign * byName(a, b)
		}
		return cmp.Or(byFigure(figure(a), figure(b), sign), byName(a, b))
	})
}

func byFigure(a, b *float64, sign int) int {
	switch {
	case a == nil && b == nil:
		return 0
	case a == nil:
		return 1
	case b == nil:
		return -1
	default:
		return sign * cmp.Compare(*a, *b)
	}
}

func byName(a, b Row) int {
	return cmp.Or(strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)), strings.Compare(a.Key, b.Key))
}

// cursorOf stands for "after this row". The mark before the key tells the row without a key from no cursor.
func cursorOf(r Row) string { return "." + r.Key }

// cut is one page of sorted rows. A row keeps its cursor while figures move, so a reader who turns the page may see a row twice or not at all when
// orders come in meanwhile; an export takes all rows of one state.
func cut(rows []Row, p db.Page) ([]Row, string, error) {
	if p.After != "" {
		at := slices.IndexFunc(rows, func(r Row) bool { return cursorOf(r) == p.After })
		if at < 0 {
			return nil, "", fault.Invalid("The list cannot go on from here; start it again.").In("after")
		}
		rows = rows[at+1:]
	}
	page, next := db.Cut(rows, p, cursorOf)
	return page, next, nil
}
