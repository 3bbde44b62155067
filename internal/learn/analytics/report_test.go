package analytics

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"rapport/internal/base/db"
	"rapport/internal/base/db/dbtest"
	"rapport/internal/base/fault"
	"rapport/internal/base/money"
)

func eur(minor int64) money.Amount { return money.Amount{Minor: minor, Currency: "EUR"} }

func TestTheExampleOfTheDocumentationHolds(t *testing.T) {
	f := figures{people: 200, cash: map[money.Currency]cash{"EUR": {shares: 40_000, whole: 17_500, pending: 1_750}}}
	r, err := row(label{}, f, "EUR")
	if err != nil {
		t.Fatal(err)
	}
	if *r.ConversionRate != 0.02 || *r.EPC != eur(9) || *r.CPA != eur(438) || *r.ROAS != 10 || *r.ROI != 9 {
		t.Errorf("rate %v, EPC %s, CPA %s, ROAS %v, ROI %v", *r.ConversionRate, r.EPC, r.CPA, *r.ROAS, *r.ROI)
	}
}

func TestARatioWithoutItsInputIsNil(t *testing.T) {
	cases := map[string]struct {
		f                    figures
		rate, epc, cpa, roas bool
	}{
		"nothing":                {f: figures{}},
		"clicks only":            {f: figures{people: 5}, rate: true, epc: true},
		"marked clicks only":     {f: figures{marked: 5}},
		"a sale without a click": {f: figures{cash: map[money.Currency]cash{"EUR": {shares: 10_000, whole: 100, paid: 10}}}, cpa: true, roas: true},
		"a sale without a cost":  {f: figures{people: 1, cash: map[money.Currency]cash{"EUR": {shares: 10_000, whole: 100}}}, rate: true, epc: true, cpa: true},
		"dollars only":           {f: figures{people: 1, cash: map[money.Currency]cash{"USD": {shares: 10_000, whole: 100, paid: 10}}}, rate: true, epc: true},
	}
	for name, c := range cases {
		r, err := row(label{}, c.f, "EUR")
		if err != nil {
			t.Fatal(err)
		}
		if (r.ConversionRate != nil) != c.rate || (r.EPC != nil) != c.epc || (r.CPA != nil) != c.cpa || (r.ROAS != nil) != c.roas || (r.ROI != nil) != c.roas {
			t.Errorf("%s: %+v", name, r)
		}
		if r.CTR != nil || r.EngagementRate != nil {
			t.Errorf("%s: a CTR or an engagement rate out of nothing", name)
		}
	}
}

func TestOtherCurrenciesAreListedApartAndNeverAdded(t *testing.T) {
	f := figures{people: 10, cash: map[money.Currency]cash{
		"EUR": {shares: 10_000, whole: 1000, approved: 100}, "USD": {shares: 20_000, whole: 5000, paid: 500}, "CHF": {shares: 5_000, whole: 70},
	}}
	r, err := row(label{}, f, "EUR")
	if err != nil {
		t.Fatal(err)
	}
	if r.Conversions != 3.5 || r.Revenue != eur(1000) || r.Commission != eur(100) || *r.CPA != eur(100) {
		t.Errorf("%v conversions, revenue %s, commission %s, CPA %s", r.Conversions, r.Revenue, r.Commission, r.CPA)
	}
	want := []Foreign{{0.5, money.Amount{Minor: 70, Currency: "CHF"}, money.Zero("CHF")}, {2, money.Amount{Minor: 5000, Currency: "USD"}, money.Amount{Minor: 500, Currency: "USD"}}}
	if !slices.Equal(r.Other, want) {
		t.Errorf("apart: %+v, want %+v", r.Other, want)
	}
}

func TestEngagementIsOfOneAccountOnly(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := draw(rand.New(rand.NewPCG(3, 3)), "UTC", dbtest.Start.AddDate(0, 0, -10), 10, 200, 0)
		w.partners[0].platform, w.partners[0].ppm = "tiktok", new(int64(27_100))
		w.store(t, d, "one", func(int) bool { return false })
		for _, by := range []Dimension{ByCreator, ByPartnership, ByLink} {
			for _, r := range made(t, d, Query{Program: w.program.ID, GroupBy: by}).Rows {
				if string(r.Partnership) == w.partners[0].id && (r.EngagementRate == nil || *r.EngagementRate != 0.0271 || r.CreatorName != "Creator 0") {
					t.Errorf("%s %s of %q: engagement %v", by, r.Key, r.CreatorName, r.EngagementRate)
				}
			}
		}
		for _, by := range []Dimension{ByGroup, ByTier, ByPlatform, ByDay} {
			for _, r := range made(t, d, Query{Program: w.program.ID, GroupBy: by}).Rows {
				if r.EngagementRate != nil {
					t.Errorf("%s %s has an engagement rate", by, r.Key)
				}
			}
		}
	})
}

func TestPagesShowEveryRowOnceInOrder(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := draw(rand.New(rand.NewPCG(5, 5)), "UTC", dbtest.Start.AddDate(0, 0, -20), 20, 300, 60)
		w.store(t, d, "one", func(int) bool { return false })
		for by := range columns {
			for _, sort := range []string{by, "-" + by} {
				q := Query{Program: w.program.ID, GroupBy: ByLink, Sort: sort}
				all := made(t, d, q).Rows
				var keys []string
				for q.Page = (db.Page{Limit: 3}); ; {
					rows, next := page(t, d, q)
					for _, r := range rows {
						keys = append(keys, r.Key)
					}
					if q.Page.After = next; next == "" {
						break
					}
				}
				if !slices.EqualFunc(all, keys, func(r Row, key string) bool { return r.Key == key }) {
					t.Errorf("%s: pages give %v, the whole %d rows", sort, keys, len(all))
				}
				missing := false
				for _, r := range all {
					if columns[by] == nil {
						continue
					}
					if missing && columns[by](r) != nil {
						t.Errorf("%s: %s has a figure and stands behind rows without", sort, r.Key)
					}
					missing = columns[by](r) == nil
				}
			}
		}
	})
}

func page(t *testing.T, d *db.DB, q Query) (rows []Row, next string) {
	t.Helper()
	if err := d.View(t.Context(), func(tx *db.Tx) (err error) { rows, next, err = Performance(t.Context(), tx, q); return err }); err != nil {
		t.Fatal(err)
	}
	return rows, next
}

func TestWhatCannotBeAnsweredNamesItsField(t *testing.T) {
	d := dbtest.New(t, db.EngineSQLite)
	w := draw(rand.New(rand.NewPCG(1, 1)), "UTC", dbtest.Start, 1, 0, 0)
	w.store(t, d, "one", func(int) bool { return false })
	for field, q := range map[string]Query{
		"group_by": {GroupBy: "moon"},
		"to":       {From: 20, To: 20},
		"from":     {From: 1, To: MostDays + 2},
		"sort":     {Sort: "--revenue"},
		"after":    {Page: db.Page{After: "nowhere"}},
	} {
		q.Program = w.program.ID
		err := d.View(t.Context(), func(tx *db.Tx) error { _, _, err := Performance(t.Context(), tx, q); return err })
		if f, ok := fault.As(err); !ok || f.Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
	err := d.View(t.Context(), func(tx *db.Tx) error { _, err := Totals(t.Context(), tx, Query{Program: "prg_none"}); return err })
	if fault.KindOf(err) != fault.KindNotFound {
		t.Errorf("an unknown program: %v", err)
	}
	err = d.View(t.Context(), func(tx *db.Tx) error {
		_, err := Totals(t.Context(), tx, Query{Program: w.program.ID, From: latestDay - 3, To: latestDay + 1})
		return err
	})
	if err != nil {
		t.Errorf("the last days of the calendar: %v", err)
	}
}

func TestHomeComparesThisMonthWithAsManyDaysBefore(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		now := time.Date(2026, 4, 1, 3, 0, 0, 0, time.UTC) // still March in New York, whose clocks changed on the 8th
		w := draw(rand.New(rand.NewPCG(9, 9)), "America/New_York", now.AddDate(0, 0, -70), 70, 800, 200)
		left := func(i int) bool { return i%50 == 0 }
		w.store(t, d, "one", left)
		var o, own Overview
		err := d.View(t.Context(), func(tx *db.Tx) (err error) {
			if o, err = Home(t.Context(), tx, w.program.ID, now, w.tail(left)); err != nil {
				return err
			}
			own, err = PartnerHome(t.Context(), tx, w.program.ID, "par_one_2", now, w.tail(left))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if o.From.String() != "2026-03-01" || o.To.String() != "2026-04-01" || o.BeforeFrom.String() != "2026-01-29" || len(o.Days) != 31 {
			t.Fatalf("%s–%s after %s, %d days", o.From, o.To, o.BeforeFrom, len(o.Days))
		}
		for _, span := range []struct {
			from, to Day
			got      Row
		}{{o.From, o.To, o.This}, {o.BeforeFrom, o.From, o.Before}} {
			var want brief
			for _, b := range w.expect(ByDay, span.from, span.to, "") {
				want.Clicks, want.Shares, want.Pending = want.Clicks+b.Clicks, want.Shares+b.Shares, want.Pending+b.Pending
			}
			if got := briefOf(span.got); got.Clicks != want.Clicks || got.Shares != want.Shares || got.Pending != want.Pending || want.Clicks == 0 {
				t.Errorf("from %s: %+v, want %+v", span.from, got, want)
			}
		}
		if got, want := briefOf(own.This), w.expect(ByPartnership, o.From, o.To, "par_one_2")["par_one_2"]; got != want || want.Clicks == 0 {
			t.Errorf("the partner's month is %+v, want %+v", got, want)
		}
	})
}
