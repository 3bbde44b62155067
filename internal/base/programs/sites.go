package programs

import (
	"net/url"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
	"golang.org/x/net/publicsuffix"

	"rapport/internal/base/fault"
)

// MaxAddress bounds a site or a destination, in bytes; browsers and proxies begin to cut soon above.
const MaxAddress = 2000

// hosts follows what browsers do with a host (UTS #46 for look-up), and checks lengths and labels besides.
var hosts = idna.New(idna.MapForLookup(), idna.BidiRule(), idna.StrictDomainName(true), idna.VerifyDNSLength(true))

// ParseSite reads a site from a host or an address and returns its host in lower case and punycode, with its port if it has one that is not
// the scheme's own: "https://www.Müller.example/shop" gives "www.xn--mller-kva.example". Addresses of machines are refused, except 127.0.0.1
// and localhost, and so are hosts under which strangers have shops (co.uk, myshopify.com).
func ParseSite(site string) (host string, err error) {
	host, wrong := parseSite(site)
	if wrong != nil {
		return "", wrong.In("site")
	}
	return host, nil
}

func parseSite(site string) (string, *fault.Error) {
	site = strings.TrimSpace(site)
	if site != "" && !strings.Contains(site, "://") {
		site = "https://" + site
	}
	u, wrong := parseAddress(site)
	if wrong != nil {
		return "", wrong
	}
	if isSuffix(u.Hostname()) {
		return "", fault.Invalid("strangers have sites under this host: give the shop's own host")
	}
	return u.Host, nil
}

// CheckDestination reads the address that a link is to lead to. It must be on a site of the program or on a sub-domain of one; a site without
// a port means the usual ports. What it returns is written anew from what was understood, so that no browser can read it in another way.
func (p Program) CheckDestination(raw string) (*url.URL, error) {
	u, wrong := parseAddress(strings.TrimSpace(raw))
	if wrong != nil {
		return nil, wrong.In("destination")
	}
	for _, site := range p.Sites {
		if belongs(u, site) {
			return u, nil
		}
	}
	return nil, fault.Invalid("this address is not on a site of the program").WithCode("foreign_destination").In("destination")
}

// belongs reports whether u is on the site: the host itself, a sub-domain, or the bare domain of a site that was given with www.
func belongs(u *url.URL, site string) bool {
	registered := url.URL{Host: site}
	if u.Port() != registered.Port() {
		return false
	}
	host, owner := u.Hostname(), registered.Hostname()
	if isLoopback(owner) {
		return host == owner
	}
	bare, hadWWW := strings.CutPrefix(owner, "www.")
	return host == owner || strings.HasSuffix(host, "."+owner) || hadWWW && host == bare && !isSuffix(bare)
}

// parseAddress reads an absolute http or https address. The host of the result is in punycode and has no port that goes without saying;
// bytes beyond ASCII are escaped.
func parseAddress(raw string) (*url.URL, *fault.Error) {
	if wrong := checkText(raw); wrong != nil {
		return nil, wrong
	}
	u, err := url.Parse(raw)
	switch {
	case err != nil || u.Opaque != "" || u.Host == "":
		return nil, fault.Invalid(`an address must be written in full, like "https://shop.example/shoes"`)
	case u.Scheme != "https" && u.Scheme != "http":
		return nil, fault.Invalid("an address must begin with https:// or http://")
	case u.User != nil:
		return nil, fault.Invalid("an address must not hold a user name")
	}
	host, wrong := foldHost(u)
	if wrong != nil {
		return nil, wrong
	}
	return &url.URL{Scheme: u.Scheme, Host: host, Path: u.Path, RawPath: u.RawPath, RawQuery: escapeBeyondASCII(u.RawQuery), Fragment: u.Fragment,
		RawFragment: u.RawFragment}, nil
}

// checkText refuses what parsers disagree about, before one of them sees it: backslashes, white space and control characters, these also
// percent-encoded.
func checkText(raw string) *fault.Error {
	switch {
	case raw == "":
		return fault.Invalid("an address is needed")
	case len(raw) > MaxAddress:
		return fault.Invalidf("an address must have at most %d bytes", MaxAddress)
	case !utf8.ValidString(raw), strings.ContainsFunc(raw, forbidden), holdsEncodedControl(raw):
		return fault.Invalid("an address must not hold spaces, backslashes or control characters")
	default:
		return nil
	}
}

func forbidden(r rune) bool {
	return r == '\\' || unicode.IsControl(r) || unicode.IsSpace(r) || unicode.Is(unicode.Cf, r)
}

func holdsEncodedControl(raw string) bool {
	for i := range len(raw) - 2 {
		if raw[i] != '%' {
			continue
		}
		if b, err := strconv.ParseUint(raw[i+1:i+3], 16, 8); err == nil && (b < 0x20 || b == 0x7f) {
			return true
		}
	}
	return false
}

// foldHost returns the host in the form that is stored and compared.
func foldHost(u *url.URL) (string, *fault.Error) {
	name := u.Hostname()
	if isLoopback(strings.ToLower(name)) {
		name = strings.ToLower(name)
	} else {
		ascii, err := hosts.ToASCII(strings.TrimSuffix(name, "."))
		if err != nil || !isDomain(ascii) {
			return "", fault.Invalid(`a host must be a name like "shop.example"`)
		}
		name = ascii
	}
	return withPort(name, u.Scheme, u.Port())
}

func withPort(host, scheme, port string) (string, *fault.Error) {
	if port == "" || port == "443" && scheme == "https" || port == "80" && scheme == "http" {
		return host, nil
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 || port[0] == '0' {
		return "", fault.Invalid("a port must be a number from 1 to 65535")
	}
	return host + ":" + port, nil
}

func isLoopback(host string) bool { return host == "127.0.0.1" || host == "localhost" }

// isDomain refuses single names and everything that a browser would read as the number of a machine: it does so when the last label is a
// number (WHATWG URL, "ends in a number").
func isDomain(host string) bool {
	at := strings.LastIndexByte(host, '.')
	if at < 1 {
		return false
	}
	last := host[at+1:]
	_, err := strconv.ParseUint(last, 0, 64)
	return err != nil && strings.Trim(last, "0123456789") != ""
}

// isSuffix reports whether domains under this one belong to different people, by the public suffix list: https://publicsuffix.org
func isSuffix(host string) bool {
	suffix, _ := publicsuffix.PublicSuffix(host)
	return suffix == host && !isLoopback(host)
}

func escapeBeyondASCII(query string) string {
	var b strings.Builder
	for i := range len(query) {
		if query[i] < utf8.RuneSelf {
			b.WriteByte(query[i])
			continue
		}
		const hex = "0123456789ABCDEF"
		b.Write([]byte{'%', hex[query[i]>>4], hex[query[i]&15]})
	}
	return b.String()
}
