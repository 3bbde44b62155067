package main

import (
	"context"
	"time"

	"rapport/internal/edge/welcome"
	"rapport/internal/partner/outreach"
)

// periodicOutreach sends the mails of sequences that are due.
func (v *server) periodicOutreach() {
	mailer := outreach.Mailer{Box: v.box, BaseURL: v.settings.BaseURL, Deal: welcome.Deal, Words: welcome.ReachWords}
	v.runner.Periodic(time.Minute, "send mails of sequences", func(ctx context.Context) error {
		sent, err := mailer.SendDue(ctx, v.d)
		if sent > 0 {
			v.log.Info("mails of sequences were queued", "count", sent)
		}
		return err
	})
}
