package desk

import (
	"net/http"
	"net/url"

	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/edge/web/area"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
	"rapport/internal/partner/outreach"
	"rapport/internal/partner/partnerships"
	"rapport/internal/recruit/creators"
)

// registerInbox brings what creators wrote, and the answers.
func registerInbox(m *frame.Mux) {
	m.Desk("GET /inbox", auth.PermView, inbox)
	m.Desk("GET /inbox/{partnership}", auth.PermView, conversation)
	m.Desk("POST /inbox/{partnership}", auth.PermManage, reply)
	m.Desk("POST /inbox/{partnership}/read", auth.PermManage, markRead)
}

// inboxLine is one conversation.
type inboxLine struct {
	Name, Sub, URL string
	Excerpt        string
	Ours           bool
	At             any
	Unread         int
}

type inboxBody struct {
	Waiting []inboxLine
	Rest    []inboxLine
	Pager   ui.Pager
	Search  string
	Path    string
	Empty   *ui.EmptyState
}

// longestExcerpt is how much of a message a line shows.
const longestExcerpt = 140

func inbox(w http.ResponseWriter, r *frame.Request) error {
	body := inboxBody{Search: r.FormValue("q"), Path: r.To("/inbox")}
	err := r.View(func(tx *db.Tx) error {
		f := ofProgram(r)
		f.Query = cutText(r.FormValue("q"), 100)
		if r.FormValue("after") == "" {
			waiting, _, err := outreach.Inbox(r.Context(), tx, outreach.SideBrand, f, true, db.Page{})
			if err != nil {
				return err
			}
			if body.Waiting, err = inboxLines(r, tx, waiting); err != nil {
				return err
			}
		}
		all, next, err := outreach.Inbox(r.Context(), tx, outreach.SideBrand, f, false, r.After())
		if err != nil {
			return err
		}
		if next != "" {
			body.Pager.Next = r.To("/inbox?" + url.Values{"after": {next}, "q": {f.Query}}.Encode())
		}
		body.Rest, err = inboxLines(r, tx, readOnes(all))
		return err
	})
	if err != nil {
		return err
	}
	if len(body.Waiting)+len(body.Rest) == 0 && r.FormValue("after") == "" {
		body.Empty = emptyInbox(r)
	}
	return r.Render(w, http.StatusOK, "desk_inbox", r.Page("inbox", "inbox.title"), body)
}

// emptyInbox says how a conversation begins.
func emptyInbox(r *frame.Request) *ui.EmptyState {
	if r.FormValue("q") != "" {
		return &ui.EmptyState{Icon: "search", Title: r.T("inbox.nobody"), Action: &ui.Action{Label: r.T("inbox.all"), URL: r.To("/inbox")}}
	}
	return &ui.EmptyState{Icon: "inbox", Title: r.T("inbox.none"), Text: r.T("inbox.none.text"), Action: &ui.Action{Label: r.T("creators.tab.partners"), Icon: "users", URL: r.To("/creators/partners")}}
}

// readOnes leaves out the conversations that stand above as waiting.
func readOnes(all []outreach.Conversation) (rest []outreach.Conversation) {
	for _, c := range all {
		if c.Unread == 0 {
			rest = append(rest, c)
		}
	}
	return rest
}

func inboxLines(r *frame.Request, tx *db.Tx, all []outreach.Conversation) (lines []inboxLine, err error) {
	ids := make([]creators.ID, len(all))
	for i, c := range all {
		ids[i] = c.Creator
	}
	found, err := creators.FindMany(r.Context(), tx, ids)
	if err != nil {
		return nil, err
	}
	people := make(map[creators.ID]creators.Creator, len(found))
	for _, c := range found {
		people[c.ID] = c
	}
	for _, c := range all {
		excerpt := cutText(c.Last.Body, longestExcerpt)
		if excerpt != c.Last.Body {
			excerpt += "…"
		}
		lines = append(lines, inboxLine{
			Name: people[c.Creator].Name, Sub: area.Accounts(r, people[c.Creator]), URL: r.To("/inbox/" + string(c.Partnership)),
			Excerpt: excerpt, Ours: c.Last.From == outreach.SideBrand, At: c.Last.At, Unread: c.Unread,
		})
	}
	return lines, nil
}

func conversation(w http.ResponseWriter, r *frame.Request) error {
	return showConversation(w, r, http.StatusOK, nil)
}

func showConversation(w http.ResponseWriter, r *frame.Request, status int, mistake error) error {
	var who partner
	var t thread
	err := r.View(func(tx *db.Tx) (err error) {
		if who, err = findPartner(r, tx); err != nil {
			return err
		}
		t, err = readThread(r, tx, who, r.To("/inbox/"+string(who.ID)), mistake)
		return err
	})
	if err != nil {
		return err
	}
	p := r.Page("inbox", "inbox.with", "name", who.Creator.Name)
	p.Breadcrumb = []ui.Link{{Label: r.T("inbox.short"), URL: r.To("/inbox")}}
	p.Secondary = []ui.Action{{Label: r.T("inbox.creator"), Icon: "user", URL: who.url(r, "")}}
	return r.Render(w, status, "desk_inbox_thread", p, t)
}

func reply(w http.ResponseWriter, r *frame.Request) error {
	err := send(r)
	if frame.IsMistake(err) {
		return showConversation(w, r, http.StatusUnprocessableEntity, err)
	}
	if err != nil {
		return err
	}
	return r.Redirect(w, r.To("/inbox/"+r.PathValue("partnership")), "inbox.sent")
}

// markRead notes that what a creator wrote was seen. The page sends it by itself once it is open; without script there is a button.
func markRead(w http.ResponseWriter, r *frame.Request) error {
	err := r.Update(func(tx *db.Tx) error {
		p, err := partnershipIn(r, tx, partnerships.ID(r.PathValue("partnership")))
		if err != nil {
			return err
		}
		_, err = outreach.MarkRead(r.Context(), tx, p.ID, outreach.SideBrand, "")
		return err
	})
	if err != nil {
		return err
	}
	if r.Header.Get("HX-Request") != "" {
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	return r.Redirect(w, r.To("/inbox"), "")
}
