package setup

import (
	"net/http"

	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/programs"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
)

func signInPage(w http.ResponseWriter, r *frame.Request) error {
	if r.P.Kind != "" {
		return r.Redirect(w, local(r.FormValue("to")), "")
	}
	return show(w, r, r.Page("", "setup.signin.title"), signInParts(r)(signInForm(r))...)
}

func signInForm(r *frame.Request) ui.Form {
	return ui.Form{Action: "/sign-in", Full: true, Submit: r.T("setup.signin.submit"), Hidden: []ui.Pair{{Label: "to", Value: local(r.FormValue("to"))}},
		Fields: []ui.Field{
			{Name: "email", Label: r.T("setup.field.email"), Kind: ui.Email, Value: r.Text("email"), Required: true, Autocomplete: "username", MaxLength: 254, Autofocus: true},
			{Name: "password", Label: r.T("setup.field.password"), Kind: ui.Password, Required: true, Autocomplete: "current-password", MaxLength: 1000},
		}}
}

func signInParts(r *frame.Request) func(ui.Form) ui.Stack {
	return func(f ui.Form) ui.Stack {
		return ui.Stack{f, ways(ui.Link{URL: "/sign-in/link", Label: r.T("setup.signin.creator")}, ui.Link{URL: "/reset", Label: r.T("setup.signin.forgot")})}
	}
}

func signIn(w http.ResponseWriter, r *frame.Request) error {
	token, s, err := auth.SignIn(r.Context(), r.Deps().DB, r.Text("email"), r.FormValue("password"), r.Deps().ClientIP(r.Request), r.UserAgent())
	if err != nil {
		return again(w, r, r.Page("", "setup.signin.title"), signInForm(r), err, signInParts(r))
	}
	if err := endOther(r); err != nil {
		return err
	}
	r.SignIn(w, token, s.ExpiresAt)
	return r.Redirect(w, local(r.FormValue("to")), "")
}

// endOther ends the session a browser held before it got another, so that none lives on unseen.
func endOther(r *frame.Request) error {
	if r.Token == "" {
		return nil
	}
	return auth.SignOut(r.Context(), r.Deps().DB, r.Token)
}

func signOut(w http.ResponseWriter, r *frame.Request) error {
	if err := endOther(r); err != nil {
		return err
	}
	r.SignOut(w)
	return r.Redirect(w, "/sign-in", "setup.signedout")
}

func linkPage(w http.ResponseWriter, r *frame.Request) error {
	return show(w, r, linkFrame(r), askFor(r, "/sign-in/link", "setup.link.submit"), mailNote(r, "setup.link.nomail"))
}

func linkFrame(r *frame.Request) *ui.Page {
	p := r.Page("", "setup.link.title")
	p.Lead = r.T("setup.link.lead")
	return p
}

// askFor asks for the address that a link is to be mailed to.
func askFor(r *frame.Request, action, submitKey string) ui.Form {
	return ui.Form{Action: action, Full: true, Submit: r.T(submitKey), Cancel: &ui.Link{URL: "/sign-in", Label: r.T("setup.back")},
		Fields: []ui.Field{{Name: "email", Label: r.T("setup.field.email"), Kind: ui.Email, Value: r.Text("email"), Required: true, Autocomplete: "email", MaxLength: 254, Autofocus: true}}}
}

// mailNote says whom to ask where no mail goes out.
func mailNote(r *frame.Request, key string) ui.Component {
	if r.Deps().MailSent {
		return ui.Group{}
	}
	return ui.Words(r.T(key))
}

func sendLink(w http.ResponseWriter, r *frame.Request) error {
	err := mailLinks(r, auth.PurposeCreator, "creator")
	if err != nil {
		return again(w, r, linkFrame(r), askFor(r, "/sign-in/link", "setup.link.submit"), err, func(f ui.Form) ui.Stack { return ui.Stack{f, mailNote(r, "setup.link.nomail")} })
	}
	return show(w, r, r.Page("", "setup.sent.title"), ui.Words(r.T("setup.sent.text")), mailNote(r, "setup.link.nomail"), ways(ui.Link{URL: "/sign-in", Label: r.T("setup.back")}))
}

// mailLinks mails a link to everybody who signs in by the address in the form; the answer is the same whether there is anybody.
func mailLinks(r *frame.Request, purpose auth.Purpose, key string) error {
	return r.Update(func(tx *db.Tx) error {
		all, err := auth.RequestLinks(r.Context(), tx, r.Text("email"), r.Deps().ClientIP(r.Request), purpose)
		if err != nil {
			return err
		}
		for _, one := range all {
			if err := mailLink(r, tx, one.User, one.Token, key, programs.Program{}); err != nil {
				return err
			}
		}
		return nil
	})
}

func resetPage(w http.ResponseWriter, r *frame.Request) error {
	return show(w, r, resetFrame(r), askFor(r, "/reset", "setup.reset.submit"), mailNote(r, "setup.reset.nomail"))
}

func resetFrame(r *frame.Request) *ui.Page {
	p := r.Page("", "setup.reset.title")
	p.Lead = r.T("setup.reset.lead")
	return p
}

func sendReset(w http.ResponseWriter, r *frame.Request) error {
	err := mailLinks(r, auth.PurposeReset, "reset")
	if err != nil {
		return again(w, r, resetFrame(r), askFor(r, "/reset", "setup.reset.submit"), err, func(f ui.Form) ui.Stack { return ui.Stack{f, mailNote(r, "setup.reset.nomail")} })
	}
	return show(w, r, r.Page("", "setup.sent.title"), ui.Words(r.T("setup.sent.text")), mailNote(r, "setup.reset.nomail"), ways(ui.Link{URL: "/sign-in", Label: r.T("setup.back")}))
}
