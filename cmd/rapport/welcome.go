package main

import (
	"context"
	"time"

	"rapport/internal/base/db"
	"rapport/internal/edge/welcome"
	"rapport/internal/partner/applications"
)

// host is what welcoming creators needs.
func (v *server) host() welcome.Host {
	return welcome.Host{Box: v.box, Links: v.index, BaseURL: v.settings.BaseURL, Fit: v.search.BestFit}
}

// welcoming answers applicants by the clock and forgets those who never confirmed.
func (v *server) welcoming() {
	v.runner.Periodic(time.Minute, "answer applications that wait", func(ctx context.Context) error { return v.host().AnswerWaiting(ctx, v.d) })
	v.runner.Periodic(time.Hour, "forget unconfirmed applications", v.trim(func(ctx context.Context, tx *db.Tx) (int64, error) {
		return applications.Trim(ctx, tx, trimChunk)
	}))
}
