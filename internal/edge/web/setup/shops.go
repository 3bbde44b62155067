package setup

import (
	"slices"

	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/edge/stores"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
)

// topics are the events of Shopify that Rapport takes: shopify.dev, "Webhook topics".
var topics = []string{"orders/paid", "orders/cancelled", "refunds/create"}

func connectForm(r *frame.Request, action string) ui.Form {
	return ui.Form{Action: action, Submit: r.T("setup.store.connect"), Fields: []ui.Field{
		{Name: "shop", Label: r.T("setup.store.shop"), Value: r.Text("shop"), Placeholder: "fernwood.myshopify.com", Required: true, MaxLength: 253},
		{Name: "secret", Label: r.T("setup.store.secret"), Kind: ui.Password, Hint: r.T("setup.store.secret.hint"), Required: true, MaxLength: 512, Autocomplete: "off"},
	}}
}

// connect makes the connection of the form. A shop that is connected already is not connected twice: its deliveries would count as two shops'.
func connect(r *frame.Request) error {
	n := stores.New{Program: r.Program.ID, Store: stores.StoreShopify, Shop: r.Text("shop"), Secret: r.Text("secret")}
	return r.Update(func(tx *db.Tx) error {
		if err := tx.Lock(r.Context(), "store connections:"+string(r.Program.ID)); err != nil {
			return err
		}
		before, err := stores.List(r.Context(), tx, r.Program.ID)
		if err != nil {
			return err
		}
		c, err := stores.Connect(r.Context(), tx, r.Deps().Box, n)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(before, func(o stores.Connection) bool { return o.Shop == c.Shop && o.EndedAt.IsZero() }) {
			return fault.Conflict("shop_connected", r.T("setup.store.twice")).In("shop")
		}
		return record(r, tx, "shop.connect", string(c.ID), nil, map[string]any{"store": c.Store, "shop": c.Shop})
	})
}

// connectionCard says what to enter at the shop, and whether anything has arrived.
func connectionCard(r *frame.Request, c stores.Connection) (card ui.Card, facts ui.Component) {
	parts := []ui.Component{
		ui.CopyField{Label: r.T("setup.store.address"), Value: r.Deps().BaseURL + "/hooks/" + string(c.Store) + "/" + string(c.ID), Hint: r.T("setup.store.address.hint")},
		ui.Definitions{{Label: r.T("setup.store.topics"), Value: topicList()}, {Label: r.T("setup.store.arrived"), Value: arrived(r, c)}},
	}
	if c.Refused > 0 {
		parts = append(parts, ui.Flash{Tone: ui.Warn, Text: r.T("setup.store.refused", "n", c.Refused)})
	}
	facts = ui.Stack(parts)
	return ui.Card{Title: c.Shop, Sub: r.T("setup.store.kind." + string(c.Store)), Body: facts}, facts
}

func topicList() string {
	list := topics[0]
	for _, topic := range topics[1:] {
		list += ", " + topic
	}
	return list
}

func arrived(r *frame.Request, c stores.Connection) any {
	if c.LastSeenAt.IsZero() {
		return ui.Badge{Label: r.T("setup.store.nothing"), Tone: ui.Warn}
	}
	return ui.Group{ui.Badge{Label: r.T("setup.store.alive"), Tone: ui.Good}, ui.Part{Template: "setup/when", Data: c.LastSeenAt}}
}
