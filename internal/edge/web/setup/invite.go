package setup

import (
	"context"
	"net/http"
	"strings"

	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/notify"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
	"rapport/internal/partner/applications"
	"rapport/internal/partner/partnerships"
	"rapport/internal/recruit/creators"
	"rapport/internal/track/links"
)

// guest is a partner who is about to be invited.
type guest struct {
	partnership partnerships.Partnership
	creator     creators.Creator
	contact     creators.Contact
	code        string
	others      []ui.Choice // the program's partners to choose from, by partnership
}

// mostGuests bounds the partners that are offered to choose from; others are invited from their own page.
const mostGuests = 50

// readGuest finds whom the address names, or else the program's first partner; the partnership is "" where there is none.
func readGuest(r *frame.Request) (g guest, err error) {
	err = r.View(func(tx *db.Tx) error {
		running, _, err := partnerships.List(r.Context(), tx, partnerships.Filter{Program: r.Program.ID, Status: partnerships.StatusActive}, db.Page{Limit: mostGuests})
		if err != nil || len(running) == 0 {
			return err
		}
		if g.partnership = running[0]; r.FormValue("partnership") != "" {
			if g.partnership, err = partnershipHere(r, tx); err != nil {
				return err
			}
		}
		if g.others, err = choices(r.Context(), tx, running); err != nil {
			return err
		}
		return g.read(r, tx)
	})
	return g, err
}

func choices(ctx context.Context, tx *db.Tx, running []partnerships.Partnership) ([]ui.Choice, error) {
	var ids []creators.ID
	for _, p := range running {
		ids = append(ids, p.Creator)
	}
	found, err := creators.FindMany(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	names := map[creators.ID]string{}
	for _, c := range found {
		names[c.ID] = c.Name
	}
	var all []ui.Choice
	for _, p := range running {
		all = append(all, ui.Choice{Value: string(p.ID), Label: names[p.Creator]})
	}
	return all, nil
}

func (g *guest) read(r *frame.Request, tx *db.Tx) (err error) {
	if g.creator, err = creators.Find(r.Context(), tx, g.partnership.Creator); err != nil {
		return err
	}
	if g.contact, err = creators.ContactOf(r.Context(), tx, r.Program.ID, g.creator.ID); err != nil {
		return err
	}
	codes, _, err := links.ListCodes(r.Context(), tx, links.Filter{Program: r.Program.ID, Partnership: g.partnership.ID, Current: true}, db.Page{Limit: 1})
	if len(codes) > 0 {
		g.code = codes[0].Code
	}
	return err
}

func inviteStep(w http.ResponseWriter, r *frame.Request) error {
	g, err := readGuest(r)
	if err != nil {
		return err
	}
	return showInvite(w, r, http.StatusOK, g, nil)
}

// showInvite shows the portal as on a phone, and beside it the invitation or the button that makes one.
func showInvite(w http.ResponseWriter, r *frame.Request, status int, g guest, invitation ui.Component) error {
	p := stepFrame(r, "invite")
	if g.partnership.ID == "" {
		none := ui.EmptyState{Icon: "users", Text: r.T("setup.invite.nobody"), Action: &ui.Action{Label: r.T("setup.steptab.creators"), URL: r.To("/start/creators"), Look: ui.Primary}}
		return r.Render(w, status, "setup_page", p, ui.Stack{none})
	}
	right := ui.Stack{}
	if len(g.others) > 1 {
		right = append(right, ui.Form{Get: true, Action: r.To("/start/invite"), Submit: r.T("setup.invite.choose"), Look: ui.Modest, Fields: []ui.Field{
			{Name: "partnership", Label: r.T("setup.invite.who"), Kind: ui.Select, Value: string(g.partnership.ID), Options: g.others, Required: true}}})
	}
	if invitation == nil {
		invitation = inviteActions(r, g)
	}
	right = append(right, invitation, ui.Actions{{Label: r.T("setup.next"), URL: after(r, "invite"), Icon: "arrow-right"}})
	return r.Render(w, status, "setup_page", p, ui.Stack{ui.Columns{ui.Stack{portalPreview(r, g)}, right}})
}

// portalPreview is the portal in a phone, where the session looks at this creator's; else the button that makes it do so.
func portalPreview(r *frame.Request, g guest) ui.Component {
	if r.Session.ViewingAs == string(g.creator.ID) {
		return ui.Phone{Title: r.T("setup.invite.phone", "name", g.creator.Name), URL: "/c/" + string(g.partnership.ID) + "/"}
	}
	return ui.EmptyState{Icon: "device-mobile", Text: r.T("setup.invite.look.text", "name", g.creator.Name), Action: &ui.Action{
		Label: r.T("setup.invite.look"), URL: r.To("/start/look"), Post: true, Hidden: []ui.Pair{{Label: "partnership", Value: string(g.partnership.ID)}}}}
}

func inviteActions(r *frame.Request, g guest) ui.Component {
	to := []ui.Pair{{Label: "partnership", Value: string(g.partnership.ID)}}
	actions := ui.Actions{{Label: r.T("setup.invite.make"), URL: r.To("/start/invite"), Post: true, Icon: "link", Look: ui.Primary, Hidden: to}}
	if r.Deps().MailSent && g.contact.Email != "" {
		actions = append(actions, ui.Action{Label: r.T("setup.invite.mail", "email", g.contact.Email), URL: r.To("/start/invite"), Post: true, Icon: "mail",
			Hidden: append(to, ui.Pair{Label: "by", Value: "mail"})})
	}
	return ui.Card{Title: r.T("setup.invite.card", "name", g.creator.Name), Sub: r.T("setup.invite.card.sub"), Body: actions}
}

// makeInvitation answers with the page itself: the link in the text is kept nowhere, so it is shown this once.
func makeInvitation(w http.ResponseWriter, r *frame.Request) error {
	g, err := readGuest(r)
	if err != nil {
		return err
	}
	byMail := r.FormValue("by") == "mail" && r.Deps().MailSent && g.contact.Email != ""
	var message string
	err = r.Update(func(tx *db.Tx) error {
		link, err := Invite(r, tx, g.partnership)
		if err != nil {
			return err
		}
		message = r.T("setup.invitation.text", "name", g.creator.Name, "program", r.Program.Name, "code", g.code, "link", link)
		if !byMail {
			return nil
		}
		return notify.Queue(r.Context(), tx, r.Deps().Box, notify.Mail{Program: r.Program.ID, To: g.contact.Email, Subject: r.T("setup.invitation.subject", "program", r.Program.Name), Text: message})
	})
	switch {
	case err != nil:
		return err
	case byMail:
		return r.Redirect(w, r.To("/start/invite?partnership="+string(g.partnership.ID)), "setup.invite.mailed", "email", g.contact.Email)
	}
	shown := ui.Card{Title: r.T("setup.invite.card", "name", g.creator.Name), Sub: r.T("setup.invite.once"), Body: ui.CopyField{
		Label: r.T("setup.invite.text"), Value: message, Multiline: true, Share: true, ShareTitle: r.T("setup.invitation.subject", "program", r.Program.Name)}}
	return showInvite(w, r, http.StatusOK, g, shown)
}

// Invite makes a link that signs a partner in once, valid for a week. It is refused where the creator works with programs that the reader has no part
// in: whoever holds the link sees them too. Such a creator asks for a link at /sign-in/link, which is mailed to them.
func Invite(r *frame.Request, tx *db.Tx, p partnerships.Partnership) (address string, err error) {
	all, err := partnerships.ListByCreator(r.Context(), tx, p.Creator)
	if err != nil {
		return "", err
	}
	for _, other := range all {
		if other.Status != partnerships.StatusProspect && !r.P.Can(other.Program, auth.PermManage) {
			return "", fault.Conflict("works_elsewhere", r.T("setup.invite.elsewhere", "link", r.Deps().BaseURL+"/sign-in/link"))
		}
	}
	c, err := creators.Find(r.Context(), tx, p.Creator)
	if err != nil {
		return "", err
	}
	contact, err := creators.ContactOf(r.Context(), tx, r.Program.ID, c.ID)
	if err != nil {
		return "", err
	}
	user, err := auth.EnsureCreatorUser(r.Context(), tx, string(c.ID), contact.Email, cutName(c.Name), frame.Lang)
	if err != nil {
		return "", err
	}
	token, err := auth.LoginLink(r.Context(), tx, user, auth.PurposeInvite, auth.LinkByHand, r.P.ID)
	if err != nil {
		return "", err
	}
	if err := applications.Invite(r.Context(), tx, p.ID, r.P.Name); err != nil {
		return "", err
	}
	return linkTo(r, token), record(r, tx, "partnership.invite", string(p.ID), nil, nil)
}

// cutName brings a creator's name to the length of a user's.
func cutName(name string) string {
	runes := []rune(name)
	return strings.TrimSpace(string(runes[:min(len(runes), 100)]))
}

// lookStep makes the session look at a creator's portal, for the phone on the page.
func lookStep(w http.ResponseWriter, r *frame.Request) error {
	id := partnerships.ID(r.FormValue("partnership"))
	if err := look(r, id); err != nil {
		return err
	}
	return r.Redirect(w, r.To("/start/invite?partnership="+string(id)), "")
}

func look(r *frame.Request, id partnerships.ID) error {
	return r.Update(func(tx *db.Tx) error {
		p, err := partnerships.Find(r.Context(), tx, id)
		if err == nil && p.Program != r.Program.ID {
			err = fault.NotFound("partnership")
		}
		if err != nil {
			return err
		}
		return view(r, tx, p)
	})
}
