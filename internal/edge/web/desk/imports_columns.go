package desk

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"rapport/internal/base/fault"
	"rapport/internal/edge/web/area"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
	"rapport/internal/recruit/creators"
	"rapport/internal/recruit/imports"
)

type columnsBody struct {
	Form    ui.Form
	Preview ui.Table
	Kind    string
}

// fieldName is the name of a column's select.
func fieldName(column int) string { return "column_" + strconv.Itoa(column) }

// showColumns asks what each column means, with what was found by itself already chosen.
func (up *upload) showColumns(w http.ResponseWriter, r *frame.Request, status int, mistake error) error {
	up.mu.Lock()
	mapping, source, recalled := up.mapping, up.source, up.recalled
	up.mu.Unlock()
	body := columnsBody{Form: up.columnsForm(r, mapping, source, recalled), Preview: up.preview(r), Kind: r.T("imports.kind." + string(up.seen.Kind))}
	body.Form.Fail(mistake)
	return r.Render(w, status, "desk_imports_columns", up.page(r, "imports.columns.title"), body)
}

func (up *upload) columnsForm(r *frame.Request, m imports.Mapping, source string, recalled bool) ui.Form {
	sourceHint := r.T("imports.source.hint")
	if recalled {
		sourceHint = r.T("imports.source.recalled")
	}
	means := meanings(m, up.seen.Columns)
	f := ui.Form{Action: r.To("/uploads/" + up.id + "/check"), Submit: r.T("imports.check"), Cancel: &ui.Link{Label: r.T("ui.cancel"), URL: r.To("/imports")}, Fields: []ui.Field{{
		Name: "mapping.platform", Label: r.T("imports.platform"), Kind: ui.Select, Value: string(m.Platform), Hint: r.T("imports.platform.hint"),
		Options: withNone(r.T("imports.platform.none"), area.PlatformChoices(r)), ID: "platform",
	}}}
	for i, title := range up.seen.Columns {
		f.Fields = append(f.Fields, ui.Field{
			Name: fieldName(i), ID: fieldName(i), Label: r.T("imports.means", "column", up.columnTitle(r, i, title)), Kind: ui.Select, Value: string(means[i]),
			Options: fieldChoices(r), Hint: r.T("imports.means.sample", "sample", up.sampleOf(i)),
		})
	}
	f.Fields = append(f.Fields, ui.Field{Name: "source_name", Label: r.T("imports.source"), Value: source, Hint: sourceHint, MaxLength: 100, Autocomplete: "off"})
	return f
}

// nameSource reads what a person calls where such files come from.
func (up *upload) nameSource(r *frame.Request) error {
	name, err := imports.CheckSourceName(r.FormValue("source_name"))
	up.mu.Lock()
	defer up.mu.Unlock()
	up.source = name
	return err
}

func (up *upload) columnTitle(r *frame.Request, i int, title string) string {
	return orDefault(cutText(title, 80), r.T("imports.untitled", "n", i+1))
}

// sampleOf is what stands in the first rows of a column.
func (up *upload) sampleOf(column int) string {
	var all []string
	for _, record := range up.seen.Sample[:min(2, len(up.seen.Sample))] {
		if cell := cutText(record[column], 40); cell != "" {
			all = append(all, cell)
		}
	}
	return orDefault(strings.Join(all, " · "), "–")
}

// preview shows the first rows as they stand in the file.
func (up *upload) preview(r *frame.Request) ui.Table {
	t := ui.Table{ID: "preview", Caption: r.T("imports.preview"), Path: r.To("/uploads/" + up.id), Empty: ui.EmptyState{Text: r.T("imports.preview.none")}}
	for i, title := range up.seen.Columns {
		t.Columns = append(t.Columns, ui.Column{Key: fieldName(i), Label: up.columnTitle(r, i, title)})
	}
	for _, record := range up.seen.Sample {
		var cells []any
		for _, cell := range record {
			cells = append(cells, cutText(cell, 40))
		}
		t.Rows = append(t.Rows, ui.Row{Cells: cells})
	}
	return t
}

func (up *upload) page(r *frame.Request, title string) *ui.Page {
	p := r.Page("creators", title)
	p.Lead = r.T("imports.of", "name", up.name)
	p.Breadcrumb = []ui.Link{{Label: r.T("creators.title"), URL: r.To("/creators")}, {Label: r.T("imports.short"), URL: r.To("/imports")}}
	return p
}

// fieldChoices are the fields a column may be, and none.
func fieldChoices(r *frame.Request) []ui.Choice {
	all := []ui.Choice{{Label: r.T("imports.field.none")}}
	for _, f := range imports.Fields {
		all = append(all, ui.Choice{Value: string(f), Label: r.T("imports.field." + string(f))})
	}
	return all
}

// meanings turns a mapping round: the field of each column.
func meanings(m imports.Mapping, columns []string) []imports.Field {
	means := make([]imports.Field, len(columns))
	for _, field := range slices.Sorted(maps.Keys(m.Columns)) {
		named := m.Columns[field]
		at := slices.Index(columns, named)
		if n, ok := columnNumber(named); ok {
			at = n - 1
		}
		if at >= 0 && at < len(means) {
			means[at] = field
		}
	}
	return means
}

// columnNumber reads "#3", which names the third column.
func columnNumber(named string) (n int, ok bool) {
	_, err := fmt.Sscanf(named, "#%d", &n)
	return n, err == nil
}

// readMapping reads the form. Every field is named, so that none is found by its title against the person's will.
func (up *upload) readMapping(r *frame.Request) (imports.Mapping, error) {
	m := imports.Mapping{Columns: map[imports.Field]string{}, Platform: creators.Platform(r.FormValue("mapping.platform"))}
	for _, f := range imports.Fields {
		m.Columns[f] = ""
	}
	var wrong []*fault.Error
	for i := range up.seen.Columns {
		f := imports.Field(r.FormValue(fieldName(i)))
		switch before, known := m.Columns[f]; {
		case f == "":
		case !known:
			wrong = append(wrong, fault.Invalid(r.T("imports.columns.unknown")).In(fieldName(i)))
		case before != "":
			wrong = append(wrong, fault.Invalid(r.T("imports.columns.twice", "field", r.T("imports.field."+string(f)))).In(fieldName(i)))
		default:
			m.Columns[f] = "#" + strconv.Itoa(i+1)
		}
	}
	return m, fault.Join(wrong...)
}
