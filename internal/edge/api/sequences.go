package api

import (
	"cmp"
	"context"
	"net/http"
	"time"

	"rapport/internal/base/audit"
	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/programs"
	"rapport/internal/partner/outreach"
)

// Sequence is a row of mails that stops when the creator answers.
type Sequence struct {
	ID        string         `json:"id"`
	ProgramID string         `json:"program_id"`
	Name      string         `json:"name"`
	Sender    string         `json:"sender"`
	Steps     []SequenceStep `json:"steps"`
	CreatedAt time.Time      `json:"created_at"`
	StoppedAt *time.Time     `json:"stopped_at"`
}

// SequenceStep is one mail.
type SequenceStep struct {
	Name      string `json:"name,omitempty" maxLength:"100" doc:"What it is called here; its subject where it is left out"`
	Subject   string `json:"subject" maxLength:"120"`
	Body      string `json:"body" maxLength:"5000" doc:"Plain text with gaps, as {{first_name|there}}"`
	AfterDays int    `json:"after_days" minimum:"0" maximum:"60" doc:"After the mail before; the first one after the enrolment"`
}

type newSequence struct {
	Body struct {
		ProgramID string         `json:"program_id" maxLength:"64"`
		Name      string         `json:"name" maxLength:"100"`
		Sender    string         `json:"sender,omitempty" maxLength:"100" doc:"Who writes; whoever asks where it is left out"`
		Steps     []SequenceStep `json:"steps" minItems:"1" maxItems:"5"`
	}
}

func (a *API) sequences() {
	read(a, operation(http.MethodGet, "/sequences", "list-sequences", "Outreach", "List a program's sequences of mails"),
		func(ctx context.Context, tx *db.Tx, p auth.Principal, in *inProgram) (List[Sequence], error) {
			if _, err := seenProgram(ctx, tx, p, in.ProgramID, auth.PermView, ""); err != nil {
				return List[Sequence]{}, err
			}
			all, err := outreach.Sequences(ctx, tx, programs.ID(in.ProgramID))
			return listOf(all, "", shapeSequence), err
		})
	read(a, operation(http.MethodGet, "/sequences/{id}", "get-sequence", "Outreach", "Look at a sequence of mails"),
		func(ctx context.Context, tx *db.Tx, p auth.Principal, in *byID) (Sequence, error) {
			q, err := seenSequence(ctx, tx, p, in.ID, auth.PermView, "")
			return shapeSequence(q), err
		})
	write(a, operation(http.MethodPost, "/sequences", "create-sequence", "Outreach", "Make a sequence of mails"), http.StatusCreated, a.createSequence)
	write(a, operation(http.MethodPost, "/sequences/{id}/stop", "stop-sequence", "Outreach", "Stop a sequence: nobody gets another mail of it"), http.StatusOK, a.stopSequence)
}

// seenSequence returns a sequence in whose program the principal has the permission.
func seenSequence(ctx context.Context, tx *db.Tx, p auth.Principal, id string, perm auth.Permission, field string) (outreach.Sequence, error) {
	q, err := outreach.FindSequence(ctx, tx, outreach.SequenceID(id))
	if err != nil {
		return q, inField(err, field)
	}
	return q, inField(hidden(p.Require(q.Program, perm), "sequence"), field)
}

func (a *API) createSequence(ctx context.Context, tx *db.Tx, p auth.Principal, in *newSequence) (int, Sequence, error) {
	program, err := seenProgram(ctx, tx, p, in.Body.ProgramID, auth.PermManage, "program_id")
	if err != nil {
		return 0, Sequence{}, err
	}
	q := outreach.Sequence{Program: program.ID, Name: in.Body.Name, Sender: cmp.Or(in.Body.Sender, p.Name)}
	for _, s := range in.Body.Steps {
		q.Steps = append(q.Steps, outreach.Step{Name: cmp.Or(s.Name, s.Subject), Subject: s.Subject, Body: s.Body, AfterDays: s.AfterDays})
	}
	if q, err = outreach.CreateSequence(ctx, tx, q); err != nil {
		return 0, Sequence{}, err
	}
	return http.StatusCreated, shapeSequence(q), audit.Record(ctx, tx, p, q.Program, "sequence.create", string(q.ID), nil, map[string]any{"name": q.Name}, "")
}

func (a *API) stopSequence(ctx context.Context, tx *db.Tx, p auth.Principal, in *byID) (int, Sequence, error) {
	q, err := seenSequence(ctx, tx, p, in.ID, auth.PermManage, "")
	if err != nil {
		return 0, Sequence{}, err
	}
	if err := outreach.StopSequence(ctx, tx, q.Program, q.ID); err != nil {
		return 0, Sequence{}, err
	}
	if q, err = outreach.FindSequence(ctx, tx, q.ID); err != nil {
		return 0, Sequence{}, err
	}
	return http.StatusOK, shapeSequence(q), audit.Record(ctx, tx, p, q.Program, "sequence.stop", in.ID, nil, nil, "")
}

func shapeSequence(q outreach.Sequence) Sequence {
	shape := Sequence{ID: string(q.ID), ProgramID: string(q.Program), Name: q.Name, Sender: q.Sender, Steps: []SequenceStep{}, CreatedAt: q.CreatedAt, StoppedAt: timeOrNull(q.StoppedAt)}
	for _, s := range q.Steps {
		shape.Steps = append(shape.Steps, SequenceStep{Name: s.Name, Subject: s.Subject, Body: s.Body, AfterDays: s.AfterDays})
	}
	return shape
}
