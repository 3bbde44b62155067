package reach

import (
	"net/http"
	"net/url"
	"strings"

	"rapport/internal/base/audit"
	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
	"rapport/internal/partner/outreach"
)

func showTemplates(w http.ResponseWriter, r *frame.Request) error {
	return drawTemplates(w, r, http.StatusOK, nil)
}

func drawTemplates(w http.ResponseWriter, r *frame.Request, status int, mistake error) error {
	var all []outreach.Template
	if err := r.View(func(tx *db.Tx) (err error) {
		all, err = outreach.Templates(r.Context(), tx, r.Program.ID)
		return err
	}); err != nil {
		return err
	}
	p := r.Page("creators", "reach.templates.title")
	p.Lead = r.T("reach.templates.lead")
	p.Breadcrumb = []ui.Link{{Label: r.T("reach.title"), URL: r.To("/reach")}}
	chosen := choose(all, r.FormValue("template"))
	var list ui.Stack
	for _, t := range all {
		list = append(list, templateCard(r, t))
	}
	if !r.P.Can(r.Program.ID, auth.PermManage) {
		return r.Render(w, status, "reach_page", p, list)
	}
	return r.Render(w, status, "reach_page", p, append(ui.Stack{templateForm(r, chosen, mistake)}, list...))
}

// templateForm writes a new template, made of the chosen one where that is one of ours, or changes the program's own.
func templateForm(r *frame.Request, t outreach.Template, mistake error) ui.Form {
	if mistake != nil {
		t.Name, t.Subject, t.Body = r.FormValue("name"), r.FormValue("subject"), r.FormValue("body")
	} else if r.FormValue("template") == "" {
		t = outreach.Template{}
	}
	form := ui.Form{Action: r.To("/reach/templates"), Submit: r.T("reach.templates.save"), Fields: []ui.Field{
		{Name: "name", Label: r.T("reach.templates.name"), Value: t.Name, MaxLength: 100, Required: true, Autocomplete: "off"},
		{Name: "subject", Label: r.T("reach.templates.subject"), Value: t.Subject, MaxLength: 120, Hint: r.T("reach.templates.subject.hint"), Autocomplete: "off"},
		{Name: "body", Label: r.T("reach.templates.body"), Kind: ui.Area, Rows: 8, Value: t.Body, MaxLength: 5000, Required: true,
			Hint: r.T("reach.templates.hint", "gaps", "{{"+strings.Join(outreach.Variables(), "}}, {{")+"}}")},
	}}
	if t.Program != "" {
		form.Hidden = []ui.Pair{{Label: "template", Value: string(t.ID)}}
	}
	form.Fail(mistake)
	return form
}

func templateCard(r *frame.Request, t outreach.Template) ui.Component {
	use, sub := ui.Action{Label: r.T("reach.templates.use"), URL: r.To("/reach?template=" + url.QueryEscape(string(t.ID)))}, r.T("reach.templates.dm")
	if t.Channel() == outreach.ChannelMail {
		sub = r.T("reach.templates.mail", "subject", t.Subject)
		use = ui.Action{Label: r.T("reach.templates.sequence"), URL: r.To("/reach/sequences?mail_0=" + url.QueryEscape(string(t.ID)))}
	}
	if !r.P.Can(r.Program.ID, auth.PermManage) {
		return ui.Card{Title: t.Name, Sub: sub, Body: paragraphs(t.Body)}
	}
	change := ui.Action{Label: r.T("reach.templates.change"), URL: r.To("/reach/templates?template=" + url.QueryEscape(string(t.ID)))}
	acts := ui.Actions{use, change}
	if t.Program != "" {
		acts = append(acts, ui.Action{Label: r.T("reach.templates.remove"), Icon: "x", Post: true, URL: r.To("/reach/templates/" + url.PathEscape(string(t.ID)) + "/remove")})
	}
	return ui.Card{Title: t.Name, Sub: sub, Body: ui.Stack{paragraphs(t.Body), acts}}
}

// paragraphs are the words of a message as they stand in it.
func paragraphs(body string) (parts ui.Stack) {
	for part := range strings.SplitSeq(body, "\n\n") {
		parts = append(parts, ui.Words(part))
	}
	return parts
}

// choose finds the template of an id, or else the first.
func choose(all []outreach.Template, id string) outreach.Template {
	for _, t := range all {
		if string(t.ID) == id {
			return t
		}
	}
	return all[0]
}

func saveTemplate(w http.ResponseWriter, r *frame.Request) error {
	t := outreach.Template{ID: outreach.TemplateID(r.FormValue("template")), Program: r.Program.ID, Name: r.Text("name"), Subject: r.Text("subject"), Body: r.FormValue("body")}
	err := r.Update(func(tx *db.Tx) error {
		saved, err := outreach.SaveTemplate(r.Context(), tx, t)
		if err != nil {
			return err
		}
		return audit.Record(r.Context(), tx, r.P, r.Program.ID, "template.save", string(saved.ID), nil, map[string]any{"name": saved.Name}, "")
	})
	if frame.IsMistake(err) {
		return drawTemplates(w, r, http.StatusUnprocessableEntity, err)
	}
	if err != nil {
		return err
	}
	return r.Redirect(w, r.To("/reach/templates"), "reach.templates.saved")
}

func removeTemplate(w http.ResponseWriter, r *frame.Request) error {
	id := r.PathValue("template")
	err := r.Update(func(tx *db.Tx) error {
		if err := outreach.RemoveTemplate(r.Context(), tx, r.Program.ID, outreach.TemplateID(id)); err != nil {
			return err
		}
		return audit.Record(r.Context(), tx, r.P, r.Program.ID, "template.remove", id, nil, nil, "")
	})
	if err != nil {
		return err
	}
	return r.Redirect(w, r.To("/reach/templates"), "reach.templates.removed")
}
