package redirect

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"rapport/internal/track/links"
)

var serum = &links.Entry{Parameter: "rp_click", Address: "https://acme.example/serum", Query: "size=30&next=home", Fragment: "#top"}

func FuzzLocation(f *testing.F) {
	for _, query := range []string{"", "utm_source=a", "rp%5Fclick=x", "%0d%0aA:b", "size=1&a=\xff", "&&=&%", "x=//evil.example", strings.Repeat("a&", 3000)} {
		f.Add(query)
	}
	f.Fuzz(func(t *testing.T, query string) {
		got := location(serum, query, "TOKEN")
		if !strings.HasPrefix(got, "https://acme.example/serum?size=30&next=home&") || !strings.HasSuffix(got, "rp_click=TOKEN#top") || strings.Count(got, "#") != 1 {
			t.Fatalf("%q leads to %q", query, got)
		}
		u, err := url.Parse(got)
		if err != nil || u.Host != "acme.example" || len(u.Query()["rp_click"]) != 1 || len(u.Query()["size"]) != 1 {
			t.Fatalf("%q leads to %q, %v", query, got, err)
		}
		for i := range len(got) {
			if got[i] <= 0x20 || got[i] >= 0x7f {
				t.Fatalf("%q leaves the byte %x", query, got[i])
			}
		}
		if again := kept(kept(query)); again != kept(query) {
			t.Fatalf("%q is kept as %q and then as %q", query, kept(query), again)
		}
	})
}

func FuzzClient(f *testing.F) {
	f.Add("10.0.0.1:1", "1.2.3.4, 10.0.0.2")
	f.Add("[::1]:1", ",,,")
	f.Add("", "::1%eth0")
	proxies := Proxies{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("::/0")}
	f.Fuzz(func(t *testing.T, remote, forwarded string) {
		r := &http.Request{RemoteAddr: remote, Header: http.Header{"X-Forwarded-For": {forwarded}}}
		if own := Proxies(nil).Client(r); own.IsValid() && !strings.Contains(remote, ":") {
			t.Fatalf("%q became %s", remote, own)
		}
		proxies.Client(r)
	})
}

func TestReferrersAreCutToTheirHost(t *testing.T) {
	for referrer, want := range map[string]string{
		"": "", "https://www.tiktok.com/@maya?x=1": "www.tiktok.com", "https://L.Instagram.com": "l.instagram.com", "android-app://com.google.android.gm/": "com.google.android.gm",
		"https://user:secret@host.example:8443/path": "host.example", "nonsense": "", "https://a.example\\@b.example/": "a.example", "https://[::1]:80/": "[::1]:80",
	} {
		if got := hostOf(referrer); got != want {
			t.Errorf("%q: %q, want %q", referrer, got, want)
		}
	}
}

func TestADaysKeyIsForgotten(t *testing.T) {
	var v visitors
	address := netip.MustParseAddr("192.0.2.1")
	monday := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	first := v.hash(monday, address, "a")
	if v.hash(monday.Add(23*time.Hour), netip.MustParseAddr("::ffff:192.0.2.1"), "a") != first {
		t.Error("the same visitor on the same day is another")
	}
	v.hash(monday.Add(24*time.Hour), address, "a")
	if v.hash(monday, address, "a") == first {
		t.Error("yesterday's key is still there")
	}
	if v.hash(monday, netip.Addr{}, "a") != [16]byte{} {
		t.Error("an unknown address has a pseudonym")
	}
}

// nowhere is a ResponseWriter that keeps nothing.
type nowhere struct{ header http.Header }

func (n nowhere) Header() http.Header       { return n.header }
func (nowhere) Write(b []byte) (int, error) { return len(b), nil }
func (nowhere) WriteHeader(int)             {}

func TestAskingForAnUnknownLinkAllocatesLittle(t *testing.T) {
	h := New(Config{Index: new(links.Index)})
	r := httptest.NewRequestWithContext(context.Background(), http.MethodGet, "/r/nothing", nil)
	w := nowhere{http.Header{}}
	if n := testing.AllocsPerRun(100, func() { h.ServeHTTP(w, r) }); n > 6 {
		t.Errorf("%v allocations for somebody who guesses slugs", n)
	}
}
