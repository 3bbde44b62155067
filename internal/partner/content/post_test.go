package content_test

import (
	"net/url"
	"strings"
	"testing"
	"unicode"

	"rapport/internal/base/fault"
	"rapport/internal/partner/content"
)

func TestAPostIsAnAddressOnTheWeb(t *testing.T) {
	for _, c := range []struct{ raw, want string }{
		{" https://www.instagram.com/p/abc/?igsh=1 ", "https://www.instagram.com/p/abc/?igsh=1"},
		{"http://blog.example/schuhe/größe", "http://blog.example/schuhe/gr%C3%B6%C3%9Fe"},
		{"", ""},
		{"www.tiktok.com/@zoe", ""},
		{"javascript:alert(1)", ""},
		{"https://zoe@www.tiktok.com/", ""},
		{"https://localhost/", ""},
		{"https://./", ""},
		{"https:///x", ""},
		{"https://a.example/b c", ""},
		{"https://a.example\\@b.example/", ""},
		{"https://a.example/\u202e", ""},
		{"https://a.example/" + strings.Repeat("x", 2000), ""},
	} {
		got, err := content.ParsePost(c.raw)
		if got != c.want || (err != nil) != (c.want == "") {
			t.Errorf("%q: %q, %v", c.raw, got, err)
		}
		if f, ok := fault.As(err); err != nil && (!ok || f.Field != "url") {
			t.Errorf("%q: %v", c.raw, err)
		}
	}
}

func FuzzParsePost(f *testing.F) {
	for _, seed := range []string{"https://www.tiktok.com/@zoe/video/1", "http://a.b:80/?q#f", "https://[::1]/", "https://%41.example/"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		address, err := content.ParsePost(raw)
		if err != nil {
			return
		}
		u, err := url.Parse(address)
		if err != nil || u.User != nil || u.Scheme != "https" && u.Scheme != "http" || strings.ContainsFunc(address, unicode.IsControl) {
			t.Fatalf("%q became %q, %v", raw, address, err)
		}
		if again, err := content.ParsePost(address); err != nil && len(address) <= 2000 || err == nil && again != address {
			t.Fatalf("%q became %q, then %q, %v", raw, address, again, err)
		}
	})
}
