package attribution_test

import (
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"

	"rapport/internal/base/money"
	"rapport/internal/base/programs"
	"rapport/internal/partner/partnerships"
	"rapport/internal/track/attribution"
)

var order = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

func click(partner string, before time.Duration) attribution.Touch {
	return attribution.Touch{Kind: attribution.TouchClick, Partnership: partnerships.ID(partner), At: order.Add(-before), LinkNo: 1}
}

func code(partner, text string) attribution.Touch {
	return attribution.Touch{Kind: attribution.TouchCode, Partnership: partnerships.ID(partner), At: order, Code: text}
}

const (
	hour = time.Hour
	day  = 24 * hour
)

func TestTheModelAndThePreferenceDecide(t *testing.T) {
	long := []attribution.Touch{click("A", 20*day), click("B", hour), code("A", "A10")}
	for _, c := range []struct {
		name    string
		model   programs.Model
		prefer  programs.Prefer
		touches []attribution.Touch
		want    partnerships.ID
		because string
	}{
		{"codes first, last touch", programs.ModelLastTouch, programs.PreferCode, long, "A", "code A10 was used"},
		{"clicks first, last touch", programs.ModelLastTouch, programs.PreferClick, long, "B", "last click inside 30 days before the order"},
		{"clicks first, first touch", programs.ModelFirstTouch, programs.PreferClick, long, "A", "first click inside 30 days before the order"},
		{"codes first without a code", programs.ModelLastTouch, programs.PreferCode, long[:2], "B", "last click inside 30 days before the order"},
		{"clicks first without a click", programs.ModelLastTouch, programs.PreferClick, long[2:], "A", "code A10 was used"},
		{"two codes: the one listed first", programs.ModelLastTouch, programs.PreferCode, []attribution.Touch{code("B", "B5"), code("A", "A10")}, "B", "code B5 was used"},
		{"a click at the window's edge", programs.ModelLastTouch, programs.PreferCode, []attribution.Touch{click("A", 30*day)}, "A", "last click inside 30 days before the order"},
		{"a click one second too old", programs.ModelLastTouch, programs.PreferCode, []attribution.Touch{click("A", 30*day+time.Second)}, "", ""},
		{"a click whose clock runs ahead", programs.ModelLastTouch, programs.PreferCode, []attribution.Touch{click("A", -15*time.Minute)}, "A", "last click inside 30 days before the order"},
		{"a click after the order", programs.ModelLastTouch, programs.PreferCode, []attribution.Touch{click("A", -16*time.Minute)}, "", ""},
		{"nothing", programs.ModelLastTouch, programs.PreferCode, nil, "", ""},
	} {
		d := attribution.Decide(attribution.Input{Model: c.model, Prefer: c.prefer, WindowDays: 30, OccurredAt: order, Touches: c.touches})
		var got partnerships.ID
		var because string
		if len(d.Credits) > 0 {
			got, because = d.Credits[0].Partnership, d.Because(d.Credits[0])
		}
		if got != c.want || because != c.because {
			t.Errorf("%s: credited %q because %q, want %q because %q", c.name, got, because, c.want, c.because)
		}
	}
}

func TestEveryTouchIsToldWhatBecameOfIt(t *testing.T) {
	broken := click("C", hour)
	broken.Unusable = attribution.ReasonForgedClick
	d := attribution.Decide(attribution.Input{
		Model: programs.ModelLastTouch, Prefer: programs.PreferCode, WindowDays: 30, OccurredAt: order,
		Touches: []attribution.Touch{click("A", 40*day), click("B", hour), code("A", "A10"), broken, click("D", -day)},
	})
	want := []attribution.Reason{
		attribution.ReasonOutsideWindow, attribution.ReasonOutweighedByCode, attribution.ReasonCodeUsed, attribution.ReasonForgedClick, attribution.ReasonAfterOrder,
	}
	for i, c := range d.Considered {
		if c.Reason != want[i] {
			t.Errorf("touch %d: %s, want %s", i, c.Reason, want[i])
		}
	}
}

func TestCreditsSumToTheWholeOrToNothingAndRepeat(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		touches := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) attribution.Touch {
			touch := attribution.Touch{
				Kind:        rapid.SampledFrom([]attribution.TouchKind{attribution.TouchClick, attribution.TouchCode}).Draw(t, "kind"),
				Partnership: partnerships.ID(rapid.SampledFrom([]string{"A", "B", "C"}).Draw(t, "partner")),
				At:          order.Add(-time.Duration(rapid.Int64Range(-int64(day), int64(60*day)).Draw(t, "before"))),
			}
			if rapid.Bool().Draw(t, "broken") {
				touch.Unusable = attribution.ReasonCrawler
			}
			return touch
		}), 0, 9).Draw(t, "touches")
		in := attribution.Input{
			Model:      rapid.SampledFrom([]programs.Model{programs.ModelLastTouch, programs.ModelFirstTouch}).Draw(t, "model"),
			Prefer:     rapid.SampledFrom([]programs.Prefer{programs.PreferCode, programs.PreferClick}).Draw(t, "prefer"),
			WindowDays: rapid.IntRange(0, 60).Draw(t, "window"), OccurredAt: order, Touches: touches,
		}
		d := attribution.Decide(in)
		var sum money.BasisPoints
		for _, c := range d.Credits {
			sum += c.Share
			if touch := d.Considered[c.Touch]; touch.Unusable != "" || touch.Partnership != c.Partnership {
				t.Fatalf("a touch that cannot count was credited: %+v", touch)
			}
		}
		if sum != 0 && sum != money.Whole {
			t.Fatalf("the shares sum to %d", sum)
		}
		for i, c := range d.Considered {
			if c.Reason == "" {
				t.Fatalf("touch %d has no reason", i)
			}
		}
		if again := attribution.Decide(in); !reflect.DeepEqual(d, again) {
			t.Fatal("the same input gave another decision")
		}
	})
}
