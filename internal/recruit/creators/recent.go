package creators

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"rapport/internal/base/db"
)

// RecentPosts returns the newest posts of each profile with their newest counts, the newest first, at most so many of each.
func RecentPosts(ctx context.Context, tx *db.Tx, profiles []ProfileID, most int) (map[ProfileID][]Post, error) {
	// Only ids are put in order by the engine: carrying captions through its sorting costs a third of the whole.
	found, err := selectIn(ctx, tx, scanPost, `select `+postColumns+` from (select q.id, row_number() over
		(partition by q.profile_id order by coalesce(q.posted_at, 0) desc, q.id desc) as n from posts q where `+visible("q.import_id")+`
		and q.profile_id in`, 1, fmt.Sprintf(`) r join posts p on p.id = r.id %s where r.n <= %d`, newestCounts(""), most), keysOf(profiles))
	if err != nil {
		return nil, fmt.Errorf("cannot read recent posts: %w", err)
	}
	by, seen := make(map[ProfileID][]Post, len(profiles)), make(map[PostID]bool, len(found))
	for _, p := range found { // a block is filled up by repeating keys, which an engine may answer twice
		if !seen[p.ID] {
			seen[p.ID], by[p.Profile] = true, append(by[p.Profile], p)
		}
	}
	for _, posts := range by {
		slices.SortFunc(posts, newestFirst)
	}
	return by, nil
}

// newestFirst orders posts by their day, those without one last.
func newestFirst(a, b Post) int {
	return cmp.Or(b.PostedAt.Compare(a.PostedAt), strings.Compare(string(b.ID), string(a.ID)))
}

// FindPosts returns those of the posts that exist, with their newest counts: the evidence of tags and collaborations.
func FindPosts(ctx context.Context, tx *db.Tx, posts []PostID) (map[PostID]Post, error) {
	found, err := selectIn(ctx, tx, scanPost, `select `+postColumns+` from posts p `+newestCounts("")+` where `+visible("p.import_id")+` and p.id in`, 1, ``,
		keysOf(posts))
	if err != nil {
		return nil, fmt.Errorf("cannot read posts: %w", err)
	}
	by := make(map[PostID]Post, len(found))
	for _, p := range found {
		by[p.ID] = p
	}
	return by, nil
}
