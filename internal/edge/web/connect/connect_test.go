package connect_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"rapport/internal/base/db"
	"rapport/internal/base/db/dbtest"
	"rapport/internal/edge/edgetest"
	"rapport/internal/edge/platforms"
	"rapport/internal/recruit/creators"
)

func TestFromTheFirstAppToACreatorsNumbers(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.ask(w.owner, "GET", w.desk()+"/platforms").sees(t, http.StatusOK, "Not set up", "Nobody has connected an account yet", "TikTok", "YouTube", "30 days", "Pinterest", "Instagram")
		w.ask(w.creator, "GET", w.portal()+"/accounts").sees(t, http.StatusOK, "Nothing can be connected yet")
		w.ask(w.owner, "GET", w.desk()+"/settings/platforms").sees(t, http.StatusOK, base+"/connect/tiktok/callback", "Login Kit", "Record that we accepted them")
		w.setUp()
		w.ask(w.owner, "GET", w.desk()+"/settings/platforms").sees(t, http.StatusOK, "One is on file", edgetest.TikTokClient)
		if body := w.ask(w.owner, "GET", w.desk()+"/settings/platforms").Body.String(); strings.Contains(body, edgetest.TikTokSecret) {
			t.Error("the secret is shown again")
		}
		w.ask(w.creator, "GET", w.portal()+"/accounts").sees(t, http.StatusOK, "Connect TikTok", "What we read", "How long", "We cannot post")
		if answer := w.consent(given); answer.Header().Get("Location") != w.portal()+"/accounts" {
			t.Fatalf("%d: %s", answer.Code, answer.text)
		}
		w.work()
		w.ask(w.creator, "GET", w.portal()+"/accounts").sees(t, http.StatusOK, "@mira.makes", "Connected", "Disconnect")
		w.ask(w.owner, "GET", w.desk()+"/platforms").sees(t, http.StatusOK, "Mira Makes", "@mira.makes", "Connected", "598 of 600", "in this minute")
	})
}

// TestThePageSaysWhatHappened: for each bad day, what the merchant and the creator read.
func TestThePageSaysWhatHappened(t *testing.T) {
	for name, day := range map[string]struct {
		mood edgetest.Mood
		says []string
	}{
		"rate limit":          {edgetest.MoodLimited, []string{"TikTok asked us to wait", "We try again on"}},
		"down":                {edgetest.MoodDown, []string{"TikTok does not answer (HTTP 503). What we know is kept. We try again on"}},
		"hung up":             {edgetest.MoodHangUp, []string{"TikTok does not answer (EOF)"}},
		"HTML":                {edgetest.MoodHTML, []string{"cannot be read: a web page where data was asked for"}},
		"truncated JSON":      {edgetest.MoodTruncated, []string{"cannot be read: an answer that is no JSON"}},
		"an error in a 200":   {edgetest.MoodErrorIn200, []string{"cannot be read: something_new"}},
		"a huge body":         {edgetest.MoodHuge, []string{"cannot be read: an answer of more than 4 MB"}},
		"the account is gone": {edgetest.MoodGone, []string{"this account does not exist any more", "Account gone"}},
	} {
		t.Run(name, func(t *testing.T) {
			w := connected(t, dbtest.New(t, db.EngineSQLite))
			w.tiktok.Feel(day.mood, 0)
			w.due()
			w.work()
			w.ask(w.owner, "GET", w.desk()+"/platforms").sees(t, http.StatusOK, day.says...)
			w.ask(w.creator, "GET", w.portal()+"/accounts").sees(t, http.StatusOK, day.says...)
			if w.known() != "8213 47" {
				t.Errorf("%s is left", w.known())
			}
		})
	}
}

// due makes the connection due while its token still lives.
func (w *world) due() {
	w.Helper()
	w.later(time.Hour)
	w.do(func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, `update platform_connections set next_at = 0`)
		return err
	})
}

// known are the followers and posts that are stored.
func (w *world) known() (text string) {
	w.Helper()
	w.do(func(ctx context.Context, tx *db.Tx) error {
		return tx.QueryRow(ctx, `select coalesce(max(cast(followers as text)), '-') || ' ' || cast((select count(*) from posts) as text) from profiles where platform = 'tiktok'`).Scan(&text)
	})
	return text
}

func TestConsentTakenBackIsSaidAndMailedOnce(t *testing.T) {
	w := connected(t, dbtest.New(t, db.EngineSQLite))
	w.later(26 * time.Hour)
	w.tiktok.TakeBack()
	w.work()
	w.signIn()
	w.ask(w.owner, "GET", w.desk()+"/platforms").sees(t, http.StatusOK, "Taken back", "The permission was taken back at TikTok")
	w.ask(w.creator, "GET", w.portal()+"/accounts").sees(t, http.StatusOK, "unless the account is connected again", "Connect again")
	w.later(26 * time.Hour)
	w.work()
	w.signIn()
	var mails int
	w.do(func(ctx context.Context, tx *db.Tx) error {
		return tx.QueryRow(ctx, `select count(*) from mails`).Scan(&mails)
	})
	if mails != 1 {
		t.Errorf("%d mails", mails)
	}
	w.consent(given)
	w.work()
	w.ask(w.creator, "GET", w.portal()+"/accounts").sees(t, http.StatusOK, "Connected")
}

func TestAnExpiredConsentSaysWhatToDo(t *testing.T) {
	w := connected(t, dbtest.New(t, db.EngineSQLite))
	w.later(366 * 24 * time.Hour)
	w.work()
	w.signIn()
	w.ask(w.owner, "GET", w.desk()+"/platforms").sees(t, http.StatusOK, "The permission ended on", "Only the creator can give it again")
}

func TestEightFailuresStopAndTellAPerson(t *testing.T) {
	w := connected(t, dbtest.New(t, db.EngineSQLite))
	w.tiktok.Feel(edgetest.MoodDown, 0)
	for range 8 {
		w.due()
		w.work()
	}
	w.ask(w.owner, "GET", w.desk()+"/platforms").sees(t, http.StatusOK, "It failed 8 times in a row, so we stopped trying")
	w.tiktok.Feel(edgetest.MoodWell, 0)
	var id string
	w.do(func(ctx context.Context, tx *db.Tx) error {
		return tx.QueryRow(ctx, `select id from platform_connections`).Scan(&id)
	})
	w.ask(w.owner, "POST", w.desk()+"/platforms/accounts/"+id+"/refresh").sees(t, http.StatusSeeOther)
	w.ask(w.owner, "GET", w.desk()+"/platforms").sees(t, http.StatusOK, "Connected")
}

func TestARefusedConsentIsExplained(t *testing.T) {
	w := newWorld(t, dbtest.New(t, db.EngineSQLite))
	w.setUp()
	w.consent(func(_, state string) url.Values { return url.Values{"error": {"access_denied"}, "state": {state}} }).sees(t, http.StatusUnprocessableEntity, "You said no at TikTok")
	w.consent(func(code, _ string) url.Values { return url.Values{"code": {code}, "state": {"made-up"}} }).sees(t, http.StatusUnprocessableEntity, "begun in another browser")
	w.consent(given, "user.info.profile").sees(t, http.StatusUnprocessableEntity, "was not ticked at TikTok")
	w.tiktok.Feel(edgetest.MoodDown, 0)
	w.consent(given).sees(t, http.StatusUnprocessableEntity, "Nothing was connected", "TikTok does not answer (HTTP 503)")
	w.tiktok.Feel(edgetest.MoodWell, 0)
	w.do(func(ctx context.Context, tx *db.Tx) error {
		_, err := creators.Create(ctx, tx, creators.New{Name: "Somebody Secret", Profiles: []creators.NewProfile{{Platform: "tiktok", Handle: "mira.makes"}}})
		return err
	})
	w.consent(given).sees(t, http.StatusUnprocessableEntity, "is known as somebody else’s here")
	answer := w.ask(w.owner, "GET", w.desk()+"/platforms")
	answer.sees(t, http.StatusOK, "Whose account is this?", "Mira Makes connected @mira.makes", "somebody outside this program")
	if strings.Contains(answer.text, "Somebody Secret") {
		t.Error("a person of no part in this program is named to it")
	}
	var id string
	w.do(func(ctx context.Context, tx *db.Tx) error {
		return tx.QueryRow(ctx, `select id from platform_conflicts`).Scan(&id)
	})
	w.ask(w.owner, "POST", w.desk()+"/platforms/conflicts/"+id+"/settle").sees(t, http.StatusSeeOther)
	if answer := w.ask(w.owner, "GET", w.desk()+"/platforms"); strings.Contains(answer.text, "Whose account is this?") {
		t.Error("a settled conflict is shown")
	}
}

func TestDisconnectingDeletesAndGivesTheConsentBack(t *testing.T) {
	w := connected(t, dbtest.New(t, db.EngineSQLite))
	var id string
	w.do(func(ctx context.Context, tx *db.Tx) error {
		return tx.QueryRow(ctx, `select id from platform_connections`).Scan(&id)
	})
	for range 2 { // a double click
		w.ask(w.creator, "POST", w.portal()+"/accounts/"+id+"/disconnect").sees(t, http.StatusSeeOther)
	}
	if w.known() != "- 0" || !w.tiktok.Revoked() {
		t.Errorf("%s is left; given back: %v", w.known(), w.tiktok.Revoked())
	}
	w.ask(w.creator, "GET", w.portal()+"/accounts").sees(t, http.StatusOK, "Connect TikTok")
}

func TestOnlyWhoLooksAfterTheInstallationChangesItsApps(t *testing.T) {
	w := newWorld(t, dbtest.New(t, db.EngineSQLite))
	w.ask(w.viewer, "GET", w.desk()+"/settings/platforms").sees(t, http.StatusOK, "Ask somebody who looks after the whole installation")
	for _, path := range []string{"platforms/tiktok", "platforms/tiktok/remove", "platform-terms/accept"} {
		if answer := w.ask(w.viewer, "POST", w.desk()+"/settings/"+path, "client_id", "x", "client_secret", "y"); answer.Code < 400 {
			t.Errorf("%s: %d", path, answer.Code)
		}
	}
}

func TestDerivedMetricsStayOffUntilSomebodyRecordsThatTheTermsWereAccepted(t *testing.T) {
	w := newWorld(t, dbtest.New(t, db.EngineSQLite))
	derived := func() (yes bool) {
		w.do(func(ctx context.Context, tx *db.Tx) (err error) {
			yes, err = platforms.DerivedAccepted(ctx, tx)
			return err
		})
		return yes
	}
	if derived() {
		t.Error("they are on from the beginning")
	}
	w.ask(w.owner, "POST", w.desk()+"/settings/platform-terms/accept").sees(t, http.StatusSeeOther)
	w.ask(w.owner, "GET", w.desk()+"/settings/platforms").sees(t, http.StatusOK, "Olga recorded on")
	if !derived() {
		t.Error("they are off after it was recorded")
	}
	w.ask(w.owner, "POST", w.desk()+"/settings/platform-terms/withdraw").sees(t, http.StatusSeeOther)
	if derived() {
		t.Error("they are on after it was withdrawn")
	}
}

func TestAWrongAppIsRefusedBesideItsField(t *testing.T) {
	w := newWorld(t, dbtest.New(t, db.EngineSQLite))
	w.ask(w.owner, "POST", w.desk()+"/settings/platforms/tiktok", "client_id", "only an id").sees(t, http.StatusUnprocessableEntity, "without blanks", "enter both")
	w.ask(w.owner, "POST", w.desk()+"/settings/platforms/pinterest", "client_id", "a", "client_secret", "b", "daily_limit", "many").sees(t, http.StatusUnprocessableEntity, "whole number")
	w.ask(w.owner, "POST", w.desk()+"/settings/platforms/myspace", "client_id", "a").sees(t, http.StatusNotFound)
}

func TestWhatOnePlatformNeedsBesideTheUsualFieldsIsEnteredKeptAndTakenOut(t *testing.T) {
	w := newWorld(t, dbtest.New(t, db.EngineSQLite))
	extra := func() (text string) {
		w.do(func(ctx context.Context, tx *db.Tx) error {
			app, _, err := platforms.FindApp(ctx, tx, w.box, "instagram")
			text = app.Extra["config_id"]
			return err
		})
		return text
	}
	save := func(config string) page {
		return w.ask(w.owner, "POST", w.desk()+"/settings/platforms/instagram", "client_id", "id", "client_secret", "hush", "config_id", config)
	}
	if save("8144").sees(t, http.StatusSeeOther); extra() != "8144" {
		t.Errorf("%q is kept", extra())
	}
	w.ask(w.owner, "GET", w.desk()+"/settings/platforms").sees(t, http.StatusOK, "Configuration id", `value="8144"`)
	save("two words").sees(t, http.StatusUnprocessableEntity, "without blanks", `value="two words"`)
	if save("").sees(t, http.StatusSeeOther); extra() != "" {
		t.Errorf("%q was not taken out", extra())
	}
}
