package redirect

import (
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"

	"rapport/internal/track/clicks"
)

// Stats is what a handler has answered since it was made.
type Stats struct {
	People  uint64 // with a token
	Marked  uint64 // with a token: prefetches, previews, crawlers, HEAD
	Lost    uint64 // without a token, since the click could not be written
	Gone    uint64 // gone before their click was written
	Ended   uint64 // through ended links, without a token
	Unknown uint64 // no such link
	Foreign uint64 // links whose host is no longer the program's
}

// Stats returns the counts; pages show Lost as part of the tracking health.
func (h *Handler) Stats() Stats {
	a := &h.answers
	return Stats{a.person.Load(), a.marked.Load(), a.lost.Load(), a.gone.Load(), a.ended.Load(), a.unknown.Load(), a.foreign.Load()}
}

// counter is a number that costs one atomic addition.
type counter struct{ atomic.Uint64 }

// Inc counts one.
func (c *counter) Inc() { c.Add(1) }

type answers struct{ person, marked, lost, gone, ended, unknown, foreign *counter }

func newAnswers(metrics prometheus.Registerer) answers {
	a := answers{new(counter), new(counter), new(counter), new(counter), new(counter), new(counter), new(counter)}
	if metrics == nil {
		return a
	}
	for answer, c := range map[string]*counter{
		"person": a.person, "marked": a.marked, "lost": a.lost, "gone": a.gone, "ended": a.ended, "unknown": a.unknown, "foreign": a.foreign,
	} {
		metrics.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{
			Name: "rapport_redirects_total", Help: "Taps on tracking links, by what became of them; lost ones were redirected without a token.",
			ConstLabels: prometheus.Labels{"answer": answer},
		}, func() float64 { return float64(c.Load()) }))
	}
	return a
}

// LogMetrics shows a click log's own figures: how many clicks one write carries, what the disk takes for it, and what was lost.
func LogMetrics(log *clicks.Log) prometheus.Collector { return logCollector{log} }

type logCollector struct{ log *clicks.Log }

var (
	batchSizes = prometheus.NewDesc("rapport_click_batch_clicks", "Clicks that shared one write and one sync.", nil, nil)
	syncTimes  = prometheus.NewDesc("rapport_click_sync_seconds", "What the disk took to sync the click log.", nil, nil)
	logLost    = prometheus.NewDesc("rapport_clicks_lost_total", "Clicks that the log could not keep.", nil, nil)
	logBroken  = prometheus.NewDesc("rapport_click_log_broken", "1 while the click log cannot be written.", nil, nil)
	logLast    = prometheus.NewDesc("rapport_click_log_last_number", "Number of the last click on disk.", nil, nil)
)

// Describe is what Prometheus asks for at registration.
func (c logCollector) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{batchSizes, syncTimes, logLost, logBroken, logLast} {
		to <- d
	}
}

// Collect is what Prometheus asks for at each scrape.
func (c logCollector) Collect(to chan<- prometheus.Metric) {
	s := c.log.Stats()
	broken := 0.0
	if s.Fault != nil {
		broken = 1
	}
	to <- histogram(batchSizes, s.BatchSizes, 1)
	to <- histogram(syncTimes, s.SyncMicros, 1e-6)
	to <- prometheus.MustNewConstMetric(logLost, prometheus.CounterValue, float64(s.Lost))
	to <- prometheus.MustNewConstMetric(logBroken, prometheus.GaugeValue, broken)
	to <- prometheus.MustNewConstMetric(logLast, prometheus.CounterValue, float64(s.LastNo))
}

// histogram turns our powers of two into Prometheus' cumulative buckets, in its unit.
func histogram(d *prometheus.Desc, h clicks.Histogram, unit float64) prometheus.Metric {
	buckets := make(map[float64]uint64, len(h.Buckets)-1)
	seen := uint64(0)
	for i, n := range h.Buckets[:len(h.Buckets)-1] { // the last has no upper bound
		seen += n
		buckets[float64(uint64(1)<<i-1)*unit] = seen
	}
	return prometheus.MustNewConstHistogram(d, h.Count, float64(h.Sum)*unit, buckets)
}
