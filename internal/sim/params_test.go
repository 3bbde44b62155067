package sim

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"rapport/internal/base/fault"
)

func TestDefaultsAreValid(t *testing.T) {
	if err := Default().Validate(); err != nil {
		t.Fatal(err)
	}
}

func TestWrongParametersNameTheirField(t *testing.T) {
	for body, field := range map[string]string{
		`{"creators": 0}`:                              "creators",
		`{"days": -1}`:                                 "days",
		`{"days": 0, "live_days": 0}`:                  "days",
		`{"code_used": 1.5}`:                           "code_used",
		`{"refunds": -0.1}`:                            "refunds",
		`{"tier_share": {"giant": 1}}`:                 "tier_share",
		`{"tier_share": {}}`:                           "tier_share",
		`{"platform_share": {"tiktok": -1}}`:           "platform_share",
		`{"currencies": {"CHF": 1}}`:                   "currencies",
		`{"shop": {"host": "https://a.example/"}}`:     "shop.host",
		`{"view_rate": {"nano": {"low":2,"high":1}}}`:  "view_rate.nano",
		`{"refund_days": {"low": 5, "high": 2}}`:       "refund_days",
		`{"conversion": {"mega": {"low":0,"high":1}}}`: "conversion.mega",
		`{"lines": 0}`:                                 "lines",
		`{"bots": 0.9, "prefetches": 0.2}`:             "bots",
		`{"first_number": 0}`:                          "first_number",
	} {
		_, err := ParseParams([]byte(body))
		f, ok := fault.As(err)
		if !ok || f.Kind != fault.KindInvalid || f.Field != field {
			t.Errorf("%s: got %v, want a fault in %s", body, err, field)
		}
	}
}

func TestUnreadableParametersAreMalformed(t *testing.T) {
	for _, body := range []string{``, `[]`, `{"creaters": 3}`, `{"creators": "3"}`, `{} {}`, `null x`} {
		if _, err := ParseParams([]byte(body)); fault.KindOf(err) != fault.KindMalformed {
			t.Errorf("%q: got %v", body, err)
		}
	}
	if _, err := ParseParams([]byte(strings.Repeat(" ", maxParamsBytes+1))); fault.KindOf(err) != fault.KindTooLarge {
		t.Errorf("too large: got %v", err)
	}
}

func TestSharesOfTheFileReplaceTheDefaults(t *testing.T) {
	path := filepath.Join(t.TempDir(), "params.json")
	if err := os.WriteFile(path, []byte(`{"creators": 10, "tier_share": {"nano": 1}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	p, err := ReadParams(path)
	if err != nil {
		t.Fatal(err)
	}
	if p.Creators != 10 || len(p.TierShare) != 1 || p.Days != Default().Days {
		t.Fatalf("got %+v", p)
	}
}

func FuzzParseParams(f *testing.F) {
	whole, err := json.Marshal(Default())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(whole)
	f.Add([]byte(`{"days": 1, "engagement": {"tiktok": {"nano": {"low": 0.1, "high": 0.2}}}}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		p, err := ParseParams(raw)
		if err != nil {
			return
		}
		p.Creators, p.Days, p.LiveDays, p.Applicants = min(p.Creators, 20), min(p.Days, 2), min(p.LiveDays, 1), 0
		p.BuyersADay, p.Organic = min(p.BuyersADay, 5), min(p.Organic, 5)
		p.PostsAMonth = Range{1, 2}
		if p.Days+p.LiveDays == 0 {
			return
		}
		if _, err := New(p, 1, noon); err != nil {
			t.Fatalf("valid parameters make no market: %v", err)
		}
	})
}
