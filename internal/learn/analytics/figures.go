package analytics

import (
	"fmt"

	"rapport/internal/base/money"
)

// figures are exact sums that can be added further before anything is rounded or divided.
type figures struct {
	people, marked int64
	cash           map[money.Currency]cash
}

// cash is what conversions in one currency came to, in minor units. Revenue is whole + parts ÷ 10,000, since half a conversion may bring half a
// cent and rounding comes last.
type cash struct {
	shares                  int64 // basis points of conversions
	whole, parts            int64
	pending, approved, paid int64
}

func (f *figures) add(g figures) error {
	f.people += g.people
	f.marked += g.marked
	for currency, c := range g.cash {
		if err := f.addCash(currency, c); err != nil {
			return err
		}
	}
	return nil
}

func (f *figures) addCash(currency money.Currency, c cash) error {
	if f.cash == nil {
		f.cash = map[money.Currency]cash{}
	}
	sum := f.cash[currency]
	sum.shares += c.shares // at most 10,000 for a row that exists: cannot overflow
	sum.parts += c.parts
	for _, pair := range []struct {
		into *int64
		more int64
	}{{&sum.whole, c.whole}, {&sum.pending, c.pending}, {&sum.approved, c.approved}, {&sum.paid, c.paid}} {
		total, err := money.Amount{Minor: *pair.into, Currency: currency}.Add(money.Amount{Minor: pair.more, Currency: currency})
		if err != nil {
			return fmt.Errorf("cannot sum a report: %w", err)
		}
		*pair.into = total.Minor
	}
	f.cash[currency] = sum
	return nil
}

// worth is a cash in amounts.
type worth struct {
	revenue, pending, approved, paid, commission money.Amount
}

func (c cash) worth(currency money.Currency) (w worth, err error) {
	in := func(minor int64) money.Amount { return money.Amount{Minor: minor, Currency: currency} }
	rest, err := in(c.parts).Times(1, int64(money.Whole))
	if err != nil {
		return w, err
	}
	if w.revenue, err = in(c.whole).Add(rest); err != nil {
		return w, err
	}
	w.pending, w.approved, w.paid = in(c.pending), in(c.approved), in(c.paid)
	w.commission, err = money.Sum(currency, w.pending, w.approved, w.paid)
	return w, err
}
