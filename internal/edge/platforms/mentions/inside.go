package mentions

import (
	"context"
	"regexp"
	"slices"
	"time"

	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/programs"
	"rapport/internal/edge/platforms"
	"rapport/internal/edge/platforms/instagram"
	"rapport/internal/edge/platforms/youtube"
	"rapport/internal/recruit/creators"
)

// KeptYouTube is the answer to a search of the last day, which costs nothing.
func (w Watch) KeptYouTube(ctx context.Context, d *db.DB, q youtube.Query) (Page, bool, error) {
	q, err := q.Check()
	if err != nil {
		return Page{}, false, err
	}
	return answer[Page](ctx, d, creators.PlatformYouTube, q.Key())
}

// SearchYouTube costs a search and a list, or nothing where the same was asked within a day.
func (w Watch) SearchYouTube(ctx context.Context, d *db.DB, q youtube.Query) (Page, error) {
	q, err := q.Check()
	if err != nil {
		return Page{}, err
	}
	if kept, found, err := w.KeptYouTube(ctx, d, q); err != nil || found {
		return kept, err
	}
	r, err := w.reader(ctx, d)
	if err != nil {
		return Page{}, err
	}
	found, err := r.Search(ctx, q)
	if err != nil {
		return Page{}, err
	}
	page := Page{Next: found.Next, At: d.Now()}
	if len(found.Hits) > 0 {
		channels, err := channelsOf(ctx, r, found.Hits)
		if err != nil {
			return page, err
		}
		page.Cards = cardsOf(found.Hits, channels)
	}
	return page, keepAnswer(ctx, d, creators.PlatformYouTube, q.Key(), page)
}

// cardsOf shows each channel once, by its first video.
func cardsOf(hits []youtube.Hit, channels map[string]youtube.Channel) []Card {
	var all []Card
	for _, h := range hits {
		c, ok := channels[h.Channel]
		if !ok || slices.ContainsFunc(all, func(other Card) bool { return other.AccountID == c.ID }) {
			continue
		}
		all = append(all, Card{Account: c.Account(), AccountID: c.ID, Name: c.Title, About: cut(c.About, longestExcerpt), Country: c.Country, Followers: c.Subscribers,
			Evidence: h.Video, URL: h.URL(), Title: h.Title, PostedAt: h.Published})
	}
	return all
}

var (
	channelID = regexp.MustCompile(`^UC[A-Za-z0-9_-]{22}$`)
	videoID   = regexp.MustCompile(`^[A-Za-z0-9_-]{1,20}$`)
)

// AddChannel makes a prospect of a channel that a person chose, with the video that showed it. It reads the channel anew: two units at most.
func (w Watch) AddChannel(ctx context.Context, d *db.DB, program programs.ID, channel, video string) (Arrived, error) {
	if !channelID.MatchString(channel) || video != "" && !videoID.MatchString(video) {
		return Arrived{}, fault.Invalid("Choose one of the channels that were found.").In("account")
	}
	r, err := w.reader(ctx, d)
	if err != nil {
		return Arrived{}, err
	}
	found, err := r.Channels(ctx, []string{channel})
	if err != nil {
		return Arrived{}, err
	}
	if len(found) == 0 {
		return Arrived{}, platforms.Failed(platforms.FailureAccountGone, creators.PlatformYouTube, "no such channel")
	}
	c := found[0]
	s := Seen{Account: c.Account(), AccountID: c.ID, Name: c.Title, Kind: KindSearch, Evidence: channel, URL: "https://www.youtube.com/channel/" + channel, Excerpt: c.About,
		Source: youtube.Source, PostedAt: time.Time{}}
	if video != "" {
		videos, err := r.Videos(ctx, []string{video}, false)
		if err != nil {
			return Arrived{}, err
		}
		if len(videos) == 1 && videos[0].Channel == channel {
			v := videos[0]
			s.Evidence, s.URL, s.Excerpt, s.PostedAt = v.ID, v.Post().URL, v.Title, v.Published
		}
	}
	arrived, err := w.storeAll(ctx, d, program, []Seen{s})
	if err != nil || arrived.LeftAlone > 0 || arrived.Unclear > 0 {
		return arrived, err
	}
	if arrived.Again > 0 {
		return arrived, w.again(ctx, d, program, s)
	}
	return arrived, w.keepChannels(ctx, d, r, []Seen{s}, map[string]youtube.Channel{c.ID: c})
}

// again adds an account whose evidence was found before and waits, since a person chose it now.
func (w Watch) again(ctx context.Context, d *db.DB, program programs.ID, s Seen) error {
	return d.Update(ctx, func(tx *db.Tx) error {
		m, found, err := db.One(ctx, tx, scan, `select `+columns+` from mentions where program_id = $1 and platform = $2 and handle_folded = $3 and evidence = $4`,
			program, s.Account.Platform, s.Account.Key().Handle, s.Evidence)
		if err != nil || !found {
			return err
		}
		_, err = Add(ctx, tx, w.Board.Box, program, m.ID, "")
		return err
	})
}

// brand is the program's account, ready to ask.
func (w Watch) brand(ctx context.Context, d *db.DB, program programs.ID) (b Brand, c instagram.Client, err error) {
	var found bool
	err = d.View(ctx, func(tx *db.Tx) (err error) { b, found, err = FindBrand(ctx, tx, program); return err })
	if err != nil {
		return b, c, err
	}
	if !found || !b.Works() {
		return b, c, errNoBrand
	}
	c, err = w.client(ctx, d, b)
	return b, c, err
}

// noteBrand writes down that the brand's token was refused while a person searched, so that the page says so and nobody asks in vain.
func (w Watch) noteBrand(ctx context.Context, d *db.DB, b Brand, err error) error {
	f, ok := platforms.FailureOf(err)
	if !ok || !f.Kind.Lasting() {
		return err
	}
	keep := context.WithoutCancel(ctx)
	if noteErr := d.Update(keep, func(tx *db.Tx) error {
		return settleBrand(keep, tx, b, platforms.Decide(b.connection(), instagram.Rules(), f, tx.Now()), f)
	}); noteErr != nil {
		return noteErr
	}
	return err
}

func wishKey(b Brand, wish instagram.Wish) string {
	return "marketplace " + b.Account + " " + wish.Key()
}

// KeptInstagram is the answer to a marketplace search of the last day.
func (w Watch) KeptInstagram(ctx context.Context, d *db.DB, program programs.ID, wish instagram.Wish) (Page, bool, error) {
	wish, err := wish.Check()
	if err != nil {
		return Page{}, false, err
	}
	var b Brand
	found := false
	err = d.View(ctx, func(tx *db.Tx) (err error) { b, found, err = FindBrand(ctx, tx, program); return err })
	if err != nil || !found {
		return Page{}, false, err
	}
	return answer[Page](ctx, d, creators.PlatformInstagram, wishKey(b, wish))
}

// SearchInstagram asks Meta's creator marketplace: one call of 240 an hour.
func (w Watch) SearchInstagram(ctx context.Context, d *db.DB, program programs.ID, wish instagram.Wish) (Page, error) {
	wish, err := wish.Check()
	if err != nil {
		return Page{}, err
	}
	if kept, found, err := w.KeptInstagram(ctx, d, program, wish); err != nil || found {
		return kept, err
	}
	b, c, err := w.brand(ctx, d, program)
	if err != nil {
		return Page{}, err
	}
	all, next, err := c.Search(ctx, wish)
	if err != nil {
		return Page{}, w.noteBrand(ctx, d, b, err)
	}
	page := Page{Next: next, At: d.Now()}
	for _, found := range all {
		details := found.Details()
		page.Cards = append(page.Cards, Card{Account: creators.Account{Platform: creators.PlatformInstagram, Handle: found.Username}, AccountID: found.ID, Name: found.Username,
			About: cut(found.Biography, longestExcerpt), Country: details.Country, URL: details.URL})
	}
	return page, keepAnswer(ctx, d, creators.PlatformInstagram, wishKey(b, wish), page)
}

// AddAccount makes a prospect of an Instagram account that a person chose or named. Business discovery tells what it shows: one call.
func (w Watch) AddAccount(ctx context.Context, d *db.DB, program programs.ID, handle string) (Arrived, error) {
	account, err := creators.ParseAccount(creators.PlatformInstagram, handle)
	if err != nil {
		return Arrived{}, err
	}
	b, c, err := w.brand(ctx, d, program)
	if err != nil {
		return Arrived{}, err
	}
	a, found, err := c.Discover(ctx, account.Handle, postsAtFirst)
	if err != nil {
		return Arrived{}, w.noteBrand(ctx, d, b, err)
	}
	if !found {
		return Arrived{}, fault.Invalid("Instagram shows no professional account of that name. Personal accounts can be added by hand, and tell more once they connect.").In("account")
	}
	s := Seen{Account: account, AccountID: a.ID, Name: a.Name, Kind: KindSearch, Evidence: "account " + a.ID, URL: account.URL(), Excerpt: a.Biography, Source: instagram.Source}
	arrived, err := w.storeAll(ctx, d, program, []Seen{s})
	if err != nil || arrived.LeftAlone > 0 || arrived.Unclear > 0 {
		return arrived, err
	}
	if arrived.Again > 0 {
		if err := w.again(ctx, d, program, s); err != nil {
			return arrived, err
		}
	}
	return arrived, w.keepAccount(ctx, d, account, a)
}
