package join_test

import (
	"bytes"
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/db/dbtest"
	"rapport/internal/base/money"
	"rapport/internal/base/notify"
	"rapport/internal/base/programs"
	"rapport/internal/base/secret"
	"rapport/internal/edge/web/desk"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/join"
	"rapport/internal/edge/web/portal"
	"rapport/internal/edge/web/setup"
	"rapport/internal/edge/web/webtest"
	"rapport/internal/partner/applications"
	"rapport/internal/partner/outreach"
	"rapport/internal/partner/partnerships"
	"rapport/internal/partner/terms"
	"rapport/internal/pay/intake"
	"rapport/internal/recruit/creators"
	"rapport/internal/track/clicks"
	"rapport/internal/track/links"
)

var pages = webtest.Parsed(frame.Templates, setup.Templates, desk.Templates, portal.Templates, join.Templates)

// world is Fernwood Tea with Olga, who owns it; pages are asked over HTTP through the real router.
type world struct {
	*webtest.Site
	box     *secret.Box
	index   *links.Index
	program programs.Program
	owner   string // Olga's session
}

func inWorld(t *testing.T, engine db.Engine, test func(w *world)) {
	t.Parallel()
	w := &world{box: secret.New(bytes.Repeat([]byte{3}, secret.KeySize)), index: new(links.Index)}
	w.Site = webtest.Open(t, dbtest.New(t, engine), pages, frame.Deps{Box: w.box, Links: w.index, MailSent: true}, setup.Register, desk.Register, portal.Register, join.Register)
	ten, err := terms.ParseCommission("percent", "12", "EUR")
	w.Must(err)
	off, err := terms.ParseOffer("percent", "10", "EUR")
	w.Must(err)
	var user auth.User
	w.Do(func(ctx context.Context, tx *db.Tx) error {
		if w.program, err = programs.Create(ctx, tx, programs.New{Name: "Fernwood Tea", Currency: "EUR", Sites: []string{"shop.example"}}); err != nil {
			return err
		}
		if err := partnerships.SetProgramTerms(ctx, tx, w.program.ID, terms.Terms{Commission: &ten, Offer: &off}); err != nil {
			return err
		}
		user, err = auth.CreateUser(ctx, tx, auth.NewUser{Email: "olga@acme.example", Name: "Olga", Role: auth.RoleOwner})
		return err
	})
	w.owner = w.Session(user.ID, auth.PurposeInvite)
	test(w)
}

// mails are all that wait, in order.
func (w *world) mails() (all []notify.Mail) {
	w.Helper()
	var ids []string
	w.Do(func(ctx context.Context, tx *db.Tx) (err error) {
		ids, err = db.All(ctx, tx, db.Column[string], `select id from mails where state = 'queued' order by id`)
		return err
	})
	for _, id := range ids {
		w.Must(notify.Deliver(w.Context(), w.DB, w.box, id, func(_ context.Context, m notify.Mail) error { all = append(all, m); return nil }))
	}
	return all
}

// opened makes the program's form with a rule.
func (w *world) opened(rules ...applications.Rule) {
	w.Helper()
	w.Do(func(ctx context.Context, tx *db.Tx) error {
		_, err := applications.SaveForm(ctx, tx, applications.Form{Program: w.program.ID, Slug: "fernwood", Open: true, Rules: rules,
			Questions: []applications.Question{{Text: "Why us?", Kind: applications.QuestionText, Required: true}, {Text: "Tea or coffee?", Kind: applications.QuestionChoice, Choices: []string{"Tea", "Coffee"}}}})
		return err
	})
}

var hidden = regexp.MustCompile(`name="(began|terms)" value="([^"]*)"`)

// filled is the application form as a person fills it in, a while after the page was opened.
func (w *world) filled() url.Values {
	w.Helper()
	page := w.Shows("/join/fernwood", "", http.StatusOK, "Work with Fernwood Tea", "You earn 12 %", "Why us?", "Germany")
	form := url.Values{"name": {"Maya Ortiz"}, "email": {"maya@mail.example"}, "account_0": {"https://www.instagram.com/maya.glow"}, "country": {"DE"}, "accepted": {"1"},
		"answer_0": {"I drink a lot of it."}, "answer_1": {"Tea"}}
	for _, found := range hidden.FindAllStringSubmatch(page, -1) {
		form.Set(found[1], found[2])
	}
	dbtest.Clock(w.DB).Advance(20 * time.Second)
	return form
}

var link = regexp.MustCompile(`http://rapport\.example(/\S+)`)

// applied sends the form and returns the link that the applicant gets.
func (w *world) applied() string {
	w.Helper()
	if to := w.Leads("/join/fernwood", "", w.filled()); to != "/join/fernwood/sent" {
		w.Fatalf("it leads to %s", to)
	}
	w.Shows("/join/fernwood/sent", "", http.StatusOK, "Look into your mail")
	mails := w.mails()
	if len(mails) != 1 || mails[0].To != "maya@mail.example" {
		w.Fatalf("the mails are %+v", mails)
	}
	return link.FindStringSubmatch(mails[0].Text)[1]
}

func TestWhoIsApprovedByARuleIsInAtOnce(t *testing.T) {
	inWorld(t, db.EngineSQLite, func(w *world) {
		w.opened(applications.Rule{Countries: []string{"DE"}, Then: applications.OutcomeApprove})
		own := w.applied()
		w.Shows(own, "", http.StatusOK, "Hello Maya Ortiz, is that you?")
		answer := w.Ask(own, "", url.Values{})
		to := answer.Header().Get("Location")
		if answer.Code != http.StatusSeeOther || !strings.HasSuffix(to, "/share") {
			w.Fatalf("it is %d to %s\n%s", answer.Code, to, answer.Body.String())
		}
		var session string
		for _, c := range answer.Result().Cookies() {
			if c.Name == "rapport_session" {
				session = c.Value
			}
		}
		w.Shows(to, session, http.StatusOK, "MAYA10", "/r/maya10", "I earn a commission")
		w.Shows(own, "", http.StatusOK, "You are in", "You live in DE.")
		mails := w.mails()
		if len(mails) != 1 || !strings.Contains(mails[0].Subject, "You are in") || !strings.Contains(mails[0].Text, "/enter/") {
			w.Errorf("the mails are %+v", mails)
		}
	})
}

// The form writes to any address: it must be no way to send one's own words, or many mails, to strangers.
func TestTheFormIsNoWayToWriteToStrangers(t *testing.T) {
	inWorld(t, db.EngineSQLite, func(w *world) {
		w.opened()
		form := w.filled()
		form.Set("name", "Win now at evil.example")
		for i, email := range []string{"maya@mail.example", "Maya@mail.example", " maya@MAIL.example"} {
			form.Set("email", email)
			if to := w.Leads("/join/fernwood", "", form); to != "/join/fernwood/sent" {
				w.Fatalf("time %d leads to %s", i, to)
			}
		}
		if answer := w.Ask("/join/fernwood", "", form); answer.Code != http.StatusUnprocessableEntity || !strings.Contains(answer.Body.String(), "too often") {
			w.Errorf("the fourth time is %d", answer.Code)
		}
		mails := w.mails()
		if len(mails) != 3 {
			w.Fatalf("%d mails", len(mails))
		}
		for _, m := range mails {
			if strings.Contains(m.Subject+m.Text, "evil.example") {
				w.Errorf("it says %q", m.Text)
			}
		}
	})
}

func TestWhoWaitsIsLetInByAPerson(t *testing.T) {
	inWorld(t, db.EnginePostgres, func(w *world) {
		base := "/p/" + string(w.program.ID) + "/applications"
		w.Shows(base, w.owner, http.StatusOK, "Nobody is waiting", "Make the form")
		w.Shows(base+"/form", w.owner, http.StatusOK, "fernwood-tea", "Why would you like to work with Fernwood Tea?")
		w.opened()
		own := w.applied()
		w.Shows(base, w.owner, http.StatusOK, "Nobody is waiting")
		if to := w.Leads(own, "", url.Values{}); to != own {
			w.Fatalf("it leads to %s", to)
		}
		w.Shows(own, "", http.StatusOK, "Fernwood Tea is looking at your application", "a person decides")
		page := w.Shows(base, w.owner, http.StatusOK, "Maya Ortiz", "No rule says what to do")
		one := regexp.MustCompile(base + `/par_[0-9a-f]+`).FindString(page)
		w.Shows(one, w.owner, http.StatusOK, "Should Maya Ortiz join?", "I drink a lot of it.", "You earn 12 %", "maya@mail.example")
		for range 2 { // a double click
			if to := w.Leads(one+"/approve", w.owner, url.Values{}); !strings.Contains(to, "/partners/par_") {
				w.Fatalf("it leads to %s", to)
			}
		}
		if mails := w.mails(); len(mails) != 1 || !strings.Contains(mails[0].Text, "/enter/") {
			w.Errorf("the mails are %+v", mails)
		}
		w.Shows(own, "", http.StatusOK, "You are in")
	})
}

func TestARefusalIsReadByBothSides(t *testing.T) {
	inWorld(t, db.EngineSQLite, func(w *world) {
		w.opened()
		own := w.applied()
		w.Leads(own, "", url.Values{})
		base := "/p/" + string(w.program.ID) + "/applications"
		one := regexp.MustCompile(base + `/par_[0-9a-f]+`).FindString(w.Shows(base, w.owner, http.StatusOK))
		w.Says("without words", w.Ask(one+"/refuse", w.owner, url.Values{}), http.StatusUnprocessableEntity, "Refuse Maya Ortiz")
		w.Leads(one+"/refuse", w.owner, url.Values{"reason": {"We look for people in France."}})
		w.Shows(own, "", http.StatusOK, "Not this time", "We look for people in France.")
		w.Shows(one, w.owner, http.StatusOK, "We look for people in France.")
		if mails := w.mails(); len(mails) != 1 || !strings.Contains(mails[0].Text, "We look for people in France.") {
			w.Errorf("the mails are %+v", mails)
		}
	})
}

func TestMachinesAndMistakesLeaveNothingBehind(t *testing.T) {
	inWorld(t, db.EngineSQLite, func(w *world) {
		w.opened()
		for name, change := range map[string]func(url.Values){
			"a trap filled in":  func(f url.Values) { f.Set("website", "https://spam.example") },
			"a forged page":     func(f url.Values) { f.Set("began", "abc.def") },
			"no terms accepted": func(f url.Values) { f.Del("accepted") },
			"no answer":         func(f url.Values) { f.Del("answer_0") },
			"a foreign choice":  func(f url.Values) { f.Set("answer_1", "Beer") },
			"no account":        func(f url.Values) { f.Del("account_0") },
			"half an account":   func(f url.Values) { f.Set("account_0", "@maya") },
			"no address":        func(f url.Values) { f.Set("email", "maya") },
		} {
			form := w.filled()
			change(form)
			if answer := w.Ask("/join/fernwood", "", form); answer.Code != http.StatusUnprocessableEntity {
				w.Errorf("%s: %d", name, answer.Code)
			}
		}
		quick := w.filled()
		page := w.Shows("/join/fernwood", "", http.StatusOK)
		quick.Set("began", hidden.FindStringSubmatch(page)[2])
		if answer := w.Ask("/join/fernwood", "", quick); answer.Code != http.StatusUnprocessableEntity {
			w.Errorf("sent in the second it was opened: %d", answer.Code)
		}
		if mails := w.mails(); len(mails) != 0 {
			w.Errorf("%d mails left", len(mails))
		}
	})
}

func TestAnInvitationIsAcceptedInTwoTaps(t *testing.T) {
	inWorld(t, db.EngineSQLite, func(w *world) {
		var p partnerships.Partnership
		var user string
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			c, err := creators.Create(ctx, tx, creators.New{Name: "Noor Haddad"})
			if err != nil {
				return err
			}
			if p, err = partnerships.Create(ctx, tx, partnerships.New{Program: w.program.ID, Creator: c.ID, Status: partnerships.StatusContacted}); err != nil {
				return err
			}
			user, err = auth.EnsureCreatorUser(ctx, tx, string(c.ID), "noor@mail.example", "Noor", "en")
			return err
		})
		token := w.Session(user, auth.PurposeCreator)
		base := "/c/" + string(p.ID)
		if answer := w.Ask(base+"/accept", token, url.Values{}); answer.Code == http.StatusSeeOther {
			t.Error("nobody invited them")
		}
		w.Do(func(ctx context.Context, tx *db.Tx) error { return applications.Invite(ctx, tx, p.ID, "Olga") })
		w.Shows(base+"/", token, http.StatusOK, "Fernwood Tea would like to work with you", "You earn 12 %", "Accept")
		if to := w.Leads(base+"/accept", token, url.Values{}); to != base+"/share" {
			t.Fatalf("it leads to %s", to)
		}
		w.Shows(base+"/share", token, http.StatusOK, "NOOR10", "/r/noor10", "I earn a commission")
	})
}

// Who was entered by hand, or came through the interface, is answered on the same page and reads why in the conversation, once.
func TestWhoDidNotComeByTheFormIsAnsweredAlike(t *testing.T) {
	inWorld(t, db.EngineSQLite, func(w *world) {
		zoe, kim := w.applicant("Zoe"), w.applicant("Kim")
		base := "/p/" + string(w.program.ID) + "/applications"
		w.Shows(base, w.owner, http.StatusOK, "Zoe", "Kim", "2 applications", "Did not come by the form")
		for range 2 {
			w.Leads(base+"/"+string(zoe)+"/refuse", w.owner, url.Values{"reason": {"We have enough for now."}})
		}
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			all, _, err := outreach.Thread(ctx, tx, zoe, db.Page{})
			if len(all) != 1 || all[0].Body != "We have enough for now." {
				t.Errorf("the creator reads %v", all)
			}
			return err
		})
		for range 2 {
			w.Leads(base+"/"+string(kim)+"/approve", w.owner, url.Values{})
		}
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			p, err := partnerships.Find(ctx, tx, kim)
			if err != nil || p.Status != partnerships.StatusActive {
				t.Errorf("she is %s", p.Status)
			}
			codes, _, err := links.ListCodes(ctx, tx, links.Filter{Program: w.program.ID, Partnership: kim}, db.Page{})
			if len(codes) != 1 {
				t.Errorf("she has %d codes", len(codes))
			}
			return err
		})
	})
}

func (w *world) applicant(name string) (id partnerships.ID) {
	w.Helper()
	w.Do(func(ctx context.Context, tx *db.Tx) error {
		c, err := creators.Create(ctx, tx, creators.New{Name: name})
		if err != nil {
			return err
		}
		p, err := partnerships.Create(ctx, tx, partnerships.New{Program: w.program.ID, Creator: c.ID, Status: partnerships.StatusApplied})
		id = p.ID
		return err
	})
	return id
}

// A customer names their account after an order: known orders make a prospect with the order as evidence, unknown ones nothing, and both read the same.
func TestACustomerWhoPostsArrivesAsAProspect(t *testing.T) {
	inWorld(t, db.EngineSQLite, func(w *world) {
		w.opened()
		tokens, err := clicks.NewKeys(clicks.Key{No: 1, Secret: [32]byte{7}})
		w.Must(err)
		door := intake.Door{Tokens: tokens, Box: w.box}
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			_, err := door.Order(ctx, tx, intake.Order{Program: w.program.ID, ExternalID: "1001", Amount: money.Amount{Minor: 4990, Currency: "EUR"}, Source: "api", OccurredAt: tx.Now()})
			return err
		})
		for _, order := range []string{"1001", "nosuch"} {
			page := w.Shows("/join/fernwood/bought", "", http.StatusOK, "Do you post about what you like?")
			dbtest.Clock(w.DB).Advance(20 * time.Second)
			form := url.Values{"began": {hidden.FindStringSubmatch(page)[2]}, "order": {order}, "account_0": {"https://www.tiktok.com/@tea." + order}}
			w.Says(order, w.Ask("/join/fernwood/bought", "", form), http.StatusOK, "Thank you", "they write to you")
		}
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			all, _, err := partnerships.List(ctx, tx, partnerships.Filter{Program: w.program.ID}, db.Page{})
			if len(all) != 1 || all[0].Status != partnerships.StatusProspect {
				t.Errorf("there are %+v", all)
			}
			return err
		})
	})
}

func TestRulesAreWrittenAndReadAsSentences(t *testing.T) {
	inWorld(t, db.EngineSQLite, func(w *world) {
		w.opened()
		path := "/p/" + string(w.program.ID) + "/applications/rules"
		w.Shows(path, w.owner, http.StatusOK, "No rules yet")
		w.Leads(path, w.owner, url.Values{"then": {"approve"}, "verdict": {"fits"}, "countries": {"Germany, AT"}, "min_followers": {"1000"}})
		const said = "Approve when the check-up says “Fits” and they live in Germany or Austria and there are at least 1,000 followers."
		w.Shows(path, w.owner, http.StatusOK, said)
		w.Says("a refusal without words", w.Ask(path, w.owner, url.Values{"then": {"refuse"}}), http.StatusUnprocessableEntity, "Write what somebody reads")
		w.Leads(path+"/remove", w.owner, url.Values{"rule": {"0"}, "was": {"another"}})
		w.Shows(path, w.owner, http.StatusOK, said)
		w.Leads(path+"/remove", w.owner, url.Values{"rule": {"0"}, "was": {said}})
		w.Shows(path, w.owner, http.StatusOK, "No rules yet")
	})
}

func TestTheFormIsChangedByThoseWhoMay(t *testing.T) {
	inWorld(t, db.EngineSQLite, func(w *world) {
		path := "/p/" + string(w.program.ID) + "/applications/form"
		form := url.Values{"open": {"1"}, "slug": {"Tea"}, "intro": {"We sell tea."}, "question_0": {"How many cups?"}, "kind_0": {"choice"}}
		w.Says("no choices", w.Ask(path, w.owner, form), http.StatusUnprocessableEntity, "answers to choose from")
		form.Set("choices_0", "One\nTwo")
		w.Leads(path, w.owner, form)
		w.Shows("/join/tea", "", http.StatusOK, "We sell tea.", "How many cups?", "Two")
		form.Del("open")
		w.Leads(path, w.owner, form)
		w.Shows("/join/tea", "", http.StatusOK, "Closed at the moment")
		if answer := w.Ask(path, "", nil); answer.Code == http.StatusOK {
			t.Error("a stranger sees the editor")
		}
	})
}
