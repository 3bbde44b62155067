package reach_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"rapport/internal/base/db"
	"rapport/internal/partner/outreach"
	"rapport/internal/partner/partnerships"
	"rapport/internal/recruit/creators"
)

// sequence is a running one of the program, of the mails that come with us.
func (w *world) sequence(name string) (q outreach.Sequence) {
	w.Helper()
	w.Do(func(ctx context.Context, tx *db.Tx) (err error) {
		q, err = outreach.CreateSequence(ctx, tx, outreach.Sequence{Program: w.program.ID, Name: name, Sender: "Olga", Steps: []outreach.Step{
			{Name: "First", Subject: "Would Fernwood Tea suit you?", Body: "Hi {{first_name|there}},\n\nwould it?"}, {Name: "Reminder", Subject: "Fernwood Tea and you", Body: "Hi again", AfterDays: 3},
		}})
		return err
	})
	return q
}

// reachable is a prospect whose mail address is known.
func (w *world) reachable(name, handle string) (p partnerships.Partnership) {
	w.Helper()
	p = w.prospect(w.program.ID, name, "tiktok "+handle)
	w.Do(func(ctx context.Context, tx *db.Tx) error {
		return creators.SetContact(ctx, tx, w.program.ID, p.Creator, creators.Contact{Email: handle + "@mail.example"})
	})
	return p
}

func (w *world) enrolment(p partnerships.ID) (e outreach.Enrolment) {
	w.Helper()
	w.Do(func(ctx context.Context, tx *db.Tx) error {
		all, err := outreach.EnrolmentsOf(ctx, tx, p)
		if len(all) != 1 {
			w.Fatalf("%s is in %d sequences", p, len(all))
		}
		e = all[0]
		return err
	})
	return e
}

// Whoever chooses creators in a search, on a list, on the board or on a page reads who is skipped and why before anything leaves.
func TestTheChosenAreShownWithWhoIsSkippedAndWhy(t *testing.T) {
	inWorld(t, db.EngineSQLite, func(w *world) {
		maya, none := w.reachable("Maya", "maya"), w.prospect(w.program.ID, "Nora", "tiktok nora")
		var stranger creators.Creator
		w.Do(func(ctx context.Context, tx *db.Tx) (err error) {
			stranger, err = creators.Create(ctx, tx, creators.New{Name: "Selma", Profiles: []creators.NewProfile{{Platform: creators.PlatformTikTok, Handle: "selma"}}})
			return err
		})
		chosen := url.Values{"id": {string(maya.Creator), string(none.Creator), string(stranger.ID)}}
		w.Says("without a sequence", w.Ask(w.to("/reach/choose/creators"), w.olga, chosen), http.StatusOK, "No sequence runs", "Make the sequence")
		old, q := w.sequence("Spring"), w.sequence("Summer")
		w.Says("the newest", w.Ask(w.to("/reach/choose/creators"), w.olga, chosen), http.StatusOK, "Who gets “Summer”?", "1 prospect gets these mails",
			"Skipped: no mail address", "Skipped: not a prospect yet")
		chosen.Set("sequence", string(old.ID))
		w.Says("another one", w.Ask(w.to("/reach/choose/creators"), w.olga, chosen), http.StatusOK, "Who gets “Spring”?")
		board := url.Values{"id": {string(maya.ID)}, "sequence": {string(q.ID)}}
		w.Says("from the board", w.Ask(w.to("/reach/choose"), w.olga, board), http.StatusOK, "Who gets “Summer”?", "Gets the mails")
		at := w.to("/reach/sequences/" + string(q.ID))
		if to := w.Leads(at+"/enrol", w.olga, url.Values{"id": {string(maya.ID)}}); !strings.HasPrefix(to, at) {
			t.Errorf("it leads to %s", to)
		}
		w.Says("again", w.Ask(w.to("/reach/choose"), w.olga, board), http.StatusOK, "Skipped: is in it already")
		w.Shows(at, w.vera, http.StatusOK, "Maya", "On the way", "0 of 2")
		w.Shows(at+"?state=done", w.vera, http.StatusOK, "State")
		w.Shows(w.to("/partners/"+string(maya.ID)), w.olga, http.StatusOK, "Mail sequence “Summer”", "Mail 1 of 2 leaves on")
		back := w.Leads(w.to("/reach/enrolments/stop"), w.olga, url.Values{"id": {string(w.enrolment(maya.ID).ID)}, "show": {"creator"}})
		w.Shows(strings.TrimPrefix(back, "http://rapport.example"), w.olga, http.StatusOK, "Send a mail sequence")
		if e := w.enrolment(maya.ID); e.State != outreach.Stopped || e.Reason != outreach.StopHand {
			t.Errorf("%+v", e)
		}
		w.Shows(at, w.vera, http.StatusOK, "Stopped by hand")
	})
}

func TestPreparedMessagesComeFirstAndStrangersBecomeProspects(t *testing.T) {
	inWorld(t, db.EngineSQLite, func(w *world) {
		w.prospect(w.program.ID, "Anna", "tiktok anna")
		late := w.prospect(w.program.ID, "Maya", "tiktok maya")
		tube := w.prospect(w.program.ID, "Tuva", "youtube tuva")
		var stranger creators.Creator
		w.Do(func(ctx context.Context, tx *db.Tx) (err error) {
			stranger, err = creators.Create(ctx, tx, creators.New{Name: "Selma", Profiles: []creators.NewProfile{{Platform: creators.PlatformTikTok, Handle: "selma"}}})
			return err
		})
		w.Shows(w.to("/reach"), w.olga, http.StatusOK, "Anna")
		w.Leads(w.to("/reach/prepare"), w.olga, url.Values{"id": {string(late.ID), string(tube.ID)}})
		w.Shows(w.to("/reach"), w.olga, http.StatusOK, "Maya", "1 prepared message waits")
		for range 2 { // a second click prepares nothing twice
			w.Leads(w.to("/reach/prepare/creators"), w.olga, url.Values{"id": {string(stranger.ID)}})
		}
		w.Shows(w.to("/reach"), w.olga, http.StatusOK, "Maya", "2 prepared messages wait")
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			p, err := partnerships.Of(ctx, tx, w.program.ID, stranger.ID)
			if p.Status != partnerships.StatusProspect {
				t.Errorf("%+v", p)
			}
			return err
		})
	})
}

func TestTheSendingPaceIsSeenAndChanged(t *testing.T) {
	inWorld(t, db.EngineSQLite, func(w *world) {
		w.Shows(w.to("/reach/pace"), w.vera, http.StatusOK, "Sent today", "of 20 at most: sending day 1", "half as many again")
		w.Says("no number", w.Ask(w.to("/reach/pace"), w.olga, url.Values{"per_day": {"many"}, "per_hour": {"5"}}), http.StatusUnprocessableEntity, "Write a whole number")
		w.Says("too many", w.Ask(w.to("/reach/pace"), w.olga, url.Values{"per_day": {"5000"}, "per_hour": {"5"}}), http.StatusUnprocessableEntity, "1 to 1000 mails a day")
		if answer := w.Ask(w.to("/reach/pace"), w.vera, url.Values{"per_day": {"10"}, "per_hour": {"5"}}); answer.Code != http.StatusForbidden {
			t.Errorf("a viewer changed it: %d", answer.Code)
		}
		w.Leads(w.to("/reach/pace"), w.olga, url.Values{"per_day": {"10"}, "per_hour": {"5"}})
		w.Shows(w.to("/reach/pace"), w.olga, http.StatusOK, `value="10"`, "of 10 at most", "of 5 at most")
	})
}
