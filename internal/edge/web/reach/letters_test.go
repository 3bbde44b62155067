package reach_test

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"testing"

	"rapport/internal/base/db"
	"rapport/internal/partner/outreach"
	"rapport/internal/partner/partnerships"
	"rapport/internal/recruit/creators"
)

// arrives takes a mail that proves nothing.
func (w *world) arrives(id, from, words string) {
	w.Helper()
	_, err := outreach.Receive(w.Context(), w.DB, w.box, outreach.Letter{MessageID: id, From: from, Subject: "About your tea", Shown: words})
	w.Must(err)
}

// mailable gives a prospect an address.
func (w *world) mailable(name, email, account string) (p partnerships.Partnership) {
	w.Helper()
	p = w.prospect(w.program.ID, name, account)
	w.Do(func(ctx context.Context, tx *db.Tx) error {
		return creators.SetContact(ctx, tx, w.program.ID, p.Creator, creators.Contact{Email: email})
	})
	return p
}

var given = regexp.MustCompile(`action="([^"]*/reach/letters/[^"]*/give)"`)

// gives is where the first letter of the page is given away.
func (w *world) gives(page string) string {
	w.Helper()
	found := given.FindStringSubmatch(page)
	if found == nil {
		w.Fatalf("nothing can be given:\n%.3000s", page)
	}
	return found[1]
}

func TestAMailWithoutProofIsGivenByAPerson(t *testing.T) {
	inWorld(t, db.EngineSQLite, func(w *world) {
		w.Shows(w.to("/reach/letters"), w.olga, http.StatusOK, "Every mail has found its conversation", "No mailbox is connected")
		maya := w.mailable("Maya Ortiz", "maya@mail.example", "tiktok maya.makes")
		w.arrives("1@x", "maya@mail.example", "I would love that")
		page := w.Shows(w.to("/reach/letters"), w.olga, http.StatusOK, "About your tea", "maya@mail.example", "I would love that", "It is from Maya Ortiz", "Anybody can write that")
		to := w.gives(page)
		w.Says("a viewer gives", w.Ask(to, w.vera, url.Values{"partnership": {string(maya.ID)}}), http.StatusForbidden)
		w.Leads(to, w.olga, url.Values{"partnership": {string(maya.ID)}})
		if all := w.thread(maya.ID); len(all) != 1 || all[0].Body != "I would love that" || all[0].Channel != outreach.ChannelMail || w.status(maya.ID) != partnerships.StatusReplied {
			t.Fatalf("%+v, %s", all, w.status(maya.ID))
		}
		w.Says("again", w.Ask(to, w.olga, url.Values{"partnership": {string(maya.ID)}}), http.StatusNotFound)
	})
}

func TestAMailOfAStrangerIsGivenByNameOrAccount(t *testing.T) {
	inWorld(t, db.EngineSQLite, func(w *world) {
		maya := w.mailable("Maya Ortiz", "maya@mail.example", "tiktok maya.makes")
		w.mailable("Maya Lund", "lund@mail.example", "tiktok maya.lund")
		foreign := w.prospect(w.other.ID, "Zoe Elsewhere", "tiktok zoe.elsewhere")
		w.arrives("1@x", "other@mail.example", "From my other address")
		to := w.gives(w.Shows(w.to("/reach/letters"), w.olga, http.StatusOK, "Whose is it?"))
		w.Shows(w.to("/reach/letters"), w.vera, http.StatusOK, "Every mail has found its conversation") // she sees her program alone
		for who, wrong := range map[string]string{"": "Say whose it is", "Nobody": "Nobody in this program", "Maya": "More than one", "zoe.elsewhere": "Nobody in this program"} {
			w.Says(who, w.Ask(to, w.olga, url.Values{"who": {who}}), http.StatusUnprocessableEntity, wrong)
		}
		w.Says("another program's", w.Ask(to, w.olga, url.Values{"partnership": {string(foreign.ID)}}), http.StatusNotFound)
		w.Leads(to, w.olga, url.Values{"who": {"@maya.makes"}})
		if len(w.thread(maya.ID)) != 1 {
			t.Fatal("the mail is not in the conversation")
		}
		w.arrives("2@x", "", "Nobody's")
		w.Leads(regexp.MustCompile(`give$`).ReplaceAllString(w.gives(w.Shows(w.to("/reach/letters"), w.olga, http.StatusOK)), "dismiss"), w.olga, url.Values{})
		w.Shows(w.to("/reach/letters"), w.olga, http.StatusOK, "Every mail has found its conversation")
	})
}
