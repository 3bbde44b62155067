package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"rapport/internal/browsertest"
	"rapport/internal/edge/web/assets"
	"rapport/internal/edge/web/ui"
)

func TestEveryPartRendersCleanly(t *testing.T) {
	set, err := newSet()
	if err != nil {
		t.Fatal(err)
	}
	pages := map[string][]*ui.Page{}
	for path, s := range samples() {
		pages[s.template] = append(pages[s.template], s.page(httptest.NewRequest(http.MethodGet, strings.Fields(path)[1][:1], nil)))
	}
	pages["parts"] = append(pages["parts"], creators(httptest.NewRequest(http.MethodGet, "/creators?tier=nano&q=x&sort=-sales&cols=note", nil)))
	if err := set.Verify(pages); err != nil {
		t.Error(err)
	}
}

func open(t *testing.T) (*browsertest.Browser, string) {
	t.Helper()
	if !assets.Built() {
		t.Skip("there are no assets to look at: run `npm ci && npm run build`")
	}
	browser := browsertest.Open(t)
	handler, err := newHandler()
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return browser, server.URL
}

func TestEveryPartIsAccessibleOnEveryScreen(t *testing.T) {
	browser, base := open(t)
	for _, screen := range []struct {
		name string
		view browsertest.Viewport
		dark bool
	}{{"1440", browsertest.Desktop, false}, {"1024-dark", browsertest.Laptop, true}, {"390", browsertest.Phone, false}, {"320-dark", browsertest.SmallPhone, true}} {
		page := browser.NewPage(screen.view)
		page.Dark(screen.dark)
		for _, path := range []string{"/", "/creators", "/creators?tier=nano", "/campaigns", "/inbox", "/sales", "/payouts", "/reports", "/portal/", "/portal/share", "/plain", "/why"} {
			page.Go(base + path)
			page.CheckAccessible()
			page.Screenshot("gallery-" + strings.Trim(path, "/") + "-" + screen.name)
		}
	}
}

func TestWhyOpensBesideTheAmountAndGivesTheFocusBack(t *testing.T) {
	browser, base := open(t)
	page := browser.NewPage(browsertest.Desktop)
	page.Go(base + "/portal/")
	page.Within("li", "An order with your code").Click("$12.40")
	page.WaitText("What else was considered")
	if got := page.Focused(); !strings.Contains(got, "Why $12.40?") {
		t.Errorf("the focus is on %s", got)
	}
	page.Press("Escape")
	page.WaitGone("What else was considered")
	if got := page.Focused(); !strings.Contains(got, "$12.40") {
		t.Errorf("the focus went to %s", got)
	}
}

func TestLinksSwapThePageAndTheKeyboardLeadsEverywhere(t *testing.T) {
	browser, base := open(t)
	page := browser.NewPage(browsertest.Desktop)
	page.Go(base + "/")
	page.Click("Sales")
	page.WaitText("What happened with order #1042?")
	if got := page.Text("nav [aria-current]"); got != "Sales" {
		t.Errorf("the navigation shows %q", got)
	}
	page.Press("g")
	page.Press("c")
	page.WaitText("Who works with you?")
	page.Press("/")
	if got := page.Focused(); !strings.Contains(got, "Search") {
		t.Errorf("the slash leads to %s", got)
	}
	page.Back()
	page.WaitText("What happened with order #1042?")
	page.Reload()
	page.WaitText("What happened with order #1042?")
}

func TestTablesFilterInPlaceUnderAnAddressOfTheirOwn(t *testing.T) {
	browser, base := open(t)
	page := browser.NewPage(browsertest.Desktop)
	page.Go(base + "/creators")
	page.Select("Size", "Below 10,000")
	page.WaitText("Nothing matches these filters.")
	if !strings.Contains(page.URL(), "tier=nano") {
		t.Errorf("the filtered view is at %s", page.URL())
	}
	page.Click("Clear filters")
	page.WaitText("Mira Holt")
	page.Check("Select Mira Holt")
	page.WaitText("1 selected")
	page.Click("Pause")
	page.WaitText("Pause the chosen creators?")
}

func TestConfirmationsSayWhatHappensAndWaitForTheTypedName(t *testing.T) {
	browser, base := open(t)
	page := browser.NewPage(browsertest.Phone)
	page.Go(base + "/")
	page.Click("End program")
	page.WaitText("This cannot be undone.")
	page.CheckAccessible()
	page.Click("Cancel")
	page.WaitGone("This cannot be undone.")
}

func TestSentencesOfferToSaveOnceChanged(t *testing.T) {
	browser, base := open(t)
	page := browser.NewPage(browsertest.Desktop)
	page.Go(base + "/sales")
	page.Fill("Commission (%)", "20")
	page.Click("Save")
	page.WaitText("How do you want to pay?")
}

func TestTheChosenThemeStays(t *testing.T) {
	browser, base := open(t)
	page := browser.NewPage(browsertest.Desktop)
	page.Go(base + "/sales")
	page.Click("Ada Marsh")
	page.Click("Dark")
	page.Reload()
	page.Click("Ada Marsh")
	if got := page.Text("[data-theme-choice] [aria-pressed=true]"); got != "Dark" {
		t.Errorf("after reloading the theme is %q", got)
	}
	page.CheckAccessible()
}

func TestCopyPutsTheLinkOnTheClipboard(t *testing.T) {
	browser, base := open(t)
	page := browser.NewPage(browsertest.Phone)
	page.Go(base + "/portal/share")
	page.Within(".rp-copy", "Your code").Click("Copy")
	page.WaitText("Copied")
	if got := page.Clipboard(); got != "MIRA10" {
		t.Errorf("the clipboard holds %q", got)
	}
}
