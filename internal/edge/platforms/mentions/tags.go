package mentions

import (
	"context"
	"errors"
	"fmt"
	"time"

	"rapport/internal/base/db"
	"rapport/internal/base/programs"
	"rapport/internal/edge/platforms"
	"rapport/internal/edge/platforms/instagram"
	"rapport/internal/recruit/creators"
)

const (
	mostBrands   = 50
	pollEvery    = 6 * time.Hour
	mostTagPages = 4
	mostFacts    = 10 // accounts whose figures are read after one round
	mostNotes    = 50
	keepNotes    = 7 * 24 * time.Hour
)

// ReadTags asks for the posts that tag the brands whose turn it is.
func (w Watch) ReadTags(ctx context.Context, d *db.DB) error {
	ctx, cancel := context.WithTimeout(ctx, roundFor)
	defer cancel()
	var due []Brand
	err := d.View(ctx, func(tx *db.Tx) (err error) {
		due, err = db.All(ctx, tx, scanBrand, `select `+brandColumns+` from brand_accounts where next_at <= $1 and state in ('connected', 'failing') order by next_at limit $2`,
			db.Micros(tx.Now()), mostBrands)
		return err
	})
	if err != nil {
		return fmt.Errorf("cannot read which brands are due: %w", err)
	}
	for _, b := range due {
		if ctx.Err() != nil {
			return nil //nolint:nilerr // the round's time is over, which is no failure
		}
		if err := w.readTags(ctx, d, b); err != nil {
			return err
		}
	}
	return nil
}

// readTags works on one brand. What the platform did is written down, and stops nobody else's turn.
func (w Watch) readTags(ctx context.Context, d *db.DB, b Brand) error {
	err := w.tagsOf(ctx, d, b)
	f, isFailure := platforms.FailureOf(err)
	if err != nil && !isFailure {
		return err
	}
	keep := context.WithoutCancel(ctx)
	return d.Update(keep, func(tx *db.Tx) error {
		n := platforms.Decide(b.connection(), instagram.Rules(), f, tx.Now())
		if n.OK {
			n.NextAt = tx.Now().Add(pollEvery)
		}
		return settleBrand(keep, tx, b, n, f)
	})
}

// client asks in the name of a brand, with a token that is renewed while it still holds.
func (w Watch) client(ctx context.Context, d *db.DB, b Brand) (c instagram.Client, err error) {
	app, err := w.app(ctx, d, creators.PlatformInstagram)
	if err != nil {
		return c, err
	}
	t, err := b.token(w.Board.Box)
	if err != nil {
		return c, err
	}
	p, caller := w.instagram(), w.Board.Caller(d, instagram.Rules(), app, b.Account)
	left := t.AccessUntil.Sub(d.Now())
	if left <= 0 {
		return c, platforms.Failed(platforms.FailureTokenExpired, creators.PlatformInstagram, "the consent ended")
	}
	if left < instagram.Rules().Ahead {
		if t, err = w.renew(ctx, d, b, p, caller, app, t); err != nil {
			return c, err
		}
	}
	return instagram.Open(caller, app, t, p.Host), nil
}

func (w Watch) renew(ctx context.Context, d *db.DB, b Brand, p instagram.Platform, c platforms.Caller, app platforms.App, old platforms.Token) (platforms.Token, error) {
	t, err := p.RefreshToken(ctx, c, app, old)
	if err != nil {
		return old, err
	}
	t.Account, t.Scopes, t.Extra = old.Account, old.Scopes, old.Extra
	sealed, err := sealBrand(w.Board.Box, b.Program, t)
	if err != nil {
		return old, err
	}
	keep := context.WithoutCancel(ctx)
	return t, d.Update(keep, func(tx *db.Tx) error {
		_, err := tx.Exec(keep, `update brand_accounts set token = $3, access_until = $4 where program_id = $1 and account = $2`, b.Program, b.Account, sealed, db.MicrosOrNull(t.AccessUntil))
		return err
	})
}

// tagsOf reads pages until one brings nothing new.
func (w Watch) tagsOf(ctx context.Context, d *db.DB, b Brand) error {
	c, err := w.client(ctx, d, b)
	if err != nil {
		return err
	}
	after := ""
	for range mostTagPages {
		all, next, err := c.Tags(ctx, after)
		if err != nil {
			return err
		}
		var seen []Seen
		for _, m := range all {
			seen = append(seen, seenOf(m, KindTag))
		}
		arrived, err := w.storeAll(ctx, d, b.Program, seen)
		if err != nil {
			return err
		}
		if err := w.keepAccounts(ctx, d, c, b.Program, arrived.IDs); err != nil {
			return err
		}
		if after = next; after == "" || arrived.Again > 0 {
			return nil
		}
	}
	return nil
}

func seenOf(m instagram.Media, kind Kind) Seen {
	return Seen{Account: creators.Account{Platform: creators.PlatformInstagram, Handle: m.Username}, Name: m.Username, Kind: kind, Evidence: m.ID, URL: m.Post().URL,
		Excerpt: m.Caption, Source: instagram.Source, PostedAt: m.PostedAt()}
}

// keepAccounts reads what the first few of the new accounts show. Personal ones show nothing, and stay prospects without figures.
func (w Watch) keepAccounts(ctx context.Context, d *db.DB, c instagram.Client, program programs.ID, fresh []ID) error {
	for _, mention := range fresh[:min(len(fresh), mostFacts)] {
		var m Mention
		if err := d.View(ctx, func(tx *db.Tx) (err error) { m, err = Find(ctx, tx, program, mention); return err }); err != nil {
			return err
		}
		if m.State != StateProspect {
			continue
		}
		a, found, err := c.Discover(ctx, m.Account.Handle, postsAtFirst)
		if err != nil || !found {
			if f, ok := platforms.FailureOf(err); ok && (f.Kind == platforms.FailurePermissionMissing || f.Kind == platforms.FailureAppRefused) {
				return nil // the tags are there; figures come when the account connects
			}
			if err != nil {
				return err
			}
			continue
		}
		if err := w.keepAccount(ctx, d, m.Account, a); err != nil {
			return err
		}
	}
	return nil
}

const postsAtFirst = 25

func (w Watch) keepAccount(ctx context.Context, d *db.DB, account creators.Account, a instagram.Account) error {
	profiles, err := profilesOf(ctx, d, []Seen{{Account: account}})
	if err != nil {
		return err
	}
	profile, ok := profiles[account.Key()]
	if !ok {
		return nil
	}
	got := platforms.Fetched{Identity: platforms.Identity{Account: a.ID, Handle: a.Username, DisplayName: a.Name}, Counts: a.Counts(), Details: a.Details(), Posts: a.Posts()}
	return w.Board.StorePublic(ctx, d, instagram.Rules(), profile, got)
}

// TakeNotes keeps what a webhook told until ReadNotes comes round. Accounts that are no brand's here are let pass.
func TakeNotes(ctx context.Context, tx *db.Tx, all []instagram.Note) error {
	for _, n := range all {
		_, err := tx.Exec(ctx, `insert into mention_notes (account, media, comment, told_at) select $1, $2, $3, $4
			where exists (select 1 from brand_accounts where platform = 'instagram' and account = $1) on conflict do nothing`, n.Account, n.Media, n.Comment, db.Micros(tx.Now()))
		if err != nil {
			return fmt.Errorf("cannot keep what a webhook told: %w", err)
		}
	}
	return nil
}

// ReadNotes reads the posts and comments that webhooks told of, for every program whose brand was mentioned.
func (w Watch) ReadNotes(ctx context.Context, d *db.DB) error {
	ctx, cancel := context.WithTimeout(ctx, roundFor)
	defer cancel()
	var notes []instagram.Note
	err := d.View(ctx, func(tx *db.Tx) (err error) {
		notes, err = db.All(ctx, tx, func(s db.Scanner) (n instagram.Note, err error) {
			err = s.Scan(&n.Account, &n.Media, &n.Comment)
			return n, err
		},
			`select account, media, comment from mention_notes order by told_at, media limit $1`, mostNotes)
		return err
	})
	if err != nil {
		return fmt.Errorf("cannot read what webhooks told: %w", err)
	}
	for _, n := range notes {
		if err := w.readNote(ctx, d, n); err != nil {
			if f, ok := platforms.FailureOf(err); ok {
				return w.forgetOldNotes(ctx, d, f)
			}
			return err
		}
	}
	return nil
}

// forgetOldNotes lets go of what could not be read for a week. The failure itself stands at the brand's account, whose tags are read by the same token.
func (w Watch) forgetOldNotes(ctx context.Context, d *db.DB, f *platforms.Failure) error {
	if w.Board.Log != nil {
		w.Board.Log.WarnContext(ctx, "a mention could not be read", "error", f.Error())
	}
	return d.Update(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `delete from mention_notes where told_at < $1`, db.Micros(tx.Now().Add(-keepNotes)))
		return err
	})
}

func (w Watch) readNote(ctx context.Context, d *db.DB, n instagram.Note) error {
	var brands []Brand
	err := d.View(ctx, func(tx *db.Tx) (err error) {
		brands, err = db.All(ctx, tx, scanBrand, `select `+brandColumns+` from brand_accounts where platform = 'instagram' and account = $1 and state in ('connected', 'failing')
			limit $2`, n.Account, mostBrands)
		return err
	})
	if err != nil {
		return fmt.Errorf("cannot read whose account was mentioned: %w", err)
	}
	for _, b := range brands {
		if err := w.readNoteFor(ctx, d, b, n); err != nil {
			return err
		}
	}
	return d.Update(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `delete from mention_notes where account = $1 and media = $2 and comment = $3`, n.Account, n.Media, n.Comment)
		return err
	})
}

func (w Watch) readNoteFor(ctx context.Context, d *db.DB, b Brand, n instagram.Note) error {
	c, err := w.client(ctx, d, b)
	if err != nil {
		return err
	}
	m, found, err := c.Mentioned(ctx, n)
	if err != nil || !found {
		return err
	}
	arrived, err := w.storeAll(ctx, d, b.Program, []Seen{seenOf(m, KindMention)})
	return errors.Join(err, w.keepAccounts(ctx, d, c, b.Program, arrived.IDs))
}
