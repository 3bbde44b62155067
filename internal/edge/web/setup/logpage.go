package setup

import (
	"encoding/json"
	"net/http"

	"rapport/internal/base/audit"
	"rapport/internal/base/db"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/text"
	"rapport/internal/edge/web/ui"
)

// logPage shows who did what in the program.
func logPage(w http.ResponseWriter, r *frame.Request) error {
	var entries []audit.Entry
	var next string
	err := r.View(func(tx *db.Tx) (err error) {
		entries, next, err = audit.List(r.Context(), tx, audit.Filter{Program: r.Program.ID, Subject: r.Text("subject")}, r.After())
		return err
	})
	if err != nil {
		return err
	}
	table := ui.Table{ID: "log", Caption: r.T("settings.log"), Path: r.To("/settings/log"), Query: r.URL.Query(), Next: next, Columns: []ui.Column{
		{Key: "at", Label: r.T("settings.log.at")}, {Key: "who", Label: r.T("settings.log.who")}, {Key: "what", Label: r.T("settings.log.what")}, {Key: "change", Label: r.T("settings.log.change")}},
		Empty: ui.EmptyState{Icon: "history", Text: r.T("settings.log.none")}}
	for _, e := range entries {
		table.Rows = append(table.Rows, ui.Row{ID: e.ID, Label: e.Action, Cells: []any{at(e.At), actor(r, e), actionWords(r, e.Action), ui.Part{Template: "setup/change", Data: changeOf(e)}}})
	}
	return show(w, r, settingsFrame(r, "log"), table)
}

func actor(r *frame.Request, e audit.Entry) string {
	if e.ActorName == "" {
		return r.T("settings.log.system")
	}
	return e.ActorName
}

// actionWords says an action in words; one without a sentence is shown by its name.
func actionWords(r *frame.Request, action string) string {
	if !text.Has("settings.action." + action) {
		return action
	}
	return r.T("settings.action." + action)
}

// change is what an entry shows: the note, and behind a click the documents.
type change struct{ Subject, Note, Before, After string }

func changeOf(e audit.Entry) change {
	return change{Subject: e.Subject, Note: e.Note, Before: indented(e.Before), After: indented(e.After)}
}

func indented(document json.RawMessage) string {
	var v any
	if len(document) == 0 || json.Unmarshal(document, &v) != nil {
		return ""
	}
	b, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return ""
	}
	return string(b)
}
