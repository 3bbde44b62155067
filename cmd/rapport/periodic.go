package main

import (
	"context"
	"time"

	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/idem"
	"rapport/internal/base/notify"
	"rapport/internal/edge/stores"
	"rapport/internal/pay/commissions"
	"rapport/internal/recruit/creators"
	"rapport/internal/recruit/imports"
	"rapport/internal/recruit/vetting"
	"rapport/internal/track/clicks"
)

const (
	trimChunk   = 200 // rows per transaction, so that none is long
	mostTrims   = 5000
	keepMails   = 90 * 24 * time.Hour
	keepEvents  = 30 * 24 * time.Hour
	keepClicks  = 400 * 24 * time.Hour // longer than any usual window; roll-ups stay for ever
	payoutEvery = 5 * time.Second
)

// periodic registers what happens by the clock.
func (v *server) periodic() {
	v.periodicPlatforms()
	v.periodicSearch()
	v.periodicOutreach()
	v.runner.Periodic(time.Minute, "approve commissions whose hold ended", func(ctx context.Context) error {
		approved, err := commissions.ApproveDue(ctx, v.d)
		if approved > 0 {
			v.log.Info("commissions were approved", "count", approved)
		}
		return err
	})
	v.welcoming()
	v.runner.Periodic(payoutEvery, "finish payouts", func(ctx context.Context) error { return v.cashier.FinishAll(ctx, v.d) })
	v.runner.Periodic(time.Minute, "clean abandoned imports", func(ctx context.Context) error { return imports.CleanAbandoned(ctx, v.d, prospectsOf) })
	v.runner.Periodic(30*time.Second, "check newcomers up", func(ctx context.Context) error {
		made, err := vetting.RefreshNew(ctx, v.d)
		if made > 0 {
			v.log.Info("newcomers were checked up", "count", made)
		}
		return err
	})
	v.runner.Periodic(10*time.Minute, "refresh check-ups", func(ctx context.Context) error {
		made, err := vetting.RefreshDue(ctx, v.d)
		if made > 0 {
			v.log.Info("check-ups were refreshed", "count", made)
		}
		return err
	})
	v.runner.Periodic(10*time.Minute, "finish erasures", func(ctx context.Context) error { return creators.ResumeErasures(ctx, v.d, v.box, parts()) })
	v.runner.Periodic(time.Hour, "forget raw deliveries", v.trim(func(ctx context.Context, tx *db.Tx) (int64, error) {
		return stores.ForgetRaw(ctx, tx, tx.Now().Add(-stores.KeepRaw), trimChunk)
	}))
	v.runner.Periodic(time.Hour, "trim idempotency keys", v.trim(func(ctx context.Context, tx *db.Tx) (int64, error) {
		return idem.Trim(ctx, tx, tx.Now().Add(-idem.Keep), trimChunk)
	}))
	v.runner.Periodic(time.Hour, "trim events", v.trim(func(ctx context.Context, tx *db.Tx) (int64, error) {
		return db.TrimOutbox(ctx, tx, tx.Now().Add(-keepEvents), trimChunk)
	}))
	v.runner.Periodic(time.Hour, "trim sessions", v.trim(func(ctx context.Context, tx *db.Tx) (int64, error) { return auth.Trim(ctx, tx, trimChunk) }))
	v.runner.Periodic(time.Hour, "trim mails", v.trim(func(ctx context.Context, tx *db.Tx) (int64, error) {
		return notify.Trim(ctx, tx, tx.Now().Add(-keepMails), trimChunk)
	}))
	v.runner.Periodic(24*time.Hour, "trim clicks", func(ctx context.Context) error {
		_, err := clicks.TrimClicks(ctx, v.d, v.d.Now().Add(-keepClicks))
		return err
	})
}

// trim repeats a removal in short transactions until nothing is left to remove.
func (v *server) trim(remove func(ctx context.Context, tx *db.Tx) (int64, error)) func(context.Context) error {
	return func(ctx context.Context) error {
		for range mostTrims {
			var removed int64
			err := v.d.Update(ctx, func(tx *db.Tx) (err error) { removed, err = remove(ctx, tx); return err })
			if err != nil || removed < trimChunk {
				return err
			}
		}
		return nil
	}
}
