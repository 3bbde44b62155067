package setup

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/notify"
	"rapport/internal/base/programs"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
	"rapport/internal/partner/partnerships"
)

func registerEntry(m *frame.Mux) {
	m.Open("GET /{$}", whereTo)
	m.Open("GET /first-run", firstRun)
	m.Open("POST /first-run", makeOwner)
	m.Open("GET /sign-in", signInPage)
	m.Open("POST /sign-in", signIn)
	m.Open("POST /sign-out", signOut)
	m.Open("GET /sign-in/link", linkPage)
	m.Open("POST /sign-in/link", sendLink)
	m.Open("GET /reset", resetPage)
	m.Open("POST /reset", sendReset)
	m.Open("GET /enter/{token}", enterPage)
	m.Open("POST /enter/{token}", enter)
}

// whereTo is the address everybody knows: it leads to what the reader came for.
func whereTo(w http.ResponseWriter, r *frame.Request) error {
	if r.P.Kind == "" {
		return welcome(w, r)
	}
	if err := settle(r); err != nil {
		return err
	}
	switch {
	case r.Base() != "":
		return r.Redirect(w, r.To("/"), "")
	case r.P.Can("", auth.PermSettings):
		return r.Redirect(w, "/start", "")
	default:
		return show(w, r, r.Page("", "setup.nothing.title"), ui.Words(r.T("setup.nothing.text")), signOutButton(r))
	}
}

func signOutButton(r *frame.Request) ui.Component {
	return ui.Action{Label: r.T("setup.signout"), URL: "/sign-out", Post: true, Full: true, Icon: "logout"}
}

func welcome(w http.ResponseWriter, r *frame.Request) error {
	var known bool
	err := r.View(func(tx *db.Tx) (err error) {
		known, err = auth.AnyMerchant(r.Context(), tx)
		return err
	})
	if err != nil || known {
		http.Redirect(w, r.Request, "/sign-in", http.StatusSeeOther)
		return err
	}
	return show(w, r, r.Page("", "setup.fresh.title"), ui.Words(r.T("setup.fresh.text")))
}

// settle gives a page outside a program the frame of the reader's first one, if there is one.
func settle(r *frame.Request) error {
	return r.View(func(tx *db.Tx) (err error) {
		switch r.P.Kind {
		case auth.KindMerchant:
			visible, all := r.P.Visible()
			if all {
				visible = nil
			}
			if r.Programs, _, err = programs.List(r.Context(), tx, visible, db.Page{Limit: 100}); err == nil && len(r.Programs) > 0 {
				r.Program = r.Programs[0]
			}
		case auth.KindCreator:
			err = settleCreator(r, tx)
		case auth.KindKey, auth.KindSystem: // have no sessions
		}
		return err
	})
}

// settleCreator prefers a partnership that runs.
func settleCreator(r *frame.Request, tx *db.Tx) (err error) {
	if r.P.CreatorID == "" {
		return nil
	}
	r.Partnerships, err = partnerships.ListByCreator(r.Context(), tx, creatorID(r.P))
	if err != nil || len(r.Partnerships) == 0 {
		return err
	}
	first := max(0, slices.IndexFunc(r.Partnerships, func(p partnerships.Partnership) bool { return p.Status.Running() }))
	r.Partnership = r.Partnerships[first]
	var ids []programs.ID
	for _, p := range r.Partnerships {
		ids = append(ids, p.Program)
	}
	if r.Programs, _, err = programs.List(r.Context(), tx, ids, db.Page{Limit: 100}); err != nil {
		return err
	}
	r.Program, err = programs.Find(r.Context(), tx, r.Partnership.Program)
	return err
}

// local returns the address inside this site that somebody wanted to see before they were asked to sign in, or "/": nobody is sent elsewhere.
func local(to string) string {
	u, err := url.Parse(to)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || u.Opaque != "" || len(to) > 2000 {
		return "/"
	}
	if !strings.HasPrefix(u.Path, "/") || strings.HasPrefix(u.Path, "//") || strings.ContainsFunc(to, odd) {
		return "/"
	}
	path := (&url.URL{Path: u.Path, RawPath: u.RawPath, RawQuery: u.RawQuery}).String()
	if !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") {
		return "/"
	}
	return path
}

// odd are the characters that browsers read in ways of their own: a backslash is a slash to them, and tabs and line breaks are not there.
func odd(c rune) bool { return c == '\\' || c <= ' ' || c == 0x7f }

// linkTo is the address at which a login link is used.
func linkTo(r *frame.Request, token string) string { return r.Deps().BaseURL + "/enter/" + token }

// mailLink queues the mail that carries a login link; key names its words in the catalogue.
func mailLink(r *frame.Request, tx *db.Tx, user auth.User, token, key string, program programs.Program) error {
	pairs := []any{"name", user.DisplayName(), "program", program.Name, "link", linkTo(r, token)}
	return notify.Queue(r.Context(), tx, r.Deps().Box, notify.Mail{Program: program.ID, To: user.Email,
		Subject: r.T("setup.mail."+key+".subject", pairs...), Text: r.T("setup.mail."+key+".text", pairs...)})
}
