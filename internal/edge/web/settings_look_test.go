package web_test

import (
	"strings"
	"testing"

	"rapport/internal/browsertest"
	"rapport/internal/edge/web/assets"
	"rapport/internal/edge/web/setup"
)

// TestSetUpPagesOnEveryScreen opens the pages of set-up, account and settings with awkward content, asks axe, and keeps pictures to look at.
func TestSetUpPagesOnEveryScreen(t *testing.T) {
	if !assets.Built() {
		t.Skip("there are no assets to look at: run `npm ci && npm run build`")
	}
	browser, in := browsertest.Open(t), install(t)
	ada := browser.NewPage(browsertest.Desktop)
	ada.Go(in.url + "/first-run?token=" + setup.FirstRunToken(in.box))
	ada.Fill("Your name", "Adelheid-Wilhelmine Freifrau von und zu Hohenlohe-Schillingsfürst")
	ada.Fill("E-mail", "ada@fernwood.example")
	ada.Fill("Password", "a long enough password")
	ada.Click("Begin")
	ada.Click("My shop has no address")
	ada.Fill("Name", "The Extraordinarily Long Company Name of Fernwood & Daughters")
	ada.Click("Continue")
	ada.WaitText("What do creators earn?")
	base := strings.TrimSuffix(ada.URL(), "/start/terms")
	ada.Go(base + "/start/creators")
	ada.Fill("Creators, one a line", "محمد عبد الرحمن الأمين\n"+strings.Repeat("Maya ", 12))
	ada.Click("Add them")
	ada.Go(base + "/settings/shops")
	ada.Fill("Shopify address", strings.Repeat("very-", 8)+"long.myshopify.com")
	ada.Fill("Client secret", "shpss_0123456789")
	ada.Click("Connect")
	ada.Go(base + "/settings/people")
	ada.Fill("Name", "Ben")
	ada.Fill("E-mail", "ben@fernwood.example")
	ada.ClickCSS(".rp-form button[type=submit]")
	person := ada.URL()
	for _, path := range []string{base + "/settings", base + "/settings/terms", base + "/settings/people", person, base + "/settings/shops", base + "/settings/log", base + "/start/store",
		base + "/start/invite", in.url + "/account", in.url + "/account/keys"} {
		ada.Go(path)
		ada.CheckAccessible()
		ada.Screenshot("setup-" + nameOf(path, base, in.url) + "-1440")
	}
	ben := browser.NewPage(browsertest.SmallPhone)
	ben.Dark(true)
	for _, path := range []string{"/sign-in", "/sign-in/link", "/reset"} {
		ben.Go(in.url + path)
		ben.CheckAccessible()
		ben.Screenshot("setup" + strings.ReplaceAll(path, "/", "-") + "-320-dark")
	}
	ben.Go(in.url + "/sign-in")
	ben.Fill("E-mail", "ada@fernwood.example")
	ben.Fill("Password", "a long enough password")
	ben.Click("Sign in")
	for _, path := range []string{base + "/settings", base + "/settings/terms", base + "/settings/people", person, base + "/settings/shops", base + "/settings/log", base + "/start/terms",
		base + "/start/creators", base + "/start/invite", base + "/start/test", in.url + "/account", in.url + "/account/keys"} {
		ben.Go(path)
		ben.CheckAccessible()
		ben.Screenshot("setup-" + nameOf(path, base, in.url) + "-320-dark")
	}
}

func nameOf(path, base, url string) string {
	path = strings.TrimPrefix(strings.TrimPrefix(path, base), url)
	if before, _, ok := strings.Cut(path, "/usr_"); ok {
		path = before + "-one"
	}
	return strings.ReplaceAll(strings.Trim(path, "/"), "/", "-")
}
