package platforms

import (
	"context"
	"errors"
	"fmt"
	"time"

	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/programs"
	"rapport/internal/recruit/creators"
)

const (
	forgetChunk  = 200
	mostChunks   = 2000
	mostExpiring = 100 // profiles in one round
)

// Ended is what a disconnect did.
type Ended struct {
	Connection Connection
	Told       bool // the platform took the consent back; else the creator does it there themselves
	Forgot     bool // what it brought was deleted, as the terms ask
}

// Disconnect ends a connection for good: our token goes first, then the platform is told, then what the terms ask for is deleted. A platform that
// does not answer keeps nobody connected.
func (s *Switchboard) Disconnect(ctx context.Context, d *db.DB, program programs.ID, creator creators.ID, connection ConnectionID, forgetAll bool) (e Ended, err error) {
	err = d.Update(ctx, func(tx *db.Tx) (err error) {
		if e.Connection, err = Find(ctx, tx, program, connection); err != nil {
			return err
		}
		if creator != "" && e.Connection.Creator != creator {
			return fault.NotFound("connection")
		}
		_, err = tx.Exec(ctx, `update platform_connections set state = 'ended', token = null, next_at = null, ended_at = $2, lease_until = 0 where id = $1 and state <> 'ended'`,
			connection, db.Micros(tx.Now()))
		return err
	})
	if err != nil || e.Connection.State == StateEnded {
		return e, err
	}
	p, err := s.Platform(e.Connection.Platform)
	if err != nil {
		return e, err
	}
	e.Told = s.giveBack(ctx, d, e.Connection)
	if e.Forgot = forgetAll || p.Rules().ForgetAll; e.Forgot {
		err = forget(context.WithoutCancel(ctx), d, e.Connection.Profile, e.Connection.Origin())
	}
	return e, err
}

// giveBack tells the platform, with the token as it was; a failure is said to the creator and logged.
func (s *Switchboard) giveBack(ctx context.Context, d *db.DB, c Connection) bool {
	p, err := s.Platform(c.Platform)
	if err != nil || len(c.sealed) == 0 || p.Rules().NoRevoke {
		return false
	}
	t, err := c.Token(s.Box)
	if err == nil {
		var l line
		if l, err = s.line(ctx, d, c.Platform); err == nil {
			err = l.platform.Revoke(ctx, s.Caller(d, l.rules, l.app, c.Account), l.app, t)
		}
	}
	if err != nil {
		s.note(ctx, "a consent could not be taken back at the platform", c, err)
	}
	return err == nil
}

// forget deletes all that one origin brought of a profile, in short transactions.
func forget(ctx context.Context, d *db.DB, profile creators.ProfileID, origin string) error {
	return forgetBefore(ctx, d, profile, origin, time.Unix(1<<40, 0))
}

// forgetBefore deletes what one origin brought of a profile before a moment. What others know of it stays, and shows again.
func forgetBefore(ctx context.Context, d *db.DB, profile creators.ProfileID, origin string, before time.Time) error {
	limit, edge := forgetChunk, db.Micros(before)
	steps := []func(tx *db.Tx) (int64, error){
		func(tx *db.Tx) (int64, error) {
			return tx.Exec(ctx, `delete from post_counts where (post_id, seen_at) in (select c.post_id, c.seen_at from post_counts c join posts p on p.id = c.post_id
				where p.profile_id = $1 and c.import_id = $2 and c.seen_at < $3 limit $4)`, profile, origin, edge, limit)
		},
		func(tx *db.Tx) (int64, error) {
			return tx.Exec(ctx, `update posts set import_id = (select min(c.import_id) from post_counts c where c.post_id = posts.id)
				where id in (select p.id from posts p where p.profile_id = $1 and p.import_id = $2
					and exists (select 1 from post_counts c where c.post_id = p.id)
					and not exists (select 1 from post_counts c where c.post_id = p.id and c.import_id = $2) limit $3)`, profile, origin, limit)
		},
		func(tx *db.Tx) (int64, error) { return creators.DropComments(ctx, tx, profile, before, limit) },
		func(tx *db.Tx) (int64, error) {
			return tx.Exec(ctx, `delete from posts where id in (select p.id from posts p where p.profile_id = $1 and p.import_id = $2
				and not exists (select 1 from post_counts c where c.post_id = p.id) and not exists (select 1 from post_comments c where c.post_id = p.id) limit $3)`,
				profile, origin, limit)
		},
		func(tx *db.Tx) (int64, error) {
			return tx.Exec(ctx, `delete from profile_audiences where profile_id = $1 and import_id = $2 and taken_at < $3`, profile, origin, edge)
		},
		func(tx *db.Tx) (int64, error) {
			return tx.Exec(ctx, `delete from snapshots where profile_id = $1 and import_id = $2 and taken_at < $3`, profile, origin, edge)
		},
		func(tx *db.Tx) (int64, error) {
			return tx.Exec(ctx, `delete from platform_insights where profile_id = $1 and origin = $2 and fetched_at < $3`, profile, origin, edge)
		},
	}
	for _, step := range steps {
		if err := repeat(ctx, d, step); err != nil {
			return fmt.Errorf("cannot delete what %s brought of profile %s: %w", origin, profile, err)
		}
	}
	return d.Update(ctx, func(tx *db.Tx) error {
		if _, err := tx.Exec(ctx, `delete from platform_holdings where profile_id = $1 and origin = $2 and fetched_at < $3`, profile, origin, edge); err != nil {
			return err
		}
		return creators.Refresh(ctx, tx, []creators.ProfileID{profile}, "")
	})
}

// repeat runs a step until it finds nothing.
func repeat(ctx context.Context, d *db.DB, step func(tx *db.Tx) (int64, error)) error {
	for range mostChunks {
		var gone int64
		if err := d.Update(ctx, func(tx *db.Tx) (err error) { gone, err = step(tx); return err }); err != nil || gone == 0 {
			return err
		}
	}
	return errors.New("there is no end to it")
}

// Expire deletes what was held longer than a platform's terms allow: figures older than Rules.Keep, whoever brought them, and so everything of a
// profile that was not refreshed in time.
func (s *Switchboard) Expire(ctx context.Context, d *db.DB) error {
	for _, p := range s.Platforms {
		r := p.Rules()
		if r.Keep <= 0 {
			continue
		}
		old, err := outdated(ctx, d, r)
		if err != nil {
			return err
		}
		for _, h := range old {
			if err := forgetBefore(ctx, d, h.profile, h.origin, d.Now().Add(-r.Keep)); err != nil {
				return err
			}
		}
	}
	if err := s.forgetRevoked(ctx, d); err != nil {
		return err
	}
	return repeat(ctx, d, func(tx *db.Tx) (int64, error) { return TrimQuota(ctx, tx, forgetChunk) })
}

// Grace is how long what a connection brought is kept after the platform said that the consent or the account is gone, where the terms ask for it to
// be deleted: a refusal by mistake loses nothing, and a creator who connects again finds everything.
const Grace = 7 * 24 * time.Hour

// forgetRevoked deletes what connections brought whose consent was taken back, or whose account went, Grace ago.
func (s *Switchboard) forgetRevoked(ctx context.Context, d *db.DB) error {
	var old []Connection
	err := d.View(ctx, func(tx *db.Tx) (err error) {
		old, err = db.All(ctx, tx, scanConnection, `select `+connectionColumns+` from platform_connections c where state in ('revoked', 'gone') and failed_at < $1
			and exists (select 1 from platform_holdings h where h.profile_id = c.profile_id and h.origin = c.id) order by id limit $2`,
			db.Micros(tx.Now().Add(-Grace)), mostExpiring)
		return err
	})
	if err != nil {
		return fmt.Errorf("cannot read which consents were taken back: %w", err)
	}
	for _, c := range old {
		if p, err := s.Platform(c.Platform); err != nil || !p.Rules().ForgetAll {
			continue
		}
		if err := forget(ctx, d, c.Profile, c.Origin()); err != nil {
			return err
		}
	}
	return nil
}

type holding struct {
	profile creators.ProfileID
	origin  string
}

// outdated are the holdings that have something older than the terms allow. The oldest row of each decides, not when it was fetched last.
func outdated(ctx context.Context, d *db.DB, r Rules) (all []holding, err error) {
	err = d.View(ctx, func(tx *db.Tx) (err error) {
		all, err = db.All(ctx, tx, func(s db.Scanner) (h holding, err error) {
			err = s.Scan(&h.profile, &h.origin)
			return h, err
		}, `select h.profile_id, h.origin from platform_holdings h where h.platform = $1 and (h.fetched_at < $2
				or exists (select 1 from snapshots s where s.profile_id = h.profile_id and s.import_id = h.origin and s.taken_at < $2)
				or exists (select 1 from posts p join post_counts c on c.post_id = p.id where p.profile_id = h.profile_id and c.import_id = h.origin and c.seen_at < $2))
			order by h.fetched_at limit $3`, r.Name, db.Micros(d.Now().Add(-r.Keep)), mostExpiring)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("cannot read what is held too long: %w", err)
	}
	return all, nil
}
