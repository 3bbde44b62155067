package connect_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"rapport/internal/base/db"
	"rapport/internal/base/db/dbtest"
	"rapport/internal/edge/edgetest"
	"rapport/internal/edge/platforms"
	"rapport/internal/edge/platforms/instagram"
	"rapport/internal/edge/platforms/mentions"
	"rapport/internal/edge/platforms/youtube"
	"rapport/internal/recruit/creators"
)

// talked is a world with a YouTube and an Instagram in which something can be found.
func talked(t *testing.T, test func(w *world, f *edgetest.Found)) {
	w := newWorld(t, dbtest.New(t, db.EngineSQLite))
	f := edgetest.NewFound(t)
	f.Videos = []edgetest.FoundVideo{{ID: "v1", Channel: "UC0000000000000000000001", Handle: "leafreviews", Name: "Leaf Reviews", Title: "Northwind Tea, honestly"},
		{ID: "v2", Channel: "UC0000000000000000000002", Handle: "steamroom", Name: "Steam <b>Room</b>", Title: "What a storm"}}
	f.Tags = []edgetest.FoundTag{{ID: "71", By: "cup.of.calm", Caption: "mornings with @northwind.tea"}}
	for i, p := range w.board.Platforms {
		switch p.(type) {
		case youtube.Platform:
			w.board.Platforms[i] = youtube.Platform{Endpoint: f.URL + "/"}
		case instagram.Platform:
			w.board.Platforms[i] = instagram.Platform{Host: f.URL}
		}
	}
	test(w, f)
}

func (w *world) apps() {
	w.do(func(ctx context.Context, tx *db.Tx) error {
		return errors.Join(platforms.SetApp(ctx, tx, w.box, platforms.App{Platform: "youtube", APIKey: "key"}),
			platforms.SetApp(ctx, tx, w.box, platforms.App{Platform: "instagram", ClientID: "id", ClientSecret: "hush"}))
	})
}

func TestTheEmptyPageSaysWhatToDo(t *testing.T) {
	talked(t, func(w *world, _ *edgetest.Found) {
		w.ask(w.owner, "GET", w.desk()+"/creators/talking").sees(t, http.StatusOK, "Nobody yet", "No YouTube key is set up yet", "Connect your account")
		w.ask(w.owner, "GET", w.desk()+"/platforms/youtube/search").sees(t, http.StatusOK, "No YouTube key is set up yet")
		w.ask(w.owner, "GET", w.desk()+"/platforms/instagram/search").sees(t, http.StatusOK, "Connect your brand’s account first")
		w.ask(w.owner, "POST", w.desk()+"/platforms/instagram/connect").sees(t, http.StatusUnprocessableEntity, "No Instagram app is set up yet")
		if w.ask(w.creator, "GET", w.desk()+"/creators/talking").Code != http.StatusNotFound {
			t.Error("a creator sees who talks about the brand")
		}
	})
}

var mentionActs = regexp.MustCompile(`action="([^"]*/creators/talking/men_[^"]*/(?:add|dismiss))"`)

func TestWordsFindPeopleWhoAreAddedOrNot(t *testing.T) {
	talked(t, func(w *world, _ *edgetest.Found) {
		w.apps()
		at := w.desk() + "/creators/talking"
		w.ask(w.owner, "POST", at+"/words", "word", "", "about", "brand").sees(t, http.StatusUnprocessableEntity, "Write a word")
		w.ask(w.owner, "POST", at+"/words", "word", "northwind tea", "about", "brand").sees(t, http.StatusSeeOther)
		if err := (mentions.Watch{Board: w.board}).AskWords(t.Context(), w.d); err != nil {
			t.Fatal(err)
		}
		page := w.ask(w.owner, "GET", at)
		page.sees(t, http.StatusOK, "Leaf Reviews", "Northwind Tea, honestly", "https://www.youtube.com/watch?v=v1", "To look at: 1 · prospects: 1", "Steam <b>Room</b>")
		found := mentionActs.FindAllStringSubmatch(page.Body.String(), -1)
		if len(found) != 3 { // not for us; add, not for us
			t.Fatalf("acts %v", found)
		}
		for range 2 {
			for _, act := range found {
				if strings.HasSuffix(act[1], "/add") {
					w.ask(w.owner, "POST", act[1]).sees(t, http.StatusSeeOther)
				}
			}
		}
		w.ask(w.owner, "GET", at+"?state=new").sees(t, http.StatusOK, "Nothing matches")
		w.ask(w.owner, "GET", at).sees(t, http.StatusOK, "To look at: 0 · prospects: 2")
		w.ask(w.owner, "POST", found[0][1]).sees(t, http.StatusSeeOther)
		w.ask(w.owner, "GET", at).sees(t, http.StatusOK, "Not for us")
		w.ask(w.owner, "POST", at+"/words/remove", "word", "Northwind TEA").sees(t, http.StatusSeeOther)
	})
}

func TestSearchingYouTubeShowsItsCostAndAddsProspects(t *testing.T) {
	talked(t, func(w *world, f *edgetest.Found) {
		w.apps()
		at := w.desk() + "/platforms/youtube/search"
		w.ask(w.owner, "GET", at+"?q=tea").sees(t, http.StatusOK, "Search (100 units)", "10,000")
		if len(f.Calls()) != 0 {
			t.Fatalf("looking at the page asked %v", f.Calls())
		}
		answer := w.ask(w.owner, "POST", at, "q", "tea", "type", "video", "order", "date")
		answer.sees(t, http.StatusSeeOther)
		page := w.ask(w.owner, "GET", answer.Header().Get("Location"))
		page.sees(t, http.StatusOK, "Leaf Reviews", "12,300", "Add as prospect", "9,899")
		for range 2 {
			w.ask(w.owner, "POST", w.desk()+"/platforms/youtube/add", "account", "UC0000000000000000000001", "video", "v1", "back", "q=tea&type=video&order=date&evil=1").
				sees(t, http.StatusSeeOther)
		}
		page = w.ask(w.owner, "GET", answer.Header().Get("Location"))
		page.sees(t, http.StatusOK, "Already known")
		w.ask(w.owner, "POST", at, "q", "").sees(t, http.StatusUnprocessableEntity, "Say what to search for")
		f.Fail = func(string) (int, string) {
			return http.StatusForbidden, `{"error":{"code":403,"errors":[{"reason":"quotaExceeded"}]}}`
		}
		calls := len(f.Calls())
		for range 3 {
			w.ask(w.owner, "POST", at, "q", "coffee").sees(t, http.StatusUnprocessableEntity, "asked us to wait")
		}
		if len(f.Calls()) != calls+1 {
			t.Errorf("asked %d times more", len(f.Calls())-calls)
		}
	})
}

func TestTheBrandConnectsAndSearchesInstagram(t *testing.T) {
	talked(t, func(w *world, f *edgetest.Found) {
		w.apps()
		go1 := w.ask(w.owner, "POST", w.desk()+"/platforms/instagram/connect")
		go1.sees(t, http.StatusOK, "https://www.facebook.com/", base+"/connect/instagram/brand")
		state := regexp.MustCompile(`state=([^"&]*)`).FindStringSubmatch(go1.Body.String())[1]
		state, err := url.QueryUnescape(state)
		if err != nil {
			t.Fatal(err)
		}
		for _, other := range []string{"", "x.y", state + "a"} {
			if w.ask(w.owner, "GET", "/connect/instagram/brand?code=c&state="+url.QueryEscape(other)).Code == http.StatusSeeOther {
				t.Errorf("the state %q is taken", other)
			}
		}
		if w.ask(w.viewer, "GET", "/connect/instagram/brand?code=c&state="+url.QueryEscape(state)).Code == http.StatusSeeOther {
			t.Error("another browser comes back")
		}
		w.ask(w.owner, "GET", "/connect/instagram/brand?code=c&state="+url.QueryEscape(state)).sees(t, http.StatusSeeOther)
		at := w.desk() + "/platforms/instagram/search"
		w.ask(w.owner, "GET", at).sees(t, http.StatusOK, "made-up test accounts", "@northwind.tea", "Verify token")
		answer := w.ask(w.owner, "POST", at, "q", "tea", "country", "de")
		answer.sees(t, http.StatusSeeOther)
		w.ask(w.owner, "GET", answer.Header().Get("Location")).sees(t, http.StatusOK, "steam.and.leaf", "Add as prospect")
		w.ask(w.owner, "POST", w.desk()+"/platforms/instagram/add", "account", "steam.and.leaf").sees(t, http.StatusSeeOther)
		w.ask(w.owner, "POST", w.desk()+"/platforms/instagram/hashtag", "hashtag", "#tea").sees(t, http.StatusSeeOther)
		w.ask(w.owner, "GET", at).sees(t, http.StatusOK, "#sencha (2)", "about 50 likes a post", "29 new hashtags")
		f.Fail = func(string) (int, string) { return 400, `{"error":{"code":190,"error_subcode":463}}` }
		w.ask(w.owner, "POST", at, "q", "coffee").sees(t, http.StatusUnprocessableEntity, "does not accept our permission any more")
		w.ask(w.owner, "GET", at).sees(t, http.StatusOK, "Connect again")
		w.ask(w.owner, "POST", w.desk()+"/platforms/instagram/disconnect").sees(t, http.StatusSeeOther)
	})
}

func TestWebhooksOfStrangersAreRefused(t *testing.T) {
	talked(t, func(w *world, _ *edgetest.Found) {
		w.apps()
		w.do(func(ctx context.Context, tx *db.Tx) error {
			return mentions.ConnectBrand(ctx, tx, w.box, w.program.ID, platforms.Identity{Account: edgetest.FoundAccount, Handle: "northwind.tea"},
				platforms.Token{Access: "EAAbrand", AccessUntil: w.d.Now().Add(50 * 24 * time.Hour)}, "Ana")
		})
		body := `{"object":"instagram","entry":[{"id":"` + edgetest.FoundAccount + `","changes":[{"field":"mentions","value":{"media_id":"77"}}]}]}`
		send := func(signature string) int {
			r := httptest.NewRequest("POST", base+"/connect/instagram/hook", strings.NewReader(body))
			r.Header.Set("Content-Type", "application/json")
			r.Header.Set("X-Hub-Signature-256", signature)
			answer := httptest.NewRecorder()
			w.pages.ServeHTTP(answer, r)
			return answer.Code
		}
		if send("sha256=00") != http.StatusForbidden || send("") != http.StatusForbidden {
			t.Error("an unsigned webhook is taken")
		}
		if send("sha256="+instagram.Proof("hush", body)) != http.StatusOK {
			t.Error("a signed webhook is refused")
		}
		if err := (mentions.Watch{Board: w.board}).ReadNotes(t.Context(), w.d); err != nil {
			t.Fatal(err)
		}
		w.do(func(ctx context.Context, tx *db.Tx) error {
			_, found, err := creators.FindByAccount(ctx, tx, creators.Account{Platform: "instagram", Handle: "caption.fan"})
			if !found {
				t.Error("who mentioned the brand is not here")
			}
			return err
		})
		if w.ask("", "GET", "/connect/instagram/hook?hub.mode=subscribe&hub.verify_token=x&hub.challenge=1").Code != http.StatusForbidden {
			t.Error("a wrong verify token is answered")
		}
	})
}

func TestTheSearchesInsideAreOneClickAwayAndSayWhatIsLeftBeforeAnythingIsSpent(t *testing.T) {
	talked(t, func(w *world, _ *edgetest.Found) {
		w.apps()
		w.ask(w.owner, "GET", w.desk()+"/platforms").sees(t, http.StatusOK, w.desk()+"/platforms/youtube/search", w.desk()+"/platforms/instagram/search", "10,000 of 10,000 are left today")
		for range 3 { // coming from the search page with its words, and reloading
			w.ask(w.owner, "GET", w.desk()+"/platforms/youtube/search?q=oat+milk").sees(t, http.StatusOK, `value="oat milk"`, "10,000 of 10,000 are left today")
		}
	})
}
