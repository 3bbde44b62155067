package money

import (
	"cmp"
	"errors"
	"fmt"
	"math"
)

// Amount is Minor smallest units of Currency: {4990, "EUR"} is 49.90 €. Two amounts are equal under == when both parts are.
//
// Minor lies within ±math.MaxInt64, so that every amount has its negative; math.MinInt64 is never made here.
type Amount struct {
	Minor    int64
	Currency Currency
}

// ErrOverflow is a sum or product that does not fit.
var ErrOverflow = errors.New("the amount is too large to be counted")

// ErrMixed is arithmetic over two currencies.
var ErrMixed = errors.New("amounts in different currencies cannot be mixed")

// Zero returns no money in a currency.
func Zero(c Currency) Amount { return Amount{Currency: c} }

// IsZero reports whether there is no money.
func (a Amount) IsZero() bool { return a.Minor == 0 }

// IsNegative reports whether a is below zero.
func (a Amount) IsNegative() bool { return a.Minor < 0 }

// IsPositive reports whether a is above zero.
func (a Amount) IsPositive() bool { return a.Minor > 0 }

// Neg returns −a.
func (a Amount) Neg() Amount {
	if a.Minor == math.MinInt64 {
		panic("BUG: an amount outside the range of amounts")
	}
	return Amount{-a.Minor, a.Currency}
}

// Add returns a + b. The error is ErrMixed or ErrOverflow.
func (a Amount) Add(b Amount) (Amount, error) {
	if err := same("add", a, b); err != nil {
		return Amount{}, err
	}
	sum := a.Minor + b.Minor
	overflown := (sum > a.Minor) != (b.Minor > 0) && b.Minor != 0
	if overflown || sum == math.MinInt64 {
		return Amount{}, fmt.Errorf("cannot add: %w", ErrOverflow)
	}
	return Amount{sum, a.Currency}, nil
}

// Sub returns a − b. The error is ErrMixed or ErrOverflow.
func (a Amount) Sub(b Amount) (Amount, error) {
	if err := same("subtract", a, b); err != nil {
		return Amount{}, err
	}
	return a.Add(b.Neg())
}

// Cmp returns −1, 0 or 1 as a is less than, equal to or more than b. The error is ErrMixed.
func (a Amount) Cmp(b Amount) (int, error) {
	if err := same("compare", a, b); err != nil {
		return 0, err
	}
	return cmp.Compare(a.Minor, b.Minor), nil
}

// Less reports whether a < b. The error is ErrMixed.
func (a Amount) Less(b Amount) (bool, error) {
	order, err := a.Cmp(b)
	return order < 0, err
}

// Min returns the smaller of two amounts. The error is ErrMixed.
func Min(a, b Amount) (Amount, error) {
	order, err := a.Cmp(b)
	switch {
	case err != nil:
		return Amount{}, err
	case order <= 0:
		return a, nil
	default:
		return b, nil
	}
}

// Max returns the larger of two amounts. The error is ErrMixed.
func Max(a, b Amount) (Amount, error) {
	smaller, err := Min(a, b)
	if err != nil {
		return Amount{}, err
	}
	if smaller == a {
		return b, nil
	}
	return a, nil
}

// Sum adds amounts that are all in currency c; of none it is zero. The error is ErrMixed or ErrOverflow.
func Sum(c Currency, amounts ...Amount) (Amount, error) {
	sum := Zero(c)
	for _, a := range amounts {
		var err error
		if sum, err = sum.Add(a); err != nil {
			return Amount{}, err
		}
	}
	return sum, nil
}

func same(verb string, a, b Amount) error {
	if a.Currency != b.Currency {
		return fmt.Errorf("cannot %s %q and %q: %w", verb, a.Currency, b.Currency, ErrMixed)
	}
	return nil
}
