package desk_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/db/dbtest"
	"rapport/internal/base/money"
	"rapport/internal/base/programs"
	"rapport/internal/base/secret"
	"rapport/internal/edge/web/desk"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/recruit"
	"rapport/internal/edge/web/ui"
	"rapport/internal/partner/content"
	"rapport/internal/partner/outreach"
	"rapport/internal/partner/partnerships"
	"rapport/internal/partner/terms"
	"rapport/internal/pay/intake"
	"rapport/internal/recruit/creators"
	"rapport/internal/track/clicks"
	"rapport/internal/track/links"
)

// office is the desk of Fernwood, where Anna is the owner and Vera may look, and of another program, where Olga is a manager.
type office struct {
	*testing.T
	d              *db.DB
	door           intake.Door
	handler        http.Handler
	program, other programs.Program
	anna           auth.Principal
	tokens         map[string]string // of sessions by name
	people         map[string]partnerships.Partnership
	link           links.Link
	campaign       content.Campaign
	task           content.Task
}

func newOffice(t *testing.T, d *db.DB) *office {
	t.Helper()
	keys, err := clicks.NewKeys(clicks.Key{No: 1, Secret: [32]byte{7}})
	if err != nil {
		t.Fatal(err)
	}
	set, err := ui.New(frame.Templates, desk.Templates, recruit.Templates)
	if err != nil {
		t.Fatal(err)
	}
	set.Now = d.Now
	box := secret.New(bytes.Repeat([]byte{1}, secret.KeySize))
	o := &office{T: t, d: d, door: intake.Door{Tokens: keys, Box: box}, tokens: map[string]string{}, people: map[string]partnerships.Partnership{}}
	m := frame.NewMux(frame.Deps{
		DB: d, Box: box, Door: o.door, Links: &links.Index{}, BaseURL: "http://rapport.example", LinkBase: "http://rapport.example/r",
		Log: slog.New(slog.NewTextHandler(t.Output(), nil)), ClientIP: func(*http.Request) string { return "203.0.113.9" },
	}, set)
	desk.Register(m)
	recruit.Register(m) // people are found on its page
	o.handler = m.Handler()
	o.anna = auth.Principal{Kind: auth.KindMerchant, ID: "usr_anna", Name: "Anna", Installation: auth.RoleOwner}
	o.do(func(ctx context.Context, tx *db.Tx) (err error) {
		if o.program, err = programs.Create(ctx, tx, programs.New{Name: "Fernwood", Currency: "EUR", Sites: []string{"shop.example"}, Timezone: "Europe/Berlin"}); err != nil {
			return err
		}
		if o.other, err = programs.Create(ctx, tx, programs.New{Name: "Other", Currency: "USD", Sites: []string{"other.example"}}); err != nil {
			return err
		}
		return partnerships.SetProgramTerms(ctx, tx, o.program.ID, commissionOf("10"))
	})
	o.person("anna", auth.RoleOwner, o.program.ID)
	o.person("vera", auth.RoleViewer, o.program.ID)
	o.person("olga", auth.RoleManager, o.other.ID)
	return o
}

func commissionOf(rate string) terms.Terms {
	c, err := terms.ParseCommission("percent", rate, "EUR")
	if err != nil {
		panic("BUG: " + err.Error())
	}
	return terms.Terms{Commission: &c}
}

func (o *office) do(f func(ctx context.Context, tx *db.Tx) error) {
	o.Helper()
	ctx := auth.With(o.Context(), o.anna)
	if err := o.d.Update(ctx, func(tx *db.Tx) error { return f(ctx, tx) }); err != nil {
		o.Fatal(err)
	}
}

// person signs somebody in who has a role in one program.
func (o *office) person(name string, role auth.Role, in programs.ID) {
	o.Helper()
	var token string
	o.do(func(ctx context.Context, tx *db.Tx) error {
		u, err := auth.CreateUser(ctx, tx, auth.NewUser{Email: name + "@fernwood.example", Name: strings.ToUpper(name[:1]) + name[1:], Role: role, Program: in})
		if err != nil {
			return err
		}
		token, err = auth.LoginLink(ctx, tx, u.ID, auth.PurposeReset, auth.LinkByHand, "")
		return err
	})
	session, _, err := auth.UseLoginLink(o.Context(), o.d, token, "test")
	if err != nil {
		o.Fatal(err)
	}
	o.tokens[name] = session
}

func (o *office) base() string { return "/p/" + string(o.program.ID) }

// told is an answer of the desk.
type told struct {
	*testing.T
	status int
	to     string
	header http.Header
	body   string
}

func (o *office) ask(name, method, path, kind string, body io.Reader) told {
	o.Helper()
	r := httptest.NewRequest(method, path, body).WithContext(o.Context())
	r.AddCookie(&http.Cookie{Name: "rapport_session", Value: o.tokens[name]})
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	w := httptest.NewRecorder()
	o.handler.ServeHTTP(w, r)
	return told{o.T, w.Code, w.Header().Get("Location"), w.Header(), w.Body.String()}
}

func (o *office) get(name, path string) told {
	o.Helper()
	return o.ask(name, http.MethodGet, o.base()+path, "", nil)
}

// send posts a form; pairs are names and values.
func (o *office) send(name, path string, pairs ...string) told {
	o.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	return o.ask(name, http.MethodPost, o.base()+path, "application/x-www-form-urlencoded", strings.NewReader(form.Encode()))
}

// upload sends a file to be imported.
func (o *office) upload(name, file string, content []byte) told {
	o.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("file", file)
	if err != nil {
		o.Fatal(err)
	}
	if _, err := part.Write(content); err != nil {
		o.Fatal(err)
	}
	if err := form.Close(); err != nil {
		o.Fatal(err)
	}
	return o.ask(name, http.MethodPost, o.base()+"/imports", form.FormDataContentType(), &body)
}

// shows fails unless the page has the status, is clean, and holds every text.
func (a told) shows(status int, texts ...string) told {
	a.Helper()
	if a.status != status {
		a.Fatalf("answered %d (to %q), want %d:\n%s", a.status, a.to, status, a.body)
	}
	for _, text := range texts {
		if !strings.Contains(a.body, text) {
			a.Errorf("the page lacks %q:\n%s", text, a.body)
		}
	}
	if strings.HasPrefix(a.header.Get("Content-Type"), "text/html") {
		for _, wrong := range ui.Lint(a.body) {
			a.Errorf("%v", wrong)
		}
	}
	return a
}

// lacks fails where a text is on the page.
func (a told) lacks(texts ...string) told {
	a.Helper()
	for _, text := range texts {
		if strings.Contains(a.body, text) {
			a.Errorf("the page holds %q:\n%s", text, a.body)
		}
	}
	return a
}

// leads fails unless the answer leads to an address with this in it, and returns the address below the program.
func (a told) leads(part string) string {
	a.Helper()
	if a.status != http.StatusSeeOther || !strings.Contains(a.to, part) {
		a.Fatalf("answered %d to %q, want a way to %s:\n%s", a.status, a.to, part, a.body)
	}
	_, rest, _ := strings.Cut(strings.TrimPrefix(a.to, "/p/"), "/")
	return "/" + rest
}

// partner makes a creator of the program.
func (o *office) partner(name, handle string, followers int64, s partnerships.Status) partnerships.Partnership {
	o.Helper()
	return o.partnerIn(o.program.ID, name, handle, followers, s)
}

func (o *office) partnerIn(in programs.ID, name, handle string, followers int64, s partnerships.Status) (p partnerships.Partnership) {
	o.Helper()
	o.do(func(ctx context.Context, tx *db.Tx) error {
		n := creators.New{Name: name}
		if handle != "" {
			n.Profiles = []creators.NewProfile{{Platform: creators.PlatformInstagram, Handle: handle, Counts: creators.Counts{Followers: &followers}}}
		}
		c, err := creators.Create(ctx, tx, n)
		if err != nil {
			return err
		}
		p, err = partnerships.Create(ctx, tx, partnerships.New{Program: in, Creator: c.ID, Status: s})
		return err
	})
	o.people[name] = p
	return p
}

// awkwardName has 60 letters.
const awkwardName = "Maximiliane-Theodora Freifrau von und zu Hohenlohe-Langenbur"

// busy fills the desk: partners in every status, links, codes, sales, refunds, messages, campaigns.
func (o *office) busy() *office {
	o.Helper()
	maya := o.partner("Maya Ortiz", "mayaglow", 12_400, partnerships.StatusActive)
	o.partner(awkwardName, "max", 10_000_000, partnerships.StatusActive)
	o.partner("نور الهدى", "nour", 987_654, partnerships.StatusApplied)
	o.partner("Name only", "", 0, partnerships.StatusProspect)
	o.partner("=cmd|' /C calc'!A0", "evil", 5, partnerships.StatusActive)
	for i, s := range []partnerships.Status{partnerships.StatusContacted, partnerships.StatusReplied, partnerships.StatusNegotiating, partnerships.StatusAgreed} {
		o.partner(fmt.Sprintf("Talker %d", i), fmt.Sprintf("talker%d", i), int64(1000*(i+1)), s)
	}
	o.do(func(ctx context.Context, tx *db.Tx) error { return o.fill(ctx, tx, maya) })
	return o
}

func (o *office) fill(ctx context.Context, tx *db.Tx, maya partnerships.Partnership) (err error) {
	vip, err := partnerships.CreateGroup(ctx, tx, partnerships.NewGroup{Program: o.program.ID, Name: "VIP", Terms: commissionOf("15")})
	if err != nil {
		return err
	}
	if _, err = partnerships.SetGroup(ctx, tx, maya.ID, vip.ID); err != nil {
		return err
	}
	if o.link, err = links.Create(ctx, tx, links.New{Partnership: maya.ID, Destination: "https://shop.example/serum?size=30", Slug: "maya-glow"}); err != nil {
		return err
	}
	if _, err = links.CreateCode(ctx, tx, links.NewCode{Partnership: maya.ID, Code: "MAYA10"}); err != nil {
		return err
	}
	for i, minor := range []int64{39_800, 1_000_000_000, 5_000} {
		order := intake.Order{
			Program: o.program.ID, ExternalID: fmt.Sprint(1001 + i), Amount: money.Amount{Minor: minor, Currency: "EUR"}, Touches: []intake.Touch{{Code: "MAYA10"}},
			Source: "shopify", OccurredAt: dbtest.Start, Customer: intake.Customer{Email: "buyer@mail.example"},
		}
		if _, err = o.door.Order(ctx, tx, order); err != nil {
			return err
		}
	}
	if _, err = o.door.Refund(ctx, tx, intake.Refund{Program: o.program.ID, Conversion: "1001", ExternalID: "r1", Amount: money.Amount{Minor: 20_900, Currency: "EUR"}, Source: "shopify", OccurredAt: dbtest.Start}); err != nil {
		return err
	}
	if err = creators.SetContact(ctx, tx, o.program.ID, maya.Creator, creators.Contact{Email: "maya@mail.example"}); err != nil {
		return err
	}
	return o.talk(ctx, tx, maya)
}

func (o *office) talk(ctx context.Context, tx *db.Tx, maya partnerships.Partnership) (err error) {
	for _, m := range []outreach.New{
		{Partnership: maya.ID, From: outreach.SideBrand, Body: "Hello Maya,\nwelcome!"}, {Partnership: maya.ID, From: outreach.SideCreator, Body: "Thank you! <b>When</b> do we start?"},
	} {
		if _, err = outreach.Send(ctx, tx, m); err != nil {
			return err
		}
	}
	o.campaign, err = content.Create(ctx, tx, content.New{Program: o.program.ID, Name: "Spring", Brief: "Show the serum.\nSay #ad.", EndsAt: dbtest.Start.AddDate(0, 1, 0)})
	if err != nil {
		return err
	}
	tasks, err := content.Invite(ctx, tx, o.campaign.ID, content.Invitation{Partnerships: []partnerships.ID{maya.ID}, DueAt: o.campaign.EndsAt})
	if err != nil {
		return err
	}
	o.task, err = content.Post(ctx, tx, tasks[0].ID, "https://www.tiktok.com/@mayaglow/video/1")
	return err
}

func (o *office) partnership(name string) (p partnerships.Partnership) {
	o.Helper()
	o.do(func(ctx context.Context, tx *db.Tx) (err error) {
		p, err = partnerships.Find(ctx, tx, o.people[name].ID)
		return err
	})
	return p
}
