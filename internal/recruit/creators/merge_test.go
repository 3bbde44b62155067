package creators

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"rapport/internal/base/db"
	"rapport/internal/base/db/dbtest"
	"rapport/internal/base/fault"
	"rapport/internal/base/programs"
)

// TestAMergeLosesNoFact gives two creators arbitrary knowledge: what was known of either is known of the one that is left.
func TestAMergeLosesNoFact(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		mine, others := twoPrograms(t, d)
		serial := 0
		rapid.Check(t, func(rt *rapid.T) {
			serial++
			err := d.Update(t.Context(), func(tx *db.Tx) error {
				ctx := t.Context()
				pair := make([]Creator, 2)
				want := map[string]bool{}
				for i := range pair {
					c, err := Create(ctx, tx, New{Name: fmt.Sprintf("Mara %d", serial), Profiles: []NewProfile{{Platform: Platforms[i], Handle: fmt.Sprintf("mara%d", serial)}}})
					if err != nil {
						return err
					}
					pair[i] = c
					want["account "+string(c.Profiles[0].ID)] = true
					if err := learnAnything(ctx, tx, rt, mine, others, c, want); err != nil {
						return err
					}
				}
				left, err := Merge(ctx, tx, pair[0].ID, pair[1].ID, nil)
				if err != nil {
					return err
				}
				if left != pair[0].ID {
					rt.Error("the other one is left")
				}
				if _, err := Find(ctx, tx, pair[1].ID); fault.KindOf(err) != fault.KindNotFound {
					rt.Errorf("two are left: %v", err)
				}
				got, err := facts(ctx, tx, mine, others, left)
				for f := range want {
					if !got[f] {
						rt.Errorf("lost: %s", f)
					}
				}
				return err
			})
			if err != nil {
				rt.Fatal(err)
			}
		})
	})
}

// learnAnything stores some arbitrary facts and writes each into want.
func learnAnything(ctx context.Context, tx *db.Tx, rt *rapid.T, mine, others programs.ID, c Creator, want map[string]bool) error {
	for range rapid.IntRange(0, 6).Draw(rt, "facts") {
		program := rapid.SampledFrom([]programs.ID{mine, others}).Draw(rt, "program")
		text := rapid.SampledFrom([]string{"tea", "soap", "yoga"}).Draw(rt, "text")
		fact := " of " + string(program) + " " + text
		var err error
		switch rapid.IntRange(0, 4).Draw(rt, "kind") {
		case 0:
			t := Tag{Creator: c.ID, Kind: TagTopic, Text: text, Source: SourceEntered, Post: PostID(rapid.SampledFrom([]string{"", "pst_1"}).Draw(rt, "evidence"))}
			if t.Post != "" {
				want["evidence"+fact] = true
			}
			want["tag"+fact] = true
			_, err = AddTags(ctx, tx, program, []Tag{t})
		case 1:
			want["note"+fact] = true
			_, err = AddNote(ctx, tx, program, c.ID, text, "Ana")
		case 2:
			want["work"+fact] = true
			err = AddCollaboration(ctx, tx, Collaboration{Program: program, Creator: c.ID, Brand: text, Source: SourceEntered})
		case 3:
			had, readErr := ContactOf(ctx, tx, program, c.ID)
			if readErr != nil {
				return readErr
			}
			if had == (Contact{}) {
				want["contact"+fact] = true
				err = SetContact(ctx, tx, program, c.ID, Contact{Email: text + "@example.org", Note: text})
			}
		case 4:
			want["audience"+fact] = true
			err = SetAudience(ctx, tx, Audience{Profile: c.Profiles[0].ID, Program: program, TakenAt: tx.Now(), Source: text, Slices: []Slice{{DimensionCity, "Bonn", 100}}})
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// facts are those that are known of a creator.
func facts(ctx context.Context, tx *db.Tx, mine, others programs.ID, of ID) (map[string]bool, error) {
	got := map[string]bool{}
	c, err := Find(ctx, tx, of)
	if err != nil {
		return nil, err
	}
	for _, p := range c.Profiles {
		got["account "+string(p.ID)] = true
	}
	for _, program := range []programs.ID{mine, others} {
		known := " of " + string(program) + " "
		tags, err := TagsOf(ctx, tx, program, []ID{of})
		if err != nil {
			return nil, err
		}
		for _, t := range tags[of] {
			got["tag"+known+t.Text] = true
			got["evidence"+known+t.Text] = t.Post != ""
		}
		notes, err := NotesOf(ctx, tx, program, of)
		if err != nil {
			return nil, err
		}
		for _, n := range notes {
			got["note"+known+n.Text] = true
		}
		work, err := CollaborationsOf(ctx, tx, program, []ID{of})
		if err != nil {
			return nil, err
		}
		for _, w := range work[of] {
			got["work"+known+w.Brand] = true
		}
		contact, err := ContactOf(ctx, tx, program, of)
		if err != nil {
			return nil, err
		}
		for _, text := range []string{"tea", "soap", "yoga"} {
			got["contact"+known+text] = contact.Email == text+"@example.org" || slices.Contains(linesOf(contact.Note), text+"@example.org")
		}
		for _, p := range c.Profiles {
			audiences, err := AudienceOf(ctx, tx, program, []ProfileID{p.ID})
			if err != nil {
				return nil, err
			}
			for _, a := range audiences[p.ID] {
				got["audience"+known+a.Source] = true
			}
		}
	}
	return got, nil
}

func linesOf(text string) (lines []string) {
	for len(text) > 0 {
		i := slices.Index([]byte(text), '\n')
		if i < 0 {
			return append(lines, text)
		}
		lines, text = append(lines, text[:i]), text[i+1:]
	}
	return lines
}

func TestBooksDecideWhoseIDIsLeft(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		keep, gone := person(t, d, "mara.bakes"), person(t, d, "mara.cooks")
		inBooks := map[ID]string{}
		book := Part{Name: "book", Books: func(_ context.Context, _ *db.Tx, of ID) (string, error) { return inBooks[of], nil }}
		update(t, d, func(ctx context.Context, tx *db.Tx) error {
			inBooks[keep.ID], inBooks[gone.ID] = "commissions", "commissions"
			if _, err := Merge(ctx, tx, keep.ID, gone.ID, []Part{book}); fault.KindOf(err) != fault.KindConflict {
				t.Errorf("both have books: %v", err)
			}
			delete(inBooks, keep.ID)
			left, err := Merge(ctx, tx, keep.ID, gone.ID, []Part{book})
			if err != nil || left != gone.ID {
				t.Fatalf("%s is left, %v", left, err)
			}
			c, err := Find(ctx, tx, left)
			if err != nil || c.Name != keep.Name || c.Main != keep.Main || len(c.Profiles) != 2 {
				t.Errorf("%+v, %v", c, err)
			}
			return nil
		})
	})
}

func TestAProfileMovesAndTheLastOneStays(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		a, b := person(t, d, "mara.bakes"), person(t, d, "juno.knits")
		update(t, d, func(ctx context.Context, tx *db.Tx) error {
			if err := RemoveProfile(ctx, tx, a.ID, a.Main); fault.KindOf(err) != fault.KindConflict {
				t.Errorf("the last one goes: %v", err)
			}
			if err := MoveProfile(ctx, tx, a.Main, a.ID, b.ID); fault.KindOf(err) != fault.KindConflict {
				t.Errorf("the last one moves: %v", err)
			}
			more, err := AddProfile(ctx, tx, a.ID, NewProfile{Platform: PlatformInstagram, Handle: "mara.bakes", Counts: Counts{Followers: new(int64(150_000))}})
			if err != nil || more.Tier != TierMacro || len(more.Profiles) != 2 {
				t.Fatalf("%+v, %v", more, err)
			}
			if err := MoveProfile(ctx, tx, more.Main, a.ID, b.ID); err != nil {
				return err
			}
			got, err := FindMany(ctx, tx, []ID{a.ID, b.ID})
			if err != nil || got[0].Tier != TierMicro || got[1].Tier != TierMacro || *got[1].Followers != 150_000 {
				t.Errorf("%+v, %v", got, err)
			}
			return RemoveProfile(ctx, tx, b.ID, b.Main)
		})
	})
}

func TestAccountsAreReadFromBios(t *testing.T) {
	for bio, want := range map[string][]Account{
		"Baker. IG: @mara.bakes | yt: marabakes":        {{PlatformInstagram, "mara.bakes"}, {PlatformYouTube, "marabakes"}},
		"find me on instagram @mara.bakes!":             {{PlatformInstagram, "mara.bakes"}},
		"https://www.tiktok.com/@mara.bakes, thank you": {{PlatformTikTok, "mara.bakes"}},
		"I love instagram and tea with @juno":           nil,
		"":                                              nil,
	} {
		if got := AccountsIn(bio); !slices.Equal(got, want) {
			t.Errorf("%q: %v, want %v", bio, got, want)
		}
	}
}

func TestSponsorsAreThoseACaptionNames(t *testing.T) {
	for caption, want := range map[string]string{
		"Paid partnership with @nordic.tea, so good":  "nordic.tea",
		"Sponsored by Nordic Tea. I like it":          "Nordic Tea",
		"My new mug! #ad @nordic.tea":                 "nordic.tea",
		"Werbung für Nordic Tea":                      "Nordic Tea",
		"use my code MARA10 at @nordic.tea":           "nordic.tea",
		"#ad with @nordic.tea and @plainsoap":         "",
		"lunch with @juno":                            "",
		"thanks @juno for the photo, not sponsored":   "",
		"#adventure with @juno":                       "",
		"I was sponsored by nobody, all bought by me": "",
		"today: ad for free":                          "",
	} {
		got := ""
		for _, s := range SponsorsIn(caption, nil) {
			got += s.Brand
		}
		if got != want {
			t.Errorf("%q: %q, want %q", caption, got, want)
		}
	}
	if got := SponsorsIn("lunch by @nordic.tea", new(true)); len(got) != 1 || got[0].Brand != "nordic.tea" {
		t.Errorf("the platform's own mark: %v", got)
	}
}

func FuzzSponsorsIn(f *testing.F) {
	f.Add("Paid partnership with @nordic.tea")
	f.Add("#ad @\u202e\xff code X at Y")
	f.Fuzz(func(t *testing.T, caption string) {
		for _, s := range SponsorsIn(caption, new(true)) {
			if FoldBrand(s.Brand) == "" {
				t.Errorf("%q names nobody", caption)
			}
		}
		AccountsIn(caption)
	})
}

func TestACaptionThatNamesThePayerIsKeptAsWork(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		c := person(t, d, "mara.bakes")
		for range 2 {
			update(t, d, func(ctx context.Context, tx *db.Tx) error {
				_, err := AddPosts(ctx, tx, []Post{{Profile: c.Main, PlatformID: "1", PostedAt: tx.Now(), SeenAt: tx.Now(), Caption: "Paid partnership with @nordic.tea", URL: "https://www.tiktok.com/@mara.bakes/video/1"}})
				return err
			})
		}
		update(t, d, func(ctx context.Context, tx *db.Tx) error {
			work, err := CollaborationsOf(ctx, tx, "", []ID{c.ID})
			if err != nil || len(work[c.ID]) != 1 || work[c.ID][0].Brand != "nordic.tea" || work[c.ID][0].Post == "" || work[c.ID][0].Source != SourceCaption {
				t.Errorf("%+v, %v", work, err)
			}
			return nil
		})
	})
}
