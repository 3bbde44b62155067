package why

import (
	"slices"
	"time"

	"rapport/internal/edge/web/ui"
	"rapport/internal/pay/commissions"
	"rapport/internal/track/attribution"
	"rapport/internal/track/conversions"
)

//icons: pointer ticket receipt arrow-back-up circle-x

// told is an event with the moment it is sorted by.
type told struct {
	at time.Time
	ui.Event
}

// timeline puts what happened into the order in which it did.
func timeline(all []told) []ui.Event {
	slices.SortStableFunc(all, func(a, b told) int { return a.at.Compare(b.at) })
	events := make([]ui.Event, len(all))
	for i, one := range all {
		events[i] = one.Event
		if !one.at.IsZero() {
			events[i].At = one.at
		}
	}
	return events
}

// orderEvents are the touches with what became of each, the order, and what lowered it.
func (s *story) orderEvents() []told {
	var all []told
	for _, t := range s.decision.Considered {
		all = append(all, s.touch(t))
	}
	all = append(all, told{s.Order.OccurredAt, ui.Event{Title: s.T("why.event."+string(s.Order.Kind), "number", s.Number), Icon: "receipt", Tone: ui.Info, Value: s.Order.Amount}})
	for _, change := range s.Changes {
		all = append(all, s.change(change))
	}
	return all
}

func (s *story) touch(t attribution.Considered) told {
	e := ui.Event{Title: s.touchName(t), Text: s.T("why.not_counted", "why", s.reason(t)), Icon: "pointer"}
	if t.Kind == attribution.TouchCode {
		e.Icon = "ticket"
	}
	if s.won(t) {
		e.Tone, e.Text = ui.Good, s.T("why.counted", "why", s.reason(t))
	}
	return told{t.At, e}
}

// won says whether a touch was credited.
func (s *story) won(t attribution.Considered) bool {
	return slices.ContainsFunc(s.decision.Credits, func(c attribution.Credit) bool {
		return c.Touch >= 0 && c.Touch < len(s.decision.Considered) && s.decision.Considered[c.Touch] == t
	})
}

// touchName says what was clicked or typed. Links and codes of other creators are not shown to a creator, since they name them.
func (s *story) touchName(t attribution.Considered) string {
	switch {
	case t.Kind == attribution.TouchCode && t.Partnership == "":
		return s.T("why.touch.code.nobody", "code", t.Code)
	case t.Kind == attribution.TouchCode && !s.viewer.owns(t.Partnership):
		return s.T("why.touch.code.another")
	case t.Kind == attribution.TouchCode:
		return s.T("why.touch.code", "code", t.Code, "who", s.who(t.Partnership))
	case t.Partnership == "":
		return s.T("why.touch.click.nobody")
	case !s.viewer.owns(t.Partnership):
		return s.T("why.touch.click.another")
	default:
		return s.T("why.touch.click", "link", s.slugs[t.LinkNo], "who", s.who(t.Partnership))
	}
}

// reason says in a sentence what became of a touch.
func (s *story) reason(t attribution.Considered) string {
	return s.T("why.reason."+string(t.Reason), "what", s.T("why.what."+string(t.Kind)), "window", s.days(s.decision.WindowDays), "before", s.days(daysBefore(t, s.decision.OccurredAt)))
}

func (s *story) days(n int) string { return s.T("why.days", "n", n) }

// daysBefore is how many days a touch was before the order; a day that has begun counts, so that 30 days and an hour are not told as 30.
func daysBefore(t attribution.Considered, order time.Time) int {
	const day = 24 * time.Hour
	return int((order.Sub(t.At) + day - 1) / day)
}

func (s *story) change(c conversions.Recorded) told {
	e := ui.Event{Text: c.Detail, Tone: ui.Bad}
	switch c.Change.Change {
	case conversions.ChangeCancel:
		e.Title, e.Icon = s.T("why.event.cancel"), "circle-x"
	case conversions.ChangeRefund:
		e.Title, e.Icon, e.Value = s.T("why.event.refund"), "arrow-back-up", c.Amount.Neg()
		if c.Amount.Currency != s.Order.Amount.Currency {
			e.Text = s.T("why.event.refund.foreign")
		}
	}
	return told{c.OccurredAt, e}
}

// stepTones are what the steps of a commission mean to the one who earns.
var stepTones = map[commissions.EventKind]ui.Tone{
	commissions.EventEarned: ui.Info, commissions.EventHeld: ui.Warn, commissions.EventApproved: ui.Good, commissions.EventRejected: ui.Bad,
	commissions.EventReversed: ui.Bad, commissions.EventPaid: ui.Good, commissions.EventReturned: ui.Warn,
}

// stepEvents are what happened to a commission, by whom and why.
func (s *story) stepEvents(c commissions.Commission) []told {
	var all []told
	for _, step := range s.Steps[c.ID] {
		e := ui.Event{Title: s.T("why.step." + string(step.Kind)), Text: s.stepReason(step), Who: s.by(step), Tone: stepTones[step.Kind], Value: step.Amount}
		if step.Kind == commissions.EventRejected || step.Kind == commissions.EventReversed {
			e.Value = step.Amount.Neg()
		}
		all = append(all, told{step.At, e})
	}
	return all
}

func (s *story) by(step commissions.Event) string {
	if step.By == commissions.System.Name {
		return s.T("why.itself")
	}
	return step.By
}

func (s *story) stepReason(step commissions.Event) string {
	if step.Reason == "" {
		return ""
	}
	return ui.Sentence(step.Reason)
}
