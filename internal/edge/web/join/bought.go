package join

import (
	"net/http"

	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/edge/platforms/mentions"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
	"rapport/internal/recruit/creators"
)

// showBought asks a customer, on the page that a shop links to after an order, who they are where they post.
func showBought(w http.ResponseWriter, r *frame.Request) error {
	return drawBought(w, r, http.StatusOK, nil)
}

func drawBought(w http.ResponseWriter, r *frame.Request, status int, mistake error) error {
	if _, err := read(r); err != nil {
		return err
	}
	form := ui.Form{Action: "/join/" + r.PathValue("slug") + "/bought", Full: true, Submit: r.T("join.bought.submit"),
		Hidden: []ui.Pair{{Label: "began", Value: began(r)}},
		Fields: []ui.Field{
			{Name: "order", Label: r.T("join.bought.order"), Value: r.Text("order"), Required: true, MaxLength: 100, Autocomplete: "off"},
			{Name: "account_0", Label: r.T("join.bought.account"), Value: r.Text("account_0"), Required: true, MaxLength: 300, Placeholder: "https://www.instagram.com/maya.glow",
				Hint: r.T("join.bought.hint", "program", r.Program.Name), Autocomplete: "off"},
			{Name: trapField, Kind: ui.Hidden},
		}}
	form.Fail(mistake)
	return r.Render(w, status, "join_page", publicPage(r, "join.bought.title"), ui.Stack{ui.Words(r.T("join.bought.text", "program", r.Program.Name)), form})
}

// bought takes the customer in as somebody who already talks about the brand. The answer is the same whether the program knows the order or not:
// nobody learns from it which orders there are.
func bought(w http.ResponseWriter, r *frame.Request) error {
	if _, err := read(r); err != nil {
		return err
	}
	account, err := creators.ParseAccount("", r.Text("account_0"))
	if broken, ok := fault.As(err); ok {
		err = fault.Invalid(broken.Message).In("account_0")
	}
	if err == nil {
		err = human(r)
	}
	if err == nil {
		err = r.Update(func(tx *db.Tx) error {
			return mentions.FromOrder(r.Context(), tx, r.Deps().Box, r.Program.ID, r.Text("order"), account.Platform, account.Handle)
		})
		if kind := fault.KindOf(err); kind == fault.KindNotFound || kind == fault.KindConflict {
			err = nil
		}
	}
	if frame.IsMistake(err) || fault.KindOf(err) == fault.KindTooMany {
		return drawBought(w, r, http.StatusUnprocessableEntity, err)
	}
	if err != nil {
		return err
	}
	return r.Render(w, http.StatusOK, "join_page", publicPage(r, "join.bought.thanks"), ui.Stack{ui.Words(r.T("join.bought.then", "program", r.Program.Name)),
		ui.Actions{{Label: r.T("join.bought.apply"), URL: "/join/" + r.PathValue("slug"), Look: ui.Primary}}})
}
