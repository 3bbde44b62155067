package setup

import (
	"context"
	"net/http"
	"slices"

	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/programs"
	"rapport/internal/edge/stores"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/text"
	"rapport/internal/edge/web/ui"
	"rapport/internal/partner/partnerships"
	"rapport/internal/track/conversions"
)

// steps are those that follow once there is a program, in their order.
var steps = []string{"terms", "store", "creators", "invite", "test"}

// stepFrame begins the page of a step, with the way to the others.
func stepFrame(r *frame.Request, step string) *ui.Page {
	p := r.Page("home", "setup.start.title")
	p.Title, p.Lead = r.T("setup.step."+step), r.T("setup.steplead."+step)
	for _, other := range steps {
		if other != "terms" && other != "store" || r.P.Can(r.Program.ID, auth.PermSettings) {
			p.Tabs = append(p.Tabs, ui.Link{Label: r.T("setup.steptab." + other), URL: r.To("/start/" + other), Active: other == step})
		}
	}
	return p
}

// after is the address of the step that follows.
func after(r *frame.Request, step string) string {
	if i := slices.Index(steps, step); i >= 0 && i+1 < len(steps) {
		return r.To("/start/" + steps[i+1])
	}
	return r.To("/")
}

// resume leads to the first step that is not done.
func resume(w http.ResponseWriter, r *frame.Request) error {
	var items []ui.CheckItem
	err := r.View(func(tx *db.Tx) (err error) {
		items, err = Checklist(r.Context(), tx, r.Program)
		return err
	})
	if err != nil {
		return err
	}
	for _, item := range items {
		if !item.Done && !item.Optional {
			return r.Redirect(w, item.URL, "")
		}
	}
	return r.Redirect(w, r.To("/"), "")
}

// Checklist is how far a program has come with its first steps, for Home. It is read from what is there, so nothing has to be ticked.
func Checklist(ctx context.Context, tx *db.Tx, program programs.Program) ([]ui.CheckItem, error) {
	done, err := stepsDone(ctx, tx, program.ID)
	if err != nil {
		return nil, err
	}
	restDone := done[0] && done[2] && done[3] && done[4]
	items := []ui.CheckItem{{Label: text.T(frame.Lang, "setup.check.shop"), Done: true}}
	for i, step := range steps {
		items = append(items, ui.CheckItem{
			Label: text.T(frame.Lang, "setup.check."+step), Hint: text.T(frame.Lang, "setup.checkhint."+step), URL: "/p/" + string(program.ID) + "/start/" + step,
			Done: done[i], Optional: step == "store" && !restDone, // it can wait, but it is not forgotten
		})
	}
	return items, nil
}

// stepsDone says of each step whether there is what it leads to.
func stepsDone(ctx context.Context, tx *db.Tx, program programs.ID) (done [5]bool, err error) {
	t, err := partnerships.ProgramTerms(ctx, tx, program)
	if err != nil {
		return done, err
	}
	shops, err := stores.List(ctx, tx, program)
	if err != nil {
		return done, err
	}
	partners, err := partnerships.Count(ctx, tx, partnerships.Filter{Program: program})
	if err != nil {
		return done, err
	}
	invited, err := anybodyInvited(ctx, tx, program)
	if err != nil {
		return done, err
	}
	sales, _, err := conversions.List(ctx, tx, conversions.Filter{Program: program}, db.Page{Limit: 1})
	connected := slices.ContainsFunc(shops, func(c stores.Connection) bool { return c.EndedAt.IsZero() })
	running := partners[partnerships.StatusActive] + partners[partnerships.StatusPaused]
	if err != nil {
		return done, err
	}
	arriving, err := anythingReal(ctx, tx, program)
	return [5]bool{t.Commission != nil, connected || arriving, running > 0, invited, len(sales) > 0}, err
}

// anythingReal reports whether an order came that was no test: through the interface, if no shop is connected.
func anythingReal(ctx context.Context, tx *db.Tx, program programs.ID) (bool, error) {
	_, found, err := db.One(ctx, tx, db.Column[string], `select id from conversions where program_id = $1 and not test limit 1`, program)
	return found, err
}

// anybodyInvited reports whether one of the program's creators can sign in.
func anybodyInvited(ctx context.Context, tx *db.Tx, program programs.ID) (bool, error) {
	_, found, err := db.One(ctx, tx, db.Column[string], `select u.id from partnerships p join users u on u.creator_id = p.creator_id
		where p.program_id = $1 and u.kind = 'creator' limit 1`, program)
	return found, err
}

func termsStep(w http.ResponseWriter, r *frame.Request) error {
	d, err := currentDeal(r)
	if err != nil {
		return err
	}
	return show(w, r, stepFrame(r, "terms"), termsEditor(r, d))
}

func currentDeal(r *frame.Request) (d deal, err error) {
	err = r.View(func(tx *db.Tx) error {
		t, err := partnerships.ProgramTerms(r.Context(), tx, r.Program.ID)
		d = dealOf(r.Program, t)
		return err
	})
	return d, err
}

func termsEditor(r *frame.Request, d deal) ui.SentenceEditor {
	e := d.editor(r, r.To("/start/terms"), r.T("setup.deal.keep"))
	e.Open, e.Hint = true, r.T("setup.deal.hint")
	return e
}

func saveTermsStep(w http.ResponseWriter, r *frame.Request) error {
	d := dealSent(r)
	err := d.save(r)
	if err == nil {
		return r.Redirect(w, after(r, "terms"), "")
	}
	status, ok := mistake(err)
	if !ok {
		return err
	}
	e := termsEditor(r, d)
	fail(&e, err)
	return r.Render(w, status, "setup_page", stepFrame(r, "terms"), ui.Stack{e})
}

func storeStep(w http.ResponseWriter, r *frame.Request) error {
	all, err := shopsOf(r)
	if err != nil {
		return err
	}
	return show(w, r, stepFrame(r, "store"), storeParts(r, all, connectForm(r, r.To("/start/store")))...)
}

func shopsOf(r *frame.Request) (all []stores.Connection, err error) {
	err = r.View(func(tx *db.Tx) error {
		all, err = stores.List(r.Context(), tx, r.Program.ID)
		return err
	})
	return slices.DeleteFunc(all, func(c stores.Connection) bool { return !c.EndedAt.IsZero() }), err
}

func storeParts(r *frame.Request, all []stores.Connection, form ui.Form) ui.Stack {
	var parts ui.Stack
	for _, c := range all {
		card, _ := connectionCard(r, c)
		parts = append(parts, card)
	}
	next := ui.Action{Label: r.T("setup.store.skip"), URL: after(r, "store"), Icon: "arrow-right"}
	if len(all) > 0 {
		next = ui.Action{Label: r.T("setup.next"), URL: after(r, "store"), Icon: "arrow-right", Look: ui.Primary}
		return append(parts, ui.Actions{next})
	}
	return append(parts, ui.Card{Title: r.T("setup.store.shopify"), Sub: r.T("setup.store.shopify.sub"), Body: form}, ui.Actions{next})
}

func connectStep(w http.ResponseWriter, r *frame.Request) error {
	err := connect(r)
	if err == nil {
		return r.Redirect(w, r.To("/start/store"), "setup.store.connected")
	}
	all, readErr := shopsOf(r)
	if readErr != nil {
		return readErr
	}
	return again(w, r, stepFrame(r, "store"), connectForm(r, r.To("/start/store")), err, func(f ui.Form) ui.Stack { return storeParts(r, all, f) })
}
