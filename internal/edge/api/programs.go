package api

import (
	"context"
	"net/http"
	"time"

	"rapport/internal/base/audit"
	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/money"
	"rapport/internal/base/programs"
	"rapport/internal/partner/partnerships"
	"rapport/internal/partner/terms"
)

// Commission is what a creator earns: a percentage of the commissionable amount, or an amount per conversion.
type Commission struct {
	Kind  string  `json:"kind" enum:"percent,flat"`
	Value Decimal `json:"value" doc:"A percentage, or an amount in the program's currency"`
}

// Offer is what a buyer gets.
type Offer struct {
	Kind  string  `json:"kind" enum:"none,percent,amount,free_shipping,gift"`
	Value Decimal `json:"value,omitempty" doc:"A percentage, an amount in the program's currency, or the name of the gift"`
}

// Attribution says how credit is given.
type Attribution struct {
	Model      string `json:"model,omitempty" enum:"last_touch,first_touch" default:"last_touch"`
	WindowDays int    `json:"window_days,omitempty" minimum:"1" maximum:"3650" default:"30"`
	Prefer     string `json:"prefer,omitempty" enum:"code,click" default:"code"`
}

// Program is an affiliate program.
type Program struct {
	ID             string      `json:"id"`
	Name           string      `json:"name"`
	Currency       string      `json:"currency"`
	Timezone       string      `json:"timezone"`
	Colour         string      `json:"colour"`
	Sites          []string    `json:"sites"`
	Attribution    Attribution `json:"attribution"`
	HoldDays       int         `json:"hold_days"`
	Commission     *Commission `json:"commission"`
	Offer          *Offer      `json:"offer"`
	PayoutSchedule string      `json:"payout_schedule"`
	PayoutMinimum  Money       `json:"payout_minimum"`
	ClickParameter string      `json:"click_parameter"`
	CreatedAt      time.Time   `json:"created_at"`
	UpdatedAt      time.Time   `json:"updated_at"`
}

type newProgram struct {
	Body struct {
		Name           string       `json:"name" maxLength:"200"`
		Currency       string       `json:"currency" maxLength:"3" example:"EUR"`
		Sites          []string     `json:"sites,omitempty" maxItems:"20" example:"[\"shop.example\"]"`
		Attribution    *Attribution `json:"attribution,omitempty"`
		HoldDays       *int         `json:"hold_days,omitempty" minimum:"0" maximum:"365"`
		Commission     *Commission  `json:"commission,omitempty"`
		Offer          *Offer       `json:"offer,omitempty"`
		Timezone       string       `json:"timezone,omitempty" maxLength:"64" example:"Europe/Berlin"`
		Colour         string       `json:"colour,omitempty" maxLength:"7" example:"#0f766e"`
		PayoutSchedule string       `json:"payout_schedule,omitempty" enum:"manual,weekly,monthly"`
		PayoutMinimum  *Money       `json:"payout_minimum,omitempty"`
		ClickParameter string       `json:"click_parameter,omitempty" maxLength:"40"`
	}
}

type changeProgram struct {
	ID   string `path:"id"`
	Body struct {
		Name           *string            `json:"name,omitempty" maxLength:"200"`
		Sites          *[]string          `json:"sites,omitempty" maxItems:"20"`
		Attribution    *changeAttribution `json:"attribution,omitempty"`
		HoldDays       *int               `json:"hold_days,omitempty" minimum:"0" maximum:"365"`
		Commission     *Commission        `json:"commission,omitempty"`
		Offer          *Offer             `json:"offer,omitempty"`
		Timezone       *string            `json:"timezone,omitempty" maxLength:"64"`
		Colour         *string            `json:"colour,omitempty" maxLength:"7"`
		PayoutSchedule *string            `json:"payout_schedule,omitempty" enum:"manual,weekly,monthly"`
		PayoutMinimum  *Money             `json:"payout_minimum,omitempty"`
		ClickParameter *string            `json:"click_parameter,omitempty" maxLength:"40"`
	}
}

type changeAttribution struct {
	Model      *string `json:"model,omitempty" enum:"last_touch,first_touch"`
	WindowDays *int    `json:"window_days,omitempty" minimum:"1" maximum:"3650"`
	Prefer     *string `json:"prefer,omitempty" enum:"code,click"`
}

type byID struct {
	ID string `path:"id" maxLength:"64"`
}

func (a *API) programs() {
	write(a, operation(http.MethodPost, "/programs", "create-program", "Programs", "Make a program"), http.StatusCreated, a.createProgram)
	write(a, operation(http.MethodPatch, "/programs/{id}", "change-program", "Programs", "Change a program"), http.StatusOK, a.changeProgram)
	read(a, operation(http.MethodGet, "/programs", "list-programs", "Programs", "List the programs you may see"),
		func(ctx context.Context, tx *db.Tx, p auth.Principal, in *Paging) (List[Program], error) {
			visible, all := p.Visible()
			if all {
				visible = nil
			} else if len(visible) == 0 {
				return List[Program]{Items: []Program{}}, nil
			}
			found, next, err := programs.List(ctx, tx, visible, in.page())
			if err != nil {
				return List[Program]{}, err
			}
			out := List[Program]{Items: []Program{}, Next: next}
			for _, one := range found {
				shaped, err := shapeProgram(ctx, tx, one)
				if err != nil {
					return out, err
				}
				out.Items = append(out.Items, shaped)
			}
			return out, nil
		})
	read(a, operation(http.MethodGet, "/programs/{id}", "get-program", "Programs", "Look at a program"),
		func(ctx context.Context, tx *db.Tx, p auth.Principal, in *byID) (Program, error) {
			program, err := seenProgram(ctx, tx, p, in.ID, auth.PermView, "")
			if err != nil {
				return Program{}, err
			}
			return shapeProgram(ctx, tx, program)
		})
}

// seenProgram returns a program the principal has the permission in. With a field, a wrong id is a fault of that field.
func seenProgram(ctx context.Context, tx *db.Tx, p auth.Principal, id string, perm auth.Permission, field string) (programs.Program, error) {
	if field != "" && id == "" {
		return programs.Program{}, fault.Invalid("Say which program it is about.").In(field)
	}
	if err := p.Require(programs.ID(id), perm); err != nil {
		return programs.Program{}, inField(err, field)
	}
	program, err := programs.Find(ctx, tx, programs.ID(id))
	return program, inField(err, field)
}

// inField lets a "no such thing" of a reference in the body speak of its field.
func inField(err error, field string) error {
	if f, ok := fault.As(err); ok && field != "" && f.Field == "" {
		return f.In(field)
	}
	return err
}

func (a *API) createProgram(ctx context.Context, tx *db.Tx, p auth.Principal, in *newProgram) (int, Program, error) {
	if !p.InstallationWide() || !p.Can("", auth.PermSettings) {
		return 0, Program{}, fault.Forbidden("Only an owner of the whole installation makes programs.")
	}
	b := in.Body
	currency, err := money.ParseCurrency(b.Currency)
	if err != nil {
		return 0, Program{}, err
	}
	n := programs.New{
		Name: b.Name, Currency: currency, Timezone: b.Timezone, Colour: b.Colour, Sites: b.Sites, HoldDays: b.HoldDays,
		PayoutSchedule: programs.Schedule(b.PayoutSchedule), ClickParameter: b.ClickParameter,
	}
	if b.Attribution != nil {
		n.Attribution = programs.Attribution{
			Model: programs.Model(b.Attribution.Model), WindowDays: b.Attribution.WindowDays, Prefer: programs.Prefer(b.Attribution.Prefer),
		}
	}
	if b.PayoutMinimum != nil {
		minimum, f := b.PayoutMinimum.parse("payout_minimum")
		if f != nil {
			return 0, Program{}, f
		}
		n.PayoutMinimum = minimum
	}
	t, err := parseTerms(b.Commission, b.Offer, currency)
	if err != nil {
		return 0, Program{}, err
	}
	program, err := programs.Create(ctx, tx, n)
	if err != nil {
		return 0, Program{}, err
	}
	if err := partnerships.SetProgramTerms(ctx, tx, program.ID, t); err != nil {
		return 0, Program{}, err
	}
	if err := partnerships.CreateDefaultGroups(ctx, tx, program.ID); err != nil {
		return 0, Program{}, err
	}
	if err := audit.Record(ctx, tx, p, program.ID, "program.create", string(program.ID), nil, program, ""); err != nil {
		return 0, Program{}, err
	}
	out, err := shapeProgram(ctx, tx, program)
	return http.StatusCreated, out, err
}

func (a *API) changeProgram(ctx context.Context, tx *db.Tx, p auth.Principal, in *changeProgram) (int, Program, error) {
	before, err := seenProgram(ctx, tx, p, in.ID, auth.PermSettings, "")
	if err != nil {
		return 0, Program{}, err
	}
	b := in.Body
	change := programs.Change{Name: b.Name, Timezone: b.Timezone, Colour: b.Colour, Sites: b.Sites, HoldDays: b.HoldDays, ClickParameter: b.ClickParameter}
	if b.PayoutSchedule != nil {
		change.PayoutSchedule = new(programs.Schedule(*b.PayoutSchedule))
	}
	if b.PayoutMinimum != nil {
		minimum, f := b.PayoutMinimum.parse("payout_minimum")
		if f != nil {
			return 0, Program{}, f
		}
		change.PayoutMinimum = &minimum
	}
	if b.Attribution != nil {
		change.Attribution.WindowDays = b.Attribution.WindowDays
		if b.Attribution.Model != nil {
			change.Attribution.Model = new(programs.Model(*b.Attribution.Model))
		}
		if b.Attribution.Prefer != nil {
			change.Attribution.Prefer = new(programs.Prefer(*b.Attribution.Prefer))
		}
	}
	after, err := programs.Update(ctx, tx, before.ID, change)
	if err != nil {
		return 0, Program{}, err
	}
	if err := changeProgramTerms(ctx, tx, after, b.Commission, b.Offer); err != nil {
		return 0, Program{}, err
	}
	if err := audit.Record(ctx, tx, p, after.ID, "program.change", string(after.ID), before, after, ""); err != nil {
		return 0, Program{}, err
	}
	out, err := shapeProgram(ctx, tx, after)
	return http.StatusOK, out, err
}

func changeProgramTerms(ctx context.Context, tx *db.Tx, program programs.Program, c *Commission, o *Offer) error {
	if c == nil && o == nil {
		return nil
	}
	changed, err := parseTerms(c, o, program.Currency)
	if err != nil {
		return err
	}
	t, err := partnerships.ProgramTerms(ctx, tx, program.ID)
	if err != nil {
		return err
	}
	if changed.Commission != nil {
		t.Commission = changed.Commission
	}
	if changed.Offer != nil {
		t.Offer = changed.Offer
	}
	return partnerships.SetProgramTerms(ctx, tx, program.ID, t)
}

// parseTerms reads a commission and an offer; nil stays nil.
func parseTerms(c *Commission, o *Offer, currency money.Currency) (t terms.Terms, err error) {
	if c != nil {
		parsed, err := terms.ParseCommission(c.Kind, string(c.Value), currency)
		if err != nil {
			return t, err
		}
		t.Commission = &parsed
	}
	if o != nil {
		parsed, err := terms.ParseOffer(o.Kind, string(o.Value), currency)
		if err != nil {
			return t, err
		}
		t.Offer = &parsed
	}
	return t, nil
}

func shapeTerms(t terms.Terms) (c *Commission, o *Offer) {
	if t.Commission != nil {
		c = &Commission{string(t.Commission.Kind), Decimal(t.Commission.Value())}
	}
	if t.Offer != nil {
		o = &Offer{string(t.Offer.Kind), Decimal(t.Offer.Value())}
	}
	return c, o
}

func shapeProgram(ctx context.Context, tx *db.Tx, p programs.Program) (Program, error) {
	t, err := partnerships.ProgramTerms(ctx, tx, p.ID)
	if err != nil {
		return Program{}, err
	}
	commission, offer := shapeTerms(t)
	return Program{
		ID: string(p.ID), Name: p.Name, Currency: string(p.Currency), Timezone: p.Timezone, Colour: p.Colour, Sites: p.Sites,
		Attribution: Attribution{string(p.Attribution.Model), p.Attribution.WindowDays, string(p.Attribution.Prefer)},
		HoldDays:    p.HoldDays, Commission: commission, Offer: offer, PayoutSchedule: string(p.PayoutSchedule), PayoutMinimum: moneyOf(p.PayoutMinimum),
		ClickParameter: p.ClickParameter, CreatedAt: p.CreatedAt, UpdatedAt: p.UpdatedAt,
	}, nil
}

// hidden lets a thing of a program that may not be seen read like one that does not exist.
func hidden(err error, thing string) error {
	if fault.KindOf(err) == fault.KindNotFound {
		return fault.NotFound(thing)
	}
	return err
}
