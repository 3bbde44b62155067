package setup

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"syscall"
	"time"

	"golang.org/x/net/publicsuffix"

	"rapport/internal/base/programs"
)

// Finder asks a shop's home page what the shop is called, which money it takes and what its logo is. It reads what anybody may name, so it keeps to
// the public internet: the address that is dialled is checked, after every resolution and redirect.
type Finder struct {
	Loopback bool // shops on this machine, at any port: for an installation that itself runs on the loopback
}

// Found is what a shop's page says. Every part may be missing.
type Found struct {
	Name     string
	Currency string
	Site     string // the host that answered
	Logo     []byte
	LogoType string
}

const (
	findWithin   = 5 * time.Second
	maxPage      = 1 << 20
	maxLogo      = 1 << 20
	maxRedirects = 3
	logoTries    = 3
)

var errRefused = errors.New("this address is not on the public internet")

// Find reads the shop at an address as somebody types it. ok is false where no page could be read; that is no fault of anybody.
func (f Finder) Find(ctx context.Context, address string) (found Found, ok bool) {
	ctx, cancel := context.WithTimeout(ctx, findWithin)
	defer cancel()
	client := f.client()
	defer client.CloseIdleConnections()
	for _, start := range starts(address) {
		page, at, err := f.read(ctx, client, start, maxPage, "text/html", "application/xhtml+xml")
		if err != nil {
			continue
		}
		says := readShop(page.content, at)
		found = Found{Name: says.name, Currency: says.currency}
		if found.Site, err = programs.ParseSite(at.Host); err != nil {
			return Found{}, false
		}
		f.addLogo(ctx, client, says.logos, &found)
		return found, true
	}
	return Found{}, false
}

// starts are the addresses to try: as typed, or https before http.
func starts(address string) []*url.URL {
	address = strings.TrimSpace(address)
	schemes := []string{"https://", "http://"}
	if strings.Contains(address, "://") {
		schemes = []string{""}
	}
	var all []*url.URL
	for _, scheme := range schemes {
		u, err := url.Parse(scheme + address)
		if err == nil && len(address) <= programs.MaxAddress && u.Host != "" && u.User == nil && (u.Scheme == "http" || u.Scheme == "https") {
			all = append(all, u)
		}
	}
	return all
}

func (f Finder) client() *http.Client {
	dialer := &net.Dialer{Timeout: findWithin, Control: func(_, address string, _ syscall.RawConn) error { return f.mayDial(address) }}
	return &http.Client{
		Timeout: findWithin,
		Transport: &http.Transport{
			Proxy:       nil, // a proxy would resolve the name itself, behind our check
			DialContext: dialer.DialContext, TLSHandshakeTimeout: findWithin, ResponseHeaderTimeout: findWithin, MaxResponseHeaderBytes: 64 << 10, DisableKeepAlives: true,
		},
		CheckRedirect: func(next *http.Request, via []*http.Request) error {
			if len(via) > maxRedirects || !sameSite(next.URL, via[0].URL) {
				return fmt.Errorf("%w: it leads elsewhere", errRefused)
			}
			return nil
		},
	}
}

// mayDial looks at the address that is about to be dialled, after the name was resolved.
func (f Finder) mayDial(address string) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("%w: %w", errRefused, err)
	}
	ip := at.Addr().Unmap().WithZone("")
	if f.Loopback && ip.IsLoopback() {
		return nil
	}
	if !public(ip) || at.Port() != 80 && at.Port() != 443 {
		return errRefused
	}
	return nil
}

// reserved are the networks, beyond those package netip knows, in which no shop is (IANA's special-purpose registries), and those whose addresses hold
// another address that a gateway would turn to.
var reserved = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("192.0.0.0/24"), netip.MustParsePrefix("192.0.2.0/24"),
	netip.MustParsePrefix("192.88.99.0/24"), netip.MustParsePrefix("198.18.0.0/15"), netip.MustParsePrefix("198.51.100.0/24"), netip.MustParsePrefix("203.0.113.0/24"),
	netip.MustParsePrefix("240.0.0.0/4"),
	netip.MustParsePrefix("::/96"), netip.MustParsePrefix("64:ff9b::/96"), netip.MustParsePrefix("64:ff9b:1::/48"), netip.MustParsePrefix("100::/64"),
	netip.MustParsePrefix("2001::/23"), netip.MustParsePrefix("2001:db8::/32"), netip.MustParsePrefix("2002::/16"), netip.MustParsePrefix("3fff::/20"),
	netip.MustParsePrefix("5f00::/16"), netip.MustParsePrefix("fec0::/10"),
}

func public(ip netip.Addr) bool {
	if !ip.IsGlobalUnicast() || ip.IsPrivate() || ip.IsLoopback() || ip.IsLinkLocalUnicast() {
		return false
	}
	return !slices.ContainsFunc(reserved, func(p netip.Prefix) bool { return p.Contains(ip) })
}

// sameSite says whether two addresses belong to one registered domain: shop.example may send on to www.shop.example.
func sameSite(a, b *url.URL) bool {
	if a.Hostname() == b.Hostname() {
		return true
	}
	one, err := publicsuffix.EffectiveTLDPlusOne(strings.ToLower(a.Hostname()))
	other, err2 := publicsuffix.EffectiveTLDPlusOne(strings.ToLower(b.Hostname()))
	return err == nil && err2 == nil && one == other
}

type answer struct {
	mediaType string
	content   []byte
}

// read fetches one document of one of the types, up to most bytes; what is longer is cut.
func (f Finder) read(ctx context.Context, client *http.Client, at *url.URL, most int64, types ...string) (a answer, end *url.URL, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, at.String(), nil)
	if err != nil {
		return a, nil, err
	}
	request.Header.Set("User-Agent", "Rapport (set-up of an affiliate program; reads this page once)")
	request.Header.Set("Accept", strings.Join(types, ", "))
	response, err := client.Do(request)
	if err != nil {
		return a, nil, err
	}
	defer response.Body.Close()
	a.mediaType, _, err = mime.ParseMediaType(response.Header.Get("Content-Type"))
	if err != nil || response.StatusCode != http.StatusOK || !slices.Contains(types, a.mediaType) {
		return a, nil, fmt.Errorf("it answered %d %s", response.StatusCode, a.mediaType)
	}
	a.content, err = io.ReadAll(io.LimitReader(response.Body, most))
	return a, response.Request.URL, err
}

// addLogo takes the first picture that is one by its first bytes. It may lie on another host, as on a shop system's own network.
func (f Finder) addLogo(ctx context.Context, client *http.Client, addresses []*url.URL, found *Found) {
	for _, at := range addresses[:min(len(addresses), logoTries)] {
		a, _, err := f.read(ctx, client, at, maxLogo+1, "image/png", "image/jpeg", "image/webp")
		if err != nil || len(a.content) > maxLogo || http.DetectContentType(a.content) != a.mediaType {
			continue
		}
		found.Logo, found.LogoType = a.content, a.mediaType
		return
	}
}
