package setup

import (
	"net/http"

	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
	"rapport/internal/partner/partnerships"
	"rapport/internal/partner/terms"
)

func termsPage(w http.ResponseWriter, r *frame.Request) error {
	d, err := currentDeal(r)
	if err != nil {
		return err
	}
	return showTerms(w, r, http.StatusOK, settingsEditor(r, d), newGroupForm(r))
}

func settingsEditor(r *frame.Request, d deal) ui.SentenceEditor {
	e := d.editor(r, r.To("/settings/terms"), "")
	e.Hint = r.T("settings.terms.hint")
	return e
}

func showTerms(w http.ResponseWriter, r *frame.Request, status int, e ui.SentenceEditor, fresh ui.Form) error {
	var groups []partnerships.Group
	err := r.View(func(tx *db.Tx) (err error) {
		groups, err = partnerships.ListGroups(r.Context(), tx, r.Program.ID)
		return err
	})
	if err != nil {
		return err
	}
	table := ui.Table{ID: "groups", Caption: r.T("settings.groups"), Path: r.To("/settings/terms"), Query: r.URL.Query(), Columns: []ui.Column{
		{Key: "name", Label: r.T("settings.group.name")}, {Key: "commission", Label: r.T("settings.group.commission")}, {Key: "offer", Label: r.T("settings.group.offer")}},
		Empty: ui.EmptyState{Icon: "users-group", Text: r.T("settings.groups.none")}}
	for _, g := range groups {
		table.Rows = append(table.Rows, ui.Row{ID: string(g.ID), Label: g.Name, URL: r.To("/settings/groups/" + string(g.ID)), Cells: []any{g.Name, commissionWords(r, g.Terms), offerWords(r, g.Terms)}})
	}
	parts := ui.Stack{ui.Card{Title: r.T("settings.terms"), Sub: r.T("settings.terms.sub"), Body: e}, table, ui.Card{Title: r.T("settings.group.new"), Body: fresh}}
	return r.Render(w, status, "setup_page", settingsFrame(r, "terms"), parts)
}

func commissionWords(r *frame.Request, t terms.Terms) any {
	if t.Commission == nil {
		return r.T("settings.group.asprogram")
	}
	return t.Commission.Text()
}

func offerWords(r *frame.Request, t terms.Terms) any {
	switch {
	case t.Offer == nil:
		return r.T("settings.group.asprogram")
	case t.Offer.Text() == "":
		return r.T("setup.deal.nothing")
	default:
		return t.Offer.Text()
	}
}

func saveTerms(w http.ResponseWriter, r *frame.Request) error {
	d := dealSent(r)
	err := d.save(r)
	if err == nil {
		return r.Redirect(w, r.To("/settings/terms"), "settings.saved")
	}
	status, ok := mistake(err)
	if !ok {
		return err
	}
	e := settingsEditor(r, d)
	fail(&e, err)
	return showTerms(w, r, status, e, newGroupForm(r))
}

func newGroupForm(r *frame.Request) ui.Form {
	return ui.Form{Action: r.To("/settings/groups"), Look: ui.Modest, Submit: r.T("settings.group.make"), Fields: []ui.Field{
		{Name: "group", Label: r.T("settings.group.name"), Value: r.Text("group"), Required: true, MaxLength: 100}}}
}

func makeGroup(w http.ResponseWriter, r *frame.Request) error {
	var g partnerships.Group
	err := r.Update(func(tx *db.Tx) (err error) {
		if g, err = partnerships.CreateGroup(r.Context(), tx, partnerships.NewGroup{Program: r.Program.ID, Name: r.Text("group")}); err != nil {
			return err
		}
		return record(r, tx, "group.create", string(g.ID), nil, g)
	})
	if err == nil {
		return r.Redirect(w, r.To("/settings/groups/"+string(g.ID)), "settings.group.made")
	}
	status, ok := mistake(err)
	if !ok {
		return err
	}
	d, dealErr := currentDeal(r)
	if dealErr != nil {
		return dealErr
	}
	form := newGroupForm(r)
	form.Fail(renamed(err, map[string]string{"name": "group"}))
	return showTerms(w, r, status, settingsEditor(r, d), form)
}

// inherit is the choice of a group that says nothing of its own.
const inherit = ""

func groupHere(r *frame.Request, tx *db.Tx) (partnerships.Group, error) {
	g, err := partnerships.FindGroup(r.Context(), tx, partnerships.GroupID(r.PathValue("group")))
	if err == nil && g.Program != r.Program.ID {
		err = fault.NotFound("group")
	}
	return g, err
}

func readGroup(r *frame.Request) (g partnerships.Group, err error) {
	err = r.View(func(tx *db.Tx) error {
		g, err = groupHere(r, tx)
		return err
	})
	return g, err
}

func groupPage(w http.ResponseWriter, r *frame.Request) error {
	g, err := readGroup(r)
	if err != nil {
		return err
	}
	d := deal{}
	if g.Terms.Commission != nil {
		d.commission, d.commissionKind = g.Terms.Commission.Value(), string(g.Terms.Commission.Kind)
	}
	if g.Terms.Offer != nil {
		d.offer, d.offerKind = g.Terms.Offer.Value(), string(g.Terms.Offer.Kind)
	}
	return show(w, r, groupFrame(r, g), groupForm(r, g.Name, d))
}

func groupFrame(r *frame.Request, g partnerships.Group) *ui.Page {
	p := r.Page("", "settings.group.title", "name", g.Name)
	p.Lead = r.T("settings.group.lead")
	p.Breadcrumb = []ui.Link{{Label: r.T("settings.title.terms"), URL: r.To("/settings/terms")}}
	return p
}

func groupForm(r *frame.Request, name string, d deal) ui.Form {
	currency := string(r.Program.Currency)
	same := ui.Choice{Value: inherit, Label: r.T("settings.group.asprogram")}
	return ui.Form{Action: r.To("/settings/groups/" + r.PathValue("group")), Cancel: &ui.Link{URL: r.To("/settings/terms"), Label: r.T("setup.back")}, Fields: []ui.Field{
		{Name: "group", Label: r.T("settings.group.name"), Value: name, Required: true, MaxLength: 100},
		{Name: "commission_kind", Label: r.T("settings.group.commission"), Kind: ui.Select, Value: d.commissionKind, Options: append([]ui.Choice{same}, commissionKinds(r, currency)...), Required: true},
		{Name: "commission", Label: r.T("settings.group.commission.value"), Value: d.commission, MaxLength: 40},
		{Name: "offer_kind", Label: r.T("settings.group.offer"), Kind: ui.Select, Value: d.offerKind, Options: append([]ui.Choice{same}, offerKinds(r, currency)...), Required: true},
		{Name: "offer", Label: r.T("settings.group.offer.value"), Value: d.offer, MaxLength: 200},
	}}
}

func saveGroup(w http.ResponseWriter, r *frame.Request) error {
	g, err := readGroup(r)
	if err != nil {
		return err
	}
	d := dealSent(r)
	t, err := d.own(r)
	if err == nil {
		err = changeGroup(r, t)
	}
	if err == nil {
		return r.Redirect(w, r.To("/settings/terms"), "settings.saved")
	}
	err = renamed(renamed(err, dealFields), map[string]string{"name": "group"})
	return again(w, r, groupFrame(r, g), groupForm(r, r.Text("group"), d), err, func(f ui.Form) ui.Stack { return ui.Stack{f} })
}

// own reads terms of which each part may be left to the program.
func (d deal) own(r *frame.Request) (t terms.Terms, err error) {
	var wrongCommission, wrongOffer error
	if d.commissionKind != inherit {
		var c terms.Commission
		c, wrongCommission = terms.ParseCommission(d.commissionKind, d.commission, r.Program.Currency)
		t.Commission = &c
	}
	if d.offerKind != inherit {
		var o terms.Offer
		o, wrongOffer = terms.ParseOffer(d.offerKind, d.offerValue(), r.Program.Currency)
		t.Offer = &o
	}
	return t, joinFaults(wrongCommission, wrongOffer)
}

func changeGroup(r *frame.Request, t terms.Terms) error {
	name := r.Text("group")
	return r.Update(func(tx *db.Tx) error {
		before, err := groupHere(r, tx)
		if err != nil {
			return err
		}
		after, err := partnerships.UpdateGroup(r.Context(), tx, before.ID, partnerships.GroupChange{Name: &name, Terms: &t})
		if err != nil {
			return err
		}
		return record(r, tx, "group.update", string(before.ID), before, after)
	})
}
