package desk_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"rapport/internal/base/db"
	"rapport/internal/base/db/dbtest"
	"rapport/internal/partner/partnerships"
)

func small(t *testing.T) *office {
	t.Helper()
	return newOffice(t, dbtest.New(t, db.EngineSQLite))
}

// peoplePages are all pages of this part of the desk that can be read; a section of a creator's page begins with "@".
var peoplePages = []string{
	"/creators", "/creators?q=maya&platform=instagram&tier=micro&from=1000&to=50000&country=DE&order=followers&cols=name,category", "/creators?status=applied", "/creators/new", "/creators/paste",
	"/creators/pipeline", "/creators/partners", "/creators/partners?order=commission&q=a", "/imports", "/campaigns", "/campaigns/new", "/inbox", "/inbox?q=maya",
}

func (o *office) pagesOf(name string) (pages []string) {
	base := "/partners/" + string(o.people[name].ID)
	for _, section := range []string{"", "/links", "/money", "/deal", "/messages", "/profile", "/timeline", "/invite", "/status?to=ended"} {
		pages = append(pages, base+section)
	}
	return pages
}

func TestEveryPageOfPeopleIsClean(t *testing.T) {
	o := small(t)
	for _, path := range peoplePages {
		o.get("anna", path).shows(http.StatusOK)
	}
	o.busy()
	pages := append(peoplePages[:len(peoplePages):len(peoplePages)], o.pagesOf("Maya Ortiz")...)
	pages = append(pages, o.pagesOf(awkwardName)...)
	pages = append(pages, "/partners/"+string(o.link.Partnership)+"/links/"+string(o.link.ID), "/campaigns/"+string(o.campaign.ID), "/campaigns/"+string(o.campaign.ID)+"/edit",
		"/campaigns/"+string(o.campaign.ID)+"/invite", "/tasks/"+string(o.task.ID), "/inbox/"+string(o.link.Partnership))
	for _, path := range pages {
		o.get("anna", path).shows(http.StatusOK).lacks("buyer@")
	}
	for _, path := range pages {
		if !strings.Contains(path, "new") && !strings.Contains(path, "paste") && !strings.Contains(path, "/invite") && !strings.Contains(path, "/edit") && !strings.Contains(path, "status?") {
			o.get("vera", path).shows(http.StatusOK)
		}
	}
}

func TestPeoplePagesWorkOnPostgres(t *testing.T) {
	o := newOffice(t, dbtest.New(t, db.EnginePostgres)).busy()
	for _, path := range append(peoplePages[:len(peoplePages):len(peoplePages)], o.pagesOf("Maya Ortiz")...) {
		o.get("anna", path).shows(http.StatusOK)
	}
}

func TestAddingAnAccountTwiceMakesOneCreator(t *testing.T) {
	o := small(t)
	first := o.send("anna", "/creators/new", "handle", "https://www.instagram.com/mayaglow", "name", "Maya", "followers", "12,400", "email", "maya@mail.example", "as", "prospect").leads("/partners/par_")
	again := o.send("anna", "/creators/new", "handle", "@MayaGlow", "platform", "instagram", "as", "prospect").leads("/partners/par_")
	if first != again {
		t.Errorf("two pages for one account: %s and %s", first, again)
	}
	o.get("anna", first).shows(http.StatusOK, "Maya", "12,400", "Prospect")
	o.send("anna", "/creators/new", "handle", "@mayaglow", "platform", "instagram", "as", "active").leads(first)
	o.get("anna", first).shows(http.StatusOK, "Partner")
}

func TestAWrongCreatorIsShownAgainWithItsFault(t *testing.T) {
	o := small(t)
	o.send("anna", "/creators/new", "handle", "@maya", "as", "prospect").shows(http.StatusUnprocessableEntity, "is-invalid", `value="@maya"`)
	o.send("anna", "/creators/new", "handle", "@maya", "platform", "instagram", "followers", "many").shows(http.StatusUnprocessableEntity, "Followers are a whole number")
	o.send("anna", "/creators/new", "handle", "", "name", "").shows(http.StatusUnprocessableEntity, "A creator needs a name.")
	o.send("anna", "/creators/new", "name", "Maya", "email", "nonsense").shows(http.StatusUnprocessableEntity, "nonsense")
	o.get("anna", "/creators").shows(http.StatusOK, "Nobody is here yet")
}

func TestAPastedListIsTakenLineByLine(t *testing.T) {
	o := small(t)
	list := "Maya Ortiz, @mayaglow, maya@mail.example\n\n@zoe\nhttps://www.tiktok.com/@kim Kim\njo@mail.example\n@mayaglow\nBad, @@@@ !!\n"
	o.send("anna", "/creators/paste", "list", list, "platform", "instagram").shows(http.StatusOK, "5 lines were taken, 1 refused", "Here already", "line 7")
	o.get("anna", "/creators").shows(http.StatusOK, "Maya Ortiz", "@zoe on Instagram", "@kim on TikTok", "4 creators")
	o.send("anna", "/creators/paste", "list", list, "platform", "instagram").shows(http.StatusOK)
	o.get("anna", "/creators?order=followers").shows(http.StatusOK, "@zoe on Instagram")
	o.send("anna", "/creators/paste", "list", " \n", "platform", "instagram").shows(http.StatusUnprocessableEntity, "Paste at least one line")
	o.send("anna", "/creators/paste", "list", strings.Repeat("x\n", 501), "platform", "instagram").shows(http.StatusUnprocessableEntity, "at most 500")
}

func TestSelectedCreatorsBecomePartnersOnce(t *testing.T) {
	o := small(t)
	p := o.partner("Maya", "maya", 1, partnerships.StatusProspect)
	o.send("anna", "/creators/choose?as=active", "id", string(p.Creator)).shows(http.StatusOK, "Make 1 creator a partner?")
	if s := o.partnership("Maya").Status; s != partnerships.StatusProspect {
		t.Errorf("asking made her %s", s)
	}
	for range 2 {
		o.send("anna", "/creators/take", "as", "active", "id", string(p.Creator)).leads("/creators/partners")
	}
	if s := o.partnership("Maya").Status; s != partnerships.StatusActive {
		t.Errorf("she is %s", s)
	}
	o.send("anna", "/creators/take", "as", "prospect", "id", string(p.Creator)).leads("/creators/pipeline")
	if s := o.partnership("Maya").Status; s != partnerships.StatusActive {
		t.Errorf("adding her to the pipeline made her %s", s)
	}
	o.send("anna", "/creators/choose").shows(http.StatusUnprocessableEntity, "Nobody was selected")
}

func TestTheBoardMovesAlongTheTable(t *testing.T) {
	o := small(t)
	p := o.partner("Maya", "maya", 1, partnerships.StatusProspect)
	o.get("anna", "/creators/pipeline").shows(http.StatusOK, "Maya", `action="`+o.base()+`/creators/pipeline"`)
	for _, to := range []string{"contacted", "agreed", "lost", "negotiating", "active"} {
		where := "/creators/pipeline"
		if to == "lost" { // where it is asked why
			where = "/partners/" + string(p.ID) + "/plan"
		}
		o.send("anna", "/creators/pipeline", "id", string(p.ID), "to", to).leads(where)
		if got := o.partnership("Maya").Status; string(got) != to {
			t.Fatalf("she is %s, want %s", got, to)
		}
	}
	o.send("anna", "/creators/pipeline", "id", string(p.ID), "to", "prospect").shows(http.StatusConflict, "cannot go back")
	o.send("anna", "/creators/pipeline", "id", string(p.ID), "to", "nonsense").shows(http.StatusUnprocessableEntity)
}

func TestTheBoardOfOnePersonCountsOnlyTheirs(t *testing.T) {
	o := small(t)
	for i := range int64(3) {
		o.partner(fmt.Sprintf("Maya %d", i), fmt.Sprintf("maya%d", i), 1, partnerships.StatusProspect)
	}
	page := o.get("anna", "/creators/pipeline")
	page.shows(http.StatusOK, "Maya 0", "Maya 2", "Only mine")
	anna := regexp.MustCompile(`pipeline\?owner=([a-z0-9_]+)`).FindStringSubmatch(page.body)[1]
	mine := "/creators/pipeline?owner=" + anna
	o.send("anna", "/partners/"+string(o.partnership("Maya 1").ID)+"/plan", "step", "Call", "owner", anna).leads("/partners/")
	only := o.get("anna", mine)
	only.shows(http.StatusOK, "Maya 1").lacks("Maya 2")
	only.lacks("/creators?status=prospect") // nothing more to show: the column holds all of theirs
	o.send("anna", "/creators/pipeline", "id", string(o.partnership("Maya 1").ID), "to", "lost").leads("/plan")
	o.get("anna", "/partners/"+string(o.partnership("Maya 1").ID)+"/plan").shows(http.StatusOK, "Talks came to nothing. Say why")
}

func TestWhoIsOnlyInAnotherProgramDoesNotExist(t *testing.T) {
	o := small(t)
	p := o.partnerIn(o.other.ID, "Kim", "kim", 5000, partnerships.StatusActive)
	o.get("anna", "/creators").shows(http.StatusOK).lacks("Kim")
	o.get("anna", "/creators/"+string(p.Creator)).shows(http.StatusNotFound)
	o.send("anna", "/creators/take", "as", "prospect", "id", string(p.Creator)).shows(http.StatusNotFound)
}
