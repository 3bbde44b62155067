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

// Entry is a fact at the door: known already, or fresh and not written yet.
type Entry struct {
	Conversion Conversion
	Repeated   bool     // it is known; Conversion is what was recorded first
	Differs    bool     // it is known and its content is another now
	Changed    bool     // refunds or cancels wait for one of its names
	names      []string // that are not written yet
}

// Look finds out whether a fact is known under any of its names, the first one first, and if so lets it have its other names too. Call it with
// New.Locks locked; a fresh fact is written by Keep.
func Look(ctx context.Context, tx *db.Tx, n New) (e Entry, err error) {
	e.names = n.keys()
	owners, err := ownersOf(ctx, tx, n, e.names)
	if err != nil {
		return e, fmt.Errorf("cannot look for a conversion: %w", err)
	}
	var untaken []string
	for _, name := range e.names {
		switch owner, taken := owners[name]; {
		case !taken:
			untaken = append(untaken, name)
		case e.Conversion.ID == "":
			e.Conversion.ID = owner
		}
	}
	if _, e.Changed = owners[changesBefore]; e.Conversion.ID == "" {
		e.Conversion = fresh(n, tx.Now())
		return e, nil
	}
	if e.Conversion, err = Find(ctx, tx, e.Conversion.ID); err != nil {
		return e, err
	}
	e.Repeated, e.Differs, e.names = true, !bytes.Equal(e.Conversion.Fingerprint, n.Fingerprint), untaken
	return e, insertNames(ctx, tx, e.Conversion, untaken)
}

// Adopt gives a known fact the changes that waited for the names it has now. Call it with the conversion locked, and settle it afterwards.
func (e Entry) Adopt(ctx context.Context, tx *db.Tx) error {
	return adopt(ctx, tx, e.Conversion, e.names)
}

// changesBefore stands in the answer of ownersOf where changes wait for one of the names. No name is empty.
const changesBefore = ""

// ownersOf tells which of the names are taken, and by which conversions.
func ownersOf(ctx context.Context, tx *db.Tx, n New, names []string) (map[string]ID, error) {
	args := []any{n.Program, n.Namespace, n.Kind, n.Action}
	list := db.List(len(names), len(args))
	for _, name := range names {
		args = append(args, name)
	}
	owners := map[string]ID{}
	_, err := db.All(ctx, tx, func(s db.Scanner) (struct{}, error) {
		var name string
		var owner ID
		err := s.Scan(&name, &owner)
		owners[name] = owner
		return struct{}{}, err
	}, `select key, conversion_id from conversion_keys where program_id = $1 and namespace = $2 and kind = $3 and action = $4 and key in `+list+`
		union all
		select distinct '', '' from conversion_changes where program_id = $1 and namespace = $2 and kind = $3 and action = $4 and conversion_key in `+list+`
			and conversion_id is null`, args...)
	return owners, err
}

// Verdict is who is credited with a fact, and the input and the decision that say why.
type Verdict struct {
	Input, Decision any
	Credits         []Credit
}

// Keep writes a fresh fact with the verdict on it, and gives it the changes that came before.
func (e Entry) Keep(ctx context.Context, tx *db.Tx, v Verdict) (c Conversion, err error) {
	c = e.Conversion
	if c.Input, err = json.Marshal(v.Input); err != nil {
		return c, fmt.Errorf("cannot write the input of conversion %s: %w", c.ID, err)
	}
	if c.Decision, err = json.Marshal(v.Decision); err != nil {
		return c, fmt.Errorf("cannot write the decision on conversion %s: %w", c.ID, err)
	}
	c.Status = StatusOf(c, len(v.Credits) > 0)
	if err := insert(ctx, tx, c); err != nil {
		return c, fmt.Errorf("cannot record a conversion: %w", err)
	}
	if err := insertNames(ctx, tx, c, e.names); err != nil {
		return c, err
	}
	for _, credit := range v.Credits {
		if err := AddCredit(ctx, tx, credit); err != nil {
			return c, err
		}
	}
	if e.Changed {
		return c, adopt(ctx, tx, c, e.names)
	}
	return c, nil
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
	return tx.Later(ctx, `insert into conversions (id, program_id, namespace, kind, action, external_id, status, test, currency, amount_minor,
			refunded_minor, customer, customer_new, occurred_at, received_at, source, input, decision, content_sha256, updated_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)`,
		c.ID, c.Program, c.Namespace, c.Kind, c.Action, c.ExternalID, c.Status, c.Test, c.Amount.Currency, c.Amount.Minor, c.Refunded.Minor,
		c.Customer, c.CustomerNew, db.Micros(c.OccurredAt), db.Micros(c.ReceivedAt), c.Source, string(c.Input), string(c.Decision),
		c.Fingerprint, db.Micros(c.UpdatedAt))
}

// insertNames adds names that are not taken. A name that belongs to another conversion stays there: the first fact stands.
func insertNames(ctx context.Context, tx *db.Tx, c Conversion, names []string) error {
	if len(names) == 0 {
		return nil
	}
	var args []any
	for _, name := range names {
		args = append(args, c.Program, c.Namespace, c.Kind, c.Action, name, c.ID)
	}
	if err := tx.Later(ctx, `insert into conversion_keys (program_id, namespace, kind, action, key, conversion_id) values `+db.Values(len(names), 6)+`
		on conflict (program_id, namespace, kind, action, key) do nothing`, args...); err != nil {
		return fmt.Errorf("cannot keep the names of conversion %s: %w", c.ID, err)
	}
	return nil
}

// AddCredit stores who is credited with a conversion.
func AddCredit(ctx context.Context, tx *db.Tx, c Credit) error {
	if err := tx.Later(ctx, `insert into credits (conversion_id, partnership_id, share_bp, because, link_no, code_id, by_hand)
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
