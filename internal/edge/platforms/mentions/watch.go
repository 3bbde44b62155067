package mentions

import (
	"context"
	"fmt"
	"slices"
	"time"

	"rapport/internal/base/db"
	"rapport/internal/base/programs"
	"rapport/internal/edge/platforms"
	"rapport/internal/edge/platforms/instagram"
	"rapport/internal/edge/platforms/youtube"
	"rapport/internal/recruit/creators"
)

// Watch looks inside the platforms in the name of programs: by itself for who talks about them, and for people who search.
type Watch struct {
	Board *platforms.Switchboard
}

// youtube is YouTube as the switchboard has it: tests put another address into it.
func (w Watch) youtube() youtube.Platform {
	p, err := w.Board.Platform(creators.PlatformYouTube)
	if y, ok := p.(youtube.Platform); err == nil && ok {
		return y
	}
	return youtube.Platform{}
}

func (w Watch) instagram() instagram.Platform {
	p, err := w.Board.Platform(creators.PlatformInstagram)
	if i, ok := p.(instagram.Platform); err == nil && ok {
		return i
	}
	return instagram.Platform{}
}

// app is the operator's app, as a failure where there is none.
func (w Watch) app(ctx context.Context, d *db.DB, platform creators.Platform) (a platforms.App, err error) {
	err = d.View(ctx, func(tx *db.Tx) error {
		var found bool
		if a, found, err = platforms.FindApp(ctx, tx, w.Board.Box, platform); err == nil && !found {
			err = platforms.Failed(platforms.FailureAppRefused, platform, "no app is set up")
		}
		return err
	})
	return a, err
}

// reader asks YouTube with the operator's key.
func (w Watch) reader(ctx context.Context, d *db.DB) (*youtube.Reader, error) {
	app, err := w.app(ctx, d, creators.PlatformYouTube)
	if err == nil && app.APIKey == "" {
		err = platforms.Failed(platforms.FailureAppRefused, creators.PlatformYouTube, "no API key is set up")
	}
	if err != nil {
		return nil, err
	}
	return youtube.Open(ctx, w.Board.Caller(d, youtube.Rules(), app, ""), w.youtube().Endpoint, youtube.Access{Key: app.APIKey})
}

const (
	askEvery     = 24 * time.Hour
	mostDue      = 50
	firstLook    = 30 * 24 * time.Hour // how far back the first search for a word looks
	searchShare  = 2                   // words take at most one half of a day's units
	roundFor     = 4 * time.Minute
	videosOfWord = 50
)

// mayAsk reports whether the words may take one more search of what is left today. It is pure.
func mayAsk(q platforms.Quota) bool {
	return q.PausedUntil.IsZero() && q.Used+youtube.SearchCost+2*youtube.ListCost <= q.Limit/searchShare
}

// AskWords searches for the words that are due, the one that waited longest first, until the share of the day is used up. What stops the whole round
// (no key, limits, YouTube down) is asked once and not for every word.
func (w Watch) AskWords(ctx context.Context, d *db.DB) error {
	ctx, cancel := context.WithTimeout(ctx, roundFor)
	defer cancel()
	var due []Word
	err := d.View(ctx, func(tx *db.Tx) (err error) {
		due, err = db.All(ctx, tx, scanWord, `select `+wordColumns+` from mention_words where coalesce(asked_at, 0) <= $1 order by coalesce(asked_at, 0), word_folded, program_id limit $2`,
			db.Micros(tx.Now().Add(-askEvery)), mostDue)
		return err
	})
	if err != nil || len(due) == 0 {
		return err
	}
	for _, word := range due {
		ok, err := w.mayAskNow(ctx, d)
		if err != nil || !ok || ctx.Err() != nil {
			return err
		}
		goOn, err := w.askWord(ctx, d, word)
		if err != nil || !goOn {
			return err
		}
	}
	return nil
}

func (w Watch) mayAskNow(ctx context.Context, d *db.DB) (ok bool, err error) {
	app, err := w.app(ctx, d, creators.PlatformYouTube)
	if _, isFailure := platforms.FailureOf(err); isFailure {
		return false, nil // nothing is set up, which the page says
	}
	if err != nil {
		return false, err
	}
	err = d.View(ctx, func(tx *db.Tx) error {
		all, err := platforms.Quotas(ctx, tx, youtube.Rules(), app)
		i := slices.IndexFunc(all, func(q platforms.Quota) bool { return q.Name == youtube.Units })
		ok = err == nil && i >= 0 && mayAsk(all[i])
		return err
	})
	return ok, err
}

// askWord asks for one word. Only our own errors come back; goOn is false where the next word would meet the same.
func (w Watch) askWord(ctx context.Context, d *db.DB, word Word) (goOn bool, err error) {
	since := word.AskedAt.Add(-askEvery) // YouTube finds new videos with a delay
	if word.AskedAt.IsZero() {
		since = d.Now().Add(-firstLook)
	}
	found, err := w.lookFor(ctx, d, word, since)
	f, isFailure := platforms.FailureOf(err)
	if err != nil && !isFailure {
		return false, err
	}
	failure := ""
	if isFailure {
		if f.Kind == platforms.FailureQuotaSpent || f.Kind == platforms.FailureRateLimited {
			return false, nil // nothing was learnt of the word: it is due again when the limit is over
		}
		failure = string(f.Kind)
	}
	keep := context.WithoutCancel(ctx)
	err = d.Update(keep, func(tx *db.Tx) error { return noteAsked(keep, tx, word, found, failure) })
	return failure == "", err
}

// lookFor costs a search and two lists.
func (w Watch) lookFor(ctx context.Context, d *db.DB, word Word, since time.Time) (int, error) {
	r, err := w.reader(ctx, d)
	if err != nil {
		return 0, err
	}
	found, err := r.Search(ctx, youtube.Query{Words: word.Text, Finds: youtube.FindsVideos, Order: youtube.OrderDate, After: since})
	if err != nil || len(found.Hits) == 0 {
		return 0, err
	}
	channels, err := channelsOf(ctx, r, found.Hits)
	if err != nil {
		return 0, err
	}
	var seen []Seen
	for _, h := range found.Hits[:min(len(found.Hits), videosOfWord)] {
		if c, ok := channels[h.Channel]; ok {
			seen = append(seen, Seen{Account: c.Account(), AccountID: c.ID, Name: c.Title, Kind: KindKeyword, Evidence: h.Video, URL: h.URL(),
				Excerpt: h.Title + " " + h.About, Word: word.Text, About: word.About, Source: youtube.Source, PostedAt: h.Published})
		}
	}
	arrived, err := w.storeAll(ctx, d, word.Program, seen)
	if err != nil || arrived.Prospects == 0 {
		return arrived.New + arrived.Prospects, err
	}
	return arrived.New + arrived.Prospects, w.keepChannels(ctx, d, r, seen, channels)
}

func channelsOf(ctx context.Context, r *youtube.Reader, hits []youtube.Hit) (map[string]youtube.Channel, error) {
	var ids []string
	for _, h := range hits {
		if !slices.Contains(ids, h.Channel) {
			ids = append(ids, h.Channel)
		}
	}
	all, err := r.Channels(ctx, ids)
	by := make(map[string]youtube.Channel, len(all))
	for _, c := range all {
		by[c.ID] = c
	}
	return by, err
}

// storeAll stores what was found in short transactions.
func (w Watch) storeAll(ctx context.Context, d *db.DB, program programs.ID, seen []Seen) (all Arrived, err error) {
	const chunk = 10
	for part := range slices.Chunk(seen, chunk) {
		var a Arrived
		err := d.Update(ctx, func(tx *db.Tx) (err error) { a, err = Store(ctx, tx, w.Board.Box, program, part); return err })
		if err != nil {
			return all, err
		}
		all.New, all.Prospects, all.Again = all.New+a.New, all.Prospects+a.Prospects, all.Again+a.Again
		all.LeftAlone, all.Unclear, all.IDs = all.LeftAlone+a.LeftAlone, all.Unclear+a.Unclear, append(all.IDs, a.IDs...)
	}
	return all, nil
}

// keepChannels stores what channels show, and the videos that were found, for those that are creators here.
func (w Watch) keepChannels(ctx context.Context, d *db.DB, r *youtube.Reader, seen []Seen, channels map[string]youtube.Channel) error {
	profiles, err := profilesOf(ctx, d, seen)
	if err != nil {
		return err
	}
	var ids []string
	for _, s := range seen {
		if _, ok := profiles[s.Account.Key()]; ok {
			ids = append(ids, s.Evidence)
		}
	}
	videos, err := r.Videos(ctx, ids, false)
	if err != nil {
		return err
	}
	for _, c := range channels {
		profile, ok := profiles[c.Account().Key()]
		if !ok {
			continue
		}
		got := factsOf(c)
		for _, v := range videos {
			if v.Channel == c.ID {
				got.Posts = append(got.Posts, v.Post())
			}
		}
		if err := w.Board.StorePublic(ctx, d, youtube.Rules(), profile, got); err != nil {
			return err
		}
	}
	return nil
}

func factsOf(c youtube.Channel) platforms.Fetched {
	return platforms.Fetched{Identity: platforms.Identity{Account: c.ID, Handle: c.Account().Handle, DisplayName: c.Title}, Counts: c.Counts(), Details: c.Details()}
}

// profilesOf are the profiles of those accounts that are known here.
func profilesOf(ctx context.Context, d *db.DB, seen []Seen) (map[creators.Account]creators.ProfileID, error) {
	by := map[creators.Account]creators.ProfileID{}
	var accounts []creators.Account
	for _, s := range seen {
		accounts = append(accounts, s.Account)
	}
	err := d.View(ctx, func(tx *db.Tx) error {
		refs, err := creators.Known(ctx, tx, accounts)
		for key, ref := range refs {
			if !ref.Hidden {
				by[key] = ref.Profile
			}
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("cannot look accounts up: %w", err)
	}
	return by, nil
}
