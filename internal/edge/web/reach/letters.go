package reach

import (
	"net/http"
	"net/url"

	"rapport/internal/base/audit"
	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/programs"
	"rapport/internal/edge/mail/inbound"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
	"rapport/internal/partner/outreach"
	"rapport/internal/partner/partnerships"
	"rapport/internal/recruit/creators"
)

//icons: mail-check check x

// letters are the mails that nothing proves to be anybody's, as the page needs them.
type letters struct {
	items []outreach.Kept
	next  string
	names map[partnerships.ID]string
	seen  inbound.Seen
}

func showLetters(w http.ResponseWriter, r *frame.Request) error {
	return drawLetters(w, r, http.StatusOK, "", nil)
}

// drawLetters draws the page; mistake is of the form of one letter.
func drawLetters(w http.ResponseWriter, r *frame.Request, status int, of outreach.LetterID, mistake error) error {
	var all letters
	err := r.View(func(tx *db.Tx) (err error) {
		if all.items, all.next, err = outreach.Letters(r.Context(), tx, r.Program.ID, r.P.InstallationWide(), r.After()); err != nil {
			return err
		}
		var guessed []partnerships.ID
		for _, k := range all.items {
			if k.Partnership != "" {
				guessed = append(guessed, k.Partnership)
			}
		}
		if all.names, err = namesOf(r, tx, guessed); err != nil || r.Deps().Mailbox == nil {
			return err
		}
		all.seen, err = r.Deps().Mailbox.State(r.Context(), tx)
		return err
	})
	if err != nil {
		return err
	}
	p := r.Page("creators", "reach.letters.title")
	p.Lead = r.T("reach.letters.lead")
	p.Breadcrumb = []ui.Link{{Label: r.T("reach.title"), URL: r.To("/reach")}}
	parts := ui.Stack{ui.Words(mailboxWords(r, all.seen))}
	for _, k := range all.items {
		parts = append(parts, all.card(r, k, of, mistake))
	}
	if len(all.items) == 0 {
		parts = append(parts, ui.EmptyState{Icon: "mail-check", Title: r.T("reach.letters.none"), Text: r.T("reach.letters.none.text")})
	}
	if all.next != "" {
		parts = append(parts, ui.Pager{Next: r.To("/reach/letters?after=" + url.QueryEscape(all.next))})
	}
	return r.Render(w, status, "reach_page", p, parts)
}

// mailboxWords say how the looks into the mailbox go.
func mailboxWords(r *frame.Request, seen inbound.Seen) string {
	switch {
	case r.Deps().Mailbox == nil:
		return r.T("reach.mailbox.none")
	case seen.Trouble != "":
		return r.T("reach.mailbox." + string(seen.Trouble))
	case seen.LookedAt.IsZero():
		return r.T("reach.mailbox.soon")
	}
	return r.T("reach.mailbox.read", "when", r.Locale().DateTime(seen.LookedAt))
}

func (all letters) card(r *frame.Request, k outreach.Kept, of outreach.LetterID, mistake error) ui.Component {
	card := ui.Card{Title: k.Subject, Sub: r.T("reach.letter.from", "from", k.From, "when", r.Locale().DateTime(k.At))}
	if card.Title == "" {
		card.Title = r.T("reach.letter.no_subject")
	}
	body := paragraphs(k.Body)
	if r.P.Can(r.Program.ID, auth.PermManage) {
		body = append(body, all.acts(r, k, of, mistake)...)
	}
	card.Body = body
	return card
}

func (all letters) acts(r *frame.Request, k outreach.Kept, of outreach.LetterID, mistake error) (parts ui.Stack) {
	to := r.To("/reach/letters/" + url.PathEscape(string(k.ID)))
	dismiss := ui.Action{Label: r.T("reach.letter.dismiss"), Icon: "x", Post: true, URL: to + "/dismiss"}
	if name := all.names[k.Partnership]; name != "" {
		return ui.Stack{
			ui.Words(r.T("reach.letter.guess", "name", name)),
			ui.Actions{{Label: r.T("reach.letter.is", "name", name), Icon: "check", Post: true, URL: to + "/give", Hidden: []ui.Pair{{Label: "partnership", Value: string(k.Partnership)}}}, dismiss},
		}
	}
	form := ui.Form{Action: to + "/give", Submit: r.T("reach.letter.give"), Fields: []ui.Field{
		{Name: "who", ID: "who_" + string(k.ID), Label: r.T("reach.letter.who"), Hint: r.T("reach.letter.who.hint"), MaxLength: 100, Required: true, Autocomplete: "off"},
	}}
	if k.ID == of {
		form.Fields[0].Value = r.FormValue("who")
		form.Fail(mistake)
	}
	return ui.Stack{form, ui.Actions{dismiss}}
}

func giveLetter(w http.ResponseWriter, r *frame.Request) error {
	id := outreach.LetterID(r.PathValue("letter"))
	var name string
	err := r.Update(func(tx *db.Tx) error {
		to, err := whose(r, tx, r.Text("who"))
		if err != nil {
			return err
		}
		message, err := outreach.GiveLetter(r.Context(), tx, r.Program.ID, r.P.InstallationWide(), id, to)
		if err != nil {
			return err
		}
		name = message.Author
		return audit.Record(r.Context(), tx, r.P, r.Program.ID, "letter.give", string(to), nil, map[string]any{"message": message.ID}, "")
	})
	if frame.IsMistake(err) {
		return drawLetters(w, r, http.StatusUnprocessableEntity, id, err)
	}
	if err != nil {
		return err
	}
	return r.Redirect(w, r.To("/reach/letters"), "reach.letter.given", "name", name)
}

// whose is the partnership that is sent along, or else the one partner of the program whose name or account was typed.
func whose(r *frame.Request, tx *db.Tx, who string) (partnerships.ID, error) {
	if sent := r.FormValue("partnership"); sent != "" {
		return partnerships.ID(sent), nil
	}
	if who == "" {
		return "", fault.Invalid(r.T("reach.letter.who.empty")).In("who")
	}
	program := r.Program.ID
	found, _, err := creators.List(r.Context(), tx, creators.Filter{Program: program, Programs: []programs.ID{program}, Query: who}, db.Page{Limit: 2})
	switch {
	case err != nil:
		return "", err
	case len(found) == 0:
		return "", fault.Invalid(r.T("reach.letter.who.nobody")).In("who")
	case len(found) > 1:
		return "", fault.Invalid(r.T("reach.letter.who.many")).In("who")
	}
	p, err := partnerships.Of(r.Context(), tx, program, found[0].ID)
	return p.ID, err
}

func dismissLetter(w http.ResponseWriter, r *frame.Request) error {
	id := r.PathValue("letter")
	err := r.Update(func(tx *db.Tx) error {
		if err := outreach.DismissLetter(r.Context(), tx, r.Program.ID, r.P.InstallationWide(), outreach.LetterID(id)); err != nil {
			return err
		}
		return audit.Record(r.Context(), tx, r.P, r.Program.ID, "letter.dismiss", id, nil, nil, "")
	})
	if err != nil {
		return err
	}
	return r.Redirect(w, r.To("/reach/letters"), "reach.letter.dismissed")
}
