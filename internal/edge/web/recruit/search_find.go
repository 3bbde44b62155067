package recruit

import (
	"net/http"
	"net/url"
	"strings"

	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/edge/web/area"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
	"rapport/internal/partner/partnerships"
	"rapport/internal/recruit/creators"
	"rapport/internal/recruit/discovery"
	"rapport/internal/recruit/vetting"
)

// registerSearch brings the one search, its saved searches and the customers a program describes.
func registerSearch(m *frame.Mux) {
	m.Desk("GET /creators", auth.PermView, findCreators)
	m.Desk("GET /creators/export", auth.PermView, exportFound)
	m.Desk("GET /creators/{creator}/fit", auth.PermView, showFit)
	m.Desk("POST /creators/searches", auth.PermManage, saveSearch)
	m.Desk("POST /creators/searches/{search}", auth.PermManage, openSearch)
	m.Desk("POST /creators/searches/{search}/remove", auth.PermManage, removeSearch)
	m.Desk("GET /targets", auth.PermView, showTargets)
	m.Desk("POST /targets", auth.PermManage, addTarget)
	m.Desk("GET /targets/{target}", auth.PermView, showTarget)
	m.Desk("POST /targets/{target}", auth.PermManage, changeTarget)
	m.Desk("POST /targets/{target}/remove", auth.PermManage, removeTarget)
}

// found is everything the page of the search shows.
type found struct {
	query    discovery.Query
	reading  discovery.Reading // of what was typed, where it was a sentence
	result   discovery.Result
	making   bool  // the index is being made for the first time
	pending  int64 // rows of imports that the index does not know yet
	people   map[creators.ID]creators.Creator
	here     map[creators.ID]partnerships.Partnership
	verdicts map[creators.ID]vetting.Verdict
	targets  []discovery.Target
	lists    []creators.Shortlist
	saved    []discovery.Saved
	counts   map[partnerships.Status]int
	like     alike
}

const (
	longestTyped = 500
	leastFields  = 2 // what a sentence must tell beyond words to be one
)

func findCreators(w http.ResponseWriter, r *frame.Request) error {
	f, err := find(r, r.After())
	if err != nil {
		return err
	}
	p := r.Page("creators", "creators.find.title")
	p.Tabs = area.CreatorTabs(r, "find", f.counts)
	p.Secondary = []ui.Action{{Label: r.T("search.customers"), Icon: "users", URL: r.To("/targets")}, {Label: r.T("search.lists"), Icon: "list-check", URL: r.To("/lists")}}
	p.Secondary = append(p.Secondary, ui.Action{Label: r.T("topics.list"), Icon: "tag", URL: r.To("/creators/topics")})
	if r.P.Can(r.Program.ID, auth.PermManage) {
		p.Primary = &ui.Action{Label: r.T("creators.add"), Icon: "plus", URL: r.To("/creators/new")}
		p.Secondary = append(p.Secondary, ui.Action{Label: r.T("creators.import"), Icon: "upload", URL: r.To("/imports")})
	}
	return r.Render(w, http.StatusOK, "recruit_page", p, f.body(r))
}

// find runs the search of the address.
func find(r *frame.Request, page db.Page) (f found, err error) {
	f.typed(r, cut(r.URL.Query().Get("q"), longestTyped))
	r.Deps().Search.Prepare(r.Context(), f.query)
	err = r.View(func(tx *db.Tx) (err error) {
		if f.targets, err = discovery.Targets(r.Context(), tx, r.Program.ID); err != nil {
			return err
		}
		if f.lists, err = creators.Lists(r.Context(), tx, r.Program.ID); err != nil {
			return err
		}
		if f.saved, err = discovery.Searches(r.Context(), tx, r.Program.ID, r.P.ID); err != nil {
			return err
		}
		if f.counts, err = partnerships.Count(r.Context(), tx, partnerships.Filter{Program: r.Program.ID}); err != nil {
			return err
		}
		if err = f.read(r, tx); err != nil {
			return err
		}
		f.query.Page = page
		if f.pending, err = r.Deps().Search.Pending(r.Context(), tx, r.Program.ID); err != nil {
			return err
		}
		f.result, err = r.Deps().Search.Search(r.Context(), tx, f.query)
		if fault.KindOf(err) == fault.KindUnavailable {
			f.making = true
			return nil
		}
		if err != nil {
			return err
		}
		f.making = f.result.Making
		return f.look(r, tx)
	})
	return f, err
}

// look reads what the page shows of the hits.
func (f *found) look(r *frame.Request, tx *db.Tx) (err error) {
	ids := make([]creators.ID, len(f.result.Items))
	for i, h := range f.result.Items {
		ids[i] = h.Creator
	}
	all, err := creators.FindMany(r.Context(), tx, ids)
	if err != nil {
		return err
	}
	f.people = make(map[creators.ID]creators.Creator, len(all))
	for _, c := range all {
		f.people[c.ID] = c
	}
	if f.here, err = partnerships.OfMany(r.Context(), tx, r.Program.ID, ids); err != nil {
		return err
	}
	f.verdicts, err = vetting.Verdicts(r.Context(), tx, r.Program.ID, ids)
	return err
}

// read makes the query of the address. What is not understood does not filter: an old bookmark still opens.
func (f *found) read(r *frame.Request, tx *db.Tx) error {
	q, v := &f.query, r.URL.Query()
	q.Programs, q.Everywhere = r.P.Visible()
	q.Program = r.Program.ID
	f.typed(r, cut(v.Get("q"), longestTyped))
	if t := v.Get("target"); t != "" {
		found, err := discovery.FindTarget(r.Context(), tx, r.Program.ID, discovery.TargetID(t))
		if err != nil {
			return err
		}
		q.Target = &found
	}
	if err := f.likes(r, tx, v.Get("like")); err != nil {
		return err
	}
	if list := v.Get("shortlist"); list != "" {
		l, err := creators.FindList(r.Context(), tx, r.Program.ID, creators.ListID(list))
		if err != nil {
			return err
		}
		q.List = l.ID
	}
	f.filters(v, tx.Now(), r.Deps().Search.Tree())
	return nil
}

// typed tells words from a sentence about customers: a sentence says where, who, how old or how dear. The words of a sentence rank, they do not filter.
func (f *found) typed(r *frame.Request, text string) {
	f.query.Words = text
	if len(strings.Fields(text)) < 4 {
		return
	}
	reading := r.Deps().Search.Read(text)
	fields := map[string]bool{}
	for _, p := range reading.Parts {
		fields[p.Field] = true
	}
	if len(fields) >= leastFields {
		f.reading, f.query.Words, f.query.Target = reading, "", &reading.Target
	}
}

// cut shortens what was typed to at most so many characters.
func cut(text string, most int) string {
	if all := []rune(text); len(all) > most {
		return string(all[:most])
	}
	return text
}

// body puts the page together: how a sentence was understood, the table, and what else there is to do.
func (f *found) body(r *frame.Request) ui.Stack {
	var parts ui.Stack
	if f.making {
		parts = append(parts, ui.Words(r.T("search.making")))
	}
	if f.result.Own {
		parts = append(parts, ui.Words(r.T("search.own")))
	}
	if f.pending > 0 {
		parts = append(parts, ui.Words(r.T("search.pending", "n", f.pending)))
	}
	parts = append(parts, f.likeParts(r)...)
	parts = append(parts, f.table(r))
	if len(f.saved) > 0 {
		parts = append(parts, ui.Card{Title: r.T("search.saved"), Body: f.savedTable(r), Flush: true})
	}
	if r.P.Can(r.Program.ID, auth.PermManage) && len(r.URL.Query()) > 0 {
		parts = append(parts, ui.Card{Title: r.T("search.save"), Sub: r.T("search.save.sub"), Body: f.saveForm(r)})
	}
	return append(parts, ui.Card{Title: r.T("search.platforms"), Sub: r.T("search.platforms.sub"), Body: insidePlatforms(r)})
}

// insidePlatforms leads to the searches that two platforms allow, with what was typed. Nothing is spent before it is sent there, beside what is left.
func insidePlatforms(r *frame.Request) ui.Component {
	words := "?" + url.Values{"q": {cut(r.Text("q"), 200)}}.Encode()
	return ui.Actions{
		{Label: r.T("talking.inside.youtube"), Icon: "search", URL: r.To("/platforms/youtube/search") + words},
		{Label: r.T("talking.inside.instagram"), Icon: "search", URL: r.To("/platforms/instagram/search") + words},
		{Label: r.T("search.platforms.go"), URL: r.To("/platforms"), Look: ui.Quiet},
	}
}

// understood is a line for each kind of thing that was read, with the words it was read from.
func (f *found) understood(r *frame.Request) ui.Definitions {
	var all ui.Definitions
	at, values, words := map[string]int{}, map[string][]string{}, map[string][]string{}
	for _, p := range f.reading.Parts {
		if _, known := at[p.Field]; !known {
			at[p.Field] = len(all)
			all = append(all, ui.Pair{Label: r.T("search.field." + p.Field)})
		}
		values[p.Field], words[p.Field] = append(values[p.Field], valueWord(r, p.Field, p.Value)), append(words[p.Field], "“"+p.Words+"”")
	}
	for field, i := range at {
		all[i].Value, all[i].Hint = strings.Join(values[field], ", "), r.T("search.read_from", "words", strings.Join(words[field], ", "))
	}
	if rest := f.reading.Target.Words; len(rest) > 0 {
		all = append(all, ui.Pair{Label: r.T("search.field.words"), Value: strings.Join(rest, ", ")})
	}
	return all
}

// valueWord is what was understood, in people's words.
func valueWord(r *frame.Request, field, value string) string {
	switch field {
	case "countries":
		return area.CountryName(value)
	case "values":
		return r.T("search.value." + value)
	case "genders":
		return r.T("search.gender." + value)
	case "price":
		return r.T("search.price." + value)
	case "platforms":
		return area.Platform(r, creators.Platform(value))
	case "tiers":
		return r.T("creators.tier." + value)
	case "topics":
		return topicWord(value)
	}
	return value
}

// topicWord writes beauty.skincare as "beauty › skincare".
func topicWord(id string) string {
	return strings.ReplaceAll(strings.ReplaceAll(id, ".", " › "), "_", " ")
}

func (f *found) table(r *frame.Request) ui.Table {
	t := ui.Table{
		ID: "creators", Caption: r.T("creators.tab.find"), Path: r.To("/creators"), Query: r.URL.Query(), Search: r.T("search.placeholder"),
		Filters: f.narrowing(r), Choose: true, Columns: f.columns(r), Next: f.result.Next, Total: r.T("creators.count", "n", f.result.Total), Export: r.To("/creators/export"),
		Empty: ui.EmptyState{Icon: "users", Title: r.T("creators.none"), Text: r.T("creators.none.text"), Action: &ui.Action{Label: r.T("creators.import"), Icon: "upload", URL: r.To("/imports")}},
	}
	t.Wide = true
	if f.pending > 0 {
		t.Empty = ui.EmptyState{Icon: "users", Title: r.T("search.pending.title"), Text: r.T("search.pending.text"), Action: &ui.Action{Label: r.T("search.pending.again"), Icon: "search", URL: r.To("/creators")}}
	}
	if len(f.reading.Parts) > 0 {
		t.Note = ui.Part{Template: "recruit/understood", Data: ui.Card{Title: r.T("search.understood"), Sub: r.T("search.understood.sub"), Body: f.understood(r)}}
	}
	for _, h := range f.result.Items {
		if c, ok := f.people[h.Creator]; ok {
			t.Rows = append(t.Rows, f.row(r, c, h))
		}
	}
	if !r.P.Can(r.Program.ID, auth.PermManage) {
		if f.pending == 0 {
			t.Empty.Action = nil
		}
		return t
	}
	t.Bulk = []ui.BulkAction{
		{Label: r.T("lists.add"), Icon: "list-check", URL: r.To("/lists/choose"), Dialog: true},
		{Label: r.T("creators.take.prospect"), Icon: "send", URL: r.To("/creators/choose?as=prospect"), Dialog: true},
		{Label: r.T("creators.take.partner"), Icon: "user-plus", URL: r.To("/creators/choose?as=active"), Dialog: true},
	}
	t.Bulk = append(t.Bulk, manyActs(r)...)
	return t
}

func (f *found) columns(r *frame.Request) []ui.Column {
	all := []ui.Column{{Key: "name", Label: r.T("creators.column.name"), Fixed: true}}
	if f.query.Target != nil {
		all = append(all, ui.Column{Key: "fit", Label: r.T("search.column.fit"), Hint: r.T("search.column.fit.hint")})
	}
	if f.ranked() {
		all = append(all, ui.Column{Key: "why", Label: r.T("search.column.why")})
	}
	return append(all, []ui.Column{
		{Key: "verdict", Label: r.T("search.column.verdict")},
		{Key: "tier", Label: r.T("creators.column.tier"), Hint: r.T("creators.column.tier.hint"), Optional: true},
		{Key: "followers", Label: r.T("creators.column.followers"), Figure: true, Hint: r.T("creators.column.followers.hint")},
		{Key: "engagement", Label: r.T("creators.column.engagement"), Figure: true, Hint: r.T("creators.column.engagement.hint")},
		{Key: "country", Label: r.T("creators.column.country")},
		{Key: "category", Label: r.T("creators.column.category"), Optional: true},
		{Key: "language", Label: r.T("creators.column.language"), Optional: true},
		{Key: "status", Label: r.T("creators.column.status")},
		{Key: "like", Label: r.T("search.column.like")},
	}...)
}

// ranked reports whether hits have reasons: words, customers or people to be like were given.
func (f *found) ranked() bool {
	return f.query.Words != "" || f.query.Target != nil || len(f.query.Like) > 0
}

func (f *found) row(r *frame.Request, c creators.Creator, h discovery.Hit) ui.Row {
	main := area.MainProfile(c)
	row := ui.Row{ID: string(c.ID), Label: c.Name, URL: r.To("/creators/" + url.PathEscape(string(c.ID)))}
	status := any(ui.Nothing{Because: r.T("creators.not_here")})
	if here := f.here[c.ID]; here.ID != "" {
		row.URL, status = area.PartnerURL(r, here.ID, ""), area.Status(r, here.Status)
	}
	row.Cells = []any{ui.Person{Name: c.Name, Sub: area.Accounts(r, c)}}
	if f.query.Target != nil {
		row.Cells = append(row.Cells, f.fitCell(r, h))
	}
	if f.ranked() {
		row.Cells = append(row.Cells, whyCell(r, h))
	}
	row.Cells = append(row.Cells, verdictCell(r, f.verdicts[c.ID]), area.Tier(r, c.Tier), area.Count(c.Followers, r.T("creators.followers.unknown")),
		area.Rate(r, main), area.Country(r, c.Country), area.Known(r, main.Category), area.Known(r, c.Language), status,
		ui.Action{Label: r.T("search.alike"), URL: r.To("/creators?like=" + url.QueryEscape(string(c.ID)))})
	return row
}

// fitCell is the fit with the way to its parts.
func (f *found) fitCell(r *frame.Request, h discovery.Hit) any {
	if h.Fit == nil || h.Fit.Sure == 0 {
		return ui.Nothing{Because: r.T("search.fit.unknown")}
	}
	way := url.Values{}
	for _, key := range []string{"q", "target"} {
		if v := r.URL.Query().Get(key); v != "" {
			way.Set(key, v)
		}
	}
	return ui.WhyLink{URL: r.To("/creators/"+url.PathEscape(string(h.Creator))+"/fit") + "?" + way.Encode(), Label: r.T("search.fit", "score", h.Fit.Score, "sure", h.Fit.Sure)}
}

// whyCell says what was found of them; where they wrote nothing of it, by which parts they fit.
func whyCell(r *frame.Request, h discovery.Hit) any {
	var lines []string
	for _, w := range h.Why {
		words := strings.Join(w.Words, ", ")
		if w.Code == "topic" {
			words = topicWord(words)
		}
		lines = append(lines, r.T("search.why."+w.Code, "n", w.Posts, "words", words))
	}
	if len(lines) == 0 && h.Fit != nil {
		lines = fitsBy(r, *h.Fit)
	}
	if len(lines) == 0 {
		return ui.Nothing{Because: r.T("search.why.none")}
	}
	return strings.Join(lines, " · ")
}

// fitsBy names the parts of a fit that are full or nearly so.
func fitsBy(r *frame.Request, fit discovery.Fitness) []string {
	var parts []string
	for _, p := range fit.Parts {
		if p.Known && p.Score >= 75 && len(parts) < 3 {
			parts = append(parts, strings.ToLower(r.T("search.part."+string(p.Name))))
		}
	}
	if parts == nil {
		return nil
	}
	return []string{r.T("search.why.fit", "words", strings.Join(parts, ", "))}
}

func verdictCell(r *frame.Request, v vetting.Verdict) any {
	if v == "" {
		return ui.Nothing{Because: r.T("search.verdict.none")}
	}
	return verdictBadge(r, v)
}
