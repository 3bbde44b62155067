package imports

import (
	"context"
	"fmt"

	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/recruit/creators"
)

// Leave takes back what OnCreator made for an import, at most limit of it, and returns how much that was; called until it returns 0. What people
// have worked with since stays and keeps its creator.
type Leave func(ctx context.Context, tx *db.Tx, importID ID, limit int) (int, error)

// Undo takes an import back as a whole. It is hidden at once; then its rows are removed in chunks. leave may be nil: creators with a partnership
// then stay.
func Undo(ctx context.Context, d *db.DB, it ID, leave Leave) error {
	err := d.Update(ctx, func(tx *db.Tx) error {
		i, err := Find(ctx, tx, it)
		if err != nil {
			return err
		}
		if err := checkLane(ctx, tx); err != nil {
			return err
		}
		if i.State != StateVisible {
			return fault.Conflict("import_not_visible", "Only an import that was completed can be undone.")
		}
		_, err = tx.Exec(ctx, `update imports set finished_at = null, lease_until = $2 where id = $1`, it, db.Micros(tx.Now().Add(lease)))
		return err
	})
	if err != nil {
		return err
	}
	// Creators that people work with by now must not vanish for a moment: they stop belonging to the import before it is hidden.
	if err := inChunks(ctx, d, it, StateVisible, keepTied); err != nil {
		return err
	}
	if err := move(ctx, d, it, StateVisible, StateUndone); err != nil {
		return err
	}
	return takeAway(ctx, d, it, StateUndone, leave)
}

// giveUp takes away what a failed import stored.
func giveUp(ctx context.Context, d *db.DB, it ID) error {
	if err := move(ctx, d, it, StateLoading, StateFailed); err != nil {
		return err
	}
	return takeAway(ctx, d, it, StateFailed, nil)
}

// takeAway removes the rows of a hidden import and what hangs on them. Each step can be repeated, so that a crash does not matter.
func takeAway(ctx context.Context, d *db.DB, it ID, state State, leave Leave) error {
	steps := []step{dropCounts, keepPosts, dropPosts, dropContacts, dropTags, dropWork, dropPrices, dropAudiences, dropProfiles}
	if leave != nil {
		steps = append([]step{func(ctx context.Context, tx *db.Tx, it ID, limit int) (int64, error) {
			n, err := leave(ctx, tx, it, limit)
			return int64(n), err
		}}, steps...)
	}
	for _, s := range steps {
		if err := inChunks(ctx, d, it, state, s); err != nil {
			return err
		}
	}
	return finish(ctx, d, it)
}

// step does a part of some work, at most limit rows of it, and returns how many it did; 0 ends it.
type step func(ctx context.Context, tx *db.Tx, it ID, limit int) (int64, error)

// inChunks repeats a step until it finds nothing to do, as often in each transaction as there is time for.
func inChunks(ctx context.Context, d *db.DB, it ID, state State, s step) error {
	for more := true; more; {
		err := d.Update(ctx, func(tx *db.Tx) error {
			if err := renew(ctx, tx, it, state); err != nil {
				return err
			}
			more = true
			for t := startSpending(); more && !t.enough(); {
				done, err := s(ctx, tx, it, dropRows)
				if err != nil {
					return err
				}
				more = done > 0
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("cannot take import %s away: %w", it, err)
		}
	}
	return nil
}

// keepTied lets go of creators that have a partnership which the import did not make, or which went on from there.
func keepTied(ctx context.Context, tx *db.Tx, it ID, limit int) (int64, error) {
	const tied = `select c.id from creators c join partnerships t on t.creator_id = c.id
		where c.import_id = $1 and (t.import_id <> $1 or t.status <> 'prospect'
			or exists (select 1 from creator_notes n where n.creator_id = c.id) or exists (select 1 from creator_list_members m where m.creator_id = c.id)) limit $2`
	if _, err := tx.Exec(ctx, `update profiles set import_id = '' where import_id = $1 and creator_id in (`+tied+`)`, it, limit); err != nil {
		return 0, err
	}
	return tx.Exec(ctx, `update creators set import_id = '' where import_id = $1 and id in (`+tied+`)`, it, limit)
}

func dropCounts(ctx context.Context, tx *db.Tx, it ID, limit int) (int64, error) {
	return tx.Exec(ctx, `delete from post_counts where (post_id, seen_at) in
		(select post_id, seen_at from post_counts where import_id = $1 limit $2)`, it, limit)
}

// keepPosts gives posts whose counts another import knows to that import.
func keepPosts(ctx context.Context, tx *db.Tx, it ID, limit int) (int64, error) {
	return tx.Exec(ctx, `update posts set import_id = (select min(c.import_id) from post_counts c where c.post_id = posts.id)
		where id in (select p.id from posts p where p.import_id = $1 and exists (select 1 from post_counts c where c.post_id = p.id) limit $2)`, it, limit)
}

func dropPosts(ctx context.Context, tx *db.Tx, it ID, limit int) (int64, error) {
	return tx.Exec(ctx, `delete from posts where id in (select id from posts where import_id = $1 limit $2)`, it, limit)
}

func dropContacts(ctx context.Context, tx *db.Tx, it ID, limit int) (int64, error) {
	return tx.Exec(ctx, `delete from creator_contacts where (program_id, creator_id) in
		(select program_id, creator_id from creator_contacts where import_id = $1 limit $2)`, it, limit)
}

func dropTags(ctx context.Context, tx *db.Tx, it ID, limit int) (int64, error) {
	return tx.Exec(ctx, `delete from creator_tags where (program_id, creator_id, kind, text_folded) in
		(select program_id, creator_id, kind, text_folded from creator_tags where import_id = $1 limit $2)`, it, limit)
}

func dropWork(ctx context.Context, tx *db.Tx, it ID, limit int) (int64, error) {
	return tx.Exec(ctx, `delete from creator_collaborations where id in (select id from creator_collaborations where import_id = $1 limit $2)`, it, limit)
}

func dropPrices(ctx context.Context, tx *db.Tx, it ID, limit int) (int64, error) {
	return tx.Exec(ctx, `delete from creator_prices where (program_id, creator_id) in
		(select program_id, creator_id from creator_prices where import_id = $1 limit $2)`, it, limit)
}

func dropAudiences(ctx context.Context, tx *db.Tx, it ID, limit int) (int64, error) {
	return tx.Exec(ctx, `delete from profile_audiences where (profile_id, program_id, source, taken_at, dimension, key) in
		(select profile_id, program_id, source, taken_at, dimension, key from profile_audiences where import_id = $1 limit $2)`, it, limit)
}

// dropProfiles removes the snapshots of some of the profiles that the file named. Profiles that nothing else knows go with them, the others show
// what they showed before.
func dropProfiles(ctx context.Context, tx *db.Tx, it ID, limit int) (int64, error) {
	named, err := db.All(ctx, tx, db.Column[creators.ProfileID], `select profile_id from import_profiles where import_id = $1 order by profile_id limit $2`,
		it, min(limit, stepRows))
	if err != nil || len(named) == 0 {
		return 0, err
	}
	if err := creators.Forget(ctx, tx, string(it), named); err != nil {
		return 0, err
	}
	_, err = tx.Exec(ctx, `delete from import_profiles where import_id = $1 and profile_id <= $2`, it, named[len(named)-1])
	return int64(len(named)), err
}
