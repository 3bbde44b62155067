package api

import (
	"context"
	"net/http"
	"time"

	"rapport/internal/base/audit"
	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/programs"
	"rapport/internal/partner/partnerships"
	"rapport/internal/track/links"
)

// Link is a tracking link of a partnership.
type Link struct {
	ID            string     `json:"id"`
	PartnershipID string     `json:"partnership_id"`
	Slug          string     `json:"slug"`
	URL           string     `json:"url" doc:"What to share"`
	Destination   string     `json:"destination"`
	CreatedAt     time.Time  `json:"created_at"`
	EndedAt       *time.Time `json:"ended_at"`
}

// Code is a discount code of a partnership.
type Code struct {
	ID            string     `json:"id"`
	PartnershipID string     `json:"partnership_id"`
	Code          string     `json:"code" doc:"Compared without case"`
	Offer         *Offer     `json:"offer"`
	CreatedAt     time.Time  `json:"created_at"`
	EndedAt       *time.Time `json:"ended_at"`
}

type newLink struct {
	Body struct {
		PartnershipID string `json:"partnership_id" maxLength:"64"`
		Destination   string `json:"destination" maxLength:"2000" example:"https://shop.example/serum" doc:"On one of the program's sites"`
		Slug          string `json:"slug,omitempty" maxLength:"64"`
	}
}

type newCode struct {
	Body struct {
		PartnershipID string `json:"partnership_id" maxLength:"64"`
		Code          string `json:"code" maxLength:"64"`
		Offer         *Offer `json:"offer,omitempty"`
	}
}

type linkFilter struct {
	Paging
	ProgramID     string `query:"program_id" maxLength:"64"`
	PartnershipID string `query:"partnership_id" maxLength:"64"`
}

func (a *API) links() {
	write(a, operation(http.MethodPost, "/links", "create-link", "Links and codes", "Make a tracking link"), http.StatusCreated, a.createLink)
	read(a, operation(http.MethodGet, "/links", "list-links", "Links and codes", "List links"),
		func(ctx context.Context, tx *db.Tx, p auth.Principal, in *linkFilter) (List[Link], error) {
			f, err := in.filter(ctx, tx, p)
			if err != nil {
				return List[Link]{}, err
			}
			found, next, err := links.List(ctx, tx, f, in.page())
			return listOf(found, next, a.shapeLink), err
		})
	read(a, operation(http.MethodGet, "/links/{id}", "get-link", "Links and codes", "Look at a link"),
		func(ctx context.Context, tx *db.Tx, p auth.Principal, in *byID) (Link, error) {
			l, err := seenLink(ctx, tx, p, in.ID, auth.PermView)
			return a.shapeLink(l), err
		})
	write(a, operation(http.MethodPost, "/links/{id}/end", "end-link", "Links and codes", "Let a link count no further clicks"), http.StatusOK, a.endLink)
	write(a, operation(http.MethodPost, "/codes", "create-code", "Links and codes", "Give a partnership a discount code"), http.StatusCreated, a.createCode)
	read(a, operation(http.MethodGet, "/codes", "list-codes", "Links and codes", "List codes"),
		func(ctx context.Context, tx *db.Tx, p auth.Principal, in *linkFilter) (List[Code], error) {
			f, err := in.filter(ctx, tx, p)
			if err != nil {
				return List[Code]{}, err
			}
			found, next, err := links.ListCodes(ctx, tx, f, in.page())
			return listOf(found, next, shapeCode), err
		})
	write(a, operation(http.MethodPost, "/codes/{id}/end", "end-code", "Links and codes", "Take a code back"), http.StatusOK, a.endCode)
}

// filter narrows to a program or to a partnership of one; one of them must be named.
func (in *linkFilter) filter(ctx context.Context, tx *db.Tx, p auth.Principal) (links.Filter, error) {
	f := links.Filter{Program: programs.ID(in.ProgramID), Partnership: partnerships.ID(in.PartnershipID)}
	if in.PartnershipID != "" {
		found, err := seenPartnership(ctx, tx, p, in.PartnershipID, auth.PermView, "")
		if err != nil {
			return f, err
		}
		if in.ProgramID != "" && found.Program != f.Program {
			return f, fault.NotFound("partnership")
		}
		f.Program = found.Program
		return f, nil
	}
	_, err := seenProgram(ctx, tx, p, in.ProgramID, auth.PermView, "program_id")
	return f, err
}

func seenLink(ctx context.Context, tx *db.Tx, p auth.Principal, id string, perm auth.Permission) (links.Link, error) {
	l, err := links.Find(ctx, tx, links.ID(id))
	if err != nil {
		return l, err
	}
	return l, hidden(p.Require(l.Program, perm), "link")
}

func (a *API) createLink(ctx context.Context, tx *db.Tx, p auth.Principal, in *newLink) (int, Link, error) {
	b := in.Body
	of, err := seenPartnership(ctx, tx, p, b.PartnershipID, auth.PermManage, "partnership_id")
	if err != nil {
		return 0, Link{}, err
	}
	l, err := links.Create(ctx, tx, links.New{Partnership: of.ID, Destination: b.Destination, Slug: b.Slug})
	if err != nil {
		return 0, Link{}, err
	}
	if err := a.Links.Now(ctx, tx, l); err != nil {
		return 0, Link{}, err
	}
	return http.StatusCreated, a.shapeLink(l), audit.Record(ctx, tx, p, of.Program, "link.create", string(l.ID), nil, a.shapeLink(l), "")
}

func (a *API) endLink(ctx context.Context, tx *db.Tx, p auth.Principal, in *byID) (int, Link, error) {
	l, err := seenLink(ctx, tx, p, in.ID, auth.PermManage)
	if err != nil {
		return 0, Link{}, err
	}
	if err := links.End(ctx, tx, l.ID); err != nil {
		return 0, Link{}, err
	}
	if l, err = links.Find(ctx, tx, l.ID); err != nil {
		return 0, Link{}, err
	}
	if err := a.Links.Now(ctx, tx, l); err != nil {
		return 0, Link{}, err
	}
	return http.StatusOK, a.shapeLink(l), audit.Record(ctx, tx, p, l.Program, "link.end", string(l.ID), nil, nil, "")
}

func (a *API) createCode(ctx context.Context, tx *db.Tx, p auth.Principal, in *newCode) (int, Code, error) {
	of, err := seenPartnership(ctx, tx, p, in.Body.PartnershipID, auth.PermManage, "partnership_id")
	if err != nil {
		return 0, Code{}, err
	}
	program, err := programs.Find(ctx, tx, of.Program)
	if err != nil {
		return 0, Code{}, err
	}
	t, err := parseTerms(nil, in.Body.Offer, program.Currency)
	if err != nil {
		return 0, Code{}, err
	}
	c, err := links.CreateCode(ctx, tx, links.NewCode{Partnership: of.ID, Code: in.Body.Code, Offer: t.Offer})
	if err != nil {
		return 0, Code{}, err
	}
	return http.StatusCreated, shapeCode(c), audit.Record(ctx, tx, p, of.Program, "code.create", string(c.ID), nil, shapeCode(c), "")
}

func (a *API) endCode(ctx context.Context, tx *db.Tx, p auth.Principal, in *byID) (int, Code, error) {
	c, err := links.FindCode(ctx, tx, links.CodeID(in.ID))
	if err != nil {
		return 0, Code{}, err
	}
	if err := hidden(p.Require(c.Program, auth.PermManage), "code"); err != nil {
		return 0, Code{}, err
	}
	if err := links.EndCode(ctx, tx, c.ID); err != nil {
		return 0, Code{}, err
	}
	if c, err = links.FindCode(ctx, tx, c.ID); err != nil {
		return 0, Code{}, err
	}
	return http.StatusOK, shapeCode(c), audit.Record(ctx, tx, p, c.Program, "code.end", string(c.ID), nil, nil, "")
}

func (a *API) shapeLink(l links.Link) Link {
	return Link{
		ID: string(l.ID), PartnershipID: string(l.Partnership), Slug: l.Slug, URL: l.URL(a.LinkBase), Destination: l.Destination,
		CreatedAt: l.CreatedAt, EndedAt: timeOrNull(l.EndedAt),
	}
}

func shapeCode(c links.Code) Code {
	out := Code{ID: string(c.ID), PartnershipID: string(c.Partnership), Code: c.Code, CreatedAt: c.CreatedAt, EndedAt: timeOrNull(c.EndedAt)}
	if c.Offer != nil {
		out.Offer = &Offer{string(c.Offer.Kind), Decimal(c.Offer.Value())}
	}
	return out
}
