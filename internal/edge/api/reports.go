package api

import (
	"context"
	"net/http"
	"time"

	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/programs"
	"rapport/internal/edge/stores"
	"rapport/internal/learn/analytics"
)

// Performance is one row of the report.
type Performance struct {
	Key            string   `json:"key" doc:"Id, day, platform or tier; empty for what has none"`
	Name           string   `json:"name"`
	PartnershipID  string   `json:"partnership_id,omitempty"`
	CreatorID      string   `json:"creator_id,omitempty"`
	Clicks         int64    `json:"clicks" doc:"Of people; crawlers, previews and prefetches are in marked_clicks"`
	MarkedClicks   int64    `json:"marked_clicks"`
	Conversions    float64  `json:"conversions" doc:"By share; without tests, cancelled and fully refunded ones"`
	Revenue        Money    `json:"revenue" doc:"Commissionable less refunds, by share"`
	Commission     Money    `json:"commission" doc:"Earned less reversed"`
	Cost           Money    `json:"cost"`
	EngagementRate *float64 `json:"engagement_rate"`
	CTR            *float64 `json:"ctr"`
	ConversionRate *float64 `json:"conversion_rate"`
	EPC            *Money   `json:"epc"`
	CPA            *Money   `json:"cpa"`
	ROAS           *float64 `json:"roas"`
	ROI            *float64 `json:"roi"`
	Other          []Other  `json:"other,omitempty" doc:"What was sold in other currencies"`
}

// Other is what conversions in another currency came to.
type Other struct {
	Conversions float64 `json:"conversions"`
	Revenue     Money   `json:"revenue"`
	Commission  Money   `json:"commission"`
}

type performanceQuery struct {
	Paging
	ProgramID string `query:"program_id" required:"true" maxLength:"64"`
	GroupBy   string `query:"group_by" enum:"creator,partnership,group,link,code,day,platform,tier" default:"creator"`
	From      string `query:"from" maxLength:"35" doc:"First day, in the program's time zone: 2026-03-01; the last 30 days where nothing is said"`
	To        string `query:"to" maxLength:"35" doc:"The day after the last one"`
	Sort      string `query:"sort" maxLength:"40" example:"-revenue"`
}

// StoreConnection is a shop whose orders belong to a program.
type StoreConnection struct {
	ID            string     `json:"id"`
	ProgramID     string     `json:"program_id"`
	Store         string     `json:"store"`
	Shop          string     `json:"shop"`
	WebhookURL    string     `json:"webhook_url" doc:"Where the shop must deliver to"`
	CreatedAt     time.Time  `json:"created_at"`
	LastSeenAt    *time.Time `json:"last_seen_at"`
	Refused       int64      `json:"refused" doc:"Deliveries with a wrong signature"`
	LastRefusedAt *time.Time `json:"last_refused_at"`
	EndedAt       *time.Time `json:"ended_at"`
}

type newConnection struct {
	Body struct {
		ProgramID string `json:"program_id" maxLength:"64"`
		Store     string `json:"store" enum:"shopify"`
		Shop      string `json:"shop" maxLength:"253" example:"fernwood.myshopify.com"`
		Secret    string `json:"secret" maxLength:"512" doc:"The app's client secret; sealed, and never answered"`
	}
}

func (a *API) reports() {
	read(a, operation(http.MethodGet, "/reports/performance", "get-performance", "Reports", "What came of whom, by a dimension"), a.performance)
	write(a, operation(http.MethodPost, "/store-connections", "create-store-connection", "Stores", "Connect a shop"), http.StatusCreated,
		func(ctx context.Context, tx *db.Tx, p auth.Principal, in *newConnection) (int, StoreConnection, error) {
			program, err := seenProgram(ctx, tx, p, in.Body.ProgramID, auth.PermSettings, "program_id")
			if err != nil {
				return 0, StoreConnection{}, err
			}
			c, err := stores.Connect(ctx, tx, a.Box, stores.New{Program: program.ID, Store: stores.Store(in.Body.Store), Shop: in.Body.Shop, Secret: in.Body.Secret})
			return http.StatusCreated, a.shapeConnection(c), err
		})
	read(a, operation(http.MethodGet, "/store-connections", "list-store-connections", "Stores", "List a program's shops"),
		func(ctx context.Context, tx *db.Tx, p auth.Principal, in *ofProgram) (List[StoreConnection], error) {
			program, err := seenProgram(ctx, tx, p, in.ProgramID, auth.PermView, "program_id")
			if err != nil {
				return List[StoreConnection]{}, err
			}
			found, err := stores.List(ctx, tx, program.ID)
			return listOf(found, "", a.shapeConnection), err
		})
}

func (a *API) performance(ctx context.Context, tx *db.Tx, p auth.Principal, in *performanceQuery) (List[Performance], error) {
	program, err := seenProgram(ctx, tx, p, in.ProgramID, auth.PermView, "program_id")
	if err != nil {
		return List[Performance]{}, err
	}
	q := analytics.Query{Program: program.ID, GroupBy: analytics.Dimension(in.GroupBy), Sort: in.Sort, Page: in.page()}
	if q.From, err = dayIn(program, in.From, "from"); err != nil {
		return List[Performance]{}, err
	}
	if q.To, err = dayIn(program, in.To, "to"); err != nil {
		return List[Performance]{}, err
	}
	if q.Tail, err = a.Tail(ctx, tx); err != nil {
		return List[Performance]{}, err
	}
	rows, next, err := analytics.Performance(ctx, tx, q)
	return listOf(rows, next, shapePerformance), err
}

// dayIn reads a day, or the day on which a moment falls in the program's zone.
func dayIn(program programs.Program, text, field string) (analytics.Day, error) {
	if text == "" {
		return 0, nil
	}
	if moment, err := time.Parse(time.RFC3339, text); err == nil {
		return analytics.DayOf(moment, program.Location()), nil
	}
	day, err := analytics.ParseDay(text)
	if err != nil {
		return 0, fault.Invalid("Write a day as 2026-03-01.").In(field)
	}
	return day, nil
}

func shapePerformance(r analytics.Row) Performance {
	out := Performance{
		Key: r.Key, Name: r.Name, PartnershipID: string(r.Partnership), CreatorID: string(r.Creator), Clicks: r.Clicks, MarkedClicks: r.Marked,
		Conversions: r.Conversions, Revenue: moneyOf(r.Revenue), Commission: moneyOf(r.Commission), Cost: moneyOf(r.Cost),
		EngagementRate: r.EngagementRate, CTR: r.CTR, ConversionRate: r.ConversionRate, EPC: moneyOrNull(r.EPC), CPA: moneyOrNull(r.CPA), ROAS: r.ROAS, ROI: r.ROI,
	}
	for _, o := range r.Other {
		out.Other = append(out.Other, Other{o.Conversions, moneyOf(o.Revenue), moneyOf(o.Commission)})
	}
	return out
}

func (a *API) shapeConnection(c stores.Connection) StoreConnection {
	if c.ID == "" {
		return StoreConnection{}
	}
	return StoreConnection{
		ID: string(c.ID), ProgramID: string(c.Program), Store: string(c.Store), Shop: c.Shop, WebhookURL: a.BaseURL + "/hooks/" + string(c.Store) + "/" + string(c.ID),
		CreatedAt: c.CreatedAt, LastSeenAt: timeOrNull(c.LastSeenAt), Refused: c.Refused, LastRefusedAt: timeOrNull(c.LastRefusedAt), EndedAt: timeOrNull(c.EndedAt),
	}
}
