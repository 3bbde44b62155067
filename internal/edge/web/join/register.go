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
	m.Open("GET /join/{slug}/bought", showBought)
	m.Open("POST /join/{slug}/bought", bought)

	m.Desk("GET /applications", auth.PermView, list)
	m.Desk("GET /applications/form", auth.PermManage, editForm)
	m.Desk("POST /applications/form", auth.PermManage, saveForm)
	m.Desk("GET /applications/rules", auth.PermManage, editRules)
	m.Desk("POST /applications/rules", auth.PermManage, addRule)
	m.Desk("POST /applications/rules/remove", auth.PermManage, removeRule)
	m.Desk("GET /applications/{partnership}", auth.PermView, showOne)
	m.Desk("POST /applications/{partnership}/approve", auth.PermManage, approve)
	m.Desk("GET /applications/{partnership}/refuse", auth.PermManage, askRefusal)
	m.Desk("POST /applications/{partnership}/refuse", auth.PermManage, refuse)

	m.Portal("POST /accept", accept)
}

// host is what welcoming needs, of the request.
func host(r *frame.Request) welcome.Host {
	return welcome.Host{Box: r.Deps().Box, Links: r.Deps().Links, BaseURL: r.Deps().BaseURL, Fit: r.Deps().Fit}
}
