package redirect_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"pgregory.net/rapid"

	"rapport/internal/base/db"
	"rapport/internal/base/db/dbtest"
	"rapport/internal/base/programs"
	"rapport/internal/edge/redirect"
	"rapport/internal/partner/partnerships"
	"rapport/internal/recruit/creators"
	"rapport/internal/track/clicks"
	"rapport/internal/track/links"
)

const phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1"

// shop is a program with links, a click log and the handler that joins them.
type shop struct {
	*testing.T
	d       *db.DB
	index   *links.Index
	log     *clicks.Log
	keys    *clicks.Keys
	handler *redirect.Handler
	program programs.ID
	partner partnerships.ID
	written *strings.Builder
	metrics *prometheus.Registry
}

func newShop(t *testing.T, change ...func(*redirect.Config)) *shop {
	t.Helper()
	s := &shop{T: t, d: dbtest.New(t, db.EngineSQLite), index: new(links.Index), written: new(strings.Builder), metrics: prometheus.NewRegistry()}
	var err error
	if s.log, err = clicks.Open(t.TempDir(), clicks.Options{Logger: slog.New(slog.DiscardHandler)}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.log.Close() })
	if s.keys, err = clicks.NewKeys(clicks.Key{No: 2, Secret: [32]byte{7}}); err != nil {
		t.Fatal(err)
	}
	s.must(func(ctx context.Context, tx *db.Tx) error {
		p, err := programs.Create(ctx, tx, programs.New{Name: "Acme", Currency: "EUR", Sites: []string{"acme.example"}})
		if err != nil {
			return err
		}
		c, err := creators.Create(ctx, tx, creators.New{Name: "Maya", Profiles: []creators.NewProfile{{Platform: creators.PlatformTikTok, Handle: "maya"}}})
		if err != nil {
			return err
		}
		partner, err := partnerships.Create(ctx, tx, partnerships.New{Program: p.ID, Creator: c.ID, Status: partnerships.StatusActive})
		s.program, s.partner = p.ID, partner.ID
		return err
	})
	c := redirect.Config{Index: s.index, Append: s.log.Append, Keys: s.keys, Logger: slog.New(slog.NewTextHandler(s.written, nil)), Metrics: s.metrics}
	for _, f := range change {
		f(&c)
	}
	s.handler = redirect.New(c)
	return s
}

func (s *shop) must(f func(ctx context.Context, tx *db.Tx) error) {
	s.Helper()
	if err := s.d.Update(s.Context(), func(tx *db.Tx) error { return f(s.Context(), tx) }); err != nil {
		s.Fatal(err)
	}
}

func (s *shop) link(slug, destination string) (l links.Link) {
	s.Helper()
	s.must(func(ctx context.Context, tx *db.Tx) (err error) {
		if l, err = links.Create(ctx, tx, links.New{Partnership: s.partner, Destination: destination, Slug: slug}); err != nil {
			return err
		}
		return s.index.Now(ctx, tx, l)
	})
	return l
}

// tap asks for a target as a phone would.
func (s *shop) tap(method, target string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, nil)
	r.Header.Set("User-Agent", phone)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, r)
	return w
}

// token takes the token out of an answer's Location and proves it.
func (s *shop) token(w *httptest.ResponseRecorder) clicks.Token {
	s.Helper()
	u, err := url.Parse(w.Header().Get("Location"))
	if err != nil || w.Code != http.StatusFound {
		s.Fatalf("status %d, Location %q, %v", w.Code, w.Header().Get("Location"), err)
	}
	token, err := s.keys.Verify(u.Query().Get("rp_click"))
	if err != nil {
		s.Fatalf("the token in %s: %v", u, err)
	}
	return token
}

func (s *shop) kept() []clicks.Click {
	s.Helper()
	all, err := s.log.Read(1, 10_000)
	if err != nil {
		s.Fatal(err)
	}
	return all
}

func TestATapLeadsToTheShopWithAProvenTokenOfAClickOnDisk(t *testing.T) {
	s := newShop(t)
	l := s.link("maya-glow", "https://acme.example/serum?size=30#reviews")
	before := time.Now().Add(-time.Millisecond)
	w := s.tap("GET", "/r/Maya-Glow?utm_source=tiktok&sub_id=story1&mail=a@b.example", "Referer", "https://WWW.tiktok.com/@maya")
	location := w.Header().Get("Location")
	want := "https://acme.example/serum?size=30&utm_source=tiktok&sub_id=story1&mail=a@b.example&rp_click="
	if !strings.HasPrefix(location, want) || !strings.HasSuffix(location, "#reviews") || len(location) != len(want)+clicks.TokenLength+len("#reviews") {
		t.Fatalf("Location %s", location)
	}
	token := s.token(w)
	kept := s.kept()
	if len(kept) != 1 || kept[0].Token() != token {
		t.Fatalf("the log holds %+v, the token says %+v", kept, token)
	}
	c := kept[0]
	if c.LinkNo != l.No || c.Flags != 0 || c.Device != clicks.DevicePhone || c.Referrer != "www.tiktok.com" || c.At.Before(before) {
		t.Errorf("%+v", c)
	}
	if c.Query != "utm_source=tiktok&sub_id=story1" {
		t.Errorf("kept of the query: %q; a mail address is not ours to keep", c.Query)
	}
	if c.Visitor == [16]byte{} || c.Agent == 0 || c.Network.String() != "192.0.2.0/24" {
		t.Errorf("visitor %x, agent %x, network %s", c.Visitor, c.Agent, c.Network)
	}
	for name, want := range map[string]string{
		"Cache-Control": "no-store, private", "Referrer-Policy": "no-referrer-when-downgrade", "X-Robots-Tag": "noindex", "Set-Cookie": "", "Content-Length": "0",
	} {
		if got := w.Header().Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

func TestALinkDomainHasItsSlugsAtTheRoot(t *testing.T) {
	s := newShop(t)
	l := s.link("glow", "https://acme.example/")
	if got := s.token(s.tap("GET", "/glow")); got.LinkNo != l.No {
		t.Errorf("%+v", got)
	}
}

func TestWhatNobodyTappedIsMarked(t *testing.T) {
	s := newShop(t)
	s.link("glow", "https://acme.example/")
	for _, c := range []struct {
		method, name, value string
		want                clicks.Flags
	}{
		{"HEAD", "Accept", "*/*", clicks.HeadRequest},
		{"GET", "Sec-Purpose", "prefetch;prerender", clicks.Prefetch},
		{"GET", "User-Agent", "WhatsApp/2.23.20.0 A", clicks.Preview},
		{"GET", "User-Agent", "curl/8.5.0", clicks.Crawler},
		{"GET", "Accept", "*/*", 0},
	} {
		if got := s.token(s.tap(c.method, "/r/glow", c.name, c.value)); got.Flags != c.want {
			t.Errorf("%s with %s: the token says %v, want %v", c.method, c.value, got.Flags, c.want)
		}
	}
	if st := s.handler.Stats(); st.Marked != 4 || st.People != 1 || len(s.kept()) != 5 {
		t.Errorf("%+v", st)
	}
}

func TestALinkThatLeadsNowhereSaysSo(t *testing.T) {
	s := newShop(t)
	for _, path := range []string{"/r/nothing", "/r/", "/", "/r/a/b", "/nothing", "/r/%0d%0aSet-Cookie:%20a=b", "/r/%2e%2e%2fglow", "/r/" + strings.Repeat("a", 9000), "//evil.example/"} {
		w := s.tap("GET", path)
		if w.Code != http.StatusNotFound || w.Header().Get("Location") != "" || !strings.Contains(w.Body.String(), "This link does not exist") {
			t.Errorf("%.40s: %d %v", path, w.Code, w.Header())
		}
	}
	if st := s.handler.Stats(); st.Unknown != 9 || len(s.kept()) != 0 {
		t.Errorf("%+v", st)
	}
	if w := s.tap("POST", "/r/nothing"); w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") != "GET, HEAD" {
		t.Errorf("POST: %d %v", w.Code, w.Header())
	}
}

func TestAnEndedLinkLeadsOnWithoutATokenAndIsNotCounted(t *testing.T) {
	s := newShop(t)
	l := s.link("glow", "https://acme.example/serum?a=1#b")
	s.must(func(ctx context.Context, tx *db.Tx) error {
		if err := links.End(ctx, tx, l.ID); err != nil {
			return err
		}
		l, err := links.Find(ctx, tx, l.ID)
		if err != nil {
			return err
		}
		return s.index.Now(ctx, tx, l)
	})
	w := s.tap("GET", "/r/glow?rp_click=stolen&utm_source=x")
	if got := w.Header().Get("Location"); w.Code != http.StatusFound || got != "https://acme.example/serum?a=1&utm_source=x#b" {
		t.Errorf("%d %s", w.Code, got)
	}
	if st := s.handler.Stats(); st.Ended != 1 || len(s.kept()) != 0 {
		t.Errorf("%+v", st)
	}
}

func TestALinkToAHostThatIsNoLongerTheProgramsLeadsNowhere(t *testing.T) {
	s := newShop(t)
	s.link("glow", "https://acme.example/")
	dbtest.Clock(s.d).Advance(time.Second)
	sites := []string{"elsewhere.example"}
	s.must(func(ctx context.Context, tx *db.Tx) error {
		_, err := programs.Update(ctx, tx, s.program, programs.Change{Sites: &sites})
		return err
	})
	if err := s.index.Refresh(t.Context(), s.d); err != nil {
		t.Fatal(err)
	}
	if w := s.tap("GET", "/r/glow"); w.Code != http.StatusGone || w.Header().Get("Location") != "" || s.handler.Stats().Foreign != 1 {
		t.Errorf("%d %v", w.Code, w.Header())
	}
}

func TestABuyerIsRedirectedWithoutATokenWhenTheLogCannotBeWritten(t *testing.T) {
	s := newShop(t)
	s.link("glow", "https://acme.example/serum")
	s.token(s.tap("GET", "/r/glow"))
	if err := s.log.Close(); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		w := s.tap("GET", "/r/glow?utm_source=x&rp_click=stolen")
		if got := w.Header().Get("Location"); w.Code != http.StatusFound || got != "https://acme.example/serum?utm_source=x" {
			t.Fatalf("%d %s", w.Code, got)
		}
	}
	if st := s.handler.Stats(); st.Lost != 3 || st.People != 1 {
		t.Errorf("%+v", st)
	}
	if said := strings.Count(s.written.String(), "clicks are lost"); said != 1 {
		t.Errorf("the loss was logged %d times within a minute:\n%s", said, s.written)
	}
	if text := scrape(t, s.metrics); !strings.Contains(text, `rapport_redirects_total{answer="lost"} 3`) {
		t.Errorf("the metrics do not show the loss:\n%s", text)
	}
}

func scrape(t *testing.T, registry *prometheus.Registry) string {
	t.Helper()
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, f := range families {
		for _, m := range f.GetMetric() {
			labels := []string{}
			for _, l := range m.GetLabel() {
				labels = append(labels, fmt.Sprintf("%s=%q", l.GetName(), l.GetValue()))
			}
			fmt.Fprintf(&b, "%s{%s} %v\n", f.GetName(), strings.Join(labels, ","), m.GetCounter().GetValue())
		}
	}
	return b.String()
}

func TestADiskThatHangsDelaysABuyerByASecondAtMost(t *testing.T) {
	s := newShop(t, func(c *redirect.Config) {
		c.Append = func(ctx context.Context, _ clicks.Click) (uint64, error) {
			if deadline, ok := ctx.Deadline(); !ok || time.Until(deadline) > time.Second {
				return 0, errors.New("BUG: no deadline")
			}
			<-ctx.Done()
			return 0, ctx.Err()
		}
	})
	s.link("glow", "https://acme.example/")
	if w := s.tap("GET", "/r/glow"); w.Code != http.StatusFound || w.Header().Get("Location") != "https://acme.example/" || s.handler.Stats().Lost != 1 {
		t.Errorf("%d %v %+v", w.Code, w.Header(), s.handler.Stats())
	}
	if strings.Contains(s.written.String(), "BUG") {
		t.Error(s.written)
	}
}

func TestWhoIsGoneBeforeTheAnswerIsNoLoss(t *testing.T) {
	s := newShop(t)
	s.link("glow", "https://acme.example/")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r := httptest.NewRequestWithContext(ctx, "GET", "/r/glow", nil)
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, r)
	if st := s.handler.Stats(); st.Lost != 0 || st.Gone+st.People+st.Marked != 1 {
		t.Errorf("%+v", st)
	}
}

// Whatever a stranger adds to a link, the buyer lands on the link's own page, with our token or none.
func TestNoQueryLeadsAwayOrForgesAToken(t *testing.T) {
	s := newShop(t)
	l := s.link("glow", "https://acme.example/serum?size=30&next=home#top")
	for _, query := range []string{
		"//evil.example", "url=https://evil.example", "@evil.example", "%0d%0aLocation:%20https://evil.example", "x=%0D%0ASet-Cookie:a=b", "a=%00", "a\\b",
		"size=99", "next=https://evil.example", "rp_click=x", "rp%5Fclick=x", "%72p_click=x", "rp_click", "rp_click=x&rp_click=y", "#evil", "a=<script>", "&&&", "=", "a=%zz",
		strings.Repeat("a=b&", 5000), "a=" + strings.Repeat("b", 100_000), "ä=ö", "a=\xff",
	} {
		r := httptest.NewRequest("GET", "/r/glow", nil)
		r.URL.RawQuery = query
		r.Header.Set("User-Agent", phone)
		w := httptest.NewRecorder()
		s.handler.ServeHTTP(w, r)
		if got := s.token(w); got.LinkNo != l.No {
			t.Errorf("%.60q: %+v", query, got)
		}
		checkLocation(t, query, w.Header().Get("Location"))
	}
}

func checkLocation(t interface{ Errorf(string, ...any) }, query, location string) {
	u, err := url.Parse(location)
	if err != nil || u.Scheme != "https" || u.Host != "acme.example" || u.Path != "/serum" || u.User != nil || u.Fragment != "top" || len(location) > 6500 {
		t.Errorf("%.60q leads to %.200q, %v", query, location, err)
		return
	}
	values := u.Query()
	if len(values["rp_click"]) != 1 || len(values["rp_click"][0]) != clicks.TokenLength || strings.Join(values["size"], ",") != "30" || strings.Join(values["next"], ",") != "home" {
		t.Errorf("%.60q leads to %.200q", query, location)
	}
	for name, all := range values {
		if strings.ContainsFunc(name+strings.Join(all, ""), func(r rune) bool { return r < 0x20 || r == 0x7f }) {
			t.Errorf("%.60q hands a control character to the shop in %.200q", query, location)
		}
	}
	for _, c := range []byte(location) {
		if c <= 0x20 || c >= 0x7f {
			t.Errorf("%.60q leaves the byte %x in %.200q", query, c, location)
			return
		}
	}
}

func TestEveryQueryIsPassedOnSafely(t *testing.T) {
	s := newShop(t)
	s.link("glow", "https://acme.example/serum?size=30&next=home#top")
	rapid.Check(t, func(t *rapid.T) {
		parts := rapid.SliceOfN(rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"rp_click", "=", "&", "%", "size", "%0a", "+", "rp%5fclick", ";", "#", "?"})), 0, 20).Draw(t, "parts")
		query := strings.Join(parts, "")
		r := httptest.NewRequest("GET", "/r/glow", nil)
		r.URL.RawQuery = query
		w := httptest.NewRecorder()
		s.handler.ServeHTTP(w, r)
		checkLocation(t, query, w.Header().Get("Location"))
	})
}

func TestOrdinaryParametersArriveAsTheyWereSent(t *testing.T) {
	s := newShop(t)
	s.link("glow", "https://acme.example/serum?size=30&next=home#top")
	w := s.tap("GET", "/r/glow?utm_source=tik%20tok&utm_content=a+b&gclid=Cj0K_-.~&x[]=1&x[]=2&e=m%C3%BCller&q=a/b?c:d@e,f;g")
	want := "https://acme.example/serum?size=30&next=home&utm_source=tik%20tok&utm_content=a+b&gclid=Cj0K_-.~&x%5B%5D=1&x%5B%5D=2&e=m%C3%BCller&q=a/b?c:d@e,f;g&rp_click="
	if got := w.Header().Get("Location"); !strings.HasPrefix(got, want) {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestVisitorsAreTheSameForADayAndStrangersAfterwards(t *testing.T) {
	now := time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)
	s := newShop(t, func(c *redirect.Config) { c.Clock = func() time.Time { return now } })
	s.link("glow", "https://acme.example/")
	s.tap("GET", "/r/glow")
	now = now.Add(13 * time.Hour)
	s.tap("GET", "/r/glow")
	s.tap("GET", "/r/glow", "User-Agent", phone+" Instagram 334")
	now = now.Add(time.Hour)
	s.tap("GET", "/r/glow")
	k := s.kept()
	if k[0].Visitor != k[1].Visitor || k[1].Visitor == k[2].Visitor || k[2].Visitor == k[3].Visitor || k[1].Visitor == k[3].Visitor {
		t.Errorf("%x %x %x %x", k[0].Visitor, k[1].Visitor, k[2].Visitor, k[3].Visitor)
	}
}

func TestAddressesAreBelievedFromOurProxiesOnly(t *testing.T) {
	proxies := redirect.Proxies{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}
	for _, c := range []struct {
		proxies redirect.Proxies
		remote  string
		lines   []string
		want    string
	}{
		{nil, "203.0.113.9:4000", []string{"1.2.3.4"}, "203.0.113.9"},
		{nil, "10.0.0.1:4000", []string{"1.2.3.4"}, "10.0.0.1"},
		{proxies, "203.0.113.9:4000", []string{"1.2.3.4"}, "203.0.113.9"},
		{proxies, "10.0.0.1:4000", nil, "10.0.0.1"},
		{proxies, "10.0.0.1:4000", []string{"203.0.113.9"}, "203.0.113.9"},
		{proxies, "10.0.0.1:4000", []string{"1.2.3.4, 203.0.113.9, 10.2.3.4"}, "203.0.113.9"},
		{proxies, "10.0.0.1:4000", []string{"1.2.3.4", "203.0.113.9"}, "203.0.113.9"},
		{proxies, "10.0.0.1:4000", []string{"1.2.3.4, nonsense, 10.2.3.4"}, "10.2.3.4"},
		{proxies, "10.0.0.1:4000", []string{strings.Repeat("10.0.0.2,", 5000) + "10.0.0.3"}, "10.0.0.2"},
		{proxies, "[fd00::1]:4000", []string{"2001:db8::7"}, "2001:db8::7"},
		{proxies, "[::ffff:10.0.0.1]:4000", []string{"::ffff:203.0.113.9"}, "203.0.113.9"},
		{proxies, "@", []string{"203.0.113.9"}, "invalid IP"},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr, r.Header["X-Forwarded-For"] = c.remote, c.lines
		if got := c.proxies.Client(r).String(); got != c.want {
			t.Errorf("%s with %.60v: %s, want %s", c.remote, c.lines, got, c.want)
		}
	}
}

func TestEveryAnsweredTapIsInTheLog(t *testing.T) {
	s := newShop(t)
	s.link("glow", "https://acme.example/")
	server := httptest.NewServer(s.handler)
	defer server.Close()
	client := server.Client()
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	client.Transport.(*http.Transport).MaxIdleConnsPerHost = 16
	tokens := make(chan clicks.Token, 16*30)
	var all sync.WaitGroup
	for range 16 {
		all.Go(func() {
			for range 30 {
				r, err := http.NewRequestWithContext(t.Context(), "GET", server.URL+"/r/glow", nil)
				if err != nil {
					t.Error(err)
					return
				}
				r.Header.Set("User-Agent", phone)
				answer, err := client.Do(r)
				if err != nil {
					t.Error(err)
					return
				}
				_, _ = io.Copy(io.Discard, answer.Body)
				_ = answer.Body.Close()
				u, err := answer.Location()
				if err != nil {
					t.Error(err)
					return
				}
				token, err := s.keys.Verify(u.Query().Get("rp_click"))
				if err != nil {
					t.Error(err)
				}
				tokens <- token
			}
		})
	}
	all.Wait()
	close(tokens)
	kept := map[clicks.Token]bool{}
	for _, c := range s.kept() {
		kept[c.Token()] = true
	}
	n := 0
	for token := range tokens {
		if n++; !kept[token] {
			t.Errorf("an answered click is not on disk: %+v", token)
		}
	}
	if n != 480 || len(kept) != 480 {
		t.Errorf("%d answered, %d on disk", n, len(kept))
	}
}

// Bytes on the wire: what the server itself lets through of a hostile request line, and what it writes.
func TestNoHeaderIsSplitOnTheWire(t *testing.T) {
	s := newShop(t)
	s.link("glow", "https://acme.example/")
	server := httptest.NewServer(s.handler)
	defer server.Close()
	for _, target := range []string{"/r/glow?a=%0d%0aSet-Cookie:%20x=y", "/r/glow%0d%0aSet-Cookie:x=y", "/r/glow?a=\rSet-Cookie:x=y", "//evil.example/..", "/r/glow?\x01", "https://evil.example/r/glow"} {
		connection, err := net.Dial("tcp", server.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(connection, "GET %s HTTP/1.1\r\nHost: go.example\r\nUser-Agent: x\r\nConnection: close\r\n\r\n", target)
		answer, err := http.ReadResponse(bufio.NewReader(connection), nil)
		if err != nil {
			t.Fatal(target, err)
		}
		if answer.Header.Get("Set-Cookie") != "" || strings.Contains(answer.Header.Get("Location"), "evil") {
			t.Errorf("%q: %v", target, answer.Header)
		}
		_ = answer.Body.Close()
		_ = connection.Close()
	}
}

func TestTheLogsFiguresAreMetrics(t *testing.T) {
	s := newShop(t)
	s.link("glow", "https://acme.example/")
	for range 5 {
		s.tap("GET", "/r/glow")
	}
	registry := prometheus.NewRegistry()
	registry.MustRegister(redirect.LogMetrics(s.log))
	families, err := registry.Gather()
	if err != nil || len(families) != 5 {
		t.Fatalf("%d families, %v", len(families), err)
	}
	for _, f := range families {
		if f.GetName() == "rapport_click_batch_clicks" {
			if h := f.GetMetric()[0].GetHistogram(); h.GetSampleCount() != 5 || h.GetSampleSum() != 5 {
				t.Errorf("%v", h)
			}
		}
	}
}

func TestATapAllocatesLittle(t *testing.T) {
	s := newShop(t, func(c *redirect.Config) {
		c.Append = func(context.Context, clicks.Click) (uint64, error) { return 1, nil }
	})
	s.link("glow", "https://acme.example/serum?size=30")
	r := httptest.NewRequest("GET", "/r/glow?utm_source=tiktok", nil)
	r.Header.Set("User-Agent", phone)
	r.Header.Set("Referer", "https://www.tiktok.com/")
	w := httptest.NewRecorder()
	n := testing.AllocsPerRun(200, func() { s.handler.ServeHTTP(w, r) })
	t.Logf("%v allocations", n)
	if n > 22 {
		t.Errorf("a tap allocates %v times", n)
	}
}
