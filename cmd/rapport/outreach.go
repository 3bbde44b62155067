package main

import (
	"context"
	"time"

	"rapport/internal/base/db"
	"rapport/internal/edge/welcome"
	"rapport/internal/partner/outreach"
)

// periodicOutreach sends the mails of sequences that are due, and takes the answers.
func (v *server) periodicOutreach() {
	mailer := outreach.Mailer{Box: v.box, BaseURL: v.settings.BaseURL, Deal: welcome.Deal, Words: welcome.ReachWords, Replies: v.settings.Inbound.Replies}
	v.runner.Periodic(time.Minute, "send mails of sequences", func(ctx context.Context) error {
		sent, err := mailer.SendDue(ctx, v.d)
		if sent > 0 {
			v.log.Info("mails of sequences were queued", "count", sent)
		}
		return err
	})
	if v.inbound.Mailbox != nil {
		v.runner.Periodic(time.Minute, "read the mailbox", v.inbound.Mailbox.Look)
	}
	v.runner.Periodic(time.Hour, "forget letters of nobody", v.trim(func(ctx context.Context, tx *db.Tx) (int64, error) { return outreach.TrimLetters(ctx, tx, trimChunk) }))
}
