package money_test

import (
	"errors"
	"math"
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"rapport/internal/base/money"
)

// minors draws what tests of arithmetic like least: the ends, the middle, and everything between.
func minors() *rapid.Generator[int64] {
	return rapid.OneOf(
		rapid.Int64Range(-math.MaxInt64, math.MaxInt64),
		rapid.Int64Range(-10_000, 10_000),
		rapid.SampledFrom([]int64{0, 1, -1, math.MaxInt64, -math.MaxInt64, math.MaxInt64 - 1}),
	)
}

func currencies() *rapid.Generator[money.Currency] { return rapid.SampledFrom(money.Currencies()) }

func amounts() *rapid.Generator[money.Amount] {
	return rapid.Custom(func(t *rapid.T) money.Amount {
		return money.Amount{Minor: minors().Draw(t, "minor"), Currency: currencies().Draw(t, "currency")}
	})
}

// fits reports whether an exact result is an amount.
func fits(n *big.Int) bool {
	return new(big.Int).Abs(n).Cmp(big.NewInt(math.MaxInt64)) <= 0
}

// mustBe fails unless got is exactly want, or an overflow where want does not fit.
func mustBe(t *rapid.T, got money.Amount, err error, want *big.Int) {
	t.Helper()
	switch {
	case !fits(want) && !errors.Is(err, money.ErrOverflow):
		t.Fatalf("%v does not fit, got %v and %v", want, got.Minor, err)
	case fits(want) && (err != nil || got.Minor != want.Int64()):
		t.Fatalf("got %d and %v, want %v", got.Minor, err, want)
	}
}

func TestSumsAndDifferencesAreExactOrAnOverflow(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := amounts().Draw(t, "a"), money.Amount{Minor: minors().Draw(t, "b")}
		b.Currency = a.Currency
		x, y := big.NewInt(a.Minor), big.NewInt(b.Minor)

		sum, err := a.Add(b)
		mustBe(t, sum, err, new(big.Int).Add(x, y))
		difference, err := a.Sub(b)
		mustBe(t, difference, err, new(big.Int).Sub(x, y))
		if back := a.Neg().Neg(); back != a {
			t.Fatalf("the negative of the negative of %v is %v", a, back)
		}
	})
}

func TestTwoCurrenciesNeverMeet(t *testing.T) {
	euro, dollar := money.Amount{Minor: 100, Currency: "EUR"}, money.Amount{Minor: 100, Currency: "USD"}
	_, add := euro.Add(dollar)
	_, sub := euro.Sub(dollar)
	_, order := euro.Cmp(dollar)
	_, less := euro.Less(dollar)
	_, smaller := money.Min(euro, dollar)
	_, larger := money.Max(euro, dollar)
	_, sum := money.Sum("EUR", euro, dollar)
	for name, err := range map[string]error{"Add": add, "Sub": sub, "Cmp": order, "Less": less, "Min": smaller, "Max": larger, "Sum": sum} {
		if !errors.Is(err, money.ErrMixed) {
			t.Errorf("%s of EUR and USD gave the error %v", name, err)
		}
	}
}

func TestOrderAgreesWithMinorUnits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := money.Amount{Minor: minors().Draw(t, "a"), Currency: "EUR"}
		b := money.Amount{Minor: minors().Draw(t, "b"), Currency: "EUR"}
		smaller, err1 := money.Min(a, b)
		larger, err2 := money.Max(a, b)
		less, err3 := a.Less(b)
		if err := errors.Join(err1, err2, err3); err != nil {
			t.Fatal(err)
		}
		if smaller.Minor != min(a.Minor, b.Minor) || larger.Minor != max(a.Minor, b.Minor) || less != (a.Minor < b.Minor) {
			t.Fatalf("smaller %v, larger %v, less %v", smaller, larger, less)
		}
	})
}

func TestASumOfNothingIsZeroOfItsCurrency(t *testing.T) {
	none, err := money.Sum("JPY")
	if err != nil || none != money.Zero("JPY") || !none.IsZero() || none.IsNegative() || none.IsPositive() {
		t.Fatalf("got %+v, %v", none, err)
	}
	some, err := money.Sum("JPY", money.Amount{Minor: 5, Currency: "JPY"}, money.Amount{Minor: -7, Currency: "JPY"})
	if err != nil || some.Minor != -2 || !some.IsNegative() {
		t.Fatalf("got %+v, %v", some, err)
	}
}
