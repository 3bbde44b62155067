package portal_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"rapport/internal/base/db"
	"rapport/internal/base/db/dbtest"
	"rapport/internal/browsertest"
	"rapport/internal/edge/web/assets"
	"rapport/internal/edge/web/ui"
)

// serve puts the world's pages on a real port, with the visitor signed in: the token stands in a cookie that the server adds.
func (w *world) serve(token string) string {
	w.Helper()
	files := ui.Assets()
	server := httptest.NewServer(http.HandlerFunc(func(answer http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/assets/") {
			files.ServeHTTP(answer, r)
			return
		}
		r.AddCookie(&http.Cookie{Name: "rapport_session", Value: token})
		w.pages.ServeHTTP(answer, r)
	}))
	w.Cleanup(server.Close)
	return server.URL
}

func browser(t *testing.T) *browsertest.Browser {
	t.Helper()
	if !assets.Built() {
		t.Skip("there are no assets to look at: run `npm ci && npm run build`")
	}
	return browsertest.Open(t)
}

// everyPage are the addresses of Maya's portal.
func (w *world) everyPage() map[string]string {
	return map[string]string{
		"home": "/", "share": "/share", "link": "/share/links/" + string(w.maya.link.ID), "tasks": "/tasks", "earnings": "/earnings", "payouts": "/earnings/payouts",
		"account": "/earnings/account", "messages": "/messages", "check": "/check",
	}
}

func TestEveryPageIsAccessibleOnAPhone(t *testing.T) {
	chromium := browser(t)
	for name, prepare := range map[string]func(w *world){"empty": func(*world) {}, "full": (*world).busy, "awkward": (*world).awkward} {
		w := newWorld(t, dbtest.New(t, db.EngineSQLite))
		prepare(w)
		base := w.serve(w.maya.token) + w.maya.base()
		pages := w.everyPage()
		if name != "empty" {
			pages["task"] = "/tasks/" + string(w.tasks[0].ID)
			pages["why"] = "/why/commission/" + string(w.commission("1001").ID)
			pages["payout"] = "/earnings/payouts/" + string(w.payout().ID)
		}
		for _, screen := range []struct {
			name string
			view browsertest.Viewport
			dark bool
		}{{"390", browsertest.Phone, false}, {"320-dark", browsertest.SmallPhone, true}, {"1440", browsertest.Desktop, false}} {
			if screen.name == "1440" && name != "full" {
				continue
			}
			page := chromium.NewPage(screen.view)
			page.Dark(screen.dark)
			for at, path := range pages {
				page.Go(base + path)
				page.CheckAccessible()
				page.Screenshot("portal-" + at + "-" + name + "-" + screen.name)
			}
		}
	}
}
