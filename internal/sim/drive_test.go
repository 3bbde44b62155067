package sim

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"rapport/internal/base/fault"
)

func small(t *testing.T) *Market {
	return newMarket(t, func(p *Params) {
		p.Creators, p.Scouted, p.Days, p.LiveDays, p.BuyersADay, p.Organic, p.Applicants = 20, 10, 6, 2, 12, 4, 2
		p.Fakes, p.Bought = 0.2, 0.1
		p.RefundDays, p.Refunds, p.Cancels, p.Conversion = Range{1, 2}, 0.3, 0.1, map[Tier]Range{TierNano: {0.2, 0.3}, TierMicro: {0.2, 0.3}, TierMacro: {0.2, 0.3}, TierMega: {0.2, 0.3}}
	}, 11)
}

func options(f *outside) Options {
	return Options{
		BaseURL: f.URL, Key: "rk_test", Shopify: &ShopifyConnection{Path: "/hooks/shopify/con_1", Secret: "shhh", Domain: "fernwood-skincare.myshopify.com"},
		Groups: map[string]string{GroupVIP: "grp_1"},
		Backfill: func(_ context.Context, clicks []PastClick) ([]string, error) {
			f.mu.Lock()
			defer f.mu.Unlock()
			var tokens []string
			for _, c := range clicks {
				tokens = append(tokens, f.token(f.slugs[c.Slug]))
			}
			return tokens, nil
		},
	}
}

func TestServerThatKeepsTheContractIsFoundToKeepIt(t *testing.T) {
	for _, past := range []Way{WayShopify, WayAPI} {
		t.Run(string(past), func(t *testing.T) {
			f, m := newOutside(t), small(t)
			opts := options(f)
			var out bytes.Buffer
			var last Progress
			opts.Past, opts.Repeats, opts.Truth, opts.Progress = past, 0.2, &out, func(p Progress) { last = p }
			opts.Clock = Clock{Now: func() time.Time { return noon.Add(2 * 24 * time.Hour) }, Wait: sleep} // journeys that cross from history to live stay inside the window
			d, err := Run(t.Context(), opts, m)
			if err != nil {
				t.Fatal(err)
			}
			report, err := d.Compare(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			want := events(m)
			if report.Orders != want.Orders || report.AsExpected != want.Orders || report.Missing != 0 || report.CausedCredited == 0 {
				t.Fatalf("report %+v of %d orders", report, want.Orders)
			}
			if last.Orders != want.Orders || last.Refunds != want.Refunds || last.Cancels != want.Cancels || last.Clicks != want.Clicks || last.Creators != 30 {
				t.Fatalf("played %+v, market %+v", last, want)
			}
			checkTruthFile(t, out.Bytes(), 30, want.Orders)
			if f.statuses["active"] != len(m.Partners()) || f.statuses["applied"] != 2 {
				t.Fatalf("partnerships %v", f.statuses)
			}
			checkRepeats(t, f)
		})
	}
}

func events(m *Market) Progress {
	var p Progress
	for e := range m.Events() {
		p.add(e)
	}
	return p
}

func checkTruthFile(t *testing.T, raw []byte, creators, orders int) {
	t.Helper()
	dec := json.NewDecoder(bytes.NewReader(raw))
	truly := map[Account]int{}
	for range creators {
		var truth CreatorTruth
		if err := dec.Decode(&truth); err != nil || truth.Creator == "" || len(truth.Profiles) == 0 || truth.Growth == GrowthBought && truth.Profiles[0].Jump == nil {
			t.Fatalf("%+v, %v", truth, err)
		}
		truly[truth.Account]++
	}
	if truly[AccountFake] != 2 || truly[AccountGenuine] == 0 {
		t.Fatalf("accounts %v", truly)
	}
	lines := 0
	for ; dec.More(); lines++ {
		var truth Truth
		if err := dec.Decode(&truth); err != nil || truth.Order == 0 || truth.Why == "" || truth.Expected.Because == "" {
			t.Fatalf("line %d: %+v, %v", lines, truth, err)
		}
	}
	if lines != orders {
		t.Fatalf("%d lines of truth for %d orders", lines, orders)
	}
}

func checkRepeats(t *testing.T, f *outside) {
	t.Helper()
	twice := 0
	for _, n := range f.deliveries {
		if n > 1 {
			twice++
		}
	}
	if twice == 0 || twice > len(f.deliveries)/2 {
		t.Errorf("%d of %d deliveries were repeated", twice, len(f.deliveries))
	}
}

func TestSecondSetupFindsWhatTheFirstMade(t *testing.T) {
	f, m := newOutside(t), small(t)
	var parties [2][]Party
	for i := range parties {
		d, err := NewDriver(options(f), m)
		if err != nil {
			t.Fatal(err)
		}
		if err := d.Setup(t.Context()); err != nil {
			t.Fatal(err)
		}
		parties[i] = d.Parties
	}
	for i := range parties[0] {
		if parties[0][i] != parties[1][i] || parties[0][i].CreatorID == "" {
			t.Fatalf("creator %d: %+v, then %+v", i, parties[0][i], parties[1][i])
		}
	}
}

func TestLivePhaseKeepsItsPace(t *testing.T) {
	f, m := newOutside(t), small(t)
	opts := options(f)
	now := noon.Add(time.Hour) // the real clock, ahead of the market's
	var waited atomic.Int64
	opts.Speed = 720
	opts.Clock = Clock{Now: func() time.Time { return now.Add(time.Duration(waited.Load())) }, Wait: func(_ context.Context, d time.Duration) error {
		waited.Add(int64(d))
		return nil
	}}
	d, err := NewDriver(opts, m)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Setup(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := d.Live(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := time.Duration(waited.Load()); got < 3*time.Minute || got > 4*time.Minute {
		t.Fatalf("two days at 720 times took %s, want almost four minutes", got)
	}
	for _, truth := range d.sent() {
		if truth.At.Before(now) || truth.At.After(now.Add(4*time.Minute)) {
			t.Fatalf("live order dated %s", truth.At)
		}
	}
}

func TestSettleLeavesMoneyInEveryState(t *testing.T) {
	f, m := newOutside(t), small(t)
	d, err := NewDriver(options(f), m)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Setup(t.Context()); err != nil {
		t.Fatal(err)
	}
	batch, err := d.Settle(t.Context(), Settlement{Paid: 0.5, Approved: 0.2})
	if err != nil || batch == "" {
		t.Fatalf("batch %q, %v", batch, err)
	}
	if got := f.count["POST /api/v1/commissions/{id}/approve"]; got != 7 {
		t.Fatalf("%d approved, want 7 of 10", got)
	}
	if got := f.count["POST /api/v1/payouts/{id}/{step}"]; got != 2 {
		t.Fatalf("%d steps, want approve and send", got)
	}
	if _, ok := f.replays["POST/api/v1/commissions/com_01/approvesim-approve-com_01"]; !ok {
		t.Fatal("the oldest commission was not approved")
	}
}

func TestDemoEndsQuietlyWhenItIsStopped(t *testing.T) {
	f, m := newOutside(t), small(t)
	ctx, stop := context.WithCancel(t.Context())
	opts := options(f)
	opts.Speed = 1e-6 // nothing live happens before the end
	opened := false
	if err := Demo(ctx, opts, m, DefaultSettlement, func(*Driver) error { opened = true; stop(); return nil }); err != nil || !opened {
		t.Fatalf("opened %v, %v", opened, err)
	}
}

func TestLiveTroubleIsReportedAndGoneBeyond(t *testing.T) {
	f, m := newOutside(t), small(t)
	opts := options(f)
	var troubles atomic.Int64
	opts.OnError = func(error) { troubles.Add(1) }
	d, err := NewDriver(opts, m)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Setup(t.Context()); err != nil {
		t.Fatal(err)
	}
	d.opts.Shopify.Path = "/hooks/shopify/con_gone"
	if err := d.Live(t.Context()); err != nil {
		t.Fatal(err)
	}
	if troubles.Load() == 0 {
		t.Fatal("no trouble was reported")
	}
}

func TestWrongOptionsNameTheirField(t *testing.T) {
	m := small(t)
	good := Options{BaseURL: "http://127.0.0.1:1", Key: "k"}
	for field, change := range map[string]func(*Options){
		"base_url":     func(o *Options) { o.BaseURL = "ftp://x" },
		"key":          func(o *Options) { o.Key = "" },
		"speed":        func(o *Options) { o.Speed = -1 },
		"workers":      func(o *Options) { o.Workers = 1000 },
		"past":         func(o *Options) { o.Past = WayShopify },
		"shopify":      func(o *Options) { o.Shopify = &ShopifyConnection{Path: "/x"} },
		"shopify.path": func(o *Options) { o.Shopify = &ShopifyConnection{Path: "x", Secret: "s", Domain: "d"} },
	} {
		opts := good
		change(&opts)
		_, err := NewDriver(opts, m)
		if f, ok := fault.As(err); !ok || f.Field != field {
			t.Errorf("%s: got %v", field, err)
		}
	}
}

func TestBackfillMustAnswerForEveryClick(t *testing.T) {
	f, m := newOutside(t), small(t)
	opts := options(f)
	broken := errors.New("disk full")
	for _, fill := range []Backfill{
		func(context.Context, []PastClick) ([]string, error) { return nil, nil },
		func(context.Context, []PastClick) ([]string, error) { return nil, broken },
	} {
		opts.Backfill = fill
		d, err := NewDriver(opts, m)
		if err != nil {
			t.Fatal(err)
		}
		if err := d.History(t.Context()); err == nil {
			t.Error("a backfill without tokens was accepted")
		}
	}
}
