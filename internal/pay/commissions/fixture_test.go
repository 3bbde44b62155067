package commissions_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/db/dbtest"
	"rapport/internal/base/money"
	"rapport/internal/base/programs"
	"rapport/internal/partner/partnerships"
	"rapport/internal/partner/terms"
	"rapport/internal/pay/commissions"
	"rapport/internal/pay/ledger"
	"rapport/internal/recruit/creators"
	"rapport/internal/track/conversions"
)

var (
	owner  = auth.Principal{Kind: auth.KindMerchant, ID: "usr_owner", UserID: "usr_owner", Name: "Olga", Installation: auth.RoleOwner}
	viewer = auth.Principal{Kind: auth.KindMerchant, ID: "usr_viewer", UserID: "usr_viewer", Name: "Vera", Installation: auth.RoleViewer}
	other  = auth.Principal{Kind: auth.KindMerchant, ID: "usr_other", UserID: "usr_other", Name: "Otto", Roles: map[programs.ID]auth.Role{"prg_other": auth.RoleOwner}}
)

// world is a program with one partner who earns 10 %.
type world struct {
	*testing.T
	d       *db.DB
	program programs.Program
	partner partnerships.Partnership
	terms   terms.Effective
	facts   int
}

func eur(minor int64) money.Amount { return money.Amount{Minor: minor, Currency: "EUR"} }

func inWorld(t *testing.T, test func(w *world)) {
	t.Helper()
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := &world{T: t, d: d}
		ten, err := terms.ParseCommission("percent", "10", "EUR")
		w.must(err)
		w.terms = terms.Effective{Commission: ten, CommissionFrom: terms.LevelProgram}
		w.do(func(ctx context.Context, tx *db.Tx) error {
			if w.program, err = programs.Create(ctx, tx, programs.New{Name: "Acme", Currency: "EUR"}); err != nil {
				return err
			}
			mira, err := creators.Create(ctx, tx, creators.New{Name: "Mira"})
			if err != nil {
				return err
			}
			w.partner, err = partnerships.Create(ctx, tx, partnerships.New{Program: w.program.ID, Creator: mira.ID, Status: partnerships.StatusActive})
			return err
		})
		test(w)
	})
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *world) try(f func(ctx context.Context, tx *db.Tx) error) error {
	ctx := context.WithoutCancel(w.Context())
	return w.d.Update(ctx, func(tx *db.Tx) error { return f(ctx, tx) })
}

func (w *world) do(f func(ctx context.Context, tx *db.Tx) error) {
	w.Helper()
	w.must(w.try(f))
}

// sale books an order that is credited to the partner.
func (w *world) sale(goods money.Amount) (c commissions.Commission, of conversions.ID) {
	w.Helper()
	w.facts++
	n := conversions.New{Program: w.program.ID, Kind: conversions.KindSale, ExternalID: fmt.Sprint("order ", w.facts), Amount: goods, Source: "api", Fingerprint: []byte{1}}
	w.do(func(ctx context.Context, tx *db.Tx) error {
		entry, err := conversions.Look(ctx, tx, n)
		if err != nil {
			return err
		}
		conversion, err := entry.Keep(ctx, tx, conversions.Verdict{})
		if err != nil {
			return err
		}
		of = conversion.ID
		earned, err := commissions.Earn(ctx, tx, w.program, conversion, []commissions.Claim{{Partnership: w.partner, Share: money.Whole, Terms: w.terms}})
		if len(earned) == 1 {
			c = earned[0]
		}
		return err
	})
	return c, of
}

func (w *world) refund(of conversions.ID, name string, back money.Amount) {
	w.Helper()
	w.must(w.change(of, conversions.ChangeRefund, name, back))
}

func (w *world) cancel(of conversions.ID) {
	w.Helper()
	w.must(w.change(of, conversions.ChangeCancel, "cancel "+string(of), eur(0)))
}

func (w *world) change(of conversions.ID, kind conversions.ChangeKind, name string, back money.Amount) error {
	return w.try(func(ctx context.Context, tx *db.Tx) error {
		c, err := conversions.Find(ctx, tx, of)
		if err != nil {
			return err
		}
		if err := tx.Lock(ctx, conversions.LockOf(of)); err != nil {
			return err
		}
		change := conversions.Change{Program: c.Program, Kind: c.Kind, Key: c.ExternalID, Change: kind, ExternalID: name, Amount: back, Source: "api"}
		if _, _, err := conversions.RecordChange(ctx, tx, change); err != nil {
			return err
		}
		if c, err = conversions.Find(ctx, tx, of); err != nil {
			return err
		}
		if c, err = conversions.Settle(ctx, tx, c, true); err != nil {
			return err
		}
		_, err = commissions.Adjust(ctx, tx, c, name)
		return err
	})
}

type decision func(context.Context, *db.Tx, auth.Principal, commissions.ID, string) (commissions.Commission, error)

func (w *world) decide(decide decision, id commissions.ID) error {
	return w.try(func(ctx context.Context, tx *db.Tx) error {
		_, err := decide(ctx, tx, owner, id, "because")
		return err
	})
}

func (w *world) find(id commissions.ID) (c commissions.Commission) {
	w.Helper()
	w.do(func(ctx context.Context, tx *db.Tx) (err error) { c, err = commissions.Find(ctx, tx, id); return err })
	return c
}

func (w *world) balance() (b ledger.Balance) {
	w.Helper()
	b = ledger.Empty(w.program.ID, w.partner.Creator, "EUR")
	w.do(func(ctx context.Context, tx *db.Tx) error {
		all, err := ledger.Balances(ctx, tx, w.program.ID, w.partner.Creator)
		if len(all) == 1 {
			b = all[0]
		}
		return err
	})
	return b
}

func (w *world) wantBalance(pending, available int64) {
	w.Helper()
	if b := w.balance(); b.Pending.Minor != pending || b.Available.Minor != available {
		w.Errorf("pending %s and available %s, want %s and %s", b.Pending, b.Available, eur(pending), eur(available))
	}
}

func (w *world) wantBooks() {
	w.Helper()
	w.must(ledger.Seal(w.Context(), w.d))
	r, err := ledger.Verify(w.Context(), w.d)
	w.must(err)
	if len(r.Findings) > 0 {
		w.Errorf("the books: %v", r.Findings)
	}
}

func (w *world) later(days int) { dbtest.Clock(w.d).Advance(time.Duration(days) * 24 * time.Hour) }
