package api

import (
	"context"
	"net/http"
	"time"

	"rapport/internal/base/audit"
	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/programs"
	"rapport/internal/partner/partnerships"
	"rapport/internal/partner/terms"
	"rapport/internal/recruit/creators"
)

// Partnership is a creator in a program.
type Partnership struct {
	ID         string      `json:"id"`
	ProgramID  string      `json:"program_id"`
	CreatorID  string      `json:"creator_id"`
	GroupID    string      `json:"group_id"`
	Status     string      `json:"status"`
	Commission *Commission `json:"commission" doc:"Of its own; null leaves it to the group or the program"`
	Offer      *Offer      `json:"offer"`
	CreatedAt  time.Time   `json:"created_at"`
	UpdatedAt  time.Time   `json:"updated_at"`
}

type newPartnership struct {
	Body struct {
		ProgramID  string      `json:"program_id" maxLength:"64"`
		CreatorID  string      `json:"creator_id" maxLength:"64"`
		Status     string      `json:"status,omitempty" enum:"prospect,applied,contacted,replied,negotiating,agreed,active,paused,ended,lost" default:"prospect"`
		GroupID    string      `json:"group_id,omitempty" maxLength:"64"`
		Commission *Commission `json:"commission,omitempty"`
		Offer      *Offer      `json:"offer,omitempty"`
	}
}

type changePartnership struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		Status     *string     `json:"status,omitempty" enum:"prospect,applied,contacted,replied,negotiating,agreed,active,paused,ended,lost"`
		GroupID    *string     `json:"group_id,omitempty" maxLength:"64"`
		Commission *Commission `json:"commission,omitempty"`
		Offer      *Offer      `json:"offer,omitempty"`
	}
}

type partnershipFilter struct {
	Paging
	ProgramID string `query:"program_id" maxLength:"64"`
	CreatorID string `query:"creator_id" maxLength:"64"`
	GroupID   string `query:"group_id" maxLength:"64"`
	Status    string `query:"status" enum:"prospect,applied,contacted,replied,negotiating,agreed,active,paused,ended,lost"`
}

// Group is partnerships that share terms.
type Group struct {
	ID         string      `json:"id"`
	ProgramID  string      `json:"program_id"`
	Name       string      `json:"name"`
	Commission *Commission `json:"commission"`
	Offer      *Offer      `json:"offer"`
	CreatedAt  time.Time   `json:"created_at"`
	UpdatedAt  time.Time   `json:"updated_at"`
}

type newGroup struct {
	Body struct {
		ProgramID  string      `json:"program_id" maxLength:"64"`
		Name       string      `json:"name" maxLength:"100"`
		Commission *Commission `json:"commission,omitempty"`
		Offer      *Offer      `json:"offer,omitempty"`
	}
}

type ofProgram struct {
	ProgramID string `query:"program_id" required:"true" maxLength:"64"`
}

func (a *API) partnerships() {
	write(a, operation(http.MethodPost, "/partnerships", "create-partnership", "Partnerships", "Take a creator into a program"), http.StatusCreated, a.createPartnership)
	write(a, operation(http.MethodPatch, "/partnerships/{id}", "change-partnership", "Partnerships", "Change a partnership"), http.StatusOK, a.changePartnership)
	read(a, operation(http.MethodGet, "/partnerships", "list-partnerships", "Partnerships", "List partnerships"), a.listPartnerships)
	read(a, operation(http.MethodGet, "/partnerships/{id}", "get-partnership", "Partnerships", "Look at a partnership"),
		func(ctx context.Context, tx *db.Tx, p auth.Principal, in *byID) (Partnership, error) {
			found, err := seenPartnership(ctx, tx, p, in.ID, auth.PermView, "")
			return shapePartnership(found), err
		})
	write(a, operation(http.MethodPost, "/groups", "create-group", "Partnerships", "Make a group"), http.StatusCreated, a.createGroup)
	read(a, operation(http.MethodGet, "/groups", "list-groups", "Partnerships", "List a program's groups"),
		func(ctx context.Context, tx *db.Tx, p auth.Principal, in *ofProgram) (List[Group], error) {
			program, err := seenProgram(ctx, tx, p, in.ProgramID, auth.PermView, "")
			if err != nil {
				return List[Group]{}, err
			}
			found, err := partnerships.ListGroups(ctx, tx, program.ID)
			return listOf(found, "", shapeGroup), err
		})
}

// seenPartnership returns a partnership in whose program the principal has the permission.
func seenPartnership(ctx context.Context, tx *db.Tx, p auth.Principal, id string, perm auth.Permission, field string) (partnerships.Partnership, error) {
	found, err := partnerships.Find(ctx, tx, partnerships.ID(id))
	if err != nil {
		return found, inField(err, field)
	}
	return found, inField(hidden(p.Require(found.Program, perm), "partnership"), field)
}

func (a *API) createPartnership(ctx context.Context, tx *db.Tx, p auth.Principal, in *newPartnership) (int, Partnership, error) {
	b := in.Body
	program, err := seenProgram(ctx, tx, p, b.ProgramID, auth.PermManage, "program_id")
	if err != nil {
		return 0, Partnership{}, err
	}
	creator, err := seenCreator(ctx, tx, p, b.CreatorID)
	if err != nil {
		return 0, Partnership{}, inField(err, "creator_id")
	}
	own, err := parseTerms(b.Commission, b.Offer, program.Currency)
	if err != nil {
		return 0, Partnership{}, err
	}
	made, err := partnerships.Create(ctx, tx, partnerships.New{
		Program: program.ID, Creator: creator.ID, Status: partnerships.Status(b.Status), Group: partnerships.GroupID(b.GroupID),
	})
	if err != nil {
		return 0, Partnership{}, err
	}
	if own != (terms.Terms{}) {
		if made, err = partnerships.SetTerms(ctx, tx, made.ID, own); err != nil {
			return 0, Partnership{}, err
		}
	}
	return http.StatusCreated, shapePartnership(made), audit.Record(ctx, tx, p, program.ID, "partnership.create", string(made.ID), nil, shapePartnership(made), "")
}

func (a *API) changePartnership(ctx context.Context, tx *db.Tx, p auth.Principal, in *changePartnership) (int, Partnership, error) {
	before, err := seenPartnership(ctx, tx, p, in.ID, auth.PermManage, "")
	if err != nil {
		return 0, Partnership{}, err
	}
	after, b := before, in.Body
	if b.Status != nil {
		if after, err = partnerships.SetStatus(ctx, tx, before.ID, partnerships.Status(*b.Status)); err != nil {
			return 0, Partnership{}, err
		}
	}
	if b.GroupID != nil {
		if after, err = partnerships.SetGroup(ctx, tx, before.ID, partnerships.GroupID(*b.GroupID)); err != nil {
			return 0, Partnership{}, err
		}
	}
	if b.Commission != nil || b.Offer != nil {
		if after, err = changeOwnTerms(ctx, tx, after, b.Commission, b.Offer); err != nil {
			return 0, Partnership{}, err
		}
	}
	return http.StatusOK, shapePartnership(after), audit.Record(ctx, tx, p, after.Program, "partnership.change", string(after.ID), shapePartnership(before), shapePartnership(after), "")
}

func changeOwnTerms(ctx context.Context, tx *db.Tx, of partnerships.Partnership, c *Commission, o *Offer) (partnerships.Partnership, error) {
	program, err := programs.Find(ctx, tx, of.Program)
	if err != nil {
		return of, err
	}
	changed, err := parseTerms(c, o, program.Currency)
	if err != nil {
		return of, err
	}
	own := of.Terms
	if changed.Commission != nil {
		own.Commission = changed.Commission
	}
	if changed.Offer != nil {
		own.Offer = changed.Offer
	}
	return partnerships.SetTerms(ctx, tx, of.ID, own)
}

func (a *API) listPartnerships(ctx context.Context, tx *db.Tx, p auth.Principal, in *partnershipFilter) (List[Partnership], error) {
	f := partnerships.Filter{
		Program: programs.ID(in.ProgramID), Creator: creators.ID(in.CreatorID), Group: partnerships.GroupID(in.GroupID), Status: partnerships.Status(in.Status),
	}
	if in.ProgramID != "" {
		if _, err := seenProgram(ctx, tx, p, in.ProgramID, auth.PermView, ""); err != nil {
			return List[Partnership]{}, err
		}
	} else {
		f.Programs, f.Everywhere = p.Visible()
	}
	found, next, err := partnerships.List(ctx, tx, f, in.page())
	return listOf(found, next, shapePartnership), err
}

func (a *API) createGroup(ctx context.Context, tx *db.Tx, p auth.Principal, in *newGroup) (int, Group, error) {
	program, err := seenProgram(ctx, tx, p, in.Body.ProgramID, auth.PermSettings, "program_id")
	if err != nil {
		return 0, Group{}, err
	}
	t, err := parseTerms(in.Body.Commission, in.Body.Offer, program.Currency)
	if err != nil {
		return 0, Group{}, err
	}
	group, err := partnerships.CreateGroup(ctx, tx, partnerships.NewGroup{Program: program.ID, Name: in.Body.Name, Terms: t})
	if err != nil {
		return 0, Group{}, err
	}
	return http.StatusCreated, shapeGroup(group), audit.Record(ctx, tx, p, program.ID, "group.create", string(group.ID), nil, shapeGroup(group), "")
}

func shapePartnership(p partnerships.Partnership) Partnership {
	commission, offer := shapeTerms(p.Terms)
	return Partnership{
		ID: string(p.ID), ProgramID: string(p.Program), CreatorID: string(p.Creator), GroupID: string(p.Group), Status: string(p.Status),
		Commission: commission, Offer: offer, CreatedAt: p.CreatedAt, UpdatedAt: p.UpdatedAt,
	}
}

func shapeGroup(g partnerships.Group) Group {
	commission, offer := shapeTerms(g.Terms)
	return Group{ID: string(g.ID), ProgramID: string(g.Program), Name: g.Name, Commission: commission, Offer: offer, CreatedAt: g.CreatedAt, UpdatedAt: g.UpdatedAt}
}
