package reach_test

import (
	"context"
	"net/http"
	"net/url"
	"testing"

	"rapport/internal/base/db"
	"rapport/internal/partner/outreach"
	"rapport/internal/partner/partnerships"
	"rapport/internal/recruit/creators"
)

func TestASequenceIsMadeGivenToThoseItMayReachAndStopped(t *testing.T) {
	inWorld(t, db.EngineSQLite, func(w *world) {
		maya, none := w.prospect(w.program.ID, "Maya", "tiktok maya"), w.prospect(w.program.ID, "None", "tiktok none")
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			return creators.SetContact(ctx, tx, w.program.ID, maya.Creator, creators.Contact{Email: "maya@mail.example"})
		})
		w.Says("a direct message is no mail", w.Ask(w.to("/reach/sequences"), w.olga, url.Values{"name": {"Spring"}, "mail_0": {"first-gifted"}, "after_days_0": {"0"}}),
			http.StatusUnprocessableEntity, "made of mails")
		answer := w.Ask(w.to("/reach/sequences"), w.olga, url.Values{"name": {"Spring"}, "mail_0": {"mail-first"}, "after_days_0": {"0"}, "mail_1": {"mail-follow-up-1"}, "after_days_1": {"3"}})
		if answer.Code != http.StatusSeeOther {
			t.Fatalf("%d %s", answer.Code, answer.Body)
		}
		var q outreach.Sequence
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			all, err := outreach.Sequences(ctx, tx, w.program.ID)
			q = all[0]
			return err
		})
		at := w.to("/reach/sequences/" + string(q.ID))
		w.Shows(at+"/enrol", w.olga, http.StatusOK, "1 prospect gets these mails", "Skipped: no mail address")
		for _, want := range []int{1, 0} { // a second click enrols nobody again
			if answer := w.Ask(at+"/enrol", w.olga, url.Values{"id": {string(maya.ID), string(none.ID)}}); answer.Code != http.StatusSeeOther {
				t.Errorf("enrolling %d: %d", want, answer.Code)
			}
		}
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			for p, want := range map[partnerships.ID]int{maya.ID: 1, none.ID: 0} {
				if all, err := outreach.EnrolmentsOf(ctx, tx, p); len(all) != want || err != nil {
					t.Errorf("%s: %+v %v", p, all, err)
				}
			}
			return nil
		})
		w.Shows(w.to("/reach/sequences"), w.vera, http.StatusOK, "Spring", "On the way: 1")
		if answer := w.Ask(at+"/stop", w.olga, url.Values{}); answer.Code != http.StatusSeeOther {
			t.Errorf("stopping: %d", answer.Code)
		}
		if answer := w.Ask(at+"/enrol", w.olga, url.Values{"id": {string(none.ID)}}); answer.Code == http.StatusSeeOther {
			t.Error("a stopped sequence takes people")
		}
	})
}
