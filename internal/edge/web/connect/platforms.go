package connect

import (
	"net/http"

	"rapport/internal/base/audit"
	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/edge/platforms"
	"rapport/internal/edge/web/area"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
	"rapport/internal/partner/partnerships"
	"rapport/internal/recruit/creators"
)

// seen is what the page of the platforms is drawn from, read in one state of the database.
type seen struct {
	apps        map[creators.Platform]platforms.App
	quotas      map[creators.Platform][]platforms.Quota
	connections []platforms.Connection
	next        string
	conflicts   []platforms.Conflict
	people      map[creators.ID]creators.Creator
	partners    map[creators.ID]partnerships.Partnership
}

func platformsPage(w http.ResponseWriter, r *frame.Request) error {
	return showPlatforms(w, r, http.StatusOK, nil)
}

func showPlatforms(w http.ResponseWriter, r *frame.Request, status int, cause error) error {
	board := r.Deps().Platforms
	s := seen{quotas: map[creators.Platform][]platforms.Quota{}}
	err := r.View(func(tx *db.Tx) (err error) { return s.read(r, tx, board) })
	if err != nil {
		return err
	}
	p := r.Page("creators", "connect.title")
	p.Lead = r.T("connect.lead")
	p.Tabs = area.CreatorTabs(r, "platforms", nil)
	if r.P.Can(r.Program.ID, auth.PermSettings) {
		p.Primary = &ui.Action{Label: r.T("connect.apps.open"), URL: r.To("/settings/platforms"), Icon: "settings"}
	}
	var body ui.Stack
	if f, ok := fault.As(cause); ok {
		body = append(body, ui.Flash{Tone: ui.Bad, Text: ui.Sentence(f.Message)})
	}
	body = append(body, s.conflictCards(r)...)
	body = append(body, s.accounts(r), askCard(r, s.apps))
	for _, platform := range board.Platforms {
		body = append(body, s.platformCard(r, platform.Rules()))
	}
	return r.Render(w, status, "connect_page", p, body)
}

func (s *seen) read(r *frame.Request, tx *db.Tx, board *platforms.Switchboard) (err error) {
	ctx := r.Context()
	if s.apps, err = platforms.Apps(ctx, tx, board.Box); err != nil {
		return err
	}
	for _, p := range board.Platforms {
		rules := p.Rules()
		if s.quotas[rules.Name], err = platforms.Quotas(ctx, tx, rules, s.apps[rules.Name]); err != nil {
			return err
		}
	}
	page := db.Page{}
	if r.Method == http.MethodGet {
		page = r.After()
	}
	if s.connections, s.next, err = platforms.List(ctx, tx, platforms.Filter{Program: r.Program.ID}, page); err != nil {
		return err
	}
	if s.conflicts, err = platforms.Conflicts(ctx, tx, r.Program.ID); err != nil {
		return err
	}
	var ids []creators.ID
	for _, c := range s.connections {
		ids = append(ids, c.Creator)
	}
	for _, c := range s.conflicts {
		ids = append(ids, c.Creator, c.Other)
	}
	return s.readPeople(r, tx, ids)
}

// readPeople finds the names. Somebody who has no part in the program is not named to it: see conflictCards.
func (s *seen) readPeople(r *frame.Request, tx *db.Tx, ids []creators.ID) (err error) {
	if s.partners, err = partnerships.OfMany(r.Context(), tx, r.Program.ID, ids); err != nil {
		return err
	}
	all, err := creators.FindMany(r.Context(), tx, ids)
	s.people = make(map[creators.ID]creators.Creator, len(all))
	for _, c := range all {
		if _, ours := s.partners[c.ID]; ours {
			s.people[c.ID] = c
		}
	}
	return err
}

func (s *seen) person(r *frame.Request, id creators.ID) ui.Link {
	c, known := s.people[id]
	if !known {
		return ui.Link{Label: r.T("connect.somebody")}
	}
	return ui.Link{Label: c.Name, URL: area.PartnerURL(r, s.partners[id].ID, "")}
}

func (s *seen) conflictCards(r *frame.Request) (cards []ui.Component) {
	for _, c := range s.conflicts {
		who, other := s.person(r, c.Creator), s.person(r, c.Other)
		var acts ui.Actions
		for _, way := range []ui.Link{who, other} {
			if way.URL != "" {
				acts = append(acts, ui.Action{Label: r.T("connect.conflict.open", "name", way.Label), URL: way.URL})
			}
		}
		if r.P.Can(r.Program.ID, auth.PermManage) {
			acts = append(acts, ui.Action{Label: r.T("connect.conflict.settle"), URL: r.To("/platforms/conflicts/" + c.ID + "/settle"), Post: true, Look: ui.Quiet})
		}
		text := r.T("connect.conflict.text", "name", who.Label, "other", other.Label, "handle", c.Handle, "platform", title(r, c.Platform), "when", r.Locale().DateTime(c.At))
		cards = append(cards, ui.Card{Title: r.T("connect.conflict.title"), Body: ui.Stack{ui.Words(text), acts}})
	}
	return cards
}

// accounts is the table of what creators connected.
func (s *seen) accounts(r *frame.Request) ui.Component {
	t := ui.Table{ID: "accounts", Caption: r.T("connect.accounts"), Path: r.To("/platforms"), Query: r.URL.Query(), Next: s.next, Columns: []ui.Column{
		{Key: "creator", Label: r.T("connect.column.creator"), Fixed: true}, {Key: "account", Label: r.T("connect.column.account")},
		{Key: "state", Label: r.T("connect.column.state")}, {Key: "read", Label: r.T("connect.column.read")}, {Key: "trouble", Label: r.T("connect.column.trouble")},
		{Key: "act", Label: r.T("connect.column.act")},
	}, Empty: ui.EmptyState{Icon: "plug", Title: r.T("connect.accounts.none"), Text: r.T("connect.accounts.none.text")}}
	now := r.Deps().DB.Now()
	for _, c := range s.connections {
		who := s.person(r, c.Creator)
		var read any = ui.Nothing{Because: r.T("connect.unread")}
		if !c.LastOKAt.IsZero() {
			read = c.LastOKAt
		}
		t.Rows = append(t.Rows, ui.Row{ID: string(c.ID), Label: who.Label, URL: who.URL, Cells: []any{
			who.Label, title(r, c.Platform) + " @" + c.Handle, badge(r, c), read, joined(trouble(r.Locale(), c, merchant, now), notes(r, c)), refreshAct(r, c),
		}})
	}
	return t
}

func joined(texts ...string) any {
	var all ui.Stack
	for _, text := range texts {
		if text != "" {
			all = append(all, ui.Words(text))
		}
	}
	if all == nil {
		return ui.HTML("")
	}
	return all
}

func refreshAct(r *frame.Request, c platforms.Connection) any {
	if c.State != platforms.StateConnected && c.State != platforms.StateFailing || !r.P.Can(r.Program.ID, auth.PermManage) {
		return ui.HTML("")
	}
	return ui.Action{Label: r.T("connect.refresh"), URL: r.To("/platforms/accounts/" + string(c.ID) + "/refresh"), Post: true, Look: ui.Quiet}
}

// askCard is a message that can be pasted anywhere. Each creator finds the page by signing in; there is no link that knows who they are.
func askCard(r *frame.Request, apps map[creators.Platform]platforms.App) ui.Component {
	link := r.Deps().BaseURL + "/"
	body := ui.Stack{ui.CopyField{Label: r.T("connect.ask.label"), Value: r.T("connect.ask.message", "program", r.Program.Name, "link", link), Multiline: true, Share: true,
		ShareTitle: r.Program.Name, Hint: r.T("connect.ask.hint")}}
	ready := false
	for _, a := range apps {
		ready = ready || a.Connects()
	}
	if !ready {
		body = append(ui.Stack{ui.Flash{Tone: ui.Warn, Text: r.T("connect.ask.noapp")}}, body...)
	}
	return ui.Card{Title: r.T("connect.ask"), Sub: r.T("connect.ask.sub"), Body: body}
}

func (s *seen) platformCard(r *frame.Request, rules platforms.Rules) ui.Component {
	name := string(rules.Name)
	app, set := s.apps[rules.Name]
	state := ui.Badge{Label: r.T("connect.app.none"), Tone: ui.Warn}
	switch {
	case set && app.Connects():
		state = ui.Badge{Label: r.T("connect.app.ready"), Tone: ui.Good}
	case set:
		state = ui.Badge{Label: r.T("connect.app.keyonly"), Tone: ui.Info}
	}
	body := ui.Stack{ui.Definitions{
		{Label: r.T("connect.app"), Value: state},
		{Label: r.T("connect.can"), Value: r.T("connect.can." + name)}, {Label: r.T("connect.cannot"), Value: r.T("connect.cannot." + name)},
		{Label: r.T("connect.instead"), Value: r.T("connect.instead." + name)}, {Label: r.T("connect.keeps"), Value: r.T("connect.keeps." + name)},
	}}
	if set { // nothing can be asked without an app
		for _, q := range s.quotas[rules.Name] {
			body = append(body, quotaOf(r, rules.Name, q))
		}
	}
	if rules.Name == creators.PlatformYouTube || rules.Name == creators.PlatformInstagram { // the two that can be searched
		body = append(body, ui.Actions{{Label: r.T("talking.inside." + name), Icon: "search", URL: r.To("/platforms/" + name + "/search")}})
	}
	if len(rules.Docs) > 0 {
		body = append(body, ways(ui.Link{Label: r.T("connect.docs", "platform", title(r, rules.Name)), URL: rules.Docs[0]}))
	}
	return ui.Card{Title: title(r, rules.Name), Body: body}
}

func refreshAccount(w http.ResponseWriter, r *frame.Request) error {
	c, err := r.Deps().Platforms.RefreshNow(r.Context(), r.Deps().DB, r.Program.ID, platforms.ConnectionID(r.PathValue("account")))
	if frame.IsMistake(err) {
		return showPlatforms(w, r, http.StatusUnprocessableEntity, err)
	}
	if err != nil {
		return err
	}
	if c.Kind == "" {
		return r.Redirect(w, r.To("/platforms"), "connect.refreshed", "handle", c.Handle)
	}
	return r.Redirect(w, r.To("/platforms"), "connect.refresh.failed", "handle", c.Handle, "because", trouble(r.Locale(), c, merchant, r.Deps().DB.Now()))
}

func settleConflict(w http.ResponseWriter, r *frame.Request) error {
	id := r.PathValue("conflict")
	err := r.Update(func(tx *db.Tx) error {
		if err := platforms.Settle(r.Context(), tx, r.Program.ID, id); err != nil {
			return err
		}
		return audit.Record(r.Context(), tx, r.P, r.Program.ID, "platform.conflict.settle", id, nil, nil, "")
	})
	if err != nil {
		return err
	}
	return r.Redirect(w, r.To("/platforms"), "connect.conflict.settled")
}
