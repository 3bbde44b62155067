package reach_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/db/dbtest"
	"rapport/internal/partner/outreach"
	"rapport/internal/partner/partnerships"
	"rapport/internal/partner/terms"
)

const plainWords = "Hi {{first_name|there}}, tea for {{handle|you}} on {{platform|your channel}}? {{terms_sentence|Ask us.}}"

func TestWhoIsNextIsOfferedWithWordsAndTheWayOut(t *testing.T) {
	inWorld(t, db.EnginePostgres, func(w *world) {
		w.Shows(w.to("/reach"), w.olga, http.StatusOK, "Nobody is waiting for a first message")
		words := w.template("Ours", plainWords)
		w.prospect(w.other.ID, "Zed", "tiktok zed")
		maya := w.prospect(w.program.ID, "Maya Ortiz", "instagram maya.glow")
		page := w.Shows(w.to("/reach")+words, w.olga, http.StatusOK, "Maya Ortiz", "https://www.instagram.com/maya.glow", "0 direct messages noted today")
		message := w.prepared(page)
		for _, part := range []string{"Hi Maya, tea for @maya.glow on Instagram? You earn 12 %", "Olga writes for Fernwood Tea", "your public account @maya.glow on Instagram", "/leave/" + string(maya.ID)} {
			if !strings.Contains(message, part) {
				t.Errorf("%q lacks %q", message, part)
			}
		}
	})
}

// Words of the partnership's own terms come before the program's.
func TestTheTermsInAMessageAreThoseThatHold(t *testing.T) {
	inWorld(t, db.EngineSQLite, func(w *world) {
		words := w.template("Ours", plainWords)
		maya := w.prospect(w.program.ID, "Maya", "tiktok maya")
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			more, err := terms.ParseCommission("percent", "21", "EUR")
			if err != nil {
				return err
			}
			_, err = partnerships.SetTerms(ctx, tx, maya.ID, terms.Terms{Commission: &more})
			return err
		})
		if message := w.prepared(w.Shows(w.to("/reach")+words, w.olga, http.StatusOK)); !strings.Contains(message, "You earn 21 %") || strings.Contains(message, "12 %") {
			t.Error(message)
		}
	})
}

// YouTube takes no messages: who has another account is written to there, who has none is not offered at all.
func TestNobodyIsWrittenToOnYouTube(t *testing.T) {
	inWorld(t, db.EngineSQLite, func(w *world) {
		words := w.template("Ours", plainWords)
		only := w.prospect(w.program.ID, "Only Video", "youtube onlyvideo")
		w.Shows(w.to("/reach")+words, w.olga, http.StatusOK, "Nobody is waiting")
		answer := w.Ask(w.to("/reach/"+string(only.ID)+"/sent"), w.olga, url.Values{"body": {"Hello"}})
		w.Says("noting it all the same", answer, http.StatusConflict, "has no account that takes direct messages")
		w.prospect(w.program.ID, "Both", "youtube bothvideo", "tiktok both.short")
		page := w.Shows(w.to("/reach")+words, w.olga, http.StatusOK, "https://www.tiktok.com/@both.short")
		if message := w.prepared(page); !strings.Contains(message, "tea for @both.short on TikTok?") {
			t.Error(message)
		}
	})
}

func TestAFirstMessageWithoutTheIntroductionIsRefused(t *testing.T) {
	inWorld(t, db.EngineSQLite, func(w *world) {
		words := w.template("Ours", plainWords)
		maya := w.prospect(w.program.ID, "Maya", "tiktok maya")
		sent := w.to("/reach/" + string(maya.ID) + "/sent")
		message := w.prepared(w.Shows(w.to("/reach")+words, w.olga, http.StatusOK))
		leave := message[strings.Index(message, "http://"):]
		for name, body := range map[string]string{"without": "Hi Maya", "only the link": "Hi Maya " + leave, "somebody else's link": strings.ReplaceAll(message, leave, "http://rapport.example/leave/x"),
			"too long": strings.Repeat("x", outreach.LongestDM) + message} {
			page := w.Says(name, w.Ask(sent, w.olga, url.Values{"body": {body}}), http.StatusUnprocessableEntity)
			if again := w.prepared(page); !strings.Contains(again, leave) || !strings.Contains(again, "Olga writes for Fernwood Tea") {
				t.Errorf("%s: the lines are not put back: %q", name, again)
			}
		}
		if s := w.status(maya.ID); s != partnerships.StatusProspect || len(w.thread(maya.ID)) != 0 {
			t.Errorf("a refused message made her %s", s)
		}
	})
}

func TestADoubleClickOnSentIsOneMessage(t *testing.T) {
	inWorld(t, db.EnginePostgres, func(w *world) {
		words := w.template("Ours", plainWords)
		maya := w.prospect(w.program.ID, "Maya", "tiktok maya")
		form := url.Values{"body": {strings.ReplaceAll(w.prepared(w.Shows(w.to("/reach")+words, w.olga, http.StatusOK)), "\n", "\r\n")}} // as browsers send it
		for range 2 {
			if to := w.Leads(w.to("/reach/"+string(maya.ID)+"/sent"), w.olga, form); !strings.HasPrefix(to, w.to("/reach")) {
				t.Errorf("it leads to %s", to)
			}
		}
		thread := w.thread(maya.ID)
		if len(thread) != 1 || thread[0].Channel != outreach.ChannelDM || w.status(maya.ID) != partnerships.StatusContacted {
			t.Errorf("she is %s with %+v", w.status(maya.ID), thread)
		}
		w.Shows(w.to("/reach"), w.olga, http.StatusOK, "Nobody is waiting")
		w.prospect(w.program.ID, "Kim", "tiktok kim")
		w.Shows(w.to("/reach"), w.olga, http.StatusOK, "Kim", "1 direct message noted today")
	})
}

func TestAnInvitationIsMadeWhenThePersonAsksForIt(t *testing.T) {
	inWorld(t, db.EngineSQLite, func(w *world) {
		words := w.template("With a link", "Hi! {{invitation_link|ask us}}")
		maya := w.prospect(w.program.ID, "Maya", "tiktok maya")
		page := w.Shows(w.to("/reach")+words, w.olga, http.StatusOK, "Make the link and the message")
		if strings.Contains(page, "/enter/") || written.MatchString(page) {
			t.Error("opening the page made a link")
		}
		made := w.Says("the link", w.Ask(w.to("/reach/"+string(maya.ID)+"/link"), w.olga, url.Values{"template": {strings.TrimPrefix(words, "?template=")}}), http.StatusOK)
		message := w.prepared(made)
		if !strings.Contains(message, "http://rapport.example/") || strings.Contains(message, "ask us") {
			t.Error(message)
		}
	})
}

func TestWhoIsPutOffComesBackTomorrow(t *testing.T) {
	inWorld(t, db.EngineSQLite, func(w *world) {
		maya := w.prospect(w.program.ID, "Maya", "tiktok maya")
		for range 2 {
			w.Leads(w.to("/reach/"+string(maya.ID)+"/skip"), w.olga, url.Values{})
		}
		w.Shows(w.to("/reach"), w.olga, http.StatusOK, "Nobody is waiting")
		dbtest.Clock(w.DB).Advance(25 * time.Hour)
		w.olga = w.Session(w.owner, auth.PurposeInvite) // the one of yesterday is over
		w.Shows(w.to("/reach"), w.olga, http.StatusOK, "Maya")
	})
}

func TestAnAnswerFromElsewhereIsKeptOnce(t *testing.T) {
	inWorld(t, db.EngineSQLite, func(w *world) {
		maya := w.prospect(w.program.ID, "Maya", "tiktok maya")
		for range 2 {
			if to := w.Leads(w.to("/reach/"+string(maya.ID)+"/answered"), w.olga, url.Values{"body": {"Love it!"}}); !strings.HasSuffix(to, "/messages") {
				t.Errorf("it leads to %s", to)
			}
		}
		if thread := w.thread(maya.ID); len(thread) != 1 || thread[0].From != outreach.SideCreator || thread[0].Body != "Love it!" {
			t.Errorf("%+v", thread)
		}
	})
}

// Who may only look prepares nothing, and nobody reaches into another program.
func TestOnlyTheProgramsPeopleWriteToItsProspects(t *testing.T) {
	inWorld(t, db.EngineSQLite, func(w *world) {
		maya, zed := w.prospect(w.program.ID, "Maya", "tiktok maya"), w.prospect(w.other.ID, "Zed", "tiktok zed")
		if page := w.Shows(w.to("/reach"), w.vera, http.StatusOK, "Maya"); strings.Contains(page, "/sent") || strings.Contains(page, "/skip") {
			t.Error("who may only look is asked to write")
		}
		for _, act := range []string{"link", "sent", "skip", "answered"} {
			if answer := w.Ask(w.to("/reach/"+string(maya.ID)+"/"+act), w.vera, url.Values{"body": {"x"}}); answer.Code != http.StatusForbidden && answer.Code != http.StatusNotFound {
				t.Errorf("who may only look may %s: %d", act, answer.Code)
			}
			if answer := w.Ask(w.to("/reach/"+string(zed.ID)+"/"+act), w.olga, url.Values{"body": {"x"}}); answer.Code != http.StatusNotFound {
				t.Errorf("%s in another program: %d", act, answer.Code)
			}
		}
		if len(w.thread(maya.ID)) != 0 || len(w.thread(zed.ID)) != 0 {
			t.Error("something was written")
		}
	})
}

func TestTemplatesAreSavedChangedAndRemoved(t *testing.T) {
	inWorld(t, db.EnginePostgres, func(w *world) {
		path := w.to("/reach/templates")
		w.Shows(path, w.olga, http.StatusOK, "With which words do you write?", outreach.Starters()[0].Name, "{{first_name")
		w.Says("a gap nobody fills", w.Ask(path, w.olga, url.Values{"name": {"Ours"}, "body": {"Hi {{fist_name|you}}"}}), http.StatusUnprocessableEntity, "fist_name")
		words := w.template("Ours", "Hi {{first_name|there}}")
		w.Shows(path+words, w.olga, http.StatusOK, "Ours")
		id := strings.TrimPrefix(words, "?template=")
		w.Leads(path, w.olga, url.Values{"template": {id}, "name": {"Ours, shorter"}, "body": {"Hi"}})
		w.Shows(path, w.olga, http.StatusOK, "Ours, shorter")
		w.Shows(path, w.vera, http.StatusOK, "Ours, shorter")
		w.Leads(path+"/"+id+"/remove", w.olga, url.Values{})
		if page := w.Shows(path, w.olga, http.StatusOK); strings.Contains(page, "Ours, shorter") {
			t.Error("it is still there")
		}
	})
}

// Long, empty and right-to-left names break no page.
func TestAwkwardPeopleFitThePages(t *testing.T) {
	inWorld(t, db.EngineSQLite, func(w *world) {
		w.template(strings.Repeat("W", 100), strings.Repeat("long words ", 80))
		for i, name := range []string{strings.Repeat("Maximiliane ", 10)[:100], "مايا الأورتيز", "<b>&\"'"} {
			handle := strings.Repeat("a", 20+i)
			p := w.prospect(w.program.ID, name, "tiktok "+handle, "youtube "+handle)
			w.Shows(w.to("/reach"), w.olga, http.StatusOK, "@"+handle, strings.TrimSpace(name))
			w.Shows(w.to("/partners/"+string(p.ID)+"/plan"), w.olga, http.StatusOK, "What is next with "+strings.TrimSpace(name))
			w.Shows("/leave/"+outreach.LeaveToken(w.box, p.ID), "", http.StatusOK)
			w.Leads(w.to("/reach/"+string(p.ID)+"/skip"), w.olga, url.Values{})
		}
		w.Shows(w.to("/reach/templates"), w.olga, http.StatusOK, strings.Repeat("W", 100))
	})
}
