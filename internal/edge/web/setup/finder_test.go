package setup

import (
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"
)

func TestOnlyThePublicInternetIsDialled(t *testing.T) {
	for _, address := range []string{
		"127.0.0.1:80", "127.8.8.8:443", "[::1]:80", "0.0.0.0:80", "[::]:443", "10.0.0.1:80", "172.16.0.1:443", "192.168.1.1:80", "169.254.169.254:80", "100.64.0.1:80", "192.0.0.8:80",
		"198.18.0.1:443", "224.0.0.1:80", "255.255.255.255:80", "240.0.0.1:80", "[fe80::1%eth0]:80", "[fc00::1]:443", "[fd12::1]:443", "[fec0::1]:80", "[ff02::1]:80", "[::ffff:127.0.0.1]:80", "[::ffff:10.0.0.1]:443",
		"[64:ff9b::a9fe:a9fe]:80", "[64:ff9b:1::1]:80", "[2002:7f00:1::]:80", "[2001:0:1::1]:80", "[2001:db8::1]:443", "[::127.0.0.1]:80", "[100::1]:80",
		"93.184.215.14:22", "93.184.215.14:8080", "93.184.215.14:6379", "[2606:2800:21f::1]:25", "example.com:80", "", "80",
	} {
		if err := (Finder{}).mayDial(address); err == nil {
			t.Errorf("%s may be dialled", address)
		}
	}
	for _, address := range []string{"93.184.215.14:80", "93.184.215.14:443", "[2606:2800:21f::1]:443", "[::ffff:93.184.215.14]:443"} {
		if err := (Finder{}).mayDial(address); err != nil {
			t.Errorf("%s: %v", address, err)
		}
	}
	if (Finder{Loopback: true}).mayDial("127.0.0.1:4711") != nil || (Finder{Loopback: true}).mayDial("10.0.0.1:80") == nil || (Finder{Loopback: true}).mayDial("169.254.169.254:80") == nil {
		t.Error("Loopback means the loopback and nothing else")
	}
}

func FuzzNoReservedAddressIsPublic(f *testing.F) {
	f.Add([]byte{127, 0, 0, 1})
	f.Add(netip.MustParseAddr("64:ff9b::7f00:1").AsSlice())
	f.Fuzz(func(t *testing.T, raw []byte) {
		ip, ok := netip.AddrFromSlice(raw)
		if ok && public(ip.Unmap()) && (ip.Unmap().IsLoopback() || ip.Unmap().IsPrivate() || ip.Unmap().IsMulticast() || ip.IsUnspecified()) {
			t.Errorf("%v counts as public", ip)
		}
	})
}

func TestAFinderOnThePublicInternetDoesNotReachThisMachine(t *testing.T) {
	asked := false
	shop := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked = true }))
	defer shop.Close()
	_, port, err := net.SplitHostPort(strings.TrimPrefix(shop.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	for _, address := range []string{shop.URL, "http://localhost:" + port, "localhost:" + port, "http://[::1]:" + port, "http://0.0.0.0:" + port} {
		if _, ok := (Finder{}).Find(t.Context(), address); ok || asked {
			t.Errorf("%s was asked", address)
		}
	}
}

// serve answers every path by f and says where.
func serve(t *testing.T, f http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewServer(f)
	t.Cleanup(s.Close)
	return s.URL
}

func answerHTML(w http.ResponseWriter, body string) {
	w.Header().Set("Content-Type", "text/html")
	_, _ = w.Write([]byte(body))
}

func TestAFinderFollowsAFewRedirectsOfTheSameSite(t *testing.T) {
	elsewhere := serve(t, func(w http.ResponseWriter, _ *http.Request) { answerHTML(w, "<title>Elsewhere</title>") })
	elsewhere = strings.Replace(elsewhere, "127.0.0.1", "localhost", 1)
	at := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/3", "/2", "/1":
			http.Redirect(w, r, "/"+string(r.URL.Path[1]-1), http.StatusFound)
		case "/4":
			http.Redirect(w, r, "/3", http.StatusFound)
		case "/away":
			http.Redirect(w, r, elsewhere, http.StatusFound)
		case "/file":
			http.Redirect(w, r, "file:///etc/passwd", http.StatusFound)
		case "/metadata":
			http.Redirect(w, r, "http://169.254.169.254/latest/meta-data", http.StatusFound)
		case "/png":
			w.Header().Set("Content-Type", "image/png")
		case "/gone":
			w.WriteHeader(http.StatusNotFound)
		default:
			answerHTML(w, "<title>Here</title>")
		}
	})
	for path, want := range map[string]string{"/": "Here", "/3": "Here", "/4": "", "/away": "", "/file": "", "/metadata": "", "/png": "", "/gone": ""} {
		found, ok := Finder{Loopback: true}.Find(t.Context(), at+path)
		if found.Name != want || ok != (want != "") {
			t.Errorf("%s: found %q, %v", path, found.Name, ok)
		}
	}
}

func TestAFinderReadsSoMuchAndNoMore(t *testing.T) {
	at := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		answerHTML(w, "<title>Large</title>"+strings.Repeat("<p>tea</p>", maxPage/5)+`<meta property="og:site_name" content="Too far">`)
	})
	if found, ok := (Finder{Loopback: true}).Find(t.Context(), at); !ok || found.Name != "Large" {
		t.Errorf("found %q, %v", found.Name, ok)
	}
}

func TestALogoMustBeThePictureItIsSaidToBe(t *testing.T) {
	at := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/":
			answerHTML(w, `<link rel="apple-touch-icon" href="/lie"><link rel="icon" href="/large"><link rel="icon" href="/good"><title>x</title>`)
		case "/lie":
			w.Header().Set("Content-Type", "image/png")
			_, _ = w.Write([]byte("<svg onload=alert(1)>"))
		case "/large":
			w.Header().Set("Content-Type", "image/png")
			_, _ = w.Write(append([]byte("\x89PNG\x0D\x0A\x1A\x0A"), make([]byte, maxLogo)...))
		case "/good":
			w.Header().Set("Content-Type", "image/png")
			_, _ = w.Write([]byte("\x89PNG\x0D\x0A\x1A\x0Agood"))
		}
	})
	if found, ok := (Finder{Loopback: true}).Find(t.Context(), at); !ok || !strings.HasSuffix(string(found.Logo), "good") || found.LogoType != "image/png" {
		t.Errorf("found %q %q, %v", found.LogoType, found.Logo, ok)
	}
}

func TestWhatAShopsPageSays(t *testing.T) {
	for name, c := range map[string]struct{ page, name, currency, logo string }{
		"shopify":      {`<title>Tea – Fernwood</title><meta property=og:site_name content="Fernwood"><script>Shopify.currency = {"active":"GBP","rate":"1.0"};</script>`, "Fernwood", "GBP", ""},
		"open graph":   {`<meta property="og:title" content="Fernwood | Tea"><meta property="product:price:currency" content="sek"><meta property="og:image" content="//cdn.example/a.jpg">`, "Fernwood", "SEK", "https://cdn.example/a.jpg"},
		"linked data":  {`<script type="application/ld+json">{"@graph":[{"@type":"Organization","name":"Fern & Wood","logo":{"url":"/l.png"}},{"@type":"Product","offers":[{"priceCurrency":"CHF"}]}]}</script>`, "Fern & Wood", "CHF", "https://shop.example/l.png"},
		"title only":   {`<TITLE>  Fernwood&nbsp;Tea - finest </TITLE>`, "Fernwood Tea", "", ""},
		"touch icon":   {`<link rel="icon" href="/i.png"><link rel="apple-touch-icon" href="t.png"><title>x</title>`, "x", "", "https://shop.example/t.png"},
		"nothing":      {``, "", "", ""},
		"nonsense":     {`<meta property="og:site_name" content="` + strings.Repeat("x", 300) + `"><meta itemprop="priceCurrency" content="XYZ"><link rel=icon href="javascript:alert(1)">`, "", "", ""},
		"broken json":  {`<script type="application/ld+json">{"name":</script><title>ok</title>`, "ok", "", ""},
		"inline other": {`<script>var a = "<title>no</title>"</script><title>yes</title>`, "yes", "", ""},
	} {
		base := &url.URL{Scheme: "https", Host: "shop.example", Path: "/"}
		says := readShop([]byte(c.page), base)
		logo := ""
		if len(says.logos) > 0 {
			logo = says.logos[0].String()
		}
		if says.name != c.name || says.currency != c.currency || logo != c.logo {
			t.Errorf("%s: read %q %q %q", name, says.name, says.currency, logo)
		}
	}
}

func FuzzReadShop(f *testing.F) {
	f.Add([]byte(`<title>Tea</title><meta property=og:site_name content="Fernwood"><script type="application/ld+json">[{"@type":"Store","name":"x"}]</script>`))
	f.Add([]byte(`<script>Shopify.currency = {"active":"GBP"}</script><link rel=icon href="::">`))
	f.Fuzz(func(t *testing.T, body []byte) {
		says := readShop(body, &url.URL{Scheme: "https", Host: "shop.example", Path: "/"})
		if len([]rune(says.name)) > 100 || len(says.currency) != 0 && len(says.currency) != 3 {
			t.Errorf("read %q %q", says.name, says.currency)
		}
		for _, at := range says.logos {
			if at.Scheme != "http" && at.Scheme != "https" {
				t.Errorf("a logo at %s", at)
			}
		}
	})
}
