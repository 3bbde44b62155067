package join_test

import (
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"rapport/internal/base/db"
	"rapport/internal/base/db/dbtest"
	"rapport/internal/browsertest"
	"rapport/internal/edge/web/assets"
	"rapport/internal/edge/web/ui"

	"net/http"
)

// serve shows the pages to a browser; whoever comes in is signed in with the session, or nobody with "".
func (w *world) serve(session string) string {
	w.Helper()
	mux := http.NewServeMux()
	mux.Handle("/assets/", ui.Assets())
	mux.Handle("/", http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if session != "" {
			r.Header.Del("Cookie")
			r.AddCookie(&http.Cookie{Name: "rapport_session", Value: session})
		}
		w.Pages.ServeHTTP(rw, r)
	}))
	server := httptest.NewServer(mux)
	w.Cleanup(server.Close)
	return server.URL
}

func TestTheWayInIsAccessibleOnEveryScreen(t *testing.T) {
	if !assets.Built() {
		t.Skip("there are no assets to look at: run `npm ci && npm run build`")
	}
	inWorld(t, db.EngineSQLite, func(w *world) {
		browser := browsertest.Open(t)
		w.opened()
		public, desk := w.serve(""), w.serve(w.owner)
		base := "/p/" + string(w.program.ID) + "/applications"
		own := w.applied()
		unconfirmed := w.applied2()
		w.Leads(own, "", url.Values{})
		for _, screen := range []struct {
			name string
			view browsertest.Viewport
			dark bool
		}{{"1440", browsertest.Desktop, false}, {"390-dark", browsertest.Phone, true}} {
			page := browser.NewPage(screen.view)
			page.Dark(screen.dark)
			for name, address := range map[string]string{
				"form": public + "/join/fernwood", "sent": public + "/join/fernwood/sent", "confirm": public + unconfirmed, "waiting": public + own,
				"list": desk + base, "editor": desk + base + "/form", "rules": desk + base + "/rules",
			} {
				page.Go(address)
				page.CheckAccessible()
				page.Screenshot("join-" + name + "-" + screen.name)
			}
		}
	})
}

// applied2 sends the form for another person and does not confirm it.
func (w *world) applied2() string {
	w.Helper()
	dbtest.Clock(w.DB).Advance(time.Minute)
	form := w.filled()
	form.Set("email", "ines@mail.example")
	form.Set("account_0", "https://www.tiktok.com/@ines")
	w.Leads("/join/fernwood", "", form)
	return link.FindStringSubmatch(w.mails()[0].Text)[1]
}
