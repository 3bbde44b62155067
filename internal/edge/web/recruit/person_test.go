package recruit_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/db/dbtest"
	"rapport/internal/edge/edgetest"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/recruit"
	"rapport/internal/edge/web/ui"
	"rapport/internal/partner/content"
	"rapport/internal/partner/outreach"
	"rapport/internal/partner/partnerships"
	"rapport/internal/pay/commissions"
	"rapport/internal/pay/payouts"
	"rapport/internal/pay/reviews"
	"rapport/internal/recruit/creators"
	"rapport/internal/recruit/discovery"
	"rapport/internal/track/links"
)

// room is the recruiting pages over two programs.
type room struct {
	*testing.T
	*edgetest.World
	set    *ui.Set
	pages  http.Handler
	search *discovery.Index
}

func newRoom(t *testing.T) room {
	t.Helper()
	w := edgetest.New(t, dbtest.New(t, db.EngineSQLite))
	set, err := ui.New(frame.Templates, recruit.Templates)
	if err != nil {
		t.Fatal(err)
	}
	set.Now = w.DB.Now
	search := &discovery.Index{}
	if err := search.Refresh(t.Context(), w.DB); err != nil {
		t.Fatal(err)
	}
	m := frame.NewMux(frame.Deps{
		Search: search, DB: w.DB, Box: w.Box, Door: w.Door, Links: w.Links, BaseURL: "http://rapport.example", LinkBase: "http://rapport.example/r", Log: slog.New(slog.NewTextHandler(t.Output(), nil)),
		ClientIP: func(*http.Request) string { return "203.0.113.9" },
		Parts: []creators.Part{
			payouts.Private(), reviews.Private(), commissions.Private(), links.Private(), content.Private(), outreach.Private(), partnerships.Private(),
		},
	}, set)
	recruit.Register(m)
	return room{t, w, set, m.Handler(), search}
}

// told is an answer.
type told struct {
	*testing.T
	status   int
	to, body string
}

func (a told) shows(status int, texts ...string) told {
	a.Helper()
	if a.status != status {
		a.Fatalf("status %d, want %d: %s", a.status, status, a.body)
	}
	for _, text := range texts {
		if !strings.Contains(a.body, text) {
			a.Errorf("does not show %q", text)
		}
	}
	return a
}

func (a told) lacks(texts ...string) told {
	a.Helper()
	for _, text := range texts {
		if strings.Contains(a.body, text) {
			a.Errorf("shows %q", text)
		}
	}
	return a
}

func (a told) leads(to string) {
	a.Helper()
	if a.status != http.StatusSeeOther || !strings.HasPrefix(a.to, to) {
		a.Fatalf("status %d to %q, want one to %q: %.600s", a.status, a.to, to, a.body)
	}
}

// ask is a request of somebody in the victim's program; with pairs it posts them.
func (o room) ask(role auth.Role, path string, pairs ...string) told {
	o.Helper()
	method, form := http.MethodGet, url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
		method = http.MethodPost
	}
	r := httptest.NewRequest(method, "/p/"+string(o.Victim.Program.ID)+path, strings.NewReader(form.Encode())).WithContext(o.Context())
	r.AddCookie(&http.Cookie{Name: "rapport_session", Value: o.Victim.People[role].Session})
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	w := httptest.NewRecorder()
	o.pages.ServeHTTP(w, r)
	return told{o.T, w.Code, w.Header().Get("Location"), w.Body.String()}
}

func (o room) do(f func(ctx context.Context, tx *db.Tx) error) {
	o.Helper()
	if err := o.DB.Update(o.Context(), func(tx *db.Tx) error { return f(o.Context(), tx) }); err != nil {
		o.Fatal(err)
	}
}

func TestWhatIsKnownIsShownWithWhereItComesFrom(t *testing.T) {
	o := newRoom(t)
	first := o.Victim.First.Partnership
	at := "/partners/" + string(first.ID)
	o.ask(auth.RoleOwner, at+"/known").shows(http.StatusOK, "What do we know of", "Nothing is noted yet", "They told you no price yet", "Erase this person")
	o.ask(auth.RoleViewer, at+"/known").shows(http.StatusOK, "Nothing is noted yet").lacks("Add it", "Erase this person", "Download everything")
	saved := at + "/known"
	for path, form := range map[string][]string{
		"/tags":     {"kind", "value", "text", "#Cruelty Free"},
		"/notes":    {"body", "met at the fair"},
		"/audience": {"profile", "", "source", "media kit", "taken_on", "2026-02-01", "country", "DE 40; AT 10", "age", "", "gender", "female 70"},
		"/work":     {"brand", "Nordic Soap", "when", "2026-01-05", "note", "a bundle"},
		"/price":    {"amount", "250.00"},
		"/accounts": {"platform", "instagram", "handle", "second.account"},
	} {
		if path == "/audience" {
			o.do(func(ctx context.Context, tx *db.Tx) error {
				c, err := creators.Find(ctx, tx, first.Creator)
				form[1] = string(c.Main)
				return err
			})
		}
		o.ask(auth.RoleOwner, at+path, form...).leads("/p/" + string(o.Victim.Program.ID) + saved)
	}
	o.ask(auth.RoleOwner, saved).shows(http.StatusOK, "Cruelty Free", "entered by hand", "met at the fair", "media kit", "Country DE", "40", "Nordic Soap", "a bundle", "250.00", "second.account", "Make it the main one")
	o.ask(auth.RoleOwner, at+"/known.json").shows(http.StatusOK, `"met at the fair"`, `"media kit"`)
	for path, form := range map[string][]string{
		"/tags": {"kind", "topic", "text", strings.Repeat("x", 61)}, "/notes": {"body", " "}, "/price": {"amount", "lots"}, "/work": {"brand", "", "when", ""},
		"/audience": {"profile", "prf_none", "source", "x", "country", "DE 4"}, "/accounts": {"platform", "", "handle", "no platform"},
	} {
		if got := o.ask(auth.RoleOwner, at+path, form...); got.status != http.StatusUnprocessableEntity && got.status != http.StatusNotFound {
			t.Errorf("%s: %d", path, got.status)
		}
	}
	o.ask(auth.RoleOwner, at+"/tags/remove", "kind", "value", "text", "Cruelty Free").leads("/p/")
	o.ask(auth.RoleOwner, saved).shows(http.StatusOK).lacks("Cruelty Free")
}

func TestTwoAreJoinedOnTheirPage(t *testing.T) {
	o := newRoom(t)
	var twin creators.Creator
	first := o.Victim.First.Partnership
	o.do(func(ctx context.Context, tx *db.Tx) (err error) {
		if err = creators.SetContact(ctx, tx, o.Victim.Program.ID, first.Creator, creators.Contact{Email: "one@mail.example"}); err != nil {
			return err
		}
		twin, err = creators.Create(ctx, tx, creators.New{
			Name: "Twin Name", Program: o.Victim.Program.ID, Contact: creators.Contact{Email: "One@mail.example"},
			Profiles: []creators.NewProfile{{Platform: creators.PlatformInstagram, Handle: "twin.account"}},
		})
		if err != nil {
			return err
		}
		_, err = partnerships.MakeProspect(ctx, tx, o.Victim.Program.ID, twin.ID, "")
		return err
	})
	at := "/partners/" + string(first.ID)
	o.ask(auth.RoleOwner, at+"/known").shows(http.StatusOK, "Perhaps the same person", "Twin Name", "Both have the same mail address")
	o.ask(auth.RoleOwner, at+"/merge?other="+string(twin.ID)).shows(http.StatusOK, "Are these two the same person?", "twin.account")
	o.ask(auth.RoleOwner, at+"/merge?other="+string(o.Other.First.Partnership.Creator)).shows(http.StatusNotFound)
	o.ask(auth.RoleOwner, at+"/merge", "other", string(o.Victim.Second.Partnership.Creator)).shows(http.StatusUnprocessableEntity, "books are not rewritten")
	o.ask(auth.RoleOwner, at+"/merge", "other", string(twin.ID)).leads("/p/" + string(o.Victim.Program.ID) + at + "/known")
	o.ask(auth.RoleOwner, at+"/known").shows(http.StatusOK, "twin.account").lacks("Perhaps the same person")
}

func TestErasingNeedsTheNameAndRightsInEveryProgram(t *testing.T) {
	o := newRoom(t)
	both, first := o.Victim.Both.Partnership, o.Victim.First.Partnership
	o.ask(auth.RoleOwner, "/partners/"+string(both.ID)+"/known").shows(http.StatusOK, "Somebody with rights in all of them must do it")
	o.ask(auth.RoleOwner, "/partners/"+string(both.ID)+"/erase", "name", "Shared Sam").shows(http.StatusForbidden)
	at := "/partners/" + string(first.ID)
	o.ask(auth.RoleOwner, at+"/erase", "name", "somebody").shows(http.StatusUnprocessableEntity)
	o.ask(auth.RoleManager, at+"/erase", "name", "zqxone Mira").shows(http.StatusForbidden)
	o.ask(auth.RoleOwner, at+"/erase", "name", "zqxone Mira").leads("/p/" + string(o.Victim.Program.ID) + "/creators")
	o.do(func(ctx context.Context, tx *db.Tx) error {
		c, err := creators.Find(ctx, tx, first.Creator)
		if c.Name != creators.RemovedName {
			t.Errorf("still there: %+v", c)
		}
		return err
	})
	o.ask(auth.RoleOwner, at+"/known").shows(http.StatusOK, creators.RemovedName)
}

func TestWhoIsLeftAloneIsCountedAndNeverListed(t *testing.T) {
	o := newRoom(t)
	const at = "/creators/left-alone"
	o.ask(auth.RoleViewer, at).shows(http.StatusOK, "Who asked to be left alone?").lacks("Add to the list")
	o.ask(auth.RoleOwner, at, "list", "juno@mail.example\ntiktok @juno.knits\nhttps://www.instagram.com/juno/\n", "reason", "asked by mail").leads("/p/")
	o.ask(auth.RoleOwner, at).shows(http.StatusOK, "3").lacks("juno")
	o.ask(auth.RoleOwner, at, "list", "juno\n", "reason", "").shows(http.StatusUnprocessableEntity, "Line 1 is neither")
	o.ask(auth.RoleOwner, at+"/check", "address", "Juno@Mail.example").leads("/p/")
	o.ask(auth.RoleOwner, at+"/check", "address", "nobody").shows(http.StatusUnprocessableEntity)
}

func TestOnlyWhoAskedForItIsTakenOffTheList(t *testing.T) {
	o := newRoom(t)
	const at = "/creators/left-alone"
	o.do(func(ctx context.Context, tx *db.Tx) error {
		_, err := creators.Suppress(ctx, tx, o.Box, []creators.Suppression{{Email: "erased@mail.example"}, {Program: o.Other.Program.ID, Email: "theirs@mail.example"}})
		return err
	})
	o.ask(auth.RoleOwner, at, "list", "juno@mail.example\ntiktok @juno.knits", "reason", "").leads("/p/")
	o.ask(auth.RoleViewer, at).lacks("Take off the list")
	o.ask(auth.RoleViewer, at+"/remove", "address", "juno@mail.example", "asked", "1").shows(http.StatusForbidden)
	for why, form := range map[string][]string{
		"Say that they did": {"address", "juno@mail.example"}, "Line 1 is neither": {"address", "juno", "asked", "1"}, "one address or account at a time": {"address", "juno@mail.example\ntiktok @juno.knits", "asked", "1"},
		"not on this program’s list": {"address", "erased@mail.example", "asked", "1"}, "whole installation stays": {"address", "theirs@mail.example", "asked", "1"},
	} {
		o.ask(auth.RoleOwner, at+"/remove", form...).shows(http.StatusUnprocessableEntity, why)
	}
	o.ask(auth.RoleManager, at+"/remove", "address", "Juno@Mail.example", "asked", "1").leads("/p/")
	o.do(func(ctx context.Context, tx *db.Tx) error {
		own, everywhere, err := creators.CountSuppressed(ctx, tx, o.Victim.Program.ID)
		theirs, _, err2 := creators.CountSuppressed(ctx, tx, o.Other.Program.ID)
		if err != nil || err2 != nil || own != 1 || theirs != 1 {
			t.Errorf("%d are left, %d everywhere, %d of the other program: %v %v", own, everywhere, theirs, err, err2)
		}
		still, err := creators.Suppressed(ctx, tx, o.Box, o.Victim.Program.ID, []string{"erased@mail.example"}, nil)
		if !still.Any() {
			t.Error("who was erased is no longer left alone")
		}
		var kept string
		if err := tx.QueryRow(ctx, `select coalesce(max(cast(before as text)), '') || coalesce(max(note), '') from audit where action = 'suppression.remove'`).Scan(&kept); err != nil || kept == "" || strings.Contains(strings.ToLower(kept), "juno") {
			t.Errorf("the audit says %q: %v", kept, err)
		}
		return err
	})
}

// keyPattern finds a key of the catalogue that was shown for want of words.
var keyPattern = regexp.MustCompile(`\bperson\.[a-z]+`)

func TestPagesOfAPersonAreCleanWhateverIsKnown(t *testing.T) {
	o := newRoom(t)
	long, rtl := strings.Repeat("Wilhelmina ", 5)+"Hart", "ליאור גולן"
	o.do(func(ctx context.Context, tx *db.Tx) error {
		c, err := creators.Find(ctx, tx, o.Victim.First.Partnership.Creator)
		if err != nil {
			return err
		}
		for i := range 30 {
			if err := creators.AddSnapshot(ctx, tx, creators.Snapshot{
				Profile: c.Main, TakenAt: tx.Now().Add(-time.Duration(i) * 24 * time.Hour), Source: creators.SourceImport, Counts: creators.Counts{Followers: new(int64(10_000_000 + i*7919))},
			}); err != nil {
				return err
			}
			for _, kind := range []creators.TagKind{creators.TagTopic, creators.TagFree} {
				if _, err := creators.AddTags(ctx, tx, o.Victim.Program.ID, []creators.Tag{{Creator: c.ID, Kind: kind, Text: rtl + strings.Repeat("x", i), Source: creators.SourceEntered, MadeBy: long}}); err != nil {
					return err
				}
			}
		}
		return creators.AddCollaboration(ctx, tx, creators.Collaboration{Program: "", Creator: c.ID, Brand: long, Post: "pst_gone", At: tx.Now(), Source: creators.SourceCaption, Note: rtl})
	})
	for _, path := range []string{
		"/partners/" + string(o.Victim.First.Partnership.ID) + "/known", "/partners/" + string(o.Victim.Second.Partnership.ID) + "/known", "/creators/left-alone",
		"/partners/" + string(o.Victim.First.Partnership.ID) + "/merge?other=" + string(o.Victim.Second.Partnership.Creator),
	} {
		if got := o.ask(auth.RoleOwner, path); got.status != http.StatusOK || keyPattern.MatchString(got.body) {
			t.Errorf("%s: %d, or a key without words", path, got.status)
		}
	}
}
