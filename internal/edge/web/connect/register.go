package connect

import (
	"embed"

	"rapport/internal/base/auth"
	"rapport/internal/edge/web/frame"
)

// Templates are the pages of this package.
//
//go:embed *.html
var Templates embed.FS

// Register puts the pages of this package on m.
func Register(m *frame.Mux) {
	registerTalking(m)
	m.Desk("GET /platforms", auth.PermView, platformsPage)
	m.Desk("POST /platforms/accounts/{account}/refresh", auth.PermManage, refreshAccount)
	m.Desk("POST /platforms/conflicts/{conflict}/settle", auth.PermManage, settleConflict)
	m.Desk("GET /settings/platforms", auth.PermSettings, appsPage)
	m.Desk("POST /settings/platforms/{platform}", auth.PermSettings, saveApp)
	m.Desk("POST /settings/platforms/{platform}/remove", auth.PermSettings, removeApp)
	m.Desk("POST /settings/platform-terms/accept", auth.PermSettings, acceptTerms)
	m.Desk("POST /settings/platform-terms/withdraw", auth.PermSettings, withdrawTerms)
	m.Portal("GET /accounts", accountsPage)
	m.Portal("POST /accounts/{platform}", begin)
	m.Portal("POST /accounts/{account}/disconnect", disconnect)
	m.Signed("GET /connect/{platform}/callback", callback)
}
