package creators

import (
	"context"
	"fmt"
	"time"

	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/programs"
)

// Price is what a creator asks for a post, as a program was told.
type Price struct {
	Program  programs.ID
	Creator  ID
	Minor    int64 // of the currency
	Currency string
	Source   string
	At       time.Time
	Import   string
}

// SetPrice stores what a creator asks; a later word replaces an earlier one.
func SetPrice(ctx context.Context, tx *db.Tx, p Price) error {
	if p.Minor < 0 || len(p.Currency) != 3 {
		return fault.Invalid("A price is an amount with its currency, such as 250.00 EUR.").In("price")
	}
	_, err := tx.Exec(ctx, `insert into creator_prices (program_id, creator_id, asking_minor, asking_currency, source, at, import_id)
		values ($1, $2, $3, $4, $5, $6, '') on conflict (program_id, creator_id) do update set asking_minor = excluded.asking_minor,
		asking_currency = excluded.asking_currency, source = excluded.source, at = excluded.at, import_id = ''`,
		p.Program, p.Creator, p.Minor, p.Currency, p.Source, db.Micros(tx.Now()))
	if err != nil {
		return fmt.Errorf("cannot store a price: %w", err)
	}
	return nil
}

// AddPrices writes prices that an import brought. What is there already stays as it is.
func AddPrices(ctx context.Context, tx *db.Tx, all []Price) error {
	rows := make([][]any, len(all))
	for i, p := range all {
		rows[i] = []any{p.Program, p.Creator, p.Minor, p.Currency, p.Source, db.Micros(p.At), p.Import}
	}
	_, err := insertRows(ctx, tx, `insert into creator_prices (program_id, creator_id, asking_minor, asking_currency, source, at, import_id)`, 7,
		`on conflict (program_id, creator_id) do nothing`, rows)
	if err != nil {
		return fmt.Errorf("cannot store prices: %w", err)
	}
	return nil
}

// PricesOf returns what the creators ask, as the program was told.
func PricesOf(ctx context.Context, tx *db.Tx, program programs.ID, creators []ID) (map[ID]Price, error) {
	found, err := selectIn(ctx, tx, func(s db.Scanner) (p Price, err error) {
		err = s.Scan(&p.Program, &p.Creator, &p.Minor, &p.Currency, &p.Source, db.ScanTime(&p.At), &p.Import)
		return p, err
	}, `select program_id, creator_id, asking_minor, asking_currency, source, at, import_id from creator_prices where `+visible("import_id")+`
		and (program_id, creator_id) in`, 2, ``, pairs(program, creators))
	if err != nil {
		return nil, fmt.Errorf("cannot read prices: %w", err)
	}
	by := make(map[ID]Price, len(found))
	for _, p := range found {
		by[p.Creator] = p
	}
	return by, nil
}

// pairs makes two-column keys of program and creator for selectIn.
func pairs(program programs.ID, creators []ID) [][]any {
	keys := make([][]any, len(creators))
	for i, c := range creators {
		keys[i] = []any{string(program), string(c)}
	}
	return keys
}
