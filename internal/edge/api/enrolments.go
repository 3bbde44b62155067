package api

import (
	"context"
	"net/http"
	"time"

	"rapport/internal/base/audit"
	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/partner/outreach"
	"rapport/internal/partner/partnerships"
)

// Enrolment is a creator in a sequence.
type Enrolment struct {
	ID            string     `json:"id"`
	SequenceID    string     `json:"sequence_id"`
	PartnershipID string     `json:"partnership_id"`
	State         string     `json:"state" enum:"running,done,stopped"`
	Because       string     `json:"because" doc:"Why it was stopped: replied, status, left_alone, bounced, no_address, sequence_stopped, by_hand, gone, too_long, trouble; else empty"`
	Sent          int        `json:"sent" doc:"Mails that left"`
	EnrolledAt    time.Time  `json:"enrolled_at"`
	EnrolledBy    string     `json:"enrolled_by"`
	LastAt        *time.Time `json:"last_at"`
	NextAt        *time.Time `json:"next_at" doc:"When the next mail is due; it leaves in working hours, by the pace"`
	Tries         int        `json:"tries" doc:"How often the next mail failed in a row"`
}

// Enrolled says what became of everybody who was to be enrolled.
type Enrolled struct {
	Enrolled int       `json:"enrolled"`
	Skipped  []Skipped `json:"skipped"`
}

// Skipped is somebody who gets no mails, or no message.
type Skipped struct {
	PartnershipID string `json:"partnership_id"`
	Because       string `json:"because" enum:"already_enrolled,already_talking,left_alone,no_address,bounced,sequence_stopped,already_prepared,no_account,status"`
}

type newEnrolments struct {
	Body struct {
		SequenceID     string   `json:"sequence_id" maxLength:"64"`
		PartnershipIDs []string `json:"partnership_ids" minItems:"1" maxItems:"20" doc:"At most 20: each is looked at in the one transaction that also holds the answer"`
		DryRun         bool     `json:"dry_run,omitempty" doc:"Say what would become of everybody, and enrol nobody"`
	}
}

type newMessages struct {
	Body struct {
		ProgramID      string   `json:"program_id" maxLength:"64"`
		PartnershipIDs []string `json:"partnership_ids" minItems:"1" maxItems:"20" doc:"At most 20: each is looked at in the one transaction that also holds the answer"`
	}
}

// Prepared says who was put at the front of the queue of direct messages.
type Prepared struct {
	Prepared int       `json:"prepared"`
	Skipped  []Skipped `json:"skipped"`
}

type listEnrolments struct {
	Paging
	ProgramID     string `query:"program_id" required:"true" maxLength:"64"`
	SequenceID    string `query:"sequence_id" maxLength:"64"`
	PartnershipID string `query:"partnership_id" maxLength:"64"`
	State         string `query:"state" enum:"running,done,stopped"`
}

func (a *API) enrolments() {
	read(a, operation(http.MethodGet, "/enrolments", "list-enrolments", "Outreach", "List who is or was in a program's sequences"),
		func(ctx context.Context, tx *db.Tx, p auth.Principal, in *listEnrolments) (List[Enrolment], error) {
			program, err := seenProgram(ctx, tx, p, in.ProgramID, auth.PermView, "")
			if err != nil {
				return List[Enrolment]{}, err
			}
			all, next, err := outreach.Enrolments(ctx, tx, outreach.EnrolmentFilter{
				Program: program.ID, Sequence: outreach.SequenceID(in.SequenceID), Partnership: partnerships.ID(in.PartnershipID), State: outreach.State(in.State),
			}, in.page())
			return listOf(all, next, shapeEnrolment), err
		})
	write(a, operation(http.MethodPost, "/enrolments", "create-enrolments", "Outreach", "Let a sequence of mails go to creators"), http.StatusOK, a.enrol)
	write(a, operation(http.MethodPost, "/enrolments/{id}/stop", "stop-enrolment", "Outreach", "Send a creator no more mails of a sequence"), http.StatusOK, a.changeEnrolment("enrolment.stop", outreach.StopEnrolment))
	write(a, operation(http.MethodPost, "/enrolments/{id}/try-again", "try-enrolment-again", "Outreach", "Let an enrolment run on whose mail could not be written"), http.StatusOK,
		a.changeEnrolment("enrolment.try_again", outreach.TryAgain))
	write(a, operation(http.MethodPost, "/direct-messages/prepare", "prepare-direct-messages", "Outreach", "Put creators at the front of the queue of direct messages"), http.StatusOK, a.prepare)
}

func (a *API) enrol(ctx context.Context, tx *db.Tx, p auth.Principal, in *newEnrolments) (int, Enrolled, error) {
	q, err := seenSequence(ctx, tx, p, in.Body.SequenceID, auth.PermManage, "sequence_id")
	if err != nil {
		return 0, Enrolled{}, err
	}
	these := partnershipIDs(in.Body.PartnershipIDs)
	if in.Body.DryRun {
		all, err := outreach.Look(ctx, tx, a.Box, q, these)
		done, skipped := outcomes(all)
		return http.StatusOK, Enrolled{done, skipped}, inField(err, "partnership_ids")
	}
	all, err := outreach.Enrol(ctx, tx, a.Box, q.ID, these)
	if err != nil {
		return 0, Enrolled{}, inField(err, "partnership_ids")
	}
	done, skipped := outcomes(all)
	return http.StatusOK, Enrolled{done, skipped}, audit.Record(ctx, tx, p, q.Program, "sequence.enrol", string(q.ID), nil, map[string]any{"enrolled": done, "skipped": len(skipped)}, "")
}

func (a *API) prepare(ctx context.Context, tx *db.Tx, p auth.Principal, in *newMessages) (int, Prepared, error) {
	program, err := seenProgram(ctx, tx, p, in.Body.ProgramID, auth.PermManage, "program_id")
	if err != nil {
		return 0, Prepared{}, err
	}
	all, err := outreach.Prepare(ctx, tx, a.Box, program.ID, partnershipIDs(in.Body.PartnershipIDs))
	if err != nil {
		return 0, Prepared{}, inField(err, "partnership_ids")
	}
	done, skipped := outcomes(all)
	return http.StatusOK, Prepared{done, skipped}, audit.Record(ctx, tx, p, program.ID, "queue.prepare", string(program.ID), nil, map[string]any{"prepared": done, "skipped": len(skipped)}, "")
}

func partnershipIDs(texts []string) []partnerships.ID {
	these := make([]partnerships.ID, len(texts))
	for i, one := range texts {
		these[i] = partnerships.ID(one)
	}
	return these
}

func outcomes(all []outreach.Outcome) (done int, skipped []Skipped) {
	skipped = []Skipped{}
	for _, one := range all {
		if one.Skip == "" {
			done++
		} else {
			skipped = append(skipped, Skipped{string(one.Partnership), string(one.Skip)})
		}
	}
	return done, skipped
}

// changeEnrolment does something to an enrolment in whose program the principal manages.
func (a *API) changeEnrolment(action string, do func(context.Context, *db.Tx, outreach.EnrolmentID) error) func(context.Context, *db.Tx, auth.Principal, *byID) (int, Enrolment, error) {
	return func(ctx context.Context, tx *db.Tx, p auth.Principal, in *byID) (int, Enrolment, error) {
		e, err := outreach.FindEnrolment(ctx, tx, outreach.EnrolmentID(in.ID))
		if err == nil {
			err = hidden(p.Require(e.Program, auth.PermManage), "enrolment")
		}
		if err != nil {
			return 0, Enrolment{}, err
		}
		if err := do(ctx, tx, e.ID); err != nil {
			return 0, Enrolment{}, err
		}
		if e, err = outreach.FindEnrolment(ctx, tx, e.ID); err != nil {
			return 0, Enrolment{}, err
		}
		return http.StatusOK, shapeEnrolment(e), audit.Record(ctx, tx, p, e.Program, action, in.ID, nil, nil, "")
	}
}

func shapeEnrolment(e outreach.Enrolment) Enrolment {
	return Enrolment{
		ID: string(e.ID), SequenceID: string(e.Sequence), PartnershipID: string(e.Partnership), State: string(e.State), Because: string(e.Reason), Sent: e.Step,
		EnrolledAt: e.EnrolledAt, EnrolledBy: e.By, LastAt: timeOrNull(e.LastAt), NextAt: timeOrNull(e.NextAt), Tries: e.Tries,
	}
}
