package desk

import (
	"embed"
	"net/http"

	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
)

// Templates are the pages of this package.
//
//go:embed *.html
var Templates embed.FS

// Register puts the pages of the desk on m.
func Register(m *frame.Mux) {
	registerHome(m)
	registerCreators(m)
	registerPartners(m)
	registerImports(m)
	registerCampaigns(m)
	registerInbox(m)
	registerSales(m)
	registerCheck(m)
	registerReviews(m)
	registerPayouts(m)
	registerReports(m)
}

// show draws a page of parts.
func show(w http.ResponseWriter, r *frame.Request, p *ui.Page, parts ...ui.Component) error {
	return r.Render(w, http.StatusOK, "desk_page", p, ui.Stack(parts))
}

// again draws a page whose form was refused.
func again(w http.ResponseWriter, r *frame.Request, p *ui.Page, parts ...ui.Component) error {
	return r.Render(w, http.StatusUnprocessableEntity, "desk_page", p, ui.Stack(parts))
}
