package main

import (
	"context"
	"time"

	"rapport/internal/edge/platforms"
	"rapport/internal/edge/platforms/instagram"
	"rapport/internal/edge/platforms/mentions"
	"rapport/internal/edge/platforms/pinterest"
	"rapport/internal/edge/platforms/tiktok"
	"rapport/internal/edge/platforms/youtube"
	"rapport/internal/edge/web/connect"
)

// openPlatforms ties the platforms to this installation. Their addresses are their own; only tests put others.
func (v *server) openPlatforms() {
	v.platforms = &platforms.Switchboard{
		Box: v.box, BaseURL: v.settings.BaseURL, Log: v.log,
		Platforms: []platforms.Platform{tiktok.Platform{}, instagram.Platform{}, youtube.Platform{}, pinterest.Platform{}},
		Tell:      connect.Tell(v.box, v.settings.BaseURL), Alarm: connect.Alarm(v.box, v.settings.BaseURL),
	}
}

// periodicPlatforms registers what the platforms need by the clock.
func (v *server) periodicPlatforms() {
	v.runner.Periodic(time.Minute, "read connected accounts", func(ctx context.Context) error { return v.platforms.Refresh(ctx, v.d) })
	v.runner.Periodic(time.Hour, "delete what platforms let nobody keep", func(ctx context.Context) error { return v.platforms.Expire(ctx, v.d) })
	watch := mentions.Watch{Board: v.platforms}
	v.runner.Periodic(time.Hour, "look for who talks about brands", func(ctx context.Context) error { return watch.AskWords(ctx, v.d) })
	v.runner.Periodic(time.Hour, "read who tagged brands", func(ctx context.Context) error { return watch.ReadTags(ctx, v.d) })
	v.runner.Periodic(time.Minute, "read who mentioned brands", func(ctx context.Context) error { return watch.ReadNotes(ctx, v.d) })
	v.runner.Periodic(time.Hour, "refresh or forget what searches found", func(ctx context.Context) error { return watch.Keep(ctx, v.d) })
}
