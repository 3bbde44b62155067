package recruit_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/browsertest"
	"rapport/internal/edge/web/assets"
	"rapport/internal/edge/web/ui"
	"rapport/internal/recruit/creators"
)

func TestPagesOfAPersonAreAccessibleOnEveryScreen(t *testing.T) {
	if !assets.Built() {
		t.Skip("there are no assets to look at: run `npm ci && npm run build`")
	}
	browser := browsertest.Open(t)
	o := newRoom(t)
	first := o.Victim.First.Partnership
	o.do(func(ctx context.Context, tx *db.Tx) error {
		if err := creators.AddCollaboration(ctx, tx, creators.Collaboration{Creator: first.Creator, Brand: strings.Repeat("Wilhelmina ", 5), At: tx.Now(), Source: creators.SourceCaption, Note: "ליאור גולן"}); err != nil {
			return err
		}
		_, err := creators.AddTags(ctx, tx, o.Victim.Program.ID, []creators.Tag{{Creator: first.Creator, Kind: creators.TagFree, Text: "met at the fair", Source: creators.SourceEntered, MadeBy: "Anna"}})
		return err
	})
	files := ui.Assets()
	server := httptest.NewServer(http.HandlerFunc(func(a http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/assets/") {
			files.ServeHTTP(a, r)
			return
		}
		if strings.HasPrefix(r.URL.Path, "/logo/") { // which other pages hand out
			a.Header().Set("Content-Type", "image/svg+xml")
			_, _ = a.Write([]byte(`<svg xmlns="http://www.w3.org/2000/svg" width="32" height="32"/>`))
			return
		}
		r.AddCookie(&http.Cookie{Name: "rapport_session", Value: o.Victim.People[auth.RoleOwner].Session})
		o.pages.ServeHTTP(a, r)
	}))
	t.Cleanup(server.Close)
	at := "/partners/" + string(first.ID)
	paths := map[string]string{
		"known": at + "/known", "merge": at + "/merge?other=" + string(o.Victim.Second.Partnership.Creator), "left-alone": "/creators/left-alone", "print": "/check-up/" + string(first.Creator) + "/print",
	}
	for _, screen := range []struct {
		name string
		view browsertest.Viewport
		dark bool
	}{{"1440", browsertest.Desktop, false}, {"390-dark", browsertest.Phone, true}} {
		page := browser.NewPage(screen.view)
		page.Dark(screen.dark)
		for name, path := range paths {
			page.Go(server.URL + "/p/" + string(o.Victim.Program.ID) + path)
			page.CheckAccessible()
			page.Screenshot("person-" + name + "-" + screen.name)
		}
	}
}
