package money_test

import (
	"encoding/json"
	"math"
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"rapport/internal/base/fault"
	"rapport/internal/base/money"
)

func percent(t interface{ Fatal(...any) }, text string) money.Percent {
	p, err := money.ParsePercent(text)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestOneRateHasOneFace(t *testing.T) {
	for text, want := range map[string]string{
		"15": "15", "15.0": "15", "12.50": "12.5", "0.0001": "0.0001", "100.0000": "100", "0": "0", "0.00": "0", "-0": "0", "007": "7",
	} {
		p := percent(t, text)
		if p.String() != want || p != percent(t, want) || !p.Equal(percent(t, want)) || p.Cmp(percent(t, want)) != 0 {
			t.Errorf("%q became %q, want %q", text, p, want)
		}
	}
	if percent(t, "0") != (money.Percent{}) || !percent(t, "0.0").IsZero() {
		t.Error("the zero value is not 0 %")
	}
}

func TestRatesOutOfBoundsOrShapeAreRefused(t *testing.T) {
	for _, text := range []string{"", "-1", "100.0001", "101", "12.34567", "1e1", "+5", "15%", " 5", "5,5", ".5", "99999999999999999999999999999"} {
		p, err := money.ParsePercent(text)
		if fault.KindOf(err) != fault.KindInvalid {
			t.Errorf("%q became %v, %v", text, p, err)
		}
	}
}

func TestARoomMaySetOtherBounds(t *testing.T) {
	p, err := money.ParsePercentWithin("-12.5", -50, 500)
	if err != nil || p.String() != "-12.5" {
		t.Fatalf("got %v, %v", p, err)
	}
	if got, err := p.Of(money.Amount{Minor: 1000, Currency: "EUR"}); err != nil || got.Minor != -125 {
		t.Fatalf("−12.5 %% of 10.00 = %v, %v", got, err)
	}
	if _, err := money.ParsePercentWithin("500.1", -50, 500); err == nil {
		t.Fatal("a rate above the bound was accepted")
	}
}

func TestARateOfAnAmountIsRoundedOnce(t *testing.T) {
	for _, c := range []struct {
		rate        string
		minor, want int64
	}{
		{"15", 4990, 749}, {"12.5", 4, 1}, {"12.5", 3, 0}, {"12.5", -4, -1}, {"0.0001", 1_000_000, 1}, {"33.3333", 30000, 10000},
		{"100", math.MaxInt64, math.MaxInt64}, {"0", 4990, 0},
	} {
		got, err := percent(t, c.rate).Of(money.Amount{Minor: c.minor, Currency: "EUR"})
		if err != nil || got.Minor != c.want {
			t.Errorf("%s %% of %d = %d, %v; want %d", c.rate, c.minor, got.Minor, err, c.want)
		}
	}
}

func TestNoRateUpToAHundredTakesMoreThanThereIs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := amounts().Draw(t, "amount")
		rate := percent(t, strconv.Itoa(rapid.IntRange(0, 99).Draw(t, "whole"))+"."+rapid.StringMatching(`[0-9]{1,4}`).Draw(t, "fraction"))
		part, err := rate.Of(a)
		if err != nil || magnitude(part.Minor) > magnitude(a.Minor) {
			t.Fatalf("%v %% of %v = %v, %v", rate, a, part, err)
		}
	})
}

func magnitude(n int64) int64 { return max(n, -n) }

func TestRatesTravelAsTextAndAreStoredAsText(t *testing.T) {
	wire, err := json.Marshal(map[string]money.Percent{"rate": percent(t, "12.50")})
	if err != nil || string(wire) != `{"rate":"12.5"}` {
		t.Fatalf("got %s, %v", wire, err)
	}
	var read struct{ Rate money.Percent }
	if err := json.Unmarshal(wire, &read); err != nil || read.Rate != percent(t, "12.5") {
		t.Fatalf("got %v, %v", read, err)
	}
	if err := json.Unmarshal([]byte(`{"rate":12.5}`), &read); err == nil {
		t.Fatal("a number was read as a rate")
	}
	if err := json.Unmarshal([]byte(`{"rate":"120"}`), &read); fault.KindOf(err) != fault.KindInvalid {
		t.Fatalf("120 %% gave %v", err)
	}
}

func TestStoredRatesComeBack(t *testing.T) {
	p := percent(t, "12.5")
	stored, err := p.Value()
	if err != nil || stored != "12.5" {
		t.Fatalf("stored as %v, %v", stored, err)
	}
	for _, column := range []any{"12.5", []byte("12.5")} {
		var back money.Percent
		if err := back.Scan(column); err != nil || back != p {
			t.Errorf("%T gave %v, %v", column, back, err)
		}
	}
	for _, column := range []any{nil, 12.5, int64(12), "much"} {
		var back money.Percent
		if err := back.Scan(column); err == nil {
			t.Errorf("%v (%T) was read as %v", column, column, back)
		}
	}
}

func FuzzParsePercent(f *testing.F) {
	for _, seed := range []string{"15", "12.5", "-0", "100.0000", "1e2", "0.00001"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := money.ParsePercent(text)
		if err != nil {
			return
		}
		if back, err := money.ParsePercent(p.String()); err != nil || back != p {
			t.Fatalf("%q prints as %q and reads as %v, %v", text, p, back, err)
		}
	})
}
