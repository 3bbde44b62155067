package setup

import (
	"encoding/base64"
	"net/http"

	"rapport/internal/base/audit"
	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/secret"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
)

// FirstRunToken is what the address /first-run?token=… must carry while nobody has an account. It is made of the installation's secret, so every
// start prints the same, and who can read the server's log is who may take it over anyway.
func FirstRunToken(box *secret.Box) string {
	return base64.RawURLEncoding.EncodeToString(box.Key("first run", 18))
}

func firstRun(w http.ResponseWriter, r *frame.Request) error {
	open, err := mayBegin(r)
	switch {
	case err != nil:
		return err
	case !open:
		return r.Redirect(w, "/sign-in", "")
	}
	return show(w, r, firstRunPage(r), firstRunForm(r))
}

// mayBegin reports whether nobody has an account yet. A wrong token is refused.
func mayBegin(r *frame.Request) (open bool, err error) {
	if !secret.Equal([]byte(r.FormValue("token")), []byte(FirstRunToken(r.Deps().Box))) {
		return false, fault.Forbidden(r.T("setup.first.wrong"))
	}
	err = r.View(func(tx *db.Tx) error {
		known, err := auth.AnyMerchant(r.Context(), tx)
		open = !known
		return err
	})
	return open, err
}

func firstRunPage(r *frame.Request) *ui.Page {
	p := r.Page("", "setup.first.title")
	p.Lead = r.T("setup.first.lead")
	return p
}

func firstRunForm(r *frame.Request) ui.Form {
	return ui.Form{Action: "/first-run", Full: true, Submit: r.T("setup.first.submit"), Hidden: []ui.Pair{{Label: "token", Value: r.FormValue("token")}},
		Fields: []ui.Field{
			{Name: "name", Label: r.T("setup.field.name"), Value: r.Text("name"), Required: true, Autocomplete: "name", MaxLength: 100, Autofocus: true},
			{Name: "email", Label: r.T("setup.field.email"), Kind: ui.Email, Value: r.Text("email"), Required: true, Autocomplete: "email", MaxLength: 254},
			newPassword(r),
		}}
}

func newPassword(r *frame.Request) ui.Field {
	return ui.Field{Name: "password", Label: r.T("setup.field.newpassword"), Kind: ui.Password, Required: true, Autocomplete: "new-password",
		Hint: r.T("setup.field.newpassword.hint", "n", secret.MinPassword), MaxLength: secret.MaxPassword}
}

func makeOwner(w http.ResponseWriter, r *frame.Request) error {
	open, err := mayBegin(r)
	switch {
	case err != nil:
		return err
	case !open:
		return r.Redirect(w, "/sign-in", "")
	}
	if err := createOwner(r); err != nil {
		return again(w, r, firstRunPage(r), firstRunForm(r), err, func(f ui.Form) ui.Stack { return ui.Stack{f} })
	}
	token, s, err := auth.SignIn(r.Context(), r.Deps().DB, r.Text("email"), r.FormValue("password"), r.Deps().ClientIP(r.Request), r.UserAgent())
	if err != nil {
		return err
	}
	r.SignIn(w, token, s.ExpiresAt)
	return r.Redirect(w, "/start", "")
}

func createOwner(r *frame.Request) error {
	hash, wrong := secret.HashPassword(r.FormValue("password"))
	if r.Text("name") == "" {
		wrong = joinFaults(fault.Invalid(r.T("setup.first.noname")).In("name"), wrong)
	}
	if wrong != nil {
		return wrong
	}
	return r.Update(func(tx *db.Tx) error {
		if err := tx.Lock(r.Context(), "first run"); err != nil {
			return err
		}
		known, err := auth.AnyMerchant(r.Context(), tx)
		if err != nil {
			return err
		}
		if known {
			return fault.Conflict("not_first", r.T("setup.first.taken"))
		}
		user, err := auth.CreateUser(r.Context(), tx, auth.NewUser{Email: r.Text("email"), Name: r.Text("name"), PasswordHash: hash, Role: auth.RoleOwner})
		if err != nil {
			return err
		}
		by := auth.Principal{Kind: auth.KindMerchant, ID: user.ID, Name: user.Name}
		return audit.Record(r.Context(), tx, by, "", "user.create", user.ID, nil, map[string]any{"name": user.Name, "role": auth.RoleOwner}, "")
	})
}

// joinFaults puts two errors of a form together; what is no fault goes first.
func joinFaults(errs ...error) error {
	var faults []*fault.Error
	for _, err := range errs {
		if err == nil {
			continue
		}
		f, ok := fault.As(err)
		if !ok {
			return err
		}
		faults = append(faults, f)
		faults = append(faults, f.Others...)
	}
	return fault.Join(faults...)
}
