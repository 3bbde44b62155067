package why

import (
	"context"
	"fmt"
	"strings"

	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/money"
	"rapport/internal/edge/web/ui"
	"rapport/internal/partner/partnerships"
	"rapport/internal/partner/terms"
	"rapport/internal/pay/commissions"
	"rapport/internal/pay/payouts"
	"rapport/internal/track/conversions"
)

// Commission explains an amount that somebody earns: the order behind it, the rule, what was taken back, and where the money stands.
func Commission(ctx context.Context, tx *db.Tx, v Viewer, id commissions.ID) (ui.Why, Explained, error) {
	c, err := commissions.Find(ctx, tx, id)
	if err != nil {
		return ui.Why{}, Explained{}, err
	}
	if c.Program != v.Program.ID || !v.owns(c.Partnership) {
		return ui.Why{}, Explained{}, fault.NotFound("commission")
	}
	s, err := v.read(ctx, tx, c.Conversion)
	if err != nil {
		return ui.Why{}, Explained{}, err
	}
	tale := earning{story: s, c: c}
	if tale.group, err = groupOf(ctx, tx, c); err != nil {
		return ui.Why{}, Explained{}, err
	}
	if c.PayoutItem != "" {
		if tale.run, err = runOf(ctx, tx, c); err != nil {
			return ui.Why{}, Explained{}, err
		}
	}
	return tale.why(), s.cut(), nil
}

// earning is the story of one commission.
type earning struct {
	story
	c     commissions.Commission
	group string        // whose terms said so, where it was a group that can still be named
	run   payouts.Batch // that carries it
}

func (e *earning) why() ui.Why {
	return ui.Why{
		Verdict: ui.Status(e.c.Status), Summary: e.summary(), Facts: e.facts(), Touches: timeline(append(e.orderEvents(), e.stepEvents(e.c)...)),
		Considered: e.considered(), Who: e.T("why.who.commission", "program", e.viewer.Program.Name),
	}
}

// groupOf names the group of a partner if it is the one of the day the commission was earned: the timeline tells of every move.
func groupOf(ctx context.Context, tx *db.Tx, c commissions.Commission) (string, error) {
	if c.Rule.From != terms.LevelGroup {
		return "", nil
	}
	p, err := partnerships.Find(ctx, tx, c.Partnership)
	if err != nil || p.Group == "" {
		return "", err
	}
	events, _, err := partnerships.Timeline(ctx, tx, p.ID, db.Page{})
	if err != nil {
		return "", err
	}
	for _, event := range events {
		if event.Kind == partnerships.EventGroup && event.At.After(c.CreatedAt) {
			return "", nil
		}
	}
	group, err := partnerships.FindGroup(ctx, tx, p.Group)
	return group.Name, err
}

func runOf(ctx context.Context, tx *db.Tx, c commissions.Commission) (payouts.Batch, error) {
	item, err := payouts.FindItem(ctx, tx, payouts.ItemID(c.PayoutItem))
	if err != nil {
		return payouts.Batch{}, err
	}
	return payouts.Find(ctx, tx, item.Batch)
}

func (e *earning) summary() string {
	parts := []string{e.creditSentence(), e.arithmetic(e.c.Rule, e.c.Earned)}
	byOrder, byHand := e.takenBack()
	switch {
	case e.Order.Cancelled() && byOrder.IsPositive():
		parts = append(parts, e.T("why.back.cancelled", "back", byOrder))
	case byOrder.IsPositive():
		parts = append(parts, e.T("why.back.refunded", "back", byOrder, "refunded", e.Order.Refunded))
	}
	if byHand.IsPositive() {
		parts = append(parts, e.T("why.back.byhand", "back", byHand, "reason", ui.Sentence(e.c.Reason)))
	}
	if e.c.Reversed.IsPositive() {
		parts = append(parts, e.T("why.left", "left", e.c.Amount()))
	}
	return strings.Join(append(parts, e.standing()), " ")
}

// standing says where the money is now.
func (e *earning) standing() string {
	date := e.viewer.Locale.Date
	switch e.c.Status {
	case commissions.StatusPending:
		return e.T("why.status.pending", "date", date(e.c.HoldUntil))
	case commissions.StatusHeld:
		return e.T("why.status.held", "reason", ui.Sentence(e.c.Reason))
	case commissions.StatusApproved:
		if e.c.PayoutItem != "" {
			return e.T("why.status.transit", "date", date(e.run.CreatedAt))
		}
		return e.T("why.status.approved")
	case commissions.StatusPaid:
		return e.T("why.status.paid", "date", date(e.c.PaidAt))
	case commissions.StatusRejected, commissions.StatusReversed:
		return e.T("why.status.none")
	default:
		panic("BUG: no sentence for the status of a commission")
	}
}

// takenBack splits what was reversed into what refunds and cancels took and what a person took.
func (e *earning) takenBack() (byOrder, byHand money.Amount) {
	byOrder, byHand = money.Zero(e.c.Earned.Currency), money.Zero(e.c.Earned.Currency)
	for _, step := range e.Steps[e.c.ID] {
		switch {
		case step.Kind == commissions.EventReversed && step.By == commissions.System.Name:
			byOrder.Minor += step.Amount.Minor
		case step.Kind == commissions.EventReversed, step.Kind == commissions.EventRejected:
			byHand.Minor += step.Amount.Minor
		}
	}
	return byOrder, byHand
}

func (e *earning) facts() []ui.Pair {
	facts := []ui.Pair{
		{Label: e.T("why.fact.number"), Value: e.Number, Hint: e.source()},
		{Label: e.T("why.fact.amount"), Value: e.c.Rule.Base, Hint: strings.Join(e.input.Notes, " ")},
		{Label: e.T("why.fact.rule"), Value: e.c.Rule.Commission.Text(), Hint: e.whose()},
		{Label: e.T("why.fact.share"), Value: e.T("why.share", "who", e.who(e.c.Partnership), "share", e.share(e.c.Rule.Share)), Hint: e.note()},
		{Label: e.T("why.fact.earned"), Value: e.c.Earned, Hint: e.formula()},
	}
	if e.c.Reversed.IsPositive() {
		facts = append(facts, ui.Pair{Label: e.T("why.fact.back"), Value: e.c.Reversed.Neg(), Hint: e.backFormula()}, ui.Pair{Label: e.T("why.fact.left"), Value: e.c.Amount()})
	}
	return append(facts, e.dates()...)
}

func (e *earning) dates() (facts []ui.Pair) {
	date := e.viewer.Locale.Date
	if e.c.Status == commissions.StatusPending {
		facts = append(facts, ui.Pair{Label: e.T("why.fact.hold"), Value: date(e.c.HoldUntil), Hint: e.T("why.fact.hold.hint")})
	}
	if !e.c.ApprovedAt.IsZero() {
		facts = append(facts, ui.Pair{Label: e.T("why.fact.approved"), Value: date(e.c.ApprovedAt), Hint: e.actor(commissions.EventApproved)})
	}
	if !e.c.PaidAt.IsZero() {
		facts = append(facts, ui.Pair{Label: e.T("why.fact.paid"), Value: date(e.c.PaidAt), Hint: e.actor(commissions.EventPaid)})
	}
	return facts
}

// actor names who did the latest step of a kind.
func (e *earning) actor(kind commissions.EventKind) string {
	name := ""
	for _, step := range e.Steps[e.c.ID] {
		if step.Kind == kind {
			name = e.by(step)
		}
	}
	if name == "" {
		return ""
	}
	return e.T("why.by", "name", name)
}

// note is what a person wrote who credited by hand.
func (e *earning) note() string {
	for _, c := range e.Credits {
		if c.Partnership == e.c.Partnership && c.ByHand {
			return ui.Sentence(c.Because)
		}
	}
	return ""
}

// whose says whose terms the rule is.
func (e *earning) whose() string {
	if e.c.Rule.From == terms.LevelGroup && e.group != "" {
		return e.T("why.from.group.named", "group", e.group)
	}
	if e.c.Rule.From == terms.LevelNone {
		return e.T("why.from.none")
	}
	return e.T("why.from." + string(e.c.Rule.From))
}

// arithmetic says in a sentence how an amount was earned.
func (s *story) arithmetic(r commissions.Rule, earned money.Amount) string {
	pairs := []any{"rule", r.Commission.Text(), "base", r.Base, "share", s.share(r.Share), "earned", earned}
	key := "percent"
	if r.Commission.Kind == terms.CommissionFlat {
		key = "flat"
	}
	if r.Share != money.Whole {
		key += "_shared"
	}
	return s.T("why.earned."+key, pairs...)
}

// formula is the same in figures.
func (e *earning) formula() string {
	r := e.c.Rule
	if r.Commission.Kind == terms.CommissionFlat {
		if r.Share == money.Whole {
			return ""
		}
		return fmt.Sprintf("%s × %s = %s", r.Commission.Text(), e.share(r.Share), e.c.Earned.Display())
	}
	factors := r.Base.Display() + " × " + r.Commission.Text()
	if r.Share != money.Whole {
		factors += " × " + e.share(r.Share)
	}
	return factors + " = " + e.c.Earned.Display()
}

// backFormula shows what refunds took: earned × refunded ÷ goods. What a person took back needs no formula.
func (e *earning) backFormula() string {
	byOrder, byHand := e.takenBack()
	due, err := commissions.Reversal(e.c.Earned, conversions.Conversion{Amount: e.Order.Amount, Refunded: e.Order.Refunded})
	if err != nil || byHand.IsPositive() || e.Order.Cancelled() || due != byOrder {
		return ""
	}
	return fmt.Sprintf("%s × %s ÷ %s = %s", e.c.Earned.Display(), e.Order.Refunded.Display(), e.Order.Amount.Display(), byOrder.Display())
}
