package sim

import (
	"bytes"
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"rapport/internal/base/money"
)

var noon = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

func newMarket(t testing.TB, change func(*Params), seed uint64) *Market {
	t.Helper()
	p := Default()
	p.LiveDays = 5
	if change != nil {
		change(&p)
	}
	m, err := New(p, seed, noon)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func bytesOf(t *testing.T, m *Market) []byte {
	t.Helper()
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	if err := enc.Encode(m); err != nil {
		t.Fatal(err)
	}
	for e := range m.Events() {
		if err := enc.Encode(e); err != nil {
			t.Fatal(err)
		}
	}
	return b.Bytes()
}

func TestSameSeedGivesSameBytes(t *testing.T) {
	short := func(p *Params) { p.Days, p.Creators = 20, 40 }
	a, b := bytesOf(t, newMarket(t, short, 7)), bytesOf(t, newMarket(t, short, 7))
	if !bytes.Equal(a, b) {
		t.Fatal("two markets of one seed differ")
	}
	m := newMarket(t, short, 7)
	if first := bytesOf(t, m); !bytes.Equal(first, bytesOf(t, m)) {
		t.Fatal("ranging twice over one market gives different events")
	}
	if bytes.Equal(a, bytesOf(t, newMarket(t, short, 8))) {
		t.Fatal("another seed gives the same market")
	}
}

func TestEventsAreInOrderOfTimeAndInsideTheMarket(t *testing.T) {
	m := newMarket(t, nil, 1)
	last := m.start()
	seen := map[*Click]bool{}
	orders := map[*Order]bool{}
	for e := range m.Events() {
		if e.At.Before(last) || !e.At.Before(m.end()) {
			t.Fatalf("event at %s after one at %s", e.At, last)
		}
		last = e.At
		switch {
		case e.Click != nil:
			seen[e.Click] = true
		case e.Order != nil:
			orders[e.Order] = true
			for _, c := range e.Order.Clicks {
				if !seen[c] {
					t.Fatalf("order %d knows a click that has not happened", e.Order.ID)
				}
			}
		case e.Refund != nil && !orders[e.Refund.Order], e.Cancel != nil && !orders[e.Cancel]:
			t.Fatal("money goes back for an order that was not made")
		}
	}
}

func TestTierAndPlatformSharesAreKept(t *testing.T) {
	m := newMarket(t, func(p *Params) { p.Creators, p.Scouted, p.Days = 1000, 0, 1 }, 3)
	tiers, platforms := map[Tier]int{}, map[Platform]int{}
	for _, c := range m.Creators {
		tiers[c.Tier]++
		platforms[c.Profiles[0].Platform]++
		r := c.Tier.followers()
		if f := float64(c.Profiles[0].Followers); f < math.Floor(r.Low) || f > r.High {
			t.Errorf("%s creator with %v followers", c.Tier, f)
		}
	}
	for tier, share := range m.Params.TierShare {
		if got := float64(tiers[tier]) / 1000; math.Abs(got-share) > 0.002 {
			t.Errorf("%s: %v of the creators, want %v", tier, got, share)
		}
	}
	for platform, share := range m.Params.PlatformShare {
		if got := float64(platforms[platform]) / 1000; math.Abs(got-share) > 0.002 {
			t.Errorf("%s: %v of the creators, want %v", platform, got, share)
		}
	}
}

// measured is the profile's mean engagement by its platform's formula, computed from the posts alone.
func measured(p Profile) float64 {
	var sum float64
	for _, post := range p.Posts {
		switch p.Platform {
		case PlatformTikTok:
			sum += float64(post.Likes+post.Comments+post.Shares) / float64(post.Views)
		case PlatformYouTube:
			sum += float64(post.Likes+post.Comments) / float64(post.Views)
		case PlatformInstagram, PlatformPinterest:
			sum += float64(post.Likes+post.Comments) / float64(p.Followers)
		}
	}
	return sum / float64(len(p.Posts))
}

func TestMeanEngagementLiesInThePublishedRange(t *testing.T) {
	m := newMarket(t, func(p *Params) { p.Creators, p.Scouted, p.Days, p.LiveDays = 1500, 0, 60, 0 }, 5)
	type cell struct {
		platform Platform
		tier     Tier
	}
	sums, counts := map[cell]float64{}, map[cell]float64{}
	for _, c := range m.Creators {
		k := cell{c.Profiles[0].Platform, c.Tier}
		sums[k] += measured(c.Profiles[0])
		counts[k]++
	}
	for k, n := range counts {
		if n < 15 {
			continue // too few for a mean
		}
		r := m.Params.Engagement[k.platform][k.tier]
		if mean := sums[k] / n; mean < r.Low*0.95 || mean > r.High*1.05 {
			t.Errorf("%s %s: mean engagement %.4f outside %.4f–%.4f", k.platform, k.tier, mean, r.Low, r.High)
		}
	}
}

func TestOrdersAddUp(t *testing.T) {
	for _, included := range []bool{false, true} {
		m := newMarket(t, func(p *Params) {
			p.Shop.TaxesIncluded, p.Shop.TaxPercent = included, 19
			p.Currencies = map[money.Currency]float64{"USD": 1, "JPY": 1, "KWD": 1}
		}, 2)
		for e := range m.Events() {
			switch {
			case e.Order != nil:
				checkOrder(t, e.Order)
			case e.Refund != nil && e.Refund.Money() > e.Refund.Order.Total():
				t.Fatalf("refund %d gives back more than was paid", e.Refund.ID)
			case e.Refund != nil && e.Refund.Commissionable() <= 0:
				t.Fatalf("refund %d gives back no goods", e.Refund.ID)
			}
		}
	}
}

func checkOrder(t *testing.T, o *Order) {
	t.Helper()
	var lines, discounts, tax, goods int64
	for _, l := range o.Lines {
		lines, discounts, tax = lines+l.Price*l.Quantity, discounts+l.Discount, tax+l.Tax
		if l.Discount < 0 || l.Discount > l.Price*l.Quantity || l.Tax < 0 {
			t.Fatalf("order %d has an impossible line %+v", o.ID, l)
		}
		if !l.GiftCard {
			goods += l.Price*l.Quantity - l.Discount
		}
	}
	want := lines - discounts + o.Shipping
	if o.Included {
		goods -= tax
	} else {
		want += tax
	}
	if o.Total() != want || o.Commissionable() != goods || len(o.Lines) == 0 {
		t.Fatalf("order %d: total %d, want %d; commissionable %d, want %d", o.ID, o.Total(), want, o.Commissionable(), goods)
	}
}

func TestRefundsNeverExceedTheirOrder(t *testing.T) {
	m := newMarket(t, func(p *Params) { p.Refunds, p.FullRefunds = 1, 0.8 }, 4)
	back, goods := map[*Order]int64{}, map[*Order]int64{}
	for e := range m.Events() {
		if r := e.Refund; r != nil {
			back[r.Order] += r.Money()
			goods[r.Order] += r.Commissionable()
		}
	}
	if len(back) == 0 {
		t.Fatal("no refunds")
	}
	for o := range back {
		if back[o] > o.Total() || goods[o] > o.Commissionable() {
			t.Errorf("order %d: %d of %d went back, %d of %d goods", o.ID, back[o], o.Total(), goods[o], o.Commissionable())
		}
	}
}

func TestEveryCodeAndSlugHasOneOwner(t *testing.T) {
	m := newMarket(t, func(p *Params) { p.Creators, p.Days, p.LiveDays = 8000, 1, 0 }, 6)
	codes, slugs, handles := map[string]int{}, map[string]int{}, map[string]int{}
	for _, c := range m.Creators {
		for _, p := range c.Profiles {
			handles[strings.ToLower(p.Handle)]++
		}
		if c.Standing != StandingPartner {
			continue
		}
		codes[strings.ToLower(c.Code)]++
		for _, l := range c.Links {
			slugs[l.Slug]++
			if strings.Trim(l.Slug, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
				t.Errorf("slug %q needs escaping", l.Slug)
			}
		}
	}
	for _, all := range []map[string]int{codes, slugs, handles} {
		for text, n := range all {
			if n > 1 {
				t.Errorf("%q belongs to %d creators", text, n)
			}
		}
	}
	if len(codes) < 5000 {
		t.Fatalf("only %d codes", len(codes))
	}
}

func TestVolumesFollowTheParameters(t *testing.T) {
	m := newMarket(t, nil, 9)
	var touched, organic, clicks, bots, codes float64
	for e := range m.Events() {
		if !e.At.Before(m.Now) {
			break
		}
		switch {
		case e.Click != nil:
			clicks++
			if e.Click.Mark == MarkBot {
				bots++
			}
		case e.Order != nil && e.Order.Why == CauseOrganic:
			organic++
		case e.Order != nil:
			touched++
			if e.Order.Code != "" {
				codes++
			}
		}
	}
	for _, x := range []struct {
		name           string
		got, low, high float64
	}{
		{"touched orders a day", touched / 90, 14, 20},
		{"organic orders a day", organic / 90, 5.5, 8.5},
		{"orders of clicks", touched / clicks, 0.015, 0.06},
		{"share of bots", bots / clicks, 0.04, 0.06},
		{"share of codes", codes / touched, 0.45, 0.55},
	} {
		if x.got < x.low || x.got > x.high {
			t.Errorf("%s: %.3f, want %.3f–%.3f", x.name, x.got, x.low, x.high)
		}
	}
}

func TestIdsRiseWithTime(t *testing.T) {
	m := newMarket(t, nil, 1)
	var ids []int64
	for e := range m.Events() {
		if e.Order != nil {
			ids = append(ids, e.Order.ID)
		}
	}
	if !slices.IsSorted(ids) || len(slices.Compact(ids)) != len(ids) {
		t.Fatal("order ids do not rise")
	}
}
