package redirect

import (
	"net/url"
	"strings"

	"rapport/internal/track/links"
)

// The bounds of what is passed on to the destination.
const (
	mostParameters = 50
	mostQuery      = 2000 // bytes, as sent
)

// location returns where the buyer goes: the link's address and parameters, the request's, the token, and the link's fragment. Parameters of the
// name that carries the token are left out wherever they come from, so that nobody else's token arrives as ours.
func location(e *links.Entry, query, token string) string {
	b := make([]byte, 0, len(e.Address)+len(e.Query)+min(len(query), mostQuery)+len(e.Parameter)+len(token)+len(e.Fragment)+4)
	b = append(b, e.Address...)
	mark := byte('?')
	add := func(parameter string) {
		b = append(b, mark)
		b = appendEscaped(b, parameter)
		mark = '&'
	}
	for parameter := range strings.SplitSeq(e.Query, "&") {
		if parameter != "" && nameOf(parameter) != e.Parameter {
			add(parameter)
		}
	}
	passOn(e, query, add)
	if token != "" {
		b = append(append(append(append(b, mark), e.Parameter...), '='), token...)
	}
	return string(append(b, e.Fragment...))
}

// passOn hands over the request's parameters that the destination does not have, until the bounds are reached.
func passOn(e *links.Entry, query string, add func(string)) {
	n, length := 0, 0
	for query != "" && n < mostParameters {
		var parameter string
		parameter, query, _ = strings.Cut(query, "&")
		if length += len(parameter) + 1; length > mostQuery {
			return
		}
		if n++; parameter == "" || holdsControl(parameter) {
			continue
		}
		if name := nameOf(parameter); name != e.Parameter && !has(e.Query, name) {
			add(parameter)
		}
	}
}

func has(query, name string) bool {
	if query == "" {
		return false
	}
	for parameter := range strings.SplitSeq(query, "&") {
		if nameOf(parameter) == name {
			return true
		}
	}
	return false
}

// nameOf returns a parameter's name, unescaped; as it stands where that cannot be done.
func nameOf(parameter string) string {
	name, _, _ := strings.Cut(parameter, "=")
	if !strings.ContainsAny(name, "%+") {
		return name
	}
	plain, err := url.QueryUnescape(name)
	if err != nil {
		return name
	}
	return plain
}

// holdsControl reports control characters, also escaped ones: a shop that unescapes them into a header of its own would be split.
func holdsControl(s string) bool {
	for i := range len(s) {
		switch c := s[i]; {
		case c < 0x20 || c == 0x7f:
			return true
		case c == '%' && i+2 < len(s) && (s[i+1] == '0' || s[i+1] == '1'):
			return true
		case c == '%' && i+2 < len(s) && s[i+1] == '7' && (s[i+2] == 'f' || s[i+2] == 'F'):
			return true
		}
	}
	return false
}

// appendEscaped appends s, escaping what RFC 3986 does not allow in a query.
func appendEscaped(b []byte, s string) []byte {
	const hex = "0123456789ABCDEF"
	for i := range len(s) {
		if c := s[i]; inQuery[c] {
			b = append(b, c)
		} else {
			b = append(b, '%', hex[c>>4], hex[c&15])
		}
	}
	return b
}

var inQuery = func() (allowed [256]bool) {
	for _, c := range []byte("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~!$&'()*+,;=:@/?%") {
		allowed[c] = true
	}
	return allowed
}()

// keptNames are the parameters that stay with the click: what creators and campaigns tell their own posts apart by. Others may hold anything, people's
// data too, and are passed on without being kept.
var keptNames = [...]string{"sub_id", "sub1", "sub2", "sub3", "sub4", "sub5", "utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term"}

// kept returns the parameters of a query that the click keeps.
func kept(query string) string {
	if query == "" {
		return ""
	}
	var b []byte
	for n := 0; query != "" && n < mostParameters; n++ {
		var parameter string
		parameter, query, _ = strings.Cut(query, "&")
		if !isKept(parameter) || len(parameter) > mostQuery {
			continue
		}
		if len(b) > 0 {
			b = append(b, '&')
		}
		b = appendEscaped(b, parameter)
	}
	return string(b)
}

func isKept(parameter string) bool {
	name, _, _ := strings.Cut(parameter, "=")
	for _, k := range keptNames {
		if name == k {
			return true
		}
	}
	return false
}
