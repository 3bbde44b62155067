package money_test

import (
	"encoding/json"
	"math"
	"math/big"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"rapport/internal/base/fault"
	"rapport/internal/base/money"
)

func TestParseReadsExactlyWhatIsWritten(t *testing.T) {
	for _, c := range []struct {
		text     string
		currency money.Currency
		want     int64
	}{
		{"49.9", "EUR", 4990}, {"49.90", "EUR", 4990}, {"49", "EUR", 4900}, {"-3", "EUR", -300}, {"-0.00", "EUR", 0}, {"007.5", "EUR", 750},
		{"1200", "JPY", 1200}, {"1.250", "KWD", 1250}, {"0.001", "BHD", 1},
		{"92233720368547758.07", "USD", math.MaxInt64}, {"-92233720368547758.07", "USD", -math.MaxInt64},
	} {
		got, err := money.Parse(c.text, c.currency)
		if err != nil || got.Minor != c.want || got.Currency != c.currency {
			t.Errorf("Parse(%q, %s) = %+v, %v", c.text, c.currency, got, err)
		}
	}
}

func TestParseRefusesEverythingElse(t *testing.T) {
	for _, c := range []struct {
		text     string
		currency money.Currency
		field    string
	}{
		{"49.901", "EUR", "amount"}, {"49.900", "EUR", "amount"}, {"1e3", "EUR", "amount"}, {"+1", "EUR", "amount"}, {" 1", "EUR", "amount"},
		{"1 ", "EUR", "amount"}, {"1,000", "EUR", "amount"}, {"", "EUR", "amount"}, {"-", "EUR", "amount"}, {".5", "EUR", "amount"},
		{"5.", "EUR", "amount"}, {"--1", "EUR", "amount"}, {"1.2.3", "EUR", "amount"}, {"٣", "EUR", "amount"}, {"NaN", "EUR", "amount"},
		{"1.5", "JPY", "amount"}, {"1.0", "JPY", "amount"}, {strings.Repeat("0", 100), "EUR", "amount"},
		{"92233720368547758.08", "EUR", "amount"}, {"-92233720368547758.08", "EUR", "amount"}, {"99999999999999999999999999", "JPY", "amount"},
		{"1.00", "eur", "currency"}, {"1.00", "", "currency"}, {"1.00", "XXX", "currency"},
	} {
		got, err := money.Parse(c.text, c.currency)
		f, ok := fault.As(err)
		if !ok || f.Kind != fault.KindInvalid || f.Field != c.field {
			t.Errorf("Parse(%q, %q) = %v, %v", c.text, c.currency, got, err)
		}
	}
}

func TestForeignDecimalsAreRoundedHalfAwayFromZero(t *testing.T) {
	for _, c := range []struct {
		text     string
		currency money.Currency
		want     int64
	}{
		{"49.901", "EUR", 4990}, {"49.905", "EUR", 4991}, {"49.904999999", "EUR", 4990}, {"-49.905", "EUR", -4991}, {"1199.5", "JPY", 1200},
		{"1200.00", "JPY", 1200}, {"0.999", "EUR", 100}, {"2.5", "EUR", 250},
	} {
		got, err := money.ParseRounded(c.text, c.currency)
		if err != nil || got.Minor != c.want {
			t.Errorf("ParseRounded(%q, %s) = %v, %v; want %d", c.text, c.currency, got.Minor, err, c.want)
		}
	}
	for _, text := range []string{"1e3", "1,000.00", "92233720368547758.075", ""} {
		if got, err := money.ParseRounded(text, "EUR"); err == nil {
			t.Errorf("ParseRounded(%q) = %v", text, got)
		}
	}
}

func TestWhatIsPrintedCanBeReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := amounts().Draw(t, "amount")
		if back, err := money.Parse(a.String(), a.Currency); err != nil || back != a {
			t.Fatalf("%+v prints as %q and reads as %+v, %v", a, a.String(), back, err)
		}
		wire, err := json.Marshal(a)
		if err != nil {
			t.Fatal(err)
		}
		var back money.Amount
		if err := json.Unmarshal(wire, &back); err != nil || back != a {
			t.Fatalf("%+v travels as %s and arrives as %+v, %v", a, wire, back, err)
		}
	})
}

func TestDisplayIsEnglish(t *testing.T) {
	for want, a := range map[string]money.Amount{
		"€49.90":                      {Minor: 4990, Currency: "EUR"},
		"-€3.00":                      {Minor: -300, Currency: "EUR"},
		"$1,234.50":                   {Minor: 123450, Currency: "USD"},
		"¥1,200":                      {Minor: 1200, Currency: "JPY"},
		"KWD 1.250":                   {Minor: 1250, Currency: "KWD"},
		"-CHF 0.05":                   {Minor: -5, Currency: "CHF"},
		"$0.00":                       {Minor: 0, Currency: "USD"},
		"£999.99":                     {Minor: 99999, Currency: "GBP"},
		"$92,233,720,368,547,758.07":  {Minor: math.MaxInt64, Currency: "USD"},
		"-$92,233,720,368,547,758.07": {Minor: -math.MaxInt64, Currency: "USD"},
	} {
		if got := a.Display(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestJSONIsTextAndItsFaultsNameTheField(t *testing.T) {
	for wire, field := range map[string]string{
		`{"amount":49.90,"currency":"EUR"}`:            "amount",
		`{"amount":null,"currency":"EUR"}`:             "amount",
		`{"currency":"EUR"}`:                           "amount",
		`{"amount":"49.901","currency":"EUR"}`:         "amount",
		`{"amount":"49.90","currency":978}`:            "currency",
		`{"amount":"49.90"}`:                           "currency",
		`{"amount":"49.90","currency":"eur"}`:          "currency",
		`{"amount":"49.90","currency":"EUR","tax":""}`: "",
		`"49.90"`: "",
		`49.90`:   "",
		`null`:    "",
		`[]`:      "",
	} {
		var a money.Amount
		f, ok := fault.As(json.Unmarshal([]byte(wire), &a))
		if !ok || f.Field != field || f.Kind != fault.KindInvalid {
			t.Errorf("%s gave the fault %+v", wire, f)
		}
		if ok && strings.Contains(f.Error(), "49.901") || !a.IsZero() {
			t.Errorf("%s is repeated or half read: %v, %v", wire, f, a)
		}
	}
}

func TestBothMistakesOfAnAmountAreToldAtOnce(t *testing.T) {
	var a money.Amount
	f, ok := fault.As(json.Unmarshal([]byte(`{"amount":1,"currency":2}`), &a))
	if !ok || f.Field != "amount" || len(f.Others) != 1 || f.Others[0].Field != "currency" {
		t.Fatalf("got %+v", f)
	}
}

func TestAnAmountWithoutACurrencyIsNotWritten(t *testing.T) {
	if wire, err := json.Marshal(money.Amount{Minor: 1}); err == nil {
		t.Fatalf("got %s", wire)
	}
}

// FuzzParse compares with rational numbers: whatever is read is what was written, and reads the same again.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{"49.90", "-0", "1e3", "92233720368547758.07", "0.005", "1_0", "0x1"} {
		f.Add(seed, "EUR")
		f.Add(seed, "JPY")
	}
	f.Fuzz(func(t *testing.T, text, code string) {
		a, err := money.Parse(text, money.Currency(code))
		if err != nil {
			return
		}
		written, ok := new(big.Rat).SetString(text)
		scale := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(a.Currency.Digits())), nil)
		if !ok || written.Cmp(new(big.Rat).SetFrac(big.NewInt(a.Minor), scale)) != 0 {
			t.Fatalf("%q was read as %+v", text, a)
		}
		if back, err := money.ParseRounded(a.String(), a.Currency); err != nil || back != a {
			t.Fatalf("%q was read as %+v, then as %+v, %v", text, a, back, err)
		}
	})
}

func FuzzUnmarshalAmount(f *testing.F) {
	f.Add([]byte(`{"amount":"49.90","currency":"EUR"}`))
	f.Add([]byte(`{"amount":49.90,"currency":null}`))
	f.Fuzz(func(t *testing.T, wire []byte) {
		var a money.Amount
		if json.Unmarshal(wire, &a) != nil {
			return
		}
		again, err := json.Marshal(a)
		if err != nil {
			t.Fatalf("%s was read and cannot be written: %v", wire, err)
		}
		var back money.Amount
		if err := json.Unmarshal(again, &back); err != nil || back != a {
			t.Fatalf("%s became %s: %v", wire, again, err)
		}
	})
}
