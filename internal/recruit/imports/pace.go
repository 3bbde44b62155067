package imports

import "time"

// The writer is shared with clicks and orders, and no write transaction may take longer than 50 ms. So every transaction of an import does its
// work in small steps and looks at the clock between them, and what is left is for the next one. A size that was right for the rows before
// says nothing about the rows that follow.
const (
	stepsTime = 10 * time.Millisecond // no step begins later than this; the last step and the commit come on top
	stepRows  = 32                    // rows of a file, or profiles to be made anew, in one step: less than 10 ms
	dropRows  = 128                   // rows taken away in one step
)

// spent is a stopwatch for one transaction.
type spent struct{ began time.Time }

func startSpending() spent { return spent{stopwatch()} }

// enough tells that no further step may begin in this transaction.
func (s spent) enough() bool { return stopwatch().Sub(s.began) > stepsTime }

// stopwatch reads the machine's clock. It measures work; nothing that is stored depends on it.
func stopwatch() time.Time {
	return time.Now() //nolint:forbidigo // a stopwatch: the transaction's clock stands still inside a transaction
}

// rate is how many rows a second were done since a start.
func rate(rows int64, start time.Time) float64 {
	return float64(rows) / max(stopwatch().Sub(start).Seconds(), 1e-6)
}
