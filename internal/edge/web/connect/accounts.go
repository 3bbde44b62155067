package connect

import (
	"errors"
	"net/http"
	"slices"

	"rapport/internal/base/audit"
	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/edge/platforms"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
	"rapport/internal/recruit/creators"
)

func accountsPage(w http.ResponseWriter, r *frame.Request) error {
	return showAccounts(w, r, http.StatusOK, nil)
}

// mostAccounts is more than anybody has; the page has no second one.
const mostAccounts = 100

// showAccounts is the creator's page: what is connected, what could be, what is read of it, why and for how long.
func showAccounts(w http.ResponseWriter, r *frame.Request, status int, first ui.Component) error {
	board := r.Deps().Platforms
	var all []platforms.Connection
	var apps map[creators.Platform]platforms.App
	var insights map[creators.ProfileID][]platforms.Insight
	err := r.View(func(tx *db.Tx) (err error) {
		if apps, err = platforms.Apps(r.Context(), tx, board.Box); err != nil {
			return err
		}
		all, _, err = platforms.List(r.Context(), tx, platforms.Filter{Program: r.Program.ID, Creator: r.Partnership.Creator}, db.Page{Limit: mostAccounts})
		if err != nil {
			return err
		}
		var profiles []creators.ProfileID
		for _, c := range all {
			profiles = append(profiles, c.Profile)
		}
		insights, err = platforms.InsightsOf(r.Context(), tx, r.Program.ID, profiles)
		return err
	})
	if err != nil {
		return err
	}
	p := r.Page("", "connect.yours.title")
	p.Lead = r.T("connect.yours.lead", "program", r.Program.Name)
	var body ui.Stack
	if first != nil {
		body = append(body, first)
	}
	for _, c := range all {
		body = append(body, accountCard(r, board, c, insights[c.Profile]))
	}
	for _, platform := range board.Platforms {
		rules := platform.Rules()
		has := slices.ContainsFunc(all, func(c platforms.Connection) bool { return c.Platform == rules.Name })
		if apps[rules.Name].Connects() {
			body = append(body, offerCard(r, rules, has))
		}
	}
	if len(body) == 0 {
		body = append(body, ui.EmptyState{Icon: "plug", Title: r.T("connect.yours.none"), Text: r.T("connect.yours.none.text", "program", r.Program.Name)})
	}
	return r.Render(w, status, "connect_page", p, body)
}

func accountCard(r *frame.Request, board *platforms.Switchboard, c platforms.Connection, insights []platforms.Insight) ui.Component {
	facts := ui.Definitions{{Label: r.T("connect.column.state"), Value: badge(r, c)}}
	if !c.LastOKAt.IsZero() {
		facts = append(facts, ui.Pair{Label: r.T("connect.column.read"), Value: c.LastOKAt})
	}
	if !c.Until.IsZero() && (c.State == platforms.StateConnected || c.State == platforms.StateFailing) {
		facts = append(facts, ui.Pair{Label: r.T("connect.until"), Value: r.Locale().Date(c.Until)})
	}
	for _, i := range insights {
		facts = append(facts, ui.Pair{Label: r.T("connect.insight." + i.Metric), Value: insightValue(r, i), Hint: r.T("connect.insight.to", "when", r.Locale().Date(i.To))})
	}
	body := ui.Stack{facts}
	if text := trouble(r.Locale(), c, owner, r.Deps().DB.Now()); text != "" {
		body = append(body, ui.Flash{Tone: ui.Warn, Text: text})
	}
	if text := notes(r, c); text != "" {
		body = append(body, ui.Words(text))
	}
	body = append(body, accountActions(r, board, c))
	return ui.Card{Title: title(r, c.Platform) + " @" + c.Handle, Body: body}
}

func insightValue(r *frame.Request, i platforms.Insight) string {
	if i.Rate {
		return r.Locale().Percent(float64(i.Value) / 1e6)
	}
	return r.Locale().Number(i.Value)
}

func accountActions(r *frame.Request, board *platforms.Switchboard, c platforms.Connection) ui.Component {
	if r.P.ReadOnly {
		return ui.Stack(nil)
	}
	var acts ui.Actions
	if c.State == platforms.StateExpired || c.State == platforms.StateRevoked || c.Kind == platforms.FailurePermissionMissing {
		acts = append(acts, ui.Action{Label: r.T("connect.again"), URL: r.To("/accounts/" + string(c.Platform)), Post: true, Look: ui.Primary,
			Hidden: []ui.Pair{{Label: "connection", Value: string(c.ID)}}})
	}
	effects := []string{r.T("connect.disconnect.stops")}
	if p, err := board.Platform(c.Platform); err == nil && p.Rules().ForgetAll {
		effects = append(effects, r.T("connect.disconnect.deletes"))
	}
	acts = append(acts, ui.Action{Label: r.T("connect.disconnect"), URL: r.To("/accounts/" + string(c.ID) + "/disconnect"), Post: true,
		Confirm: &ui.Confirm{Title: r.T("connect.disconnect.title", "handle", c.Handle), What: r.T("connect.disconnect.what", "platform", title(r, c.Platform), "program", r.Program.Name),
			Effects: effects, Undo: r.T("connect.disconnect.undo"), Button: r.T("connect.disconnect")}})
	return acts
}

// offerCard says what would be read, why and for how long, before anybody is asked.
func offerCard(r *frame.Request, rules platforms.Rules, has bool) ui.Component {
	name := string(rules.Name)
	facts := ui.Definitions{
		{Label: r.T("connect.yours.needs"), Value: r.T("connect.needs." + name)},
		{Label: r.T("connect.yours.reads"), Value: r.T("connect.reads." + name)}, {Label: r.T("connect.yours.why"), Value: r.T("connect.yours.why.text", "program", r.Program.Name)},
		{Label: r.T("connect.yours.long"), Value: r.T("connect.keeps." + name)}, {Label: r.T("connect.yours.never"), Value: r.T("connect.yours.never.text")},
	}
	body := ui.Stack{facts}
	label, look := r.T("connect.yours.connect", "platform", title(r, rules.Name)), ui.Primary
	if has {
		label, look = r.T("connect.yours.another", "platform", title(r, rules.Name)), ui.Secondary
	}
	if !r.P.ReadOnly {
		body = append(body, ui.Actions{{Label: label, URL: r.To("/accounts/" + name), Post: true, Look: look, Icon: "plug"}})
	}
	return ui.Card{Title: title(r, rules.Name), Body: body}
}

// begin writes down that the creator is about to be asked, and leads on by a link: browsers do not follow a form to another site, by our own policy.
func begin(w http.ResponseWriter, r *frame.Request) error {
	name := creators.Platform(r.PathValue("platform"))
	a := platforms.Asker{
		Session: r.Session.ID, Program: r.Program.ID, Partnership: string(r.Partnership.ID), Creator: r.Partnership.Creator,
		Connection: platforms.ConnectionID(r.Text("connection")),
	}
	if a.Connection != "" {
		err := r.View(func(tx *db.Tx) error {
			c, err := platforms.Find(r.Context(), tx, r.Program.ID, a.Connection)
			if err == nil && (c.Creator != a.Creator || c.Platform != name) {
				err = fault.NotFound("connection")
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	address, err := r.Deps().Platforms.Begin(r.Context(), r.Deps().DB, a, name)
	if _, failed := platforms.FailureOf(err); failed {
		return showAccounts(w, r, http.StatusUnprocessableEntity, ui.Flash{Tone: ui.Bad, Text: r.T("connect.refused.noapp", "platform", title(r, name), "program", r.Program.Name)})
	}
	if err != nil {
		return err
	}
	p := r.Page("", "connect.go.title", "platform", title(r, name))
	p.Breadcrumb = []ui.Link{{Label: r.T("connect.yours.title"), URL: r.To("/accounts")}}
	body := ui.Stack{ui.Words(r.T("connect.go.text", "platform", title(r, name))), ui.Words(r.T("connect.reads." + string(name))),
		ui.Actions{{Label: r.T("connect.go", "platform", title(r, name)), URL: address, Look: ui.Primary, Full: true}, {Label: r.T("connect.go.back"), URL: r.To("/accounts"), Look: ui.Quiet}}}
	return r.Render(w, http.StatusOK, "connect_page", p, body)
}

func disconnect(w http.ResponseWriter, r *frame.Request) error {
	board := r.Deps().Platforms
	e, err := board.Disconnect(r.Context(), r.Deps().DB, r.Program.ID, r.Partnership.Creator, platforms.ConnectionID(r.PathValue("account")), false)
	if err != nil {
		return err
	}
	err = r.Update(func(tx *db.Tx) error {
		return audit.Record(r.Context(), tx, r.P, r.Program.ID, "platform.disconnect", string(e.Connection.ID), nil, map[string]any{"platform": e.Connection.Platform, "deleted": e.Forgot}, "")
	})
	if err != nil {
		return err
	}
	key := "connect.disconnected"
	if !e.Told {
		key = "connect.disconnected.there"
	}
	return r.Redirect(w, r.To("/accounts"), key, "platform", title(r, e.Connection.Platform), "where", revokeURL(board, e.Connection.Platform))
}

func revokeURL(board *platforms.Switchboard, name creators.Platform) string {
	p, err := board.Platform(name)
	if err != nil {
		return ""
	}
	return p.Rules().RevokeURL
}

// callback is where a platform sends the browser back. It is a GET that changes something because OAuth has it so: the state it must bring was made
// by a POST of the same session, and is spent.
func callback(w http.ResponseWriter, r *frame.Request) error {
	name := creators.Platform(r.PathValue("platform"))
	if _, err := r.Deps().Platforms.Platform(name); err != nil {
		return err
	}
	q := r.URL.Query()
	c, asked, err := r.Deps().Platforms.Finish(r.Context(), r.Deps().DB, r.Session.ID, name, platforms.Callback{State: q.Get("state"), Code: q.Get("code"), Error: q.Get("error")})
	var refused *platforms.Refused
	if errors.As(err, &refused) {
		return showRefused(w, r, name, refused)
	}
	if err != nil {
		return err
	}
	err = r.Update(func(tx *db.Tx) error {
		return audit.Record(r.Context(), tx, r.P, asked.Program, "platform.connect", string(c.ID), nil, map[string]any{"platform": c.Platform}, "")
	})
	if err != nil {
		return err
	}
	return r.Redirect(w, "/c/"+asked.Partnership+"/accounts", "connect.done", "platform", title(r, name), "handle", c.Handle)
}

// showRefused says why no connection was made and what to do.
func showRefused(w http.ResponseWriter, r *frame.Request, name creators.Platform, refused *platforms.Refused) error {
	text := r.T("connect.refused."+string(refused.Why), "platform", title(r, name), "handle", refused.Handle)
	if refused.Why == platforms.WhyFailed && refused.Failure != nil {
		text += " " + r.T("connect."+what(platforms.Connection{Kind: refused.Failure.Kind}, owner), "platform", title(r, name), "detail", refused.Failure.Detail)
	}
	p := r.Page("", "connect.refused.title", "platform", title(r, name))
	back := "/"
	if refused.Consent.Partnership != "" {
		back = "/c/" + refused.Consent.Partnership + "/accounts"
	}
	return r.Render(w, http.StatusUnprocessableEntity, "connect_page", p, ui.Stack{ui.Words(text), ui.Actions{{Label: r.T("connect.refused.back"), URL: back, Look: ui.Primary}}})
}
