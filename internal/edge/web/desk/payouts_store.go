package desk

import (
	"context"
	"fmt"
	"slices"
	"time"

	"rapport/internal/base/db"
	"rapport/internal/base/money"
	"rapport/internal/base/programs"
	"rapport/internal/edge/web/area"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
	"rapport/internal/partner/partnerships"
	"rapport/internal/pay/commissions"
	"rapport/internal/pay/payouts"
	"rapport/internal/recruit/creators"
	"rapport/internal/track/conversions"
)

// due is what a payment run would hold, and who would be left out for how little they have.
type due struct {
	People, BelowPeople, OwingPeople int64
	Sum, Below, Owing                money.Amount // Owing is negative: taken back after it was paid
}

// dueNow sums the balances of a program in a currency: one line of figures, however many creators there are.
func dueNow(ctx context.Context, tx *db.Tx, program programs.ID, least money.Amount) (d due, err error) {
	for _, a := range []*money.Amount{&d.Sum, &d.Below, &d.Owing} {
		a.Currency = least.Currency
	}
	err = tx.QueryRow(ctx, `select
			count(*) filter (where available_minor >= $3 and available_minor > 0), coalesce(sum(available_minor) filter (where available_minor >= $3 and available_minor > 0), 0),
			count(*) filter (where available_minor > 0 and available_minor < $3), coalesce(sum(available_minor) filter (where available_minor > 0 and available_minor < $3), 0),
			count(*) filter (where available_minor < 0), coalesce(sum(available_minor) filter (where available_minor < 0), 0)
		from balances where program_id = $1 and currency = $2`, program, least.Currency, least.Minor).
		Scan(&d.People, &d.Sum.Minor, &d.BelowPeople, &d.Below.Minor, &d.OwingPeople, &d.Owing.Minor)
	if err != nil {
		return d, fmt.Errorf("cannot sum what is due: %w", err)
	}
	return d, nil
}

// currenciesOf are the currencies in which anybody has earned, the program's first.
func currenciesOf(ctx context.Context, tx *db.Tx, program programs.Program) ([]money.Currency, error) {
	found, err := db.All(ctx, tx, db.Column[money.Currency], `select distinct currency from balances where program_id = $1 and currency <> $2 order by currency limit 50`,
		program.ID, program.Currency)
	if err != nil {
		return nil, fmt.Errorf("cannot list currencies: %w", err)
	}
	return slices.Insert(found, 0, program.Currency), nil
}

// payees are the creators that a list of money speaks of.
type payees struct {
	names    map[creators.ID]string
	partners map[creators.ID]partnerships.Partnership
	accounts map[creators.ID]account
}

// account is where somebody's money goes, as it may be shown.
type account struct {
	shown     string
	changedAt time.Time
}

// payeesOf looks up whom a page of things is about, each kind of thing at once.
func payeesOf[T any](r *frame.Request, tx *db.Tx, things []T, whose func(T) creators.ID) (p payees, err error) {
	ids := make([]creators.ID, len(things))
	for i, t := range things {
		ids[i] = whose(t)
	}
	known, err := creators.FindMany(r.Context(), tx, ids)
	if err != nil {
		return p, err
	}
	p.names = make(map[creators.ID]string, len(known))
	for _, c := range known {
		p.names[c.ID] = c.Name
	}
	if p.partners, err = partnerships.OfMany(r.Context(), tx, r.Program.ID, ids); err != nil {
		return p, err
	}
	p.accounts, err = accountsOf(r.Context(), tx, r.Program.ID, ids)
	return p, err
}

func accountsOf(ctx context.Context, tx *db.Tx, program programs.ID, ids []creators.ID) (map[creators.ID]account, error) {
	type row struct {
		of creators.ID
		account
	}
	found := make(map[creators.ID]account, len(ids))
	for some := range slices.Chunk(ids, db.PageUsual) {
		args := []any{program}
		for _, id := range some {
			args = append(args, id)
		}
		rows, err := db.All(ctx, tx, func(s db.Scanner) (one row, err error) {
			err = s.Scan(&one.of, &one.shown, db.ScanTime(&one.changedAt))
			return one, err
		}, `select creator_id, shown, changed_at from payout_accounts where program_id = $1 and creator_id in `+db.List(len(some), 1), args...)
		if err != nil {
			return nil, fmt.Errorf("cannot read payout accounts: %w", err)
		}
		for _, one := range rows {
			found[one.of] = one.account
		}
	}
	return found, nil
}

func (p payees) person(r *frame.Request, id creators.ID) ui.Component {
	return ui.Person{Name: p.names[id], URL: p.page(r, id, "")}
}

// money leads to what a creator's balance is made of.
func (p payees) money(r *frame.Request, id creators.ID) string { return p.page(r, id, "/money") }

func (p payees) page(r *frame.Request, id creators.ID, section string) string {
	partner, known := p.partners[id]
	if !known {
		return ""
	}
	return area.PartnerURL(r, partner.ID, section)
}

func (p payees) account(r *frame.Request, id creators.ID) any {
	account, known := p.accounts[id]
	if !known {
		return ui.Nothing{Because: r.T("payouts.account.none")}
	}
	return account.shown
}

// commissionsByID returns the orders of a payout's commissions.
func commissionsByID(ctx context.Context, tx *db.Tx, program programs.ID, parts []payouts.Part) (map[commissions.ID]conversions.ID, error) {
	type row struct {
		id    commissions.ID
		order conversions.ID
	}
	found := make(map[commissions.ID]conversions.ID, len(parts))
	for some := range slices.Chunk(parts, db.PageUsual) {
		args := []any{program}
		for _, part := range some {
			args = append(args, part.Commission)
		}
		rows, err := db.All(ctx, tx, func(s db.Scanner) (one row, err error) {
			err = s.Scan(&one.id, db.Nullable(&one.order))
			return one, err
		}, `select id, conversion_id from commissions where program_id = $1 and id in `+db.List(len(some), 1), args...)
		if err != nil {
			return nil, fmt.Errorf("cannot read the commissions of a payout: %w", err)
		}
		for _, one := range rows {
			found[one.id] = one.order
		}
	}
	return found, nil
}
