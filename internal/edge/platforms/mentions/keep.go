package mentions

import (
	"context"
	"fmt"
	"time"

	"rapport/internal/base/db"
	"rapport/internal/edge/platforms"
	"rapport/internal/edge/platforms/youtube"
	"rapport/internal/recruit/creators"
)

const (
	keepNew      = 90 * 24 * time.Hour // what nobody decided on
	refreshAfter = 20 * 24 * time.Hour // ten days before YouTube's thirty are over
	keepChunk    = 200
	refreshChunk = 50 // what one unit reads
	mostRefresh  = 20 // chunks in a round
)

// Keep refreshes what came from YouTube before its thirty days are over and deletes the rest: texts of videos, and of channels that are prospects.
// Figures that could not be refreshed go with the switchboard's own Expire.
func (w Watch) Keep(ctx context.Context, d *db.DB) error {
	ctx, cancel := context.WithTimeout(ctx, roundFor)
	defer cancel()
	if err := w.refreshAll(ctx, d); err != nil {
		f, ok := platforms.FailureOf(err)
		if !ok {
			return err
		}
		if w.Board.Log != nil {
			w.Board.Log.WarnContext(ctx, "what YouTube told could not be refreshed", "error", f.Error())
		}
	}
	keep := context.WithoutCancel(ctx)
	for _, sweep := range []struct {
		query string
		edge  time.Duration
	}{
		{`update mentions set excerpt = '', name = '' where id in (select id from mentions where source = 'youtube_api' and refreshed_at < $1 and (excerpt <> '' or name <> '') limit $2)`,
			youtube.Rules().Keep - 24*time.Hour},
		{`delete from mentions where id in (select id from mentions where state = 'new' and found_at < $1 limit $2)`, keepNew},
		{`delete from platform_answers where (platform, key) in (select platform, key from platform_answers where at < $1 limit $2)`, answersFor},
		{`delete from instagram_hashtags where (account, tag) in (select account, tag from instagram_hashtags where asked_at < $1 limit $2)`, hashtagsFor},
	} {
		if err := repeat(keep, d, sweep.query, sweep.edge); err != nil {
			return err
		}
	}
	return nil
}

func repeat(ctx context.Context, d *db.DB, query string, age time.Duration) error {
	for range 1000 {
		var n int64
		err := d.Update(ctx, func(tx *db.Tx) (err error) {
			n, err = tx.Exec(ctx, query, db.Micros(tx.Now().Add(-age)), keepChunk)
			return err
		})
		if err != nil {
			return fmt.Errorf("cannot let go of what is old: %w", err)
		}
		if n == 0 {
			return nil
		}
	}
	return nil
}

// refreshAll reads videos and channels anew, fifty for a unit.
func (w Watch) refreshAll(ctx context.Context, d *db.DB) error {
	for range mostRefresh {
		n, err := w.refreshVideos(ctx, d)
		if err != nil {
			return err
		}
		if n == 0 {
			break
		}
	}
	for range mostRefresh {
		n, err := w.refreshChannels(ctx, d)
		if err != nil || n == 0 {
			return err
		}
	}
	return nil
}

func (w Watch) refreshVideos(ctx context.Context, d *db.DB) (int, error) {
	var old []string
	err := d.View(ctx, func(tx *db.Tx) (err error) {
		old, err = db.All(ctx, tx, db.Column[string], `select distinct evidence from mentions where source = 'youtube_api' and refreshed_at < $1 and excerpt <> ''
			and state <> 'dismissed' limit $2`, db.Micros(tx.Now().Add(-refreshAfter)), refreshChunk)
		return err
	})
	if err != nil || len(old) == 0 {
		return 0, err
	}
	r, err := w.reader(ctx, d)
	if err != nil {
		return 0, err
	}
	videos, err := r.Videos(ctx, old, false)
	if err != nil {
		return 0, err
	}
	text, names := map[string]string{}, map[string]string{}
	for _, v := range videos {
		text[v.ID], names[v.ID] = cut(v.Title+" "+v.About, longestExcerpt), cut(v.Name, longestName)
	}
	return len(old), d.Update(ctx, func(tx *db.Tx) error {
		for _, evidence := range old { // a video that is gone loses its words, and keeps that it was there
			_, err := tx.Exec(ctx, `update mentions set excerpt = $2, name = $3, refreshed_at = $4 where source = 'youtube_api' and evidence = $1`, evidence, text[evidence],
				names[evidence], db.Micros(tx.Now()))
			if err != nil {
				return fmt.Errorf("cannot refresh a mention: %w", err)
			}
		}
		return nil
	})
}

type aging struct {
	profile creators.ProfileID
	channel string
}

// refreshChannels reads the figures of prospects' channels anew. Channels that are gone are not asked for again before their figures went.
func (w Watch) refreshChannels(ctx context.Context, d *db.DB) (int, error) {
	var old []aging
	err := d.View(ctx, func(tx *db.Tx) (err error) {
		old, err = db.All(ctx, tx, func(s db.Scanner) (a aging, err error) { err = s.Scan(&a.profile, &a.channel); return a, err },
			`select h.profile_id, min(m.account) from platform_holdings h join profiles p on p.id = h.profile_id
				join mentions m on m.platform = p.platform and m.handle_folded = p.handle_folded and m.account <> '' and m.state = 'prospect'
				where h.platform = 'youtube' and h.origin = $1 and h.fetched_at < $2 group by h.profile_id limit $3`,
			youtube.Source, db.Micros(tx.Now().Add(-refreshAfter)), refreshChunk)
		return err
	})
	if err != nil || len(old) == 0 {
		return 0, err
	}
	r, err := w.reader(ctx, d)
	if err != nil {
		return 0, err
	}
	ids := make([]string, len(old))
	for i, a := range old {
		ids[i] = a.channel
	}
	found, err := r.Channels(ctx, ids)
	if err != nil {
		return 0, err
	}
	by := map[string]youtube.Channel{}
	for _, c := range found {
		by[c.ID] = c
	}
	refreshed := 0
	for _, a := range old {
		c, ok := by[a.channel]
		if !ok {
			continue
		}
		if err := w.Board.StorePublic(ctx, d, youtube.Rules(), a.profile, factsOf(c)); err != nil {
			return 0, err
		}
		refreshed++
	}
	return refreshed, nil
}
