package desk

import (
	"net/http"

	"rapport/internal/base/db"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/setup"
	"rapport/internal/edge/web/ui"
	"rapport/internal/partner/partnerships"
)

type inviteBody struct {
	Form  *ui.Form
	Note  string
	Link  *ui.CopyField
	Text  *ui.CopyField
	After string
}

func invitePage(r *frame.Request, who partner) *ui.Page {
	p := r.Page("creators", "partners.invite.title", "name", who.Creator.Name)
	p.Breadcrumb = []ui.Link{{Label: who.Creator.Name, URL: who.url(r, "")}}
	return p
}

func askInvite(w http.ResponseWriter, r *frame.Request) error {
	var who partner
	if err := r.View(func(tx *db.Tx) (err error) { who, err = findPartner(r, tx); return err }); err != nil {
		return err
	}
	return r.Render(w, http.StatusOK, "desk_partners_invite", invitePage(r, who), inviteBody{
		Note: r.T("partners.invite.what"),
		Form: &ui.Form{Action: who.url(r, "/invite"), Submit: r.T("partners.invite.make"), Cancel: &ui.Link{Label: r.T("ui.cancel"), URL: who.url(r, "")}},
	})
}

// makeInvite shows a link that signs the creator in once. It is not stored in readable form, so the page that shows it is the answer itself.
func makeInvite(w http.ResponseWriter, r *frame.Request) error {
	var who partner
	var link string
	err := r.Update(func(tx *db.Tx) (err error) {
		if who, err = findPartner(r, tx); err != nil {
			return err
		}
		link, err = setup.Invite(r, tx, who.Partnership)
		return err
	})
	if err != nil {
		return err
	}
	return r.Render(w, http.StatusOK, "desk_partners_invite", invitePage(r, who), inviteBody{
		Link:  &ui.CopyField{Label: r.T("partners.invite.link"), Value: link, Share: true, ShareTitle: r.T("partners.invite.title", "name", who.Creator.Name), Hint: r.T("partners.invite.once")},
		Text:  &ui.CopyField{Label: r.T("partners.invite.text"), Value: inviteText(r, who, link), Multiline: true, Hint: r.T("partners.invite.text.hint")},
		After: who.url(r, ""),
	})
}

// inviteText says who writes, what it is about and that posts must be marked, so that it can be pasted anywhere.
func inviteText(r *frame.Request, who partner, link string) string {
	what := r.T("partners.invite.words.new")
	if who.Status == partnerships.StatusActive {
		what = r.T("partners.invite.words.partner")
	}
	return r.T("partners.invite.words", "name", firstWord(who.Creator.Name), "program", r.Program.Name, "what", what, "link", link, "sender", r.P.Name)
}

func firstWord(name string) string {
	for i, c := range name {
		if c == ' ' {
			return name[:i]
		}
	}
	return name
}
