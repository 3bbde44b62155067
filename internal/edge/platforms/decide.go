package platforms

import (
	"hash/fnv"
	"time"
)

const (
	mostFailures  = 8
	firstBackoff  = 15 * time.Minute
	longestRetry  = 24 * time.Hour
	usualInterval = 24 * time.Hour
)

// Next is what becomes of a connection after a try.
type Next struct {
	State    State
	NextAt   time.Time // zero: not by itself
	Failures int
	OK       bool // everything wanted came
	Drop     bool // the token is worth nothing any more
	Tell     bool // the creator has to do something
	Alarm    bool // somebody at the merchant's has to look
}

// Decide says what becomes of a connection that was tried at now and ended with f, or well with nil. It is pure.
//
// A limit is nobody's fault: the state stays and the next try waits for the window's end. A failure that may pass is tried again after 15, 30, 60, …
// minutes, at most a day; the eighth in a row waits for a person.
func Decide(c Connection, r Rules, f *Failure, now time.Time) Next {
	if f == nil {
		return Next{State: StateConnected, NextAt: now.Add(spread(r.every(), c.ID)), OK: true}
	}
	switch f.Kind {
	case FailureRateLimited, FailureQuotaSpent:
		until := f.Until
		if !until.After(now) {
			until = now.Add(max(f.After, time.Minute))
		}
		return Next{State: c.State, NextAt: until.Add(spread(until.Sub(now), c.ID) - until.Sub(now)), Failures: c.Failures}
	case FailureTokenExpired:
		return Next{State: StateExpired, Failures: c.Failures + 1, Drop: true, Tell: true}
	case FailureConsentRevoked:
		return Next{State: StateRevoked, Failures: c.Failures + 1, Drop: true, Tell: true}
	case FailureAccountGone:
		return Next{State: StateGone, Failures: c.Failures + 1, Drop: true}
	case FailurePermissionMissing, FailureAppRefused, FailureDown, FailureNonsense:
		n := Next{State: StateFailing, Failures: c.Failures + 1}
		if n.Failures >= mostFailures {
			n.Alarm = true
			return n
		}
		n.NextAt = now.Add(spread(backoff(n.Failures), c.ID))
		return n
	}
	panic("BUG: unknown kind of failure " + string(f.Kind))
}

// backoff is how long to wait after the n-th failure in a row.
func backoff(n int) time.Duration {
	return min(firstBackoff<<min(n-1, 10), longestRetry)
}

// every is how often a connection is refreshed: twice as often as the terms demand at the least.
func (r Rules) every() time.Duration {
	every := r.Every
	if every <= 0 {
		every = usualInterval
	}
	if r.Keep > 0 {
		every = min(every, r.Keep/2)
	}
	return every
}

// spread lengthens an interval by up to a twentieth, by the connection's id, so that those made together are not asked together. It stays the same
// for a connection, so a test can tell it.
func spread(d time.Duration, c ConnectionID) time.Duration {
	h := fnv.New32a()
	_, _ = h.Write([]byte(c)) //nolint:errcheck // hash.Hash never fails
	return d + d/20*time.Duration(h.Sum32()%1000)/1000
}
