package desk

import (
	"errors"
	"net/http"
	"net/url"

	qrcode "github.com/skip2/go-qrcode"

	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/fault"
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

func codesTable(r *frame.Request, tx *db.Tx, who partner) (ui.Table, error) {
	all, _, err := links.ListCodes(r.Context(), tx, links.Filter{Program: r.Program.ID, Partnership: who.ID}, db.Page{Limit: 200})
	if err != nil {
		return ui.Table{}, err
	}
	figures, err := figuresBy(r, tx, who, analytics.ByCode)
	if err != nil {
		return ui.Table{}, err
	}
	t := ui.Table{ID: "codes", Caption: r.T("partners.codes"), Path: who.url(r, "/links"), Query: r.URL.Query(), Columns: []ui.Column{
		{Key: "code", Label: r.T("partners.codes.code")}, {Key: "sales", Label: r.T("partners.sales"), Figure: true, Hint: r.T("partners.last30")},
		{Key: "commission", Label: r.T("partners.commission"), Figure: true, Hint: r.T("partners.last30")},
		{Key: "made", Label: r.T("partners.made")}, {Key: "state", Label: r.T("creators.column.status")}, {Key: "act", Label: r.T("partners.codes.act")},
	}, Empty: ui.EmptyState{Icon: "discount", Title: r.T("partners.codes.none"), Text: r.T("partners.codes.none.text")}}
	for _, c := range all {
		row := figures[string(c.ID)]
		if row.Commission.Currency == "" {
			row = results{}.of("", r.Program.Currency)
		}
		t.Rows = append(t.Rows, ui.Row{ID: string(c.ID), Label: c.Code, Muted: !c.EndedAt.IsZero(), Cells: []any{
			c.Code, row.Conversions, row.Commission, c.CreatedAt, currentBadge(r, c.EndedAt.IsZero()), codeAct(r, who, c),
		}})
	}
	return t, nil
}

func codeAct(r *frame.Request, who partner, c links.Code) any {
	if !c.EndedAt.IsZero() || !r.P.Can(r.Program.ID, auth.PermManage) {
		return ui.HTML("")
	}
	return ui.Action{Label: r.T("partners.end"), URL: who.url(r, "/codes/"+string(c.ID)+"/end"), Dialog: true, Look: ui.Quiet}
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
	return r.Redirect(w, partnerURL(r, made.Partnership, "/links/"+string(made.ID)), "partners.links.made")
}

// knowLink lets the redirect of this process know at once.
func knowLink(r *frame.Request, tx *db.Tx, l links.Link) error {
	if r.Deps().Links == nil {
		return nil
	}
	return r.Deps().Links.Now(r.Context(), tx, l)
}

func makeCode(w http.ResponseWriter, r *frame.Request) error {
	err := r.Update(func(tx *db.Tx) error {
		p, err := partnershipIn(r, tx, partnerships.ID(r.PathValue("partnership")))
		if err != nil {
			return err
		}
		made, err := links.CreateCode(r.Context(), tx, links.NewCode{Partnership: p.ID, Code: r.Text("code")})
		if err != nil {
			return err
		}
		return keepAudit(r, tx, "code.create", string(made.ID), nil, map[string]any{"code": made.Code}, "")
	})
	if frame.IsMistake(err) {
		return showLinks(w, r, http.StatusUnprocessableEntity, nil, err)
	}
	if err != nil {
		return err
	}
	return r.Redirect(w, partnerURL(r, partnerships.ID(r.PathValue("partnership")), "/links"), "partners.codes.made")
}

// findCode is the code in the address, if it belongs to the partner there.
func findCode(r *frame.Request, tx *db.Tx) (links.Code, error) {
	p, err := partnershipIn(r, tx, partnerships.ID(r.PathValue("partnership")))
	if err != nil {
		return links.Code{}, err
	}
	c, err := links.FindCode(r.Context(), tx, links.CodeID(r.PathValue("code")))
	if err == nil && c.Partnership != p.ID {
		err = fault.NotFound("code")
	}
	return c, err
}

func askEndCode(w http.ResponseWriter, r *frame.Request) error {
	var c links.Code
	if err := r.View(func(tx *db.Tx) (err error) { c, err = findCode(r, tx); return err }); err != nil {
		return err
	}
	back := partnerURL(r, c.Partnership, "/links")
	p := r.Page("creators", "partners.codes.end.title", "code", c.Code)
	p.Breadcrumb = []ui.Link{{Label: r.T("partners.tab.links"), URL: back}}
	return r.Render(w, http.StatusOK, "desk_creators_form", p, formBody{Note: r.T("partners.codes.end.what"), Form: ui.Form{
		Action: partnerURL(r, c.Partnership, "/codes/"+string(c.ID)+"/end"), Submit: r.T("partners.end"), Look: ui.Danger, Cancel: &ui.Link{Label: r.T("ui.cancel"), URL: back},
	}})
}

func endCode(w http.ResponseWriter, r *frame.Request) error {
	err := r.Update(func(tx *db.Tx) error {
		c, err := findCode(r, tx)
		if err != nil || !c.EndedAt.IsZero() {
			return err
		}
		if err := links.EndCode(r.Context(), tx, c.ID); err != nil {
			return err
		}
		return keepAudit(r, tx, "code.end", string(c.ID), nil, map[string]any{"code": c.Code}, "")
	})
	if err != nil {
		return err
	}
	return r.Redirect(w, partnerURL(r, partnerships.ID(r.PathValue("partnership")), "/links"), "partners.codes.ended")
}

type linkBody struct {
	Copy  ui.CopyField
	QR    ui.QR
	Facts ui.Definitions
	End   *ui.Action
}

// findLink is the link in the address, if it belongs to the partner there.
func findLink(r *frame.Request, tx *db.Tx) (who partner, l links.Link, err error) {
	if who, err = findPartner(r, tx); err != nil {
		return who, l, err
	}
	l, err = links.Find(r.Context(), tx, links.ID(r.PathValue("link")))
	if err == nil && l.Partnership != who.ID {
		err = fault.NotFound("link")
	}
	return who, l, err
}

func showLink(w http.ResponseWriter, r *frame.Request) error {
	var who partner
	var l links.Link
	var figures map[string]analytics.Row
	err := r.View(func(tx *db.Tx) (err error) {
		if who, l, err = findLink(r, tx); err != nil {
			return err
		}
		figures, err = figuresBy(r, tx, who, analytics.ByLink)
		return err
	})
	if err != nil {
		return err
	}
	address := l.URL(r.Deps().LinkBase)
	p := r.Page("creators", "partners.link.title", "name", who.Creator.Name)
	p.Breadcrumb = []ui.Link{{Label: r.T("creators.title"), URL: r.To("/creators")}, {Label: who.Creator.Name, URL: who.url(r, "")}, {Label: r.T("partners.tab.links"), URL: who.url(r, "/links")}}
	body := linkBody{
		Copy: ui.CopyField{Label: r.T("partners.links.link"), Value: address, Share: true, Hint: r.T("partners.links.copy.hint")},
		QR:   ui.QR{Text: address, Caption: r.T("partners.links.qr"), DownloadURL: who.url(r, "/links/"+string(l.ID)+"/qr.png")},
		Facts: ui.Definitions{
			{Label: r.T("partners.links.leads"), Value: l.Destination}, {Label: r.T("partners.made"), Value: l.CreatedAt},
			{Label: r.T("partners.clicks"), Value: figures[string(l.ID)].Clicks, Hint: r.T("partners.last30")},
			{Label: r.T("partners.sales"), Value: figures[string(l.ID)].Conversions, Hint: r.T("partners.last30")},
			{Label: r.T("creators.column.status"), Value: currentBadge(r, l.EndedAt.IsZero())},
		},
	}
	if l.EndedAt.IsZero() && r.P.Can(r.Program.ID, auth.PermManage) {
		body.End = endAction(r, who, l)
	}
	return r.Render(w, http.StatusOK, "desk_partners_link", p, body)
}

func endAction(r *frame.Request, who partner, l links.Link) *ui.Action {
	return &ui.Action{Label: r.T("partners.links.end"), URL: who.url(r, "/links/"+string(l.ID)+"/end"), Post: true, Look: ui.Danger, Confirm: &ui.Confirm{
		Title: r.T("partners.links.end.title"), What: r.T("partners.links.end.what"), Undo: r.T("partners.links.end.undo"), Button: r.T("partners.links.end"), Danger: true,
	}}
}

func endLink(w http.ResponseWriter, r *frame.Request) error {
	err := r.Update(func(tx *db.Tx) error {
		_, l, err := findLink(r, tx)
		if err != nil || !l.EndedAt.IsZero() {
			return err
		}
		if err := links.End(r.Context(), tx, l.ID); err != nil {
			return err
		}
		if l, err = links.Find(r.Context(), tx, l.ID); err != nil {
			return err
		}
		return errors.Join(knowLink(r, tx, l), keepAudit(r, tx, "link.end", string(l.ID), nil, map[string]any{"slug": l.Slug}, ""))
	})
	if err != nil {
		return err
	}
	return r.Redirect(w, partnerURL(r, partnerships.ID(r.PathValue("partnership")), "/links"), "partners.links.ended")
}

// linkPicture is the link as a QR code to be printed.
func linkPicture(w http.ResponseWriter, r *frame.Request) error {
	var l links.Link
	if err := r.View(func(tx *db.Tx) (err error) { _, l, err = findLink(r, tx); return err }); err != nil {
		return err
	}
	picture, err := qrcode.Encode(l.URL(r.Deps().LinkBase), qrcode.Medium, 1024)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "image/png")
	w.Header().Set("Content-Disposition", `attachment; filename="`+l.Slug+`.png"`)
	_, err = w.Write(picture)
	return err
}
