package payouts_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/db/dbtest"
	"rapport/internal/base/fault"
	"rapport/internal/pay/commissions"
	"rapport/internal/pay/payouts"
)

// TestConcurrentPreparationsShareNothing: many prepare while commissions are being approved. Every commission is carried by at most one item,
// and every item is its commissions to the cent: an approval is either in the balance and the item, or in neither.
func TestConcurrentPreparationsShareNothing(t *testing.T) {
	inWorld(t, 3, func(w *world) {
		const orders = 8
		var group sync.WaitGroup
		for i := range w.partners {
			var all []commissions.Commission
			for range orders {
				all = append(all, w.pending(i, eur(10000)))
			}
			group.Go(func() {
				for _, c := range all {
					if err := w.decide(commissions.Approve, c.ID); err != nil {
						w.Error(err)
					}
				}
			})
		}
		var mu sync.Mutex
		var batches []payouts.Batch
		prepare := func() {
			b, err := w.prepare()
			if fault.KindOf(err) == fault.KindConflict {
				return
			}
			if err != nil {
				w.Error(err)
				return
			}
			mu.Lock()
			defer mu.Unlock()
			batches = append(batches, b)
		}
		for range 4 {
			group.Go(func() {
				for range orders {
					prepare()
				}
			})
		}
		group.Wait()
		prepare() // what is left
		for _, b := range batches {
			for _, item := range w.items(b.ID) {
				if e := w.explain(item.ID); !e.Earlier.IsZero() {
					w.Errorf("%s is %s for commissions of %s", item.ID, item.Amount, e.Commissions)
				}
			}
		}
		for i := range w.partners {
			w.wantBalance(i, 0, orders*1000, 0)
		}
		w.wantBooks()
	})
}

// TestConcurrentSendsPayOnce: everybody presses every button at once.
func TestConcurrentSendsPayOnce(t *testing.T) {
	inWorld(t, 3, func(w *world) {
		w.cashier = w.cashier.InSteps(1)
		for i := range w.partners {
			w.sale(i, eur(10000))
			w.sale(i, eur(10000))
		}
		b, err := w.prepare()
		w.must(err)
		w.finish(b.ID)
		w.must(w.approve(b.ID))
		var group sync.WaitGroup
		for range 4 {
			group.Go(func() {
				if err := w.send(b.ID); err != nil && fault.KindOf(err) != fault.KindConflict {
					w.Error(err)
				}
				if _, err := w.cashier.Finish(context.WithoutCancel(w.Context()), w.d, b.ID); err != nil {
					w.Error(err)
				}
			})
		}
		group.Go(func() {
			if err := w.cancel(b.ID); err != nil && fault.KindOf(err) != fault.KindConflict {
				w.Error(err)
			}
		})
		group.Wait()
		got := w.finish(b.ID)
		for i := range w.partners {
			switch got.Status {
			case payouts.StatusSent:
				w.wantBalance(i, 0, 0, 2000)
			case payouts.StatusCancelled:
				w.wantBalance(i, 2000, 0, 0)
			default:
				w.Fatalf("the batch is %s", got.Status)
			}
		}
		w.wantBooks()
	})
}

// TestEveryStopIsResumed stops after each transaction there is, as a crash would, and lets another process go on.
func TestEveryStopIsResumed(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d, 3)
		whole := w.cashier
		for i := range w.partners {
			for range 3 {
				w.sale(i, eur(10000))
			}
		}
		for units := 1; units <= 4; units++ {
			w.cashier = whole.InSteps(units)
			b, err := w.prepare()
			w.must(err)
			if b.Status != payouts.StatusPreparing {
				t.Fatalf("with %d units the batch is %s at once", units, b.Status)
			}
			_, err = w.prepare()
			w.wantFault(err, fault.KindConflict, "payout_preparing")
			w.wantFault(w.approve(b.ID), fault.KindConflict, "payout_preparing")
			w.must(w.cashier.FinishAll(t.Context(), d))
			w.must(w.approve(b.ID))
			w.must(w.send(b.ID))
			if _, err := fileOf(w, b.ID); fault.KindOf(err) != fault.KindConflict {
				t.Errorf("the file of a batch that is being sent: %v", err)
			}
			w.must(w.cashier.FinishAll(t.Context(), d))
			for i := range w.partners {
				w.wantBalance(i, 0, 0, 3000)
			}
			for _, item := range w.items(b.ID) {
				w.must(w.giveBack(item.ID))
				if e := w.explain(item.ID); !e.Earlier.IsZero() || e.Count != 3 || e.Item.Amount != eur(3000) {
					t.Errorf("%s is explained by %+v", item.ID, e)
				}
			}
			w.must(w.cashier.FinishAll(t.Context(), d))
			for i := range w.partners {
				w.wantBalance(i, 3000, 0, 0)
			}
			w.wantBooks()
		}
	})
}

func fileOf(w *world, id payouts.ID) (f payouts.File, err error) {
	err = w.try(func(ctx context.Context, tx *db.Tx) (err error) {
		f, err = w.cashier.File(ctx, tx, w.olga, id)
		return err
	})
	return f, err
}

// TestAHalfMadeBatchCanBeCancelled at every stop of its preparation.
func TestAHalfMadeBatchCanBeCancelled(t *testing.T) {
	inWorld(t, 3, func(w *world) {
		for i := range w.partners {
			for range 3 {
				w.sale(i, eur(10000))
			}
		}
		for units := 1; units <= 12; units++ {
			w.cashier = w.cashier.InSteps(units)
			b, err := w.prepare()
			w.must(err)
			w.must(w.cancel(b.ID))
			w.must(w.cashier.FinishAll(w.Context(), w.d))
			if got := w.finish(b.ID).Status; got != payouts.StatusCancelled {
				w.Errorf("with %d units it is %s", units, got)
			}
			for i := range w.partners {
				w.wantBalance(i, 3000, 0, 0)
			}
		}
		w.cashier = w.cashier.InSteps(plenty)
		if b := w.paid(); b.Total != eur(9000) {
			w.Errorf("then %s is paid", b.Total)
		}
		w.wantBooks()
	})
}

// TestAnySequenceKeepsTheLaws lets anything happen in any order, in transactions of any size.
func TestAnySequenceKeepsTheLaws(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d, 0)
		whole := w.cashier
		run := 0
		rapid.Check(t, func(r *rapid.T) {
			run++
			w.open(fmt.Sprint("Program ", run), 2) // of its own, since a fresh database takes long to make
			w.cashier = whole.InSteps(rapid.SampledFrom([]int{plenty, 1, 2, 3}).Draw(r, "units"))
			m := &market{world: w}
			for range rapid.IntRange(3, 14).Draw(r, "steps") {
				m.step(r)
			}
			w.must(whole.FinishAll(t.Context(), d))
			m.check(r)
		})
		w.wantBooks()
	})
}

type market struct {
	*world
	earned  []commissions.Commission
	batches []payouts.ID
}

// step does one thing. What is not possible at that moment must be refused with a fault and leave nothing behind.
func (m *market) step(r *rapid.T) {
	pick := func(n int) int { return rapid.IntRange(0, n-1).Draw(r, "which") }
	var err error
	switch what := rapid.SampledFrom([]string{"sale", "sale", "refund", "reverse", "reject", "prepare", "approve", "send", "cancel", "return", "finish"}).Draw(r, "step"); {
	case what == "sale":
		c := m.pending(pick(2), eur(rapid.Int64Range(10, 100_000).Draw(r, "goods")))
		m.earned = append(m.earned, c)
		if rapid.IntRange(0, 3).Draw(r, "approved") > 0 {
			err = m.decide(commissions.Approve, c.ID)
		}
	case what == "prepare":
		var b payouts.Batch
		if b, err = m.prepare(); err == nil {
			m.batches = append(m.batches, b.ID)
		}
	case len(m.earned) > 0 && what == "refund":
		c := m.earned[pick(len(m.earned))]
		err = m.refund(c, fmt.Sprintf("%s/%d", c.ID, pick(3)), eur(rapid.Int64Range(1, 60_000).Draw(r, "back")))
	case len(m.earned) > 0 && what == "reverse":
		err = m.decide(commissions.Reverse, m.earned[pick(len(m.earned))].ID)
	case len(m.earned) > 0 && what == "reject":
		err = m.decide(commissions.Reject, m.earned[pick(len(m.earned))].ID)
	case len(m.batches) == 0:
	case what == "approve":
		err = m.approve(m.batches[pick(len(m.batches))])
	case what == "send":
		err = m.send(m.batches[pick(len(m.batches))])
	case what == "cancel":
		err = m.cancel(m.batches[pick(len(m.batches))])
	case what == "return":
		if items := m.items(m.batches[pick(len(m.batches))]); len(items) > 0 {
			err = m.giveBack(items[pick(len(items))].ID)
		}
	case what == "finish":
		m.finish(m.batches[pick(len(m.batches))])
	}
	if err != nil && fault.KindOf(err) != fault.KindConflict {
		r.Fatalf("a step fails with %v", err)
	}
}

// check holds the laws that tie commissions, items and balances together.
func (m *market) check(r *rapid.T) {
	left, unlinked := map[string]int64{}, map[string]int64{}
	for _, c := range m.earned {
		now := m.commission(c.ID)
		left[string(now.Creator)] += now.Amount().Minor
		if now.Status == commissions.StatusApproved && now.PayoutItem == "" {
			unlinked[string(now.Creator)] += now.Amount().Minor
		}
		if now.Status == commissions.StatusPaid && now.PayoutItem == "" {
			r.Fatalf("%s is paid by nothing", now.ID)
		}
	}
	inTransit, paid := map[string]int64{}, map[string]int64{}
	for _, id := range m.batches {
		total := int64(0)
		for _, item := range m.items(id) {
			e := m.explain(item.ID)
			if e.Earlier.IsPositive() || !item.Amount.IsPositive() && item.Status != payouts.ItemReleased {
				r.Fatalf("%s is %s for commissions of %s", item.ID, item.Amount, e.Commissions)
			}
			total += item.Amount.Minor
			switch item.Status {
			case payouts.ItemReserved:
				inTransit[string(item.Creator)] += item.Amount.Minor
			case payouts.ItemPaid:
				paid[string(item.Creator)] += item.Amount.Minor
			case payouts.ItemReleased, payouts.ItemReturned:
			case payouts.ItemReserving, payouts.ItemReleasing, payouts.ItemReturning:
				r.Fatalf("%s is still %s", item.ID, item.Status)
			}
		}
		if b := m.finish(id); b.Status != payouts.StatusCancelled && b.Total.Minor != total {
			r.Fatalf("batch %s has a total of %s and items of %s", id, b.Total, eur(total))
		}
	}
	for i, p := range m.partners {
		b, who := m.balance(i), string(p.Creator)
		if b.InTransit.Minor != inTransit[who] || b.Paid.Minor != paid[who] {
			r.Fatalf("in transit %s and paid %s, by items %s and %s", b.InTransit, b.Paid, eur(inTransit[who]), eur(paid[who]))
		}
		if all := b.Pending.Minor + b.Available.Minor + b.InTransit.Minor + b.Paid.Minor; all != left[who] {
			r.Fatalf("the balances sum to %s and the commissions to %s", eur(all), eur(left[who]))
		}
		if b.Available.Minor > unlinked[who] {
			r.Fatalf("%s is available and only %s is in commissions", b.Available, eur(unlinked[who]))
		}
	}
}

// TestALoneOwnerSignsInAgainAndTypesTheTotal is the whole way of the one who works alone.
func TestALoneOwnerSignsInAgainAndTypesTheTotal(t *testing.T) {
	inWorld(t, 1, func(w *world) {
		w.do(func(ctx context.Context, tx *db.Tx) error { return auth.Disable(ctx, tx, w.fritz.UserID) })
		w.sale(0, eur(10000))
		b, err := w.prepare()
		w.must(err)
		alone := func(confirm payouts.Confirm) error {
			return w.try(func(ctx context.Context, tx *db.Tx) error {
				_, err := payouts.Approve(ctx, tx, w.olga, b.ID, confirm)
				return err
			})
		}
		w.wantFault(alone(payouts.Confirm{}), fault.KindInvalid, "confirm_total")
		w.later(6 * time.Minute)
		w.wantFault(alone(payouts.Confirm{Total: eur(1000)}), fault.KindForbidden, "sign_in_again")
		w.olga.AuthenticatedAt = w.d.Now()
		w.must(alone(payouts.Confirm{Total: eur(1000)}))
		w.must(w.send(b.ID))
		w.wantBalance(0, 0, 0, 1000)
	})
}

// TestAReversalWhileReservingIsNotPaid: the money of commissions that are not linked yet stays where a refund finds it.
func TestAReversalWhileReservingIsNotPaid(t *testing.T) {
	inWorld(t, 1, func(w *world) {
		w.cashier = w.cashier.InSteps(1)
		w.sale(0, eur(10000))
		w.sale(0, eur(20000))
		last := w.sale(0, eur(30000))
		b, err := w.prepare()
		w.must(err)
		w.must(w.refund(last, "all of it", eur(30000)))
		b = w.finish(b.ID)
		e := w.explain(w.items(b.ID)[0].ID)
		if b.Total != eur(3000) || e.Commissions != eur(3000) || !e.Earlier.IsZero() {
			w.Errorf("%s is prepared for commissions of %s, earlier %s", b.Total, e.Commissions, e.Earlier)
		}
		w.wantBalance(0, 0, 3000, 0)
	})
}

// TestWhatReversalsTakeWholeIsReleased: the item comes to nothing while it is being made.
func TestWhatReversalsTakeWholeIsReleased(t *testing.T) {
	inWorld(t, 2, func(w *world) {
		old := w.sale(0, eur(50000))
		w.paid()
		w.must(w.refund(old, "back", eur(50000))) // owes 50.00
		w.sale(0, eur(20000))
		w.sale(0, eur(20000))
		last := w.sale(0, eur(20000))
		w.sale(1, eur(10000))
		w.cashier = w.cashier.InSteps(1)
		b, err := w.prepare()
		w.must(err)
		w.must(w.refund(last, "all of it", eur(20000)))
		b = w.finish(b.ID)
		if b.Total != eur(1000) || b.Items != 1 || b.Status != payouts.StatusDraft {
			w.Errorf("the batch is %+v", b)
		}
		w.wantBalance(0, -1000, 0, 5000)
		if items := w.items(b.ID); len(items) != 2 || items[0].Status != payouts.ItemReleased {
			w.Errorf("the items are %+v", items)
		}
		w.wantBooks()
	})
}

// TestWhoHasAPaymentOnItsWayBackWaits: until its last commission is free, a new item could not be explained.
func TestWhoHasAPaymentOnItsWayBackWaits(t *testing.T) {
	inWorld(t, 1, func(w *world) {
		w.sale(0, eur(10000))
		w.sale(0, eur(10000))
		b := w.paid()
		w.cashier = w.cashier.InSteps(1)
		w.must(w.giveBack(w.items(b.ID)[0].ID))
		w.cashier = w.cashier.InSteps(plenty)
		_, err := w.prepare()
		w.wantFault(err, fault.KindConflict, "nothing_to_pay")
		w.must(w.cashier.FinishAll(w.Context(), w.d))
		w.wantBalance(0, 2000, 0, 0)
		if next := w.paid(); next.Total != eur(2000) {
			w.Errorf("then %s is paid", next.Total)
		}
	})
}
