package setup

import (
	"strconv"
	"strings"

	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/money"
	"rapport/internal/base/programs"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
	"rapport/internal/partner/partnerships"
	"rapport/internal/partner/terms"
)

// deal is the program as one sentence: what creators earn, what buyers get, and when money is paid.
type deal struct {
	commission, commissionKind string
	offer, offerKind           string
	window, hold               string
	schedule, minimum          string
}

// dealOf writes what holds in a program into the words of the sentence.
func dealOf(p programs.Program, t terms.Terms) deal {
	d := deal{commissionKind: string(terms.CommissionPercent), offerKind: string(terms.OfferNone), window: strconv.Itoa(p.Attribution.WindowDays),
		hold: strconv.Itoa(p.HoldDays), schedule: string(p.PayoutSchedule), minimum: p.PayoutMinimum.String()}
	if t.Commission != nil {
		d.commission, d.commissionKind = t.Commission.Value(), string(t.Commission.Kind)
	}
	if t.Offer != nil {
		d.offer, d.offerKind = t.Offer.Value(), string(t.Offer.Kind)
	}
	return d
}

func dealSent(r *frame.Request) deal {
	return deal{commission: r.Text("commission"), commissionKind: r.Text("commission_kind"), offer: r.Text("offer"), offerKind: r.Text("offer_kind"),
		window: r.Text("window"), hold: r.Text("hold"), schedule: r.Text("schedule"), minimum: r.Text("minimum")}
}

// editor shows the sentence with its words to be changed.
func (d deal) editor(r *frame.Request, action, submit string) ui.SentenceEditor {
	currency := string(r.Program.Currency)
	return ui.SentenceEditor{ID: "deal", Action: action, Submit: submit, Text: r.T("setup.deal.sentence"), Fields: []ui.Field{
		{Name: "commission", Label: r.T("setup.deal.commission"), Kind: ui.MoneyIn, Value: d.commission, Required: true},
		{Name: "commission_kind", Label: r.T("setup.deal.commission_kind"), Kind: ui.Select, Value: d.commissionKind, Options: commissionKinds(r, currency)},
		{Name: "window", Label: r.T("setup.deal.window"), Kind: ui.Number, Value: d.window, Required: true, Suffix: r.T("setup.deal.days")},
		{Name: "offer", Label: r.T("setup.deal.offer"), Value: d.offer},
		{Name: "offer_kind", Label: r.T("setup.deal.offer_kind"), Kind: ui.Select, Value: d.offerKind, Options: offerKinds(r, currency)},
		{Name: "schedule", Label: r.T("setup.deal.schedule"), Kind: ui.Select, Value: d.schedule, Options: schedules(r)},
		{Name: "hold", Label: r.T("setup.deal.hold"), Kind: ui.Number, Value: d.hold, Required: true, Suffix: r.T("setup.deal.days")},
		{Name: "minimum", Label: r.T("setup.deal.minimum"), Kind: ui.MoneyIn, Value: d.minimum, Required: true, Suffix: currency},
	}}
}

func commissionKinds(r *frame.Request, currency string) []ui.Choice {
	return []ui.Choice{{Value: string(terms.CommissionPercent), Label: r.T("setup.deal.percent")}, {Value: string(terms.CommissionFlat), Label: r.T("setup.deal.flat", "currency", currency)}}
}

func offerKinds(r *frame.Request, currency string) []ui.Choice {
	return []ui.Choice{{Value: string(terms.OfferPercent), Label: r.T("setup.deal.percentoff")}, {Value: string(terms.OfferAmount), Label: r.T("setup.deal.amountoff", "currency", currency)},
		{Value: string(terms.OfferFreeShipping), Label: r.T("setup.deal.freeshipping")}, {Value: string(terms.OfferGift), Label: r.T("setup.deal.gift")},
		{Value: string(terms.OfferNone), Label: r.T("setup.deal.nothing")}}
}

func schedules(r *frame.Request) []ui.Choice {
	var all []ui.Choice
	for _, s := range []programs.Schedule{programs.ScheduleMonthly, programs.ScheduleWeekly, programs.ScheduleManual} {
		all = append(all, ui.Choice{Value: string(s), Label: r.T("setup.schedule." + string(s))})
	}
	return all
}

// dealFields are the names under which the rooms speak of the sentence's fields.
var dealFields = map[string]string{
	"commission.kind": "commission_kind", "commission.value": "commission", "offer.kind": "offer_kind", "offer.value": "offer",
	"attribution.window_days": "window", "hold_days": "hold", "payout_schedule": "schedule", "payout_minimum": "minimum", "amount": "minimum",
}

// renamed gives faults the names of a form's fields.
func renamed(err error, names map[string]string) error {
	f, ok := fault.As(err)
	if !ok {
		return err
	}
	var all []*fault.Error
	for _, one := range append([]*fault.Error{f}, f.Others...) {
		other := *one
		other.Others = nil
		if name, ok := names[one.Field]; ok {
			other.Field = name
		}
		all = append(all, &other)
	}
	return fault.Join(all...)
}

// terms reads the two parts that a level of terms says.
func (d deal) terms(currency money.Currency) (terms.Terms, error) {
	c, wrongCommission := terms.ParseCommission(d.commissionKind, d.commission, currency)
	o, wrongOffer := terms.ParseOffer(d.offerKind, d.offerValue(), currency)
	if err := joinFaults(wrongCommission, wrongOffer); err != nil {
		return terms.Terms{}, err
	}
	return terms.Terms{Commission: &c, Offer: &o}, nil
}

// offerValue forgets a figure that stands before "nothing" or "free shipping".
func (d deal) offerValue() string {
	if kind := terms.OfferKind(d.offerKind); kind == terms.OfferNone || kind == terms.OfferFreeShipping {
		return ""
	}
	return d.offer
}

// change reads the part that the program itself keeps.
func (d deal) change(currency money.Currency) (c programs.Change, err error) {
	window, wrongWindow := wholeDays(d.window, "window")
	hold, wrongHold := wholeDays(d.hold, "hold")
	minimum, wrongMinimum := money.Parse(d.minimum, currency)
	schedule := programs.Schedule(d.schedule)
	if !schedule.Valid() {
		wrongHold = joinFaults(wrongHold, fault.Invalid("choose when you pay").In("schedule"))
	}
	c = programs.Change{Attribution: programs.AttributionChange{WindowDays: &window}, HoldDays: &hold, PayoutSchedule: &schedule, PayoutMinimum: &minimum}
	return c, joinFaults(wrongWindow, wrongHold, wrongMinimum)
}

func wholeDays(text, field string) (int, error) {
	n, err := strconv.Atoi(strings.TrimSpace(text))
	if err != nil {
		return 0, fault.Invalid("give a whole number of days").In(field)
	}
	return n, nil
}

// save makes the sentence hold.
func (d deal) save(r *frame.Request) error {
	t, wrongTerms := d.terms(r.Program.Currency)
	c, wrongChange := d.change(r.Program.Currency)
	if err := joinFaults(wrongTerms, wrongChange); err != nil {
		return renamed(err, dealFields)
	}
	return renamed(r.Update(func(tx *db.Tx) error {
		before, err := partnerships.ProgramTerms(r.Context(), tx, r.Program.ID)
		if err != nil {
			return err
		}
		after, err := programs.Update(r.Context(), tx, r.Program.ID, c)
		if err != nil {
			return err
		}
		if err := partnerships.SetProgramTerms(r.Context(), tx, r.Program.ID, t); err != nil {
			return err
		}
		return record(r, tx, "program.terms", string(r.Program.ID), dealRecord(r.Program, before), dealRecord(after, t))
	}), dealFields)
}

// dealRecord is what the audit keeps of the sentence.
func dealRecord(p programs.Program, t terms.Terms) map[string]any {
	return map[string]any{"terms": t, "window_days": p.Attribution.WindowDays, "hold_days": p.HoldDays, "payout_schedule": p.PayoutSchedule, "payout_minimum": p.PayoutMinimum}
}

// fail puts faults beside their words.
func fail(e *ui.SentenceEditor, err error) {
	form := ui.Form{Fields: e.Fields}
	form.Fail(err)
	e.Fields, e.Error = form.Fields, form.Error
}
