package clicks

import (
	"net/netip"
	"strings"
	"time"
	"unicode/utf8"
)

// Limits of what a click keeps, in bytes. Longer text is cut, never refused: the buyer is on the way.
const (
	MaxReferrer = 128 // host names may have 253; those of referrers that matter have under 40
	MaxQuery    = 512
)

// Click is one visit through a link, as the log keeps it.
type Click struct {
	No       uint64       // the log's number; given by Append
	LinkNo   uint64       // links.no
	At       time.Time    // to the millisecond, UTC
	Random   uint32       // LinkNo, At, Random and Flags are the token's
	Flags    Flags        //
	Device   Device       //
	Country  string       // ISO 3166-1, two capitals, or ""
	Referrer string       // the host that led here, without path, or ""
	Query    string       // the query parameters that are kept (sub-ids), still encoded
	Visitor  [16]byte     // keyed hash of address and agent; zero when unknown. Its key is thrown away daily
	Agent    uint64       // hash of the agent
	Network  netip.Prefix // the address cut to /24 or /48, see NetworkOf
}

// Token returns the token that was handed out with the click.
func (c Click) Token() Token {
	return Token{LinkNo: c.LinkNo, At: c.At, Random: c.Random, Flags: c.Flags}
}

// NetworkOf cuts an address so that it no longer names one household: IPv4 to /24, IPv6 to /48.
func NetworkOf(address netip.Addr) netip.Prefix {
	bits := 48
	if address = address.Unmap(); address.Is4() {
		bits = 24
	}
	network, err := address.WithZone("").Prefix(bits)
	if err != nil { // the zero address has no network
		return netip.Prefix{}
	}
	return network
}

// kept returns the click as the log keeps it: text cut and cleaned, the network cut, the time in UTC milliseconds.
func (c Click) kept() Click {
	c.At = time.UnixMilli(min(max(c.At.UnixMilli(), 0), maxMillis)).UTC()
	c.Referrer = clean(c.Referrer, MaxReferrer)
	c.Query = clean(c.Query, MaxQuery)
	c.Network = NetworkOf(c.Network.Addr())
	if !isCountry(c.Country) {
		c.Country = ""
	}
	return c
}

func isCountry(s string) bool {
	return len(s) == 2 && 'A' <= s[0] && s[0] <= 'Z' && 'A' <= s[1] && s[1] <= 'Z'
}

// clean cuts s at a rune's border and leaves out what no database keeps as text: NUL and bytes that are no UTF-8.
func clean(s string, limit int) string {
	if strings.IndexByte(s, 0) >= 0 {
		s = strings.ReplaceAll(s, "\x00", "")
	}
	s = strings.ToValidUTF8(s, "")
	if len(s) <= limit {
		return s
	}
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	return s[:limit]
}
