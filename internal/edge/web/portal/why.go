package portal

import (
	"net/http"
	"net/url"

	"rapport/internal/base/db"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
	"rapport/internal/edge/web/why"
	"rapport/internal/pay/commissions"
	"rapport/internal/track/conversions"
)

// whyBody is what "portal_why" shows, as a page or beside one.
type whyBody struct {
	Why ui.Why
}

// whyCommission explains an amount that was earned, in the words of the desk.
func whyCommission(w http.ResponseWriter, r *frame.Request) error {
	id := commissions.ID(r.PathValue("commission"))
	var b whyBody
	var title string
	p, err := see(r, "earnings", "earnings.title", func(tx *db.Tx) error {
		told, facts, err := why.Commission(r.Context(), tx, why.Of(r), id)
		if err != nil {
			return err
		}
		b.Why = told
		for _, c := range facts.Commissions {
			if c.ID == id {
				title = r.T("why.title.commission", "amount", c.Amount())
			}
		}
		b.Why.Actions = reviewActions(r, facts)
		return nil
	})
	if err != nil {
		return err
	}
	return showWhy(w, r, p, title, b)
}

// whyOrder explains an order that is credited to this partnership.
func whyOrder(w http.ResponseWriter, r *frame.Request) error {
	var b whyBody
	var title string
	p, err := see(r, "earnings", "earnings.title", func(tx *db.Tx) error {
		told, facts, err := why.Order(r.Context(), tx, why.Of(r), conversions.ID(r.PathValue("order")))
		if err != nil {
			return err
		}
		b.Why, title = told, r.T("why.title.order", "number", facts.Number)
		b.Why.Actions = reviewActions(r, facts)
		return nil
	})
	if err != nil {
		return err
	}
	return showWhy(w, r, p, title, b)
}

func showWhy(w http.ResponseWriter, r *frame.Request, p *ui.Page, title string, b whyBody) error {
	p.Title, p.Breadcrumb = title, back(r, "/earnings", "earnings.back")
	return r.Render(w, http.StatusOK, "portal_why", p, b)
}

// reviewActions lets the creator ask about the order behind an explanation.
func reviewActions(r *frame.Request, facts why.Explained) ui.Actions {
	if r.P.ReadOnly || facts.Number == "" {
		return nil
	}
	return ui.Actions{{Label: r.T("earnings.ask"), Icon: "help-circle", URL: r.To("/check?number=" + url.QueryEscape(facts.Number))}}
}
