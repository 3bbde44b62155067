package desk_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"rapport/internal/browsertest"
	"rapport/internal/edge/web/assets"
	"rapport/internal/edge/web/ui"
	"rapport/internal/partner/partnerships"
)

// serve puts the desk on a real port, with somebody signed in: the session stands in a cookie that the server adds.
func (o *office) serve(name string) string {
	o.Helper()
	files := ui.Assets()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/assets/") {
			files.ServeHTTP(w, r)
			return
		}
		r.AddCookie(&http.Cookie{Name: "rapport_session", Value: o.tokens[name]})
		o.handler.ServeHTTP(w, r)
	}))
	o.Cleanup(server.Close)
	return server.URL + o.base()
}

func chromium(t *testing.T) *browsertest.Browser {
	t.Helper()
	if !assets.Built() {
		t.Skip("there are no assets to look at: run `npm ci && npm run build`")
	}
	return browsertest.Open(t)
}

// lookedAt are the pages of this part of the desk that were looked at.
func (o *office) lookedAt() map[string]string {
	maya := "/partners/" + string(o.people["Maya Ortiz"].ID)
	return map[string]string{
		"find": "/creators", "new": "/creators/new", "paste": "/creators/paste", "pipeline": "/creators/pipeline", "partners": "/creators/partners",
		"overview": maya, "links": maya + "/links", "link": maya + "/links/" + string(o.link.ID), "money": maya + "/money", "deal": maya + "/deal", "messages": maya + "/messages",
		"profile": maya + "/profile", "timeline": maya + "/timeline", "invite": maya + "/invite", "awkward": "/partners/" + string(o.people[awkwardName].ID), "imports": "/imports",
		"campaigns": "/campaigns", "campaign": "/campaigns/" + string(o.campaign.ID), "campaign-invite": "/campaigns/" + string(o.campaign.ID) + "/invite", "task": "/tasks/" + string(o.task.ID),
		"inbox": "/inbox", "rtl": "/partners/" + string(o.people["نور الهدى"].ID),
	}
}

func TestPagesOfPeopleAreAccessibleOnEveryScreen(t *testing.T) {
	browser := chromium(t)
	o := small(t).busy()
	base := o.serve("anna")
	pages := o.lookedAt()
	columns := o.upload("anna", "list.csv", []byte(list)).leads("/uploads/")
	report := o.upload("anna", "list.csv", []byte(list)).leads("/uploads/")
	o.send("anna", report+"/check", importColumns...).leads(report)
	pages["import-columns"], pages["import-report"] = columns, report
	for _, screen := range []struct {
		name string
		view browsertest.Viewport
		dark bool
	}{{"1440", browsertest.Desktop, false}, {"390-dark", browsertest.Phone, true}} {
		page := browser.NewPage(screen.view)
		page.Dark(screen.dark)
		for name, path := range pages {
			page.Go(base + path)
			page.CheckAccessible()
			page.Screenshot("people-" + name + "-" + screen.name)
		}
	}
}

func TestEmptyPagesOfPeopleAreAccessible(t *testing.T) {
	browser := chromium(t)
	o := small(t)
	base := o.serve("anna")
	page := browser.NewPage(browsertest.Phone)
	for _, path := range []string{"/creators", "/creators/pipeline", "/creators/partners", "/imports", "/campaigns", "/inbox"} {
		page.Go(base + path)
		page.CheckAccessible()
		page.Screenshot("people-empty-" + strings.ReplaceAll(path[1:], "/", "-"))
	}
}

// The way of a partner through the pages, as it is clicked.
func TestACreatorBecomesAPartnerWithALinkByClicks(t *testing.T) {
	browser := chromium(t)
	o := small(t)
	o.partner("Maya Ortiz", "mayaglow", 12_400, partnerships.StatusProspect)
	base := o.serve("anna")
	page := browser.NewPage(browsertest.Desktop)
	page.Go(base + "/creators")
	page.Check("Select Maya Ortiz")
	page.Click("Make partners")
	page.WaitText("Make 1 creator a partner?")
	page.CheckAccessible()
	page.Click("Make 1 partner")
	page.WaitText("1 creator is a partner now")
	page.Click("Maya Ortiz @mayaglow on Instagram")
	page.WaitText("What is still missing")
	page.Click("Links & codes")
	page.Fill("Product address", "https://shop.example/serum")
	page.Click("Make the link")
	page.WaitText("The link works now")
	page.Click("Maya Ortiz")
	page.Click("Invite")
	page.WaitText("opens their portal once")
	page.Click("Make the invitation")
	page.WaitText("A message to paste")
	page.CheckAccessible()
}

func TestACardIsMovedByKeyboard(t *testing.T) {
	browser := chromium(t)
	o := small(t)
	o.partner("Maya Ortiz", "mayaglow", 12_400, partnerships.StatusProspect)
	page := browser.NewPage(browsertest.Desktop)
	page.Go(o.serve("anna") + "/creators/pipeline")
	page.Select("Move Maya Ortiz to", "Agreed")
	page.WaitText("Moved to “Agreed”")
	if s := o.partnership("Maya Ortiz").Status; s != partnerships.StatusAgreed {
		t.Errorf("she is %s", s)
	}
}

func TestOpeningAConversationMarksItRead(t *testing.T) {
	browser := chromium(t)
	o := small(t).busy()
	page := browser.NewPage(browsertest.Phone)
	page.Go(o.serve("anna") + "/inbox")
	page.WaitText("Waiting for you")
	page.Click("Maya Ortiz")
	page.WaitText("When")
	page.Back()
	page.Reload()
	page.WaitGone("Waiting for you")
}
