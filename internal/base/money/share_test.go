package money_test

import (
	"errors"
	"math"
	"math/big"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"rapport/internal/base/money"
)

// rounded is x × num ÷ den half away from zero, in numbers without limits.
func rounded(x, num, den int64) *big.Int {
	n := new(big.Int).Mul(big.NewInt(x), big.NewInt(num))
	d := big.NewInt(den)
	sign := int64(n.Sign() * d.Sign())
	n.Abs(n).Lsh(n, 1).Add(n, d.Abs(d))
	n.Quo(n, new(big.Int).Lsh(d, 1)) // (2n + d) ÷ 2d
	return n.Mul(n, big.NewInt(sign))
}

func TestTimesIsExactAndRoundsHalfAwayFromZero(t *testing.T) {
	numbers := rapid.OneOf(rapid.Int64(), rapid.Int64Range(-20, 20))
	rapid.Check(t, func(t *rapid.T) {
		a, num := amounts().Draw(t, "a"), numbers.Draw(t, "num")
		den := numbers.Filter(func(n int64) bool { return n != 0 }).Draw(t, "den")
		got, err := a.Times(num, den)
		mustBe(t, got, err, rounded(a.Minor, num, den))
	})
}

func TestTimesInPlainNumbers(t *testing.T) {
	for _, c := range []struct{ minor, num, den, want int64 }{
		{5, 1, 2, 3}, {-5, 1, 2, -3}, {5, -1, 2, -3}, {-5, -1, 2, 3}, {5, 1, -2, -3},
		{1, 1, 3, 0}, {2, 1, 3, 1}, {4990, 0, 7, 0},
		{math.MaxInt64, math.MaxInt64, math.MaxInt64, math.MaxInt64},
		{1, math.MinInt64, math.MinInt64, 1},
	} {
		got, err := money.Amount{Minor: c.minor, Currency: "EUR"}.Times(c.num, c.den)
		if err != nil || got.Minor != c.want {
			t.Errorf("%d × %d ÷ %d = %d, %v; want %d", c.minor, c.num, c.den, got.Minor, err, c.want)
		}
	}
	if _, err := (money.Amount{Minor: 1, Currency: "EUR"}).Times(1, 0); err == nil {
		t.Error("a division by zero went unseen")
	}
	if _, err := (money.Amount{Minor: math.MaxInt64, Currency: "EUR"}).Times(2, 1); !errors.Is(err, money.ErrOverflow) {
		t.Errorf("an overflow gave %v", err)
	}
}

func TestMoreMoneyNeverEarnsLess(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cents := rapid.Int64Range(-1e12, 1e12)
		low, high := cents.Draw(t, "low"), cents.Draw(t, "high")
		low, high = min(low, high), max(low, high)
		rate := money.BasisPoints(rapid.IntRange(0, 10_000).Draw(t, "rate"))
		a, err1 := rate.Of(money.Amount{Minor: low, Currency: "EUR"})
		b, err2 := rate.Of(money.Amount{Minor: high, Currency: "EUR"})
		if err := errors.Join(err1, err2); err != nil {
			t.Fatal(err)
		}
		if a.Minor > b.Minor {
			t.Fatalf("%d earns %v and %d earns %v", low, a, high, b)
		}
	})
}

func TestPartsSumToTheWholeAndAreFair(t *testing.T) {
	weight := rapid.OneOf(rapid.Int64Range(0, 5), rapid.Int64Range(0, math.MaxInt64/8))
	rapid.Check(t, func(t *rapid.T) {
		a := amounts().Draw(t, "whole")
		weights := rapid.SliceOfN(weight, 1, 8).Filter(func(w []int64) bool { return slices.Max(w) > 0 }).Draw(t, "weights")
		parts, err := money.Split(a, weights)
		if err != nil {
			t.Fatal(err)
		}
		if sum, err := money.Sum(a.Currency, parts...); err != nil || sum != a {
			t.Fatalf("the parts %v sum to %v, not to %v: %v", parts, sum, a, err)
		}
		total := new(big.Int)
		for _, w := range weights {
			total.Add(total, big.NewInt(w))
		}
		for i, p := range parts {
			mustBeWithinOneUnit(t, a.Minor, weights[i], total, p.Minor)
		}
	})
}

// mustBeWithinOneUnit fails if a part is a whole unit or more away from its exact share, which a weight of zero makes an exact nothing.
func mustBeWithinOneUnit(t *rapid.T, whole, weight int64, total *big.Int, part int64) {
	t.Helper()
	exact := new(big.Int).Mul(big.NewInt(whole), big.NewInt(weight))
	off := new(big.Int).Sub(new(big.Int).Mul(big.NewInt(part), total), exact)
	if off.Abs(off).Cmp(total) >= 0 {
		t.Fatalf("weight %d of %v got %d of %d", weight, total, part, whole)
	}
}

func TestEqualClaimsGoToTheEarlier(t *testing.T) {
	for _, c := range []struct {
		minor   int64
		weights []int64
		want    []int64
	}{
		{1250, []int64{1, 1, 1}, []int64{417, 417, 416}},
		{-1250, []int64{1, 1, 1}, []int64{-417, -417, -416}},
		{1, []int64{0, 1, 1}, []int64{0, 1, 0}},
		{100, []int64{1, 2, 3}, []int64{17, 33, 50}},
		{0, []int64{4, 6}, []int64{0, 0}},
		{7, []int64{9}, []int64{7}},
	} {
		parts, err := money.Split(money.Amount{Minor: c.minor, Currency: "EUR"}, c.weights)
		var got []int64
		for _, p := range parts {
			got = append(got, p.Minor)
		}
		if err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%d by %v = %v, %v; want %v", c.minor, c.weights, got, err, c.want)
		}
	}
}

func TestWeightsThatShareNothingAreRefused(t *testing.T) {
	for _, weights := range [][]int64{nil, {}, {0, 0}, {-1, 2}, {math.MaxInt64, 1}} {
		if parts, err := money.Split(money.Amount{Minor: 100, Currency: "EUR"}, weights); err == nil {
			t.Errorf("weights %v gave %v", weights, parts)
		}
	}
}

func TestBasisPointsAreWeightsToo(t *testing.T) {
	parts, err := money.Split(money.Amount{Minor: 999, Currency: "EUR"}, []money.BasisPoints{2_500, 7_500})
	if err != nil || parts[0].Minor != 250 || parts[1].Minor != 749 {
		t.Fatalf("got %v, %v", parts, err)
	}
}
