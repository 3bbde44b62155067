package setup

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"

	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/idem"
	"rapport/internal/base/secret"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
	"rapport/internal/partner/partnerships"
	"rapport/internal/recruit/creators"
	"rapport/internal/track/links"
)

// chunk is how many creators one transaction takes, so that it stays short.
const chunk = 10

func peopleStep(w http.ResponseWriter, r *frame.Request) error {
	return show(w, r, stepFrame(r, "creators"), peopleParts(r)(peopleForm(r))...)
}

func peopleForm(r *frame.Request) ui.Form {
	once := r.FormValue("once")
	if once == "" {
		once = secret.RandomToken(16) // so that a form that is sent twice adds nobody twice
	}
	return ui.Form{Action: r.To("/start/creators"), Submit: r.T("setup.people.submit"), Hidden: []ui.Pair{{Label: "once", Value: once}}, Fields: []ui.Field{
		{Name: "people", Label: r.T("setup.people.label"), Kind: ui.Area, Rows: 6, Value: r.FormValue("people"), Hint: r.T("setup.people.hint"), Required: true, MaxLength: maxPaste,
			Placeholder: "Maya Ortiz <maya@mail.example>\n@maya.glow tiktok"}}}
}

func peopleParts(r *frame.Request) func(ui.Form) ui.Stack {
	return func(f ui.Form) ui.Stack {
		return ui.Stack{f, ui.Actions{{Label: r.T("setup.people.import"), URL: r.To("/imports"), Icon: "upload"}, {Label: r.T("setup.later"), URL: after(r, "creators"), Icon: "arrow-right"}}}
	}
}

// added is what a chunk brought in, as it is kept to answer the same form again.
type added struct {
	Partnerships []partnerships.ID `json:"partnerships"`
}

func addPeople(w http.ResponseWriter, r *frame.Request) error {
	people, err := parsePeople(r.FormValue("people"))
	var all []partnerships.ID
	for i, some := range slices.Collect(slices.Chunk(people, chunk)) {
		if err == nil {
			var ids []partnerships.ID
			ids, err = addChunk(r, i, some)
			all = append(all, ids...)
		}
	}
	if err != nil {
		return again(w, r, stepFrame(r, "creators"), peopleForm(r), err, peopleParts(r))
	}
	if err := look(r, all[0]); err != nil {
		return err
	}
	return r.Redirect(w, r.To("/start/invite?partnership="+string(all[0])), "setup.people.done", "n", len(all))
}

func addChunk(r *frame.Request, i int, people []person) ([]partnerships.ID, error) {
	once := idem.Request{Principal: r.P.ID, Method: r.Method, Path: r.URL.Path, Body: fmt.Append(nil, people)}
	if token := r.FormValue("once"); token != "" {
		once.Key = fmt.Sprintf("%.200s:%d", token, i)
	}
	_, body, _, err := idem.Run(r.Context(), r.Deps().DB, once, func(tx *db.Tx) (int, []byte, error) {
		var a added
		for _, one := range people {
			id, err := bringIn(r, tx, one)
			if err != nil {
				return 0, nil, err
			}
			a.Partnerships = append(a.Partnerships, id)
		}
		return http.StatusOK, toJSON(a), nil
	})
	if err != nil {
		return nil, err
	}
	var a added
	err = json.Unmarshal(body, &a)
	return a.Partnerships, err
}

// bringIn makes somebody a partner of the program with a code and a link of their own. Who is one already stays as they are.
func bringIn(r *frame.Request, tx *db.Tx, one person) (partnerships.ID, error) {
	c, err := creatorFor(r, tx, one)
	if err != nil {
		return "", err
	}
	known, err := partnerships.Of(r.Context(), tx, r.Program.ID, c.ID)
	switch {
	case err == nil && known.Status.Running():
		return known.ID, nil
	case err != nil && fault.KindOf(err) != fault.KindNotFound:
		return "", err
	}
	p, err := partnerships.Create(r.Context(), tx, partnerships.New{Program: r.Program.ID, Creator: c.ID, Status: partnerships.StatusActive})
	if err != nil {
		return "", err
	}
	if err := equip(r, tx, p, c.Name); err != nil {
		return "", err
	}
	return p.ID, record(r, tx, "partnership.create", string(p.ID), nil, map[string]any{"creator_id": c.ID, "status": p.Status})
}

// creatorFor finds the creator by their account, or makes one.
func creatorFor(r *frame.Request, tx *db.Tx, one person) (creators.Creator, error) {
	n := creators.New{Name: one.name, Contact: creators.Contact{Email: one.email}, Program: r.Program.ID}
	if one.account.Handle == "" {
		return creators.Create(r.Context(), tx, n)
	}
	c, found, err := creators.FindByAccount(r.Context(), tx, one.account)
	if err != nil {
		return c, err
	}
	if !found {
		n.Profiles = []creators.NewProfile{{Platform: one.account.Platform, Handle: one.account.Handle}}
		return creators.Create(r.Context(), tx, n)
	}
	contact, err := creators.ContactOf(r.Context(), tx, r.Program.ID, c.ID)
	if err == nil && contact.Email == "" && one.email != "" {
		contact.Email = one.email
		err = creators.SetContact(r.Context(), tx, r.Program.ID, c.ID, contact)
	}
	return c, err
}

// equip gives a partner what to share, at once.
func equip(r *frame.Request, tx *db.Tx, p partnerships.Partnership, name string) error {
	e, err := links.Equip(r.Context(), tx, r.Program, p, name)
	if err != nil || e.Link.ID == "" {
		return err
	}
	return r.Deps().Links.Now(r.Context(), tx, e.Link)
}
