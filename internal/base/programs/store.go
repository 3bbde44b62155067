package programs

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/id"
	"rapport/internal/base/money"
)

// Defaults of a new program.
const (
	usualWindowDays = 30
	usualHoldDays   = 30
	usualTimezone   = "UTC"
	usualColour     = "#1f6feb"
	usualParameter  = "rp_click"
)

func (n New) program() Program {
	p := Program{
		Name: n.Name, Currency: n.Currency, Timezone: orElse(n.Timezone, usualTimezone), Colour: orElse(n.Colour, usualColour), LogoBlob: n.LogoBlob,
		Sites: n.Sites,
		Attribution: Attribution{
			Model:      orElse(n.Attribution.Model, ModelLastTouch),
			WindowDays: orElse(n.Attribution.WindowDays, usualWindowDays),
			Prefer:     orElse(n.Attribution.Prefer, PreferCode),
		},
		HoldDays:       usualHoldDays,
		PayoutSchedule: orElse(n.PayoutSchedule, ScheduleManual),
		PayoutMinimum:  orElse(n.PayoutMinimum, money.Zero(n.Currency)),
		ClickParameter: orElse(n.ClickParameter, usualParameter),
	}
	if n.HoldDays != nil {
		p.HoldDays = *n.HoldDays
	}
	return p
}

func orElse[T comparable](v, usual T) T {
	var zero T
	if v == zero {
		return usual
	}
	return v
}

// Create makes a program. Its faults name the fields as the API's body does.
func Create(ctx context.Context, tx *db.Tx, n New) (Program, error) {
	p := n.program().tidy()
	sites, err := p.check()
	if err != nil {
		return Program{}, err
	}
	p.ID, p.Sites, p.CreatedAt, p.UpdatedAt = ID(id.New(Prefix, tx.Now())), sites, tx.Now(), tx.Now()
	_, err = tx.Exec(ctx, `insert into programs (id, name, currency, timezone, colour, logo_blob, sites, attribution_model, window_days, prefer,
			hold_days, payout_schedule, payout_minimum_minor, click_parameter, created_at, updated_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`,
		p.ID, p.Name, p.Currency, p.Timezone, p.Colour, db.OrNull(p.LogoBlob), encode(p.Sites), p.Attribution.Model, p.Attribution.WindowDays,
		p.Attribution.Prefer, p.HoldDays, p.PayoutSchedule, p.PayoutMinimum.Minor, p.ClickParameter, db.Micros(p.CreatedAt), db.Micros(p.UpdatedAt))
	if err != nil {
		return Program{}, fmt.Errorf("cannot create a program: %w", err)
	}
	return p, p.emit(ctx, tx)
}

// Update changes what c names. Its faults name the fields as the API's body does.
func Update(ctx context.Context, tx *db.Tx, program ID, c Change) (Program, error) {
	if err := tx.Lock(ctx, "program:"+string(program)); err != nil { // two changes of different fields must not undo each other
		return Program{}, err
	}
	p, err := Find(ctx, tx, program)
	if err != nil {
		return Program{}, err
	}
	p = c.apply(p).tidy()
	if p.Sites, err = p.check(); err != nil {
		return Program{}, err
	}
	p.UpdatedAt = tx.Now()
	_, err = tx.Exec(ctx, `update programs set name = $1, timezone = $2, colour = $3, logo_blob = $4, sites = $5, attribution_model = $6,
			window_days = $7, prefer = $8, hold_days = $9, payout_schedule = $10, payout_minimum_minor = $11, click_parameter = $12, updated_at = $13
		where id = $14`,
		p.Name, p.Timezone, p.Colour, db.OrNull(p.LogoBlob), encode(p.Sites), p.Attribution.Model, p.Attribution.WindowDays, p.Attribution.Prefer,
		p.HoldDays, p.PayoutSchedule, p.PayoutMinimum.Minor, p.ClickParameter, db.Micros(p.UpdatedAt), p.ID)
	if err != nil {
		return Program{}, fmt.Errorf("cannot change program %s: %w", program, err)
	}
	return p, p.emit(ctx, tx)
}

func (c Change) apply(p Program) Program {
	set(&p.Name, c.Name)
	set(&p.Timezone, c.Timezone)
	set(&p.Colour, c.Colour)
	set(&p.LogoBlob, c.LogoBlob)
	set(&p.Sites, c.Sites)
	set(&p.Attribution.Model, c.Attribution.Model)
	set(&p.Attribution.WindowDays, c.Attribution.WindowDays)
	set(&p.Attribution.Prefer, c.Attribution.Prefer)
	set(&p.HoldDays, c.HoldDays)
	set(&p.PayoutSchedule, c.PayoutSchedule)
	set(&p.PayoutMinimum, c.PayoutMinimum)
	set(&p.ClickParameter, c.ClickParameter)
	return p
}

func set[T any](field, to *T) {
	if to != nil {
		*field = *to
	}
}

func (p Program) emit(ctx context.Context, tx *db.Tx) error {
	return tx.Emit(ctx, TopicChanged, string(p.ID), Changed{p.ID})
}

const columns = `id, name, currency, timezone, colour, logo_blob, sites, attribution_model, window_days, prefer, hold_days, payout_schedule,
	payout_minimum_minor, click_parameter, created_at, updated_at`

// Find returns a program. It asks for no rights: the caller has checked them.
func Find(ctx context.Context, tx *db.Tx, program ID) (Program, error) {
	p, found, err := db.One(ctx, tx, scan, `select `+columns+` from programs where id = $1`, program)
	if err == nil && !found {
		err = fault.NotFound("program")
	}
	return p, err
}

// List returns a page of the programs named by ids, or of all programs where ids is nil, oldest first. An empty list of ids names none.
func List(ctx context.Context, tx *db.Tx, ids []ID, page db.Page) (items []Program, next string, err error) {
	if ids != nil && len(ids) == 0 {
		return nil, "", nil
	}
	args := []any{page.After, page.Bound() + 1}
	named := ``
	if ids != nil {
		named = ` and id in (` + parameters(len(args)+1, len(ids)) + `)`
		for _, one := range ids {
			args = append(args, one)
		}
	}
	items, err = db.All(ctx, tx, scan, `select `+columns+` from programs where id > $1`+named+` order by id limit $2`, args...)
	if err != nil {
		return nil, "", fmt.Errorf("cannot list programs: %w", err)
	}
	items, next = db.Cut(items, page, func(p Program) string { return string(p.ID) })
	return items, next, nil
}

// parameters writes n parameters from the first on: "$3, $4, $5".
func parameters(first, n int) string {
	all := make([]string, n)
	for i := range all {
		all[i] = "$" + strconv.Itoa(first+i)
	}
	return strings.Join(all, ", ")
}

func scan(s db.Scanner) (p Program, err error) {
	var sites string
	err = s.Scan(&p.ID, &p.Name, &p.Currency, &p.Timezone, &p.Colour, db.Nullable(&p.LogoBlob), &sites, &p.Attribution.Model,
		&p.Attribution.WindowDays, &p.Attribution.Prefer, &p.HoldDays, &p.PayoutSchedule, &p.PayoutMinimum.Minor, &p.ClickParameter,
		db.ScanTime(&p.CreatedAt), db.ScanTime(&p.UpdatedAt))
	if err != nil {
		return p, err
	}
	p.PayoutMinimum.Currency = p.Currency
	err = json.Unmarshal([]byte(sites), &p.Sites)
	return p, err
}

func encode(sites []string) string {
	text, err := json.Marshal(sites)
	if err != nil {
		panic("BUG: cannot write sites: " + err.Error())
	}
	return string(text)
}
