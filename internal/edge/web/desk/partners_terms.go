package desk

import (
	"net/http"

	"rapport/internal/base/db"
	"rapport/internal/edge/web/frame"
	"rapport/internal/partner/partnerships"
	"rapport/internal/partner/terms"
)

func setDeal(w http.ResponseWriter, r *frame.Request) error {
	var who partner
	err := r.Update(func(tx *db.Tx) (err error) {
		if who, err = findPartner(r, tx); err != nil {
			return err
		}
		d, err := readDeal(r, tx, who)
		if err != nil {
			return err
		}
		t, err := readTerms(r, d)
		if err != nil {
			return err
		}
		after, err := partnerships.SetTerms(r.Context(), tx, who.ID, t)
		if err != nil {
			return err
		}
		return keepAudit(r, tx, "partnership.terms", string(who.ID), who.Terms, after.Terms, "")
	})
	if frame.IsMistake(err) {
		return showDeal(w, r, http.StatusUnprocessableEntity, err)
	}
	if err != nil {
		return err
	}
	return r.Redirect(w, who.url(r, "/deal"), "partners.deal.saved")
}

// readTerms reads the sentence. Somebody who changed a figure and left its kind to the group meant a figure of this partner's own.
func readTerms(r *frame.Request, d deal) (t terms.Terms, err error) {
	kind, value := r.FormValue("commission_kind"), r.Text("commission_value")
	if kind == inherit && value != d.inherited.Commission.Value() && value != d.now.Commission.Value() && value != "" {
		kind = orDefault(string(d.inherited.Commission.Kind), string(terms.CommissionPercent))
	}
	if kind != inherit {
		c, err := terms.ParseCommission(kind, value, r.Program.Currency)
		if err != nil {
			return t, err
		}
		t.Commission = &c
	}
	kind, value = r.FormValue("offer_kind"), r.Text("offer_value")
	if kind == inherit && value != d.inherited.Offer.Value() && value != d.now.Offer.Value() && value != "" {
		kind = orDefault(string(d.inherited.Offer.Kind), string(terms.OfferPercent))
	}
	if kind != inherit {
		if kind == string(terms.OfferNone) || kind == string(terms.OfferFreeShipping) {
			value = ""
		}
		o, err := terms.ParseOffer(kind, value, r.Program.Currency)
		if err != nil {
			return t, err
		}
		t.Offer = &o
	}
	return t, nil
}

func setGroup(w http.ResponseWriter, r *frame.Request) error {
	var who partner
	err := r.Update(func(tx *db.Tx) (err error) {
		if who, err = findPartner(r, tx); err != nil {
			return err
		}
		return changeGroup(r, tx, who.Partnership, partnerships.GroupID(r.FormValue("group")))
	})
	if err != nil {
		return err
	}
	return r.Redirect(w, who.url(r, "/deal"), "partners.group.saved")
}
