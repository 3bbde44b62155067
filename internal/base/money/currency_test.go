package money_test

import (
	"encoding/json"
	"slices"
	"testing"

	"rapport/internal/base/fault"
	"rapport/internal/base/money"
)

func TestCurrenciesAreCapitalLettersInUse(t *testing.T) {
	for _, good := range []string{"EUR", "USD", "GBP", "JPY", "KWD", "CHF", "XCG", "SLE", "ZWG"} {
		if c, err := money.ParseCurrency(good); err != nil || string(c) != good {
			t.Errorf("%s gave %q, %v", good, c, err)
		}
	}
	for _, bad := range []string{"", "eur", "EU", "EURO", "XXX", "XAU", "DEM", "EUR ", "€"} {
		f, ok := fault.As(second(money.ParseCurrency(bad)))
		if !ok || f.Field != "currency" || f.Kind != fault.KindInvalid {
			t.Errorf("%q gave the fault %+v", bad, f)
		}
	}
}

func second[T any](_ T, err error) error { return err }

func TestDigitsFollowTheStandard(t *testing.T) {
	for c, want := range map[money.Currency]int{"EUR": 2, "JPY": 0, "KRW": 0, "ISK": 0, "KWD": 3, "BHD": 3, "TND": 3, "HUF": 2, "": 2} {
		if got := c.Digits(); got != want {
			t.Errorf("%q has %d digits, want %d", c, got, want)
		}
	}
}

func TestTheListIsCompleteAndSorted(t *testing.T) {
	all := money.Currencies()
	if len(all) != 157 || !slices.IsSorted(all) {
		t.Fatalf("%d currencies: %v", len(all), all)
	}
	for _, c := range all {
		if len(c) != 3 || !c.Valid() {
			t.Errorf("%q is no code", c)
		}
	}
}

func TestACurrencyAloneIsCheckedInJSONToo(t *testing.T) {
	var read struct{ Currency money.Currency }
	if err := json.Unmarshal([]byte(`{"currency":"EUR"}`), &read); err != nil || read.Currency != "EUR" {
		t.Fatalf("got %v, %v", read, err)
	}
	if err := json.Unmarshal([]byte(`{"currency":"euro"}`), &read); fault.KindOf(err) != fault.KindInvalid {
		t.Fatalf("got %v", err)
	}
	if wire, err := json.Marshal(money.Currency("")); err == nil {
		t.Fatalf("no currency was written as %s", wire)
	}
}
