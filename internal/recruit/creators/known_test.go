package creators

import (
	"context"
	"slices"
	"testing"
	"time"

	"rapport/internal/base/db"
	"rapport/internal/base/db/dbtest"
	"rapport/internal/base/fault"
	"rapport/internal/base/programs"
	"rapport/internal/base/secret"
)

// testBox is a box with a fixed key.
func testBox() *secret.Box { return secret.New(make([]byte, secret.KeySize)) }

// update runs f in a transaction and fails the test on an error.
func update(t *testing.T, d *db.DB, f func(ctx context.Context, tx *db.Tx) error) {
	t.Helper()
	if err := d.Update(t.Context(), func(tx *db.Tx) error { return f(t.Context(), tx) }); err != nil {
		t.Fatal(err)
	}
}

// twoPrograms makes two programs.
func twoPrograms(t *testing.T, d *db.DB) (a, b programs.ID) {
	t.Helper()
	update(t, d, func(ctx context.Context, tx *db.Tx) error {
		for i, id := range []*programs.ID{&a, &b} {
			p, err := programs.Create(ctx, tx, programs.New{Name: []string{"Nordic Tea", "Plain Soap"}[i], Currency: "EUR"})
			if err != nil {
				return err
			}
			*id = p.ID
		}
		return nil
	})
	return a, b
}

// person makes a creator with one TikTok account.
func person(t *testing.T, d *db.DB, handle string) Creator {
	t.Helper()
	var made Creator
	update(t, d, func(ctx context.Context, tx *db.Tx) (err error) {
		made, err = Create(ctx, tx, New{Name: handle, Profiles: []NewProfile{{Platform: PlatformTikTok, Handle: handle, Counts: Counts{Followers: new(int64(12_000))}}}})
		return err
	})
	return made
}

func TestWhatAProgramKnowsIsItsOwn(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		mine, others := twoPrograms(t, d)
		c := person(t, d, "mara.bakes")
		update(t, d, func(ctx context.Context, tx *db.Tx) error {
			for _, p := range []programs.ID{mine, others, ""} {
				if _, err := AddTags(ctx, tx, p, []Tag{{Creator: c.ID, Kind: TagTopic, Text: "tag of " + string(p), Source: SourceEntered}}); err != nil {
					return err
				}
				if err := AddCollaboration(ctx, tx, Collaboration{Program: p, Creator: c.ID, Brand: "Brand " + string(p), Source: SourceEntered}); err != nil {
					return err
				}
				a := Audience{Profile: c.Main, Program: p, TakenAt: tx.Now(), Source: "media kit", Slices: []Slice{{DimensionCountry, "DE", 4000}, {DimensionCountry, "AT", 1000}}}
				if err := SetAudience(ctx, tx, a); err != nil {
					return err
				}
			}
			if err := SetPrice(ctx, tx, Price{Program: others, Creator: c.ID, Minor: 25_000, Currency: "EUR", Source: SourceEntered}); err != nil {
				return err
			}
			_, err := AddNote(ctx, tx, others, c.ID, "met at the fair", "Ana")
			return err
		})
		update(t, d, func(ctx context.Context, tx *db.Tx) error {
			tags, err := TagsOf(ctx, tx, mine, []ID{c.ID})
			if err != nil || len(tags[c.ID]) != 2 {
				t.Errorf("tags %v, %v", tags, err)
			}
			collaborations, err := CollaborationsOf(ctx, tx, mine, []ID{c.ID})
			if err != nil || len(collaborations[c.ID]) != 2 {
				t.Errorf("collaborations %v, %v", collaborations, err)
			}
			audiences, err := AudienceOf(ctx, tx, mine, []ProfileID{c.Main})
			if err != nil || len(audiences[c.Main]) != 2 || len(audiences[c.Main][0].Slices) != 2 || audiences[c.Main][0].Slices[0].Key != "DE" {
				t.Errorf("audiences %v, %v", audiences, err)
			}
			for _, a := range audiences[c.Main] {
				if a.Program == others {
					t.Error("another program's audience is shown")
				}
			}
			prices, err := PricesOf(ctx, tx, mine, []ID{c.ID})
			if err != nil || len(prices) != 0 {
				t.Errorf("prices %v, %v", prices, err)
			}
			notes, err := NotesOf(ctx, tx, mine, c.ID)
			if err != nil || len(notes) != 0 {
				t.Errorf("notes %v, %v", notes, err)
			}
			return nil
		})
	})
}

func TestSharesOfAnAudienceSumToAtMostTheWhole(t *testing.T) {
	whole := Audience{Source: "media kit", Slices: []Slice{{DimensionGender, "Female", 6000}, {DimensionGender, "male", 4000}, {DimensionCountry, "Germany", 10_000}}}
	checked, err := whole.Check()
	if err != nil || checked.Slices[2].Key != "DE" || checked.Slices[0].Key != "female" {
		t.Errorf("%v, %v", checked, err)
	}
	for name, s := range map[string][]Slice{
		"more than all": {{DimensionGender, "female", 6000}, {DimensionGender, "male", 4001}}, "twice": {{DimensionAge, "18-24", 100}, {DimensionAge, "18–24", 100}},
		"negative": {{DimensionAge, "18-24", -1}}, "nothing": nil, "another dimension": {{"mood", "good", 1}},
	} {
		if _, err := (Audience{Source: "media kit", Slices: s}).Check(); fault.KindOf(err) != fault.KindInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestEvidenceTakesThePlaceOfAWord(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		mine, _ := twoPrograms(t, d)
		c := person(t, d, "mara.bakes")
		posted := time.Date(2026, 3, 4, 0, 0, 0, 0, time.UTC)
		update(t, d, func(ctx context.Context, tx *db.Tx) error {
			if _, err := AddTags(ctx, tx, mine, []Tag{{Creator: c.ID, Kind: TagValue, Text: "#Cruelty Free", Source: SourceEntered, MadeBy: "Ana"}}); err != nil {
				return err
			}
			added, err := AddTags(ctx, tx, mine, []Tag{{Creator: c.ID, Kind: TagValue, Text: "cruelty free", Source: "caption", Post: "pst_1", PostedAt: posted}})
			if added != 0 {
				t.Error("one tag is two")
			}
			return err
		})
		update(t, d, func(ctx context.Context, tx *db.Tx) error {
			tags, err := TagsOf(ctx, tx, mine, []ID{c.ID})
			if err != nil || len(tags[c.ID]) != 1 || tags[c.ID][0].Post != "pst_1" || !tags[c.ID][0].PostedAt.Equal(posted) || tags[c.ID][0].Text != "Cruelty Free" {
				t.Errorf("%+v, %v", tags, err)
			}
			return RemoveTag(ctx, tx, mine, c.ID, TagValue, "CRUELTY FREE")
		})
	})
}

func TestAListHoldsACreatorOnceAndBelongsToItsProgram(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		mine, others := twoPrograms(t, d)
		c, e := person(t, d, "mara.bakes"), person(t, d, "juno.knits")
		update(t, d, func(ctx context.Context, tx *db.Tx) error {
			l, err := CreateList(ctx, tx, mine, "Spring", "Ana")
			if err != nil {
				return err
			}
			if _, err := CreateList(ctx, tx, mine, " spring ", "Ana"); fault.KindOf(err) != fault.KindConflict {
				t.Errorf("a second list of the name: %v", err)
			}
			for i, want := range []int64{2, 0} {
				if added, err := AddToList(ctx, tx, mine, l.ID, []ID{c.ID, e.ID}, "Ana"); err != nil || added != want {
					t.Errorf("%d: added %d, %v", i, added, err)
				}
			}
			if _, err := AddToList(ctx, tx, others, l.ID, []ID{c.ID}, "Ana"); fault.KindOf(err) != fault.KindNotFound {
				t.Errorf("another program's list: %v", err)
			}
			members, next, err := ListMembers(ctx, tx, mine, l.ID, db.Page{Limit: 1})
			if err != nil || len(members) != 1 || next == "" {
				t.Errorf("%v, %q, %v", members, next, err)
			}
			if err := RemoveFromList(ctx, tx, mine, l.ID, []ID{c.ID}); err != nil {
				return err
			}
			on, err := ListsOf(ctx, tx, mine, e.ID)
			if err != nil || len(on) != 1 || on[0].Members != 1 {
				t.Errorf("%v, %v", on, err)
			}
			return RemoveList(ctx, tx, mine, l.ID)
		})
	})
}

func TestWhoAskedToBeLeftAloneIsRecognisedAndNotReadable(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		mine, others := twoPrograms(t, d)
		older := slices.Repeat([]byte{7}, secret.KeySize)
		rotated := secret.New(make([]byte, secret.KeySize), older)
		juno := Account{PlatformTikTok, "juno.knits"}
		update(t, d, func(ctx context.Context, tx *db.Tx) error {
			added, err := Suppress(ctx, tx, secret.New(older), []Suppression{{Program: mine, Email: "Juno@Example.org"}, {Account: juno}})
			if added != 2 {
				t.Errorf("added %d", added)
			}
			return err
		})
		update(t, d, func(ctx context.Context, tx *db.Tx) error {
			for program, emailToo := range map[programs.ID]bool{mine: true, others: false} {
				found, err := Suppressed(ctx, tx, rotated, program, []string{"juno@example.org", "mara@example.org", ""}, []Account{{PlatformTikTok, "Juno.Knits"}, {PlatformInstagram, "juno.knits"}})
				if err != nil || found.Email("JUNO@example.org") != emailToo || found.Email("mara@example.org") || !found.Account(juno) ||
					found.Account(Account{PlatformInstagram, "juno.knits"}) {
					t.Errorf("%v, %v", found, err)
				}
			}
			if found, err := Suppressed(ctx, tx, testBox(), mine, []string{"juno@example.org"}, nil); err != nil || found.Any() {
				t.Errorf("a key that did not make the hash finds it: %v", err)
			}
			n := New{Program: mine, Contact: Contact{Email: "juno@example.org"}}
			if err := CheckSuppressed(ctx, tx, rotated, n); fault.KindOf(err) != fault.KindConflict {
				t.Errorf("taken: %v", err)
			}
			own, everywhere, err := CountSuppressed(ctx, tx, mine)
			if own != 1 || everywhere != 1 {
				t.Errorf("%d and %d entries", own, everywhere)
			}
			return err
		})
	})
}

func TestRecentPostsAreTheNewestOfEach(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		c, e := person(t, d, "mara.bakes"), person(t, d, "juno.knits")
		day := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
		update(t, d, func(ctx context.Context, tx *db.Tx) error {
			var posts []Post
			for i := range 5 {
				for _, profile := range []ProfileID{c.Main, e.Main} {
					posts = append(posts, Post{Profile: profile, PlatformID: string(rune('a' + i)), PostedAt: day.AddDate(0, 0, i), SeenAt: day, Counts: PostCounts{Views: new(int64(100))}})
				}
			}
			if _, err := AddPosts(ctx, tx, posts); err != nil {
				return err
			}
			again := posts[9]
			again.SeenAt, again.Sponsored, again.URL, again.Counts = day.AddDate(0, 0, 9), new(true), "https://www.tiktok.com/@juno.knits/video/e", PostCounts{Views: new(int64(900))}
			_, err := AddPosts(ctx, tx, []Post{again})
			return err
		})
		update(t, d, func(ctx context.Context, tx *db.Tx) error {
			recent, err := RecentPosts(ctx, tx, []ProfileID{c.Main, e.Main}, 3)
			if err != nil || len(recent[c.Main]) != 3 || len(recent[e.Main]) != 3 || recent[c.Main][0].PlatformID != "e" {
				t.Fatalf("%v, %v", recent, err)
			}
			newest := recent[e.Main][0]
			if newest.Sponsored == nil || !*newest.Sponsored || newest.URL == "" || *newest.Counts.Views != 900 || recent[c.Main][0].Sponsored != nil {
				t.Errorf("%+v", newest)
			}
			if err := AddComments(ctx, tx, []Comment{{Post: newest.ID, PlatformID: "1", At: day, Text: "lovely", Author: "h1", SeenAt: day}, {Post: newest.ID, PlatformID: "2", At: day.Add(time.Hour), Text: "where from?", SeenAt: day}}); err != nil {
				return err
			}
			comments, err := Comments(ctx, tx, []PostID{newest.ID, recent[c.Main][0].ID}, 1)
			if err != nil || len(comments) != 1 || comments[newest.ID][0].Text != "where from?" {
				t.Errorf("%v, %v", comments, err)
			}
			if gone, err := DropComments(ctx, tx, e.Main, day.Add(time.Second), 10); err != nil || gone != 2 {
				t.Errorf("dropped %d, %v", gone, err)
			}
			return Erase(ctx, tx, []ProfileID{c.Main, e.Main})
		})
	})
}
