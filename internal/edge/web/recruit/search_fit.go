package recruit

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"rapport/internal/base/audit"
	"rapport/internal/base/csvsafe"
	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/edge/web/area"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
	"rapport/internal/recruit/creators"
	"rapport/internal/recruit/discovery"
)

// showFit explains how well one creator fits: every part with its points, what it rests on, and what is unknown.
func showFit(w http.ResponseWriter, r *frame.Request) error {
	var c creators.Creator
	var target *discovery.Target
	var fit *discovery.Fitness
	err := r.View(func(tx *db.Tx) (err error) {
		if c, err = seenCreator(r, tx, creators.ID(r.PathValue("creator"))); err != nil {
			return err
		}
		var f found
		if err = f.read(r, tx); err != nil {
			return err
		}
		if target = f.query.Target; target == nil {
			return nil
		}
		hits, err := r.Deps().Search.Look(r.Context(), tx, f.query, []creators.ID{c.ID})
		if len(hits) == 1 {
			fit = hits[0].Fit
		}
		return err
	})
	if err != nil {
		return err
	}
	p := r.Page("creators", "search.fit.title", "name", c.Name)
	p.Breadcrumb = []ui.Link{{Label: r.T("creators.title"), URL: r.To("/creators")}}
	if fit == nil {
		return r.Render(w, http.StatusOK, "recruit_page", p, ui.Stack{ui.EmptyState{Icon: "users", Title: r.T("search.fit.none"), Text: r.T("search.fit.none.text"),
			Action: &ui.Action{Label: r.T("search.customers"), URL: r.To("/targets")}}})
	}
	return r.Render(w, http.StatusOK, "recruit_page", p, ui.Stack{fitWhy(r, *target, *fit)})
}

func fitWhy(r *frame.Request, t discovery.Target, fit discovery.Fitness) ui.Why {
	why := ui.Why{Summary: r.T("search.fit.summary", "score", fit.Score, "sure", fit.Sure), Who: r.T("search.fit.who")}
	for _, part := range fit.Parts {
		pair := ui.Pair{Label: r.T("search.part." + string(part.Name)), Hint: r.T("search.because." + part.Because)}
		if !part.Known {
			pair.Value = ui.Nothing{Because: r.T("search.because." + part.Because)}
		} else {
			pair.Value = r.T("search.points", "n", part.Points, "score", part.Score)
			if proof := proofOf(r, part); proof != "" {
				pair.Hint += " " + proof
			}
		}
		why.Facts = append(why.Facts, pair)
	}
	if t.About != "" {
		why.Considered = []ui.Option{{What: r.T("search.fit.customers"), Because: t.About}}
	}
	return why
}

// proofOf writes what a part rests on.
func proofOf(r *frame.Request, part discovery.Part) string {
	var all []string
	for _, e := range part.Evidence {
		word := e.Text
		switch part.Name {
		case discovery.PartTopic:
			word = topicWord(word)
		case discovery.PartCountry:
			word = area.CountryName(word)
		case discovery.PartValues:
			word = r.T("search.value." + word)
		case discovery.PartVerdict:
			word = r.T("checkup.verdict." + word)
		case discovery.PartSize:
			word = r.T("creators.tier." + word)
		case discovery.PartAudience:
			word = r.T("search.audience."+e.Text, "share", r.Locale().Percent(e.Share))
		case discovery.PartEngagement, discovery.PartRecency, discovery.PartLanguage, discovery.PartPrice:
		}
		if e.Source != "" {
			word = strings.TrimSpace(word + " (" + e.Source + ")")
		}
		if e.At != nil {
			word = strings.TrimSpace(word + " " + r.Locale().Date(*e.At))
		}
		if word != "" {
			all = append(all, word)
		}
	}
	return strings.Join(all, " · ")
}

func (f *found) saveForm(r *frame.Request) ui.Form {
	return ui.Form{Action: r.To("/creators/searches"), Submit: r.T("search.save.submit"), Look: ui.Modest, Hidden: []ui.Pair{{Label: "search", Value: r.URL.RawQuery}}, Fields: []ui.Field{
		{Name: "name", ID: "search-name", Label: r.T("search.save.name"), Required: true, MaxLength: 100, Autocomplete: "off", Value: cut(r.URL.Query().Get("q"), 100)},
	}}
}

func (f *found) savedTable(r *frame.Request) ui.Table {
	t := ui.Table{ID: "searches", Caption: r.T("search.saved"), Path: r.To("/creators"), Plain: true, Columns: []ui.Column{
		{Key: "name", Label: r.T("search.save.name")}, {Key: "new", Label: r.T("search.saved.new"), Figure: true, Hint: r.T("search.saved.new.hint")}, {Key: "act", Label: r.T("search.act")},
	}}
	for _, s := range f.saved {
		t.Rows = append(t.Rows, ui.Row{ID: string(s.ID), Label: s.Name, Cells: []any{
			s.Name, s.New, ui.Actions{{Label: r.T("search.saved.see"), Icon: "search", Post: true, URL: r.To("/creators/searches/" + url.PathEscape(string(s.ID)))}, {Label: r.T("search.remove"), Icon: "x", Post: true, URL: r.To("/creators/searches/" + url.PathEscape(string(s.ID)) + "/remove")}},
		}})
	}
	return t
}

// openSearch leads to a saved search and notes that its new matches were looked at.
func openSearch(w http.ResponseWriter, r *frame.Request) error {
	var s discovery.Saved
	err := r.Update(func(tx *db.Tx) (err error) {
		if s, err = discovery.FindSearch(r.Context(), tx, r.Program.ID, r.P.ID, discovery.SearchID(r.PathValue("search"))); err != nil {
			return err
		}
		return discovery.LookedAt(r.Context(), tx, s.ID)
	})
	if err != nil {
		return err
	}
	http.Redirect(w, r.Request, r.To("/creators?"+s.Address), http.StatusSeeOther)
	return nil
}

// saveSearch keeps the search of an address, as the address says it.
func saveSearch(w http.ResponseWriter, r *frame.Request) error {
	address, err := url.ParseQuery(cut(r.FormValue("search"), 2000))
	if err != nil {
		return fault.Invalid(r.T("search.save.wrong")).In("search")
	}
	for _, key := range []string{"after", "before", "cols"} {
		address.Del(key)
	}
	asked := *r
	asked.Request = r.Clone(r.Context())
	asked.URL = &url.URL{Path: r.URL.Path, RawQuery: address.Encode()}
	err = r.Update(func(tx *db.Tx) error {
		var f found
		if err := f.read(&asked, tx); err != nil {
			return err
		}
		s, err := discovery.SaveSearch(r.Context(), tx, r.Program.ID, r.P.ID, r.Text("name"), f.query, address.Encode())
		if err != nil {
			return err
		}
		return audit.Record(r.Context(), tx, r.P, r.Program.ID, "search.save", string(s.ID), nil, map[string]any{"name": s.Name}, "")
	})
	if err != nil {
		return err
	}
	return r.Redirect(w, r.To("/creators?"+address.Encode()), "search.save.done")
}

func removeSearch(w http.ResponseWriter, r *frame.Request) error {
	err := r.Update(func(tx *db.Tx) error {
		return discovery.RemoveSearch(r.Context(), tx, r.Program.ID, r.P.ID, discovery.SearchID(r.PathValue("search")))
	})
	if err != nil {
		return err
	}
	return r.Redirect(w, r.To("/creators"), "search.removed")
}

// mostExported bounds a file of hits.
const mostExported = 1000

// exportFound writes the hits of the address, at most so many, as a file that a spreadsheet opens without running anything.
func exportFound(w http.ResponseWriter, r *frame.Request) error {
	f, err := find(r, db.Page{Limit: mostExported})
	if err != nil {
		return err
	}
	return f.send(w, r, "creators.csv")
}

func (f *found) send(w http.ResponseWriter, r *frame.Request, name string) (err error) {
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", "attachment; filename*=UTF-8''"+url.PathEscape(name))
	file, err := csvsafe.NewWriter(w)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Flush()) }()
	if err = file.Write("name", "accounts", "followers", "tier", "engagement_rate", "country", "language", "verdict", "status", "fit", "fit_sure", "found_by"); err != nil {
		return err
	}
	for _, h := range f.result.Items {
		if c, ok := f.people[h.Creator]; ok {
			if err = file.Write(f.line(r, c, h)...); err != nil {
				return err
			}
		}
	}
	return nil
}

func (f *found) line(r *frame.Request, c creators.Creator, h discovery.Hit) []string {
	main := area.MainProfile(c)
	score, sure := "", ""
	if h.Fit != nil {
		score, sure = number(int64(h.Fit.Score)), number(int64(h.Fit.Sure))
	}
	reasons, _ := whyCell(r, h).(string)
	return []string{c.Name, area.Accounts(r, c), optional(c.Followers, 1), string(c.Tier), optional(main.EngagementPPM, 1e6), c.Country, c.Language, string(f.verdicts[c.ID]),
		string(f.here[c.ID].Status), score, sure, reasons}
}
