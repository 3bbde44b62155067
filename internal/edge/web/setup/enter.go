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

// maxToken bounds what is taken for a link's token, in bytes.
const maxToken = 128

// enterPage shows a button: programs that preview mails open their links, and must not use them up.
func enterPage(w http.ResponseWriter, r *frame.Request) error {
	user, purpose, err := linkOwner(r)
	if fault.KindOf(err) == fault.KindUnauthenticated {
		return deadLink(w, r)
	}
	if err != nil {
		return err
	}
	return show(w, r, enterFrame(r, user, purpose), enterForm(r, user, purpose))
}

func linkOwner(r *frame.Request) (user auth.User, purpose auth.Purpose, err error) {
	token := r.PathValue("token")
	if len(token) > maxToken {
		return user, purpose, fault.NotFound("page")
	}
	err = r.View(func(tx *db.Tx) (err error) {
		user, purpose, err = auth.LinkOwner(r.Context(), tx, token)
		return err
	})
	return user, purpose, err
}

func deadLink(w http.ResponseWriter, r *frame.Request) error {
	p := r.Page("", "setup.dead.title")
	p.Layout = ui.Plain
	return r.Render(w, http.StatusGone, "setup_page", p, ui.Stack{ui.Words(r.T("setup.dead.text")),
		ways(ui.Link{URL: "/sign-in/link", Label: r.T("setup.signin.creator")}, ui.Link{URL: "/sign-in", Label: r.T("setup.dead.signin")})})
}

func enterFrame(r *frame.Request, user auth.User, purpose auth.Purpose) *ui.Page {
	p := r.Page("", "setup.enter.title", "name", user.DisplayName())
	p.User = ui.User{}
	p.Lead = r.T("setup.enter.lead")
	if setsPassword(user, purpose) {
		p.Lead = r.T("setup.enter.password")
	}
	return p
}

// setsPassword says whether the link lets its user choose a password: who forgot theirs, and who was invited and never had one.
func setsPassword(user auth.User, purpose auth.Purpose) bool {
	return user.Kind == auth.KindMerchant && (purpose == auth.PurposeReset || !user.HasPassword)
}

func enterForm(r *frame.Request, user auth.User, purpose auth.Purpose) ui.Form {
	f := ui.Form{Action: "/enter/" + r.PathValue("token"), Full: true, Submit: r.T("setup.enter.submit")}
	if setsPassword(user, purpose) {
		f.Hidden = []ui.Pair{{Label: "username", Value: user.Email}} // for the browser's memory of passwords
		f.Fields = []ui.Field{newPassword(r)}
	}
	return f
}

// enter spends the link. A password is checked before, so that a short one does not cost the link.
func enter(w http.ResponseWriter, r *frame.Request) error {
	user, purpose, err := linkOwner(r)
	var hash string
	if err == nil && setsPassword(user, purpose) {
		if hash, err = secret.HashPassword(r.FormValue("password")); err != nil {
			return again(w, r, enterFrame(r, user, purpose), enterForm(r, user, purpose), err, func(f ui.Form) ui.Stack { return ui.Stack{f} })
		}
	}
	var token string
	var s auth.Session
	if err == nil {
		token, s, err = auth.UseLoginLink(r.Context(), r.Deps().DB, r.PathValue("token"), r.UserAgent())
	}
	if fault.KindOf(err) == fault.KindUnauthenticated {
		return deadLink(w, r)
	}
	if err != nil {
		return err
	}
	if err := settleIn(r, user, s, hash); err != nil {
		return err
	}
	r.SignIn(w, token, s.ExpiresAt)
	return r.Redirect(w, "/", "")
}

func settleIn(r *frame.Request, user auth.User, s auth.Session, hash string) error {
	if err := endOther(r); err != nil || hash == "" {
		return err
	}
	return r.Update(func(tx *db.Tx) error {
		if err := auth.SetPassword(r.Context(), tx, user.ID, hash, s.ID); err != nil {
			return err
		}
		by := auth.Principal{Kind: auth.KindMerchant, ID: user.ID, Name: user.DisplayName()}
		return audit.Record(r.Context(), tx, by, "", "user.password", user.ID, nil, nil, "")
	})
}
