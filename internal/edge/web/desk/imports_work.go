package desk

import (
	"context"
	"net/http"
	"time"

	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
	"rapport/internal/recruit/imports"
)

// shownRefusals is how many refused rows a page lists; the file has them all.
const shownRefusals = 50

// start moves a file to a step of work, unless it is at work or through already: a second click does nothing.
func (up *upload) start(to step, from ...step) bool {
	up.mu.Lock()
	defer up.mu.Unlock()
	for _, f := range from {
		if up.at == f {
			up.at, up.wrong, up.progress, up.touched = to, nil, imports.Progress{Size: up.size}, time.Now()
			return true
		}
	}
	return false
}

// end notes how the work ended.
func (up *upload) end(at step, report imports.Report, wrong error) {
	up.mu.Lock()
	defer up.mu.Unlock()
	up.at, up.report, up.wrong, up.touched = at, report, wrong, time.Now()
}

func (up *upload) tell(p imports.Progress) {
	up.mu.Lock()
	defer up.mu.Unlock()
	up.progress = p
}

// run works on the file beside the request, which may leave, and waits a moment in case it is soon over.
func (up *upload) run(r *frame.Request, o imports.Options, done, failed step) {
	ctx, deps := context.WithoutCancel(r.Context()), r.Deps()
	over := make(chan struct{})
	go func() {
		defer close(over)
		report, err := imports.Run(ctx, deps.DB, o)
		if err == nil {
			up.end(done, report, nil)
			return
		}
		if _, ok := fault.As(err); !ok {
			deps.Log.Error("an import failed", "program", o.Program, "file", o.Source, "error", err)
			err = fault.Unavailable("The import could not be finished, and nothing of it was kept. Try again.").Because(err)
		}
		up.end(failed, report, err)
	}()
	select {
	case <-over:
	case <-time.After(quickEnough):
	}
}

func (up *upload) options(r *frame.Request) imports.Options {
	up.mu.Lock()
	defer up.mu.Unlock()
	return imports.Options{
		Program: r.Program.ID, Source: up.name, Reader: up.content(), Size: up.size, Mapping: up.mapping, Box: r.Deps().Box, SourceName: up.source, MadeBy: r.P.Name,
		OnCreator: prospects(r.Program.ID), Progress: up.tell,
	}
}

// check tries the import with the columns as they were named, and writes nothing.
func (u *uploads) check(w http.ResponseWriter, r *frame.Request) error {
	up, err := u.find(r)
	if err != nil {
		return err
	}
	mapping, err := up.readMapping(r)
	if err == nil {
		err = up.nameSource(r)
	}
	if err == nil && up.start(stepChecking, stepColumns, stepChecked) {
		up.mu.Lock()
		up.mapping = mapping
		up.mu.Unlock()
		o := up.options(r)
		o.DryRun = true
		up.run(r, o, stepChecked, stepColumns)
		up.mu.Lock()
		err = up.wrong
		up.mu.Unlock()
	}
	if err != nil {
		up.mu.Lock()
		up.mapping = mapping
		up.mu.Unlock()
		return up.showColumns(w, r, http.StatusUnprocessableEntity, err)
	}
	return r.Redirect(w, r.To("/uploads/"+up.id), "")
}

// back goes back to the columns.
func (u *uploads) back(w http.ResponseWriter, r *frame.Request) error {
	up, err := u.find(r)
	if err != nil {
		return err
	}
	up.start(stepColumns, stepChecked)
	return r.Redirect(w, r.To("/uploads/"+up.id), "")
}

// bring imports the file.
func (u *uploads) bring(w http.ResponseWriter, r *frame.Request) error {
	up, err := u.find(r)
	if err != nil {
		return err
	}
	if up.start(stepImporting, stepChecked) {
		if err := r.Update(func(tx *db.Tx) error {
			return keepAudit(r, tx, "import.run", up.id, nil, map[string]any{"file": up.name}, "")
		}); err != nil {
			up.end(stepChecked, up.report, nil)
			return err
		}
		up.run(r, up.options(r), stepImported, stepChecked)
	}
	return r.Redirect(w, r.To("/uploads/"+up.id), "")
}

// show is the page of the step that the file is at.
func (u *uploads) show(w http.ResponseWriter, r *frame.Request) error {
	up, err := u.find(r)
	if err != nil {
		return err
	}
	up.mu.Lock()
	at, report, wrong := up.at, up.report, up.wrong
	up.mu.Unlock()
	switch at {
	case stepChecking, stepImporting:
		return r.Render(w, http.StatusOK, "desk_imports_work", up.page(r, "imports.work.title"), workBody{Progress: up.bar(r), Again: r.To("/uploads/" + up.id)})
	case stepChecked:
		return up.showReport(w, r, report, wrong)
	case stepImported:
		http.Redirect(w, r.Request, r.To("/imports/"+string(report.ID)), http.StatusSeeOther)
		return nil
	case stepColumns:
	}
	return up.showColumns(w, r, http.StatusOK, wrong)
}

type workBody struct {
	Progress ui.Progress
	Again    string
}

// bar is how far the work is. It never looks finished before it is: the page would stop to ask.
func (up *upload) bar(r *frame.Request) ui.Progress {
	up.mu.Lock()
	defer up.mu.Unlock()
	p := ui.Progress{
		ID: "import-progress", Label: r.T("imports.work.checking"), Detail: r.T("imports.work.rows", "n", up.progress.Tally.Rows),
		Leave: r.T("imports.work.leave"), Poll: r.To("/uploads/" + up.id + "/progress"), Total: max(1, int(up.size)),
	}
	p.Done = min(int(up.progress.BytesRead), p.Total-1)
	if up.at == stepImporting {
		p.Label = r.T("imports.work.importing")
	}
	if up.progress.Phase == imports.PhaseSettling {
		p.Label, p.Detail, p.Done, p.Total = r.T("imports.work.settling"), r.T("imports.work.settled", "n", up.progress.Settled), 0, 0
	}
	return p
}

// progress answers the bar that asks for itself, and sends the page on when the work is over.
func (u *uploads) progress(w http.ResponseWriter, r *frame.Request) error {
	up, err := u.find(r)
	if err != nil {
		return err
	}
	if up.working() {
		return r.Part(w, http.StatusOK, up.bar(r))
	}
	w.Header().Set("HX-Redirect", r.To("/uploads/"+up.id))
	w.WriteHeader(http.StatusOK)
	return nil
}
