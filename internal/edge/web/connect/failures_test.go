package connect_test

import (
	"bytes"
	"context"
	"fmt"
	"html"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/db/dbtest"
	"rapport/internal/edge/edgetest"
	"rapport/internal/edge/platforms"
	"rapport/internal/edge/platforms/instagram"
	"rapport/internal/edge/platforms/pinterest"
	"rapport/internal/edge/platforms/youtube"
	"rapport/internal/recruit/creators"
)

// side is a world in which Mira connected one platform that was read once.
type side struct {
	*world
	name    creators.Platform
	foreign *foreign // nil: TikTok has a server of its own
	log     bytes.Buffer
}

func newSide(t *testing.T, name creators.Platform) *side {
	t.Helper()
	s := &side{world: newWorld(t, dbtest.New(t, db.EngineSQLite)), name: name}
	s.board.Log = slog.New(slog.NewTextHandler(&s.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	app := platforms.App{Platform: name, ClientID: "client", ClientSecret: hush + "app-secret"}
	if name == "tiktok" {
		app.ClientID, app.ClientSecret = edgetest.TikTokClient, edgetest.TikTokSecret
	} else {
		s.foreign = newForeign(t, name, s.d.Now)
	}
	for i, p := range s.board.Platforms {
		switch p.Rules().Name {
		case name:
			s.board.Platforms[i] = s.platform(p)
		default:
		}
	}
	s.do(func(ctx context.Context, tx *db.Tx) error { return platforms.SetApp(ctx, tx, s.box, app) })
	return s
}

func (s *side) platform(usual platforms.Platform) platforms.Platform {
	switch s.name {
	case "youtube":
		return youtube.Platform{Endpoint: s.foreign.URL + "/", TokenHost: s.foreign.URL}
	case "instagram":
		return instagram.Platform{Host: s.foreign.URL}
	case "pinterest":
		return pinterest.Platform{API: s.foreign.URL}
	default:
		return usual
	}
}

var leaves = regexp.MustCompile(`href="(https://[^"]*[?&;]state=[^"]*)"`)

// leave presses "Connect" and is what the platform is sent.
func (s *side) leave() (address string, q url.Values) {
	s.Helper()
	answer := s.ask(s.creator, "POST", s.portal()+"/accounts/"+string(s.name))
	found := leaves.FindStringSubmatch(answer.Body.String())
	if found == nil {
		s.Fatalf("%d: there is no way to %s: %s", answer.Code, s.name, answer.text)
	}
	address = html.UnescapeString(found[1])
	u, err := url.Parse(address)
	if err != nil {
		s.Fatal(err)
	}
	return address, u.Query()
}

// code is what the platform gives for a consent.
func (s *side) code(address string, q url.Values) string {
	if s.foreign == nil {
		code, _ := s.tiktok.Consent(address)
		return code
	}
	s.foreign.mu.Lock()
	defer s.foreign.mu.Unlock()
	s.foreign.challenge = q.Get("code_challenge")
	return hush + "code"
}

func (s *side) back(session string, q url.Values) page {
	return s.ask(session, "GET", "/connect/"+string(s.name)+"/callback?"+q.Encode())
}

func (s *side) connect() {
	s.Helper()
	address, q := s.leave()
	if answer := s.back(s.creator, url.Values{"code": {s.code(address, q)}, "state": {q.Get("state")}}); answer.Code != http.StatusSeeOther {
		s.Fatalf("%d: %s", answer.Code, answer.text)
	}
	s.work()
	if known := s.figures(); !strings.HasPrefix(known, "8213 followers") || strings.HasSuffix(known, " 0 posts") {
		s.Fatalf("%s; %s", known, s.ask(s.creator, "GET", s.portal()+"/accounts").text)
	}
}

// figures are what is kept of the account.
func (s *side) figures() (text string) {
	s.Helper()
	s.do(func(ctx context.Context, tx *db.Tx) error {
		return tx.QueryRow(ctx, `select coalesce(max(cast(followers as text)), 'no') || ' followers, ' || cast((select count(*) from posts) as text) || ' posts'
			from profiles where platform = $1`, s.name).Scan(&text)
	})
	return text
}

// moods are how TikTok's own server is told the same.
var moods = map[feeling]edgetest.Mood{feelsWell: edgetest.MoodWell, feelsLimited: edgetest.MoodLimited, feelsGone: edgetest.MoodGone, feelsDown: edgetest.MoodDown,
	feelsHTML: edgetest.MoodHTML, feelsCut: edgetest.MoodTruncated, feelsNull: edgetest.MoodNull, feelsEmpty: edgetest.MoodErrorIn200}

func (s *side) feel(as feeling) {
	switch {
	case s.foreign != nil:
		s.foreign.feel(as)
		return
	case as == feelsRevoked:
		s.tiktok.TakeBack()
	default:
		s.tiktok.Feel(moods[as], 0)
	}
	s.tiktok.Calls()
}

func (s *side) asked() int {
	if s.foreign != nil {
		return len(s.foreign.asked())
	}
	return len(s.tiktok.Calls())
}

// days lets the refresh job come round every half hour.
func (s *side) days(n int) {
	s.Helper()
	for range n * 48 {
		s.work()
		s.later(30 * time.Minute)
	}
	if err := s.board.Expire(s.Context(), s.d); err != nil {
		s.Fatal(err)
	}
	s.signIn()
}

// says looks at both pages: the line about the account there, and what can be pressed.
func (s *side) says() (desk, portal page) {
	desk, portal = s.ask(s.owner, "GET", s.desk()+"/platforms"), s.ask(s.creator, "GET", s.portal()+"/accounts")
	s.keepsQuiet(desk, portal)
	return desk, portal
}

// keepsQuiet fails where a secret of the platform or the app stands in a page, in the log or in what is written down of a failure.
func (s *side) keepsQuiet(pages ...page) {
	s.Helper()
	var all strings.Builder
	for _, p := range pages {
		all.WriteString(p.Body.String() + fmt.Sprint(p.Header()))
	}
	all.Write(s.log.Bytes())
	s.do(func(ctx context.Context, tx *db.Tx) error {
		var text string
		err := tx.QueryRow(ctx, `select coalesce(max(failure_detail), '') || coalesce(max(notes), '') || coalesce(max(page_cursor), '') from platform_connections`).Scan(&text)
		all.WriteString(text)
		return err
	})
	for _, secret := range []string{hush, "act.1", "rft.1", edgetest.TikTokSecret} {
		if at := strings.Index(all.String(), secret); at >= 0 {
			s.Errorf("a secret got out: …%s", all.String()[max(0, at-80):min(all.Len(), at+40)])
		}
	}
}

// fate is what a failure must come to.
type fate struct {
	feels  feeling
	wait   time.Duration // before the platform feels so
	desk   []string      // sentences, with the platform's name as {p}
	portal []string
	again  bool // the creator is offered to connect again
	now    bool // the desk is offered to read now
	calls  calls
}

// calls are the most that three days may cost, in the order YouTube, Instagram, TikTok, Pinterest. Eight tries are all that a failure gets; a limit is
// asked again once in each time that the platform named: a day, an hour, half an hour and an hour. YouTube's and TikTok's tokens are renewed beside it.
type calls [4]int

var order = [4]creators.Platform{"youtube", "instagram", "tiktok", "pinterest"}

var fates = map[string]fate{
	"a rate limit": {feels: feelsLimited, calls: calls{8, 73, 148, 73},
		desk:   []string{"{p} asked us to wait, so we ask nothing until then. What we know is kept", "We try again on", "Connected"},
		portal: []string{"{p} asked us to wait, so we ask nothing until then. What we know is kept", "We try again on"}, now: true},
	"a platform that is down": {feels: feelsDown, calls: calls{8, 24, 25, 24},
		desk:   []string{"{p} does not answer (HTTP 503). What we know is kept", "It failed 8 times in a row, so we stopped trying. Look at it, then press “Read now”."},
		portal: []string{"{p} does not answer (HTTP 503). What we know is kept", "told the program’s people. Nothing is needed from you."}, now: true},
	"a web page for an answer": {feels: feelsHTML, calls: calls{16, 8, 9, 8},
		desk:   []string{"{p} sent something that cannot be read: ", "What we know is kept", "press “Read now”"},
		portal: []string{"{p} sent something that cannot be read: ", "What we know is kept", "Nothing is needed from you."}, now: true},
	"an answer cut off": {feels: feelsCut, calls: calls{16, 8, 9, 8}, desk: []string{"{p} sent something that cannot be read: "}, portal: []string{"What we know is kept"}, now: true},
	"null":              {feels: feelsNull, calls: calls{16, 8, 9, 8}, desk: []string{"{p} sent something that cannot be read: "}, portal: []string{"What we know is kept"}, now: true},
	"an empty answer":   {feels: feelsEmpty, calls: calls{16, 8, 9, 8}, desk: []string{"{p} sent something that cannot be read: "}, portal: []string{"What we know is kept"}, now: true},
	"an expired token": {wait: 400 * day,
		desk:   []string{"The permission ended on", "Only the creator can give it again: we wrote to them on", "Ended"},
		portal: []string{"The permission ended on", "connect the account once more. If you do not want to, do nothing."}, again: true},
	"a consent taken back": {feels: feelsRevoked, calls: calls{2, 1, 2, 2},
		desk:   []string{"The permission was taken back at {p}", "What came through it is deleted on", "Only the creator can give it again: we wrote to them on", "Taken back"},
		portal: []string{"The permission was taken back at {p}", "is deleted on", "unless the account is connected again", "connect the account once more"}, again: true},
	"an account deleted": {feels: feelsGone, calls: calls{2, 1, 1, 1},
		desk:   []string{"{p} said on", "does not exist any more", "What came through it is deleted on", "There is nothing to do.", "Account gone"},
		portal: []string{"{p} said on", "does not exist any more", "is deleted on", "There is nothing to do."}},
}

// TestEachFailureOfEachPlatformIsSaidCostsLittleAndLosesNothing lets every platform fail in every way for three days.
func TestEachFailureOfEachPlatformIsSaidCostsLittleAndLosesNothing(t *testing.T) {
	for i, name := range order {
		for what, f := range fates {
			t.Run(string(name)+"/"+what, func(t *testing.T) {
				s := newSide(t, name)
				s.connect()
				before := s.figures()
				s.later(f.wait)
				s.due()
				s.feel(f.feels)
				s.days(3)
				if asked := s.asked(); asked > f.calls[i] || asked == 0 && f.calls[i] > 0 {
					t.Errorf("asked %d times in three days, at most %d are needed", asked, f.calls[i])
				}
				s.holds(f)
				s.keeps(f, before)
				s.recovers(f, before)
			})
		}
	}
}

// keeps looks at the figures of before: three days lose none, but where the platform's terms say so.
func (s *side) keeps(f fate, before string) {
	s.Helper()
	if s.name == "youtube" && f.wait > 30*day {
		before = nothing // the terms: thirty days without being read again
	}
	if now := s.figures(); now != before {
		s.Errorf("%s are left of %s", now, before)
	}
}

const nothing = "no followers, 0 posts"

// recovers lets the platform be well again: what can be pressed brings everything back.
func (s *side) recovers(f fate, before string) {
	s.Helper()
	s.feel(feelsWell)
	switch {
	case f.again:
		s.connect()
	case f.now:
		s.later(day) // nothing is sent before a limit's end, whoever asks
		s.signIn()
		s.ask(s.owner, "POST", s.desk()+"/platforms/accounts/"+s.account()+"/refresh").sees(s.T, http.StatusSeeOther)
	default:
		return
	}
	desk, portal := s.says()
	for _, p := range []page{desk, portal} {
		if p.sees(s.T, http.StatusOK, "Connected"); strings.Contains(p.text, "We try again") || strings.Contains(p.text, "nothing more is read") {
			s.Errorf("what is mended is still said: %s", p.text)
		}
	}
	if now := s.figures(); now != before {
		s.Errorf("%s came back of %s", now, before)
	}
}

func (s *side) account() (id string) {
	s.Helper()
	s.do(func(ctx context.Context, tx *db.Tx) error {
		return tx.QueryRow(ctx, `select id from platform_connections`).Scan(&id)
	})
	return id
}

// TestWhatTheTermsAskToBeDeletedIsDeletedInTimeAndThePageSaysSo: seven days after a consent or an account went, and YouTube's thirty days.
func TestWhatTheTermsAskToBeDeletedIsDeletedInTimeAndThePageSaysSo(t *testing.T) {
	for _, name := range order {
		for feels, says := range map[feeling]string{feelsRevoked: "What came through it was deleted after", feelsGone: "What came through it was deleted after", feelsDown: "What we know is kept"} {
			t.Run(string(name)+"/"+string(feels), func(t *testing.T) {
				s := newSide(t, name)
				s.connect()
				left := s.figures()
				s.due()
				s.feel(feels)
				s.days(1)
				s.later(31 * day)
				s.days(1)
				if name == "youtube" && feels == feelsDown {
					says = "What we knew was deleted after"
				}
				if feels != feelsDown || name == "youtube" {
					left = nothing
				}
				desk, portal := s.says()
				desk.sees(t, http.StatusOK, says)
				portal.sees(t, http.StatusOK, says)
				if now := s.figures(); now != left {
					t.Errorf("%s, not %s", now, left)
				}
			})
		}
	}
}

// TestATokenThatEndsIsRenewedOnceAndNothingIsSaid: an access token's end is no failure.
func TestATokenThatEndsIsRenewedOnceAndNothingIsSaid(t *testing.T) {
	for _, name := range []creators.Platform{"youtube", "instagram", "pinterest"} {
		t.Run(string(name), func(t *testing.T) {
			s := newSide(t, name)
			s.connect()
			s.later(map[creators.Platform]time.Duration{"youtube": 2 * time.Hour, "instagram": 45 * day, "pinterest": 25 * day}[name])
			s.due()
			s.feel(feelsWell)
			s.work()
			renewed := 0
			for _, path := range s.foreign.asked() {
				if strings.HasSuffix(path, "token") {
					renewed++
				}
			}
			s.signIn()
			desk, portal := s.says()
			desk.sees(t, http.StatusOK, "Connected")
			if portal.sees(t, http.StatusOK, "Connected"); renewed != 1 || strings.Contains(portal.text, "permission ended") {
				t.Errorf("renewed %d times: %s", renewed, portal.text)
			}
		})
	}
}

// TestAConsentBelongsToItsSessionItsPlatformAndOneUse lets somebody bring back what is not theirs, or is spent.
func TestAConsentBelongsToItsSessionItsPlatformAndOneUse(t *testing.T) {
	for _, name := range order {
		t.Run(string(name), func(t *testing.T) {
			s := newSide(t, name)
			address, q := s.leave()
			given := url.Values{"code": {s.code(address, q)}, "state": {q.Get("state")}}
			if name == "youtube" && (q.Get("code_challenge_method") != "S256" || len(q.Get("code_challenge")) != 43) {
				t.Errorf("YouTube is asked without PKCE: %v", q)
			}
			for who, session := range map[string]string{"the desk": s.owner, "the creator in another browser": s.session(s.users[2], auth.PurposeCreator)} {
				if answer := s.back(session, given); answer.Code != http.StatusUnprocessableEntity {
					t.Errorf("%s came back with it: %d", who, answer.Code)
				}
			}
			for _, other := range order {
				if other != name {
					s.ask(s.creator, "GET", "/connect/"+string(other)+"/callback?"+given.Encode()).sees(t, http.StatusUnprocessableEntity, "begun in another browser")
				}
			}
			if answer := s.ask("", "GET", "/connect/"+string(name)+"/callback?"+given.Encode()); answer.Code < 300 || strings.HasSuffix(answer.Header().Get("Location"), "/accounts") {
				t.Errorf("nobody came back with it: %d", answer.Code)
			}
			var made atomic.Int32
			var done sync.WaitGroup
			for range 4 { // the same answer four times at once
				done.Go(func() {
					if s.back(s.creator, given).Code == http.StatusSeeOther {
						made.Add(1)
					}
				})
			}
			done.Wait()
			if again := s.back(s.creator, given); made.Load() != 1 || again.Code != http.StatusUnprocessableEntity {
				t.Errorf("%d connections were made of one consent, and %d after", made.Load(), again.Code)
			}
			s.keepsQuiet()
		})
	}
}

func (s *side) holds(f fate) {
	s.Helper()
	title := map[creators.Platform]string{"youtube": "YouTube", "instagram": "Instagram", "tiktok": "TikTok", "pinterest": "Pinterest"}[s.name]
	desk, portal := s.says()
	for i, p := range []page{desk, portal} {
		for _, text := range [][]string{f.desk, f.portal}[i] {
			p.sees(s.T, http.StatusOK, strings.ReplaceAll(text, "{p}", title))
		}
	}
	if offered := strings.Contains(portal.text, "Connect again"); offered != f.again {
		s.Errorf("connecting again is offered: %v", offered)
	}
	if offered := strings.Contains(desk.Body.String(), "/refresh\""); offered != f.now {
		s.Errorf("reading now is offered: %v", offered)
	}
}
