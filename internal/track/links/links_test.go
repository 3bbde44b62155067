package links_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"rapport/internal/base/db"
	"rapport/internal/base/db/dbtest"
	"rapport/internal/base/fault"
	"rapport/internal/base/programs"
	"rapport/internal/partner/partnerships"
	"rapport/internal/recruit/creators"
	"rapport/internal/track/links"
)

// world is two partnerships of one program and one of another.
type world struct {
	*testing.T
	d             *db.DB
	acme, other   programs.ID
	maya, lou     partnerships.ID // of acme
	mayaElsewhere partnerships.ID // of other
}

func run(t *testing.T, test func(w world)) {
	t.Helper()
	dbtest.Run(t, func(t *testing.T, d *db.DB) { test(newWorld(t, d)) })
}

func newWorld(t *testing.T, d *db.DB) world {
	t.Helper()
	w := world{T: t, d: d}
	w.must(func(ctx context.Context, tx *db.Tx) error {
		w.acme = w.program(ctx, tx, "acme.example")
		w.other = w.program(ctx, tx, "other.example")
		maya, lou := w.creator(ctx, tx, "maya"), w.creator(ctx, tx, "lou")
		w.maya, w.lou, w.mayaElsewhere = w.partner(ctx, tx, w.acme, maya), w.partner(ctx, tx, w.acme, lou), w.partner(ctx, tx, w.other, maya)
		return nil
	})
	return w
}

func (w world) program(ctx context.Context, tx *db.Tx, site string) programs.ID {
	p, err := programs.Create(ctx, tx, programs.New{Name: site, Currency: "EUR", Sites: []string{site}, Timezone: "Europe/Berlin"})
	w.check(err)
	return p.ID
}

func (w world) creator(ctx context.Context, tx *db.Tx, handle string) creators.ID {
	c, err := creators.Create(ctx, tx, creators.New{Name: handle, Profiles: []creators.NewProfile{{Platform: creators.PlatformTikTok, Handle: handle}}})
	w.check(err)
	return c.ID
}

func (w world) partner(ctx context.Context, tx *db.Tx, program programs.ID, creator creators.ID) partnerships.ID {
	p, err := partnerships.Create(ctx, tx, partnerships.New{Program: program, Creator: creator, Status: partnerships.StatusActive})
	w.check(err)
	return p.ID
}

func (w world) check(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w world) update(f func(ctx context.Context, tx *db.Tx) error) error {
	return w.d.Update(w.Context(), func(tx *db.Tx) error { return f(w.Context(), tx) })
}

func (w world) must(f func(ctx context.Context, tx *db.Tx) error) {
	w.Helper()
	w.check(w.update(f))
}

func (w world) link(n links.New) (l links.Link, err error) {
	err = w.update(func(ctx context.Context, tx *db.Tx) (err error) { l, err = links.Create(ctx, tx, n); return err })
	return l, err
}

func (w world) code(of partnerships.ID, text string) (c links.Code, err error) {
	err = w.update(func(ctx context.Context, tx *db.Tx) (err error) {
		c, err = links.CreateCode(ctx, tx, links.NewCode{Partnership: of, Code: text})
		return err
	})
	return c, err
}

// wantFault fails unless err names the field and has the code ("" for any).
func (w world) wantFault(err error, field, code string) {
	w.Helper()
	f, ok := fault.As(err)
	if !ok || f.Field != field || code != "" && f.Code != code {
		w.Errorf("got %v, want a fault in %s with code %q", err, field, code)
	}
}

func TestALinkIsFoundAsItWasMade(t *testing.T) {
	run(t, func(w world) {
		made, err := w.link(links.New{Partnership: w.maya, Destination: "https://www.Acme.example/serum?size=30#top", Slug: " Maya-Glow "})
		w.check(err)
		if made.Slug != "maya-glow" || made.Destination != "https://www.acme.example/serum?size=30#top" || made.Program != w.acme || made.No == 0 {
			w.Fatalf("%+v", made)
		}
		w.must(func(ctx context.Context, tx *db.Tx) error {
			found, err := links.Find(ctx, tx, made.ID)
			if err != nil || found != made {
				w.Errorf("found %+v, %v, want %+v", found, err, made)
			}
			byNo, ok, err := links.ByNo(ctx, tx, made.No)
			if err != nil || !ok || byNo != made {
				w.Errorf("by number: %+v, %v, %v", byNo, ok, err)
			}
			if _, err := links.Find(ctx, tx, "lnk_nothing"); fault.KindOf(err) != fault.KindNotFound {
				w.Errorf("got %v", err)
			}
			return nil
		})
		if got := made.URL("https://rapport.example/r"); got != "https://rapport.example/r/maya-glow" {
			w.Error(got)
		}
		if got := made.URL("https://go.example/"); got != "https://go.example/maya-glow" {
			w.Error(got)
		}
	})
}

func TestALinkNeverLeadsAwayFromTheProgramsSites(t *testing.T) {
	w := newWorld(t, dbtest.New(t, db.EngineSQLite))
	for _, destination := range []string{
		"", "serum", "/serum", "//evil.example", "https:/\\evil.example", "https://acme.example@evil.example/", "https://acme.example.evil.example/",
		"https://evil.example/acme.example", "javascript:alert(1)//acme.example", "data:text/html,x", "https://acme.example%00.evil.example/",
		"https://acme.example/%0d%0aLocation:%20https://evil.example", "https://acme.example\r\nLocation: https://evil.example", "ftp://acme.example/",
		"https://other.example/", "https://acme.example:8443/", "https://acme.example\\@evil.example", "https://acme.example/" + strings.Repeat("a", 3000),
	} {
		_, err := w.link(links.New{Partnership: w.maya, Destination: destination})
		w.wantFault(err, "destination", "")
	}
	_, err := w.link(links.New{Partnership: w.maya, Destination: "https://evil.example/", Slug: "a/b"})
	w.wantFault(err, "slug", "") // of two faults the first; both are told
	if !strings.Contains(err.Error(), "destination") {
		t.Errorf("both faults are told at once: %v", err)
	}
}

func TestSlugsThatCouldBeMisreadAreRefused(t *testing.T) {
	w := newWorld(t, dbtest.New(t, db.EngineSQLite))
	for _, slug := range []string{"-a", "a-", ".", "..", "a b", "a/b", "a?b", "a#b", "a%41", "ä", "a\r\nb", strings.Repeat("a", 65), "a\x00"} {
		_, err := w.link(links.New{Partnership: w.maya, Destination: "https://acme.example/", Slug: slug})
		w.wantFault(err, "slug", "")
	}
	for _, slug := range []string{"a", "0", "a.b", "a_b-c", strings.Repeat("a", 64)} {
		if _, err := w.link(links.New{Partnership: w.maya, Destination: "https://acme.example/", Slug: slug}); err != nil {
			t.Errorf("%q: %v", slug, err)
		}
	}
}

func TestOneOfManyGetsASlug(t *testing.T) {
	run(t, func(w world) {
		var all sync.WaitGroup
		var got, refused atomic.Int64
		for i := range 16 {
			all.Go(func() {
				of := []partnerships.ID{w.maya, w.mayaElsewhere}[i%2]
				_, err := w.link(links.New{Partnership: of, Destination: []string{"https://acme.example/", "https://other.example/"}[i%2], Slug: "glow"})
				if f, ok := fault.As(err); ok && f.Code == "slug_taken" && f.Kind == fault.KindConflict {
					refused.Add(1)
				} else if err == nil {
					got.Add(1)
				}
			})
		}
		all.Wait()
		if got.Load() != 1 || refused.Load() != 15 {
			w.Fatalf("%d got it, %d were refused", got.Load(), refused.Load())
		}
	})
}

func TestAnEndedLinkKeepsItsSlug(t *testing.T) {
	run(t, func(w world) {
		made, err := w.link(links.New{Partnership: w.maya, Destination: "https://acme.example/", Slug: "glow"})
		w.check(err)
		end := func(id links.ID) error {
			return w.update(func(ctx context.Context, tx *db.Tx) error { return links.End(ctx, tx, id) })
		}
		w.check(end(made.ID))
		w.check(end(made.ID))
		if fault.KindOf(end("lnk_nothing")) != fault.KindNotFound {
			w.Error("a link that is not there was ended")
		}
		_, err = w.link(links.New{Partnership: w.lou, Destination: "https://acme.example/", Slug: "glow"})
		w.wantFault(err, "slug", "slug_taken") // the posts that carry the old link are still out there
	})
}

func TestListsShowAProgramsOwnNewestFirst(t *testing.T) {
	run(t, func(w world) {
		var want []links.ID
		for i := range 7 {
			l, err := w.link(links.New{Partnership: []partnerships.ID{w.maya, w.lou}[i%2], Destination: "https://acme.example/"})
			w.check(err)
			want = append([]links.ID{l.ID}, want...)
			dbtest.Clock(w.d).Advance(time.Second)
		}
		_, err := w.link(links.New{Partnership: w.mayaElsewhere, Destination: "https://other.example/"})
		w.check(err)
		w.must(func(ctx context.Context, tx *db.Tx) error { return links.End(ctx, tx, want[0]) })
		list := func(f links.Filter, limit int) (got []links.ID) {
			w.must(func(ctx context.Context, tx *db.Tx) error {
				for page := (db.Page{Limit: limit}); ; {
					items, next, err := links.List(ctx, tx, f, page)
					for _, l := range items {
						got = append(got, l.ID)
					}
					if err != nil || next == "" {
						return err
					}
					page.After = next
				}
			})
			return got
		}
		if got := list(links.Filter{Program: w.acme}, 2); fmt.Sprint(got) != fmt.Sprint(want) {
			w.Errorf("got %v, want %v", got, want)
		}
		if got := list(links.Filter{Program: w.acme, Current: true}, 3); len(got) != 6 {
			w.Errorf("current: %v", got)
		}
		if got := list(links.Filter{Program: w.acme, Partnership: w.lou}, 50); len(got) != 3 {
			w.Errorf("lou's: %v", got)
		}
	})
}

func TestACodeMeansOnePartnershipAtATime(t *testing.T) {
	run(t, func(w world) {
		var all sync.WaitGroup
		var got atomic.Int64
		for i := range 16 {
			all.Go(func() {
				_, err := w.code([]partnerships.ID{w.maya, w.lou}[i%2], []string{"MAYA10", "maya10", " Maya10 ", "ＭＡＹＡ10"}[i%4])
				if f, ok := fault.As(err); err != nil && (!ok || f.Code != "code_taken" || f.Field != "code") {
					w.Error(err)
				}
				if err == nil {
					got.Add(1)
				}
			})
		}
		all.Wait()
		if got.Load() != 1 {
			w.Fatalf("%d partnerships have the code", got.Load())
		}
		if _, err := w.code(w.mayaElsewhere, "MAYA10"); err != nil {
			w.Errorf("another program's codes are its own: %v", err)
		}
	})
}

func TestACodeThatWasTakenBackMayBeGivenAgain(t *testing.T) {
	run(t, func(w world) {
		first, err := w.code(w.maya, "GLOW")
		w.check(err)
		w.must(func(ctx context.Context, tx *db.Tx) error { return links.EndCode(ctx, tx, first.ID) })
		second, err := w.code(w.lou, "glow")
		w.check(err)
		w.must(func(ctx context.Context, tx *db.Tx) error {
			found, ok, err := links.FindCodeByText(ctx, tx, w.acme, "GLOW ")
			if err != nil || !ok || found.ID != second.ID {
				w.Errorf("the code now means %+v, %v, %v", found, ok, err)
			}
			old, err := links.FindCode(ctx, tx, first.ID)
			if err != nil || old.EndedAt.IsZero() || old.Partnership != w.maya {
				w.Errorf("what was is still known: %+v, %v", old, err)
			}
			codes, _, err := links.ListCodes(ctx, tx, links.Filter{Program: w.acme}, db.Page{})
			if err != nil || len(codes) != 2 {
				w.Errorf("%d codes, %v", len(codes), err)
			}
			if _, ok, err := links.FindCodeByText(ctx, tx, w.other, "GLOW"); ok || err != nil {
				w.Errorf("another program knows the code: %v", err)
			}
			return nil
		})
	})
}

func TestCodesThatNobodyCouldTypeAreRefused(t *testing.T) {
	w := newWorld(t, dbtest.New(t, db.EngineSQLite))
	for _, text := range []string{"", " ", "-A", "A-", "A\tB", "A\nB", "=1+1", "A/B", strings.Repeat("A", 65), "A\x00B", "\xff"} {
		_, err := w.code(w.maya, text)
		w.wantFault(err, "code", "")
	}
	for _, text := range []string{"A", "TEN OFF", "ZOË-10", "Zoe\u0308", "日本10", strings.Repeat("Z", 64)} {
		if _, err := w.code(w.maya, text); err != nil && !isTaken(err) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func isTaken(err error) bool {
	f, ok := fault.As(err)
	return ok && f.Code == "code_taken"
}

func TestFoldingSettles(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		code := rapid.String().Draw(t, "code")
		folded := links.FoldCode(code)
		if again := links.FoldCode(folded); again != folded {
			t.Fatalf("%q folds to %q and that to %q", code, folded, again)
		}
	})
}

func TestCodesAreComparedAsPeopleReadThem(t *testing.T) {
	for _, same := range [][]string{
		{"MAYA10", "maya10", " Maya10\t", "ｍａｙａ１０"},
		{"ZOË", "zoë", "Zoe\u0308"},
		{"STRASSE", "straße", "STRAẞE"},
	} {
		for _, code := range same {
			if links.FoldCode(code) != links.FoldCode(same[0]) {
				t.Errorf("%q and %q differ", code, same[0])
			}
		}
	}
	if links.FoldCode("MAYA10") == links.FoldCode("MAYA1O") {
		t.Error("a digit is no letter")
	}
}

func TestASuggestedCodeIsFree(t *testing.T) {
	run(t, func(w world) {
		suggest := func(name string) (code string) {
			w.must(func(ctx context.Context, tx *db.Tx) (err error) {
				code, err = links.Suggest(ctx, tx, w.acme, name, "10")
				return err
			})
			return code
		}
		for name, want := range map[string]string{"Zoë Müller": "ZOE10", "  maya ortiz": "MAYA10", "日本": "PARTNER10", "": "PARTNER10"} {
			if got := suggest(name); got != want {
				w.Errorf("%q: %s, want %s", name, got, want)
			}
		}
		for i := range 55 {
			code := suggest("Maya")
			if _, err := w.code(w.maya, code); err != nil {
				w.Fatalf("suggestion %d, %s: %v", i, code, err)
			}
		}
	})
}

func TestTheIndexFollowsLinksAndPrograms(t *testing.T) {
	run(t, func(w world) {
		var x links.Index
		made, err := w.link(links.New{Partnership: w.maya, Destination: "https://acme.example/a b?x=1&y=%20#t%20op", Slug: "glow"})
		if err == nil {
			w.Fatal("a space is no part of an address")
		}
		made, err = w.link(links.New{Partnership: w.maya, Destination: "https://acme.example/a%2Fb?x=1&y=%20#t%20op", Slug: "glow"})
		w.check(err)
		refresh := func() *links.Entry {
			w.Helper()
			w.check(x.Refresh(w.Context(), w.d))
			e, ok := x.BySlug("glow")
			byNo, alsoByNo := x.ByNo(made.No)
			if !ok || !alsoByNo || byNo != e || x.Len() != 1 {
				w.Fatalf("the index has %d links", x.Len())
			}
			return e
		}
		e := refresh()
		if e.Address != "https://acme.example/a%2Fb" || e.Query != "x=1&y=%20" || e.Fragment != "#t%20op" || e.Parameter != "rp_click" ||
			e.Zone.String() != "Europe/Berlin" || e.Ended || e.Foreign || e.Program != w.acme || e.Partnership != w.maya {
			w.Fatalf("%+v", e)
		}

		dbtest.Clock(w.d).Advance(time.Minute)
		parameter, zone := "via", "America/New_York"
		w.must(func(ctx context.Context, tx *db.Tx) error {
			_, err := programs.Update(ctx, tx, w.acme, programs.Change{ClickParameter: &parameter, Timezone: &zone})
			return err
		})
		dbtest.Clock(w.d).Advance(time.Second)
		if e = refresh(); e.Parameter != "via" || e.Zone.String() != zone {
			w.Fatalf("after the program changed: %+v", e)
		}

		dbtest.Clock(w.d).Advance(time.Minute)
		sites := []string{"elsewhere.example"}
		w.must(func(ctx context.Context, tx *db.Tx) error {
			_, err := programs.Update(ctx, tx, w.acme, programs.Change{Sites: &sites})
			return err
		})
		if e = refresh(); !e.Foreign {
			w.Fatal("the link leads to a host that is no longer the program's")
		}

		dbtest.Clock(w.d).Advance(time.Minute)
		w.must(func(ctx context.Context, tx *db.Tx) error { return links.End(ctx, tx, made.ID) })
		dbtest.Clock(w.d).Advance(5 * time.Second)
		if e = refresh(); !e.Ended {
			w.Fatal("the link's end was not seen")
		}
	})
}

func TestALinkIsKnownAsSoonAsItIsCommitted(t *testing.T) {
	run(t, func(w world) {
		var x links.Index
		w.check(x.Refresh(w.Context(), w.d))
		broken := errors.New("broken")
		for _, fails := range []error{broken, nil} {
			if err := w.update(func(ctx context.Context, tx *db.Tx) error {
				l, err := links.Create(ctx, tx, links.New{Partnership: w.maya, Destination: "https://acme.example/", Slug: "now"})
				if err != nil {
					return err
				}
				if err := x.Now(ctx, tx, l); err != nil {
					return err
				}
				if _, known := x.BySlug("now"); known {
					w.Error("known before the commit")
				}
				return fails
			}); !errors.Is(err, fails) {
				w.Fatal(err)
			}
			if _, known := x.BySlug("now"); known != (fails == nil) {
				w.Errorf("after %v: known %v", fails, known)
			}
		}
	})
}

// A refresh that read before a change and puts after it must not bring the old state back.
func TestTheIndexNeverGoesBack(t *testing.T) {
	run(t, func(w world) {
		var x links.Index
		made, err := w.link(links.New{Partnership: w.maya, Destination: "https://acme.example/", Slug: "glow"})
		w.check(err)
		stale := made
		dbtest.Clock(w.d).Advance(time.Second)
		w.must(func(ctx context.Context, tx *db.Tx) error {
			if err := links.End(ctx, tx, made.ID); err != nil {
				return err
			}
			ended, err := links.Find(ctx, tx, made.ID)
			if err != nil {
				return err
			}
			return x.Now(ctx, tx, ended)
		})
		w.must(func(ctx context.Context, tx *db.Tx) error { return x.Now(ctx, tx, stale) })
		if e, _ := x.BySlug("glow"); !e.Ended {
			w.Fatal("an older state replaced a newer one")
		}
	})
}

// Another node whose clock is ten minutes slow makes a link: the look back is too short for it, reading everything again finds it.
func TestALinkFromASlowClockIsFoundInTheEnd(t *testing.T) {
	w := newWorld(t, dbtest.New(t, db.EngineSQLite))
	dbtest.Clock(w.d).Advance(time.Hour) // the program itself is no news
	var x links.Index
	w.check(x.Refresh(t.Context(), w.d))
	dbtest.Clock(w.d).Advance(-10 * time.Minute)
	_, err := w.link(links.New{Partnership: w.maya, Destination: "https://acme.example/", Slug: "slow"})
	w.check(err)
	dbtest.Clock(w.d).Advance(10*time.Minute + time.Second)
	for range 5 {
		w.check(x.Refresh(t.Context(), w.d))
		dbtest.Clock(w.d).Advance(time.Minute + time.Second)
	}
	w.check(x.Refresh(t.Context(), w.d))
	if _, ok := x.BySlug("slow"); !ok {
		t.Fatal("the link was never found")
	}
}
