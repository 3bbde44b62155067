package why_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/db/dbtest"
	"rapport/internal/base/fault"
	"rapport/internal/edge/web/text"
	"rapport/internal/edge/web/why"
	"rapport/internal/partner/partnerships"
	"rapport/internal/pay/commissions"
	"rapport/internal/pay/intake"
	"rapport/internal/track/attribution"
)

func TestEveryReasonHasASentence(t *testing.T) {
	for _, reason := range attribution.Reasons() {
		if !text.Has("why.reason." + string(reason)) {
			t.Errorf("the reason %q has no sentence", reason)
		}
	}
}

// earn makes every kind of commission there is: refunded, cancelled, approved, held, rejected, taken back, by hand, by click and by code.
func earn(w *world) (all []commissions.ID) {
	take := func(r intake.Result) commissions.ID {
		w.Helper()
		if len(r.Commissions) != 1 {
			w.Fatalf("%d commissions", len(r.Commissions))
		}
		all = append(all, r.Commissions[0].ID)
		return r.Commissions[0].ID
	}
	act := func(id commissions.ID, f func(context.Context, *db.Tx, auth.Principal, commissions.ID, string) (commissions.Commission, error)) {
		w.Helper()
		w.do(func(ctx context.Context, tx *db.Tx) error {
			_, err := f(ctx, tx, w.anna, id, "the parcel came back")
			return err
		})
	}
	take(w.order("1", 39800, nil, w.click(48*time.Hour), code("ADA10")))
	w.refund("1", 20900)
	take(w.order("2", 10000, nil, code("WHO"), w.click(50*24*time.Hour), w.click(2*time.Hour)))
	act(take(w.order("3", 1999, nil, code("ADA10"), code("BEA10"))), commissions.Approve)
	act(take(w.order("4", 5000, nil, code("ADA10"))), commissions.Hold)
	act(take(w.order("5", 5000, nil, code("ADA10"))), commissions.Reject)
	reversed := take(w.order("6", 5000, nil, code("ADA10")))
	act(reversed, commissions.Approve)
	w.refund("6", 1000)
	act(reversed, commissions.Reverse)
	take(w.order("7", 5000, nil, code("ADA10")))
	w.do(func(ctx context.Context, tx *db.Tx) error {
		_, err := w.door.Cancel(ctx, tx, intake.Cancel{Program: w.program.ID, Conversion: "7", Source: "shopify", OccurredAt: dbtest.Start}, "EUR")
		return err
	})
	lost := w.order("8", 5000, nil, w.click(40*24*time.Hour))
	w.do(func(ctx context.Context, tx *db.Tx) error {
		r, err := w.door.CreditByHand(ctx, tx, w.anna, lost.Conversion.ID, w.ada.ID, "she showed the receipt")
		take(r)
		return err
	})
	return all
}

// The desk and the portal explain every amount in the same words; the names of others are all that is kept from a creator.
func TestBothSidesReadTheSame(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		hide := map[partnerships.ID]*strings.Replacer{
			w.ada.ID: strings.NewReplacer("Click on /bea-glow of Bea Lund", "Click on a link of another creator", "Code BEA10 of Bea Lund", "A code of another creator", "Bea Lund", "another creator"),
			w.bea.ID: strings.NewReplacer("Code ADA10 of Ada Reed", "A code of another creator", "Ada Reed", "another creator"),
		}
		for _, id := range earn(w) {
			var ours, theirs, oursOrder, theirsOrder string
			var owner partnerships.ID
			w.do(func(ctx context.Context, tx *db.Tx) error {
				c, err := commissions.Find(ctx, tx, id)
				if err != nil {
					return err
				}
				owner = c.Partnership
				for side, into := range map[why.Side][2]*string{why.Merchant: {&ours, &oursOrder}, why.Creator: {&theirs, &theirsOrder}} {
					v := why.Viewer{Side: side, Program: w.program, Partnership: owner, Locale: text.Locale{Lang: "en"}}
					told, _, err := why.Commission(ctx, tx, v, id)
					if err != nil {
						return err
					}
					*into[0] = w.drawn(told)
					if told, _, err = why.Order(ctx, tx, v, c.Conversion); err != nil {
						return err
					}
					*into[1] = w.drawn(told)
				}
				return nil
			})
			for _, pair := range [][2]string{{ours, theirs}, {oursOrder, theirsOrder}} {
				if diff := cmp.Diff(hide[owner].Replace(pair[0]), pair[1]); diff != "" {
					t.Errorf("the two sides read differently (-desk +portal):\n%s", diff)
				}
				if other := map[partnerships.ID]string{w.ada.ID: "Bea", w.bea.ID: "Ada"}[owner]; strings.Contains(pair[1], other) || strings.Contains(pair[1], strings.ToUpper(other)) {
					t.Errorf("a creator reads of %s:\n%s", other, pair[1])
				}
			}
		}
	})
}

func TestTheArithmeticOfARefundStandsThere(t *testing.T) {
	w := newWorld(t, dbtest.New(t, db.EngineSQLite))
	r := w.order("1", 39800, nil, code("ADA10"))
	w.refund("1", 20900)
	w.do(func(ctx context.Context, tx *db.Tx) error {
		told, facts, err := why.Commission(ctx, tx, w.creator(w.ada), r.Commissions[0].ID)
		page := w.drawn(told)
		for _, want := range []string{
			"€398.00 × 10 % = €39.80", "€39.80 × €209.00 ÷ €398.00 = €20.90", "€18.90 is left.", "The terms of the group VIP say so.",
			"This order counts for Ada Reed. The code was used with the order.", "It waits until 1 Apr 2026",
		} {
			if !strings.Contains(page, want) {
				t.Errorf("%q is missing in\n%s", want, page)
			}
		}
		if len(facts.Commissions) != 1 || facts.Number != "1" {
			t.Errorf("%+v", facts)
		}
		return err
	})
}

func TestATestOrderIsExplainedInFull(t *testing.T) {
	w := newWorld(t, dbtest.New(t, db.EngineSQLite))
	r := w.order("1", 10000, func(o *intake.Order) { o.Test = true }, code("ADA10"))
	w.do(func(ctx context.Context, tx *db.Tx) error {
		told, _, err := why.Order(ctx, tx, w.merchant(), r.Conversion.ID)
		page := w.drawn(told)
		for _, want := range []string{"Would earn", "€10.00", "It is a test", "Ada Reed"} {
			if !strings.Contains(page, want) {
				t.Errorf("%q is missing in\n%s", want, page)
			}
		}
		return err
	})
}

func TestWhatIsNotTheirsDoesNotExist(t *testing.T) {
	w := newWorld(t, dbtest.New(t, db.EngineSQLite))
	r := w.order("1", 10000, nil, code("ADA10"))
	lost := w.order("2", 10000, nil)
	elsewhere := w.merchant()
	elsewhere.Program.ID = "prg_other"
	w.do(func(ctx context.Context, tx *db.Tx) error {
		for _, v := range []why.Viewer{w.creator(w.bea), elsewhere} {
			if _, _, err := why.Commission(ctx, tx, v, r.Commissions[0].ID); fault.KindOf(err) != fault.KindNotFound {
				t.Errorf("a commission: %v", err)
			}
			if _, _, err := why.Order(ctx, tx, v, r.Conversion.ID); fault.KindOf(err) != fault.KindNotFound {
				t.Errorf("an order: %v", err)
			}
		}
		if _, _, err := why.Order(ctx, tx, w.creator(w.ada), lost.Conversion.ID); fault.KindOf(err) != fault.KindNotFound {
			t.Errorf("an order of nobody: %v", err)
		}
		return nil
	})
}

func TestAnOrderNumberIsAnsweredWithoutNames(t *testing.T) {
	w := newWorld(t, dbtest.New(t, db.EngineSQLite))
	w.order("1", 10000, nil, code("ADA10"))
	w.order("2", 10000, nil, code("BEA10"))
	w.order("3", 10000, nil, w.click(41*24*time.Hour))
	w.order("4", 10000, nil, code("ADA10"))
	w.refund("4", 10000)
	w.order("5", 10000, func(o *intake.Order) { o.Test = true }, code("ADA10"))
	w.order("6", 10000, nil)
	for number, want := range map[string]struct {
		outcome  why.Outcome
		sentence string
	}{
		" #1 ": {why.OutcomeCounted, "This order counts for Ada Reed."},
		"2":    {why.OutcomeElsewhere, "credited to another creator. The code was used with the order."},
		"3":    {why.OutcomeUncounted, "The order came 41 days after the click, and the program’s window is 30 days."},
		"4":    {why.OutcomeRefunded, "all of its goods were refunded"},
		"5":    {why.OutcomeTest, "test order"},
		"6":    {why.OutcomeUncounted, "No click on a creator’s link"},
		"77":   {why.OutcomeNever, "No order of this number was received."},
	} {
		found, err := why.Check(w.asAda(), w.d, w.creator(w.ada), number)
		if err != nil || len(found) != 1 || found[0].Outcome != want.outcome || !strings.Contains(found[0].Sentence, want.sentence) {
			t.Errorf("%s: %+v, %v", number, found, err)
			continue
		}
		if strings.Contains(found[0].Sentence, "Bea") || found[0].Open != (want.outcome != why.OutcomeElsewhere && want.outcome != why.OutcomeUncounted && want.outcome != why.OutcomeNever) {
			t.Errorf("%s tells too much: %+v", number, found[0])
		}
	}
	if _, err := why.Check(w.asAda(), w.d, w.creator(w.ada), " # "); fault.KindOf(err) != fault.KindInvalid {
		t.Errorf("no number: %v", err)
	}
}

func TestNobodyTriesNumbersAllDay(t *testing.T) {
	w := newWorld(t, dbtest.New(t, db.EngineSQLite))
	var err error
	for tries := 0; err == nil; tries++ {
		if _, err = why.Check(w.asAda(), w.d, w.creator(w.ada), "1"); tries > 100 {
			t.Fatal("a hundred numbers were tried")
		}
	}
	if f, ok := fault.As(err); !ok || f.Kind != fault.KindTooMany || f.RetryAfter <= 0 {
		t.Fatal(err)
	}
	dbtest.Clock(w.d).Advance(15 * time.Minute)
	if _, err := why.Check(w.asAda(), w.d, w.creator(w.ada), "1"); err != nil {
		t.Errorf("a quarter of an hour later: %v", err)
	}
}

func (w *world) asAda() context.Context {
	return auth.With(w.Context(), auth.Principal{Kind: auth.KindCreator, ID: "usr_ada", Name: "Ada Reed", CreatorID: string(w.ada.Creator)})
}
