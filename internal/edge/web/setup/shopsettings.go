package setup

import (
	"net/http"

	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/edge/stores"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
)

func shopsPage(w http.ResponseWriter, r *frame.Request) error {
	return showShops(w, r, http.StatusOK, connectForm(r, r.To("/settings/shops")), "", nil)
}

// showShops shows the connections and what they sent; wrong is the connection whose new secret was refused, with the reason.
func showShops(w http.ResponseWriter, r *frame.Request, status int, form ui.Form, wrong stores.ConnectionID, reason error) error {
	all, err := shopsOf(r)
	if err != nil {
		return err
	}
	var log []stores.Delivery
	var next string
	err = r.View(func(tx *db.Tx) (err error) {
		log, next, err = stores.Deliveries(r.Context(), tx, r.Program.ID, r.After())
		return err
	})
	if err != nil {
		return err
	}
	var parts ui.Stack
	for _, c := range all {
		card, facts := connectionCard(r, c)
		secret := secretForm(r, c)
		if c.ID == wrong {
			secret.Fail(reason)
		}
		card.Body = ui.Stack{facts, secret, ui.Actions{endAction(r, c)}}
		parts = append(parts, card)
	}
	parts = append(parts, ui.Card{Title: r.T("settings.shops.connect"), Sub: r.T("setup.store.shopify.sub"), Body: form}, deliveryTable(r, all, log, next))
	return r.Render(w, status, "setup_page", settingsFrame(r, "shops"), parts)
}

func secretForm(r *frame.Request, c stores.Connection) ui.Form {
	return ui.Form{Action: r.To("/settings/shops/" + string(c.ID) + "/secret"), Look: ui.Modest, Submit: r.T("settings.shops.rotate"), Fields: []ui.Field{
		{Name: "secret", ID: "f-secret-" + string(c.ID), Label: r.T("settings.shops.secret"), Kind: ui.Password, Hint: r.T("settings.shops.secret.hint"), Required: true, MaxLength: 512, Autocomplete: "off"}}}
}

func endAction(r *frame.Request, c stores.Connection) ui.Action {
	return ui.Action{Label: r.T("settings.shops.end"), URL: r.To("/settings/shops/" + string(c.ID) + "/end"), Post: true, Look: ui.Danger, Confirm: &ui.Confirm{Danger: true,
		Title: r.T("settings.shops.end.title", "shop", c.Shop), What: r.T("settings.shops.end.what"), Undo: r.T("settings.shops.end.undo"), Button: r.T("settings.shops.end")}}
}

func deliveryTable(r *frame.Request, all []stores.Connection, log []stores.Delivery, next string) ui.Component {
	names := map[stores.ConnectionID]string{}
	for _, c := range all {
		names[c.ID] = c.Shop
	}
	table := ui.Table{ID: "deliveries", Caption: r.T("settings.deliveries"), Path: r.To("/settings/shops"), Query: r.URL.Query(), Next: next, Columns: []ui.Column{
		{Key: "at", Label: r.T("settings.delivery.at")}, {Key: "shop", Label: r.T("settings.delivery.shop")}, {Key: "topic", Label: r.T("settings.delivery.topic")},
		{Key: "outcome", Label: r.T("settings.delivery.outcome")}, {Key: "detail", Label: r.T("settings.delivery.detail")}},
		Empty: ui.EmptyState{Icon: "truck-delivery", Text: r.T("settings.deliveries.none")}}
	for _, d := range log {
		detail := any(d.Detail)
		if d.Conversion != "" {
			detail = ui.WhyLink{URL: r.To("/why/order/" + string(d.Conversion))}
		}
		table.Rows = append(table.Rows, ui.Row{ID: d.ID, Label: d.Topic, Cells: []any{at(d.ReceivedAt), names[d.Connection], d.Topic, outcomeBadge(r, d.Outcome), detail}})
	}
	return table
}

func outcomeBadge(r *frame.Request, o stores.Outcome) ui.Component {
	switch o {
	case stores.OutcomeTaken:
		return ui.Badge{Label: r.T("settings.delivery.taken"), Tone: ui.Good}
	case stores.OutcomeIgnored:
		return ui.Badge{Label: r.T("settings.delivery.ignored")}
	}
	return ui.Nothing{}
}

func connectShop(w http.ResponseWriter, r *frame.Request) error {
	err := connect(r)
	if err == nil {
		return r.Redirect(w, r.To("/settings/shops"), "setup.store.connected")
	}
	status, ok := mistake(err)
	if !ok {
		return err
	}
	form := connectForm(r, r.To("/settings/shops"))
	form.Fail(err)
	return showShops(w, r, status, form, "", nil)
}

func connectionHere(r *frame.Request, tx *db.Tx) (stores.Connection, error) {
	c, err := stores.Find(r.Context(), tx, stores.ConnectionID(r.PathValue("connection")))
	if err == nil && c.Program != r.Program.ID {
		err = fault.NotFound("connection")
	}
	return c, err
}

func rotateSecret(w http.ResponseWriter, r *frame.Request) error {
	var c stores.Connection
	err := r.Update(func(tx *db.Tx) (err error) {
		if c, err = connectionHere(r, tx); err != nil {
			return err
		}
		if err := stores.Rotate(r.Context(), tx, r.Deps().Box, c.ID, r.Text("secret")); err != nil {
			return err
		}
		return record(r, tx, "shop.secret", string(c.ID), nil, nil)
	})
	if err == nil {
		return r.Redirect(w, r.To("/settings/shops"), "settings.shops.rotated")
	}
	status, ok := mistake(err)
	if !ok {
		return err
	}
	return showShops(w, r, status, connectForm(r, r.To("/settings/shops")), c.ID, err)
}

func endShop(w http.ResponseWriter, r *frame.Request) error {
	err := r.Update(func(tx *db.Tx) error {
		c, err := connectionHere(r, tx)
		if err != nil {
			return err
		}
		if err := stores.End(r.Context(), tx, c.ID); err != nil {
			return err
		}
		return record(r, tx, "shop.end", string(c.ID), map[string]any{"shop": c.Shop}, nil)
	})
	if err != nil {
		return err
	}
	return r.Redirect(w, r.To("/settings/shops"), "settings.shops.ended")
}
