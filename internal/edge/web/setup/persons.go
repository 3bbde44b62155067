package setup

import (
	"net/http"

	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
)

func peoplePage(w http.ResponseWriter, r *frame.Request) error {
	return showPeople(w, r, http.StatusOK, inviteForm(r))
}

func showPeople(w http.ResponseWriter, r *frame.Request, status int, form ui.Form) error {
	var people []auth.Person
	var next string
	err := r.View(func(tx *db.Tx) (err error) {
		people, next, err = auth.ListUsers(r.Context(), tx, r.Program.ID, r.After())
		return err
	})
	if err != nil {
		return err
	}
	table := ui.Table{ID: "people", Caption: r.T("settings.people"), Path: r.To("/settings/people"), Query: r.URL.Query(), Next: next, Columns: []ui.Column{
		{Key: "name", Label: r.T("settings.person.name")}, {Key: "email", Label: r.T("setup.field.email")}, {Key: "role", Label: r.T("settings.person.role")}, {Key: "state", Label: r.T("settings.person.state")}}}
	for _, one := range people {
		table.Rows = append(table.Rows, ui.Row{ID: one.ID, Label: one.DisplayName(), URL: r.To("/settings/people/" + one.ID), Muted: one.Disabled(),
			Cells: []any{one.DisplayName(), one.Email, roleWords(r, one), stateOf(r, one)}})
	}
	return r.Render(w, status, "setup_page", settingsFrame(r, "people"), ui.Stack{table, ui.Card{Title: r.T("settings.person.invite"), Sub: r.T("settings.person.invite.sub"), Body: form}})
}

func roleWords(r *frame.Request, one auth.Person) string {
	if one.Installation != "" {
		return r.T("settings.person.everywhere", "role", r.T("role."+string(one.Installation)))
	}
	return r.T("role." + string(one.Role))
}

func stateOf(r *frame.Request, one auth.Person) any {
	switch {
	case one.Disabled():
		return ui.Badge{Label: r.T("settings.person.disabled")}
	case !one.HasPassword:
		return ui.Badge{Label: r.T("settings.person.invited"), Tone: ui.Warn}
	default:
		return ui.Badge{Label: r.T("settings.person.active"), Tone: ui.Good}
	}
}

func roleField(r *frame.Request, value string) ui.Field {
	f := ui.Field{Name: "role", Label: r.T("settings.person.role"), Kind: ui.Radio, Value: value, Required: true}
	for _, role := range auth.Roles() {
		f.Options = append(f.Options, ui.Choice{Value: string(role), Label: r.T("settings.role." + string(role))})
	}
	return f
}

func inviteForm(r *frame.Request) ui.Form {
	return ui.Form{Action: r.To("/settings/people"), Submit: r.T("settings.person.invite"), Fields: []ui.Field{
		{Name: "name", Label: r.T("settings.person.name"), Value: r.Text("name"), Required: true, MaxLength: 100},
		{Name: "email", Label: r.T("setup.field.email"), Kind: ui.Email, Value: r.Text("email"), Required: true, MaxLength: 254},
		roleField(r, orDefault(r.Text("role"), string(auth.RoleManager))),
	}}
}

// invitePerson gives somebody a role in this program. Who is new gets a link: by mail where mail goes out, else shown to be copied.
func invitePerson(w http.ResponseWriter, r *frame.Request) error {
	var user auth.User
	err := r.Update(func(tx *db.Tx) (err error) {
		user, err = auth.CreateUser(r.Context(), tx, auth.NewUser{Email: r.Text("email"), Name: r.Text("name"), Role: auth.Role(r.Text("role")), Program: r.Program.ID})
		if err != nil {
			return err
		}
		if err := record(r, tx, "user.role", user.ID, nil, map[string]any{"role": r.Text("role")}); err != nil || !r.Deps().MailSent {
			return err
		}
		return mailInvitation(r, tx, user)
	})
	if err != nil {
		status, ok := mistake(err)
		if !ok {
			return err
		}
		form := inviteForm(r)
		form.Fail(err)
		return showPeople(w, r, status, form)
	}
	key := "settings.person.added"
	if r.Deps().MailSent {
		key = "settings.person.mailed"
	}
	return r.Redirect(w, r.To("/settings/people/"+user.ID), key, "name", user.DisplayName())
}

// mailInvitation mails a link to the person's own address; one who has a password is only told.
func mailInvitation(r *frame.Request, tx *db.Tx, user auth.User) error {
	token, err := auth.LoginLink(r.Context(), tx, user.ID, auth.PurposeInvite, auth.LinkByHand, r.P.ID)
	if err != nil {
		return err
	}
	return mailLink(r, tx, user, token, "invite", r.Program)
}

// personHere is the person that the address names, if they have a part in this program.
func personHere(r *frame.Request, tx *db.Tx) (auth.Person, error) {
	user, err := auth.FindUser(r.Context(), tx, r.PathValue("user"))
	if err != nil {
		return auth.Person{}, err
	}
	p, err := auth.PrincipalOf(r.Context(), tx, user.ID)
	if err != nil {
		return auth.Person{}, err
	}
	role, held := p.Roles[r.Program.ID]
	if user.Kind != auth.KindMerchant || !held && user.Installation == "" {
		return auth.Person{}, fault.NotFound("person")
	}
	return auth.Person{User: user, Role: role}, nil
}

// mayActFor refuses to make a link for somebody who may do more than the reader: whoever holds the link has that person's rights.
func mayActFor(r *frame.Request, tx *db.Tx, userID string) error {
	p, err := auth.PrincipalOf(r.Context(), tx, userID)
	if err != nil {
		return err
	}
	refused := fault.Forbidden(r.T("settings.person.notyours"))
	if p.InstallationWide() && !r.P.Can("", auth.PermSettings) {
		return refused
	}
	ids, _ := p.Visible()
	for _, id := range ids {
		if !r.P.Can(id, auth.PermSettings) {
			return refused
		}
	}
	return nil
}

func personPage(w http.ResponseWriter, r *frame.Request) error { return showPerson(w, r, nil) }

// showPerson shows one of the people, and a link that was just made for them.
func showPerson(w http.ResponseWriter, r *frame.Request, link ui.Component) error {
	var one auth.Person
	var actable bool
	err := r.View(func(tx *db.Tx) (err error) {
		if one, err = personHere(r, tx); err != nil {
			return err
		}
		err = mayActFor(r, tx, one.ID)
		actable = err == nil
		if fault.KindOf(err) == fault.KindForbidden {
			return nil
		}
		return err
	})
	if err != nil {
		return err
	}
	p := r.Page("", "settings.person.title", "name", one.DisplayName())
	p.Breadcrumb = []ui.Link{{Label: r.T("settings.title.people"), URL: r.To("/settings/people")}}
	return show(w, r, p, personParts(r, one, actable, link)...)
}

func personParts(r *frame.Request, one auth.Person, actable bool, link ui.Component) ui.Stack {
	parts := ui.Stack{ui.Card{Body: ui.Definitions{{Label: r.T("setup.field.email"), Value: one.Email}, {Label: r.T("settings.person.role"), Value: roleWords(r, one)}, {Label: r.T("settings.person.state"), Value: stateOf(r, one)}}}}
	page := r.To("/settings/people/" + one.ID)
	if link == nil && actable && !one.Disabled() {
		link = ui.Action{Label: r.T("settings.person.link"), URL: page + "/link", Post: true, Icon: "link"}
	}
	if link != nil {
		parts = append(parts, ui.Card{Title: r.T("settings.person.way"), Sub: r.T("settings.person.way.sub"), Body: link})
	}
	if one.Role == "" {
		return append(parts, ui.Words(r.T("settings.person.byinstallation")))
	}
	remove := ui.Action{Label: r.T("settings.person.remove"), URL: page + "/remove", Post: true, Look: ui.Danger, Confirm: &ui.Confirm{Danger: true,
		Title: r.T("settings.person.remove.title", "name", one.DisplayName()), What: r.T("settings.person.remove.what", "program", r.Program.Name), Undo: r.T("settings.person.remove.undo"), Button: r.T("settings.person.remove")}}
	role := ui.Form{Action: page + "/role", Look: ui.Modest, Fields: []ui.Field{roleField(r, string(one.Role))}}
	return append(parts, ui.Card{Body: role}, ui.Actions{remove})
}

func setRole(w http.ResponseWriter, r *frame.Request) error {
	return changePerson(w, r, "user.role", r.To("/settings/people/"+r.PathValue("user")), "settings.saved", func(tx *db.Tx, one auth.Person) (any, error) {
		role := auth.Role(r.Text("role"))
		return map[string]any{"role": role}, auth.SetRole(r.Context(), tx, one.ID, r.Program.ID, role)
	})
}

func removePerson(w http.ResponseWriter, r *frame.Request) error {
	return changePerson(w, r, "user.remove", r.To("/settings/people"), "settings.person.removed", func(tx *db.Tx, one auth.Person) (any, error) {
		return nil, auth.RemoveRole(r.Context(), tx, one.ID, r.Program.ID)
	})
}

func changePerson(w http.ResponseWriter, r *frame.Request, action, to, done string, change func(tx *db.Tx, one auth.Person) (after any, err error)) error {
	err := r.Update(func(tx *db.Tx) error {
		one, err := personHere(r, tx)
		switch {
		case err != nil:
			return err
		case one.Role == "":
			return fault.Forbidden(r.T("settings.person.byinstallation"))
		}
		after, err := change(tx, one)
		if err != nil {
			return err
		}
		return record(r, tx, action, one.ID, map[string]any{"role": one.Role}, after)
	})
	if err != nil {
		return err
	}
	if r.PathValue("user") == r.P.UserID {
		to = "/" // one's own rights are others now
	}
	return r.Redirect(w, to, done)
}

// makePersonLink makes a link to be copied: for who was invited, or has forgotten the password and gets no mail.
func makePersonLink(w http.ResponseWriter, r *frame.Request) error {
	var address string
	err := r.Update(func(tx *db.Tx) error {
		one, err := personHere(r, tx)
		if err != nil {
			return err
		}
		if err := mayActFor(r, tx, one.ID); err != nil {
			return err
		}
		purpose := auth.PurposeReset
		if !one.HasPassword {
			purpose = auth.PurposeInvite
		}
		token, err := auth.LoginLink(r.Context(), tx, one.ID, purpose, auth.LinkByHand, r.P.ID)
		if err != nil {
			return err
		}
		address = linkTo(r, token)
		return record(r, tx, "user.link", one.ID, nil, nil)
	})
	if err != nil {
		return err
	}
	return showPerson(w, r, ui.CopyField{Label: r.T("settings.person.link.label"), Value: address, Hint: r.T("settings.person.link.hint")})
}
