package api

import (
	"context"
	"net/http"
	"time"

	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/programs"
	"rapport/internal/edge/welcome"
	"rapport/internal/partner/applications"
	"rapport/internal/recruit/creators"
)

// Application is somebody's wish to join a program.
type Application struct {
	ID            string     `json:"id"`
	ProgramID     string     `json:"program_id"`
	CreatorID     string     `json:"creator_id"`
	PartnershipID string     `json:"partnership_id"`
	Status        string     `json:"status" enum:"waiting,approved,refused"`
	Claimed       bool       `json:"claimed" doc:"An account is known already under another address, or none: a person looks at it"`
	Answers       []Answer   `json:"answers"`
	Terms         string     `json:"terms" doc:"The sentence the applicant accepted"`
	Reasons       []string   `json:"reasons" doc:"Why it was answered so, or why a person is asked; the applicant reads the same"`
	DecidedBy     string     `json:"decided_by" doc:"Empty where a rule decided"`
	CreatedAt     time.Time  `json:"created_at"`
	DecidedAt     *time.Time `json:"decided_at"`
}

// Answer is an answer with its question.
type Answer struct {
	Question string `json:"question"`
	Answer   string `json:"answer"`
}

type newApplication struct {
	Body struct {
		ProgramID string `json:"program_id" maxLength:"64"`
		Name      string `json:"name" maxLength:"100"`
		Email     string `json:"email" maxLength:"254"`
		Confirmed bool   `json:"email_confirmed,omitempty" doc:"You have seen that the address is theirs; without it no rule lets anybody in"`
		Country   string `json:"country,omitempty" maxLength:"100"`
		Profiles  []struct {
			Platform string `json:"platform,omitempty" enum:"tiktok,instagram,youtube,pinterest,other"`
			Handle   string `json:"handle" maxLength:"2000"`
		} `json:"profiles" minItems:"1" maxItems:"6"`
		Answers  []string `json:"answers,omitempty" maxItems:"12" doc:"In the order of the form's questions"`
		Accepted bool     `json:"accepted" doc:"They accepted the terms"`
		Terms    string   `json:"terms,omitempty" maxLength:"2000" doc:"The sentence they accepted; left out, the program's"`
	}
}

type applicationFilter struct {
	Paging
	ProgramID string `query:"program_id" required:"true" maxLength:"64"`
	Status    string `query:"status" enum:"waiting,approved,refused"`
}

type refusal struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		Reason string `json:"reason" maxLength:"1000"`
	}
}

func (a *API) applications() {
	write(a, operation(http.MethodPost, "/applications", "create-application", "Applications", "Hand over an application"), http.StatusCreated, a.createApplication)
	read(a, operation(http.MethodGet, "/applications", "list-applications", "Applications", "List a program's applications"), a.listApplications)
	read(a, operation(http.MethodGet, "/applications/{id}", "get-application", "Applications", "Look at an application"),
		func(ctx context.Context, tx *db.Tx, p auth.Principal, in *byID) (Application, error) {
			found, err := seenApplication(ctx, tx, p, in.ID, auth.PermView)
			return shapeApplication(found), err
		})
	write(a, operation(http.MethodPost, "/applications/{id}/approve", "approve-application", "Applications", "Let an applicant in"), http.StatusOK, a.approveApplication)
	write(a, operation(http.MethodPost, "/applications/{id}/refuse", "refuse-application", "Applications", "Turn an applicant away"), http.StatusOK, a.refuseApplication)
}

func seenApplication(ctx context.Context, tx *db.Tx, p auth.Principal, id string, perm auth.Permission) (applications.Application, error) {
	found, err := applications.Find(ctx, tx, applications.ID(id))
	if err != nil {
		return found, err
	}
	return found, hidden(p.Require(found.Program, perm), "application")
}

func (a *API) host() welcome.Host {
	return welcome.Host{Box: a.Box, Links: a.Links, BaseURL: a.BaseURL, Fit: a.Fit}
}

func (a *API) createApplication(ctx context.Context, tx *db.Tx, p auth.Principal, in *newApplication) (int, Application, error) {
	b := in.Body
	program, err := seenProgram(ctx, tx, p, b.ProgramID, auth.PermManage, "program_id")
	if err != nil {
		return 0, Application{}, err
	}
	form, found, err := applications.FormOf(ctx, tx, program.ID)
	if err != nil {
		return 0, Application{}, err
	}
	if !found { // whoever hands applications over asks their own questions
		form = applications.Form{Program: program.ID, Open: true}
	}
	s := applications.Submission{Name: b.Name, Email: b.Email, Country: b.Country, Sent: b.Answers, Accepted: b.Accepted, Terms: b.Terms}
	for i, profile := range b.Profiles {
		account, err := creators.ParseAccount(creators.Platform(profile.Platform), profile.Handle)
		if err != nil {
			return 0, Application{}, inField(err, at("profiles", i, "handle"))
		}
		s.Accounts = append(s.Accounts, account)
	}
	if s.Terms == "" {
		if s.Terms, err = welcome.ProgramDeal(ctx, tx, program); err != nil {
			return 0, Application{}, err
		}
	}
	made, err := a.host().Take(ctx, tx, form, s, b.Confirmed)
	return http.StatusCreated, shapeApplication(made), err
}

func (a *API) listApplications(ctx context.Context, tx *db.Tx, p auth.Principal, in *applicationFilter) (List[Application], error) {
	if _, err := seenProgram(ctx, tx, p, in.ProgramID, auth.PermView, ""); err != nil {
		return List[Application]{}, err
	}
	found, next, err := applications.List(ctx, tx, applications.Filter{Program: programs.ID(in.ProgramID), State: applications.State(in.Status)}, in.page())
	return listOf(found, next, shapeApplication), err
}

func (a *API) approveApplication(ctx context.Context, tx *db.Tx, p auth.Principal, in *byID) (int, Application, error) {
	if _, err := seenApplication(ctx, tx, p, in.ID, auth.PermManage); err != nil {
		return 0, Application{}, err
	}
	done, err := a.host().Approve(ctx, tx, p, applications.ID(in.ID), "")
	return http.StatusOK, shapeApplication(done), err
}

func (a *API) refuseApplication(ctx context.Context, tx *db.Tx, p auth.Principal, in *refusal) (int, Application, error) {
	if _, err := seenApplication(ctx, tx, p, in.ID, auth.PermManage); err != nil {
		return 0, Application{}, err
	}
	done, err := a.host().Refuse(ctx, tx, p, applications.ID(in.ID), in.Body.Reason)
	return http.StatusOK, shapeApplication(done), err
}

func shapeApplication(a applications.Application) Application {
	shape := Application{
		ID: string(a.ID), ProgramID: string(a.Program), CreatorID: string(a.Creator), PartnershipID: string(a.Partnership), Status: string(a.State), Claimed: a.Claimed,
		Answers: []Answer{}, Terms: a.Terms, Reasons: welcome.Reasons(a), DecidedBy: a.DecidedBy, CreatedAt: a.CreatedAt, DecidedAt: timeOrNull(a.DecidedAt),
	}
	for _, one := range a.Answers {
		shape.Answers = append(shape.Answers, Answer(one))
	}
	return shape
}
