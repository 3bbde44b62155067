package why

import (
	"context"
	"slices"
	"strings"

	"rapport/internal/base/db"
	"rapport/internal/base/money"
	"rapport/internal/base/programs"
	"rapport/internal/edge/web/ui"
	"rapport/internal/track/attribution"
	"rapport/internal/track/conversions"
)

// Order explains a sale or another conversion: whether it counts, for whom and why. On the creator's side it must be credited to the viewer.
func Order(ctx context.Context, tx *db.Tx, v Viewer, id conversions.ID) (ui.Why, Explained, error) {
	s, err := v.read(ctx, tx, id)
	if err != nil {
		return ui.Why{}, Explained{}, err
	}
	return ui.Why{
		Verdict: OrderStatus(s.Order.Status), Summary: s.orderSummary(), Facts: s.orderFacts(), Touches: timeline(s.orderEvents()),
		Considered: s.considered(), Who: s.T("why.who.order", "program", v.Program.Name),
	}, s.cut(), nil
}

// OrderStatus is the badge of a conversion's status.
func OrderStatus(status conversions.Status) ui.Status {
	switch status {
	case conversions.StatusCredited:
		return "counted"
	case conversions.StatusUncredited:
		return "uncounted"
	case conversions.StatusRefunded:
		return "refunded"
	case conversions.StatusCancelled:
		return "cancelled"
	case conversions.StatusTest:
		return "test"
	default:
		panic("BUG: no badge for the status of a conversion")
	}
}

// orderSummary says in a few sentences what became of the order.
func (s *story) orderSummary() string {
	parts := []string{s.creditSentence()}
	switch {
	case s.Order.Test:
		parts = append(parts, s.T("why.order.test"))
	case s.input.Excluded != "":
		parts = append(parts, s.T("why.order.excluded", "why", ui.Sentence(s.input.Excluded)))
	}
	switch {
	case s.Order.Cancelled():
		parts = append(parts, s.T("why.order.cancelled"))
	case s.Order.Status == conversions.StatusRefunded:
		parts = append(parts, s.T("why.order.refunded"))
	case s.Order.Refunded.IsPositive():
		parts = append(parts, s.T("why.order.partly", "refunded", s.Order.Refunded, "amount", s.Order.Amount))
	}
	return strings.Join(parts, " ")
}

// creditSentence says for whom it counts and why, or why for nobody.
func (s *story) creditSentence() string {
	if len(s.Credits) == 0 {
		return s.T("why.order.nobody", "why", s.nobody())
	}
	var parts []string
	for _, c := range s.Credits {
		parts = append(parts, s.T("why.order.counts", "who", s.who(c.Partnership), "why", s.because(c)))
	}
	return strings.Join(parts, " ")
}

// because says why a partner is credited.
func (s *story) because(c conversions.Credit) string {
	if c.ByHand {
		return s.T("why.reason." + string(attribution.ReasonByHand))
	}
	for _, decided := range s.decision.Credits {
		if decided.Partnership == c.Partnership && decided.Touch >= 0 && decided.Touch < len(s.decision.Considered) {
			return s.reason(s.decision.Considered[decided.Touch])
		}
	}
	return ui.Sentence(c.Because)
}

// telling lists the reasons for which nobody is credited, the one that says most to a person first.
var telling = []attribution.Reason{
	attribution.ReasonOutsideWindow, attribution.ReasonPartnerEnded, attribution.ReasonAfterOrder, attribution.ReasonUnknownCode, attribution.ReasonUnknownLink,
	attribution.ReasonOtherProgram, attribution.ReasonCrawler, attribution.ReasonForgedClick,
}

// nobody says why nobody is credited.
func (s *story) nobody() string {
	for _, reason := range telling {
		i := slices.IndexFunc(s.decision.Considered, func(t attribution.Considered) bool { return t.Reason == reason })
		if i >= 0 {
			return s.reason(s.decision.Considered[i])
		}
	}
	return s.T("why.order.notouch")
}

func (s *story) orderFacts() []ui.Pair {
	facts := []ui.Pair{
		{Label: s.T("why.fact.number"), Value: s.Number, Hint: s.source()},
		{Label: s.T("why.fact.at"), Value: s.viewer.Locale.DateTime(s.Order.OccurredAt)},
		{Label: s.T("why.fact.amount"), Value: s.Order.Amount, Hint: strings.Join(s.input.Notes, " ")},
	}
	if s.Order.Refunded.IsPositive() {
		facts = append(facts, ui.Pair{Label: s.T("why.fact.refunded"), Value: s.Order.Refunded.Neg()})
	}
	for _, c := range s.Credits {
		fact := ui.Pair{Label: s.T("why.fact.credited"), Value: s.T("why.share", "who", s.who(c.Partnership), "share", s.share(c.Share))}
		if c.ByHand {
			fact.Hint = ui.Sentence(c.Because)
		}
		facts = append(facts, fact)
	}
	for _, would := range s.decision.WouldEarn {
		if s.viewer.owns(would.Partnership) {
			facts = append(facts, ui.Pair{Label: s.T("why.fact.would"), Value: would.Amount, Hint: s.arithmetic(would.Rule, would.Amount)})
		}
	}
	return facts
}

// source says which way the order came.
func (s *story) source() string {
	switch s.Order.Source {
	case "shopify", "api", "by_hand":
		return s.T("why.source." + s.Order.Source)
	default:
		return s.T("why.source.other", "name", s.Order.Source)
	}
}

// share writes basis points as a percentage.
func (s *story) share(b money.BasisPoints) string {
	return s.viewer.Locale.Percent(float64(b) / float64(money.Whole))
}

// considered are the program's rules as they were used on the order.
func (s *story) considered() []ui.Option {
	if s.decision.Version == "" {
		return nil
	}
	prefer, model := "code", "last"
	if s.decision.Prefer == programs.PreferClick {
		prefer = "click"
	}
	if s.decision.Model == programs.ModelFirstTouch {
		model = "first"
	}
	return []ui.Option{
		{What: s.T("why.rule.prefer"), Because: s.T("why.rule.prefer." + prefer)},
		{What: s.T("why.rule.model"), Because: s.T("why.rule.model." + model)},
		{What: s.T("why.rule.window"), Because: s.T("why.rule.window.days", "window", s.days(s.decision.WindowDays))},
	}
}
