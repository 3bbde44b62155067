package join

import (
	"net/http"

	"rapport/internal/base/audit"
	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/edge/web/area"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
	"rapport/internal/edge/welcome"
	"rapport/internal/partner/applications"
	"rapport/internal/partner/partnerships"
	"rapport/internal/recruit/creators"
	"rapport/internal/recruit/vetting"
)

// waiting is a page of people who asked to join.
type waiting struct {
	all      []partnerships.Partnership
	people   map[creators.ID]creators.Creator
	sent     map[partnerships.ID]applications.Application // by the form; others were entered by hand or came through the interface
	verdicts map[creators.ID]vetting.Verdict
	counts   map[partnerships.Status]int
	form     applications.Form
	hasForm  bool
	next     string
}

func readWaiting(r *frame.Request, tx *db.Tx) (w waiting, err error) {
	ctx, f := r.Context(), partnerships.Filter{Program: r.Program.ID, Status: partnerships.StatusApplied, Query: r.Text("q")}
	if len([]rune(f.Query)) > 100 {
		f.Query = string([]rune(f.Query)[:100])
	}
	if w.all, w.next, err = partnerships.List(ctx, tx, f, r.After()); err != nil {
		return w, err
	}
	if w.people, err = area.CreatorsByID(ctx, tx, w.all); err != nil {
		return w, err
	}
	var ids []partnerships.ID
	var who []creators.ID
	for _, p := range w.all {
		ids, who = append(ids, p.ID), append(who, p.Creator)
	}
	if w.sent, err = applications.OfPartnerships(ctx, tx, ids); err != nil {
		return w, err
	}
	if w.verdicts, err = vetting.Verdicts(ctx, tx, r.Program.ID, who); err != nil {
		return w, err
	}
	if w.form, w.hasForm, err = applications.FormOf(ctx, tx, r.Program.ID); err != nil {
		return w, err
	}
	w.counts, err = partnerships.Count(ctx, tx, partnerships.Filter{Program: r.Program.ID})
	return w, err
}

func list(w http.ResponseWriter, r *frame.Request) error {
	var read waiting
	if err := r.View(func(tx *db.Tx) (err error) { read, err = readWaiting(r, tx); return err }); err != nil {
		return err
	}
	p := r.Page("creators", "join.list.title")
	p.Tabs = area.CreatorTabs(r, "applications", read.counts)
	if r.P.Can(r.Program.ID, auth.PermManage) {
		p.Primary = &ui.Action{Label: r.T("join.form.edit"), Icon: "forms", URL: r.To("/applications/form")}
		p.Secondary = []ui.Action{{Label: r.T("join.rules.edit"), Icon: "list-check", URL: r.To("/applications/rules")}}
	}
	parts := ui.Stack{}
	if read.hasForm && read.form.Open {
		parts = append(parts, ui.CopyField{Label: r.T("join.address"), Value: r.Deps().BaseURL + "/join/" + read.form.Slug, Share: true, ShareTitle: r.Program.Name, Hint: r.T("join.address.hint")},
			ui.CopyField{Label: r.T("join.address.bought"), Value: r.Deps().BaseURL + "/join/" + read.form.Slug + "/bought", Hint: r.T("join.address.bought.hint")})
	}
	return r.Render(w, http.StatusOK, "join_page", p, append(parts, read.table(r)))
}

func (read waiting) table(r *frame.Request) ui.Table {
	t := ui.Table{
		ID: "applications", Caption: r.T("creators.tab.applications"), Path: r.To("/applications"), Query: r.URL.Query(), Search: r.T("creators.search"),
		Columns: []ui.Column{
			{Key: "name", Label: r.T("creators.column.name"), Fixed: true},
			{Key: "verdict", Label: r.T("join.column.verdict")},
			{Key: "tier", Label: r.T("creators.column.tier")},
			{Key: "followers", Label: r.T("creators.column.followers"), Figure: true},
			{Key: "engagement", Label: r.T("creators.column.engagement"), Figure: true},
			{Key: "applied", Label: r.T("join.column.applied")},
			{Key: "why", Label: r.T("join.column.why")},
		},
		Empty: ui.EmptyState{Icon: "inbox", Title: r.T("join.none"), Text: r.T("join.none.text"), Action: emptyAction(r, read)},
		Next:  read.next, Total: r.T("join.count", "n", read.counts[partnerships.StatusApplied]),
	}
	for _, p := range read.all {
		c, a := read.people[p.Creator], read.sent[p.ID]
		t.Rows = append(t.Rows, ui.Row{ID: string(p.ID), Label: c.Name, URL: r.To("/applications/" + string(p.ID)), Cells: []any{
			ui.Person{Name: c.Name, Sub: area.Accounts(r, c)}, verdictCell(r, read.verdicts[c.ID]), area.Tier(r, c.Tier),
			area.Count(c.Followers, r.T("creators.followers.unknown")), area.Rate(r, area.MainProfile(c)), p.UpdatedAt, whyCell(r, a),
		}})
	}
	return t
}

func emptyAction(r *frame.Request, read waiting) *ui.Action {
	if read.hasForm && read.form.Open || !r.P.Can(r.Program.ID, auth.PermManage) {
		return &ui.Action{Label: r.T("creators.tab.find"), Icon: "search", URL: r.To("/creators")}
	}
	return &ui.Action{Label: r.T("join.form.make"), Icon: "forms", URL: r.To("/applications/form"), Look: ui.Primary}
}

var verdictTones = map[vetting.Verdict]ui.Tone{vetting.VerdictFits: ui.Good, vetting.VerdictLookCloser: ui.Warn, vetting.VerdictNotForUs: ui.Bad}

func verdictCell(r *frame.Request, v vetting.Verdict) any {
	if v == "" {
		return ui.Nothing{Because: r.T("join.verdict.none")}
	}
	return ui.Badge{Label: r.T("join.verdict." + string(v)), Tone: verdictTones[v]}
}

// whyCell says why a person is asked.
func whyCell(r *frame.Request, a applications.Application) any {
	reasons := welcome.Reasons(a)
	if len(reasons) == 0 {
		return ui.Nothing{Because: r.T("join.byhand")}
	}
	return reasons[len(reasons)-1]
}

// applicant is one person who asked to join.
type applicant struct {
	partnership partnerships.Partnership
	creator     creators.Creator
	sent        applications.Application
	hasSent     bool
	address     string // where they say they can be reached, while only claimed
	verdict     vetting.Verdict
	contact     creators.Contact
}

func findApplicant(r *frame.Request, tx *db.Tx) (a applicant, err error) {
	ctx := r.Context()
	if a.partnership, err = partnerships.Find(ctx, tx, partnerships.ID(r.PathValue("partnership"))); err != nil {
		return a, err
	}
	if a.partnership.Program != r.Program.ID {
		return a, fault.NotFound("partnership")
	}
	if a.creator, err = creators.Find(ctx, tx, a.partnership.Creator); err != nil {
		return a, err
	}
	sent, err := applications.OfPartnerships(ctx, tx, []partnerships.ID{a.partnership.ID})
	if err != nil {
		return a, err
	}
	if a.sent, a.hasSent = sent[a.partnership.ID]; a.sent.Claimed {
		if a.address, err = applications.Address(ctx, tx, r.Deps().Box, a.sent.ID); err != nil {
			return a, err
		}
	}
	verdicts, err := vetting.Verdicts(ctx, tx, r.Program.ID, []creators.ID{a.creator.ID})
	if err != nil {
		return a, err
	}
	a.verdict = verdicts[a.creator.ID]
	a.contact, err = creators.ContactOf(ctx, tx, r.Program.ID, a.creator.ID)
	return a, err
}

func (a applicant) url(r *frame.Request, act string) string {
	return r.To("/applications/" + string(a.partnership.ID) + act)
}

func (a applicant) open() bool { return a.partnership.Status == partnerships.StatusApplied }

func showOne(w http.ResponseWriter, r *frame.Request) error {
	var a applicant
	if err := r.View(func(tx *db.Tx) (err error) { a, err = findApplicant(r, tx); return err }); err != nil {
		return err
	}
	p := r.Page("creators", "join.one.title", "name", a.creator.Name)
	p.Breadcrumb = []ui.Link{{Label: r.T("creators.tab.applications"), URL: r.To("/applications")}}
	if a.open() && r.P.Can(r.Program.ID, auth.PermManage) {
		p.Primary = &ui.Action{Label: r.T("creators.approve"), Icon: "check", URL: a.url(r, "/approve"), Post: true, Confirm: &ui.Confirm{
			Title: r.T("join.approve.title", "name", a.creator.Name), What: r.T("join.approve.what"), Button: r.T("creators.approve"), Undo: r.T("join.approve.undo")}}
		p.Secondary = []ui.Action{{Label: r.T("creators.refuse"), Icon: "x", URL: a.url(r, "/refuse"), Dialog: true}}
	}
	parts := ui.Stack{ui.Card{Title: r.T("join.one.who"), Body: a.facts(r)}}
	if a.sent.Claimed {
		parts = append(ui.Stack{ui.Card{Title: r.T("join.claimed.title"), Body: ui.Stack{ui.Words(r.T("join.claimed.text", "name", a.creator.Name)), ui.Definitions{{Label: r.T("join.claimed.address"), Value: a.address}}}}}, parts...)
	}
	if len(a.sent.Answers) > 0 {
		var said ui.Definitions
		for _, one := range a.sent.Answers {
			said = append(said, ui.Pair{Label: one.Question, Value: answerWord(r, one.Answer)})
		}
		parts = append(parts, ui.Card{Title: r.T("join.one.answers"), Body: said})
	}
	if a.hasSent {
		parts = append(parts, ui.Card{Title: r.T("join.one.why"), Sub: r.T("join.one.why.sub"), Body: ui.Part{Template: "join/reasons", Data: welcome.Reasons(a.sent)}})
	}
	return r.Render(w, http.StatusOK, "join_page", p, parts)
}

func answerWord(r *frame.Request, answer string) string {
	if answer == "yes" || answer == "no" {
		return r.T("join." + answer)
	}
	return answer
}

func (a applicant) facts(r *frame.Request) ui.Definitions {
	main := area.MainProfile(a.creator)
	d := ui.Definitions{
		{Label: r.T("creators.column.status"), Value: area.Status(r, a.partnership.Status)},
		{Label: r.T("join.one.accounts"), Value: area.Known(r, area.Accounts(r, a.creator))},
		{Label: r.T("join.column.verdict"), Value: verdictCell(r, a.verdict)},
		{Label: r.T("creators.column.tier"), Value: area.Tier(r, a.creator.Tier)},
		{Label: r.T("creators.column.followers"), Value: area.Count(a.creator.Followers, r.T("creators.followers.unknown"))},
		{Label: r.T("creators.column.engagement"), Value: area.Rate(r, main), Hint: string(main.Formula)},
		{Label: r.T("creators.column.country"), Value: area.Country(r, a.creator.Country)},
		{Label: r.T("creators.email"), Value: area.Known(r, a.contact.Email)},
	}
	if a.sent.Terms != "" {
		d = append(d, ui.Pair{Label: r.T("join.one.terms"), Value: a.sent.Terms})
	}
	return append(d, ui.Pair{Label: r.T("join.one.more"), Value: ui.Part{Template: "join/link", Data: ui.Link{Label: r.T("join.one.page", "name", a.creator.Name), URL: area.PartnerURL(r, a.partnership.ID, "")}}})
}

// approve lets somebody in: with link and code, and by a mail that says so.
func approve(w http.ResponseWriter, r *frame.Request) error {
	var a applicant
	err := r.Update(func(tx *db.Tx) (err error) {
		if a, err = findApplicant(r, tx); err != nil || a.partnership.Status.Running() {
			return err
		}
		if a.hasSent && a.sent.State != applications.StateApproved {
			_, err = host(r).Approve(r.Context(), tx, r.P, a.sent.ID, "")
			return err
		}
		return approveUnasked(r, tx, a)
	})
	if err != nil {
		return err
	}
	return r.Redirect(w, area.PartnerURL(r, a.partnership.ID, ""), "join.approved", "name", a.creator.Name)
}

// approveUnasked lets in who did not come by the form.
func approveUnasked(r *frame.Request, tx *db.Tx, a applicant) error {
	p, err := partnerships.SetStatus(r.Context(), tx, a.partnership.ID, partnerships.StatusActive)
	if err != nil {
		return err
	}
	if err := host(r).Equip(r.Context(), tx, r.Program, p); err != nil {
		return err
	}
	return record(r, tx, r.P, "partnership.status", string(p.ID), map[string]any{"status": p.Status})
}

func record(r *frame.Request, tx *db.Tx, by auth.Principal, action, subject string, after any) error {
	return audit.Record(r.Context(), tx, by, r.Program.ID, action, subject, nil, after, "")
}
