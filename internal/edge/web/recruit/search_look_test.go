package recruit_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"rapport/internal/base/auth"
	"rapport/internal/browsertest"
	"rapport/internal/edge/web/assets"
	"rapport/internal/edge/web/ui"
)

func TestPagesOfTheSearchAreAccessibleOnEveryScreen(t *testing.T) {
	if !assets.Built() {
		t.Skip("there are no assets to look at: run `npm ci && npm run build`")
	}
	browser := browsertest.Open(t)
	o := newRoom(t)
	files := ui.Assets()
	server := httptest.NewServer(http.HandlerFunc(func(a http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/assets/") {
			files.ServeHTTP(a, r)
			return
		}
		if strings.HasPrefix(r.URL.Path, "/logo/") { // which other pages hand out
			a.WriteHeader(http.StatusNoContent)
			return
		}
		r.AddCookie(&http.Cookie{Name: "rapport_session", Value: o.Victim.People[auth.RoleOwner].Session})
		o.pages.ServeHTTP(a, r)
	}))
	t.Cleanup(server.Close)
	sentence := url.QueryEscape("vegan tea for women 25–40 in Germany who care about animal welfare")
	pages := map[string]string{
		"find": "/creators", "sentence": "/creators?q=" + sentence, "nobody": "/creators?q=xyzzy", "filters": "/creators?topic=food&audience_age=18-24&country=DE&price=5000&contact=yes", "lists": "/lists", "list": "/lists/" + o.Victim.IDs["list"][0],
		"targets": "/targets", "target": "/targets/" + o.Victim.IDs["target"][0], "fit": "/creators/" + string(o.Victim.First.Partnership.Creator) + "/fit?q=" + sentence,
	}
	for _, screen := range []struct {
		name string
		view browsertest.Viewport
		dark bool
	}{{"1440", browsertest.Desktop, false}, {"390-dark", browsertest.Phone, true}} {
		page := browser.NewPage(screen.view)
		page.Dark(screen.dark)
		for name, path := range pages {
			page.Go(server.URL + "/p/" + string(o.Victim.Program.ID) + path)
			page.CheckAccessible()
			page.Screenshot("search-" + name + "-" + screen.name)
			if name == "filters" {
				page.Click("More filters")
				page.CheckAccessible()
				page.Screenshot("search-panel-" + screen.name)
			}
		}
	}
}
