package creators

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"rapport/internal/base/db"
	"rapport/internal/base/db/dbtest"
	"rapport/internal/base/fault"
	"rapport/internal/base/programs"
)

func TestTheLowerBoundBelongsToTheTier(t *testing.T) {
	for followers, want := range map[int64]Tier{
		0: TierNano, 9_999: TierNano, 10_000: TierMicro, 99_999: TierMicro, 100_000: TierMacro, 999_999: TierMacro, 1_000_000: TierMega,
	} {
		if got := TierOf(followers); got != want {
			t.Errorf("%d followers are %s, want %s", followers, got, want)
		}
	}
}

func TestAccountsAreReadFromHandlesAndAddresses(t *testing.T) {
	for text, want := range map[string]Account{
		"@Mara.Lindt": {PlatformTikTok, "Mara.Lindt"}, "https://www.tiktok.com/@juno?lang=de": {PlatformTikTok, "juno"}, "tiktok.com/@juno/video/1": {PlatformTikTok, "juno"},
	} {
		if got, err := ParseAccount(PlatformTikTok, text); err != nil || got != want {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
	for text, want := range map[string]Account{
		"instagram.com/mara.lindt/": {PlatformInstagram, "mara.lindt"}, "http://youtube.com/@oldtimer": {PlatformYouTube, "oldtimer"},
		"https://www.youtube.com/channel/UCabcdefghijklmnopqrstuv": {PlatformYouTube, "UCabcdefghijklmnopqrstuv"}, "https://de.pinterest.com/mara/": {PlatformPinterest, "mara"},
		"pinterest.co.uk/mara": {PlatformPinterest, "mara"},
	} {
		if got, err := ParseAccount("", text); err != nil || got != want {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
	for _, text := range []string{
		"", "@", "juno", "https://example.com/juno", "https://tiktok.com/juno", "https://instagram.com/p/abc", "https://youtube.com/watch?v=1", "instagram.com/", "a\x00b",
		"https://instagram.com/a%20b", "https://instagram.com/" + strings.Repeat("a", 31),
	} {
		if got, err := ParseAccount("", text); fault.KindOf(err) != fault.KindInvalid {
			t.Errorf("%q is read as %v (%v)", text, got, err)
		}
	}
}

func TestAProfilesAddressLeadsBackToIt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		platform := rapid.SampledFrom(Platforms[:4]).Draw(t, "platform")
		a, err := ParseAccount(platform, rapid.StringMatching(`[A-Za-z0-9._]{3,24}|UC[A-Za-z0-9_-]{22}`).Filter(func(s string) bool {
			return handleOfPath(platform, []string{s}) != "" || platform == PlatformTikTok || platform == PlatformYouTube
		}).Draw(t, "handle"))
		if err != nil {
			t.Fatal(err)
		}
		if back, err := ParseAccount("", a.URL()); err != nil || back != a {
			t.Fatalf("%v → %s → %v, %v", a, a.URL(), back, err)
		}
	})
}

func FuzzParseAccount(f *testing.F) {
	f.Add("tiktok", "https://www.tiktok.com/@juno")
	f.Add("", "youtube.com/channel/UCabcdefghijklmnopqrstuv")
	f.Add("pinterest", "@%zz/\u202e")
	f.Fuzz(func(t *testing.T, platform, text string) {
		a, err := ParseAccount(Platform(platform), text)
		if err != nil {
			if _, ok := fault.As(err); !ok {
				t.Fatalf("no fault: %v", err)
			}
			return
		}
		if again, err := ParseAccount(a.Platform, a.Handle); err != nil || again.Key() != a.Key() {
			t.Fatalf("%v is read again as %v (%v)", a, again, err)
		}
	})
}

func TestChannelIDsKeepTheirCase(t *testing.T) {
	upper, lower := Account{PlatformYouTube, "UCabcdefghijklmnopqrstuv"}, Account{PlatformYouTube, "UCABCDEFGHIJKLMNOPQRSTUV"}
	if upper.Key() == lower.Key() {
		t.Error("two channels are one")
	}
	if (Account{PlatformYouTube, "Juno"}).Key() != (Account{PlatformYouTube, "juno"}).Key() {
		t.Error("one handle is two")
	}
}

func TestNamesAreFoundWithoutCaseAndDiacritics(t *testing.T) {
	for name, want := range map[string]string{"Zoë  ĐẶNG": "zoe dang", "ＭＡＲＡ": "mara", "Straße": "strasse", " Łukasz\tØ ": "lukasz o", "Жанна": "жанна"} {
		if got := Fold(name); got != want {
			t.Errorf("%q folds to %q", name, got)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		once := Fold(rapid.String().Draw(t, "name"))
		if twice := Fold(once); twice != once {
			t.Fatalf("%q folds on to %q", once, twice)
		}
	})
}

func TestCountriesAndLanguages(t *testing.T) {
	for text, want := range map[string]string{"za": "ZA", "United States": "US", "UK": "GB", "South Korea": "KR", "Turkey": "TR", "Narnia": "Narnia", "": ""} {
		if got := Country(text); got != want {
			t.Errorf("country %q is %q, want %q", text, got, want)
		}
	}
	for text, want := range map[string]string{"English": "en", "german": "de", "pt-BR": "pt-BR", "Klingonese": "Klingonese", "": ""} {
		if got := Language(text); got != want {
			t.Errorf("language %q is %q, want %q", text, got, want)
		}
	}
}

func TestRatesNameTheirFormula(t *testing.T) {
	post := func(views, likes, comments, shares int64) PostCounts {
		return PostCounts{Views: &views, Likes: &likes, Comments: &comments, Shares: &shares}
	}
	hidden := PostCounts{Views: new(int64(1000)), Comments: new(int64(5)), Shares: new(int64(5))}
	posts := []PostCounts{post(1000, 60, 5, 5), post(2000, 120, 10, 10), post(3000, 180, 15, 15), hidden}
	for name, c := range map[string]struct {
		got  func() (Rate, bool)
		want Rate
	}{
		"tiktok posts": {func() (Rate, bool) { return RateOf(PlatformTikTok, nil, Averages{}, posts) }, Rate{70_000, FormulaSharedByViews, BasisPosts, 3}},
		"instagram posts": {func() (Rate, bool) { return RateOf(PlatformInstagram, new(int64(10_000)), Averages{}, posts) },
			Rate{13_000, FormulaByFollowers, BasisPosts, 3}},
		"two posts are too few": {func() (Rate, bool) { return RateOf(PlatformTikTok, nil, Averages{}, posts[2:]) }, Rate{}},
		"instagram list": {func() (Rate, bool) {
			return RateOf(PlatformInstagram, new(int64(12_400)), Averages{Engagement: new(int64(500))}, nil)
		},
			Rate{40_323, FormulaEngagementByFollowers, BasisAverages, 0}},
		"youtube list": {func() (Rate, bool) {
			return RateOf(PlatformYouTube, nil, Averages{Views: new(int64(100)), Likes: new(int64(3)), Comments: new(int64(0))}, nil)
		}, Rate{30_000, FormulaByViews, BasisAverages, 0}},
		"unknown comments": {func() (Rate, bool) {
			return RateOf(PlatformYouTube, nil, Averages{Views: new(int64(100)), Likes: new(int64(3))}, nil)
		}, Rate{}},
		"no views": {func() (Rate, bool) {
			return RateOf(PlatformYouTube, nil, Averages{Views: new(int64(0)), Likes: new(int64(3)), Comments: new(int64(1))}, nil)
		}, Rate{}},
		"pinterest": {func() (Rate, bool) {
			return RateOf(PlatformPinterest, new(int64(100)), Averages{Likes: new(int64(3)), Comments: new(int64(1))}, posts)
		}, Rate{}},
		"absurd": {func() (Rate, bool) {
			return RateOf(PlatformInstagram, new(int64(1)), Averages{Engagement: new(MaxCount)}, nil)
		}, Rate{}},
	} {
		got, ok := c.got()
		if got != c.want || ok != (c.want != Rate{}) {
			t.Errorf("%s: %+v, %v, want %+v", name, got, ok, c.want)
		}
	}
}

// In whatever order snapshots came, the profile shows the same.
func TestProjectingDoesNotDependOnOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		maybe := rapid.Custom(func(t *rapid.T) *int64 {
			if rapid.Bool().Draw(t, "known") {
				return new(rapid.Int64Range(0, 5).Draw(t, "n"))
			}
			return nil
		})
		n := rapid.IntRange(1, 6).Draw(t, "snapshots")
		all := make([]Snapshot, n)
		for i := range all {
			all[i] = Snapshot{TakenAt: dbtest.Start.Add(time.Duration(i) * time.Hour), Counts: Counts{Followers: maybe.Draw(t, "followers"), Likes: maybe.Draw(t, "likes")},
				Averages: Averages{Views: maybe.Draw(t, "views")}, Details: Details{Bio: rapid.SampledFrom([]string{"", "a", "b"}).Draw(t, "bio")}}
		}
		shown := Project(all)
		if again := Project(rapid.Permutation(all).Draw(t, "order")); !again.Same(shown) || again.TakenAt != shown.TakenAt {
			t.Fatalf("%+v, then %+v", shown, again)
		}
		if shown.Says(shown) || all[n-1].Says(shown) {
			t.Fatal("the newest says more than what is shown")
		}
	})
}

func create(t *testing.T, d *db.DB, n New) (c Creator) {
	t.Helper()
	if err := d.Update(t.Context(), func(tx *db.Tx) (err error) { c, err = Create(t.Context(), tx, n); return err }); err != nil {
		t.Fatal(err)
	}
	return c
}

func profile(platform Platform, handle string, followers int64) NewProfile {
	return NewProfile{Platform: platform, Handle: handle, Counts: Counts{Followers: &followers}}
}

func TestTheMainProfileDecidesAndFollowersAreNeverSummed(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		c := create(t, d, New{Name: "Mara Lindt", Profiles: []NewProfile{profile("tiktok", "@mara", 8_200), profile("", "https://instagram.com/mara.lindt", 9_900)}})
		if c.Tier != TierNano || *c.Followers != 9_900 || c.Profiles[0].Platform != PlatformInstagram || c.Main != c.Profiles[0].ID || c.Profiles[0].Tier != TierNano {
			t.Errorf("%+v", c)
		}
		err := d.Update(t.Context(), func(tx *db.Tx) (err error) {
			if err := AddSnapshot(t.Context(), tx, Snapshot{Profile: c.Profiles[1].ID, TakenAt: tx.Now().Add(time.Hour), Source: SourceEntered, Counts: Counts{Followers: new(int64(10_000))}}); err != nil {
				return err
			}
			if c, err = Find(t.Context(), tx, c.ID); err != nil || c.Tier != TierMicro || c.Profiles[0].Platform != PlatformTikTok {
				t.Errorf("after growing: %+v, %v", c, err)
			}
			if err := SetMain(t.Context(), tx, c.ID, c.Profiles[1].ID); err != nil {
				return err
			}
			if c, err = Find(t.Context(), tx, c.ID); err != nil || c.Tier != TierNano || c.Profiles[0].Platform != PlatformInstagram {
				t.Errorf("after choosing: %+v, %v", c, err)
			}
			if err := SetMain(t.Context(), tx, c.ID, "prf_none"); fault.KindOf(err) != fault.KindNotFound {
				t.Errorf("an unknown main profile: %v", err)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if unknown := create(t, d, New{Name: "Nobody knows"}); unknown.Tier != TierUnknown || unknown.Followers != nil {
			t.Errorf("%+v", unknown)
		}
	})
}

func TestOneAccountBelongsToOneCreator(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		create(t, d, New{Name: "First", Profiles: []NewProfile{profile("tiktok", "Juno", 1)}})
		for _, n := range []New{
			{Name: "Second", Profiles: []NewProfile{profile("instagram", "juno", 1), profile("tiktok", "@jUNO", 1)}},
			{Name: "Twice", Profiles: []NewProfile{profile("instagram", "twice", 1), profile("instagram", "TWICE", 1)}},
		} {
			err := d.Update(t.Context(), func(tx *db.Tx) error { _, err := Create(t.Context(), tx, n); return err })
			if f, ok := fault.As(err); !ok || f.Code != "profile_exists" || f.Field != "profiles[1].handle" {
				t.Errorf("%s: %v", n.Name, err)
			}
		}
		if all := list(t, d, Filter{Everywhere: true}, 10); len(all) != 1 {
			t.Errorf("a refused creator left something: %v", all)
		}
	})
}

func TestBadCreatorsAreRefusedByField(t *testing.T) {
	d := dbtest.New(t, db.EngineSQLite)
	for field, n := range map[string]New{
		"name": {}, "email": {Name: "a", Contact: Contact{Email: "nobody"}}, "profiles[0].followers": {Name: "a", Profiles: []NewProfile{profile("tiktok", "a", -1)}},
		"profiles[0].platform": {Name: "a", Profiles: []NewProfile{profile("myspace", "a", 1)}}, "profiles[1].handle": {Name: "a", Profiles: []NewProfile{profile("tiktok", "a", 1), profile("tiktok", "", 1)}},
		"profiles[0].bio": {Name: "a", Profiles: []NewProfile{{Platform: "tiktok", Handle: "a", Details: Details{Bio: strings.Repeat("x", LongestBio+1)}}}},
	} {
		err := d.Update(t.Context(), func(tx *db.Tx) error { _, err := Create(t.Context(), tx, n); return err })
		if f, ok := fault.As(err); !ok || f.Kind != fault.KindInvalid || f.Field != field {
			t.Errorf("want a fault in %s, got %v", field, err)
		}
	}
}

// list pages through a list and returns the names.
func list(t *testing.T, d *db.DB, f Filter, limit int) (names []string) {
	t.Helper()
	err := d.View(t.Context(), func(tx *db.Tx) error {
		for page := (db.Page{Limit: limit}); ; {
			some, next, err := List(t.Context(), tx, f, page)
			if err != nil {
				return err
			}
			for _, c := range some {
				names = append(names, c.Name)
			}
			if next == "" {
				return nil
			}
			page.After = next
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func TestListsAreSortedSearchedFilteredAndPagedWithoutGaps(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		for i := range 23 {
			p := profile([]Platform{"tiktok", "youtube"}[i%2], fmt.Sprintf("invented_%d", i), int64(i/2*5_000))
			p.Details.Country = []string{"DE", "US", "Zambia"}[i%3]
			create(t, d, New{Name: fmt.Sprintf("Zoë %c", 'A'+i/2), Profiles: []NewProfile{p}})
		}
		create(t, d, New{Name: "100%_er"})
		for _, sort := range []Sort{SortName, SortFollowers, SortNewest} {
			whole, paged := list(t, d, Filter{Everywhere: true, Sort: sort}, 1000), list(t, d, Filter{Everywhere: true, Sort: sort}, 3)
			if len(whole) != 24 || !slices.Equal(whole, paged) {
				t.Errorf("by %s: %v, paged %v", sort, whole, paged)
			}
		}
		if by := list(t, d, Filter{Everywhere: true, Sort: SortFollowers}, 50); by[0] != "Zoë L" || by[23] != "100%_er" {
			t.Errorf("by followers: %v", by)
		}
		for want, f := range map[int]Filter{
			23: {Query: "ZOE"}, 2: {Query: "zoë b"}, 12: {Platform: "tiktok"}, 4: {Tier: TierNano}, 8: {Country: "united states"}, 7: {Country: "Zambia"},
			1: {Query: "100%_"}, 11: {Query: "@INVENTED_1 zo", MinFollowers: new(int64(0))}, 0: {Query: "%%"}, 6: {MinFollowers: new(int64(10_000)), MaxFollowers: new(int64(20_000))},
		} {
			f.Everywhere = true
			if got := list(t, d, f, 5); len(got) != want {
				t.Errorf("%+v: %d creators, want %d", f, len(got), want)
			}
		}
		if got := list(t, d, Filter{Everywhere: true, Query: "https://www.tiktok.com/@Invented_4"}, 5); len(got) != 1 || got[0] != "Zoë C" {
			t.Errorf("by address: %v", got)
		}
	})
}

func TestNobodySeesCreatorsOfOtherPrograms(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		ours, theirs := create(t, d, New{Name: "Ours"}), create(t, d, New{Name: "Theirs"})
		var a, b programs.Program
		err := d.Update(t.Context(), func(tx *db.Tx) (err error) {
			if a, err = programs.Create(t.Context(), tx, programs.New{Name: "A", Currency: "EUR"}); err != nil {
				return err
			}
			if b, err = programs.Create(t.Context(), tx, programs.New{Name: "B", Currency: "EUR"}); err != nil {
				return err
			}
			for i, p := range map[ID]programs.ID{ours.ID: a.ID, theirs.ID: b.ID} {
				if _, err := tx.Exec(t.Context(), `insert into partnerships (id, program_id, creator_id, status, note, import_id, created_at, updated_at)
					values ($1, $2, $3, 'active', '', '', 0, 0)`, "par_"+string(i), p, i); err != nil {
					return err
				}
			}
			if err := SetContact(t.Context(), tx, a.ID, ours.ID, Contact{Email: "ours@example.com"}); err != nil {
				return err
			}
			if c, err := ContactOf(t.Context(), tx, b.ID, ours.ID); err != nil || c != (Contact{}) {
				t.Errorf("B reads A's contact: %+v, %v", c, err)
			}
			if _, err := FindIn(t.Context(), tx, theirs.ID, []programs.ID{a.ID}); fault.KindOf(err) != fault.KindNotFound {
				t.Errorf("A finds B's creator: %v", err)
			}
			if _, err := FindIn(t.Context(), tx, theirs.ID, nil); fault.KindOf(err) != fault.KindNotFound {
				t.Errorf("nobody finds B's creator: %v", err)
			}
			_, err = FindIn(t.Context(), tx, ours.ID, []programs.ID{b.ID, a.ID})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		for want, f := range map[string]Filter{
			"[Ours]": {Program: a.ID}, "[Theirs]": {Programs: []programs.ID{b.ID}}, "[Ours Theirs]": {Programs: []programs.ID{a.ID, b.ID}}, "[]": {},
		} {
			if got := fmt.Sprint(list(t, d, f, 5)); got != want {
				t.Errorf("%+v sees %s, want %s", f, got, want)
			}
		}
		for _, f := range []Filter{{Programs: []programs.ID{b.ID}, Program: a.ID}, {Programs: []programs.ID{}}, {Program: a.ID, Status: "ended"}} {
			if got := list(t, d, f, 5); len(got) != 0 {
				t.Errorf("%+v sees %v", f, got)
			}
		}
	})
}

func TestPostsKeepTheirCountsOverTime(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		c := create(t, d, New{Name: "Juno", Profiles: []NewProfile{profile("tiktok", "juno", 100)}})
		post := func(name string, views int64, seen time.Duration) Post {
			return Post{Profile: c.Main, PlatformID: name, PostedAt: dbtest.Start, SeenAt: dbtest.Start.Add(seen),
				Counts: PostCounts{Views: &views, Likes: new(int64(7)), Comments: new(int64(2)), Shares: new(int64(1))}}
		}
		err := d.Update(t.Context(), func(tx *db.Tx) error {
			for _, again := range []int64{3, 0} {
				if n, err := AddPosts(t.Context(), tx, []Post{post("a", 100, 0), post("b", 100, 0), post("c", 100, 0), post("a", 200, time.Hour)}); err != nil || n != again {
					t.Errorf("%d new posts, %v", n, err)
				}
			}
			list, _, err := ListPosts(t.Context(), tx, c.Main, db.Page{})
			if err != nil || len(list) != 3 || *list[2].Counts.Views+*list[1].Counts.Views+*list[0].Counts.Views != 400 {
				t.Errorf("%+v, %v", list, err)
			}
			found, err := Find(t.Context(), tx, c.ID)
			if err == nil && *found.Profiles[0].EngagementPPM != 75_000 {
				t.Errorf("rate %d", *found.Profiles[0].EngagementPPM)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
