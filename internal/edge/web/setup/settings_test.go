package setup_test

import (
	"bytes"
	"image"
	"image/png"
	"mime/multipart"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/edge/stores"
)

func TestSettingsAreSavedRefusedAndLogged(t *testing.T) {
	s := newSite(t, sqlite(t))
	v := s.owner()
	base := v.program("Fernwood")
	v.get(base+"/settings").sees(t, 200, "Fernwood", "shop.example")
	good := []string{"name", "Fernwood Tea", "colour", "#0f766e", "sites", "shop.example\nblog.example", "timezone", "Europe/Berlin", "model", "first_touch", "prefer", "click",
		"window", "14", "hold", "0", "schedule", "weekly", "minimum", "10.00", "parameter", "rp_click"}
	v.post(base+"/settings", good...).leads(t, base+"/settings")
	v.get(base+"/settings").sees(t, 200, "Saved.", "Fernwood Tea", "blog.example", `value="14"`, `value="10.00"`)
	bad := []string{"name", "", "colour", "red", "sites", "shop.example\n192.168.0.1", "timezone", "Mars/Base", "model", "x", "prefer", "y", "window", "many", "hold", "-1", "schedule", "z",
		"minimum", "-3", "parameter", "a b"}
	v.post(base+"/settings", bad...).sees(t, 422, "whole number of days")
	bad[13], bad[15], bad[19] = "400", "-1", "5.00"
	refused := v.post(base+"/settings", bad...).sees(t, 422)
	if n := strings.Count(refused.body, `aria-invalid="true"`); n < 6 {
		t.Errorf("%d fields are marked: %s", n, refused.body)
	}
	v.get(base+"/settings/log").sees(t, 200, "Changed the program", "first_touch", "Ada Marsh")
}

func TestTermsAndGroupsFollowTheSentence(t *testing.T) {
	s := newSite(t, sqlite(t))
	v := s.owner()
	base := v.program("Fernwood")
	sentence := func(change ...string) []string {
		values := map[string]string{"commission": "12.5", "commission_kind": "percent", "window": "45", "offer": "5.00", "offer_kind": "amount", "schedule": "manual", "hold": "14", "minimum": "0"}
		for i := 0; i+1 < len(change); i += 2 {
			values[change[i]] = change[i+1]
		}
		var pairs []string
		for name, value := range values {
			pairs = append(pairs, name, value)
		}
		return pairs
	}
	v.post(base+"/settings/terms", sentence()...).leads(t, base+"/settings/terms")
	v.get(base+"/settings/terms").sees(t, 200, `value="12.5"`, `value="45"`, `value="5.00"`, "Starter", "Ambassador", "VIP")
	for _, wrong := range [][]string{{"commission", "120"}, {"commission", ""}, {"offer", "x"}, {"window", "0"}, {"window", "1.5"}, {"hold", "-3"}, {"minimum", "abc"}, {"schedule", "daily"}, {"commission_kind", "x"}, {"offer_kind", "gift"}} {
		if wrong[0] == "offer_kind" {
			wrong = append(wrong, "offer", "")
		}
		if got := v.post(base+"/settings/terms", sentence(wrong...)...); got.status != 422 || !strings.Contains(got.body, `aria-invalid="true"`) {
			t.Errorf("%v was answered %d", wrong, got.status)
		}
	}
	v.post(base+"/settings/terms", sentence("offer_kind", "free_shipping", "offer", "whatever stands there")...).leads(t, base+"/settings/terms")
	group := v.post(base+"/settings/groups", "group", "Family").leads(t, base+"/settings/groups/grp_")
	v.post(base+"/settings/groups", "group", "family").sees(t, 422)
	v.get(group).sees(t, 200, "Family", "as the program")
	v.post(group, "group", "Family", "commission_kind", "flat", "commission", "7.50", "offer_kind", "").leads(t, base+"/settings/terms")
	v.get(base+"/settings/terms").sees(t, 200, "€7.50")
	v.post(group, "group", "", "commission_kind", "flat", "commission", "x", "offer_kind", "gift").sees(t, 422, `aria-invalid="true"`)
	other := v.program("Other")
	v.get(strings.Replace(group, base, other, 1)).sees(t, 404)
	v.post(strings.Replace(group, base, other, 1), "group", "Stolen", "commission_kind", "", "offer_kind", "").sees(t, 404)
}

func upload(t *testing.T, v visitor, path string, content []byte) page {
	t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("logo", "logo.png")
	if err == nil {
		_, err = part.Write(content)
	}
	if err == nil {
		err = form.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	request, err := http.NewRequest(http.MethodPost, v.url+path, &body)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", form.FormDataContentType())
	return v.do(request)
}

func picture(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 8, 8))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestALogoIsAPictureAndShownToWhoHasAPart(t *testing.T) {
	s := newSite(t, sqlite(t))
	v := s.owner()
	base := v.program("Fernwood")
	logo := "/logo/" + strings.TrimPrefix(base, "/p/")
	v.get(logo).sees(t, 404)
	upload(t, v, base+"/settings/logo", []byte("<svg onload=alert(1)>")).sees(t, 422, "PNG, JPEG or WebP")
	upload(t, v, base+"/settings/logo", []byte("a,b\n1,2\n")).sees(t, 422)
	upload(t, v, base+"/settings/logo", nil).sees(t, 422, "Choose a picture first.")
	upload(t, v, base+"/settings/logo", append(picture(t), make([]byte, 1<<20)...)).sees(t, 413, "larger than 1 MB")
	upload(t, v, base+"/settings/logo", append(picture(t), make([]byte, 3<<20)...)).sees(t, 413, "larger than 1 MB")
	upload(t, v, base+"/settings/logo", picture(t)).leads(t, base+"/settings")
	got := v.get(logo).sees(t, 200)
	for name, want := range map[string]string{"Content-Type": "image/png", "X-Content-Type-Options": "nosniff", "Cache-Control": "private, max-age=31536000, immutable"} {
		if got.header.Get(name) != want {
			t.Errorf("%s is %q", name, got.header.Get(name))
		}
	}
	other := v.program("Other")
	stranger := s.person("ben@acme.example", auth.RoleOwner, other)
	stranger.get(logo).sees(t, 404)
	s.visitor().get(logo).leads(t, "/sign-in")
	v.post(base+"/settings/logo/remove").leads(t, base+"/settings")
	v.get(logo).sees(t, 404)
}

var enterLink = regexp.MustCompile(`/enter/[A-Za-z0-9_-]{43}`)

func TestPeopleAreInvitedChangedAndTakenOut(t *testing.T) {
	s := newSite(t, sqlite(t))
	v := s.owner()
	base := v.program("Fernwood")
	v.post(base+"/settings/people", "name", "Ben", "email", "ben", "role", "manager").sees(t, 422, "An e-mail address")
	ben := v.post(base+"/settings/people", "name", "Ben Holt", "email", "ben@acme.example", "role", "manager").leads(t, base+"/settings/people/usr_")
	v.get(base+"/settings/people").sees(t, 200, "Ben Holt", "Has not come yet", "Owner of every program")
	v.post(base+"/settings/people", "name", "Ben Holt", "email", "ben@acme.example", "role", "finance").sees(t, 422, "another role")
	link := enterLink.FindString(v.post(ben+"/link").sees(t, 200).body)
	b := s.visitor()
	b.get(link).sees(t, 200, "Hello, Ben Holt", "Choose the password")
	b.post(link, "password", password).leads(t, "/")
	b.get("/").leads(t, base+"/")
	b.get(base+"/settings").sees(t, 403)
	v.post(ben+"/role", "role", "chief").sees(t, 422)
	v.post(ben+"/role", "role", "owner").leads(t, ben)
	b.get(base+"/settings").sees(t, 200)
	v.post(ben+"/remove").leads(t, base+"/settings/people")
	b.get(base+"/settings").sees(t, 404)
	v.get(ben).sees(t, 404)
}

func TestNobodyMakesALinkForWhoMayDoMore(t *testing.T) {
	s := newSite(t, sqlite(t))
	v := s.owner()
	one, other := v.program("One"), v.program("Other")
	eve := s.person("eve@acme.example", auth.RoleOwner, one) // owns one program only
	people := eve.get(one+"/settings/people").sees(t, 200, "ada@acme.example").body
	ada := regexp.MustCompile(`/settings/people/usr_[0-9a-f]{32}`).FindString(people)
	eve.get(one+ada).sees(t, 200, "role in every program")
	eve.post(one+ada+"/link").sees(t, 403)
	eve.post(one+ada+"/remove").sees(t, 403)
	eve.post(one+ada+"/role", "role", "viewer").sees(t, 403)
	ben := v.post(other+"/settings/people", "name", "Ben", "email", "ben@acme.example", "role", "viewer").leads(t, other)
	eve.get(strings.Replace(ben, other, one, 1)).sees(t, 404)
	eve.post(one+"/settings/people", "name", "Ben", "email", "ben@acme.example", "role", "viewer").leads(t, one)
	eve.post(strings.Replace(ben, other, one, 1)+"/link").sees(t, 403)
	v.post(ben+"/link").sees(t, 200)
}

func TestShopsAreConnectedOnceAndDeliveriesShown(t *testing.T) {
	s := newSite(t, sqlite(t))
	v := s.owner()
	base := v.program("Fernwood")
	v.post(base+"/settings/shops", "shop", "not a shop", "secret", "x").sees(t, 422, `aria-invalid="true"`)
	v.post(base+"/settings/shops", "shop", "fernwood.myshopify.com", "secret", "shpss_0123456789").leads(t, base+"/settings/shops")
	v.post(base+"/settings/shops", "shop", "Fernwood.myshopify.com", "secret", "shpss_0123456789").sees(t, 422, "connected already")
	body := v.get(base+"/settings/shops").sees(t, 200, "/hooks/shopify/con_", "Nothing has arrived yet", "orders/paid, orders/cancelled, refunds/create").body
	if strings.Contains(body, "shpss_0123456789") {
		t.Error("the secret is shown")
	}
	connection := stores.ConnectionID(regexp.MustCompile(`con_[0-9a-f]{32}`).FindString(body))
	s.update(func(tx *db.Tx) error {
		if err := stores.CountRefused(t.Context(), tx, connection, 3); err != nil {
			return err
		}
		c, err := stores.Find(t.Context(), tx, connection)
		if err != nil {
			return err
		}
		d, _, err := stores.Receive(t.Context(), tx, s.box, c, "k1", "orders/paid", []byte("{}"), []byte("{}"))
		if err != nil {
			return err
		}
		return stores.Finish(t.Context(), tx, d, stores.OutcomeIgnored, "an exchange", "")
	})
	v.get(base+"/settings/shops").sees(t, 200, "3 deliveries were refused", "Arriving", "orders/paid", "an exchange")
	at := base + "/settings/shops/" + string(connection)
	v.post(at+"/secret", "secret", "x").sees(t, 422, "The signing secret has")
	v.post(at+"/secret", "secret", "shpss_another_one").leads(t, base+"/settings/shops")
	other := v.program("Other")
	v.post(other+"/settings/shops/"+string(connection)+"/end").sees(t, 404)
	v.post(at+"/end").leads(t, base+"/settings/shops")
	if strings.Contains(v.get(base+"/settings/shops").body, "/hooks/shopify/") {
		t.Error("an ended connection is shown")
	}
}

func TestACreatorWhoWorksElsewhereGetsNoLinkByHand(t *testing.T) {
	s := newSite(t, sqlite(t))
	v := s.owner()
	one, other := v.program("One"), v.program("Other")
	v.post(other+"/start/creators", "people", "Maya, https://www.tiktok.com/@maya.glow, maya@mail.example").leads(t, other)
	eve := s.person("eve@acme.example", auth.RoleOwner, one)
	eve.post(one+"/start/creators", "people", "Maya, @maya.glow tiktok, eve@evil.example").leads(t, one)
	p := regexp.MustCompile(`value="(par_[0-9a-f]{32})"`).FindStringSubmatch(eve.get(one+"/start/invite").sees(t, 200, "Invite Maya").body)[1]
	eve.post(one+"/start/invite", "partnership", p).sees(t, 409, "works with programs that you have no part in")
	if n := count(t, s.d, `select count(*) from login_links`) + count(t, s.d, `select count(*) from users where kind = 'creator'`); n != 0 {
		t.Error("something was left behind")
	}
	v.post(one+"/start/invite", "partnership", p).sees(t, 200, "/enter/")
}
