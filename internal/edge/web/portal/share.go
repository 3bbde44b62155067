package portal

import (
	"net/http"
	"strings"

	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
	"rapport/internal/learn/analytics"
	"rapport/internal/track/links"
)

func registerShare(m *frame.Mux) {
	m.Portal("GET /share", share)
	m.Portal("POST /share", makeLink)
	m.Portal("GET /share/links/{link}", shareLink)
	m.Portal("GET /share/links/{link}/qr.png", linkPicture)
}

// linksAPage is few: each has a card of its own.
const linksAPage = 10

// shareBody is what "portal_share" shows.
type shareBody struct {
	NoneYet *ui.EmptyState
	Caption *ui.CopyField
	Codes   []sharedThing
	QR      *picture
	Links   []sharedThing
	Pager   ui.Pager
	Make    *ui.Form
	Over    string // why no link can be made any more
	Locked  bool   // the form is a text: somebody looks as the creator
}

// sharedThing is a link or a code with what it brought.
type sharedThing struct {
	Title   string
	Field   *ui.CopyField
	Brought string
	URL     string // its own page, or ""
}

func share(w http.ResponseWriter, r *frame.Request) error {
	return showShare(w, r, http.StatusOK, linkForm(r), r.After())
}

func showShare(w http.ResponseWriter, r *frame.Request, status int, form ui.Form, after db.Page) error {
	var s sharable
	var page []links.Link
	var next string
	var brought map[string]analytics.Row
	p, err := see(r, "share", "share.title", func(tx *db.Tx) (err error) {
		if s, err = readSharable(r, tx); err != nil {
			return err
		}
		after.Limit = linksAPage
		if page, next, err = links.List(r.Context(), tx, currentLinks(r), after); err != nil {
			return err
		}
		brought, err = readBrought(r, tx)
		return err
	})
	if err != nil {
		return err
	}
	b := s.body(r, page, brought)
	if next != "" {
		b.Pager.Next = r.To("/share?after=" + next)
	}
	b.offerForm(r, form)
	return r.Render(w, status, "portal_share", p, b)
}

// offerForm shows the form for a new link to whoever may use it.
func (b *shareBody) offerForm(r *frame.Request, form ui.Form) {
	switch {
	case !r.Partnership.Status.Earns():
		b.Over = r.T("share.over", "program", r.Program.Name)
	case r.P.ReadOnly:
		b.Locked = true
	default:
		b.Make = &form
	}
}

func (s sharable) body(r *frame.Request, page []links.Link, brought map[string]analytics.Row) shareBody {
	b := shareBody{}
	for _, c := range s.codes {
		b.Codes = append(b.Codes, sharedThing{Field: codeField(r, c, s.offer(c)), Brought: broughtLine(r, brought[string(c.ID)], false)})
	}
	for _, l := range page {
		b.Links = append(b.Links, sharedThing{Title: shortAddress(l.Destination), Field: linkField(r, l), Brought: broughtLine(r, brought[string(l.ID)], true), URL: r.To("/share/links/" + string(l.ID))})
	}
	if len(s.links) > 0 || len(s.codes) > 0 {
		b.Caption = s.caption(r, s.first())
	} else {
		b.NoneYet = &ui.EmptyState{Icon: "share", Text: r.T("share.none", "program", r.Program.Name), Action: &ui.Action{Label: r.T("share.none.ask"), URL: r.To("/messages"), Icon: "message-circle"}}
	}
	if len(s.links) > 0 {
		b.QR = linkQR(r, s.first())
	}
	return b
}

// linkForm asks for the page that a link is to lead to.
func linkForm(r *frame.Request) ui.Form {
	return ui.Form{Action: r.To("/share"), Submit: r.T("share.make.submit"), Fields: []ui.Field{{
		Name: "destination", Label: r.T("share.make.address"), Hint: r.T("share.make.hint", "sites", strings.Join(r.Program.Sites, ", ")), Value: r.Text("destination"),
		Required: true, MaxLength: 2000, Placeholder: "https://", Autocomplete: "off",
	}}}
}

// makeLink makes a link to the page whose address was pasted. The one that leads there already is shown instead of a second one.
func makeLink(w http.ResponseWriter, r *frame.Request) error {
	var l links.Link
	err := r.Update(func(tx *db.Tx) (err error) {
		l, err = placeLink(r, tx, withScheme(r.Text("destination")))
		return err
	})
	if frame.IsMistake(err) {
		form := linkForm(r)
		form.Fail(err)
		return showShare(w, r, http.StatusUnprocessableEntity, form, db.Page{})
	}
	if err != nil {
		return err
	}
	return r.Redirect(w, r.To("/share/links/"+string(l.ID)), "share.made")
}

// mostLinks is how many current links a creator may have in a program by their own making; a brand may go beyond.
const mostLinks = 500

func placeLink(r *frame.Request, tx *db.Tx, destination string) (links.Link, error) {
	if !r.Partnership.Status.Earns() {
		return links.Link{}, fault.Conflict("partnership_over", r.T("share.over", "program", r.Program.Name))
	}
	if err := tx.Lock(r.Context(), "links:"+string(r.Partnership.ID)); err != nil {
		return links.Link{}, err
	}
	existing, _, err := links.List(r.Context(), tx, currentLinks(r), db.Page{Limit: mostLinks})
	if err != nil {
		return links.Link{}, err
	}
	u, err := r.Program.CheckDestination(destination)
	if f, ok := fault.As(err); ok && f.Code == "foreign_destination" {
		return links.Link{}, fault.Invalid(r.T("share.foreign", "program", r.Program.Name, "sites", strings.Join(r.Program.Sites, ", "))).In("destination")
	}
	for _, l := range existing {
		if err == nil && l.Destination == u.String() {
			return l, nil
		}
	}
	if len(existing) >= mostLinks {
		return links.Link{}, fault.Conflict("too_many_links", r.T("share.many", "n", mostLinks)).In("destination")
	}
	l, err := links.Create(r.Context(), tx, links.New{Partnership: r.Partnership.ID, Destination: destination})
	if err != nil {
		return l, err
	}
	return l, r.Deps().Links.Now(r.Context(), tx, l)
}

// withScheme completes an address as people type it: "shop.example/serum".
func withScheme(address string) string {
	if address == "" || strings.Contains(address, "://") {
		return address
	}
	return "https://" + address
}

func currentLinks(r *frame.Request) links.Filter {
	return links.Filter{Program: r.Program.ID, Partnership: r.Partnership.ID, Current: true}
}
