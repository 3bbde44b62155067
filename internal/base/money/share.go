package money

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"math/bits"
	"slices"
)

// BasisPoints are hundredths of a percent: 2,500 are a quarter.
type BasisPoints int

// Whole is all of something.
const Whole BasisPoints = 10_000

// Of returns that share of an amount, rounded half away from zero. Use Split where shares must sum.
func (b BasisPoints) Of(a Amount) (Amount, error) { return a.Times(int64(b), int64(Whole)) }

// Times returns a × num ÷ den, rounded once, half away from zero. The product is kept in 128 bits, so only a result that does not fit is an
// error (ErrOverflow); so is a den of zero.
func (a Amount) Times(num, den int64) (Amount, error) {
	if den == 0 {
		return Amount{}, errors.New("cannot divide an amount by zero")
	}
	negative := (a.Minor < 0) != (num < 0) != (den < 0)
	quotient, rest, ok := mulDiv(magnitude(a.Minor), magnitude(num), magnitude(den))
	if ok && rest >= magnitude(den)-rest { // rest ≥ den ÷ 2, written so that it cannot overflow
		quotient++
	}
	if !ok || quotient > math.MaxInt64 {
		return Amount{}, fmt.Errorf("cannot multiply: %w", ErrOverflow)
	}
	return signed(quotient, negative, a.Currency), nil
}

// Split shares an amount in proportion to weights, by largest remainder: everybody gets their exact share rounded towards zero, and the units
// left go one each to those who lost most by that, the earlier first. The parts sum to the whole; a weight of zero gets nothing.
//
// It fails when there is no weight above zero, when one is negative, or when they sum to more than an int64 holds.
func Split[W ~int | ~int64](a Amount, weights []W) ([]Amount, error) {
	total, err := totalOf(weights)
	if err != nil {
		return nil, fmt.Errorf("cannot split: %w", err)
	}
	whole := magnitude(a.Minor)
	left := whole
	shares := make([]share, len(weights))
	for i, w := range weights {
		units, rest, _ := mulDiv(whole, uint64(w), total) // fits, since w ≤ total
		shares[i] = share{index: i, units: units, rest: rest}
		left -= units
	}
	slices.SortStableFunc(shares, func(x, y share) int { return cmp.Compare(y.rest, x.rest) })
	parts := make([]Amount, len(shares))
	for rank, s := range shares {
		if uint64(rank) < left {
			s.units++
		}
		parts[s.index] = signed(s.units, a.IsNegative(), a.Currency)
	}
	return parts, nil
}

// share is what one weight gets before the units left are handed out.
type share struct {
	index       int
	units, rest uint64 // rest is in total-ths of a unit
}

func totalOf[W ~int | ~int64](weights []W) (uint64, error) {
	var total uint64
	for _, w := range weights {
		if w < 0 {
			return 0, errors.New("a weight is negative")
		}
		total += uint64(w)
		if total > math.MaxInt64 {
			return 0, errors.New("the weights sum to more than can be counted")
		}
	}
	if total == 0 {
		return 0, errors.New("no weight is above zero")
	}
	return total, nil
}

// mulDiv returns x × y ÷ d and the rest; ok is false when the quotient needs more than 64 bits.
func mulDiv(x, y, d uint64) (quotient, rest uint64, ok bool) {
	high, low := bits.Mul64(x, y)
	if high >= d {
		return 0, 0, false
	}
	quotient, rest = bits.Div64(high, low, d)
	return quotient, rest, true
}

// magnitude returns |n|, also of math.MinInt64.
func magnitude(n int64) uint64 {
	if n < 0 {
		return -uint64(n) //nolint:gosec // wraps twice, which is exact: 2^64 − (2^64 − |n|)
	}
	return uint64(n)
}

// signed is the way back from a magnitude that is known to fit.
func signed(units uint64, negative bool, c Currency) Amount {
	if units > math.MaxInt64 {
		panic("BUG: an amount outside the range of amounts")
	}
	if negative {
		return Amount{-int64(units), c}
	}
	return Amount{int64(units), c}
}
