package connect_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"context"

	"rapport/internal/base/db"
	"rapport/internal/browsertest"
	"rapport/internal/edge/edgetest"
	"rapport/internal/edge/platforms"
	"rapport/internal/edge/platforms/instagram"
	"rapport/internal/edge/platforms/mentions"
	"rapport/internal/edge/platforms/youtube"
	"rapport/internal/edge/web/assets"
	"rapport/internal/edge/web/ui"
)

// talkedAbout fills the world with everything that its pages can show.
func (w *world) talkedAbout() {
	w.apps()
	watch := mentions.Watch{Board: w.board}
	w.do(func(ctx context.Context, tx *db.Tx) error {
		if err := mentions.AddWord(ctx, tx, w.program.ID, "northwind tea", mentions.AboutBrand, "Ana"); err != nil {
			return err
		}
		if err := mentions.AddWord(ctx, tx, w.program.ID, strings.Repeat("loose leaf ", 5), mentions.AboutCategory, "Ana"); err != nil {
			return err
		}
		return mentions.ConnectBrand(ctx, tx, w.box, w.program.ID, platforms.Identity{Account: edgetest.FoundAccount, Handle: "northwind.tea"},
			platforms.Token{Access: "EAAbrand", AccessUntil: w.d.Now().Add(50 * 24 * time.Hour)}, "Ana")
	})
	ctx := w.Context()
	_, err := watch.SearchYouTube(ctx, w.d, youtube.Query{Words: "tea"})
	_, err2 := watch.SearchInstagram(ctx, w.d, w.program.ID, instagram.Wish{Query: "tea"})
	_, err3 := watch.TrendOf(ctx, w.d, w.program.ID, "tea")
	for _, err := range []error{err, err2, err3, watch.AskWords(ctx, w.d), watch.ReadTags(ctx, w.d)} {
		if err != nil {
			w.Fatal(err)
		}
	}
}

func TestPagesOfWhoTalksAreAccessibleOnEveryScreen(t *testing.T) {
	if !assets.Built() {
		t.Skip("there are no assets to look at: run `npm ci && npm run build`")
	}
	browser := browsertest.Open(t)
	talked(t, func(w *world, f *edgetest.Found) {
		f.Videos = append(f.Videos, edgetest.FoundVideo{ID: "v9", Channel: "UC0000000000000000000009", Handle: "nour", Name: "نور الهدى", Title: strings.Repeat("شاي northwind tea ", 12)})
		files := ui.Assets()
		server := httptest.NewServer(http.HandlerFunc(func(a http.ResponseWriter, r *http.Request) {
			if strings.HasPrefix(r.URL.Path, "/assets/") {
				files.ServeHTTP(a, r)
				return
			}
			r.AddCookie(&http.Cookie{Name: "__Host-rapport_session", Value: w.owner})
			w.pages.ServeHTTP(a, r)
		}))
		t.Cleanup(server.Close)
		look := func(state string) {
			for _, screen := range []struct {
				name string
				view browsertest.Viewport
				dark bool
			}{{"1440", browsertest.Desktop, false}, {"390-dark", browsertest.Phone, true}} {
				page := browser.NewPage(screen.view)
				page.Dark(screen.dark)
				for name, path := range map[string]string{"talking": "/creators/talking", "youtube": "/platforms/youtube/search?q=tea", "instagram": "/platforms/instagram/search?q=tea"} {
					page.Go(server.URL + w.desk() + path)
					page.CheckAccessible()
					page.Screenshot(name + "-" + state + "-" + screen.name)
				}
			}
		}
		look("empty")
		w.talkedAbout()
		look("full")
	})
}
