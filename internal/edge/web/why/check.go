package why

import (
	"context"
	"slices"
	"time"

	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/track/conversions"
)

// Somebody who has an order number in hand asks a few times; somebody who tries numbers asks all day.
const (
	mostChecks  = 30
	checkWindow = 15 * time.Minute
)

// Outcome is what became of an order, for the one who asks.
type Outcome string

// The outcomes.
const (
	OutcomeCounted   Outcome = "counted"   // for the viewer; on the desk for anybody
	OutcomeElsewhere Outcome = "elsewhere" // credited to another creator
	OutcomeUncounted Outcome = "uncounted"
	OutcomeRefunded  Outcome = "refunded"
	OutcomeCancelled Outcome = "cancelled"
	OutcomeTest      Outcome = "test"
	OutcomeNever     Outcome = "never" // no order of that number was received
)

// Verdict answers "was my order counted?". It holds nothing of the buyer, and for a creator nothing of others.
type Verdict struct {
	Outcome  Outcome
	Sentence string         // what, why, and what to do
	Number   string         // as people call the order
	Order    conversions.ID // for the review; a creator may open its explanation only where Open is set
	Open     bool
}

// Check looks an order up by its number. It is limited per person; call it outside of transactions.
func Check(ctx context.Context, d *db.DB, v Viewer, number string) (verdicts []Verdict, err error) {
	if conversions.Fold(number) == "" || len(number) > conversions.LongestKey {
		return nil, fault.Invalid(v.Locale.T("why.check.empty")).In("number")
	}
	p := auth.From(ctx)
	if err := d.Update(ctx, func(tx *db.Tx) error { return auth.Limit(ctx, tx, "check", p.ID+p.CreatorID, mostChecks, checkWindow) }); err != nil {
		return nil, err
	}
	err = d.View(ctx, func(tx *db.Tx) error {
		verdicts, err = v.check(ctx, tx, number)
		return err
	})
	return verdicts, err
}

func (v Viewer) check(ctx context.Context, tx *db.Tx, number string) (verdicts []Verdict, err error) {
	found, err := conversions.FindByNumber(ctx, tx, v.Program.ID, number)
	if err != nil {
		return nil, err
	}
	for _, c := range found {
		verdict, err := v.verdict(ctx, tx, c)
		if err != nil {
			return nil, err
		}
		verdicts = append(verdicts, verdict)
	}
	if len(verdicts) == 0 {
		verdicts = []Verdict{{Outcome: OutcomeNever, Number: conversions.Fold(number), Sentence: v.Locale.T("why.check.never")}}
	}
	return v.ownFirst(verdicts), nil
}

// ownFirst leaves a creator, of several orders of the same number, their own where there is one.
func (v Viewer) ownFirst(all []Verdict) []Verdict {
	own := slices.DeleteFunc(slices.Clone(all), func(one Verdict) bool { return !one.Open })
	if v.Side == Creator && len(own) > 0 {
		return own
	}
	return all
}

func (v Viewer) verdict(ctx context.Context, tx *db.Tx, c conversions.Conversion) (Verdict, error) {
	s := story{viewer: v, slugs: map[uint64]string{}}
	s.Order = c
	if err := s.decode(); err != nil {
		return Verdict{}, err
	}
	var err error
	if s.Credits, err = conversions.CreditsOf(ctx, tx, c.ID); err != nil {
		return Verdict{}, err
	}
	if err := s.gather(ctx, tx); err != nil {
		return Verdict{}, err
	}
	one := Verdict{Outcome: s.outcome(), Number: s.Number, Order: c.ID}
	one.Open = v.Side == Merchant || s.own()
	one.Sentence = s.answer(one.Outcome)
	return one, nil
}

// own says whether the viewer is credited.
func (s *story) own() bool {
	return slices.ContainsFunc(s.Credits, func(c conversions.Credit) bool { return s.viewer.owns(c.Partnership) })
}

func (s *story) outcome() Outcome {
	switch {
	case s.Order.Test:
		return OutcomeTest
	case len(s.Credits) > 0 && !s.own():
		return OutcomeElsewhere
	case s.Order.Cancelled():
		return OutcomeCancelled
	case s.Order.Status == conversions.StatusRefunded:
		return OutcomeRefunded
	case len(s.Credits) > 0:
		return OutcomeCounted
	default:
		return OutcomeUncounted
	}
}

func (s *story) answer(o Outcome) string {
	switch o {
	case OutcomeCounted:
		return s.orderSummary()
	case OutcomeElsewhere:
		return s.T("why.check.elsewhere", "why", s.because(s.Credits[0]))
	case OutcomeUncounted:
		return s.creditSentence() // without amounts: it is nobody's order
	case OutcomeRefunded, OutcomeCancelled, OutcomeTest, OutcomeNever:
		return s.T("why.check." + string(o))
	default:
		panic("BUG: no sentence for the outcome of a check")
	}
}
