package ui

import (
	"net/url"
	"time"

	"rapport/internal/edge/web/text"
)

// Layout is the frame around a page.
type Layout string

// The frames.
const (
	Desk   Layout = "desk"   // merchant: rail at the left, bottom bar on a phone
	Portal Layout = "portal" // creator: one column, bottom bar
	Plain  Layout = "plain"  // sign-in, invitations, errors: one card in the middle
	Print  Layout = "print"  // paper: no navigation
)

// Theme is the reader's choice of light.
type Theme string

// The themes. Auto follows the device.
const (
	ThemeAuto  Theme = "auto"
	ThemeLight Theme = "light"
	ThemeDark  Theme = "dark"
)

// Page is what every layout needs, and Body, which the page's own "main" block shows. A block sees the Page as its dot.
type Page struct {
	Layout Layout
	Title  string // the question the page answers; also the h1
	Lead   string // one sentence below it, or ""
	Lang   string
	Zone   *time.Location // of the program
	Theme  Theme          // "" takes the reader's cookie

	Nav        []NavItem // DeskNav, PortalNav
	Active     string    // NavItem.Key
	Program    Program
	Programs   []Link // the switcher; shown from two on
	User       User
	Menu       []Link // under the avatar, above theme and sign-out
	SignOutURL string // takes a POST

	Breadcrumb []Link
	Primary    *Action  // the page's one main action
	Secondary  []Action // beside it, quieter
	Tabs       []Link
	Flash      *Flash
	ReadOnly   *Banner
	Body       any
}

// Program is whose page this is.
type Program struct {
	Name    string
	LogoURL string
	Accent  string // "#4f46e5"; "" is our own
}

// User is who reads.
type User struct {
	Name      string
	Role      string // in the reader's words: "Owner"
	AvatarURL string
}

// NavItem is an entry of the main navigation.
type NavItem struct {
	Key, Label, Icon, URL string
	Shortcut              string // typed after "g"
	Count                 int    // what waits there; 0 shows nothing
}

// Link leads somewhere by GET.
type Link struct {
	Label, URL, Icon string
	Active           bool
	Count            int
}

// Banner is a line above the page that stays: looking at the portal as a creator, a test program.
type Banner struct {
	Text  string
	Leave *Link
	Stop  *Action // in place of Leave where leaving changes something
}

func (p *Page) locale() text.Locale { return text.Locale{Lang: p.Lang, Zone: p.Zone} }

// DeskNav is the rail of the desk, with addresses below base ("" or "/desk").
func DeskNav(lang, base string) []NavItem {
	return nav(lang, base, "desk", []NavItem{
		{Key: "home", Icon: "home", Shortcut: "h"},
		{Key: "creators", Icon: "users", Shortcut: "c"},
		{Key: "campaigns", Icon: "speakerphone", Shortcut: "a"},
		{Key: "inbox", Icon: "inbox", Shortcut: "i"},
		{Key: "sales", Icon: "receipt", Shortcut: "s"},
		{Key: "payouts", Icon: "cash-banknote", Shortcut: "p"},
		{Key: "reports", Icon: "chart-bar", Shortcut: "r"},
	})
}

// PortalNav is the bottom bar of the portal.
func PortalNav(lang, base string) []NavItem {
	return nav(lang, base, "portal", []NavItem{
		{Key: "home", Icon: "home", Shortcut: "h"},
		{Key: "share", Icon: "share", Shortcut: "s"},
		{Key: "tasks", Icon: "checklist", Shortcut: "t"},
		{Key: "earnings", Icon: "wallet", Shortcut: "e"},
		{Key: "messages", Icon: "message-circle", Shortcut: "m"},
	})
}

func nav(lang, base, area string, items []NavItem) []NavItem {
	for i := range items {
		items[i].Label = text.T(lang, "ui.nav."+area+"."+items[i].Key)
		items[i].URL = base + "/" + items[i].Key
		if items[i].Key == "home" {
			items[i].URL = base + "/"
		}
	}
	return items
}

// with returns the address with these query values changed; a value of "" removes its name. Keyset cursors are dropped: another order or filter
// begins at the first page.
func with(path string, query url.Values, pairs ...string) string {
	changed := url.Values{}
	for name, values := range query {
		if name != "after" && name != "before" {
			changed[name] = values
		}
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] == "" {
			changed.Del(pairs[i])
		} else {
			changed.Set(pairs[i], pairs[i+1])
		}
	}
	if len(changed) == 0 {
		return path
	}
	return path + "?" + changed.Encode()
}
