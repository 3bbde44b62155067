package web_test

import (
	"regexp"
	"strings"
	"testing"

	"rapport/internal/browsertest"
	"rapport/internal/edge/web/assets"
	"rapport/internal/edge/web/setup"
)

// mostClicks is what the first ten minutes may cost.
const mostClicks = 25

var enterLink = regexp.MustCompile(`http://[^\s]+/enter/[A-Za-z0-9_-]{43}`)

// TestFirstTenMinutes is somebody with a small shop and no mail server: from the address in the server's log to the first order with its why, and the
// creator's own way in.
func TestFirstTenMinutes(t *testing.T) {
	if !assets.Built() {
		t.Skip("there are no assets to look at: run `npm ci && npm run build`")
	}
	browser := browsertest.Open(t)
	in, shop := install(t), fernwood(t)
	ada := browser.NewPage(browsertest.Desktop)
	step := func(name string) {
		t.Helper()
		ada.CheckAccessible()
		ada.Screenshot("minutes-" + name)
	}

	ada.Go(in.url + "/first-run?token=" + setup.FirstRunToken(in.box))
	step("0-begin")
	ada.Fill("Your name", "Ada Marsh")
	ada.Fill("E-mail", "ada@fernwood.example")
	ada.Fill("Password", "a long enough password")
	ada.Click("Begin")

	ada.WaitText("Where is your shop?")
	ada.Fill("Address of your shop", shop)
	step("1-shop")
	ada.Click("Look")
	ada.WaitText("Is this right?")
	if name, site := ada.Value("Name"), ada.Value("Site"); name != "Fernwood Tea" || site != shop || ada.Value("Currency") != "EUR" {
		t.Errorf("the shop filled %q, %q and %q", name, site, ada.Value("Currency"))
	}
	step("1-facts")
	ada.Click("Continue")

	ada.WaitText("What do creators earn?")
	step("2-terms")
	ada.Fill("Commission", "12")
	ada.Click("Continue")

	ada.WaitText("Where do orders come from?")
	step("3-store")
	ada.Click("Skip this for now")

	ada.WaitText("Who works with you?")
	ada.Fill("Creators, one a line", "Maya Ortiz <maya@mail.example>\n@glow.by.ines instagram")
	step("4-creators")
	ada.Click("Add them")

	ada.WaitText("What Maya Ortiz sees")
	step("5-phone")
	ada.Click("Make the invitation")
	ada.WaitText("shown only once")
	ada.Click("Copy")
	invitation := ada.Clipboard()
	step("5-invitation")
	ada.Click("Next step")

	ada.WaitText("Does an order count?")
	step("6-order")
	ada.Click("Place the test order")
	ada.WaitText("Order TEST-1 arrived")
	ada.WaitText("MAYA10")
	step("6-why")
	ada.Click("Go to Home")
	ada.WaitText("Connect your shop")
	step("7-home")

	t.Logf("the first ten minutes took %d clicks, of at most %d", ada.Clicks(), mostClicks)
	if ada.Clicks() > mostClicks {
		t.Errorf("%d clicks are more than %d", ada.Clicks(), mostClicks)
	}

	if !strings.Contains(invitation, "MAYA10") || !strings.Contains(invitation, "#ad") {
		t.Errorf("the invitation says %q", invitation)
	}
	maya := browser.NewPage(browsertest.Phone)
	maya.Go(enterLink.FindString(invitation))
	maya.WaitText("Hello, Maya Ortiz")
	maya.CheckAccessible()
	maya.Screenshot("minutes-8-enter")
	maya.Click("Continue")
	maya.WaitText("You earn 12 %")
	maya.CheckAccessible()
	maya.Screenshot("minutes-9-portal")
}
