package payouts_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"strings"
	"testing"
	"time"

	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/programs"
	"rapport/internal/pay/commissions"
	"rapport/internal/pay/payouts"
)

func TestWhoMayRelease(t *testing.T) {
	now := time.Date(2026, 3, 2, 9, 30, 0, 0, time.UTC)
	olga := auth.Principal{Kind: auth.KindMerchant, ID: "usr_olga", UserID: "usr_olga", AuthenticatedAt: now.Add(-4 * time.Minute)}
	stale := olga
	stale.AuthenticatedAt = now.Add(-6 * time.Minute)
	hersKey := auth.Principal{Kind: auth.KindKey, ID: "key_1", UserID: "usr_olga"}
	commandLine := auth.Principal{Kind: auth.KindKey, ID: "key_cli"}
	alone, two := []string{"usr_olga"}, []string{"usr_fritz", "usr_olga"}
	for _, c := range []struct {
		name      string
		prepared  string
		by        auth.Principal
		releasers []string
		typed     int64 // -1: nothing
		code      string
	}{
		{"the second person", "usr_fritz", olga, two, -1, ""},
		{"the second person, without signing in again", "usr_fritz", stale, two, -1, ""},
		{"the second person, typing the total", "usr_fritz", olga, two, 1000, ""},
		{"the second person, typing another total", "usr_fritz", olga, two, 1001, "confirm_total"},
		{"the only releaser, after a manager prepared", "usr_manager", olga, alone, -1, ""},
		{"who prepared, with another one there", "usr_olga", olga, two, 1000, "second_person_required"},
		{"the key of who prepared", "usr_olga", hersKey, two, 1000, "second_person_required"},
		{"a key, after another person prepared", "usr_fritz", hersKey, two, -1, ""},
		{"the only one", "usr_olga", olga, alone, 1000, ""},
		{"the only one, without the total", "usr_olga", olga, alone, -1, "confirm_total"},
		{"the only one, with another total", "usr_olga", olga, alone, 100, "confirm_total"},
		{"the only one, signed in long ago", "usr_olga", stale, alone, 1000, "sign_in_again"},
		{"the only one, with a key", "usr_olga", hersKey, alone, 1000, "sign_in_again"},
		{"the command line, after a person", "usr_olga", commandLine, alone, -1, ""},
		{"the command line, its own", "key_cli", commandLine, alone, 1000, "second_person_required"},
		{"the command line, its own with nobody there", "key_cli", commandLine, nil, 1000, "second_person_required"},
		{"a person, after the command line", "key_cli", stale, alone, -1, ""},
		{"the system", "usr_olga", auth.System(), two, -1, "second_person_required"},
	} {
		asked := payouts.Release{PreparedBy: c.prepared, By: c.by, Releasers: c.releasers, Total: eur(1000), Now: now}
		if c.typed >= 0 {
			asked.Typed = eur(c.typed)
		}
		err := payouts.MayRelease(asked)
		if f, _ := fault.As(err); (c.code == "") != (err == nil) || f != nil && f.Code != c.code {
			t.Errorf("%s: %v, want %q", c.name, err, c.code)
		}
	}
}

func TestMoneyGoesOutOnce(t *testing.T) {
	inWorld(t, 2, func(w *world) {
		a, b := w.sale(0, eur(39800)), w.sale(1, eur(10000))
		batch, err := w.prepare()
		w.must(err)
		if batch.Status != payouts.StatusDraft || batch.Total != eur(4980) || batch.Items != 2 {
			w.Fatalf("prepared: %+v", batch)
		}
		w.wantBalance(0, 0, 3980, 0)
		w.wantFault(w.send(batch.ID), fault.KindConflict, "not_approved")
		w.must(w.approve(batch.ID))
		w.must(w.send(batch.ID))
		first := w.file(batch.ID)
		w.later(time.Hour)
		for range 3 {
			w.must(w.send(batch.ID))
			w.must(w.approveAgain(batch.ID))
		}
		again := w.file(batch.ID)
		sum := sha256.Sum256(again.Content)
		if !bytes.Equal(first.Content, again.Content) || !bytes.Equal(sum[:], again.SHA256) || again.Name == "" {
			w.Error("the file is another after sending again")
		}
		if lines := strings.Count(string(first.Content), "\n"); lines != 2 {
			w.Errorf("the file has %d lines", lines)
		}
		w.wantBalance(0, 0, 0, 3980)
		w.wantBalance(1, 0, 0, 1000)
		for _, c := range []commissions.ID{a.ID, b.ID} {
			if got := w.commission(c); got.Status != commissions.StatusPaid || got.PaidAt.IsZero() || got.PayoutItem == "" {
				w.Errorf("commission %+v", got)
			}
		}
		_, err = w.prepare()
		w.wantFault(err, fault.KindConflict, "nothing_to_pay")
		w.wantFault(w.cancel(batch.ID), fault.KindConflict, "wrong_status")
		w.wantBooks()
	})
}

// approveAgain asks for an approval of what was sent, which must be refused.
func (w *world) approveAgain(id payouts.ID) error {
	if err := w.approve(id); fault.KindOf(err) != fault.KindConflict {
		return err
	}
	return nil
}

func TestNothingToPayLeavesNothingBehind(t *testing.T) {
	inWorld(t, 1, func(w *world) {
		_, err := w.prepare()
		w.wantFault(err, fault.KindConflict, "nothing_to_pay")
		w.pending(0, eur(10000))
		_, err = w.prepare()
		w.wantFault(err, fault.KindConflict, "nothing_to_pay")
		w.do(func(ctx context.Context, tx *db.Tx) error {
			all, _, err := payouts.List(ctx, tx, payouts.Filter{Program: w.program.ID}, db.Page{})
			if len(all) > 0 {
				w.Errorf("batches were left: %+v", all)
			}
			return err
		})
	})
}

func TestTheMinimumHolds(t *testing.T) {
	inWorld(t, 2, func(w *world) {
		least := eur(2500)
		w.do(func(ctx context.Context, tx *db.Tx) error {
			_, err := programs.Update(ctx, tx, w.program.ID, programs.Change{PayoutMinimum: &least})
			return err
		})
		w.sale(0, eur(24990))
		w.sale(1, eur(25000))
		b, err := w.prepare()
		w.must(err)
		if items := w.items(b.ID); len(items) != 1 || items[0].Amount != least || items[0].Creator != w.partners[1].Creator {
			w.Errorf("the batch holds %+v", items)
		}
	})
}

// TestAReversalAfterPaymentLowersTheNextPayout and the explanation says so.
func TestAReversalAfterPaymentLowersTheNextPayout(t *testing.T) {
	inWorld(t, 1, func(w *world) {
		old := w.sale(0, eur(39800))
		w.paid()
		w.must(w.refund(old, "r", eur(20900)))
		w.wantBalance(0, -2090, 0, 3980)
		_, err := w.prepare()
		w.wantFault(err, fault.KindConflict, "nothing_to_pay")
		w.sale(0, eur(30000))
		b := w.paid()
		item := w.items(b.ID)[0]
		e := w.explain(item.ID)
		if item.Amount != eur(910) || e.Commissions != eur(3000) || e.Earlier != eur(-2090) || len(e.Parts) != 1 {
			w.Errorf("paid %s for commissions of %s, earlier reversals %s", item.Amount, e.Commissions, e.Earlier)
		}
		w.wantBalance(0, 0, 0, 4890)
		w.wantBooks()
	})
}

func TestARefundWhileReservedIsDeductedNextTime(t *testing.T) {
	inWorld(t, 1, func(w *world) {
		c := w.sale(0, eur(10000))
		b, err := w.prepare()
		w.must(err)
		w.must(w.refund(c, "all of it", eur(10000)))
		w.must(w.approve(b.ID))
		w.must(w.send(b.ID))
		w.wantBalance(0, -1000, 0, 1000)
		if got := w.commission(c.ID).Status; got != commissions.StatusReversed {
			w.Errorf("a reversed commission became %s", got)
		}
		if e := w.explain(w.items(b.ID)[0].ID); e.Parts[0].Amount != eur(1000) || !e.Parts[0].Now.IsZero() || !e.Earlier.IsZero() {
			w.Errorf("the explanation is %+v", e)
		}
		w.wantBooks()
	})
}

func TestACancelledBatchGivesEverythingBack(t *testing.T) {
	inWorld(t, 3, func(w *world) {
		for i := range w.partners {
			w.sale(i, eur(10000))
			w.sale(i, eur(20000))
		}
		for _, approved := range []bool{false, true} {
			b, err := w.prepare()
			w.must(err)
			if approved {
				w.must(w.approve(b.ID))
			}
			w.must(w.cancel(b.ID))
			w.must(w.cancel(b.ID))
			w.wantFault(w.approve(b.ID), fault.KindConflict, "wrong_status")
			w.wantFault(w.send(b.ID), fault.KindConflict, "wrong_status")
			for i := range w.partners {
				w.wantBalance(i, 3000, 0, 0)
			}
		}
		if b := w.paid(); b.Total != eur(9000) || b.Items != 3 {
			w.Errorf("afterwards %+v is paid", b)
		}
		w.wantBooks()
	})
}

func TestAPaymentThatComesBackIsPayableAgain(t *testing.T) {
	inWorld(t, 2, func(w *world) {
		c := w.sale(0, eur(10000))
		w.sale(1, eur(10000))
		b := w.paid()
		item := w.items(b.ID)[0]
		w.must(w.giveBack(item.ID))
		w.must(w.giveBack(item.ID))
		w.wantBalance(0, 1000, 0, 0)
		w.wantBalance(1, 0, 0, 1000)
		if got := w.commission(c.ID); got.Status != commissions.StatusApproved || got.PayoutItem != "" || !got.PaidAt.IsZero() {
			w.Errorf("the commission is %+v", got)
		}
		if got := w.items(b.ID)[0]; got.Status != payouts.ItemReturned || got.Failure == "" {
			w.Errorf("the item is %+v", got)
		}
		next := w.paid()
		if again := w.items(next.ID)[0]; again.ProviderKey == item.ProviderKey || again.Amount != item.Amount {
			w.Errorf("paid again as %+v", again)
		}
		w.wantBooks()
	})
}

func TestStrangersAndViewersTouchNoPayout(t *testing.T) {
	inWorld(t, 1, func(w *world) {
		w.sale(0, eur(10000))
		b, err := w.prepare()
		w.must(err)
		item := w.items(b.ID)[0].ID
		manager := auth.Principal{Kind: auth.KindMerchant, ID: "usr_m", UserID: "usr_m", Name: "Max", Installation: auth.RoleManager}
		w.wantFault(w.try(func(ctx context.Context, tx *db.Tx) error {
			_, err := payouts.Approve(ctx, tx, manager, b.ID, payouts.Confirm{})
			return err
		}), fault.KindForbidden, "forbidden")
		for kind, p := range map[fault.Kind]auth.Principal{
			fault.KindForbidden: {Kind: auth.KindMerchant, ID: "usr_v", UserID: "usr_v", Name: "Vera", Installation: auth.RoleViewer},
			fault.KindNotFound:  {Kind: auth.KindMerchant, ID: "usr_o", UserID: "usr_o", Name: "Otto", Roles: map[programs.ID]auth.Role{"prg_x": auth.RoleOwner}},
		} {
			for name, act := range map[string]func(ctx context.Context, tx *db.Tx) error{
				"prepare": func(ctx context.Context, tx *db.Tx) error {
					_, err := w.cashier.Prepare(ctx, tx, p, payouts.New{Program: w.program.ID, Currency: "EUR", Rail: "paper"})
					return err
				},
				"approve": func(ctx context.Context, tx *db.Tx) error {
					_, err := payouts.Approve(ctx, tx, p, b.ID, payouts.Confirm{})
					return err
				},
				"send":   func(ctx context.Context, tx *db.Tx) error { _, err := w.cashier.Send(ctx, tx, p, b.ID); return err },
				"cancel": func(ctx context.Context, tx *db.Tx) error { _, err := w.cashier.Cancel(ctx, tx, p, b.ID); return err },
				"file":   func(ctx context.Context, tx *db.Tx) error { _, err := w.cashier.File(ctx, tx, p, b.ID); return err },
				"return": func(ctx context.Context, tx *db.Tx) error {
					_, err := w.cashier.Return(ctx, tx, p, item, "x")
					return err
				},
			} {
				if err := w.try(act); fault.KindOf(err) != kind {
					w.Errorf("%s by %s: %v", name, p.Name, err)
				}
			}
		}
	})
}

func TestBadBatchesNameTheirFields(t *testing.T) {
	inWorld(t, 1, func(w *world) {
		err := w.try(func(ctx context.Context, tx *db.Tx) error {
			_, err := w.cashier.Prepare(ctx, tx, w.olga, payouts.New{Program: w.program.ID, Currency: "euro", Rail: "pigeon"})
			return err
		})
		f, ok := fault.As(err)
		if !ok || f.Field != "currency" || len(f.Others) != 1 || f.Others[0].Field != "rail" {
			w.Errorf("got %v", err)
		}
	})
}
