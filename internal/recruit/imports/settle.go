package imports

import (
	"context"
	"fmt"

	"rapport/internal/base/db"
	"rapport/internal/base/programs"
	"rapport/internal/recruit/creators"
)

// walked is a profile that the file named.
type walked struct {
	profile creators.ProfileID
	creator creators.ID
	stale   bool // more than its first row says something of it
	own     bool // the import made it
}

func scanWalked(s db.Scanner) (w walked, err error) {
	err = s.Scan(&w.profile, &w.creator, &w.stale, &w.own)
	return w, err
}

// walk returns the next profiles that the file named, the stale ones alone or all of them. It reads no more rows than it returns: a condition
// on the profile would have it look through all that the file named.
func walk(ctx context.Context, tx *db.Tx, it ID, after creators.ProfileID, all bool) ([]walked, error) {
	stale := `n.stale and`
	if all {
		stale = ``
	}
	some, err := db.All(ctx, tx, scanWalked, `select n.profile_id, p.creator_id, n.stale, p.import_id = $1
		from import_profiles n join profiles p on p.id = n.profile_id
		where `+stale+` n.import_id = $1 and n.profile_id > $2 order by n.profile_id limit $3`, it, after, stepRows)
	if err != nil {
		return nil, fmt.Errorf("cannot read what import %s named: %w", it, err)
	}
	return some, nil
}

func profilesOf(some []walked, which func(walked) bool) (ids []creators.ProfileID) {
	for _, w := range some {
		if which(w) {
			ids = append(ids, w.profile)
		}
	}
	return ids
}

// refreshOwn completes the profiles that the import made itself and that more than one row spoke of, while nobody sees them.
func refreshOwn(ctx context.Context, d *db.DB, it ID) error {
	for after, more := creators.ProfileID(""), true; more; {
		var last creators.ProfileID
		err := d.Update(ctx, func(tx *db.Tx) error {
			if err := renew(ctx, tx, it, StateLoading); err != nil {
				return err
			}
			last, more = after, true
			for t := startSpending(); more && !t.enough(); {
				some, err := walk(ctx, tx, it, last, false)
				if err != nil {
					return err
				}
				if more = len(some) > 0; more {
					last = some[len(some)-1].profile
				}
				if err := creators.Refresh(ctx, tx, profilesOf(some, func(w walked) bool { return w.own }), string(it)); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		after = last
	}
	return nil
}

// settle does what follows the flip: figures of profiles that were known before, and the partner floor's part. It goes on where it was stopped.
func settle(ctx context.Context, d *db.DB, it ID, on OnCreator, tell func(profiles int)) error {
	for more := true; more; {
		done := 0
		err := d.Update(ctx, func(tx *db.Tx) (err error) {
			done, more, err = settleSome(ctx, tx, it, on)
			return err
		})
		if err != nil {
			return fmt.Errorf("the import is visible but not settled: %w", err)
		}
		if done > 0 {
			tell(done)
		}
	}
	return finish(ctx, d, it)
}

// settleSome does as many profiles as one transaction has time for.
func settleSome(ctx context.Context, tx *db.Tx, it ID, on OnCreator) (done int, more bool, err error) {
	if err := renew(ctx, tx, it, StateVisible); err != nil {
		return 0, false, err
	}
	after, _, err := db.One(ctx, tx, db.Column[creators.ProfileID], `select settled from imports where id = $1`, it)
	if err != nil {
		return 0, false, fmt.Errorf("cannot read how far import %s is settled: %w", it, err)
	}
	more = true
	for t := startSpending(); more && !t.enough(); {
		some, err := walk(ctx, tx, it, after, on != nil)
		if err != nil {
			return 0, false, err
		}
		n, err := settleThese(ctx, tx, it, on, some, t)
		if err != nil {
			return 0, false, err
		}
		if more = len(some) > 0; n > 0 {
			after, done = some[n-1].profile, done+n
		}
	}
	_, err = tx.Exec(ctx, `update imports set settled = $2 where id = $1`, it, after)
	return done, more, err
}

// settleThese settles the first n of the profiles: all that there is time for, and at least one.
func settleThese(ctx context.Context, tx *db.Tx, it ID, on OnCreator, some []walked, t spent) (n int, err error) {
	known := func(w walked) bool { return w.stale && !w.own }
	if err := creators.Refresh(ctx, tx, profilesOf(some, known), ""); err != nil || on == nil {
		return len(some), err
	}
	for n < len(some) && (n == 0 || !t.enough()) {
		if err := on(ctx, tx, some[n].creator, it); err != nil {
			return 0, err
		}
		n++
	}
	return n, nil
}

// CleanAbandoned finishes what imports left behind whose process died: what was not visible yet is taken away, what was is settled, what was
// being taken away is taken away. Call it at start and every minute; an import that still works is left alone. onCreator gives the partner floor's
// part for a program; it may be nil.
func CleanAbandoned(ctx context.Context, d *db.DB, onCreator func(programs.ID) OnCreator) error {
	var dead []Import
	err := d.View(ctx, func(tx *db.Tx) (err error) {
		dead, err = db.All(ctx, tx, scanImport, `select `+columns+` from imports where finished_at is null and lease_until < $1 order by id limit 100`,
			db.Micros(tx.Now()))
		return err
	})
	if err != nil {
		return fmt.Errorf("cannot look for abandoned imports: %w", err)
	}
	for _, i := range dead {
		if err := revive(ctx, d, i, onCreator); err != nil {
			return fmt.Errorf("cannot clean up import %s: %w", i.ID, err)
		}
	}
	return nil
}

func revive(ctx context.Context, d *db.DB, i Import, onCreator func(programs.ID) OnCreator) error {
	switch i.State {
	case StateLoading:
		return giveUp(ctx, d, i.ID)
	case StateFailed, StateUndone:
		return takeAway(ctx, d, i.ID, i.State, nil)
	case StateVisible:
		var on OnCreator
		if onCreator != nil && i.Program != "" {
			on = onCreator(i.Program)
		}
		return settle(ctx, d, i.ID, on, func(int) {})
	}
	panic("BUG: an import in state " + string(i.State))
}
