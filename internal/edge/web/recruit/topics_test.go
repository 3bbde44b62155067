package recruit_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/db/dbtest"
	"rapport/internal/recruit/creators"
	"rapport/internal/recruit/discovery"
)

// topicRoom is a clinic with an index, somebody who runs the installation, and a creator who writes words that no built-in topic knows.
type topicRoom struct {
	*clinic
	index *discovery.Index
}

func newTopicRoom(t *testing.T, d *db.DB) topicRoom {
	t.Helper()
	o := topicRoom{newClinic(t, d), &discovery.Index{}}
	o.handler = o.pages(o.index)
	o.person("root", auth.RoleOwner, "")
	mira := o.patient(o.program.ID, "Mira Matcha", "miramatcha", creators.PlatformTikTok, 8200)
	o.do(func(ctx context.Context, tx *db.Tx) error {
		_, err := creators.AddPosts(ctx, tx, []creators.Post{{Profile: mira.Main, PlatformID: "zb1", PostedAt: tx.Now(), Caption: "my zeremonienbesen", SeenAt: tx.Now()}})
		return err
	})
	o.refresh()
	return o
}

func (o topicRoom) refresh() {
	o.Helper()
	if err := o.index.Refresh(o.Context(), o.d); err != nil {
		o.Fatal(err)
	}
}

func TestATopicIsAddedChangedAndTakenBack(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		o := newTopicRoom(t, d)
		o.shows(o.ask("root", "GET", "/creators/topics"), 200, "Beauty › ", "Built in", "New topic")
		o.shows(o.ask("root", "POST", "/creators/topics", "parent", "food", "name", "Matcha", "words", "zeremonienbesen\n#zeremonienbesen, chasen"), http.StatusSeeOther)
		o.shows(o.ask("root", "GET", "/creators/topics?show=own"), 200, "Food › Matcha", "zeremonienbesen, chasen", "Yours", "matched with this topic anew")
		if page := o.shows(o.ask("root", "GET", "/creators"), 200); strings.Contains(page, "food › matcha") {
			t.Error("the search offers a topic that its index does not know")
		}
		o.refresh()
		o.shows(o.ask("root", "GET", "/creators/topics?show=own"), 200, "/creators?topic=food.matcha")
		o.shows(o.ask("anna", "GET", "/creators?topic=food.matcha"), 200, "Mira Matcha", "food › matcha")
		o.shows(o.ask("root", "POST", "/creators/topics", "parent", "food", "name", "Matcha", "words", "again"), http.StatusUnprocessableEntity, "There is such a topic already")
		o.shows(o.ask("root", "POST", "/creators/topics", "name", "抹茶"), http.StatusUnprocessableEntity, "needs a letter")
		o.shows(o.ask("root", "GET", "/creators/topics?topic=food.matcha"), 200, "Change Food › Matcha", "Remove topic")
		o.shows(o.ask("root", "POST", "/creators/topics", "topic", "food.matcha", "name", "Powder", "words", "one two three four five"), http.StatusUnprocessableEntity, "is too long")
		o.shows(o.ask("root", "POST", "/creators/topics", "topic", "food.matcha", "name", "Powder", "words", "grünpulver"), http.StatusSeeOther)
		o.refresh()
		if page := o.shows(o.ask("anna", "GET", "/creators?topic=food.matcha"), 200); strings.Contains(page, "Mira Matcha") {
			t.Error("words that were taken away still find")
		}
		o.shows(o.ask("root", "POST", "/creators/topics/remove", "topic", "food.matcha"), http.StatusSeeOther)
		o.shows(o.ask("root", "POST", "/creators/topics/remove", "topic", "food.matcha"), http.StatusNotFound)
		o.shows(o.ask("root", "GET", "/creators/topics?show=own"), 200, "Clear filters")
		o.shows(o.ask("root", "POST", "/creators/topics", "topic", "fashion", "name", "Fashion", "words", "zwirn"), http.StatusSeeOther)
		o.shows(o.ask("root", "GET", "/creators/topics?topic=fashion&show=own"), 200, "Built in, with your words", "Use the built-in words again")
	})
}

func TestTopicsAreChangedByWhoRunsTheInstallationAlone(t *testing.T) {
	o := newTopicRoom(t, dbtest.New(t, db.EngineSQLite))
	page := o.shows(o.ask("anna", "GET", "/creators/topics"), 200, "Only who runs the whole installation changes them")
	if strings.Contains(page, "New topic") || strings.Contains(page, "#change") {
		t.Error("somebody with one program is offered to change the topics of all")
	}
	for _, name := range []string{"anna", "vera"} {
		o.shows(o.ask(name, "POST", "/creators/topics", "name", "Matcha", "words", "matcha"), http.StatusForbidden)
		o.shows(o.ask(name, "POST", "/creators/topics/remove", "topic", "matcha"), http.StatusForbidden)
	}
}
