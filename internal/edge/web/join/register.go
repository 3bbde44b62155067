package join

import (
	"embed"

	"rapport/internal/base/auth"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/welcome"
)

// Templates are the pages of this package.
//
//go:embed *.html
var Templates embed.FS

// Register puts the pages of this package on m.
func Register(m *frame.Mux) {
	m.Open("GET /join/{slug}", showForm)
	m.Open("POST /join/{slug}", apply)
	m.Open("GET /join/{slug}/sent", showSent)
	m.Open("GET /join/{slug}/application/{token}", showOwn)
	m.Open("POST /join/{slug}/application/{token}", confirm)

	m.Desk("GET /creators/applications", auth.PermView, list)
	m.Desk("GET /creators/applications/form", auth.PermManage, editForm)
	m.Desk("POST /creators/applications/form", auth.PermManage, saveForm)
	m.Desk("GET /creators/applications/rules", auth.PermManage, editRules)
	m.Desk("POST /creators/applications/rules", auth.PermManage, addRule)
	m.Desk("POST /creators/applications/rules/remove", auth.PermManage, removeRule)
	m.Desk("GET /creators/applications/{partnership}", auth.PermView, showOne)
	m.Desk("POST /creators/applications/{partnership}/approve", auth.PermManage, approve)
	m.Desk("GET /creators/applications/{partnership}/refuse", auth.PermManage, askRefusal)
	m.Desk("POST /creators/applications/{partnership}/refuse", auth.PermManage, refuse)

	m.Portal("POST /accept", accept)
}

// host is what welcoming needs, of the request.
func host(r *frame.Request) welcome.Host {
	return welcome.Host{Box: r.Deps().Box, Links: r.Deps().Links, BaseURL: r.Deps().BaseURL, Fit: r.Deps().Fit}
}
