package money

import (
	"database/sql/driver"
	"fmt"

	govalues "github.com/govalues/decimal"

	"rapport/internal/base/fault"
)

// percentDigits is how finely a rate may be agreed: 0.0001 % is a hundredth of a basis point.
const percentDigits = 4

// maxPercent bounds every rate, whatever its room allows: a million percent, so that no rate meets the limits of arithmetic.
const maxPercent = 1_000_000

// Percent is an exact rate in hundredths: "12.5" is an eighth. The zero value is 0 %. Equal rates are equal under ==.
type Percent struct {
	value govalues.Decimal // trimmed, so that 12.5 and 12.50 are one value
}

// ParsePercent reads a rate from 0 to 100 with at most 4 decimals, such as "15" or "12.5", without a sign or a percent sign.
func ParsePercent(text string) (Percent, error) { return ParsePercentWithin(text, 0, 100) }

// ParsePercentWithin reads a rate from low to high, both included, both within ±1,000,000. Use it where a rate may be negative or above 100.
func ParsePercentWithin(text string, low, high int) (Percent, error) {
	if low > high || low < -maxPercent || high > maxPercent {
		panic("BUG: bounds of a percentage that hold nothing or too much")
	}
	value, ok := readPercent(text)
	if !ok {
		return Percent{}, fault.Invalidf(`a percentage must be written with digits and at most %d decimals after a point, like "12.5"`, percentDigits)
	}
	if value.Cmp(govalues.MustNew(int64(low), 0)) < 0 || value.Cmp(govalues.MustNew(int64(high), 0)) > 0 {
		return Percent{}, fault.Invalidf("a percentage must be from %d to %d", low, high)
	}
	return Percent{value}, nil
}

func readPercent(text string) (value govalues.Decimal, ok bool) {
	d, ok := readDecimal(text)
	if !ok || len(d.fraction) > percentDigits {
		return value, false
	}
	value, err := govalues.Parse(text)
	return value.Trim(0), err == nil
}

// String prints the rate as ParsePercent reads it, without zeros at its end: "12.5".
func (p Percent) String() string { return p.value.String() }

// IsZero reports whether the rate is 0 %.
func (p Percent) IsZero() bool { return p.value.IsZero() }

// Cmp returns −1, 0 or 1 as p is less than, equal to or more than q.
func (p Percent) Cmp(q Percent) int { return p.value.Cmp(q.value) }

// Equal reports whether two rates are the same; go-cmp asks for it.
func (p Percent) Equal(q Percent) bool { return p == q }

// Of returns that part of an amount, rounded half away from zero. The error is ErrOverflow, which rates up to 100 never meet.
func (p Percent) Of(a Amount) (Amount, error) { return p.OfShare(a, Whole) }

// OfShare returns that part of a share of an amount: 15 % of a quarter of 100.00 is 3.75. It is rounded once, half away from zero.
func (p Percent) OfShare(a Amount, share BasisPoints) (Amount, error) {
	den := int64(100) * int64(Whole)
	for range p.value.Scale() {
		den *= 10
	}
	num := int64(p.value.Coef()) * int64(share) //nolint:gosec // at most a million percent with 4 decimals, times 10^4: 10^14
	if p.value.IsNeg() {
		num = -num
	}
	return a.Times(num, den)
}

// MarshalText writes what String prints; in JSON a rate is text.
func (p Percent) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText reads a rate from 0 to 100. A room with other bounds takes text and calls ParsePercentWithin.
func (p *Percent) UnmarshalText(text []byte) (err error) {
	*p, err = ParsePercent(string(text))
	return err
}

// Value stores a rate as text.
func (p Percent) Value() (driver.Value, error) { return p.String(), nil }

// Scan reads a rate that was stored.
func (p *Percent) Scan(stored any) error {
	text, ok := stored.(string)
	if b, isBytes := stored.([]byte); isBytes {
		text, ok = string(b), true
	}
	if !ok {
		return fmt.Errorf("cannot read a percentage from a column of type %T", stored)
	}
	read, err := ParsePercentWithin(text, -maxPercent, maxPercent)
	if err != nil {
		return fmt.Errorf("cannot read a stored percentage: %w", err)
	}
	*p = read
	return nil
}
