package platforms_test

import (
	"testing"
	"time"

	"rapport/internal/edge/platforms"
)

func TestFailuresAreTriedEverMoreRarelyAndThenWaitForAPerson(t *testing.T) {
	at := time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)
	c := platforms.Connection{ID: "acc_x", State: platforms.StateConnected}
	var waits []time.Duration
	for n := 1; n <= 8; n++ {
		next := platforms.Decide(c, platforms.Rules{}, platforms.Failed(platforms.FailureDown, "tiktok", "HTTP 503"), at)
		if next.State != platforms.StateFailing || next.Failures != n {
			t.Fatalf("after %d failures: %+v", n, next)
		}
		if n == 8 {
			if !next.NextAt.IsZero() || !next.Alarm {
				t.Errorf("the eighth failure is tried again at %s", next.NextAt)
			}
			break
		}
		waits = append(waits, next.NextAt.Sub(at))
		c.Failures, c.State = next.Failures, next.State
	}
	for i, w := range waits {
		least := min(15*time.Minute<<i, 24*time.Hour)
		if w < least || w > least+least/20 {
			t.Errorf("wait %d is %s, not %s and at most a twentieth more", i+1, w, least)
		}
	}
}

func TestALimitIsNobodysFault(t *testing.T) {
	at := time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)
	f := platforms.Failed(platforms.FailureQuotaSpent, "youtube", "units")
	f.Until = at.Add(3 * time.Hour)
	next := platforms.Decide(platforms.Connection{ID: "acc_x", State: platforms.StateConnected, Failures: 2}, platforms.Rules{}, f, at)
	if next.State != platforms.StateConnected || next.Failures != 2 || next.NextAt.Before(f.Until) || next.NextAt.After(f.Until.Add(10*time.Minute)) || next.Alarm || next.Tell {
		t.Errorf("%+v", next)
	}
}

func TestWhatIsOverIsNotTriedAgain(t *testing.T) {
	for kind, state := range map[platforms.FailureKind]platforms.State{
		platforms.FailureTokenExpired: platforms.StateExpired, platforms.FailureConsentRevoked: platforms.StateRevoked, platforms.FailureAccountGone: platforms.StateGone,
	} {
		next := platforms.Decide(platforms.Connection{}, platforms.Rules{}, platforms.Failed(kind, "tiktok", ""), time.Unix(1e9, 0))
		if next.State != state || !next.NextAt.IsZero() || !next.Drop || !kind.Lasting() {
			t.Errorf("%s: %+v", kind, next)
		}
	}
}

func TestAConnectionIsRefreshedWellInsideTheStorageLimit(t *testing.T) {
	at := time.Unix(1e9, 0)
	next := platforms.Decide(platforms.Connection{ID: "acc_x"}, platforms.Rules{Keep: 30 * 24 * time.Hour, Every: 90 * 24 * time.Hour}, nil, at)
	if wait := next.NextAt.Sub(at); wait < 15*24*time.Hour || wait > 16*24*time.Hour || !next.OK {
		t.Errorf("refreshed after %s", wait)
	}
}
