package recruit

import (
	"errors"
	"net/http"
	"net/url"

	"rapport/internal/base/audit"
	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
	"rapport/internal/partner/partnerships"
	"rapport/internal/recruit/benchmarks"
	"rapport/internal/recruit/creators"
	"rapport/internal/recruit/vetting"
)

// registerCheckup brings the check-up of one creator, the word lists it searches for and the benchmarks it measures by.
func registerCheckup(m *frame.Mux) {
	// Not below /creators/{creator}: the router takes no name there beside /applications/{partnership}.
	m.Desk("GET /check-up/{creator}", auth.PermView, showCheckup)
	m.Desk("GET /check-up/{creator}/print", auth.PermView, printCheckup)
	m.Desk("POST /check-up/{creator}", auth.PermManage, makeCheckup)
	m.Desk("POST /check-up/{creator}/overrule", auth.PermManage, overruleCheckup)
	m.Desk("GET /creators/safety", auth.PermView, showSafety)
	m.Desk("POST /creators/safety", auth.PermManage, setSafety)
	m.Desk("POST /creators/safety/reset", auth.PermManage, resetSafety)
	m.Desk("GET /benchmarks", auth.PermView, showBenchmarks)
	m.Desk("POST /benchmarks", auth.PermManage, addBenchmark)
	m.Desk("POST /benchmarks/restore", auth.PermManage, restoreBenchmarks)
	m.Desk("GET /benchmarks/{benchmark}", auth.PermManage, editBenchmark)
	m.Desk("POST /benchmarks/{benchmark}", auth.PermManage, changeBenchmark)
	m.Desk("POST /benchmarks/{benchmark}/remove", auth.PermManage, removeBenchmark)
}

// checkup is everything that the page shows.
type checkup struct {
	creator     creators.Creator
	partnership partnerships.Partnership // its id is "" for somebody who is not in this program
	report      vetting.Stored
	missing     bool // there is no account to look at
	printed     bool
	snapshots   []creators.Snapshot
	posts       []creators.Post
	benchmarks  benchmarks.Table
}

// How much of an account's past the charts show.
const (
	shownCounts = 120
	shownPosts  = 30
)

// seenCreator returns a creator that the reader may see; any other does not exist.
func seenCreator(r *frame.Request, tx *db.Tx, id creators.ID) (creators.Creator, error) {
	visible, all := r.P.Visible()
	if all {
		return creators.Find(r.Context(), tx, id)
	}
	return creators.FindIn(r.Context(), tx, id, visible)
}

func findCheckup(r *frame.Request) (c checkup, err error) {
	err = r.View(func(tx *db.Tx) (err error) {
		if c.creator, err = seenCreator(r, tx, creators.ID(r.PathValue("creator"))); err != nil {
			return err
		}
		here, err := partnerships.OfMany(r.Context(), tx, r.Program.ID, []creators.ID{c.creator.ID})
		if err != nil {
			return err
		}
		c.partnership = here[c.creator.ID]
		c.report, err = vetting.Look(r.Context(), tx, r.Program.ID, c.creator.ID)
		if fault.KindOf(err) == fault.KindConflict {
			c.missing = true
			return nil
		}
		if err != nil {
			return err
		}
		return c.past(r, tx)
	})
	return c, err
}

// past reads what the charts are drawn from.
func (c *checkup) past(r *frame.Request, tx *db.Tx) (err error) {
	profile := []creators.ProfileID{c.report.Profile}
	c.snapshots, _, err = creators.ListSnapshots(r.Context(), tx, c.report.Profile, db.Page{Limit: shownCounts})
	if err != nil {
		return err
	}
	posts, err := creators.RecentPosts(r.Context(), tx, profile, shownPosts)
	if err != nil {
		return err
	}
	c.posts = posts[c.report.Profile]
	c.benchmarks, err = benchmarks.All(r.Context(), tx, r.Program.ID)
	return err
}

func (c checkup) url(r *frame.Request, section string) string {
	return r.To("/check-up/" + url.PathEscape(string(c.creator.ID)) + section)
}

// home is the creator's own page.
func (c checkup) home(r *frame.Request) string {
	if c.partnership.ID != "" {
		return r.To("/partners/" + url.PathEscape(string(c.partnership.ID)))
	}
	return r.To("/creators/" + url.PathEscape(string(c.creator.ID)))
}

func (c checkup) page(r *frame.Request) *ui.Page {
	p := r.Page("creators", "checkup.title", "name", c.creator.Name)
	p.Breadcrumb = []ui.Link{{Label: r.T("creators.title"), URL: r.To("/creators")}, {Label: c.creator.Name, URL: c.home(r)}}
	return p
}

func showCheckup(w http.ResponseWriter, r *frame.Request) error {
	return drawCheckup(w, r, http.StatusOK, nil)
}

func drawCheckup(w http.ResponseWriter, r *frame.Request, status int, wrong error) error {
	c, err := findCheckup(r)
	if err != nil {
		return err
	}
	p := c.page(r)
	if c.missing {
		return r.Render(w, status, "recruit_page", p, ui.Stack{ui.EmptyState{
			Icon: "user-search", Title: r.T("checkup.none"), Text: r.T("checkup.none.text"), Action: &ui.Action{Label: r.T("checkup.none.to"), URL: c.home(r)},
		}})
	}
	p.Secondary = []ui.Action{{Label: r.T("checkup.print"), Icon: "file-text", URL: c.url(r, "/print"), Full: true}}
	body := c.body(r)
	if r.P.Can(r.Program.ID, auth.PermManage) {
		p.Secondary = append(p.Secondary, ui.Action{Label: r.T("checkup.again"), Icon: "refresh", URL: c.url(r, ""), Post: true})
		body = append(body, ui.Card{Title: r.T("checkup.overrule"), Sub: r.T("checkup.overrule.sub"), Body: c.overruleForm(r, wrong)})
	}
	return r.Render(w, status, "recruit_page", p, body)
}

func printCheckup(w http.ResponseWriter, r *frame.Request) error {
	c, err := findCheckup(r)
	if err == nil && c.missing {
		err = fault.NotFound("check-up")
	}
	if err != nil {
		return err
	}
	c.printed = true
	p := c.page(r)
	p.Layout, p.Breadcrumb, p.Nav = ui.Print, nil, nil
	return r.Render(w, http.StatusOK, "recruit_page", p, c.body(r))
}

// makeCheckup makes the report anew.
func makeCheckup(w http.ResponseWriter, r *frame.Request) error {
	id := creators.ID(r.PathValue("creator"))
	if err := r.View(func(tx *db.Tx) error { _, err := seenCreator(r, tx, id); return err }); err != nil {
		return err
	}
	_, err := vetting.Make(r.Context(), r.Deps().DB, r.Program.ID, id)
	if err != nil && fault.KindOf(err) != fault.KindConflict {
		return err
	}
	return r.Redirect(w, checkup{creator: creators.Creator{ID: id}}.url(r, ""), "checkup.made")
}

func (c checkup) overruleForm(r *frame.Request, wrong error) ui.Form {
	choices := make([]ui.Choice, 0, 4)
	for _, v := range vetting.AllVerdictValues {
		choices = append(choices, ui.Choice{Value: string(v), Label: r.T("checkup.verdict." + string(v))})
	}
	f := ui.Form{Action: c.url(r, "/overrule"), Submit: r.T("checkup.overrule.save"), Look: ui.Modest, Fields: []ui.Field{
		{Name: "verdict", Label: r.T("checkup.overrule.verdict"), Kind: ui.Radio, Options: choices, Value: string(c.report.Holds())},
		{Name: "note", Label: r.T("checkup.overrule.note"), Kind: ui.Area, Hint: r.T("checkup.overrule.note.hint"), MaxLength: 2000, Rows: 3},
	}}
	if o := c.report.Overrule; o != nil {
		f.Fields[0].Options = append(choices, ui.Choice{Value: "", Label: r.T("checkup.overrule.back")})
		f.Fields[1].Value = o.Note
	}
	if wrong != nil {
		f.Fields[0].Value, f.Fields[1].Value = r.FormValue("verdict"), r.FormValue("note")
		f.Fail(wrong)
	}
	return f
}

func overruleCheckup(w http.ResponseWriter, r *frame.Request) error {
	id := creators.ID(r.PathValue("creator"))
	err := r.Update(func(tx *db.Tx) error {
		if _, err := seenCreator(r, tx, id); err != nil {
			return err
		}
		before, err := vetting.Keep(r.Context(), tx, r.Program.ID, id)
		if err != nil {
			return err
		}
		after, err := vetting.Overrule(r.Context(), tx, r.Program.ID, id, vetting.Verdict(r.Text("verdict")), r.FormValue("note"), r.P.Name)
		if err != nil {
			return err
		}
		return audit.Record(r.Context(), tx, r.P, r.Program.ID, "vetting.overrule", string(id), before.Holds(), after.Holds(), r.FormValue("note"))
	})
	if f := new(fault.Error); errors.As(err, &f) && f.Kind == fault.KindInvalid {
		return drawCheckup(w, r, http.StatusUnprocessableEntity, err)
	}
	if err != nil {
		return err
	}
	return r.Redirect(w, checkup{creator: creators.Creator{ID: id}}.url(r, ""), "checkup.overruled")
}
