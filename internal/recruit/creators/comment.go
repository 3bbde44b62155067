package creators

import (
	"context"
	"fmt"
	"time"

	"rapport/internal/base/db"
)

// Comment is what somebody wrote under a post. Who it was is kept as a keyed hash: enough to tell that two are by one, too little to tell by whom.
type Comment struct {
	Post       PostID
	PlatformID string
	At         time.Time
	Text       string
	Author     string // bytes of the keyed hash
	SeenAt     time.Time
}

const longestComment = 2000

// AddComments stores comments; those that are known are seen anew, since platforms allow them to be kept for some time after that only.
func AddComments(ctx context.Context, tx *db.Tx, all []Comment) error {
	rows := make([][]any, len(all))
	for i, c := range all {
		rows[i] = []any{c.Post, c.PlatformID, db.MicrosOrNull(c.At), cut(c.Text, longestComment), []byte(c.Author), db.Micros(c.SeenAt)}
	}
	_, err := insertRows(ctx, tx, `insert into post_comments (post_id, platform_id, at, text, author, seen_at)`, 6,
		`on conflict (post_id, platform_id) do update set text = excluded.text, seen_at = excluded.seen_at`, rows)
	if err != nil {
		return fmt.Errorf("cannot store comments: %w", err)
	}
	return nil
}

// Comments returns the newest comments under each post, at most so many of each.
func Comments(ctx context.Context, tx *db.Tx, posts []PostID, most int) (map[PostID][]Comment, error) {
	found, err := selectIn(ctx, tx, func(s db.Scanner) (c Comment, err error) {
		var author []byte
		err = s.Scan(&c.Post, &c.PlatformID, db.ScanTime(&c.At), &c.Text, &author, db.ScanTime(&c.SeenAt))
		c.Author = string(author)
		return c, err
	}, `select q.post_id, q.platform_id, q.at, q.text, q.author, q.seen_at from (select c.*, row_number() over
		(partition by c.post_id order by coalesce(c.at, 0) desc, c.platform_id) as n from post_comments c where c.post_id in`, 1,
		fmt.Sprintf(`) q where q.n <= %d order by q.post_id, q.n`, most), keysOf(posts))
	if err != nil {
		return nil, fmt.Errorf("cannot read comments: %w", err)
	}
	return gather(found, func(c Comment) (PostID, Comment) { return c.Post, c }), nil
}

// DropComments removes comments of a profile that were last seen before a moment, at most so many, and returns how many.
func DropComments(ctx context.Context, tx *db.Tx, profile ProfileID, before time.Time, limit int) (int64, error) {
	gone, err := tx.Exec(ctx, `delete from post_comments where (post_id, platform_id) in (select c.post_id, c.platform_id from post_comments c
		join posts p on p.id = c.post_id where p.profile_id = $1 and c.seen_at < $2 limit $3)`, profile, db.Micros(before), limit)
	if err != nil {
		return 0, fmt.Errorf("cannot drop comments of profile %s: %w", profile, err)
	}
	return gone, nil
}
