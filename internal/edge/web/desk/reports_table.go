package desk

import (
	"fmt"
	"math"
	"net/http"
	"net/url"
	"strconv"

	"rapport/internal/base/db"
	"rapport/internal/base/money"
	"rapport/internal/edge/web/area"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
	"rapport/internal/learn/analytics"
	"rapport/internal/recruit/creators"
)

// reportColumn is a figure of the report: how it is shown, why it may be unknown, and how it is written into a file.
type reportColumn struct {
	key      string
	cell     func(r *frame.Request, row analytics.Row) any
	text     func(row analytics.Row) string
	optional bool
}

// reportColumns are the figures, in the order people read them. Their definitions stand on the heads of the columns.
var reportColumns = []reportColumn{
	{"clicks", func(_ *frame.Request, row analytics.Row) any { return row.Clicks }, func(row analytics.Row) string { return strconv.FormatInt(row.Clicks, 10) }, false},
	{"conversions", func(_ *frame.Request, row analytics.Row) any { return row.Conversions }, func(row analytics.Row) string { return decimal(&row.Conversions) }, false},
	{"revenue", func(_ *frame.Request, row analytics.Row) any { return row.Revenue }, func(row analytics.Row) string { return row.Revenue.String() }, false},
	{"commission", func(_ *frame.Request, row analytics.Row) any { return row.Commission }, func(row analytics.Row) string { return row.Commission.String() }, false},
	{"conversion_rate", rate("conversion_rate", func(row analytics.Row) *float64 { return row.ConversionRate }), func(row analytics.Row) string { return decimal(row.ConversionRate) }, false},
	{"epc", each("epc", func(row analytics.Row) *money.Amount { return row.EPC }), func(row analytics.Row) string { return amountText(row.EPC) }, true},
	{"cpa", each("cpa", func(row analytics.Row) *money.Amount { return row.CPA }), func(row analytics.Row) string { return amountText(row.CPA) }, true},
	{"roas", times("roas", func(row analytics.Row) *float64 { return row.ROAS }), func(row analytics.Row) string { return decimal(row.ROAS) }, false},
	{"roi", rate("roi", func(row analytics.Row) *float64 { return row.ROI }), func(row analytics.Row) string { return decimal(row.ROI) }, true},
	{"engagement_rate", rate("engagement_rate", func(row analytics.Row) *float64 { return row.EngagementRate }), func(row analytics.Row) string { return decimal(row.EngagementRate) }, true},
	{"ctr", rate("ctr", func(row analytics.Row) *float64 { return row.CTR }), func(row analytics.Row) string { return decimal(row.CTR) }, true},
}

func rate(key string, of func(analytics.Row) *float64) func(*frame.Request, analytics.Row) any {
	return func(r *frame.Request, row analytics.Row) any {
		if f := of(row); f != nil {
			return r.Locale().Percent(*f)
		}
		return ui.Nothing{Because: r.T("reports.unknown." + key)}
	}
}

func times(key string, of func(analytics.Row) *float64) func(*frame.Request, analytics.Row) any {
	return func(r *frame.Request, row analytics.Row) any {
		if f := of(row); f != nil {
			return r.Locale().Number(*f) + "×"
		}
		return ui.Nothing{Because: r.T("reports.unknown." + key)}
	}
}

func each(key string, of func(analytics.Row) *money.Amount) func(*frame.Request, analytics.Row) any {
	return func(r *frame.Request, row analytics.Row) any {
		if a := of(row); a != nil {
			return *a
		}
		return ui.Nothing{Because: r.T("reports.unknown." + key)}
	}
}

// decimal writes a ratio for a file; unknown is empty.
func decimal(f *float64) string {
	if f == nil {
		return ""
	}
	return strconv.FormatFloat(*f, 'f', -1, 64)
}

func amountText(a *money.Amount) string {
	if a == nil {
		return ""
	}
	return a.String()
}

// units is an amount as a number for a chart, where the last digit does not matter.
func units(a money.Amount) float64 { return float64(a.Minor) / math.Pow10(a.Currency.Digits()) }

func reportTable(r *frame.Request, q analytics.Query, report analytics.Report) ui.Component {
	t := ui.Table{
		ID: "report", Caption: r.T("reports.table"), Path: r.To("/reports"), Query: reportAddress(r), Filters: reportFilters(r), Choose: true, Export: r.To("/reports/report.csv"),
		Columns: []ui.Column{{Key: "name", Label: r.T("reports.by." + string(q.GroupBy)), Sort: true, Fixed: true}},
		Empty:   ui.EmptyState{Icon: "chart-bar", Text: r.T("reports.none"), Action: &ui.Action{Label: r.T("sales.none.act"), URL: r.To("/creators"), Icon: "users"}},
	}
	for _, c := range reportColumns {
		t.Columns = append(t.Columns, ui.Column{Key: c.key, Label: r.T("reports.column." + c.key), Hint: r.T("reports.column." + c.key + ".hint"), Sort: true, Figure: true, Optional: c.optional})
	}
	if len(report.Rows) == 0 {
		t.Query = r.URL.Query() // nothing hides the rows: there are none
	}
	rows, next := reportPage(r, report.Rows)
	for _, row := range rows {
		line := ui.Row{ID: row.Key, Label: rowName(r, q.GroupBy, row), URL: rowURL(r, q.GroupBy, row), Cells: []any{rowName(r, q.GroupBy, row)}}
		for _, c := range reportColumns {
			line.Cells = append(line.Cells, c.cell(r, row))
		}
		t.Rows = append(t.Rows, line)
	}
	t.Next = next
	t.Total = r.T("reports.rows", "n", len(report.Rows))
	return t
}

// reportAddress is the address with the days that are shown where it names none, so that the filter tells them.
func reportAddress(r *frame.Request) url.Values {
	values := r.URL.Query()
	if values.Get("when") == "" && values.Get("from") == "" {
		values.Set("when", "30")
	}
	return values
}

// reportPage cuts a page out of the sorted rows. A report is made whole, so the cursor is a place in it.
func reportPage(r *frame.Request, rows []analytics.Row) (page []analytics.Row, next string) {
	from, err := strconv.Atoi(r.FormValue("after"))
	if err != nil || from < 0 || from > len(rows) {
		from = 0
	}
	to := min(from+db.PageUsual, len(rows))
	if to < len(rows) {
		next = strconv.Itoa(to)
	}
	return rows[from:to], next
}

func reportFilters(r *frame.Request) []ui.Filter {
	when := ui.Filter{Key: "when", Label: r.T("sales.filter.when")}
	for _, d := range dayRanges {
		when.Options = append(when.Options, ui.Choice{Value: string(d), Label: r.T("reports.when." + string(d))})
	}
	return append([]ui.Filter{when}, dayFilters(r)...)
}

// rowName is what a line is called; figures that belong to none of a dimension stand in a line of their own.
func rowName(r *frame.Request, by analytics.Dimension, row analytics.Row) string {
	switch {
	case row.Key == "":
		return r.T("reports.none." + string(by))
	case by == analytics.ByDay:
		if day, err := analytics.ParseDay(row.Key); err == nil {
			return r.Locale().Date(day.Date())
		}
	case by == analytics.ByPlatform:
		return area.Platform(r, creators.Platform(row.Key))
	case by == analytics.ByTier:
		return r.T("creators.tier." + row.Key)
	case (by == analytics.ByLink || by == analytics.ByCode) && row.CreatorName != "":
		return fmt.Sprintf("%s · %s", row.Name, row.CreatorName)
	}
	return row.Name
}

// rowURL leads from a line to what it is made of.
func rowURL(r *frame.Request, by analytics.Dimension, row analytics.Row) string {
	switch {
	case by == analytics.ByDay:
		if day, err := analytics.ParseDay(row.Key); err == nil {
			return query(r.To("/sales"), "from", day.String(), "to", day.String())
		}
	case row.Partnership != "":
		return area.PartnerURL(r, row.Partnership, "")
	}
	return ""
}

// exportReport writes the whole report as a file.
func exportReport(w http.ResponseWriter, r *frame.Request) error {
	q, err := reportQuery(r)
	if err != nil {
		return err
	}
	var report analytics.Report
	err = r.View(func(tx *db.Tx) (err error) {
		if q.Tail, err = tailClicks(r, tx); err != nil {
			return err
		}
		report, err = analytics.Make(r.Context(), tx, q)
		return err
	})
	if err != nil {
		return err
	}
	head := []string{string(q.GroupBy), "name", "creator"}
	for _, c := range reportColumns {
		head = append(head, c.key)
	}
	lines := [][]string{append(head, "pending", "approved", "paid", "currency")}
	for _, row := range report.Rows {
		lines = append(lines, reportLine(r, row))
	}
	return sendCSV(w, "report.csv", lines)
}

func reportLine(r *frame.Request, row analytics.Row) []string {
	line := []string{row.Key, row.Name, row.CreatorName}
	for _, c := range reportColumns {
		line = append(line, c.text(row))
	}
	return append(line, row.Pending.String(), row.Approved.String(), row.Paid.String(), string(r.Program.Currency))
}
