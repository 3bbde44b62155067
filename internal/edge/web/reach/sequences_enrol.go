package reach

import (
	"net/http"
	"slices"

	"rapport/internal/base/audit"
	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/edge/web/area"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
	"rapport/internal/partner/outreach"
	"rapport/internal/partner/partnerships"
	"rapport/internal/recruit/creators"
)

// chunk keeps each write transaction short.
const chunk = 20

// preview is what would become of those who were chosen, before anything happens.
type preview struct {
	sequences []outreach.Sequence // that run, the newest first
	sequence  outreach.Sequence   // the chosen one; its id is "" where none runs
	these     []string            // as they were sent: of creators, or of partnerships
	outcomes  []outreach.Outcome
	names     map[partnerships.ID]string
	strangers []creators.Creator // not in the program: nobody knows an address of theirs here
}

// ticked are the rows that were chosen, each once.
func ticked(r *frame.Request) ([]string, error) {
	if err := r.ParseForm(); err != nil {
		return nil, fault.Malformed("The form could not be read.").Because(err)
	}
	ids := slices.Clone(r.Form["id"])
	slices.Sort(ids)
	ids = slices.Compact(ids)
	switch {
	case len(ids) == 0:
		return nil, fault.Invalid(r.T("creators.choose.none"))
	case len(ids) > outreach.MostEnrolled:
		return nil, fault.Invalid(r.T("creators.choose.many", "most", outreach.MostEnrolled))
	}
	return ids, nil
}

// askEnrol shows who would get the mails of a sequence and who would not: all prospects nobody has enrolled in it yet, the next MostEnrolled of them.
func askEnrol(w http.ResponseWriter, r *frame.Request) error {
	var v preview
	err := r.View(func(tx *db.Tx) (err error) {
		if v.sequence, err = ownSequence(r, tx); err != nil {
			return err
		}
		next, err := outreach.NotEnrolled(r.Context(), tx, v.sequence)
		if err != nil {
			return err
		}
		return v.look(r, tx, next)
	})
	if err != nil {
		return err
	}
	return v.draw(w, r)
}

// chooseEnrol shows the same for chosen partnerships, and chooseCreators for chosen creators, who need not be in the program.
func chooseEnrol(w http.ResponseWriter, r *frame.Request) error {
	return choosePeople(w, r, func(_ *db.Tx, ids []string) (these []partnerships.ID, strangers []creators.Creator, err error) {
		for _, one := range ids {
			these = append(these, partnerships.ID(one))
		}
		return these, nil, nil
	})
}

func chooseCreators(w http.ResponseWriter, r *frame.Request) error {
	return choosePeople(w, r, func(tx *db.Tx, ids []string) ([]partnerships.ID, []creators.Creator, error) {
		return inProgram(r, tx, ids)
	})
}

func choosePeople(w http.ResponseWriter, r *frame.Request, who func(tx *db.Tx, ids []string) ([]partnerships.ID, []creators.Creator, error)) error {
	ids, err := ticked(r)
	if err != nil {
		return err
	}
	v := preview{these: ids}
	err = r.View(func(tx *db.Tx) error {
		these, strangers, err := who(tx, ids)
		if err != nil {
			return err
		}
		v.strangers = strangers
		if err := v.choose(r, tx); err != nil {
			return err
		}
		return v.look(r, tx, these)
	})
	if err != nil {
		return err
	}
	return v.draw(w, r)
}

// inProgram tells the partnerships of chosen creators from those who are not in the program.
func inProgram(r *frame.Request, tx *db.Tx, ids []string) (these []partnerships.ID, strangers []creators.Creator, err error) {
	var people []creators.Creator
	for _, one := range ids {
		c, err := area.VisibleCreator(r, tx, creators.ID(one))
		if err != nil {
			return nil, nil, err
		}
		people = append(people, c)
	}
	keys := make([]creators.ID, len(people))
	for i, c := range people {
		keys[i] = c.ID
	}
	here, err := partnerships.OfMany(r.Context(), tx, r.Program.ID, keys)
	for _, c := range people {
		if p, ok := here[c.ID]; ok {
			these = append(these, p.ID)
		} else {
			strangers = append(strangers, c)
		}
	}
	return these, strangers, err
}

// choose reads the program's running sequences and takes the one that was asked for, or the newest.
func (v *preview) choose(r *frame.Request, tx *db.Tx) error {
	all, err := outreach.Sequences(r.Context(), tx, r.Program.ID)
	if err != nil {
		return err
	}
	asked := outreach.SequenceID(r.FormValue("sequence"))
	if asked != "" && !slices.ContainsFunc(all, func(q outreach.Sequence) bool { return q.ID == asked }) {
		return fault.NotFound("sequence")
	}
	for _, q := range all { // one that was stopped meanwhile takes nobody
		if !q.StoppedAt.IsZero() {
			continue
		}
		if v.sequences = append(v.sequences, q); len(v.sequences) == 1 || q.ID == asked {
			v.sequence = q
		}
	}
	return nil
}

// look asks what would become of everybody.
func (v *preview) look(r *frame.Request, tx *db.Tx, these []partnerships.ID) (err error) {
	q := v.sequence
	q.Program = r.Program.ID // also where none was chosen: whoever is not the program's does not exist
	if v.outcomes, err = outreach.Look(r.Context(), tx, r.Deps().Box, q, these); err != nil {
		return err
	}
	v.names, err = namesOf(r, tx, these)
	return err
}

// namesOf are the names of partnerships' creators.
func namesOf(r *frame.Request, tx *db.Tx, these []partnerships.ID) (map[partnerships.ID]string, error) {
	found, err := partnerships.FindMany(r.Context(), tx, these)
	if err != nil {
		return nil, err
	}
	all := make([]partnerships.Partnership, 0, len(found))
	for _, p := range found {
		all = append(all, p)
	}
	people, err := area.CreatorsByID(r.Context(), tx, all)
	names := make(map[partnerships.ID]string, len(all))
	for _, p := range all {
		names[p.ID] = people[p.Creator].Name
	}
	return names, err
}

func (v preview) draw(w http.ResponseWriter, r *frame.Request) error {
	if v.sequence.ID == "" {
		p := r.Page("creators", "reach.enrol.choose")
		p.Breadcrumb = []ui.Link{{Label: r.T("reach.sequences.title"), URL: r.To("/reach/sequences")}}
		return r.Render(w, http.StatusOK, "reach_page", p, ui.Stack{ui.EmptyState{Icon: "send", Title: r.T("reach.enrol.none"), Text: r.T("reach.enrol.none.text"), Action: &ui.Action{Label: r.T("reach.sequences.make"), URL: r.To("/reach/sequences")}}})
	}
	p := r.Page("creators", "reach.enrol.title", "name", v.sequence.Name)
	p.Breadcrumb = []ui.Link{{Label: r.T("reach.sequences.title"), URL: r.To("/reach/sequences")}, {Label: v.sequence.Name, URL: sequenceURL(r, v.sequence.ID, "")}}
	var get []ui.Pair
	for _, one := range v.outcomes {
		if one.Skip == "" {
			get = append(get, ui.Pair{Label: "id", Value: string(one.Partnership)})
		}
	}
	p.Lead = r.T("reach.enrol.get", "n", len(get))
	var parts ui.Stack
	if len(v.sequences) > 1 {
		parts = append(parts, v.other(r))
	}
	if len(get) > 0 {
		parts = append(parts, ui.Form{Action: sequenceURL(r, v.sequence.ID, "/enrol"), Submit: r.T("reach.enrol.submit", "n", len(get)), Hidden: get, Cancel: &ui.Link{Label: r.T("ui.cancel"), URL: sequenceURL(r, v.sequence.ID, "")}})
	}
	return r.Render(w, http.StatusOK, "reach_page", p, append(parts, v.table(r)))
}

// other lets another sequence be chosen for the same people.
func (v preview) other(r *frame.Request) ui.Component {
	form := ui.Form{Action: r.URL.Path, Submit: r.T("reach.enrol.other"), Look: ui.Modest, Fields: []ui.Field{{Name: "sequence", Label: r.T("reach.enrol.sequence"), Kind: ui.Select, Value: string(v.sequence.ID)}}}
	for _, q := range v.sequences {
		form.Fields[0].Options = append(form.Fields[0].Options, ui.Choice{Value: string(q.ID), Label: q.Name})
	}
	for _, one := range v.these {
		form.Hidden = append(form.Hidden, ui.Pair{Label: "id", Value: one})
	}
	return form
}

// table says of each what would happen: those who are passed over first, since that is what is looked for.
func (v preview) table(r *frame.Request) ui.Table {
	t := ui.Table{ID: "outcomes", Caption: r.T("reach.enrol.who"), Path: r.URL.Path, Columns: []ui.Column{{Key: "name", Label: r.T("creators.column.name")}, {Key: "what", Label: r.T("reach.enrol.what")}},
		Empty: ui.EmptyState{Icon: "users", Title: r.T("reach.enrol.nobody"), Text: r.T("reach.enrol.nobody.text"), Action: &ui.Action{Label: r.T("creators.tab.find"), Icon: "search", URL: r.To("/creators")}}}
	for _, c := range v.strangers {
		t.Rows = append(t.Rows, ui.Row{ID: string(c.ID), Label: c.Name, URL: r.To("/creators/" + string(c.ID)), Cells: []any{c.Name, ui.Badge{Label: r.T("reach.why.not_here"), Tone: ui.Warn}}})
	}
	var last []ui.Row
	for _, one := range v.outcomes {
		row := ui.Row{ID: string(one.Partnership), Label: v.names[one.Partnership], URL: area.PartnerURL(r, one.Partnership, ""), Cells: []any{v.names[one.Partnership], ui.Badge{Label: r.T("reach.enrol.gets"), Tone: ui.Good}}}
		if one.Skip == "" {
			last = append(last, row)
			continue
		}
		row.Cells[1] = ui.Badge{Label: r.T("reach.why." + string(one.Skip)), Tone: ui.Warn}
		t.Rows = append(t.Rows, row)
	}
	t.Rows = append(t.Rows, last...)
	return t
}

func ownSequence(r *frame.Request, tx *db.Tx) (outreach.Sequence, error) {
	q, err := outreach.FindSequence(r.Context(), tx, outreach.SequenceID(r.PathValue("sequence")))
	if err == nil && q.Program != r.Program.ID {
		err = fault.NotFound("sequence")
	}
	return q, err
}

// enrol enrols exactly those who stood on the page, and looks at each again.
func enrol(w http.ResponseWriter, r *frame.Request) error {
	ids, err := ticked(r)
	if err != nil {
		return err
	}
	got := 0
	for some := range slices.Chunk(ids, chunk) {
		n := 0
		if err := r.Update(func(tx *db.Tx) (err error) { n, err = enrolSome(r, tx, some); return err }); err != nil {
			return err
		}
		got += n
	}
	return r.Redirect(w, sequenceURL(r, outreach.SequenceID(r.PathValue("sequence")), ""), "reach.enrol.done", "n", got)
}

func enrolSome(r *frame.Request, tx *db.Tx, ids []string) (got int, err error) {
	q, err := ownSequence(r, tx)
	if err != nil {
		return 0, err
	}
	these := make([]partnerships.ID, len(ids))
	for i, one := range ids {
		these[i] = partnerships.ID(one)
	}
	all, err := outreach.Enrol(r.Context(), tx, r.Deps().Box, q.ID, these)
	if err != nil {
		return 0, err
	}
	got = reached(all)
	return got, audit.Record(r.Context(), tx, r.P, r.Program.ID, "sequence.enrol", string(q.ID), nil, map[string]any{"enrolled": got, "skipped": len(all) - got}, "")
}

func reached(all []outreach.Outcome) (n int) {
	for _, one := range all {
		if one.Skip == "" {
			n++
		}
	}
	return n
}
