package portal

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"rapport/internal/base/db"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
	"rapport/internal/partner/outreach"
)

func registerMessages(m *frame.Mux) {
	m.Portal("GET /messages", messages)
	m.Portal("POST /messages", sendMessage)
	m.Portal("POST /messages/read", readMessages)
}

// messagesAPage is what a phone scrolls through; older ones are a tap away.
const messagesAPage = 30

// messagesBody is what "portal_messages" shows, the oldest message first.
type messagesBody struct {
	Older    string
	Messages []message
	Empty    *ui.EmptyState
	Form     *ui.Form
	Locked   bool
	Read     *seen
}

type message struct {
	Mine   bool
	Author string
	Lines  []string
	At     time.Time
	Read   bool // by the brand
}

// seen marks messages as read, by script at once or by a button.
type seen struct{ Action, UpTo string }

func messages(w http.ResponseWriter, r *frame.Request) error {
	return showMessages(w, r, http.StatusOK, nil)
}

func showMessages(w http.ResponseWriter, r *frame.Request, status int, cause error) error {
	var thread []outreach.Message
	var next string
	p, err := see(r, "messages", "messages.title", func(tx *db.Tx) (err error) {
		page := db.Page{Limit: messagesAPage}
		if r.Method == http.MethodGet {
			page.After = r.FormValue("after")
		}
		thread, next, err = outreach.Thread(r.Context(), tx, r.Partnership.ID, page)
		return err
	})
	if err != nil {
		return err
	}
	unread := waitingBehind(p, "messages")
	count(p, "messages", 0) // they are on the page
	b := messagesBody{Locked: r.P.ReadOnly}
	if next != "" {
		b.Older = r.To("/messages?after=" + next)
	}
	for _, m := range slices.Backward(thread) {
		b.Messages = append(b.Messages, message{Mine: m.From == outreach.SideCreator, Author: m.Author, Lines: lines(m.Body), At: m.At, Read: !m.ReadAt.IsZero()})
	}
	if len(thread) == 0 {
		b.Empty = &ui.EmptyState{Icon: "message-circle", Text: r.T("messages.none", "program", r.Program.Name)}
	}
	if !b.Locked {
		b.Form = messageForm(r, cause)
		if unread > 0 && len(thread) > 0 {
			b.Read = &seen{Action: r.To("/messages/read"), UpTo: string(thread[0].ID)}
		}
	}
	return r.Render(w, status, "portal_messages", p, b)
}

func messageForm(r *frame.Request, cause error) *ui.Form {
	f := &ui.Form{Action: r.To("/messages"), Submit: r.T("messages.send"), Fields: []ui.Field{
		{Name: "body", Label: r.T("messages.body", "program", r.Program.Name), Kind: ui.Area, Rows: 3, Required: true, MaxLength: 5000}}}
	if cause != nil {
		f.Fields[0].Value = r.FormValue("body")
		f.Fail(cause)
	}
	return f
}

// sendMessage writes to the brand. What was read to be answered is read.
func sendMessage(w http.ResponseWriter, r *frame.Request) error {
	err := r.Update(func(tx *db.Tx) error {
		if err := tx.Lock(r.Context(), "messages:"+string(r.Partnership.ID)); err != nil {
			return err
		}
		again, err := justSent(r.Context(), tx, r)
		if err != nil || again {
			return err
		}
		_, err = outreach.Send(r.Context(), tx, outreach.New{Partnership: r.Partnership.ID, From: outreach.SideCreator, Body: r.FormValue("body")})
		return err
	})
	if frame.IsMistake(err) {
		return showMessages(w, r, http.StatusUnprocessableEntity, err)
	}
	if err != nil {
		return err
	}
	return r.Redirect(w, r.To("/messages"), "messages.sent")
}

// justSent says whether this very message was sent within the last minute: a second tap on the button.
func justSent(ctx context.Context, tx *db.Tx, r *frame.Request) (bool, error) {
	last, _, err := outreach.Thread(ctx, tx, r.Partnership.ID, db.Page{Limit: 1})
	if err != nil || len(last) == 0 {
		return false, err
	}
	return last[0].From == outreach.SideCreator && last[0].Body == typed(r.FormValue("body")) && tx.Now().Sub(last[0].At) < time.Minute, nil
}

// typed is a text as it is stored: forms end lines in \r\n.
func typed(text string) string {
	return strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n"))
}

func readMessages(w http.ResponseWriter, r *frame.Request) error {
	err := r.Update(func(tx *db.Tx) error {
		_, err := outreach.MarkRead(r.Context(), tx, r.Partnership.ID, outreach.SideCreator, outreach.ID(r.FormValue("up_to")))
		return err
	})
	if err != nil {
		return err
	}
	if r.Header.Get("HX-Request") != "" {
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	return r.Redirect(w, r.To("/messages"), "")
}
