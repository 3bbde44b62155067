package connect_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"rapport/internal/base/db"
	"rapport/internal/base/db/dbtest"
	"rapport/internal/browsertest"
	"rapport/internal/edge/edgetest"
	"rapport/internal/edge/web/assets"
	"rapport/internal/edge/web/ui"
)

// serve shows the pages to a browser that is signed in with the session.
func (w *world) serve(session string) string {
	w.Helper()
	files := ui.Assets()
	server := httptest.NewServer(http.HandlerFunc(func(a http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/assets/") {
			files.ServeHTTP(a, r)
			return
		}
		r.AddCookie(&http.Cookie{Name: "__Host-rapport_session", Value: session})
		w.pages.ServeHTTP(a, r)
	}))
	w.Cleanup(server.Close)
	return server.URL
}

// look opens what both sides see of connected accounts on two screens.
func (w *world) look(browser *browsertest.Browser, state string) {
	w.Helper()
	desk, portal := w.serve(w.owner), w.serve(w.creator)
	for _, screen := range []struct {
		name string
		view browsertest.Viewport
		dark bool
	}{{"1440", browsertest.Desktop, false}, {"390-dark", browsertest.Phone, true}} {
		page := browser.NewPage(screen.view)
		page.Dark(screen.dark)
		for name, address := range map[string]string{"platforms": desk + w.desk() + "/platforms", "apps": desk + w.desk() + "/settings/platforms", "accounts": portal + w.portal() + "/accounts"} {
			page.Go(address)
			page.CheckAccessible()
			page.Screenshot("connect-" + name + "-" + state + "-" + screen.name)
		}
	}
}

func TestConnectedAccountsAreAccessibleOnEveryScreen(t *testing.T) {
	if !assets.Built() {
		t.Skip("there are no assets to look at: run `npm ci && npm run build`")
	}
	browser := browsertest.Open(t)
	newWorld(t, dbtest.New(t, db.EngineSQLite)).look(browser, "empty")
	w := connected(t, dbtest.New(t, db.EngineSQLite))
	w.tiktok.Feel(edgetest.MoodGone, 0)
	w.due()
	w.work()
	w.signIn()
	w.look(browser, "gone")
}
