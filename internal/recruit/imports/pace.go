package imports

import "time"

// pace makes chunks as large as fit into a short transaction: the writer is shared with clicks and orders.
type pace struct {
	size  int
	start time.Time
}

const (
	chunkTime  = 30 * time.Millisecond // with its commit, of the 50 ms that no write transaction may take
	chunkFirst = 64
	chunkLeast = 16
	chunkMost  = 2048
)

func newPace() *pace {
	return &pace{size: chunkFirst, start: stopwatch()}
}

// stopwatch reads the machine's clock. It measures work; nothing that is stored depends on it.
func stopwatch() time.Time {
	return time.Now() //nolint:forbidigo // a stopwatch: the transaction's clock stands still inside a transaction
}

func (p *pace) begin() time.Time { return stopwatch() }

// end sets the next chunk's size by what this one took, at most doubling it.
func (p *pace) end(began time.Time) {
	took := max(stopwatch().Sub(began), time.Microsecond)
	next := int64(p.size) * int64(chunkTime) / int64(took)
	p.size = max(chunkLeast, min(chunkMost, 2*p.size, int(next)))
}

// rate is how many rows a second were done since the start.
func (p *pace) rate(rows int64) float64 {
	return float64(rows) / max(stopwatch().Sub(p.start).Seconds(), 1e-6)
}
