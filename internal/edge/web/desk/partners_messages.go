package desk

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/edge/web/area"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
	"rapport/internal/partner/outreach"
	"rapport/internal/partner/partnerships"
)

// thread is a conversation as both the creator's page and the inbox show it.
type thread struct {
	Messages []message
	Older    string // address of the messages before these
	Form     *ui.Form
	Answer   *ui.Form // notes what was answered elsewhere
	MarkRead string   // where reading is noted, or "": nothing waits, or the reader may not answer
	Empty    string
}

type message struct {
	Author string
	Lines  []string
	At     any
	Ours   bool
	Read   bool
	DM     bool
}

func readThread(r *frame.Request, tx *db.Tx, who partner, page string, mistake error) (thread, error) {
	items, next, err := outreach.Thread(r.Context(), tx, who.ID, r.After())
	if err != nil {
		return thread{}, err
	}
	t := thread{Empty: r.T("inbox.thread.none", "name", who.Creator.Name)}
	waits := false
	for _, m := range slices.Backward(items) {
		ours := m.From == outreach.SideBrand
		waits = waits || !ours && m.ReadAt.IsZero()
		t.Messages = append(t.Messages, message{Author: m.Author, Lines: strings.Split(m.Body, "\n"), At: m.At, Ours: ours, Read: !m.ReadAt.IsZero(), DM: m.Channel == outreach.ChannelDM})
	}
	if next != "" {
		t.Older = page + "?after=" + url.QueryEscape(next)
	}
	if !r.P.Can(r.Program.ID, auth.PermManage) {
		return t, nil
	}
	if waits {
		t.MarkRead = r.To("/inbox/" + string(who.ID) + "/read")
	}
	t.Form = &ui.Form{Action: page, Submit: r.T("inbox.send"), Fields: []ui.Field{{
		Name: "body", Label: r.T("inbox.write", "name", who.Creator.Name), Kind: ui.Area, Value: r.FormValue("body"), MaxLength: 5000, Required: true, Hint: r.T("inbox.write.hint"),
	}}}
	t.Form.Fail(mistake)
	t.Answer = &ui.Form{Action: r.To("/reach/" + string(who.ID) + "/answered"), Submit: r.T("reach.answer.submit"), Look: ui.Modest, Fields: []ui.Field{{
		Name: "body", ID: "answer", Label: r.T("reach.answer.label", "name", who.Creator.Name), Kind: ui.Area, MaxLength: 5000, Required: true, Hint: r.T("reach.answer.hint"),
	}}}
	return t, nil
}

// send writes to a partner and marks what they wrote as read.
func send(r *frame.Request) error {
	return r.Update(func(tx *db.Tx) error {
		p, err := partnershipIn(r, tx, partnerships.ID(r.PathValue("partnership")))
		if err != nil {
			return err
		}
		if _, err := outreach.Send(r.Context(), tx, outreach.New{Partnership: p.ID, From: outreach.SideBrand, Body: r.FormValue("body")}); err != nil {
			return err
		}
		_, err = outreach.MarkRead(r.Context(), tx, p.ID, outreach.SideBrand, "")
		return err
	})
}

type messagesBody struct {
	Head   partnerHead
	Mails  ui.Stack
	Thread thread
}

func partnerMessages(w http.ResponseWriter, r *frame.Request) error {
	return showPartnerMessages(w, r, http.StatusOK, nil)
}

func showPartnerMessages(w http.ResponseWriter, r *frame.Request, status int, mistake error) error {
	var t thread
	var mails ui.Stack
	who, head, err := withPartner(r, func(tx *db.Tx, who partner) (err error) {
		if mails, err = mailsOf(r, tx, who); err != nil {
			return err
		}
		t, err = readThread(r, tx, who, who.url(r, "/messages"), mistake)
		return err
	})
	if err != nil {
		return err
	}
	p := partnerPage(r, who, "/messages")
	if r.P.Can(r.Program.ID, auth.PermManage) {
		p.Primary = &ui.Action{Label: r.T("reach.plan.link"), URL: who.url(r, "/plan")}
	}
	return r.Render(w, status, "desk_partners_messages", p, messagesBody{head, mails, t})
}

func sendToPartner(w http.ResponseWriter, r *frame.Request) error {
	err := send(r)
	if frame.IsMistake(err) {
		return showPartnerMessages(w, r, http.StatusUnprocessableEntity, err)
	}
	if err != nil {
		return err
	}
	return r.Redirect(w, area.PartnerURL(r, partnerships.ID(r.PathValue("partnership")), "/messages"), "inbox.sent")
}
