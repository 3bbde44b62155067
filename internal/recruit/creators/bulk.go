package creators

import (
	"context"
	"fmt"

	"rapport/internal/base/db"
)

// Entry is a profile with its first snapshot, which may be empty, and with Name a creator of its own. The ids must be set.
type Entry struct {
	Creator  ID
	Name     string
	Account  Account
	Joins    bool     // the creator is there already, or made by an earlier entry
	Snapshot Snapshot // its Profile is the profile's id, its Import the import that brings all of this
}

// Insert writes new creators with one profile and at most one snapshot each, in a few statements. It returns how many profiles were taken: fewer than
// entries means that somebody else stored one of the accounts meanwhile, and the transaction must be given up.
func Insert(ctx context.Context, tx *db.Tx, entries []Entry) (int64, error) {
	at := db.Micros(tx.Now())
	rows := make([][]any, 0, len(entries))
	for _, e := range entries {
		if e.Joins {
			continue
		}
		p := e.profile()
		c := Creator{Name: e.Name, Profiles: []Profile{p}}
		c.derive()
		rows = append(rows, []any{e.Creator, e.Name, sortKey(e.Name), c.Tier, c.Followers, c.Country, c.Language, c.searchText(), e.Snapshot.Import, at, at})
	}
	if _, err := insertRows(ctx, tx, `insert into creators (id, name, name_folded, tier, followers, country, language, search, import_id, created_at,
		updated_at)`, 11, ``, rows); err != nil {
		return 0, fmt.Errorf("cannot store creators: %w", err)
	}
	taken, err := insertEntries(ctx, tx, entries)
	if err != nil || taken < int64(len(entries)) {
		return taken, err
	}
	snapshots := make([]Snapshot, 0, len(entries))
	for _, e := range entries {
		if !e.Snapshot.IsEmpty() {
			snapshots = append(snapshots, e.Snapshot)
		}
	}
	_, err = AddSnapshots(ctx, tx, snapshots)
	return taken, err
}

func (e Entry) profile() Profile {
	p := Profile{ID: e.Snapshot.Profile, Creator: e.Creator, Platform: e.Account.Platform, Handle: e.Account.Handle}
	if e.Snapshot.IsEmpty() {
		p.show(Snapshot{}, nil)
	} else {
		p.show(e.Snapshot, nil)
	}
	return p
}

func insertEntries(ctx context.Context, tx *db.Tx, entries []Entry) (int64, error) {
	at := db.Micros(tx.Now())
	rows := make([][]any, len(entries))
	for i, e := range entries {
		p, key := e.profile(), e.Account.Key()
		rows[i] = []any{
			p.ID, p.Creator, p.Platform, p.Handle, key.Handle, p.URL, p.DisplayName, p.Bio, p.Country, p.Language, p.Category, p.Verified,
			p.Followers, p.Following, p.Posts, p.Likes, p.Tier, p.EngagementPPM, p.Formula, db.MicrosOrNull(p.CountedAt), e.Snapshot.Import, at, at,
		}
	}
	taken, err := insertRows(ctx, tx, `insert into profiles (id, creator_id, platform, handle, handle_folded, url, display_name, bio, country, language,
		category, verified, followers, following, posts_total, likes_total, tier, engagement_ppm, engagement_formula, counted_at, import_id,
		created_at, updated_at)`, 23, `on conflict (platform, handle_folded) do nothing`, rows)
	if err != nil {
		return taken, fmt.Errorf("cannot store profiles: %w", err)
	}
	return taken, nil
}

// Erase removes profiles with all their snapshots and posts, and those of their creators that are left without a profile and without a
// partnership. The caller keeps the number small: one profile may have many posts.
func Erase(ctx context.Context, tx *db.Tx, profiles []ProfileID) error {
	owners, err := selectIn(ctx, tx, db.Column[ID], `select distinct creator_id from profiles where id in`, 1, ``, keysOf(profiles))
	if err != nil {
		return fmt.Errorf("cannot find the creators of profiles: %w", err)
	}
	for _, statement := range []string{
		`delete from post_comments where post_id in (select id from posts where profile_id in`,
		`delete from post_counts where post_id in (select id from posts where profile_id in`,
		`delete from posts where (profile_id in`,
		`delete from snapshots where (profile_id in`,
		`delete from profile_audiences where (profile_id in`,
		`update creators set main_profile_id = null where (main_profile_id in`,
		`delete from profiles where (id in`,
	} {
		if err := eachIn(ctx, tx, statement, `)`, keysOf(profiles)); err != nil {
			return fmt.Errorf("cannot erase profiles: %w", err)
		}
	}
	return eraseLeft(ctx, tx, owners)
}

// personal are this room's tables with rows of a creator, beside its profiles.
var personal = []string{"creator_contacts", "creator_tags", "creator_notes", "creator_list_members", "creator_collaborations", "creator_prices"}

// eraseLeft removes those of the creators that have neither profiles nor partnerships, and makes the others' rows anew.
func eraseLeft(ctx context.Context, tx *db.Tx, ids []ID) error {
	const left = `not exists (select 1 from profiles p where p.creator_id = %[1]s) and not exists (select 1 from partnerships p where p.creator_id = %[1]s)`
	for _, table := range personal {
		if err := eachIn(ctx, tx, `delete from `+table+` where `+fmt.Sprintf(left, table+".creator_id")+` and creator_id in`, ``, keysOf(ids)); err != nil {
			return fmt.Errorf("cannot erase from %s: %w", table, err)
		}
	}
	if err := eachIn(ctx, tx, `delete from creators where `+fmt.Sprintf(left, "creators.id")+` and id in`, ``, keysOf(ids)); err != nil {
		return fmt.Errorf("cannot erase creators: %w", err)
	}
	return refreshCreators(ctx, tx, ids, "")
}

// eachIn runs `head (values …) tail` over the keys, block by block.
func eachIn(ctx context.Context, tx *db.Tx, head, tail string, keys [][]any) error {
	args := make([]any, 0, asked)
	for len(keys) > 0 {
		n := min(asked, len(keys))
		args = args[:0]
		for i := range asked {
			args = append(args, keys[min(i, n-1)]...)
		}
		if _, err := tx.Exec(ctx, head+" (values "+tuplesOf(asked, 1, -1)+") "+tail, args...); err != nil {
			return err
		}
		keys = keys[n:]
	}
	return nil
}
