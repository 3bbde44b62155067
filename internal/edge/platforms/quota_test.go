package platforms_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"rapport/internal/base/db"
	"rapport/internal/base/db/dbtest"
	"rapport/internal/base/fault"
	"rapport/internal/edge/platforms"
)

// daily is a platform with YouTube's quota.
var daily = platforms.Rules{Name: "youtube", Buckets: []platforms.Bucket{
	{Name: "units", Limit: 10_000, Window: platforms.WindowDayPacific},
	{Name: "calls", Limit: 2, Window: platforms.WindowHour, PerAccount: true},
}}

func take(t *testing.T, d *db.DB, cost platforms.Cost) error {
	t.Helper()
	return d.Update(t.Context(), func(tx *db.Tx) error { return platforms.Take(t.Context(), tx, daily, platforms.App{}, cost) })
}

func used(t *testing.T, d *db.DB, bucket int) platforms.Quota {
	t.Helper()
	var all []platforms.Quota
	if err := d.View(t.Context(), func(tx *db.Tx) (err error) {
		all, err = platforms.Quotas(t.Context(), tx, daily, platforms.App{})
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return all[bucket]
}

func TestRefusedUnitsAreNotCountedAndSayWhenToComeBack(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		if err := take(t, d, platforms.Cost{Bucket: "units", Units: 9_950}); err != nil {
			t.Fatal(err)
		}
		err := take(t, d, platforms.Cost{Bucket: "units", Units: 100})
		f, ok := platforms.FailureOf(err)
		if !ok || f.Kind != platforms.FailureQuotaSpent || fault.KindOf(err) != fault.KindTooMany {
			t.Fatalf("100 units of 50 that are left: %v", err)
		}
		// 9:30 UTC on 2 March is 1:30 in California, where the day ends at 8:00 UTC of the next.
		if want := time.Date(2026, 3, 3, 8, 0, 0, 0, time.UTC); !f.Until.Equal(want) {
			t.Errorf("come back at %s, not %s", f.Until, want)
		}
		if err := take(t, d, platforms.Cost{Bucket: "units", Units: 1}); err != nil {
			t.Errorf("a cheap call goes on: %v", err)
		}
		if q := used(t, d, 0); q.Used != 9_951 {
			t.Errorf("%d units are counted, not 9,951", q.Used)
		}
		dbtest.Clock(d).Set(f.Until)
		if err := take(t, d, platforms.Cost{Bucket: "units", Units: 100}); err != nil {
			t.Errorf("a new day: %v", err)
		}
	})
}

func TestOneAccountsCountIsNotAnothers(t *testing.T) {
	d := dbtest.New(t, db.EngineSQLite)
	for range 2 {
		if err := take(t, d, platforms.Cost{Bucket: "calls", Account: "a", Units: 1}); err != nil {
			t.Fatal(err)
		}
	}
	if err := take(t, d, platforms.Cost{Bucket: "calls", Account: "a", Units: 1}); err == nil {
		t.Error("the third call of an hour was let through")
	}
	if err := take(t, d, platforms.Cost{Bucket: "calls", Account: "b", Units: 1}); err != nil {
		t.Error(err)
	}
}

func TestManyAtOnceNeverTakeMoreThanThereIs(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		var done sync.WaitGroup
		var taken atomic.Int64
		for range 40 {
			done.Go(func() {
				err := d.Update(context.WithoutCancel(t.Context()), func(tx *db.Tx) error {
					return platforms.Take(t.Context(), tx, daily, platforms.App{}, platforms.Cost{Bucket: "units", Units: 400})
				})
				if err == nil {
					taken.Add(400)
				} else if _, ok := platforms.FailureOf(err); !ok {
					t.Error(err)
				}
			})
		}
		done.Wait()
		if q := used(t, d, 0); taken.Load() != 10_000 || q.Used != 10_000 {
			t.Errorf("%d units were given and %d counted, of 10,000", taken.Load(), q.Used)
		}
	})
}

func TestWhatThePlatformRefusedIsNotAskedBeforeItSaid(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		cost := platforms.Cost{Bucket: "units", Units: 1}
		until := d.Now().Add(30 * time.Minute)
		err := d.Update(t.Context(), func(tx *db.Tx) error { return platforms.Pause(t.Context(), tx, daily, cost, until, "slow down") })
		if err != nil {
			t.Fatal(err)
		}
		f, ok := platforms.FailureOf(take(t, d, cost))
		if !ok || f.Kind != platforms.FailureRateLimited || !f.Until.Equal(until) || used(t, d, 0).Used != 0 {
			t.Errorf("while it pauses: %v", f)
		}
		dbtest.Clock(d).Set(until)
		if err := take(t, d, cost); err != nil {
			t.Error(err)
		}
	})
}

func TestWindowsFollowEachOtherWithoutGapsAlsoWhenClocksChange(t *testing.T) {
	windows := []platforms.Window{platforms.WindowMinute, platforms.WindowHour, platforms.WindowDay, platforms.WindowDayPacific, platforms.WindowWeek}
	rapid.Check(t, func(t *rapid.T) {
		at := time.Unix(rapid.Int64Range(1_700_000_000, 2_000_000_000).Draw(t, "at"), 0)
		for _, w := range windows {
			begin, end := w.Begin(at), w.End(at)
			if begin.After(at) || !end.After(at) || !w.Begin(end).Equal(end) || !w.Begin(end.Add(-time.Second)).Equal(begin) {
				t.Fatalf("%s at %s: %s to %s", w, at, begin, end)
			}
		}
	})
	if spring := platforms.WindowDayPacific; spring.End(time.Date(2026, 3, 8, 12, 0, 0, 0, time.UTC)).Sub(spring.Begin(time.Date(2026, 3, 8, 12, 0, 0, 0, time.UTC))) != 23*time.Hour {
		t.Error("8 March 2026 has 23 hours in California")
	}
}
