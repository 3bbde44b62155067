package imports

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"rapport/internal/base/db"
	"rapport/internal/recruit/creators"
)

// look reads what the database knows of a chunk's rows, and puts it into the memory.
func look(ctx context.Context, tx *db.Tx, importID ID, m memory, rows []row) (scene, error) {
	s := scene{memory: m, posts: map[creators.PostKey]creators.PostID{}, latest: map[creators.PostID]creators.PostCounts{}}
	accounts := make([]creators.Account, 0, len(rows))
	for _, r := range rows {
		if accounts = append(accounts, r.account.Key()); r.owner != nil {
			accounts = append(accounts, r.owner.Key())
		}
	}
	slices.SortFunc(accounts, compareAccounts)
	var err error
	if s.refs, err = creators.Known(ctx, tx, slices.Compact(accounts)); err != nil || len(s.refs) == 0 {
		return s, err
	}
	for key := range s.refs {
		m.learn(accountFact(key), "")
	}
	if err := s.lookAtMoments(ctx, tx, rows); err != nil {
		return s, err
	}
	if err := s.lookAtShown(ctx, tx, rows); err != nil {
		return s, err
	}
	return s, s.lookAtPosts(ctx, tx, importID, rows)
}

func compareAccounts(a, b creators.Account) int {
	return cmp.Or(cmp.Compare(a.Platform, b.Platform), cmp.Compare(a.Handle, b.Handle))
}

// lookAtMoments learns the snapshots that stand at the moments of the rows.
func (s *scene) lookAtMoments(ctx context.Context, tx *db.Tx, rows []row) error {
	var moments []creators.Moment
	owner := map[creators.ProfileID]creators.Account{}
	for _, r := range rows {
		if ref, ok := s.refs[r.account.Key()]; ok {
			moments = append(moments, creators.Moment{Profile: ref.Profile, At: r.snapshot.TakenAt})
			owner[ref.Profile] = ref.Account
		}
	}
	found, err := creators.SnapshotsAt(ctx, tx, moments)
	for _, f := range found {
		s.memory.learn(momentFact(owner[f.Profile], f.TakenAt), f.Fingerprint())
	}
	return err
}

// lookAtShown reads what known profiles show, for rows that the file does not date.
func (s *scene) lookAtShown(ctx context.Context, tx *db.Tx, rows []row) error {
	var asked []creators.ProfileID
	for _, r := range rows {
		if ref, ok := s.refs[r.account.Key()]; ok && r.undated && r.post == nil {
			asked = append(asked, ref.Profile)
		}
	}
	by, err := creators.SnapshotsOf(ctx, tx, asked, "")
	s.shown = make(map[creators.ProfileID]creators.Snapshot, len(by))
	for profile, all := range by {
		s.shown[profile] = creators.Project(all)
	}
	return err
}

func (s *scene) lookAtPosts(ctx context.Context, tx *db.Tx, importID ID, rows []row) error {
	var keys []creators.PostKey
	owner := map[creators.PostKey]creators.Account{}
	for _, r := range rows {
		if ref, ok := s.refs[r.account.Key()]; ok && r.post != nil {
			key := creators.PostKey{Profile: ref.Profile, PlatformID: r.post.PlatformID}
			keys, owner[key] = append(keys, key), ref.Account
		}
	}
	var err error
	if s.posts, err = creators.KnownPosts(ctx, tx, keys); err != nil {
		return err
	}
	named := make(map[creators.PostID]creators.PostKey, len(s.posts))
	for key, post := range s.posts {
		named[post] = key
		s.memory.learn(postFact(owner[key], key.PlatformID), "")
	}
	counts, err := creators.CountsOfPosts(ctx, tx, slices.Collect(maps.Keys(named)))
	slices.SortFunc(counts, func(a, b creators.Post) int { return a.SeenAt.Compare(b.SeenAt) })
	for _, c := range counts {
		key := named[c.ID]
		s.memory.learn(countsFact(owner[key], key.PlatformID, c.SeenAt), c.Counts.Fingerprint())
		if c.Import != string(importID) {
			s.latest[c.ID] = c.Counts
		}
	}
	return err
}

// lookAtAlone finds who among the rows asked to be left alone.
func lookAtAlone(ctx context.Context, tx *db.Tx, o Options, rows []row) (alone creators.LeftAlone, err error) {
	_, any, err := db.One(ctx, tx, db.Column[int64], `select 1 from suppressions limit 1`)
	if err != nil || !any {
		return alone, err
	}
	if o.Box == nil {
		panic("BUG: an import cannot tell who asked to be left alone without the box")
	}
	emails, accounts := make([]string, len(rows)), make([]creators.Account, 0, len(rows))
	for i, r := range rows {
		emails[i] = r.contact.Email
		if accounts = append(accounts, r.account); r.owner != nil {
			accounts = append(accounts, *r.owner)
		}
	}
	return creators.Suppressed(ctx, tx, o.Box, o.Program, emails, accounts)
}
