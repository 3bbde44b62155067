package desk

import (
	"net/http"
	"strconv"

	"rapport/internal/base/fault"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
	"rapport/internal/recruit/imports"
)

type reportBody struct {
	Tiles    ui.Tiles
	Notes    []string
	Ignored  string
	Refusals ui.Table
	More     string
	Actions  ui.Actions
	Error    string
}

// showReport says what would become of every row, before anything is written.
func (up *upload) showReport(w http.ResponseWriter, r *frame.Request, report imports.Report, wrong error) error {
	body := reportBody{Tiles: tallyTiles(r, report.Tally), Notes: report.Notes, Ignored: listed(report.Ignored)}
	if f, ok := fault.As(wrong); ok {
		body.Error = f.Message
	}
	body.Refusals = refusalsTable(r, report.Refusals[:min(shownRefusals, len(report.Refusals))], r.To("/uploads/"+up.id), "/uploads/"+up.id+"/refused.csv")
	if more := report.Tally.Refused - shownRefusals; more > 0 {
		body.More = r.T("imports.refused.more", "n", more)
	}
	bring := ui.Action{Label: r.T("imports.bring", "n", report.Tally.Taken), Icon: "check", URL: r.To("/uploads/" + up.id + "/import"), Post: true, Look: ui.Primary}
	if report.Tally.Taken == 0 {
		bring.Disabled = r.T("imports.bring.nothing")
	}
	body.Actions = ui.Actions{bring, {Label: r.T("imports.columns.change"), URL: r.To("/uploads/" + up.id + "/columns"), Post: true}, {Label: r.T("imports.other"), URL: r.To("/imports"), Look: ui.Quiet}}
	return r.Render(w, http.StatusOK, "desk_imports_report", up.page(r, "imports.report.title"), body)
}

func listed(words []string) string {
	text := ""
	for i, word := range words {
		if i > 0 {
			text += ", "
		}
		text += cutText(word, 60)
	}
	return text
}

func tallyTiles(r *frame.Request, t imports.Tally) ui.Tiles {
	return ui.Tiles{
		{Label: r.T("imports.rows"), Value: t.Rows},
		{Label: r.T("imports.taken"), Value: t.Taken, Small: r.T("imports.taken.what", "creators", t.Creators, "posts", t.Posts)},
		{Label: r.T("imports.known"), Value: t.Known, Small: r.T("imports.known.what")},
		{Label: r.T("imports.refused"), Value: t.Refused, Small: r.T("imports.refused.what")},
	}
}

func refusalsTable(r *frame.Request, all []imports.Refusal, page, file string) ui.Table {
	t := ui.Table{ID: "refused", Caption: r.T("imports.refused.rows"), Path: page, Columns: []ui.Column{
		{Key: "line", Label: r.T("imports.line")}, {Key: "reason", Label: r.T("imports.reason")},
	}, Empty: ui.EmptyState{Icon: "circle-check", Text: r.T("imports.refused.none")}}
	for _, one := range all {
		t.Rows = append(t.Rows, ui.Row{Cells: []any{one.Line, one.Reason}})
	}
	if len(all) > 0 {
		t.Export = r.To(file)
	}
	return t
}

// refused is the report of a trial as a file, one line per refused row.
func (u *uploads) refused(w http.ResponseWriter, r *frame.Request) error {
	up, err := u.find(r)
	if err != nil {
		return err
	}
	up.mu.Lock()
	all := up.report.Refusals
	up.mu.Unlock()
	return sendCSV(w, "refused.csv", refusalLines(all))
}

func refusalLines(all []imports.Refusal) [][]string {
	lines := [][]string{{"line", "reason"}}
	for _, one := range all {
		lines = append(lines, []string{strconv.Itoa(one.Line), one.Reason})
	}
	return lines
}
