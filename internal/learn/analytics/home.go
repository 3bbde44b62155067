package analytics

import (
	"context"
	"time"

	"rapport/internal/base/db"
	"rapport/internal/base/programs"
	"rapport/internal/partner/partnerships"
)

// Overview is this month so far beside the same number of days before it.
type Overview struct {
	From, To   Day // [From, To): from the first of the month up to today
	BeforeFrom Day // [BeforeFrom, From)
	This       Row
	Before     Row
	Days       []Row // every day of the month so far
}

// Home sums up a program for the desk.
func Home(ctx context.Context, tx *db.Tx, program programs.ID, now time.Time, tail []TailCount) (Overview, error) {
	return overview(ctx, tx, Query{Program: program, Tail: tail}, now)
}

// PartnerHome sums up one partnership, for the creator's page and the portal.
func PartnerHome(ctx context.Context, tx *db.Tx, program programs.ID, partner partnerships.ID, now time.Time, tail []TailCount) (Overview, error) {
	return overview(ctx, tx, Query{Program: program, Partnership: partner, Tail: tail}, now)
}

func overview(ctx context.Context, tx *db.Tx, q Query, now time.Time) (o Overview, err error) {
	program, err := programs.Find(ctx, tx, q.Program)
	if err != nil {
		return o, err
	}
	year, month, day := now.In(program.Location()).Date()
	o.From, o.To = DayOn(year, month, 1), DayOn(year, month, day)+1
	o.BeforeFrom = o.From - (o.To - o.From)
	q.GroupBy, q.From, q.To = ByDay, o.From, o.To
	this, err := Make(ctx, tx, q)
	if err != nil {
		return o, err
	}
	o.This, o.Days = this.Totals, this.Rows
	q.From, q.To = o.BeforeFrom, o.From
	o.Before, err = Totals(ctx, tx, q)
	return o, err
}

// Series is a query's figures day by day, the first day first, without pages.
func Series(ctx context.Context, tx *db.Tx, q Query) ([]Row, error) {
	q.GroupBy, q.Sort = ByDay, "name"
	r, err := Make(ctx, tx, q)
	return r.Rows, err
}
