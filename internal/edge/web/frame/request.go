package frame

import (
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/programs"
	"rapport/internal/edge/web/text"
	"rapport/internal/edge/web/ui"
	"rapport/internal/partner/partnerships"
)

// Request is a request whose questions are answered. Program is set on the desk and in the portal, Partnership in the portal only.
type Request struct {
	*http.Request
	P            auth.Principal // Kind is "" for nobody
	Session      auth.Session
	Token        string // of the session
	Program      programs.Program
	Programs     []programs.Program // that the person may switch to
	Partnership  partnerships.Partnership
	Partnerships []partnerships.Partnership // of the creator
	mux          *Mux
	sent         io.ReadCloser // the body of a POST without its bound
}

// Upload lets a form with files have a larger body than others. Call it before the first field is asked for.
func (r *Request) Upload(w http.ResponseWriter, most int64) {
	r.Body = http.MaxBytesReader(w, r.sent, most)
}

// Lang is the language pages are written in.
const Lang = "en"

// View reads the database.
func (r *Request) View(f func(tx *db.Tx) error) error { return r.mux.DB.View(r.Context(), f) }

// Update changes the database.
func (r *Request) Update(f func(tx *db.Tx) error) error { return r.mux.DB.Update(r.Context(), f) }

// Base is where the addresses of this part begin: /p/{program} on the desk, /c/{partnership} in the portal.
func (r *Request) Base() string {
	switch {
	case r.Partnership.ID != "":
		return "/c/" + string(r.Partnership.ID)
	case r.Program.ID != "":
		return "/p/" + string(r.Program.ID)
	default:
		return ""
	}
}

// To is an address of this part: r.To("/sales").
func (r *Request) To(path string) string { return r.Base() + path }

// T is a text of the catalogue.
func (r *Request) T(key string, pairs ...any) string { return text.T(Lang, key, pairs...) }

// Locale is how figures and dates are written for the reader.
func (r *Request) Locale() text.Locale { return text.Locale{Lang: Lang, Zone: r.Program.Location()} }

// Page begins a page: active is the entry of the navigation, titleKey the catalogue's key of the question the page answers.
func (r *Request) Page(active, titleKey string, pairs ...any) *ui.Page {
	p := &ui.Page{Layout: ui.Plain, Title: r.T(titleKey, pairs...), Lang: Lang, Active: active, SignOutURL: "/sign-out", Flash: r.flash()}
	if r.P.Kind != "" {
		p.User = ui.User{Name: r.P.Name, Role: r.role()}
	}
	if r.Program.ID == "" {
		return p
	}
	p.Zone = r.Program.Location()
	p.Program = ui.Program{Name: r.Program.Name, Accent: r.Program.Colour}
	if r.Program.LogoBlob != "" {
		p.Program.LogoURL = "/logo/" + string(r.Program.ID) + "?v=" + url.QueryEscape(r.Program.LogoBlob)
	}
	if r.Partnership.ID != "" {
		r.portal(p)
	} else {
		r.desk(p)
	}
	return p
}

func (r *Request) desk(p *ui.Page) {
	p.Layout, p.Nav = ui.Desk, ui.DeskNav(Lang, r.Base())
	for _, other := range r.Programs {
		p.Programs = append(p.Programs, ui.Link{Label: other.Name, URL: "/p/" + string(other.ID) + "/", Active: other.ID == r.Program.ID})
	}
	if r.P.Can(r.Program.ID, auth.PermSettings) {
		p.Menu = append(p.Menu, ui.Link{Label: r.T("menu.settings"), URL: r.To("/settings"), Icon: "settings"})
	}
	p.Menu = append(p.Menu, ui.Link{Label: r.T("menu.account"), URL: "/account", Icon: "user"})
}

func (r *Request) portal(p *ui.Page) {
	p.Layout, p.Nav = ui.Portal, ui.PortalNav(Lang, r.Base())
	for _, other := range r.Partnerships {
		if i := slices.IndexFunc(r.Programs, func(in programs.Program) bool { return in.ID == other.Program }); i >= 0 {
			p.Programs = append(p.Programs, ui.Link{Label: r.Programs[i].Name, URL: "/c/" + string(other.ID) + "/", Active: other.ID == r.Partnership.ID})
		}
	}
	if !r.P.ReadOnly {
		p.Menu = append(p.Menu, ui.Link{Label: r.T("connect.menu"), URL: r.To("/accounts"), Icon: "plug"})
		p.Menu = append(p.Menu, ui.Link{Label: r.T("menu.account"), URL: "/account", Icon: "user"})
		return
	}
	if r.Header.Get("Sec-Fetch-Dest") == "iframe" {
		return // shown in a phone on the desk, which says what it is
	}
	p.ReadOnly = &ui.Banner{Text: r.T("menu.viewing_as"), Stop: &ui.Action{Label: r.T("menu.stop_viewing"), URL: "/p/" + string(r.Program.ID) + "/view-as/stop", Post: true, Full: true,
		Hidden: []ui.Pair{{Label: "partnership", Value: string(r.Partnership.ID)}}}}
}

func (r *Request) role() string {
	if r.P.Kind != auth.KindMerchant {
		return r.T("role.creator")
	}
	role := r.P.Installation
	if own, ok := r.P.Roles[r.Program.ID]; ok && role == "" {
		role = own
	}
	if role == "" {
		return ""
	}
	return r.T("role." + string(role))
}

// Render draws a page with its body.
func (r *Request) Render(w http.ResponseWriter, status int, name string, p *ui.Page, body any) error {
	p.Body = body
	if p.Flash != nil {
		r.forgetFlash(w)
	}
	return r.mux.Set.Render(w, r.Request, status, name, p)
}

// Part draws one component alone, for htmx.
func (r *Request) Part(w http.ResponseWriter, status int, c ui.Component) error {
	return r.mux.Set.Part(w, status, r.Locale(), c)
}

// Redirect answers a POST: the browser gets the page that shows what was done. flashKey may be "".
func (r *Request) Redirect(w http.ResponseWriter, to, flashKey string, pairs ...any) error {
	if flashKey != "" {
		setFlash(w, r.mux.secure(), r.T(flashKey, pairs...))
	}
	http.Redirect(w, r.Request, to, http.StatusSeeOther)
	return nil
}

// Deps is what the page stands on.
func (r *Request) Deps() *Deps { return &r.mux.Deps }

// After is the cursor of the page that is asked for.
func (r *Request) After() db.Page { return db.Page{After: r.FormValue("after")} }

// Text is a field of the form without blanks around it.
func (r *Request) Text(field string) string { return strings.TrimSpace(r.FormValue(field)) }

// IsMistake reports whether err is about what was entered, so that the form is shown again with the faults beside its fields.
func IsMistake(err error) bool {
	kind := fault.KindOf(err)
	return kind == fault.KindInvalid || kind == fault.KindConflict
}
