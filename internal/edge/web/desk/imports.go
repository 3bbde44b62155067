package desk

import (
	"context"
	"net/http"

	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/programs"
	"rapport/internal/edge/web/area"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
	"rapport/internal/partner/partnerships"
	"rapport/internal/recruit/creators"
	"rapport/internal/recruit/imports"
)

// registerImports brings the way of a file: sent, its columns named, tried, imported, undone.
func registerImports(m *frame.Mux) {
	sent := newUploads()
	m.Desk("GET /imports", auth.PermView, listImports)
	m.Desk("POST /imports", auth.PermManage, sent.receive)
	m.Desk("GET /uploads/{upload}", auth.PermManage, sent.show)
	m.Desk("POST /uploads/{upload}/check", auth.PermManage, sent.check)
	m.Desk("POST /uploads/{upload}/columns", auth.PermManage, sent.back)
	m.Desk("POST /uploads/{upload}/import", auth.PermManage, sent.bring)
	m.Desk("GET /uploads/{upload}/progress", auth.PermManage, sent.progress)
	m.Desk("GET /uploads/{upload}/refused.csv", auth.PermManage, sent.refused)
	m.Desk("GET /imports/{import}", auth.PermView, showImport)
	m.Desk("GET /imports/{import}/refused.csv", auth.PermView, importRefusals)
	m.Desk("POST /imports/{import}/undo", auth.PermManage, undoImport)
}

// prospects makes whom an import names a prospect of the program, unless the two have a partnership already.
func prospects(program programs.ID) imports.OnCreator {
	return func(ctx context.Context, tx *db.Tx, creator creators.ID, importID imports.ID) error {
		_, err := partnerships.MakeProspect(ctx, tx, program, creator, string(importID))
		return err
	}
}

// leaveProspects takes back the prospects of an import that nobody has touched.
func leaveProspects(ctx context.Context, tx *db.Tx, importID imports.ID, limit int) (int, error) {
	n, err := partnerships.RemoveProspects(ctx, tx, string(importID), limit)
	return int(n), err
}

type importsBody struct {
	Form  *ui.Form
	Table ui.Table
	Other *ui.Action
}

func listImports(w http.ResponseWriter, r *frame.Request) error {
	return showImports(w, r, http.StatusOK, nil)
}

func showImports(w http.ResponseWriter, r *frame.Request, status int, mistake error) error {
	var body importsBody
	err := r.View(func(tx *db.Tx) error {
		all, next, err := imports.List(r.Context(), tx, r.Program.ID, r.After())
		body.Table = importsTable(r, all)
		body.Table.Next = next
		return err
	})
	if err != nil {
		return err
	}
	p := r.Page("creators", "imports.title")
	p.Lead = r.T("imports.lead")
	p.Breadcrumb = []ui.Link{{Label: r.T("creators.title"), URL: r.To("/creators")}}
	if r.P.Can(r.Program.ID, auth.PermManage) {
		body.Form = &ui.Form{Action: r.To("/imports"), Upload: true, Full: true, Submit: r.T("imports.upload"), Fields: []ui.Field{
			{Name: "file", Label: r.T("imports.file"), Kind: ui.File, Accept: ".csv,.tsv,.txt,.json,.jsonl,.ndjson,text/csv,application/json", Hint: r.T("imports.file.hint", "most", maxUpload>>20), Required: true},
		}}
		body.Form.Fail(mistake)
		body.Other = &ui.Action{Label: r.T("creators.paste"), Icon: "clipboard", URL: r.To("/creators/paste")}
	}
	return r.Render(w, status, "desk_imports", p, body)
}

func importsTable(r *frame.Request, all []imports.Import) ui.Table {
	t := ui.Table{ID: "imports", Caption: r.T("imports.earlier"), Path: r.To("/imports"), Query: r.URL.Query(), Columns: []ui.Column{
		{Key: "file", Label: r.T("imports.file")}, {Key: "state", Label: r.T("creators.column.status")}, {Key: "rows", Label: r.T("imports.rows"), Figure: true},
		{Key: "taken", Label: r.T("imports.taken"), Figure: true}, {Key: "known", Label: r.T("imports.known"), Figure: true},
		{Key: "refused", Label: r.T("imports.refused"), Figure: true}, {Key: "at", Label: r.T("imports.at")}, {Key: "by", Label: r.T("imports.by")},
	}, Empty: ui.EmptyState{Icon: "upload", Title: r.T("imports.none"), Text: r.T("imports.none.text")}}
	for _, i := range all {
		t.Rows = append(t.Rows, ui.Row{ID: string(i.ID), Label: i.Source, URL: r.To("/imports/" + string(i.ID)), Muted: i.State == imports.StateUndone, Cells: []any{
			orDefault(i.Source, r.T("imports.unnamed")), importBadge(r, i), i.Tally.Rows, i.Tally.Taken, i.Tally.Known, i.Tally.Refused, i.CreatedAt, area.Known(r, i.MadeBy),
		}})
	}
	return t
}

// importBadge says how far an import is; one that is over and still works is being settled or taken away.
func importBadge(r *frame.Request, i imports.Import) ui.Badge {
	working := i.FinishedAt.IsZero()
	switch {
	case i.State == imports.StateLoading:
		return ui.Badge{Label: r.T("imports.state.loading"), Tone: ui.Warn}
	case i.State == imports.StateVisible && working:
		return ui.Badge{Label: r.T("imports.state.settling"), Tone: ui.Warn}
	case i.State == imports.StateVisible:
		return ui.Badge{Label: r.T("imports.state.visible"), Tone: ui.Good}
	case i.State == imports.StateUndone && working:
		return ui.Badge{Label: r.T("imports.state.undoing"), Tone: ui.Warn}
	case i.State == imports.StateUndone:
		return ui.Badge{Label: r.T("imports.state.undone"), Icon: "arrow-back-up"}
	default:
		return ui.Badge{Label: r.T("imports.state.failed"), Tone: ui.Bad}
	}
}
