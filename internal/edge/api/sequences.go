package api

import (
	"context"
	"net/http"
	"time"

	"rapport/internal/base/audit"
	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/programs"
	"rapport/internal/partner/outreach"
	"rapport/internal/partner/partnerships"
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
	Subject   string `json:"subject"`
	Body      string `json:"body"`
	AfterDays int    `json:"after_days" doc:"After the mail before; the first one after the enrolment"`
}

// Enrolled says what became of everybody who was to be enrolled.
type Enrolled struct {
	Enrolled int       `json:"enrolled"`
	Skipped  []Skipped `json:"skipped"`
}

// Skipped is somebody who gets no mails.
type Skipped struct {
	PartnershipID string `json:"partnership_id"`
	Because       string `json:"because" enum:"already_enrolled,already_talking,left_alone,no_address,bounced,sequence_stopped"`
}

type newEnrolments struct {
	Body struct {
		SequenceID     string   `json:"sequence_id" maxLength:"64"`
		PartnershipIDs []string `json:"partnership_ids" minItems:"1" maxItems:"200"`
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
	write(a, operation(http.MethodPost, "/enrolments", "create-enrolments", "Outreach", "Let a sequence of mails go to creators"), http.StatusOK, a.enrol)
}

func (a *API) enrol(ctx context.Context, tx *db.Tx, p auth.Principal, in *newEnrolments) (int, Enrolled, error) {
	q, err := outreach.FindSequence(ctx, tx, outreach.SequenceID(in.Body.SequenceID))
	if err != nil {
		return 0, Enrolled{}, inField(err, "sequence_id")
	}
	if err := hidden(p.Require(q.Program, auth.PermManage), "sequence"); err != nil {
		return 0, Enrolled{}, inField(err, "sequence_id")
	}
	these := make([]partnerships.ID, len(in.Body.PartnershipIDs))
	for i, one := range in.Body.PartnershipIDs {
		these[i] = partnerships.ID(one)
	}
	all, err := outreach.Enrol(ctx, tx, a.Box, q.ID, these)
	if err != nil {
		return 0, Enrolled{}, inField(err, "partnership_ids")
	}
	shape := Enrolled{Skipped: []Skipped{}}
	for _, one := range all {
		if one.Skip == "" {
			shape.Enrolled++
		} else {
			shape.Skipped = append(shape.Skipped, Skipped{string(one.Partnership), string(one.Skip)})
		}
	}
	return http.StatusOK, shape, audit.Record(ctx, tx, p, q.Program, "sequence.enrol", string(q.ID), nil, map[string]any{"enrolled": shape.Enrolled, "skipped": len(shape.Skipped)}, "")
}

func shapeSequence(q outreach.Sequence) Sequence {
	shape := Sequence{ID: string(q.ID), ProgramID: string(q.Program), Name: q.Name, Sender: q.Sender, Steps: []SequenceStep{}, CreatedAt: q.CreatedAt, StoppedAt: timeOrNull(q.StoppedAt)}
	for _, s := range q.Steps {
		shape.Steps = append(shape.Steps, SequenceStep{Subject: s.Subject, Body: s.Body, AfterDays: s.AfterDays})
	}
	return shape
}
