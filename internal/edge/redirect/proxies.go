package redirect

import (
	"net/http"
	"net/netip"
	"strings"
)

// Proxies are the networks of our own reverse proxies. From anybody else X-Forwarded-For is what a stranger wrote.
type Proxies []netip.Prefix

const mostHops = 20

// Client returns the address a request came from: the connection's, or, where that is one of our proxies, the last one in X-Forwarded-For that is none
// of them. It is invalid where there is none, as on a Unix socket.
func (p Proxies) Client(r *http.Request) netip.Addr {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	client := peer.Addr().Unmap()
	if !p.hold(client) {
		return client
	}
	hops := 0
	lines := r.Header["X-Forwarded-For"]
	for i := len(lines) - 1; i >= 0; i-- {
		for rest, more := lines[i], true; more && hops < mostHops; hops++ {
			var last string
			rest, last, more = cutLast(rest)
			address, err := netip.ParseAddr(strings.TrimSpace(last))
			if err != nil {
				return client // from here on nobody vouches for anything
			}
			if client = address.Unmap(); !p.hold(client) {
				return client
			}
		}
	}
	return client
}

func cutLast(list string) (before, last string, more bool) {
	i := strings.LastIndexByte(list, ',')
	if i < 0 {
		return "", list, false
	}
	return list[:i], list[i+1:], true
}

func (p Proxies) hold(address netip.Addr) bool {
	for _, network := range p {
		if network.Contains(address) {
			return true
		}
	}
	return false
}
