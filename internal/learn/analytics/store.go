package analytics

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"rapport/internal/base/db"
	"rapport/internal/base/money"
	"rapport/internal/base/programs"
)

// cells are figures by what the database groups them by: a partnership, a link's number, a code or a day.
type cells map[string]*figures

func (c cells) at(key string) *figures {
	f, known := c[key]
	if !known {
		f = &figures{}
		c[key] = f
	}
	return f
}

// grain is how a dimension is read: which roll-up, and what stands for the key in each query.
type grain struct {
	clicks     string // table
	click      string // its key column
	credit     string // over conversions c and credits k
	commission string // over conversions c, commissions m, and credits k where credited is set
	credited   bool
}

func (d Dimension) grain() grain {
	switch d {
	case ByLink:
		return grain{"clicks_by_link", "link_no", "k.link_no", "k.link_no", true}
	case ByCode:
		return grain{"clicks_by_partnership", "program_id", "k.code_id", "k.code_id", true}
	case ByDay:
		return grain{"clicks_by_partnership", "day", "", "", false} // the others follow from the offset: see onDays
	case ByCreator, ByPartnership, ByGroup, ByPlatform, ByTier:
		return grain{"clicks_by_partnership", "partnership_id", "k.partnership_id", "m.partnership_id", false}
	}
	panic("BUG: a dimension that was never checked: " + string(d))
}

// onDays is the grain with the day at an offset from UTC as its key. The offset is a number of ours, so it may stand in the text.
func (g grain) onDays(shift int64) grain {
	day := fmt.Sprintf("(c.occurred_at + (%d)) / %d", shift, int64(microsOfDay))
	g.credit, g.commission = day, day
	return g
}

// read sums up everything the query speaks of.
func read(ctx context.Context, tx *db.Tx, q Query, zone *time.Location) (cells, error) {
	found, g, parts := cells{}, q.GroupBy.grain(), spans(q.From, q.To, zone)
	if q.GroupBy != ByDay {
		parts = joined(parts)
	} else {
		for day := q.From; day < q.To; day++ {
			found.at(strconv.FormatInt(int64(day), 10))
		}
	}
	if err := readClicks(ctx, tx, q, g, found); err != nil {
		return nil, fmt.Errorf("cannot sum clicks: %w", err)
	}
	if err := readTail(ctx, tx, q, found); err != nil {
		return nil, fmt.Errorf("cannot sum the newest clicks: %w", err)
	}
	for _, s := range parts {
		if q.GroupBy == ByDay {
			g = g.onDays(s.shift)
		}
		if err := readConversions(ctx, tx, q, g, s, found); err != nil {
			return nil, fmt.Errorf("cannot sum conversions: %w", err)
		}
		if err := readCommissions(ctx, tx, q, g, s, found); err != nil {
			return nil, fmt.Errorf("cannot sum commissions: %w", err)
		}
	}
	return found, nil
}

func readClicks(ctx context.Context, tx *db.Tx, q Query, g grain, into cells) error {
	args := []any{q.Program, q.From, q.To}
	only := ""
	if q.Partnership != "" {
		args = append(args, q.Partnership)
		if only = " and partnership_id = $4"; q.GroupBy == ByLink {
			only = " and link_no in (select no from links where partnership_id = $4)"
		}
	}
	rows, err := tx.Query(ctx, `select cast(`+g.click+` as text), cast(sum(people) as bigint), cast(sum(marked) as bigint)
		from `+g.clicks+` where program_id = $1 and day >= $2 and day < $3`+only+` group by `+g.click, args...) //nolint:gosec // names from grain
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var key string
		var f figures
		if err := rows.Scan(&key, &f.people, &f.marked); err != nil {
			return err
		}
		if q.GroupBy == ByCode {
			key = "" // a click brings no code
		}
		if err := into.at(key).add(f); err != nil {
			return err
		}
	}
	return rows.Err()
}

// counted is what a report looks at, and the range of times.
const counted = ` where c.program_id = $1 and c.occurred_at >= $2 and c.occurred_at < $3 and not c.test`

// readConversions sums shares and revenue. The commissionable rest is multiplied by the share in two parts, quotient and remainder of 10,000, so
// that the product of a large amount cannot overflow where the result would not.
func readConversions(ctx context.Context, tx *db.Tx, q Query, g grain, s span, into cells) error {
	only, args := q.partner("k", s)
	return readCash(ctx, tx, into, `select coalesce(cast(`+g.credit+` as text), ''), c.currency,
			cast(coalesce(sum(k.share_bp) filter (where c.refunded_minor < c.amount_minor or c.amount_minor = 0), 0) as bigint),
			cast(sum((c.amount_minor - c.refunded_minor) / 10000 * k.share_bp) as bigint),
			cast(sum((c.amount_minor - c.refunded_minor) % 10000 * k.share_bp) as bigint), 0, 0, 0
		from conversions c join credits k on k.conversion_id = c.id`+counted+` and c.cancelled_at is null`+only+
		` group by `+g.credit+`, c.currency`, args)
}

// readCommissions sums what is left of commissions by where they stand. Nothing is left of rejected and reversed ones, so they need no mention.
func readCommissions(ctx context.Context, tx *db.Tx, q Query, g grain, s span, into cells) error {
	only, args := q.partner("m", s)
	shares := ""
	if g.credited {
		shares = ` left join credits k on k.conversion_id = m.conversion_id and k.partnership_id = m.partnership_id`
	}
	return readCash(ctx, tx, into, `select coalesce(cast(`+g.commission+` as text), ''), m.currency, 0, 0, 0,
			cast(coalesce(sum(m.earned_minor - m.reversed_minor) filter (where m.status in ('pending', 'held')), 0) as bigint),
			cast(coalesce(sum(m.earned_minor - m.reversed_minor) filter (where m.status = 'approved'), 0) as bigint),
			cast(coalesce(sum(m.earned_minor - m.reversed_minor) filter (where m.status = 'paid'), 0) as bigint)
		from conversions c join commissions m on m.conversion_id = c.id`+shares+counted+only+` group by `+g.commission+`, m.currency`, args)
}

// partner narrows a query to the partnership asked for.
func (q Query) partner(alias string, s span) (only string, args []any) {
	args = []any{q.Program, s.begins, s.ends}
	if q.Partnership == "" {
		return "", args
	}
	return ` and ` + alias + `.partnership_id = $4`, append(args, q.Partnership)
}

func readCash(ctx context.Context, tx *db.Tx, into cells, query string, args []any) error {
	rows, err := tx.Query(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var key string
		var currency money.Currency
		var c cash
		if err := rows.Scan(&key, &currency, &c.shares, &c.whole, &c.parts, &c.pending, &c.approved, &c.paid); err != nil {
			return err
		}
		if err := into.at(key).addCash(currency, c); err != nil {
			return err
		}
	}
	return rows.Err()
}

func readTail(ctx context.Context, tx *db.Tx, q Query, into cells) error {
	ours, err := ownPartnerships(ctx, tx, q.Program, q.Tail)
	if err != nil {
		return err
	}
	for _, t := range q.Tail {
		if !ours[string(t.Partnership)] || t.Day < q.From || t.Day >= q.To || (q.Partnership != "" && q.Partnership != t.Partnership) {
			continue
		}
		f := into.at(q.GroupBy.keyOf(t))
		f.people, f.marked = f.people+t.People, f.marked+t.Marked
	}
	return nil
}

func (d Dimension) keyOf(t TailCount) string {
	switch d {
	case ByLink:
		return linkKey(t.LinkNo)
	case ByCode:
		return ""
	case ByDay:
		return strconv.FormatInt(int64(t.Day), 10)
	case ByCreator, ByPartnership, ByGroup, ByPlatform, ByTier:
		return string(t.Partnership)
	}
	panic("BUG: a dimension that was never checked: " + string(d))
}

// linkKey is a link's number as the database keeps it.
func linkKey(no uint64) string { return strconv.FormatInt(int64(no), 10) } //nolint:gosec // the same 64 bits

// ownPartnerships tells which of the partnerships in a tail belong to the program.
func ownPartnerships(ctx context.Context, tx *db.Tx, program programs.ID, tail []TailCount) (map[string]bool, error) {
	ours := map[string]bool{}
	for _, t := range tail {
		ours[string(t.Partnership)] = false
	}
	err := inBlocks(ours, func(ids string, args []any) error {
		found, err := db.All(ctx, tx, db.Column[string], `select id from partnerships where id in (`+ids+`) and program_id = $1`, append([]any{program}, args...)...)
		for _, id := range found {
			ours[id] = true
		}
		return err
	})
	return ours, err
}
