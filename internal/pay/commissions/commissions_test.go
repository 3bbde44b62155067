package commissions_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/money"
	"rapport/internal/partner/terms"
	"rapport/internal/pay/commissions"
	"rapport/internal/track/conversions"
)

// TestTheWorkedExample holds the figures of the package's documentation: the sample order of a shop at 10 %.
func TestTheWorkedExample(t *testing.T) {
	inWorld(t, func(w *world) {
		c, of := w.sale(eur(39800))
		w.wantBalance(3980, 0)
		w.must(w.decide(commissions.Approve, c.ID))
		w.wantBalance(0, 3980)
		w.refund(of, "r1", eur(20900))
		w.wantBalance(0, 1890)
		if got := w.find(c.ID); got.Reversed != eur(2090) || got.Amount() != eur(1890) || got.Earned != eur(3980) || got.Status != commissions.StatusApproved {
			w.Errorf("after the refund: %+v", got)
		}
		w.cancel(of)
		w.wantBalance(0, 0)
		if got := w.find(c.ID); got.Reversed != eur(3980) || got.Status != commissions.StatusReversed {
			w.Errorf("after the cancel: %+v", got)
		}
		w.wantBooks()
	})
}

// TestTheOrderOfChangesCannotMatter: refunds and the cancel of one sale, each delivered up to three times in any order and around the approval,
// end in the same commission.
func TestTheOrderOfChangesCannotMatter(t *testing.T) {
	inWorld(t, func(w *world) {
		rapid.Check(t, func(r *rapid.T) {
			goods := rapid.Int64Range(1, 100_000).Draw(r, "goods")
			c, of := w.sale(eur(goods))
			refunds := rapid.SliceOfN(rapid.Int64Range(1, goods), 1, 4).Draw(r, "refunds")
			cancelled := rapid.Bool().Draw(r, "cancelled")
			var steps []func()
			for i, back := range refunds {
				name := fmt.Sprintf("refund %s %d", of, i)
				for range rapid.IntRange(1, 3).Draw(r, "times") {
					steps = append(steps, func() { w.refund(of, name, eur(back)) })
				}
			}
			if cancelled {
				steps = append(steps, func() { w.cancel(of) })
			}
			if c.ID != "" {
				steps = append(steps, func() { _ = w.decide(commissions.Approve, c.ID) }) // refused once nothing is left
			}
			for _, i := range rapid.Permutation(indexes(len(steps))).Draw(r, "order") {
				steps[i]()
			}
			if c.ID == "" {
				return // too little to earn a cent
			}
			want := expectedReversal(c.Earned, goods, refunds, cancelled)
			if got := w.find(c.ID); got.Reversed != want || got.Earned != c.Earned {
				r.Fatalf("%d goods, refunds %v, cancelled %v: reversed %s of %s, want %s", goods, refunds, cancelled, got.Reversed, got.Earned, want)
			}
		})
		w.wantBooks()
	})
}

func indexes(n int) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	return all
}

// expectedReversal is the law written another way: half-up rounding in integers.
func expectedReversal(earned money.Amount, goods int64, refunds []int64, cancelled bool) money.Amount {
	back := int64(0)
	for _, r := range refunds {
		back += r
	}
	if cancelled || back >= goods {
		return earned
	}
	return eur((2*earned.Minor*back + goods) / (2 * goods))
}

// TestConcurrentDecisionsAndRefundsLeaveOneTruth lets people approve, reject and reverse while refunds arrive, several times each.
func TestConcurrentDecisionsAndRefundsLeaveOneTruth(t *testing.T) {
	inWorld(t, func(w *world) {
		const sales = 4
		var ids []commissions.ID
		var group sync.WaitGroup
		for range sales {
			c, of := w.sale(eur(39800))
			ids = append(ids, c.ID)
			for range 2 {
				for _, decide := range []decision{commissions.Approve, commissions.Reject, commissions.Reverse} {
					group.Go(func() {
						if err := w.decide(decide, c.ID); err != nil && fault.KindOf(err) != fault.KindConflict {
							w.Error(err)
						}
					})
				}
				for i := range 3 {
					group.Go(func() {
						if err := w.change(of, conversions.ChangeRefund, fmt.Sprintf("refund %s %d", of, i), eur(5000)); err != nil {
							w.Error(err)
						}
					})
				}
			}
		}
		group.Wait()
		pending, available := int64(0), int64(0)
		for _, id := range ids {
			switch c := w.find(id); c.Status {
			case commissions.StatusPending:
				pending += c.Amount().Minor
			case commissions.StatusApproved:
				available += c.Amount().Minor
			case commissions.StatusRejected, commissions.StatusReversed:
				if !c.Amount().IsZero() {
					w.Errorf("%s is %s and %s is left", id, c.Status, c.Amount())
				}
			case commissions.StatusHeld, commissions.StatusPaid:
				w.Errorf("%s is %s", id, c.Status)
			}
		}
		w.wantBalance(pending, available)
		w.wantBooks()
	})
}

func TestDecisionsFollowTheStatus(t *testing.T) {
	decisions := map[string]decision{
		"approve": commissions.Approve, "hold": commissions.Hold, "reject": commissions.Reject, "reverse": commissions.Reverse,
	}
	cases := []struct {
		do     []string // the last one is judged
		want   commissions.Status
		refuse bool
	}{
		{do: []string{"approve"}, want: commissions.StatusApproved},
		{do: []string{"approve", "approve"}, want: commissions.StatusApproved},
		{do: []string{"hold"}, want: commissions.StatusHeld},
		{do: []string{"hold", "approve"}, want: commissions.StatusApproved},
		{do: []string{"hold", "reject"}, want: commissions.StatusRejected},
		{do: []string{"reject"}, want: commissions.StatusRejected},
		{do: []string{"reject", "reject"}, want: commissions.StatusRejected},
		{do: []string{"reject", "approve"}, want: commissions.StatusRejected, refuse: true},
		{do: []string{"reverse"}, want: commissions.StatusPending, refuse: true},
		{do: []string{"approve", "reject"}, want: commissions.StatusApproved, refuse: true},
		{do: []string{"approve", "hold"}, want: commissions.StatusApproved, refuse: true},
		{do: []string{"approve", "reverse"}, want: commissions.StatusReversed},
		{do: []string{"approve", "reverse", "reverse"}, want: commissions.StatusReversed},
		{do: []string{"approve", "reverse", "approve"}, want: commissions.StatusReversed, refuse: true},
	}
	inWorld(t, func(w *world) {
		for _, c := range cases {
			earned, _ := w.sale(eur(1000))
			var err error
			for i, name := range c.do {
				if err = w.decide(decisions[name], earned.ID); err != nil && i < len(c.do)-1 {
					w.Fatal(c.do, err)
				}
			}
			if got := w.find(earned.ID).Status; got != c.want || (err != nil) != c.refuse {
				w.Errorf("%v: the status is %s with %v, want %s", c.do, got, err, c.want)
			}
			if err != nil && fault.KindOf(err) != fault.KindConflict {
				w.Errorf("%v: refused with %v, want a conflict", c.do, err)
			}
		}
	})
}

func TestRefundsOfRejectedAndReversedTakeNothingMore(t *testing.T) {
	inWorld(t, func(w *world) {
		rejected, a := w.sale(eur(10000))
		w.must(w.decide(commissions.Reject, rejected.ID))
		w.refund(a, "ra", eur(5000))
		reversed, b := w.sale(eur(10000))
		w.must(w.decide(commissions.Approve, reversed.ID))
		w.refund(b, "rb", eur(5000))
		w.must(w.decide(commissions.Reverse, reversed.ID))
		w.cancel(b)
		w.wantBalance(0, 0)
		if got := w.find(rejected.ID).Status; got != commissions.StatusRejected {
			w.Errorf("a refund made a rejected commission %s", got)
		}
		w.wantBooks()
	})
}

func TestStrangersAndViewersDecideNothing(t *testing.T) {
	inWorld(t, func(w *world) {
		c, _ := w.sale(eur(1000))
		for kind, by := range map[fault.Kind]auth.Principal{fault.KindForbidden: viewer, fault.KindNotFound: other, fault.KindUnauthenticated: {}} {
			err := w.try(func(ctx context.Context, tx *db.Tx) error {
				_, err := commissions.Approve(ctx, tx, by, c.ID, "")
				return err
			})
			if fault.KindOf(err) != kind {
				w.Errorf("%q is refused with %v", by.Name, err)
			}
		}
		w.wantBalance(100, 0)
	})
}

func TestTakingBackNeedsAReason(t *testing.T) {
	inWorld(t, func(w *world) {
		c, _ := w.sale(eur(1000))
		err := w.try(func(ctx context.Context, tx *db.Tx) error {
			_, err := commissions.Reject(ctx, tx, owner, c.ID, "")
			return err
		})
		if f, ok := fault.As(err); !ok || f.Field != "reason" {
			w.Errorf("rejecting without a reason gives %v", err)
		}
		w.wantBalance(100, 0)
	})
}

// TestTheHoldEndsByItself also when two servers look at once, and never before its time.
func TestTheHoldEndsByItself(t *testing.T) {
	inWorld(t, func(w *world) {
		early, _ := w.sale(eur(1000))
		held, _ := w.sale(eur(1000))
		w.must(w.decide(commissions.Hold, held.ID))
		w.later(w.program.HoldDays - 1)
		if n, err := commissions.ApproveDue(w.Context(), w.d); n != 0 || err != nil {
			w.Fatalf("a day early %d were approved, %v", n, err)
		}
		w.later(1)
		late, _ := w.sale(eur(1000))
		var group sync.WaitGroup
		total := make(chan int, 4)
		for range cap(total) {
			group.Go(func() {
				n, err := commissions.ApproveDue(w.Context(), w.d)
				if err != nil {
					w.Error(err)
				}
				total <- n
			})
		}
		group.Wait()
		close(total)
		sum := 0
		for n := range total {
			sum += n
		}
		if sum != 1 {
			w.Errorf("%d were approved, want 1", sum)
		}
		for id, want := range map[commissions.ID]commissions.Status{
			early.ID: commissions.StatusApproved, held.ID: commissions.StatusHeld, late.ID: commissions.StatusPending,
		} {
			if got := w.find(id).Status; got != want {
				w.Errorf("%s is %s, want %s", id, got, want)
			}
		}
		w.wantBooks()
	})
}

func TestALateReportIsHeldAsLong(t *testing.T) {
	received := time.Date(2026, 3, 2, 9, 30, 0, 0, time.UTC)
	for name, occurred := range map[string]time.Time{"told at once": received, "told a month late": received.AddDate(0, -1, 0)} {
		got := commissions.HoldUntil(conversions.Conversion{OccurredAt: occurred, ReceivedAt: received}, 14)
		if want := received.AddDate(0, 0, 14); !got.Equal(want) {
			t.Errorf("%s: held until %s, want %s", name, got, want)
		}
	}
}

func TestWhatEarns(t *testing.T) {
	percent, err := terms.ParseCommission("percent", "12.5", "EUR")
	if err != nil {
		t.Fatal(err)
	}
	flat, err := terms.ParseCommission("flat", "5.00", "EUR")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name  string
		kind  conversions.Kind
		goods int64
		share money.BasisPoints
		terms terms.Effective
		want  int64
	}{
		{"a percentage", conversions.KindSale, 10000, money.Whole, terms.Effective{Commission: percent, CommissionFrom: terms.LevelGroup}, 1250},
		{"half the credit", conversions.KindSale, 10000, 5000, terms.Effective{Commission: percent, CommissionFrom: terms.LevelGroup}, 625},
		{"half a cent rounds up", conversions.KindSale, 4, money.Whole, terms.Effective{Commission: percent, CommissionFrom: terms.LevelGroup}, 1},
		{"a flat amount", conversions.KindSale, 1, money.Whole, terms.Effective{Commission: flat, CommissionFrom: terms.LevelGroup}, 500},
		{"an order worth nothing", conversions.KindSale, 0, money.Whole, terms.Effective{Commission: flat, CommissionFrom: terms.LevelGroup}, 0},
		{"a lead needs no amount", conversions.KindLead, 0, money.Whole, terms.Effective{Commission: flat, CommissionFrom: terms.LevelGroup}, 500},
		{"no terms", conversions.KindSale, 10000, money.Whole, terms.Effective{Commission: flat}, 0},
	} {
		got, rule, err := commissions.Earns(conversions.Conversion{Kind: c.kind, Amount: eur(c.goods)}, c.share, c.terms)
		if err != nil || got != eur(c.want) || rule.Share != c.share || rule.Base != eur(c.goods) {
			t.Errorf("%s: %s by %+v, %v; want %s", c.name, got, rule, err, eur(c.want))
		}
	}
}

func TestATestOrderEarnsNothing(t *testing.T) {
	inWorld(t, func(w *world) {
		w.do(func(ctx context.Context, tx *db.Tx) error {
			entry, err := conversions.Look(ctx, tx, conversions.New{Program: w.program.ID, Kind: conversions.KindSale, ExternalID: "t", Amount: eur(9900), Test: true, Fingerprint: []byte{1}})
			if err != nil {
				return err
			}
			c, err := entry.Keep(ctx, tx, conversions.Verdict{})
			if err != nil {
				return err
			}
			earned, err := commissions.Earn(ctx, tx, w.program, c, []commissions.Claim{{Partnership: w.partner, Share: money.Whole, Terms: w.terms}})
			if len(earned) > 0 {
				w.Errorf("a test earned %v", earned)
			}
			return err
		})
		w.wantBalance(0, 0)
	})
}

// TestARefundLetsAPaymentStand: a payout makes a commission paid while a refund that has read it as approved is on its way.
func TestARefundLetsAPaymentStand(t *testing.T) {
	inWorld(t, func(w *world) {
		for range 8 {
			c, of := w.sale(eur(10000))
			w.must(w.decide(commissions.Approve, c.ID))
			item := "pit_" + string(c.ID)
			w.do(func(ctx context.Context, tx *db.Tx) error {
				_, err := commissions.Link(ctx, tx, w.program.ID, w.partner.Creator, "EUR", item, 100)
				return err
			})
			var group sync.WaitGroup
			steps := []func(){
				func() {
					w.must(w.try(func(ctx context.Context, tx *db.Tx) error {
						_, err := commissions.Pay(ctx, tx, item, "Olga", 100)
						return err
					}))
				},
				func() { w.must(w.change(of, conversions.ChangeRefund, "r "+item, eur(5000))) },
			}
			rand.Shuffle(len(steps), func(i, j int) { steps[i], steps[j] = steps[j], steps[i] })
			for _, step := range steps {
				group.Go(step)
			}
			group.Wait()
			if got := w.find(c.ID); got.Status != commissions.StatusPaid || got.Amount() != eur(500) || got.PaidAt.IsZero() {
				w.Errorf("%s is %s, %s left, paid at %s", c.ID, got.Status, got.Amount(), got.PaidAt)
			}
		}
		w.wantBooks()
	})
}

func TestEveryStepIsToldWithItsActorAndReason(t *testing.T) {
	inWorld(t, func(w *world) {
		c, of := w.sale(eur(10000))
		w.must(w.decide(commissions.Approve, c.ID))
		w.refund(of, "two jars broke", eur(5000))
		var events []commissions.Event
		w.do(func(ctx context.Context, tx *db.Tx) (err error) {
			events, err = commissions.Events(ctx, tx, c)
			return err
		})
		type told struct {
			kind   commissions.EventKind
			amount money.Amount
			by     string
			reason string
		}
		want := []told{
			{commissions.EventEarned, eur(1000), "Rapport", ""}, {commissions.EventApproved, eur(1000), "Olga", "because"},
			{commissions.EventReversed, eur(500), "Rapport", "two jars broke"},
		}
		if len(events) != len(want) {
			w.Fatalf("the steps are %+v", events)
		}
		for i, e := range events {
			if got := (told{e.Kind, e.Amount, e.By, e.Reason}); got != want[i] {
				w.Errorf("step %d is %+v, want %+v", i, got, want[i])
			}
		}
	})
}

// More broken rows than are looked at in one go must not keep the sound one behind them waiting for ever.
func TestWhatCannotBeApprovedStandsInNobodysWay(t *testing.T) {
	inWorld(t, func(w *world) {
		for range 51 {
			broken, _ := w.sale(eur(1000))
			w.must(w.d.Update(w.Context(), func(tx *db.Tx) error {
				_, err := tx.Exec(w.Context(), `update commissions set currency = 'nonsense' where id = $1`, broken.ID)
				return err
			}))
		}
		w.later(1)
		sound, _ := w.sale(eur(1000))
		w.later(w.program.HoldDays)
		if n, err := commissions.ApproveDue(w.Context(), w.d); n != 1 || err == nil {
			w.Fatalf("%d were approved, want the sound one alone, and an error (%v)", n, err != nil)
		}
		if got := w.find(sound.ID).Status; got != commissions.StatusApproved {
			w.Errorf("it is %s", got)
		}
	})
}
