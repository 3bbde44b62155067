package payouts

import (
	"context"
	"fmt"

	"rapport/internal/base/db"
	"rapport/internal/base/money"
	"rapport/internal/pay/commissions"
)

// Part is a commission that an item carries.
type Part struct {
	Commission commissions.ID
	Amount     money.Amount // what was left of it when the item was made
	Now        money.Amount // what is left of it by now; what is missing is deducted from the next payout
}

// Explanation says how an item's amount came about.
type Explanation struct {
	Item        Item
	Parts       []Part       // one page of them
	Next        string       // cursor of the next page, or ""
	Count       int64        // of all parts
	Commissions money.Amount // sum of all parts
	// Earlier is what reversals of commissions that had been paid took away: zero or negative. Commissions and Earlier sum to the item's amount.
	// After corrections by hand it can be positive.
	Earlier money.Amount
}

// Explain says how an item's amount came about. The cursor is a commission's id.
func Explain(ctx context.Context, tx *db.Tx, id ItemID, p db.Page) (e Explanation, err error) {
	if e.Item, err = FindItem(ctx, tx, id); err != nil {
		return e, err
	}
	currency := e.Item.Amount.Currency
	e.Commissions = money.Zero(currency)
	if err := tx.QueryRow(ctx, `select count(*), coalesce(sum(amount_minor), 0) from payout_parts where item_id = $1`, id).
		Scan(&e.Count, &e.Commissions.Minor); err != nil {
		return e, fmt.Errorf("cannot sum what %s carries: %w", id, err)
	}
	if e.Earlier, err = e.Item.Amount.Sub(e.Commissions); err != nil {
		return e, err
	}
	parts, err := db.All(ctx, tx, func(s db.Scanner) (part Part, err error) {
		part.Amount.Currency, part.Now.Currency = currency, currency
		return part, s.Scan(&part.Commission, &part.Amount.Minor, &part.Now.Minor)
	}, `select p.commission_id, p.amount_minor, c.earned_minor - c.reversed_minor from payout_parts p join commissions c on c.id = p.commission_id
		where p.item_id = $1 and p.commission_id > $2 order by p.commission_id limit $3`, id, p.After, p.Bound()+1)
	if err != nil {
		return e, fmt.Errorf("cannot list what %s carries: %w", id, err)
	}
	e.Parts, e.Next = db.Cut(parts, p, func(part Part) string { return string(part.Commission) })
	return e, nil
}
