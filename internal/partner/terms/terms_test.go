package terms_test

import (
	"encoding/json"
	"testing"

	"pgregory.net/rapid"

	"rapport/internal/base/fault"
	"rapport/internal/base/money"
	"rapport/internal/partner/terms"
)

func commission(t *testing.T, kind, value string) *terms.Commission {
	t.Helper()
	c, err := terms.ParseCommission(kind, value, "EUR")
	if err != nil {
		t.Fatal(err)
	}
	return &c
}

func TestTheNearestLevelThatSaysSomethingWinsPartByPart(t *testing.T) {
	offer, err := terms.ParseOffer("percent", "10", "EUR")
	if err != nil {
		t.Fatal(err)
	}
	program := terms.Terms{Commission: commission(t, "percent", "10"), Offer: &offer}
	group := terms.Terms{Commission: commission(t, "percent", "15")}
	own := terms.Terms{Commission: commission(t, "flat", "5.00")}
	for _, c := range []struct {
		own, group terms.Terms
		want       string
		from       terms.Level
	}{
		{terms.Terms{}, terms.Terms{}, "10 %", terms.LevelProgram},
		{terms.Terms{}, group, "15 %", terms.LevelGroup},
		{own, group, "€5.00", terms.LevelPartnership},
	} {
		e := terms.Choose(c.own, c.group, program)
		if e.Commission.Text() != c.want || e.CommissionFrom != c.from || e.Offer.Text() != "10 % off" || e.OfferFrom != terms.LevelProgram {
			t.Errorf("got %+v, want %s from %s", e, c.want, c.from)
		}
	}
	if none := terms.Choose(own, group, terms.Terms{}); none.OfferFrom != terms.LevelNone || none.Offer.Text() != "" {
		t.Errorf("an offer came from nowhere: %+v", none)
	}
}

func TestACommissionIsRoundedOnceOnItsShare(t *testing.T) {
	base := money.Amount{Minor: 39800, Currency: "EUR"}
	for _, c := range []struct {
		kind, value string
		share       money.BasisPoints
		want        string
	}{
		{"percent", "10", money.Whole, "39.80"},
		{"percent", "15", 5000, "29.85"},
		{"percent", "12.5", 3333, "16.58"}, // 16.581675
		{"flat", "5.00", money.Whole, "5.00"},
		{"flat", "5.01", 5000, "2.51"},
	} {
		got, err := commission(t, c.kind, c.value).Earn(base, c.share)
		if err != nil || got.String() != c.want {
			t.Errorf("%s %s of %s at %d: %s, %v; want %s", c.kind, c.value, base, c.share, got, err, c.want)
		}
	}
}

func TestACommissionNeverExceedsItsBase(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		base := money.Amount{Minor: rapid.Int64Range(0, 1e15).Draw(t, "base"), Currency: "JPY"}
		c, err := terms.ParseCommission("percent", rapid.StringMatching(`[0-9]{1,2}(\.[0-9]{1,4})?`).Draw(t, "percent"), "JPY")
		if err != nil {
			t.Fatal(err)
		}
		got, err := c.Earn(base, money.BasisPoints(rapid.IntRange(0, 10_000).Draw(t, "share")))
		if err != nil || got.Minor < 0 || got.Minor > base.Minor {
			t.Fatalf("%s of %s is %s, %v", c.Text(), base, got, err)
		}
	})
}

func TestTermsSurviveStorage(t *testing.T) {
	for _, text := range []string{
		`{}`,
		`{"commission":{"kind":"percent","value":"15"}}`,
		`{"commission":{"kind":"flat","value":"5.00","currency":"EUR"},"offer":{"kind":"amount","value":"2.50","currency":"EUR"}}`,
		`{"offer":{"kind":"gift","value":"a free brush"}}`,
		`{"offer":{"kind":"free_shipping"}}`,
	} {
		var read terms.Terms
		if err := json.Unmarshal([]byte(text), &read); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if written, err := json.Marshal(read); err != nil || string(written) != text {
			t.Errorf("%s became %s, %v", text, written, err)
		}
	}
}

func TestWrongTermsNameTheField(t *testing.T) {
	for _, c := range []struct{ kind, value, field string }{
		{"percent", "101", "commission.value"},
		{"percent", "-1", "commission.value"},
		{"percent", "ten", "commission.value"},
		{"flat", "5.001", "commission.value"},
		{"flat", "-5", "commission.value"},
		{"share", "5", "commission.kind"},
	} {
		_, err := terms.ParseCommission(c.kind, c.value, "EUR")
		if f, ok := fault.As(err); !ok || f.Field != c.field {
			t.Errorf("%s %s: %v", c.kind, c.value, err)
		}
	}
	if _, err := terms.ParseOffer("gift", "", "EUR"); fault.KindOf(err) != fault.KindInvalid {
		t.Errorf("a gift without a name: %v", err)
	}
}
