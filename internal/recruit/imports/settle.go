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
	refresh bool
}

func scanWalked(s db.Scanner) (w walked, err error) {
	err = s.Scan(&w.profile, &w.creator, &w.refresh)
	return w, err
}

// refreshOwn completes the profiles that the import made itself and that more than one row spoke of, while nobody sees them.
func refreshOwn(ctx context.Context, d *db.DB, it ID, p *pace) error {
	p.size = chunkFirst
	for after := creators.ProfileID(""); ; {
		began, n := p.begin(), 0
		err := d.Update(ctx, func(tx *db.Tx) error {
			if err := renew(ctx, tx, it, StateLoading); err != nil {
				return err
			}
			some, err := db.All(ctx, tx, scanWalked, `select n.profile_id, p.creator_id, n.stale from import_profiles n join profiles p on p.id = n.profile_id
				where n.import_id = $1 and n.profile_id > $2 and n.stale and p.import_id = $1 order by n.profile_id limit $3`, it, after, p.size)
			if err != nil || len(some) == 0 {
				return err
			}
			n, after = len(some), some[len(some)-1].profile
			return creators.Refresh(ctx, tx, stale(some), string(it))
		})
		if err != nil || n == 0 {
			return err
		}
		p.end(began)
	}
}

func stale(some []walked) []creators.ProfileID {
	var ids []creators.ProfileID
	for _, w := range some {
		if w.refresh {
			ids = append(ids, w.profile)
		}
	}
	return ids
}

// settle does what follows the flip: figures of profiles that were known before, and the partner floor's part. It goes on where it was stopped.
func settle(ctx context.Context, d *db.DB, it ID, on OnCreator, tell func(profiles int)) error {
	for p := newPace(); ; {
		began, n := p.begin(), 0
		err := d.Update(ctx, func(tx *db.Tx) (err error) {
			n, err = settleSome(ctx, tx, it, on, p.size)
			return err
		})
		if err != nil {
			return fmt.Errorf("the import is visible but not settled: %w", err)
		}
		if n == 0 {
			return finish(ctx, d, it)
		}
		p.end(began)
		tell(n)
	}
}

func settleSome(ctx context.Context, tx *db.Tx, it ID, on OnCreator, limit int) (int, error) {
	if err := renew(ctx, tx, it, StateVisible); err != nil {
		return 0, err
	}
	some, err := db.All(ctx, tx, scanWalked, `select n.profile_id, p.creator_id, n.stale and p.import_id <> $1
		from import_profiles n join profiles p on p.id = n.profile_id
		where n.import_id = $1 and n.profile_id > (select settled from imports where id = $1)
		and ($2 or (n.stale and p.import_id <> $1)) order by n.profile_id limit $3`, it, on != nil, limit)
	if err != nil || len(some) == 0 {
		return 0, err
	}
	if err := creators.Refresh(ctx, tx, stale(some), ""); err != nil {
		return 0, err
	}
	for _, w := range some {
		if on == nil {
			break
		}
		if err := on(ctx, tx, w.creator, it); err != nil {
			return 0, err
		}
	}
	_, err = tx.Exec(ctx, `update imports set settled = $2 where id = $1`, it, some[len(some)-1].profile)
	return len(some), err
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
