package clicks

import "net/http"

// maxAgent bounds the part of an agent that is looked at, in bytes. Real ones have 80 to 400.
const maxAgent = 512

// Classify returns the marks of a request: what its method, its headers and its agent say about who asked.
// In-app browsers (Instagram, Facebook, TikTok, Snapchat, Pinterest, LinkedIn, Viber) are people.
func Classify(method string, header http.Header) Flags {
	marks := classifyAgent(header.Get("User-Agent"))
	if method == http.MethodHead {
		marks |= HeadRequest
	}
	if prefetching(header) {
		marks |= Prefetch
	}
	return marks
}

// prefetching knows Sec-Purpose (Fetch standard; also "prefetch;prerender"), and the older Purpose, X-Moz and X-Purpose of browsers in use.
func prefetching(header http.Header) bool {
	for _, name := range [...]string{"Sec-Purpose", "Purpose", "X-Moz", "X-Purpose"} {
		for _, value := range header[name] {
			var buf [64]byte
			purpose := lower(buf[:], value)
			if hasAnyPrefix(purpose, fetchAhead[:]) {
				return true
			}
		}
	}
	return false
}

func classifyAgent(agent string) Flags {
	var buf [maxAgent]byte
	a := lower(buf[:], agent)
	said := agentWords.find(a)
	switch {
	case len(a) == 0:
		return Crawler
	case said&saysPreview != 0, hasAnyPrefix(a, previewPrefixes[:]):
		return Preview
	case said&saysCrawler != 0:
		return Crawler
	case said&saysBrowser == 0:
		return Crawler // no browser leaves all of these words out: a script, a library, a scanner
	}
	return 0
}

// DeviceOf returns the kind of screen an agent speaks of.
func DeviceOf(agent string) Device {
	var buf [maxAgent]byte
	said := agentWords.find(lower(buf[:], agent))
	switch {
	case said&saysScreen != 0:
		return DeviceOther
	case said&saysTablet != 0:
		return DeviceTablet
	case said&saysPhone != 0:
		return DevicePhone
	case said&saysAndroid != 0: // Android without "mobile" is a tablet, says Google's guide to Chrome's agents
		return DeviceTablet
	case said&saysDesktop != 0:
		return DeviceDesktop
	}
	return DeviceOther
}

// lower writes s in lower case (ASCII) into buf, as much of it as fits.
func lower(buf []byte, s string) []byte {
	n := min(len(s), len(buf))
	for i := range n {
		c := s[i]
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		buf[i] = c
	}
	return buf[:n]
}

func hasAnyPrefix(a []byte, prefixes []string) bool {
	for _, p := range prefixes {
		if hasPrefix(a, p) {
			return true
		}
	}
	return false
}
