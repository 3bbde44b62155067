package portal

import (
	"context"
	"fmt"
	"strings"
	"time"

	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/money"
	"rapport/internal/partner/partnerships"
	"rapport/internal/pay/commissions"
	"rapport/internal/track/conversions"
)

// earning is a commission with what a creator knows of its order.
type earning struct {
	ID       commissions.ID
	Order    conversions.ID
	Number   string // of the order, as people know it
	Kind     conversions.Kind
	Action   string
	At       time.Time // of the order
	Earned   money.Amount
	Reversed money.Amount
	Status   commissions.Status
}

// left is what remains of it.
func (e earning) left() money.Amount {
	return money.Amount{Minor: e.Earned.Minor - e.Reversed.Minor, Currency: e.Earned.Currency}
}

// stage sorts commissions by what becomes of their money.
type stage string

const (
	stageAny     stage = ""
	stageWaiting stage = "waiting" // held back until the time for returns is over, or by a person
	stagePayable stage = "payable" // will be in the next payout
	stageTransit stage = "transit" // in a payout that is being made
	stagePaid    stage = "paid"
	stageLost    stage = "lost" // taken back or refused
)

var stages = []stage{stageAny, stageWaiting, stagePayable, stageTransit, stagePaid, stageLost}

// conditions are fixed texts; nothing of a request stands in them.
var conditions = map[stage]string{
	stageAny:     ``,
	stageWaiting: ` and m.status in ('pending', 'held')`,
	stagePayable: ` and m.status = 'approved' and m.payout_item_id is null`,
	stageTransit: ` and m.status = 'approved' and m.payout_item_id is not null`,
	stagePaid:    ` and m.status = 'paid'`,
	stageLost:    ` and m.status in ('rejected', 'reversed')`,
}

// wanted says which of a partnership's commissions a list holds: those of a stage, on orders of [From, To) where From is set.
type wanted struct {
	Stage    stage
	From, To time.Time
}

const earningColumns = `m.id, coalesce(m.conversion_id, ''), coalesce(c.kind, ''), coalesce(c.action, ''), coalesce(c.occurred_at, m.created_at),
	m.currency, m.earned_minor, m.reversed_minor, m.status`

func scanEarning(s db.Scanner) (e earning, err error) {
	err = s.Scan(&e.ID, &e.Order, &e.Kind, &e.Action, db.ScanTime(&e.At), &e.Earned.Currency, &e.Earned.Minor, &e.Reversed.Minor, &e.Status)
	e.Reversed.Currency = e.Earned.Currency
	return e, err
}

// listEarnings returns a page of a partnership's commissions, newest first. The cursor is a commission's id.
func listEarnings(ctx context.Context, tx *db.Tx, of partnerships.ID, w wanted, p db.Page) ([]earning, string, error) {
	condition, known := conditions[w.Stage]
	if !known {
		return nil, "", fault.NotFound("page")
	}
	args := []any{of, p.Bound() + 1}
	arg := func(v any) string {
		args = append(args, v)
		return fmt.Sprintf("$%d", len(args))
	}
	if !w.From.IsZero() {
		condition += ` and c.occurred_at >= ` + arg(db.Micros(w.From)) + ` and c.occurred_at < ` + arg(db.Micros(w.To))
	}
	if p.After != "" {
		condition += ` and m.id < ` + arg(p.After)
	}
	found, err := db.All(ctx, tx, scanEarning, `select `+earningColumns+` from commissions m left join conversions c on c.id = m.conversion_id
		where m.partnership_id = $1`+condition+` order by m.id desc limit $2`, args...)
	if err != nil {
		return nil, "", fmt.Errorf("cannot list the commissions of %s: %w", of, err)
	}
	found, next := db.Cut(found, p, func(e earning) string { return string(e.ID) })
	return found, next, number(ctx, tx, found)
}

// number fills in what people call the orders.
func number(ctx context.Context, tx *db.Tx, list []earning) error {
	ids := make([]conversions.ID, 0, len(list))
	for _, e := range list {
		ids = append(ids, e.Order)
	}
	numbers, err := conversions.NumbersOf(ctx, tx, ids)
	for i, e := range list {
		list[i].Number = numbers[e.Order]
	}
	return err
}

// findEarnings returns those of a partnership's commissions that are named.
func findEarnings(ctx context.Context, tx *db.Tx, of partnerships.ID, ids []commissions.ID) (map[commissions.ID]earning, error) {
	byID := map[commissions.ID]earning{}
	if len(ids) == 0 {
		return byID, nil
	}
	args, names := []any{of}, make([]string, 0, len(ids))
	for _, id := range ids {
		args = append(args, id)
		names = append(names, fmt.Sprintf("$%d", len(args)))
	}
	found, err := db.All(ctx, tx, scanEarning, `select `+earningColumns+` from commissions m left join conversions c on c.id = m.conversion_id
		where m.partnership_id = $1 and m.id in (`+strings.Join(names, ", ")+`)`, args...)
	if err != nil {
		return nil, fmt.Errorf("cannot read commissions of %s: %w", of, err)
	}
	if err := number(ctx, tx, found); err != nil {
		return nil, err
	}
	for _, e := range found {
		byID[e.ID] = e
	}
	return byID, nil
}
