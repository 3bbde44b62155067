package desk

import (
	"net/http"

	qrcode "github.com/skip2/go-qrcode"

	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/edge/web/area"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
	"rapport/internal/learn/analytics"
	"rapport/internal/partner/partnerships"
	"rapport/internal/track/links"
)

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
		if err := knowLink(r, tx, l); err != nil {
			return err
		}
		return keepAudit(r, tx, "link.end", string(l.ID), nil, map[string]any{"slug": l.Slug}, "")
	})
	if err != nil {
		return err
	}
	return r.Redirect(w, area.PartnerURL(r, partnerships.ID(r.PathValue("partnership")), "/links"), "partners.links.ended")
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
