package join

import (
	"net/http"
	"strconv"
	"strings"

	"golang.org/x/text/unicode/norm"

	"rapport/internal/base/audit"
	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
	"rapport/internal/partner/applications"
)

// formOf is the program's form, or one to begin with.
func formOf(r *frame.Request, tx *db.Tx) (f applications.Form, err error) {
	f, found, err := applications.FormOf(r.Context(), tx, r.Program.ID)
	if err == nil && !found {
		f = applications.Form{Program: r.Program.ID, Slug: slugOf(r.Program.Name), Open: true, Questions: []applications.Question{
			{Text: r.T("join.first.why", "program", r.Program.Name), Kind: applications.QuestionText, Required: true},
			{Text: r.T("join.first.before"), Kind: applications.QuestionYesNo},
		}}
	}
	return f, err
}

// slugOf is a name as it stands in an address: "Fernwood Tea" → "fernwood-tea".
func slugOf(name string) string {
	var b strings.Builder
	for _, c := range strings.ToLower(norm.NFD.String(name)) {
		switch {
		case c >= 'a' && c <= 'z' || c >= '0' && c <= '9':
			b.WriteRune(c)
		case (c == ' ' || c == '-' || c == '_') && b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	return strings.Trim(b.String()[:min(b.Len(), 60)], "-")
}

func editForm(w http.ResponseWriter, r *frame.Request) error {
	var f applications.Form
	if err := r.View(func(tx *db.Tx) (err error) { f, err = formOf(r, tx); return err }); err != nil {
		return err
	}
	return drawFormEditor(w, r, http.StatusOK, f, nil)
}

// more is how many empty questions the page has room for beside those that are there.
const more = 2

func drawFormEditor(w http.ResponseWriter, r *frame.Request, status int, f applications.Form, mistake error) error {
	form := ui.Form{Action: r.To("/applications/form"), Submit: r.T("ui.save"), Cancel: &ui.Link{Label: r.T("ui.cancel"), URL: r.To("/applications")}, Fields: []ui.Field{
		{Name: "open", Label: r.T("join.form.open"), Kind: ui.Check, Checked: f.Open},
		{Name: "slug", Label: r.T("join.form.slug"), Value: f.Slug, Hint: r.T("join.form.slug.hint", "base", r.Deps().BaseURL+"/join/"), Required: true, MaxLength: 64, Autocomplete: "off"},
		{Name: "intro", Label: r.T("join.form.intro"), Kind: ui.Area, Value: f.Intro, Hint: r.T("join.form.intro.hint"), MaxLength: applications.LongestIntro, Rows: 4},
	}}
	for i := range min(len(f.Questions)+more, applications.MostQuestions) {
		var q applications.Question
		if i < len(f.Questions) {
			q = f.Questions[i]
		}
		form.Fields = append(form.Fields, questionEditor(r, i, q)...)
	}
	form.Fail(editorNames(mistake))
	p := r.Page("creators", "join.form.title")
	p.Lead = r.T("join.form.lead")
	p.Breadcrumb = []ui.Link{{Label: r.T("creators.tab.applications"), URL: r.To("/applications")}}
	return r.Render(w, status, "join_page", p, ui.Stack{form})
}

func questionEditor(r *frame.Request, i int, q applications.Question) []ui.Field {
	n := strconv.Itoa(i)
	kind := string(q.Kind)
	if kind == "" {
		kind = string(applications.QuestionText)
	}
	fields := []ui.Field{
		{Name: "question_" + n, Label: r.T("join.form.question", "n", i+1), Value: q.Text, MaxLength: applications.LongestQuestion, Hint: map[bool]string{true: r.T("join.form.question.hint")}[i == 0]},
		{Name: "kind_" + n, Label: r.T("join.form.kind", "n", i+1), Kind: ui.Select, Value: kind, Options: []ui.Choice{
			{Value: string(applications.QuestionText), Label: r.T("join.kind.text")}, {Value: string(applications.QuestionChoice), Label: r.T("join.kind.choice")},
			{Value: string(applications.QuestionYesNo), Label: r.T("join.kind.yes_no")}}},
	}
	if q.Kind == applications.QuestionChoice {
		fields = append(fields, ui.Field{Name: "choices_" + n, Label: r.T("join.form.choices", "n", i+1), Kind: ui.Area, Rows: 3, Value: strings.Join(q.Choices, "\n"), Hint: r.T("join.form.choices.hint")})
	}
	return append(fields, ui.Field{Name: "required_" + n, Label: r.T("join.form.required", "n", i+1), Kind: ui.Check, Checked: q.Required})
}

// editorNames gives faults the names of the editor's fields: questions[2].text is question_2.
func editorNames(err error) error {
	f, ok := fault.As(err)
	if !ok {
		return err
	}
	var all []*fault.Error
	for _, one := range append([]*fault.Error{f}, f.Others...) {
		other := *one
		other.Others = nil
		if rest, ok := strings.CutPrefix(other.Field, "questions["); ok {
			n, part, _ := strings.Cut(rest, "].")
			other.Field = map[string]string{"text": "question_", "kind": "kind_", "choices": "choices_"}[part] + n
		}
		all = append(all, &other)
	}
	return fault.Join(all...)
}

func saveForm(w http.ResponseWriter, r *frame.Request) error {
	var f applications.Form
	err := r.Update(func(tx *db.Tx) error {
		before, err := formOf(r, tx)
		if err != nil {
			return err
		}
		f = before
		f.Open, f.Slug, f.Intro, f.Questions = r.FormValue("open") != "", r.Text("slug"), r.Text("intro"), questionsSent(r)
		after, err := applications.SaveForm(r.Context(), tx, f)
		if err != nil {
			return err
		}
		return audit.Record(r.Context(), tx, r.P, r.Program.ID, "application.form", string(r.Program.ID), before, after, "")
	})
	if frame.IsMistake(err) {
		return drawFormEditor(w, r, http.StatusUnprocessableEntity, f, err)
	}
	if err != nil {
		return err
	}
	return r.Redirect(w, r.To("/applications"), "join.form.saved")
}

// questionsSent are the questions that have a text.
func questionsSent(r *frame.Request) (all []applications.Question) {
	for i := range applications.MostQuestions {
		n := strconv.Itoa(i)
		if r.Text("question_"+n) == "" {
			continue
		}
		q := applications.Question{Text: r.Text("question_" + n), Kind: applications.QuestionKind(r.Text("kind_" + n)), Required: r.FormValue("required_"+n) != ""}
		for line := range strings.SplitSeq(r.FormValue("choices_"+n), "\n") {
			if line = strings.TrimSpace(line); line != "" {
				q.Choices = append(q.Choices, line)
			}
		}
		all = append(all, q)
	}
	return all
}
