package desk

import (
	"net/http"

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
	return r.Redirect(w, area.PartnerURL(r, partnerships.ID(r.PathValue("partnership")), "/links"), "partners.codes.made")
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
	back := area.PartnerURL(r, c.Partnership, "/links")
	p := r.Page("creators", "partners.codes.end.title", "code", c.Code)
	p.Breadcrumb = []ui.Link{{Label: r.T("partners.tab.links"), URL: back}}
	return r.Render(w, http.StatusOK, "desk_creators_form", p, formBody{Note: r.T("partners.codes.end.what"), Form: ui.Form{
		Action: area.PartnerURL(r, c.Partnership, "/codes/"+string(c.ID)+"/end"), Submit: r.T("partners.end"), Look: ui.Danger, Cancel: &ui.Link{Label: r.T("ui.cancel"), URL: back},
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
	return r.Redirect(w, area.PartnerURL(r, partnerships.ID(r.PathValue("partnership")), "/links"), "partners.codes.ended")
}
