package recruit

import (
	"net/http"

	"time"

	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/money"
	"rapport/internal/edge/web/area"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
	"rapport/internal/recruit/creators"
)

// knowledge is everything a program knows of somebody beyond figures.
type knowledge struct {
	person
	tags       []creators.Tag
	audiences  map[creators.ProfileID][]creators.Audience
	work       []creators.Collaboration
	price      creators.Price
	notes      []creators.Note
	lists      []creators.Shortlist
	duplicates []creators.Duplicate
	others     map[creators.ID]creators.Creator // of the duplicates
	posts      map[creators.PostID]creators.Post
	snapshots  map[creators.ProfileID][]creators.Snapshot
	mayErase   bool
}

func showKnown(w http.ResponseWriter, r *frame.Request) error { return drawKnown(w, r, "", nil) }

// drawKnown draws the page; the form whose name is given shows the mistake.
func drawKnown(w http.ResponseWriter, r *frame.Request, form string, mistake error) error {
	var k knowledge
	if err := r.View(func(tx *db.Tx) (err error) { k, err = readKnowledge(r, tx); return err }); err != nil {
		return err
	}
	status := http.StatusOK
	if mistake != nil {
		status = http.StatusUnprocessableEntity
	}
	parts := ui.Stack{}
	for _, section := range []func(*frame.Request, knowledge, *ui.Form) ui.Component{
		duplicatesCard, accountsCard, tagsCard, audienceCard, workCard, priceCard, notesCard, leaveCard,
	} {
		var add *ui.Form
		if r.P.Can(r.Program.ID, auth.PermManage) {
			add = &ui.Form{}
		}
		if c := section(r, k, add); c != nil {
			parts = append(parts, refilled(r, c, add, form, mistake))
		}
	}
	return r.Render(w, status, "recruit_page", knownPage(r, k.person), parts)
}

// refilled puts what was sent and the mistake back into the form that was refused.
func refilled(r *frame.Request, c ui.Component, f *ui.Form, form string, mistake error) ui.Component {
	if f == nil || mistake == nil || f.Action == "" || !hasSuffix(f.Action, form) {
		return c
	}
	for i := range f.Fields {
		f.Fields[i].Value = r.FormValue(f.Fields[i].Name)
	}
	f.Fail(mistake)
	return c
}

func hasSuffix(address, end string) bool {
	return len(address) >= len(end) && address[len(address)-len(end):] == end
}

func readKnowledge(r *frame.Request, tx *db.Tx) (k knowledge, err error) {
	ctx := r.Context()
	if k.person, err = findPerson(r, tx); err != nil {
		return k, err
	}
	id := k.Creator.ID
	tags, err := creators.TagsOf(ctx, tx, r.Program.ID, []creators.ID{id})
	if err != nil {
		return k, err
	}
	work, err := creators.CollaborationsOf(ctx, tx, r.Program.ID, []creators.ID{id})
	if err != nil {
		return k, err
	}
	prices, err := creators.PricesOf(ctx, tx, r.Program.ID, []creators.ID{id})
	if err != nil {
		return k, err
	}
	k.tags, k.work, k.price = tags[id], work[id], prices[id]
	if k.notes, err = creators.NotesOf(ctx, tx, r.Program.ID, id); err != nil {
		return k, err
	}
	if k.lists, err = creators.ListsOf(ctx, tx, r.Program.ID, id); err != nil {
		return k, err
	}
	return k, k.readMore(r, tx)
}

func (k *knowledge) readMore(r *frame.Request, tx *db.Tx) (err error) {
	ctx := r.Context()
	var profiles []creators.ProfileID
	for _, p := range k.Creator.Profiles {
		profiles = append(profiles, p.ID)
	}
	if k.audiences, err = creators.AudienceOf(ctx, tx, r.Program.ID, profiles); err != nil {
		return err
	}
	if k.snapshots, err = creators.SnapshotsOf(ctx, tx, profiles, ""); err != nil {
		return err
	}
	var evidence []creators.PostID
	for _, t := range k.tags {
		evidence = append(evidence, t.Post)
	}
	for _, c := range k.work {
		evidence = append(evidence, c.Post)
	}
	if k.posts, err = creators.FindPosts(ctx, tx, evidence); err != nil {
		return err
	}
	if k.duplicates, err = creators.DuplicatesOf(ctx, tx, r.Program.ID, k.Creator); err != nil {
		return err
	}
	var others []creators.ID
	for _, d := range k.duplicates {
		others = append(others, d.Other)
	}
	found, err := creators.FindMany(ctx, tx, others)
	if err != nil {
		return err
	}
	k.others = map[creators.ID]creators.Creator{}
	for _, c := range found {
		k.others[c.ID] = c
	}
	k.mayErase, err = mayChange(r, tx, auth.PermSettings, k.Creator.ID)
	return err
}

// withForm puts a form under a part of a card.
func withForm(what ui.Component, f *ui.Form) ui.Component {
	if f == nil {
		return what
	}
	return ui.Stack{what, f}
}

func duplicatesCard(r *frame.Request, k knowledge, f *ui.Form) ui.Component {
	if len(k.duplicates) == 0 || f == nil {
		return nil
	}
	t := ui.Table{ID: "duplicates", Caption: r.T("person.duplicates"), Path: k.url(r, "/known"), Plain: true, Columns: []ui.Column{
		{Key: "name", Label: r.T("creators.column.name")}, {Key: "accounts", Label: r.T("person.accounts")}, {Key: "why", Label: r.T("person.because")}, {Key: "do", Label: r.T("person.do")},
	}}
	for _, d := range k.duplicates {
		other := k.others[d.Other]
		t.Rows = append(t.Rows, ui.Row{Cells: []any{
			other.Name, area.Accounts(r, other), r.T("person.likeness." + string(d.Because)),
			ui.Action{Label: r.T("person.merge.look"), URL: k.url(r, "/merge?other=") + string(d.Other), Icon: "arrows-join"},
		}})
	}
	return ui.Card{Title: r.T("person.duplicates"), Body: t}
}

func accountsCard(r *frame.Request, k knowledge, f *ui.Form) ui.Component {
	t := ui.Table{ID: "accounts", Caption: r.T("person.accounts"), Path: k.url(r, "/known"), Plain: true, Columns: []ui.Column{
		{Key: "account", Label: r.T("person.account")}, {Key: "followers", Label: r.T("creators.column.followers"), Figure: true}, {Key: "tier", Label: r.T("creators.column.tier")},
		{Key: "rate", Label: r.T("creators.column.engagement"), Figure: true}, {Key: "at", Label: r.T("person.counted")}, {Key: "source", Label: r.T("person.source")}, {Key: "do", Label: r.T("person.do")},
	}, Empty: ui.EmptyState{Text: r.T("person.accounts.none")}}
	for _, p := range area.MainFirst(k.Creator) {
		t.Rows = append(t.Rows, ui.Row{URL: p.URL, Cells: []any{
			r.T("creators.account", "handle", p.Handle, "platform", area.Platform(r, p.Platform)), area.Count(p.Followers, r.T("creators.followers.unknown")),
			area.Tier(r, p.Tier), area.Rate(r, p), day(r, p.CountedAt), newestSource(r, k.snapshots[p.ID]), accountActions(r, k, p, f != nil),
		}})
	}
	parts := ui.Stack{t}
	if c, ok := followersChart(r, k); ok {
		parts = append(parts, c)
	}
	if f != nil {
		*f = ui.Form{Action: k.url(r, "/accounts"), Submit: r.T("person.account.add"), Look: ui.Secondary, Fields: []ui.Field{
			{Name: "handle", ID: "account-handle", Label: r.T("creators.new.handle"), Hint: r.T("creators.new.handle.hint"), MaxLength: 500, Required: true},
			{Name: "platform", ID: "account-platform", Label: r.T("creators.column.platform"), Kind: ui.Select, Options: append([]ui.Choice{{Label: r.T("creators.new.platform.none")}}, area.PlatformChoices(r)...)},
		}}
		parts = append(parts, f)
	}
	return ui.Card{Title: r.T("person.accounts"), Sub: r.T("person.accounts.what"), Body: parts}
}

func accountActions(r *frame.Request, k knowledge, p creators.Profile, may bool) any {
	if !may || len(k.Creator.Profiles) < 2 {
		return ui.Nothing{Because: r.T("person.account.only")}
	}
	hidden := []ui.Pair{{Label: "profile", Value: string(p.ID)}}
	acts := ui.Actions{}
	if p.ID == k.Creator.Main {
		acts = append(acts, ui.Action{Label: r.T("person.main"), Icon: "star", Disabled: r.T("person.main.is"), Look: ui.Quiet})
	} else {
		acts = append(acts, ui.Action{Label: r.T("person.main.choose"), Icon: "star", URL: k.url(r, "/accounts/main"), Post: true, Hidden: hidden, Look: ui.Quiet})
	}
	return append(acts, ui.Action{Label: r.T("person.remove"), Icon: "trash", URL: k.url(r, "/accounts/remove"), Post: true, Hidden: hidden, Look: ui.Quiet, Confirm: &ui.Confirm{
		Title: r.T("person.account.remove.title", "handle", p.Handle), What: r.T("person.account.remove.what"), Undo: r.T("person.cannot_undo"), Button: r.T("person.remove"), Danger: true,
	}})
}

// mostSteps is how many moments a chart shows.
const mostSteps = 60

// followersChart shows the main account's followers over time.
func followersChart(r *frame.Request, k knowledge) (c ui.Chart, ok bool) {
	all := k.snapshots[k.Creator.Main]
	c = ui.Chart{ID: "followers", Title: r.T("person.chart"), Kind: ui.Line, Unit: r.T("person.chart.unit"), XTitle: r.T("person.chart.day")}
	line := ui.Series{Name: area.Platform(r, area.MainProfile(k.Creator).Platform)}
	for _, s := range oldestFirst(all) {
		if s.Counts.Followers == nil {
			continue
		}
		c.Steps = append(c.Steps, r.Locale().Date(s.TakenAt))
		line.Values = append(line.Values, new(float64(*s.Counts.Followers)))
	}
	if cut := len(c.Steps) - mostSteps; cut > 0 {
		c.Steps, line.Values = c.Steps[cut:], line.Values[cut:]
	}
	c.Series = []ui.Series{line}
	return c, len(c.Steps) > 1
}

func oldestFirst(all []creators.Snapshot) []creators.Snapshot {
	out := make([]creators.Snapshot, len(all))
	for i, s := range all {
		out[len(all)-1-i] = s
	}
	return out
}

func newestSource(r *frame.Request, all []creators.Snapshot) any {
	if len(all) == 0 {
		return ui.Nothing{Because: r.T("creators.unknown")}
	}
	return sourceWord(r, all[0].Source)
}

// sourceWord says where something is from.
func sourceWord(r *frame.Request, source string) string {
	switch source {
	case creators.SourceEntered, creators.SourceImport, creators.SourceCaption:
		return r.T("person.source." + source)
	default:
		return source
	}
}

// day is a date, or the dash for what has none.
func day(r *frame.Request, t time.Time) any {
	if t.IsZero() {
		return ui.Nothing{Because: r.T("person.when.unknown")}
	}
	return r.Locale().Date(t)
}

// proof is where a piece of knowledge comes from: a post and its date, or who said so and when.
func proof(r *frame.Request, k knowledge, post creators.PostID, posted time.Time, source, by string, at time.Time) any {
	if p, known := k.posts[post]; known && p.URL != "" {
		return ui.Action{Label: r.T("person.proof.post", "date", r.Locale().Date(p.PostedAt)), URL: p.URL, Icon: "external-link", Look: ui.Quiet}
	}
	if post != "" {
		return r.T("person.proof.post", "date", r.Locale().Date(posted))
	}
	if by == "" {
		return r.T("person.proof.source", "source", sourceWord(r, source), "date", r.Locale().Date(at))
	}
	return r.T("person.proof.word", "name", by, "source", sourceWord(r, source), "date", r.Locale().Date(at))
}

func removal(r *frame.Request, to string, may bool, hidden ...ui.Pair) any {
	if !may {
		return ui.Nothing{Because: r.T("person.not_yours")}
	}
	return ui.Action{Label: r.T("person.remove"), Icon: "trash", URL: to, Post: true, Hidden: hidden, Look: ui.Quiet}
}

func tagsCard(r *frame.Request, k knowledge, f *ui.Form) ui.Component {
	t := ui.Table{ID: "tags", Caption: r.T("person.tags"), Path: k.url(r, "/known"), Plain: true, Columns: []ui.Column{
		{Key: "text", Label: r.T("person.tag")}, {Key: "kind", Label: r.T("person.tag.kind")}, {Key: "proof", Label: r.T("person.proof")}, {Key: "do", Label: r.T("person.do")},
	}, Empty: ui.EmptyState{Text: r.T("person.tags.none")}}
	for _, tag := range k.tags {
		t.Rows = append(t.Rows, ui.Row{Cells: []any{
			tag.Text, r.T("person.kind." + string(tag.Kind)), proof(r, k, tag.Post, tag.PostedAt, tag.Source, tag.MadeBy, tag.At),
			removal(r, k.url(r, "/tags/remove"), f != nil && tag.Program != "", ui.Pair{Label: "kind", Value: string(tag.Kind)}, ui.Pair{Label: "text", Value: tag.Text}),
		}})
	}
	if f != nil {
		*f = ui.Form{Action: k.url(r, "/tags"), Submit: r.T("person.tag.add"), Look: ui.Secondary, Fields: []ui.Field{
			{Name: "kind", ID: "tag-kind", Label: r.T("person.tag.kind"), Kind: ui.Select, Value: string(creators.TagFree), Required: true, Options: []ui.Choice{
				{Value: string(creators.TagFree), Label: r.T("person.kind.tag")}, {Value: string(creators.TagTopic), Label: r.T("person.kind.topic")}, {Value: string(creators.TagValue), Label: r.T("person.kind.value")},
			}},
			{Name: "text", ID: "tag-text", Label: r.T("person.tag"), Hint: r.T("person.tag.hint"), MaxLength: creators.LongestTag, Required: true, Autocomplete: "off"},
		}}
	}
	return ui.Card{Title: r.T("person.tags"), Sub: r.T("person.tags.what"), Body: withForm(t, f)}
}

func audienceCard(r *frame.Request, k knowledge, f *ui.Form) ui.Component {
	t := ui.Table{ID: "audience", Caption: r.T("person.audience"), Path: k.url(r, "/known"), Plain: true, Columns: []ui.Column{
		{Key: "account", Label: r.T("person.account")}, {Key: "what", Label: r.T("person.audience.who")}, {Key: "share", Label: r.T("person.audience.share"), Figure: true},
		{Key: "source", Label: r.T("person.source")}, {Key: "at", Label: r.T("person.audience.at")},
	}, Empty: ui.EmptyState{Text: r.T("person.audience.none")}}
	var accounts []ui.Choice
	for _, p := range area.MainFirst(k.Creator) {
		name := r.T("creators.account", "handle", p.Handle, "platform", area.Platform(r, p.Platform))
		accounts = append(accounts, ui.Choice{Value: string(p.ID), Label: name})
		for _, a := range k.audiences[p.ID] {
			for _, s := range a.Slices {
				t.Rows = append(t.Rows, ui.Row{Cells: []any{
					name, r.T("person.dimension."+string(s.Dimension), "key", s.Key), r.Locale().Percent(float64(s.ShareBP) / 1e4), sourceWord(r, a.Source), day(r, a.TakenAt),
				}})
			}
		}
	}
	if f != nil && len(accounts) > 0 {
		*f = ui.Form{Action: k.url(r, "/audience"), Submit: r.T("person.audience.save"), Look: ui.Secondary, Fields: []ui.Field{
			{Name: "profile", ID: "audience-profile", Label: r.T("person.account"), Kind: ui.Select, Options: accounts, Value: accounts[0].Value, Required: true},
			{Name: "source", ID: "audience-source", Label: r.T("person.audience.source"), Hint: r.T("person.audience.source.hint"), MaxLength: creators.LongestSource, Required: true},
			{Name: "taken_on", ID: "audience-on", Label: r.T("person.audience.at"), Kind: ui.Date, Hint: r.T("person.audience.on.hint")},
			{Name: "country", ID: "audience-country", Label: r.T("person.audience.countries"), Hint: r.T("person.audience.countries.hint"), MaxLength: 2000},
			{Name: "age", ID: "audience-age", Label: r.T("person.audience.ages"), Hint: r.T("person.audience.ages.hint"), MaxLength: 2000},
			{Name: "gender", ID: "audience-gender", Label: r.T("person.audience.genders"), Hint: r.T("person.audience.genders.hint"), MaxLength: 2000},
		}}
	} else {
		f = nil
	}
	return ui.Card{Title: r.T("person.audience"), Sub: r.T("person.audience.what"), Body: withForm(t, f)}
}

func workCard(r *frame.Request, k knowledge, f *ui.Form) ui.Component {
	t := ui.Table{ID: "work", Caption: r.T("person.work"), Path: k.url(r, "/known"), Plain: true, Columns: []ui.Column{
		{Key: "brand", Label: r.T("person.brand")}, {Key: "at", Label: r.T("person.when")}, {Key: "note", Label: r.T("person.work.words")}, {Key: "proof", Label: r.T("person.proof")}, {Key: "do", Label: r.T("person.do")},
	}, Empty: ui.EmptyState{Text: r.T("person.work.none")}}
	for _, c := range k.work {
		t.Rows = append(t.Rows, ui.Row{Cells: []any{
			c.Brand, day(r, c.At), area.Known(r, c.Note), proof(r, k, c.Post, c.At, c.Source, c.MadeBy, c.At),
			removal(r, k.url(r, "/work/remove"), f != nil && c.Program != "", ui.Pair{Label: "work", Value: string(c.ID)}),
		}})
	}
	if f != nil {
		*f = ui.Form{Action: k.url(r, "/work"), Submit: r.T("person.work.add"), Look: ui.Secondary, Fields: []ui.Field{
			{Name: "brand", ID: "work-brand", Label: r.T("person.brand"), MaxLength: 100, Required: true, Autocomplete: "off"},
			{Name: "when", ID: "work-when", Label: r.T("person.when"), Kind: ui.Date},
			{Name: "note", ID: "work-note", Label: r.T("person.work.note"), MaxLength: 500},
		}}
	}
	return ui.Card{Title: r.T("person.work"), Sub: r.T("person.work.what"), Body: withForm(t, f)}
}

func priceCard(r *frame.Request, k knowledge, f *ui.Form) ui.Component {
	var facts ui.Component = ui.Words(r.T("person.price.none"))
	value := ""
	if k.price.Currency != "" {
		asked := money.Amount{Minor: k.price.Minor, Currency: money.Currency(k.price.Currency)}
		value = asked.String()
		facts = ui.Definitions{
			{Label: r.T("person.price.asks"), Value: asked}, {Label: r.T("person.source"), Value: sourceWord(r, k.price.Source)}, {Label: r.T("person.when"), Value: day(r, k.price.At)},
		}
	}
	if f != nil {
		*f = ui.Form{Action: k.url(r, "/price"), Submit: r.T("person.price.save"), Look: ui.Secondary, Fields: []ui.Field{
			{Name: "amount", ID: "price-amount", Label: r.T("person.price.amount"), Kind: ui.MoneyIn, Value: value, Suffix: string(r.Program.Currency), Required: true},
		}}
	}
	return ui.Card{Title: r.T("person.price"), Body: withForm(facts, f)}
}

func notesCard(r *frame.Request, k knowledge, f *ui.Form) ui.Component {
	t := ui.Table{ID: "notes", Caption: r.T("person.notes"), Path: k.url(r, "/known"), Plain: true, Columns: []ui.Column{
		{Key: "text", Label: r.T("person.note")}, {Key: "by", Label: r.T("person.by")}, {Key: "at", Label: r.T("person.when")}, {Key: "do", Label: r.T("person.do")},
	}, Empty: ui.EmptyState{Text: r.T("person.notes.none")}}
	for _, n := range k.notes {
		t.Rows = append(t.Rows, ui.Row{Cells: []any{
			n.Text, area.Known(r, n.MadeBy), n.At, removal(r, k.url(r, "/notes/remove"), f != nil, ui.Pair{Label: "note", Value: string(n.ID)}),
		}})
	}
	if f != nil {
		*f = ui.Form{Action: k.url(r, "/notes"), Submit: r.T("person.note.add"), Look: ui.Secondary, Fields: []ui.Field{
			{Name: "body", ID: "note-body", Label: r.T("person.note"), Kind: ui.Area, Rows: 3, MaxLength: 2000, Required: true, Hint: r.T("person.note.hint")},
		}}
	}
	return ui.Card{Title: r.T("person.notes"), Sub: listsWord(r, k.lists), Body: withForm(t, f)}
}

func listsWord(r *frame.Request, all []creators.Shortlist) string {
	if len(all) == 0 {
		return ""
	}
	names := all[0].Name
	for _, l := range all[1:min(5, len(all))] {
		names += " · " + l.Name
	}
	return r.T("person.lists", "n", len(all), "names", names)
}

// leaveCard offers what the person may ask for: all that is known of them, and to be forgotten.
func leaveCard(r *frame.Request, k knowledge, f *ui.Form) ui.Component {
	if f == nil {
		return nil
	}
	acts := ui.Actions{{Label: r.T("person.export"), Icon: "download", URL: k.url(r, "/known.json"), Download: true}}
	away := ui.Action{Label: r.T("person.erase"), Icon: "trash", URL: k.url(r, "/erase"), Post: true, Look: ui.Danger, Confirm: &ui.Confirm{
		Title: r.T("person.erase.title", "name", k.Creator.Name), What: r.T("person.erase.what", "n", len(k.Creator.Profiles)),
		Effects: []string{r.T("person.erase.everywhere"), r.T("person.erase.alone"), r.T("person.erase.books")},
		Undo:    r.T("person.cannot_undo"), Button: r.T("person.erase"), Danger: true, Type: k.Creator.Name, TypeAs: "name",
	}}
	if !k.mayErase {
		away.Disabled, away.Confirm = r.T("person.erase.not_alone"), nil
	}
	acts = append(acts, away, ui.Action{Label: r.T("person.alone.link"), URL: r.To("/creators/left-alone"), Look: ui.Quiet})
	return ui.Card{Title: r.T("person.leave"), Sub: r.T("person.leave.what"), Body: acts}
}
