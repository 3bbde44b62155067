package mentions_test

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"rapport/internal/base/db"
	"rapport/internal/base/db/dbtest"
	"rapport/internal/base/fault"
	"rapport/internal/base/programs"
	"rapport/internal/edge/edgetest"
	"rapport/internal/edge/platforms"
	"rapport/internal/edge/platforms/instagram"
	"rapport/internal/edge/platforms/mentions"
	"rapport/internal/edge/platforms/youtube"
	"rapport/internal/partner/partnerships"
	"rapport/internal/recruit/creators"
)

// floor is a program whose brand is talked about.
type floor struct {
	*testing.T
	*edgetest.World
	d       *db.DB
	found   *edgetest.Found
	watch   mentions.Watch
	program programs.ID
}

func run(t *testing.T, test func(f *floor)) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) { test(newFloor(t, d)) })
}

// runOne is for what asks the database nothing that it is not asked elsewhere on both engines.
func runOne(t *testing.T, test func(f *floor)) { test(newFloor(t, dbtest.New(t, db.EngineSQLite))) }

func newFloor(t *testing.T, d *db.DB) *floor {
	f := &floor{T: t, d: d, World: edgetest.New(t, d), found: edgetest.NewFound(t)}
	f.program = f.Victim.Program.ID
	f.watch.Board = &platforms.Switchboard{Box: f.Box, Pace: time.Microsecond,
		Platforms: []platforms.Platform{youtube.Platform{Endpoint: f.found.URL + "/"}, instagram.Platform{Host: f.found.URL}}}
	f.update(func(tx *db.Tx) error {
		_, err := tx.Exec(t.Context(), `delete from mentions`) // that of the world
		return errors.Join(err, platforms.SetApp(t.Context(), tx, f.Box, platforms.App{Platform: "youtube", APIKey: "key"}),
			platforms.SetApp(t.Context(), tx, f.Box, platforms.App{Platform: "instagram", ClientID: "id", ClientSecret: "hush"}))
	})
	f.found.Videos = []edgetest.FoundVideo{
		{ID: "v1", Channel: channel(1), Handle: "leafreviews", Name: "Leaf Reviews", Title: "Northwind Tea, honestly"},
		{ID: "v2", Channel: channel(1), Handle: "leafreviews", Name: "Leaf Reviews", Title: "Northwind Tea again"},
		{ID: "v3", Channel: channel(2), Handle: "steamroom", Name: "Steam Room", Title: "What a storm"},
	}
	f.found.Tags = []edgetest.FoundTag{{ID: "71", By: "cup.of.calm", Caption: "mornings with @northwind.tea"}, {ID: "72", By: "cup.of.calm", Caption: "again"}}
	return f
}

func channel(n int) string { return fmt.Sprintf("UC%022d", n) }

func (f *floor) update(do func(tx *db.Tx) error) {
	f.Helper()
	if err := f.d.Update(f.Context(), do); err != nil {
		f.Fatal(err)
	}
}

func (f *floor) must(err error) {
	f.Helper()
	if err != nil {
		f.Fatal(err)
	}
}

func (f *floor) word(text string, about mentions.About) {
	f.Helper()
	f.update(func(tx *db.Tx) error { return mentions.AddWord(f.Context(), tx, f.program, text, about, "Ana") })
}

func (f *floor) brand(life time.Duration) {
	f.Helper()
	f.update(func(tx *db.Tx) error {
		return mentions.ConnectBrand(f.Context(), tx, f.Box, f.program, platforms.Identity{Account: edgetest.FoundAccount, Handle: "northwind.tea"},
			platforms.Token{Access: "EAAbrand", AccessUntil: f.d.Now().Add(life)}, "Ana")
	})
}

func (f *floor) all() (all []mentions.Mention) {
	f.Helper()
	f.update(func(tx *db.Tx) (err error) {
		all, _, err = mentions.List(f.Context(), tx, f.program, mentions.Filter{}, db.Page{})
		return err
	})
	return all
}

// told is what stands there, in a form that is easy to compare: "kind @handle state".
func (f *floor) told() string {
	f.Helper()
	var lines []string
	for _, m := range f.all() {
		lines = append(lines, fmt.Sprintf("%s @%s %s %s", m.Kind, m.Account.Handle, m.Evidence, m.State))
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

func (f *floor) prospect(platform creators.Platform, handle string) (c creators.Creator, p partnerships.Partnership) {
	f.Helper()
	f.update(func(tx *db.Tx) (err error) {
		found := false
		if c, found, err = creators.FindByAccount(f.Context(), tx, creators.Account{Platform: platform, Handle: handle}); err != nil || !found {
			return err
		}
		p, err = partnerships.Of(f.Context(), tx, f.program, c.ID)
		if fault.KindOf(err) == fault.KindNotFound {
			err = nil
		}
		return err
	})
	return c, p
}

func (f *floor) used() int64 {
	f.Helper()
	var used int64
	f.update(func(tx *db.Tx) error {
		all, err := platforms.Quotas(f.Context(), tx, youtube.Rules(), platforms.App{})
		used = all[0].Used
		return err
	})
	return used
}

func TestArrive(t *testing.T) {
	for _, c := range []struct {
		seen mentions.Seen
		want mentions.State
	}{
		{mentions.Seen{Kind: mentions.KindTag}, mentions.StateProspect},
		{mentions.Seen{Kind: mentions.KindMention}, mentions.StateProspect},
		{mentions.Seen{Kind: mentions.KindOrder}, mentions.StateProspect},
		{mentions.Seen{Kind: mentions.KindKeyword, About: mentions.AboutBrand, Word: "Northwind Tea", Excerpt: "My NORTHWIND-TEA shelf"}, mentions.StateProspect},
		{mentions.Seen{Kind: mentions.KindKeyword, About: mentions.AboutBrand, Word: "#northwind", Excerpt: "all #Northwind"}, mentions.StateProspect},
		{mentions.Seen{Kind: mentions.KindKeyword, About: mentions.AboutBrand, Word: "tea", Excerpt: "steam"}, mentions.StateNew},
		{mentions.Seen{Kind: mentions.KindKeyword, About: mentions.AboutBrand, Word: "#", Excerpt: "#"}, mentions.StateNew},
		{mentions.Seen{Kind: mentions.KindKeyword, About: mentions.AboutCategory, Word: "tea", Excerpt: "tea"}, mentions.StateNew},
	} {
		if got := mentions.Arrive(c.seen); got.State != c.want || got.Because == "" {
			t.Errorf("%+v arrives as %+v", c.seen, got)
		}
	}
}

func TestVideosThatNameTheBrandArriveAsProspectsOnceAndTheOthersWait(t *testing.T) {
	run(t, func(f *floor) {
		f.word("northwind tea", mentions.AboutBrand)
		for range 3 { // only the first is due
			f.must(f.watch.AskWords(f.Context(), f.d))
		}
		want := "keyword @leafreviews v1 prospect\nkeyword @leafreviews v2 prospect\nkeyword @steamroom v3 new"
		if got := f.told(); got != want {
			t.Fatalf("told\n%s", got)
		}
		if f.used() != youtube.SearchCost+2*youtube.ListCost {
			t.Errorf("%d units for %v", f.used(), f.found.Calls())
		}
		c, p := f.prospect("youtube", "leafreviews")
		if p.Status != partnerships.StatusProspect || c.Name != "Leaf Reviews" || c.Followers == nil || *c.Followers != 12300 {
			t.Errorf("creator %+v, partnership %+v", c, p)
		}
		f.update(func(tx *db.Tx) error {
			posts, err := creators.RecentPosts(f.Context(), tx, []creators.ProfileID{c.Profiles[0].ID}, 5)
			if got := posts[c.Profiles[0].ID]; len(got) != 2 || *got[0].Counts.Views != 900 {
				t.Errorf("posts %+v", got)
			}
			events, _, err2 := partnerships.Timeline(f.Context(), tx, p.ID, db.Page{})
			if !slices.ContainsFunc(events, func(e partnerships.Event) bool {
				return e.Kind == partnerships.EventFound && e.Text == "https://www.youtube.com/watch?v=v1"
			}) {
				t.Errorf("timeline %+v", events)
			}
			return errors.Join(err, err2)
		})
		dbtest.Clock(f.d).Advance(25 * time.Hour)
		f.must(f.watch.AskWords(f.Context(), f.d))
		if got := f.told(); got != want {
			t.Errorf("the next day\n%s", got)
		}
	})
}

func TestAVideoThatWaitsArrivesOnceAWordOfTheBrandFindsIt(t *testing.T) {
	runOne(t, func(f *floor) {
		f.word("tea", mentions.AboutCategory)
		f.must(f.watch.AskWords(f.Context(), f.d))
		f.word("northwind tea", mentions.AboutBrand)
		f.must(f.watch.AskWords(f.Context(), f.d))
		if got := f.told(); got != "keyword @leafreviews v1 prospect\nkeyword @leafreviews v2 prospect\nkeyword @steamroom v3 new" {
			t.Errorf("told\n%s", got)
		}
	})
}

func TestWordsLeaveHalfOfTheDayToPeopleAndStopAtTheFirstFailure(t *testing.T) {
	runOne(t, func(f *floor) {
		f.word("one", mentions.AboutBrand)
		f.word("two", mentions.AboutBrand)
		f.update(func(tx *db.Tx) error {
			return platforms.Take(f.Context(), tx, youtube.Rules(), platforms.App{}, platforms.Cost{Bucket: youtube.Units, Units: 4_899})
		})
		f.must(f.watch.AskWords(f.Context(), f.d))
		if calls := f.found.Calls(); len(calls) != 0 {
			t.Fatalf("asked %v with 5,101 units left", calls)
		}
		dbtest.Clock(f.d).Advance(24 * time.Hour)
		f.found.Fail = func(string) (int, string) {
			return http.StatusForbidden, `{"error":{"code":403,"errors":[{"reason":"quotaExceeded"}]}}`
		}
		for range 3 {
			f.must(f.watch.AskWords(f.Context(), f.d))
		}
		if calls := f.found.Calls(); len(calls) != 1 {
			t.Errorf("asked %v although YouTube said to wait", calls)
		}
		f.found.Fail = func(string) (int, string) { return http.StatusOK, `<html>` }
		dbtest.Clock(f.d).Advance(24 * time.Hour)
		for range 3 {
			f.must(f.watch.AskWords(f.Context(), f.d))
		}
		if calls := f.found.Calls(); len(calls) != 3 { // one a round, each word once
			t.Errorf("asked %v", calls)
		}
		f.update(func(tx *db.Tx) error {
			words, err := mentions.Words(f.Context(), tx, f.program)
			if words[0].Failure != "nonsense" {
				t.Errorf("words %+v", words)
			}
			return err
		})
		if len(f.all()) != 0 {
			t.Error("something was found in nonsense")
		}
	})
}

func TestTagsArriveOnceWithTheirPost(t *testing.T) {
	run(t, func(f *floor) {
		f.brand(50 * 24 * time.Hour)
		for range 2 {
			f.must(f.watch.ReadTags(f.Context(), f.d))
			dbtest.Clock(f.d).Advance(7 * time.Hour)
		}
		if got := f.told(); got != "tag @cup.of.calm 71 prospect\ntag @cup.of.calm 72 prospect" {
			t.Fatalf("told\n%s", got)
		}
		c, p := f.prospect("instagram", "cup.of.calm")
		if p.Status != partnerships.StatusProspect || c.Followers == nil || *c.Followers != 8200 {
			t.Errorf("creator %+v, %s", c, p.Status)
		}
		m := f.all()[0]
		if m.URL == "" || m.PostedAt.IsZero() || m.Source != instagram.Source {
			t.Errorf("evidence %+v", m)
		}
	})
}

func TestWhatWebhooksTellIsReadOnce(t *testing.T) {
	runOne(t, func(f *floor) {
		f.brand(50 * 24 * time.Hour)
		f.update(func(tx *db.Tx) error {
			return mentions.TakeNotes(f.Context(), tx, []instagram.Note{{Account: edgetest.FoundAccount, Media: "77"}, {Account: edgetest.FoundAccount, Media: "77"},
				{Account: "999", Media: "78"}})
		})
		f.must(f.watch.ReadNotes(f.Context(), f.d))
		calls := len(f.found.Calls())
		f.must(f.watch.ReadNotes(f.Context(), f.d))
		if got := f.told(); got != "mention @caption.fan 77 prospect" || len(f.found.Calls()) != calls {
			t.Errorf("told\n%s\nafter %v", got, f.found.Calls())
		}
	})
}

// What can happen to the brand's account: nothing is lost, nobody asks in a loop, and the state says it.
func TestBadDaysOfTheBrandsAccount(t *testing.T) {
	graph := func(code, sub int) func(string) (int, string) {
		return func(string) (int, string) {
			return 400, fmt.Sprintf(`{"error":{"code":%d,"error_subcode":%d}}`, code, sub)
		}
	}
	for name, c := range map[string]struct {
		fail  func(string) (int, string)
		state platforms.State
		kind  platforms.FailureKind
		calls int
	}{
		"limited":   {graph(4, 0), platforms.StateConnected, platforms.FailureRateLimited, 1},
		"expired":   {graph(190, 463), platforms.StateExpired, platforms.FailureTokenExpired, 1},
		"withdrawn": {graph(190, 458), platforms.StateRevoked, platforms.FailureConsentRevoked, 1},
		"gone":      {graph(100, 33), platforms.StateGone, platforms.FailureAccountGone, 1},
		"nonsense":  {func(string) (int, string) { return 200, "<html>" }, platforms.StateFailing, platforms.FailureNonsense, 1},
		"down":      {func(string) (int, string) { return 503, "" }, platforms.StateFailing, platforms.FailureDown, 3},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFloor(t, dbtest.New(t, db.EngineSQLite))
			f.brand(50 * 24 * time.Hour)
			f.must(f.watch.ReadTags(f.Context(), f.d))
			before, calls := f.told(), len(f.found.Calls())
			dbtest.Clock(f.d).Advance(7 * time.Hour)
			f.found.Fail = c.fail
			for range 3 {
				f.must(f.watch.ReadTags(f.Context(), f.d))
			}
			if got := len(f.found.Calls()) - calls; got != c.calls {
				t.Errorf("asked %d times", got)
			}
			if f.told() != before {
				t.Errorf("what was found is now\n%s", f.told())
			}
			f.update(func(tx *db.Tx) error {
				b, _, err := mentions.FindBrand(f.Context(), tx, f.program)
				if b.State != c.state || b.Kind != c.kind {
					t.Errorf("state %s because of %s (%s)", b.State, b.Kind, b.Detail)
				}
				return err
			})
		})
	}
}

func TestATokenIsRenewedBeforeItsEnd(t *testing.T) {
	runOne(t, func(f *floor) {
		f.brand(10 * 24 * time.Hour)
		f.must(f.watch.ReadTags(f.Context(), f.d))
		if !slices.Contains(f.found.Calls(), "access_token") {
			t.Error("the token was not renewed")
		}
		f.update(func(tx *db.Tx) error {
			b, _, err := mentions.FindBrand(f.Context(), tx, f.program)
			if left := b.AccessUntil.Sub(tx.Now()); left != 60*24*time.Hour {
				t.Errorf("the token holds for %s", left)
			}
			return err
		})
		f.brand(-time.Hour)
		calls := len(f.found.Calls())
		f.must(f.watch.ReadTags(f.Context(), f.d))
		if len(f.found.Calls()) != calls {
			t.Error("a token that ended was used")
		}
	})
}

func TestAddAndNotForUs(t *testing.T) {
	run(t, func(f *floor) {
		f.word("tea", mentions.AboutCategory)
		f.must(f.watch.AskWords(f.Context(), f.d))
		byHandle := map[string]mentions.Mention{}
		for _, m := range f.all() {
			byHandle[m.Account.Handle] = m
		}
		ctx := f.Context()
		f.update(func(tx *db.Tx) error {
			for range 2 { // a double click
				if _, err := mentions.Add(ctx, tx, f.Box, f.program, byHandle["leafreviews"].ID, "Ana"); err != nil {
					return err
				}
			}
			_, err := mentions.Dismiss(ctx, tx, f.program, byHandle["steamroom"].ID, "Ana")
			return err
		})
		if got := f.told(); got != "keyword @leafreviews v1 prospect\nkeyword @leafreviews v2 prospect\nkeyword @steamroom v3 dismissed" {
			t.Fatalf("told\n%s", got)
		}
		// Who was not for us stays so when the next video comes; who was added does not wait again.
		f.found.Videos = append(f.found.Videos, edgetest.FoundVideo{ID: "v4", Channel: channel(2), Handle: "steamroom", Title: "tea"},
			edgetest.FoundVideo{ID: "v5", Channel: channel(1), Handle: "leafreviews", Title: "tea"})
		dbtest.Clock(f.d).Advance(25 * time.Hour)
		f.must(f.watch.AskWords(ctx, f.d))
		if got := f.told(); !strings.Contains(got, "v4 dismissed") || !strings.Contains(got, "v5 prospect") {
			t.Errorf("told\n%s", got)
		}
		// Changing one's mind about a prospect loses them; about a partner it is refused.
		f.update(func(tx *db.Tx) error {
			_, err := mentions.Dismiss(ctx, tx, f.program, byHandle["leafreviews"].ID, "Ana")
			return err
		})
		if _, p := f.prospect("youtube", "leafreviews"); p.Status != partnerships.StatusLost {
			t.Errorf("a prospect who is not for us is %s", p.Status)
		}
		err := f.d.Update(ctx, func(tx *db.Tx) error {
			_, err := mentions.Find(ctx, tx, f.Other.Program.ID, byHandle["steamroom"].ID)
			return err
		})
		if fault.KindOf(err) != fault.KindNotFound {
			t.Errorf("another program's mention is %v", err)
		}
	})
}

func TestWhoWorksWithTheProgramGetsTheEvidenceAndNoNewStart(t *testing.T) {
	runOne(t, func(f *floor) {
		ctx, first := f.Context(), f.Victim.First.Partnership
		f.update(func(tx *db.Tx) error {
			_, err := creators.AddProfile(ctx, tx, first.Creator, creators.NewProfile{Platform: "instagram", Handle: "cup.of.calm"})
			return err
		})
		f.brand(50 * 24 * time.Hour)
		f.must(f.watch.ReadTags(ctx, f.d))
		c, p := f.prospect("instagram", "cup.of.calm")
		if c.ID != first.Creator || p.ID != first.ID || p.Status != first.Status {
			t.Errorf("partnership %+v", p)
		}
		mention := f.all()[0].ID
		err := f.d.Update(ctx, func(tx *db.Tx) error {
			_, err := mentions.Dismiss(ctx, tx, f.program, mention, "Ana")
			return err
		})
		if fault.KindOf(err) != fault.KindConflict && fault.KindOf(err) != fault.KindInternal {
			t.Errorf("a partner is not for us: %v", err)
		}
	})
}

func TestWhoAskedToBeLeftAloneIsNeverStored(t *testing.T) {
	run(t, func(f *floor) {
		ctx := f.Context()
		f.update(func(tx *db.Tx) error {
			_, err := creators.Suppress(ctx, tx, f.Box, []creators.Suppression{{Account: creators.Account{Platform: "instagram", Handle: "Cup.Of.Calm"}},
				{Account: creators.Account{Platform: "youtube", Handle: "leafreviews"}, Program: f.program}})
			return err
		})
		f.brand(50 * 24 * time.Hour)
		f.word("tea", mentions.AboutCategory)
		f.must(f.watch.ReadTags(ctx, f.d))
		f.must(f.watch.AskWords(ctx, f.d))
		if got := f.told(); got != "keyword @steamroom v3 new" {
			t.Errorf("told\n%s", got)
		}
		if a, err := f.watch.AddChannel(ctx, f.d, f.program, channel(1), "v1"); err != nil || a.LeftAlone != 1 {
			t.Errorf("%+v, %v", a, err)
		}
	})
}

func TestABuyerWhoTellsTheirName(t *testing.T) {
	run(t, func(f *floor) {
		ctx := f.Context()
		tell := func(program programs.ID, order, handle string) error {
			return f.d.Update(ctx, func(tx *db.Tx) error { return mentions.FromOrder(ctx, tx, f.Box, program, order, "instagram", handle) })
		}
		order := f.Victim.Texts["order"]
		for range 2 {
			f.must(tell(f.program, order, "@happy.buyer"))
		}
		if got := f.told(); got != "order @happy.buyer "+order+" prospect" {
			t.Errorf("told\n%s", got)
		}
		for _, err := range []error{tell(f.program, "no such order", "happy.buyer"), tell(f.Other.Program.ID, order, "happy.buyer")} {
			if fault.KindOf(err) != fault.KindNotFound {
				t.Errorf("an order the program does not know: %v", err)
			}
		}
		if err := tell(f.program, order, "not a name"); fault.KindOf(err) != fault.KindInvalid {
			t.Errorf("a name that is none: %v", err)
		}
	})
}

func TestTheSameSearchCostsOnceADay(t *testing.T) {
	run(t, func(f *floor) {
		ctx := f.Context()
		for range 3 {
			page, err := f.watch.SearchYouTube(ctx, f.d, youtube.Query{Words: "Tea"})
			if err != nil || len(page.Cards) != 2 || page.Cards[0].Account.Handle != "leafreviews" || *page.Cards[0].Followers != 12300 {
				t.Fatalf("%+v, %v", page, err)
			}
		}
		if f.used() != youtube.SearchCost+youtube.ListCost {
			t.Errorf("%d units", f.used())
		}
		if _, kept, err := f.watch.KeptYouTube(ctx, f.d, youtube.Query{Words: "coffee"}); kept || err != nil {
			t.Errorf("%v, %v", kept, err)
		}
		dbtest.Clock(f.d).Advance(25 * time.Hour)
		if _, kept, err := f.watch.KeptYouTube(ctx, f.d, youtube.Query{Words: "tea"}); kept || err != nil {
			t.Errorf("yesterday's answer: %v, %v", kept, err)
		}
		for range 2 {
			if _, err := f.watch.AddChannel(ctx, f.d, f.program, channel(1), "v1"); err != nil {
				t.Fatal(err)
			}
		}
		if c, p := f.prospect("youtube", "leafreviews"); p.Status != partnerships.StatusProspect || *c.Followers != 12300 {
			t.Errorf("%+v, %+v", c, p)
		}
	})
}

func TestTheMarketplaceAsksInTheBrandsName(t *testing.T) {
	runOne(t, func(f *floor) {
		ctx := f.Context()
		if _, err := f.watch.SearchInstagram(ctx, f.d, f.program, instagram.Wish{Query: "tea"}); fault.KindOf(err) != fault.KindConflict {
			t.Errorf("without an account: %v", err)
		}
		f.brand(50 * 24 * time.Hour)
		for range 2 {
			page, err := f.watch.SearchInstagram(ctx, f.d, f.program, instagram.Wish{Query: "tea"})
			if err != nil || len(page.Cards) != 1 || page.Cards[0].Account.Handle != "steam.and.leaf" {
				t.Fatalf("%+v, %v", page, err)
			}
		}
		if calls := f.found.Calls(); len(calls) != 1 {
			t.Errorf("asked %v", calls)
		}
		if _, err := f.watch.AddAccount(ctx, f.d, f.program, "steam.and.leaf"); err != nil {
			t.Fatal(err)
		}
		if c, p := f.prospect("instagram", "steam.and.leaf"); p.Status != partnerships.StatusProspect || *c.Followers != 8200 {
			t.Errorf("%+v, %+v", c, p)
		}
		f.found.Fail = func(string) (int, string) { return 400, `{"error":{"code":190,"error_subcode":463}}` }
		if _, err := f.watch.AddAccount(ctx, f.d, f.program, "another"); err == nil {
			t.Fatal("an expired token was let pass")
		}
		if _, err := f.watch.AddAccount(ctx, f.d, f.program, "another"); fault.KindOf(err) != fault.KindConflict {
			t.Errorf("the page says: %v", err)
		}
	})
}

func TestTheThirtyFirstHashtagOfAWeekIsNeverSent(t *testing.T) {
	run(t, func(f *floor) {
		ctx := f.Context()
		f.brand(50 * 24 * time.Hour)
		for i := range 30 {
			if _, err := f.watch.TrendOf(ctx, f.d, f.program, fmt.Sprintf("tea%d", i)); err != nil {
				t.Fatal(err)
			}
			dbtest.Clock(f.d).Advance(time.Hour) // 30 hours, across a Monday
		}
		calls := len(f.found.Calls())
		_, err := f.watch.TrendOf(ctx, f.d, f.program, "onemore")
		failure, ok := platforms.FailureOf(err)
		if !ok || failure.Kind != platforms.FailureQuotaSpent || len(f.found.Calls()) != calls {
			t.Fatalf("%v after %d calls", err, len(f.found.Calls())-calls)
		}
		if _, err := f.watch.TrendOf(ctx, f.d, f.program, "#TEA3"); err != nil || len(f.found.Calls()) > calls+1 {
			t.Errorf("one that was asked for already: %v", err)
		}
		dbtest.Clock(f.d).Advance(failure.Until.Sub(f.d.Now()) + time.Second)
		if _, err := f.watch.TrendOf(ctx, f.d, f.program, "onemore"); err != nil {
			t.Errorf("after it said: %v", err)
		}
	})
}

func TestWhatYouTubeToldIsRefreshedOrGoneWithinThirtyDays(t *testing.T) {
	run(t, func(f *floor) {
		ctx := f.Context()
		f.word("northwind tea", mentions.AboutBrand)
		f.must(f.watch.AskWords(ctx, f.d))
		f.update(func(tx *db.Tx) error { return mentions.RemoveWord(ctx, tx, f.program, "northwind tea") })
		keep := func() {
			t.Helper()
			f.must(f.watch.Keep(ctx, f.d))
			f.must(f.watch.Board.Expire(ctx, f.d))
		}
		dbtest.Clock(f.d).Advance(21 * 24 * time.Hour)
		before := f.used()
		keep()
		if f.used()-before != 2 {
			t.Errorf("%d units to refresh", f.used()-before)
		}
		dbtest.Clock(f.d).Advance(15 * 24 * time.Hour) // 36 days: without the refresh it would be gone
		keep()
		if c, _ := f.prospect("youtube", "leafreviews"); c.Followers == nil {
			t.Error("figures that were refreshed are gone")
		}
		if m := f.all(); !slices.ContainsFunc(m, func(m mentions.Mention) bool { return m.Excerpt != "" }) {
			t.Errorf("texts that were refreshed are gone: %+v", m)
		}
		f.found.Fail = func(string) (int, string) { return 503, "" }
		dbtest.Clock(f.d).Advance(31 * 24 * time.Hour)
		keep()
		if c, p := f.prospect("youtube", "leafreviews"); c.Followers != nil || p.Status != partnerships.StatusProspect {
			t.Errorf("after thirty days without an answer: %+v", c)
		}
		for _, m := range f.all() {
			if m.Excerpt != "" || m.Name != "" {
				t.Errorf("a text of YouTube is kept: %+v", m)
			}
		}
		dbtest.Clock(f.d).Advance(60 * 24 * time.Hour)
		keep()
		if got := f.told(); strings.Contains(got, "new") {
			t.Errorf("what nobody decided on stays:\n%s", got)
		}
	})
}

func TestWordsAreChecked(t *testing.T) {
	runOne(t, func(f *floor) {
		ctx := f.Context()
		add := func(text string, about mentions.About) error {
			return f.d.Update(ctx, func(tx *db.Tx) error { return mentions.AddWord(ctx, tx, f.program, text, about, "Ana") })
		}
		for _, bad := range []string{"", " # ", strings.Repeat("a", 61), "a\x00b"} {
			if err := add(bad, mentions.AboutBrand); fault.KindOf(err) != fault.KindInvalid {
				t.Errorf("%q: %v", bad, err)
			}
		}
		if err := add("tea", "else"); fault.KindOf(err) != fault.KindInvalid {
			t.Error(err)
		}
		for i := range 10 {
			f.must(add(fmt.Sprintf("word %d", i), mentions.AboutCategory))
		}
		f.must(add("WORD 3", mentions.AboutBrand)) // the same in another kind
		if err := add("eleven", mentions.AboutBrand); fault.KindOf(err) != fault.KindInvalid {
			t.Errorf("an eleventh word: %v", err)
		}
	})
}

func TestATokenOfOneProgramDoesNotOpenForAnother(t *testing.T) {
	runOne(t, func(f *floor) {
		f.brand(50 * 24 * time.Hour)
		f.update(func(tx *db.Tx) error {
			_, err := tx.Exec(f.Context(), `update brand_accounts set program_id = $1`, f.Other.Program.ID)
			return err
		})
		if err := f.watch.ReadTags(f.Context(), f.d); err == nil || len(f.found.Calls()) != 0 {
			t.Errorf("a copied row was used: %v", err)
		}
	})
}
