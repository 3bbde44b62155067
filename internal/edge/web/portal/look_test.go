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
		w.Pages.ServeHTTP(answer, r)
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
	pages := map[string]string{
		"home": "/", "share": "/share", "link": "/share/links/" + string(w.maya.link.ID), "tasks": "/tasks", "earnings": "/earnings", "payouts": "/earnings/payouts",
		"account": "/earnings/account", "messages": "/messages", "check": "/check?number=1001", "checkup": "/seen",
	}
	if len(w.tasks) > 0 {
		pages["task"] = "/tasks/" + string(w.tasks[0].ID)
		pages["why"] = "/why/commission/" + string(w.commission("1001").ID)
		pages["order"] = "/why/order/" + string(w.conversion("1010").ID)
		pages["payout"] = "/earnings/payouts/" + string(w.payout().ID)
	}
	return pages
}

// TestEveryPageIsAccessibleOnAPhone: nothing yet, much at once, and what is long, large or written from the right.
func TestEveryPageIsAccessibleOnAPhone(t *testing.T) {
	chromium := browser(t)
	for _, look := range []struct {
		name    string
		prepare func(w *world)
		view    browsertest.Viewport
		dark    bool
	}{
		{"empty-390", func(*world) {}, browsertest.Phone, false}, {"full-390", (*world).busy, browsertest.Phone, false},
		{"full-1440-dark", (*world).busy, browsertest.Desktop, true}, {"awkward-320", (*world).awkward, browsertest.SmallPhone, true},
	} {
		w := newWorld(t, dbtest.New(t, db.EngineSQLite))
		look.prepare(w)
		page := chromium.NewPage(look.view)
		page.Dark(look.dark)
		base := w.serve(w.maya.token) + w.maya.base()
		for at, path := range w.everyPage() {
			page.Go(base + path)
			page.CheckAccessible()
			page.Screenshot("portal-" + at + "-" + look.name)
		}
	}
}

// TestAnOrderIsFollowedOnAPhone: from the amount to why, and to the question about it.
func TestAnOrderIsFollowedOnAPhone(t *testing.T) {
	chromium := browser(t)
	w := newWorld(t, dbtest.New(t, db.EngineSQLite))
	w.full()
	page := chromium.NewPage(browsertest.Phone)
	page.Go(w.serve(w.maya.token) + w.maya.base() + "/")
	page.Click("Earnings")
	page.WaitText("What have you earned?")
	page.Within("li", "Order 1001").Click("€18.90")
	page.WaitText("€39.80 × €209.00 ÷ €398.00 = €20.90")
	page.CheckAccessible()
	page.Screenshot("portal-why-panel-390")
	page.Click("Ask about this order")
	page.WaitText("Ask Fernwood Tea to look at order 1001")
	page.Fill("What should they know?", "Only one of two came back.")
	page.Click("Ask for a review")
	page.WaitText("The answer appears here.")
	page.WaitText("Only one of two came back.")
}

// TestALinkIsMadeAndShared with what a phone has for it.
func TestALinkIsMadeAndShared(t *testing.T) {
	chromium := browser(t)
	w := newWorld(t, dbtest.New(t, db.EngineSQLite))
	page := chromium.NewPage(browsertest.SmallPhone)
	page.Go(w.serve(w.maya.token) + w.maya.base() + "/share")
	page.Fill("Address of the page", "shop.example/teas/jasmine")
	page.Click("Make the link")
	page.WaitText("Your link is ready")
	page.CheckAccessible()
	page.Within(".rp-copy", "Caption").Click("Share")
	if shared := page.Shared(); !strings.Contains(shared, "Ad · I earn a commission if you buy.\nUse my code MAYA10 at Fernwood Tea and get 10 % off.\nhttp://rapport.example/r/") {
		t.Errorf("what is shared is %q", shared)
	}
	page.Within(".rp-copy", "Your link").Click("Copy")
	if copied := page.Clipboard(); !strings.HasPrefix(copied, "http://rapport.example/r/") {
		t.Errorf("what is copied is %q", copied)
	}
}

// TestReadingMarksAsRead by the page's script, as people expect.
func TestReadingMarksAsRead(t *testing.T) {
	chromium := browser(t)
	w := newWorld(t, dbtest.New(t, db.EngineSQLite))
	w.busy()
	page := chromium.NewPage(browsertest.Phone)
	page.Go(w.serve(w.maya.token) + w.maya.base() + "/messages")
	page.WaitText("The box is on its way.")
	page.Fill("Your message to Fernwood Tea", "It came!")
	page.Click("Send")
	page.WaitText("Your message was sent.")
	if n := w.unread(); n != 0 {
		t.Errorf("%d messages wait after they were on the page", n)
	}
}
