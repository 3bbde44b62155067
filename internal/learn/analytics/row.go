package analytics

import (
	"fmt"
	"maps"
	"slices"

	"rapport/internal/base/money"
	"rapport/internal/partner/partnerships"
	"rapport/internal/recruit/creators"
)

// Row is one line of a report. Ratios are nil where an input is missing; rates are fractions (0.02 is 2 %). See doc.go for the definitions.
type Row struct {
	Key  string // an id, a day as "2026-03-02", a platform or a tier; "" is what has none
	Name string // of the creator, group or link, the code's text; as Key for days, platforms and tiers

	// Whose it is, for creators, partnerships, links and codes. Of a creator the partnership in this program.
	Partnership partnerships.ID
	Creator     creators.ID
	CreatorName string

	Clicks      int64
	Marked      int64
	Conversions float64
	Revenue     money.Amount
	Commission  money.Amount // Pending + Approved + Paid
	Pending     money.Amount // held ones included
	Approved    money.Amount
	Paid        money.Amount
	Cost        money.Amount

	EngagementRate *float64
	CTR            *float64
	ConversionRate *float64
	EPC            *money.Amount
	CPA            *money.Amount
	ROAS           *float64
	ROI            *float64

	Other []Foreign // what was sold in other currencies, by currency
}

// Foreign is what conversions in another currency than the program's came to. Row.Conversions includes them, no amount and no money ratio does.
type Foreign struct {
	Conversions float64
	Revenue     money.Amount
	Commission  money.Amount
}

// row makes figures into a line in the program's currency.
func row(l label, f figures, currency money.Currency) (Row, error) {
	home := f.cash[currency]
	w, err := home.worth(currency)
	if err != nil {
		return Row{}, fmt.Errorf("cannot sum a report: %w", err)
	}
	r := Row{
		Key: l.key, Name: l.name, Partnership: l.partnership, Creator: l.creator, CreatorName: l.creatorName, Clicks: f.people, Marked: f.marked,
		Revenue: w.revenue, Commission: w.commission, Pending: w.pending, Approved: w.approved, Paid: w.paid, Cost: w.commission,
	}
	shares := home.shares
	for _, c := range slices.Sorted(maps.Keys(f.cash)) {
		if c == currency {
			continue
		}
		w, err := f.cash[c].worth(c)
		if err != nil {
			return Row{}, fmt.Errorf("cannot sum a report: %w", err)
		}
		r.Other = append(r.Other, Foreign{conversions(f.cash[c].shares), w.revenue, w.commission})
		shares += f.cash[c].shares
	}
	r.Conversions = conversions(shares)
	if l.engagementPPM != nil {
		r.EngagementRate = ratio(float64(*l.engagementPPM), 1_000_000)
	}
	return r, r.divide(home.shares)
}

// divide works out the ratios. homeShares are the basis points of conversions in the program's currency.
func (r *Row) divide(homeShares int64) (err error) {
	r.ConversionRate = ratio(r.Conversions, float64(r.Clicks))
	r.ROAS = ratio(float64(r.Revenue.Minor), float64(r.Cost.Minor))
	r.ROI = ratio(float64(r.Revenue.Minor)-float64(r.Cost.Minor), float64(r.Cost.Minor))
	if r.EPC, err = each(r.Commission, 1, r.Clicks); err != nil {
		return err
	}
	r.CPA, err = each(r.Cost, int64(money.Whole), homeShares)
	return err
}

func conversions(shares int64) float64 { return float64(shares) / float64(money.Whole) }

func ratio(above, below float64) *float64 {
	if below == 0 {
		return nil
	}
	return new(above / below)
}

// each is a × num ÷ den to the nearest minor unit.
func each(a money.Amount, num, den int64) (*money.Amount, error) {
	if den == 0 {
		return nil, nil //nolint:nilnil // a ratio that does not exist is an answer
	}
	one, err := a.Times(num, den)
	if err != nil {
		return nil, fmt.Errorf("cannot divide in a report: %w", err)
	}
	return &one, nil
}
