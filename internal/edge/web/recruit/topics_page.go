package recruit

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
	"rapport/internal/recruit/discovery"
	"rapport/internal/recruit/discovery/meaning"
)

func registerTopics(m *frame.Mux) {
	m.Desk("GET /creators/topics", auth.PermView, showTopics)
	m.Desk("POST /creators/topics", auth.PermSettings, saveTopic)
	m.Desk("POST /creators/topics/remove", auth.PermSettings, removeTopic)
}

const (
	topicsShown = 100 // on one page
	wordsShown  = 6   // of a topic
)

// topics is what the page shows.
type topics struct {
	own  map[string]bool
	all  []meaning.Topic
	by   map[string]meaning.Topic
	open meaning.Topic // being changed; without an id a new one
}

// changesTopics reports whether the reader may change what holds for every program.
func changesTopics(r *frame.Request) bool {
	return r.P.InstallationWide() && r.P.Can("", auth.PermSettings)
}

// showTopics lists the topics; ?topic= opens one of them.
func showTopics(w http.ResponseWriter, r *frame.Request) error {
	return drawTopics(w, r, http.StatusOK, nil)
}

func drawTopics(w http.ResponseWriter, r *frame.Request, status int, wrong error) error {
	t := topics{own: map[string]bool{}, by: map[string]meaning.Topic{}}
	if err := r.View(func(tx *db.Tx) error {
		own, err := discovery.OwnTopics(r.Context(), tx)
		t.read(own)
		return err
	}); err != nil {
		return err
	}
	p := r.Page("creators", "topics.title")
	p.Lead = r.T("topics.lead")
	p.Breadcrumb = []ui.Link{{Label: r.T("creators.title"), URL: r.To("/creators")}}
	body := ui.Stack{t.table(r)}
	switch {
	case changesTopics(r):
		t.open = t.by[r.FormValue("topic")]
		body = append(body, ui.Part{Template: "checkup/anchor", Data: "change"}, t.card(r, wrong))
	default:
		body = append(body, ui.Words(r.T("topics.others")))
	}
	return r.Render(w, status, "recruit_page", p, body)
}

func (t *topics) read(own []meaning.Topic) {
	for _, one := range own {
		t.own[one.ID] = true
	}
	t.all = discovery.AllTopics(own)
	slices.SortFunc(t.all, func(a, b meaning.Topic) int { return cmp.Compare(a.ID, b.ID) })
	for _, one := range t.all {
		t.by[one.ID] = one
	}
}

// path names a topic with those above it: "Beauty › Skincare".
func (t *topics) path(of meaning.Topic) string {
	name := of.Name
	for range meaning.DeepestTopic {
		if of.Parent == "" {
			break
		}
		of = t.by[of.Parent]
		name = of.Name + " › " + name
	}
	return name
}

func (t *topics) table(r *frame.Request) ui.Table {
	q := discovery.Query{Program: r.Program.ID}
	q.Programs, q.Everywhere = r.P.Visible()
	counts := r.Deps().Search.AboutTopics(q)
	list := ui.Table{ID: "topics", Caption: r.T("topics.list"), Path: r.To("/creators/topics"), Query: r.URL.Query(), Columns: []ui.Column{
		{Key: "topic", Label: r.T("search.topic"), Fixed: true}, {Key: "words", Label: r.T("topics.words")}, {Key: "n", Label: r.T("topics.creators"), Figure: true, Hint: r.T("topics.creators.hint")},
		{Key: "whose", Label: r.T("topics.whose")},
	}, Filters: []ui.Filter{{Key: "show", Label: r.T("topics.whose"), Options: []ui.Choice{{Value: "own", Label: r.T("topics.own")}}}},
		Total: r.T("topics.count", "n", len(t.all))} // without filters it is never empty: topics come with the software
	after := r.After().After
	for _, one := range t.all {
		if one.ID <= after || r.FormValue("show") == "own" && !t.own[one.ID] {
			continue
		}
		if len(list.Rows) == topicsShown {
			list.Next = list.Rows[topicsShown-1].ID
			break
		}
		list.Rows = append(list.Rows, t.row(r, one, counts))
	}
	for i := range list.Rows {
		list.Rows[i].ID = "" // nothing is selected here
	}
	return list
}

func (t *topics) row(r *frame.Request, one meaning.Topic, counts map[string]int) ui.Row {
	row := ui.Row{ID: one.ID, Cells: []any{t.path(one), someWords(r, one.Words), t.creators(r, one, counts), t.whose(r, one.ID)}}
	if changesTopics(r) {
		row.URL = r.To("/creators/topics?topic=" + url.QueryEscape(one.ID) + "#change")
	}
	return row
}

// creators leads to who publishes about a topic. While the index does not know the topic as it is now there is no figure.
func (t *topics) creators(r *frame.Request, one meaning.Topic, counts map[string]int) any {
	known, ok := r.Deps().Search.Tree().Find(one.ID)
	if !r.Deps().Search.Ready() || !ok || !slices.Equal(known.Words, one.Words) {
		return ui.Nothing{Because: r.T("topics.counting")}
	}
	if counts[one.ID] == 0 {
		return 0
	}
	return ui.Action{Label: r.Locale().Number(float64(counts[one.ID])), Look: ui.Quiet, URL: r.To("/creators?topic=" + url.QueryEscape(one.ID))}
}

func (t *topics) whose(r *frame.Request, id string) string {
	switch {
	case !t.own[id]:
		return r.T("topics.built_in")
	case discovery.BuiltInTopic(id):
		return r.T("topics.replaced")
	}
	return r.T("topics.own")
}

func someWords(r *frame.Request, words []string) any {
	if len(words) == 0 {
		return ui.Nothing{Because: r.T("topics.words.none")}
	}
	text := strings.Join(words[:min(wordsShown, len(words))], ", ")
	if more := len(words) - wordsShown; more > 0 {
		text = r.T("topics.words.more", "words", text, "n", more)
	}
	return text
}

// card changes the topic that was opened, or adds one.
func (t *topics) card(r *frame.Request, wrong error) ui.Card {
	parents := []ui.Choice{{Value: "", Label: r.T("topics.parent.none")}}
	for _, one := range t.all {
		parents = append(parents, ui.Choice{Value: one.ID, Label: t.path(one)})
	}
	parent := ui.Field{Name: "parent", Label: r.T("topics.parent"), Kind: ui.Select, Options: parents, Value: r.FormValue("parent")}
	card := ui.Card{Title: r.T("topics.new")}
	name, words := t.open.Name, strings.Join(t.open.Words, "\n")
	if t.open.ID != "" {
		parent = ui.Field{Name: "topic", Kind: ui.Hidden, Value: t.open.ID}
		card.Title, card.Action = r.T("topics.change", "topic", t.path(t.open)), t.remove(r)
	}
	if wrong != nil {
		name, words = r.FormValue("name"), r.FormValue("words")
	}
	f := ui.Form{Action: r.To("/creators/topics"), Submit: r.T("topics.save"), Fields: []ui.Field{
		parent, {Name: "name", Label: r.T("topics.name"), Value: name, Required: true, MaxLength: 100},
		{Name: "words", Label: r.T("topics.words"), Kind: ui.Area, Rows: 12, Value: words, MaxLength: longestWords, Hint: r.T("topics.words.hint", "n", meaning.MostTopicWords)},
	}}
	if wrong != nil {
		f.Fail(wrong)
	}
	card.Body = f
	return card
}

// remove takes an own topic away, or gives a built-in one its words back.
func (t *topics) remove(r *frame.Request) *ui.Action {
	if !t.own[t.open.ID] {
		return nil
	}
	kind := "away"
	if discovery.BuiltInTopic(t.open.ID) {
		kind = "back"
	}
	label := r.T("topics.take." + kind)
	return &ui.Action{Label: label, URL: r.To("/creators/topics/remove"), Post: true, Hidden: []ui.Pair{{Label: "topic", Value: t.open.ID}}, Confirm: &ui.Confirm{
		Title: label, What: r.T("topics.take.what." + kind), Undo: r.T("topics.take.undo." + kind), Button: label, Danger: true,
	}}
}
