package creators

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"rapport/internal/base/db"
	"rapport/internal/base/id"
)

// Post is one published post with its newest counts.
type Post struct {
	ID         PostID
	Profile    ProfileID
	PlatformID string // as the platform names it
	PostedAt   time.Time
	Caption    string
	Hashtags   string // separated by spaces, without #
	Seconds    *int64
	Sponsored  *bool  // the platform's own disclosure flag; nil is unknown
	URL        string // of the post's page, "" is unknown
	SeenAt     time.Time
	Counts     PostCounts
	Import     string
}

// PostCounts are a post's counts at a moment; nil is unknown or hidden, never zero.
type PostCounts struct {
	Views, Likes, Comments, Shares, Saves *int64
}

// Fingerprint is a text that is equal for equal counts.
func (c PostCounts) Fingerprint() string {
	b := make([]byte, 0, 40)
	for _, n := range []*int64{c.Views, c.Likes, c.Comments, c.Shares, c.Saves} {
		if n != nil {
			b = strconv.AppendInt(b, *n, 10)
		}
		b = append(b, ' ')
	}
	return string(b)
}

const postColumns = `p.id, p.profile_id, p.platform_id, p.posted_at, p.caption, p.hashtags, p.seconds, p.sponsored, p.url, c.seen_at, c.views, c.likes, c.comments,
	c.shares, c.saves, p.import_id`

func scanPost(s db.Scanner) (p Post, err error) {
	err = s.Scan(&p.ID, &p.Profile, &p.PlatformID, db.ScanTime(&p.PostedAt), &p.Caption, &p.Hashtags, &p.Seconds, &p.Sponsored, &p.URL, db.ScanTime(&p.SeenAt),
		&p.Counts.Views, &p.Counts.Likes, &p.Counts.Comments, &p.Counts.Shares, &p.Counts.Saves, &p.Import)
	return p, err
}

// newestCounts joins each post p with its newest counts c among those that visible imports brought.
func newestCounts(also string) string {
	return ` join post_counts c on c.post_id = p.id and c.seen_at = (select max(x.seen_at) from post_counts x
		where x.post_id = p.id and ` + visibleOr("x.import_id", also) + `)`
}

// ListPosts returns the posts of a profile, newest first.
func ListPosts(ctx context.Context, tx *db.Tx, profile ProfileID, page db.Page) ([]Post, string, error) {
	before, id, err := readCursor(page.After, int64(1<<62))
	if err != nil {
		return nil, "", err
	}
	posts, err := db.All(ctx, tx, scanPost, `select `+postColumns+` from posts p`+newestCounts("")+`
		where p.profile_id = $1 and `+visible("p.import_id")+` and (coalesce(p.posted_at, 0), p.id) < ($2, $3)
		order by coalesce(p.posted_at, 0) desc, p.id desc limit $4`, profile, before, id, page.Bound()+1)
	if err != nil {
		return nil, "", fmt.Errorf("cannot list the posts of profile %s: %w", profile, err)
	}
	posts, next := db.Cut(posts, page, func(p Post) string { return writeCursor(db.Micros(p.PostedAt), string(p.ID)) })
	return posts, next, nil
}

// AddPosts stores posts with their counts at SeenAt, and refreshes their profiles. Posts that are known get the counts only; counts of a moment
// that is there already stay as they are. It returns how many posts are new.
func AddPosts(ctx context.Context, tx *db.Tx, posts []Post) (taken int64, err error) {
	keys, profiles := make([]PostKey, len(posts)), make([]ProfileID, len(posts))
	for i, p := range posts {
		keys[i], profiles[i] = PostKey{p.Profile, p.PlatformID}, p.Profile
	}
	known, err := KnownPosts(ctx, tx, keys)
	if err != nil {
		return 0, err
	}
	var fresh, seenAgain []Post
	counted := slices.Clone(posts)
	for i := range counted {
		p := &counted[i]
		if _, ok := known[keys[i]]; !ok {
			known[keys[i]] = PostID(id.New(PostPrefix, tx.Now()))
			p.ID = known[keys[i]]
			fresh = append(fresh, *p)
		}
		if p.ID = known[keys[i]]; p.Sponsored != nil || p.URL != "" {
			seenAgain = append(seenAgain, *p)
		}
	}
	if taken, err = InsertPosts(ctx, tx, fresh); err != nil {
		return taken, err
	}
	if _, err := InsertPostCounts(ctx, tx, counted); err != nil {
		return taken, err
	}
	if err := learnOfPosts(ctx, tx, seenAgain); err != nil {
		return taken, err
	}
	if err := keepSponsors(ctx, tx, append(fresh, seenAgain...)); err != nil {
		return taken, err
	}
	slices.Sort(profiles)
	return taken, Refresh(ctx, tx, slices.Compact(profiles), "")
}

// keepSponsors stores the work for brands that the posts' captions tell of: public knowledge.
func keepSponsors(ctx context.Context, tx *db.Tx, posts []Post) error {
	var telling []Post
	var profiles []ProfileID
	for _, p := range posts {
		if len(SponsorsIn(p.Caption, p.Sponsored)) > 0 {
			telling, profiles = append(telling, p), append(profiles, p.Profile)
		}
	}
	owners, err := selectIn(ctx, tx, scanProfile, `select `+profileColumns+` from profiles where id in`, 1, ``, keysOf(profiles))
	if err != nil {
		return fmt.Errorf("cannot read the profiles of posts: %w", err)
	}
	of := make(map[ProfileID]ID, len(owners))
	for _, o := range owners {
		of[o.ID] = o.Creator
	}
	var work []Collaboration
	for _, p := range telling {
		work = append(work, CollaborationsIn(of[p.Profile], []Post{p})...)
	}
	_, err = AddCollaborations(ctx, tx, work)
	return err
}

// learnOfPosts stores what a platform tells later: that a post was marked as sponsored, and where it stands.
func learnOfPosts(ctx context.Context, tx *db.Tx, posts []Post) error {
	for _, p := range posts {
		if _, err := tx.Exec(ctx, `update posts set sponsored = coalesce($2, sponsored), url = case when $3 = '' then url else $3 end
			where id = $1`, p.ID, p.Sponsored, p.URL); err != nil {
			return fmt.Errorf("cannot refresh post %s: %w", p.ID, err)
		}
	}
	return nil
}

// InsertPosts writes posts that are new to their profiles, without their counts and without refreshing; the ids must be set.
func InsertPosts(ctx context.Context, tx *db.Tx, posts []Post) (taken int64, err error) {
	rows := make([][]any, len(posts))
	for i, p := range posts {
		rows[i] = []any{p.ID, p.Profile, p.PlatformID, db.MicrosOrNull(p.PostedAt), p.Caption, p.Hashtags, p.Seconds, p.Sponsored, p.URL, p.Import}
	}
	taken, err = insertRows(ctx, tx, `insert into posts (id, profile_id, platform_id, posted_at, caption, hashtags, seconds, sponsored, url, import_id)`, 10,
		`on conflict (profile_id, platform_id) do nothing`, rows)
	if err != nil {
		return taken, fmt.Errorf("cannot store posts: %w", err)
	}
	return taken, nil
}

// InsertPostCounts writes what posts counted at a moment; only ID, SeenAt, Counts and Import are looked at.
func InsertPostCounts(ctx context.Context, tx *db.Tx, posts []Post) (taken int64, err error) {
	rows := make([][]any, len(posts))
	for i, p := range posts {
		rows[i] = []any{p.ID, db.Micros(p.SeenAt), p.Counts.Views, p.Counts.Likes, p.Counts.Comments, p.Counts.Shares, p.Counts.Saves, p.Import}
	}
	taken, err = insertRows(ctx, tx, `insert into post_counts (post_id, seen_at, views, likes, comments, shares, saves, import_id)`, 8,
		`on conflict (post_id, seen_at) do nothing`, rows)
	if err != nil {
		return taken, fmt.Errorf("cannot store the counts of posts: %w", err)
	}
	return taken, nil
}

// PostKey names a post of a profile.
type PostKey struct {
	Profile    ProfileID
	PlatformID string
}

// KnownPosts returns those of the posts that are stored, hidden ones too.
func KnownPosts(ctx context.Context, tx *db.Tx, keys []PostKey) (map[PostKey]PostID, error) {
	args := make([][]any, len(keys))
	for i, k := range keys {
		args[i] = []any{string(k.Profile), k.PlatformID}
	}
	found, err := selectIn(ctx, tx, func(s db.Scanner) (p Post, err error) {
		err = s.Scan(&p.ID, &p.Profile, &p.PlatformID)
		return p, err
	}, `select id, profile_id, platform_id from posts where (profile_id, platform_id) in`, 2, ``, args)
	if err != nil {
		return nil, fmt.Errorf("cannot look posts up: %w", err)
	}
	known := make(map[PostKey]PostID, len(found))
	for _, p := range found {
		known[PostKey{p.Profile, p.PlatformID}] = p.ID
	}
	return known, nil
}

// CountsOfPosts returns all counts of the posts, hidden ones too.
func CountsOfPosts(ctx context.Context, tx *db.Tx, posts []PostID) ([]Post, error) {
	counts, err := selectIn(ctx, tx, func(s db.Scanner) (p Post, err error) {
		err = s.Scan(&p.ID, db.ScanTime(&p.SeenAt), &p.Counts.Views, &p.Counts.Likes, &p.Counts.Comments, &p.Counts.Shares, &p.Counts.Saves, &p.Import)
		return p, err
	}, `select post_id, seen_at, views, likes, comments, shares, saves, import_id from post_counts where post_id in`, 1, ``, keysOf(posts))
	if err != nil {
		return nil, fmt.Errorf("cannot read the counts of posts: %w", err)
	}
	return counts, nil
}
