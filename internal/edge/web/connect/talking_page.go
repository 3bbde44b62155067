package connect

import (
	"net/http"

	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/edge/platforms"
	"rapport/internal/edge/platforms/mentions"
	"rapport/internal/edge/web/area"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
	"rapport/internal/partner/partnerships"
	"rapport/internal/recruit/creators"
)

// registerTalking puts the pages of who already talks about a brand, and of the searches inside platforms, on m.
func registerTalking(m *frame.Mux) {
	m.Desk("GET /creators/talking", auth.PermView, talkingPage)
	m.Desk("POST /creators/talking/{mention}/add", auth.PermManage, addMention)
	m.Desk("POST /creators/talking/{mention}/dismiss", auth.PermManage, dismissMention)
	m.Desk("POST /creators/talking/words", auth.PermManage, addWord)
	m.Desk("POST /creators/talking/words/remove", auth.PermManage, removeWord)
	m.Desk("GET /platforms/youtube/search", auth.PermView, youtubePage)
	m.Desk("POST /platforms/youtube/search", auth.PermManage, youtubeAsk)
	m.Desk("POST /platforms/youtube/add", auth.PermManage, youtubeAdd)
	m.Desk("GET /platforms/instagram/search", auth.PermView, instagramPage)
	m.Desk("POST /platforms/instagram/search", auth.PermManage, instagramAsk)
	m.Desk("POST /platforms/instagram/add", auth.PermManage, instagramAdd)
	m.Desk("POST /platforms/instagram/hashtag", auth.PermManage, instagramHashtag)
	m.Desk("POST /platforms/instagram/connect", auth.PermSettings, brandConnect)
	m.Desk("POST /platforms/instagram/disconnect", auth.PermSettings, brandDisconnect)
	m.Signed("GET /connect/instagram/brand", brandCallback)
	m.Open("GET /connect/instagram/hook", hookVerify)
	m.Open("POST /connect/instagram/hook", hookTake)
}

func watch(r *frame.Request) mentions.Watch { return mentions.Watch{Board: r.Deps().Platforms} }

// talking is what the page is drawn from, read in one state of the database.
type talking struct {
	all      []mentions.Mention
	next     string
	counts   map[mentions.State]int
	words    []mentions.Word
	brand    mentions.Brand
	hasBrand bool
	youtube  platforms.App
	people   map[creators.ID]creators.Creator
	partners map[creators.ID]partnerships.Partnership
}

func talkingPage(w http.ResponseWriter, r *frame.Request) error {
	return showTalking(w, r, http.StatusOK, nil)
}

func showTalking(w http.ResponseWriter, r *frame.Request, status int, cause error) error {
	var s talking
	if err := r.View(func(tx *db.Tx) error { return s.read(r, tx) }); err != nil {
		return err
	}
	p := r.Page("creators", "talking.title")
	p.Lead = r.T("talking.lead")
	p.Tabs = area.CreatorTabs(r, "talking", nil)
	body := ui.Stack{s.table(r), s.wordsCard(r, cause), s.brandCard(r), insideCard(r)}
	return r.Render(w, status, "connect_page", p, body)
}

func (s *talking) read(r *frame.Request, tx *db.Tx) (err error) {
	ctx, q := r.Context(), r.URL.Query()
	f := mentions.Filter{State: mentions.State(q.Get("state")), Kind: mentions.Kind(q.Get("kind")), Platform: creators.Platform(q.Get("platform"))}
	page := db.Page{}
	if r.Method == http.MethodGet {
		page = r.After()
	}
	if s.all, s.next, err = mentions.List(ctx, tx, r.Program.ID, f, page); err != nil {
		return err
	}
	if s.counts, err = mentions.Counts(ctx, tx, r.Program.ID); err != nil {
		return err
	}
	if s.words, err = mentions.Words(ctx, tx, r.Program.ID); err != nil {
		return err
	}
	if s.brand, s.hasBrand, err = mentions.FindBrand(ctx, tx, r.Program.ID); err != nil {
		return err
	}
	if s.youtube, _, err = platforms.FindApp(ctx, tx, r.Deps().Box, creators.PlatformYouTube); err != nil {
		return err
	}
	var ids []creators.ID
	for _, m := range s.all {
		if m.Creator != "" {
			ids = append(ids, m.Creator)
		}
	}
	if s.partners, err = partnerships.OfMany(ctx, tx, r.Program.ID, ids); err != nil {
		return err
	}
	people, err := creators.FindMany(ctx, tx, ids)
	s.people = map[creators.ID]creators.Creator{}
	for _, c := range people {
		s.people[c.ID] = c
	}
	return err
}

func (s *talking) table(r *frame.Request) ui.Component {
	t := ui.Table{ID: "talking", Caption: r.T("talking.table"), Path: r.To("/creators/talking"), Query: r.URL.Query(), Next: s.next, Filters: talkingFilters(r),
		Total: r.T("talking.total", "new", s.counts[mentions.StateNew], "prospects", s.counts[mentions.StateProspect]),
		Columns: []ui.Column{{Key: "who", Label: r.T("talking.column.who"), Fixed: true}, {Key: "how", Label: r.T("talking.column.how")},
			{Key: "evidence", Label: r.T("talking.column.evidence")}, {Key: "when", Label: r.T("talking.column.when")},
			{Key: "state", Label: r.T("talking.column.state")}, {Key: "act", Label: r.T("talking.column.act")}},
		Empty: ui.EmptyState{Icon: "message", Title: r.T("talking.none"), Text: r.T("talking.none.text")}}
	for _, m := range s.all {
		row := ui.Row{ID: string(m.ID), Label: m.Account.Handle, Muted: m.State == mentions.StateDismissed}
		name := m.Name
		if c, ok := s.people[m.Creator]; ok {
			name = c.Name
		}
		if p, ok := s.partners[m.Creator]; ok {
			row.URL = area.PartnerURL(r, p.ID, "")
		}
		if name == "" {
			name = "@" + m.Account.Handle
		}
		row.Cells = []any{ui.Person{Name: name, Sub: title(r, m.Account.Platform) + " @" + m.Account.Handle}, r.T("talking.kind."+string(m.Kind), "word", m.Word),
			evidence(r, m), whenOf(r, m), mentionBadge(r, m), mentionActs(r, m)}
		t.Rows = append(t.Rows, row)
	}
	return t
}

func talkingFilters(r *frame.Request) []ui.Filter {
	state, kind := ui.Filter{Key: "state", Label: r.T("talking.column.state")}, ui.Filter{Key: "kind", Label: r.T("talking.column.how")}
	for _, s := range []mentions.State{mentions.StateNew, mentions.StateProspect, mentions.StateDismissed} {
		state.Options = append(state.Options, ui.Choice{Value: string(s), Label: r.T("talking.state." + string(s))})
	}
	for _, k := range mentions.Kinds {
		kind.Options = append(kind.Options, ui.Choice{Value: string(k), Label: r.T("talking.way." + string(k))})
	}
	return []ui.Filter{state, kind}
}

// evidence is the post's words with the way to it, or the order.
func evidence(r *frame.Request, m mentions.Mention) any {
	if m.Kind == mentions.KindOrder {
		return ui.Words(r.T("talking.order", "number", m.Evidence))
	}
	words := m.Excerpt
	if words == "" {
		words = r.T("talking.nowords")
	}
	return quote(r, words, m.Account.Platform, m.URL)
}

// quoted is what somebody said, with the way to it.
type quoted struct{ Words, URL, Label string }

func quote(r *frame.Request, words string, platform creators.Platform, address string) ui.Component {
	return ui.Part{Template: "talking/evidence", Data: quoted{words, address, r.T("talking.open", "platform", title(r, platform))}}
}

func whenOf(r *frame.Request, m mentions.Mention) any {
	if m.PostedAt.IsZero() {
		return ui.Nothing{Because: r.T("talking.undated")}
	}
	return m.PostedAt
}

func mentionBadge(r *frame.Request, m mentions.Mention) ui.Badge {
	b := ui.Badge{Label: r.T("talking.state." + string(m.State))}
	switch m.State {
	case mentions.StateNew:
		b.Tone = ui.Info
	case mentions.StateProspect:
		b.Tone = ui.Good
	case mentions.StateDismissed:
	}
	return b
}

func mentionActs(r *frame.Request, m mentions.Mention) any {
	if !r.P.Can(r.Program.ID, auth.PermManage) {
		return ui.HTML("")
	}
	at := r.To("/creators/talking/" + string(m.ID))
	add := ui.Action{Label: r.T("talking.add"), Icon: "user-plus", URL: at + "/add", Post: true}
	no := ui.Action{Label: r.T("talking.dismiss"), URL: at + "/dismiss", Post: true, Look: ui.Quiet}
	switch m.State {
	case mentions.StateNew:
		return ui.Actions{add, no}
	case mentions.StateDismissed:
		return ui.Actions{add}
	case mentions.StateProspect:
	}
	return ui.Actions{no}
}

func (s *talking) wordsCard(r *frame.Request, cause error) ui.Component {
	body := ui.Stack{ui.Words(r.T("talking.words.text"))}
	if s.youtube.APIKey == "" {
		body = append(body, ui.Flash{Tone: ui.Warn, Text: r.T("talking.words.nokey")})
	}
	may := r.P.Can(r.Program.ID, auth.PermManage)
	for _, w := range s.words {
		facts := ui.Definitions{{Label: w.Text, Value: r.T("talking.about." + string(w.About))}, {Label: r.T("talking.words.asked"), Value: askedAt(r, w)}}
		body = append(body, facts)
		if w.Failure != "" {
			body = append(body, ui.Flash{Tone: ui.Warn, Text: said(r, creators.PlatformYouTube, platforms.FailureKind(w.Failure), "")})
		}
		if may {
			body = append(body, ui.Actions{{Label: r.T("talking.words.remove"), URL: r.To("/creators/talking/words/remove"), Post: true, Look: ui.Quiet,
				Hidden: []ui.Pair{{Label: "word", Value: w.Text}}}})
		}
	}
	if may {
		f := ui.Form{Action: r.To("/creators/talking/words"), Submit: r.T("talking.words.add"), Look: ui.Modest, Fields: []ui.Field{
			{Name: "word", Label: r.T("talking.words.word"), MaxLength: 60, Value: r.Text("word"), Hint: r.T("talking.words.hint")},
			{Name: "about", Label: r.T("talking.words.about"), Kind: ui.Select, Options: []ui.Choice{
				{Value: "brand", Label: r.T("talking.about.brand")}, {Value: "category", Label: r.T("talking.about.category")}}},
		}}
		if cause != nil {
			f.Fail(cause)
		}
		body = append(body, f)
	}
	return ui.Card{Title: r.T("talking.words"), Body: body}
}

func askedAt(r *frame.Request, w mentions.Word) string {
	if w.AskedAt.IsZero() {
		return r.T("talking.words.never")
	}
	return r.T("talking.words.last", "when", r.Locale().DateTime(w.AskedAt), "n", w.Found)
}

// said puts a failure of a platform into words.
func said(r *frame.Request, platform creators.Platform, kind platforms.FailureKind, detail string) string {
	return r.T("connect.failure."+string(kind), "platform", title(r, platform), "detail", detail)
}

// insideCard leads to the searches.
func insideCard(r *frame.Request) ui.Component {
	return ui.Card{Title: r.T("talking.inside"), Body: ui.Stack{ui.Words(r.T("talking.inside.text")), ui.Actions{
		{Label: r.T("talking.inside.youtube"), Icon: "search", URL: r.To("/platforms/youtube/search")},
		{Label: r.T("talking.inside.instagram"), Icon: "search", URL: r.To("/platforms/instagram/search")}}}}
}
