package welcome

import (
	"context"

	"rapport/internal/base/db"
	"rapport/internal/base/programs"
	"rapport/internal/partner/partnerships"
	"rapport/internal/pay/commissions"
)

// FirstSale tells a creator by mail of the first order that earns them something. It looks at events, so a sale is told however it came, and once.
func (h Host) FirstSale() db.Consumer {
	return db.Consumer{Name: "first sale", Topics: []string{commissions.Topic}, Handle: h.tellFirstSale}
}

func (h Host) tellFirstSale(ctx context.Context, tx *db.Tx, e db.Event) error {
	var changed commissions.Changed
	if err := e.Decode(&changed); err != nil {
		return err
	}
	if changed.Status != commissions.StatusPending || !changed.Amount.IsPositive() {
		return nil
	}
	first, found, err := db.One(ctx, tx, db.Column[commissions.ID],
		`select id from commissions where partnership_id = $1 and conversion_id is not null order by id limit 1`, changed.PartnershipID)
	if err != nil || !found || first != changed.ID {
		return err
	}
	if told, err := told(ctx, tx, changed.PartnershipID); err != nil || told {
		return err
	}
	program, err := programs.Find(ctx, tx, changed.ProgramID)
	if err != nil {
		return err
	}
	p, err := partnerships.Find(ctx, tx, changed.PartnershipID)
	if err != nil {
		return err
	}
	return h.tell(ctx, tx, program, p, "sale", "amount", changed.Amount, "link", h.BaseURL+"/c/"+string(p.ID)+"/earnings")
}

// told marks that the partner was told, and reports whether they had been before: a commission may become pending again after it was held.
func told(ctx context.Context, tx *db.Tx, partnership partnerships.ID) (bool, error) {
	fresh, err := tx.Exec(ctx, `insert into first_sales (partnership_id, told_at) values ($1, $2) on conflict (partnership_id) do nothing`, partnership, db.Micros(tx.Now()))
	return fresh == 0, err
}
