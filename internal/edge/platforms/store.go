package platforms

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"rapport/internal/base/db"
	"rapport/internal/base/programs"
	"rapport/internal/recruit/creators"
)

const (
	postsChunk      = 50 // in one write transaction
	longestCaption  = 5000
	mostHashtags    = 60
	longestHashtag  = 100
	commentsPurpose = "comment author"
)

// store writes what a connection brought. Its origin stands at every row, so that it can be told from what others know and deleted alone.
func (s *Switchboard) store(ctx context.Context, d *db.DB, h *held, r Rules, got Fetched) error {
	if got.IsEmpty() {
		return nil
	}
	return s.write(context.WithoutCancel(ctx), d, target{profile: h.Profile, program: h.Program, origin: h.Origin(), rules: r, mine: h.still}, got)
}

// StorePublic writes what a platform shows to everybody of a profile. The origin is the platform's source ("youtube_api"), and it is refreshed or
// deleted within Rules.Keep as well.
func (s *Switchboard) StorePublic(ctx context.Context, d *db.DB, r Rules, profile creators.ProfileID, got Fetched) error {
	if got.IsEmpty() {
		return nil
	}
	return s.write(ctx, d, target{profile: profile, origin: r.Source, rules: r, mine: func(context.Context, *db.Tx) error { return nil }}, got)
}

// target is where fetched data goes.
type target struct {
	profile creators.ProfileID
	program programs.ID // that the audience is shown to; "" is everybody
	origin  string
	rules   Rules
	mine    func(ctx context.Context, tx *db.Tx) error
}

func (s *Switchboard) write(ctx context.Context, d *db.DB, t target, got Fetched) error {
	at := got.TakenAt
	if at.IsZero() {
		at = d.Now()
	}
	err := t.update(ctx, d, func(tx *db.Tx) error { return t.figures(ctx, tx, got, at) })
	if err != nil {
		return err
	}
	got.Posts = got.Posts[:min(len(got.Posts), 1000)]
	for chunk := range slices.Chunk(got.Posts, postsChunk) {
		if err := t.update(ctx, d, func(tx *db.Tx) error { return t.posts(ctx, tx, chunk, at) }); err != nil {
			return err
		}
	}
	if len(got.Comments) == 0 {
		return nil
	}
	return t.update(ctx, d, func(tx *db.Tx) error { return s.comments(ctx, tx, t, got.Comments, at) })
}

func (t target) update(ctx context.Context, d *db.DB, f func(tx *db.Tx) error) error {
	return d.Update(ctx, func(tx *db.Tx) error {
		if err := t.mine(ctx, tx); err != nil {
			return err
		}
		return f(tx)
	})
}

func (t target) figures(ctx context.Context, tx *db.Tx, got Fetched, at time.Time) error {
	if err := got.Counts.Check(); err != nil {
		return Failed(FailureNonsense, t.rules.Name, "counts that cannot be")
	}
	snapshot := creators.Snapshot{
		Profile: t.profile, TakenAt: at, Source: t.rules.Source, Counts: got.Counts, Averages: got.Averages, Details: clean(got.Details), Import: t.origin,
	}
	if !snapshot.IsEmpty() {
		if err := creators.AddSnapshot(ctx, tx, snapshot); err != nil {
			return err
		}
	}
	if err := t.audience(ctx, tx, got.Audience, at); err != nil {
		return err
	}
	if err := t.insights(ctx, tx, got.Insights, at); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `insert into platform_holdings (profile_id, origin, platform, fetched_at) values ($1, $2, $3, $4)
		on conflict (profile_id, origin) do update set fetched_at = excluded.fetched_at`, t.profile, t.origin, t.rules.Name, db.Micros(at))
	if err != nil {
		return fmt.Errorf("cannot note what is held of profile %s: %w", t.profile, err)
	}
	return nil
}

func (t target) audience(ctx context.Context, tx *db.Tx, shares []Slice, at time.Time) error {
	if len(shares) == 0 {
		return nil
	}
	a := creators.Audience{Profile: t.profile, Program: t.program, TakenAt: at, Source: t.rules.Source, Import: t.origin}
	for _, s := range shares {
		a.Slices = append(a.Slices, creators.Slice{Dimension: creators.Dimension(s.Dimension), Key: s.Key, ShareBP: s.ShareBP})
	}
	if _, err := a.Check(); err != nil {
		return Failed(FailureNonsense, t.rules.Name, "shares of an audience that cannot be")
	}
	return creators.SetAudience(ctx, tx, a)
}

func (t target) posts(ctx context.Context, tx *db.Tx, posts []creators.Post, at time.Time) error {
	ready := make([]creators.Post, 0, len(posts))
	for _, p := range posts {
		if p.PlatformID == "" || len(p.PlatformID) > longestHashtag {
			continue // a post without a name of its own cannot be told from another
		}
		p.Profile, p.SeenAt, p.Import = t.profile, at, t.origin
		if p.Caption = cutText(p.Caption, longestCaption); p.Hashtags == "" {
			p.Hashtags = Hashtags(p.Caption)
		}
		p.URL = cutText(p.URL, creators.LongestURL)
		ready = append(ready, p)
	}
	_, err := creators.AddPosts(ctx, tx, ready)
	return err
}

// comments are stored with their author as a keyed hash: enough to see that one person wrote them all, not who it is.
func (s *Switchboard) comments(ctx context.Context, tx *db.Tx, t target, all []Comment, at time.Time) error {
	keys := make([]creators.PostKey, len(all))
	for i, c := range all {
		keys[i] = creators.PostKey{Profile: t.profile, PlatformID: c.Post}
	}
	posts, err := creators.KnownPosts(ctx, tx, keys)
	if err != nil {
		return err
	}
	var ready []creators.Comment
	for i, c := range all {
		if post, ok := posts[keys[i]]; ok && c.ID != "" {
			ready = append(ready, creators.Comment{
				Post: post, PlatformID: c.ID, At: c.At, Text: cutText(c.Text, longestCaption), Author: string(s.Box.MAC(commentsPurpose, []byte(t.rules.Name), []byte(c.Author))),
				SeenAt: at,
			})
		}
	}
	return creators.AddComments(ctx, tx, ready)
}

// clean cuts what a platform says of a profile to what may be stored.
func clean(d creators.Details) creators.Details {
	d.URL, d.DisplayName, d.Bio = cutText(d.URL, creators.LongestURL), cutText(d.DisplayName, creators.LongestName), cutText(d.Bio, creators.LongestBio)
	d.Category, d.Subcategory = cutText(d.Category, creators.LongestText), cutText(d.Subcategory, creators.LongestText)
	d.Country, d.Language = creators.Country(cutText(d.Country, creators.LongestText)), creators.Language(cutText(d.Language, creators.LongestText))
	return d
}

// cutText makes text that may be stored: UTF-8 without NUL, at most so many characters.
func cutText(text string, most int) string {
	text = strings.ReplaceAll(strings.ToValidUTF8(text, ""), "\x00", "")
	if utf8.RuneCountInString(text) > most {
		text = string([]rune(text)[:most])
	}
	return text
}

// Hashtags are the words behind # in a caption, in its order, each once, without #.
func Hashtags(caption string) string {
	var tags []string
	for _, part := range strings.Split(caption, "#")[1:] {
		end := strings.IndexFunc(part, func(r rune) bool {
			return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) && r != '_'
		})
		if end >= 0 {
			part = part[:end]
		}
		if part != "" && len(part) <= longestHashtag && len(tags) < mostHashtags && !slices.Contains(tags, part) {
			tags = append(tags, part)
		}
	}
	return strings.Join(tags, " ")
}
