package reach_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"rapport/internal/base/db"
	"rapport/internal/browsertest"
	"rapport/internal/edge/web/assets"
	"rapport/internal/edge/web/ui"
	"rapport/internal/partner/outreach"
	"rapport/internal/partner/partnerships"
	"rapport/internal/recruit/creators"
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

func TestWritingToCreatorsIsAccessibleOnEveryScreen(t *testing.T) {
	if !assets.Built() {
		t.Skip("there are no assets to look at: run `npm ci && npm run build`")
	}
	inWorld(t, db.EngineSQLite, func(w *world) {
		browser := browsertest.Open(t)
		words := w.template("Short hello", plainWords)
		gone, lost := w.prospect(w.program.ID, "Noor Haddad", "tiktok noor"), w.prospect(w.program.ID, "Ines Pereira", "tiktok ines")
		w.Ask("/leave/"+outreach.LeaveToken(w.box, gone.ID), "", url.Values{})
		w.Leads(w.to("/creators/pipeline"), w.olga, url.Values{"id": {string(lost.ID)}, "to": {"lost"}})
		maya := w.prospect(w.program.ID, "Maya Ortiz", "youtube mayatalks", "instagram maya.glow")
		summer := w.going(maya)
		w.mailable("Lena Vogel", "lena@mail.example", "tiktok lena.reads")
		for id, from := range map[string]string{"1@x": "lena@mail.example", "2@x": "stranger@mail.example", "3@x": "another@mail.example"} {
			w.arrives(id, from, "I would love to try it.\n\nWhen can you send it?")
		}
		public, desk := w.serve(""), w.serve(w.olga)
		for _, screen := range []struct {
			name string
			view browsertest.Viewport
			dark bool
		}{{"1440", browsertest.Desktop, false}, {"390-dark", browsertest.Phone, true}} {
			page := browser.NewPage(screen.view)
			page.Dark(screen.dark)
			for name, address := range map[string]string{
				"queue": desk + w.to("/reach") + words, "invitation": desk + w.to("/reach"), "templates": desk + w.to("/reach/templates") + words, "board": desk + w.to("/creators/pipeline"),
				"plan": desk + w.to("/partners/"+string(maya.ID)+"/plan"), "lost": desk + w.to("/partners/"+string(lost.ID)+"/plan"), "leave": public + "/leave/" + outreach.LeaveToken(w.box, maya.ID),
				"sequences": desk + w.to("/reach/sequences"), "sequence": desk + w.to("/reach/sequences/"+string(summer.ID)), "nobody": desk + w.to("/reach/sequences/"+string(summer.ID)) + "?state=done",
				"enrol": desk + w.to("/reach/sequences/"+string(summer.ID)+"/enrol"), "pace": desk + w.to("/reach/pace"), "letters": desk + w.to("/reach/letters"),
				"messages": desk + w.to("/partners/"+string(maya.ID)+"/messages"), "overview": desk + w.to("/partners/"+string(maya.ID)),
			} {
				page.Go(address)
				page.CheckAccessible()
				page.Screenshot("reach-" + name + "-" + screen.name)
			}
		}
		board := browser.NewPage(browsertest.Desktop)
		board.Go(desk + w.to("/creators/pipeline"))
		board.Click("Select Maya Ortiz")
		if said := board.Text("[data-count]"); said != "1 selected" {
			t.Errorf("the bar says %s", said)
		}
		board.Click("Send a mail sequence")
		board.WaitText("Who gets “Summer box”?")
		board.CheckAccessible()
		board.Screenshot("reach-chosen-1440")
		phone := browser.NewPage(browsertest.Phone) // the last thing a creator does here: two taps
		phone.Go(public + "/leave/" + outreach.LeaveToken(w.box, maya.ID))
		phone.Click("Yes, Fernwood Tea shall not write to me")
		phone.WaitText("will not write to you again")
		phone.CheckAccessible()
		phone.Screenshot("reach-left-390")
		if page := w.Shows(w.to("/reach")+words, w.olga, http.StatusOK, "I sent it"); strings.Contains(page, "Maya Ortiz") {
			t.Error("she is still offered")
		}
	})
}

// going is a sequence in which a creator is on the way, and others with every end there is.
func (w *world) going(maya partnerships.Partnership) outreach.Sequence {
	w.Helper()
	q := w.sequence("Summer box")
	w.Do(func(ctx context.Context, tx *db.Tx) error {
		return creators.SetContact(ctx, tx, w.program.ID, maya.Creator, creators.Contact{Email: "maya@mail.example"})
	})
	long, trouble, spoke := w.reachable("Wilhelmina Aleksandra von Hohenfels-Brandenburg zu Lindenau", "long"), w.reachable("نور الهدى", "noura"), w.reachable("Kim", "kim")
	w.prospect(w.program.ID, "Without Address", "tiktok without")
	w.Leads(w.to("/reach/sequences/"+string(q.ID)+"/enrol"), w.olga, url.Values{"id": {string(maya.ID), string(long.ID), string(trouble.ID), string(spoke.ID)}})
	w.Do(func(ctx context.Context, tx *db.Tx) error {
		if _, err := outreach.Send(ctx, tx, outreach.New{Partnership: spoke.ID, From: outreach.SideCreator, Body: "Yes!", Author: "Kim"}); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `update enrolments set tries = 2 where partnership_id = $1`, trouble.ID)
		return err
	})
	return q
}
