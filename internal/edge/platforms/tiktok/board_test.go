package tiktok_test

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"rapport/internal/base/db"
	"rapport/internal/base/db/dbtest"
	"rapport/internal/base/money"
	"rapport/internal/base/programs"
	"rapport/internal/base/secret"
	"rapport/internal/edge/edgetest"
	"rapport/internal/edge/platforms"
	"rapport/internal/edge/platforms/tiktok"
	"rapport/internal/recruit/creators"
)

// board is a switchboard with one program, one creator and TikTok.
type board struct {
	*testing.T
	*platforms.Switchboard
	d       *db.DB
	fake    *edgetest.TikTok
	asker   platforms.Asker
	session string
	told    []platforms.State
	alarms  int
}

func newBoard(t *testing.T, d *db.DB) *board {
	t.Helper()
	b := &board{T: t, d: d, fake: edgetest.NewTikTok(t, d.Now), session: "ses_one"}
	b.Switchboard = &platforms.Switchboard{
		Box: secret.New(bytes.Repeat([]byte{5}, secret.KeySize)), BaseURL: "https://rapport.example", Platforms: []platforms.Platform{tiktok.Platform{API: b.fake.URL}},
		Pace: time.Millisecond,
		Tell: func(_ context.Context, _ *db.Tx, c platforms.Connection) error {
			b.told = append(b.told, c.State)
			return nil
		},
		Alarm: func(context.Context, *db.Tx, platforms.Connection) error { b.alarms++; return nil },
	}
	b.update(func(tx *db.Tx) error {
		p, err := programs.Create(t.Context(), tx, programs.New{Name: "Fernwood", Currency: money.Currency("EUR")})
		if err != nil {
			return err
		}
		c, err := creators.Create(t.Context(), tx, creators.New{Name: "Mira", Profiles: []creators.NewProfile{{Platform: "instagram", Handle: "mira.makes"}}})
		if err != nil {
			return err
		}
		b.asker = platforms.Asker{Session: b.session, Program: p.ID, Partnership: "par_x", Creator: c.ID}
		return platforms.SetApp(t.Context(), tx, b.Box, platforms.App{Platform: "tiktok", ClientID: edgetest.TikTokClient, ClientSecret: edgetest.TikTokSecret})
	})
	return b
}

func (b *board) update(f func(tx *db.Tx) error) {
	b.Helper()
	if err := b.d.Update(b.Context(), f); err != nil {
		b.Fatal(err)
	}
}

func (b *board) consent(untick ...string) (platforms.Connection, error) {
	b.Helper()
	address, err := b.Begin(b.Context(), b.d, b.asker, "tiktok")
	if err != nil {
		b.Fatal(err)
	}
	code, state := b.fake.Consent(address, untick...)
	c, _, err := b.Finish(b.Context(), b.d, b.session, "tiktok", platforms.Callback{State: state, Code: code})
	return c, err
}

func (b *board) connect() platforms.Connection {
	b.Helper()
	c, err := b.consent()
	if err != nil {
		b.Fatal(err)
	}
	return c
}

func (b *board) refresh() {
	b.Helper()
	if err := b.Refresh(b.Context(), b.d); err != nil {
		b.Fatal(err)
	}
}

func (b *board) find(c platforms.Connection) (now platforms.Connection) {
	b.Helper()
	b.update(func(tx *db.Tx) (err error) { now, err = platforms.Find(b.Context(), tx, c.Program, c.ID); return err })
	return now
}

// known is what is stored of the profile: followers and the number of posts.
func (b *board) known(c platforms.Connection) string {
	b.Helper()
	var text string
	b.update(func(tx *db.Tx) error {
		who, err := creators.Find(b.Context(), tx, c.Creator)
		if err != nil {
			return err
		}
		posts, _, err := creators.ListPosts(b.Context(), tx, c.Profile, db.Page{Limit: 200})
		for _, p := range who.Profiles {
			if p.ID == c.Profile && p.Followers != nil {
				text = fmt.Sprintf("%d followers, ", *p.Followers)
			}
		}
		text += fmt.Sprintf("%d posts", len(posts))
		return err
	})
	return text
}

func (b *board) later(by time.Duration) { dbtest.Clock(b.d).Advance(by) }

func TestAConsentBringsTheProfileItsCountsAndItsPosts(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		b := newBoard(t, d)
		c := b.connect()
		b.refresh()
		now := b.find(c)
		if now.State != platforms.StateConnected || now.Handle != "mira.makes" || now.Account != "open-mira.makes" || now.LastOKAt.IsZero() || now.Failures != 0 {
			t.Errorf("%+v", now)
		}
		if known := b.known(c); known != "8213 followers, 47 posts" {
			t.Error(known)
		}
		calls := b.fake.Calls()
		if want := []string{"token authorization_code", "/v2/user/info/", "/v2/user/info/", "/v2/video/list/", "/v2/video/list/", "/v2/video/list/"}; !slices.Equal(calls, want) {
			t.Errorf("asked for %v", calls)
		}
		if b.refresh(); len(b.fake.Calls()) != 0 {
			t.Error("asked again before it was due")
		}
		b.later(26 * time.Hour)
		b.refresh()
		if calls := b.fake.Calls(); calls[0] != "token refresh_token" || !slices.Contains(calls, "/v2/video/list/") {
			t.Errorf("a day later %v", calls)
		}
	})
}

func TestTokensAreSealedAndNeverPrinted(t *testing.T) {
	b := newBoard(t, dbtest.New(t, db.EngineSQLite))
	c := b.connect()
	token, err := c.Token(b.Box)
	if err != nil || token.Access != "act.1" {
		t.Fatal(err)
	}
	if text := fmt.Sprintf("%v %+v %#v %s", token, token, token, []platforms.Token{token}); strings.Contains(text, "act.1") || strings.Contains(text, "rft.1") {
		t.Error(text)
	}
	var sealed []byte
	b.update(func(tx *db.Tx) error {
		return tx.QueryRow(t.Context(), `select token from platform_connections where id = $1`, c.ID).Scan(&sealed)
	})
	if bytes.Contains(sealed, []byte("act.1")) {
		t.Error("the token lies open in the database")
	}
	app := platforms.App{Platform: "tiktok", ClientSecret: "hush"}
	if strings.Contains(fmt.Sprintf("%v %+v %#v", app, app, app), "hush") {
		t.Error("an app prints its secret")
	}
}

// badDay is what a platform does, and what must be left of a connection that had read everything before.
type badDay struct {
	mood  edgetest.Mood
	state platforms.State
	kind  platforms.FailureKind
	most  int // calls in the hour after
}

var badDays = []badDay{
	{edgetest.MoodLimited, platforms.StateConnected, platforms.FailureRateLimited, 2}, // it said to come back after 30 minutes
	{edgetest.MoodHTML, platforms.StateFailing, platforms.FailureNonsense, 3},
	{edgetest.MoodTruncated, platforms.StateFailing, platforms.FailureNonsense, 3},
	{edgetest.MoodErrorIn200, platforms.StateFailing, platforms.FailureNonsense, 3},
	{edgetest.MoodNull, platforms.StateFailing, platforms.FailureNonsense, 3},
	{edgetest.MoodHuge, platforms.StateFailing, platforms.FailureNonsense, 3},
	{edgetest.MoodDown, platforms.StateFailing, platforms.FailureDown, 9},    // three tries each
	{edgetest.MoodHangUp, platforms.StateFailing, platforms.FailureDown, 10}, // Go itself asks once more over a new line
	{edgetest.MoodGone, platforms.StateGone, platforms.FailureAccountGone, 1},
}

func TestABadDayLosesNothingAndAsksLittle(t *testing.T) {
	for _, day := range badDays {
		t.Run(string(day.mood), func(t *testing.T) {
			b := newBoard(t, dbtest.New(t, db.EngineSQLite))
			c := b.connect()
			b.refresh()
			before := b.known(c)
			b.later(23 * time.Hour) // the token still lives
			b.update(func(tx *db.Tx) error {
				_, err := tx.Exec(t.Context(), `update platform_connections set next_at = 0 where id = $1`, c.ID)
				return err
			})
			b.fake.Calls()
			b.fake.Feel(day.mood, 0)
			display := 0
			for range 10 { // a job that comes round every five minutes
				b.refresh()
				for _, call := range b.fake.Calls() {
					if strings.HasPrefix(call, "/v2/") {
						display++
					}
				}
				b.later(5 * time.Minute)
			}
			now := b.find(c)
			if now.State != day.state || now.Kind != day.kind {
				t.Errorf("%s, %s (%s)", now.State, now.Kind, now.Detail)
			}
			if display > day.most || display == 0 {
				t.Errorf("asked %d times in 50 minutes, not 1 to %d", display, day.most)
			}
			if known := b.known(c); known != before {
				t.Errorf("%s of %s are left", known, before)
			}
		})
	}
}

func TestAFailureInTheMiddleKeepsWhatCameAndGoesOnThere(t *testing.T) {
	b := newBoard(t, dbtest.New(t, db.EngineSQLite))
	c := b.connect()
	b.fake.Feel(edgetest.MoodHTML, 2) // the profile and one page come
	b.refresh()
	if now, known := b.find(c), b.known(c); now.State != platforms.StateFailing || now.Cursor == "" || known != "8213 followers, 20 posts" {
		t.Errorf("%s, cursor %q, %s", now.State, now.Cursor, known)
	}
	cursor := b.find(c).Cursor
	b.fake.Feel(edgetest.MoodHTML, 0) // nothing at all comes
	b.later(20 * time.Minute)
	b.refresh()
	if now := b.find(c); now.Cursor != cursor || now.Failures != 2 {
		t.Errorf("after a failure at the beginning it goes on at %q, not %q", now.Cursor, cursor)
	}
	b.fake.Feel(edgetest.MoodWell, 0)
	b.later(35 * time.Minute)
	b.refresh()
	if now, known := b.find(c), b.known(c); now.State != platforms.StateConnected || now.Cursor != "" || now.Failures != 0 || known != "8213 followers, 47 posts" {
		t.Errorf("%s, cursor %q, %s", now.State, now.Cursor, known)
	}
}

func TestARefreshTokenIsSpentOnceHoweverManyWork(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		b := newBoard(t, d)
		c := b.connect()
		b.refresh()
		b.later(26 * time.Hour)
		b.fake.Calls()
		var done sync.WaitGroup
		for range 8 {
			done.Go(func() {
				if err := b.Refresh(context.WithoutCancel(t.Context()), d); err != nil {
					t.Error(err)
				}
			})
		}
		done.Wait()
		spent := 0
		for _, call := range b.fake.Calls() {
			if call == "token refresh_token" {
				spent++
			}
		}
		now := b.find(c)
		token, err := now.Token(b.Box)
		if spent != 1 || err != nil || token.Refresh != "rft.2" || now.State != platforms.StateConnected {
			t.Errorf("the refresh token was spent %d times, %s is kept, the connection is %s", spent, token.Refresh, now.State)
		}
	})
}

func TestConsentTakenBackAtThePlatformEndsItAndDeletesAfterTheGrace(t *testing.T) {
	b := newBoard(t, dbtest.New(t, db.EngineSQLite))
	c := b.connect()
	b.refresh()
	b.later(26 * time.Hour)
	b.fake.TakeBack()
	b.refresh()
	now := b.find(c)
	if now.State != platforms.StateRevoked || !now.NextAt.IsZero() || !slices.Equal(b.told, []platforms.State{platforms.StateRevoked}) {
		t.Errorf("%s, next %s, told %v", now.State, now.NextAt, b.told)
	}
	if _, err := now.Token(b.Box); err == nil {
		t.Error("a token that is worth nothing is kept")
	}
	if known := b.known(c); known != "8213 followers, 47 posts" {
		t.Errorf("at once %s are left", known)
	}
	b.later(platforms.Grace + time.Hour)
	if err := b.Expire(t.Context(), b.d); err != nil {
		t.Fatal(err)
	}
	if known := b.known(c); known != "0 posts" {
		t.Errorf("after the grace %s are left", known)
	}
}

func TestAConsentThatEndsAsksTheCreatorOnce(t *testing.T) {
	b := newBoard(t, dbtest.New(t, db.EngineSQLite))
	c := b.connect()
	b.refresh()
	b.later(366 * 24 * time.Hour)
	for range 3 {
		b.refresh()
		b.later(24 * time.Hour)
	}
	if now := b.find(c); now.State != platforms.StateExpired || !slices.Equal(b.told, []platforms.State{platforms.StateExpired}) {
		t.Errorf("%s, told %v", now.State, b.told)
	}
	c, err := b.consent()
	if now := b.find(c); err != nil || now.State != platforms.StateConnected {
		t.Errorf("connected again: %v, %s", err, now.State)
	}
}

func TestEightFailuresWaitForAPersonWhoCanTryAgain(t *testing.T) {
	b := newBoard(t, dbtest.New(t, db.EngineSQLite))
	c := b.connect()
	b.fake.Feel(edgetest.MoodDown, 0)
	for range 14 {
		b.refresh()
		b.later(25 * time.Hour)
	}
	now := b.find(c)
	if !now.Stuck() || b.alarms != 1 || now.Failures != 8 {
		t.Errorf("stuck %v, %d alarms, %d failures", now.Stuck(), b.alarms, now.Failures)
	}
	b.fake.Feel(edgetest.MoodWell, 0)
	if now, err := b.RefreshNow(t.Context(), b.d, c.Program, c.ID); err != nil || now.State != platforms.StateConnected {
		t.Errorf("%v, %s", err, now.State)
	}
}

func TestDisconnectingTellsThePlatformAndDeletesWhatItBrought(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		b := newBoard(t, d)
		c := b.connect()
		b.refresh()
		e, err := b.Disconnect(t.Context(), d, c.Program, c.Creator, c.ID, false)
		if err != nil || !e.Told || !e.Forgot || !b.fake.Revoked() {
			t.Errorf("%v: %+v, revoked %v", err, e, b.fake.Revoked())
		}
		if known := b.known(c); known != "0 posts" {
			t.Errorf("%s are left", known)
		}
		if now := b.find(c); now.State != platforms.StateEnded {
			t.Error(now.State)
		}
		if _, err := b.Disconnect(t.Context(), d, c.Program, "cre_another", c.ID, false); err == nil {
			t.Error("somebody else's connection was found")
		}
	})
}

func TestNoConnectionIsMadeOfAConsentThatIsNotOne(t *testing.T) {
	for name, c := range map[string]struct {
		try  func(b *board) error
		want platforms.Why
	}{
		"the creator said no": {func(b *board) error {
			address, err := b.Begin(b.Context(), b.d, b.asker, "tiktok")
			if err != nil {
				return err
			}
			_, state := b.fake.Consent(address)
			_, _, err = b.Finish(b.Context(), b.d, b.session, "tiktok", platforms.Callback{State: state, Error: "access_denied"})
			return err
		}, platforms.WhyDenied},
		"a made-up state": {func(b *board) error {
			_, _, err := b.Finish(b.Context(), b.d, b.session, "tiktok", platforms.Callback{State: "made-up", Code: "code-1"})
			return err
		}, platforms.WhyExpired},
		"a state used twice": {func(b *board) error {
			address, _ := b.Begin(b.Context(), b.d, b.asker, "tiktok")
			code, state := b.fake.Consent(address)
			if _, _, err := b.Finish(b.Context(), b.d, b.session, "tiktok", platforms.Callback{State: state, Code: code}); err != nil {
				return err
			}
			_, _, err := b.Finish(b.Context(), b.d, b.session, "tiktok", platforms.Callback{State: state, Code: code})
			return err
		}, platforms.WhyExpired},
		"another browser": {func(b *board) error {
			address, _ := b.Begin(b.Context(), b.d, b.asker, "tiktok")
			code, state := b.fake.Consent(address)
			_, _, err := b.Finish(b.Context(), b.d, "ses_other", "tiktok", platforms.Callback{State: state, Code: code})
			return err
		}, platforms.WhyExpired},
		"too late": {func(b *board) error {
			address, _ := b.Begin(b.Context(), b.d, b.asker, "tiktok")
			code, state := b.fake.Consent(address)
			b.later(16 * time.Minute)
			_, _, err := b.Finish(b.Context(), b.d, b.session, "tiktok", platforms.Callback{State: state, Code: code})
			return err
		}, platforms.WhyExpired},
		"the profile not ticked": {func(b *board) error { _, err := b.consent("user.info.profile"); return err }, platforms.WhyScopes},
		"a code that is spent": {func(b *board) error {
			address, _ := b.Begin(b.Context(), b.d, b.asker, "tiktok")
			_, state := b.fake.Consent(address)
			_, _, err := b.Finish(b.Context(), b.d, b.session, "tiktok", platforms.Callback{State: state, Code: "another"})
			return err
		}, platforms.WhyFailed},
		"another account than before": {func(b *board) error {
			b.asker.Connection = b.connect().ID
			b.fake.Rename("somebody.else")
			_, err := b.consent()
			return err
		}, platforms.WhyWrongAccount},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBoard(t, dbtest.New(t, db.EngineSQLite))
			err := c.try(b)
			r, ok := err.(*platforms.Refused) //nolint:errorlint // it is never wrapped
			if !ok || r.Why != c.want {
				t.Errorf("%v, not %s", err, c.want)
			}
		})
	}
}

func TestAnAccountKnownAsAnotherPersonsIsHandedToAPerson(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		b := newBoard(t, d)
		var other creators.Creator
		b.update(func(tx *db.Tx) (err error) {
			other, err = creators.Create(t.Context(), tx, creators.New{Name: "Not Mira", Profiles: []creators.NewProfile{{Platform: "tiktok", Handle: "Mira.Makes"}}})
			return err
		})
		for range 2 { // asking again notes it once
			_, err := b.consent()
			r, ok := err.(*platforms.Refused) //nolint:errorlint // it is never wrapped
			if !ok || r.Why != platforms.WhyTaken || !b.fake.Revoked() {
				t.Fatalf("%v, given back %v", err, b.fake.Revoked())
			}
		}
		b.update(func(tx *db.Tx) error {
			all, err := platforms.Conflicts(t.Context(), tx, b.asker.Program)
			if err != nil || len(all) != 1 || all[0].Creator != b.asker.Creator || all[0].Other != other.ID {
				t.Errorf("%v: %+v", err, all)
			}
			connections, _, err := platforms.List(t.Context(), tx, platforms.Filter{Program: b.asker.Program}, db.Page{})
			if len(connections) != 0 {
				t.Error("a connection was made all the same")
			}
			return err
		})
	})
}

func TestErasingAndMergingTakeConnectionsAlong(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		b := newBoard(t, d)
		c := b.connect()
		b.refresh()
		part := platforms.Private()
		var other creators.Creator
		b.update(func(tx *db.Tx) (err error) {
			if other, err = creators.Create(t.Context(), tx, creators.New{Name: "Keep", Profiles: []creators.NewProfile{{Platform: "pinterest", Handle: "keep"}}}); err != nil {
				return err
			}
			_, err = part.Merge(t.Context(), tx, other.ID, c.Creator, 100)
			return err
		})
		if now := b.find(c); now.Creator != other.ID {
			t.Errorf("after the merge it is %s's", now.Creator)
		}
		b.update(func(tx *db.Tx) error {
			text, err := part.Export(t.Context(), tx, other.ID, "")
			if err != nil || strings.Contains(fmt.Sprintf("%+v", text), "act.") || !strings.Contains(fmt.Sprintf("%+v", text), "mira.makes") {
				t.Errorf("%v: exported %+v", err, text)
			}
			if _, err := part.Erase(t.Context(), tx, other.ID, 100); err != nil {
				return err
			}
			var left int
			if err := tx.QueryRow(t.Context(), `select count(*) from platform_connections`).Scan(&left); err != nil || left != 0 {
				t.Errorf("%v: %d are left", err, left)
			}
			return nil
		})
	})
}

func TestFiguresOlderThanTheTermsAllowGo(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		b := newBoard(t, d)
		rules := platforms.Rules{Name: "youtube", Source: "youtube_api", Keep: 30 * 24 * time.Hour}
		b.Platforms = append(b.Platforms, keeps{tiktok.Platform{}, rules})
		var who creators.Creator
		b.update(func(tx *db.Tx) (err error) {
			who, err = creators.Create(t.Context(), tx, creators.New{Name: "Vee", Profiles: []creators.NewProfile{{Platform: "youtube", Handle: "vee.makes"}}})
			return err
		})
		c := platforms.Connection{Creator: who.ID, Profile: who.Main}
		seen := func(followers int64, post string) {
			got := platforms.Fetched{Counts: creators.Counts{Followers: &followers}, Posts: []creators.Post{{PlatformID: post, PostedAt: d.Now(), Counts: creators.PostCounts{Likes: &followers}}}}
			if err := b.StorePublic(t.Context(), d, rules, who.Main, got); err != nil {
				t.Fatal(err)
			}
		}
		seen(100, "old")
		b.later(20 * 24 * time.Hour)
		seen(200, "new")
		b.later(11 * 24 * time.Hour)
		if err := b.Expire(t.Context(), d); err != nil {
			t.Fatal(err)
		}
		if known := b.known(c); known != "200 followers, 1 posts" {
			t.Errorf("after 31 days %s", known)
		}
		b.later(20 * 24 * time.Hour)
		if err := b.Expire(t.Context(), d); err != nil {
			t.Fatal(err)
		}
		if known := b.known(c); known != "0 posts" {
			t.Errorf("31 days after the last look %s", known)
		}
	})
}

// keeps is a platform with other rules.
type keeps struct {
	platforms.Platform
	rules platforms.Rules
}

func (k keeps) Rules() platforms.Rules { return k.rules }
