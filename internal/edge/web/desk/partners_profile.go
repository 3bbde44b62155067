package desk

import (
	"net/http"

	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/edge/web/area"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
	"rapport/internal/partner/partnerships"
	"rapport/internal/recruit/creators"
)

// How much of an account's past a page shows.
const (
	shownSnapshots = 12
	shownPosts     = 10
)

// profilePart is one account with what it showed over time.
type profilePart struct {
	Title     string
	URL       string
	Facts     ui.Definitions
	Bio       string
	Snapshots ui.Table
	Posts     ui.Table
}

type profileBody struct {
	Head    partnerHead
	Parts   []profilePart
	Contact *ui.Form
	Note    *ui.Form
	IDs     []ui.CopyField
}

func partnerProfile(w http.ResponseWriter, r *frame.Request) error {
	return showProfile(w, r, http.StatusOK, nil, nil)
}

func showProfile(w http.ResponseWriter, r *frame.Request, status int, wrongContact, wrongNote error) error {
	var body profileBody
	who, head, err := withPartner(r, func(tx *db.Tx, who partner) (err error) {
		if body.Parts, err = profileParts(r, tx, who.Creator, who.url(r, "/profile")); err != nil {
			return err
		}
		contact, err := creators.ContactOf(r.Context(), tx, r.Program.ID, who.Creator.ID)
		body.Contact, body.Note = contactForm(r, who, contact), noteForm(r, who)
		return err
	})
	if err != nil {
		return err
	}
	body.Head = head
	body.IDs = []ui.CopyField{{Label: r.T("partners.id"), Value: string(who.ID)}, {Label: r.T("creators.id"), Value: string(who.Creator.ID)}}
	fillAgain(r, body.Contact, wrongContact)
	fillAgain(r, body.Note, wrongNote)
	if !r.P.Can(r.Program.ID, auth.PermManage) {
		body.Contact, body.Note = nil, nil
	}
	return r.Render(w, status, "desk_partners_profile", partnerPage(r, who, "/profile"), body)
}

// fillAgain fills a refused form with what was sent.
func fillAgain(r *frame.Request, f *ui.Form, mistake error) {
	if mistake == nil {
		return
	}
	for i := range f.Fields {
		f.Fields[i].Value = r.FormValue(f.Fields[i].Name)
	}
	f.Fail(mistake)
}

func contactForm(r *frame.Request, who partner, c creators.Contact) *ui.Form {
	return &ui.Form{Action: who.url(r, "/contact"), Submit: r.T("partners.contact.save"), Look: ui.Secondary, Fields: []ui.Field{
		{Name: "email", Label: r.T("creators.email"), Kind: ui.Email, Value: c.Email, MaxLength: 254, Autocomplete: "off", Hint: r.T("partners.contact.hint")},
		{Name: "phone", Label: r.T("partners.phone"), Value: c.Phone, MaxLength: creators.LongestPhone, Autocomplete: "off"},
	}}
}

func noteForm(r *frame.Request, who partner) *ui.Form {
	return &ui.Form{Action: who.url(r, "/note"), Submit: r.T("partners.note.save"), Look: ui.Secondary, Fields: []ui.Field{
		{Name: "note", Label: r.T("partners.note"), Kind: ui.Area, Value: who.Note, MaxLength: 5000, Hint: r.T("partners.note.hint")},
	}}
}

func setContact(w http.ResponseWriter, r *frame.Request) error {
	err := r.Update(func(tx *db.Tx) error {
		p, err := partnershipIn(r, tx, partnerships.ID(r.PathValue("partnership")))
		if err != nil {
			return err
		}
		c, err := creators.ContactOf(r.Context(), tx, r.Program.ID, p.Creator)
		if err != nil {
			return err
		}
		c.Email, c.Phone = r.Text("email"), r.Text("phone")
		if err := creators.SetContact(r.Context(), tx, r.Program.ID, p.Creator, c); err != nil {
			return err
		}
		return keepAudit(r, tx, "creator.contact", string(p.Creator), nil, nil, "") // the contact itself is nobody's who reads the audit
	})
	if frame.IsMistake(err) {
		return showProfile(w, r, http.StatusUnprocessableEntity, err, nil)
	}
	if err != nil {
		return err
	}
	return r.Redirect(w, area.PartnerURL(r, partnerships.ID(r.PathValue("partnership")), "/profile"), "partners.contact.saved")
}

func setNote(w http.ResponseWriter, r *frame.Request) error {
	err := r.Update(func(tx *db.Tx) error {
		p, err := partnershipIn(r, tx, partnerships.ID(r.PathValue("partnership")))
		if err != nil {
			return err
		}
		if _, err = partnerships.SetNote(r.Context(), tx, p.ID, r.FormValue("note")); err != nil {
			return err
		}
		return keepAudit(r, tx, "partnership.note", string(p.ID), nil, nil, "")
	})
	if frame.IsMistake(err) {
		return showProfile(w, r, http.StatusUnprocessableEntity, nil, err)
	}
	if err != nil {
		return err
	}
	return r.Redirect(w, area.PartnerURL(r, partnerships.ID(r.PathValue("partnership")), "/profile"), "partners.note.saved")
}

// profileParts show each account with its counts over time and its posts.
func profileParts(r *frame.Request, tx *db.Tx, c creators.Creator, page string) (parts []profilePart, err error) {
	for _, p := range area.MainFirst(c) {
		part := profilePart{Title: r.T("creators.account", "handle", p.Handle, "platform", area.Platform(r, p.Platform)), URL: p.URL, Bio: p.Bio, Facts: profileFacts(r, p)}
		snapshots, _, err := creators.ListSnapshots(r.Context(), tx, p.ID, db.Page{Limit: shownSnapshots})
		if err != nil {
			return nil, err
		}
		posts, _, err := creators.ListPosts(r.Context(), tx, p.ID, db.Page{Limit: shownPosts})
		if err != nil {
			return nil, err
		}
		part.Snapshots, part.Posts = snapshotsTable(r, p, page, snapshots), postsTable(r, p, page, posts)
		parts = append(parts, part)
	}
	return parts, nil
}

func profileFacts(r *frame.Request, p creators.Profile) ui.Definitions {
	facts := ui.Definitions{
		{Label: r.T("creators.column.followers"), Value: area.Count(p.Followers, r.T("creators.followers.unknown"))},
		{Label: r.T("creators.column.tier"), Value: area.Tier(r, p.Tier)},
		{Label: r.T("creators.column.engagement"), Value: area.Rate(r, p), Hint: string(p.Formula)},
		{Label: r.T("creators.column.country"), Value: area.Country(r, p.Country)},
	}
	for _, more := range []ui.Pair{{Label: r.T("creators.column.category"), Value: p.Category}, {Label: r.T("creators.column.language"), Value: p.Language}} {
		if more.Value != "" {
			facts = append(facts, more)
		}
	}
	return facts
}

func snapshotsTable(r *frame.Request, p creators.Profile, page string, all []creators.Snapshot) ui.Table {
	unknown := r.T("creators.unknown")
	t := ui.Table{ID: "counts-" + string(p.ID), Caption: r.T("partners.snapshots"), Path: page, Plain: true, Columns: []ui.Column{
		{Key: "at", Label: r.T("partners.snapshots.at")}, {Key: "followers", Label: r.T("creators.column.followers"), Figure: true},
		{Key: "posts", Label: r.T("partners.posts"), Figure: true}, {Key: "source", Label: r.T("partners.source")},
	}, Empty: ui.EmptyState{Text: r.T("partners.snapshots.none")}}
	for _, s := range all {
		t.Rows = append(t.Rows, ui.Row{Cells: []any{s.TakenAt, area.Count(s.Counts.Followers, unknown), area.Count(s.Counts.Posts, unknown), sourceWord(r, s.Source)}})
	}
	return t
}

func postsTable(r *frame.Request, p creators.Profile, page string, all []creators.Post) ui.Table {
	hidden := r.T("partners.posts.hidden")
	t := ui.Table{ID: "posts-" + string(p.ID), Caption: r.T("partners.posts"), Path: page, Plain: true, Columns: []ui.Column{
		{Key: "at", Label: r.T("partners.posts.at")}, {Key: "caption", Label: r.T("partners.posts.caption")}, {Key: "views", Label: r.T("partners.posts.views"), Figure: true},
		{Key: "likes", Label: r.T("partners.posts.likes"), Figure: true}, {Key: "comments", Label: r.T("partners.posts.comments"), Figure: true},
	}, Empty: ui.EmptyState{Text: r.T("partners.posts.none")}}
	for _, post := range all {
		t.Rows = append(t.Rows, ui.Row{Cells: []any{
			post.PostedAt, area.Known(r, cutText(post.Caption, 80)), area.Count(post.Counts.Views, hidden), area.Count(post.Counts.Likes, hidden), area.Count(post.Counts.Comments, hidden),
		}})
	}
	return t
}

type creatorBody struct{ Parts []profilePart }

// showCreator is the page of somebody who is not in this program yet.
func showCreator(w http.ResponseWriter, r *frame.Request) error {
	var c creators.Creator
	var here partnerships.Partnership
	var body creatorBody
	err := r.View(func(tx *db.Tx) (err error) {
		if c, err = area.VisibleCreator(r, tx, creators.ID(r.PathValue("creator"))); err != nil {
			return err
		}
		of, err := partnerships.OfMany(r.Context(), tx, r.Program.ID, []creators.ID{c.ID})
		if err != nil {
			return err
		}
		here = of[c.ID]
		body.Parts, err = profileParts(r, tx, c, r.To("/creators/"+string(c.ID)))
		return err
	})
	if err != nil {
		return err
	}
	if here.ID != "" {
		http.Redirect(w, r.Request, area.PartnerURL(r, here.ID, ""), http.StatusSeeOther)
		return nil
	}
	p := r.Page("creators", "partners.page")
	p.Title, p.Lead = c.Name, r.T("creators.not_here")
	p.Breadcrumb = []ui.Link{{Label: r.T("creators.title"), URL: r.To("/creators")}}
	p.Secondary = []ui.Action{{Label: r.T("partners.checkup"), Icon: "user-search", URL: r.To("/check-up/" + string(c.ID))}}
	if r.P.Can(r.Program.ID, auth.PermManage) {
		take := func(as string) ui.Action {
			return ui.Action{Label: r.T("creators.take." + as), URL: r.To("/creators/take"), Post: true, Hidden: []ui.Pair{{Label: "id", Value: string(c.ID)}, {Label: "as", Value: as}}}
		}
		prospect := take("prospect")
		p.Primary, p.Secondary = &prospect, append(p.Secondary, take("active"))
	}
	return r.Render(w, http.StatusOK, "desk_creators_one", p, body)
}
