package recruit_test

import (
	"html"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/edge/edgetest"
	"rapport/internal/recruit/creators"
	"rapport/internal/recruit/discovery"
)

// get and post ask for a page of the victim's program.
func (o room) get(role auth.Role, path string) told { o.Helper(); return o.ask(role, path) }

func (o room) post(role auth.Role, path string, form url.Values) told {
	o.Helper()
	pairs := []string{"sent", "1"}
	for name, values := range form {
		for _, v := range values {
			pairs = append(pairs, name, v)
		}
	}
	return o.ask(role, path, pairs...)
}

func (o room) named(p edgetest.Partner) (name string) {
	o.Helper()
	err := o.DB.View(o.Context(), func(tx *db.Tx) error {
		c, err := creators.Find(o.Context(), tx, p.Partnership.Creator)
		name = c.Name
		return err
	})
	if err != nil {
		o.Fatal(err)
	}
	return name
}

func TestASentenceFindsWithReasonsAndShowsHowItWasRead(t *testing.T) {
	r := newRoom(t)
	r.get(auth.RoleOwner, "/creators").shows(http.StatusOK, "Who could work with you?", r.named(r.Victim.First))
	answer := r.get(auth.RoleOwner, "/creators?q="+url.QueryEscape("vegan tea for women 25–40 in Germany who care about animal welfare"))
	answer.shows(http.StatusOK, "How your sentence was read", "Germany", "25–40", "Women", "Animal welfare", "% known")
	at := strings.Index(answer.body, "/fit?q=")
	if at < 0 {
		t.Fatal("the fit leads nowhere")
	}
	way := answer.body[strings.LastIndex(answer.body[:at], `"`)+1:]
	way = html.UnescapeString(way[:strings.Index(way, `"`)])
	r.get(auth.RoleOwner, strings.TrimPrefix(way, "/p/"+string(r.Victim.Program.ID))).shows(http.StatusOK, "How well does", "Where they live", "Who follows them", "points")
}

func TestWordsAndFiltersOfAnAddressAreTaken(t *testing.T) {
	r := newRoom(t)
	for _, query := range []string{
		"platform=tiktok&tier=nano&from=0&to=10000&engagement=10000&country=DE&audience=DE&verdict=fits&posted=30&contact=yes&fresh=yes&status=prospect&order=followers",
		"price=5000&topic=beauty.skincare&language=de&audience_age=18-24&audience_gender=female&order=fit", "price=-1&topic=none&language=none&audience_age=old&audience_gender=none",
		"q=nobody+writes+that&cols=name,verdict", "order=fit", "tier=none&from=x&posted=-1", "q=" + strings.Repeat("x", 3000),
	} {
		r.get(auth.RoleViewer, "/creators?"+query).shows(http.StatusOK, "Who could work with you?")
		r.get(auth.RoleViewer, "/creators/export?"+query).shows(http.StatusOK, "engagement_rate")
	}
	r.get(auth.RoleOwner, "/creators?topic=beauty.skincare&price=5000").shows(http.StatusOK, "More filters", "Topic: beauty › skincare", "A post costs at most: €50.00", "Remove the filter Topic")
	r.get(auth.RoleOwner, "/creators?like=best").shows(http.StatusOK, "There is not yet enough to tell who your best are", "Alike to: My best ten by return")
	r.get(auth.RoleOwner, "/creators?like="+string(r.Victim.First.Partnership.Creator)).shows(http.StatusOK, "same things as "+r.named(r.Victim.First))
	r.get(auth.RoleOwner, "/creators?like="+string(r.Other.First.Partnership.Creator)).shows(http.StatusNotFound)
	r.get(auth.RoleOwner, "/creators?target="+r.Other.IDs["target"][0]).shows(http.StatusNotFound)
	r.get(auth.RoleOwner, "/creators?shortlist="+r.Other.IDs["list"][0]).shows(http.StatusNotFound)
}

func TestCustomersAreReadCorrectedAndRemoved(t *testing.T) {
	r := newRoom(t)
	made := r.post(auth.RoleOwner, "/targets", url.Values{"name": {"Tea people"}, "about": {"green tea for women over 30 in Austria, premium"}})
	made.shows(http.StatusSeeOther)
	path := strings.TrimPrefix(made.to, "/p/"+string(r.Victim.Program.ID))
	r.get(auth.RoleOwner, path).shows(http.StatusOK, "Tea people", `value="AT"`, `value="30&#43;"`)
	r.post(auth.RoleOwner, path, url.Values{"name": {"Tea people"}, "about": {"green tea for women over 30 in Austria, premium"}, "countries": {"Germany"}, "ages": {"25-40"}, "value_vegan": {"1"}}).shows(http.StatusSeeOther)
	r.get(auth.RoleOwner, path).shows(http.StatusOK, `value="DE"`, `value="25–40"`)
	r.post(auth.RoleOwner, path, url.Values{"name": {"Tea people"}, "ages": {"old"}}).shows(http.StatusUnprocessableEntity, "Ages lie between 13 and 99")
	r.post(auth.RoleOwner, "/targets", url.Values{"name": {""}, "about": {"tea"}}).shows(http.StatusUnprocessableEntity, "need a name")
	r.post(auth.RoleOwner, path+"/remove", nil).shows(http.StatusSeeOther)
	r.get(auth.RoleOwner, path).shows(http.StatusNotFound)
}

func TestAListTakesPeopleAndLetsThemGo(t *testing.T) {
	r := newRoom(t)
	first, second := string(r.Victim.First.Partnership.Creator), string(r.Victim.Second.Partnership.Creator)
	r.post(auth.RoleOwner, "/lists/choose", url.Values{"id": {first, second}}).shows(http.StatusOK, "Which list for 2 creators?")
	r.post(auth.RoleOwner, "/lists/add", url.Values{"id": {first}, "name": {""}}).shows(http.StatusUnprocessableEntity, "A list needs a name")
	r.post(auth.RoleOwner, "/lists/add", url.Values{"id": {string(r.Other.First.Partnership.Creator)}, "name": {"Stolen"}}).shows(http.StatusNotFound)
	made := r.post(auth.RoleOwner, "/lists/add", url.Values{"id": {first, second, first}, "name": {"Spring"}})
	made.shows(http.StatusSeeOther)
	path := strings.TrimPrefix(made.to, "/p/"+string(r.Victim.Program.ID))
	r.get(auth.RoleViewer, path).shows(http.StatusOK, "Spring", r.named(r.Victim.First), r.named(r.Victim.Second))
	r.get(auth.RoleOwner, path+"?target="+r.Victim.IDs["target"][0]).shows(http.StatusOK, "% known")
	r.get(auth.RoleOwner, path+"/export").shows(http.StatusOK, r.named(r.Victim.First))
	r.post(auth.RoleOwner, path+"/take-off", url.Values{"id": {first}}).shows(http.StatusSeeOther)
	if answer := r.get(auth.RoleOwner, path); strings.Contains(answer.body, r.named(r.Victim.First)) {
		t.Error("somebody who was taken off is still on the list")
	}
	r.post(auth.RoleOwner, path+"/remove", nil).shows(http.StatusSeeOther)
	r.get(auth.RoleOwner, "/lists").shows(http.StatusOK)
	r.get(auth.RoleOwner, path).shows(http.StatusNotFound)
}

func TestASearchIsSavedOpenedAndRemoved(t *testing.T) {
	r := newRoom(t)
	r.post(auth.RoleOwner, "/creators/searches", url.Values{"name": {"Tea writers"}, "search": {"q=tea&tier=nano&after=x"}}).shows(http.StatusSeeOther)
	r.get(auth.RoleOwner, "/creators").shows(http.StatusOK, "Tea writers")
	var saved discovery.Saved
	err := r.DB.View(t.Context(), func(tx *db.Tx) error {
		all, err := discovery.Searches(t.Context(), tx, r.Victim.Program.ID, r.Victim.People[auth.RoleOwner].User)
		if err == nil {
			saved = all[len(all)-1]
		}
		return err
	})
	if err != nil || saved.Query.Words != "tea" || saved.Query.Tier != creators.TierNano || saved.Address != "q=tea&tier=nano" {
		t.Fatalf("saved %+v, %v", saved, err)
	}
	opened := r.post(auth.RoleOwner, "/creators/searches/"+string(saved.ID), nil)
	opened.shows(http.StatusSeeOther)
	if !strings.HasSuffix(opened.to, "/creators?q=tea&tier=nano") {
		t.Errorf("opened at %s", opened.to)
	}
	r.post(auth.RoleManager, "/creators/searches/"+string(saved.ID)+"/remove", nil).shows(http.StatusNotFound) // somebody else's
	r.post(auth.RoleOwner, "/creators/searches/"+string(saved.ID)+"/remove", nil).shows(http.StatusSeeOther)
}

func TestWhatIsChangedOnAPageIsSearchedForAtOnce(t *testing.T) {
	r := newRoom(t)
	if strings.Contains(r.get(auth.RoleOwner, "/creators?price=5000").body, r.named(r.Victim.First)) {
		t.Fatal("somebody without a price was found by it")
	}
	r.post(auth.RoleOwner, "/partners/"+string(r.Victim.First.Partnership.ID)+"/price", url.Values{"amount": {"45.00"}}).shows(http.StatusSeeOther)
	if err := r.search.Refresh(t.Context(), r.DB); err != nil { // which a running index does within a second
		t.Fatal(err)
	}
	r.get(auth.RoleOwner, "/creators?price=5000").shows(http.StatusOK, r.named(r.Victim.First))
}

func TestAnImportThatIsNotSearchedYetIsToldOf(t *testing.T) {
	r := newRoom(t)
	err := r.DB.Update(t.Context(), func(tx *db.Tx) error {
		_, err := tx.Exec(t.Context(), `insert into imports (id, program_id, kind, source, mapping, state, rows_read, rows_taken, rows_known, rows_refused, made_by, lease_until, settled, created_at, finished_at)
			values ('imp_z', $1, 'creators', 'x', '', 'visible', 7, 5, 2, 0, '', 0, '', $2, $2)`, r.Victim.Program.ID, db.Micros(tx.Now()))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	r.get(auth.RoleOwner, "/creators").shows(http.StatusOK, "rows of imports are still being read")
	if err := r.search.Refresh(t.Context(), r.DB); err != nil {
		t.Fatal(err)
	}
	r.get(auth.RoleOwner, "/creators").lacks("still being read")
}
