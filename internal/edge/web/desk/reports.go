package desk

import (
	"net/http"
	"slices"

	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
	"rapport/internal/learn/analytics"
)

// registerReports brings the page that says what everything comes to.
func registerReports(m *frame.Mux) {
	m.Desk("GET /reports", auth.PermView, showReport)
	m.Desk("GET /reports/report.csv", auth.PermView, exportReport)
}

// dayRange is a span of days that people choose from.
type dayRange string

var dayRanges = []dayRange{"7", "30", "90", "month", "last_month", "365"}

// days is the span in [from, to).
func (d dayRange) days(r *frame.Request) (from, to analytics.Day) {
	to = today(r) + 1
	year, month, _ := today(r).Date().Date()
	switch d {
	case "7", "30", "90", "365":
		return to - map[dayRange]analytics.Day{"7": 7, "30": 30, "90": 90, "365": 365}[d], to
	case "month":
		return analytics.DayOn(year, month, 1), to
	case "last_month":
		return analytics.DayOn(year, month-1, 1), analytics.DayOn(year, month, 1)
	default:
		return to - 30, to
	}
}

// reportQuery reads what is asked for from the address: by, when or from and to (both included), sort, after.
func reportQuery(r *frame.Request) (q analytics.Query, err error) {
	q = analytics.Query{Program: r.Program.ID, GroupBy: analytics.Dimension(orDefault(r.FormValue("by"), string(analytics.ByCreator))), Sort: reportSort(r), Page: r.After()}
	q.From, q.To = dayRange(r.FormValue("when")).days(r)
	for _, one := range []struct {
		field string
		set   func(analytics.Day)
	}{{"from", func(d analytics.Day) { q.From = d }}, {"to", func(d analytics.Day) { q.To = d + 1 }}} {
		text := r.Text(one.field)
		if text == "" {
			continue
		}
		day, err := analytics.ParseDay(text)
		if err != nil {
			return q, fault.Invalid(r.T("reports.day.wrong")).In(one.field)
		}
		one.set(day)
	}
	return q, nil
}

// reportSort is the order that is asked for, if it is one of a column's.
func reportSort(r *frame.Request) string {
	sort := r.FormValue("sort")
	name := sort
	if len(name) > 0 && name[0] == '-' {
		name = name[1:]
	}
	if slices.ContainsFunc(reportColumns, func(c reportColumn) bool { return c.key == name }) || name == "name" {
		return sort
	}
	return ""
}

func showReport(w http.ResponseWriter, r *frame.Request) error {
	q, err := reportQuery(r)
	var report analytics.Report
	var days []analytics.Row
	if err == nil {
		err = r.View(func(tx *db.Tx) (err error) {
			if q.Tail, err = tailClicks(r, tx); err != nil {
				return err
			}
			if report, err = analytics.Make(r.Context(), tx, q); err != nil {
				return err
			}
			days, err = daysOf(r, tx, q, report)
			return err
		})
	}
	if frame.IsMistake(err) {
		return drawWrongDays(w, r, err)
	}
	if err != nil {
		return err
	}
	p := r.Page("reports", "reports.title")
	p.Tabs = byTabs(r, q.GroupBy)
	p.Lead = r.T("reports.lead", "from", r.Locale().Date(report.From.Date()), "to", r.Locale().Date((report.To - 1).Date()), "zone", r.Program.Timezone)
	parts := ui.Stack{reportTiles(r, report), dayChart(r, days), reportTable(r, q, report), daysForm(r, nil)}
	return show(w, r, p, parts...)
}

// daysOf are the figures day by day, for the chart. By day they are the report itself.
func daysOf(r *frame.Request, tx *db.Tx, q analytics.Query, report analytics.Report) ([]analytics.Row, error) {
	if q.GroupBy == analytics.ByDay && (q.Sort == "" || q.Sort == "name") {
		return report.Rows, nil
	}
	return analytics.Series(r.Context(), tx, q)
}

// drawWrongDays shows the form again whose days cannot be reported on.
func drawWrongDays(w http.ResponseWriter, r *frame.Request, mistake error) error {
	return again(w, r, r.Page("reports", "reports.title"), daysForm(r, mistake))
}

// daysForm asks for days of one's own.
func daysForm(r *frame.Request, mistake error) ui.Component {
	form := ui.Form{
		Get: true, Action: r.To("/reports"), Submit: r.T("reports.days.submit"), Hidden: []ui.Pair{{Label: "by", Value: r.FormValue("by")}},
		Fields: []ui.Field{
			{Name: "from", Label: r.T("reports.from"), Kind: ui.Date, Value: r.Text("from"), Max: today(r).String(), Required: true},
			{Name: "to", Label: r.T("reports.to"), Kind: ui.Date, Value: r.Text("to"), Max: today(r).String(), Required: true},
		},
	}
	form.Fail(mistake)
	return ui.Card{Title: r.T("reports.days"), Body: form}
}

// byTabs are the dimensions to choose from. By partner is the same as by creator inside one program.
func byTabs(r *frame.Request, active analytics.Dimension) (tabs []ui.Link) {
	for _, d := range analytics.Dimensions {
		if d == analytics.ByPartnership {
			continue
		}
		values := r.URL.Query()
		values.Set("by", string(d))
		values.Del("after")
		values.Del("sort")
		tabs = append(tabs, ui.Link{Label: r.T("reports.by." + string(d)), URL: r.To("/reports") + "?" + values.Encode(), Active: d == active})
	}
	return tabs
}

func reportTiles(r *frame.Request, report analytics.Report) ui.Component {
	t := report.Totals
	days := []string{"from", report.From.String(), "to", (report.To - 1).String()}
	small, machines := "", ""
	for _, other := range t.Other {
		small = r.T("reports.other", "revenue", other.Revenue, "commission", other.Commission)
	}
	if t.Marked > 0 {
		machines = r.T("reports.marked", "n", t.Marked)
	}
	return ui.Tiles{
		{Label: r.T("reports.column.clicks"), Value: t.Clicks, Small: machines, URL: query(r.To("/reports"), append([]string{"by", "link"}, days...)...)},
		{Label: r.T("reports.column.conversions"), Value: t.Conversions, URL: query(r.To("/sales"), days...)},
		{Label: r.T("reports.column.revenue"), Value: t.Revenue, Small: small, URL: query(r.To("/sales"), days...)},
		{Label: r.T("reports.column.commission"), Value: t.Commission, Small: r.T("reports.commission.parts", "pending", t.Pending, "approved", t.Approved, "paid", t.Paid), URL: query(r.To("/sales"), days...)},
	}
}

// chartMeasures are what the chart can show.
var chartMeasures = []string{"revenue", "clicks", "conversions", "commission"}

// dayChart draws one measure day by day; which one is in the address.
func dayChart(r *frame.Request, days []analytics.Row) ui.Component {
	measure := r.FormValue("show")
	if !slices.Contains(chartMeasures, measure) {
		measure = "revenue"
	}
	unit := r.T("reports.unit." + measure)
	if measure == "revenue" || measure == "commission" {
		unit = string(r.Program.Currency)
	}
	chart := ui.Chart{ID: "days", Title: r.T("reports.chart." + measure), Kind: ui.Bar, Unit: unit, XTitle: r.T("reports.day")}
	values := make([]float64, len(days))
	for i, d := range days {
		chart.Steps = append(chart.Steps, d.Key)
		values[i] = measureOf(d, measure)
	}
	chart.Series = []ui.Series{{Name: r.T("reports.column." + measure), Values: ui.Values(values...)}}
	return ui.Part{Template: "desk/chart", Data: chartPart{Chart: chart, Links: measureLinks(r, measure)}}
}

// chartPart is a chart with the measures to switch to.
type chartPart struct {
	Chart ui.Chart
	Links ui.Tabs
}

func measureLinks(r *frame.Request, active string) (links ui.Tabs) {
	for _, m := range chartMeasures {
		values := r.URL.Query()
		values.Set("show", m)
		values.Del("after")
		links = append(links, ui.Link{Label: r.T("reports.column." + m), URL: r.To("/reports") + "?" + values.Encode(), Active: m == active})
	}
	return links
}

func measureOf(row analytics.Row, measure string) float64 {
	switch measure {
	case "clicks":
		return float64(row.Clicks)
	case "conversions":
		return row.Conversions
	case "commission":
		return units(row.Commission)
	default:
		return units(row.Revenue)
	}
}
