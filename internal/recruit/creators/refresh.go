package creators

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"rapport/internal/base/db"
)

const (
	// A profile is made of its newest snapshots only: two years of daily ones.
	snapshotsLooked = 750
	// Rates are taken over the last thirty posts, as HypeAuditor does for TikTok.
	postsLooked = 30
)

const snapshotColumns = `s.profile_id, s.taken_at, s.source, s.followers, s.following, s.posts_total, s.likes_total, s.engagement_avg,
	s.authentic_engagement_avg, s.views_avg, s.likes_avg, s.comments_avg, s.shares_avg, s.audience_country, s.details, s.import_id`

func scanSnapshot(row db.Scanner) (s Snapshot, err error) {
	var details string
	c, a := &s.Counts, &s.Averages
	if err = row.Scan(&s.Profile, db.ScanTime(&s.TakenAt), &s.Source, &c.Followers, &c.Following, &c.Posts, &c.Likes, &a.Engagement,
		&a.AuthenticEngagement, &a.Views, &a.Likes, &a.Comments, &a.Shares, &s.AudienceCountry, &details, &s.Import); err != nil {
		return s, err
	}
	s.Details, err = detailsOf(details)
	return s, err
}

// ListSnapshots returns what a profile showed over time, newest first.
func ListSnapshots(ctx context.Context, tx *db.Tx, profile ProfileID, page db.Page) ([]Snapshot, string, error) {
	before, source, err := readCursor(page.After, int64(1<<62))
	if err != nil {
		return nil, "", err
	}
	all, err := db.All(ctx, tx, scanSnapshot, `select `+snapshotColumns+` from snapshots s where s.profile_id = $1 and `+visible("s.import_id")+`
		and (s.taken_at, s.source) < ($2, $3) order by s.taken_at desc, s.source desc limit $4`, profile, before, source, page.Bound()+1)
	if err != nil {
		return nil, "", fmt.Errorf("cannot list the snapshots of profile %s: %w", profile, err)
	}
	all, next := db.Cut(all, page, func(s Snapshot) string { return writeCursor(db.Micros(s.TakenAt), s.Source) })
	return all, next, nil
}

// SnapshotsOf returns the newest snapshots of each profile that are visible or belong to the import also.
func SnapshotsOf(ctx context.Context, tx *db.Tx, profiles []ProfileID, also string) (map[ProfileID][]Snapshot, error) {
	all, err := selectIn(ctx, tx, scanSnapshot, `select `+snapshotColumns+` from (select s.*, row_number() over
		(partition by s.profile_id order by s.taken_at desc) as n from snapshots s where `+visibleOr("s.import_id", also)+` and s.profile_id in`, 1,
		fmt.Sprintf(`) s where s.n <= %d`, snapshotsLooked), keysOf(profiles))
	if err != nil {
		return nil, fmt.Errorf("cannot read snapshots: %w", err)
	}
	by := make(map[ProfileID][]Snapshot, len(profiles))
	for _, s := range all {
		by[s.Profile] = append(by[s.Profile], s)
	}
	return by, nil
}

// Moment is a profile at a time.
type Moment struct {
	Profile ProfileID
	At      time.Time
}

// SnapshotsAt returns the imported snapshots of the moments, hidden ones too.
func SnapshotsAt(ctx context.Context, tx *db.Tx, moments []Moment) ([]Snapshot, error) {
	keys := make([][]any, len(moments))
	for i, m := range moments {
		keys[i] = []any{string(m.Profile), db.Micros(m.At)}
	}
	found, err := selectIn(ctx, tx, scanSnapshot, `select `+snapshotColumns+` from snapshots s where s.source = '`+SourceImport+`'
		and (s.profile_id, s.taken_at) in`, 2, ``, keys)
	if err != nil {
		return nil, fmt.Errorf("cannot look snapshots up: %w", err)
	}
	return found, nil
}

// AddSnapshot writes what a profile showed and refreshes the profile. A snapshot of the same moment and source is replaced.
func AddSnapshot(ctx context.Context, tx *db.Tx, s Snapshot) error {
	if err := s.Counts.Check(); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `delete from snapshots where profile_id = $1 and taken_at = $2 and source = $3`, s.Profile, db.Micros(s.TakenAt), s.Source); err != nil {
		return fmt.Errorf("cannot replace a snapshot: %w", err)
	}
	if _, err := AddSnapshots(ctx, tx, []Snapshot{s}); err != nil {
		return err
	}
	return Refresh(ctx, tx, []ProfileID{s.Profile}, "")
}

// AddSnapshots writes snapshots without refreshing their profiles; those of a moment and source that is there already are left out.
func AddSnapshots(ctx context.Context, tx *db.Tx, all []Snapshot) (taken int64, err error) {
	rows := make([][]any, len(all))
	for i, s := range all {
		c, a := s.Counts, s.Averages
		rows[i] = []any{
			s.Profile, db.Micros(s.TakenAt), s.Source, c.Followers, c.Following, c.Posts, c.Likes, a.Engagement, a.AuthenticEngagement,
			a.Views, a.Likes, a.Comments, a.Shares, s.AudienceCountry, s.Details.text(), s.Import,
		}
	}
	taken, err = insertRows(ctx, tx, `insert into snapshots (profile_id, taken_at, source, followers, following, posts_total, likes_total,
		engagement_avg, authentic_engagement_avg, views_avg, likes_avg, comments_avg, shares_avg, audience_country, details, import_id)`, 16,
		`on conflict (profile_id, taken_at, source) do nothing`, rows)
	if err != nil {
		return taken, fmt.Errorf("cannot store snapshots: %w", err)
	}
	return taken, nil
}

// Refresh makes the profiles' rows anew from their snapshots and posts, and their creators from the profiles. Beside what is visible it counts
// what belongs to the import also: an import at work makes its own profiles complete before anybody sees them.
func Refresh(ctx context.Context, tx *db.Tx, profiles []ProfileID, also string) error {
	snapshots, err := SnapshotsOf(ctx, tx, profiles, also)
	if err != nil {
		return err
	}
	posts, err := newestPosts(ctx, tx, profiles, also)
	if err != nil {
		return err
	}
	rows, err := selectIn(ctx, tx, scanProfile, `select `+profileColumns+` from profiles where id in`, 1, ``, keysOf(profiles))
	if err != nil {
		return fmt.Errorf("cannot read profiles: %w", err)
	}
	touched := make([]ID, 0, len(rows))
	for _, p := range rows {
		p.show(Project(snapshots[p.ID]), posts[p.ID])
		if err := saveProfile(ctx, tx, p); err != nil {
			return err
		}
		touched = append(touched, p.Creator)
	}
	return refreshCreators(ctx, tx, touched, also)
}

// show puts the projection of its snapshots on the profile.
func (p *Profile) show(s Snapshot, posts []PostCounts) {
	d := s.Details
	p.Followers, p.Following, p.Posts, p.Likes = s.Counts.Followers, s.Counts.Following, s.Counts.Posts, s.Counts.Likes
	p.DisplayName, p.Bio, p.Country, p.Language, p.Category = d.DisplayName, d.Bio, d.Country, d.Language, d.Category
	p.Verified = d.Verified != nil && *d.Verified
	p.URL, p.CountedAt, p.Tier = d.URL, s.TakenAt, tierOf(s.Counts.Followers)
	if p.URL == "" {
		p.URL = Account{p.Platform, p.Handle}.URL()
	}
	p.EngagementPPM, p.Formula = nil, ""
	if rate, ok := RateOf(p.Platform, p.Followers, s.Averages, posts); ok {
		p.EngagementPPM, p.Formula = &rate.PPM, rate.Formula
	}
}

// newestPosts returns the newest counts of the last posts of each profile.
func newestPosts(ctx context.Context, tx *db.Tx, profiles []ProfileID, also string) (map[ProfileID][]PostCounts, error) {
	last, err := selectIn(ctx, tx, scanPost, `select `+postColumns+` from (select q.*, row_number() over
		(partition by q.profile_id order by coalesce(q.posted_at, 0) desc, q.id desc) as n from posts q where `+visibleOr("q.import_id", also)+`
		and q.profile_id in`, 1, fmt.Sprintf(`) p %s where p.n <= %d`, newestCounts(also), postsLooked), keysOf(profiles))
	if err != nil {
		return nil, fmt.Errorf("cannot read posts: %w", err)
	}
	by := make(map[ProfileID][]PostCounts)
	for _, p := range last {
		by[p.Profile] = append(by[p.Profile], p.Counts)
	}
	return by, nil
}

func saveProfile(ctx context.Context, tx *db.Tx, p Profile) error {
	_, err := tx.Exec(ctx, `update profiles set url = $2, display_name = $3, bio = $4, country = $5, language = $6, category = $7, verified = $8,
		followers = $9, following = $10, posts_total = $11, likes_total = $12, tier = $13, engagement_ppm = $14, engagement_formula = $15,
		counted_at = $16, updated_at = $17 where id = $1`,
		p.ID, p.URL, p.DisplayName, p.Bio, p.Country, p.Language, p.Category, p.Verified,
		p.Followers, p.Following, p.Posts, p.Likes, p.Tier, p.EngagementPPM, p.Formula, db.MicrosOrNull(p.CountedAt), db.Micros(tx.Now()))
	if err != nil {
		return fmt.Errorf("cannot refresh profile %s: %w", p.ID, err)
	}
	return nil
}

// refreshCreators makes tier, followers, country, language and search text of creators anew from their profiles.
func refreshCreators(ctx context.Context, tx *db.Tx, ids []ID, also string) error {
	slices.Sort(ids)
	found, err := selectIn(ctx, tx, scanChosen, `select c.id, c.name, coalesce(c.main_profile_id, '') from creators c where c.id in`, 1, ``,
		keysOf(slices.Compact(ids)))
	if err != nil {
		return fmt.Errorf("cannot read creators: %w", err)
	}
	slices.SortFunc(found, func(a, b Creator) int { return strings.Compare(string(a.ID), string(b.ID)) })
	found = slices.CompactFunc(found, func(a, b Creator) bool { return a.ID == b.ID })
	if err := attachProfiles(ctx, tx, found, also); err != nil {
		return err
	}
	for _, c := range found {
		c.derive()
		if _, err := tx.Exec(ctx, `update creators set tier = $2, followers = $3, country = $4, language = $5, search = $6, updated_at = $7 where id = $1`,
			c.ID, c.Tier, c.Followers, c.Country, c.Language, c.searchText(), db.Micros(tx.Now())); err != nil {
			return fmt.Errorf("cannot refresh creator %s: %w", c.ID, err)
		}
	}
	return nil
}

func scanChosen(s db.Scanner) (c Creator, err error) {
	err = s.Scan(&c.ID, &c.Name, &c.Main)
	return c, err
}

// derive takes tier, followers, country and language from the profiles, the main one first.
func (c *Creator) derive() {
	c.Tier, c.Followers, c.Country, c.Language = TierUnknown, nil, "", ""
	for i, p := range c.Profiles {
		if i == 0 {
			c.Tier, c.Followers = p.Tier, p.Followers
		}
		if c.Country == "" {
			c.Country = p.Country
		}
		if c.Language == "" {
			c.Language = p.Language
		}
	}
}

// searchText is what a search looks through: the folded name and handles, a line each, cut so that it fits into an index.
func (c *Creator) searchText() string {
	lines := []string{sortKey(c.Name)}
	for _, p := range c.Profiles {
		lines = append(lines, Fold(p.Handle))
	}
	slices.Sort(lines[1:])
	return cut(strings.Join(slices.Compact(lines), "\n"), 1500)
}
