package recruit

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"rapport/internal/base/audit"
	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
	"rapport/internal/recruit/discovery"
)

func showTargets(w http.ResponseWriter, r *frame.Request) error {
	return drawTargets(w, r, nil)
}

// drawTargets lists the customers that a program described, and takes one more sentence.
func drawTargets(w http.ResponseWriter, r *frame.Request, mistake error) error {
	var all []discovery.Target
	if err := r.View(func(tx *db.Tx) (err error) { all, err = discovery.Targets(r.Context(), tx, r.Program.ID); return err }); err != nil {
		return err
	}
	p := r.Page("creators", "search.targets.title")
	p.Lead = r.T("search.targets.lead")
	p.Breadcrumb = []ui.Link{{Label: r.T("creators.title"), URL: r.To("/creators")}}
	t := ui.Table{ID: "targets", Caption: r.T("search.customers"), Path: r.To("/targets"), Columns: []ui.Column{
		{Key: "name", Label: r.T("search.targets.name")}, {Key: "about", Label: r.T("search.targets.about")}, {Key: "find", Label: r.T("search.targets.find")},
	}, Empty: ui.EmptyState{Icon: "users", Title: r.T("search.targets.none"), Text: r.T("search.targets.none.text")}}
	for _, one := range all {
		t.Rows = append(t.Rows, ui.Row{ID: string(one.ID), Label: one.Name, URL: targetURL(r, one.ID, ""), Cells: []any{
			one.Name, targetWords(r, one), ui.Action{Label: r.T("search.targets.find"), Icon: "search", URL: r.To("/creators?target=" + url.QueryEscape(string(one.ID)))},
		}})
	}
	parts := ui.Stack{t}
	if r.P.Can(r.Program.ID, auth.PermManage) {
		form := ui.Form{Action: r.To("/targets"), Submit: r.T("search.targets.add"), Fields: []ui.Field{
			{Name: "name", Label: r.T("search.targets.name"), Required: true, MaxLength: 100, Value: r.FormValue("name"), Autocomplete: "off"},
			{Name: "about", Label: r.T("search.targets.about"), Kind: ui.Area, Rows: 3, MaxLength: discovery.LongestAbout, Required: true, Hint: r.T("search.targets.about.hint"), Value: r.FormValue("about")},
		}}
		form.Fail(mistake)
		parts = append(parts, ui.Card{Title: r.T("search.targets.new"), Body: form})
	}
	return r.Render(w, statusOf(mistake), "recruit_page", p, parts)
}

func statusOf(mistake error) int {
	if mistake != nil {
		return http.StatusUnprocessableEntity
	}
	return http.StatusOK
}

func targetURL(r *frame.Request, id discovery.TargetID, section string) string {
	return r.To("/targets/" + url.PathEscape(string(id)) + section)
}

// targetWords says a target in one line.
func targetWords(r *frame.Request, t discovery.Target) string {
	var all []string
	add := func(field string, values ...string) {
		for _, v := range values {
			if v != "" {
				all = append(all, valueWord(r, field, v))
			}
		}
	}
	add("topics", t.Topics...)
	add("values", t.Values...)
	add("genders", t.Genders...)
	for _, band := range t.Ages {
		add("ages", band.String())
	}
	add("countries", t.Countries...)
	add("languages", t.Languages...)
	add("price", string(t.Price))
	return strings.Join(append(all, t.Words...), " · ")
}

func addTarget(w http.ResponseWriter, r *frame.Request) error {
	t := r.Deps().Search.Read(r.Text("about")).Target
	t.Name, t.MadeBy, t.About = r.Text("name"), r.P.Name, r.Text("about")
	saved, err := keepTarget(r, t)
	if frame.IsMistake(err) {
		return drawTargets(w, r, err)
	}
	if err != nil {
		return err
	}
	return r.Redirect(w, targetURL(r, saved.ID, ""), "search.targets.saved")
}

func keepTarget(r *frame.Request, t discovery.Target) (saved discovery.Target, err error) {
	err = r.Update(func(tx *db.Tx) error {
		if saved, err = discovery.SaveTarget(r.Context(), tx, r.Program.ID, t); err != nil {
			return err
		}
		return audit.Record(r.Context(), tx, r.P, r.Program.ID, "target.save", string(saved.ID), nil, map[string]any{"name": saved.Name}, "")
	})
	return saved, err
}

func showTarget(w http.ResponseWriter, r *frame.Request) error { return drawTarget(w, r, nil) }

// drawTarget shows how a sentence was understood, to be corrected field by field.
func drawTarget(w http.ResponseWriter, r *frame.Request, mistake error) error {
	var t discovery.Target
	err := r.View(func(tx *db.Tx) (err error) {
		t, err = discovery.FindTarget(r.Context(), tx, r.Program.ID, discovery.TargetID(r.PathValue("target")))
		return err
	})
	if err != nil {
		return err
	}
	p := r.Page("creators", "search.target.title", "name", t.Name)
	p.Lead = t.About
	p.Breadcrumb = []ui.Link{{Label: r.T("creators.title"), URL: r.To("/creators")}, {Label: r.T("search.customers"), URL: r.To("/targets")}}
	p.Primary = &ui.Action{Label: r.T("search.targets.find"), Icon: "search", URL: r.To("/creators?target=" + url.QueryEscape(string(t.ID)))}
	if !r.P.Can(r.Program.ID, auth.PermManage) {
		return r.Render(w, http.StatusOK, "recruit_page", p, ui.Stack{ui.Words(targetWords(r, t))})
	}
	form := targetForm(r, t)
	form.Fail(mistake)
	remove := ui.Action{Label: r.T("search.targets.remove"), Icon: "x", Post: true, URL: targetURL(r, t.ID, "/remove")}
	return r.Render(w, statusOf(mistake), "recruit_page", p, ui.Stack{ui.Card{Title: r.T("search.target.fields"), Sub: r.T("search.target.fields.sub"), Body: form}, ui.Actions{remove}})
}

func targetForm(r *frame.Request, t discovery.Target) ui.Form {
	ages := make([]string, len(t.Ages))
	for i, b := range t.Ages {
		ages[i] = b.String()
	}
	price := []ui.Choice{{Value: "", Label: r.T("search.any")}}
	for _, level := range []discovery.PriceLevel{discovery.PriceLow, discovery.PriceMiddle, discovery.PriceHigh} {
		price = append(price, ui.Choice{Value: string(level), Label: r.T("search.price." + string(level))})
	}
	gender := []ui.Choice{{Value: "", Label: r.T("search.any")}, {Value: "female", Label: r.T("search.gender.female")}, {Value: "male", Label: r.T("search.gender.male")}}
	f := ui.Form{Action: targetURL(r, t.ID, ""), Submit: r.T("search.targets.save"), Fields: []ui.Field{
		{Name: "name", Label: r.T("search.targets.name"), Value: t.Name, Required: true, MaxLength: 100},
		{Name: "about", Label: r.T("search.targets.about"), Kind: ui.Area, Rows: 3, Value: t.About, MaxLength: discovery.LongestAbout, Hint: r.T("search.target.again")},
		{Name: "topics", Label: r.T("search.field.topics"), Value: strings.Join(t.Topics, ", "), MaxLength: 500, Hint: r.T("search.target.topics")},
		{Name: "countries", Label: r.T("search.field.countries"), Value: strings.Join(t.Countries, ", "), MaxLength: 500, Hint: r.T("search.target.countries")},
		{Name: "languages", Label: r.T("search.field.languages"), Value: strings.Join(t.Languages, ", "), MaxLength: 500},
		{Name: "ages", Label: r.T("search.field.ages"), Value: strings.Join(ages, ", "), MaxLength: 100, Hint: r.T("search.target.ages")},
		{Name: "gender", Label: r.T("search.field.genders"), Kind: ui.Select, Options: gender, Value: strings.Join(t.Genders, "")},
		{Name: "price", Label: r.T("search.field.price"), Kind: ui.Select, Options: price, Value: string(t.Price)},
		{Name: "words", Label: r.T("search.field.words"), Value: strings.Join(t.Words, ", "), MaxLength: 500},
	}}
	for _, v := range discovery.Values {
		f.Fields = append(f.Fields, ui.Field{Name: "value_" + v.ID, Label: r.T("search.value." + v.ID), Kind: ui.Check, Checked: slices.Contains(t.Values, v.ID), Value: "1"})
	}
	return f
}

// changeTarget takes the fields; a sentence that changed is read anew instead.
func changeTarget(w http.ResponseWriter, r *frame.Request) error {
	var t discovery.Target
	err := r.View(func(tx *db.Tx) (err error) {
		t, err = discovery.FindTarget(r.Context(), tx, r.Program.ID, discovery.TargetID(r.PathValue("target")))
		return err
	})
	if err != nil {
		return err
	}
	if about := r.Text("about"); about != t.About && about != "" {
		read := r.Deps().Search.Read(about).Target
		read.ID, read.MadeBy, read.About = t.ID, t.MadeBy, about
		t = read
	} else {
		t = fieldsOf(r, t)
	}
	t.Name = r.Text("name")
	if _, err = keepTarget(r, t); frame.IsMistake(err) {
		return drawTarget(w, r, err)
	}
	if err != nil {
		return err
	}
	return r.Redirect(w, targetURL(r, t.ID, ""), "search.targets.saved")
}

func fieldsOf(r *frame.Request, t discovery.Target) discovery.Target {
	t.Topics, t.Countries, t.Languages, t.Words = listed(r, "topics"), listed(r, "countries"), listed(r, "languages"), listed(r, "words")
	t.Price, t.Genders, t.Values, t.Ages = discovery.PriceLevel(r.FormValue("price")), nil, nil, nil
	if g := r.FormValue("gender"); g != "" {
		t.Genders = []string{g}
	}
	for _, v := range discovery.Values {
		if r.FormValue("value_"+v.ID) != "" {
			t.Values = append(t.Values, v.ID)
		}
	}
	for _, text := range listed(r, "ages") {
		t.Ages = append(t.Ages, ageOf(text))
	}
	return t
}

// ageOf reads 25–40, 25-40 or 65+; anything else becomes a range that is refused with its field.
func ageOf(text string) (b discovery.AgeBand) {
	from, to, _ := strings.Cut(strings.ReplaceAll(strings.TrimSuffix(text, "+"), "–", "-"), "-")
	b.From, _ = strconv.Atoi(strings.TrimSpace(from))
	b.To, _ = strconv.Atoi(strings.TrimSpace(to))
	return b
}

// listed splits a field at its commas.
func listed(r *frame.Request, field string) (all []string) {
	for one := range strings.SplitSeq(r.FormValue(field), ",") {
		if one = strings.Join(strings.Fields(one), " "); one != "" {
			all = append(all, one)
		}
	}
	return all
}

func removeTarget(w http.ResponseWriter, r *frame.Request) error {
	id := discovery.TargetID(r.PathValue("target"))
	err := r.Update(func(tx *db.Tx) error {
		if err := discovery.RemoveTarget(r.Context(), tx, r.Program.ID, id); err != nil {
			return err
		}
		return audit.Record(r.Context(), tx, r.P, r.Program.ID, "target.remove", string(id), nil, nil, "")
	})
	if err != nil {
		return err
	}
	return r.Redirect(w, r.To("/targets"), "search.targets.removed")
}
