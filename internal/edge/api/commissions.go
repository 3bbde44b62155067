package api

import (
	"context"
	"net/http"
	"time"

	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/partner/partnerships"
	"rapport/internal/pay/commissions"
	"rapport/internal/recruit/creators"
)

// Commission as a list shows it; CommissionOf is the short form inside a conversion.
type CommissionDetail struct {
	CommissionOf
	ProgramID    string            `json:"program_id"`
	ConversionID string            `json:"conversion_id,omitempty"`
	CreatorID    string            `json:"creator_id"`
	Reason       string            `json:"reason,omitempty" doc:"Why it was held, rejected or reversed by a person"`
	Rule         CommissionRule    `json:"rule"`
	HoldUntil    time.Time         `json:"hold_until"`
	CreatedAt    time.Time         `json:"created_at"`
	ApprovedAt   *time.Time        `json:"approved_at"`
	PaidAt       *time.Time        `json:"paid_at"`
	Events       []CommissionEvent `json:"events,omitempty"`
}

// CommissionRule is how the amount came about.
type CommissionRule struct {
	Version string     `json:"version"`
	Terms   Commission `json:"terms"`
	From    string     `json:"from" enum:"partnership,group,program" doc:"Whose terms said so"`
	Base    Money      `json:"base" doc:"The commissionable amount"`
	ShareBP int        `json:"share_bp"`
}

// CommissionEvent is a step in the life of a commission.
type CommissionEvent struct {
	At     time.Time `json:"at"`
	Kind   string    `json:"kind"`
	Amount Money     `json:"amount"`
	By     string    `json:"by"`
	Reason string    `json:"reason,omitempty"`
}

type commissionFilter struct {
	Paging
	ProgramID     string `query:"program_id" required:"true" maxLength:"64"`
	Status        string `query:"status" enum:"pending,held,approved,paid,rejected,reversed"`
	PartnershipID string `query:"partnership_id" maxLength:"64"`
	CreatorID     string `query:"creator_id" maxLength:"64"`
}

type decideCommission struct {
	ID   string  `path:"id" maxLength:"64"`
	Body *reason `required:"false"`
}

func (a *API) commissions() {
	tag := "Commissions"
	read(a, operation(http.MethodGet, "/commissions", "list-commissions", tag, "List commissions"), a.listCommissions)
	read(a, operation(http.MethodGet, "/commissions/{id}", "get-commission", tag, "Look at a commission, with what happened to it"), a.getCommission)
	type decision func(context.Context, *db.Tx, auth.Principal, commissions.ID, string) (commissions.Commission, error)
	for verb, d := range map[string]struct {
		summary string
		act     decision
	}{
		"approve": {"Make a commission payable before its hold ends", commissions.Approve},
		"hold":    {"Keep a pending commission back until a person decides", commissions.Hold},
		"reject":  {"Refuse a commission that was not approved yet", commissions.Reject},
		"reverse": {"Take back an approved or paid commission", commissions.Reverse},
	} {
		write(a, operation(http.MethodPost, "/commissions/{id}/"+verb, verb+"-commission", tag, d.summary), http.StatusOK,
			func(ctx context.Context, tx *db.Tx, p auth.Principal, in *decideCommission) (int, CommissionDetail, error) {
				c, err := d.act(ctx, tx, p, commissions.ID(in.ID), orZero(in.Body).Reason)
				return http.StatusOK, shapeCommission(c), err
			})
	}
}

func (a *API) listCommissions(ctx context.Context, tx *db.Tx, p auth.Principal, in *commissionFilter) (List[CommissionDetail], error) {
	program, err := seenProgram(ctx, tx, p, in.ProgramID, auth.PermView, "program_id")
	if err != nil {
		return List[CommissionDetail]{}, err
	}
	found, next, err := commissions.List(ctx, tx, commissions.Filter{
		Program: program.ID, Status: commissions.Status(in.Status), Partnership: partnerships.ID(in.PartnershipID), Creator: creators.ID(in.CreatorID),
	}, in.page())
	return listOf(found, next, shapeCommission), err
}

func (a *API) getCommission(ctx context.Context, tx *db.Tx, p auth.Principal, in *byID) (CommissionDetail, error) {
	c, err := commissions.Find(ctx, tx, commissions.ID(in.ID))
	if err != nil {
		return CommissionDetail{}, err
	}
	if err := hidden(p.Require(c.Program, auth.PermView), "commission"); err != nil {
		return CommissionDetail{}, err
	}
	out := shapeCommission(c)
	events, err := commissions.Events(ctx, tx, c)
	for _, e := range events {
		out.Events = append(out.Events, CommissionEvent{e.At, string(e.Kind), moneyOf(e.Amount), e.By, e.Reason})
	}
	return out, err
}

func shapeCommission(c commissions.Commission) CommissionDetail {
	if c.ID == "" {
		return CommissionDetail{}
	}
	return CommissionDetail{
		CommissionOf: CommissionOf{
			ID: string(c.ID), PartnershipID: string(c.Partnership), Earned: moneyOf(c.Earned), Reversed: moneyOf(c.Reversed), Amount: moneyOf(c.Amount()),
			Status: string(c.Status),
		},
		ProgramID: string(c.Program), ConversionID: string(c.Conversion), CreatorID: string(c.Creator), Reason: c.Reason,
		Rule: CommissionRule{
			c.Rule.Version, Commission{string(c.Rule.Commission.Kind), Decimal(c.Rule.Commission.Value())}, string(c.Rule.From), moneyOf(c.Rule.Base), int(c.Rule.Share),
		},
		HoldUntil: c.HoldUntil, CreatedAt: c.CreatedAt, ApprovedAt: timeOrNull(c.ApprovedAt), PaidAt: timeOrNull(c.PaidAt),
	}
}
