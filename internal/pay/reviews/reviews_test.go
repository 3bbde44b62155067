package reviews_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/db/dbtest"
	"rapport/internal/base/fault"
	"rapport/internal/base/programs"
	"rapport/internal/partner/partnerships"
	"rapport/internal/pay/reviews"
	"rapport/internal/recruit/creators"
)

type world struct {
	d       *db.DB
	program programs.ID
	ada     partnerships.ID
	anna    auth.Principal
}

func newWorld(t *testing.T, d *db.DB) (w world) {
	t.Helper()
	w.d, w.anna = d, auth.Principal{Kind: auth.KindMerchant, ID: "usr_anna", Name: "Anna", Installation: auth.RoleManager}
	if err := d.Update(t.Context(), func(tx *db.Tx) error {
		p, err := programs.Create(t.Context(), tx, programs.New{Name: "Fernwood", Currency: "EUR"})
		if err != nil {
			return err
		}
		c, err := creators.Create(t.Context(), tx, creators.New{Name: "Ada"})
		if err != nil {
			return err
		}
		ada, err := partnerships.Create(t.Context(), tx, partnerships.New{Program: p.ID, Creator: c.ID})
		w.program, w.ada = p.ID, ada.ID
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return w
}

func (w world) ask(ctx context.Context, order string) (r reviews.Review, err error) {
	ctx = auth.With(ctx, auth.Principal{Kind: auth.KindCreator, ID: "usr_ada", Name: "Ada"})
	err = w.d.Update(ctx, func(tx *db.Tx) (err error) {
		r, err = reviews.Ask(ctx, tx, reviews.New{Program: w.program, Partnership: w.ada, Order: order, Question: " She used my code. "})
		return err
	})
	return r, err
}

func (w world) answer(ctx context.Context, by auth.Principal, id reviews.ID, note string) (r reviews.Review, err error) {
	err = w.d.Update(ctx, func(tx *db.Tx) (err error) {
		r, err = reviews.Answer(ctx, tx, by, id, reviews.OutcomeDeclined, note)
		return err
	})
	return r, err
}

func TestAnOrderHasOneOpenReviewOfAPartner(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		ids := make([]reviews.ID, 8)
		var all sync.WaitGroup
		for i := range ids {
			all.Go(func() {
				r, err := w.ask(t.Context(), []string{"#1001", " 1001"}[i%2])
				if err != nil {
					t.Error(err)
				}
				ids[i] = r.ID
			})
		}
		all.Wait()
		for _, id := range ids {
			if id != ids[0] {
				t.Fatalf("two reviews of one order: %v", ids)
			}
		}
		if _, err := w.answer(t.Context(), w.anna, ids[0], "It came too late."); err != nil {
			t.Fatal(err)
		}
		again, err := w.ask(t.Context(), "1001")
		if err != nil || again.ID == ids[0] {
			t.Fatalf("after an answer one may ask again: %v %v", again, err)
		}
	})
}

func TestAnAnswerCarriesANameAndANoteAndStands(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		r, err := w.ask(t.Context(), "1001")
		if err != nil || r.Question != "She used my code." || r.AskedBy != "Ada" || !r.Open() {
			t.Fatalf("%+v %v", r, err)
		}
		for name, wrong := range map[string]struct {
			by   auth.Principal
			note string
			kind fault.Kind
		}{
			"no note":      {w.anna, " ", fault.KindInvalid},
			"a long note":  {w.anna, strings.Repeat("x", reviews.LongestText+1), fault.KindInvalid},
			"a viewer":     {auth.Principal{Kind: auth.KindMerchant, Installation: auth.RoleViewer}, "no", fault.KindForbidden},
			"of elsewhere": {auth.Principal{Kind: auth.KindMerchant, Roles: map[programs.ID]auth.Role{"prg_x": auth.RoleOwner}}, "no", fault.KindNotFound},
		} {
			if _, err := w.answer(t.Context(), wrong.by, r.ID, wrong.note); fault.KindOf(err) != wrong.kind {
				t.Errorf("%s: %v", name, err)
			}
		}
		r, err = w.answer(t.Context(), w.anna, r.ID, "It came too late.")
		if err != nil || r.Answer != "It came too late." || r.AnsweredBy != "Anna" || r.Outcome != reviews.OutcomeDeclined || r.Open() {
			t.Fatalf("%+v %v", r, err)
		}
		if _, err := w.answer(t.Context(), w.anna, r.ID, "Or was it?"); fault.KindOf(err) != fault.KindConflict {
			t.Errorf("answered twice: %v", err)
		}
		if err := d.View(t.Context(), func(tx *db.Tx) error {
			kept, _, err := reviews.List(t.Context(), tx, reviews.Filter{Program: w.program, Partnership: w.ada, Answered: true}, db.Page{})
			if len(kept) != 1 || kept[0] != r {
				t.Errorf("%+v", kept)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
	})
}

func TestQuestionsAreBounded(t *testing.T) {
	w := newWorld(t, dbtest.New(t, db.EngineSQLite))
	if _, err := w.ask(t.Context(), " # "); fault.KindOf(err) != fault.KindInvalid {
		t.Errorf("no number: %v", err)
	}
	if _, err := w.ask(t.Context(), "10\x0001"); fault.KindOf(err) != fault.KindInvalid {
		t.Errorf("a control byte: %v", err)
	}
	var err error
	asked := 0
	for ; err == nil && asked < 100; asked++ {
		_, err = w.ask(t.Context(), fmt.Sprint(asked))
	}
	if fault.KindOf(err) != fault.KindConflict {
		t.Fatalf("%d open questions: %v", asked, err)
	}
}
