package conversions

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/id"
	"rapport/internal/base/money"
	"rapport/internal/base/programs"
	"rapport/internal/partner/partnerships"
)

// Outcome says whether a fact was new.
type Outcome struct {
	Repeated bool // it was known; what is returned is what was recorded first
	Differs  bool // it was known and its content is another now
}

// Record keeps a fact once. Call it with New.Locks locked. The decision is stored afterwards with SetDecision.
func Record(ctx context.Context, tx *db.Tx, n New) (c Conversion, o Outcome, err error) {
	keys := n.keys()
	for _, k := range keys {
		known, found, err := FindByKey(ctx, tx, n.Program, n.Namespace, n.Kind, n.Action, k)
		if err != nil {
			return c, o, err
		}
		if found {
			o = Outcome{Repeated: true, Differs: !bytes.Equal(known.Fingerprint, n.Fingerprint)}
			return known, o, insertKeys(ctx, tx, known, keys)
		}
	}
	c = fresh(n, tx.Now())
	if err := insert(ctx, tx, c); err != nil {
		return c, o, fmt.Errorf("cannot record a conversion: %w", err)
	}
	if err := insertKeys(ctx, tx, c, keys); err != nil {
		return c, o, err
	}
	return c, o, adopt(ctx, tx, c, keys)
}

func fresh(n New, now time.Time) Conversion {
	c := Conversion{
		ID: ID(id.New("cnv", now)), Program: n.Program, Namespace: n.Namespace, Kind: n.Kind, Action: n.Action, ExternalID: n.ExternalID,
		Status: StatusUncredited, Test: n.Test, Amount: n.Amount, Refunded: money.Zero(n.Amount.Currency), Customer: n.Customer,
		CustomerNew: n.CustomerNew, OccurredAt: n.OccurredAt, ReceivedAt: now, Source: n.Source, Fingerprint: n.Fingerprint, UpdatedAt: now,
	}
	if c.OccurredAt.IsZero() {
		c.OccurredAt = now
	}
	c.OccurredAt = c.OccurredAt.UTC().Truncate(time.Microsecond)
	return c
}

func insert(ctx context.Context, tx *db.Tx, c Conversion) error {
	_, err := tx.Exec(ctx, `insert into conversions (id, program_id, namespace, kind, action, external_id, status, test, currency, amount_minor,
			refunded_minor, customer, customer_new, occurred_at, received_at, source, input, decision, content_sha256, updated_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, '{}', '{}', $17, $18)`,
		c.ID, c.Program, c.Namespace, c.Kind, c.Action, c.ExternalID, c.Status, c.Test, c.Amount.Currency, c.Amount.Minor, c.Refunded.Minor,
		c.Customer, c.CustomerNew, db.Micros(c.OccurredAt), db.Micros(c.ReceivedAt), c.Source, c.Fingerprint, db.Micros(c.UpdatedAt))
	return err
}

// insertKeys adds names that are not taken. A name that belongs to another conversion stays there: the first fact stands.
func insertKeys(ctx context.Context, tx *db.Tx, c Conversion, keys []string) error {
	for _, k := range keys {
		if _, err := tx.Exec(ctx, `insert into conversion_keys (program_id, namespace, kind, action, key, conversion_id) values ($1, $2, $3, $4, $5, $6)
			on conflict (program_id, namespace, kind, action, key) do nothing`, c.Program, c.Namespace, c.Kind, c.Action, k, c.ID); err != nil {
			return fmt.Errorf("cannot keep a name of conversion %s: %w", c.ID, err)
		}
	}
	return nil
}

// SetDecision stores who is credited, and the input and the decision that say why.
func SetDecision(ctx context.Context, tx *db.Tx, c Conversion, input, decision any, credits []Credit) (Conversion, error) {
	in, err := json.Marshal(input)
	if err != nil {
		return c, fmt.Errorf("cannot write the input of conversion %s: %w", c.ID, err)
	}
	out, err := json.Marshal(decision)
	if err != nil {
		return c, fmt.Errorf("cannot write the decision on conversion %s: %w", c.ID, err)
	}
	c.Input, c.Decision, c.Status, c.UpdatedAt = in, out, StatusOf(c, len(credits) > 0), tx.Now()
	if _, err := tx.Exec(ctx, `update conversions set input = $1, decision = $2, status = $3, updated_at = $4 where id = $5`,
		string(in), string(out), c.Status, db.Micros(c.UpdatedAt), c.ID); err != nil {
		return c, err
	}
	for _, credit := range credits {
		if err := AddCredit(ctx, tx, credit); err != nil {
			return c, err
		}
	}
	return c, nil
}

// AddCredit stores who is credited with a conversion.
func AddCredit(ctx context.Context, tx *db.Tx, c Credit) error {
	if _, err := tx.Exec(ctx, `insert into credits (conversion_id, partnership_id, share_bp, because, link_no, code_id, by_hand)
		values ($1, $2, $3, $4, $5, $6, $7)`,
		c.Conversion, c.Partnership, int64(c.Share), c.Because, linkNoOrNull(c.LinkNo), db.OrNull(c.CodeID), c.ByHand); err != nil {
		return fmt.Errorf("cannot credit conversion %s: %w", c.Conversion, err)
	}
	return nil
}

// linkNoOrNull stores the 64 random bits of a link number in a signed column.
func linkNoOrNull(no uint64) any {
	if no == 0 {
		return nil
	}
	return int64(no) //nolint:gosec // the same bits, read back by the same cast
}

const columns = `id, program_id, namespace, kind, action, external_id, status, test, currency, amount_minor, refunded_minor, cancelled_at,
	customer, customer_new, occurred_at, received_at, source, input, decision, content_sha256, updated_at`

func scan(s db.Scanner) (c Conversion, err error) {
	var input, decision string
	err = s.Scan(&c.ID, &c.Program, &c.Namespace, &c.Kind, &c.Action, &c.ExternalID, &c.Status, &c.Test, &c.Amount.Currency, &c.Amount.Minor,
		&c.Refunded.Minor, db.ScanTime(&c.CancelledAt), &c.Customer, &c.CustomerNew, db.ScanTime(&c.OccurredAt), db.ScanTime(&c.ReceivedAt),
		&c.Source, &input, &decision, &c.Fingerprint, db.ScanTime(&c.UpdatedAt))
	c.Refunded.Currency = c.Amount.Currency
	c.Input, c.Decision = json.RawMessage(input), json.RawMessage(decision)
	return c, err
}

// Find returns a conversion of any program; the caller checks access to its program.
func Find(ctx context.Context, tx *db.Tx, conversion ID) (Conversion, error) {
	c, found, err := db.One(ctx, tx, scan, `select `+columns+` from conversions where id = $1`, conversion)
	if err == nil && !found {
		err = fault.NotFound("conversion")
	}
	return c, err
}

// FindByKey looks a conversion up by any of its names.
func FindByKey(ctx context.Context, tx *db.Tx, program programs.ID, namespace string, kind Kind, action, key string) (Conversion, bool, error) {
	return db.One(ctx, tx, scan, `select `+columns+` from conversions where id = (select conversion_id from conversion_keys
		where program_id = $1 and namespace = $2 and kind = $3 and action = $4 and key = $5)`, program, namespace, kind, action, Fold(key))
}

// FindByNumber looks in all shops and kinds of a program for a fact that goes by that number, newest first, as somebody does who holds only an
// order number in hand.
func FindByNumber(ctx context.Context, tx *db.Tx, program programs.ID, number string) ([]Conversion, error) {
	return db.All(ctx, tx, scan, `select `+columns+` from conversions where id in (select conversion_id from conversion_keys
		where program_id = $1 and key = $2) order by id desc limit 10`, program, Fold(number))
}

// Filter narrows List. Program is required.
type Filter struct {
	Program     programs.ID
	ExternalID  string
	Status      Status
	Partnership partnerships.ID // credited with it
	From, To    time.Time       // occurred in [From, To)
}

// List returns conversions of a program, newest first. The cursor is a conversion's id.
func List(ctx context.Context, tx *db.Tx, f Filter, p db.Page) ([]Conversion, string, error) {
	query := `select ` + columns + ` from conversions where program_id = $1`
	args := []any{f.Program}
	add := func(condition string, value any) {
		args = append(args, value)
		query += fmt.Sprintf(" and "+condition, len(args))
	}
	if p.After != "" {
		add(`id < $%d`, p.After)
	}
	if f.ExternalID != "" {
		args = append(args, Fold(f.ExternalID))
		query += fmt.Sprintf(` and id in (select conversion_id from conversion_keys where program_id = $1 and key = $%d)`, len(args))
	}
	if f.Status != "" {
		add(`status = $%d`, f.Status)
	}
	if f.Partnership != "" {
		add(`id in (select conversion_id from credits where partnership_id = $%d)`, f.Partnership)
	}
	if !f.From.IsZero() {
		add(`occurred_at >= $%d`, db.Micros(f.From))
	}
	if !f.To.IsZero() {
		add(`occurred_at < $%d`, db.Micros(f.To))
	}
	args = append(args, p.Bound()+1)
	query += fmt.Sprintf(` order by id desc limit $%d`, len(args))
	found, err := db.All(ctx, tx, scan, query, args...)
	if err != nil {
		return nil, "", err
	}
	found, next := db.Cut(found, p, func(c Conversion) string { return string(c.ID) })
	return found, next, nil
}

// CreditsOf lists who is credited with a conversion.
func CreditsOf(ctx context.Context, tx *db.Tx, conversion ID) ([]Credit, error) {
	return db.All(ctx, tx, scanCredit, `select `+creditColumns+` from credits where conversion_id = $1 order by share_bp desc, partnership_id`, conversion)
}
