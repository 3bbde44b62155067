package main

import (
	"context"
	"time"

	"rapport/internal/edge/web/recruit"
)

// periodicSearch registers what the search needs by the clock; the index itself is kept fresh by a loop of every process.
func (v *server) periodicSearch() {
	v.runner.Periodic(time.Minute, "look for new matches of saved searches", func(ctx context.Context) error {
		return v.search.LookAgain(ctx, v.d, recruit.Tell(ctx, v.box, v.settings.BaseURL))
	})
}
