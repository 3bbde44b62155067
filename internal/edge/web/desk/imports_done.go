package desk

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/edge/web/area"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
	"rapport/internal/recruit/imports"
)

type importBody struct {
	Status   ui.Badge
	Tiles    ui.Tiles
	Facts    ui.Definitions
	Refusals ui.Table
	Actions  ui.Actions
	ID       ui.CopyField
}

// findImport is the import in the address, if it was made for this program.
func findImport(r *frame.Request, tx *db.Tx) (imports.Import, error) {
	i, err := imports.Find(r.Context(), tx, imports.ID(r.PathValue("import")))
	if err == nil && i.Program != r.Program.ID {
		err = fault.NotFound("import")
	}
	return i, err
}

func showImport(w http.ResponseWriter, r *frame.Request) error {
	var i imports.Import
	var refusals []imports.Refusal
	after, _ := strconv.Atoi(r.FormValue("after")) // what is no line begins at the first
	err := r.View(func(tx *db.Tx) (err error) {
		if i, err = findImport(r, tx); err != nil {
			return err
		}
		refusals, err = imports.Refusals(r.Context(), tx, i.ID, max(0, after), shownRefusals+1)
		return err
	})
	if err != nil {
		return err
	}
	page, next := r.To("/imports/"+string(i.ID)), ""
	if len(refusals) > shownRefusals {
		refusals = refusals[:shownRefusals]
		next = strconv.Itoa(refusals[shownRefusals-1].Line)
	}
	body := importBody{
		Status: importBadge(r, i), Refusals: refusalsTable(r, refusals, page, "/imports/"+string(i.ID)+"/refused.csv"), Actions: importActions(r, i),
		Facts: ui.Definitions{{Label: r.T("imports.at"), Value: i.CreatedAt}, {Label: r.T("imports.by"), Value: area.Known(r, i.MadeBy)}, {Label: r.T("imports.what"), Value: r.T("imports.kind." + string(i.Kind))}},
		Tiles: ui.Tiles{
			{Label: r.T("imports.rows"), Value: i.Tally.Rows}, {Label: r.T("imports.taken"), Value: i.Tally.Taken, URL: r.To("/creators?order=newest")},
			{Label: r.T("imports.known"), Value: i.Tally.Known, Small: r.T("imports.known.what")}, {Label: r.T("imports.refused"), Value: i.Tally.Refused, Small: r.T("imports.refused.what")},
		},
		ID: ui.CopyField{Label: r.T("imports.id"), Value: string(i.ID)},
	}
	body.Refusals.Query, body.Refusals.Next = r.URL.Query(), next
	p := r.Page("creators", "imports.done.title")
	p.Lead = r.T("imports.of", "name", orDefault(i.Source, r.T("imports.unnamed")))
	p.Breadcrumb = []ui.Link{{Label: r.T("creators.title"), URL: r.To("/creators")}, {Label: r.T("imports.short"), URL: r.To("/imports")}}
	return r.Render(w, http.StatusOK, "desk_imports_done", p, body)
}

func importActions(r *frame.Request, i imports.Import) ui.Actions {
	if i.State != imports.StateVisible {
		return ui.Actions{{Label: r.T("imports.again"), Icon: "upload", URL: r.To("/imports"), Look: ui.Primary}}
	}
	all := ui.Actions{{Label: r.T("imports.see"), Icon: "users", URL: r.To("/creators?order=newest"), Look: ui.Primary}, {Label: r.T("creators.tab.pipeline"), URL: r.To("/creators/pipeline")}}
	if !r.P.Can(r.Program.ID, auth.PermManage) {
		return all
	}
	undo := ui.Action{Label: r.T("imports.undo"), Icon: "arrow-back-up", URL: r.To("/imports/" + string(i.ID) + "/undo"), Post: true, Look: ui.Quiet, Confirm: &ui.Confirm{
		Title: r.T("imports.undo.title"), What: r.T("imports.undo.what", "n", i.Tally.Taken), Effects: []string{r.T("imports.undo.stays")}, Undo: r.T("imports.undo.undo"),
		Button: r.T("imports.undo"), Danger: true,
	}}
	if i.FinishedAt.IsZero() {
		undo.Disabled, undo.Confirm = r.T("imports.undo.later"), nil
	}
	return append(all, undo)
}

func importRefusals(w http.ResponseWriter, r *frame.Request) error {
	var all []imports.Refusal
	err := r.View(func(tx *db.Tx) error {
		i, err := findImport(r, tx)
		if err != nil {
			return err
		}
		all, err = imports.Refusals(r.Context(), tx, i.ID, 0, imports.RefusalsKept)
		return err
	})
	if err != nil {
		return err
	}
	return sendCSV(w, "refused.csv", refusalLines(all))
}

// undoImport takes an import back. It is hidden at once; what is many is removed after the answer.
func undoImport(w http.ResponseWriter, r *frame.Request) error {
	var i imports.Import
	if err := r.View(func(tx *db.Tx) (err error) { i, err = findImport(r, tx); return err }); err != nil {
		return err
	}
	page := r.To("/imports/" + string(i.ID))
	if i.State == imports.StateUndone {
		return r.Redirect(w, page, "")
	}
	over := make(chan error, 1)
	go func(ctx context.Context, deps *frame.Deps) {
		err := imports.Undo(ctx, deps.DB, i.ID, leaveProspects)
		if _, ok := fault.As(err); err != nil && !ok {
			deps.Log.Error("an import could not be undone", "import", i.ID, "error", err)
		}
		over <- err
	}(context.WithoutCancel(r.Context()), r.Deps())
	select {
	case err := <-over:
		if err != nil {
			return err
		}
	case <-time.After(quickEnough):
	}
	err := r.Update(func(tx *db.Tx) error { return keepAudit(r, tx, "import.undo", string(i.ID), nil, nil, "") })
	if err != nil {
		return err
	}
	return r.Redirect(w, page, "imports.undone")
}
