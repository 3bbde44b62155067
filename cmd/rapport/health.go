package main

import (
	"context"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"rapport/internal/base/db"
	"rapport/internal/track/clicks"
)

const readyDeadline = 2 * time.Second

// health answers what machines ask: is it there, can it write, how is it doing.
func (v *server) health(mux *http.ServeMux) {
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { plainText(w, http.StatusOK, "ok") })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), readyDeadline)
		defer cancel()
		if err := v.d.Ready(ctx); err != nil {
			v.log.Warn("not ready", "error", err)
			plainText(w, http.StatusServiceUnavailable, "the database cannot be written")
			return
		}
		if fault := v.clicks.Stats().Fault; fault != nil {
			plainText(w, http.StatusServiceUnavailable, "the click log cannot be written; visitors are redirected, clicks are lost")
			return
		}
		plainText(w, http.StatusOK, "ready")
	})
	v.collect()
	mux.Handle("GET /metrics", promhttp.HandlerFor(v.metrics, promhttp.HandlerOpts{}))
}

func plainText(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(text + "\n")) // the asker went away; there is nobody left to tell
}

// collect registers the figures that are read when somebody asks.
func (v *server) collect() {
	figure := func(name, help string, read func() float64) {
		v.metrics.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "rapport_" + name, Help: help}, read))
	}
	figure("links", "Links in memory.", func() float64 { return float64(v.index.Len()) })
	figure("commit_groups", "Transactions of the group commit.", func() float64 { groups, _, _ := v.d.GroupStats(); return float64(groups) })
	figure("commit_updates", "Updates in these transactions.", func() float64 { _, updates, _ := v.d.GroupStats(); return float64(updates) })
	figure("commit_slowest_seconds", "The slowest of these transactions.", func() float64 { _, _, slowest := v.d.GroupStats(); return slowest.Seconds() })
	outbox := func(read func(db.OutboxState) int64) func() float64 {
		return func() float64 {
			var state db.OutboxState
			ctx, cancel := context.WithTimeout(context.Background(), readyDeadline)
			defer cancel()
			if err := v.d.View(ctx, func(tx *db.Tx) (err error) { state, err = db.Outbox(ctx, tx); return err }); err != nil {
				return -1
			}
			return float64(read(state))
		}
	}
	figure("events_waiting", "Events that have no number yet; -1 if unknown.", outbox(func(s db.OutboxState) int64 { return s.Waiting }))
	figure("events_parked", "Events that were given up on; -1 if unknown.", outbox(func(s db.OutboxState) int64 { return s.Parked }))
	figure("clicks_waiting", "Clicks in the log that the database does not have yet; -1 if unknown.", v.clicksWaiting)
}

func (v *server) clicksWaiting() float64 {
	ctx, cancel := context.WithTimeout(context.Background(), readyDeadline)
	defer cancel()
	var waiting uint64
	err := v.d.View(ctx, func(tx *db.Tx) (err error) { waiting, err = clicks.Waiting(ctx, tx, v.clicks); return err })
	if err != nil {
		return -1
	}
	return float64(waiting)
}
