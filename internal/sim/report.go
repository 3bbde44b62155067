package sim

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"strings"
)

// Compare asks the server for all conversions of the program and holds them against the truth of this run.
func (d *Driver) Compare(ctx context.Context) (Report, error) {
	found := map[string]*foundConversion{}
	err := pages(ctx, d.client, "/conversions", url.Values{"program_id": {d.Program}}, func(c foundConversion) {
		found[strings.TrimPrefix(c.ExternalID, "#")] = &c
	})
	if err != nil {
		return Report{}, err
	}
	var r Report
	for _, t := range d.sent() {
		got := found[number(t.Order)]
		if got == nil {
			got = found[number(t.Number)] // some ways name an order by its number
		}
		r.compare(t, got)
	}
	return r, nil
}

// sent are the truths in order of their ids.
func (d *Driver) sent() []Truth {
	d.mu.Lock()
	defer d.mu.Unlock()
	var list []Truth
	for _, t := range d.truths {
		list = append(list, t)
	}
	slices.SortFunc(list, func(a, b Truth) int { return cmp.Compare(a.Order, b.Order) })
	return list
}

// pages reads a whole list of the contract.
func pages[T any](ctx context.Context, c *Client, path string, query url.Values, each func(T)) error {
	query.Set("limit", "1000")
	for {
		var page listed[T]
		if err := c.Get(ctx, path, query, &page); err != nil {
			return err
		}
		for _, item := range page.Items {
			each(item)
		}
		if page.Next == "" {
			return nil
		}
		query.Set("cursor", page.Next)
	}
}
