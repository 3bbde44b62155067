package recruit

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"rapport/internal/base/audit"
	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
	"rapport/internal/recruit/creators"
	"rapport/internal/recruit/discovery"
)

// registerLists brings the shortlists.
func registerLists(m *frame.Mux) {
	m.Desk("GET /lists", auth.PermView, showLists)
	m.Desk("POST /lists", auth.PermManage, addList)
	m.Desk("POST /lists/choose", auth.PermManage, chooseList)
	m.Desk("POST /lists/add", auth.PermManage, addToList)
	m.Desk("GET /lists/{list}", auth.PermView, showList)
	m.Desk("GET /lists/{list}/export", auth.PermView, exportList)
	m.Desk("POST /lists/{list}/take-off", auth.PermManage, takeOffList)
	m.Desk("POST /lists/{list}/remove", auth.PermManage, removeList)
}

func showLists(w http.ResponseWriter, r *frame.Request) error { return drawLists(w, r, nil) }

func drawLists(w http.ResponseWriter, r *frame.Request, mistake error) error {
	var all []creators.Shortlist
	if err := r.View(func(tx *db.Tx) (err error) { all, err = creators.Lists(r.Context(), tx, r.Program.ID); return err }); err != nil {
		return err
	}
	p := r.Page("creators", "lists.title")
	p.Breadcrumb = []ui.Link{{Label: r.T("creators.title"), URL: r.To("/creators")}}
	t := ui.Table{ID: "lists", Caption: r.T("search.lists"), Path: r.To("/lists"), Columns: []ui.Column{
		{Key: "name", Label: r.T("lists.name")}, {Key: "members", Label: r.T("lists.members"), Figure: true}, {Key: "by", Label: r.T("lists.by")}, {Key: "made", Label: r.T("lists.made")},
	}, Empty: ui.EmptyState{Icon: "list-check", Title: r.T("lists.none"), Text: r.T("lists.none.text"), Action: &ui.Action{Label: r.T("creators.tab.find"), Icon: "search", URL: r.To("/creators")}}}
	for _, l := range all {
		t.Rows = append(t.Rows, ui.Row{ID: string(l.ID), Label: l.Name, URL: listURL(r, l.ID, ""), Cells: []any{l.Name, int64(l.Members), l.MadeBy, r.Locale().Date(l.CreatedAt)}})
	}
	parts := ui.Stack{t}
	if r.P.Can(r.Program.ID, auth.PermManage) {
		form := ui.Form{Action: r.To("/lists"), Submit: r.T("lists.create"), Look: ui.Modest, Fields: []ui.Field{{Name: "name", Label: r.T("lists.name"), Required: true, MaxLength: 100, Value: r.FormValue("name"), Autocomplete: "off"}}}
		form.Fail(mistake)
		parts = append(parts, ui.Card{Title: r.T("lists.new"), Body: form})
	}
	return r.Render(w, statusOf(mistake), "recruit_page", p, parts)
}

func listURL(r *frame.Request, id creators.ListID, section string) string {
	return r.To("/lists/" + url.PathEscape(string(id)) + section)
}

func addList(w http.ResponseWriter, r *frame.Request) error {
	var l creators.Shortlist
	err := r.Update(func(tx *db.Tx) (err error) { l, err = createList(r, tx, r.Text("name")); return err })
	if frame.IsMistake(err) || fault.KindOf(err) == fault.KindConflict {
		return drawLists(w, r, err)
	}
	if err != nil {
		return err
	}
	return r.Redirect(w, listURL(r, l.ID, ""), "lists.created")
}

func createList(r *frame.Request, tx *db.Tx, name string) (creators.Shortlist, error) {
	l, err := creators.CreateList(r.Context(), tx, r.Program.ID, name, r.P.Name)
	if err != nil {
		return l, err
	}
	return l, audit.Record(r.Context(), tx, r.P, r.Program.ID, "list.create", string(l.ID), nil, map[string]any{"name": l.Name}, "")
}

// mostTicked is how many rows one act takes; a page shows 50.
const mostTicked = 200

func ticked(r *frame.Request) ([]creators.ID, error) {
	if err := r.ParseForm(); err != nil {
		return nil, err
	}
	var ids []creators.ID
	for _, one := range r.Form["id"] {
		ids = append(ids, creators.ID(one))
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	switch {
	case len(ids) == 0:
		return nil, fault.Invalid(r.T("creators.choose.none"))
	case len(ids) > mostTicked:
		return nil, fault.Invalid(r.T("creators.choose.many", "most", mostTicked))
	}
	return ids, nil
}

// chooseList asks which list the selected people are put on. It changes nothing.
func chooseList(w http.ResponseWriter, r *frame.Request) error {
	ids, err := ticked(r)
	if err != nil {
		return err
	}
	return drawChoose(w, r, ids, nil)
}

func drawChoose(w http.ResponseWriter, r *frame.Request, ids []creators.ID, mistake error) error {
	var all []creators.Shortlist
	if err := r.View(func(tx *db.Tx) (err error) { all, err = creators.Lists(r.Context(), tx, r.Program.ID); return err }); err != nil {
		return err
	}
	p := r.Page("creators", "lists.choose.title", "n", len(ids))
	p.Breadcrumb = []ui.Link{{Label: r.T("creators.title"), URL: r.To("/creators")}}
	form := ui.Form{Action: r.To("/lists/add"), Submit: r.T("lists.choose.submit"), Cancel: &ui.Link{Label: r.T("ui.cancel"), URL: r.To("/creators")}}
	for _, id := range ids {
		form.Hidden = append(form.Hidden, ui.Pair{Label: "id", Value: string(id)})
	}
	choices := []ui.Choice{{Value: "", Label: r.T("lists.choose.new")}}
	for _, l := range all {
		choices = append(choices, ui.Choice{Value: string(l.ID), Label: l.Name})
	}
	form.Fields = []ui.Field{
		{Name: "shortlist", Label: r.T("search.list"), Kind: ui.Select, Options: choices, Value: r.FormValue("shortlist")},
		{Name: "name", ID: "list-name", Label: r.T("lists.choose.name"), Hint: r.T("lists.choose.name.hint"), MaxLength: 100, Value: r.FormValue("name"), Autocomplete: "off"},
	}
	form.Fail(mistake)
	return r.Render(w, statusOf(mistake), "recruit_page", p, ui.Stack{form})
}

func addToList(w http.ResponseWriter, r *frame.Request) error {
	ids, err := ticked(r)
	if err != nil {
		return err
	}
	list, added := creators.ListID(r.FormValue("shortlist")), int64(0)
	err = r.Update(func(tx *db.Tx) error {
		for _, id := range ids {
			if _, err := seenCreator(r, tx, id); err != nil {
				return err
			}
		}
		if list == "" {
			l, err := createList(r, tx, r.Text("name"))
			if err != nil {
				return err
			}
			list = l.ID
		}
		if added, err = creators.AddToList(r.Context(), tx, r.Program.ID, list, ids, r.P.Name); err != nil {
			return err
		}
		return audit.Record(r.Context(), tx, r.P, r.Program.ID, "list.add", string(list), nil, map[string]any{"added": added}, "")
	})
	if frame.IsMistake(err) || fault.KindOf(err) == fault.KindConflict {
		return drawChoose(w, r, ids, err)
	}
	if err != nil {
		return err
	}
	return r.Redirect(w, listURL(r, list, ""), "lists.added", "n", added)
}

// members is the shortlist of an address, with fit where customers were chosen.
func members(r *frame.Request, page db.Page) (f found, l creators.Shortlist, err error) {
	err = r.View(func(tx *db.Tx) (err error) {
		if l, err = creators.FindList(r.Context(), tx, r.Program.ID, creators.ListID(r.PathValue("list"))); err != nil {
			return err
		}
		if f.targets, err = discovery.Targets(r.Context(), tx, r.Program.ID); err != nil {
			return err
		}
		if err = f.read(r, tx); err != nil {
			return err
		}
		all, next, err := creators.ListMembers(r.Context(), tx, r.Program.ID, l.ID, page)
		if err != nil {
			return err
		}
		ids := make([]creators.ID, len(all))
		for i, m := range all {
			ids[i] = m.Creator
		}
		if f.result.Items, err = r.Deps().Search.Look(r.Context(), tx, f.query, ids); err != nil {
			return err
		}
		f.result.Next, f.result.Total = next, l.Members
		return f.look(r, tx)
	})
	return f, l, err
}

func showList(w http.ResponseWriter, r *frame.Request) error {
	f, l, err := members(r, r.After())
	if err != nil {
		return err
	}
	p := r.Page("creators", "lists.one", "name", l.Name)
	p.Lead = r.T("creators.count", "n", l.Members)
	p.Breadcrumb = []ui.Link{{Label: r.T("creators.title"), URL: r.To("/creators")}, {Label: r.T("search.lists"), URL: r.To("/lists")}}
	t := f.table(r)
	t.ID, t.Caption, t.Path, t.Search, t.Export = "list", l.Name, listURL(r, l.ID, ""), "", listURL(r, l.ID, "/export")
	t.Filters = t.Filters[:0:0]
	if len(f.targets) > 0 {
		t.Filters = f.narrowing(r)[:1]
	}
	t.Empty = ui.EmptyState{Icon: "users", Title: r.T("lists.empty"), Text: r.T("lists.empty.text"), Action: &ui.Action{Label: r.T("creators.tab.find"), Icon: "search", URL: r.To("/creators")}}
	parts := ui.Stack{t}
	if r.P.Can(r.Program.ID, auth.PermManage) {
		t.Bulk = append(t.Bulk[1:], ui.BulkAction{Label: r.T("lists.take_off"), Icon: "x", URL: listURL(r, l.ID, "/take-off")})
		parts = ui.Stack{t, ui.Actions{{Label: r.T("lists.remove"), Icon: "x", Post: true, URL: listURL(r, l.ID, "/remove")}}}
	}
	return r.Render(w, http.StatusOK, "recruit_page", p, parts)
}

func exportList(w http.ResponseWriter, r *frame.Request) error {
	f, l, err := members(r, db.Page{Limit: mostExported})
	if err != nil {
		return err
	}
	return f.send(w, r, l.Name+".csv")
}

func takeOffList(w http.ResponseWriter, r *frame.Request) error {
	ids, err := ticked(r)
	if err != nil {
		return err
	}
	list := creators.ListID(r.PathValue("list"))
	err = r.Update(func(tx *db.Tx) error {
		if err := creators.RemoveFromList(r.Context(), tx, r.Program.ID, list, ids); err != nil {
			return err
		}
		return audit.Record(r.Context(), tx, r.P, r.Program.ID, "list.take_off", string(list), nil, map[string]any{"creators": len(ids)}, "")
	})
	if err != nil {
		return err
	}
	return r.Redirect(w, listURL(r, list, ""), "lists.taken_off", "n", len(ids))
}

func removeList(w http.ResponseWriter, r *frame.Request) error {
	list := creators.ListID(r.PathValue("list"))
	err := r.Update(func(tx *db.Tx) error {
		if err := creators.RemoveList(r.Context(), tx, r.Program.ID, list); err != nil {
			return err
		}
		return audit.Record(r.Context(), tx, r.P, r.Program.ID, "list.remove", string(list), nil, nil, "")
	})
	if err != nil {
		return err
	}
	return r.Redirect(w, r.To("/lists"), "lists.removed")
}

func number(n int64) string { return strconv.FormatInt(n, 10) }

// optional writes a count, or a fraction of parts, or nothing where it is unknown.
func optional(n *int64, of float64) string {
	if n == nil {
		return ""
	}
	if of == 1 {
		return number(*n)
	}
	return strconv.FormatFloat(float64(*n)/of, 'f', -1, 64)
}
