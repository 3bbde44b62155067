package outreach_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"rapport/internal/base/db"
	"rapport/internal/base/db/dbtest"
	"rapport/internal/base/fault"
	"rapport/internal/base/programs"
	"rapport/internal/base/secret"
	"rapport/internal/partner/outreach"
	"rapport/internal/partner/partnerships"
	"rapport/internal/recruit/creators"
)

func TestATemplateThatCannotBeFilledIsRefused(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := world{t, d}
		program, other := w.newProgram(), w.newProgram()
		for body, wrong := range map[string]string{
			"Hi {{fist_name|you}}": "fist_name", "Hi {{first_name}}": "first_name|", "Hi {{first_name|}}": "first_name|", "Hi {{brand": "begins with", "Hi brand}}": "begins with", "": "Write something",
		} {
			err := d.Update(t.Context(), func(tx *db.Tx) error {
				_, err := outreach.SaveTemplate(t.Context(), tx, outreach.Template{Program: program, Name: "x", Body: body})
				return err
			})
			if fault.KindOf(err) != fault.KindInvalid || !strings.Contains(err.Error(), wrong) {
				t.Errorf("%q: %v", body, err)
			}
		}
		var kept outreach.Template
		w.must(func(ctx context.Context, tx *db.Tx) (err error) {
			kept, err = outreach.SaveTemplate(ctx, tx, outreach.Template{Program: program, Name: "Ours", Body: "Hi {{first_name|there}} from {{brand}}"})
			return err
		})
		w.must(func(ctx context.Context, tx *db.Tx) error {
			for _, err := range []error{outreach.RemoveTemplate(ctx, tx, other, kept.ID), second(outreach.SaveTemplate(ctx, tx, outreach.Template{ID: kept.ID, Program: other, Name: "x", Body: "x"}))} {
				if fault.KindOf(err) != fault.KindNotFound {
					t.Errorf("another program's template: %v", err)
				}
			}
			all, err := outreach.Templates(ctx, tx, program)
			if len(all) != 1+len(outreach.Starters()) || all[0].Body != kept.Body {
				t.Errorf("%+v", all)
			}
			return err
		})
	})
}

func second[T any](_ T, err error) error { return err }

func TestStartersCanBeSavedAsTheyAre(t *testing.T) {
	d := dbtest.New(t, db.EngineSQLite)
	w := world{t, d}
	program := w.newProgram()
	for _, s := range outreach.Starters() {
		w.must(func(ctx context.Context, tx *db.Tx) error {
			_, err := outreach.SaveTemplate(ctx, tx, outreach.Template{Program: program, Name: s.Name, Body: s.Body})
			return err
		})
	}
}

// A value is put in as it is, and what is missing is named and has its fallback.
func TestFilledGapsAreNotFilledAgain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.StringMatching(`[a-z{}|]{0,12}`).Draw(t, "name")
		text, missing := outreach.Template{Body: "Hi {{first_name|there}}!"}.Fill(map[string]string{"first_name": name, "there": "no"})
		want := name
		if name == "" {
			want = "there"
		}
		if text != "Hi "+want+"!" || (len(missing) == 1) != (name == "") {
			t.Fatalf("%q %v", text, missing)
		}
	})
}

func TestTheIntroductionStandsInTheFirstMessageOnce(t *testing.T) {
	i := outreach.Introduction{Brand: "Acme", Sender: "Ada", Found: "your public account @maya on TikTok", LeaveURL: "https://r.example/leave/x"}
	whole := mailer.Words.Introduce(i)
	once := outreach.WithIntroduction("Hello", whole)
	for _, part := range []string{"Hello", "Acme", "Ada", "@maya", i.LeaveURL} {
		if !strings.Contains(once, part) {
			t.Errorf("%q lacks %q", once, part)
		}
	}
	if outreach.WithIntroduction(once, whole) != once {
		t.Error("it stands there twice")
	}
	if cut := outreach.WithIntroduction("Hello "+i.LeaveURL, whole); !strings.Contains(cut, whole) {
		t.Errorf("half of it is taken for the whole: %q", cut)
	}
}

func (w world) prospect(program programs.ID, handle string) (id partnerships.ID) {
	w.Helper()
	w.must(func(ctx context.Context, tx *db.Tx) error {
		c, err := creators.Create(ctx, tx, creators.New{Name: handle, Program: program, Contact: creators.Contact{Email: handle + "@mail.example"},
			Profiles: []creators.NewProfile{{Platform: creators.PlatformTikTok, Handle: handle}}})
		if err != nil {
			return err
		}
		p, err := partnerships.Create(ctx, tx, partnerships.New{Program: program, Creator: c.ID})
		id = p.ID
		return err
	})
	return id
}

func (w world) next(box *secret.Box, program programs.ID) (id partnerships.ID) {
	w.Helper()
	w.must(func(ctx context.Context, tx *db.Tx) error {
		c, _, err := outreach.NextUp(ctx, tx, box, program, "")
		id = c.Partnership.ID
		return err
	})
	return id
}

func TestTheQueueLeavesOutWhoWasWrittenToPutOffOrAskedForIt(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w, box := world{t, d}, testBox()
		program, other := w.newProgram(), w.newProgram()
		w.prospect(other, "elsewhere")
		a, b, c := w.prospect(program, "one"), w.prospect(program, "two"), w.prospect(program, "three")
		w.is(w.next(box, program), a)
		for range 2 { // the second click
			w.must(func(ctx context.Context, tx *db.Tx) error {
				_, err := outreach.Note(ctx, tx, outreach.New{Partnership: a, From: outreach.SideBrand, Body: "Hello"})
				return err
			})
		}
		w.must(func(ctx context.Context, tx *db.Tx) error {
			thread, _, err := outreach.Thread(ctx, tx, a, db.Page{})
			if len(thread) != 1 || thread[0].Channel != outreach.ChannelDM {
				t.Errorf("noted twice, it stands there as %+v", thread)
			}
			return err
		})
		w.is(w.next(box, program), b)
		for range 2 {
			w.must(func(ctx context.Context, tx *db.Tx) error { return outreach.Leave(ctx, tx, box, b) })
		}
		w.must(func(ctx context.Context, tx *db.Tx) error {
			p, err := partnerships.Find(ctx, tx, b)
			if p.Status != partnerships.StatusLost {
				t.Errorf("who left is %s", p.Status)
			}
			return err
		})
		w.is(w.next(box, program), c)
		w.must(func(ctx context.Context, tx *db.Tx) error {
			return outreach.PutOff(ctx, tx, c, tx.Now().Add(time.Hour))
		})
		w.is(w.next(box, program), "")
	})
}

// More people than are looked at in one go may have asked to be left alone; who has only a channel where nobody can write is not offered.
func TestTheQueueLooksPastThoseWhoCannotBeWrittenTo(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w, box := world{t, d}, testBox()
		program := w.newProgram()
		w.must(func(ctx context.Context, tx *db.Tx) error {
			c, err := creators.Create(ctx, tx, creators.New{Name: "Channel", Profiles: []creators.NewProfile{{Platform: creators.PlatformYouTube, Handle: "channel"}}})
			if err != nil {
				return err
			}
			_, err = partnerships.Create(ctx, tx, partnerships.New{Program: program, Creator: c.ID})
			return err
		})
		w.is(w.next(box, program), "")
		for i := range 101 {
			handle := fmt.Sprintf("alone%d", i)
			w.prospect(program, handle)
			w.must(func(ctx context.Context, tx *db.Tx) error {
				_, err := creators.Suppress(ctx, tx, box, []creators.Suppression{{Program: program, Email: handle + "@mail.example"}})
				return err
			})
		}
		w.is(w.next(box, program), "")
		free := w.prospect(program, "free")
		w.is(w.next(box, program), free)
	})
}

func (w world) is(got, want partnerships.ID) {
	w.Helper()
	if got != want {
		w.Errorf("next is %q, not %q", got, want)
	}
}

func TestALinkToLeaveCannotBeMadeUp(t *testing.T) {
	box := testBox()
	token := outreach.LeaveToken(box, "par_1")
	if p, err := outreach.ReadLeaveToken(box, token); err != nil || p != "par_1" {
		t.Fatal(p, err)
	}
	for _, wrong := range []string{"", "par_1", "par_1.", strings.Replace(token, "par_1", "par_2", 1), token + "A", token[:20]} {
		if _, err := outreach.ReadLeaveToken(box, wrong); fault.KindOf(err) != fault.KindNotFound {
			t.Errorf("%q: %v", wrong, err)
		}
	}
}

func testBox() *secret.Box { return secret.New(make([]byte, secret.KeySize)) }

func TestWhoIsCountedAsPreparedIsOffered(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := world{t, d}
		program := w.newProgram()
		p := w.mailable(program, "Maya")
		w.must(func(ctx context.Context, tx *db.Tx) error {
			if _, err := outreach.Prepare(ctx, tx, mailBox, program, []partnerships.ID{p}); err != nil {
				return err
			}
			for _, s := range []partnerships.Status{partnerships.StatusNegotiating, partnerships.StatusLost} {
				if _, err := partnerships.SetStatus(ctx, tx, p, s); err != nil {
					return err
				}
				n, err := outreach.PreparedIn(ctx, tx, program)
				if err != nil {
					return err
				}
				if _, offered, err := outreach.NextUp(ctx, tx, mailBox, program, ""); err != nil || offered != (n == 1) {
					t.Errorf("%s: %d wait, offered %v, %v", s, n, offered, err)
				}
			}
			return nil
		})
	})
}
