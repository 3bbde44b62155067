package recruit_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"rapport/internal/base/db"
	"rapport/internal/base/db/dbtest"
	"rapport/internal/browsertest"
	"rapport/internal/edge/web/assets"
	"rapport/internal/edge/web/ui"
	"rapport/internal/recruit/creators"
	"rapport/internal/recruit/vetting"
)

// wish makes the program want women in two countries, one of which nobody has told of.
func (o *clinic) wish(c creators.Creator) {
	o.Helper()
	o.do(func(ctx context.Context, tx *db.Tx) error {
		if err := vetting.SetWanted(ctx, tx, o.program.ID, []vetting.Slice{
			{Dimension: creators.DimensionCountry, Key: "DE", ShareBP: 3000}, {Dimension: creators.DimensionCountry, Key: "AT", ShareBP: 3000}, {Dimension: creators.DimensionGender, Key: "female", ShareBP: 6000},
		}); err != nil {
			return err
		}
		return creators.SetAudience(ctx, tx, creators.Audience{Profile: c.Main, TakenAt: tx.Now(), Source: creators.SourceEntered, MadeBy: "Anna", Program: o.program.ID, Slices: []creators.Slice{
			{Dimension: creators.DimensionCountry, Key: "DE", ShareBP: 4100}, {Dimension: creators.DimensionCountry, Key: "CH", ShareBP: 900},
		}})
	})
}

func TestCountriesOfAnAudienceHaveNames(t *testing.T) {
	o := newClinic(t, dbtest.New(t, db.EngineSQLite))
	c := o.patient(o.program.ID, "Maya Ortiz", "mayaglow", creators.PlatformTikTok, 8200)
	o.wish(c)
	o.shows(o.ask("anna", "GET", "/check-up/"+string(c.ID)), 200, "Country Germany", "Country Austria", "Gender female", "of what was wanted (entered by hand)")
	if body := o.ask("anna", "GET", "/check-up/"+string(c.ID)).Body.String(); strings.Count(body, "“Paid partnership with Nordic Tea #ad”") < 3 {
		t.Error("the work for Nordic Tea is not shown with its posts")
	}
}

func TestCheckupPagesAreAccessibleOnEveryScreen(t *testing.T) {
	if !assets.Built() {
		t.Skip("there are no assets to look at: run `npm ci && npm run build`")
	}
	browser := browsertest.Open(t)
	o := newClinic(t, dbtest.New(t, db.EngineSQLite))
	maya := o.patient(o.program.ID, "Maya Ortiz", "mayaglow", creators.PlatformTikTok, 8200)
	o.wish(maya)
	long := o.patient(o.program.ID, longName, strings.Repeat("x", 30), creators.PlatformInstagram, 10_000_000)
	files := ui.Assets()
	server := httptest.NewServer(http.HandlerFunc(func(a http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasPrefix(r.URL.Path, "/assets/"):
			files.ServeHTTP(a, r)
		case strings.HasPrefix(r.URL.Path, "/logo/"): // which other pages hand out
			a.Header().Set("Content-Type", "image/svg+xml")
			_, _ = a.Write([]byte(`<svg xmlns="http://www.w3.org/2000/svg" width="32" height="32"/>`))
		default:
			r.AddCookie(&http.Cookie{Name: "rapport_session", Value: o.tokens["anna"]})
			o.handler.ServeHTTP(a, r)
		}
	}))
	t.Cleanup(server.Close)
	paths := map[string]string{
		"check-up": "/check-up/" + string(maya.ID), "long": "/check-up/" + string(long.ID), "safety": "/creators/safety?topic=alcohol", "benchmarks": "/benchmarks",
		"print": "/check-up/" + string(maya.ID) + "/print",
	}
	for _, screen := range []struct {
		name string
		view browsertest.Viewport
		dark bool
	}{{"1440", browsertest.Desktop, false}, {"390-dark", browsertest.Phone, true}} {
		page := browser.NewPage(screen.view)
		page.Dark(screen.dark)
		for name, path := range paths {
			page.Go(server.URL + "/p/" + string(o.program.ID) + path)
			page.CheckAccessible()
			page.Screenshot("checkup-" + name + "-" + screen.name)
		}
	}
}
