package reach

import (
	"net/http"

	"rapport/internal/base/db"
	"rapport/internal/base/programs"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
	"rapport/internal/partner/outreach"
	"rapport/internal/partner/partnerships"
)

// askLeave shows the button. Opening the page changes nothing: mail scanners open every link.
func askLeave(w http.ResponseWriter, r *frame.Request) error {
	if _, err := leaver(r); err != nil {
		return err
	}
	form := ui.Form{Action: r.URL.Path, Submit: r.T("reach.leave.submit", "program", r.Program.Name)}
	return r.Render(w, http.StatusOK, "reach_page", leavePage(r, "reach.leave.title"), ui.Stack{ui.Words(r.T("reach.leave.what", "program", r.Program.Name)), form})
}

// leave is also what a mail program asks for by itself (RFC 8058, one click).
func leave(w http.ResponseWriter, r *frame.Request) error {
	who, err := leaver(r)
	if err != nil {
		return err
	}
	if err := r.Update(func(tx *db.Tx) error { return outreach.Leave(r.Context(), tx, r.Deps().Box, who) }); err != nil {
		return err
	}
	return r.Render(w, http.StatusOK, "reach_page", leavePage(r, "reach.left.title"), ui.Stack{ui.EmptyState{Icon: "circle-check", Title: r.T("reach.left"), Text: r.T("reach.left.text", "program", r.Program.Name)}})
}

// leaver reads whom the link is for, and gives the request the program's look.
func leaver(r *frame.Request) (id partnerships.ID, err error) {
	if id, err = outreach.ReadLeaveToken(r.Deps().Box, r.PathValue("token")); err != nil {
		return "", err
	}
	return id, r.View(func(tx *db.Tx) error {
		p, err := partnerships.Find(r.Context(), tx, id)
		if err != nil {
			return err
		}
		r.Program, err = programs.Find(r.Context(), tx, p.Program)
		return err
	})
}

func leavePage(r *frame.Request, title string) *ui.Page {
	p := r.Page("", title, "program", r.Program.Name)
	p.Layout, p.Nav, p.Programs, p.Menu, p.User = ui.Plain, nil, nil, nil, ui.User{}
	p.Program.LogoURL = "" // the logo is handed out to those who are signed in
	return p
}
