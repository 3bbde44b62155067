package partnerships_test

import (
	"context"
	"testing"

	"rapport/internal/base/db"
	"rapport/internal/base/db/dbtest"
	"rapport/internal/base/fault"
	"rapport/internal/base/programs"
	"rapport/internal/partner/partnerships"
	"rapport/internal/partner/terms"
)

func TestEachPartOfTheTermsComesFromTheNearestLevel(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		own, grouped, bare := w.partner("own", "active"), w.partner("grouped", "active"), w.partner("bare", "active")
		stranger, err := w.create(partnerships.New{Program: w.newProgram("USD"), Creator: bare.Creator})
		if err != nil {
			t.Fatal(err)
		}
		w.must(func(ctx context.Context, tx *db.Tx) error {
			offer := terms.Offer{Kind: terms.OfferFreeShipping}
			ten := percent(t, "10")
			ten.Offer = &offer
			if err := partnerships.SetProgramTerms(ctx, tx, w.program, ten); err != nil {
				return err
			}
			vip, err := partnerships.CreateGroup(ctx, tx, partnerships.NewGroup{Program: w.program, Name: "VIP", Terms: percent(t, "15")})
			if err != nil {
				return err
			}
			for _, p := range []*partnerships.Partnership{&own, &grouped} {
				if *p, err = partnerships.SetGroup(ctx, tx, p.ID, vip.ID); err != nil {
					return err
				}
			}
			if own, err = partnerships.SetTerms(ctx, tx, own.ID, flat(t, "5.00", "EUR")); err != nil {
				return err
			}
			all, err := partnerships.EffectiveTermsMany(ctx, tx, []partnerships.Partnership{own, grouped, bare, stranger})
			if err != nil {
				return err
			}
			for _, c := range []struct {
				p     partnerships.Partnership
				text  string
				from  terms.Level
				offer terms.Level
			}{
				{own, "€5.00", terms.LevelPartnership, terms.LevelProgram},
				{grouped, "15 %", terms.LevelGroup, terms.LevelProgram},
				{bare, "10 %", terms.LevelProgram, terms.LevelProgram},
				{stranger, "", terms.LevelNone, terms.LevelNone},
			} {
				e := all[c.p.ID]
				if e.CommissionFrom != c.from || c.text != "" && e.Commission.Text() != c.text || e.OfferFrom != c.offer {
					t.Errorf("got %+v, want %s from %s", e, c.text, c.from)
				}
				if one, err := partnerships.EffectiveTerms(ctx, tx, c.p); err != nil || one.CommissionFrom != e.CommissionFrom {
					t.Errorf("one says %+v, %v", one, err)
				}
			}
			return nil
		})
	})
}

func TestTermsAreInTheProgramsCurrency(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		p := w.partner("zoe", "active")
		dollars := flat(t, "5.00", "USD")
		offer, err := terms.ParseOffer("amount", "2.50", "USD")
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			field string
			set   func(ctx context.Context, tx *db.Tx) error
		}{
			{"commission.value", func(ctx context.Context, tx *db.Tx) error {
				return partnerships.SetProgramTerms(ctx, tx, w.program, dollars)
			}},
			{"offer.value", func(ctx context.Context, tx *db.Tx) error {
				return partnerships.SetProgramTerms(ctx, tx, w.program, terms.Terms{Offer: &offer})
			}},
			{"commission.kind", func(ctx context.Context, tx *db.Tx) error {
				return partnerships.SetProgramTerms(ctx, tx, w.program, terms.Terms{Commission: &terms.Commission{}})
			}},
			{"commission.value", func(ctx context.Context, tx *db.Tx) error {
				_, err := partnerships.SetTerms(ctx, tx, p.ID, dollars)
				return err
			}},
			{"commission.value", func(ctx context.Context, tx *db.Tx) error {
				_, err := partnerships.CreateGroup(ctx, tx, partnerships.NewGroup{Program: w.program, Name: "VIP", Terms: dollars})
				return err
			}},
		} {
			wrong(t, w.update(c.set), fault.KindInvalid, c.field)
		}
		wrong(t, w.update(func(ctx context.Context, tx *db.Tx) error {
			return partnerships.SetProgramTerms(ctx, tx, "prg_none", terms.Terms{})
		}), fault.KindNotFound, "program_id")
		w.must(func(ctx context.Context, tx *db.Tx) error {
			if err := partnerships.SetProgramTerms(ctx, tx, w.program, percent(t, "10")); err != nil {
				return err
			}
			if err := partnerships.SetProgramTerms(ctx, tx, w.program, terms.Terms{}); err != nil {
				return err
			}
			said, err := partnerships.ProgramTerms(ctx, tx, w.program)
			if said != (terms.Terms{}) {
				t.Errorf("terms that were taken back still say %+v", said)
			}
			return err
		})
	})
}

func TestAProgramBeginsWithItsGroupsOnce(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		for range 2 {
			w.must(func(ctx context.Context, tx *db.Tx) error {
				return partnerships.CreateDefaultGroups(ctx, tx, w.program)
			})
		}
		var groups []partnerships.Group
		w.must(func(ctx context.Context, tx *db.Tx) (err error) {
			groups, err = partnerships.ListGroups(ctx, tx, w.program)
			return err
		})
		if len(groups) != 3 || groups[0].Name != "Starter" || groups[2].Name != "VIP" || groups[1].Terms != (terms.Terms{}) {
			t.Fatalf("%+v", groups)
		}
		create := func(program programs.ID, name string) error {
			return w.update(func(ctx context.Context, tx *db.Tx) error {
				_, err := partnerships.CreateGroup(ctx, tx, partnerships.NewGroup{Program: program, Name: name})
				return err
			})
		}
		wrong(t, create(w.program, " vip "), fault.KindConflict, "name")
		wrong(t, create(w.program, ""), fault.KindInvalid, "name")
		if err := create(w.newProgram("EUR"), "vip"); err != nil {
			t.Errorf("another program's groups are its own: %v", err)
		}
		change := func(c partnerships.GroupChange) error {
			return w.update(func(ctx context.Context, tx *db.Tx) error {
				_, err := partnerships.UpdateGroup(ctx, tx, groups[0].ID, c)
				return err
			})
		}
		wrong(t, change(partnerships.GroupChange{Name: new("VIP")}), fault.KindConflict, "name")
		if err := change(partnerships.GroupChange{Name: new("starter"), Terms: new(percent(t, "12"))}); err != nil {
			t.Error(err)
		}
		w.must(func(ctx context.Context, tx *db.Tx) error {
			g, err := partnerships.FindGroup(ctx, tx, groups[0].ID)
			if g.Name != "starter" || g.Terms.Commission == nil || g.Terms.Commission.Text() != "12 %" {
				t.Errorf("%+v", g)
			}
			return err
		})
	})
}
