package setup

import (
	"net/http"

	"rapport/internal/base/audit"
	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/secret"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
)

func registerAccount(m *frame.Mux) {
	m.Signed("GET /account", accountPage)
	m.Signed("POST /account/name", rename)
	m.Signed("POST /account/password", changePassword)
	m.Signed("POST /account/sign-out-everywhere", signOutEverywhere)
	m.Signed("GET /account/keys", keysPage)
	m.Signed("POST /account/keys", makeKey)
	m.Signed("POST /account/keys/{key}/revoke", revokeKey)
}

// account is what the page of one's own account shows; the forms are filled by whoever refused them.
type account struct {
	user           auth.User
	sessions       []auth.Session
	name, password ui.Form
}

func accountPage(w http.ResponseWriter, r *frame.Request) error {
	a, err := readAccount(r)
	if err != nil {
		return err
	}
	return show(w, r, accountFrame(r, "/account"), a.parts(r)...)
}

func readAccount(r *frame.Request) (a account, err error) {
	if err := settle(r); err != nil {
		return a, err
	}
	err = r.View(func(tx *db.Tx) (err error) {
		if a.user, err = auth.FindUser(r.Context(), tx, r.P.UserID); err != nil {
			return err
		}
		a.sessions, err = auth.ListSessions(r.Context(), tx, r.P.UserID)
		return err
	})
	a.name = ui.Form{Action: "/account/name", Fields: []ui.Field{{Name: "name", Label: r.T("setup.field.name"), Value: a.user.Name, Required: true, Autocomplete: "name", MaxLength: 100}}}
	a.password = ui.Form{Action: "/account/password", Submit: r.T("account.password.submit"), Fields: []ui.Field{
		{Name: "current", Label: r.T("account.password.current"), Kind: ui.Password, Required: true, Autocomplete: "current-password", MaxLength: secret.MaxPassword}, newPassword(r)}}
	return a, err
}

func accountFrame(r *frame.Request, active string) *ui.Page {
	p := r.Page("", "account.title")
	if r.P.Kind == auth.KindMerchant {
		p.Tabs = []ui.Link{{Label: r.T("account.tab.you"), URL: "/account", Active: active == "/account"}, {Label: r.T("account.tab.keys"), URL: "/account/keys", Active: active == "/account/keys"}}
	}
	return p
}

func (a account) parts(r *frame.Request) ui.Stack {
	who := ui.Definitions{{Label: r.T("setup.field.email"), Value: a.user.Email}}
	parts := ui.Stack{ui.Card{Title: r.T("account.you"), Body: ui.Stack{who, a.name}}}
	if a.user.Kind == auth.KindMerchant {
		parts = append(parts, ui.Card{Title: r.T("account.password"), Sub: r.T("account.password.sub"), Body: a.password})
	}
	return append(parts, a.sessionCard(r))
}

func (a account) sessionCard(r *frame.Request) ui.Component {
	table := ui.Table{ID: "sessions", Caption: r.T("account.sessions"), Path: "/account", Plain: true, Query: r.URL.Query(), Columns: []ui.Column{
		{Key: "agent", Label: r.T("account.session.device")}, {Key: "since", Label: r.T("account.session.since")}, {Key: "seen", Label: r.T("account.session.seen")}}}
	for _, s := range a.sessions {
		on := ui.Group{ui.Part{Template: "setup/agent", Data: device(r, s.Agent)}}
		if s.ID == r.Session.ID {
			on = append(on, ui.Badge{Label: r.T("account.session.this"), Tone: ui.Good})
		}
		table.Rows = append(table.Rows, ui.Row{ID: s.ID, Label: device(r, s.Agent), Cells: []any{on, at(s.CreatedAt), at(s.SeenAt)}})
	}
	out := ui.Action{Label: r.T("account.signout"), URL: "/account/sign-out-everywhere", Post: true, Icon: "logout", Confirm: &ui.Confirm{
		Title: r.T("account.signout.title"), What: r.T("account.signout.what"), Undo: r.T("account.signout.undo"), Button: r.T("account.signout")}}
	return ui.Card{Title: r.T("account.sessions"), Sub: r.T("account.sessions.sub"), Body: ui.Stack{table, ui.Actions{out}}}
}

func rename(w http.ResponseWriter, r *frame.Request) error {
	err := r.Update(func(tx *db.Tx) error { return auth.Rename(r.Context(), tx, r.P.UserID, r.Text("name")) })
	if err != nil {
		return refuse(w, r, err, func(a *account) *ui.Form { a.name.Fields[0].Value = r.Text("name"); return &a.name })
	}
	return r.Redirect(w, "/account", "account.renamed")
}

// refuse shows the account again with the faults in the form that which picks.
func refuse(w http.ResponseWriter, r *frame.Request, cause error, which func(*account) *ui.Form) error {
	status, ok := mistake(cause)
	if !ok {
		return cause
	}
	a, err := readAccount(r)
	if err != nil {
		return err
	}
	which(&a).Fail(cause)
	return r.Render(w, status, "setup_page", accountFrame(r, "/account"), a.parts(r))
}

func changePassword(w http.ResponseWriter, r *frame.Request) error {
	if r.P.Kind != auth.KindMerchant {
		return fault.NotFound("page")
	}
	if err := setPassword(r); err != nil {
		return refuse(w, r, err, func(a *account) *ui.Form { return &a.password })
	}
	return r.Redirect(w, "/account", "account.password.done")
}

func setPassword(r *frame.Request) error {
	if err := auth.Reauthenticate(r.Context(), r.Deps().DB, r.Token, r.FormValue("current")); err != nil {
		if f, ok := fault.As(err); ok && f.Kind == fault.KindUnauthenticated {
			return fault.Invalid(r.T("account.password.wrong")).In("current")
		}
		return err
	}
	hash, err := secret.HashPassword(r.FormValue("password"))
	if err != nil {
		return err
	}
	return r.Update(func(tx *db.Tx) error {
		if err := auth.SetPassword(r.Context(), tx, r.P.UserID, hash, r.Session.ID); err != nil {
			return err
		}
		return audit.Record(r.Context(), tx, r.P, "", "user.password", r.P.UserID, nil, nil, "")
	})
}

func signOutEverywhere(w http.ResponseWriter, r *frame.Request) error {
	err := r.Update(func(tx *db.Tx) error { return auth.SignOutEverywhere(r.Context(), tx, r.P.UserID, r.Session.ID) })
	if err != nil {
		return err
	}
	return r.Redirect(w, "/account", "account.signout.done")
}
