package api

import (
	"context"
	"net/http"

	"rapport/internal/base/audit"
	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/partner/outreach"
)

// Pace bounds the mails of a program's sequences.
type Pace struct {
	PerDay    int64 `json:"per_day"`
	PerHour   int64 `json:"per_hour"`
	DayBound  int64 `json:"day_bound" doc:"How many may leave today: 20 on the first day, half as many again on each further one, until per_day is reached"`
	SentToday int64 `json:"sent_today"`
	SentHour  int64 `json:"sent_last_hour"`
}

type changePace struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		PerDay  *int64 `json:"per_day,omitempty" minimum:"1" maximum:"1000"`
		PerHour *int64 `json:"per_hour,omitempty" minimum:"1" maximum:"200"`
	}
}

func (a *API) pace() {
	read(a, operation(http.MethodGet, "/programs/{id}/pace", "get-pace", "Outreach", "Look how fast a program's sequences send"),
		func(ctx context.Context, tx *db.Tx, p auth.Principal, in *byID) (Pace, error) {
			return paceOf(ctx, tx, p, in.ID, auth.PermView)
		})
	write(a, operation(http.MethodPatch, "/programs/{id}/pace", "change-pace", "Outreach", "Change how fast a program's sequences send"), http.StatusOK,
		func(ctx context.Context, tx *db.Tx, p auth.Principal, in *changePace) (int, Pace, error) {
			before, err := paceOf(ctx, tx, p, in.ID, auth.PermManage)
			if err != nil {
				return 0, Pace{}, err
			}
			program, err := seenProgram(ctx, tx, p, in.ID, auth.PermManage, "")
			if err != nil {
				return 0, Pace{}, err
			}
			if err := outreach.SetPace(ctx, tx, program.ID, outreach.Pace{PerDay: orElse(in.Body.PerDay, before.PerDay), PerHour: orElse(in.Body.PerHour, before.PerHour)}); err != nil {
				return 0, Pace{}, err
			}
			after, err := paceOf(ctx, tx, p, in.ID, auth.PermManage)
			if err != nil {
				return 0, Pace{}, err
			}
			return http.StatusOK, after, audit.Record(ctx, tx, p, program.ID, "pace.change", in.ID, before, after, "")
		})
}

func paceOf(ctx context.Context, tx *db.Tx, p auth.Principal, id string, perm auth.Permission) (Pace, error) {
	program, err := seenProgram(ctx, tx, p, id, perm, "")
	if err != nil {
		return Pace{}, err
	}
	pace, err := outreach.PaceOf(ctx, tx, program.ID)
	if err != nil {
		return Pace{}, err
	}
	traffic, err := outreach.TrafficOf(ctx, tx, program)
	if err != nil {
		return Pace{}, err
	}
	return Pace{pace.PerDay, pace.PerHour, outreach.Allow(pace, traffic, tx.Now()).Today, traffic.Today, traffic.LastHour}, nil
}
