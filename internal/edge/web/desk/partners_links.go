package desk

import (
	"net/http"
	"net/url"

	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/edge/web/area"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
	"rapport/internal/learn/analytics"
	"rapport/internal/partner/partnerships"
	"rapport/internal/partner/terms"
	"rapport/internal/track/links"
)

type linksBody struct {
	Head     partnerHead
	LinkForm *ui.Form
	CodeForm *ui.Form
	Links    ui.Table
	Codes    ui.Table
}

func partnerLinks(w http.ResponseWriter, r *frame.Request) error {
	return showLinks(w, r, http.StatusOK, nil, nil)
}

// showLinks draws the page, with what was wrong about a link or a code beside its form.
func showLinks(w http.ResponseWriter, r *frame.Request, status int, wrongLink, wrongCode error) error {
	var body linksBody
	who, head, err := withPartner(r, func(tx *db.Tx, who partner) (err error) {
		if r.P.Can(r.Program.ID, auth.PermManage) && who.Status.Earns() {
			if err := body.forms(r, tx, who, wrongLink, wrongCode); err != nil {
				return err
			}
		}
		if body.Links, err = linksTable(r, tx, who); err != nil {
			return err
		}
		body.Codes, err = codesTable(r, tx, who)
		return err
	})
	if err != nil {
		return err
	}
	body.Head = head
	return r.Render(w, status, "desk_partners_links", partnerPage(r, who, "/links"), body)
}

func (b *linksBody) forms(r *frame.Request, tx *db.Tx, who partner, wrongLink, wrongCode error) error {
	effective, err := partnerships.EffectiveTerms(r.Context(), tx, who.Partnership)
	if err != nil {
		return err
	}
	code := r.FormValue("code")
	if code == "" {
		if code, err = links.Suggest(r.Context(), tx, r.Program.ID, who.Creator.Name, offerFigure(effective.Offer)); err != nil {
			return err
		}
	}
	b.LinkForm = &ui.Form{Action: who.url(r, "/links"), Submit: r.T("partners.links.make"), Fields: []ui.Field{
		{Name: "destination", Label: r.T("partners.links.destination"), Hint: r.T("partners.links.destination.hint", "site", firstSite(r)), Kind: ui.Text, Value: r.FormValue("destination"), MaxLength: 2000, Required: true},
		{Name: "slug", Label: r.T("partners.links.slug"), Hint: r.T("partners.links.slug.hint", "base", r.Deps().LinkBase), Value: r.FormValue("slug"), MaxLength: 64},
	}}
	b.CodeForm = &ui.Form{Action: who.url(r, "/codes"), Submit: r.T("partners.codes.make"), Fields: []ui.Field{
		{Name: "code", Label: r.T("partners.codes.code"), Hint: r.T("partners.codes.hint"), Value: code, MaxLength: 64, Required: true},
	}}
	b.LinkForm.Fail(wrongLink)
	b.CodeForm.Fail(wrongCode)
	return nil
}

func firstSite(r *frame.Request) string {
	if len(r.Program.Sites) == 0 {
		return r.T("partners.links.no_site")
	}
	return r.Program.Sites[0]
}

// offerFigure is what a code's end says of the offer: 10 for 10 % off.
func offerFigure(o terms.Offer) string {
	if o.Kind == terms.OfferPercent {
		return o.Percent.String()
	}
	return ""
}

func linksTable(r *frame.Request, tx *db.Tx, who partner) (ui.Table, error) {
	all, next, err := links.List(r.Context(), tx, links.Filter{Program: r.Program.ID, Partnership: who.ID}, r.After())
	if err != nil {
		return ui.Table{}, err
	}
	figures, err := figuresBy(r, tx, who, analytics.ByLink)
	if err != nil {
		return ui.Table{}, err
	}
	t := ui.Table{ID: "links", Caption: r.T("partners.links"), Path: who.url(r, "/links"), Query: r.URL.Query(), Next: next, Columns: []ui.Column{
		{Key: "link", Label: r.T("partners.links.link")}, {Key: "destination", Label: r.T("partners.links.leads")},
		{Key: "clicks", Label: r.T("partners.clicks"), Figure: true, Hint: r.T("partners.last30")}, {Key: "sales", Label: r.T("partners.sales"), Figure: true, Hint: r.T("partners.last30")},
		{Key: "made", Label: r.T("partners.made")}, {Key: "state", Label: r.T("creators.column.status")},
	}, Empty: ui.EmptyState{Icon: "link", Title: r.T("partners.links.none"), Text: r.T("partners.links.none.text")}}
	for _, l := range all {
		row := figures[string(l.ID)]
		t.Rows = append(t.Rows, ui.Row{ID: string(l.ID), Label: l.Slug, URL: who.url(r, "/links/"+string(l.ID)), Muted: !l.EndedAt.IsZero(), Cells: []any{
			shortURL(l.URL(r.Deps().LinkBase)), shortURL(l.Destination), row.Clicks, row.Conversions, l.CreatedAt, currentBadge(r, l.EndedAt.IsZero()),
		}})
	}
	return t, nil
}

// figuresBy are a partner's figures of the last 30 days by the ids of links or codes.
func figuresBy(r *frame.Request, tx *db.Tx, who partner, by analytics.Dimension) (map[string]analytics.Row, error) {
	tail, err := tailClicks(r, tx)
	if err != nil {
		return nil, err
	}
	report, err := analytics.Make(r.Context(), tx, analytics.Query{Program: r.Program.ID, Partnership: who.ID, GroupBy: by, Tail: tail})
	if err != nil {
		return nil, err
	}
	rows := make(map[string]analytics.Row, len(report.Rows))
	for _, row := range report.Rows {
		rows[row.Key] = row
	}
	return rows, nil
}

// shortURL leaves out what every address begins with, and the end of long ones.
func shortURL(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return cutText(raw, 60)
	}
	text := u.Host + u.EscapedPath()
	if u.RawQuery != "" {
		text += "?" + u.RawQuery
	}
	if short := cutText(text, 60); short != text {
		return short + "…"
	}
	return text
}

func currentBadge(r *frame.Request, current bool) ui.Badge {
	if current {
		return ui.Badge{Label: r.T("partners.current"), Tone: ui.Good}
	}
	return ui.Badge{Label: r.T("partners.ended"), Icon: "circle-x"}
}

func makeLink(w http.ResponseWriter, r *frame.Request) error {
	var made links.Link
	err := r.Update(func(tx *db.Tx) error {
		p, err := partnershipIn(r, tx, partnerships.ID(r.PathValue("partnership")))
		if err != nil {
			return err
		}
		if made, err = links.Create(r.Context(), tx, links.New{Partnership: p.ID, Destination: r.Text("destination"), Slug: r.Text("slug")}); err != nil {
			return err
		}
		if err := knowLink(r, tx, made); err != nil {
			return err
		}
		return keepAudit(r, tx, "link.create", string(made.ID), nil, map[string]any{"slug": made.Slug, "destination": made.Destination}, "")
	})
	if frame.IsMistake(err) {
		return showLinks(w, r, http.StatusUnprocessableEntity, err, nil)
	}
	if err != nil {
		return err
	}
	return r.Redirect(w, area.PartnerURL(r, made.Partnership, "/links/"+string(made.ID)), "partners.links.made")
}

// knowLink lets the redirect of this process know at once.
func knowLink(r *frame.Request, tx *db.Tx, l links.Link) error {
	if r.Deps().Links == nil {
		return nil
	}
	return r.Deps().Links.Now(r.Context(), tx, l)
}
