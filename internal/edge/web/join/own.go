package join

import (
	"net/http"

	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
	"rapport/internal/edge/welcome"
	"rapport/internal/partner/applications"
	"rapport/internal/partner/partnerships"
)

// longestToken bounds what is taken for a token, in bytes.
const longestToken = 128

// readOwn finds the application of who holds the token.
func readOwn(r *frame.Request) (a applications.Application, s applications.Submission, err error) {
	token := r.PathValue("token")
	if len(token) > longestToken {
		return a, s, fault.NotFound("page")
	}
	err = r.View(func(tx *db.Tx) (err error) {
		if _, err = find(r, tx); err != nil {
			return err
		}
		a, s, err = applications.ByToken(r.Context(), tx, r.Deps().Box, token)
		if err == nil && a.Program != r.Program.ID {
			err = fault.NotFound("page")
		}
		return err
	})
	return a, s, err
}

// showOwn asks for one tap where the application is not confirmed yet, since programs that preview mails open their links; afterwards it tells how
// far the application has come, and why.
func showOwn(w http.ResponseWriter, r *frame.Request) error {
	a, s, err := readOwn(r)
	if fault.KindOf(err) == fault.KindNotFound {
		return gone(w, r)
	}
	if err != nil {
		return err
	}
	if a.State == applications.StateUnconfirmed {
		p := publicPage(r, "join.confirm.title", "name", s.Name)
		return r.Render(w, http.StatusOK, "join_page", p, ui.Stack{ui.Words(r.T("join.confirm.text", "program", r.Program.Name, "email", s.Email)),
			ui.Form{Action: r.URL.Path, Full: true, Submit: r.T("join.confirm.submit")}})
	}
	return tellState(w, r, a)
}

func gone(w http.ResponseWriter, r *frame.Request) error {
	if r.Program.ID == "" {
		return fault.NotFound("page")
	}
	p := publicPage(r, "join.gone.title")
	return r.Render(w, http.StatusGone, "join_page", p, ui.Stack{ui.Words(r.T("join.gone.text")), ui.Actions{{Label: r.T("join.gone.again"), URL: "/join/" + r.PathValue("slug"), Look: ui.Primary}}})
}

// confirm makes the application real and answers it if a rule does. Who is let in is signed in at once: the link came from their mail.
func confirm(w http.ResponseWriter, r *frame.Request) error {
	a, _, err := readOwn(r)
	if fault.KindOf(err) == fault.KindNotFound {
		return gone(w, r)
	}
	if err != nil {
		return err
	}
	if a.State != applications.StateUnconfirmed {
		return r.Redirect(w, r.URL.Path, "")
	}
	if a, err = host(r).Receive(r.Context(), r.Deps().DB, r.PathValue("token")); err != nil {
		return err
	}
	if a.State != applications.StateApproved {
		return r.Redirect(w, r.URL.Path, "")
	}
	return signIn(w, r, a)
}

// signIn lets in whoever came by the link that their own address received.
func signIn(w http.ResponseWriter, r *frame.Request, a applications.Application) error {
	var token string
	err := r.Update(func(tx *db.Tx) (err error) {
		token, err = host(r).Enter(r.Context(), tx, a.Program, a.Creator)
		return err
	})
	if err != nil {
		return err
	}
	if token == "" {
		return r.Redirect(w, r.URL.Path, "")
	}
	session, s, err := auth.UseLoginLink(r.Context(), r.Deps().DB, token, r.UserAgent())
	if err != nil {
		return err
	}
	r.SignIn(w, session, s.ExpiresAt)
	return r.Redirect(w, "/c/"+string(a.Partnership)+"/share", "join.accepted", "program", r.Program.Name)
}

// tellState says how far an application has come and why, and what to do next.
func tellState(w http.ResponseWriter, r *frame.Request, a applications.Application) error {
	p := publicPage(r, "join.state."+string(a.State))
	parts := ui.Stack{ui.Words(r.T("join.means."+string(a.State), "program", r.Program.Name))}
	if reasons := welcome.Reasons(a); len(reasons) > 0 {
		parts = append(parts, ui.Part{Template: "join/reasons", Data: reasons})
	}
	if a.State == applications.StateApproved || a.State == applications.StateWaiting {
		parts = append(parts, ui.Actions{{Label: r.T("join.signin"), URL: "/sign-in/link", Icon: "mail"}})
	}
	return r.Render(w, http.StatusOK, "join_page", p, parts)
}

// accept is a creator's yes to the brand's invitation: from then on link, code, QR and caption are there.
func accept(w http.ResponseWriter, r *frame.Request) error {
	err := r.Update(func(tx *db.Tx) error {
		deal, err := dealOf(r, tx)
		if err != nil {
			return err
		}
		p, err := applications.Accept(r.Context(), tx, r.Partnership.ID, deal)
		if err != nil {
			return err
		}
		if err := host(r).Equip(r.Context(), tx, r.Program, p); err != nil {
			return err
		}
		return record(r, tx, r.P, "partnership.accept", string(p.ID), map[string]string{"terms": deal})
	})
	if err != nil {
		return err
	}
	return r.Redirect(w, r.To("/share"), "join.accepted", "program", r.Program.Name)
}

// dealOf is the sentence that holds for the partnership at hand.
func dealOf(r *frame.Request, tx *db.Tx) (string, error) {
	deal, err := partnerships.EffectiveTerms(r.Context(), tx, r.Partnership)
	return welcome.Deal(r.Program, deal), err
}
