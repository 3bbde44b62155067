package connect

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/edge/platforms"
	"rapport/internal/edge/platforms/mentions"
	"rapport/internal/edge/platforms/youtube"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
	"rapport/internal/partner/partnerships"
	"rapport/internal/recruit/creators"
)

// known marks who is in the program, or was judged, already.
type known struct {
	partners map[creators.Account]partnerships.Partnership
	decided  map[creators.Account]mentions.State
}

func readKnown(r *frame.Request, tx *db.Tx, cards []mentions.Card) (k known, err error) {
	var accounts []creators.Account
	for _, c := range cards {
		accounts = append(accounts, c.Account)
	}
	if k.decided, err = mentions.Decided(r.Context(), tx, r.Program.ID, accounts); err != nil {
		return k, err
	}
	refs, err := creators.Known(r.Context(), tx, accounts)
	if err != nil {
		return k, err
	}
	var ids []creators.ID
	for _, ref := range refs {
		if !ref.Hidden {
			ids = append(ids, ref.Creator)
		}
	}
	here, err := partnerships.OfMany(r.Context(), tx, r.Program.ID, ids)
	k.partners = map[creators.Account]partnerships.Partnership{}
	for key, ref := range refs {
		if p, ok := here[ref.Creator]; ok {
			k.partners[key] = p
		}
	}
	return k, err
}

// results shows what a search found, with what adds an account.
func results(r *frame.Request, page mentions.Page, k known, addTo string) ui.Component {
	t := ui.Table{ID: "found", Caption: r.T("talking.found"), Path: r.URL.Path, Total: r.T("talking.found.at", "n", len(page.Cards), "when", r.Locale().DateTime(page.At)),
		Columns: []ui.Column{{Key: "who", Label: r.T("talking.column.who"), Fixed: true}, {Key: "followers", Label: r.T("creators.column.followers"), Figure: true},
			{Key: "country", Label: r.T("creators.column.country")}, {Key: "evidence", Label: r.T("talking.column.evidence")}, {Key: "act", Label: r.T("talking.column.act")}},
		Empty: ui.EmptyState{Icon: "search", Title: r.T("talking.found.none"), Text: r.T("talking.found.none.text")}}
	for _, c := range page.Cards {
		var followers, country any = ui.Nothing{Because: r.T("talking.found.hidden")}, ui.Nothing{Because: r.T("talking.found.hidden")}
		if c.Followers != nil {
			followers = *c.Followers
		}
		if c.Country != "" {
			country = c.Country
		}
		what := quote(r, strings.TrimSpace(c.Title+" "+c.About), c.Account.Platform, c.URL)
		t.Rows = append(t.Rows, ui.Row{ID: c.AccountID, Label: c.Name, Cells: []any{
			ui.Person{Name: c.Name, Sub: "@" + c.Account.Handle}, followers, country, what, foundAct(r, c, k, addTo)}})
	}
	return t
}

func foundAct(r *frame.Request, c mentions.Card, k known, addTo string) any {
	if p, ok := k.partners[c.Account.Key()]; ok {
		return ui.Stack{ui.Badge{Label: r.T("talking.known"), Tone: ui.Info}, ui.Words(r.T("status." + string(p.Status)))}
	}
	if k.decided[c.Account.Key()] == mentions.StateDismissed {
		return ui.Badge{Label: r.T("talking.state.dismissed")}
	}
	if !r.P.Can(r.Program.ID, auth.PermManage) {
		return ui.HTML("")
	}
	account := c.AccountID
	if c.Account.Platform == creators.PlatformInstagram {
		account = c.Account.Handle
	}
	return ui.Action{Label: r.T("talking.addprospect"), Icon: "user-plus", URL: r.To(addTo), Post: true, Hidden: []ui.Pair{
		{Label: "account", Value: account}, {Label: "video", Value: c.Evidence}, {Label: "back", Value: r.URL.RawQuery}}}
}

func youtubeQuery(r *frame.Request) youtube.Query {
	q := youtube.Query{Words: r.Text("q"), Finds: youtube.Finds(r.Text("type")), Region: r.Text("country"), Language: r.Text("language"), Topic: r.Text("topic"),
		Order: youtube.Order(r.Text("order")), Paid: r.Text("paid") != "", Page: r.Text("page")}
	if days, err := strconv.Atoi(r.Text("days")); err == nil && days > 0 && days <= 3650 {
		q.After = r.Deps().DB.Now().Truncate(24*60*60*1e9).AddDate(0, 0, -days)
	}
	return q
}

// searchAddress is where a search can be seen again.
func searchAddress(r *frame.Request, path string, fields ...string) string {
	v := url.Values{}
	for _, f := range fields {
		if text := r.Text(f); text != "" {
			v.Set(f, text)
		}
	}
	return r.To(path) + "?" + v.Encode()
}

var youtubeFields = []string{"q", "type", "country", "language", "topic", "order", "days", "paid", "page"}

func youtubePage(w http.ResponseWriter, r *frame.Request) error {
	return showYouTube(w, r, http.StatusOK, "", nil)
}

func showYouTube(w http.ResponseWriter, r *frame.Request, status int, trouble string, cause error) error {
	d, q := r.Deps().DB, youtubeQuery(r)
	var found mentions.Page
	kept := false
	if r.Text("q") != "" && cause == nil {
		var err error
		if found, kept, err = watch(r).KeptYouTube(r.Context(), d, q); err != nil {
			if !frame.IsMistake(err) {
				return err
			}
			cause = err
		}
	}
	var app platforms.App
	var quotas []platforms.Quota
	var k known
	err := r.View(func(tx *db.Tx) (err error) {
		if app, _, err = platforms.FindApp(r.Context(), tx, r.Deps().Box, creators.PlatformYouTube); err != nil {
			return err
		}
		if quotas, err = platforms.Quotas(r.Context(), tx, youtube.Rules(), app); err != nil {
			return err
		}
		k, err = readKnown(r, tx, found.Cards)
		return err
	})
	if err != nil {
		return err
	}
	p := r.Page("creators", "talking.youtube.title")
	p.Lead = r.T("talking.youtube.lead")
	p.Breadcrumb = []ui.Link{{Label: r.T("talking.title"), URL: r.To("/creators/talking")}}
	var body ui.Stack
	if trouble != "" {
		body = append(body, ui.Flash{Tone: ui.Bad, Text: trouble})
	}
	if app.APIKey == "" {
		body = append(body, ui.EmptyState{Icon: "plug", Title: r.T("talking.youtube.nokey"), Text: r.T("talking.youtube.nokey.text"), Action: settingsWay(r)})
		return r.Render(w, status, "connect_page", p, body)
	}
	body = append(body, ui.Card{Title: r.T("talking.cost"), Body: ui.Stack{ui.Words(r.T("talking.youtube.cost")), quotaOf(r, creators.PlatformYouTube, quotas[0])}})
	if r.P.Can(r.Program.ID, auth.PermManage) {
		body = append(body, youtubeForm(r, cause))
	}
	if kept {
		body = append(body, results(r, found, k, "/platforms/youtube/add"))
	}
	return r.Render(w, status, "connect_page", p, body)
}

func settingsWay(r *frame.Request) *ui.Action {
	if !r.P.Can(r.Program.ID, auth.PermSettings) {
		return nil
	}
	return &ui.Action{Label: r.T("connect.apps.open"), URL: r.To("/settings/platforms")}
}

func youtubeForm(r *frame.Request, cause error) ui.Form {
	topics := []ui.Choice{{Label: r.T("talking.any")}}
	for _, t := range youtube.Topics {
		topics = append(topics, ui.Choice{Value: t.ID, Label: r.T("talking.topic." + t.Name)})
	}
	orders := []ui.Choice{{Value: "relevance", Label: r.T("talking.order.relevance")}, {Value: "date", Label: r.T("talking.order.date")}, {Value: "viewCount", Label: r.T("talking.order.views")}}
	days := []ui.Choice{{Label: r.T("talking.any")}, {Value: "30", Label: r.T("talking.days", "n", 30)}, {Value: "90", Label: r.T("talking.days", "n", 90)}, {Value: "365", Label: r.T("talking.days", "n", 365)}}
	f := ui.Form{Action: r.To("/platforms/youtube/search"), Submit: r.T("talking.youtube.search", "n", youtube.SearchCost), Fields: []ui.Field{
		{Name: "q", Label: r.T("talking.q"), Value: r.Text("q"), MaxLength: 200, Required: true, Hint: r.T("talking.q.hint")},
		{Name: "type", Label: r.T("talking.type"), Kind: ui.Select, Value: r.Text("type"), Options: []ui.Choice{{Value: "video", Label: r.T("talking.type.video")}, {Value: "channel", Label: r.T("talking.type.channel")}}},
		{Name: "country", Label: r.T("talking.country"), Value: r.Text("country"), MaxLength: 2, Placeholder: "DE"},
		{Name: "language", Label: r.T("talking.language"), Value: r.Text("language"), MaxLength: 2, Placeholder: "de"},
		{Name: "topic", Label: r.T("talking.topic"), Kind: ui.Select, Value: r.Text("topic"), Options: topics},
		{Name: "order", Label: r.T("talking.sort"), Kind: ui.Select, Value: r.Text("order"), Options: orders},
		{Name: "days", Label: r.T("talking.since"), Kind: ui.Select, Value: r.Text("days"), Options: days},
		{Name: "paid", Label: r.T("talking.paid"), Kind: ui.Check, Checked: r.Text("paid") != "", Hint: r.T("talking.paid.hint")},
	}}
	if cause != nil {
		f.Fail(cause)
	}
	return f
}

func youtubeAsk(w http.ResponseWriter, r *frame.Request) error {
	_, err := watch(r).SearchYouTube(r.Context(), r.Deps().DB, youtubeQuery(r))
	if f, failed := platforms.FailureOf(err); failed {
		return showYouTube(w, r, http.StatusUnprocessableEntity, said(r, creators.PlatformYouTube, f.Kind, f.Detail), nil)
	}
	if frame.IsMistake(err) {
		return showYouTube(w, r, http.StatusUnprocessableEntity, "", err)
	}
	if err != nil {
		return err
	}
	return r.Redirect(w, searchAddress(r, "/platforms/youtube/search", youtubeFields...), "")
}

func youtubeAdd(w http.ResponseWriter, r *frame.Request) error {
	arrived, err := watch(r).AddChannel(r.Context(), r.Deps().DB, r.Program.ID, r.Text("account"), r.Text("video"))
	if f, failed := platforms.FailureOf(err); failed {
		return showYouTube(w, r, http.StatusUnprocessableEntity, said(r, creators.PlatformYouTube, f.Kind, f.Detail), nil)
	}
	return afterAdd(w, r, arrived, err, "/platforms/youtube/search", youtubeFields)
}

// afterAdd leads back to the search that showed the account.
func afterAdd(w http.ResponseWriter, r *frame.Request, arrived mentions.Arrived, err error, path string, fields []string) error {
	if f, ok := fault.As(err); ok && frame.IsMistake(err) {
		return r.Redirect(w, r.To(path), "talking.notadded", "because", ui.Sentence(f.Message))
	}
	if err != nil {
		return err
	}
	back, _ := url.ParseQuery(r.Text("back")) //nolint:errcheck // what cannot be read leads back to the empty search
	for key := range back {
		if !slices.Contains(fields, key) {
			back.Del(key)
		}
	}
	key := "talking.addedone"
	switch {
	case arrived.LeftAlone > 0:
		key = "talking.leftalone"
	case arrived.Unclear > 0:
		key = "talking.unclear"
	}
	return r.Redirect(w, r.To(path)+"?"+back.Encode(), key)
}
