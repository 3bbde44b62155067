package payouts_test

import (
	"bytes"
	"context"
	"fmt"
	"testing"
	"time"

	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/db/dbtest"
	"rapport/internal/base/fault"
	"rapport/internal/base/money"
	"rapport/internal/base/programs"
	"rapport/internal/base/secret"
	"rapport/internal/partner/partnerships"
	"rapport/internal/partner/terms"
	"rapport/internal/pay/commissions"
	"rapport/internal/pay/ledger"
	"rapport/internal/pay/payouts"
	"rapport/internal/recruit/creators"
	"rapport/internal/track/conversions"
)

// paper is a rail as simple as can be: "item amount account" to a line.
type paper struct {
	name   string
	strict bool
}

func (p paper) Name() string       { return p.name }
func (p paper) NeedsAccount() bool { return p.strict }

func (p paper) File(b payouts.Batch, payments []payouts.Payment) (payouts.File, error) {
	var content bytes.Buffer
	for _, one := range payments {
		fmt.Fprintln(&content, one.Item, one.Amount, one.Payee, one.Method, one.Account)
	}
	return payouts.File{Name: string(b.ID) + ".txt", MediaType: "text/plain", Content: content.Bytes()}, nil
}

// plenty is room for everything a test does in one transaction, however slow the machine is.
const plenty = 10_000

// world is a program whose partners earn 10 %, and two people who may release its money.
type world struct {
	*testing.T
	d           *db.DB
	cashier     payouts.Cashier
	program     programs.Program
	partners    []partnerships.Partnership
	terms       terms.Effective
	olga, fritz auth.Principal
	facts       int
}

func eur(minor int64) money.Amount { return money.Amount{Minor: minor, Currency: "EUR"} }

func newWorld(t *testing.T, d *db.DB, partners int) *world {
	t.Helper()
	w := &world{T: t, d: d}
	w.cashier = payouts.Cashier{Box: secret.New(bytes.Repeat([]byte{7}, secret.KeySize)), Rails: payouts.Rails{paper{"paper", false}, paper{"strict", true}}}
	w.cashier = w.cashier.InSteps(plenty)
	ten, err := terms.ParseCommission("percent", "10", "EUR")
	w.must(err)
	w.terms = terms.Effective{Commission: ten, CommissionFrom: terms.LevelProgram}
	w.do(func(ctx context.Context, tx *db.Tx) error {
		if w.olga, err = person(ctx, tx, "olga@acme.example", "Olga"); err != nil {
			return err
		}
		w.fritz, err = person(ctx, tx, "fritz@acme.example", "Fritz")
		return err
	})
	w.open("Acme Shoes", partners)
	return w
}

// open gives the world a program with partners.
func (w *world) open(name string, partners int) {
	w.Helper()
	w.partners = nil
	w.do(func(ctx context.Context, tx *db.Tx) (err error) {
		if w.program, err = programs.Create(ctx, tx, programs.New{Name: name, Currency: "EUR"}); err != nil {
			return err
		}
		for i := range partners {
			c, err := creators.Create(ctx, tx, creators.New{Name: fmt.Sprint("Creator ", i)})
			if err != nil {
				return err
			}
			p, err := partnerships.Create(ctx, tx, partnerships.New{Program: w.program.ID, Creator: c.ID, Status: partnerships.StatusActive})
			if err != nil {
				return err
			}
			w.partners = append(w.partners, p)
		}
		return nil
	})
}

func inWorld(t *testing.T, partners int, test func(w *world)) {
	t.Helper()
	dbtest.Run(t, func(t *testing.T, d *db.DB) { test(newWorld(t, d, partners)) })
}

func person(ctx context.Context, tx *db.Tx, email, name string) (auth.Principal, error) {
	u, err := auth.CreateUser(ctx, tx, auth.NewUser{Email: email, Name: name, Role: auth.RoleOwner})
	if err != nil {
		return auth.Principal{}, err
	}
	p, err := auth.PrincipalOf(ctx, tx, u.ID)
	p.AuthenticatedAt = tx.Now()
	return p, err
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

// sale books an order credited to a partner, and approves its commission.
func (w *world) sale(partner int, goods money.Amount) commissions.Commission {
	w.Helper()
	c := w.pending(partner, goods)
	w.must(w.decide(commissions.Approve, c.ID))
	return c
}

func (w *world) pending(partner int, goods money.Amount) (c commissions.Commission) {
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
		earned, err := commissions.Earn(ctx, tx, w.program, conversion, []commissions.Claim{{Partnership: w.partners[partner], Share: money.Whole, Terms: w.terms}})
		if err == nil {
			c = earned[0]
		}
		return err
	})
	return c
}

func (w *world) refund(c commissions.Commission, name string, back money.Amount) error {
	return w.try(func(ctx context.Context, tx *db.Tx) error {
		if err := tx.Lock(ctx, conversions.LockOf(c.Conversion)); err != nil {
			return err
		}
		of, err := conversions.Find(ctx, tx, c.Conversion)
		if err != nil {
			return err
		}
		change := conversions.Change{Program: of.Program, Kind: of.Kind, Key: of.ExternalID, Change: conversions.ChangeRefund, ExternalID: name, Amount: back, Source: "api"}
		if _, _, err := conversions.RecordChange(ctx, tx, change); err != nil {
			return err
		}
		if of, err = conversions.Settle(ctx, tx, of, true); err != nil {
			return err
		}
		_, err = commissions.Adjust(ctx, tx, of, name)
		return err
	})
}

type decision func(context.Context, *db.Tx, auth.Principal, commissions.ID, string) (commissions.Commission, error)

func (w *world) decide(decide decision, id commissions.ID) error {
	return w.try(func(ctx context.Context, tx *db.Tx) error {
		_, err := decide(ctx, tx, w.olga, id, "because")
		return err
	})
}

func (w *world) prepare() (b payouts.Batch, err error) { return w.prepareOn("paper") }

func (w *world) prepareOn(rail string) (b payouts.Batch, err error) {
	err = w.try(func(ctx context.Context, tx *db.Tx) (err error) {
		b, err = w.cashier.Prepare(ctx, tx, w.olga, payouts.New{Program: w.program.ID, Currency: "EUR", Rail: rail})
		return err
	})
	return b, err
}

func (w *world) approve(id payouts.ID) error {
	return w.try(func(ctx context.Context, tx *db.Tx) error {
		_, err := payouts.Approve(ctx, tx, w.fritz, id, payouts.Confirm{})
		return err
	})
}

func (w *world) send(id payouts.ID) error {
	return w.try(func(ctx context.Context, tx *db.Tx) error { _, err := w.cashier.Send(ctx, tx, w.olga, id); return err })
}

func (w *world) cancel(id payouts.ID) error {
	return w.try(func(ctx context.Context, tx *db.Tx) error {
		_, err := w.cashier.Cancel(ctx, tx, w.olga, id)
		return err
	})
}

func (w *world) giveBack(id payouts.ItemID) error {
	return w.try(func(ctx context.Context, tx *db.Tx) error {
		_, err := w.cashier.Return(ctx, tx, w.olga, id, "the account is closed")
		return err
	})
}

func (w *world) finish(id payouts.ID) payouts.Batch {
	w.Helper()
	b, err := w.cashier.Finish(w.Context(), w.d, id)
	w.must(err)
	return b
}

// paid is a batch that went all the way.
func (w *world) paid() payouts.Batch {
	w.Helper()
	b, err := w.prepare()
	w.must(err)
	w.finish(b.ID)
	w.must(w.approve(b.ID))
	w.must(w.send(b.ID))
	return w.finish(b.ID)
}

func (w *world) items(id payouts.ID) (items []payouts.Item) {
	w.Helper()
	w.do(func(ctx context.Context, tx *db.Tx) (err error) {
		items, _, err = payouts.Items(ctx, tx, id, db.Page{Limit: db.PageMost})
		return err
	})
	return items
}

func (w *world) explain(id payouts.ItemID) (e payouts.Explanation) {
	w.Helper()
	w.do(func(ctx context.Context, tx *db.Tx) (err error) {
		e, err = payouts.Explain(ctx, tx, id, db.Page{Limit: db.PageMost})
		return err
	})
	return e
}

func (w *world) file(id payouts.ID) (f payouts.File) {
	w.Helper()
	w.do(func(ctx context.Context, tx *db.Tx) (err error) {
		f, err = w.cashier.File(ctx, tx, w.olga, id)
		return err
	})
	return f
}

func (w *world) commission(id commissions.ID) (c commissions.Commission) {
	w.Helper()
	w.do(func(ctx context.Context, tx *db.Tx) (err error) { c, err = commissions.Find(ctx, tx, id); return err })
	return c
}

func (w *world) wantBalance(partner int, available, inTransit, paid int64) {
	w.Helper()
	b := w.balance(partner)
	if b.Available.Minor != available || b.InTransit.Minor != inTransit || b.Paid.Minor != paid {
		w.Errorf("partner %d has %s available, %s in transit, %s paid; want %s, %s, %s", partner, b.Available, b.InTransit, b.Paid, eur(available), eur(inTransit), eur(paid))
	}
}

func (w *world) balance(partner int) ledger.Balance {
	w.Helper()
	b := ledger.Empty(w.program.ID, w.partners[partner].Creator, "EUR")
	w.do(func(ctx context.Context, tx *db.Tx) error {
		all, err := ledger.Balances(ctx, tx, b.Program, b.Creator)
		if len(all) == 1 {
			b = all[0]
		}
		return err
	})
	return b
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

func (w *world) wantFault(err error, kind fault.Kind, code string) {
	w.Helper()
	if f, ok := fault.As(err); !ok || f.Kind != kind || f.Code != code {
		w.Errorf("got %v, want a fault %s", err, code)
	}
}

func (w *world) later(by time.Duration) { dbtest.Clock(w.d).Advance(by) }
