package platforms

import (
	"context"
	"fmt"
	"time"

	"rapport/internal/base/db"
	"rapport/internal/recruit/creators"
)

// Take counts units before they are spent. It refuses with a *Failure (to the edge a fault.TooMany) that says when the next window begins, and then
// counts nothing. Everything that calls a platform goes through it, so all processes together stay inside the limit.
func Take(ctx context.Context, tx *db.Tx, r Rules, app App, cost Cost) error {
	b := r.Bucket(cost.Bucket)
	if cost.Units < 1 {
		panic("BUG: a call that costs nothing")
	}
	account := b.account(cost)
	until, because, err := pausedUntil(ctx, tx, r.Name, b, account)
	if err != nil {
		return err
	}
	now := tx.Now()
	if until.After(now) {
		f := Failed(FailureRateLimited, r.Name, because).In(until.Sub(now))
		f.Until = until
		return f
	}
	if cost.Units <= b.limit(app) {
		_, taken, err := db.One(ctx, tx, db.Column[int64], `insert into platform_quota (platform, bucket, account, window_at, used) values ($1, $2, $3, $4, $5)
			on conflict (platform, bucket, account, window_at) do update set used = platform_quota.used + excluded.used
			where platform_quota.used + excluded.used <= $6 returning used`,
			r.Name, b.Name, account, db.Micros(b.Window.Begin(now)), cost.Units, b.limit(app))
		if err != nil {
			return fmt.Errorf("cannot count quota of %s: %w", r.Name, err)
		}
		if taken {
			return nil
		}
	}
	f := Failed(FailureQuotaSpent, r.Name, b.Name).In(b.Window.End(now).Sub(now))
	f.Until = b.Window.End(now)
	return f
}

// Pause notes that the platform itself said to wait: until then nothing is sent that costs of the bucket.
func Pause(ctx context.Context, tx *db.Tx, r Rules, cost Cost, until time.Time, because string) error {
	b := r.Bucket(cost.Bucket)
	_, err := tx.Exec(ctx, `insert into platform_pauses (platform, bucket, account, until_at, because) values ($1, $2, $3, $4, $5)
		on conflict (platform, bucket, account) do update set until_at = excluded.until_at, because = excluded.because
		where excluded.until_at > platform_pauses.until_at`, r.Name, b.Name, b.account(cost), db.Micros(until), oneLine(because))
	if err != nil {
		return fmt.Errorf("cannot note that %s asks to wait: %w", r.Name, err)
	}
	return nil
}

// account is whose count a cost goes to.
func (b Bucket) account(cost Cost) string {
	if !b.PerAccount {
		return ""
	}
	return cost.Account
}

func pausedUntil(ctx context.Context, tx *db.Tx, platform creators.Platform, b Bucket, account string) (until time.Time, because string, err error) {
	p, _, err := db.One(ctx, tx, scanPause, `select bucket, until_at, because from platform_pauses where platform = $1 and bucket = $2 and account = $3`,
		platform, b.Name, account)
	if err != nil {
		return until, "", fmt.Errorf("cannot read whether %s asks to wait: %w", platform, err)
	}
	return p.until, p.because, nil
}

type pause struct {
	bucket, because string
	until           time.Time
}

func scanPause(s db.Scanner) (p pause, err error) {
	err = s.Scan(&p.bucket, db.ScanTime(&p.until), &p.because)
	return p, err
}

// Quota is what is left of a bucket.
type Quota struct {
	Bucket
	Used        int64 // of a bucket counted per account: of the account that used most
	Limit       int64
	ResetsAt    time.Time
	PausedUntil time.Time // the platform said to wait; zero: it did not
	Because     string
}

// Quotas are the limits of a platform and what is left of them now.
func Quotas(ctx context.Context, tx *db.Tx, r Rules, app App) ([]Quota, error) {
	now := tx.Now()
	all := make([]Quota, 0, len(r.Buckets))
	for _, b := range r.Buckets {
		q := Quota{Bucket: b, Limit: b.limit(app), ResetsAt: b.Window.End(now)}
		used, _, err := db.One(ctx, tx, db.Column[int64], `select coalesce(max(used), 0) from platform_quota where platform = $1 and bucket = $2 and window_at = $3`,
			r.Name, b.Name, db.Micros(b.Window.Begin(now)))
		if err != nil {
			return nil, fmt.Errorf("cannot read the quota of %s: %w", r.Name, err)
		}
		q.Used = used
		p, found, err := db.One(ctx, tx, scanPause, `select bucket, until_at, because from platform_pauses where platform = $1 and bucket = $2 and until_at > $3
			order by until_at desc limit 1`, r.Name, b.Name, db.Micros(now))
		if err != nil {
			return nil, fmt.Errorf("cannot read whether %s asks to wait: %w", r.Name, err)
		}
		if found {
			q.PausedUntil, q.Because = p.until, p.because
		}
		all = append(all, q)
	}
	return all, nil
}

// keepQuota is how long counts are kept after their window, for whoever asks where the quota went.
const keepQuota = 40 * 24 * time.Hour

// TrimQuota forgets at most limit counts that are over, and pauses that ended.
func TrimQuota(ctx context.Context, tx *db.Tx, limit int) (int64, error) {
	if _, err := tx.Exec(ctx, `delete from platform_pauses where until_at < $1`, db.Micros(tx.Now())); err != nil {
		return 0, fmt.Errorf("cannot forget pauses: %w", err)
	}
	gone, err := tx.Exec(ctx, `delete from platform_quota where (platform, bucket, account, window_at) in
		(select platform, bucket, account, window_at from platform_quota where window_at < $1 limit $2)`, db.Micros(tx.Now().Add(-keepQuota)), limit)
	if err != nil {
		return 0, fmt.Errorf("cannot forget old quota counts: %w", err)
	}
	return gone, nil
}
