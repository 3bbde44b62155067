package recruit

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"

	"rapport/internal/base/audit"
	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
	"rapport/internal/recruit/benchmarks"
	"rapport/internal/recruit/creators"
)

// knownMetrics have words of their own; others are shown as they are written.
var knownMetrics = []benchmarks.Metric{
	benchmarks.MetricEngagement, benchmarks.MetricViewRate, benchmarks.MetricLikes, benchmarks.MetricReach, benchmarks.MetricFee, benchmarks.MetricCPM,
}

func showBenchmarks(w http.ResponseWriter, r *frame.Request) error {
	return drawBenchmarks(w, r, http.StatusOK, benchmarks.Benchmark{Metric: benchmarks.MetricEngagement, Unit: "percent"}, nil)
}

func drawBenchmarks(w http.ResponseWriter, r *frame.Request, status int, begun benchmarks.Benchmark, wrong error) error {
	var table benchmarks.Table
	if err := r.View(func(tx *db.Tx) (err error) {
		table, err = benchmarks.All(r.Context(), tx, r.Program.ID)
		return err
	}); err != nil {
		return err
	}
	p := r.Page("creators", "checkup.benchmarks.title")
	p.Lead = r.T("checkup.benchmarks.lead")
	p.Breadcrumb = []ui.Link{{Label: r.T("creators.title"), URL: r.To("/creators")}}
	body := ui.Stack{listBenchmarks(r, table)}
	if r.P.Can(r.Program.ID, auth.PermManage) {
		p.Secondary = []ui.Action{{Label: r.T("checkup.benchmarks.restore"), URL: r.To("/benchmarks/restore"), Post: true, Confirm: &ui.Confirm{
			Title: r.T("checkup.benchmarks.restore"), What: r.T("checkup.benchmarks.restore.what"), Undo: r.T("checkup.benchmarks.restore.undo"), Button: r.T("checkup.benchmarks.restore"),
		}}}
		body = append(body, ui.Card{Title: r.T("checkup.benchmarks.add"), Body: benchmarkForm(r, r.To("/benchmarks"), begun, wrong)})
	}
	return r.Render(w, status, "recruit_page", p, body)
}

func metricWord(r *frame.Request, m benchmarks.Metric) string {
	if slices.Contains(knownMetrics, m) {
		return r.T("checkup.metric." + string(m))
	}
	return string(m)
}

func listBenchmarks(r *frame.Request, table benchmarks.Table) ui.Table {
	q := r.URL.Query()
	t := ui.Table{ID: "benchmarks", Caption: r.T("checkup.benchmarks"), Path: r.To("/benchmarks"), Query: q, Columns: []ui.Column{
		{Key: "what", Label: r.T("checkup.metric")}, {Key: "of", Label: r.T("checkup.of")}, {Key: "range", Label: r.T("checkup.range"), Figure: true}, {Key: "formula", Label: r.T("checkup.formula")},
		{Key: "as_of", Label: r.T("checkup.as_of")}, {Key: "source", Label: r.T("checkup.source")}, {Key: "note", Label: r.T("checkup.note")},
	}, Filters: benchmarkFilters(r, table), Empty: ui.EmptyState{Text: r.T("checkup.measured.none")}}
	for _, b := range table {
		if q.Get("metric") != "" && q.Get("metric") != string(b.Metric) || q.Get("platform") != "" && q.Get("platform") != b.Platform {
			continue
		}
		row := ui.Row{Cells: []any{metricWord(r, b.Metric), ofWhom(r, b), rangeOf(r, b), formulaOf(r, b), b.AsOf, benchmarkSource(r, b), noteOf(r, b)}}
		if !b.Own && r.P.Can(r.Program.ID, auth.PermManage) {
			row.URL = r.To("/benchmarks/" + url.PathEscape(string(b.ID)))
		}
		t.Rows = append(t.Rows, row)
	}
	t.Total = r.T("checkup.benchmarks.count", "n", len(t.Rows))
	return t
}

func benchmarkFilters(r *frame.Request, table benchmarks.Table) []ui.Filter {
	metric := ui.Filter{Key: "metric", Label: r.T("checkup.metric")}
	for _, m := range table.Metrics() {
		metric.Options = append(metric.Options, ui.Choice{Value: string(m), Label: metricWord(r, m)})
	}
	return []ui.Filter{metric, {Key: "platform", Label: r.T("creators.column.platform"), Options: platformChoices(r)}}
}

func platformChoices(r *frame.Request) []ui.Choice {
	all := []ui.Choice{{Value: benchmarks.Any, Label: r.T("checkup.any")}}
	for _, p := range creators.Platforms {
		all = append(all, ui.Choice{Value: string(p), Label: r.T("creators.platform." + string(p))})
	}
	return all
}

// ofWhom says which accounts a benchmark is of.
func ofWhom(r *frame.Request, b benchmarks.Benchmark) string {
	platform := r.T("checkup.any")
	if b.Platform != benchmarks.Any {
		platform = r.T("creators.platform." + b.Platform)
	}
	text := r.T("checkup.of.whom", "platform", platform, "tier", r.T("checkup.tier."+b.Tier))
	if b.Country != "" {
		text += ", " + b.Country
	}
	return text
}

func noteOf(r *frame.Request, b benchmarks.Benchmark) any {
	switch {
	case b.Own:
		return r.T("checkup.own.note", "median", b.Median)
	case b.Note == "":
		return unknown(r, "checkup.note.none")
	default:
		return b.Note
	}
}

func benchmarkForm(r *frame.Request, action string, b benchmarks.Benchmark, wrong error) ui.Form {
	tiers := make([]ui.Choice, 0, len(benchmarks.Tiers))
	for _, t := range benchmarks.Tiers {
		tiers = append(tiers, ui.Choice{Value: t, Label: r.T("checkup.tier." + t)})
	}
	f := ui.Form{Action: action, Submit: r.T("checkup.benchmarks.save"), Look: ui.Modest, Fields: []ui.Field{
		{Name: "metric", Label: r.T("checkup.metric"), Value: string(b.Metric), Required: true, MaxLength: 60, Hint: r.T("checkup.metric.hint")},
		{Name: "platform", Label: r.T("creators.column.platform"), Kind: ui.Select, Options: platformChoices(r), Value: cmp.Or(b.Platform, benchmarks.Any)},
		{Name: "tier", Label: r.T("creators.column.tier"), Kind: ui.Select, Options: tiers, Value: cmp.Or(b.Tier, benchmarks.Any)},
		{Name: "country", Label: r.T("creators.column.country"), Value: b.Country, MaxLength: 60, Hint: r.T("checkup.country.hint")},
		{Name: "formula", Label: r.T("checkup.formula"), Value: b.Formula, MaxLength: 200, Hint: r.T("checkup.formula.hint")},
		{Name: "low", Label: r.T("checkup.low"), Value: b.Low, Required: true, MaxLength: 18}, {Name: "median", Label: r.T("checkup.median"), Value: b.Median, MaxLength: 18},
		{Name: "high", Label: r.T("checkup.high"), Value: b.High, MaxLength: 18}, {Name: "unit", Label: r.T("checkup.unit"), Value: b.Unit, Required: true, MaxLength: 60},
		{Name: "as_of", Label: r.T("checkup.as_of"), Value: b.AsOf, Required: true, MaxLength: 10, Hint: r.T("checkup.as_of.hint")},
		{Name: "source", Label: r.T("checkup.source"), Value: b.Source, Required: true, MaxLength: 200}, {Name: "site", Label: r.T("checkup.url"), Kind: ui.URL, Value: b.URL, MaxLength: 500},
		{Name: "note", Label: r.T("checkup.note"), Value: b.Note, MaxLength: 500},
	}}
	if wrong != nil {
		f.Fail(renamed(wrong))
	}
	return f
}

// renamed gives faults the names of the form's fields.
func renamed(err error) error {
	if f, ok := fault.As(err); ok && f.Field == "url" {
		return f.In("site")
	}
	return err
}

func readBenchmark(r *frame.Request, which benchmarks.ID) benchmarks.Benchmark {
	return benchmarks.Benchmark{
		ID: which, Metric: benchmarks.Metric(r.Text("metric")), Platform: r.Text("platform"), Tier: r.Text("tier"), Country: r.Text("country"), Formula: r.Text("formula"),
		Low: r.Text("low"), Median: r.Text("median"), High: r.Text("high"), Unit: r.Text("unit"), AsOf: r.Text("as_of"), Source: r.Text("source"), URL: r.Text("site"), Note: r.Text("note"),
	}
}

func saveBenchmark(r *frame.Request, b benchmarks.Benchmark) error {
	return r.Update(func(tx *db.Tx) error {
		made, err := benchmarks.Save(r.Context(), tx, r.Program.ID, b)
		if err != nil {
			return err
		}
		return audit.Record(r.Context(), tx, r.P, r.Program.ID, "benchmark.save", string(made.ID), nil, made, "")
	})
}

func addBenchmark(w http.ResponseWriter, r *frame.Request) error {
	b := readBenchmark(r, "")
	err := saveBenchmark(r, b)
	if frame.IsMistake(err) {
		return drawBenchmarks(w, r, http.StatusUnprocessableEntity, b, err)
	}
	if err != nil {
		return err
	}
	return r.Redirect(w, r.To("/benchmarks"), "checkup.benchmarks.saved")
}

func editBenchmark(w http.ResponseWriter, r *frame.Request) error {
	var b benchmarks.Benchmark
	if err := r.View(func(tx *db.Tx) (err error) {
		b, err = benchmarks.Find(r.Context(), tx, r.Program.ID, benchmarks.ID(r.PathValue("benchmark")))
		return err
	}); err != nil {
		return err
	}
	return drawBenchmark(w, r, http.StatusOK, b, nil)
}

func drawBenchmark(w http.ResponseWriter, r *frame.Request, status int, b benchmarks.Benchmark, wrong error) error {
	here := r.To("/benchmarks/" + url.PathEscape(r.PathValue("benchmark")))
	p := r.Page("creators", "checkup.benchmarks.edit")
	p.Breadcrumb = []ui.Link{{Label: r.T("checkup.benchmarks"), URL: r.To("/benchmarks")}}
	remove := ui.Action{Label: r.T("checkup.benchmarks.remove"), Icon: "trash", URL: here + "/remove", Post: true, Look: ui.Danger, Confirm: &ui.Confirm{
		Title: r.T("checkup.benchmarks.remove"), What: r.T("checkup.benchmarks.remove.what"), Undo: r.T("checkup.benchmarks.remove.undo"), Button: r.T("checkup.benchmarks.remove"), Danger: true,
	}}
	return r.Render(w, status, "recruit_page", p, ui.Stack{ui.Card{Body: benchmarkForm(r, here, b, wrong)}, ui.Actions{remove}})
}

func changeBenchmark(w http.ResponseWriter, r *frame.Request) error {
	b := readBenchmark(r, benchmarks.ID(r.PathValue("benchmark")))
	err := saveBenchmark(r, b)
	if frame.IsMistake(err) {
		return drawBenchmark(w, r, http.StatusUnprocessableEntity, b, err)
	}
	if err != nil {
		return err
	}
	return r.Redirect(w, r.To("/benchmarks"), "checkup.benchmarks.saved")
}

func removeBenchmark(w http.ResponseWriter, r *frame.Request) error {
	if err := r.Update(func(tx *db.Tx) error {
		gone, err := benchmarks.Remove(r.Context(), tx, r.Program.ID, benchmarks.ID(r.PathValue("benchmark")))
		if err != nil {
			return err
		}
		return audit.Record(r.Context(), tx, r.P, r.Program.ID, "benchmark.remove", string(gone.ID), gone, nil, "")
	}); err != nil {
		return err
	}
	return r.Redirect(w, r.To("/benchmarks"), "checkup.benchmarks.removed")
}

func restoreBenchmarks(w http.ResponseWriter, r *frame.Request) error {
	if err := r.Update(func(tx *db.Tx) error {
		if err := benchmarks.Restore(r.Context(), tx, r.Program.ID); err != nil {
			return err
		}
		return audit.Record(r.Context(), tx, r.P, r.Program.ID, "benchmark.restore", string(r.Program.ID), nil, nil, "")
	}); err != nil {
		return err
	}
	return r.Redirect(w, r.To("/benchmarks"), "checkup.benchmarks.restored")
}
