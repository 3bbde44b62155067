package api

import (
	"context"
	"net/http"

	"rapport/internal/base/audit"
	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/partner/outreach"
)

// Template is a message with gaps.
type Template struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Subject string `json:"subject" doc:"Empty for a direct message"`
	Body    string `json:"body"`
	Own     bool   `json:"own" doc:"Made here; the others come with Rapport and cannot be changed"`
}

type newTemplate struct {
	Body struct {
		ProgramID string `json:"program_id" maxLength:"64"`
		Name      string `json:"name" maxLength:"100"`
		Subject   string `json:"subject,omitempty" maxLength:"120"`
		Body      string `json:"body" maxLength:"5000" doc:"Plain text with gaps, as {{first_name|there}}"`
	}
}

type changeTemplate struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		Name    *string `json:"name,omitempty" maxLength:"100"`
		Subject *string `json:"subject,omitempty" maxLength:"120" doc:"Empty makes it a direct message"`
		Body    *string `json:"body,omitempty" maxLength:"5000"`
	}
}

// removed names what is gone.
type removed struct {
	ID string `json:"id"`
}

func (a *API) templates() {
	read(a, operation(http.MethodGet, "/templates", "list-templates", "Outreach", "List a program's templates and those that come with Rapport"),
		func(ctx context.Context, tx *db.Tx, p auth.Principal, in *inProgram) (List[Template], error) {
			program, err := seenProgram(ctx, tx, p, in.ProgramID, auth.PermView, "")
			if err != nil {
				return List[Template]{}, err
			}
			all, err := outreach.Templates(ctx, tx, program.ID)
			return listOf(all, "", shapeTemplate), err
		})
	write(a, operation(http.MethodPost, "/templates", "create-template", "Outreach", "Make a template"), http.StatusCreated,
		func(ctx context.Context, tx *db.Tx, p auth.Principal, in *newTemplate) (int, Template, error) {
			program, err := seenProgram(ctx, tx, p, in.Body.ProgramID, auth.PermManage, "program_id")
			if err != nil {
				return 0, Template{}, err
			}
			t, err := saveTemplate(ctx, tx, p, outreach.Template{Program: program.ID, Name: in.Body.Name, Subject: in.Body.Subject, Body: in.Body.Body})
			return http.StatusCreated, t, err
		})
	write(a, operation(http.MethodPatch, "/templates/{id}", "change-template", "Outreach", "Change a template"), http.StatusOK,
		func(ctx context.Context, tx *db.Tx, p auth.Principal, in *changeTemplate) (int, Template, error) {
			t, err := seenTemplate(ctx, tx, p, in.ID)
			if err != nil {
				return 0, Template{}, err
			}
			t.Name, t.Subject, t.Body = orElse(in.Body.Name, t.Name), orElse(in.Body.Subject, t.Subject), orElse(in.Body.Body, t.Body)
			saved, err := saveTemplate(ctx, tx, p, t)
			return http.StatusOK, saved, err
		})
	write(a, operation(http.MethodPost, "/templates/{id}/remove", "remove-template", "Outreach", "Remove a template"), http.StatusOK,
		func(ctx context.Context, tx *db.Tx, p auth.Principal, in *byID) (int, removed, error) {
			t, err := seenTemplate(ctx, tx, p, in.ID)
			if err != nil {
				return 0, removed{}, err
			}
			if err := outreach.RemoveTemplate(ctx, tx, t.Program, t.ID); err != nil {
				return 0, removed{}, err
			}
			return http.StatusOK, removed{in.ID}, audit.Record(ctx, tx, p, t.Program, "template.remove", in.ID, nil, nil, "")
		})
}

func seenTemplate(ctx context.Context, tx *db.Tx, p auth.Principal, id string) (outreach.Template, error) {
	t, found, err := outreach.FindTemplate(ctx, tx, outreach.TemplateID(id))
	if err == nil && !found {
		err = fault.NotFound("template")
	}
	if err != nil {
		return t, err
	}
	return t, hidden(p.Require(t.Program, auth.PermManage), "template")
}

func saveTemplate(ctx context.Context, tx *db.Tx, p auth.Principal, t outreach.Template) (Template, error) {
	saved, err := outreach.SaveTemplate(ctx, tx, t)
	if err != nil {
		return Template{}, err
	}
	return shapeTemplate(saved), audit.Record(ctx, tx, p, saved.Program, "template.save", string(saved.ID), nil, map[string]any{"name": saved.Name}, "")
}

func shapeTemplate(t outreach.Template) Template {
	return Template{ID: string(t.ID), Name: t.Name, Subject: t.Subject, Body: t.Body, Own: t.Program != ""}
}

// orElse is what a change names, or what was there.
func orElse[T any](named *T, was T) T {
	if named != nil {
		return *named
	}
	return was
}
