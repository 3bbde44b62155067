package desk

import (
	"net/http"
	"strings"

	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/edge/web/area"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
	"rapport/internal/partner/partnerships"
	"rapport/internal/recruit/creators"
)

type formBody struct {
	Form  ui.Form
	Other []ui.Action // other ways to the same end
	Note  string
}

func newCreator(w http.ResponseWriter, r *frame.Request) error {
	return showNewCreator(w, r, http.StatusOK, creatorForm(r))
}

func showNewCreator(w http.ResponseWriter, r *frame.Request, status int, f ui.Form) error {
	p := r.Page("creators", "creators.new.title")
	p.Breadcrumb = []ui.Link{{Label: r.T("creators.title"), URL: r.To("/creators")}}
	return r.Render(w, status, "desk_creators_form", p, formBody{Form: f, Other: []ui.Action{
		{Label: r.T("creators.paste"), Icon: "clipboard", URL: r.To("/creators/paste")},
		{Label: r.T("creators.import"), Icon: "upload", URL: r.To("/imports")},
	}})
}

// creatorForm asks for one creator; its names are those of the faults.
func creatorForm(r *frame.Request) ui.Form {
	return ui.Form{
		Action: r.To("/creators/new"), Submit: r.T("creators.new.submit"), Cancel: &ui.Link{Label: r.T("ui.cancel"), URL: r.To("/creators")},
		Fields: []ui.Field{
			{Name: "handle", Label: r.T("creators.new.handle"), Hint: r.T("creators.new.handle.hint"), Value: r.FormValue("handle"), MaxLength: 500},
			{Name: "platform", Label: r.T("creators.column.platform"), Kind: ui.Select, Value: r.FormValue("platform"), Options: withNone(r.T("creators.new.platform.none"), area.PlatformChoices(r))},
			{Name: "name", Label: r.T("creators.column.name"), Hint: r.T("creators.new.name.hint"), Value: r.FormValue("name"), MaxLength: creators.LongestName, Autocomplete: "off"},
			{Name: "followers", Label: r.T("creators.column.followers"), Kind: ui.Number, Hint: r.T("creators.new.followers.hint"), Value: r.FormValue("followers"), Min: "0"},
			{Name: "email", Label: r.T("creators.email"), Kind: ui.Email, Hint: r.T("creators.email.hint"), Value: r.FormValue("email"), MaxLength: 254, Autocomplete: "off"},
			{Name: "as", Label: r.T("creators.as"), Kind: ui.Radio, Value: orDefault(r.FormValue("as"), "prospect"), Options: []ui.Choice{
				{Value: "prospect", Label: r.T("creators.as.prospect")}, {Value: "active", Label: r.T("creators.as.active")},
			}, Required: true},
		},
	}
}

func withNone(label string, choices []ui.Choice) []ui.Choice {
	return append([]ui.Choice{{Label: label}}, choices...)
}

func orDefault(value, usual string) string {
	if value == "" {
		return usual
	}
	return value
}

func addCreator(w http.ResponseWriter, r *frame.Request) error {
	var made partnerships.Partnership
	err := func() error {
		n, err := readCreator(r)
		if err != nil {
			return err
		}
		return r.Update(func(tx *db.Tx) (err error) {
			made, _, err = bringIn(r, tx, n, beginAs(r))
			return err
		})
	}()
	if frame.IsMistake(err) {
		if f := creatorForm(r); f.Fail(plainFields(err)) {
			return showNewCreator(w, r, http.StatusUnprocessableEntity, f)
		}
	}
	if err != nil {
		return err
	}
	return r.Redirect(w, area.PartnerURL(r, made.ID, ""), "creators.added")
}

// beginAs is the status that was asked for: a prospect, or a partner at once.
func beginAs(r *frame.Request) partnerships.Status {
	if r.FormValue("as") == string(partnerships.StatusActive) {
		return partnerships.StatusActive
	}
	return partnerships.StatusProspect
}

func readCreator(r *frame.Request) (creators.New, error) {
	n := creators.New{Name: r.Text("name"), Program: r.Program.ID, Contact: creators.Contact{Email: r.Text("email")}}
	if handle := r.Text("handle"); handle != "" {
		n.Profiles = []creators.NewProfile{{Platform: creators.Platform(r.Text("platform")), Handle: handle}}
	}
	if followers := strings.NewReplacer(",", "", " ", "").Replace(r.Text("followers")); followers != "" {
		count := followersOf(followers)
		if count == nil {
			return n, fault.Invalid(r.T("creators.new.followers.wrong")).In("followers")
		}
		if len(n.Profiles) == 0 {
			return n, fault.Invalid(r.T("creators.new.followers.whose")).In("handle")
		}
		n.Profiles[0].Counts.Followers = count
	}
	return n, nil
}

// bringIn makes a creator one of the program's: a new one, or the one that the account belongs to. known tells that the program had them already.
func bringIn(r *frame.Request, tx *db.Tx, n creators.New, as partnerships.Status) (p partnerships.Partnership, known bool, err error) {
	c, err := knownOrNew(r, tx, n)
	if err != nil {
		return p, false, err
	}
	if p, err = partnerships.Of(r.Context(), tx, r.Program.ID, c.ID); err == nil && (p.Status == as || p.Status.Running()) {
		return p, true, nil // a second click changes nothing
	}
	known = err == nil
	if p, err = partnerships.Create(r.Context(), tx, partnerships.New{Program: r.Program.ID, Creator: c.ID, Status: as}); err != nil {
		return p, known, err
	}
	return p, known, keepAudit(r, tx, "partnership.create", string(p.ID), nil, map[string]any{"creator_id": c.ID, "status": p.Status}, "")
}

// knownOrNew finds the creator by the account. What an account shows in public is shared in an installation; the contact is the program's own.
func knownOrNew(r *frame.Request, tx *db.Tx, n creators.New) (creators.Creator, error) {
	if err := creators.CheckSuppressed(r.Context(), tx, r.Deps().Box, n); err != nil {
		return creators.Creator{}, err
	}
	for _, p := range n.Profiles {
		account, err := creators.ParseAccount(p.Platform, p.Handle)
		if err != nil {
			return creators.Creator{}, err
		}
		c, found, err := creators.FindByAccount(r.Context(), tx, account)
		if err != nil {
			return c, err
		}
		if !found {
			continue
		}
		if n.Contact.Email != "" {
			if err := keepContact(r, tx, c.ID, n.Contact); err != nil {
				return c, err
			}
		}
		return c, nil
	}
	return creators.Create(r.Context(), tx, n)
}

// keepContact notes an address where the program has none yet.
func keepContact(r *frame.Request, tx *db.Tx, creator creators.ID, c creators.Contact) error {
	has, err := creators.ContactOf(r.Context(), tx, r.Program.ID, creator)
	if err != nil || has.Email != "" {
		return err
	}
	has.Email = c.Email
	return creators.SetContact(r.Context(), tx, r.Program.ID, creator, has)
}

// plainFields turns "profiles[0].handle" into the name that the form uses.
func plainFields(err error) error {
	first, ok := fault.As(err)
	if !ok {
		return err
	}
	var all []*fault.Error
	for _, one := range append([]*fault.Error{first}, first.Others...) {
		renamed := *one
		renamed.Others = nil
		if _, field, found := strings.Cut(one.Field, "]."); found {
			renamed.Field = field
		}
		all = append(all, &renamed)
	}
	return fault.Join(all...)
}
