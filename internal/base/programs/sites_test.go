package programs_test

import (
	"net/url"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"rapport/internal/base/fault"
	"rapport/internal/base/programs"
)

func TestSitesAreKeptAsTheHostThatBrowsersUse(t *testing.T) {
	for given, want := range map[string]string{
		"shop.example":                        "shop.example",
		" Shop.Example ":                      "shop.example",
		"https://www.shop.example/en?a=1#top": "www.shop.example",
		"http://shop.example:80/":             "shop.example",
		"shop.example:443":                    "shop.example",
		"shop.example:8443":                   "shop.example:8443",
		"shop.example.":                       "shop.example",
		"müller.example":                      "xn--mller-kva.example",
		"MÜLLER.example":                      "xn--mller-kva.example",
		"shop。example":                        "shop.example",
		"ｓｈｏｐ.example":                        "shop.example",
		"acme.myshopify.com":                  "acme.myshopify.com",
		"localhost":                           "localhost",
		"http://LOCALHOST:8080/x":             "localhost:8080",
		"127.0.0.1:18080":                     "127.0.0.1:18080",
	} {
		if got, err := programs.ParseSite(given); err != nil || got != want {
			t.Errorf("%q: got %q, %v, want %q", given, got, err, want)
		}
	}
}

func TestWhatIsNoSiteOfTheMerchantIsRefused(t *testing.T) {
	for _, given := range []string{
		"", " ", "shop", "com", "co.uk", "myshopify.com", "github.io", "ftp://shop.example", "https://", "https:///x", "https://a@shop.example",
		"192.168.1.1", "10.0.0.1:80", "[::1]", "https://[::1]:80", "2130706433", "0x7f.0.0.1", "127.1", "shop.0x1", "127.0.0.2", "shop_1.example",
		"shop .example", "shop.example\\x", "shop.example:0", "shop.example:99999", "shop.example:080", "-a.example", "a..example", "%73hop.example",
		"javascript:alert(1)", "*.example.com", "https://shop.example:x", strings.Repeat("a", 64) + ".example", strings.Repeat("a", 3000),
	} {
		got, err := programs.ParseSite(given)
		if f, ok := fault.As(err); !ok || f.Field != "site" || f.Kind != fault.KindInvalid {
			t.Errorf("%q: got %q, %v", given, got, err)
		}
	}
}

var shop = programs.Program{Sites: []string{"trusted.example", "www.other.example", "xn--mller-kva.example", "staging.example:8443", "127.0.0.1:9000", "localhost"}}

func TestDestinationsOnTheProgramsSitesAreTaken(t *testing.T) {
	for given, want := range map[string]string{
		"https://trusted.example":                    "https://trusted.example",
		"HTTPS://TRUSTED.example/A":                  "https://trusted.example/A",
		"http://trusted.example:80/a":                "http://trusted.example/a",
		"https://trusted.example:443/a":              "https://trusted.example/a",
		"https://www.trusted.example/a?b=c&d=%20#e":  "https://www.trusted.example/a?b=c&d=%20#e",
		"https://eu.shop.trusted.example/":           "https://eu.shop.trusted.example/",
		"https://other.example/":                     "https://other.example/",
		"https://www.other.example/":                 "https://www.other.example/",
		"https://müller.example/s":                   "https://xn--mller-kva.example/s",
		"https://xn--mller-kva.example/ö?q=ö":        "https://xn--mller-kva.example/%C3%B6?q=%C3%B6",
		"https://staging.example:8443/":              "https://staging.example:8443/",
		"http://127.0.0.1:9000/p":                    "http://127.0.0.1:9000/p",
		"http://localhost/p":                         "http://localhost/p",
		" https://trusted.example/a ":                "https://trusted.example/a",
		"https://trusted.example//evil.example":      "https://trusted.example//evil.example",
		"https://trusted.example/?u=//evil.example":  "https://trusted.example/?u=//evil.example",
		"https://trusted.example/a%2Fb?redirect=%2F": "https://trusted.example/a%2Fb?redirect=%2F",
		"https://trusted.example./a":                 "https://trusted.example/a",
	} {
		if got, err := shop.CheckDestination(given); err != nil || got.String() != want {
			t.Errorf("%q: got %v, %v, want %s", given, got, err, want)
		}
	}
}

// The tricks are those of pentesterlab.com/glossary/open-redirect and of PayloadsAllTheThings, Open Redirect.
var tricks = []string{
	"", "/", "/evil.example", "//evil.example", "///evil.example", "////evil.example", `/\evil.example`, `\/\/evil.example`, `\\evil.example`,
	"https:evil.example", "https:/evil.example", "https:///evil.example", `https:/\evil.example`, `https:\\evil.example`, `https://trusted.example\.evil.example`,
	`https://evil.example\@trusted.example`, `https://trusted.example\@evil.example`,
	"https://trusted.example@evil.example", "https://trusted.example:443@evil.example", "https://a:b@trusted.example", "https://@trusted.example",
	"https://evil.example%00.trusted.example", "https://evil.example%00@trusted.example", "https://trusted.example%00.evil.example", "https://trusted.example/%00",
	"https://trusted.example.evil.example", "https://eviltrusted.example", "https://trusted.example-evil.example", "https://trusted.examples",
	"https://evil.example/trusted.example", "https://evil.example?trusted.example", "https://evil.example#trusted.example", "https://evil.example#@trusted.example",
	"https://evil.example/?@trusted.example", "https://evil.example;trusted.example", "https://evil.example,trusted.example",
	"javascript:alert(1)", "javascript://trusted.example/%0aalert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "data://trusted.example/x", "vbscript:x",
	"ftp://trusted.example/", "file:///etc/passwd", "intent://trusted.example/", "trusted.example", "://trusted.example",
	"https://trusted.example/\r\nLocation: https://evil.example", "https://trusted.example/%0d%0aLocation:%20x", "https://trusted.example/?a=%0D%0Ax",
	"java\nscript:alert(1)", "https://evil.example\t.trusted.example", "https://trusted.example/a b", "\x00https://trusted.example", "https://trusted.example/\u202e",
	"https://evil.example／.trusted.example", "https://evil.example\u2044trusted.example", "https://trusted.example。evil.example", "https://evil.example＠trusted.example",
	"https://trusted.example:8080/", "https://trusted.example:80/", "http://trusted.example:443/", "https://staging.example/", "https://staging.example:9443/",
	"http://127.0.0.1/", "http://127.0.0.1:9001/", "http://localhost:9000/", "http://127.0.0.2:9000/", "http://0177.0.0.1:9000/", "http://[::1]:9000/", "http://x.localhost/",
	"https://evil.example/\xff", "https://%74rusted.example/", "https://[trusted.example]/", "https://trusted.example/" + strings.Repeat("a", 2000),
}

func TestNoTrickMakesAnOpenRedirect(t *testing.T) {
	for _, trick := range tricks {
		got, err := shop.CheckDestination(trick)
		if f, ok := fault.As(err); !ok || f.Field != "destination" || f.Kind != fault.KindInvalid {
			t.Errorf("%q: got %v, %v", trick, got, err)
		}
	}
}

func TestAProgramWithoutSitesLeadsNowhere(t *testing.T) {
	if _, err := (programs.Program{}).CheckDestination("https://trusted.example"); err == nil {
		t.Fatal("taken")
	}
}

func TestAnAcceptedDestinationIsAcceptedAgainAsItself(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pieces := rapid.SliceOfN(rapid.SampledFrom([]string{"https://", "trusted.example", "evil.example", "/", "\\", "@", ":", "?", "#", "%", "2f", "ü", ".", "a", "443"}), 1, 9)
		given := strings.Join(pieces.Draw(t, "pieces"), "")
		u, err := shop.CheckDestination(given)
		if err != nil {
			return
		}
		again, err := shop.CheckDestination(u.String())
		if err != nil || again.String() != u.String() {
			t.Fatalf("%q became %q and then %v, %v", given, u, again, err)
		}
	})
}

func FuzzCheckDestination(f *testing.F) {
	for _, trick := range tricks {
		f.Add(trick)
	}
	f.Add("https://www.trusted.example/a?b=c#d")
	f.Fuzz(func(t *testing.T, given string) {
		u, err := shop.CheckDestination(given)
		if err != nil {
			return
		}
		read, err := url.Parse(u.String())
		if err != nil || read.Host != u.Host || read.User != nil || strings.ContainsAny(u.String(), "\\ \r\n\t") {
			t.Fatalf("%q became %q", given, u)
		}
		host := u.Hostname()
		for _, ok := range []string{"trusted.example", "other.example", "xn--mller-kva.example", "staging.example", "127.0.0.1", "localhost"} {
			if host == ok || strings.HasSuffix(host, "."+ok) {
				return
			}
		}
		t.Fatalf("%q leads to %q", given, host)
	})
}
