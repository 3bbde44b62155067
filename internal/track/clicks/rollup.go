package clicks

import (
	"cmp"
	"context"
	"slices"
	"time"

	"rapport/internal/base/db"
	"rapport/internal/base/programs"
	"rapport/internal/partner/partnerships"
)

const secondsPerDay = 24 * 60 * 60

// Day returns the day of the program that a moment falls on, as days since 1970-01-01.
func Day(at time.Time, zone *time.Location) int64 {
	_, offset := at.In(zone).Zone()
	local := at.Unix() + int64(offset)
	day := local / secondsPerDay
	if local%secondsPerDay < 0 {
		day--
	}
	return day
}

// counts are the clicks of one cell of a roll-up.
type counts struct {
	program        programs.ID
	people, marked int64
}

func (c *counts) add(f Flags) {
	if f.Person() {
		c.people++
	} else {
		c.marked++
	}
}

// The keys of the roll-ups. compare gives the order in which cells are locked; values are the columns of a row.

type linkDay struct {
	link uint64
	day  int64
}

func (k linkDay) compare(o linkDay) int {
	return cmp.Or(cmp.Compare(k.link, o.link), cmp.Compare(k.day, o.day))
}

func (k linkDay) values(c *counts) []any {
	return []any{int64(k.link), k.day, c.program, c.people, c.marked} //nolint:gosec // the same 64 bits
}

type partnershipDay struct {
	partnership partnerships.ID
	day         int64
}

func (k partnershipDay) compare(o partnershipDay) int {
	return cmp.Or(cmp.Compare(k.partnership, o.partnership), cmp.Compare(k.day, o.day))
}

func (k partnershipDay) values(c *counts) []any {
	return []any{k.partnership, k.day, c.program, c.people, c.marked}
}

type deviceDay struct {
	partnershipDay
	device Device
}

func (k deviceDay) compare(o deviceDay) int {
	return cmp.Or(k.partnershipDay.compare(o.partnershipDay), cmp.Compare(k.device, o.device))
}

func (k deviceDay) values(c *counts) []any {
	return []any{k.partnership, k.day, k.device.String(), c.program, c.people}
}

const rollupColumns = 5 // of each of the three

// countUp adds clicks to the roll-ups. Clicks of unknown links are in nobody's report.
func countUp(ctx context.Context, tx *db.Tx, rows []row) error {
	byLink, byPartnership, byDevice := map[linkDay]*counts{}, map[partnershipDay]*counts{}, map[deviceDay]*counts{}
	for _, r := range rows {
		if !r.known() {
			continue
		}
		day := Day(r.At, r.Zone)
		of := partnershipDay{r.Partnership, day}
		count(byLink, linkDay{r.LinkNo, day}, r)
		count(byPartnership, of, r)
		if r.Flags.Person() {
			count(byDevice, deviceDay{of, r.Device}, r)
		}
	}
	if err := upsert(ctx, tx, byLink, linkDay.compare, linkDay.values,
		`insert into clicks_by_link (link_no, day, program_id, people, marked) values `,
		` on conflict (link_no, day) do update
		set people = clicks_by_link.people + excluded.people, marked = clicks_by_link.marked + excluded.marked`); err != nil {
		return err
	}
	if err := upsert(ctx, tx, byPartnership, partnershipDay.compare, partnershipDay.values,
		`insert into clicks_by_partnership (partnership_id, day, program_id, people, marked) values `,
		` on conflict (partnership_id, day) do update
		set people = clicks_by_partnership.people + excluded.people, marked = clicks_by_partnership.marked + excluded.marked`); err != nil {
		return err
	}
	return upsert(ctx, tx, byDevice, deviceDay.compare, deviceDay.values,
		`insert into clicks_by_device (partnership_id, day, device, program_id, people) values `,
		` on conflict (partnership_id, day, device) do update set people = clicks_by_device.people + excluded.people`)
}

func count[K comparable](cells map[K]*counts, key K, r row) {
	c := cells[key]
	if c == nil {
		c = &counts{program: r.Program}
		cells[key] = c
	}
	c.add(r.Flags)
}

// upsert adds cells to a roll-up in sorted order, so that two nodes that count at once never wait for each other in a circle.
func upsert[K comparable](ctx context.Context, tx *db.Tx, cells map[K]*counts, compare func(a, b K) int, values func(K, *counts) []any,
	insert, conflict string,
) error {
	keys := make([]K, 0, len(cells))
	for key := range cells {
		keys = append(keys, key)
	}
	slices.SortFunc(keys, compare)
	for part := range pieces(keys) {
		args := make([]any, 0, len(part)*rollupColumns)
		for _, key := range part {
			args = append(args, values(key, cells[key])...)
		}
		if _, err := tx.Exec(ctx, insert+db.Values(len(part), rollupColumns)+conflict, args...); err != nil {
			return err
		}
	}
	return nil
}
