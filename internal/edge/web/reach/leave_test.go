package reach_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"rapport/internal/base/db"
	"rapport/internal/partner/outreach"
	"rapport/internal/partner/partnerships"
)

func TestOpeningTheWayOutChangesNothing(t *testing.T) {
	inWorld(t, db.EnginePostgres, func(w *world) {
		maya := w.prospect(w.program.ID, "Maya", "tiktok maya", "instagram maya.glow")
		path := "/leave/" + outreach.LeaveToken(w.box, maya.ID)
		for range 2 { // a mail scanner, and then the person
			page := w.Shows(path, "", http.StatusOK, "Shall Fernwood Tea leave you alone?", "Yes, Fernwood Tea shall not write to me")
			if strings.Contains(page, "Maya") {
				t.Error("a stranger with the link reads a name")
			}
		}
		if s := w.status(maya.ID); s != partnerships.StatusProspect {
			t.Fatalf("looking made her %s", s)
		}
		w.Shows(w.to("/reach"), w.olga, http.StatusOK, "Maya")
	})
}

func TestWhoLeavesIsNotWrittenToAgain(t *testing.T) {
	inWorld(t, db.EngineSQLite, func(w *world) {
		maya := w.prospect(w.program.ID, "Maya", "tiktok maya")
		again := w.prospect(w.program.ID, "Maya again", "tiktok kim", "instagram maya.glow")
		path := "/leave/" + outreach.LeaveToken(w.box, maya.ID)
		for range 2 {
			w.Says("leaving", w.Ask(path, "", url.Values{}), http.StatusOK, "Fernwood Tea will not write to you again")
		}
		if s := w.status(maya.ID); s != partnerships.StatusLost {
			t.Errorf("she is %s", s)
		}
		if page := w.Shows(w.to("/reach"), w.olga, http.StatusOK, "Maya again"); strings.Contains(page, string(maya.ID)) {
			t.Error("she is offered again")
		}
		for _, act := range []string{"link", "sent", "skip"} {
			if answer := w.Ask(w.to("/reach/"+string(maya.ID)+"/"+act), w.olga, url.Values{"body": {"Hello"}}); answer.Code == http.StatusOK || answer.Code == http.StatusSeeOther {
				t.Errorf("%s is still possible: %d", act, answer.Code)
			}
		}
		if len(w.thread(maya.ID)) != 0 {
			t.Error("a message was noted")
		}
		if s := w.status(again.ID); s != partnerships.StatusProspect {
			t.Errorf("somebody else is %s", s)
		}
	})
}

// RFC 8058: a mail program posts this by itself, from nowhere, with a body of its own.
func TestAMailProgramLeavesWithOneClick(t *testing.T) {
	inWorld(t, db.EngineSQLite, func(w *world) {
		maya := w.prospect(w.program.ID, "Maya", "tiktok maya")
		r, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://rapport.example/leave/"+outreach.LeaveToken(w.box, maya.ID), strings.NewReader("List-Unsubscribe=One-Click"))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		answer := httptest.NewRecorder()
		w.Pages.ServeHTTP(answer, r)
		if answer.Code != http.StatusOK || w.status(maya.ID) != partnerships.StatusLost {
			t.Errorf("%d, she is %s", answer.Code, w.status(maya.ID))
		}
	})
}

func TestAMadeUpWayOutLeadsNowhere(t *testing.T) {
	inWorld(t, db.EngineSQLite, func(w *world) {
		maya, kim := w.prospect(w.program.ID, "Maya", "tiktok maya"), w.prospect(w.program.ID, "Kim", "tiktok kim")
		good := outreach.LeaveToken(w.box, maya.ID)
		for _, token := range []string{"x", string(maya.ID), string(maya.ID) + ".", strings.Replace(good, string(maya.ID), string(kim.ID), 1), outreach.LeaveToken(w.box, "par_nobody")} {
			for _, form := range []url.Values{nil, {}} {
				if answer := w.Ask("/leave/"+token, "", form); answer.Code != http.StatusNotFound {
					t.Errorf("%q: %d", token, answer.Code)
				}
			}
		}
		if w.status(maya.ID) != partnerships.StatusProspect || w.status(kim.ID) != partnerships.StatusProspect {
			t.Error("somebody was taken out")
		}
	})
}
