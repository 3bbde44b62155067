package mentions

import (
	"context"
	"fmt"
	"time"

	"rapport/internal/base/db"
	"rapport/internal/base/programs"
	"rapport/internal/edge/platforms"
	"rapport/internal/edge/platforms/instagram"
	"rapport/internal/recruit/creators"
)

// Meta lets an account ask for thirty different hashtags in any seven days (guides/hashtag-search).
const (
	hashtagsMost = 30
	hashtagsFor  = 7 * 24 * time.Hour
	mostTrends   = 12
)

// HashtagsLeft is how many new hashtags an account may ask for now, and when the next becomes free.
func HashtagsLeft(ctx context.Context, tx *db.Tx, account string) (left int, next time.Time, err error) {
	var used int
	err = tx.QueryRow(ctx, `select count(*), min(asked_at) from instagram_hashtags where account = $1 and asked_at > $2`, account,
		db.Micros(tx.Now().Add(-hashtagsFor))).Scan(&used, db.ScanTime(&next))
	if err != nil {
		return 0, next, fmt.Errorf("cannot count hashtags: %w", err)
	}
	if !next.IsZero() {
		next = next.Add(hashtagsFor)
	}
	return max(hashtagsMost-used, 0), next, nil
}

// TrendOf reads what is posted under a hashtag now: one call, and one of the thirty where it was not asked for within seven days. The same answer
// serves for a day.
func (w Watch) TrendOf(ctx context.Context, d *db.DB, program programs.ID, hashtag string) (instagram.Trend, error) {
	tag, err := instagram.ParseHashtag(hashtag)
	if err != nil {
		return instagram.Trend{}, err
	}
	b, c, err := w.brand(ctx, d, program)
	if err != nil {
		return instagram.Trend{}, err
	}
	key := "hashtag " + b.Account + " " + tag
	if kept, found, err := answer[instagram.Trend](ctx, d, creators.PlatformInstagram, key); err != nil || found {
		return kept, err
	}
	id, err := w.hashtagID(ctx, d, c, b.Account, tag)
	if err != nil || id == "" {
		return instagram.Trend{Hashtag: tag}, w.noteBrand(ctx, d, b, err)
	}
	t, err := c.TrendOf(ctx, tag, id, false)
	if err != nil {
		return t, w.noteBrand(ctx, d, b, err)
	}
	return t, keepAnswer(ctx, d, creators.PlatformInstagram, key, t)
}

// hashtagID asks for the id of a hashtag, or remembers it. The row is written before the call: Meta counts it whatever comes of it.
func (w Watch) hashtagID(ctx context.Context, d *db.DB, c instagram.Client, account, tag string) (hashtag string, err error) {
	known := false
	err = d.Update(ctx, func(tx *db.Tx) error {
		if err := tx.Lock(ctx, "instagram hashtags:"+account); err != nil {
			return err
		}
		hashtag, known, err = db.One(ctx, tx, db.Column[string], `select hashtag_id from instagram_hashtags where account = $1 and tag = $2 and asked_at > $3`, account, tag,
			db.Micros(tx.Now().Add(-hashtagsFor)))
		if err != nil || known {
			return err
		}
		left, next, err := HashtagsLeft(ctx, tx, account)
		if err != nil {
			return err
		}
		if left == 0 {
			f := platforms.Failed(platforms.FailureQuotaSpent, creators.PlatformInstagram, "hashtags").In(next.Sub(tx.Now()))
			f.Until = next
			return f
		}
		_, err = tx.Exec(ctx, `insert into instagram_hashtags (account, tag, hashtag_id, asked_at) values ($1, $2, '', $3)
			on conflict (account, tag) do update set asked_at = excluded.asked_at`, account, tag, db.Micros(tx.Now()))
		return err
	})
	if err != nil || hashtag != "" {
		return hashtag, err
	}
	if hashtag, _, err = c.HashtagID(ctx, tag); err != nil || hashtag == "" {
		return "", err
	}
	return hashtag, d.Update(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `update instagram_hashtags set hashtag_id = $3 where account = $1 and tag = $2`, account, tag, hashtag)
		return err
	})
}

// Trends are the answers of the last day in the name of an account, the latest first.
func Trends(ctx context.Context, d *db.DB, account string) (all []instagram.Trend, err error) {
	var tags []string
	err = d.View(ctx, func(tx *db.Tx) error {
		tags, err = db.All(ctx, tx, db.Column[string], `select tag from instagram_hashtags where account = $1 order by asked_at desc, tag limit $2`, account, mostTrends)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("cannot read which hashtags were asked for: %w", err)
	}
	for _, tag := range tags {
		t, found, err := answer[instagram.Trend](ctx, d, creators.PlatformInstagram, "hashtag "+account+" "+tag)
		if err != nil {
			return all, err
		}
		if found {
			all = append(all, t)
		}
	}
	return all, nil
}
