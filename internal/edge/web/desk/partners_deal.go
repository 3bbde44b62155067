package desk

import (
	"net/http"

	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
	"rapport/internal/partner/partnerships"
	"rapport/internal/partner/terms"
)

type dealBody struct {
	Head     partnerHead
	Sentence ui.SentenceEditor
	From     ui.Definitions
	Group    *ui.Form
}

// deal is what holds for a partner and what would hold without terms of their own.
type deal struct {
	now, inherited terms.Effective
	groups         []ui.Choice
}

func readDeal(r *frame.Request, tx *db.Tx, who partner) (d deal, err error) {
	if d.now, err = partnerships.EffectiveTerms(r.Context(), tx, who.Partnership); err != nil {
		return d, err
	}
	without := who.Partnership
	without.Terms = terms.Terms{}
	if d.inherited, err = partnerships.EffectiveTerms(r.Context(), tx, without); err != nil {
		return d, err
	}
	_, d.groups, err = groupNames(r, tx)
	return d, err
}

func partnerDeal(w http.ResponseWriter, r *frame.Request) error {
	return showDeal(w, r, http.StatusOK, nil)
}

func showDeal(w http.ResponseWriter, r *frame.Request, status int, mistake error) error {
	var d deal
	who, head, err := withPartner(r, func(tx *db.Tx, who partner) (err error) {
		d, err = readDeal(r, tx, who)
		return err
	})
	if err != nil {
		return err
	}
	body := dealBody{Head: head, Sentence: dealSentence(r, who, d, mistake), From: dealOrigin(r, who, d)}
	if r.P.Can(r.Program.ID, auth.PermManage) {
		body.Group = &ui.Form{Action: who.url(r, "/group"), Submit: r.T("partners.group.set"), Look: ui.Secondary, Fields: []ui.Field{{
			Name: "group", Label: r.T("partners.group"), Kind: ui.Select, Value: string(who.Partnership.Group), Options: withNone(r.T("partners.group.none"), d.groups), Hint: r.T("partners.group.hint"), Required: true,
		}}}
	}
	return r.Render(w, status, "desk_partners_deal", partnerPage(r, who, "/deal"), body)
}

// The kinds a person chooses from; the empty one leaves a part to the group or the program.
const inherit = ""

// dealSentence is the deal with its words to be changed.
func dealSentence(r *frame.Request, who partner, d deal, mistake error) ui.SentenceEditor {
	s := ui.SentenceEditor{
		ID: "deal", Action: who.url(r, "/deal"), Text: r.T("partners.deal.sentence"), Hint: r.T("partners.deal.hint"),
		Locked: !r.P.Can(r.Program.ID, auth.PermManage),
		Fields: []ui.Field{
			{Name: "commission_value", Label: r.T("partners.deal.commission"), Kind: ui.MoneyIn, Value: d.now.Commission.Value()},
			{Name: "commission_kind", Label: r.T("partners.deal.commission.kind"), Kind: ui.Select, Value: ownCommission(who.Terms), Options: commissionKinds(r, who, d)},
			{Name: "offer_kind", Label: r.T("partners.deal.offer.kind"), Kind: ui.Select, Value: ownOffer(who.Terms), Options: offerKinds(r, who, d)},
			{Name: "offer_value", Label: r.T("partners.deal.offer"), Kind: ui.Text, Value: d.now.Offer.Value()},
		},
	}
	if mistake != nil {
		for i, f := range s.Fields {
			s.Fields[i].Value = r.FormValue(f.Name)
		}
		failSentence(&s, mistake)
	}
	return s
}

// failSentence puts faults on the words they speak of: commission.value is the field commission_value.
func failSentence(s *ui.SentenceEditor, err error) {
	first, ok := fault.As(err)
	if !ok {
		return
	}
	names := map[string]int{"commission.value": 0, "commission.kind": 1, "offer.kind": 2, "offer.value": 3}
	for _, one := range append([]*fault.Error{first}, first.Others...) {
		if i, known := names[one.Field]; known {
			s.Fields[i].Error = one.Message
		} else {
			s.Error = one.Message
		}
	}
}

func ownCommission(t terms.Terms) string {
	if t.Commission == nil {
		return inherit
	}
	return string(t.Commission.Kind)
}

func ownOffer(t terms.Terms) string {
	if t.Offer == nil {
		return inherit
	}
	return string(t.Offer.Kind)
}

func commissionKinds(r *frame.Request, who partner, d deal) []ui.Choice {
	return []ui.Choice{
		{Value: inherit, Label: inheritWords(r, who.Terms.Commission != nil, commissionUnit(r, d.inherited.Commission), commissionText(d.inherited.Commission), levelWord(r, who, d.inherited.CommissionFrom))},
		{Value: string(terms.CommissionPercent), Label: r.T("partners.deal.percent")},
		{Value: string(terms.CommissionFlat), Label: r.T("partners.deal.flat", "currency", r.Program.Currency)},
	}
}

// inheritWords say what holds without terms of this partner's own: after the figure that stands before it, or as the way back to it.
func inheritWords(r *frame.Request, own bool, unit, text, level string) string {
	if level == r.T("partners.level.none") && !own {
		return unit
	}
	if own {
		return r.T("partners.deal.back", "text", orDefault(text, r.T("partners.deal.nothing")), "level", level)
	}
	return r.T("partners.deal.as", "unit", unit, "level", level)
}

func commissionUnit(r *frame.Request, c terms.Commission) string {
	switch c.Kind {
	case terms.CommissionPercent:
		return r.T("partners.deal.percent")
	case terms.CommissionFlat:
		return r.T("partners.deal.flat", "currency", r.Program.Currency)
	default:
		return r.T("partners.deal.nothing")
	}
}

func offerUnit(r *frame.Request, o terms.Offer) string {
	switch o.Kind {
	case terms.OfferPercent:
		return r.T("partners.deal.offer.percent")
	case terms.OfferAmount:
		return r.T("partners.deal.offer.amount", "currency", r.Program.Currency)
	case terms.OfferFreeShipping:
		return r.T("partners.deal.offer.shipping")
	case terms.OfferGift:
		return r.T("partners.deal.offer.gift")
	case terms.OfferNone:
	}
	return r.T("partners.deal.offer.none")
}

func commissionText(c terms.Commission) string {
	if c.Kind == "" {
		return ""
	}
	return c.Text()
}

func offerKinds(r *frame.Request, who partner, d deal) []ui.Choice {
	return []ui.Choice{
		{Value: inherit, Label: inheritWords(r, who.Terms.Offer != nil, offerUnit(r, d.inherited.Offer), d.inherited.Offer.Text(), levelWord(r, who, d.inherited.OfferFrom))},
		{Value: string(terms.OfferNone), Label: r.T("partners.deal.offer.none")},
		{Value: string(terms.OfferPercent), Label: r.T("partners.deal.offer.percent")},
		{Value: string(terms.OfferAmount), Label: r.T("partners.deal.offer.amount", "currency", r.Program.Currency)},
		{Value: string(terms.OfferFreeShipping), Label: r.T("partners.deal.offer.shipping")},
		{Value: string(terms.OfferGift), Label: r.T("partners.deal.offer.gift")},
	}
}

// levelWord says who said a part of the terms.
func levelWord(r *frame.Request, who partner, l terms.Level) string {
	switch l {
	case terms.LevelPartnership:
		return r.T("partners.level.own")
	case terms.LevelGroup:
		return r.T("partners.level.group", "group", who.Group)
	case terms.LevelProgram:
		return r.T("partners.level.program")
	case terms.LevelNone:
	}
	return r.T("partners.level.none")
}

// dealOrigin says where each part of the deal comes from.
func dealOrigin(r *frame.Request, who partner, d deal) ui.Definitions {
	return ui.Definitions{
		{Label: r.T("partners.deal.commission"), Value: orDefault(commissionText(d.now.Commission), r.T("partners.deal.nothing")), Hint: levelWord(r, who, d.now.CommissionFrom)},
		{Label: r.T("partners.deal.offer"), Value: orDefault(d.now.Offer.Text(), r.T("partners.deal.nothing")), Hint: levelWord(r, who, d.now.OfferFrom)},
	}
}
