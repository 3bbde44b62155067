package money

import (
	"math"
	"strconv"
	"strings"

	"rapport/internal/base/fault"
)

// maxText is more characters than any amount of a shop's feed has.
const maxText = 64

// Parse reads an amount as people and our own JSON write it: digits, a point, at most the decimals of the currency, and a minus before them if
// it is negative. Nothing is rounded and nothing else is read: no exponent, plus, blank or thousands separator.
// The faults speak of "amount" and "currency".
func Parse(text string, c Currency) (Amount, error) { return parse(text, c, false) }

// ParseRounded reads the same from foreign feeds that carry more decimals than the currency has, and rounds them half away from zero.
func ParseRounded(text string, c Currency) (Amount, error) { return parse(text, c, true) }

func parse(text string, c Currency, round bool) (Amount, error) {
	if !c.Valid() {
		return Amount{}, badCurrency()
	}
	d, ok := readDecimal(text)
	if !ok || (len(d.fraction) > c.Digits() && !round) {
		return Amount{}, badAmount(c)
	}
	units, ok := d.units(c.Digits())
	if !ok {
		return Amount{}, fault.Invalid("the amount is too large").In("amount").Because(ErrOverflow)
	}
	return signed(units, d.negative, c), nil
}

func badAmount(c Currency) *fault.Error {
	example := Amount{49 * scale(c), c}
	if c.Digits() == 0 {
		return fault.Invalidf("an amount in %s must be written in whole digits, like %q", c, example).In("amount")
	}
	return fault.Invalidf("an amount in %s must be written with digits and at most %d decimals after a point, like %q",
		c, c.Digits(), example).In("amount")
}

// decimal is a number as written: −?whole(.fraction)?
type decimal struct {
	negative        bool
	whole, fraction string
}

func readDecimal(text string) (d decimal, ok bool) {
	if len(text) > maxText {
		return decimal{}, false
	}
	text, d.negative = strings.CutPrefix(text, "-")
	whole, fraction, pointed := strings.Cut(text, ".")
	d.whole, d.fraction = whole, fraction
	return d, allDigits(whole) && (!pointed || allDigits(fraction))
}

func allDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// units returns the magnitude in units of 10^−digits, rounded half away from zero; ok is false if it is no amount.
func (d decimal) units(digits int) (units uint64, ok bool) {
	fraction, up := d.fraction, false
	if len(fraction) > digits {
		fraction, up = fraction[:digits], fraction[digits] >= '5'
	}
	fraction += strings.Repeat("0", digits-len(fraction))
	units, err := strconv.ParseUint(d.whole+fraction, 10, 64)
	if err != nil || units > math.MaxInt64 {
		return 0, false
	}
	if up {
		units++
	}
	return units, units <= math.MaxInt64
}

// scale is how many minor units make one major one: 100 for EUR.
func scale(c Currency) int64 {
	n := int64(1)
	for range c.Digits() {
		n *= 10
	}
	return n
}

// String prints the number alone, as Parse reads it: "49.90", "-3.00", "1200" in JPY.
func (a Amount) String() string {
	whole, fraction := a.parts()
	return a.sign() + whole + fraction
}

// Display prints an amount in English for a page or a mail: "€49.90", "$1,234.50", "¥1,200", "KWD 1.250", "-€3.00".
func (a Amount) Display() string {
	whole, fraction := a.parts()
	symbol, ok := symbols[a.Currency]
	if !ok {
		symbol = string(a.Currency) + " "
	}
	return a.sign() + symbol + grouped(whole) + fraction
}

// symbols are those an English reader takes for one currency only; $ is the dollar of the United States, ¥ the yen.
var symbols = map[Currency]string{
	"AUD": "A$", "BRL": "R$", "CAD": "CA$", "EUR": "€", "GBP": "£", "ILS": "₪", "INR": "₹", "JPY": "¥", "KRW": "₩",
	"MXN": "MX$", "NZD": "NZ$", "USD": "$",
}

func (a Amount) sign() string {
	if a.IsNegative() {
		return "-"
	}
	return ""
}

// parts returns the digits before the point, and the point with those after it.
func (a Amount) parts() (whole, fraction string) {
	units := strconv.FormatUint(magnitude(a.Minor), 10)
	n := a.Currency.Digits()
	if n == 0 {
		return units, ""
	}
	if missing := n + 1 - len(units); missing > 0 {
		units = strings.Repeat("0", missing) + units
	}
	cut := len(units) - n
	return units[:cut], "." + units[cut:]
}

// grouped puts a comma before every third digit from the right.
func grouped(whole string) string {
	var b strings.Builder
	for i := range len(whole) {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteByte(whole[i])
	}
	return b.String()
}
