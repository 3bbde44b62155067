package desk_test

import (
	"bytes"
	"context"
	"image/png"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/partner/partnerships"
	"rapport/internal/recruit/creators"
	"rapport/internal/track/links"
)

func TestAPartnersFiguresLeadToTheirReasons(t *testing.T) {
	o := small(t).busy()
	base := "/partners/" + string(o.people["Maya Ortiz"].ID)
	o.get("anna", base).shows(http.StatusOK, "12,400", "entered by hand", "VIP", "Clicks", "What is still missing")
	money := o.get("anna", base+"/money").shows(http.StatusOK, "1001", "€59.70", "€31.35", "€28.35", "None yet: they enter it in their portal")
	if !regexp.MustCompile(`href="/p/prg_\w+/why/commission/com_\w+"`).MatchString(money.body) {
		t.Error("no amount leads to its why")
	}
	o.get("anna", "/creators/partners").shows(http.StatusOK, "Maya Ortiz", "VIP", "Partner")
	o.get("anna", "/creators/partners?q=maya&group="+string(o.partnership("Maya Ortiz").Group)).shows(http.StatusOK, "1 partner<").lacks("Hohenlohe")
}

func TestAStatusIsAskedForAndChangedOnce(t *testing.T) {
	o := small(t)
	p := o.partner("Maya", "maya", 1, partnerships.StatusActive)
	base := "/partners/" + string(p.ID)
	o.get("anna", base+"/status?to=ended").shows(http.StatusOK, "earn nothing from now on")
	o.get("anna", base+"/status?to=prospect").shows(http.StatusConflict)
	for range 2 {
		o.send("anna", base+"/status", "to", "ended").leads(base)
	}
	if s := o.partnership("Maya").Status; s != partnerships.StatusEnded {
		t.Errorf("she is %s", s)
	}
	o.get("anna", base+"/links").shows(http.StatusOK).lacks("Make the link")
	o.get("anna", base).shows(http.StatusOK).lacks("See their portal")
}

func TestLinksLeadToTheShopOnly(t *testing.T) {
	o := small(t)
	p := o.partner("Maya Ortiz", "maya", 1, partnerships.StatusActive)
	base := "/partners/" + string(p.ID)
	o.get("anna", base+"/links").shows(http.StatusOK, `value="MAYA"`, "any page on shop.example")
	for _, wrong := range []string{"https://evil.example/", "javascript:alert(1)", "", "https://shop.example@evil.example/"} {
		o.send("anna", base+"/links", "destination", wrong).shows(http.StatusUnprocessableEntity, `aria-invalid="true"`)
	}
	link := o.send("anna", base+"/links", "destination", "https://shop.example/serum", "slug", "maya").leads("/links/lnk_")
	o.send("anna", base+"/links", "destination", "https://shop.example/serum", "slug", "maya").shows(http.StatusUnprocessableEntity, `value="maya"`)
	o.get("anna", link).shows(http.StatusOK, "http://rapport.example/r/maya", "https://shop.example/serum", "<svg")
	picture := o.get("anna", link+"/qr.png")
	if _, err := png.Decode(bytes.NewReader([]byte(picture.body))); err != nil {
		t.Errorf("the QR code is no picture: %v", err)
	}
	for range 2 {
		o.send("anna", link+"/end").leads(base + "/links")
	}
	o.get("anna", link).shows(http.StatusOK, "Ended").lacks("End this link")
}

func TestACodeMeansOnePartner(t *testing.T) {
	o := small(t)
	p, q := o.partner("Maya", "maya", 1, partnerships.StatusActive), o.partner("Zoe", "zoe", 1, partnerships.StatusActive)
	base := "/partners/" + string(p.ID)
	o.send("anna", base+"/codes", "code", "GLOW10").leads(base + "/links")
	o.send("anna", "/partners/"+string(q.ID)+"/codes", "code", "glow10").shows(http.StatusUnprocessableEntity, "belongs to a partner already", `value="glow10"`)
	o.send("anna", base+"/codes", "code", "!").shows(http.StatusUnprocessableEntity, "1 to 64 letters")
	page := o.get("anna", base+"/links").shows(http.StatusOK, "GLOW10")
	at := regexp.MustCompile(`/codes/(cod_\w+)/end`).FindStringSubmatch(page.body)
	if at == nil {
		t.Fatal("the code cannot be ended")
	}
	o.get("anna", "/partners/"+string(q.ID)+"/codes/"+at[1]+"/end").shows(http.StatusNotFound)
	o.get("anna", base+"/codes/"+at[1]+"/end").shows(http.StatusOK, "End the code GLOW10?")
	for range 2 {
		o.send("anna", base+"/codes/"+at[1]+"/end").leads(base + "/links")
	}
	o.send("anna", "/partners/"+string(q.ID)+"/codes", "code", "glow10").leads("/links")
}

func TestADealIsOwnOrInherited(t *testing.T) {
	o := small(t)
	p := o.partner("Maya", "maya", 1, partnerships.StatusActive)
	deal := "/partners/" + string(p.ID) + "/deal"
	page := func() string { return o.get("anna", deal).shows(http.StatusOK).body }
	if !strings.Contains(page(), "% of the goods, from the program") {
		t.Error("the page does not say where the terms come from")
	}
	o.send("anna", deal, "commission_kind", "percent", "commission_value", "12.5", "offer_kind", "gift", "offer_value", "brush").leads(deal)
	if body := page(); !strings.Contains(body, `value="12.5"`) || !strings.Contains(body, "10 %, as before: the program") || !strings.Contains(body, "<bdi>brush</bdi>") {
		t.Error(body)
	}
	o.send("anna", deal, "commission_kind", "percent", "commission_value", "200", "offer_kind", "", "offer_value", "").shows(http.StatusUnprocessableEntity, `value="200"`, "percentage from 0 to 100")
	o.send("anna", deal, "commission_kind", "", "commission_value", "12.5", "offer_kind", "free_shipping", "offer_value", "brush").leads(deal)
	if got := o.partnership("Maya").Terms; got.Commission != nil || got.Offer == nil || got.Offer.Text() != "free shipping" {
		t.Errorf("her own terms are %+v", got)
	}
	o.send("anna", deal, "commission_kind", "", "commission_value", "20", "offer_kind", "", "offer_value", "brush").leads(deal)
	if got := o.partnership("Maya").Terms; got.Commission == nil || got.Commission.Text() != "20 %" {
		t.Errorf("a figure that was changed in the sentence was not kept: %+v", got)
	}
	var vip partnerships.Group
	o.do(func(ctx context.Context, tx *db.Tx) (err error) {
		vip, err = partnerships.CreateGroup(ctx, tx, partnerships.NewGroup{Program: o.program.ID, Name: "VIP", Terms: commissionOf("15")})
		return err
	})
	o.send("anna", deal, "commission_kind", "", "commission_value", "20", "offer_kind", "", "offer_value", "").leads(deal)
	o.send("anna", "/partners/"+string(p.ID)+"/group", "group", string(vip.ID)).leads(deal)
	if !strings.Contains(page(), "% of the goods, from group VIP") {
		t.Error("the group's terms do not show")
	}
}

func TestManyPartnersAreChangedAndTheOthersCounted(t *testing.T) {
	o := small(t)
	a, b := o.partner("Maya", "maya", 1, partnerships.StatusActive), o.partner("Zoe", "zoe", 1, partnerships.StatusContacted)
	both := []string{"id", string(a.ID), "id", string(b.ID)}
	o.send("anna", "/partners/choose?do=paused", both...).shows(http.StatusOK, "Pause 2 partners?", string(a.ID))
	o.send("anna", "/partners/choose?do=group", both...).shows(http.StatusOK, "Which group for 2 partners?")
	o.send("anna", "/partners/choose?do=nonsense", both...).shows(http.StatusBadRequest)
	o.send("anna", "/partners/change", append(both, "do", "paused")...).leads("/creators/partners")
	if o.partnership("Maya").Status != partnerships.StatusPaused || o.partnership("Zoe").Status != partnerships.StatusContacted {
		t.Error("the wrong ones were paused")
	}
}

func TestTheListLeavesAsAFileThatRunsNothing(t *testing.T) {
	o := small(t).busy()
	file := o.get("vera", "/creators/partners.csv?q=cmd")
	if file.status != http.StatusOK || !strings.Contains(file.body, `'=cmd|`) || strings.Contains(file.body, "Maya") {
		t.Errorf("%d %s", file.status, file.body)
	}
	if got := o.get("vera", "/creators/partners.csv").body; !strings.Contains(got, "Maya Ortiz") || strings.Count(got, "\r\n") != 4 {
		t.Errorf("the whole list is %s", got)
	}
}

func TestAnInvitationSignsTheCreatorInOnce(t *testing.T) {
	o := small(t)
	p := o.partner("Maya Ortiz", "maya", 1, partnerships.StatusActive)
	invite := "/partners/" + string(p.ID) + "/invite"
	page := o.send("anna", invite).shows(http.StatusOK, "Hi Maya", "this is Anna from Fernwood", "#ad")
	at := regexp.MustCompile(`http://rapport\.example/enter/([\w-]+)`).FindStringSubmatch(page.body)
	if at == nil {
		t.Fatal("there is no link")
	}
	token, _, err := auth.UseLoginLink(t.Context(), o.d, at[1], "phone")
	if err != nil {
		t.Fatal(err)
	}
	principal, _, err := auth.SessionBy(t.Context(), o.d, token)
	if err != nil || principal.CreatorID != string(p.Creator) {
		t.Errorf("the link opens %+v, %v", principal, err)
	}
	if _, _, err := auth.UseLoginLink(t.Context(), o.d, at[1], "phone"); err == nil {
		t.Error("the link worked twice")
	}
}

func TestContactAndNoteStayInTheProgram(t *testing.T) {
	o := small(t)
	p := o.partner("Maya", "maya", 1, partnerships.StatusActive)
	base := "/partners/" + string(p.ID)
	o.send("anna", base+"/contact", "email", "nonsense").shows(http.StatusUnprocessableEntity, `value="nonsense"`, `aria-invalid="true"`)
	o.send("anna", base+"/contact", "email", "maya@mail.example", "phone", "+49 1").leads(base + "/profile")
	o.send("anna", base+"/note", "note", "Prefers mail.").leads(base + "/profile")
	o.get("anna", base+"/profile").shows(http.StatusOK, "maya@mail.example", "Prefers mail.", "entered by hand")
	o.do(func(ctx context.Context, tx *db.Tx) error {
		c, err := creators.ContactOf(ctx, tx, o.other.ID, p.Creator)
		if c.Email != "" {
			t.Error("another program reads the address")
		}
		return err
	})
}

// peopleActs are all forms of this part of the desk.
func (o *office) peopleActs() []string {
	maya := "/partners/" + string(o.people["Maya Ortiz"].ID)
	campaign := "/campaigns/" + string(o.campaign.ID)
	return []string{
		"/creators/new", "/creators/paste", "/creators/choose", "/creators/take", "/creators/pipeline",
		"/partners/choose", "/partners/change", maya + "/status", maya + "/invite", maya + "/links",
		maya + "/links/" + string(o.link.ID) + "/end", maya + "/codes", maya + "/codes/cod_1/end", maya + "/deal", maya + "/group", maya + "/messages", maya + "/contact", maya + "/note",
		"/imports", "/uploads/1/check", "/uploads/1/columns", "/uploads/1/import", "/imports/imp_1/undo", "/campaigns/new", campaign + "/edit", campaign + "/status", campaign + "/invite",
		"/tasks/" + string(o.task.ID) + "/accept", "/tasks/" + string(o.task.ID) + "/changes", "/inbox/" + string(o.people["Maya Ortiz"].ID), "/inbox/" + string(o.people["Maya Ortiz"].ID) + "/read",
	}
}

func TestWhoMayOnlyLookChangesNothing(t *testing.T) {
	o := small(t).busy()
	for _, act := range o.peopleActs() {
		if got := o.send("vera", act, "id", string(o.people["Maya Ortiz"].ID), "to", "ended", "reason", "x", "body", "x"); got.status != http.StatusForbidden {
			t.Errorf("POST %s is answered %d", act, got.status)
		}
	}
	for _, page := range append(o.pagesOf("Maya Ortiz")[:7], "/creators", "/creators/partners", "/creators/pipeline", "/imports", "/campaigns", "/campaigns/"+string(o.campaign.ID), "/inbox/"+string(o.people["Maya Ortiz"].ID)) {
		forms := regexp.MustCompile(`<form[^>]*method="post"[^>]*action="([^"]*)"`).FindAllStringSubmatch(o.get("vera", page).shows(http.StatusOK).body, -1)
		for _, form := range forms {
			if form[1] != "/sign-out" && !strings.HasPrefix(form[1], o.base()+page) {
				t.Errorf("%s offers the form %s", page, form[1])
			}
		}
	}
}

// Whatever id of Fernwood's somebody of another program puts into an address of theirs, there is nothing.
func TestAnotherProgramsPeopleDoNotExist(t *testing.T) {
	o := small(t).busy()
	own := o.program
	o.program = o.other
	o.get("olga", "/creators").shows(http.StatusOK, "Nobody is here yet")
	o.program = own
	pages := append(o.pagesOf("Maya Ortiz"), "/campaigns/"+string(o.campaign.ID), "/campaigns/"+string(o.campaign.ID)+"/invite", "/tasks/"+string(o.task.ID), "/inbox/"+string(o.people["Maya Ortiz"].ID),
		"/creators/"+string(o.people["Maya Ortiz"].Creator), "/partners/"+string(o.people["Maya Ortiz"].ID)+"/links/"+string(o.link.ID)+"/qr.png")
	for _, page := range pages {
		o.get("olga", page).shows(http.StatusNotFound)
		if got := o.ask("olga", http.MethodGet, "/p/"+string(o.other.ID)+page, "", nil); got.status != http.StatusNotFound {
			t.Errorf("GET %s in the other program is answered %d", page, got.status)
		}
	}
	before := o.partnership("Maya Ortiz")
	o.program = o.other
	for _, act := range o.peopleActs() {
		got := o.send("olga", act, "id", string(before.ID), "to", "ended", "reason", "x", "body", "x", "code", "X1", "destination", "https://shop.example/", "do", "ended", "note", "x", "email", "x@x.example", "as", "active", "list", "\n")
		if got.status < 400 && !strings.HasSuffix(act, "/choose") { // which asks and changes nothing
			t.Errorf("POST %s is answered %d to %q", act, got.status, got.to)
		}
	}
	o.program = own
	if after := o.partnership("Maya Ortiz"); after.Status != before.Status || after.Note != before.Note {
		t.Errorf("%+v became %+v", before, after)
	}
	o.do(func(ctx context.Context, tx *db.Tx) error {
		l, err := links.Find(ctx, tx, o.link.ID)
		if !l.EndedAt.IsZero() {
			t.Error("her link was ended")
		}
		return err
	})
}
